#include "net/http.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace net {
namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_folded(std::string_view a, std::string_view b) {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

std::optional<std::uint32_t> sextet(char c) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const auto at = alphabet.find(c);
    return at == std::string_view::npos ? std::nullopt : std::optional(static_cast<std::uint32_t>(at));
}

/// RFC 4648 base64 with its padding; nothing else inside.
std::optional<std::string> decode_base64(std::string_view text) {
    if (text.empty() || text.size() % 4 != 0) {
        return std::nullopt;
    }
    std::size_t padding = text.back() == '=' ? 1 : 0;
    if (padding == 1 && text[text.size() - 2] == '=') {
        padding = 2;
    }
    text.remove_suffix(padding);
    std::string out;
    out.reserve(text.size() * 3 / 4);
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const char c : text) {
        const auto value = sextet(c);
        if (!value) {
            return std::nullopt;
        }
        bits = (bits << 6U | *value) & 0xffffffU;
        count += 6;
        if (count >= 8) {
            count -= 8;
            out.push_back(static_cast<char>(bits >> count & 0xffU));
        }
    }
    return out;
}

struct Reason {
    unsigned status;
    std::string_view phrase;
};

// IANA "HTTP Status Code Registry".
constexpr std::array reasons{
    Reason{100, "Continue"},
    Reason{101, "Switching Protocols"},
    Reason{200, "OK"},
    Reason{201, "Created"},
    Reason{202, "Accepted"},
    Reason{204, "No Content"},
    Reason{206, "Partial Content"},
    Reason{301, "Moved Permanently"},
    Reason{302, "Found"},
    Reason{303, "See Other"},
    Reason{304, "Not Modified"},
    Reason{307, "Temporary Redirect"},
    Reason{308, "Permanent Redirect"},
    Reason{400, "Bad Request"},
    Reason{401, "Unauthorized"},
    Reason{403, "Forbidden"},
    Reason{404, "Not Found"},
    Reason{405, "Method Not Allowed"},
    Reason{406, "Not Acceptable"},
    Reason{408, "Request Timeout"},
    Reason{409, "Conflict"},
    Reason{411, "Length Required"},
    Reason{412, "Precondition Failed"},
    Reason{413, "Content Too Large"},
    Reason{414, "URI Too Long"},
    Reason{415, "Unsupported Media Type"},
    Reason{416, "Range Not Satisfiable"},
    Reason{417, "Expectation Failed"},
    Reason{422, "Unprocessable Content"},
    Reason{429, "Too Many Requests"},
    Reason{431, "Request Header Fields Too Large"},
    Reason{500, "Internal Server Error"},
    Reason{501, "Not Implemented"},
    Reason{502, "Bad Gateway"},
    Reason{503, "Service Unavailable"},
    Reason{504, "Gateway Timeout"},
    Reason{505, "HTTP Version Not Supported"},
    Reason{507, "Insufficient Storage"},
};

}  // namespace

std::string_view HttpRequest::header(std::string_view name) const {
    const auto found = std::find_if(headers.begin(), headers.end(),
                                    [&](const HttpHeader& header) { return same_folded(header.name, name); });
    return found == headers.end() ? std::string_view{} : std::string_view{found->value};
}

std::optional<std::pair<std::string, std::string>> basic_credentials(std::string_view authorization) {
    constexpr std::string_view scheme = "Basic ";
    if (!same_folded(authorization.substr(0, scheme.size()), scheme)) {
        return std::nullopt;
    }
    authorization.remove_prefix(scheme.size());
    const auto begin = authorization.find_first_not_of(' ');
    const auto end = authorization.find_last_not_of(' ');
    if (begin == std::string_view::npos) {
        return std::nullopt;
    }
    const auto plain = decode_base64(authorization.substr(begin, end - begin + 1));
    // RFC 7617, section 2: the user-id has no colon, the password may.
    const auto colon = plain ? plain->find(':') : std::string::npos;
    if (colon == std::string::npos) {
        return std::nullopt;
    }
    return std::pair{plain->substr(0, colon), plain->substr(colon + 1)};
}

std::string_view reason_phrase(unsigned status) {
    const auto found = std::lower_bound(reasons.begin(), reasons.end(), status,
                                        [](const Reason& reason, unsigned wanted) { return reason.status < wanted; });
    return found != reasons.end() && found->status == status ? found->phrase : "Unknown";
}

}  // namespace net
