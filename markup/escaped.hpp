// Text as it stands in XML and HTML: between tags, or in an attribute in double quotes.
#pragma once

#include <string>
#include <string_view>

namespace markup {

/// What a control character (below 0x20) becomes, as markup. XML 1.0 can't write most of them in any way, and who
/// writes for whom says what is least bad: a blank on a page, a mark in a report, a reference where a line end must
/// survive.
using OfControl = std::string (*)(char control);

/// Control characters stay as they are: for those who have none in their text, or whose reader takes them.
std::string as_it_is(char control);

/// `&`, `<`, `>` and `"` become references. All else but control characters stays as it is; bytes that are no UTF-8,
/// too.
std::string escaped(std::string_view text, OfControl of_control = as_it_is);

}  // namespace markup
