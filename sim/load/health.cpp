#include "sim/load/health.hpp"

namespace sim::load {

std::string_view name_of(Health health) {
    switch (health) {
        case Health::well:
            return "well";
        case Health::slow:
            return "slow";
        case Health::dead:
            return "dead";
    }
    return "well";
}

Health Ailments::of(std::size_t firewall) const noexcept {
    if (firewall < dead) {
        return Health::dead;
    }
    return firewall < dead + slow ? Health::slow : Health::well;
}

}  // namespace sim::load
