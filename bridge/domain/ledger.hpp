// The blocks that are known, in memory: what each target ought to have, when blocks expire, and the circuit breaker's
// count. The store holds the same on disk; a restart reads it back.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "bridge/domain/block.hpp"
#include "bridge/domain/policy.hpp"

namespace bridge::domain {

/// How many blocks of a target are in each state; index by static_cast<size_t>(BlockState).
using BlockCounts = std::array<std::uint64_t, 7>;

class Ledger {
public:
    /// Takes what a store kept. Call once, before anything else.
    void load(std::vector<Block> blocks);

    /// The blocks that this decision leads to, one per target and indicator, not yet in the ledger: they count only
    /// when the store has them (`apply`). Over the breaker's limit, new ones come out `held`. In a dry run, none.
    std::vector<Block> admit(const Policy& policy, const Alert& alert, const Decision& decision,
                             std::span<const std::string> targets, WallTime now);

    /// Takes blocks that the store has accepted, merging as Store::accept says. Returns those that are newly wanted.
    std::vector<Block> apply(std::span<const Block> blocks);

    /// Takes a new state. Unknown blocks are let go.
    void apply(const BlockChange& change);

    /// Desired blocks whose time is over; they are `expired` from now on.
    std::vector<BlockChange> expire(WallTime now);

    /// When `expire` has something to do next.
    std::optional<WallTime> next_expiry() const;

    const Block* find(const std::string& target, const Indicator& indicator) const;
    std::vector<Block> blocks() const;  // by target, then indicator
    std::vector<Block> blocks_of(const std::string& target) const;
    BlockCounts counts(const std::string& target) const;

private:
    struct Shelf {
        std::map<Indicator, Block> blocks;
        BlockCounts counts{};
    };

    void move(Shelf& shelf, Block& block, BlockState to);
    bool breaker_allows(const Policy& policy, WallTime now);

    std::map<std::string, Shelf> shelves_;
    std::set<std::tuple<WallTime, std::string, Indicator>> expiries_;  // of desired blocks
    std::deque<WallTime> recent_;  // when new indicators were admitted within the last minute
};

}  // namespace bridge::domain
