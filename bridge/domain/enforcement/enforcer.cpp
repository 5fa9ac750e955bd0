#include "bridge/domain/enforcement/enforcer.hpp"

namespace bridge::domain {

std::string_view Capacity::level() const noexcept {
    const auto reached = [](const Gauge& gauge, std::size_t percent) {
        return gauge.max != 0 && gauge.used * 100 >= gauge.max * percent;
    };
    if (refused > 0 || reached(members, 100) || reached(objects, 100)) {
        return "full";
    }
    return reached(members, 80) || reached(objects, 80) ? "high" : "ok";
}

}  // namespace bridge::domain
