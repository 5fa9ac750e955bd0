#include "sim/panos/policy/rule_schedule.hpp"

#include <array>
#include <optional>
#include <string_view>

#include "sim/panos/tree/whole_number.hpp"

namespace sim::panos {
namespace {

std::optional<unsigned> date_number(std::string_view text) {
    const auto value = whole_number(text, 9999);
    return value ? std::optional(static_cast<unsigned>(*value)) : std::nullopt;
}

// "08:00" as minutes of the day
std::optional<std::chrono::minutes> time_of_day(std::string_view text) {
    const std::size_t colon = text.find(':');
    const auto hour = date_number(text.substr(0, colon));
    const auto minute = colon == std::string_view::npos ? std::nullopt : date_number(text.substr(colon + 1));
    if (!hour || !minute || *hour > 24 || *minute > 59) {
        return std::nullopt;
    }
    return std::chrono::hours(*hour) + std::chrono::minutes(*minute);
}

// "2024/01/31@08:00"
std::optional<Instant> moment(std::string_view text) {
    const std::size_t at = text.find('@');
    if (at != 10 || text[4] != '/' || text[7] != '/') {
        return std::nullopt;
    }
    const auto year = date_number(text.substr(0, 4));
    const auto month = date_number(text.substr(5, 2));
    const auto day = date_number(text.substr(8, 2));
    const auto time = time_of_day(text.substr(at + 1));
    if (!year || !month || !day || !time) {
        return std::nullopt;
    }
    const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(*year)), std::chrono::month(*month),
                                           std::chrono::day(*day));
    return date.ok() ? std::optional<Instant>(std::chrono::sys_days(date) + *time) : std::nullopt;
}

bool hours_hold(const Node& list, Instant at) {
    bool holds = false;
    const auto now = std::chrono::floor<std::chrono::minutes>(at - std::chrono::floor<std::chrono::days>(at));
    list.children().each([&](const Child& child) {
        const std::string_view text = child.node->value();
        const std::size_t dash = text.find('-');
        const auto first = time_of_day(text.substr(0, dash));
        const auto last = dash == std::string_view::npos ? std::nullopt : time_of_day(text.substr(dash + 1));
        holds = first && last && *first <= now && now <= *last;
        return !holds;
    });
    return holds;
}

bool dates_hold(const Node& list, Instant at) {
    bool holds = false;
    const Instant now = std::chrono::floor<std::chrono::minutes>(at);
    list.children().each([&](const Child& child) {
        const std::string_view text = child.node->value();
        const std::size_t dash = text.find('-');
        const auto first = moment(text.substr(0, dash));
        const auto last = dash == std::string_view::npos ? std::nullopt : moment(text.substr(dash + 1));
        holds = first && last && *first <= now && now <= *last;
        return !holds;
    });
    return holds;
}

}  // namespace

bool schedule_holds(const Node& schedule, Instant at) {
    const Node* type = schedule.child("schedule-type");
    if (type == nullptr) {
        return false;
    }
    if (const Node* once = type->child("non-recurring")) {
        return dates_hold(*once, at);
    }
    const Node* recurring = type->child("recurring");
    if (recurring == nullptr) {
        return false;
    }
    if (const Node* daily = recurring->child("daily")) {
        return hours_hold(*daily, at);
    }
    constexpr std::array days{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"};
    const Node* weekly = recurring->child("weekly");
    const std::chrono::weekday today(std::chrono::floor<std::chrono::days>(at));
    const Node* list = weekly == nullptr ? nullptr : weekly->child(days[today.c_encoding()]);
    return list != nullptr && hours_hold(*list, at);
}

}  // namespace sim::panos
