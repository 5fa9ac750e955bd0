#include "net/detail/request_parser.hpp"

#include <algorithm>
#include <boost/beast/core/string.hpp>

namespace net::detail {
namespace http = boost::beast::http;

namespace {

bool is_decimal(char c) {
    return c >= '0' && c <= '9';
}

/// Whether "chunked" is in a list of codings that is not "chunked" alone, anywhere but at its end.
bool names_chunked(boost::beast::string_view codings) {
    while (!codings.empty()) {
        const auto comma = std::min(codings.find(','), codings.size());
        auto one = codings.substr(0, comma);
        codings.remove_prefix(std::min(comma + 1, codings.size()));
        while (!one.empty() && (one.front() == ' ' || one.front() == '\t')) {
            one.remove_prefix(1);
        }
        while (!one.empty() && (one.back() == ' ' || one.back() == '\t')) {
            one.remove_suffix(1);
        }
        if (boost::beast::iequals(one, "chunked") && !codings.empty()) {
            return true;
        }
    }
    return false;
}

}  // namespace

RequestParser::RequestParser(HttpRequest& request, std::size_t header_bytes_max, std::size_t body_bytes_max,
                             bool strict)
    : request_(request), body_bytes_max_(body_bytes_max), strict_(strict) {
    header_limit(static_cast<std::uint32_t>(std::min<std::size_t>(header_bytes_max, UINT32_MAX)));
    body_limit(boost::none);  // counted here: the header must be complete before a body is judged too large
}

void RequestParser::on_request_impl(http::verb, string_view method, string_view target, int version, error_code&) {
    request_.method.assign(method.data(), method.size());
    request_.target.assign(target.data(), target.size());
    request_.headers.reserve(8);
    facts_.http_1_1 = version >= 11;
}

void RequestParser::on_field_impl(field name, string_view name_text, string_view value, error_code&) {
    if (head_complete_) {
        return;  // a trailer: nothing here means anything to a handler, and it may contradict the header
    }
    switch (name) {
        case field::host:
            ++facts_.hosts;
            break;
        case field::expect:
            (boost::beast::iequals(value, "100-continue") ? facts_.expects_continue : facts_.expects_other) = true;
            break;
        case field::transfer_encoding:
            (boost::beast::iequals(value, "chunked") ? facts_.chunked_named : facts_.transfer_encoding_other) = true;
            facts_.chunked_inside = facts_.chunked_inside || names_chunked(value);
            break;
        case field::content_length:
            ++facts_.lengths;
            facts_.odd_length = facts_.odd_length || !std::all_of(value.begin(), value.end(), is_decimal);
            break;
        case field::authorization:
            ++facts_.authorizations;
            break;
        default:
            break;
    }
    request_.headers.push_back({std::string(name_text), std::string(value)});
}

void RequestParser::on_header_impl(error_code&) {
    head_complete_ = true;
}

void RequestParser::on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) {
    // The length is only the peer's word: memory for a large body is taken as the body comes.
    constexpr std::uint64_t at_once_bytes_max = 256U << 10U;
    if (length) {
        request_.body.reserve(static_cast<std::size_t>(std::min(*length, at_once_bytes_max)));
    }
}

std::size_t RequestParser::on_body_impl(string_view body, error_code& error) {
    if (body.size() > body_bytes_max_ - request_.body.size()) {
        error = http::error::body_limit;
        return 0;
    }
    request_.body.append(body.data(), body.size());
    return body.size();
}

void RequestParser::on_chunk_header_impl(std::uint64_t size, string_view extensions, error_code& error) {
    if (strict_ && !extensions.empty()) {
        error = http::error::bad_chunk_extension;
    } else if (size > body_bytes_max_ - request_.body.size()) {
        error = http::error::body_limit;
    }
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, string_view body, error_code& error) {
    return on_body_impl(body, error);
}

void RequestParser::on_finish_impl(error_code&) {}

}  // namespace net::detail
