// A receiver on loopback for the sender's tests: keeps what arrives on the wire, and answers as told.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

/// One connection at a time, on a thread of its own, until destroyed.
class ReceiverStub {
public:
    struct Received {
        std::string head;  // request line and headers
        std::string body;
        bool asked_first = false;  // the body came after a 100 (Continue)
        bool complete = false;     // as many bytes as announced
    };

    /// With `enough_bytes` it answers as soon as so much of a body has come, and waits for no more.
    explicit ReceiverStub(std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nThanks!",
                          std::size_t enough_bytes = SIZE_MAX)
        : answer_(std::move(answer)), enough_bytes_(enough_bytes), listener_(socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* const generic = reinterpret_cast<sockaddr*>(&address);
        ready_ = bind(listener_, generic, size) == 0 && listen(listener_, 64) == 0 &&
                 getsockname(listener_, generic, &size) == 0;
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this] { serve(); });
    }

    ~ReceiverStub() {
        shutdown(listener_, SHUT_RDWR);
        thread_.join();
        close(listener_);
    }

    ReceiverStub(const ReceiverStub&) = delete;
    ReceiverStub& operator=(const ReceiverStub&) = delete;

    bool ready() const { return ready_; }
    std::string url(std::string_view target = "/") const {
        return "http://127.0.0.1:" + std::to_string(port_) + std::string(target);
    }

    /// Connections so far. A request is listed before its answer is sent, or once its connection has ended.
    std::vector<Received> received() {
        const std::lock_guard lock(mutex_);
        return received_;
    }

private:
    void serve() {
        while (true) {
            const int connection = accept(listener_, nullptr, nullptr);
            if (connection < 0) {
                return;
            }
            serve_one(connection);
            close(connection);
        }
    }

    bool more(int connection, std::string& into) {
        std::array<char, 65536> buffer{};
        const ssize_t size = recv(connection, buffer.data(), buffer.size(), 0);
        if (size <= 0) {
            return false;
        }
        into.append(buffer.data(), static_cast<std::size_t>(size));
        return true;
    }

    static void send_all(int connection, std::string_view text) {
        while (!text.empty()) {
            const ssize_t size = send(connection, text.data(), text.size(), MSG_NOSIGNAL);
            if (size <= 0) {
                return;
            }
            text.remove_prefix(static_cast<std::size_t>(size));
        }
    }

    static std::size_t announced(const std::string& head) {
        const auto at = head.find("Content-Length: ");
        return at == std::string::npos ? 0 : std::stoul(head.substr(at + 16));
    }

    void serve_one(int connection) {
        Received request;
        std::string bytes;
        std::size_t end = std::string::npos;
        while ((end = bytes.find("\r\n\r\n")) == std::string::npos && more(connection, bytes)) {
        }
        if (end != std::string::npos) {
            request.head = bytes.substr(0, end + 2);
            request.body = bytes.substr(end + 4);
            if (request.head.find("Expect: 100-continue\r\n") != std::string::npos && request.body.empty()) {
                request.asked_first = true;
                send_all(connection, "HTTP/1.1 100 Continue\r\n\r\n");
            }
            const bool chunked = request.head.find("Transfer-Encoding: chunked") != std::string::npos;
            const auto done = [&] {
                return chunked ? request.body.ends_with("0\r\n\r\n") : request.body.size() >= announced(request.head);
            };
            while (!done() && request.body.size() < enough_bytes_ && more(connection, request.body)) {
            }
            request.complete = done();
        } else {
            request.head = bytes;
        }
        {
            const std::lock_guard lock(mutex_);
            received_.push_back(request);
        }
        send_all(connection, answer_);
    }

    std::string answer_;
    std::size_t enough_bytes_;
    int listener_;
    bool ready_ = false;
    unsigned port_ = 0;
    std::mutex mutex_;
    std::vector<Received> received_;
    std::thread thread_;
};
