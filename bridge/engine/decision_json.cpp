#include "bridge/engine/decision_json.hpp"

#include <algorithm>
#include <string>

#include "bridge/domain/value/printable.hpp"

namespace bridge::engine {

using namespace domain;

namespace {

constexpr std::size_t text_characters_max = 4096;

// Written by hand: one is made for every alert before its acknowledgement, and a tree of JSON values cost a tenth of
// the intake's time.
class JsonLine {
public:
    explicit JsonLine(std::size_t expected) { out_.reserve(expected); }

    void open(char bracket) {
        comma();
        out_ += bracket;
        first_ = true;
    }
    void close(char bracket) {
        out_ += bracket;
        first_ = false;
    }
    /// `name` is ours and needs no escaping.
    void key(std::string_view name) {
        comma();
        out_ += '"';
        out_ += name;
        out_ += "\":";
        first_ = true;
    }
    /// JSON must be UTF-8, and an alert's texts need not be; what `printable` leaves needs only these two escapes.
    void text(std::string_view text) {
        comma();
        out_ += '"';
        const auto stands_for_itself = [](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; };
        if (text.size() <= text_characters_max && std::all_of(text.begin(), text.end(), stands_for_itself)) {
            out_ += text;
        } else {
            for (const char c : printable(text, text_characters_max)) {
                if (c == '"' || c == '\\') {
                    out_ += '\\';
                }
                out_ += c;
            }
        }
        out_ += '"';
    }
    void literal(std::string_view value) {
        comma();
        out_ += value;
    }
    void member(std::string_view name, std::string_view value) {
        key(name);
        text(value);
    }

    std::string take() { return std::move(out_); }

private:
    void comma() {
        if (!first_) {
            out_ += ',';
        }
        first_ = false;
    }

    std::string out_;
    bool first_ = true;
};

void add_decision(JsonLine& out, const Alert& alert, const Decision& decision) {
    out.key("attackers");
    out.open('[');
    for (const Suspect& suspect : alert.suspects) {
        if (suspect.indicator.address() != nullptr) {
            out.text(suspect.indicator.text());
        }
    }
    out.close(']');
    out.key("victims");
    out.open('[');
    for (const std::string& victim : alert.victims) {
        out.text(victim);
    }
    out.close(']');
    out.key("domains");
    out.open('[');
    for (const Suspect& suspect : alert.suspects) {
        if (suspect.indicator.domain() != nullptr) {
            out.text(suspect.indicator.text());
        }
    }
    out.close(']');
    out.key("blockable");
    out.open('[');
    for (const Indicator& indicator : decision.blockable) {
        out.text(indicator.text());
    }
    out.close(']');
    out.key("ignored");
    out.open('[');
    for (const Ignored& one : decision.ignored) {
        out.open('{');
        out.member("address", one.address);
        out.member("reason", one.reason);
        out.close('}');
    }
    out.close(']');
}

}  // namespace

std::string decision_json(const Alert& alert, const Decision& decision, bool dry_run) {
    JsonLine out(256);
    out.open('{');
    add_decision(out, alert, decision);
    if (dry_run) {
        out.key("dry_run");
        out.literal("true");
    }
    out.close('}');
    return out.take();
}

std::string inspect_json(std::string_view file, const Notification& notification, const Alert& alert,
                         const Decision& decision) {
    JsonLine out(512);
    out.open('{');
    out.member("file", file);
    out.member("format", notification.format);
    out.member("appliance", alert.appliance);
    out.member("alert_id", alert.id);
    out.member("type", alert.type_name);
    out.member("severity", name_of(alert.severity));
    out.member("occurred", alert.occurred);
    add_decision(out, alert, decision);
    out.close('}');
    return out.take();
}

std::string inspect_error_json(std::string_view file, std::string_view error) {
    JsonLine out(256);
    out.open('{');
    out.member("file", file);
    out.member("error", error);
    out.close('}');
    return out.take();
}

}  // namespace bridge::engine
