#include "bridge/domain/policy/quarantine.hpp"

namespace bridge::domain {

void Quarantine::add(Quarantined one) {
    const Indicator indicator = one.indicator;
    all_.insert_or_assign(indicator, std::move(one));
}

bool Quarantine::lift(const Indicator& indicator) {
    return all_.erase(indicator) > 0;
}

const Quarantined* Quarantine::find(const Indicator& indicator, WallTime now) const {
    const auto holds = [&](auto place) { return place != all_.end() && place->second.until > now; };
    if (const auto place = all_.find(indicator); holds(place)) {
        return &place->second;
    }
    if (const auto wide = indicator.wider()) {
        const auto place = all_.find(*wide);
        return holds(place) ? &place->second : nullptr;
    }
    if (const Prefix* prefix = indicator.prefix()) {
        // Addresses stand in order of their bytes, before everything else.
        for (auto place = all_.lower_bound(Indicator(prefix->network()));
             place != all_.end() && indicator.overlaps(place->first); ++place) {
            if (holds(place)) {
                return &place->second;
            }
        }
    }
    return nullptr;
}

std::vector<Quarantined> Quarantine::all(WallTime now) const {
    std::vector<Quarantined> out;
    for (const auto& [indicator, one] : all_) {
        if (one.until > now) {
            out.push_back(one);
        }
    }
    return out;
}

std::vector<Indicator> Quarantine::forget_over(WallTime now) {
    std::vector<Indicator> over;
    for (auto place = all_.begin(); place != all_.end();) {
        if (place->second.until > now) {
            ++place;
            continue;
        }
        over.push_back(place->first);
        place = all_.erase(place);
    }
    return over;
}

}  // namespace bridge::domain
