// What holds until it is taken back or its time is over, and so must survive a restart: an operator's word, or an
// address that has shown itself to be an appliance's.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "bridge/domain/value/time.hpp"

namespace bridge::domain {

struct StandingOrder {
    enum class Kind {
        quarantine,  // `subject` is an indicator that alerts do not block
        pause,       // `subject` is a target that gets no calls
        appliance,   // `subject` is the address of an appliance, which is never blocked
    };

    Kind kind = Kind::quarantine;
    std::string subject{};
    WallTime made{};
    WallTime until = WallTime::max();  // max: until it is taken back
    std::string reason{};
    bool taken_back = false;  // it holds no longer
};

std::string_view name_of(StandingOrder::Kind kind);
std::optional<StandingOrder::Kind> standing_order_of(std::string_view name);

}  // namespace bridge::domain
