#include "net/detail/request_parser.hpp"

#include <algorithm>
#include <boost/beast/core/string.hpp>

namespace net::detail {
namespace http = boost::beast::http;

RequestParser::RequestParser(HttpRequest& request, std::size_t header_bytes_max, std::size_t body_bytes_max)
    : request_(request), body_bytes_max_(body_bytes_max) {
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

void RequestParser::on_chunk_header_impl(std::uint64_t size, string_view, error_code& error) {
    if (size > body_bytes_max_ - request_.body.size()) {
        error = http::error::body_limit;
    }
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, string_view body, error_code& error) {
    return on_body_impl(body, error);
}

void RequestParser::on_finish_impl(error_code&) {}

}  // namespace net::detail
