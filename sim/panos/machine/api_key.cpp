#include "sim/panos/machine/api_key.hpp"

#include "sim/panos/machine/base64.hpp"
#include "sim/panos/tree/splitmix.hpp"

namespace sim::panos {
namespace {

constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

}  // namespace

// A real key is base64 of a text that begins "-AQ==" and is base64-like itself, so that it holds neither + nor /.
std::string make_api_key(std::uint64_t seed, const Administrator& administrator) {
    std::uint64_t state = mixed(seed ^ 0x66697265ULL);
    for (const std::string* part : {&administrator.name, &administrator.password}) {
        for (const char c : *part) {
            state = mixed(state ^ static_cast<unsigned char>(c));
        }
        state = mixed(state ^ 0x100U);
    }
    std::string digest;
    for (std::size_t word = 0; word < 7; ++word) {
        state = mixed(state + word);
        for (unsigned shift = 0; shift < 64; shift += 8) {
            digest += static_cast<char>((state >> shift) & 0xffU);
        }
    }
    std::string text = base64(digest.substr(0, 20)) + base64(digest.substr(20));
    // The character after "-AQ==" decides the key's seventh: a letter there makes it the '1' that keys are known by.
    text.front() = letters[static_cast<unsigned char>(digest.front()) % letters.size()];
    return base64("-AQ==" + text);
}

}  // namespace sim::panos
