// A disk that loses what was not synced, for tests: an SQLite VFS over the system's own. What is written is seen by
// every connection of this process at once, as through the kernel's page cache, and reaches the file only when it is
// synced. When the power goes, the writes since the last sync are gone: all of them, or all but some, whole or torn at
// a sector, as a disk does that writes when and in what order it likes.
//
// It can also be full, fail, or say that it has synced when it has not.
//
// What it leaves out: creating and deleting a file is durable at once; locks and the shared-memory file (`-shm`, which
// SQLite rebuilds after a crash) are the system's; other processes see only what was synced.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace bridge::store::crash {

enum class DiskFault {
    none,
    full,       // SQLITE_FULL (ENOSPC) to what would grow or change a file
    io_error,   // SQLITE_IOERR to writes, syncs and truncations; what a failed sync was to write never reaches the disk
    power_off,  // every call fails from here on, until `restore_power`
};

class Disk {
public:
    /// The one of this process; it is SQLite's default VFS from the first call on.
    static Disk& installed();

    Disk(const Disk&) = delete;
    Disk& operator=(const Disk&) = delete;

    /// Says yes to each sync and does nothing: the power cut then takes everything.
    void ignore_syncs(bool ignore);

    /// Strikes from the `nth` call that changes anything (1 is the next one), `times` calls long.
    void strike(DiskFault fault, std::uint64_t nth, std::uint64_t times = UINT64_MAX);
    void mend();
    /// Calls so far that change a file: writes, syncs, truncations.
    std::uint64_t changes() const;
    /// Whether the fault that was asked for has come.
    bool struck() const;

    /// Writes to the files what a power cut now would leave in them; `seed` decides which unsynced writes survive. The
    /// process is to end right after.
    void cut_power(std::uint64_t seed);

    /// The same, and goes on as after a restart with what is left. No connection may be open.
    void restore_power(std::uint64_t seed);

    /// Before and after each sync, with "before the sync of bridge.db-wal" or "after ...", outside of any lock.
    void on_sync(std::function<void(const char*)> tell);

    /// At the end of the process, as the kernel would sooner or later.
    void write_back();

    struct File;  // of the implementation
    std::shared_ptr<File> file(const std::string& path, int& code);
    void forget(const std::string& path);
    int write(File& file, std::int64_t at, std::string_view bytes);
    int truncate(File& file, std::int64_t size);
    int sync(File& file);
    int read(File& file, std::int64_t at, char* into, std::size_t size);
    std::int64_t size(const File& file) const;
    bool has_power() const;

private:
    Disk();

    DiskFault fault_for_next_change();
    void keep_some(File& file, std::uint64_t& random, unsigned mode);

    mutable std::mutex mutex_;
    std::map<std::string, std::shared_ptr<File>> files_;  // by path
    std::function<void(const char*)> tell_;
    bool ignore_syncs_ = false;
    bool power_ = true;
    bool struck_ = false;
    std::uint64_t changes_ = 0;
    DiskFault fault_ = DiskFault::none;
    std::uint64_t fault_from_ = 0;
    std::uint64_t fault_to_ = 0;
};

}  // namespace bridge::store::crash
