// Brings one target to what the ledger wants. A state machine without I/O: events and the time come in, actions go out,
// so that it runs the same in production and in a simulation.
//
//   surveying -> idle -> pushing -> committing -> verifying -> idle
//                  \________ waiting (lock held, busy, unreachable, refused), with backoff and jitter
//
// At most one call to the device is under way: every `Call` in the actions is answered by exactly one `Answer` before
// the next one goes out.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "bridge/domain/address_object.hpp"
#include "bridge/domain/block.hpp"
#include "bridge/domain/failure.hpp"
#include "bridge/domain/time.hpp"

namespace bridge::domain {

using JobId = std::uint32_t;  // the firewall's numbering

// What the enforcer asks of the device.
struct ReadJobs {};          // is a commit of ours queued or running?
struct ReadObjects {};       // the address objects in the candidate whose name begins as ours do
struct ReadRunningGroup {};  // the members of our group in the running configuration
struct SetObjects {
    std::vector<AddressObject> objects;
};
struct SetMembers {
    std::vector<std::string> names;
};
struct DeleteMembers {
    std::vector<std::string> names;
};
struct DeleteObjects {
    std::vector<std::string> names;
};
struct StartCommit {
    std::string description;
};
struct ReadJob {
    JobId job;
};
using Call = std::variant<ReadJobs, ReadObjects, ReadRunningGroup, SetObjects, SetMembers, DeleteMembers, DeleteObjects,
                          StartCommit, ReadJob>;

// What it asks of the rest of the bridge.
struct Wake {
    Instant at;  // send Woken then; replaces an earlier Wake
};
struct Record {
    std::vector<BlockChange> changes;
};
enum class Weight { detail, news, warning };
struct Note {
    Weight weight;
    std::string text;
};
using Action = std::variant<Call, Wake, Record, Note>;
using Actions = std::vector<Action>;

// What comes in.
struct Started {};
struct Want {
    std::vector<Indicator> indicators;
};
struct Unwant {  // expired or unblocked
    std::vector<Indicator> indicators;
};
struct Woken {};

struct JobsSeen {
    std::optional<JobId> ours;  // the newest commit of our administrator that is queued or running
};
struct ObjectsSeen {
    std::vector<SeenObject> objects;
};
struct GroupSeen {
    bool exists = false;
    bool is_static = true;
    std::vector<std::string> members;
};
struct Done {};
struct CommitAnswered {
    std::optional<JobId> job;  // none: there was nothing to commit
};
struct JobSeen {
    enum class State { queued, running, succeeded, failed } state = State::queued;
    int progress = 0;                          // percent
    std::optional<std::chrono::seconds> took;  // by the device's clock, of a finished job
    std::string details;                       // of a failed one, one line
};
using Reply = std::variant<JobsSeen, ObjectsSeen, GroupSeen, Done, CommitAnswered, JobSeen>;
struct Answer {
    Result<Reply> reply;
};
using Event = std::variant<Started, Want, Unwant, Woken, Answer>;

struct EnforcerSettings {
    std::string target{};  // its name in the configuration
    std::string group{};
    std::chrono::milliseconds min_commit_interval{0};
    std::chrono::milliseconds settle{0};  // an idle target waits this long for company after the first new block
    std::size_t max_batch = 5000;
    std::size_t group_members_max = 2500;  // PAN-OS: max-address-per-group
    std::chrono::milliseconds compare_every = std::chrono::minutes(5);
    std::chrono::milliseconds backoff_min{1000};
    std::chrono::milliseconds backoff_max{60'000};
    std::chrono::milliseconds commit_patience = std::chrono::minutes(60);  // then a job is given up for lost
};

class Enforcer {
public:
    enum class Phase { starting, surveying, idle, settling, pushing, committing, verifying, waiting };

    /// `blocks` is what the ledger has for this target. The seed decides the jitter.
    Enforcer(EnforcerSettings settings, const std::vector<Block>& blocks, std::uint64_t seed);

    Actions on(const Event& event, Instant now);

    Phase phase() const noexcept { return phase_; }
    /// What it waits for, in words; empty unless waiting.
    const std::string& reason() const noexcept { return reason_; }
    const std::string& last_error() const noexcept { return last_error_; }
    std::uint64_t commits() const noexcept { return commits_; }

private:
    enum class Stage { wanted, pushed, enforced, leaving, left };  // left: gone from the candidate
    struct Entry {
        Indicator indicator;
        Stage stage;
        std::uint64_t order;  // of arrival: the oldest goes first when a batch cannot take all
    };
    // The calls of a batch, in order; an index into steps_.
    enum class Step { set_objects, set_members, delete_members, delete_objects };
    struct Chunk {
        Step step;
        std::vector<std::string> names;
    };

    void on_want(const Want& want, Instant now);
    void on_unwant(const Unwant& unwant);
    void on_woken(Instant now);
    void on_answer(const Result<Reply>& reply, Instant now);

    void survey();
    void look_at_objects();
    void ask_running();
    void plan(Instant now);
    void push_next(Instant now);
    void start_commit();
    void poll_later(const JobSeen* seen, Instant now);
    void wait(Instant now, std::string why, bool keep_place, std::chrono::milliseconds longest);
    void resume();

    void on_jobs(const JobsSeen& seen, Instant now);
    void on_objects(const ObjectsSeen& seen);
    void start_batch(Instant now);
    void on_group(const GroupSeen& seen, Instant now);
    void on_pushed(Instant now);
    void on_commit(const CommitAnswered& answer, Instant now);
    void on_job(const JobSeen& seen, Instant now);
    void on_failure(const Failure& failure, Instant now);
    void refuse_chunk(const Failure& failure, Instant now);
    void give_up_commit(Instant now, const std::string& why);
    void take_back_pushed();

    void stage(const std::string& name, Entry& entry, Stage to);
    void change(const std::string& name, BlockState state, std::string reason);
    void drop(const std::string& name, BlockState state, std::string reason);
    void call(Call call);
    void yield_to_foreign(const std::string& name);
    void note(Weight weight, std::string text);

    EnforcerSettings settings_;
    std::minstd_rand jitter_;

    std::map<std::string, Entry> entries_;  // by object name
    std::uint64_t arrivals_ = 0;
    std::set<std::pair<std::uint64_t, std::string>> wanted_;  // by order of arrival
    std::set<std::string> pushed_;
    std::set<std::string> leaving_;
    std::set<std::string> left_;
    std::set<std::string> candidate_objects_;  // ours, in the candidate as far as we know
    std::set<std::string> borrowed_;           // same name and value, but not our tag: used as a member, never written
    std::set<std::string> drifted_;            // ours, but with another value than it should have
    std::unordered_map<std::string, SeenObject> untagged_;  // a colleague's objects with names such as ours
    bool objects_known_ = false;
    std::size_t running_members_ = 0;

    Phase phase_ = Phase::starting;
    std::string reason_;
    std::string last_error_;
    bool in_doubt_ = false;  // a commit of ours may be under way that we do not know of
    bool asked_ = false;     // a call is out
    std::optional<Call> last_call_;
    std::deque<Chunk> chunks_;
    std::optional<JobId> job_;
    Instant job_since_{};
    unsigned polls_ = 0;
    bool keep_place_ = false;  // when the wait ends, repeat last_call_ instead of comparing anew
    unsigned failures_ = 0;    // in a row
    std::optional<std::chrono::milliseconds> commit_takes_;
    std::optional<Instant> first_wanted_;
    std::optional<Instant> last_commit_end_;
    Instant compared_{};
    std::uint64_t commits_ = 0;

    Actions actions_;
    std::vector<BlockChange> changes_;
};

std::string_view name_of(Enforcer::Phase phase);

}  // namespace bridge::domain
