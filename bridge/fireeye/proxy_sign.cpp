#include "bridge/fireeye/proxy_sign.hpp"

#include <algorithm>

#include "bridge/fireeye/field_tree.hpp"

namespace bridge::fireeye {

namespace {

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::size_t letters_at_start(std::string_view text) {
    return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_letter) - text.begin());
}

bool is_connect(std::string_view method) {
    constexpr std::string_view connect = "CONNECT";
    return std::equal(method.begin(), method.end(), connect.begin(), connect.end(),
                      [](char have, char want) { return have == want || have == static_cast<char>(want - 'A' + 'a'); });
}

}  // namespace

bool shows_proxy(std::string_view request) {
    request = trimmed(request);
    while (request.starts_with("::~~")) {  // a flattened line end: empty lines before a request mean nothing
        request = trimmed(request.substr(4));
    }
    const std::string_view method = request.substr(0, letters_at_start(request));
    std::string_view target = request.substr(method.size());
    if (method.empty() || target.empty() || (target.front() != ' ' && target.front() != '\t')) {
        return false;
    }
    while (!target.empty() && (target.front() == ' ' || target.front() == '\t')) {
        target.remove_prefix(1);
    }
    if (target.empty() || target.front() == '\r' || target.front() == '\n' || target.starts_with("::~~")) {
        return false;
    }
    if (is_connect(method)) {
        return true;
    }
    const std::size_t scheme_size = letters_at_start(target);
    return scheme_size > 0 && target.substr(scheme_size).starts_with("://");
}

}  // namespace bridge::fireeye
