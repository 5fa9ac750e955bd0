// What goes wrong in a soak, and when: drawn from a seed before it begins, so that a run can be told beforehand and
// done again. Every disturbance ends by itself.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/load/schedule.hpp"

namespace sim::soak {

using load::Micros;

enum class Kind {
    // a firewall's
    http_error,         // 500, 502 or 503 to every call
    slow,               // every answer late
    cut,                // answers that end in the middle
    dropped,            // no answer; half of the time the request took effect all the same
    wrong_xml,          // answers that do not parse
    truncated,          // half of an answer, as if it were all
    busy,               // "another commit is in progress"
    commit_lock,        // a colleague holds the commit lock
    config_lock,        // a colleague holds the config lock
    job_fails,          // a commit job ends with FAIL
    slow_commit,        // a commit job that takes long
    job_lost,           // the firewall does not know the job it is asked about
    forgotten,          // success, and nothing was done
    reboot,             // running jobs and what is uncommitted are lost
    unplugged,          // nobody listens
    colleague_removes,  // one of our members is taken out of its group, and that is committed
    colleague_edits,    // a change of somebody else that is not committed
    key_rejected,       // all API keys end
    // the bridge's
    sigkill,
    sigterm,
    sighup,
};
std::string_view name_of(Kind kind);
bool of_bridge(Kind kind);
/// It ends the bridge's life.
bool ends_bridge(Kind kind);

struct Disturbance {
    Micros at{0};  // since the first alert was due
    Kind kind = Kind::sighup;
    std::size_t firewall = 0;  // of a firewall's
    Micros lasts{0};           // of the bridge's: how long until it is started again
    std::uint64_t draw = 0;    // for the details of a kind

    Micros end() const noexcept { return at + lasts; }
};

struct TimetablePlan {
    Micros duration{0};
    std::size_t firewalls = 1;
    std::uint64_t seed = 1;
    Micros longest{0};          // of a disturbance
    bool reboots = true;        // firewalls restart
    Micros after_boot{0};       // that a firewall commits by itself after a restart
    Micros fault_every_min{0};  // between two disturbances of firewalls, or SIGHUPs
    Micros fault_every_max{0};  // 0: none
    Micros killing{0};          // the bridge dies in this first part of the run only
    Micros kill_every_min{0};
    Micros kill_every_max{0};  // 0: it does not die
};

/// By time. A firewall is left alone for twice the longest disturbance after each of its own; the last disturbance is
/// over at the end of `duration`. The first death of the bridge is by SIGKILL, if it dies at all; then either.
std::vector<Disturbance> make_timetable(const TimetablePlan& plan);

/// "12:34.5  fw2  reboot, 15.0 s"
std::string told(const Disturbance& disturbance);

}  // namespace sim::soak
