// What happens in the engine as facts rather than lines of a log: for metrics and the audit trail. An observer only
// looks; it is called on the engine's thread, and must not call back into the engine.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/domain/block/block.hpp"
#include "bridge/domain/policy/policy.hpp"
#include "bridge/domain/value/failure.hpp"

namespace bridge::engine {

/// One alert that is safe in the store, and what was decided on it.
struct AlertSeen {
    domain::AlertType type = domain::AlertType::other;
    std::string type_name;
    std::string appliance;
    std::string alert_id;
    std::string identity;
    std::string severity;
    domain::Decision decision;
};

/// A block that came to be or changed its state.
struct BlockSeen {
    const domain::Block& block;  // as it is now; a removed one as it was last, with its new state
    /// Since the alert that first led to it was acknowledged; only of those that were not enforced before, and only
    /// when this process has acknowledged it.
    std::optional<std::chrono::milliseconds> since_acknowledged{};
    std::optional<domain::BlockState> before{};  // its state until now; none when it is new, or wanted anew
};

struct CallSeen {
    std::string_view target;
    std::string_view kind;                // "set objects", "start commit"
    std::optional<domain::Errc> failure;  // none: it was answered
    std::chrono::milliseconds took{};
};

struct CommitSeen {
    std::string_view target;
    bool succeeded = false;
    std::string_view details;  // of a failed one
    std::chrono::milliseconds took{};
};

struct CanarySeen {
    enum class What { blocked, unblocked, alarm } what = What::blocked;
    std::string_view target;
    const domain::Indicator& indicator;
    std::chrono::milliseconds took{};  // of the step
    bool late = false;                 // longer than `within`
    std::string_view reason;           // of an alarm
};

class Observer {
public:
    virtual ~Observer() = default;

    /// A notification was answered; `took` from its last byte to the answer.
    virtual void on_answered(unsigned status, std::string_view peer, std::string_view line,
                             std::chrono::milliseconds took) = 0;
    virtual void on_alert(const AlertSeen& seen) = 0;
    virtual void on_block(const BlockSeen& seen) = 0;
    virtual void on_call(const CallSeen& seen) = 0;
    virtual void on_commit(const CommitSeen& seen) = 0;
    /// A target waits for something; `why` is empty when it no longer does.
    virtual void on_trouble(std::string_view target, std::string_view why) = 0;
    virtual void on_canary(const CanarySeen& seen) = 0;
};

/// Tells each of several, in the order in which they came.
class ObserverList : public Observer {
public:
    /// It must outlive the list.
    void add(Observer& observer) { all_.push_back(&observer); }
    bool empty() const noexcept { return all_.empty(); }

    void on_answered(unsigned status, std::string_view peer, std::string_view line,
                     std::chrono::milliseconds took) override;
    void on_alert(const AlertSeen& seen) override;
    void on_block(const BlockSeen& seen) override;
    void on_call(const CallSeen& seen) override;
    void on_commit(const CommitSeen& seen) override;
    void on_trouble(std::string_view target, std::string_view why) override;
    void on_canary(const CanarySeen& seen) override;

private:
    std::vector<Observer*> all_;
};

}  // namespace bridge::engine
