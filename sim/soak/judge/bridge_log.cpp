#include "sim/soak/judge/bridge_log.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace sim::soak {

namespace {

constexpr std::array<std::string_view, 6> bad_signs{"Sanitizer:", "runtime error:", "terminate called",
                                                    "Assertion",  "assertion",      "std::bad_alloc"};
constexpr std::size_t omens_max = 20;

}  // namespace

void BridgeLog::take(const std::string& line) {
    ++lines_;
    warnings_ += line.find(" warning ") != std::string::npos ? 1U : 0U;
    const bool bad = std::any_of(bad_signs.begin(), bad_signs.end(),
                                 [&](std::string_view sign) { return line.find(sign) != std::string::npos; });
    if (bad && omens_.size() < omens_max) {
        omens_.push_back(line);
    }
}

}  // namespace sim::soak
