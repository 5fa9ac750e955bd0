#include "bridge/store/historian.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "bridge/store/journal_rows.hpp"
#include "bridge/store/sqlite.hpp"

namespace bridge::store {

using domain::Errc;
using domain::Failure;
using domain::Result;

namespace {

constexpr std::size_t waiting_max = 8;
constexpr int instructions_between_looks = 100'000;

/// "a(?1) OR a(?2)" for `count` names.
std::string any_of(std::size_t count, std::string_view form) {
    std::string all;
    for (std::size_t i = 1; i <= count; ++i) {
        all += fmt::format("{}{}", i == 1 ? "" : " OR ", fmt::format(fmt::runtime(form), i));
    }
    return all.empty() ? "0" : all;
}

SqliteResult<std::vector<JournalRow>> alerts_that_name(Connection& connection, const HistoryQuestion& question) {
    // A decision is JSON, in which an address stands between quotation marks.
    auto statement =
        connection.prepare(fmt::format("{} WHERE {} ORDER BY number DESC LIMIT {}", journal_rows_sql,
                                       any_of(question.names.size(), "instr(decision, ?{}) > 0"), question.alerts_max));
    if (!statement) {
        return tl::unexpected(std::move(statement.error()));
    }
    std::vector<std::string> quoted;
    for (const std::string& name : question.names) {
        quoted.push_back('"' + name + '"');
    }
    for (std::size_t i = 0; i < quoted.size(); ++i) {
        statement->bind(static_cast<int>(i) + 1, quoted[i]);
    }
    return read_journal_rows(*statement);
}

SqliteResult<std::vector<domain::AuditEntry>> changes_of(Connection& connection, const HistoryQuestion& question) {
    auto statement = connection.prepare(
        fmt::format("SELECT at, target, indicator, event, detail FROM audit WHERE {} ORDER BY number DESC LIMIT {}",
                    any_of(question.names.size(), "indicator = ?{}"), question.changes_max));
    if (!statement) {
        return tl::unexpected(std::move(statement.error()));
    }
    for (std::size_t i = 0; i < question.names.size(); ++i) {
        statement->bind(static_cast<int>(i) + 1, question.names[i]);
    }
    std::vector<domain::AuditEntry> entries;
    while (true) {
        const auto row = statement->step();
        if (!row) {
            return tl::unexpected(row.error());
        }
        if (!*row) {
            break;
        }
        if (auto indicator = domain::Indicator::parse_blocked(statement->text(2))) {
            entries.push_back({.at = domain::WallTime(std::chrono::milliseconds(statement->number(0))),
                               .target = statement->text(1),
                               .indicator = std::move(*indicator),
                               .event = statement->text(3),
                               .detail = statement->text(4)});
        }
    }
    std::reverse(entries.begin(), entries.end());
    return entries;
}

}  // namespace

Historian::Historian(std::string path, Post post) : path_(std::move(path)), post_(std::move(post)) {}

Historian::~Historian() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        waiting_.clear();
    }
    wake_.notify_one();
    if (thread_.joinable()) {
        thread_.join();
    }
}

void Historian::ask(HistoryQuestion question, Done done) {
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.size() < waiting_max) {
            waiting_.push_back({std::move(question), std::move(done)});
            if (!thread_.joinable()) {
                thread_ = std::thread([this] { run(); });
            }
            wake_.notify_one();
            return;
        }
    }
    tell(done, domain::failed(Errc::busy, fmt::format("{} such questions wait already; ask again", waiting_max)));
}

void Historian::tell(const Done& done, Result<History> answer) const {
    if (!post_) {
        done(std::move(answer));
        return;
    }
    post_([done, answer = std::make_shared<Result<History>>(std::move(answer))] { done(std::move(*answer)); });
}

void Historian::run() {
    std::unique_lock lock(mutex_);
    while (true) {
        wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
        if (stopping_) {
            return;
        }
        const Asked asked = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        auto answer = look(asked.question);
        tell(asked.done, std::move(answer));
        lock.lock();
    }
}

Result<History> Historian::look(const HistoryQuestion& question) {
    auto connection = Connection::open(path_, OpenMode::existing);
    if (!connection) {
        return tl::unexpected(describe(connection.error(), path_));
    }
    sqlite3_progress_handler(
        connection->handle(), instructions_between_looks,
        [](void* self) {
            auto& historian = *static_cast<Historian*>(self);
            const std::lock_guard lock(historian.mutex_);
            return historian.stopping_ ? 1 : 0;
        },
        this);
    History history;
    auto changes = changes_of(*connection, question);
    if (!changes) {
        return tl::unexpected(describe(changes.error(), path_));
    }
    history.changes = std::move(*changes);
    auto alerts = alerts_that_name(*connection, question);
    if (!alerts) {
        return tl::unexpected(describe(alerts.error(), path_));
    }
    history.alerts = std::move(*alerts);
    return history;
}

}  // namespace bridge::store
