#include "bridge/domain/ledger/ledger.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace bridge::domain {

namespace {

std::size_t index_of(BlockState state) {
    return static_cast<std::size_t>(state);
}

/// It ends when its time is over.
bool ends(const Block& block) {
    return is_timed(block.state) || is_alive(block);
}

}  // namespace

void Ledger::schedule(Kept& kept) {
    kept.due = kept.block.expires;
    kept.scheduled = true;
    expiries_.insert(&kept);
}

void Ledger::unschedule(Kept& kept) {
    kept.scheduled = false;
    expiries_.erase(&kept);
}

void Ledger::set_expiry(Kept& kept, WallTime expires) {
    kept.block.expires = expires;
    if (kept.scheduled) {
        unschedule(kept);
        schedule(kept);
    }
}

void Ledger::move(Shelf& shelf, Kept& kept, BlockState to) {
    --shelf.counts[index_of(kept.block.state)];
    ++shelf.counts[index_of(to)];
    kept.block.state = to;
    const bool timed = ends(kept.block);
    if (kept.scheduled && !timed) {
        unschedule(kept);
    } else if (!kept.scheduled && timed) {
        schedule(kept);
    }
}

void Ledger::load(std::vector<Block> blocks) {
    count_again(blocks);
    for (Block& block : blocks) {
        Shelf& shelf = shelves_[block.target];
        const auto place = shelf.blocks.lower_bound(block.indicator);
        if (place != shelf.blocks.end() && place->first == block.indicator) {
            continue;
        }
        const BlockState state = block.state;
        const bool timed = ends(block);
        const WallTime expires = block.expires;
        Indicator indicator = block.indicator;
        const auto added = shelf.blocks.emplace_hint(place, std::move(indicator), Kept{std::move(block), expires, {}});
        ++shelf.counts[index_of(state)];
        if (timed) {
            schedule(added->second);
        }
    }
}

/// A restart must not open the breaker: a bridge that is killed every minute would block without a limit.
void Ledger::count_again(const std::vector<Block>& blocks) {
    WallTime newest = WallTime::min();
    for (const Block& block : blocks) {
        newest = std::max(newest, block.since);
    }
    std::vector<const Block*> recent;
    for (const Block& block : blocks) {
        if (is_desired(block.state) && block.since > newest - std::chrono::hours(1)) {
            recent.push_back(&block);
        }
    }
    std::sort(recent.begin(), recent.end(), [](const Block* a, const Block* b) { return a->since < b->since; });
    std::set<Indicator> counted;
    for (const Block* block : recent) {
        breaker_.count_growth(block->target, block->since);
        if (counted.insert(block->indicator).second) {
            breaker_.count(block->appliance, block->since);
        }
    }
}

std::vector<Admitted> Ledger::admit(const Policy& policy, const Alert& alert, const Decision& decision,
                                    std::span<const std::string> targets, WallTime now,
                                    std::vector<Ignored>* turned_down) {
    std::vector<Admitted> admitted;
    if (policy.dry_run) {
        return admitted;
    }
    const std::string& appliance = alert.sensor.empty() ? alert.appliance : alert.sensor;
    const BreakerLimits limits = policy.breaker_limits();
    const auto expire = policy.expire_for(alert.type);
    const std::string reason = fmt::format("{} {} from {}", alert.type_name, alert.id, alert.appliance);
    const std::string identity = decision.blockable.empty() ? std::string() : identity_of(alert);
    for (const Indicator& suspect : decision.blockable) {
        // One indicator counts once, on however many targets it is blocked.
        std::optional<std::string> over_limit;
        bool counted = false;
        for (const std::string& target : targets) {
            const auto wide = suspect.wider();
            const Block* covering = wide ? find(target, *wide) : nullptr;
            const Indicator& indicator = covering != nullptr && is_desired(covering->state) ? *wide : suspect;
            const Kept* kept = look_up(target, indicator);
            const Block* known = kept == nullptr ? nullptr : &kept->block;
            Block block{.target = target,
                        .indicator = indicator,
                        .state = BlockState::wanted,
                        .reason = reason,
                        .alert = identity,
                        .since = now,
                        .expires = now + expire,
                        .repeats = 0,
                        .appliance = appliance};
            const bool is_new = known == nullptr || !ends(*known);
            if (is_new && !over_limit) {
                over_limit = breaker_.objection(limits, appliance, now);
            }
            const std::string why = !is_new               ? ""
                                    : over_limit->empty() ? breaker_.growth_objection(limits, target, now)
                                                          : *over_limit;
            if (!why.empty() && counts(target)[index_of(BlockState::held)] >= held_blocks_max) {
                if (turned_down != nullptr) {
                    turned_down->push_back(
                        {indicator.text(), fmt::format("{}; not even held on {}, where {} blocks are held already", why,
                                                       target, held_blocks_max)});
                }
                continue;
            }
            if (!why.empty()) {
                block.state = BlockState::held;
                block.reason = fmt::format("held: {}; an operator must release it ({})", why, block.reason);
            } else if (is_new) {
                breaker_.count_growth(target, now);
                if (!std::exchange(counted, true)) {
                    breaker_.count(appliance, now);
                }
            } else if (known->state == BlockState::held) {
                block.state = BlockState::held;
                block.reason = known->reason;
            }
            const auto lag_max = std::min(expiry_lag_max, expire / 100);
            const bool to_store = is_new || block.expires - kept->stored_until >= lag_max;
            admitted.push_back({std::move(block), to_store, is_new});
        }
    }
    return admitted;
}

std::vector<Block> Ledger::apply(std::span<const Admitted> admitted) {
    std::vector<Block> newly_wanted;
    for (const Admitted& one : admitted) {
        take(one.block, one.to_store, newly_wanted);
    }
    return newly_wanted;
}

std::vector<Block> Ledger::apply(std::span<const Block> blocks) {
    std::vector<Block> newly_wanted;
    for (const Block& block : blocks) {
        take(block, true, newly_wanted);
    }
    return newly_wanted;
}

void Ledger::take(const Block& block, bool stored, std::vector<Block>& newly_wanted) {
    Shelf& shelf = shelves_[block.target];
    const auto place = shelf.blocks.find(block.indicator);
    if (place == shelf.blocks.end()) {
        Kept& kept =
            shelf.blocks.emplace(block.indicator, Kept{.block = block, .stored_until = block.expires}).first->second;
        ++shelf.counts[index_of(block.state)];
        if (ends(block)) {
            schedule(kept);
        }
        if (block.state == BlockState::wanted) {
            newly_wanted.push_back(block);
        }
        return;
    }
    Kept& kept = place->second;
    Block& ours = kept.block;
    ++ours.repeats;
    if (stored) {
        kept.stored_until = block.expires;
    }
    if (is_alive(ours)) {
        ours.expires = std::max(ours.expires, block.expires);
        return;
    }
    if (ours.state != BlockState::held || block.state != BlockState::held) {
        ours.since = block.since;
    }
    ours.reason = block.reason;
    ours.alert = block.alert;
    ours.appliance = block.appliance;
    set_expiry(kept, block.expires);
    move(shelf, kept, block.state);
    if (ours.state == BlockState::wanted) {
        newly_wanted.push_back(ours);
    }
}

void Ledger::apply(const BlockChange& change) {
    const auto shelf = shelves_.find(change.target);
    if (shelf == shelves_.end()) {
        return;
    }
    const auto place = shelf->second.blocks.find(change.indicator);
    if (place == shelf->second.blocks.end()) {
        return;
    }
    Kept& kept = place->second;
    if (!change.reason.empty()) {
        kept.block.reason = change.reason;
    }
    kept.block.since = change.since.value_or(kept.block.since);
    if (change.expires) {
        set_expiry(kept, *change.expires);
        kept.stored_until = *change.expires;
    }
    move(shelf->second, place->second, change.state);
    if (change.state == BlockState::removed) {
        --shelf->second.counts[index_of(BlockState::removed)];
        shelf->second.blocks.erase(place);
    }
}

std::vector<BlockChange> Ledger::expire(WallTime now) {
    std::vector<BlockChange> changes;
    while (!expiries_.empty() && (*expiries_.begin())->due <= now) {
        const Block& first = (*expiries_.begin())->block;
        Kept& kept = shelves_.at(first.target).blocks.at(first.indicator);
        if (kept.block.expires > now) {
            // Repeats have given it more time since it was put here.
            unschedule(kept);
            schedule(kept);
            continue;
        }
        const bool held = first.state == BlockState::held;
        BlockChange change{first.target, first.indicator, held ? BlockState::removed : BlockState::expired,
                           held ? "nobody released it before its time was over" : "its time is over"};
        apply(change);
        changes.push_back(std::move(change));
    }
    return changes;
}

std::optional<WallTime> Ledger::next_expiry() const {
    if (expiries_.empty()) {
        return std::nullopt;
    }
    return (*expiries_.begin())->due;
}

const Ledger::Kept* Ledger::look_up(const std::string& target, const Indicator& indicator) const {
    const auto shelf = shelves_.find(target);
    if (shelf == shelves_.end()) {
        return nullptr;
    }
    const auto place = shelf->second.blocks.find(indicator);
    return place == shelf->second.blocks.end() ? nullptr : &place->second;
}

const Block* Ledger::find(const std::string& target, const Indicator& indicator) const {
    const Kept* kept = look_up(target, indicator);
    return kept == nullptr ? nullptr : &kept->block;
}

std::vector<Block> Ledger::blocks() const {
    std::vector<Block> all;
    each([&all](const Block& block) { all.push_back(block); });
    return all;
}

void Ledger::each(const std::function<void(const Block&)>& take) const {
    for (const auto& [target, shelf] : shelves_) {
        for (const auto& [indicator, kept] : shelf.blocks) {
            take(kept.block);
        }
    }
}

std::vector<Block> Ledger::blocks_of(const std::string& target) const {
    std::vector<Block> all;
    const auto shelf = shelves_.find(target);
    if (shelf != shelves_.end()) {
        for (const auto& [indicator, kept] : shelf->second.blocks) {
            all.push_back(kept.block);
        }
    }
    return all;
}

void Ledger::each_of(const std::string& target, const std::function<void(const Block&)>& take) const {
    if (const auto shelf = shelves_.find(target); shelf != shelves_.end()) {
        for (const auto& [indicator, kept] : shelf->second.blocks) {
            take(kept.block);
        }
    }
}

BlockCounts Ledger::counts(const std::string& target) const {
    const auto shelf = shelves_.find(target);
    return shelf == shelves_.end() ? BlockCounts{} : shelf->second.counts;
}

}  // namespace bridge::domain
