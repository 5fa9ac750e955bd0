// A real file system that is full, or read-only: a small tmpfs in a mount namespace of the test's own, which goes with
// the process whatever becomes of it. Where the kernel does not let this user make one, these tests say so and end.
#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <functional>
#include <thread>

#include "store_case.hpp"

using namespace store_case;

namespace {

constexpr const char* not_permitted = "no mount namespace here";

/// Runs `story` in a process that has a tmpfs of 2 MiB at the directory; gives what it says went wrong, or "".
std::string on_a_small_disk(const Directory& directory, const std::function<std::string(const std::string&)>& story) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        std::string said = not_permitted;
        const std::string place = directory.path();
        if ((::unshare(CLONE_NEWNS) == 0 || ::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0) &&
            ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
            ::mount("tmpfs", place.c_str(), "tmpfs", 0, "size=2m,mode=700") == 0) {
            said = story(place);
        }
        static_cast<void>(!::write(ends[1], said.data(), said.size()));
        ::_exit(0);
    }
    ::close(ends[1]);
    std::string said(4096, '\0');
    const ssize_t size = ::read(ends[0], said.data(), said.size());
    said.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 0));
    return said;
}

/// Takes all the room that is left.
void fill(const std::string& file) {
    const int filler = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    const std::string much(4096, 'f');
    while (::write(filler, much.data(), much.size()) > 0) {
    }
    ::close(filler);
}

}  // namespace

TEST_CASE("real disk: a full one is told, loses nothing, and takes alerts again when there is room", "[store][fault]") {
    const Directory directory;
    const std::string seen = on_a_small_disk(directory, [](const std::string& place) -> std::string {
        const std::string path = place + "/bridge.db";
        std::vector<std::string> troubles;
        auto store = SqliteStore::open(
            {.path = path, .retry_pause = 1ms, .on_trouble = [&](const std::string& why) { troubles.push_back(why); }});
        if (!store) {
            return store.error().detail;
        }
        if (const auto first = accept(**store, acceptance("nx1/1", {"203.0.113.5"})); !first) {
            return "before: " + first.error().detail;
        }
        fill(place + "/filler");
        (*store)->record({{"hq", *Indicator::parse("203.0.113.5"), BlockState::enforced, "recorded in trouble"}});
        for (int i = 0; i < 20; ++i) {
            const auto full = accept(**store, acceptance("nx1/full", {}, std::string(200'000, 'x')));
            if (full) {
                return "a full disk took 200 kB";
            }
            if (full.error().detail.find(path) != 0 || full.error().detail.find("no room left") == std::string::npos) {
                return "told: " + full.error().detail;
            }
        }
        ::unlink((place + "/filler").c_str());
        if (const auto after = accept(**store, acceptance("nx1/2")); !after) {
            return "after: " + after.error().detail;
        }
        if (!(*store)->trouble().empty()) {
            return "still in trouble: " + (*store)->trouble();
        }
        store->reset();
        if (troubles.size() != 2 || !troubles.back().empty()) {
            return fmt::format("told of {} changes", troubles.size());
        }
        auto again = SqliteStore::open({.path = path});
        if (!again) {
            return again.error().detail;
        }
        const auto blocks = (*again)->load_blocks();
        if (!blocks || blocks->size() != 1 || blocks->front().reason != "recorded in trouble") {
            return "the recorded state is lost";
        }
        return (*again)->newest_alerts(10)->size() == 2 ? "" : "alerts are lost";
    });
    if (seen == not_permitted) {
        WARN(seen << "; not tried");
        return;
    }
    CHECK(seen == "");
}

TEST_CASE("real disk: a read-only one stops the start with file, reason and mend", "[store][fault]") {
    const Directory directory;
    const std::string seen = on_a_small_disk(directory, [](const std::string& place) -> std::string {
        const std::string path = place + "/bridge.db";
        if (auto store = SqliteStore::open({.path = path}); !store || !accept(**store, acceptance("nx1/1"))) {
            return "before";
        }
        if (::mount("none", place.c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) != 0) {
            return std::string("remount: ") + std::strerror(errno);
        }
        const auto refused = SqliteStore::open({.path = path});
        if (refused) {
            return "opened on a read-only disk";
        }
        if (refused.error().detail.find(path) != 0 || refused.error().detail.find("may write") == std::string::npos) {
            return "told: " + refused.error().detail;
        }
        if (::mount("none", place.c_str(), nullptr, MS_REMOUNT, "size=2m") != 0) {
            return std::string("remount: ") + std::strerror(errno);
        }
        auto again = SqliteStore::open({.path = path});
        return again && (*again)->newest_alerts(10)->size() == 1 ? "" : "the old file is not as it was";
    });
    if (seen == not_permitted) {
        WARN(seen << "; not tried");
        return;
    }
    CHECK(seen == "");
}
