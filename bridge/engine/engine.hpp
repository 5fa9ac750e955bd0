// The whole bridge but for its sockets, files and clocks: notifications come in, blocks go to the store and to the
// enforcers of the targets. The daemon gives it real ones; the lab's virtual world gives it simulated ones.
//
// All calls on one thread: that of the Clock's tasks.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/domain/ledger/ledger.hpp"
#include "bridge/domain/policy/policy.hpp"
#include "bridge/engine/canary.hpp"
#include "bridge/engine/clock.hpp"
#include "bridge/engine/happening.hpp"
#include "bridge/engine/held_notice.hpp"
#include "bridge/engine/observer.hpp"
#include "bridge/engine/orders.hpp"
#include "bridge/engine/stopwatch.hpp"
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
    std::optional<CanarySettings> canary{};
};

/// How often the settings were replaced while the engine ran, and why the last attempt was refused.
struct ReloadCounts {
    std::uint64_t done = 0;
    std::uint64_t refused = 0;
    std::string last_refusal;  // empty once a later one was done
};

/// What became of a notification: the HTTP answer's status and one line for its body.
struct Reception {
    unsigned status = 200;
    std::string line;
};

struct TargetStatus {
    std::string name;
    std::string state;   // Enforcer::state, or "paused"
    std::string reason;  // what it waits for, or who paused it and why
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

class Engine : private CanaryPerch {
public:
    using Listener = std::function<void(const Happening&)>;

    /// Ways to the targets are made in `start`. `clock` and `store` must outlive the engine, and the store's
    /// completions must come on the engine's thread.
    Engine(EngineSettings settings, Clock& clock, store::Store& store, TransportMaker transports, Listener listener);
    ~Engine() override;
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    /// It must outlive the engine. Call before `start`.
    void observe(Observer& observer) { observers_.add(observer); }

    /// Reads the ledger back and wakes the enforcers.
    domain::Result<void> start();

    /// From now on these settings hold. Targets whose fingerprint is the same go on undisturbed; changed ones begin
    /// anew from the ledger, once a call that is under way there is answered; of removed ones nothing is touched any
    /// more, and their blocks stay in the ledger. The way to new and changed ones is asked of the TransportMaker.
    void reconfigure(EngineSettings settings);

    /// New settings were refused before they came here; for the status.
    void note_refused_reload(std::string why);

    /// Takes one notification. `done` is called once, on the engine's thread: with 200 only after everything in it is
    /// durable; 400 when it cannot be read; 503 when the store cannot take it.
    void receive(std::string body, std::string peer, std::function<void(Reception)> done);

    /// A notification that was turned away before it got here (wrong password, too large, ...), for the counts.
    void count_turned_away(unsigned status, std::string_view peer = {}, std::string_view line = {});

    // What operators order: engine_orders.cpp.

    /// Lets held or, of one indicator, refused blocks go out, or its quarantine end.
    void release(const Selection& selection, const Operator& who, const Ordered& done);
    /// Forgets held or refused blocks, and lets alerts about them block nothing for a while: `time`, else the policy's
    /// quarantine, else a day.
    void drop(const Selection& selection, std::optional<std::chrono::milliseconds> time, const Operator& who,
              const Ordered& done);
    /// Takes a block off every target. For `time`, or else the policy's quarantine, alerts do not bring it back.
    void unblock(const domain::Indicator& indicator, std::optional<std::chrono::milliseconds> time, const Operator& who,
                 const Ordered& done);
    /// Blocks what no alert has told of, under the same policy; ends a quarantine.
    void block(const BlockOrder& order, const Operator& who, const Ordered& done);
    /// Takes the newest blocks off every target, and lets alerts not bring them back: for the order's time, else the
    /// policy's quarantine, else a day.
    void roll_back(const RollbackOrder& order, const Operator& who, const Ordered& done);
    /// A paused target gets no call once the one under way has ended; its blocks gather.
    void pause(const std::string& target, const Operator& who, const Ordered& done);
    void resume(const std::string& target, const Operator& who, const Ordered& done);

    /// These rules, by `layer`, are what is never blocked besides the configured ones, from now on. Blocks that they
    /// cover are taken off.
    void allow(const std::string& layer, std::vector<domain::AllowRule> rules);

    /// Somebody who proved to be an appliance has posted from this address, which is therefore never blocked.
    void know_appliance(const std::string& peer);

    const domain::Policy& policy() const noexcept { return settings_.policy; }
    std::vector<domain::Quarantined> quarantined() const { return quarantine_.all(clock_.wall()); }
    domain::WallTime wall() const { return clock_.wall(); }

    /// A page of a target that is a list; null for other targets and unknown ones. Good until the next call.
    const domain::ListPage* list_page(const std::string& target, domain::ListKind kind);
    /// Somebody with the target's credentials was given that version of the page.
    void list_fetched(const std::string& target, domain::ListKind kind, std::uint64_t version);

    std::vector<TargetStatus> targets() const;
    const IntakeCounts& intake() const noexcept { return counts_; }
    const domain::Ledger& ledger() const noexcept { return ledger_; }
    std::string store_trouble() const { return store_.trouble(); }
    std::uint64_t store_syncs() const { return store_.syncs(); }
    const ReloadCounts& reloads() const noexcept { return reloads_; }
    std::map<std::string, CanaryStatus> canary() const;

    /// For a store that tells why its writes fail, at each change (empty: they succeed).
    void note_store_trouble(const std::string& why) { store_notice_.trouble(why); }

private:
    struct Target;

    void place_canary(const std::string& target, const domain::Block& block, std::function<void(bool)> done) override;
    void take_canary(const std::string& target, const domain::Indicator& indicator) override;
    std::optional<domain::BlockState> canary_state(const std::string& target,
                                                   const domain::Indicator& indicator) const override;
    void set_out_canary();
    bool saw(const domain::BlockChange& change);
    void add_target(const TargetSettings& settings);
    void retire(std::unique_ptr<Target> target);
    void bury(const Target& target);
    void ask(Target& target, panos::Conversation& with, const domain::Call& call, std::optional<std::size_t> firewall);

    /// What was decided before the store had it is looked at again if the rules have changed since (`rules`).
    void take_blocks(const std::vector<domain::Admitted>& admitted, std::uint64_t rules);
    domain::AuditEntry audited(const domain::Block& block, std::string event, std::string detail) const;
    Target* target_called(const std::string& name);
    void take_standing_orders(const std::vector<domain::StandingOrder>& orders);
    void set_quarantine(store::Notes& notes, const domain::Indicator& indicator, std::chrono::milliseconds time,
                        const std::string& reason);
    void take_off(const std::vector<domain::Block>& blocks, const std::string& event, const std::string& why,
                  store::Notes& notes);
    void take_off_allowed();
    void carry_out(store::Notes notes, Outcome outcome, const Ordered& done);
    std::vector<domain::Block> waiting_blocks(const Selection& selection) const;
    void want(const std::vector<domain::Block>& fresh);
    void feed(Target& target, domain::Event event);
    void act(Target& target, domain::Actions actions);
    void expire();
    void record(std::vector<domain::BlockChange> changes);
    void note(std::vector<domain::BlockChange> changes);
    void tell(Happening::Kind kind, std::string subject, std::string text) const;

    EngineSettings settings_;
    Clock& clock_;
    store::Store& store_;
    TransportMaker transports_;
    Listener listener_;
    domain::Ledger ledger_;
    std::vector<std::string> target_names_;
    ObserverList observers_;
    Stopwatch stopwatch_;
    std::vector<std::unique_ptr<Target>> targets_;
    std::vector<std::unique_ptr<Target>> retired_;  // each with a call under way, whose answer nobody wants any more
    std::set<std::pair<std::string, domain::Indicator>> canaries_;  // in the ledger, and in no count
    std::unique_ptr<Canary> canary_;
    std::shared_ptr<void> alive_ = std::make_shared<int>(0);
    ReloadCounts reloads_;
    domain::Quarantine quarantine_;
    std::set<domain::IpAddress> appliances_;  // addresses that appliances have posted from
    std::uint64_t rules_ = 0;                 // counts changes of what may be blocked
    HeldNotice held_notice_;
    std::unique_ptr<Alarm> expiry_alarm_;
    std::optional<domain::WallTime> expiry_due_;
    IntakeCounts counts_;
    StoreNotice store_notice_;
};

}  // namespace bridge::engine
