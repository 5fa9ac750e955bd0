#include "sim/soak/plan/campaign.hpp"

#include <algorithm>
#include <cmath>

#include "sim/load/ammunition.hpp"
#include "sim/panos/tree/splitmix.hpp"

namespace sim::soak {

namespace {

constexpr double window_seconds = 5;
constexpr std::size_t alerts_a_step = 10;
constexpr std::size_t window_min = 10;

}  // namespace

Campaign::Campaign(double rate_per_s, std::chrono::milliseconds expire, std::uint64_t seed) : seed_(seed) {
    const double steps_a_second = rate_per_s / static_cast<double>(alerts_a_step);
    const auto in_expire =
        static_cast<std::size_t>(std::ceil(steps_a_second * std::chrono::duration<double>(expire).count()));
    window_ = std::max(window_min, static_cast<std::size_t>(rate_per_s * window_seconds));
    pool_ = window_ + 2 * in_expire;
    active_ = window_ + in_expire;
}

std::size_t Campaign::attacker_of(std::size_t alert) const {
    const std::size_t base = alert / alerts_a_step;
    return (base + panos::mixed(seed_ ^ panos::mixed(alert)) % window_) % pool_;
}

std::vector<std::string> attackers_of(const Campaign& campaign) {
    std::vector<std::string> all;
    all.reserve(campaign.pool());
    for (std::size_t i = 0; i < campaign.pool(); ++i) {
        all.push_back(i % 8 == 7 ? load::documentation_attacker(i) : load::attacker(i));
    }
    return all;
}

}  // namespace sim::soak
