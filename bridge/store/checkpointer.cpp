#include "bridge/store/checkpointer.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "bridge/store/durable_step.hpp"
#include "bridge/store/sqlite.hpp"

namespace bridge::store {
namespace {

// A pass of 4 MiB takes tens of milliseconds. Up to 32 MiB the log is overwritten from its start often enough.
constexpr int pass_pages_min = 512 / log_pages_divisor;
constexpr int log_pages_max = 4096 / log_pages_divisor;
// Beyond that passes follow one another until so little is left that the writer moves it in a few milliseconds. A disk
// that is too slow for that makes the writer move all there is when the log is a quarter longer.
constexpr int rest_pages_max = 128 / log_pages_divisor;
constexpr int log_pages_limit = log_pages_max + log_pages_max / 4;

/// SQLite syncs the database only when a checkpoint has moved the whole log, which is the writer's doing here: it would
/// wait for all that the passes have written.
bool sync_database(Connection& connection) {
    sqlite3_file* file = nullptr;
    return sqlite3_file_control(connection.handle(), "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK &&
           file != nullptr && file->pMethods != nullptr &&
           file->pMethods->xSync(file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY) == SQLITE_OK;
}

}  // namespace

Checkpointer::Checkpointer(std::string path) : path_(std::move(path)), thread_([this] { run(); }) {}

Checkpointer::~Checkpointer() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

bool Checkpointer::log_is(int pages) {
    {
        const std::lock_guard lock(mutex_);
        log_pages_ = pages;
        moved_pages_ = pages < moved_pages_ ? 0 : moved_pages_;
        held_ = pages > log_pages_max && (pages - moved_pages_ <= rest_pages_max || pages > log_pages_limit);
        if (held_) {
            return !passing_;
        }
        if (!pass_is_due()) {
            return false;
        }
    }
    wake_.notify_one();
    return false;
}

/// With the lock held.
bool Checkpointer::pass_is_due() const {
    return !held_ && log_pages_ >= moved_pages_ + (log_pages_ > log_pages_max ? 1 : pass_pages_min);
}

void Checkpointer::log_moved() {
    const std::lock_guard lock(mutex_);
    held_ = false;
    moved_pages_ = log_pages_;
}

void Checkpointer::file_replaced() {
    const std::lock_guard lock(mutex_);
    replaced_ = true;
}

void Checkpointer::run() {
    std::optional<Connection> connection;
    std::unique_lock lock(mutex_);
    while (true) {
        wake_.wait(lock, [this] { return stopping_ || pass_is_due(); });
        if (stopping_) {
            return;
        }
        const int pages = log_pages_;
        passing_ = true;
        const bool replaced = std::exchange(replaced_, false);
        lock.unlock();
        if (replaced) {
            connection.reset();
        }
        if (!connection) {
            // A connection that has read nothing does not know yet that there is a log, and would move none of it.
            if (auto opened = Connection::open(path_, OpenMode::existing);
                opened && opened->query_number("SELECT count(*) FROM sqlite_schema")) {
                connection.emplace(std::move(*opened));
            }
        }
        durable_step("before the log is moved");
        const bool moved = connection &&
                           sqlite3_wal_checkpoint_v2(connection->handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr,
                                                     nullptr) == SQLITE_OK &&
                           sync_database(*connection);
        if (!moved) {
            // A disk in trouble fails the writer's commits too, and those are reported. Nothing is lost: the log stays.
            connection.reset();
        }
        durable_step("after the log is moved");
        lock.lock();
        passing_ = false;
        moved_pages_ = std::min(pages, log_pages_);  // also after a failure: the next try is for when the log has grown
    }
}

}  // namespace bridge::store
