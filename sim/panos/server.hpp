// A device behind sockets: maps real time to the device's, and nothing else. The device and the loop outlive it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "net/http_server.hpp"
#include "sim/panos/device.hpp"

namespace sim::panos {

struct ServerOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;  // 0: any free one
    bool plain = false;      // HTTP; otherwise TLS with a certificate made at start
    bool control = true;     // serve the control API
    std::string control_address = "127.0.0.1";
    std::uint16_t control_port = 0;
    std::vector<std::string> certificate_names;  // beside the listen address and localhost
    std::string certificate_directory;           // where the certificate and its key are written; needed for TLS
    std::size_t connections_max = 256;           // further ones are closed at once, as an overloaded device does
};

class PanosServer {
public:
    /// Errors name the address or the file.
    static net::Result<std::unique_ptr<PanosServer>> make(net::EventLoop& loop, Device& device, ServerOptions options);
    ~PanosServer();
    PanosServer(const PanosServer&) = delete;
    PanosServer& operator=(const PanosServer&) = delete;

    std::uint16_t port() const;
    std::uint16_t control_port() const;    // 0 without control API
    std::string url() const;               // "https://127.0.0.1:8443"
    std::string control_url() const;       // empty without
    std::string certificate_file() const;  // what a client gives as CA; empty when plain
    /// {"api":"https://...","control":"http://...","ca":"..."}, one line without its end.
    std::string first_line() const;
    /// {"devices":[{"name":"fw1","serial":"...","model":"...","api":...,"control":...,"ca":...},...]}, the same.
    static std::string first_line(const std::vector<std::unique_ptr<PanosServer>>& servers);

    /// Called on the loop's thread after every call and whenever something was due. One at a time.
    void on_change(std::function<void()> tell);
    /// To be called after the device was changed by other means than its API (a fault set, a job started).
    void changed();

private:
    class Front;
    std::unique_ptr<Front> front_;
    explicit PanosServer(std::unique_ptr<Front> front);
};

}  // namespace sim::panos
