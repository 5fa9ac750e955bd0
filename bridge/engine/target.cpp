#include "bridge/engine/target.hpp"

namespace bridge::engine {

std::unique_ptr<domain::Enforcer> make_enforcer(const TargetSettings& settings,
                                                const std::vector<domain::Block>& blocks, std::uint64_t seed) {
    domain::GroupSettings group = settings.group;
    group.target = settings.name;
    return std::make_unique<domain::GroupEnforcer>(std::move(group), blocks, seed);
}

}  // namespace bridge::engine
