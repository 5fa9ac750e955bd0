#include "sim/panos/machine/api_key.hpp"

#include <array>

#include "sim/panos/tree/splitmix.hpp"

namespace sim::panos {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string base64(std::string_view bytes) {
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t group = 0;
        for (std::size_t j = 0; j < 3; ++j) {
            group = (group << 8U) | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0U);
        }
        for (std::size_t j = 0; j < 4; ++j) {
            out += i + j <= bytes.size() ? alphabet[(group >> (18 - 6 * j)) & 63U] : '=';
        }
    }
    return out;
}

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
    text.front() = alphabet[static_cast<unsigned char>(digest.front()) % 52];
    return base64("-AQ==" + text);
}

}  // namespace sim::panos
