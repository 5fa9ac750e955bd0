// Has a listener go over to a new certificate when its files change, or when it is asked to, without a connection lost.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bridge/engine/engine.hpp"
#include "net/event_loop.hpp"
#include "net/http_server.hpp"

namespace bridge::operate {

class CertificateWatch {
public:
    /// Looks at the files of `identity` each `every`, on the loop's thread. All but the identity must outlive the
    /// watch.
    CertificateWatch(net::EventLoop& loop, net::HttpServer& server, net::TlsIdentity identity,
                     std::chrono::milliseconds every, engine::Engine::Listener listener);

    /// Takes the files as they are now, changed or not (SIGHUP). False, with a line in the log, when they are not fit:
    /// the listener keeps what it has.
    bool renew();

    /// Other files or clients from now on; as `renew`, and on failure those of before are still watched.
    bool renew(net::TlsIdentity identity);

    std::uint64_t renewals() const noexcept { return renewals_; }

private:
    /// What shows that a file is another one or has been written.
    using Look = std::vector<std::int64_t>;

    static Look look_at(const net::TlsIdentity& identity);
    void look_again_later();
    bool take(const net::TlsIdentity& identity);

    net::EventLoop& loop_;
    net::HttpServer& server_;
    net::TlsIdentity identity_;
    std::chrono::milliseconds every_;
    engine::Engine::Listener listener_;
    Look seen_;
    std::chrono::steady_clock::time_point taken_;
    std::uint64_t renewals_ = 0;
    std::unique_ptr<net::Timer> timer_;
};

}  // namespace bridge::operate
