// Beast's HTTP/1 parser, filling an HttpRequest as it goes: no second copy of the fields, no message type.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <cstdint>
#include <string>

#include "net/http.hpp"

namespace net::detail {

/// What the server itself must know of a request's header.
struct HeadFacts {
    bool http_1_1 = false;
    unsigned hosts = 0;
    bool expects_continue = false;
    bool expects_other = false;
    bool chunked_named = false;  // Transfer-Encoding: chunked, and nothing else
    bool transfer_encoding_other = false;
    bool chunked_inside = false;  // among other codings
    unsigned lengths = 0;         // Content-Length fields
    bool odd_length = false;      // something else than digits in one
    unsigned authorizations = 0;
};

class RequestParser final : public boost::beast::http::basic_parser<true> {
    using error_code = boost::beast::error_code;
    using string_view = boost::beast::string_view;
    using field = boost::beast::http::field;

public:
    /// `strict`: see ListenOptions::strict_requests; here it is about chunk extensions.
    RequestParser(HttpRequest& request, std::size_t header_bytes_max, std::size_t body_bytes_max, bool strict);

    const HeadFacts& facts() const { return facts_; }
    std::size_t body_bytes() const { return request_.body.size(); }

private:
    void on_request_impl(boost::beast::http::verb verb, string_view method, string_view target, int version,
                         error_code& error) override;
    void on_response_impl(int, string_view, int, error_code&) override {}
    void on_field_impl(field name, string_view name_text, string_view value, error_code& error) override;
    void on_header_impl(error_code& error) override;
    void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code& error) override;
    std::size_t on_body_impl(string_view body, error_code& error) override;
    void on_chunk_header_impl(std::uint64_t size, string_view extensions, error_code& error) override;
    std::size_t on_chunk_body_impl(std::uint64_t remain, string_view body, error_code& error) override;
    void on_finish_impl(error_code& error) override;

    HttpRequest& request_;
    std::size_t body_bytes_max_;
    HeadFacts facts_;
    bool strict_;
    bool head_complete_ = false;
};

}  // namespace net::detail
