#include "bridge/operate/page/why_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <utility>

#include "bridge/domain/value/printable.hpp"
#include "bridge/operate/page/json_response.hpp"

namespace bridge::operate {

namespace json = boost::json;
using namespace domain;

namespace {

bool holds(const json::object& decision, const char* list, const std::vector<std::string>& names) {
    const json::value* found = decision.if_contains(list);
    if (found == nullptr || !found->is_array()) {
        return false;
    }
    return std::any_of(found->get_array().begin(), found->get_array().end(), [&](const json::value& one) {
        return one.is_string() && std::find(names.begin(), names.end(), one.get_string()) != names.end();
    });
}

/// Why the decision leaves one of the names alone, or empty.
std::string reason_ignored(const json::object& decision, const std::vector<std::string>& names) {
    const json::value* ignored = decision.if_contains("ignored");
    if (ignored == nullptr || !ignored->is_array()) {
        return {};
    }
    for (const json::value& one : ignored->get_array()) {
        const json::object* row = one.if_object();
        const json::value* address = row == nullptr ? nullptr : row->if_contains("address");
        const json::value* reason = row == nullptr ? nullptr : row->if_contains("reason");
        if (address != nullptr && reason != nullptr && address->is_string() && reason->is_string() &&
            std::find(names.begin(), names.end(), address->get_string()) != names.end()) {
            return std::string(reason->get_string());
        }
    }
    return {};
}

/// What the alert's decision says of the names: an outcome in a word or two, and why.
std::pair<std::string, std::string> outcome_of(const store::JournalRow& row, const std::vector<std::string>& names) {
    json::error_code unreadable;
    const json::value parsed = json::parse(row.entry.decision, unreadable);
    const json::object* decision = unreadable ? nullptr : parsed.if_object();
    if (decision == nullptr) {
        return {"unknown", "the journal's decision cannot be read"};
    }
    std::string reason = reason_ignored(*decision, names);
    if (holds(*decision, "blockable", names)) {
        const json::value* dry = decision->if_contains("dry_run");
        const bool only_decided = dry != nullptr && dry->is_bool() && dry->get_bool();
        return {only_decided ? "would block (dry run)" : "block", std::move(reason)};
    }
    if (!reason.empty()) {
        return {"ignored", std::move(reason)};
    }
    if (holds(*decision, "victims", names)) {
        return {"ignored", "it is the victim"};
    }
    return {"named", ""};
}

std::string summary_of(const Indicator& indicator, const json::object& page) {
    const json::array& blocks = page.at("blocks").get_array();
    std::string text;
    for (const json::value& row : blocks) {
        const json::object& block = row.get_object();
        text += fmt::format(
            "{}{} on {} since {}", text.empty() ? "" : ", ", std::string_view(block.at("state").get_string()),
            std::string_view(block.at("target").get_string()), std::string_view(block.at("since").get_string()));
    }
    if (!text.empty()) {
        return fmt::format("{}: {}", indicator.text(), text);
    }
    if (const json::value& quarantine = page.at("quarantine"); quarantine.is_object()) {
        return fmt::format("{}: not blocked; quarantined until {}", indicator.text(),
                           std::string_view(quarantine.get_object().at("until").get_string()));
    }
    const json::array& alerts = page.at("alerts").get_array();
    if (const auto& allowed = page.at("allowed").get_string(); !allowed.empty()) {
        return fmt::format("{}: not blocked; {}", indicator.text(), std::string_view(allowed));
    }
    if (!alerts.empty()) {
        const json::object& newest = alerts.front().get_object();
        const auto& outcome = newest.at("outcome").get_string();
        const auto& reason = newest.at("reason").get_string();
        return fmt::format("{}: not blocked; the newest alert about it: {}{}{}", indicator.text(),
                           std::string_view(outcome), reason.empty() ? "" : ", ", std::string_view(reason));
    }
    if (!page.at("changes").get_array().empty()) {
        return fmt::format("{}: not blocked any more", indicator.text());
    }
    return fmt::format("{}: not seen at all", indicator.text());
}

}  // namespace

store::HistoryQuestion question_about(const Indicator& indicator) {
    store::HistoryQuestion question;
    question.names.push_back(indicator.text());
    if (const auto wide = indicator.wider()) {
        question.names.push_back(wide->text());
    }
    return question;
}

json::object why_json(const Indicator& indicator, const engine::Engine& engine, const store::History& history) {
    const std::vector<std::string> names = question_about(indicator).names;
    json::object page;
    page["indicator"] = indicator.text();
    page["summary"] = "";
    page["allowed"] = printable(objection_to(engine.policy(), indicator), 500);
    page["quarantine"] = nullptr;
    for (const Quarantined& one : engine.quarantined()) {
        if (one.indicator.overlaps(indicator)) {
            page["quarantine"] = json::object{{"indicator", one.indicator.text()},
                                              {"since", time_text(one.since)},
                                              {"until", time_text(one.until)},
                                              {"reason", printable(one.reason, 500)}};
        }
    }
    json::array blocks;
    engine.ledger().each([&](const Block& block) {
        if (block.indicator.overlaps(indicator)) {
            blocks.push_back(block_json(block));
        }
    });
    page["blocks"] = std::move(blocks);
    json::array alerts;
    for (const store::JournalRow& row : history.alerts) {
        auto [outcome, reason] = outcome_of(row, names);
        alerts.push_back(json::object{{"number", row.number},
                                      {"received", time_text(row.received)},
                                      {"appliance", printable(row.entry.appliance)},
                                      {"type", printable(row.entry.type)},
                                      {"alert_id", printable(row.entry.alert_id)},
                                      {"severity", printable(row.entry.severity)},
                                      {"seen", row.seen},
                                      {"outcome", outcome},
                                      {"reason", printable(reason, 500)}});
    }
    page["alerts"] = std::move(alerts);
    json::array changes;
    for (const AuditEntry& entry : history.changes) {
        changes.push_back(json::object{{"at", time_text(entry.at)},
                                       {"target", entry.target},
                                       {"indicator", entry.indicator.text()},
                                       {"event", entry.event},
                                       {"detail", printable(entry.detail, 500)}});
    }
    page["changes"] = std::move(changes);
    page["summary"] = summary_of(indicator, page);
    return page;
}

}  // namespace bridge::operate
