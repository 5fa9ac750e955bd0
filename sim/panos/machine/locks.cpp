#include "sim/panos/machine/locks.hpp"

#include <algorithm>

namespace sim::panos {

std::optional<std::string> Locks::take(Lock lock) {
    if (const Lock* present = holder(lock.kind, lock.scope)) {
        return present->admin;
    }
    locks_.push_back(std::move(lock));
    return std::nullopt;
}

bool Locks::release(LockKind kind, std::string_view admin, std::string_view scope) {
    return std::erase_if(locks_, [&](const Lock& lock) {
               return lock.kind == kind && lock.admin == admin && lock.scope == scope;
           }) > 0;
}

void Locks::release_all_of(std::string_view admin) {
    std::erase_if(locks_, [admin](const Lock& lock) { return lock.admin == admin; });
}

const Lock* Locks::holder(LockKind kind, std::string_view scope) const {
    const auto at = std::find_if(locks_.begin(), locks_.end(),
                                 [&](const Lock& lock) { return lock.kind == kind && lock.scope == scope; });
    return at == locks_.end() ? nullptr : &*at;
}

const Lock* Locks::in_the_way(LockKind kind, std::string_view admin, std::string_view scope) const {
    const auto at = std::find_if(locks_.begin(), locks_.end(), [&](const Lock& lock) {
        return lock.kind == kind && lock.admin != admin &&
               (lock.scope == "shared" || scope == "shared" || lock.scope == scope);
    });
    return at == locks_.end() ? nullptr : &*at;
}

}  // namespace sim::panos
