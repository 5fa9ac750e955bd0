#include "net/detail/response_text.hpp"

#include <catch2/catch.hpp>

namespace {

std::string head(const net::HttpResponse& response, net::detail::ResponseFrame frame = {}) {
    frame.date = "Thu, 01 Jan 1970 00:00:00 GMT";
    std::string out;
    net::detail::append_head(out, response, frame);
    return out;
}

}  // namespace

TEST_CASE("response text: length and date are added", "[net]") {
    net::HttpResponse response;
    response.body = "hello";
    CHECK(head(response) == "HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Length: 5\r\n\r\n");
}

TEST_CASE("response text: a header of the handler stands in place of ours", "[net]") {
    net::HttpResponse response;
    response.headers = {{"content-length", "7"}, {"Date", "never"}};
    CHECK(head(response, {.server = "mock"}) ==
          "HTTP/1.1 200 OK\r\ncontent-length: 7\r\nDate: never\r\nServer: mock\r\n\r\n");
}

TEST_CASE("response text: a line break in a value can't start another header", "[net]") {
    net::HttpResponse response;
    response.headers = {{"Location", "/a\r\nSet-Cookie: x"}};
    CHECK(head(response).find("Location: /a  Set-Cookie: x\r\n") != std::string::npos);
}

TEST_CASE("response text: a status without a body has no length", "[net]") {
    net::HttpResponse response;
    response.status = GENERATE(204U, 304U);
    CHECK(head(response).find("Content-Length") == std::string::npos);
}
