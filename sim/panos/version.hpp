// PAN-OS versions and what changed with them.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace sim::panos {

struct Version {
    int major = 10;
    int minor = 1;
    std::string text = "10.1.9";

    bool at_least(int wanted_major, int wanted_minor) const {
        return major != wanted_major ? major > wanted_major : minor >= wanted_minor;
    }
    bool queues_commits() const { return at_least(7, 1); }
    bool takes_key_header() const { return at_least(9, 0); }  // X-PAN-KEY and Basic
    bool knows_version_type() const { return at_least(7, 1); }
    bool dates_job_ends() const { return at_least(10, 2); }
    bool takes_multi_config() const { return at_least(10, 1); }
};

/// "10.1", "10.1.9", "10.1.9-h3"; a version without its third number gets a likely one. Errors name the text.
tl::expected<Version, std::string> parse_version(std::string_view text);

}  // namespace sim::panos
