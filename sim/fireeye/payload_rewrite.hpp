// Changes a captured payload so that it can be sent again: other addresses, other times, other ids. Nothing is parsed
// and written anew, so that every byte which is not meant stays as it was captured, odd or broken as it may be.
// Works on XML, JSON (all dialects) and text.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace sim::fireeye {

/// Replaces addresses and domain names where they stand as whole words ("10.1.2.4", not the end of "110.1.2.4"; a port
/// may follow), all at once, so that two can change places.
std::string replace_addresses(std::string_view payload,
                              std::span<const std::pair<std::string, std::string>> replacements);

/// Moves every time so that the newest `occurred` becomes `now`; where there is none (an HX alert), the newest time.
/// The distances stay, and so do the form, the offset and the fraction of each. Times are known by the forms of
/// reference §7: "2013-10-25T18:09:25Z", "2016-01-19 08:30:21+00", "2020-08-20 16:41:47 +0000", with milliseconds and
/// "+00:00", or without an offset (taken as UTC). The dates inside HTTP and mail headers are text of others and stay.
std::string move_times(std::string_view payload, std::chrono::sys_seconds now);

/// A text that is one such time and nothing else.
std::optional<std::chrono::sys_seconds> time_of(std::string_view text);

/// Where new ids come from.
struct NewIds {
    std::function<std::uint64_t()> id;
    std::function<std::string()> uuid;
};

/// Gives each alert's `id` (`_id` of an HX) and `uuid` a new one, the same for the same, and follows them to
/// `alert-url`, `root-infection` and a malware's `parent`. A number stays a number and a text a text; a masked id that
/// is no number becomes one, and a masked uuid stays.
std::string renew_ids(std::string_view payload, const NewIds& next);

}  // namespace sim::fireeye
