// The audit trail: every alert, block, hold, refusal, removal and failure, and every operator's order, as events for a
// file and a syslog server. It looks at the engine; what passes the operators' door it is told.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bridge/engine/observer.hpp"
#include "bridge/operate/audit/audit_sink.hpp"
#include "bridge/operate/config/operate_settings.hpp"

namespace bridge::operate {

class AuditTrail : public engine::Observer {
public:
    using WallClock = std::function<domain::WallTime()>;
    using Report = std::function<void(bool up, const std::string& line)>;

    /// `report` is called on the sinks' threads.
    AuditTrail(const AuditSettings& settings, WallClock wall, Report report);

    /// For tests: a sink of one's own.
    AuditTrail(std::vector<std::unique_ptr<AuditSink>> sinks, std::size_t queue, WallClock wall, Report report);

    /// What an operator asked for, and what was answered.
    void on_order(const std::string& who, const std::string& order, unsigned status, const std::string& answer);
    void on_start(const std::string& version, const std::string& config);
    void on_stop();
    void on_reload(const std::string& who);
    void on_reload_refused(const std::string& who, const std::string& why);

    void on_answered(unsigned status, std::string_view peer, std::string_view line,
                     std::chrono::milliseconds took) override;
    void on_alert(const engine::AlertSeen& seen) override;
    void on_block(const engine::BlockSeen& seen) override;
    void on_call(const engine::CallSeen& seen) override;
    void on_commit(const engine::CommitSeen& seen) override;
    void on_trouble(std::string_view target, std::string_view why) override;
    void on_canary(const engine::CanarySeen& seen) override;

    /// Files are opened anew.
    void reopen();
    std::vector<SinkStatus> sinks() const;

private:
    using Fields = std::vector<std::pair<std::string_view, AuditEvent::Value>>;

    void tell(AuditKind kind, std::string text, Fields fields);

    WallClock wall_;
    std::uint64_t sequence_ = 0;
    std::vector<std::unique_ptr<AuditQueue>> queues_;
};

}  // namespace bridge::operate
