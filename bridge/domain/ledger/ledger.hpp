// The blocks that are known, in memory: what each target ought to have, when blocks expire, and the circuit breaker's
// count. The store holds the same on disk; a restart reads it back.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "bridge/domain/block/block.hpp"
#include "bridge/domain/policy/breaker.hpp"
#include "bridge/domain/policy/policy.hpp"

namespace bridge::domain {

/// A repeat's later expiry goes to the store at most this often, and at most a hundredth of the block's time behind:
/// that much early a block may end after a crash, and a flood of repeats costs the store next to nothing.
inline constexpr std::chrono::milliseconds expiry_lag_max = std::chrono::minutes(1);

/// So many blocks of a target may be held at once. A hijacked appliance can invent more; those are turned down with a
/// reason, and a repeat brings them back when there is room again.
inline constexpr std::size_t held_blocks_max = 20'000;

/// What a decision leads to for one target and indicator.
struct Admitted {
    Block block;
    bool to_store = true;  // false: a repeat whose effect the store need not know yet
    bool is_new = false;   // it was neither desired nor held before
};

/// How many blocks of a target are in each state; index by static_cast<size_t>(BlockState).
using BlockCounts = std::array<std::uint64_t, 7>;

class Ledger {
public:
    Ledger() = default;
    Ledger(const Ledger&) = delete;  // it points into itself
    Ledger& operator=(const Ledger&) = delete;
    Ledger(Ledger&&) = default;
    Ledger& operator=(Ledger&&) = default;

    /// Takes what a store kept, and goes on counting for the breaker where the process before stopped: blocks that have
    /// left the ledger since are not counted. Call once, before anything else.
    void load(std::vector<Block> blocks);

    /// The blocks that this decision leads to, one per target and indicator, not yet in the ledger: they count only
    /// when the store has what it is to have of them (`apply`). Over a limit of the breaker, new ones come out `held`;
    /// what finds no room among the held goes to `turned_down`, if there is one. An IPv6 address whose /64 is blocked
    /// is a repeat of that. In a dry run, none.
    std::vector<Admitted> admit(const Policy& policy, const Alert& alert, const Decision& decision,
                                std::span<const std::string> targets, WallTime now,
                                std::vector<Ignored>* turned_down = nullptr);

    /// Takes blocks that the store has accepted, merging as Store::accept says. Returns those that are newly wanted.
    std::vector<Block> apply(std::span<const Admitted> admitted);

    /// The same for blocks that all went to the store.
    std::vector<Block> apply(std::span<const Block> blocks);

    /// Takes a new state. Unknown blocks are let go.
    void apply(const BlockChange& change);

    /// Blocks whose time is over: those that are desired or wait for room are `expired` from now on, held ones are gone
    /// (`removed`).
    std::vector<BlockChange> expire(WallTime now);

    /// When `expire` is to be called next; there may turn out to be nothing to do.
    std::optional<WallTime> next_expiry() const;

    const Block* find(const std::string& target, const Indicator& indicator) const;
    std::vector<Block> blocks() const;  // by target, then indicator
    void each(const std::function<void(const Block&)>& take) const;
    std::vector<Block> blocks_of(const std::string& target) const;
    void each_of(const std::string& target, const std::function<void(const Block&)>& take) const;
    BlockCounts counts(const std::string& target) const;

private:
    struct Kept {
        Block block;
        WallTime stored_until;   // the expiry that the store knows
        WallTime due{};          // where it stands in expiries_; a repeat does not move it
        bool scheduled = false;  // it stands there
    };
    /// By when they are due; a hundred thousand of them are kept, so only where they stand.
    struct Earlier {
        bool operator()(const Kept* a, const Kept* b) const {
            return std::tie(a->due, a->block.target, a->block.indicator) <
                   std::tie(b->due, b->block.target, b->block.indicator);
        }
    };
    struct Shelf {
        std::map<Indicator, Kept> blocks;
        BlockCounts counts{};
    };

    const Kept* look_up(const std::string& target, const Indicator& indicator) const;
    void move(Shelf& shelf, Kept& kept, BlockState to);
    void set_expiry(Kept& kept, WallTime expires);
    void schedule(Kept& kept);
    void unschedule(Kept& kept);
    void take(const Block& block, bool stored, std::vector<Block>& newly_wanted);
    void count_again(const std::vector<Block>& blocks);

    std::map<std::string, Shelf> shelves_;
    std::set<const Kept*, Earlier> expiries_;  // of blocks that end by themselves; at the latest then
    Breaker breaker_;
};

}  // namespace bridge::domain
