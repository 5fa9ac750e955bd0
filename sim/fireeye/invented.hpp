// Values that an incident does not give (ports, MACs, hashes, uuids): invented from a seed, so that the same incident
// gives the same bytes every time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sim::fireeye {

class Invented {
public:
    explicit Invented(std::string_view seed);

    std::uint64_t next();
    std::string hex(std::size_t digits);
    std::string uuid();
    std::string high_port();  // of a client: 49152 to 65535

private:
    std::uint64_t state_;
};

/// A MAC that belongs to a name for good: "00:0c:29:" and three bytes of its hash.
std::string mac_of(std::string_view name);

/// A MAC as appliances write their own id in XML and in headers: "000C29A1B2C3". What is no MAC stays as it is.
std::string bare_mac(std::string_view mac);

/// A MAC as they write it in JSON: "00:0C:29:A1:B2:C3" keeps its form, "000C29A1B2C3" gets colons.
std::string colon_mac(std::string_view mac);

/// A number that belongs to a text for good.
std::uint64_t number_of(std::string_view text);

}  // namespace sim::fireeye
