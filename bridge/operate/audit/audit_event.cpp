#include "bridge/operate/audit/audit_event.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <cmath>

#include "bridge/domain/value/overloaded.hpp"
#include "bridge/domain/value/printable.hpp"

namespace bridge::operate {

namespace json = boost::json;
using domain::Overloaded;

namespace {

constexpr int error = 3;
constexpr int warning = 4;
constexpr int notice = 5;
constexpr int informational = 6;

constexpr std::size_t text_characters_max = 1000;
constexpr std::size_t list_items_max = 100;
constexpr std::size_t message_bytes_max = 2048;
// RFC 5612 keeps 32473 for examples; firebreak has no number of its own.
constexpr std::string_view structured_id = "firebreak@32473";

std::string_view severity_name(int severity) {
    return severity == error ? "error" : severity == warning ? "warning" : severity == notice ? "notice" : "info";
}

std::string time_text(domain::WallTime time) {
    const auto whole = std::chrono::floor<std::chrono::seconds>(time);
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", whole, (time - whole).count());
}

std::string bounded(std::string_view text) {
    return domain::printable(text, text_characters_max);
}

std::string number_text(double value) {
    return std::floor(value) == value && std::abs(value) < 1e15 ? fmt::format("{:.0f}", value)
                                                                : fmt::format("{:.3f}", value);
}

std::string value_text(const AuditEvent::Value& value) {
    return std::visit(Overloaded{
                          [](const std::string& text) { return bounded(text); },
                          [](double number) { return number_text(number); },
                          [](const std::vector<std::string>& list) {
                              std::string all;
                              for (const std::string& each : list) {
                                  all += (all.empty() ? "" : ", ") + each;
                              }
                              return bounded(all);
                          },
                      },
                      value);
}

/// RFC 5424, section 6.3.3: '"', '\' and ']' are escaped, and nothing else.
std::string parameter_value(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '"' || c == '\\' || c == ']') {
            out += '\\';
        }
        out += c;
    }
    return out;
}

}  // namespace

AuditKindFacts facts_of(AuditKind kind) {
    switch (kind) {
        case AuditKind::start:
            return {"start", notice};
        case AuditKind::stop:
            return {"stop", notice};
        case AuditKind::alert:
            return {"alert", informational};
        case AuditKind::block:
            return {"block", notice};
        case AuditKind::hold:
            return {"hold", warning};
        case AuditKind::refusal:
            return {"refusal", warning};
        case AuditKind::enforced:
            return {"enforced", notice};
        case AuditKind::missing:
            return {"missing", warning};
        case AuditKind::expiry:
            return {"expiry", notice};
        case AuditKind::removal:
            return {"removal", notice};
        case AuditKind::commit:
            return {"commit", informational};
        case AuditKind::commit_failed:
            return {"commit-failed", error};
        case AuditKind::target_trouble:
            return {"target-trouble", warning};
        case AuditKind::target_recovered:
            return {"target-recovered", notice};
        case AuditKind::notification_refused:
            return {"notification-refused", warning};
        case AuditKind::order:
            return {"order", notice};
        case AuditKind::order_refused:
            return {"order-refused", warning};
        case AuditKind::reload:
            return {"reload", notice};
        case AuditKind::reload_refused:
            return {"reload-refused", error};
        case AuditKind::canary:
            return {"canary", informational};
        case AuditKind::canary_alarm:
            return {"canary-alarm", error};
    }
    return {"unknown", notice};
}

std::string json_line(const AuditEvent& event) {
    const AuditKindFacts facts = facts_of(event.kind);
    const auto quoted = [](std::string_view text) { return json::serialize(json::string(text)); };
    std::string line = fmt::format(R"({{"time":"{}","event":"{}","severity":"{}","sequence":{})", time_text(event.at),
                                   facts.name, severity_name(facts.severity), event.sequence);
    for (const auto& [name, value] : event.fields) {
        line += fmt::format(R"(,"{}":)", name);
        std::visit(Overloaded{
                       [&](const std::string& text) { line += quoted(bounded(text)); },
                       [&](double number) { line += number_text(number); },
                       [&](const std::vector<std::string>& list) {
                           json::array all;
                           for (const std::string& each : list) {
                               if (all.size() == list_items_max) {
                                   break;
                               }
                               all.emplace_back(bounded(each));
                           }
                           line += json::serialize(all);
                       },
                   },
                   value);
    }
    return line + fmt::format(R"(,"text":{}}})", quoted(bounded(event.text)));
}

std::string syslog_message(const AuditEvent& event, const SyslogOrigin& origin) {
    const AuditKindFacts facts = facts_of(event.kind);
    std::string message =
        fmt::format("<{}>1 {} {} firebreak-bridge {} {} [{} sequence=\"{}\"", origin.facility * 8 + facts.severity,
                    time_text(event.at), origin.host.empty() ? "-" : origin.host,
                    origin.process_id.empty() ? "-" : origin.process_id, facts.name, structured_id, event.sequence);
    for (const auto& [name, value] : event.fields) {
        const std::string parameter = fmt::format(" {}=\"{}\"", name, parameter_value(value_text(value)));
        if (message.size() + parameter.size() + 1 > message_bytes_max) {
            break;  // whole parameters or none: a reader must find the closing bracket
        }
        message += parameter;
    }
    message += ']';
    constexpr std::string_view mark = " \xEF\xBB\xBF";  // RFC 5424: what follows is UTF-8
    const std::string text = bounded(event.text);
    constexpr std::size_t least = 16;  // below it, a text is not worth its mark
    if (message.size() + mark.size() + least < message_bytes_max && !text.empty()) {
        const std::size_t room = message_bytes_max - message.size() - mark.size();
        message += mark;
        message += text.size() <= room ? text : domain::printable(text, room - least / 2);
    }
    return message;
}

}  // namespace bridge::operate
