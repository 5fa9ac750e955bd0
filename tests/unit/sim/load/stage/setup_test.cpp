#include "sim/load/stage/setup.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>

#include "sim/load/stage/process_use.hpp"
#include "temporary_folder.hpp"

using namespace sim::load;
using namespace sim::load::stage;
using namespace std::chrono_literals;
using Catch::Contains;

TEST_CASE("policy: keys of a target, named by the file", "[load][policy]") {
    const test::TemporaryFolder folder;
    const auto policy = load_policy(folder.keep("patient.yaml", "min_commit_interval: 30s\nmax_batch: 100\n"));

    REQUIRE(policy);
    CHECK(policy->name == "patient");
    CHECK(policy->min_commit_interval == 30s);
    CHECK(policy->settings.size() == 2);
}

TEST_CASE("policy: what the load sets itself, and what has no form, is named with its line", "[load][policy]") {
    const test::TemporaryFolder folder;
    const std::string file = folder.keep("bad.yaml", "settle: soon\nurl: https://192.0.2.1\nmode: dynamic\n");
    const auto policy = load_policy(file);

    REQUIRE_FALSE(policy);
    CHECK_THAT(policy.error(), Contains("bad.yaml:1") && Contains("settle"));
    CHECK_THAT(policy.error(), Contains("bad.yaml:2") && Contains("url"));
    CHECK_THAT(policy.error(), Contains("bad.yaml:3") && Contains("mode"));
    CHECK_THAT(load_policy(folder / "none.yaml").error(), Contains("none.yaml"));
}

TEST_CASE("policy: of a mode only what has a meaning in it", "[load][policy]") {
    const test::TemporaryFolder folder;
    const auto policy = load_policy(folder.keep("both.yaml", "settle: 5s\nregister_max: 100\n"));
    REQUIRE(policy);

    CHECK(for_mode(*policy, Mode::fixed).settings.front().key == "settle");
    CHECK(for_mode(*policy, Mode::dynamic).settings.front().key == "register_max");
    CHECK(for_mode(*policy, Mode::dynamic).settle == 0s);
    CHECK_FALSE(same_settings(for_mode(*policy, Mode::fixed), for_mode(*policy, Mode::dynamic)));

    const auto only_static = load_policy(folder.keep("static.yaml", "settle: 5s\n"));
    CHECK(for_mode(*only_static, Mode::dynamic).name == "-");
    CHECK(same_settings(for_mode(*only_static, Mode::dynamic), {}));
}

TEST_CASE("policy: what is of lists has a meaning there alone", "[load][policy][edl]") {
    const test::TemporaryFolder folder;
    const auto policy =
        load_policy(folder.keep("all.yaml", "settle: 5s\nregister_max: 100\nrefresh_interval: 30s\nentries_max: 9\n"));
    REQUIRE(policy);
    CHECK(policy->refresh_interval == 30s);
    const auto keys = [&](Mode mode) {
        std::string all;
        for (const yaml::Entry& each : for_mode(*policy, mode).settings) {
            all += each.key + " ";
        }
        return all;
    };

    CHECK(keys(Mode::fixed) == "settle ");
    CHECK(keys(Mode::dynamic) == "register_max ");
    CHECK(keys(Mode::edl) == "entries_max ");
    CHECK(keys(Mode::edl_refresh) == "refresh_interval entries_max ");
    CHECK(for_mode(*policy, Mode::edl).settle == 0s);
    CHECK_THAT(load_policy(folder.keep("bad.yaml", "refresh: {url: https://192.0.2.1}\n")).error(),
               Contains("refresh"));
}

TEST_CASE("modes: each has a name, and only that", "[load][policy]") {
    for (const Mode mode : {Mode::fixed, Mode::dynamic, Mode::edl, Mode::edl_refresh}) {
        CHECK(mode_called(name_of(mode)) == mode);
    }
    CHECK_FALSE(mode_called(""));
    CHECK_FALSE(mode_called("list"));
    CHECK(makes_commits(Mode::fixed));
    CHECK_FALSE(makes_commits(Mode::edl));
}

TEST_CASE("process use: this process has used time and memory; one that is not there tells nothing",
          "[load][process]") {
    const auto use = use_of_process(getpid());

    REQUIRE(use);
    CHECK(use->peak_bytes > 1'000'000);
    CHECK(use->cpu >= 0ms);
    CHECK_FALSE(use_of_process(-1));
}

TEST_CASE("process use: a sample is found by its whole name at the start of a line", "[load][process]") {
    const std::string page = "# HELP syncs_total of the store\nother_syncs_total 5\nsyncs_total_x 6\nsyncs_total 7\n";

    CHECK(sample_of(page, "syncs_total") == 7.0);
    CHECK_FALSE(sample_of(page, "missing"));
}
