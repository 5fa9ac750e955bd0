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
    bool takes_multi_config_by_switch() const { return at_least(10, 0); }   // off by default in 10.0
    bool takes_ranges_in_registrations() const { return at_least(10, 0); }  // User-ID: subnets and ranges
    bool takes_registration_timeout() const { return at_least(9, 0); }
    bool pages_registrations() const { return at_least(8, 0); }
    bool lists_partial_changes() const { return at_least(9, 0) && !at_least(11, 0); }  // details of a commit
    bool tells_configuration_size() const { return at_least(11, 1); }                  // the same
    bool names_lock_owner() const { return at_least(11, 0); }    // wording of config locks: 5.0 before, 11.1 from there
    bool nests_value_errors() const { return at_least(11, 2); }  // <msg><line><line>, for numbers out of range
    bool refuses_any_beside_others() const { return at_least(10, 1); }  // of a rule's source, destination, service
    bool types_url_categories() const { return at_least(9, 0); }        // a custom URL category says its type
    bool hashes_with_sha256() const { return at_least(10, 0); }         // phash: $5$ instead of $1$
    bool has_rest() const { return at_least(9, 0); }
    /// "/restapi/9.0", "/restapi/v10.1"
    std::string rest_root() const {
        return "/restapi/" + std::string(at_least(9, 1) ? "v" : "") + std::to_string(major) + '.' +
               std::to_string(minor);
    }
    std::size_t rule_name_max() const { return at_least(8, 1) ? 63 : 31; }

    // what `show system info` has
    bool shows_public_address() const { return at_least(8, 1); }
    bool shows_device_dictionary() const { return at_least(10, 0); }
    bool shows_device_certificate() const { return at_least(10, 0); }
    bool shows_advanced_routing() const { return at_least(10, 1); }
};

/// "10.1", "10.1.9", "10.1.9-h3"; a version without its third number gets a likely one. Errors name the text.
tl::expected<Version, std::string> parse_version(std::string_view text);

}  // namespace sim::panos
