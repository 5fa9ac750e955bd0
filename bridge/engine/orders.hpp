// What an operator may order of the running bridge, and what comes of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "bridge/domain/value/failure.hpp"
#include "bridge/domain/value/indicator.hpp"
#include "bridge/domain/value/time.hpp"

namespace bridge::engine {

/// Who orders and why, for the audit trail.
struct Operator {
    std::string name = "operator";
    std::string reason{};  // in his words; may be empty

    /// "alice: ticket 42"
    std::string text() const;
};

/// Which blocks: one indicator's, one appliance's, or all.
struct Selection {
    std::optional<domain::Indicator> indicator{};
    std::string appliance{};  // as alerts name it; empty: any
    bool all = false;
};

struct BlockOrder {
    domain::Indicator indicator;
    std::string target{};                             // empty: every target
    std::optional<std::chrono::milliseconds> time{};  // how long; without it policy.expire
};

/// The newest blocks: so many indicators, or all since a time.
struct RollbackOrder {
    std::size_t last = 0;
    std::optional<domain::WallTime> since{};
    std::optional<std::chrono::milliseconds> quarantine{};
    bool dry_run = false;
};

/// What an order did.
struct Outcome {
    std::string text;                       // for people: "released 3 blocks"
    std::vector<std::string> indicators{};  // that it was done to
};

/// Called once, on the engine's thread, when the outcome survives a power cut.
/// Errors   missing: nothing to do it to; refused: the policy forbids it; misconfigured: no such target;
///          store_failed: done, but not yet on disk
using Ordered = std::function<void(domain::Result<Outcome>)>;

}  // namespace bridge::engine
