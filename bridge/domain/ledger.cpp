#include "bridge/domain/ledger.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bridge::domain {

namespace {

std::size_t index_of(BlockState state) {
    return static_cast<std::size_t>(state);
}

}  // namespace

void Ledger::move(Shelf& shelf, Block& block, BlockState to) {
    const bool was = is_desired(block.state);
    --shelf.counts[index_of(block.state)];
    ++shelf.counts[index_of(to)];
    block.state = to;
    if (was && !is_desired(to)) {
        expiries_.erase({block.expires, block.target, block.indicator});
    } else if (!was && is_desired(to)) {
        expiries_.insert({block.expires, block.target, block.indicator});
    }
}

void Ledger::load(std::vector<Block> blocks) {
    for (Block& block : blocks) {
        Shelf& shelf = shelves_[block.target];
        const auto [place, added] = shelf.blocks.try_emplace(block.indicator, block);
        if (!added) {
            continue;
        }
        ++shelf.counts[index_of(block.state)];
        if (is_desired(block.state)) {
            expiries_.insert({block.expires, block.target, block.indicator});
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

std::vector<Block> Ledger::admit(const Policy& policy, const Alert& alert, const Decision& decision,
                                 std::span<const std::string> targets, WallTime now) {
    std::vector<Block> admitted;
    if (policy.dry_run) {
        return admitted;
    }
    for (const Indicator& indicator : decision.blockable) {
        const bool is_new = std::any_of(targets.begin(), targets.end(), [&](const std::string& target) {
            const Block* known = find(target, indicator);
            return known == nullptr || (!is_desired(known->state) && known->state != BlockState::held);
        });
        // One indicator counts once, on however many targets it is blocked.
        const bool within_limit = !is_new || breaker_allows(policy, now);
        for (const std::string& target : targets) {
            const Block* known = find(target, indicator);
            Block block{.target = target,
                        .indicator = indicator,
                        .state = BlockState::wanted,
                        .reason = fmt::format("{} {} from {}", alert.type_name, alert.id, alert.appliance),
                        .alert = identity_of(alert),
                        .since = now,
                        .expires = now + policy.expire,
                        .repeats = 0};
            const bool known_held = known != nullptr && known->state == BlockState::held;
            if (known_held || (!within_limit && (known == nullptr || !is_desired(known->state)))) {
                block.state = BlockState::held;
                block.reason = known_held
                                   ? known->reason
                                   : fmt::format(
                                         "held: more than policy.max_new_blocks_per_minute ({}) new blocks within "
                                         "a minute; an operator must release it ({})",
                                         policy.max_new_blocks_per_minute, block.reason);
            }
            admitted.push_back(std::move(block));
        }
    }
    return admitted;
}

std::vector<Block> Ledger::apply(std::span<const Block> blocks) {
    std::vector<Block> newly_wanted;
    for (const Block& block : blocks) {
        Shelf& shelf = shelves_[block.target];
        const auto [place, added] = shelf.blocks.try_emplace(block.indicator, block);
        Block& ours = place->second;
        if (added) {
            ++shelf.counts[index_of(ours.state)];
            if (is_desired(ours.state)) {
                expiries_.insert({ours.expires, ours.target, ours.indicator});
            }
            if (ours.state == BlockState::wanted) {
                newly_wanted.push_back(ours);
            }
            continue;
        }
        ++ours.repeats;
        if (is_desired(ours.state)) {
            if (block.expires > ours.expires) {
                expiries_.erase({ours.expires, ours.target, ours.indicator});
                ours.expires = block.expires;
                expiries_.insert({ours.expires, ours.target, ours.indicator});
            }
            continue;
        }
        ours.reason = block.reason;
        ours.alert = block.alert;
        ours.expires = block.expires;
        move(shelf, ours, block.state);
        if (ours.state == BlockState::wanted) {
            newly_wanted.push_back(ours);
        }
    }
    return newly_wanted;
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
        place->second.reason = change.reason;
    }
    move(shelf->second, place->second, change.state);
    if (change.state == BlockState::removed) {
        --shelf->second.counts[index_of(BlockState::removed)];
        shelf->second.blocks.erase(place);
    }
}

std::vector<BlockChange> Ledger::expire(WallTime now) {
    std::vector<BlockChange> changes;
    while (!expiries_.empty() && std::get<0>(*expiries_.begin()) <= now) {
        const auto [when, target, indicator] = *expiries_.begin();
        BlockChange change{target, indicator, BlockState::expired, "its time is over"};
        apply(change);
        changes.push_back(std::move(change));
    }
    return changes;
}

std::optional<WallTime> Ledger::next_expiry() const {
    if (expiries_.empty()) {
        return std::nullopt;
    }
    return std::get<0>(*expiries_.begin());
}

const Block* Ledger::find(const std::string& target, const Indicator& indicator) const {
    const auto shelf = shelves_.find(target);
    if (shelf == shelves_.end()) {
        return nullptr;
    }
    const auto place = shelf->second.blocks.find(indicator);
    return place == shelf->second.blocks.end() ? nullptr : &place->second;
}

std::vector<Block> Ledger::blocks() const {
    std::vector<Block> all;
    for (const auto& [target, shelf] : shelves_) {
        for (const auto& [indicator, block] : shelf.blocks) {
            all.push_back(block);
        }
    }
    return all;
}

std::vector<Block> Ledger::blocks_of(const std::string& target) const {
    std::vector<Block> all;
    const auto shelf = shelves_.find(target);
    if (shelf != shelves_.end()) {
        for (const auto& [indicator, block] : shelf->second.blocks) {
            all.push_back(block);
        }
    }
    return all;
}

BlockCounts Ledger::counts(const std::string& target) const {
    const auto shelf = shelves_.find(target);
    return shelf == shelves_.end() ? BlockCounts{} : shelf->second.counts;
}

}  // namespace bridge::domain
