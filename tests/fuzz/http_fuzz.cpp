// The HTTP front: a connection of the server with the intake's gate and the reader behind it, fed from a socket pair.
//
// Shape of an input: a byte that says into how many writes the rest is cut, then what the peer sends. So the corpus is
// readable, and the boundaries between reads are fuzzed too.
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <variant>

#include "bridge/intake/gate.hpp"
#include "net/detail/session.hpp"
#include "promises.hpp"

namespace {

constexpr std::size_t body_bytes_max = 4096;
constexpr std::size_t header_bytes_max = 1024;

void promise(bool kept, const char* which) {
    if (!kept) {
        std::fprintf(stderr, "broken promise: %s\n", which);
        std::abort();
    }
}

class Door : public net::HttpHandler {
public:
    Door() : gate_(rules()) {}

    std::optional<net::HttpResponse> on_header(const net::HttpRequest& head) override {
        promise(head.body.empty(), "a header comes before its body");
        promise(head.target.size() <= header_bytes_max, "a header is bounded");
        // Strangers are let in: hardly any input would have the right password, and none would come further.
        const auto judgement = gate_.judge(head, std::chrono::steady_clock::now());
        const auto* const refused = std::get_if<bridge::intake::Refusal>(&judgement);
        if (refused != nullptr && refused->status != 401) {
            return net::HttpResponse{.status = refused->status};
        }
        promise(head.target.starts_with('/'), "a target is a path");
        return std::nullopt;
    }

    void on_request(net::HttpRequest request, net::Respond respond) override {
        promise(request.body.size() <= body_bytes_max, "a body is bounded");
        fuzz::check_promises(request.body);
        respond({.status = 200});
    }

    void on_turned_away(net::Turned, const std::string&, const std::string& detail) override {
        promise(!detail.empty(), "what is turned away has a reason");
    }

    void on_handler_failed(const std::string& detail) override { promise(false, detail.c_str()); }

private:
    static bridge::intake::GateRules rules() {
        bridge::intake::GateRules rules;
        rules.users.emplace("fireeye", bridge::domain::Secret("open sesame"));
        rules.logins = {.per_source = 0, .per_user = 0};  // or all inputs after the tenth would be one
        return rules;
    }

    bridge::intake::Gate gate_;
};

net::ListenOptions options() {
    net::ListenOptions small;
    small.body_bytes_max = body_bytes_max;
    small.header_bytes_max = header_bytes_max;
    small.strict_requests = true;  // as the intake has it
    return small;
}

void drop_answers(int peer, bool& first_seen) {
    std::array<char, 4096> answer{};
    while (true) {
        const auto size = ::recv(peer, answer.data(), answer.size(), MSG_DONTWAIT);
        if (size <= 0) {
            return;
        }
        const std::string_view text(answer.data(), static_cast<std::size_t>(size));
        promise(first_seen || text.starts_with("HTTP/1."), "an answer is HTTP");
        first_seen = true;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static boost::asio::io_context io{1};
    static Door door;
    static net::detail::Commons commons(io, options(), door);
    if (size == 0) {
        return 0;
    }
    std::array<int, 2> pair{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair.data()) != 0) {
        std::perror("socketpair");
        std::abort();
    }
    const auto session = std::make_shared<net::detail::Session>(
        commons, boost::asio::generic::stream_protocol(AF_UNIX, 0), pair[0], "192.0.2.1");
    commons.sessions.emplace(session.get(), session);
    session->start();
    std::string_view sent(reinterpret_cast<const char*>(bytes) + 1, size - 1);
    const std::size_t piece = std::max<std::size_t>(1, sent.size() / (bytes[0] % 8U + 1U));
    bool answered = false;
    while (!sent.empty() && !commons.sessions.empty()) {
        const auto written = ::send(pair[1], sent.data(), std::min(piece, sent.size()), MSG_NOSIGNAL);
        io.restart();
        io.poll();
        drop_answers(pair[1], answered);
        if (written > 0) {
            sent.remove_prefix(static_cast<std::size_t>(written));
        }
    }
    ::shutdown(pair[1], SHUT_WR);
    for (int turns = 0; !commons.sessions.empty(); ++turns) {
        promise(turns < 10'000, "a connection whose peer has ended comes to its end");
        io.restart();
        io.poll();
        drop_answers(pair[1], answered);
    }
    ::close(pair[1]);
    return 0;
}
