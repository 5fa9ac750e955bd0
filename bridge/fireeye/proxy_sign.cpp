#include "bridge/fireeye/proxy_sign.hpp"

#include <algorithm>

#include "bridge/fireeye/field_tree.hpp"

namespace bridge::fireeye {

namespace {

constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

bool is_connect(std::string_view method) {
    constexpr std::string_view connect = "CONNECT";
    return std::equal(method.begin(), method.end(), connect.begin(), connect.end(),
                      [](char have, char want) { return have == want || have == static_cast<char>(want - 'A' + 'a'); });
}

}  // namespace

bool shows_proxy(std::string_view request) {
    request = trimmed(request);
    std::string_view line = request.substr(0, std::min(request.find_first_of("\r\n"), request.size()));
    line = line.substr(0, std::min(line.find("::~~"), line.size()));
    const auto blank = line.find_first_of(" \t");
    if (blank == std::string_view::npos) {
        return false;
    }
    const std::string_view method = line.substr(0, blank);
    const std::string_view target = trimmed(line.substr(blank));
    if (method.find_first_not_of(letters) != std::string_view::npos || target.empty()) {
        return false;
    }
    if (is_connect(method)) {
        return true;
    }
    const auto scheme_size = target.find_first_not_of(letters);
    return scheme_size != std::string_view::npos && scheme_size > 0 && target.substr(scheme_size, 3) == "://";
}

}  // namespace bridge::fireeye
