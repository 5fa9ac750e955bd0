// The fault desk: small named faults, each with what it strikes, how often, and what happens then. They can be set
// and lifted at any time; a call is struck by the first fault that matches it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "sim/panos/tree/node.hpp"

namespace sim::panos {

/// What a fault strikes. `job` is `show jobs id`, `commit_job` the job that a commit starts, `op` any other op command,
/// `user_id` a call of type=user-id.
enum class FaultOn { any, keygen, get, show, set, edit, erase, config, commit, job, op, commit_job, user_id };

/// What is said instead of the honest answer. `none`: the honest one (perhaps delayed, dropped or cut).
enum class FaultAnswer {
    none,
    lock_held_by_other_admin,  // the commit lock's refusal for a commit, the config lock's for an edit
    busy,                      // another commit is in progress
    code,                      // status="error" with `code`
    http,                      // an HTTP status with a page of the web server
    body,                      // `body` as it is
    job_fail,                  // the commit job ends with FAIL and `details`
    wrong_xml,                 // the honest answer, broken so that it does not parse
    forgotten,                 // success, as if it were done, and nothing is
    truncated,                 // the first half of the honest answer, as a complete HTTP answer
};

struct Fault {
    std::uint64_t id = 0;  // given by the desk
    FaultOn on = FaultOn::any;
    std::optional<std::uint32_t> times;  // nullopt: until it is lifted
    std::uint32_t skip = 0;              // calls that pass before the first is struck
    std::optional<Instant> until;        // lifted by itself then
    FaultAnswer answer = FaultAnswer::none;
    int code = 0;  // of `code` (PAN-OS) and `http` (status)
    std::string body;
    std::vector<std::string> details;   // lines: of `code`, `job_fail`
    std::string admin = "other-admin";  // who holds the lock
    std::chrono::milliseconds delay{0};
    enum class Drop { no, before, after } drop = Drop::no;  // no reply; before or after the request took effect
    std::optional<std::size_t> cut_after;  // connection ends after so many bytes; the request took effect
    std::optional<std::chrono::microseconds> commit_time;  // commit_job: how long it takes

    /// The request is refused, so it must not take effect.
    bool stops_the_call() const;
    std::string summary() const;
};

/// "set", "commit-job", "delete", ...; nullopt for anything else.
std::optional<FaultOn> fault_subject(std::string_view text);
std::string_view name_of(FaultOn on);
std::vector<std::string_view> fault_subjects();

/// Fills in what `answer` names: "lock-held-by-other-admin", "busy", "code-14", "http-503" (or "503"), "job-fail",
/// "wrong-xml", "truncated", "forgotten". Errors list what there is.
tl::expected<void, std::string> set_answer(Fault& fault, std::string_view answer);
std::vector<std::string_view> fault_answers();

class FaultDesk {
public:
    std::uint64_t add(Fault fault);
    bool lift(std::uint64_t id);
    void lift_all() { faults_.clear(); }
    const std::vector<Fault>& standing() const noexcept { return faults_; }

    /// The fault that strikes a call of that kind now, counted; `also` is a second name of the call (set, config).
    std::optional<Fault> strike(FaultOn kind, std::optional<FaultOn> also, Instant now);
    /// A lock that a standing fault pretends, so that it is shown as well.
    std::optional<std::string> pretended_lock_owner(FaultOn kind, Instant now) const;
    std::optional<Instant> next_end() const;
    void advance(Instant now);

private:
    std::vector<Fault> faults_;
    std::uint64_t counter_ = 0;
};

}  // namespace sim::panos
