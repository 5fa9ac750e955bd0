// Requests to firewalls over HTTPS by libcurl: one thread drives them all, keeps connections alive, and hands the
// answers to the bridge's loop.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "bridge/domain/value/failure.hpp"
#include "bridge/domain/value/time.hpp"
#include "bridge/panos/transport.hpp"

namespace bridge::panos {

struct Endpoint {
    std::string url;        // "https://firewall.example"; "/api/" is added
    std::string ca_file;    // PEM; empty: the system's authorities
    bool insecure = false;  // takes any certificate
    std::chrono::milliseconds connect_timeout{10'000};
    std::chrono::milliseconds timeout{60'000};  // of a whole call; a `set` of thousands of objects takes its time
    /// With each new connection: when the firewall's own certificate expires. Called like the answers.
    std::function<void(domain::WallTime)> on_certificate{};
};

class CurlClient {
public:
    /// `deliver` runs a task on the bridge's loop; any thread may call it. It must stay usable until the client is
    /// gone.
    explicit CurlClient(std::function<void(std::function<void()>)> deliver);
    ~CurlClient();  // gives up what is under way; its `done` is not called any more
    CurlClient(const CurlClient&) = delete;
    CurlClient& operator=(const CurlClient&) = delete;

    /// The way to one firewall; must not outlive the client.
    std::unique_ptr<Transport> transport_to(Endpoint endpoint);

private:
    friend class CurlTransport;
    struct Driver;
    std::unique_ptr<Driver> driver_;
};

}  // namespace bridge::panos
