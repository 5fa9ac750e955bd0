#include "bridge/engine/decision_json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "bridge/domain/printable.hpp"

namespace bridge::engine {

namespace json = boost::json;
using namespace domain;

namespace {

/// JSON must be UTF-8, and an alert's texts need not be.
std::string clean(std::string_view text) {
    return printable(text, 4096);
}

void add_decision(json::object& out, const Alert& alert, const Decision& decision) {
    json::array attackers;
    json::array domains;
    for (const Suspect& suspect : alert.suspects) {
        (suspect.indicator.address() != nullptr ? attackers : domains).emplace_back(suspect.indicator.text());
    }
    json::array victims;
    for (const std::string& victim : alert.victims) {
        victims.emplace_back(clean(victim));
    }
    json::array blockable;
    for (const Indicator& indicator : decision.blockable) {
        blockable.emplace_back(indicator.text());
    }
    json::array ignored;
    for (const Ignored& one : decision.ignored) {
        json::object row;
        row["address"] = clean(one.address);
        row["reason"] = clean(one.reason);
        ignored.push_back(std::move(row));
    }
    out["attackers"] = std::move(attackers);
    out["victims"] = std::move(victims);
    out["domains"] = std::move(domains);
    out["blockable"] = std::move(blockable);
    out["ignored"] = std::move(ignored);
}

}  // namespace

std::string decision_json(const Alert& alert, const Decision& decision) {
    json::object out;
    add_decision(out, alert, decision);
    return json::serialize(out);
}

std::string inspect_json(std::string_view file, const Notification& notification, const Alert& alert,
                         const Decision& decision) {
    json::object out;
    out["file"] = clean(file);
    out["format"] = notification.format;
    out["appliance"] = clean(alert.appliance);
    out["alert_id"] = clean(alert.id);
    out["type"] = clean(alert.type_name);
    out["severity"] = std::string(name_of(alert.severity));
    out["occurred"] = clean(alert.occurred);
    add_decision(out, alert, decision);
    return json::serialize(out);
}

std::string inspect_error_json(std::string_view file, std::string_view error) {
    json::object out;
    out["file"] = clean(file);
    out["error"] = clean(error);
    return json::serialize(out);
}

}  // namespace bridge::engine
