// Blocks through a static address group: address objects and members are set in the candidate configuration, a partial
// commit makes them run, and a look at the running configuration proves it. A full group goes on in numbered children
// (group_layout.hpp); behind a Panorama the firewalls have to take a push as well (device_push.hpp).
//
//   surveying -> idle -> pushing -> committing -> verifying [-> delivering] -> idle
//                  \________ waiting (lock held, busy, unreachable, refused), with backoff and jitter
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "bridge/domain/enforcement/backoff.hpp"
#include "bridge/domain/enforcement/device_push.hpp"
#include "bridge/domain/enforcement/enforcer.hpp"
#include "bridge/domain/enforcement/group_layout.hpp"
#include "bridge/domain/enforcement/job_watch.hpp"

namespace bridge::domain {

struct GroupSettings {
    std::string target{};  // its name in the configuration
    std::string group{};
    std::chrono::milliseconds min_commit_interval{0};
    std::chrono::milliseconds settle{0};  // an idle target waits this long for company after the first new block
    std::size_t max_batch = 5000;
    std::size_t group_members_max = 2500;  // PAN-OS: max-address-per-group
    std::size_t child_groups = 64;         // further groups that a full one goes on in; 0: none
    std::size_t objects_max = 0;           // address objects on the device; 0: what the device says
    bool ask_capacity = true;              // the device knows its limits
    bool tagged = false;                   // our objects carry a tag, which leaves with the last of them if we made it
    bool push = false;                     // a Panorama: its firewalls have to take what is committed
    std::chrono::milliseconds compare_every = std::chrono::minutes(5);
    std::chrono::milliseconds backoff_min{1000};
    std::chrono::milliseconds backoff_max{60'000};
    std::chrono::milliseconds commit_patience = std::chrono::minutes(60);  // then a job is given up for lost
};

class GroupEnforcer : public Enforcer {
public:
    enum class Phase { starting, surveying, idle, settling, pushing, committing, verifying, delivering, waiting };

    /// The seed decides the jitter.
    GroupEnforcer(GroupSettings settings, std::uint64_t seed);

    void know(const Block& block) override;
    Actions on(const Event& event, Instant now) override;

    Phase phase() const noexcept { return phase_; }
    std::string_view state() const override;
    const std::string& reason() const override { return reason_; }
    const std::string& last_error() const override { return last_error_; }
    std::uint64_t commits() const override { return commits_; }
    Capacity capacity() const override;
    std::vector<DeviceState> devices() const override { return push_.states(); }

private:
    using Part = GroupLayout::Part;

    enum class Stage {
        wanted,
        pushed,
        delivered,  // runs on the Panorama; its firewalls still have to take it
        enforced,
        leaving,
        left,    // gone from the candidate
        gone,    // gone from the Panorama's running configuration; its firewalls still have to take that
        crowded  // refused for want of room
    };
    struct Entry {
        Indicator indicator;
        Stage stage;
        Part home;            // which group of the candidate has it, as far as is known
        bool has_object;      // in the candidate as far as we know, and ours
        bool is_member;       // of the running configuration's groups, while that is compared
        std::uint64_t order;  // of arrival: the oldest goes first when a batch cannot take all
    };
    // The calls of a batch, in order.
    enum class Step { ask_tag, set_apart, move_out, set, delete_members, delete_groups, delete_objects, delete_tag };
    struct Chunk {
        Step step;
        std::vector<std::string> names;  // none for the tag's
        std::vector<Part> parts{};       // of set and set_apart: where each name goes
    };

    void on_want(const Want& want, Instant now);
    void on_unwant(const Unwant& unwant, Instant now);
    void on_woken(Instant now);
    void on_answer(const Result<Reply>& reply, Instant now);
    void on_reply(const Reply& reply, Instant now);
    bool ready_for_work() const;

    // ---- what the target has
    void survey();
    void look_at_objects();
    void look_further();
    void ask_candidate();
    void ask_running();
    void on_jobs(const JobsSeen& seen, Instant now);
    void on_objects(const ObjectsSeen& seen);
    void on_capacity(const CapacitySeen& seen);
    void on_candidate(const GroupsSeen& seen, Instant now);
    void on_running(const GroupsSeen& seen, Instant now);
    void compare(const GroupsSeen& seen, Instant now);
    bool touched_little(Instant now) const;
    void ask_touched();
    void ask_next_touched();
    void on_touched(const GroupsSeen& seen, Instant now);
    void compare_batch(Instant now);
    void compared_all(std::size_t missing, const std::vector<std::string>& gone, bool news_for_devices, Instant now);
    void yield_to_foreign(const std::string& name);

    // ---- room
    std::size_t members_max() const;
    std::optional<std::size_t> room_for_objects() const;
    std::size_t room_for_members() const;
    std::size_t movable() const;
    void crowd(const std::string& name, const std::string& why);
    void call_back_crowded();
    void watch_capacity();

    // ---- pushing
    struct Plan {
        GroupLayout layout;
        Chunk set{Step::set, {}, {}};
        Chunk moved{Step::set_apart, {}, {}};
        std::vector<std::string> evicted{};  // crowded, and yet in the candidate
    };
    void plan(Instant now);
    void start_batch(Instant now);
    bool must_know_layout() const;
    void plan_sets(Plan& plan);
    void plan_moves(Plan& plan);
    bool plan_deletions(Plan& plan, const std::vector<std::string>& leaving);
    void plan_tag(bool sets);
    void on_tag(const TagSeen& seen, Instant now);
    bool is_idle(const Chunk& chunk) const;
    void add_in_pieces(Step step, const std::vector<std::string>& names);
    void add_sets(Chunk chunk);
    void push_next(Instant now);
    void on_pushed(Instant now);
    void settled_in(const std::string& name, Part part, bool linked);
    void taken_out(const std::string& name, Part only);
    void refuse_chunk(const Failure& failure, Instant now);
    void take_back_pushed();

    // ---- committing
    void start_commit();
    void look_later(std::optional<std::chrono::milliseconds> takes, Instant now);
    void on_commit(const CommitAnswered& answer, Instant now);
    void on_job(const JobSeen& seen, Instant now);
    void give_up_commit(Instant now, const std::string& why);

    // ---- delivering to the firewalls of a Panorama
    void look_at_devices();
    void deliver(Instant now);
    void on_device_groups(const GroupsSeen& seen, Instant now);
    void on_push_started(const CommitAnswered& answer, Instant now);
    void on_push(const PushSeen& seen, Instant now);
    void delivered(Instant now);
    void delivery_failed(const Failure& failure, Instant now);

    void on_failure(const Failure& failure, Instant now);
    void start_over(const Failure& failure, Instant now);
    void wait(Instant now, std::string why, bool keep_place, std::chrono::milliseconds longest);
    void resume();

    Entry fresh_entry(const Indicator& indicator);
    bool has_object(const std::string& name) const;
    void object_comes(std::string_view name, Entry* entry);
    void object_goes(const std::string& name);
    void stage(const std::string& name, Entry& entry, Stage to);
    void change(const std::string& name, BlockState state, std::string reason);
    void runs(const std::string& name, Entry& entry);
    void put_back(const std::string& name, Entry& entry);
    void drop(const std::string& name, BlockState state, std::string reason);
    void call(Call call);
    void note(Weight weight, std::string text);

    GroupSettings settings_;
    Backoff backoff_;

    using Entries = std::map<std::string, Entry, std::less<>>;  // by object name
    class Walk;

    Entries entries_;
    std::uint64_t arrivals_ = 0;
    std::set<std::pair<std::uint64_t, std::string>> wanted_;   // by order of arrival
    std::set<std::pair<std::uint64_t, std::string>> crowded_;  // the same
    std::set<std::string> pushed_;
    std::set<std::string> leaving_;
    std::set<std::string> left_;
    std::set<std::string> strays_;    // objects of ours in the candidate that are no blocks
    std::size_t objects_ = 0;         // of ours in the candidate, strays and all
    std::set<std::string> borrowed_;  // same name and value, but not our tag: used as a member, never written
    std::set<std::string> drifted_;   // ours, but with another value than it should have
    std::unordered_map<std::string, SeenObject> untagged_;  // a colleague's objects with names such as ours
    std::size_t gone_ = 0;                                  // how many are at that stage
    bool objects_known_ = false;
    std::optional<TagSeen> tag_;  // of this batch, once it was looked at

    GroupLayout layout_;
    std::map<std::string, std::vector<Part>> doubles_;  // members that further groups of ours have, too
    bool divided_ = false;                              // children are, or may be, in play
    bool batch_waits_ = false;                          // for the candidate's groups to be read
    std::vector<Part> dissolving_;                      // children whose last member leaves with this batch
    bool refused_once_ = false;                         // a deletion, since the last look at the candidate
    std::set<Part> touched_;                            // whose members calls have changed since the last comparison
    bool touched_widely_ = true;                        // beyond those, or it is not known
    std::deque<std::string> to_look_at_;                // groups of a comparison that is under way
    GroupsSeen looked_at_;

    std::size_t running_members_ = 0;  // of the parent
    std::size_t others_members_ = 0;   // of all groups, in the running configuration, that are no blocks
    std::optional<std::size_t> others_objects_;
    std::size_t objects_max_ = 0;  // 0: not known
    bool capacity_due_ = true;
    int told_level_ = 0;  // 0 ok, 1 high, 2 full

    DevicePush push_;
    std::optional<JobId> push_job_;
    std::optional<std::chrono::milliseconds> push_takes_;
    bool waits_for_devices_ = false;

    Phase phase_ = Phase::starting;
    std::string reason_;
    std::string last_error_;
    bool in_doubt_ = false;  // a commit of ours may be under way that we do not know of
    bool asked_ = false;     // a call is out
    std::optional<Call> last_call_;
    std::deque<Chunk> chunks_;
    std::optional<JobId> job_;
    std::optional<JobId> finished_job_;  // whose work is being verified
    JobWatch watch_;                     // of the commit, or of the push
    bool keep_place_ = false;            // when the wait ends, repeat last_call_ instead of comparing anew
    unsigned failures_ = 0;              // in a row
    unsigned moves_ = 0;                 // to another device, in a row
    std::optional<std::chrono::milliseconds> commit_takes_;
    std::optional<Instant> first_wanted_;
    std::optional<Instant> last_commit_end_;
    Instant compared_{};
    std::uint64_t commits_ = 0;

    Actions actions_;
    std::vector<BlockChange> changes_;
};

std::string_view name_of(GroupEnforcer::Phase phase);

}  // namespace bridge::domain
