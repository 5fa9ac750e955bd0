#include "sim/lab/world/background_load.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/load/ammunition.hpp"
#include "sim/load/summary.hpp"
#include "sim/load/time_text.hpp"

namespace sim::lab {

tl::expected<std::unique_ptr<BackgroundLoad>, std::string> BackgroundLoad::make(const Scenario& scenario, AlertIds& ids,
                                                                                std::uint64_t seed) {
    const LoadSetup& setup = *scenario.load;
    load::Arrivals arrivals;
    arrivals.shape = setup.poisson ? load::Shape::poisson : load::Shape::constant;
    arrivals.rate_per_s = setup.rate_per_s;
    arrivals.duration = setup.duration;
    arrivals.bursts = setup.bursts;
    arrivals.seed = seed;
    auto due = load::make_schedule(arrivals);
    if (!due) {
        return tl::unexpected(due.error());
    }
    auto made = std::unique_ptr<BackgroundLoad>(new BackgroundLoad());
    made->due_ = std::move(*due);
    made->within_ = setup.within;
    Send send;
    send.from = setup.from;
    for (std::size_t i = 0; i < made->due_.size(); ++i) {
        made->attackers_.push_back(load::documentation_attacker(i));
    }
    send.attackers = made->attackers_;
    auto notifications = notifications_of(send, *scenario.appliance(setup.from), ids);
    if (!notifications) {
        return tl::unexpected(notifications.error());
    }
    made->notifications_ = std::move(*notifications);
    made->sent_.resize(made->due_.size());
    for (std::size_t i = 0; i < made->due_.size(); ++i) {
        made->notifications_[i].due = made->sent_[i].due = made->due_[i];
    }
    for (const TargetSetup& target : scenario.bridge.targets) {
        const auto& only = setup.firewalls;
        if (!target.list && (only.empty() || std::find(only.begin(), only.end(), target.firewall) != only.end())) {
            made->watches_[target.firewall] =
                std::make_unique<load::FirewallWatch>(target.firewall, made->attackers_, made->due_, target.user,
                                                      target.dynamic ? load::Mode::dynamic : load::Mode::fixed);
        }
    }
    return made;
}

void BackgroundLoad::begin(const std::string& firewall, const panos::Device& device, panos::Instant now) {
    if (const auto found = watches_.find(firewall); found != watches_.end()) {
        found->second->begin(device, now);
    }
}

void BackgroundLoad::look(const std::string& firewall, const panos::Device& device, panos::Instant now) {
    if (const auto found = watches_.find(firewall); found != watches_.end()) {
        found->second->look(device, now);
    }
}

bool BackgroundLoad::all_blocked() const {
    return std::all_of(watches_.begin(), watches_.end(),
                       [this](const auto& each) { return each.second->enforced() == due_.size(); });
}

load::Measurement BackgroundLoad::measured(
    load::Micros horizon, const std::function<const panos::Device&(const std::string&)>& device) const {
    load::Measurement out;
    out.horizon = horizon;
    out.alerts = sent_;
    for (const auto& [name, watch] : watches_) {
        out.firewalls.push_back(watch->seen(device(name)));
    }
    return out;
}

tl::expected<void, std::string> judge(const LoadSetup& wanted, const load::Measurement& measured) {
    const load::Summary summary = load::summarize(measured);
    std::string wrong;
    const auto complain = [&wrong](const std::string& what) { wrong += (wrong.empty() ? "" : "; ") + what; };
    if (summary.acknowledged.unfinished() > 0) {
        complain(
            fmt::format("{} of {} alerts were not answered 200", summary.acknowledged.unfinished(), summary.alerts));
    }
    for (const load::FirewallSummary& firewall : summary.firewalls) {
        if (firewall.enforced.unfinished() > 0) {
            complain(fmt::format("{} of {} are not blocked on {} {} after the last was due",
                                 firewall.enforced.unfinished(), summary.alerts, firewall.name,
                                 load::time_text(load::Micros(wanted.within))));
        }
        for (const auto& [name, share, most] : {std::tuple("p50", 0.5, wanted.p50), std::tuple("p99", 0.99, wanted.p99),
                                                std::tuple("max", 1.0, wanted.max)}) {
            const load::Quantile seen = firewall.enforced.at(share);
            if (most && (seen.beyond || seen.at > *most)) {
                complain(fmt::format("time to block on {}: {} is {}, at most {} is wanted", firewall.name, name,
                                     load::time_text(seen), load::time_text(load::Micros(*most))));
            }
        }
    }
    return wrong.empty() ? tl::expected<void, std::string>{} : tl::unexpected("the load: " + wrong);
}

}  // namespace sim::lab
