#include "sim/panos/system_text.hpp"

#include <fmt/format.h>

#include <ctime>

#include "sim/panos/place.hpp"
#include "sim/panos/xml.hpp"

namespace sim::panos {

std::string clock_text(Instant at) {
    const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[64];
    return {text, std::strftime(text, sizeof text, "%a %b %e %H:%M:%S", &parts)};
}

std::string year_text(Instant at) {
    const auto day = std::chrono::floor<std::chrono::days>(at);
    return fmt::format("{:04}", static_cast<int>(std::chrono::year_month_day(day).year()));
}

std::string day_text(Instant at, int years, bool last) {
    return fmt::format("{}, {}", last ? "December 31" : "January 01", std::stoi(year_text(at)) + years);
}

NodePtr device_part(const NodePtr& configuration) {
    NodePtr found;
    if (const NodePtr devices = configuration->child_ptr("devices")) {
        devices->children().each([&found](const Child& child) {
            found = child.node;
            return false;
        });
    }
    return found;
}

std::string system_setting(const NodePtr& configuration, std::initializer_list<std::string_view> tags,
                           std::string_view otherwise) {
    const NodePtr device = device_part(configuration);
    const Node* at = device.get();
    for (const auto& way : {std::initializer_list<std::string_view>{"deviceconfig", "system"}, tags}) {
        for (const std::string_view tag : way) {
            at = at == nullptr ? nullptr : at->child(tag);
        }
    }
    return at != nullptr && !at->value().empty() ? at->value() : std::string(otherwise);
}

}  // namespace sim::panos
