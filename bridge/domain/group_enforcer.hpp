// Blocks through a static address group: address objects and members are set in the candidate configuration, a partial
// commit makes them run, and a look at the running configuration proves it.
//
//   surveying -> idle -> pushing -> committing -> verifying -> idle
//                  \________ waiting (lock held, busy, unreachable, refused), with backoff and jitter
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "bridge/domain/backoff.hpp"
#include "bridge/domain/enforcer.hpp"

namespace bridge::domain {

struct GroupSettings {
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

class GroupEnforcer : public Enforcer {
public:
    enum class Phase { starting, surveying, idle, settling, pushing, committing, verifying, waiting };

    /// `blocks` is what the ledger has for this target. The seed decides the jitter.
    GroupEnforcer(GroupSettings settings, const std::vector<Block>& blocks, std::uint64_t seed);

    Actions on(const Event& event, Instant now) override;

    Phase phase() const noexcept { return phase_; }
    std::string_view state() const override;
    const std::string& reason() const override { return reason_; }
    const std::string& last_error() const override { return last_error_; }
    std::uint64_t commits() const override { return commits_; }

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

    GroupSettings settings_;
    Backoff backoff_;

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
    std::optional<JobId> finished_job_;  // whose work is being verified
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

std::string_view name_of(GroupEnforcer::Phase phase);

}  // namespace bridge::domain
