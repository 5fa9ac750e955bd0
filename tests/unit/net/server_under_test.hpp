// An HttpServer on a loop of its own thread, and a blocking client that speaks raw bytes to it.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <cerrno>
#include <condition_variable>
#include <functional>
#include <future>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "net/event_loop.hpp"
#include "net/http_server.hpp"

namespace net::test {

inline HttpResponse plain(std::string body, unsigned status = 200) {
    HttpResponse response;
    response.status = status;
    response.body = std::move(body);
    return response;
}

struct TurnedAway {
    Turned why;
    std::string peer;
    std::string detail;
};

/// Answers "METHOD target body" unless told otherwise.
class ScriptedHandler : public HttpHandler {
public:
    std::function<std::optional<HttpResponse>(const HttpRequest&)> header = [](const HttpRequest&) {
        return std::nullopt;
    };
    std::function<void(HttpRequest, Respond)> request = [](HttpRequest got, Respond respond) {
        respond(plain(got.method + " " + got.target + " " + got.body));
    };

    std::function<bool(const std::string&)> connection = [](const std::string&) { return true; };
    std::function<std::function<void(Verdict)>(const HttpRequest&)> header_later =
        [](const HttpRequest&) -> std::function<void(Verdict)> { return {}; };

    bool on_connection(const std::string& peer) override { return connection(peer); }
    std::optional<HttpResponse> on_header(const HttpRequest& head) override { return header(head); }
    std::function<void(Verdict)> on_header_later(const HttpRequest& head) override { return header_later(head); }
    void on_request(HttpRequest got, Respond respond) override { request(std::move(got), std::move(respond)); }
    void on_turned_away(Turned why, const std::string& peer, const std::string& detail) override {
        const std::lock_guard lock(mutex_);
        turned_.push_back({why, peer, detail});
        changed_.notify_all();
    }
    void on_handler_failed(const std::string& detail) override {
        const std::lock_guard lock(mutex_);
        failures_.push_back(detail);
    }

    std::vector<TurnedAway> turned() {
        const std::lock_guard lock(mutex_);
        return turned_;
    }
    std::vector<std::string> failures() {
        const std::lock_guard lock(mutex_);
        return failures_;
    }
    std::vector<TurnedAway> await_turned(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, std::chrono::seconds(20), [&] { return turned_.size() >= count; });
        return turned_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<TurnedAway> turned_;
    std::vector<std::string> failures_;
};

class ServerUnderTest {
public:
    ScriptedHandler handler;

    explicit ServerUnderTest(ListenOptions options = {}) {
        auto made = HttpServer::listen(loop_, std::move(options), handler);
        if (!made) {
            FAIL(made.error());
        }
        server_ = std::move(*made);
    }
    ~ServerUnderTest() {
        if (thread_.joinable()) {
            loop_.stop();
            thread_.join();
        }
        server_.reset();
    }
    ServerUnderTest(const ServerUnderTest&) = delete;
    ServerUnderTest& operator=(const ServerUnderTest&) = delete;

    /// After this, the handler's script must not be changed.
    std::uint16_t start() {
        thread_ = std::thread([this] { loop_.run(); });
        return server_->port();
    }

    EventLoop& loop() { return loop_; }
    HttpServer& server() { return *server_; }
    void destroy_server() { server_.reset(); }

    /// Runs `task` on the loop's thread and waits for it.
    void on_loop(const std::function<void()>& task) {
        std::promise<void> ran;
        loop_.post([&] {
            task();
            ran.set_value();
        });
        ran.get_future().wait();
    }

private:
    EventLoop loop_;
    std::unique_ptr<HttpServer> server_;
    std::thread thread_;
};

struct Answer {
    unsigned status = 0;
    std::string head;
    std::string body;

    bool has(std::string_view line) const { return head.find(line) != std::string::npos; }
};

class Client {
public:
    /// `from`: the loopback address that it calls from, such as 127.0.0.2.
    explicit Client(std::uint16_t port, const char* from = nullptr)
        : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        const timeval patience{.tv_sec = 20, .tv_usec = 0};  // only so that a broken server fails the test
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        if (from != nullptr) {
            sockaddr_in own{};
            own.sin_family = AF_INET;
            REQUIRE(::inet_pton(AF_INET, from, &own.sin_addr) == 1);
            REQUIRE(::bind(socket_, reinterpret_cast<const sockaddr*>(&own), sizeof own) == 0);
        }
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        REQUIRE(::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0);
    }
    ~Client() { ::close(socket_); }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    int socket() const { return socket_; }

    /// False when the server would not take all of it.
    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) {
                return false;
            }
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    void end_sending() { ::shutdown(socket_, SHUT_WR); }

    /// Up to and with `mark`; what came, when the connection ended before it.
    std::string read_to(std::string_view mark) {
        while (true) {
            if (const auto at = held_.find(mark); at != std::string::npos) {
                return take(at + mark.size());
            }
            if (!read_some()) {
                return take(held_.size());
            }
        }
    }

    Answer answer(bool head_only = false) {
        Answer got;
        got.head = read_to("\r\n\r\n");
        if (got.head.size() < 12) {
            return got;
        }
        got.status = static_cast<unsigned>(std::stoul(got.head.substr(9, 3)));
        const auto at = got.head.find("Content-Length: ");
        if (at != std::string::npos && !head_only) {
            const auto length = std::stoul(got.head.substr(at + 16));
            while (held_.size() < length && read_some()) {
            }
            got.body = take(std::min<std::size_t>(length, held_.size()));
        }
        return got;
    }

    /// What still comes until the server closes; `reset` says how it did.
    std::string rest() {
        while (read_some()) {
        }
        return take(held_.size());
    }

    bool ended() const { return ended_; }
    bool was_reset() const { return reset_; }

private:
    bool read_some() {
        char bytes[16384];
        const auto got = ::recv(socket_, bytes, sizeof bytes, 0);
        if (got > 0) {
            held_.append(bytes, static_cast<std::size_t>(got));
            return true;
        }
        ended_ = got == 0 || errno == ECONNRESET;
        reset_ = got < 0 && errno == ECONNRESET;
        return false;
    }

    std::string take(std::size_t count) {
        std::string taken = held_.substr(0, count);
        held_.erase(0, count);
        return taken;
    }

    int socket_;
    std::string held_;
    bool ended_ = false;
    bool reset_ = false;
};

inline std::string post(std::string_view body, std::string_view extra = {}) {
    std::string text = "POST /alerts HTTP/1.1\r\nHost: bridge\r\n";
    text.append(extra).append("Content-Length: ").append(std::to_string(body.size())).append("\r\n\r\n").append(body);
    return text;
}

}  // namespace net::test
