#include "sim/soak/judge/commit_tally.hpp"

namespace sim::soak {

namespace {

bool changed_nothing(const panos::RecordedCommit& commit) {
    return commit.objects_added.empty() && commit.objects_removed.empty() && commit.objects_changed.empty() &&
           commit.groups.empty() && !commit.changed_elsewhere;
}

}  // namespace

void tally_commits(std::span<const panos::RecordedCommit> commits, std::string_view administrator, FirewallSeen& seen) {
    for (const panos::RecordedCommit& commit : commits) {
        if (commit.administrator != administrator) {
            continue;
        }
        const bool ok = commit.result == panos::JobResult::ok;
        ++seen.commits;
        seen.ok += ok ? 1U : 0U;
        seen.failed += commit.result == panos::JobResult::fail ? 1U : 0U;
        seen.empty += ok && changed_nothing(commit) ? 1U : 0U;
    }
}

}  // namespace sim::soak
