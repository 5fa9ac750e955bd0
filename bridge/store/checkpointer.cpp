#include "bridge/store/checkpointer.hpp"

#include <sqlite3.h>

#include <optional>
#include <utility>

#include "bridge/store/durable_step.hpp"
#include "bridge/store/sqlite.hpp"

namespace bridge::store {
namespace {

// A pass of 4 MiB takes tens of milliseconds. Up to 32 MiB the log is overwritten from its start often enough.
constexpr int pass_pages_min = 512 / log_pages_divisor;
constexpr int log_pages_max = 4096 / log_pages_divisor;

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
        held_ = pages > log_pages_max;
        if (held_) {
            return !passing_;
        }
    }
    if (pages >= pass_pages_min) {
        wake_.notify_one();
    }
    return false;
}

void Checkpointer::log_moved() {
    const std::lock_guard lock(mutex_);
    held_ = false;
}

void Checkpointer::file_replaced() {
    const std::lock_guard lock(mutex_);
    replaced_ = true;
}

void Checkpointer::run() {
    std::optional<Connection> connection;
    std::unique_lock lock(mutex_);
    int seen_pages = 0;  // length of the log at the last pass; it starts anew when it was wholly moved
    while (true) {
        wake_.wait(lock, [&] {
            seen_pages = log_pages_ < seen_pages ? 0 : seen_pages;
            return stopping_ || (!held_ && log_pages_ >= seen_pages + pass_pages_min);
        });
        if (stopping_) {
            return;
        }
        seen_pages = log_pages_;
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
        if (!connection || sqlite3_wal_checkpoint_v2(connection->handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr,
                                                     nullptr) != SQLITE_OK) {
            // A disk in trouble fails the writer's commits too, and those are reported. Nothing is lost: the log stays.
            connection.reset();
        }
        durable_step("after the log is moved");
        lock.lock();
        passing_ = false;
    }
}

}  // namespace bridge::store
