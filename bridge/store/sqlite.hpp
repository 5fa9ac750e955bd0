// SQLite's handles as values that close themselves, and its errors as ours. No thread safety: each connection, and
// what was prepared on it, is used by one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "bridge/domain/value/failure.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace bridge::store {

struct SqliteError {
    int code = 0;  // extended result code
    std::string text;
};

template <class T>
using SqliteResult = tl::expected<T, SqliteError>;

/// The same for an operator: which file, what is wrong with it, and what to do.
domain::Failure describe(const SqliteError& error, std::string_view path);

/// Whether the fault lies with what was to be written (too large, against a constraint) and not with disk or file.
bool is_about_the_data(const SqliteError& error);

/// Whether the file itself is damaged.
bool is_damage(const SqliteError& error);

/// Whether the connection may be used on after this error: it may not when the file itself is in doubt.
bool leaves_connection_usable(const SqliteError& error);

class Statement {
public:
    explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}

    /// Bound text is not copied: it must live until the next `reset`.
    Statement& bind(int index, std::string_view text);
    Statement& bind(int index, std::int64_t number);
    Statement& bind_blob(int index, std::string_view bytes);

    /// True when there is a row.
    SqliteResult<bool> step();
    /// Steps to the end, and makes ready for the next use.
    SqliteResult<void> run();
    void reset();

    std::int64_t number(int column) const;
    std::string text(int column) const;

private:
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
    int bind_error_ = 0;
};

enum class OpenMode { create, existing };

class Connection {
public:
    static SqliteResult<Connection> open(const std::string& path, OpenMode mode);

    SqliteResult<void> execute(const char* sql);
    SqliteResult<Statement> prepare(std::string_view sql);
    /// First column of the first row, as a number or text.
    SqliteResult<std::int64_t> query_number(std::string_view sql);
    SqliteResult<std::string> query_text(std::string_view sql);

    /// Gives the pages that it remembers back, until it needs them again.
    void forget_pages();

    std::int64_t changes() const;
    bool in_transaction() const;
    sqlite3* handle() const { return handle_.get(); }

private:
    struct Close {
        void operator()(sqlite3* handle) const;
    };
    explicit Connection(sqlite3* handle) : handle_(handle) {}

    std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace bridge::store
