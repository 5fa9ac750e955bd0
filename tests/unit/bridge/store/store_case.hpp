// What the tests of the store share: a directory that goes with the test, alerts and blocks, and a store that is asked
// and answers at once.
#pragma once

#include <catch2/catch.hpp>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "bridge/store/sqlite_store.hpp"
#include "temporary_folder.hpp"

namespace store_case {

using namespace bridge::store;
using namespace bridge::domain;
using namespace std::chrono_literals;

class Directory : public test::TemporaryFolder {
public:
    std::string database() const { return *this / "bridge.db"; }
};

inline const WallTime noon{1'700'000'000'000ms};

inline Block block(const std::string& address, const std::string& alert = "nx1/1") {
    return {.target = "hq",
            .indicator = *Indicator::parse(address),
            .state = BlockState::wanted,
            .reason = "malware-callback 1 from nx1",
            .alert = alert,
            .since = noon,
            .expires = noon + 24h,
            .repeats = 0};
}

/// One alert of that identity; blocks refer to it.
inline Acceptance acceptance(const std::string& identity, const std::vector<std::string>& addresses = {},
                             std::string payload = "<alerts/>", WallTime received = noon) {
    Acceptance made{.payload = std::move(payload),
                    .format = "xml-normal",
                    .peer = "192.0.2.3",
                    .received = received,
                    .alerts = {{.identity = identity,
                                .appliance = "nx1",
                                .type = "malware-callback",
                                .alert_id = identity.substr(identity.find('/') + 1),
                                .severity = "majr",
                                .decision = "{}"}},
                    .blocks = {}};
    for (const std::string& address : addresses) {
        made.blocks.push_back(block(address, identity));
    }
    return made;
}

inline Result<Accepted> accept(Store& store, Acceptance what) {
    std::promise<Result<Accepted>> told;
    store.accept(std::move(what), [&](Result<Accepted> outcome) { told.set_value(std::move(outcome)); });
    return told.get_future().get();
}

inline std::unique_ptr<Store> opened(SqliteOptions options) {
    auto store = SqliteStore::open(std::move(options));
    if (!store) {
        FAIL(store.error().detail);
    }
    return std::move(*store);
}

}  // namespace store_case
