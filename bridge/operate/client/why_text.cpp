#include "bridge/operate/client/why_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <ostream>
#include <string>
#include <vector>

namespace bridge::operate {

namespace json = boost::json;

namespace {

std::string text_at(const json::object& row, std::string_view key) {
    const json::value* found = row.if_contains(key);
    if (found == nullptr || found->is_null()) {
        return {};
    }
    return found->is_string() ? std::string(found->get_string()) : json::serialize(*found);
}

std::vector<const json::object*> rows_at(const json::object& page, std::string_view key) {
    std::vector<const json::object*> rows;
    const json::value* found = page.if_contains(key);
    if (found != nullptr && found->is_array()) {
        for (const json::value& row : found->get_array()) {
            if (row.is_object()) {
                rows.push_back(&row.get_object());
            }
        }
    }
    return rows;
}

std::string after_colon(const std::string& text) {
    return text.empty() ? std::string() : ": " + text;
}

}  // namespace

void print_why(std::ostream& out, const json::object& page) {
    out << text_at(page, "summary") << '\n';
    if (const std::string allowed = text_at(page, "allowed"); !allowed.empty()) {
        out << "\nNever blocked now: " << allowed << '\n';
    }
    const json::value* quarantine = page.if_contains("quarantine");
    if (quarantine != nullptr && quarantine->is_object()) {
        const json::object& row = quarantine->get_object();
        out << fmt::format("\nQuarantined ({}) from {} until {}{}\n", text_at(row, "indicator"), text_at(row, "since"),
                           text_at(row, "until"), after_colon(text_at(row, "reason")));
    }
    if (const auto blocks = rows_at(page, "blocks"); !blocks.empty()) {
        out << "\nBlocks now:\n";
        for (const json::object* row : blocks) {
            out << fmt::format("  {} on {}: {} since {}, until {}, {} repeat(s){}\n", text_at(*row, "indicator"),
                               text_at(*row, "target"), text_at(*row, "state"), text_at(*row, "since"),
                               text_at(*row, "expires"), text_at(*row, "repeats"),
                               after_colon(text_at(*row, "reason")));
        }
    }
    if (auto alerts = rows_at(page, "alerts"); !alerts.empty()) {
        std::reverse(alerts.begin(), alerts.end());
        out << "\nAlerts that named it, and what was decided:\n";
        for (const json::object* row : alerts) {
            const std::string seen = text_at(*row, "seen");
            out << fmt::format("  {}  alert {} ({} {} {} from {}){}: {}{}\n", text_at(*row, "received"),
                               text_at(*row, "number"), text_at(*row, "type"), text_at(*row, "alert_id"),
                               text_at(*row, "severity"), text_at(*row, "appliance"),
                               seen == "1" ? "" : fmt::format(", seen {} times", seen), text_at(*row, "outcome"),
                               after_colon(text_at(*row, "reason")));
        }
    }
    if (const auto changes = rows_at(page, "changes"); !changes.empty()) {
        out << "\nWhat became of it:\n";
        for (const json::object* row : changes) {
            const std::string target = text_at(*row, "target");
            out << fmt::format("  {}  {:<10} {} {}{}\n", text_at(*row, "at"), target.empty() ? "all" : target,
                               text_at(*row, "indicator"), text_at(*row, "event"),
                               after_colon(text_at(*row, "detail")));
        }
    }
}

}  // namespace bridge::operate
