// What the journal lets go of when its time is over: payloads first, then the alerts' own rows, and blocks that were
// removed long ago. It looks for them on a thread and a connection of its own; the writer deletes them, a few at a
// time, when nobody waits for it.
//
// Nothing goes that a block refers to which is not removed: `why` is answered as long as the block stands. The newest
// alert stays in any case, so that numbers only rise.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "bridge/domain/value/time.hpp"
#include "bridge/store/sqlite.hpp"

namespace bridge::store {

struct Keeping {
    std::chrono::milliseconds payloads = std::chrono::days(90);  // 0: for ever
    std::chrono::milliseconds alerts = std::chrono::days(400);   // 0: for ever; else no less than payloads
};

/// How much went.
struct Forgotten {
    std::uint64_t payloads = 0;
    std::uint64_t alerts = 0;
    std::uint64_t blocks = 0;

    Forgotten& operator+=(const Forgotten& more);
    bool nothing() const { return payloads + alerts + blocks == 0; }
};

/// A few rows whose time is over, as they were seen. What has changed since then stays.
struct Discard {
    struct Alert {
        std::int64_t number;
        std::int64_t seen;  // a repeat raises it, and may lead to a block
    };
    struct Payload {
        std::int64_t notification;
        std::vector<Alert> alerts;
    };
    struct Block {
        std::string target;
        std::string indicator;
    };
    std::vector<Payload> payloads{};
    std::vector<Alert> alerts{};
    std::vector<Block> blocks{};

    bool empty() const { return payloads.empty() && alerts.empty() && blocks.empty(); }
};

/// Deletes them, in the transaction that is open.
SqliteResult<Forgotten> erase(Connection& connection, const Discard& discard);

class Retention {
public:
    struct Options {
        std::string path;
        Keeping keeping{};
        std::chrono::milliseconds first_after = std::chrono::minutes(1);  // so that a start is not slowed down
        std::chrono::milliseconds every = std::chrono::hours(1);
        std::function<domain::WallTime()> now;
    };
    /// Writes the discard and tells how much went; nullopt when it could not be written: then the pass ends. Called on
    /// Retention's thread; returns early when the store is closing.
    using Write = std::function<std::optional<Forgotten>(Discard)>;
    /// After each pass, on Retention's thread.
    using Told = std::function<void(const Forgotten&)>;

    Retention(Options options, Write write, Told told);
    ~Retention();
    Retention(const Retention&) = delete;
    Retention& operator=(const Retention&) = delete;

private:
    void run();
    Forgotten pass();

    Options options_;
    Write write_;
    Told told_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace bridge::store
