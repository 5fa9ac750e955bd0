#include "bridge/domain/enforcer.hpp"

#include <algorithm>
#include <utility>

namespace bridge::domain {

void ObjectsSeen::add(SeenObject object) {
    if (object.ours && object.is_as_named()) {
        as_named.push_back(object.name);
    } else {
        objects.push_back(std::move(object));
    }
}

const GroupSeen* GroupsSeen::find(std::string_view name) const {
    const auto found = std::find_if(groups.begin(), groups.end(), [&](const GroupSeen& it) { return it.name == name; });
    return found == groups.end() ? nullptr : &*found;
}

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
