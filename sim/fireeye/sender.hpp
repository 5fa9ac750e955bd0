// Posts notifications as appliances do: by curl, HTTP/1.1, a connection for each, basic authentication without being
// asked for it, `Expect: 100-continue` for bodies over 1024 bytes. Appliances are not known to follow redirects or to
// repeat a failed post, and neither does this.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

#include "sim/fireeye/notification.hpp"
#include "sim/fireeye/send_fault.hpp"

namespace sim::fireeye {

struct Destination {
    std::string url;   // http or https, path and query as configured on the appliance
    std::string user;  // empty: no authentication
    std::string password;
    std::string ca_file;             // PEM; empty: the system's
    bool insecure = false;           // `no fenotify http service NAME ssl verify`
    std::string client_certificate;  // PEM files; empty: none
    std::string client_key;
    std::string own_address;  // the address of this host that it calls from; empty: the system's choice
    std::chrono::milliseconds timeout{30'000};
};

struct Delivery {
    unsigned status = 0;  // 0: no answer, and `error` says why
    std::string body;     // of the answer, its first 64 KiB
    std::string error;
    std::chrono::microseconds took{0};       // from starting to connect
    std::chrono::microseconds since_due{0};  // from the time it was due, which is what an open-loop load test counts
};

/// A notification on its way: to whom, and when after the start of the schedule.
struct Outgoing {
    const Destination* to = nullptr;
    const RenderedNotification* notification = nullptr;
    std::chrono::microseconds due{0};
    const SendFault* fault = nullptr;  // nullptr: none
};

class Sender {
public:
    Sender();
    ~Sender();
    Sender(Sender&&) noexcept;
    Sender& operator=(Sender&&) noexcept;

    /// Blocks until the answer or the timeout. Errors are in the Delivery and never name a password.
    Delivery send(const Destination& to, const RenderedNotification& notification, const SendFault& fault = {});

    /// Sends these bytes instead of a request, over TLS where the URL says so, and reads until the receiver hangs up or
    /// has answered.
    Delivery send_raw(const Destination& to, std::string_view bytes);

    using Report = std::function<void(std::size_t, const Delivery&)>;

    /// Open loop: notification i leaves at start + due whatever became of the ones before, unless `in_flight_max` are
    /// under way (then as soon as one ends; its `since_due` shows the wait). The times ascend. Reports each once, in
    /// the order of their ends, from the calling thread; a stop leaves what was not yet sent unreported. Returns when
    /// all are done.
    void send_all(std::span<const Outgoing> outgoing, std::size_t in_flight_max, const Report& report,
                  std::stop_token stop = {});

    /// The same to one destination; `due` is as long as `notifications`.
    void send_at(const Destination& to, std::span<const RenderedNotification* const> notifications,
                 std::span<const std::chrono::microseconds> due, std::size_t in_flight_max, const Report& report,
                 std::stop_token stop = {});

private:
    class Curl;
    std::unique_ptr<Curl> curl_;
};

}  // namespace sim::fireeye
