// One event of the audit trail, and the two forms in which it leaves: a line of JSON, and a message of syslog (RFC
// 5424) with the same fields as structured data. Names of events and fields are a promise to SIEMs: they are in
// docs/bridge.md, and change only with a note in the CHANGELOG.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "bridge/domain/value/time.hpp"

namespace bridge::operate {

enum class AuditKind {
    start,
    stop,
    alert,
    block,
    hold,
    refusal,
    enforced,
    missing,
    expiry,
    removal,
    commit,
    commit_failed,
    target_trouble,
    target_recovered,
    notification_refused,
    order,
    order_refused,
    reload,
    reload_refused,
    canary,
    canary_alarm,
};

struct AuditKindFacts {
    std::string_view name;  // "commit-failed": the event's name, and the MSGID of syslog
    int severity;           // of RFC 5424: 3 error, 4 warning, 5 notice, 6 informational
};

AuditKindFacts facts_of(AuditKind kind);
inline constexpr int audit_kinds = static_cast<int>(AuditKind::canary_alarm) + 1;

struct AuditEvent {
    using Value = std::variant<std::string, double, std::vector<std::string>>;

    AuditKind kind = AuditKind::start;
    domain::WallTime at{};
    std::uint64_t sequence = 0;  // rises by one in a process, so that a gap shows
    std::vector<std::pair<std::string_view, Value>> fields{};
    std::string text{};  // for people
};

/// {"time":"2026-05-01T10:00:00.000Z","event":"block","severity":"notice","sequence":7,"target":"hq",...,"text":"..."}
/// without a line break. Texts are made printable and cut at 1,000 characters.
std::string json_line(const AuditEvent& event);

struct SyslogOrigin {
    int facility = 16;
    std::string host;  // HOSTNAME
    std::string process_id;
};

/// "<133>1 2026-05-01T10:00:00.000Z host firebreak-bridge 1234 block [firebreak@32473 sequence="7" target="hq"] text"
/// At most 2,048 bytes (what RFC 5426 says that receivers take): the last fields and the text give way.
std::string syslog_message(const AuditEvent& event, const SyslogOrigin& origin);

}  // namespace bridge::operate
