// One story of a store, told again and again on a disk that fails at another place each time; and what must hold after
// it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "bridge/store/crash/disk.hpp"
#include "store_case.hpp"

namespace store_case {

using bridge::store::crash::Disk;
using bridge::store::crash::DiskFault;

struct Story {
    std::set<std::string> acknowledged;  // identities
    std::set<std::string> refused;
    std::vector<std::string> errors;  // that were told
    bool opened = false;

    /// Everything that a store does, in an order that never changes. `heal` is called before each try that comes after
    /// a failure.
    void tell(
        const std::string& path, const std::function<void()>& heal = [] {}) {
        const auto open = [&] {
            return SqliteStore::open({.path = path, .retry_pause = 1ms, .keeping = {.payloads = 0ms, .alerts = 0ms}});
        };
        auto store = open();
        if (!store) {
            errors.push_back(store.error().detail);
            heal();
            store = open();
        }
        if (!store) {
            errors.push_back(store.error().detail);
            return;
        }
        opened = true;
        for (int i = 1; i <= 8; ++i) {
            const std::string identity = "nx1/" + std::to_string(i);
            const std::string address = "203.0.113." + std::to_string(i);
            take(**store, acceptance(identity, {address}, std::string(static_cast<std::size_t>(i) * 3000, 'p')));
            (*store)->record({{"hq", *Indicator::parse(address), BlockState::pushed, ""},
                              {"hq", *Indicator::parse(address), BlockState::enforced, ""}});
        }
        heal();
        take(**store, acceptance("nx1/last", {"203.0.113.99"}));
    }

    void take(Store& store, const Acceptance& what) {
        const auto outcome = accept(store, what);
        const std::string& identity = what.alerts.front().identity;
        if (outcome) {
            acknowledged.insert(identity);
        } else {
            refused.insert(identity);
            errors.push_back(outcome.error().detail);
        }
    }
};

/// With a whole disk: what was acknowledged is there with its block, and of what was refused, all or nothing.
inline void check_kept(const std::string& path, const Story& story) {
    const auto store = opened({.path = path});
    const auto rows = store->newest_alerts(100);
    const auto blocks = store->load_blocks();
    REQUIRE(rows);
    REQUIRE(blocks);
    std::set<std::string> alerts;
    for (const JournalRow& row : *rows) {
        alerts.insert(row.entry.identity);
        const auto notification = store->notification_of(row.number);
        REQUIRE(notification);
        CHECK(notification->has_value());
    }
    std::set<std::string> blocked;
    for (const Block& block : *blocks) {
        blocked.insert(block.alert);
        CHECK(is_desired(block.state));
    }
    CHECK(alerts == blocked);
    for (const std::string& identity : story.acknowledged) {
        INFO("acknowledged " << identity);
        CHECK(alerts.contains(identity));
    }
    for (const std::string& identity : alerts) {
        CHECK((story.acknowledged.contains(identity) || story.refused.contains(identity)));
    }
    CHECK(accept(*store, acceptance("nx1/after", {"203.0.113.100"})));
}

}  // namespace store_case
