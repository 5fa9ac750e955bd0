// Each write, sync and truncation of a store's life fails once, or ten times in a row, with a full disk or an I/O
// error.
#include <algorithm>

#include "store_story.hpp"

using namespace store_case;

namespace {

std::uint64_t changes_of_an_undisturbed_story() {
    const Directory directory;
    Disk& disk = Disk::installed();
    const std::uint64_t before = disk.changes();
    Story story;
    story.tell(directory.database());
    REQUIRE(story.acknowledged.size() == 9);
    check_kept(directory.database(), story);
    return disk.changes() - before;
}

}  // namespace

TEST_CASE("fault matrix: wherever the disk fails, nothing acknowledged is lost, and the store recovers",
          "[store][crash][fault]") {
    const auto fault = GENERATE(DiskFault::full, DiskFault::io_error);
    const auto times = static_cast<std::uint64_t>(GENERATE(1, 10));
    Disk& disk = Disk::installed();
    const std::uint64_t changes = changes_of_an_undisturbed_story();
    REQUIRE(changes > 60);
    std::uint64_t stories_with_refusals = 0;
    for (std::uint64_t nth = 1; nth <= changes; ++nth) {
        CAPTURE(static_cast<int>(fault), times, nth);
        const Directory directory;
        disk.strike(fault, nth, times);
        Story story;
        story.tell(directory.database(), [&] { disk.mend(); });
        disk.mend();
        CHECK(story.opened);
        CHECK(story.acknowledged.contains("nx1/last"));
        stories_with_refusals += story.refused.empty() ? 0U : 1U;
        for (const std::string& error : story.errors) {
            CAPTURE(error);
            CHECK(error.starts_with(directory.database() + ": "));
            CHECK((error.find("no room left; free space") != std::string::npos ||
                   error.find("look at the disk") != std::string::npos));
        }
        check_kept(directory.database(), story);
    }
    CHECK(stories_with_refusals > 20);
}

TEST_CASE("fault matrix: a disk that never heals refuses everything, and the store ends", "[store][crash][fault]") {
    const auto fault = GENERATE(DiskFault::full, DiskFault::io_error);
    Disk& disk = Disk::installed();
    for (std::uint64_t nth = 1; nth <= 120; nth += 7) {
        CAPTURE(static_cast<int>(fault), nth);
        const Directory directory;
        disk.strike(fault, nth);
        Story story;
        story.tell(directory.database());
        disk.mend();
        check_kept(directory.database(), story);
    }
}

TEST_CASE("fault matrix: tries on a broken disk are few, however many wait for them", "[store][crash][fault]") {
    const Directory directory;
    Disk& disk = Disk::installed();
    disk.mend();
    const auto store = opened({.path = directory.database(), .retry_pause = 50ms});
    REQUIRE(accept(*store, acceptance("nx1/0")));
    disk.strike(DiskFault::io_error, 1);
    const std::uint64_t before = disk.changes();
    const auto since = std::chrono::steady_clock::now();
    std::uint64_t refused = 0;
    while (refused < 5) {
        REQUIRE_FALSE(accept(*store, acceptance("nx1/" + std::to_string(refused + 1))));
        ++refused;
    }
    const auto waited = std::chrono::steady_clock::now() - since;
    disk.mend();
    CHECK(waited >= 4 * 50ms);  // each of them waited for the next try
    CHECK(disk.changes() - before <= 20);
    CHECK(accept(*store, acceptance("nx1/last")));
}
