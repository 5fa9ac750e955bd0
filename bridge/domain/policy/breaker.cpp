#include "bridge/domain/policy/breaker.hpp"

#include <fmt/format.h>

#include <iterator>

#include "bridge/domain/value/printable.hpp"

namespace bridge::domain {

namespace {

// Names come from notifications: a flood of invented ones must not fill the memory.
constexpr std::size_t appliances_max = 4096;
constexpr auto sweep_pause = std::chrono::seconds(1);

}  // namespace

std::size_t Breaker::Window::size(WallTime now) {
    while (!grains_.empty() && (grains_.front().last <= now - length_ || grains_.front().first > now)) {
        size_ -= grains_.front().count;
        grains_.pop_front();
    }
    return size_;
}

void Breaker::Window::add(WallTime at) {
    size(at);
    if (grains_.empty() || at < grains_.back().last || at - grains_.back().first >= grain_) {
        grains_.push_back({at, at, 0});
    }
    grains_.back().last = at;
    ++grains_.back().count;
    ++size_;
}

Breaker::Window& Breaker::of_appliance(const std::string& appliance, WallTime now) {
    const auto known = appliances_.find(appliance);
    if (known != appliances_.end()) {
        return known->second;
    }
    // A look at all of them for each new name would be the flood's work done for it.
    if (appliances_.size() >= appliances_max && (now < swept_ || now - swept_ >= sweep_pause)) {
        swept_ = now;
        for (auto one = appliances_.begin(); one != appliances_.end();) {
            one = one->second.size(now) == 0 ? appliances_.erase(one) : std::next(one);
        }
    }
    const bool room = appliances_.size() < appliances_max;
    return appliances_.try_emplace(room ? appliance : std::string(), std::chrono::minutes(1)).first->second;
}

Breaker::Window& Breaker::of_target(const std::string& target) {
    return targets_.try_emplace(target, std::chrono::hours(1)).first->second;
}

std::string Breaker::objection(const BreakerLimits& limits, const std::string& appliance, WallTime now) {
    if (limits.per_minute_of_appliance != 0 &&
        of_appliance(appliance, now).size(now) >= limits.per_minute_of_appliance) {
        return fmt::format(
            "more than policy.max_new_blocks_per_minute_per_appliance ({}) new blocks within a minute from {}",
            limits.per_minute_of_appliance, appliance.empty() ? "an appliance without a name" : printable(appliance));
    }
    if (limits.per_minute != 0 && all_.size(now) >= limits.per_minute) {
        return fmt::format("more than policy.max_new_blocks_per_minute ({}) new blocks within a minute",
                           limits.per_minute);
    }
    return {};
}

std::string Breaker::growth_objection(const BreakerLimits& limits, const std::string& target, WallTime now) {
    if (limits.growth_per_hour != 0 && of_target(target).size(now) >= limits.growth_per_hour) {
        return fmt::format("more than policy.group_growth_per_hour ({}) new blocks on {} within an hour",
                           limits.growth_per_hour, target);
    }
    return {};
}

void Breaker::count(const std::string& appliance, WallTime now) {
    all_.add(now);
    of_appliance(appliance, now).add(now);
}

void Breaker::count_growth(const std::string& target, WallTime now) {
    of_target(target).add(now);
}

std::size_t Breaker::remembered() const noexcept {
    std::size_t all = all_.remembered();
    for (const auto* windows : {&appliances_, &targets_}) {
        for (const auto& [name, window] : *windows) {
            all += window.remembered();
        }
    }
    return all;
}

}  // namespace bridge::domain
