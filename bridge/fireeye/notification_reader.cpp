#include "bridge/fireeye/notification_reader.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "bridge/fireeye/alert_extractor.hpp"
#include "bridge/fireeye/clean_text.hpp"
#include "bridge/fireeye/front_end.hpp"

namespace bridge::fireeye {

namespace {

using domain::Errc;
using domain::failed;
using domain::Notification;
using domain::Result;

constexpr std::size_t rejected_lines_max = 20;

/// Finds the alerts of a tree wherever a dialect puts them, and collects what can be read.
class Collector {
public:
    Collector(const ReadingRules& rules, bool is_json) : rules_(rules), is_json_(is_json) {}

    /// A field that is an envelope (it holds `alert` or `alerts`), or an alert without one. XML has its envelope in the
    /// root element, a JSON notification in the document, an export may have none, and `{"Alerts":[...]}` has only
    /// that.
    void take(Field field, const Envelope& inherited) {
        if (!field.child(Name::alert) && !field.child(Name::alerts)) {
            if (looks_like_alert(field)) {
                take_alert(field, inherited);
            } else {
                note_envelope(field);
            }
            return;
        }
        note_envelope(field);
        const Envelope own = envelope_of(field, inherited);
        field.for_each(Name::alert, [&](Field alert) { take_alert(alert, own); });
        field.for_each(Name::alerts, [&](Field alerts) { take(alerts, own); });
    }

    std::string level;  // "-normal", or empty
    bool is_endpoint = false;
    Notification notification;

    Result<Notification> conclude() && {
        if (notification.alerts.empty() && rejected_ > 0) {
            return failed(Errc::malformed, fmt::format("not one alert can be read: {}", notification.rejected.front()));
        }
        if (rejected_ > rejected_lines_max) {
            notification.rejected.push_back(fmt::format("and {} more", rejected_ - rejected_lines_max));
        }
        return std::move(notification);
    }

    bool saw_any() const { return seen_ > 0; }

private:
    /// Whether a field without `alert` below it is an alert, rather than an envelope with none.
    bool looks_like_alert(Field field) const {
        if (field.name() == Name::alerts && is_json_) {
            return !field.child(Name::msg) && !field.child(Name::appliance);
        }
        return field.child(Name::explanation) || field.child(Name::src) || field.child(Name::dst);
    }

    void note_envelope(Field field) {
        if (const auto version = field.text_of(Name::version); notification.version.empty()) {
            notification.version = clean_text(version, 128);
        }
        const auto msg = field.text_of(Name::msg);
        if (msg == "concise" || msg == "normal" || msg == "extended") {
            level = "-" + std::string(msg);
        }
        is_endpoint = is_endpoint || field.text_of(Name::product) == "HX";
    }

    static Envelope envelope_of(Field field, Envelope envelope) {
        const auto overwrite = [&](std::string& value, Name name) {
            if (const auto text = field.text_of(name); !text.empty()) {
                value = clean_text(text);
            }
        };
        overwrite(envelope.appliance, Name::appliance);
        overwrite(envelope.appliance_id, Name::appliance_id);
        overwrite(envelope.product, Name::product);
        overwrite(envelope.version, Name::version);
        return envelope;
    }

    void take_alert(Field source, const Envelope& envelope) {
        if (!source.is_structure() && source.text().empty()) {
            return;  // `"alert": ""`: how JSON made from XML writes that there is none
        }
        ++seen_;
        auto alert = read_alert(source, envelope, rules_);
        if (alert) {
            notification.alerts.push_back(std::move(*alert));
        } else if (++rejected_ <= rejected_lines_max) {
            notification.rejected.push_back(fmt::format("alert no. {}: {}", seen_, alert.error().detail));
        }
    }

    const ReadingRules& rules_;
    bool is_json_;
    std::size_t seen_ = 0;
    std::size_t rejected_ = 0;
};

Result<Notification> read_tree(const FieldTree& tree, std::string_view syntax, const ReadingRules& rules) {
    Collector collector(rules, syntax == "JSON");
    collector.take(Field(tree, FieldTree::root_index), {});
    if (!tree.saw_alerts && !collector.saw_any()) {
        return failed(Errc::malformed,
                      fmt::format("{}: there is no \"alert\" in it, so it is not a FireEye notification", syntax));
    }
    std::string dialect = syntax == "XML" ? "xml" : "json";
    if (syntax == "JSON") {
        if (collector.is_endpoint) {
            dialect = "hx-json";
            collector.level.clear();
        } else if (tree.saw_legacy_key) {
            dialect = "json-legacy";
        } else if (tree.saw_rest_key) {
            dialect = "rest";
        }
    }
    collector.notification.format = dialect + collector.level;
    return std::move(collector).conclude();
}

/// "product: Email MPS", "alert (id:55224, name:malware-object):". No complete sample is public, so any of the fields
/// that every notification has, near the top, makes it one: who posts that is an appliance, and is to be told the mend.
bool is_line_of_text_format(std::string_view line) {
    line = trimmed(line);
    const std::string_view key = line.substr(0, std::min(line.find_first_of(":("), line.size()));
    if (key.size() == line.size()) {
        return false;
    }
    switch (name_of_key(trimmed(key))) {
        case Name::msg:
        case Name::product:
        case Name::appliance:
        case Name::appliance_id:
        case Name::version:
        case Name::alert:
        case Name::alert_url:
            return true;
        default:
            return false;
    }
}

bool looks_like_text_format(std::string_view body) {
    constexpr int lines_looked_at = 8;
    for (int i = 0; i < lines_looked_at && !body.empty(); ++i) {
        const std::size_t end = std::min(body.find('\n'), body.size());
        if (is_line_of_text_format(body.substr(0, end))) {
            return true;
        }
        body.remove_prefix(std::min(end + 1, body.size()));
    }
    return false;
}

Result<Notification> not_a_format(std::string_view body) {
    constexpr std::string_view advice =
        "set the appliance's message format to an XML or JSON one (xml-normal, json-normal)";
    if (looks_like_text_format(body)) {
        Notification notification;
        notification.format = "text";
        notification.unread = fmt::format("a text format, which does not hold enough to act on: {}", advice);
        return notification;
    }
    if (body.substr(0, 2) == "\xFF\xFE" || body.substr(0, 2) == "\xFE\xFF" ||
        (body.size() > 1 && (body[0] == '\0' || body[1] == '\0'))) {
        return failed(Errc::malformed, "UTF-16 or binary data where UTF-8 is due");
    }
    if (body.front() == '<') {
        return failed(Errc::malformed, "a syslog line (it begins with a priority): post the bare document over HTTP");
    }
    return failed(Errc::malformed,
                  fmt::format("neither XML nor JSON, it starts with '{}': {}", clean_text(body, 24), advice));
}

}  // namespace

void ReadingRules::set_direction_of(std::string_view appliance, IpsDirection direction) {
    ips_direction_of[domain::appliance_key(appliance)] = direction;
}

IpsDirection ReadingRules::direction_of(const domain::Alert& alert) const {
    if (ips_direction_of.empty()) {
        return ips_direction;
    }
    // The sensor first: on a Central Management it is the appliance that saw the event, while the name is the CM's own.
    for (const std::string& name : {alert.appliance_id, alert.sensor, alert.appliance}) {
        if (const auto found = ips_direction_of.find(domain::appliance_key(name)); found != ips_direction_of.end()) {
            return found->second;
        }
    }
    return ips_direction;
}

Result<Notification> read_notification(std::string_view body, const ReadingRules& rules) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (body.substr(0, byte_order_mark.size()) == byte_order_mark) {
        body.remove_prefix(byte_order_mark.size());
    }
    while (!body.empty() && body.back() == '\0') {
        body.remove_suffix(1);  // the end of a C string, sent along
    }
    const auto first = body.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) {
        return failed(Errc::malformed, "an empty body");
    }
    const char second = first + 1 < body.size() ? body[first + 1] : ' ';
    const bool is_xml = body[first] == '<' && second != '\0' && !(second >= '0' && second <= '9');
    const bool is_json = (body[first] == '{' || body[first] == '[') && second != '\0';
    if (!is_xml && !is_json) {
        return not_a_format(body.substr(first));
    }
    const std::string_view syntax = is_xml ? "XML" : "JSON";
    const auto tree = is_xml ? read_xml(body) : read_json(body);
    if (!tree) {
        return failed(Errc::malformed, fmt::format("{}: {}", syntax, described(tree.error(), body)));
    }
    return read_tree(*tree, syntax, rules);
}

}  // namespace bridge::fireeye
