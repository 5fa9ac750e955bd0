#include "sim/soak/judge/growth.hpp"

#include <catch2/catch.hpp>

using namespace sim::soak;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

/// Ten minutes, of which all are judged: level memory and threads.
Result some_result() {
    Result result;
    result.question.duration = 10min;
    result.question.judged_parts = 10;
    result.question.firewalls = 3;
    result.alerts = 1000;
    result.descriptors_left = 8;
    for (Micros at{0}; at < 10min; at += 1s) {
        result.samples.push_back({at, 0, 50U << 20U, 5});
    }
    return result;
}

std::vector<std::string> found(Result& result) {
    std::vector<std::string> all;
    judge_growth(result, [&all](std::string text) { all.push_back(std::move(text)); });
    return all;
}

std::vector<std::string> storm(FirewallSeen& firewall, std::size_t incidents) {
    std::vector<std::string> all;
    judge_commits(firewall, incidents, 100s, 5s, [&all](std::string text) { all.push_back(std::move(text)); });
    return all;
}

}  // namespace

TEST_CASE("what stays level is no finding") {
    Result result = some_result();
    CHECK(found(result).empty());
    REQUIRE(result.resident);
    CHECK(result.threads_rise == 0.0);
}

TEST_CASE("memory that rises is told, unless it is not to be judged") {
    Result result = some_result();
    for (std::size_t i = 0; i < result.samples.size(); ++i) {
        result.samples[i].resident_bytes += i * 100'000;
    }
    REQUIRE(found(result).size() == 1);
    CHECK_THAT(found(result)[0], Contains("memory is not flat"));
    result.question.flat_within = 0;
    CHECK(found(result).empty());
}

TEST_CASE("threads that do not go away are told, and so is a soak with too few samples") {
    Result more = some_result();
    for (std::size_t i = 300; i < more.samples.size(); ++i) {
        more.samples[i].threads = 6;
    }
    REQUIRE(found(more).size() == 1);
    CHECK_THAT(found(more)[0], Contains("+1 threads"));
    Result few = some_result();
    few.samples.clear();
    REQUIRE(found(few).size() == 1);
    CHECK_THAT(found(few)[0], Contains("too few samples"));
}

TEST_CASE("descriptors may be two for each firewall and two more") {
    Result result = some_result();
    result.descriptors_left = 9;
    REQUIRE(found(result).size() == 1);
    CHECK_THAT(found(result)[0], Contains("+9 descriptors") && Contains("8 are explained"));
    result.descriptors_left.reset();
    CHECK_THAT(found(result)[0], Contains("does not tell"));
}

TEST_CASE("the store may have what its alerts need, and its log what the bridge lets it have") {
    Result result = some_result();
    result.files.database_most = (4U << 20U) + 2560U * 1000U;
    result.files.log_most = 64U << 20U;
    CHECK(found(result).empty());
    ++result.files.database_most;
    CHECK(found(result).size() == 1);
    --result.files.database_most;
    ++result.files.log_most;
    CHECK(found(result).size() == 1);
}

TEST_CASE("commits are a storm when more are made than fit one after the other and incidents explain") {
    FirewallSeen firewall;
    firewall.commits = 20 + 2 * 3 + 2;
    firewall.empty = 2 * 3 + 2;
    CHECK(storm(firewall, 3).empty());
    CHECK(firewall.commits_max == 28);
    CHECK(firewall.empty_max == 8);
    ++firewall.commits;
    CHECK(storm(firewall, 3).size() == 1);
    --firewall.commits;
    ++firewall.empty;
    REQUIRE(storm(firewall, 3).size() == 1);
    CHECK_THAT(storm(firewall, 3)[0], Contains("28 commits, 9 of them empty"));
}
