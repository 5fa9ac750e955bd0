#include "bridge/store/sqlite.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

namespace bridge::store {
namespace {

// Connections of this process get along without waiting; this is for a person who looks into the file.
constexpr int busy_timeout_ms = 5000;

SqliteError error_of(sqlite3* handle, int code) {
    return {handle != nullptr ? sqlite3_extended_errcode(handle) : code,
            handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(code)};
}

tl::unexpected<SqliteError> failure(sqlite3* handle, int code) {
    return tl::unexpected(error_of(handle, code));
}

std::string_view mend(int code) {
    switch (code & 0xff) {
        case SQLITE_FULL:
            return "no room left; free space on its file system";
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_AUTH:
            return "not writable; give the bridge's user write access to it and its directory";
        case SQLITE_CANTOPEN:
            return "cannot be opened; its directory must exist and the bridge's user may write there";
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return "damaged, or no database; restore it from a backup, or move it away to start with an empty one";
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return "held by another program; end that one";
        case SQLITE_IOERR:
            return "cannot be written or read; look at the disk, its quota and the kernel's log";
        default:
            return "not usable";
    }
}

}  // namespace

domain::Failure describe(const SqliteError& error, std::string_view path) {
    return {domain::Errc::store_failed, fmt::format("{}: {} ({})", path, mend(error.code), error.text)};
}

bool is_about_the_data(const SqliteError& error) {
    switch (error.code & 0xff) {
        case SQLITE_CONSTRAINT:
        case SQLITE_TOOBIG:
        case SQLITE_MISMATCH:
        case SQLITE_RANGE:
            return true;
        default:
            return false;
    }
}

bool is_damage(const SqliteError& error) {
    const int code = error.code & 0xff;
    return code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
}

bool leaves_connection_usable(const SqliteError& error) {
    const int code = error.code & 0xff;
    return code == SQLITE_FULL || code == SQLITE_BUSY || is_about_the_data(error);
}

// ---- Statement

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

Statement& Statement::bind(int index, std::string_view text) {
    const int code = sqlite3_bind_text64(statement_.get(), index, text.data() == nullptr ? "" : text.data(),
                                         text.size(), SQLITE_STATIC, SQLITE_UTF8);
    bind_error_ = code != SQLITE_OK ? code : bind_error_;
    return *this;
}

Statement& Statement::bind(int index, std::int64_t number) {
    const int code = sqlite3_bind_int64(statement_.get(), index, number);
    bind_error_ = code != SQLITE_OK ? code : bind_error_;
    return *this;
}

Statement& Statement::bind_blob(int index, std::string_view bytes) {
    const int code = sqlite3_bind_blob64(statement_.get(), index, bytes.data() == nullptr ? "" : bytes.data(),
                                         bytes.size(), SQLITE_STATIC);
    bind_error_ = code != SQLITE_OK ? code : bind_error_;
    return *this;
}

SqliteResult<bool> Statement::step() {
    if (bind_error_ != SQLITE_OK) {
        return failure(nullptr, bind_error_);
    }
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) {
        return true;
    }
    if (code == SQLITE_DONE) {
        return false;
    }
    return failure(sqlite3_db_handle(statement_.get()), code);
}

SqliteResult<void> Statement::run() {
    auto more = step();
    while (more && *more) {
        more = step();
    }
    reset();
    if (!more) {
        return tl::unexpected(std::move(more.error()));
    }
    return {};
}

void Statement::reset() {
    sqlite3_reset(statement_.get());
    bind_error_ = SQLITE_OK;
}

std::int64_t Statement::number(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}

std::string Statement::text(int column) const {
    const void* bytes = sqlite3_column_blob(statement_.get(), column);
    const auto length = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
    return bytes == nullptr ? std::string() : std::string(static_cast<const char*>(bytes), length);
}

// ---- Connection

void Connection::Close::operator()(sqlite3* handle) const {
    sqlite3_close_v2(handle);
}

SqliteResult<Connection> Connection::open(const std::string& path, OpenMode mode) {
    // SQLite's memory statistics put a process-wide lock around each of its allocations. Where another library has
    // started SQLite already, it refuses, and we are only slower.
    static const int without_statistics = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    static_cast<void>(without_statistics);
    sqlite3* handle = nullptr;
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                      (mode == OpenMode::create ? SQLITE_OPEN_CREATE : 0);
    const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
    Connection connection(handle);
    if (code != SQLITE_OK) {
        return failure(handle, code);
    }
    sqlite3_busy_timeout(handle, busy_timeout_ms);
    // Neither the schema of a damaged or planted file may call functions, nor its cells reach outside their page.
    if (auto set = connection.execute("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON"); !set) {
        return tl::unexpected(std::move(set.error()));
    }
    return connection;
}

SqliteResult<void> Connection::execute(const char* sql) {
    const int code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) {
        return failure(handle_.get(), code);
    }
    return {};
}

SqliteResult<Statement> Connection::prepare(std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) {
        return failure(handle_.get(), code);
    }
    return Statement(statement);
}

SqliteResult<std::int64_t> Connection::query_number(std::string_view sql) {
    return prepare(sql).and_then([](Statement&& statement) {
        return statement.step().map([&](bool row) { return row ? statement.number(0) : std::int64_t{0}; });
    });
}

SqliteResult<std::string> Connection::query_text(std::string_view sql) {
    return prepare(sql).and_then([](Statement&& statement) {
        return statement.step().map([&](bool row) { return row ? statement.text(0) : std::string(); });
    });
}

void Connection::forget_pages() {
    sqlite3_db_release_memory(handle_.get());
}

std::int64_t Connection::changes() const {
    return sqlite3_changes64(handle_.get());
}

bool Connection::in_transaction() const {
    return sqlite3_get_autocommit(handle_.get()) == 0;
}

}  // namespace bridge::store
