#include "bridge/domain/block/standing_order.hpp"

#include <array>
#include <utility>

namespace bridge::domain {

namespace {

constexpr std::array<std::pair<StandingOrder::Kind, std::string_view>, 3> kind_names{{
    {StandingOrder::Kind::quarantine, "quarantine"},
    {StandingOrder::Kind::pause, "pause"},
    {StandingOrder::Kind::appliance, "appliance"},
}};

}  // namespace

std::string_view name_of(StandingOrder::Kind kind) {
    for (const auto& [known, name] : kind_names) {
        if (known == kind) {
            return name;
        }
    }
    return {};
}

std::optional<StandingOrder::Kind> standing_order_of(std::string_view name) {
    for (const auto& [kind, known] : kind_names) {
        if (known == name) {
            return kind;
        }
    }
    return std::nullopt;
}

}  // namespace bridge::domain
