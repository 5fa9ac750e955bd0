#include "bridge/store/writer.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "bridge/store/durable_step.hpp"
#include "bridge/store/schema.hpp"

namespace bridge::store {
namespace {

using domain::Block;

// A page of the log is two writes whatever its size, and most pages are filled by payloads in their order: compared
// with 4096, this took a fifth off the cost of an acknowledgement.
constexpr std::uint64_t page_bytes = 8192;

// FULL syncs the log at every commit, and the log is what a commit writes. Checkpoints are the Checkpointer's. The
// index of identities is far larger than any cache within days and is met at random, so pages come from the kernel's
// cache anyway: with 8 MB instead of 2 an acknowledgement took as long, and resident memory grew by those 8 over the
// first 120,000 alerts.
constexpr const char* settings =
    "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -2048; PRAGMA temp_store = MEMORY";

constexpr std::string_view add_notification_sql =
    "INSERT INTO notifications (number, received, format, peer, payload) VALUES (?1, ?2, ?3, ?4, ?5)";

constexpr std::string_view add_alert_sql =
    "INSERT OR IGNORE INTO alerts (identity, notification, received, appliance, type, alert_id, severity, decision) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

constexpr std::string_view repeat_alert_sql = "UPDATE alerts SET seen = seen + 1 WHERE identity = ?1";

// As Store::accept says of merging, and as domain::Ledger does in memory. A removed block is forgotten there, so here
// it begins anew. ?9 is the number of further acceptances that are merged by the same stroke.
constexpr std::string_view merge_block_sql = R"(
    INSERT INTO blocks (target, indicator, state, reason, alert, since, expires, repeats, appliance)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 + ?9, ?10)
    ON CONFLICT (target, indicator) DO UPDATE SET
        state = iif(state IN ('wanted', 'pushed', 'enforced'), state, excluded.state),
        reason = iif(state IN ('wanted', 'pushed', 'enforced'), reason, excluded.reason),
        alert = iif(state IN ('wanted', 'pushed', 'enforced'), alert, excluded.alert),
        expires = iif(state IN ('wanted', 'pushed', 'enforced'), max(expires, excluded.expires), excluded.expires),
        since = iif(state IN ('wanted', 'pushed', 'enforced') OR (state = 'held' AND excluded.state = 'held'), since,
                    excluded.since),
        appliance = iif(state IN ('wanted', 'pushed', 'enforced'), appliance, excluded.appliance),
        repeats = iif(state = 'removed', excluded.repeats, repeats + 1 + ?9)
)";

constexpr std::string_view change_block_sql =
    "UPDATE blocks SET state = ?3, reason = iif(?4 = '', reason, ?4), since = iif(?5 < 0, since, ?5), "
    "expires = iif(?6 < 0, expires, ?6) WHERE target = ?1 AND indicator = ?2 AND state <> 'removed'";

constexpr std::string_view put_order_sql =
    "INSERT OR REPLACE INTO standing_orders (kind, subject, made, until, reason) VALUES (?1, ?2, ?3, ?4, ?5)";

constexpr std::string_view drop_order_sql = "DELETE FROM standing_orders WHERE kind = ?1 AND subject = ?2";

constexpr std::string_view add_audit_sql =
    "INSERT INTO audit (at, target, indicator, event, detail) VALUES (?1, ?2, ?3, ?4, ?5)";

// The oldest have the lowest numbers, so each run looks at few rows.
constexpr std::string_view prune_audit_sql =
    "DELETE FROM audit WHERE number IN (SELECT number FROM (SELECT number, at FROM audit ORDER BY number LIMIT ?3) "
    "WHERE at < ?1 OR number <= (SELECT max(number) FROM audit) - ?2)";

// How far back `why` looks. A block leaves about six lines in its life.
constexpr std::chrono::days audit_kept{90};
constexpr std::int64_t audit_rows_max = 5'000'000;
constexpr std::size_t audit_prune_every = 500;
constexpr std::int64_t audit_pruned_at_once = 2 * static_cast<std::int64_t>(audit_prune_every);

// In a column for a time that may be missing; bound times are never negative.
constexpr std::int64_t no_time = -1;

std::int64_t milliseconds(domain::WallTime time) {
    return time.time_since_epoch().count();
}

int note_log_pages(void* pages, sqlite3*, const char*, int count) {
    *static_cast<int*>(pages) = count;
    return SQLITE_OK;
}

/// SQLite would make it readable by everyone the umask lets; payloads are nobody's business.
void make_private_file(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file >= 0) {
        ::close(file);
    }  // else SQLite meets the same error and tells it
}

tl::unexpected<domain::Failure> as_failure(const SqliteError& error, const std::string& path) {
    return tl::unexpected(describe(error, path));
}

}  // namespace

domain::Result<std::unique_ptr<Writer>> Writer::open(const std::string& path, OpenMode mode, std::uint64_t bytes_max,
                                                     Inspection inspection) {
    if (mode == OpenMode::create) {
        make_private_file(path);
    }
    auto connection = Connection::open(path, mode);
    if (!connection) {
        return as_failure(connection.error(), path);
    }
    const auto page_size = fmt::format("PRAGMA page_size = {}", page_bytes);  // heeded by an empty file only
    if (const auto set = connection->execute(page_size.c_str()); !set) {
        return as_failure(set.error(), path);
    }
    const auto journal = connection->query_text("PRAGMA journal_mode = WAL");
    if (!journal) {
        return as_failure(journal.error(), path);
    }
    if (*journal != "wal") {
        return domain::failed(domain::Errc::store_failed,
                              fmt::format("{}: no write-ahead log possible there ({}); put it on a local disk that the "
                                          "bridge's user may write",
                                          path, *journal));
    }
    if (const auto set = connection->execute(settings); !set) {
        return as_failure(set.error(), path);
    }
    if (bytes_max > 0) {
        const auto limited = connection->query_number(
            fmt::format("PRAGMA max_page_count = {}", std::max<std::uint64_t>(bytes_max / page_bytes, 1)));
        if (!limited) {
            return as_failure(limited.error(), path);
        }
    }
    if (auto migrated = migrate(*connection, path); !migrated) {
        return tl::unexpected(migrated.error());
    }
    if (inspection == Inspection::whole) {
        if (auto intact = check_integrity(*connection, path); !intact) {
            return tl::unexpected(intact.error());
        }
        connection->forget_pages();  // it has seen the whole file, and needs little of it
    }
    // An alert may outlive its payload, and its number must not come to stand for another one.
    const auto last = connection->query_number(
        "SELECT max((SELECT coalesce(max(number), 0) FROM notifications), "
        "coalesce((SELECT notification FROM alerts ORDER BY number DESC LIMIT 1), 0))");
    if (!last) {
        return as_failure(last.error(), path);
    }
    auto statements = prepare(*connection);
    if (!statements) {
        return as_failure(statements.error(), path);
    }
    std::unique_ptr<Writer> writer(new Writer(std::move(*connection), std::move(*statements), path));
    writer->next_notification_ = writer->committed_notification_ = *last + 1;
    return writer;
}

Writer::Writer(Connection connection, Statements statements, std::string path)
    : connection_(std::move(connection)),
      statements_(std::move(statements)),
      path_(std::move(path)),
      log_pages_(std::make_unique<int>(0)) {
    sqlite3_wal_hook(connection_.handle(), note_log_pages, log_pages_.get());
    struct stat status {};
    if (::stat(path_.c_str(), &status) == 0) {
        device_ = status.st_dev;
        inode_ = status.st_ino;
    }
}

SqliteResult<Writer::Statements> Writer::prepare(Connection& connection) {
    SqliteError first;
    const auto make = [&](std::string_view sql) {
        auto statement = connection.prepare(sql);
        if (!statement) {
            first = first.code == 0 ? statement.error() : first;
            return Statement(nullptr);
        }
        return std::move(*statement);
    };
    Statements statements{make("BEGIN IMMEDIATE"),    make("COMMIT"),         make("ROLLBACK"),
                          make(add_notification_sql), make(add_alert_sql),    make(repeat_alert_sql),
                          make(merge_block_sql),      make(change_block_sql), make(put_order_sql),
                          make(drop_order_sql),       make(add_audit_sql),    make(prune_audit_sql)};
    if (first.code != 0) {
        return tl::unexpected(std::move(first));
    }
    return statements;
}

SqliteResult<void> Writer::begin() {
    return statements_.begin.run();
}

SqliteResult<void> Writer::commit() {
    if (auto settled = settle(); !settled) {
        return settled;
    }
    durable_step("before the commit");
    auto committed = statements_.commit.run();
    if (committed) {
        durable_step("after the commit");
        committed_notification_ = next_notification_;
    }
    return committed;
}

void Writer::roll_back() {
    next_notification_ = committed_notification_;
    merges_.clear();
    merge_of_.clear();
    if (connection_.in_transaction()) {
        static_cast<void>(statements_.roll_back.run());  // a failed rollback leaves nothing committed either
    }
}

SqliteResult<Accepted> Writer::accept(const Acceptance& acceptance) {
    Accepted accepted;
    const auto received = milliseconds(acceptance.received);
    for (const JournalEntry& alert : acceptance.alerts) {
        const auto added = statements_.add_alert.bind(1, alert.identity)
                               .bind(2, next_notification_)
                               .bind(3, received)
                               .bind(4, alert.appliance)
                               .bind(5, alert.type)
                               .bind(6, alert.alert_id)
                               .bind(7, alert.severity)
                               .bind(8, alert.decision)
                               .run();
        if (!added) {
            return tl::unexpected(added.error());
        }
        if (connection_.changes() > 0) {
            ++accepted.new_alerts;
        } else if (const auto repeated = statements_.repeat_alert.bind(1, alert.identity).run(); !repeated) {
            return tl::unexpected(repeated.error());
        } else {
            ++accepted.repeated_alerts;
        }
    }
    const bool is_notification = !acceptance.alerts.empty() || !acceptance.payload.empty();
    // The payload of mere repeats is there already.
    if (is_notification && (accepted.repeated_alerts == 0 || accepted.new_alerts > 0)) {
        const auto added = statements_.add_notification.bind(1, next_notification_)
                               .bind(2, received)
                               .bind(3, acceptance.format)
                               .bind(4, acceptance.peer)
                               .bind_blob(5, acceptance.payload)
                               .run();
        if (!added) {
            return tl::unexpected(added.error());
        }
        ++next_notification_;
    }
    for (const Block& block : acceptance.blocks) {
        if (auto taken = take(block); !taken) {
            return tl::unexpected(std::move(taken.error()));
        }
    }
    for (const domain::AuditEntry& entry : acceptance.audit) {
        if (auto added = audit(entry); !added) {
            return tl::unexpected(std::move(added.error()));
        }
    }
    return accepted;
}

SqliteResult<void> Writer::take(const Block& block) {
    auto indicator = block.indicator.text();
    const auto [place, is_first] = merge_of_.try_emplace(indicator + ' ' + block.target, merges_.size());
    if (is_first) {
        merges_.push_back({block, std::move(indicator), 0});
        return {};
    }
    Merge& merge = merges_[place->second];
    if (domain::is_desired(merge.block.state)) {
        // Whatever the table has, after the first one the block is desired, and the next ones only add to it.
        merge.block.expires = std::max(merge.block.expires, block.expires);
        ++merge.repeats_more;
        return {};
    }
    if (auto settled = settle(); !settled) {
        return settled;
    }
    return take(block);
}

SqliteResult<void> Writer::settle() {
    if (merges_.empty()) {
        return {};  // each change comes by here, and to clear a table that a burst has made large takes long
    }
    merge_of_.clear();
    for (const Merge& merge : merges_) {
        auto merged = statements_.merge_block.bind(1, merge.block.target)
                          .bind(2, merge.indicator)
                          .bind(3, domain::name_of(merge.block.state))
                          .bind(4, merge.block.reason)
                          .bind(5, merge.block.alert)
                          .bind(6, milliseconds(merge.block.since))
                          .bind(7, milliseconds(merge.block.expires))
                          .bind(8, std::int64_t{merge.block.repeats})
                          .bind(9, merge.repeats_more)
                          .bind(10, merge.block.appliance)
                          .run();
        if (!merged) {
            return merged;
        }
    }
    merges_.clear();  // its memory stays for the next transaction
    return {};
}

SqliteResult<void> Writer::change(const domain::BlockChange& change) {
    if (auto settled = settle(); !settled) {
        return settled;
    }
    const auto indicator = change.indicator.text();
    return statements_.change_block.bind(1, change.target)
        .bind(2, indicator)
        .bind(3, domain::name_of(change.state))
        .bind(4, change.reason)
        .bind(5, change.since ? milliseconds(*change.since) : no_time)
        .bind(6, change.expires ? milliseconds(*change.expires) : no_time)
        .run();
}

SqliteResult<void> Writer::order(const domain::StandingOrder& order) {
    if (order.taken_back) {
        return statements_.drop_order.bind(1, domain::name_of(order.kind)).bind(2, order.subject).run();
    }
    return statements_.put_order.bind(1, domain::name_of(order.kind))
        .bind(2, order.subject)
        .bind(3, milliseconds(order.made))
        .bind(4, order.until == domain::WallTime::max() ? no_time : milliseconds(order.until))
        .bind(5, order.reason)
        .run();
}

SqliteResult<void> Writer::audit(const domain::AuditEntry& entry) {
    const auto indicator = entry.indicator.text();
    auto added = statements_.add_audit.bind(1, milliseconds(entry.at))
                     .bind(2, entry.target)
                     .bind(3, indicator)
                     .bind(4, entry.event)
                     .bind(5, entry.detail)
                     .run();
    if (!added || ++audit_since_pruned_ < audit_prune_every) {
        return added;
    }
    audit_since_pruned_ = 0;
    return prune_audit(entry.at);
}

SqliteResult<void> Writer::prune_audit(domain::WallTime now) {
    return statements_.prune_audit.bind(1, milliseconds(now - audit_kept))
        .bind(2, audit_rows_max)
        .bind(3, audit_pruned_at_once)
        .run();
}

SqliteResult<Forgotten> Writer::erase(const Discard& discard) {
    return store::erase(connection_, discard);
}

void Writer::finish_checkpoint() {
    durable_step("before the rest of the log is moved");
    // Busy or failing: the log stays and grows a little more, and the Checkpointer tells of a disk that is in trouble.
    sqlite3_wal_checkpoint_v2(connection_.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    durable_step("after the rest of the log is moved");
}

bool Writer::still_in_place() const {
    struct stat status {};
    return ::stat(path_.c_str(), &status) == 0 && status.st_dev == device_ && status.st_ino == inode_;
}

}  // namespace bridge::store
