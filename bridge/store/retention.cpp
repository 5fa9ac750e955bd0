#include "bridge/store/retention.hpp"

#include <algorithm>
#include <functional>
#include <unordered_set>

#include "bridge/store/durable_step.hpp"

namespace bridge::store {

namespace {

// A discard takes the writer a few milliseconds: whoever comes meanwhile waits no longer than that.
constexpr std::size_t rows_at_once = 128;
constexpr std::int64_t bytes_at_once = 4 << 20;

// So many rows are looked at under one snapshot; while it is held, the log cannot start anew.
constexpr std::int64_t rows_a_look = 2048;

std::int64_t milliseconds(domain::WallTime time) {
    return time.time_since_epoch().count();
}

/// Of the identities of alerts that blocks refer to, by hash: one that is met by chance only keeps an alert longer.
using Referred = std::unordered_set<std::size_t>;

std::size_t hash_of(const std::string& identity) {
    return std::hash<std::string>{}(identity);
}

/// Calls `take` for each row until it says no.
template <class Take>
SqliteResult<void> each_row(Statement& statement, const Take& take) {
    while (true) {
        const auto row = statement.step();
        if (!row) {
            return tl::unexpected(row.error());
        }
        if (!*row || !take()) {
            statement.reset();
            return {};
        }
    }
}

class Pass {
public:
    Pass(Connection& connection, const Keeping& keeping, domain::WallTime now, const Retention::Write& write)
        : connection_(connection), write_(write) {
        payloads_before_ = keeping.payloads.count() > 0 ? milliseconds(now - keeping.payloads) : INT64_MIN;
        alerts_before_ = keeping.alerts.count() > 0 ? milliseconds(now - keeping.alerts) : INT64_MIN;
    }

    /// False when it was ended early.
    SqliteResult<bool> run() {
        for (const auto step : {&Pass::look_at_payloads, &Pass::look_at_alerts, &Pass::look_at_blocks}) {
            cursor_ = 0;
            for (bool more = true; more;) {
                auto looked = look(step);
                if (!looked) {
                    return tl::unexpected(looked.error());
                }
                more = *looked;
                if (!hand_over()) {
                    return false;
                }
            }
        }
        return true;
    }

    const Forgotten& forgotten() const { return forgotten_; }

private:
    using Look = SqliteResult<bool> (Pass::*)();

    /// One look under one snapshot; true when there may be more behind it.
    SqliteResult<bool> look(Look step) {
        if (auto begun = connection_.execute("BEGIN"); !begun) {
            return tl::unexpected(begun.error());
        }
        auto more = (this->*step)();
        auto ended = connection_.execute("COMMIT");
        if (more && !ended) {
            return tl::unexpected(ended.error());
        }
        return more;
    }

    SqliteResult<Referred> referred() {
        return connection_.prepare("SELECT alert FROM blocks WHERE state <> 'removed'")
            .and_then([](Statement&& statement) -> SqliteResult<Referred> {
                Referred all;
                const auto read = each_row(statement, [&] {
                    all.insert(hash_of(statement.text(0)));
                    return true;
                });
                return read ? SqliteResult<Referred>(std::move(all)) : tl::unexpected(read.error());
            });
    }

    /// The number of the first alert that was brought by this notification or a later one. Both numbers rise together,
    /// so it takes a few probes, where an index would cost every acknowledgement.
    SqliteResult<std::int64_t> first_alert_of(std::int64_t notification) {
        auto probe =
            connection_.prepare("SELECT number, notification FROM alerts WHERE number >= ?1 ORDER BY number LIMIT 1");
        const auto last = connection_.query_number("SELECT coalesce(max(number), 0) FROM alerts");
        if (!probe || !last) {
            return tl::unexpected(probe ? last.error() : probe.error());
        }
        std::int64_t low = 0;
        std::int64_t high = *last + 1;
        while (low < high) {
            const std::int64_t middle = low + (high - low) / 2;
            const auto row = probe->bind(1, middle).step();
            if (!row) {
                return tl::unexpected(row.error());
            }
            const bool before = *row && probe->number(1) < notification;
            const std::int64_t number = *row ? probe->number(0) : high;
            probe->reset();
            low = before ? number + 1 : low;
            high = before ? high : middle;
        }
        return low;
    }

    SqliteResult<bool> look_at_payloads() {
        struct Old {
            std::int64_t number;
            std::int64_t bytes;
        };
        std::vector<Old> old;
        std::int64_t looked_at = 0;
        auto statement = connection_.prepare(
            "SELECT number, received, length(payload) FROM notifications WHERE number > ?1 ORDER BY number LIMIT ?2");
        if (!statement) {
            return tl::unexpected(statement.error());
        }
        statement->bind(1, cursor_).bind(2, rows_a_look);
        const auto read = each_row(*statement, [&] {
            ++looked_at;
            cursor_ = statement->number(0);
            if (statement->number(1) < payloads_before_) {
                old.push_back({statement->number(0), statement->number(2)});
            }
            return true;
        });
        if (!read) {
            return tl::unexpected(read.error());
        }
        if (old.empty()) {
            return false;  // what came later is younger
        }
        const auto needed = referred();
        const auto first = needed ? first_alert_of(old.front().number) : tl::unexpected(needed.error());
        if (!first) {
            return tl::unexpected(first.error());
        }
        auto alerts = connection_.prepare(
            "SELECT number, notification, identity, seen FROM alerts WHERE number >= ?1 ORDER BY number");
        if (!alerts) {
            return tl::unexpected(alerts.error());
        }
        alerts->bind(1, *first);
        std::vector<Discard::Payload> payloads;
        for (const Old& one : old) {
            payloads.push_back({one.number, {}});
        }
        std::vector<bool> kept(old.size());
        std::size_t at = 0;
        const auto matched = each_row(*alerts, [&] {
            const std::int64_t notification = alerts->number(1);
            while (at < old.size() && old[at].number < notification) {
                ++at;
            }
            if (at < old.size() && old[at].number == notification) {
                payloads[at].alerts.push_back({alerts->number(0), alerts->number(3)});
                kept[at] = kept[at] || needed->contains(hash_of(alerts->text(2)));
            }
            return at < old.size();
        });
        if (!matched) {
            return tl::unexpected(matched.error());
        }
        for (std::size_t i = 0; i < old.size(); ++i) {
            if (!kept[i]) {
                add(&Discard::payloads, std::move(payloads[i]), old[i].bytes);
            }
        }
        return looked_at == rows_a_look;
    }

    SqliteResult<bool> look_at_alerts() {
        struct Old {
            Discard::Alert alert;
            std::size_t identity;
        };
        std::vector<Old> old;
        std::int64_t looked_at = 0;
        const auto newest = connection_.query_number("SELECT coalesce(max(number), 0) FROM alerts");
        auto statement = connection_.prepare(
            "SELECT number, received, identity, seen FROM alerts WHERE number > ?1 ORDER BY number LIMIT ?2");
        if (!statement || !newest) {
            return tl::unexpected(statement ? newest.error() : statement.error());
        }
        statement->bind(1, cursor_).bind(2, rows_a_look);
        const auto read = each_row(*statement, [&] {
            ++looked_at;
            cursor_ = statement->number(0);
            if (statement->number(1) < alerts_before_ && cursor_ != *newest) {
                old.push_back({{cursor_, statement->number(3)}, hash_of(statement->text(2))});
            }
            return true;
        });
        if (!read) {
            return tl::unexpected(read.error());
        }
        if (old.empty()) {
            return false;
        }
        const auto needed = referred();
        if (!needed) {
            return tl::unexpected(needed.error());
        }
        for (const Old& one : old) {
            if (!needed->contains(one.identity)) {
                add(&Discard::alerts, one.alert, 0);
            }
        }
        return looked_at == rows_a_look;
    }

    SqliteResult<bool> look_at_blocks() {
        auto statement = connection_.prepare(
            "SELECT target, indicator FROM blocks WHERE state = 'removed' AND expires < ?1 LIMIT ?2");
        if (!statement) {
            return tl::unexpected(statement.error());
        }
        statement->bind(1, alerts_before_).bind(2, rows_a_look);
        std::int64_t looked_at = 0;
        const auto read = each_row(*statement, [&] {
            ++looked_at;
            add(&Discard::blocks, {statement->text(0), statement->text(1)}, 0);
            return true;
        });
        if (!read) {
            return tl::unexpected(read.error());
        }
        return looked_at == rows_a_look;
    }

    template <class Row>
    void add(std::vector<Row> Discard::*rows, Row row, std::int64_t bytes) {
        if (discards_.empty() || (discards_.back().*rows).size() >= rows_at_once || bytes_ + bytes > bytes_at_once) {
            discards_.emplace_back();
            bytes_ = 0;
        }
        bytes_ += bytes;
        (discards_.back().*rows).push_back(std::move(row));
    }

    /// False when the writer did not take them.
    bool hand_over() {
        for (Discard& discard : std::exchange(discards_, {})) {
            const auto gone = write_(std::move(discard));
            if (!gone) {
                return false;
            }
            forgotten_ += *gone;
        }
        return true;
    }

    Connection& connection_;
    const Retention::Write& write_;
    std::int64_t payloads_before_;
    std::int64_t alerts_before_;
    std::int64_t cursor_ = 0;
    std::vector<Discard> discards_;
    std::int64_t bytes_ = 0;  // payload in the last of them
    Forgotten forgotten_;
};

/// Whether all of these alerts are as they were when they were looked at.
SqliteResult<bool> unchanged(Statement& statement, const std::vector<Discard::Alert>& alerts) {
    for (const Discard::Alert& alert : alerts) {
        const auto row = statement.bind(1, alert.number).bind(2, alert.seen).step();
        statement.reset();
        if (!row) {
            return tl::unexpected(row.error());
        }
        if (!*row) {
            return false;
        }
    }
    return true;
}

}  // namespace

Forgotten& Forgotten::operator+=(const Forgotten& more) {
    payloads += more.payloads;
    alerts += more.alerts;
    blocks += more.blocks;
    return *this;
}

SqliteResult<Forgotten> erase(Connection& connection, const Discard& discard) {
    auto same = connection.prepare("SELECT 1 FROM alerts WHERE number = ?1 AND seen = ?2");
    auto payload = connection.prepare("DELETE FROM notifications WHERE number = ?1");
    auto alert = connection.prepare("DELETE FROM alerts WHERE number = ?1 AND seen = ?2");
    auto block = connection.prepare("DELETE FROM blocks WHERE target = ?1 AND indicator = ?2 AND state = 'removed'");
    for (const auto* statement : {&same, &payload, &alert, &block}) {
        if (!*statement) {
            return tl::unexpected(statement->error());
        }
    }
    Forgotten gone;
    const auto count = [&](const SqliteResult<void>& done, std::uint64_t& counter) {
        counter += done ? static_cast<std::uint64_t>(connection.changes()) : 0;
        return done;
    };
    for (const Discard::Payload& one : discard.payloads) {
        const auto still = unchanged(*same, one.alerts);
        const auto done = !still    ? SqliteResult<void>(tl::unexpected(still.error()))
                          : !*still ? SqliteResult<void>()
                                    : count(payload->bind(1, one.notification).run(), gone.payloads);
        if (!done) {
            return tl::unexpected(done.error());
        }
    }
    for (const Discard::Alert& one : discard.alerts) {
        if (const auto done = count(alert->bind(1, one.number).bind(2, one.seen).run(), gone.alerts); !done) {
            return tl::unexpected(done.error());
        }
    }
    for (const Discard::Block& one : discard.blocks) {
        if (const auto done = count(block->bind(1, one.target).bind(2, one.indicator).run(), gone.blocks); !done) {
            return tl::unexpected(done.error());
        }
    }
    return gone;
}

Retention::Retention(Options options, Write write, Told told)
    : options_(std::move(options)), write_(std::move(write)), told_(std::move(told)), thread_([this] { run(); }) {}

Retention::~Retention() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

void Retention::run() {
    auto pause = options_.first_after;
    while (true) {
        {
            std::unique_lock lock(mutex_);
            if (wake_.wait_for(lock, pause, [this] { return stopping_; })) {
                return;
            }
        }
        const Forgotten gone = pass();
        if (told_) {
            told_(gone);
        }
        pause = options_.every;
    }
}

/// What cannot be read or written now is left for the next pass; a disk in trouble is told by those who wait for it.
Forgotten Retention::pass() {
    durable_step("before a pass of retention");
    auto connection = Connection::open(options_.path, OpenMode::existing);
    if (!connection) {
        return {};
    }
    Pass pass(*connection, options_.keeping, options_.now(), write_);
    static_cast<void>(pass.run());
    return pass.forgotten();
}

}  // namespace bridge::store
