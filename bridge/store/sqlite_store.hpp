// The store in one SQLite file. One thread writes; everything that waits for it goes into one transaction, with one
// sync, and is then told together. While one group is being synced, the next gathers.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "bridge/store/retention.hpp"
#include "bridge/store/store.hpp"

namespace bridge::store {

struct SqliteOptions {
    std::string path;

    /// Runs a task on the thread that wants the completions (EventLoop::post); called once for each group. Without it
    /// they come on the writing thread.
    std::function<void(std::function<void()>)> post{};

    std::size_t group_max = 4096;                 // acceptances and records in one transaction
    std::size_t group_bytes_max = 16U << 20U;     // payload in one transaction; a larger single one goes alone
    std::size_t waiting_bytes_max = 256U << 20U;  // payload that waits to be written; more is refused
    std::uint64_t file_bytes_max = 0;             // of the database file; 0: as long as the disk has room

    /// After a write that failed, the next try is made this much later, however many wait for it.
    std::chrono::milliseconds retry_pause{250};

    /// Why writes fail, each time that it changes, and empty when they succeed again; where completions come.
    std::function<void(const std::string&)> on_trouble{};

    Keeping keeping{};
    std::chrono::milliseconds retention_first_after = std::chrono::minutes(1);
    std::chrono::milliseconds retention_every = std::chrono::hours(1);
    std::function<domain::WallTime()> wall_clock{};  // the system's unless given
    /// What a pass of retention let go of; where completions come.
    std::function<void(const Forgotten&)> on_forgotten{};
};

/// Merging, in addition to Store::accept: `since` and `repeats` of a known block stay and count up, as in
/// domain::Ledger; a removed one begins anew. The payload is kept once for each notification that brought at least one
/// new alert (or none at all).
///
/// When a write fails, each acceptance in its group gets the error, and the appliance should send it again: nothing of
/// it is kept, or (when the sync itself failed, and the power goes right then) all of it, and what comes again is a
/// repeat. What comes next, and the records, are tried after `retry_pause`. A file that is deleted or replaced while
/// the bridge runs is such a failure, too: what is written to it would be gone.
class SqliteStore {
public:
    /// Opens or creates the file, migrates it, looks for damage. It is locked (`PATH.lock`) against a second bridge.
    /// Errors   store_failed: path, reason, mend
    static domain::Result<std::unique_ptr<Store>> open(SqliteOptions options);
};

}  // namespace bridge::store
