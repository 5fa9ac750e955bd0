// The text of an allow file: one CIDR prefix or domain name a line, comments from '#' on.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "bridge/domain/policy/allow_list.hpp"

namespace bridge::domain {

/// All of its rules, each with "FILE:LINE" as origin; or, when any line is neither, the complaints ("allow.txt:12:
/// '10.0.0.0/33' is no CIDR prefix and no domain name"), at most twenty and then how many more. A rule that allows the
/// whole Internet is a mistake, too: then nothing would be blocked any more. `file` names it in messages.
tl::expected<std::vector<AllowRule>, std::vector<std::string>> read_allow_file(std::string_view text,
                                                                               const std::string& file);

}  // namespace bridge::domain
