// What a bridge's log says, as far as a soak judges it: how long it is, and what no log of a well bridge holds.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sim::soak {

class BridgeLog {
public:
    void take(const std::string& line);

    std::uint64_t lines() const noexcept { return lines_; }
    std::uint64_t warnings() const noexcept { return warnings_; }
    /// Lines of a sanitizer, an assertion, an exception that nobody caught, memory that ran out; the first twenty.
    const std::vector<std::string>& omens() const noexcept { return omens_; }

private:
    std::uint64_t lines_ = 0;
    std::uint64_t warnings_ = 0;
    std::vector<std::string> omens_;
};

}  // namespace sim::soak
