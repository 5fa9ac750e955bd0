// Whether anything has grown that must not, by what was sampled: memory, threads, descriptors, files, commits.
#pragma once

#include "sim/soak/judge/result.hpp"

namespace sim::soak {

/// By what `result` has sampled, and the bounds of its question; says in it how flat memory was and how threads rose.
/// `told` gets what was found.
void judge_growth(Result& result, const Told& told);

/// Whether a firewall has seen more commits than there can be reasons for in `took`: one after the other, and two for
/// each incident, which is a disturbance or a start of the bridge. Notes the bounds in `firewall`.
void judge_commits(FirewallSeen& firewall, std::size_t incidents, Micros took, Micros commit_time, const Told& told);

}  // namespace sim::soak
