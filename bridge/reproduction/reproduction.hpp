// A notification as a scenario that anyone can play: the payload in a file, and what the bridge decided on it as
// expectations. The language is the lab's (docs/scenarios.md); this only writes it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "bridge/reproduction/scrubber.hpp"

namespace bridge::reproduction {

/// What was decided on one alert, where that is on record.
struct RecordedDecision {
    std::string identity;  // domain::identity_of
    std::vector<domain::Indicator> blockable;
};

struct Original {
    std::string name;                    // of the files, without extension: "alert-12"
    std::string payload;                 // as received
    std::string told;                    // where it comes from, for the head of the scenario: "exported from a journal"
    std::optional<unsigned> answered{};  // how its receiver answered, where that is known
    std::vector<RecordedDecision> decisions{};  // alerts that are not in here are decided by the rules
};

struct Reproduction {
    std::string scenario_file;  // "alert-12.yaml"
    std::string scenario;
    std::string payload_file;  // "alert-12.xml"
    std::string payload;
    std::vector<std::string> notes;  // for whoever made it: what is different from the original
};

enum class Scrubbing { everything, secrets_only, nothing };

/// Which original cannot be reproduced, and why.
struct Irreproducible {
    std::size_t original = 0;  // its place among those that were given
    std::string reason;
};

/// One scenario for each original, all scrubbed alike. What is returned was checked: each payload is read again and
/// leads to the original's decision with the replacements in its place, and a second scrubbing would not change it.
///
/// Errors   not a notification; a payload whose decision scrubbing would change
tl::expected<std::vector<Reproduction>, Irreproducible> reproduce(const std::vector<Original>& originals,
                                                                  const Rules& rules, Scrubbing scrubbing);

/// Writes both files of each into a folder, which is made if need be. Files that are there already and differ are left,
/// and that is the error.
tl::expected<void, std::string> save(const std::vector<Reproduction>& reproductions, const std::string& folder);

/// The name of a file that was handed in, as the name of ours: letters, digits, '-' and '_', at most 60.
std::string file_name_of(std::string_view text);

}  // namespace bridge::reproduction
