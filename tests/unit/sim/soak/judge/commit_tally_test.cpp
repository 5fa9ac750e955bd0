#include "sim/soak/judge/commit_tally.hpp"

#include <catch2/catch.hpp>

using namespace sim::soak;
using sim::panos::JobResult;
using sim::panos::RecordedCommit;

namespace {

RecordedCommit commit_of(std::string administrator, JobResult result, std::vector<std::string> added) {
    RecordedCommit commit;
    commit.administrator = std::move(administrator);
    commit.result = result;
    commit.objects_added = std::move(added);
    return commit;
}

FirewallSeen tallied(const std::vector<RecordedCommit>& commits) {
    FirewallSeen seen;
    tally_commits(commits, "firebreak", seen);
    return seen;
}

}  // namespace

TEST_CASE("commits of the bridge are counted by how they ended, a colleague's not at all") {
    const FirewallSeen seen =
        tallied({commit_of("firebreak", JobResult::ok, {"address one"}), commit_of("firebreak", JobResult::fail, {}),
                 commit_of("firebreak", JobResult::pending, {}), commit_of("dave", JobResult::ok, {})});
    CHECK(seen.commits == 3);
    CHECK(seen.ok == 1);
    CHECK(seen.failed == 1);
    CHECK(seen.empty == 0);
}

TEST_CASE("a commit is empty when it went well and changed neither objects nor groups nor anything else") {
    std::vector<RecordedCommit> commits(6, commit_of("firebreak", JobResult::ok, {}));
    commits[1].objects_added = {"address one"};
    commits[2].objects_removed = {"address one"};
    commits[3].objects_changed = {"address one"};
    commits[4].groups = {{"vsys1", "blocked", {"one"}, {}}};
    commits[5].changed_elsewhere = true;
    const FirewallSeen seen = tallied(commits);
    CHECK(seen.ok == 6);
    CHECK(seen.empty == 1);
    CHECK(tallied({commit_of("firebreak", JobResult::fail, {})}).empty == 0);
}

TEST_CASE("a tally goes on from what was counted before") {
    FirewallSeen seen;
    const std::vector<RecordedCommit> one{commit_of("firebreak", JobResult::ok, {"address one"})};
    tally_commits(one, "firebreak", seen);
    tally_commits(one, "firebreak", seen);
    CHECK(seen.commits == 2);
}
