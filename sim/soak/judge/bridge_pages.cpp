#include "sim/soak/judge/bridge_pages.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

namespace sim::soak {

namespace json = boost::json;

tl::expected<std::vector<LedgerRow>, std::string> ledger_rows(const std::string& page) {
    boost::system::error_code error;
    const json::value all = json::parse(page, error);
    if (error || !all.is_array()) {
        return tl::unexpected(std::string("the bridge's page of blocks cannot be read"));
    }
    std::vector<LedgerRow> rows;
    for (const json::value& each : all.get_array()) {
        const auto text = [&each](std::string_view key) { return std::string(each.at(key).as_string()); };
        rows.push_back({text("target"), text("indicator"), text("state"), text("reason")});
    }
    return rows;
}

tl::expected<std::string, std::string> unrest_of(const std::string& status, bool with_blocks) {
    boost::system::error_code error;
    const json::value all = json::parse(status, error);
    const json::value* const targets = error ? nullptr : all.find_pointer("/targets", error);
    if (targets == nullptr || !targets->is_object()) {
        return tl::unexpected(std::string("the bridge's status tells of no targets"));
    }
    for (const auto& [name, value] : targets->get_object()) {
        const json::object& row = value.as_object();
        if (row.at("state").as_string() != "idle") {
            return fmt::format("{} is {}: {}", std::string_view(name), std::string_view(row.at("state").as_string()),
                               std::string_view(row.at("last_error").as_string()));
        }
        for (const char* const state : {"wanted", "pushed", "enforced", "expired", "refused", "held"}) {
            const auto count = row.at(state).to_number<std::size_t>();
            if (count > 0 && with_blocks) {
                return fmt::format("{} has {} blocks {}", std::string_view(name), count, state);
            }
        }
    }
    return std::string();
}

}  // namespace sim::soak
