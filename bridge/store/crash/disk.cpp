#include "bridge/store/crash/disk.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <new>

namespace bridge::store::crash {

namespace {

constexpr std::size_t sector_bytes = 512;

struct Change {
    std::int64_t at = 0;
    std::string bytes;
    bool truncation = false;  // to `at`
};

std::uint64_t draw(std::uint64_t& state) {
    // SplitMix64: any seed will do, and the same one gives the same disk.
    std::uint64_t z = (state += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
}

void change_text(std::string& content, const Change& change) {
    const auto at = static_cast<std::size_t>(change.at);
    if (change.truncation) {
        content.resize(at, '\0');
        return;
    }
    content.resize(std::max(content.size(), at + change.bytes.size()), '\0');
    content.replace(at, change.bytes.size(), change.bytes);
}

}  // namespace

struct Disk::File {
    std::string path;
    std::string name;  // without the folder
    int descriptor = -1;
    std::string seen;                // what the process sees
    std::vector<Change> unsynced{};  // in order; the file has what came before

    explicit File(std::string where)
        : path(std::move(where)), name(path.substr(path.rfind('/') == std::string::npos ? 0 : path.rfind('/') + 1)) {}
    ~File() {
        if (descriptor >= 0) {
            ::close(descriptor);
        }
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    bool load() {
        descriptor = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
        struct stat status {};
        if (descriptor < 0 || ::fstat(descriptor, &status) != 0) {
            return false;
        }
        seen.resize(static_cast<std::size_t>(status.st_size));
        return ::pread(descriptor, seen.data(), seen.size(), 0) == static_cast<ssize_t>(seen.size());
    }

    bool put(const Change& change) const {
        if (change.truncation) {
            return ::ftruncate(descriptor, change.at) == 0;
        }
        return ::pwrite(descriptor, change.bytes.data(), change.bytes.size(), change.at) ==
               static_cast<ssize_t>(change.bytes.size());
    }

    bool put_all() {
        const bool done = std::all_of(unsynced.begin(), unsynced.end(), [this](const Change& c) { return put(c); });
        unsynced.clear();
        return done;
    }
};

// ---- the disk

void Disk::ignore_syncs(bool ignore) {
    const std::lock_guard lock(mutex_);
    ignore_syncs_ = ignore;
}

void Disk::strike(DiskFault fault, std::uint64_t nth, std::uint64_t times) {
    const std::lock_guard lock(mutex_);
    fault_ = fault;
    struck_ = false;
    fault_from_ = changes_ + nth;
    fault_to_ = times > UINT64_MAX - fault_from_ ? UINT64_MAX : fault_from_ + times;
}

void Disk::mend() {
    const std::lock_guard lock(mutex_);
    fault_ = DiskFault::none;
}

std::uint64_t Disk::changes() const {
    const std::lock_guard lock(mutex_);
    return changes_;
}

bool Disk::struck() const {
    const std::lock_guard lock(mutex_);
    return struck_;
}

bool Disk::has_power() const {
    const std::lock_guard lock(mutex_);
    return power_;
}

void Disk::on_sync(std::function<void(const char*)> tell) {
    const std::lock_guard lock(mutex_);
    tell_ = std::move(tell);
}

/// Mode 0: no unsynced write survives. 1: each does by the toss of a coin. 2: all do but the last, which is torn.
void Disk::keep_some(File& file, std::uint64_t& random, unsigned mode) {
    for (std::size_t i = 0; i < file.unsynced.size(); ++i) {
        Change& change = file.unsynced[i];
        const bool is_last = i + 1 == file.unsynced.size();
        const bool survives = mode == 2 || (mode == 1 && draw(random) % 2 == 0);
        if (!survives) {
            continue;
        }
        const bool torn = !change.truncation && (mode == 2 ? is_last : draw(random) % 4 == 0);
        if (torn) {
            const std::size_t sectors = change.bytes.size() / sector_bytes;
            change.bytes.resize(sectors == 0 ? 0 : draw(random) % sectors * sector_bytes);
        }
        file.put(change);
    }
    file.unsynced.clear();
}

void Disk::cut_power(std::uint64_t seed) {
    const std::lock_guard lock(mutex_);
    power_ = false;
    std::uint64_t random = seed;
    const auto mode = static_cast<unsigned>(draw(random) % 3);
    for (auto& [path, file] : files_) {
        keep_some(*file, random, mode);
    }
}

void Disk::restore_power(std::uint64_t seed) {
    cut_power(seed);
    const std::lock_guard lock(mutex_);
    files_.clear();
    power_ = true;
    fault_ = DiskFault::none;
}

void Disk::write_back() {
    const std::lock_guard lock(mutex_);
    for (auto& [path, file] : files_) {
        if (power_) {
            file->put_all();
        }
    }
}

/// With the lock held.
DiskFault Disk::fault_for_next_change() {
    ++changes_;
    if (!power_) {
        return DiskFault::power_off;
    }
    if (fault_ == DiskFault::none || changes_ < fault_from_ || changes_ >= fault_to_) {
        return DiskFault::none;
    }
    struck_ = true;
    power_ = fault_ != DiskFault::power_off;
    return fault_;
}

std::shared_ptr<Disk::File> Disk::file(const std::string& path, int& code) {
    const std::lock_guard lock(mutex_);
    code = SQLITE_OK;
    auto& file = files_[path];
    if (file == nullptr) {
        file = std::make_shared<File>(path);
        if (!file->load()) {
            files_.erase(path);
            code = SQLITE_CANTOPEN;
            return nullptr;
        }
    }
    return file;
}

void Disk::forget(const std::string& path) {
    const std::lock_guard lock(mutex_);
    files_.erase(path);
}

int Disk::write(File& file, std::int64_t at, std::string_view bytes) {
    const std::lock_guard lock(mutex_);
    switch (fault_for_next_change()) {
        case DiskFault::none:
            break;
        case DiskFault::full:
            return SQLITE_FULL;
        case DiskFault::io_error:
        case DiskFault::power_off:
            return SQLITE_IOERR_WRITE;
    }
    file.unsynced.push_back({at, std::string(bytes)});
    change_text(file.seen, file.unsynced.back());
    return SQLITE_OK;
}

int Disk::truncate(File& file, std::int64_t size) {
    const std::lock_guard lock(mutex_);
    if (const DiskFault fault = fault_for_next_change(); fault != DiskFault::none && fault != DiskFault::full) {
        return SQLITE_IOERR_TRUNCATE;
    }
    file.unsynced.push_back({size, {}, true});
    change_text(file.seen, file.unsynced.back());
    return SQLITE_OK;
}

int Disk::sync(File& file) {
    std::function<void(const char*)> tell;
    {
        const std::lock_guard lock(mutex_);
        tell = tell_;
    }
    if (tell) {
        tell(fmt::format("before the sync of {}", file.name).c_str());
    }
    {
        const std::lock_guard lock(mutex_);
        const DiskFault fault = fault_for_next_change();
        if (fault == DiskFault::power_off) {
            return SQLITE_IOERR_FSYNC;
        }
        if (fault == DiskFault::io_error) {
            // As Linux does it: the pages are marked clean, and the next sync knows nothing of them.
            file.unsynced.clear();
            return SQLITE_IOERR_FSYNC;
        }
        if (!ignore_syncs_ && !file.put_all()) {
            return SQLITE_IOERR_FSYNC;
        }
    }
    if (tell) {
        tell(fmt::format("after the sync of {}", file.name).c_str());
    }
    return SQLITE_OK;
}

int Disk::read(File& file, std::int64_t at, char* into, std::size_t size) {
    const std::lock_guard lock(mutex_);
    if (!power_) {
        return SQLITE_IOERR_READ;
    }
    const auto begin = std::min(static_cast<std::size_t>(at), file.seen.size());
    const auto there = std::min(size, file.seen.size() - begin);
    std::copy_n(file.seen.data() + begin, there, into);
    std::fill_n(into + there, size - there, '\0');
    return there == size ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

std::int64_t Disk::size(const File& file) const {
    const std::lock_guard lock(mutex_);
    return static_cast<std::int64_t>(file.seen.size());
}

// ---- the same as SQLite sees it

namespace {

/// SQLite gives the memory: this, and behind it the handle of the system's VFS.
struct Handle {
    sqlite3_file base;
    std::shared_ptr<Disk::File> file;
};

Handle& ours(sqlite3_file* file) {
    return *reinterpret_cast<Handle*>(file);
}

sqlite3_file* real(sqlite3_file* file) {
    return reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + sizeof(Handle));
}

sqlite3_vfs* system_vfs() {
    static sqlite3_vfs* const vfs = sqlite3_vfs_find("unix");
    return vfs;
}

int on_close(sqlite3_file* file) {
    const int code = real(file)->pMethods->xClose(real(file));
    ours(file).file.~shared_ptr();
    return code;
}

int on_control(sqlite3_file* file, int operation, void* argument) {
    switch (operation) {
        case SQLITE_FCNTL_SIZE_HINT:  // would change the file behind our back
        case SQLITE_FCNTL_CHUNK_SIZE:
        case SQLITE_FCNTL_MMAP_SIZE:
            return SQLITE_NOTFOUND;
        default:
            return real(file)->pMethods->xFileControl(real(file), operation, argument);
    }
}

const sqlite3_io_methods& methods() {
    static const sqlite3_io_methods table = [] {
        sqlite3_io_methods m{};
        m.iVersion = 2;  // without xFetch: no memory-mapped pages
        m.xClose = on_close;
        m.xRead = [](sqlite3_file* f, void* into, int size, sqlite3_int64 at) {
            return Disk::installed().read(*ours(f).file, at, static_cast<char*>(into), static_cast<std::size_t>(size));
        };
        m.xWrite = [](sqlite3_file* f, const void* from, int size, sqlite3_int64 at) {
            return Disk::installed().write(*ours(f).file, at,
                                           {static_cast<const char*>(from), static_cast<std::size_t>(size)});
        };
        m.xTruncate = [](sqlite3_file* f, sqlite3_int64 size) {
            return Disk::installed().truncate(*ours(f).file, size);
        };
        m.xSync = [](sqlite3_file* f, int) { return Disk::installed().sync(*ours(f).file); };
        m.xFileSize = [](sqlite3_file* f, sqlite3_int64* size) {
            *size = Disk::installed().size(*ours(f).file);
            return SQLITE_OK;
        };
        m.xLock = [](sqlite3_file* f, int level) { return real(f)->pMethods->xLock(real(f), level); };
        m.xUnlock = [](sqlite3_file* f, int level) { return real(f)->pMethods->xUnlock(real(f), level); };
        m.xCheckReservedLock = [](sqlite3_file* f, int* held) {
            return real(f)->pMethods->xCheckReservedLock(real(f), held);
        };
        m.xFileControl = on_control;
        m.xSectorSize = [](sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); };
        m.xDeviceCharacteristics = [](sqlite3_file* f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); };
        m.xShmMap = [](sqlite3_file* f, int region, int size, int extend, void volatile** out) {
            return real(f)->pMethods->xShmMap(real(f), region, size, extend, out);
        };
        m.xShmLock = [](sqlite3_file* f, int offset, int n, int flags) {
            return real(f)->pMethods->xShmLock(real(f), offset, n, flags);
        };
        m.xShmBarrier = [](sqlite3_file* f) { real(f)->pMethods->xShmBarrier(real(f)); };
        m.xShmUnmap = [](sqlite3_file* f, int remove) { return real(f)->pMethods->xShmUnmap(real(f), remove); };
        return m;
    }();
    return table;
}

int on_open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    constexpr int kept = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL;
    if (name == nullptr || (flags & kept) == 0) {
        return system_vfs()->xOpen(system_vfs(), name, file, flags, out_flags);  // nobody wants it after a crash
    }
    file->pMethods = nullptr;
    if (!Disk::installed().has_power()) {
        return SQLITE_CANTOPEN;
    }
    int code = system_vfs()->xOpen(system_vfs(), name, real(file), flags, out_flags);
    if (code != SQLITE_OK) {
        return code;
    }
    auto kept_file = Disk::installed().file(name, code);
    if (code != SQLITE_OK) {
        real(file)->pMethods->xClose(real(file));
        return code;
    }
    new (&ours(file).file) std::shared_ptr<Disk::File>(std::move(kept_file));
    file->pMethods = &methods();
    return SQLITE_OK;
}

int on_delete(sqlite3_vfs*, const char* name, int sync_folder) {
    if (!Disk::installed().has_power()) {
        return SQLITE_IOERR_DELETE;
    }
    Disk::installed().forget(name);
    return system_vfs()->xDelete(system_vfs(), name, sync_folder);
}

}  // namespace

Disk& Disk::installed() {
    static Disk* const disk = new Disk;  // outlives every static connection
    return *disk;
}

Disk::Disk() {
    static sqlite3_vfs vfs = *system_vfs();
    vfs.pNext = nullptr;
    vfs.zName = "firebreak-losing-disk";
    vfs.szOsFile = static_cast<int>(sizeof(Handle)) + system_vfs()->szOsFile;
    vfs.xOpen = on_open;
    vfs.xDelete = on_delete;
    sqlite3_vfs_register(&vfs, 1);
}

}  // namespace bridge::store::crash
