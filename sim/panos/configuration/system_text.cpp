#include "sim/panos/configuration/system_text.hpp"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <array>

#include "sim/panos/tree/place.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {

std::string clock_text(Instant at) {
    constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(at - day));
    return fmt::format(FMT_COMPILE("{} {} {:>2} {:02}:{:02}:{:02}"), days[std::chrono::weekday(day).c_encoding()],
                       months[static_cast<unsigned>(date.month()) - 1], static_cast<unsigned>(date.day()),
                       time.hours().count(), time.minutes().count(), time.seconds().count());
}

std::string year_text(Instant at) {
    const auto day = std::chrono::floor<std::chrono::days>(at);
    return fmt::format(FMT_COMPILE("{:04}"), static_cast<int>(std::chrono::year_month_day(day).year()));
}

std::string day_text(Instant at, int years, bool last) {
    return fmt::format("{}, {}", last ? "December 31" : "January 01", std::stoi(year_text(at)) + years);
}

std::string system_setting(const NodePtr& configuration, std::initializer_list<std::string_view> tags,
                           std::string_view otherwise) {
    const NodePtr device = device_part(*configuration);
    const Node* at = device.get();
    for (const auto& way : {std::initializer_list<std::string_view>{"deviceconfig", "system"}, tags}) {
        for (const std::string_view tag : way) {
            at = at == nullptr ? nullptr : at->child(tag);
        }
    }
    return at != nullptr && !at->value().empty() ? at->value() : std::string(otherwise);
}

bool asks_for_advanced_routing(const NodePtr& configuration) {
    const NodePtr device = device_part(*configuration);
    const NodePtr asked =
        device ? node_at(device, std::vector<std::string>{"deviceconfig", "setting", "advance-routing"}) : nullptr;
    return asked && asked->value() == "yes";
}

}  // namespace sim::panos
