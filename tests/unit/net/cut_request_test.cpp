// Requests that arrive in pieces, cut at every place: a connection over a socket pair, so that each piece is read
// before the next is sent.
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/detail/session.hpp"
#include "server_under_test.hpp"

namespace {

/// The bodies that the handler got of these pieces.
std::vector<std::string> bodies_of(const std::vector<std::string_view>& pieces) {
    boost::asio::io_context io{1};
    net::test::ScriptedHandler handler;
    std::vector<std::string> bodies;
    handler.request = [&](net::HttpRequest request, const net::Respond& respond) {
        bodies.push_back(request.body);
        respond(net::test::plain("taken"));
    };
    net::detail::Commons commons(io, {}, handler);
    std::array<int, 2> pair{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair.data()) == 0);
    const auto session = std::make_shared<net::detail::Session>(
        commons, boost::asio::generic::stream_protocol(AF_UNIX, 0), pair[0], "192.0.2.1");
    commons.sessions.emplace(session.get(), session);
    session->start();
    for (const std::string_view piece : pieces) {
        ::send(pair[1], piece.data(), piece.size(), MSG_NOSIGNAL);
        io.restart();
        io.poll();
    }
    session->close();
    io.restart();
    io.poll();
    ::close(pair[1]);
    return bodies;
}

}  // namespace

TEST_CASE("http server: a chunked request may be cut into three at any two places", "[net]") {
    constexpr std::string_view request =
        "POST / HTTP/1.1\r\nHost: b\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: 1\r\n\r\n"
        "POST / HTTP/1.1\r\nHost: b\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    const auto head = request.find("3\r\nabc");
    for (std::size_t first = head; first < request.size(); ++first) {
        for (std::size_t second = first + 1; second < request.size(); ++second) {
            const auto bodies =
                bodies_of({request.substr(0, first), request.substr(first, second - first), request.substr(second)});
            CAPTURE(first, second);
            REQUIRE(bodies == std::vector<std::string>{"abcde", ""});
        }
    }
}
