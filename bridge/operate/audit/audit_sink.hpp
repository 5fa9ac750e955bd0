// Where audit events go, without the bridge ever waiting for it: each sink has a thread and a bounded queue. A sink
// that takes nothing is tried again with back-off, keeps what its queue holds, and is reported once when it goes and
// once when it is back; what finds no room is counted.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <tl/expected.hpp>

#include "bridge/operate/audit/audit_event.hpp"
#include "bridge/operate/config/syslog_address.hpp"
#include "bridge/operate/metrics/metrics.hpp"

namespace bridge::operate {

/// Takes one event at a time, on the thread of its queue.
class AuditSink {
public:
    virtual ~AuditSink() = default;

    virtual std::string name() const = 0;  // "file", "syslog"

    /// Waits at most a few seconds. After an error the same event is given again.
    virtual tl::expected<void, std::string> deliver(const AuditEvent& event) = 0;

    /// A file may have been moved away (log rotation): open it anew before the next event.
    virtual void reopen() = 0;
};

/// JSON lines, appended; made with mode 0640 when it is not there. Each line is written whole or not at all.
std::unique_ptr<AuditSink> make_audit_file(std::string path);

/// RFC 5424 over UDP (RFC 5426), TCP with octet counting (RFC 6587), or a Unix datagram socket. A message that TCP has
/// taken and the server never read is lost unseen; that is syslog's nature.
std::unique_ptr<AuditSink> make_syslog_sink(SyslogAddress address, SyslogOrigin origin);

class AuditQueue {
public:
    struct Options {
        std::size_t events_max = 10'000;
        std::chrono::milliseconds retry_min{1000};
        std::chrono::milliseconds retry_max{30'000};
        std::chrono::milliseconds farewell{2000};  // what waits when the bridge stops gets this long
    };

    /// `report` gets a line when the sink goes and when it is back, on the queue's thread.
    AuditQueue(std::unique_ptr<AuditSink> sink, Options options,
               std::function<void(bool up, const std::string& line)> report);
    ~AuditQueue();
    AuditQueue(const AuditQueue&) = delete;
    AuditQueue& operator=(const AuditQueue&) = delete;

    /// Never waits.
    void put(const std::shared_ptr<const AuditEvent>& event);

    void reopen();
    SinkStatus status() const;

private:
    using Clock = std::chrono::steady_clock;

    void run();
    void judge(const tl::expected<void, std::string>& delivered);

    std::unique_ptr<AuditSink> sink_;
    Options options_;
    std::function<void(bool, const std::string&)> report_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::shared_ptr<const AuditEvent>> waiting_;
    SinkStatus status_;
    bool stopping_ = false;
    bool reopen_ = false;
    Clock::time_point stop_by_{};
    std::chrono::milliseconds pause_{0};
    std::thread thread_;
};

}  // namespace bridge::operate
