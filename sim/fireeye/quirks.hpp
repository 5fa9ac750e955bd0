// Oddities of real payloads (reference §4.2, §8) that an incident can ask for. Those which belong to a release happen
// without being asked.
#pragma once

#include <array>
#include <string_view>
#include <utility>

namespace sim::fireeye {

struct Quirks {
    bool blank_src = false;       // "src": " ": a text where an object belongs; the victim is lost
    bool empty_fields = false;    // empty `host`, and empty `channel`: {} in JSON, "" in the REST dialect
    bool no_dst = false;          // no `dst` at all
    bool no_ports = false;        // no ports at either end
    bool no_protocol = false;     // protocol=""
    bool value_objects = false;   // {"value": ...} around the mail's texts; EX 11 does it by itself
    bool binary_channel = false;  // `channel` with bytes as C octal escapes; 6.x and 7.x do it by themselves

    bool operator==(const Quirks&) const = default;
};

/// The names under which people ask for them: "no-dst".
inline constexpr std::array<std::pair<std::string_view, bool Quirks::*>, 7> quirk_names{{
    {"blank-src", &Quirks::blank_src},
    {"empty-fields", &Quirks::empty_fields},
    {"no-dst", &Quirks::no_dst},
    {"no-ports", &Quirks::no_ports},
    {"no-protocol", &Quirks::no_protocol},
    {"value-objects", &Quirks::value_objects},
    {"binary-channel", &Quirks::binary_channel},
}};

}  // namespace sim::fireeye
