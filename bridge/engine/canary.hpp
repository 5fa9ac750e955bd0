// Proves, on a schedule, that a block still goes all the way: a documentation address is journaled, pushed, committed
// and seen in the running configuration like any other, its time to block is measured, and it is taken back. It is no
// alert and no block to any count; what it finds has counts of its own.
//
// On one target the story of a cycle is: due -> blocking -> unblocking -> resting. A step that takes longer than
// `within` raises the alarm; the cycle goes on, since a block that comes late must be taken back all the same, and the
// next one begins when its period is over and the last is done.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bridge/domain/block/block.hpp"
#include "bridge/engine/clock.hpp"
#include "bridge/engine/happening.hpp"
#include "bridge/engine/observer.hpp"

namespace bridge::engine {

struct CanarySettings {
    domain::Indicator indicator;  // on the allow list at the same time, so that no alert can ask for it
    std::chrono::milliseconds every{};
    std::chrono::milliseconds within{};  // a step that takes longer raises the alarm; at most `every`
    std::vector<std::string> targets;    // empty: all
};

struct CanaryStatus {
    std::string state;                                // "resting", "blocking", "unblocking"
    std::string alarm;                                // why it sings, empty when all is well
    std::uint64_t runs = 0;                           // cycles begun
    std::uint64_t failures = 0;                       // steps that took longer than `within`
    std::optional<std::chrono::milliseconds> last{};  // time to block of the last cycle
    std::optional<domain::WallTime> last_success{};   // when it was last seen enforced in time
};

/// What the canary needs of the engine.
class CanaryPerch {
public:
    virtual ~CanaryPerch() = default;

    /// Blocks the indicator there as an acknowledged alert would; `done` says whether the store took it. The ledger has
    /// it then.
    virtual void place_canary(const std::string& target, const domain::Block& block,
                              std::function<void(bool)> done) = 0;

    /// Unblocks it there; the target then takes it off. Nothing happens when the ledger has no such desired block.
    virtual void take_canary(const std::string& target, const domain::Indicator& indicator) = 0;

    /// The state of its block, or none.
    virtual std::optional<domain::BlockState> canary_state(const std::string& target,
                                                           const domain::Indicator& indicator) const = 0;
};

/// The `alert` of the canary's blocks in the ledger, by which a later process knows them.
inline constexpr std::string_view canary_mark = "canary";

class Canary {
public:
    using Tell = std::function<void(Happening::Kind, std::string subject, std::string text)>;

    /// All must outlive it. `targets` are the names of those that the engine drives.
    Canary(CanarySettings settings, const std::vector<std::string>& targets, Clock& clock, CanaryPerch& perch,
           Observer& observer, Tell tell);

    /// Takes back what an earlier process left, and sets out. The first cycle begins after a tenth of the period, so
    /// that a bridge that restarts again and again does not commit each time.
    void start();

    /// A block changed its state; others than the canary's own are let go.
    void on_change(const domain::BlockChange& change);

    const domain::Indicator& indicator() const noexcept { return settings_.indicator; }
    std::map<std::string, CanaryStatus> status() const;

private:
    enum class Step { resting, storing, blocking, unblocking };
    struct Bird {
        std::string target;
        Step step = Step::resting;
        domain::Instant since{};  // when the step began
        std::unique_ptr<Alarm> next_cycle;
        std::unique_ptr<Alarm> patience;
        CanaryStatus status{};
    };

    void begin_cycle(Bird& bird);
    void step_to(Bird& bird, Step step);
    void sing(Bird& bird, std::string why);
    void judge_block(Bird& bird);
    void rest(Bird& bird);

    CanarySettings settings_;
    Clock& clock_;
    CanaryPerch& perch_;
    Observer& observer_;
    Tell tell_;
    std::map<std::string, std::unique_ptr<Bird>> birds_;
    std::shared_ptr<void> alive_ = std::make_shared<int>(0);  // the store may answer after the canary has gone
};

}  // namespace bridge::engine
