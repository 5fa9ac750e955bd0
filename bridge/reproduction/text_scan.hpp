// What in a text looks like an address, a name, a mail address, a password: places only, no judgement on whose it is.
// Texts are without the escapes of the payload; what stands in them percent-encoded ("user%40example.com") is seen too.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "bridge/domain/value/ip_address.hpp"

namespace bridge::reproduction {

struct Span {
    std::size_t begin = 0;
    std::size_t end = 0;

    std::string_view of(std::string_view text) const { return text.substr(begin, end - begin); }
    bool empty() const { return begin == end; }
};

char lower(char c);
std::string lower_case(std::string_view text);
bool is_alnum(char c);

/// How an address is spelled, so that its replacement is spelled alike.
enum class Spelling {
    plain,
    padded,    // "010.0.0.5": no address to those who read strictly
    mapped,    // "::ffff:10.0.0.5"
    reversed,  // "5.0.0.10" before ".in-addr.arpa"
};

void for_each_address(std::string_view text,
                      const std::function<void(Span, const domain::IpAddress&, Spelling)>& visit);

/// The same address in that spelling.
std::string spelled(const domain::IpAddress& address, Spelling spelling);

/// local part and domain; images called "logo@2x.png" are none.
void for_each_mail(std::string_view text, const std::function<void(Span local, Span host)>& visit);

/// Six pairs of hexadecimal digits with ':' or '-' between, or three groups of four with '.'.
void for_each_mac(std::string_view text, const std::function<void(Span)>& visit);

/// The twelve digits in lower case, or empty when it is no MAC in any notation (bare digits are one here).
std::string mac_digits_of(std::string_view text);

/// NAME in "C:\Users\NAME\", "C:\Documents and Settings\NAME", "/home/NAME/", "/Users/NAME"; backslashes may be
/// doubled.
void for_each_user_of_path(std::string_view text, const std::function<void(Span)>& visit);

/// HOST in "\\HOST\share".
void for_each_unc_host(std::string_view text, const std::function<void(Span)>& visit);

/// "Name: value" at the start of a line; a line ends at CR, LF, FireEye's "::~~", or either written as "\r", "\n".
void for_each_header(std::string_view text, const std::function<void(std::string_view name, Span value)>& visit);

/// NAME in "NAME <mail@example.com>, ...", without its quotes, in a line of correspondents.
void for_each_display_name(std::string_view text, Span line, const std::function<void(Span)>& visit);

/// "//user:password@" of a URL; `password` is empty where there is none.
void for_each_userinfo(std::string_view text, const std::function<void(Span user, Span password)>& visit);

/// name=value after '?', '&' or ';'.
void for_each_parameter(std::string_view text, const std::function<void(std::string_view name, Span value)>& visit);

/// The longest runs of letters, digits, '.', '-', '_' that begin and end with a letter or digit.
void for_each_token(std::string_view text, const std::function<void(Span)>& visit);

/// The host of a URL with a scheme, without user and port; empty when there is none.
Span url_host_span(std::string_view text);

}  // namespace bridge::reproduction
