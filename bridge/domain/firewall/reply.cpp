#include "bridge/domain/firewall/reply.hpp"

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

}  // namespace bridge::domain
