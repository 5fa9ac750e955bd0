#include "bridge/store/schema.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "bridge/store/durable_step.hpp"

namespace bridge::store {
namespace {

using domain::Errc;

constexpr std::int64_t application_id = 0x46425247;  // "FBRG"

/// Step N brings version N to N + 1. A released step is never edited: a change is another step.
constexpr std::array<std::string_view, 2> steps{
    // Times are milliseconds since 1970 UTC. An alert's row names the notification that first brought it; a repeat only
    // raises `seen`. `blocks` holds one row for each target and indicator.
    R"(
    CREATE TABLE notifications (
        number INTEGER PRIMARY KEY,
        received INTEGER NOT NULL,
        format TEXT NOT NULL,
        peer TEXT NOT NULL,
        payload BLOB NOT NULL
    ) STRICT;
    CREATE TABLE alerts (
        number INTEGER PRIMARY KEY,
        identity TEXT NOT NULL UNIQUE,
        notification INTEGER NOT NULL,
        received INTEGER NOT NULL,
        appliance TEXT NOT NULL,
        type TEXT NOT NULL,
        alert_id TEXT NOT NULL,
        severity TEXT NOT NULL,
        decision TEXT NOT NULL,
        seen INTEGER NOT NULL DEFAULT 1
    ) STRICT;
    CREATE TABLE blocks (
        target TEXT NOT NULL,
        indicator TEXT NOT NULL,
        state TEXT NOT NULL,
        reason TEXT NOT NULL,
        alert TEXT NOT NULL,
        since INTEGER NOT NULL,
        expires INTEGER NOT NULL,
        repeats INTEGER NOT NULL,
        PRIMARY KEY (target, indicator)
    ) STRICT, WITHOUT ROWID;
    )",
    // What holds until it is taken back; `until` is -1 for that. The audit trail is only added to, and pruned from its
    // oldest end. `appliance` is whose alert led to a block.
    R"(
    ALTER TABLE blocks ADD COLUMN appliance TEXT NOT NULL DEFAULT '';
    CREATE TABLE standing_orders (
        kind TEXT NOT NULL,
        subject TEXT NOT NULL,
        made INTEGER NOT NULL,
        until INTEGER NOT NULL,
        reason TEXT NOT NULL,
        PRIMARY KEY (kind, subject)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE audit (
        number INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        target TEXT NOT NULL,
        indicator TEXT NOT NULL,
        event TEXT NOT NULL,
        detail TEXT NOT NULL
    ) STRICT;
    CREATE INDEX audit_of_indicator ON audit (indicator);
    )",
};

tl::unexpected<domain::Failure> as_failure(const SqliteError& error, const std::string& path) {
    return tl::unexpected(describe(error, path));
}

domain::Result<std::int64_t> known_version(Connection& connection, const std::string& path, std::int64_t latest) {
    const auto version = connection.query_number("PRAGMA user_version");
    const auto id = version ? connection.query_number("PRAGMA application_id") : version;
    const auto tables = id ? connection.query_number("SELECT count(*) FROM sqlite_schema") : id;
    if (!tables) {
        return as_failure(tables.error(), path);
    }
    if (*tables > 0 && *id != application_id) {
        return domain::failed(Errc::store_failed,
                              fmt::format("{}: the database of another program; name another file as `store`", path));
    }
    if (*version < 0 || *version > latest) {
        return domain::failed(
            Errc::store_failed,
            fmt::format("{}: written by a later release (schema {}, this one knows {}); update firebreak-bridge, or "
                        "restore the backup from before",
                        path, *version, latest));
    }
    return *version;
}

}  // namespace

std::span<const std::string_view> schema_steps() {
    return steps;
}

domain::Result<void> migrate(Connection& connection, const std::string& path,
                             std::span<const std::string_view> all_steps) {
    const auto version = known_version(connection, path, static_cast<std::int64_t>(all_steps.size()));
    if (!version) {
        return tl::unexpected(version.error());
    }
    for (auto step = static_cast<std::size_t>(*version); step < all_steps.size(); ++step) {
        const auto sql = fmt::format("BEGIN IMMEDIATE;{}PRAGMA application_id = {};PRAGMA user_version = {};COMMIT",
                                     all_steps[step], application_id, step + 1);
        durable_step("before a schema step");
        if (const auto done = connection.execute(sql.c_str()); !done) {
            const auto failure = as_failure(done.error(), path);
            if (connection.in_transaction()) {
                static_cast<void>(connection.execute("ROLLBACK"));  // the first error is the one to tell
            }
            return failure;
        }
        durable_step("after a schema step");
    }
    return {};
}

domain::Result<void> check_integrity(Connection& connection, const std::string& path) {
    for (const std::string_view table : {"blocks", "alerts"}) {
        const auto verdict = connection.query_text(fmt::format("PRAGMA quick_check('{}')", table));
        if (!verdict) {
            return as_failure(verdict.error(), path);
        }
        if (*verdict != "ok") {
            return domain::failed(
                Errc::store_failed,
                fmt::format("{}: damaged; restore it from a backup, or move it away to start with an empty one ({})",
                            path, *verdict));
        }
    }
    return {};
}

}  // namespace bridge::store
