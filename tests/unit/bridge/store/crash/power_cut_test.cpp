// The power goes at each write, sync and truncation of a store's life, and what was not synced is lost in several ways.
#include "store_story.hpp"

using namespace store_case;

namespace {

std::uint64_t changes_of(const std::string& path) {
    Disk& disk = Disk::installed();
    const std::uint64_t before = disk.changes();
    Story story;
    story.tell(path);
    return disk.changes() - before;
}

/// The story up to the cut, and what is left of it after.
Story cut_at(std::uint64_t nth, std::uint64_t seed, const std::string& path) {
    Disk& disk = Disk::installed();
    disk.strike(DiskFault::power_off, nth);
    Story story;
    story.tell(path);
    disk.restore_power(seed);
    return story;
}

}  // namespace

TEST_CASE("power cut: wherever it strikes, nothing acknowledged is lost, and the next start goes on",
          "[store][crash]") {
    const auto seed = static_cast<std::uint64_t>(GENERATE(1, 2, 3, 4));
    const Directory first;
    const std::uint64_t changes = changes_of(first.database());
    for (std::uint64_t nth = 1; nth <= changes; ++nth) {
        CAPTURE(nth, seed);
        const Directory directory;
        const Story story = cut_at(nth, seed + nth, directory.database());
        check_kept(directory.database(), story);
    }
}

TEST_CASE("power cut: strikes again while the first one is recovered from", "[store][crash]") {
    const Directory first;
    const std::uint64_t changes = changes_of(first.database());
    for (std::uint64_t nth = 5; nth <= changes; nth += 3) {
        for (const std::uint64_t again : {1U, 2U, 4U, 8U}) {
            CAPTURE(nth, again);
            const Directory directory;
            Story story = cut_at(nth, nth, directory.database());
            const Story second = cut_at(again, nth + again, directory.database());
            story.acknowledged.insert(second.acknowledged.begin(), second.acknowledged.end());
            story.refused.insert(second.refused.begin(), second.refused.end());
            check_kept(directory.database(), story);
        }
    }
}

TEST_CASE("power cut: in the middle of the log's way into the database nothing is lost", "[store][crash]") {
    // Eight hundred pages: the log moves by itself, and again when the store closes.
    const auto tell = [](const std::string& path, Story& story) {
        auto store = SqliteStore::open({.path = path, .retry_pause = 1ms, .keeping = {.payloads = 0ms, .alerts = 0ms}});
        for (int i = 1; store && i <= 20; ++i) {
            story.take(**store, acceptance("nx1/" + std::to_string(i), {"203.0.113." + std::to_string(i)},
                                           std::string(300'000, 'p')));
        }
    };
    Disk& disk = Disk::installed();
    std::uint64_t changes = disk.changes();
    {
        const Directory directory;
        Story story;
        tell(directory.database(), story);
        changes = disk.changes() - changes;
        check_kept(directory.database(), story);
    }
    REQUIRE(changes > 2000);
    for (std::uint64_t nth = 700; nth <= changes; nth += 131) {
        CAPTURE(nth, changes);
        const Directory directory;
        Story story;
        disk.strike(DiskFault::power_off, nth);
        tell(directory.database(), story);
        disk.restore_power(nth);
        check_kept(directory.database(), story);
    }
}

TEST_CASE("power cut: on a disk that lies about its syncs, acknowledged alerts are lost", "[store][crash]") {
    Disk& disk = Disk::installed();
    std::uint64_t lost = 0;
    for (std::uint64_t nth = 40; nth <= 60; ++nth) {
        const Directory directory;
        disk.ignore_syncs(true);
        const Story story = cut_at(nth, nth, directory.database());
        disk.ignore_syncs(false);
        const auto store = SqliteStore::open({.path = directory.database()});
        const std::size_t there = store ? (*store)->newest_alerts(100)->size() : 0;
        lost += there < story.acknowledged.size() ? 1U : 0U;
    }
    CHECK(lost > 5);
}
