#include "bridge/engine/target.hpp"

namespace bridge::engine {

std::unique_ptr<domain::Enforcer> make_enforcer(const TargetSettings& settings,
                                                const std::vector<domain::Block>& blocks, std::uint64_t seed) {
    if (settings.way == Way::registration) {
        domain::RegistrationSettings registration = settings.registration;
        registration.target = settings.name;
        return std::make_unique<domain::RegistrationEnforcer>(std::move(registration), blocks, seed);
    }
    if (settings.way == Way::list) {
        domain::ListSettings list = settings.list;
        list.target = settings.name;
        return std::make_unique<domain::ListEnforcer>(std::move(list), blocks, seed);
    }
    domain::GroupSettings group = settings.group;
    group.target = settings.name;
    return std::make_unique<domain::GroupEnforcer>(std::move(group), blocks, seed);
}

}  // namespace bridge::engine
