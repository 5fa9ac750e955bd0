#include "sim/lab/capture/capture_har.hpp"

#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

namespace sim::lab {

namespace json = boost::json;

namespace {

/// Standard alphabet; line ends are passed over. nullopt when it is no base64.
std::optional<std::string> base64_decoded(std::string_view text) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    std::uint32_t bits = 0;
    unsigned count = 0;
    bool padded = false;
    for (const char c : text) {
        if (c == '\r' || c == '\n' || c == ' ') {
            continue;
        }
        if (c == '=') {
            padded = true;
            continue;
        }
        const std::size_t value = alphabet.find(c);
        if (value == std::string_view::npos || padded) {
            return std::nullopt;
        }
        bits = (bits << 6U) | static_cast<std::uint32_t>(value);
        count += 6;
        if (count >= 8) {
            count -= 8;
            out += static_cast<char>(static_cast<unsigned char>((bits >> count) & 0xffU));
        }
    }
    return count < 6 ? std::optional(std::move(out)) : std::nullopt;
}

const json::value* member(const json::value* value, std::string_view key) {
    const json::object* object = value == nullptr ? nullptr : value->if_object();
    return object == nullptr ? nullptr : object->if_contains(key);
}

std::string_view text(const json::value* value) {
    const json::string* found = value == nullptr ? nullptr : value->if_string();
    return found == nullptr ? std::string_view() : std::string_view(found->data(), found->size());
}

bool equal_folded(std::string_view a, std::string_view b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
               const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
               return lower(x) == lower(y);
           });
}

std::string_view header(const json::value* request, std::string_view name) {
    const json::value* headers = member(request, "headers");
    if (headers == nullptr || !headers->is_array()) {
        return {};
    }
    for (const json::value& one : headers->get_array()) {
        if (equal_folded(text(member(&one, "name")), name)) {
            return text(member(&one, "value"));
        }
    }
    return {};
}

void read_entry(const json::value& entry, const std::string& place, Capture& capture) {
    const json::value* request = member(&entry, "request");
    if (request == nullptr) {
        capture.unusable.push_back({place, "it has no request"});
        return;
    }
    CapturedRequest out;
    out.place = place;
    out.method = text(member(request, "method"));
    out.content_encoding = header(request, "Content-Encoding");
    const json::value* post = member(request, "postData");
    const json::value* body = member(post, "text");
    if (body == nullptr && member(post, "params") != nullptr && member(post, "params")->is_array() &&
        !member(post, "params")->get_array().empty()) {
        capture.unusable.push_back(
            {place, "its body was taken apart into form parameters by what recorded it; record it as raw text"});
        return;
    }
    out.body = text(body);
    if (equal_folded(text(member(post, "encoding")), "base64")) {
        auto decoded = base64_decoded(out.body);
        if (!decoded) {
            capture.unusable.push_back({place, "its body is said to be base64 and is not"});
            return;
        }
        out.body = std::move(*decoded);
    }
    if (out.body.size() > capture_body_bytes_max) {
        capture.unusable.push_back({place, fmt::format("its body is over {} bytes", capture_body_bytes_max)});
        return;
    }
    const json::value* status = member(member(&entry, "response"), "status");
    if (status != nullptr && status->is_int64() && status->get_int64() >= 100 && status->get_int64() < 600) {
        out.status = static_cast<unsigned>(status->get_int64());  // 0: it was never answered
    }
    capture.requests.push_back(std::move(out));
}

}  // namespace

Capture read_har(std::string_view bytes, const std::string& place) {
    constexpr std::size_t depth_max = 64;
    Capture capture;
    if (bytes.starts_with("\xEF\xBB\xBF")) {
        bytes.remove_prefix(3);
    }
    json::parse_options options;
    options.max_depth = depth_max;
    options.allow_invalid_utf8 = true;
    json::error_code error;
    const json::value whole = json::parse({bytes.data(), bytes.size()}, error, {}, options);
    if (error) {
        capture.unusable.push_back({place, fmt::format("it is no JSON, so no HAR either: {}", error.message())});
        return capture;
    }
    const json::value* entries = member(member(&whole, "log"), "entries");
    if (entries == nullptr || !entries->is_array()) {
        capture.unusable.push_back({place, "it has no log.entries, so it is no HAR"});
        return capture;
    }
    std::size_t number = 0;
    for (const json::value& entry : entries->get_array()) {
        if (++number > capture_requests_max) {
            capture.unusable.push_back(
                {place, fmt::format("more than {} entries; the rest is left out", capture_requests_max)});
            break;
        }
        read_entry(entry, fmt::format("{}, entry {}", place, number), capture);
    }
    return capture;
}

}  // namespace sim::lab
