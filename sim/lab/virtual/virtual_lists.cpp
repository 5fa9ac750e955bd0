#include "sim/lab/virtual/virtual_lists.hpp"

#include <algorithm>
#include <cstdint>

#include <chrono>

namespace sim::lab {

namespace {

constexpr std::chrono::milliseconds travel_time{2};

std::string base64(std::string_view text) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t at = 0; at < text.size(); at += 3) {
        std::uint32_t bits = 0;
        const std::size_t taken = std::min<std::size_t>(3, text.size() - at);
        for (std::size_t i = 0; i < 3; ++i) {
            bits = bits << 8U | (i < taken ? static_cast<unsigned char>(text[at + i]) : 0U);
        }
        for (std::size_t i = 0; i < 4; ++i) {
            out += i <= taken ? alphabet[bits >> (18U - 6U * i) & 63U] : '=';
        }
    }
    return out;
}

}  // namespace

net::HttpRequest list_request(const std::string& path, const std::string& user, const std::string& password) {
    net::HttpRequest request;
    request.method = "GET";
    request.target = "/" + path;
    request.headers = {{"Authorization", "Basic " + base64(user + ":" + password)}};
    request.peer = "192.0.2.1";
    return request;
}

void VirtualLists::fetch(const panos::ListRequest& request, Done done) {
    const std::string& url = request.url;
    if (!url.starts_with(virtual_lists_url)) {
        done(tl::make_unexpected(std::string("Couldn't connect to server")));
        return;
    }
    scheduler_.run_at(scheduler_.now() + travel_time, [this, request, done = std::move(done)] {
        const auto answer =
            serve_(list_request(request.url.substr(virtual_lists_url.size() + 1), request.user, request.password));
        scheduler_.run_at(scheduler_.now() + travel_time, [this, answer, done] {
            if (!answer) {
                done(tl::make_unexpected(std::string("Couldn't connect to server")));
            } else if (answer->status != 200) {
                done(tl::make_unexpected(std::string("HTTP response code said error")));
            } else {
                done(answer->body);
            }
            if (tell_) {
                tell_();
            }
        });
    });
}

}  // namespace sim::lab
