#include "bridge/operate/audit/audit_trail.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <utility>

namespace bridge::operate {

using namespace domain;

namespace {

double seconds(std::chrono::milliseconds time) {
    return std::chrono::duration<double>(time).count();
}

std::string host_name() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

std::vector<std::unique_ptr<AuditSink>> sinks_of(const AuditSettings& settings) {
    std::vector<std::unique_ptr<AuditSink>> sinks;
    if (!settings.file.empty()) {
        sinks.push_back(make_audit_file(settings.file));
    }
    if (!settings.syslog.empty()) {
        // The configuration has been checked.
        sinks.push_back(make_syslog_sink(SyslogAddress::parse(settings.syslog).value(),
                                         {settings.facility, host_name(), std::to_string(::getpid())}));
    }
    return sinks;
}

}  // namespace

AuditTrail::AuditTrail(const AuditSettings& settings, WallClock wall, Report report)
    : AuditTrail(sinks_of(settings), settings.queue, std::move(wall), std::move(report)) {}

AuditTrail::AuditTrail(std::vector<std::unique_ptr<AuditSink>> sinks, std::size_t queue, WallClock wall, Report report)
    : wall_(std::move(wall)) {
    for (auto& sink : sinks) {
        AuditQueue::Options options;
        options.events_max = queue;
        queues_.push_back(std::make_unique<AuditQueue>(std::move(sink), options, report));
    }
}

void AuditTrail::tell(AuditKind kind, std::string text, Fields fields) {
    if (queues_.empty()) {
        return;
    }
    auto event = std::make_shared<AuditEvent>();
    event->kind = kind;
    event->at = wall_();
    event->sequence = ++sequence_;
    event->fields = std::move(fields);
    event->text = std::move(text);
    for (const auto& queue : queues_) {
        queue->put(event);
    }
}

void AuditTrail::on_start(const std::string& version, const std::string& config) {
    tell(AuditKind::start, "the bridge takes notifications", {{"version", version}, {"config", config}});
}

void AuditTrail::on_stop() {
    tell(AuditKind::stop, "the bridge takes no more notifications", {});
}

void AuditTrail::on_order(const std::string& who, const std::string& order, unsigned status,
                          const std::string& answer) {
    tell(status < 400 ? AuditKind::order : AuditKind::order_refused, answer,
         {{"who", who}, {"order", order}, {"status", static_cast<double>(status)}});
}

void AuditTrail::on_reload(const std::string& who) {
    tell(AuditKind::reload, "the new configuration holds", {{"who", who}});
}

void AuditTrail::on_reload_refused(const std::string& who, const std::string& why) {
    tell(AuditKind::reload_refused, why, {{"who", who}});
}

void AuditTrail::on_answered(unsigned status, std::string_view peer, std::string_view line, std::chrono::milliseconds) {
    if (status >= 400) {
        tell(AuditKind::notification_refused, std::string(line),
             {{"status", static_cast<double>(status)}, {"peer", std::string(peer)}});
    }
}

void AuditTrail::on_alert(const engine::AlertSeen& seen) {
    if (queues_.empty()) {
        return;  // nobody reads what would be put together for every alert
    }
    std::vector<std::string> blockable;
    for (const Indicator& indicator : seen.decision.blockable) {
        blockable.push_back(indicator.text());
    }
    std::vector<std::string> ignored;
    for (const Ignored& each : seen.decision.ignored) {
        ignored.push_back(fmt::format("{} ({})", each.address, each.reason));
    }
    std::string text = fmt::format("{} {} from {}: {} to block, {} not", seen.type_name, seen.alert_id, seen.appliance,
                                   blockable.size(), ignored.size());
    tell(AuditKind::alert, std::move(text),
         {{"appliance", seen.appliance},
          {"type", seen.type_name},
          {"alert_id", seen.alert_id},
          {"alert", seen.identity},
          {"alert_severity", seen.severity},
          {"blockable", std::move(blockable)},
          {"ignored", std::move(ignored)}});
}

void AuditTrail::on_block(const engine::BlockSeen& seen) {
    const Block& block = seen.block;
    AuditKind kind = AuditKind::block;
    switch (block.state) {
        case BlockState::wanted:
            if (seen.before == BlockState::pushed || seen.before == BlockState::wanted) {
                return;  // a commit is tried again: a matter of the target, which tells it
            }
            kind = seen.before == BlockState::enforced ? AuditKind::missing : AuditKind::block;
            break;
        case BlockState::pushed:
            return;
        case BlockState::enforced:
            kind = AuditKind::enforced;
            break;
        case BlockState::expired:
            kind = AuditKind::expiry;
            break;
        case BlockState::removed:
            kind = AuditKind::removal;
            break;
        case BlockState::refused:
            kind = AuditKind::refusal;
            break;
        case BlockState::held:
            kind = AuditKind::hold;
            break;
    }
    Fields fields{{"target", block.target}, {"indicator", block.indicator.text()}, {"alert", block.alert}};
    if (seen.since_acknowledged) {
        fields.emplace_back("seconds", seconds(*seen.since_acknowledged));
    }
    tell(kind, block.reason, std::move(fields));
}

void AuditTrail::on_call(const engine::CallSeen&) {}  // what comes of calls is told; the calls are in the metrics

void AuditTrail::on_commit(const engine::CommitSeen& seen) {
    tell(seen.succeeded ? AuditKind::commit : AuditKind::commit_failed,
         seen.succeeded ? std::string("the commit is over") : std::string(seen.details),
         {{"target", std::string(seen.target)}, {"seconds", seconds(seen.took)}});
}

void AuditTrail::on_trouble(std::string_view target, std::string_view why) {
    tell(why.empty() ? AuditKind::target_recovered : AuditKind::target_trouble,
         why.empty() ? std::string("it goes on") : std::string(why), {{"target", std::string(target)}});
}

void AuditTrail::on_canary(const engine::CanarySeen& seen) {
    const bool alarm = seen.what == engine::CanarySeen::What::alarm;
    const std::string_view what = alarm                                            ? seen.reason
                                  : seen.what == engine::CanarySeen::What::blocked ? "enforced"
                                                                                   : "taken back";
    tell(alarm ? AuditKind::canary_alarm : AuditKind::canary, std::string(what),
         {{"target", std::string(seen.target)},
          {"indicator", seen.indicator.text()},
          {"seconds", seconds(seen.took)},
          {"late", std::string(seen.late ? "true" : "false")}});
}

void AuditTrail::reopen() {
    for (const auto& queue : queues_) {
        queue->reopen();
    }
}

std::vector<SinkStatus> AuditTrail::sinks() const {
    std::vector<SinkStatus> all;
    for (const auto& queue : queues_) {
        all.push_back(queue->status());
    }
    return all;
}

}  // namespace bridge::operate
