// The whole bridge but for its sockets, files and clocks: notifications come in, blocks go to the store and to the
// enforcers of the targets. The daemon gives it real ones; the lab's virtual world gives it simulated ones.
//
// All calls on one thread: that of the Clock's tasks.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/domain/ledger.hpp"
#include "bridge/domain/policy.hpp"
#include "bridge/engine/clock.hpp"
#include "bridge/engine/store_notice.hpp"
#include "bridge/engine/target.hpp"
#include "bridge/fireeye/notification_reader.hpp"
#include "bridge/store/store.hpp"

namespace bridge::engine {

struct EngineSettings {
    domain::Policy policy;
    fireeye::ReadingRules reading;
    std::vector<TargetSettings> targets;
    std::uint64_t seed = 1;  // of the jitter
};

/// Something worth a line in the log or the audit trail.
struct Happening {
    enum class Kind { detail, news, warning, audit } kind = Kind::news;
    std::string subject;  // "hq", "intake", "block 203.0.113.5"
    std::string text;
};

/// What became of a notification: the HTTP answer's status and one line for its body.
struct Reception {
    unsigned status = 200;
    std::string line;
};

struct TargetStatus {
    std::string name;
    std::string state;   // Enforcer::state
    std::string reason;  // what it waits for
    std::string last_error;
    std::uint64_t commits = 0;
    domain::BlockCounts blocks{};
    std::string active;  // of an HA pair
    domain::Capacity capacity{};
    std::vector<domain::DeviceState> devices{};  // of a Panorama
};

struct IntakeCounts {
    std::map<unsigned, std::uint64_t> notifications;  // by HTTP status
    std::uint64_t notifications_unread = 0;           // kept and acknowledged, but in a format that is not read (text)
    std::uint64_t alerts_accepted = 0;
    std::uint64_t alerts_repeated = 0;
    std::uint64_t alerts_rejected = 0;
    std::uint64_t alerts_without_block = 0;
};

class Engine {
public:
    using Listener = std::function<void(const Happening&)>;

    /// Ways to the targets are made in `start`. `clock` and `store` must outlive the engine, and the store's
    /// completions must come on the engine's thread.
    Engine(EngineSettings settings, Clock& clock, store::Store& store, TransportMaker transports, Listener listener);
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    /// Reads the ledger back and wakes the enforcers.
    domain::Result<void> start();

    /// Takes one notification. `done` is called once, on the engine's thread: with 200 only after everything in it is
    /// durable; 400 when it cannot be read; 503 when the store cannot take it.
    void receive(std::string body, std::string peer, std::function<void(Reception)> done);

    /// A notification that was turned away before it got here (wrong password, too large, ...), for the counts.
    void count_turned_away(unsigned status);

    /// Lets a held or refused block go out, or takes a block back. False when there is no such block.
    bool release(const domain::Indicator& indicator);
    bool unblock(const domain::Indicator& indicator);

    /// A page of a target that is a list; null for other targets and unknown ones. Good until the next call.
    const domain::ListPage* list_page(const std::string& target, domain::ListKind kind);
    /// Somebody with the target's credentials was given that version of the page.
    void list_fetched(const std::string& target, domain::ListKind kind, std::uint64_t version);

    /// Tells, on the engine's thread, when all that was changed before this call is durable: what an operator is told
    /// is done must stay done.
    void when_stored(std::function<void(domain::Result<void>)> done);

    std::vector<TargetStatus> targets() const;
    const IntakeCounts& intake() const noexcept { return counts_; }
    const domain::Ledger& ledger() const noexcept { return ledger_; }
    std::string store_trouble() const { return store_.trouble(); }

    /// For a store that tells why its writes fail, at each change (empty: they succeed).
    void note_store_trouble(const std::string& why) { store_notice_.trouble(why); }

private:
    struct Target;

    void take_blocks(const std::vector<domain::Admitted>& admitted);
    void want(const std::vector<domain::Block>& fresh);
    void feed(Target& target, const domain::Event& event);
    void act(Target& target, domain::Actions actions);
    void expire();
    void record(std::vector<domain::BlockChange> changes);
    void tell(Happening::Kind kind, std::string subject, std::string text) const;

    EngineSettings settings_;
    Clock& clock_;
    store::Store& store_;
    TransportMaker transports_;
    Listener listener_;
    domain::Ledger ledger_;
    std::vector<std::string> target_names_;
    std::vector<std::unique_ptr<Target>> targets_;
    std::unique_ptr<Alarm> expiry_alarm_;
    std::optional<domain::WallTime> expiry_due_;
    IntakeCounts counts_;
    StoreNotice store_notice_;
};

}  // namespace bridge::engine
