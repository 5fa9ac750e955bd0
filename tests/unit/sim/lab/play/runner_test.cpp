#include "sim/lab/play/runner.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "sim/lab/play/report.hpp"
#include "sim/lab/world/scratch.hpp"

using namespace sim::lab;

namespace {

void write(const std::string& path, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path) << text;
}

std::string scenario(const std::string& title, const std::string& tags) {
    return "scenario: " + title + "\ntags: [" + tags + "]\nfirewalls: {hq: {}}\nsteps: []\n";
}

/// Three scenarios and a file that is none.
struct Folder {
    Scratch scratch = std::move(*Scratch::make());
    Folder() {
        write(at("batching/burst.yaml"), scenario("A burst", "batching"));
        write(at("faults/lock.yaml"), scenario("A lock", "faults, locks"));
        write(at("faults/broken.yaml"), "scenario: A broken one\nfirewals: {}\n");
        write(at("payloads/one.xml"), "<alerts/>");
    }
    std::string at(const std::string& name) const { return scratch.path() + "/" + name; }
};

Outcome passes(const Scenario& scenario, const std::string&) {
    Outcome outcome;
    outcome.title = scenario.title;
    return outcome;
}

Summary run(const RunOptions& options) {
    const auto files = find_scenarios(options.paths);
    REQUIRE(files);
    return run_all(*files, options, passes, {}, [](const auto&, const auto&) {});
}

}  // namespace

TEST_CASE("runner: a folder's scenarios are found in the order of their names", "[lab]") {
    const Folder folder;

    const auto found = find_scenarios({folder.scratch.path()});

    REQUIRE(found);
    REQUIRE(found->size() == 3);
    CHECK((*found)[0].name == "batching/burst");
    CHECK((*found)[1].name == "faults/broken");
    CHECK((*found)[2].name == "faults/lock");
}

TEST_CASE("runner: files of incidents in a folder of that name are no scenarios", "[lab]") {
    const Folder folder;
    std::filesystem::create_directories(folder.at("faults/incidents"));
    std::ofstream(folder.at("faults/incidents/zip.yaml")) << "incidents: []\n";

    const auto found = find_scenarios({folder.scratch.path()});

    REQUIRE(found);
    CHECK(found->size() == 3);
}

TEST_CASE("runner: a path that is not there is an error, a folder without scenarios too", "[lab]") {
    const Folder folder;

    CHECK_THAT(find_scenarios({folder.at("nothing")}).error(), Catch::Contains("there is no such file or folder"));
    CHECK_THAT(find_scenarios({folder.at("payloads")}).error(), Catch::Contains("no scenario"));
}

TEST_CASE("runner: a file that is no scenario counts as failed, whatever is selected", "[lab]") {
    const Folder folder;
    RunOptions options;
    options.paths = {folder.scratch.path()};
    options.tags = {"locks"};
    options.jobs = 3;

    const Summary summary = run(options);

    REQUIRE(summary.outcomes.size() == 2);
    CHECK(summary.count(Result::passed) == 1);
    CHECK(summary.count(Result::failed) == 1);
    CHECK_THAT(summary.outcomes[0].second.message, Catch::Contains("did you mean 'firewalls'?"));
    CHECK_THAT(closing_line(summary), Catch::StartsWith("1 passed, 1 failed in"));
}

TEST_CASE("runner: a name is a glob over title and file, in any case", "[lab]") {
    Scenario scenario;
    scenario.title = "A burst of callbacks costs two commits";
    const auto matches = [&](const std::string& glob) {
        RunOptions options;
        options.name_glob = glob;
        return chosen(options, scenario, "batching/burst");
    };

    CHECK(matches("*CALLBACKS*"));
    CHECK(matches("batching/*"));
    CHECK_FALSE(matches("burst"));
}

TEST_CASE("runner: after a stop request no further scenario begins", "[lab]") {
    const Folder folder;
    RunOptions options;
    options.paths = {folder.at("batching"), folder.at("faults/lock.yaml")};
    const auto files = find_scenarios(options.paths);
    REQUIRE(files);
    std::stop_source stop;
    std::atomic<int> played{0};
    const Stage stage = [&](const Scenario& scenario, const std::string& name) {
        ++played;
        stop.request_stop();
        return passes(scenario, name);
    };

    const Summary summary = run_all(*files, options, stage, stop.get_token(), [](const auto&, const auto&) {});

    CHECK(played == 1);
    CHECK(summary.interrupted);
}

TEST_CASE("report: what is hostile to XML is escaped, failures carry what was seen", "[lab]") {
    Summary summary;
    Outcome outcome;
    outcome.result = Result::failed;
    outcome.title = "A <title> & \"more\"";
    outcome.where = "s.yaml:3: expect: {}";
    outcome.message = "1 of 2 not blocked\x01";
    outcome.story = {{std::chrono::milliseconds(12), Party::firewall, "hq", "set -> success 20"}};
    summary.outcomes.emplace_back(FoundFile{"s.yaml", "x/s"}, outcome);

    const std::string junit = junit_report(summary, 7);
    const std::string json = json_report(summary, 7);

    CHECK_THAT(junit, Catch::Contains("A &lt;title&gt; &amp; &quot;more&quot;") &&
                          Catch::Contains("1 of 2 not blocked?") && Catch::Contains("failures=\"1\"") &&
                          Catch::Contains("set -&gt; success 20") && Catch::Contains("value=\"7\""));
    CHECK_THAT(json, Catch::Contains("\"failed\":1") && Catch::Contains("\"what\":\"set -> success 20\""));
    CHECK_THAT(told_on_terminal(summary.outcomes[0].first, outcome),
               Catch::Contains("seen: 1 of 2 not blocked") && Catch::Contains("firewall  hq"));
}
