#include "net/detail/response_text.hpp"

#include <array>
#include <charconv>

namespace net::detail {
namespace {

bool is(std::string_view name, std::string_view lower_case) {
    if (name.size() != lower_case.size()) {
        return false;
    }
    for (std::size_t i = 0; i < name.size(); ++i) {
        const char c = name[i];
        if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) != lower_case[i]) {
            return false;
        }
    }
    return true;
}

void append_clean(std::string& out, std::string_view text) {
    constexpr std::string_view breaks("\r\n\0", 3);
    while (true) {
        const auto at = text.find_first_of(breaks);
        out.append(text.substr(0, at));
        if (at == std::string_view::npos) {
            return;
        }
        out.push_back(' ');
        text.remove_prefix(at + 1);
    }
}

void append_number(std::string& out, std::size_t number) {
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

}  // namespace

bool has_body(unsigned status) {
    return status >= 200 && status != 204 && status != 304;
}

void append_head(std::string& out, const HttpResponse& response, const ResponseFrame& frame) {
    out.append("HTTP/1.1 ");
    append_number(out, response.status);
    out.append(" ").append(reason_phrase(response.status)).append("\r\n");
    bool length_given = !has_body(response.status);
    bool date_given = false;
    bool server_given = frame.server.empty();
    bool connection_given = false;
    for (const auto& header : response.headers) {
        length_given |= is(header.name, "content-length");
        date_given |= is(header.name, "date");
        server_given |= is(header.name, "server");
        connection_given |= is(header.name, "connection");
        append_clean(out, header.name);
        out.append(": ");
        append_clean(out, header.value);
        out.append("\r\n");
    }
    if (!server_given) {
        out.append("Server: ");
        append_clean(out, frame.server);
        out.append("\r\n");
    }
    if (!date_given) {
        out.append("Date: ").append(frame.date).append("\r\n");
    }
    if (!length_given) {
        out.append("Content-Length: ");
        append_number(out, response.body.size());
        out.append("\r\n");
    }
    if (!connection_given && !frame.keep_alive) {
        out.append("Connection: close\r\n");
    } else if (!connection_given && frame.http_1_0) {
        out.append("Connection: keep-alive\r\n");
    }
    out.append("\r\n");
}

}  // namespace net::detail
