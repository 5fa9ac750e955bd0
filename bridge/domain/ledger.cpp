#include "bridge/domain/ledger.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bridge::domain {

namespace {

std::size_t index_of(BlockState state) {
    return static_cast<std::size_t>(state);
}

/// When each indicator was admitted last, in order of time; on however many targets, an indicator counts once.
std::deque<WallTime> admissions_in(const std::vector<Block>& blocks) {
    std::map<Indicator, WallTime> admitted;
    for (const Block& block : blocks) {
        if (block.state != BlockState::held) {
            const auto [place, added] = admitted.try_emplace(block.indicator, block.since);
            place->second = std::max(place->second, block.since);
        }
    }
    std::deque<WallTime> times;
    for (const auto& [indicator, since] : admitted) {
        times.push_back(since);
    }
    std::sort(times.begin(), times.end());
    return times;
}

/// It is on the target, or will be without anybody's doing.
bool is_alive(const Block& block) {
    return is_desired(block.state) || waits_for_room(block.state, block.reason);
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

void Ledger::move(Shelf& shelf, Kept& kept, BlockState to) {
    --shelf.counts[index_of(kept.block.state)];
    ++shelf.counts[index_of(to)];
    kept.block.state = to;
    const bool ends = is_alive(kept.block);
    if (kept.scheduled && !ends) {
        unschedule(kept);
    } else if (!kept.scheduled && ends) {
        schedule(kept);
    }
}

void Ledger::load(std::vector<Block> blocks) {
    recent_ = admissions_in(blocks);
    for (Block& block : blocks) {
        Shelf& shelf = shelves_[block.target];
        const auto place = shelf.blocks.lower_bound(block.indicator);
        if (place != shelf.blocks.end() && place->first == block.indicator) {
            continue;
        }
        const BlockState state = block.state;
        const bool alive = is_alive(block);
        const WallTime expires = block.expires;
        Indicator indicator = block.indicator;
        const auto added = shelf.blocks.emplace_hint(place, std::move(indicator), Kept{std::move(block), expires, {}});
        ++shelf.counts[index_of(state)];
        if (alive) {
            schedule(added->second);
        }
    }
}

bool Ledger::breaker_allows(const Policy& policy, WallTime now) {
    while (!recent_.empty() && (recent_.front() <= now - std::chrono::minutes(1) || recent_.front() > now)) {
        recent_.pop_front();
    }
    if (policy.max_new_blocks_per_minute != 0 && recent_.size() >= policy.max_new_blocks_per_minute) {
        return false;
    }
    recent_.push_back(now);
    return true;
}

std::vector<Admitted> Ledger::admit(const Policy& policy, const Alert& alert, const Decision& decision,
                                    std::span<const std::string> targets, WallTime now) {
    std::vector<Admitted> admitted;
    if (policy.dry_run) {
        return admitted;
    }
    for (const Indicator& indicator : decision.blockable) {
        const bool is_new = std::any_of(targets.begin(), targets.end(), [&](const std::string& target) {
            const Block* known = find(target, indicator);
            return known == nullptr || (!is_alive(*known) && known->state != BlockState::held);
        });
        // One indicator counts once, on however many targets it is blocked.
        const bool within_limit = !is_new || breaker_allows(policy, now);
        for (const std::string& target : targets) {
            const Kept* kept = look_up(target, indicator);
            const Block* known = kept == nullptr ? nullptr : &kept->block;
            Block block{.target = target,
                        .indicator = indicator,
                        .state = BlockState::wanted,
                        .reason = fmt::format("{} {} from {}", alert.type_name, alert.id, alert.appliance),
                        .alert = identity_of(alert),
                        .since = now,
                        .expires = now + policy.expire,
                        .repeats = 0};
            const bool known_held = known != nullptr && known->state == BlockState::held;
            if (known_held || (!within_limit && (known == nullptr || !is_alive(*known)))) {
                block.state = BlockState::held;
                block.reason = known_held
                                   ? known->reason
                                   : fmt::format(
                                         "held: more than policy.max_new_blocks_per_minute ({}) new blocks within "
                                         "a minute; an operator must release it ({})",
                                         policy.max_new_blocks_per_minute, block.reason);
            }
            const auto lag_max = std::min(expiry_lag_max, policy.expire / 100);
            const bool to_store =
                known == nullptr || !is_alive(*known) || block.expires - kept->stored_until >= lag_max;
            admitted.push_back({std::move(block), to_store});
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
        if (is_alive(block)) {
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
    ours.reason = block.reason;
    ours.alert = block.alert;
    ours.expires = block.expires;
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
    if (!change.reason.empty()) {
        place->second.block.reason = change.reason;
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
        BlockChange change{first.target, first.indicator, BlockState::expired, "its time is over"};
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
    for (const auto& [target, shelf] : shelves_) {
        for (const auto& [indicator, kept] : shelf.blocks) {
            all.push_back(kept.block);
        }
    }
    return all;
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

std::vector<Block> Ledger::outlines_of(const std::string& target) const {
    std::vector<Block> all;
    const auto shelf = shelves_.find(target);
    if (shelf == shelves_.end()) {
        return all;
    }
    all.reserve(shelf->second.blocks.size());
    for (const auto& [indicator, kept] : shelf->second.blocks) {
        const Block& block = kept.block;
        if (!is_desired(block.state)) {
            all.push_back(block);
            continue;
        }
        all.push_back({.target = block.target,
                       .indicator = indicator,
                       .state = block.state,
                       .reason = {},
                       .alert = {},
                       .since = block.since,
                       .expires = block.expires,
                       .repeats = block.repeats});
    }
    return all;
}

BlockCounts Ledger::counts(const std::string& target) const {
    const auto shelf = shelves_.find(target);
    return shelf == shelves_.end() ? BlockCounts{} : shelf->second.counts;
}

}  // namespace bridge::domain
