#include "sim/soak/judge/victim.hpp"

namespace sim::soak {

std::optional<std::size_t> victim_at(const Account& account, std::size_t firewall,
                                     const std::vector<std::string>& objects, std::uint64_t draw, Micros now) {
    for (std::size_t k = 0; k < objects.size(); ++k) {
        const std::size_t a = (static_cast<std::size_t>(draw) + k) % objects.size();
        if (!objects[a].empty() && account.denied(firewall, a) && account.is_due(a, now)) {
            return a;
        }
    }
    return std::nullopt;
}

}  // namespace sim::soak
