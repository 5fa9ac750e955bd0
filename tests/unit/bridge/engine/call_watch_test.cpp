#include "bridge/engine/call_watch.hpp"

#include <catch2/catch.hpp>

using namespace bridge::domain;
using namespace bridge::engine;
using namespace std::chrono_literals;

namespace {

class Seen : public ObserverList {
public:
    void on_call(const CallSeen& seen) override {
        calls.emplace_back(seen.kind);
        failure = seen.failure;
        call_took = seen.took;
    }
    void on_commit(const CommitSeen& seen) override {
        commits.push_back(seen.succeeded);
        details = seen.details;
        commit_took = seen.took;
    }
    void on_trouble(std::string_view, std::string_view why) override { troubles.emplace_back(why); }

    std::vector<std::string> calls;
    std::optional<Errc> failure;
    std::chrono::milliseconds call_took{};
    std::vector<bool> commits;
    std::string details;
    std::chrono::milliseconds commit_took{};
    std::vector<std::string> troubles;
};

JobSeen job(JobSeen::State state, std::optional<std::chrono::seconds> took = {}) {
    return {state, 100, took, "Validation Error"};
}

}  // namespace

TEST_CASE("a call is told with its kind, its time and why it failed") {
    Seen seen;
    CallWatch watch("hq", seen);
    watch.begins(ReadObjects{}, Instant(1s));
    watch.ends(failed(Errc::busy, "later"), Instant(3s));
    CHECK(seen.calls == std::vector<std::string>{"read objects"});
    CHECK(seen.failure == Errc::busy);
    CHECK(seen.call_took == 2s);
}

TEST_CASE("a commit is told when its job is over, from the call that started it, however often the job was looked at") {
    Seen seen;
    CallWatch watch("hq", seen);
    watch.begins(StartCommit{"x"}, Instant(1s));
    watch.ends(Reply(CommitAnswered{7}), Instant(2s));
    watch.begins(ReadJob{7}, Instant(5s));
    watch.ends(Reply(job(JobSeen::State::running)), Instant(6s));
    CHECK(seen.commits.empty());
    watch.begins(ReadJob{7}, Instant(10s));
    watch.ends(Reply(job(JobSeen::State::succeeded)), Instant(11s));
    CHECK(seen.commits == std::vector<bool>{true});
    CHECK(seen.commit_took == 10s);
}

TEST_CASE("where the device tells how long a commit took, what we saw is only an upper bound") {
    Seen seen;
    CallWatch watch("hq", seen);
    watch.begins(StartCommit{"x"}, Instant(0s));
    watch.ends(Reply(CommitAnswered{7}), Instant(1s));
    watch.begins(ReadJob{7}, Instant(60s));
    watch.ends(Reply(job(JobSeen::State::failed, 20s)), Instant(60s));
    CHECK(seen.commits == std::vector<bool>{false});
    CHECK(seen.details == "Validation Error");
    CHECK(seen.commit_took == 21s);
}

TEST_CASE("trouble is told when it begins, changes and ends") {
    Seen seen;
    CallWatch watch("hq", seen);
    for (const char* const why : {"", "locked", "locked", "busy", "", ""}) {
        watch.waits(why);
    }
    CHECK(seen.troubles == std::vector<std::string>{"locked", "busy", ""});
}
