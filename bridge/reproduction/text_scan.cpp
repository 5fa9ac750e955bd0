#include "bridge/reproduction/text_scan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace bridge::reproduction {

using domain::IpAddress;

namespace {

constexpr auto npos = std::string_view::npos;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_hex(char c) {
    return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'f');
}

bool is_octal(char c) {
    return c >= '0' && c <= '7';
}

/// "\\232": how FireEye writes a byte outside ASCII in a channel.
bool is_octal_escape(std::string_view text, std::size_t at) {
    return at + 4 <= text.size() && text[at] == '\\' && is_octal(text[at + 1]) && is_octal(text[at + 2]) &&
           is_octal(text[at + 3]);
}

/// Whether a word can begin at `at`: nothing of it is before, but for an escape that stands for something else.
bool begins_word(std::string_view text, std::size_t at) {
    if (at == 0 || !is_alnum(text[at - 1])) {
        return true;
    }
    const char before = text[at - 1];
    return (at >= 3 && text[at - 3] == '%' && is_hex(text[at - 2]) && is_hex(before)) ||
           (at >= 2 && text[at - 2] == '\\' && (before == 'n' || before == 'r' || before == 't')) ||
           (at >= 4 && is_octal_escape(text, at - 4));
}

bool starts_folded(std::string_view text, std::size_t at, std::string_view wanted) {
    return text.size() - at >= wanted.size() &&
           std::equal(wanted.begin(), wanted.end(), text.begin() + static_cast<std::ptrdiff_t>(at),
                      [](char a, char b) { return lower(a) == lower(b); });
}

struct Quad {
    std::size_t end = 0;
    std::array<unsigned, 4> numbers{};
    bool padded = false;
};

std::optional<Quad> quad_at(std::string_view text, std::size_t at) {
    Quad quad;
    for (std::size_t i = 0; i < 4; ++i) {
        if (i > 0) {
            if (at >= text.size() || text[at] != '.') {
                return std::nullopt;
            }
            ++at;
        }
        std::size_t end = at;
        while (end < text.size() && is_digit(text[end]) && end - at < 4) {
            ++end;
        }
        const std::string_view digits = text.substr(at, end - at);
        const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), quad.numbers[i]);
        if (digits.empty() || digits.size() > 3 || error != std::errc() || quad.numbers[i] > 255) {
            return std::nullopt;
        }
        quad.padded = quad.padded || (digits.size() > 1 && digits.front() == '0');
        at = end;
    }
    quad.end = at;
    return quad;
}

std::size_t end_of_number(std::string_view text, std::size_t at) {
    std::size_t end = at;
    while (end < text.size() && (is_digit(text[end]) || text[end] == '.')) {
        ++end;
    }
    return std::max(end, at + 1);
}

/// Returns where to go on.
std::size_t take_quad(std::string_view text, std::size_t at,
                      const std::function<void(Span, const IpAddress&, Spelling)>& visit) {
    const auto quad = quad_at(text, at);
    const bool ends =
        quad && (quad->end == text.size() || (!is_alnum(text[quad->end]) && text[quad->end] != '.') ||
                 (text[quad->end] == '.' && (quad->end + 1 == text.size() || !is_digit(text[quad->end + 1]))));
    if (!ends) {
        return end_of_number(text, at);
    }
    const bool reversed = starts_folded(text, quad->end, ".in-addr.arpa");
    auto numbers = quad->numbers;
    if (reversed) {
        std::reverse(numbers.begin(), numbers.end());
    }
    const auto address = IpAddress::parse(fmt::format("{}.{}.{}.{}", numbers[0], numbers[1], numbers[2], numbers[3]));
    if (address) {
        visit({at, quad->end}, *address,
              reversed       ? Spelling::reversed
              : quad->padded ? Spelling::padded
                             : Spelling::plain);
    }
    return quad->end;
}

/// An IPv6 address at `at`, if one begins there. Returns where to go on: `at` when there is none.
std::size_t take_v6(std::string_view text, std::size_t at,
                    const std::function<void(Span, const IpAddress&, Spelling)>& visit) {
    constexpr std::size_t longest = 45;
    std::size_t end = at;
    std::size_t colons = 0;
    while (end < text.size() && end - at <= longest && (is_hex(text[end]) || text[end] == ':' || text[end] == '.')) {
        colons += text[end] == ':' ? 1U : 0U;
        ++end;
    }
    if (colons < 2 || (end < text.size() && is_alnum(text[end]))) {
        return at;
    }
    if (text.substr(end).starts_with("~~")) {  // the separator "::~~" is none of it
        end -= end >= at + 2 && text.substr(end - 2, 2) == "::" ? 2U : 0U;
    }
    while (end > at && (text[end - 1] == '.' || (text[end - 1] == ':' && (end < at + 2 || text[end - 2] != ':')))) {
        --end;
    }
    const std::string_view spelling = text.substr(at, end - at);
    if (std::none_of(spelling.begin(), spelling.end(), is_hex) || spelling.find(':') == npos) {
        return at;
    }
    const auto address = IpAddress::parse(spelling);
    if (!address) {
        return at;
    }
    visit({at, end}, *address, address->is_v4() ? Spelling::mapped : Spelling::plain);
    return end;
}

bool is_name_char(char c) {
    return is_alnum(c) || c == '-' || c == '_' || c == '.';
}

/// Where the line that begins at `at` ends, and where the next one begins.
std::pair<std::size_t, std::size_t> line_end(std::string_view text, std::size_t at) {
    for (std::size_t i = at; i < text.size(); ++i) {
        if (text[i] == '\n' || text[i] == '\r') {
            return {i, i + 1};
        }
        if (text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == 'n' || text[i + 1] == 'r')) {
            std::size_t begin = i;
            while (begin > at && text[begin - 1] == '\\') {
                --begin;
            }
            return {begin, i + 2};
        }
        if (text.substr(i, 4) == "::~~") {
            return {i, i + 4};
        }
    }
    return {text.size(), text.size()};
}

Span trimmed(std::string_view text, Span span) {
    while (span.begin < span.end && (text[span.begin] == ' ' || text[span.begin] == '\t')) {
        ++span.begin;
    }
    while (span.begin < span.end && (text[span.end - 1] == ' ' || text[span.end - 1] == '\t')) {
        --span.end;
    }
    return span;
}

std::size_t past_separators(std::string_view text, std::size_t at) {
    while (at < text.size() && (text[at] == '\\' || text[at] == '/')) {
        ++at;
    }
    return at;
}

}  // namespace

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lower_case(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), lower);
    return out;
}

bool is_alnum(char c) {
    return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z');
}

void for_each_address(std::string_view text, const std::function<void(Span, const IpAddress&, Spelling)>& visit) {
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        if (!is_hex(c) && c != ':') {
            ++at;
            continue;
        }
        const bool starts = begins_word(text, at) && (at == 0 || text[at - 1] != ':' || c != ':');
        if (starts) {
            if (const std::size_t next = take_v6(text, at, visit); next != at) {
                at = next;
                continue;
            }
        }
        if (is_octal_escape(text, at > 0 ? at - 1 : 0)) {
            at += 3;
        } else if (is_digit(c)) {
            // After a digit and a dot it is the middle of something longer: 1.10.0.0.5 is no address.
            const bool in_number = at > 1 && text[at - 1] == '.' && is_digit(text[at - 2]);
            at = begins_word(text, at) && !in_number ? take_quad(text, at, visit) : end_of_number(text, at);
        } else {
            ++at;
        }
    }
}

std::string spelled(const IpAddress& address, Spelling spelling) {
    switch (spelling) {
        case Spelling::plain:
            return address.text();
        case Spelling::padded:
            return "0" + address.text();
        case Spelling::mapped:
            return "::ffff:" + address.text();
        case Spelling::reversed: {
            const auto& bytes = address.bytes();
            return fmt::format("{}.{}.{}.{}", bytes[15], bytes[14], bytes[13], bytes[12]);
        }
    }
    return address.text();
}

void for_each_mail(std::string_view text, const std::function<void(Span, Span)>& visit) {
    constexpr std::array<std::string_view, 14> file_types{"png",  "jpg", "jpeg", "gif", "svg", "css", "js",
                                                          "webp", "exe", "dll",  "zip", "pdf", "htm", "html"};
    for (std::size_t at = text.find_first_of("@%"); at != npos; at = text.find_first_of("@%", at + 1)) {
        const bool encoded = text.substr(at, 3) == "%40";
        if (text[at] == '%' && !encoded) {
            continue;
        }
        Span local{at, at};
        const auto in_local = [](char c) {
            return is_name_char(c) || c == '+' || c == '=' || c == '\'' || c == '!' || c == '#' || c == '~';
        };
        while (local.begin > 0 && in_local(text[local.begin - 1])) {
            --local.begin;
        }
        if (local.begin > 0 && text[local.begin - 1] == '%' && local.end - local.begin >= 2) {
            local.begin += 2;
        }
        // "to=jdoe@example.com": a parameter's name is no part of the address.
        if (const std::size_t equals = text.substr(local.begin, local.end - local.begin).rfind('='); equals != npos) {
            local.begin += equals + 1;
        }
        while (local.begin < local.end && !is_alnum(text[local.begin])) {
            ++local.begin;
        }
        Span host{at + (encoded ? 3U : 1U), at + (encoded ? 3U : 1U)};
        while (host.end < text.size() && is_name_char(text[host.end])) {
            ++host.end;
        }
        while (host.end > host.begin && !is_alnum(text[host.end - 1])) {
            --host.end;
        }
        const std::string_view name = host.of(text);
        const std::size_t dot = name.rfind('.');
        const std::string last = dot == npos ? "" : lower_case(name.substr(dot + 1));
        if (local.empty() || name.empty() ||
            std::find(file_types.begin(), file_types.end(), last) != file_types.end()) {
            continue;
        }
        visit(local, host);
        at = host.end > at ? host.end - 1 : at;
    }
}

std::string mac_digits_of(std::string_view text) {
    std::string digits;
    for (const char c : text) {
        if (is_hex(c)) {
            digits += lower(c);
        } else if (c != ':' && c != '-' && c != '.') {
            return {};
        }
    }
    return digits.size() == 12 ? digits : std::string();
}

void for_each_mac(std::string_view text, const std::function<void(Span)>& visit) {
    const auto matches = [&](std::size_t at, std::size_t groups, std::size_t width, char separator) {
        const std::size_t length = groups * width + groups - 1;
        if (text.size() - at < length) {
            return false;
        }
        for (std::size_t i = 0; i < length; ++i) {
            const bool between = i % (width + 1) == width;
            if (between ? text[at + i] != separator : !is_hex(text[at + i])) {
                return false;
            }
        }
        const std::size_t end = at + length;
        const bool goes_on = end + 1 < text.size() && text[end] == separator && is_hex(text[end + 1]);
        return end == text.size() || (!is_alnum(text[end]) && !goes_on);
    };
    constexpr std::size_t pairs_length = 17;
    constexpr std::size_t groups_length = 14;
    for (std::size_t at = 0; at + groups_length <= text.size(); ++at) {
        if (!is_hex(text[at]) || !begins_word(text, at)) {
            continue;
        }
        if (at > 0 && (text[at - 1] == ':' || text[at - 1] == '-' || text[at - 1] == '.') && at > 1 &&
            is_hex(text[at - 2])) {
            continue;  // the tail of something longer
        }
        const bool pairs = matches(at, 6, 2, ':') || matches(at, 6, 2, '-');
        if (pairs || matches(at, 3, 4, '.')) {
            const Span span{at, at + (pairs ? pairs_length : groups_length)};
            visit(span);
            at = span.end - 1;
        }
    }
}

void for_each_user_of_path(std::string_view text, const std::function<void(Span)>& visit) {
    constexpr std::array<std::string_view, 3> folders{"users", "documents and settings", "home"};
    for (std::size_t at = text.find_first_of("\\/"); at != npos; at = text.find_first_of("\\/", at + 1)) {
        const std::size_t name_at = past_separators(text, at);
        for (const std::string_view folder : folders) {
            const std::size_t after = name_at + folder.size();
            if (!starts_folded(text, std::min(name_at, text.size()), folder) || after >= text.size() ||
                (text[after] != '\\' && text[after] != '/')) {
                continue;
            }
            Span user;
            user.begin = past_separators(text, after);
            // Windows names may hold blanks where a separator follows them; without one, the name is a word.
            user.end = std::min(text.find_first_of("\\/\r\n\t\"'<>|:;,?*&", user.begin), text.size());
            const bool closed = user.end < text.size() && (text[user.end] == '\\' || text[user.end] == '/');
            if (!closed || text[user.end - 1] == ' ') {
                user.end = std::min(text.find(' ', user.begin), user.end);
            }
            constexpr std::size_t longest = 64;
            if (!user.empty() && user.end - user.begin <= longest) {
                visit(user);
            }
        }
        at = std::max(at, name_at - 1);
    }
}

void for_each_unc_host(std::string_view text, const std::function<void(Span)>& visit) {
    for (std::size_t at = text.find("\\\\"); at != npos; at = text.find("\\\\", at + 1)) {
        const bool leads = at == 0 || (!is_alnum(text[at - 1]) && text[at - 1] != '\\' && text[at - 1] != ':' &&
                                       text[at - 1] != '%' && text[at - 1] != '.');
        Span host{past_separators(text, at), 0};
        host.end = host.begin;
        while (host.end < text.size() && is_name_char(text[host.end])) {
            ++host.end;
        }
        const bool share = host.end < text.size() && (text[host.end] == '\\' || text[host.end] == ' ');
        // "\\\\232" and "\\\\x1f" are bytes that were escaped twice.
        const std::string_view name = host.of(text);
        const bool escape = std::all_of(name.begin(), name.end(), is_digit) ||
                            (name.size() == 3 && name.front() == 'x' && is_hex(name[1]) && is_hex(name[2]));
        if (leads && share && !escape && name.size() >= 2) {
            visit(host);
        }
        at = std::max(at, host.end > 0 ? host.end - 1 : at);
    }
}

void for_each_header(std::string_view text, const std::function<void(std::string_view, Span)>& visit) {
    for (std::size_t at = 0; at < text.size();) {
        const auto [end, next] = line_end(text, at);
        std::size_t name_begin = at;
        while (name_begin < end && (text[name_begin] == ' ' || text[name_begin] == '\t')) {
            ++name_begin;
        }
        std::size_t colon = name_begin;
        while (colon < end && (is_alnum(text[colon]) || text[colon] == '-' || text[colon] == '_')) {
            ++colon;
        }
        if (colon > name_begin && colon < end && text[colon] == ':') {
            const Span value = trimmed(text, {colon + 1, end});
            if (!value.empty()) {
                visit(text.substr(name_begin, colon - name_begin), value);
            }
        }
        at = next;
    }
}

void for_each_display_name(std::string_view text, Span line, const std::function<void(Span)>& visit) {
    const auto outside = [](char c) { return c == ' ' || c == '\t' || c == '"' || c == '\'' || c == ',' || c == ';'; };
    const std::string_view whole = text.substr(0, line.end);
    for (std::size_t at = line.begin; at < line.end;) {
        const std::size_t open = whole.find('<', at);
        if (open == npos) {
            return;
        }
        Span name{at, open};
        while (!name.empty() && outside(text[name.begin])) {
            ++name.begin;
        }
        while (!name.empty() && outside(text[name.end - 1])) {
            --name.end;
        }
        if (!name.empty() && name.of(text).find('@') == npos) {
            visit(name);
        }
        const std::size_t close = whole.find('>', open);
        at = close == npos ? line.end : close + 1;
    }
}

void for_each_userinfo(std::string_view text, const std::function<void(Span, Span)>& visit) {
    for (std::size_t at = text.find("//"); at != npos; at = text.find("//", at + 2)) {
        const std::size_t begin = at + 2;
        const std::size_t end = text.find_first_of("@/\\?#\"' \t\r\n<>", begin);
        if (at == 0 || text[at - 1] != ':' || end == npos || text[end] != '@' || end == begin) {
            continue;
        }
        const std::size_t colon = text.substr(begin, end - begin).find(':');
        if (colon == npos) {
            visit({begin, end}, {end, end});
        } else {
            visit({begin, begin + colon}, {begin + colon + 1, end});
        }
    }
}

void for_each_parameter(std::string_view text, const std::function<void(std::string_view, Span)>& visit) {
    for (std::size_t at = text.find_first_of("?&;"); at != npos; at = text.find_first_of("?&;", at + 1)) {
        std::size_t equals = at + 1;
        while (equals < text.size() && (is_name_char(text[equals]) || text[equals] == '[' || text[equals] == ']')) {
            ++equals;
        }
        if (equals == at + 1 || equals >= text.size() || text[equals] != '=') {
            continue;
        }
        const std::size_t begin = equals + 1;
        std::size_t end = std::min(text.find_first_of("&;# \t\r\n\"'<>", begin), text.size());
        if (const std::size_t flattened = text.substr(begin, end - begin).find("::~~"); flattened != npos) {
            end = begin + flattened;
        }
        if (end > begin) {
            visit(text.substr(at + 1, equals - at - 1), {begin, end});
        }
    }
}

void for_each_token(std::string_view text, const std::function<void(Span)>& visit) {
    for (std::size_t at = 0; at < text.size();) {
        if (!is_name_char(text[at])) {
            ++at;
            continue;
        }
        Span span{at, at};
        while (span.end < text.size() && is_name_char(text[span.end])) {
            ++span.end;
        }
        at = span.end;
        if (span.begin > 0 && text[span.begin - 1] == '%' && span.end - span.begin > 2 && is_hex(text[span.begin]) &&
            is_hex(text[span.begin + 1])) {
            span.begin += 2;
        }
        while (span.begin < span.end && !is_alnum(text[span.begin])) {
            ++span.begin;
        }
        while (span.end > span.begin && !is_alnum(text[span.end - 1])) {
            --span.end;
        }
        if (!span.empty()) {
            visit(span);
        }
    }
}

Span url_host_span(std::string_view text) {
    const std::size_t scheme = text.find("://");
    if (scheme == npos) {
        return {};
    }
    Span host{scheme + 3, std::min(text.find_first_of("/?#", scheme + 3), text.size())};
    if (const std::size_t at = host.of(text).rfind('@'); at != npos) {
        host.begin += at + 1;
    }
    if (host.of(text).starts_with('[')) {
        const std::size_t close = host.of(text).find(']');
        return close == npos ? Span{} : Span{host.begin + 1, host.begin + close};
    }
    if (const std::size_t colon = host.of(text).find(':'); colon != npos) {
        host.end = host.begin + colon;
    }
    return host;
}

}  // namespace bridge::reproduction
