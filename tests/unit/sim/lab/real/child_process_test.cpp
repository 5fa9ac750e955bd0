#include "sim/lab/real/child_process.hpp"

#include <signal.h>
#include <catch2/catch.hpp>
#include <mutex>

using namespace std::chrono_literals;
using namespace sim::lab;

namespace {

/// A program made of shell: what it says, when it is ready, how it ends.
Launch shell(const std::string& script) {
    Launch launch;
    launch.program = "/bin/sh";
    launch.arguments = {"-c", script, "sh", "{ready}"};
    launch.directory = "/";
    launch.patience = 20s;
    return launch;
}

/// Waits for SIGTERM; its own child must not outlive it.
std::string until_term(const std::string& then) {
    return "sleep 1000 >/dev/null 2>&1 3>&- & trap 'kill $!; " + then + "' TERM; echo ready >&$1; wait";
}

}  // namespace

TEST_CASE("child: it is started when it has said that it is ready", "[lab]") {
    const auto child = ChildProcess::start(shell("echo '{\"a\":1}' >&$1; exec sleep 1000"));

    REQUIRE(child);
    CHECK((*child)->ready_line() == "{\"a\":1}");
    Ending ending;
    CHECK_FALSE((*child)->gone(ending));
}

TEST_CASE("child: one that ends before it is ready is an error with its last words", "[lab]") {
    const auto child = ChildProcess::start(shell("echo 'no such key: polcy' >&2; exit 3"));

    REQUIRE_FALSE(child);
    CHECK_THAT(child.error(), Catch::Contains("exit code 3") && Catch::Contains("no such key: polcy"));
}

TEST_CASE("child: one that never gets ready is killed when the patience is over", "[lab]") {
    Launch launch = shell("exec sleep 1000");
    launch.patience = 50ms;

    const auto child = ChildProcess::start(std::move(launch));

    REQUIRE_FALSE(child);
    CHECK_THAT(child.error(), Catch::Contains("was not ready within 50 ms"));
}

TEST_CASE("child: a program that is not there is an error that names it", "[lab]") {
    Launch launch = shell("");
    launch.program = "/no/such/bridge";

    const auto child = ChildProcess::start(std::move(launch));

    REQUIRE_FALSE(child);
    CHECK_THAT(child.error(), Catch::Contains("/no/such/bridge") && Catch::Contains("cannot be run"));
}

TEST_CASE("child: SIGTERM ends it, and how it ended is told", "[lab]") {
    const auto child = ChildProcess::start(shell(until_term("exit 0")));
    REQUIRE(child);

    const auto ending = (*child)->stop(20s);

    REQUIRE(ending);
    CHECK(ending->clean());
}

TEST_CASE("child: an exit code other than 0 is no clean end", "[lab]") {
    const auto child = ChildProcess::start(shell(until_term("exit 4")));
    REQUIRE(child);

    const auto ending = (*child)->stop(20s);

    REQUIRE(ending);
    CHECK_FALSE(ending->clean());
    CHECK(ending->text() == "exit code 4");
}

TEST_CASE("child: SIGKILL leaves no process behind", "[lab]") {
    const auto child = ChildProcess::start(shell("echo ready >&$1; exec sleep 1000"));
    REQUIRE(child);
    const int pid = (*child)->pid();

    (*child)->kill();

    CHECK(::kill(pid, 0) != 0);
}

TEST_CASE("child: each line of its output is heard, the last one too", "[lab]") {
    std::mutex mutex;
    std::vector<std::string> heard;
    Launch launch = shell("echo one; echo two >&2; printf three; echo ready >&$1; exec sleep 1000");
    launch.on_line = [&](const std::string& line) {
        const std::lock_guard guard(mutex);
        heard.push_back(line);
    };
    const auto child = ChildProcess::start(std::move(launch));
    REQUIRE(child);

    (*child)->kill();

    CHECK(heard == std::vector<std::string>{"one", "two", "three"});
}
