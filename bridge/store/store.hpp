// The durable step: the journal (alerts as they were accepted) and the ledger (blocks and their state). Its simulated
// twin in the lab may crash between any two calls and lose what was not synced.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "bridge/domain/alert/alert.hpp"
#include "bridge/domain/block/audit_entry.hpp"
#include "bridge/domain/block/block.hpp"
#include "bridge/domain/block/standing_order.hpp"
#include "bridge/domain/value/failure.hpp"
#include "bridge/domain/value/time.hpp"

namespace bridge::store {

/// One alert for the journal, with what was decided on it.
struct JournalEntry {
    std::string identity;  // domain::identity_of
    std::string appliance;
    std::string type;
    std::string alert_id;
    std::string severity;
    std::string decision;  // one JSON object: attackers, domains, blockable, ignored with reasons
};

/// One notification as it goes into the store: all of it or nothing.
struct Acceptance {
    std::string payload;  // as received
    std::string format;
    std::string peer;
    domain::WallTime received;
    std::vector<JournalEntry> alerts;
    std::vector<domain::Block> blocks;  // an indicator that the target has already: see SqliteStore on merging
    std::vector<domain::AuditEntry> audit{};
};

/// What changes without a notification: written in order, all of it or nothing, and tried again until it is.
struct Notes {
    std::vector<domain::BlockChange> changes{};
    std::vector<domain::StandingOrder> orders{};  // replaces that of the same kind and subject
    std::vector<domain::AuditEntry> audit{};
};

struct Accepted {
    std::uint32_t new_alerts = 0;
    std::uint32_t repeated_alerts = 0;  // identity was in the journal already; its count grew
};

/// What the journal says of one alert.
struct JournalRow {
    std::uint64_t number = 0;  // rising in order of acceptance
    JournalEntry entry;
    domain::WallTime received;
    std::uint32_t seen = 1;
};

/// A notification as it came, with the alerts that it was the first to bring.
struct StoredNotification {
    std::string payload;
    std::string format;
    domain::WallTime received;
    std::vector<JournalRow> alerts;  // in order of acceptance
};

/// What is asked of the journal and the audit trail about one address.
struct HistoryQuestion {
    std::vector<std::string> names;  // the indicator as it is written, and what it is part of
    std::size_t alerts_max = 50;
    std::size_t changes_max = 500;
};

struct History {
    std::vector<JournalRow> alerts;           // those whose decision names it, newest first
    std::vector<domain::AuditEntry> changes;  // the newest ones, oldest first
};

class Store {
public:
    using Done = std::function<void(domain::Result<Accepted>)>;

    virtual ~Store() = default;

    /// Journals the alerts and merges the blocks into the ledger as one. On success both survive a power cut before
    /// `done` is called. `done` is called on the thread that the store was made for, in order of `accept`.
    /// Merging, by (target, indicator): a desired block (wanted, pushed, enforced) keeps its state, its `expires` grows
    /// to the later one, `repeats` counts up; one that is expired, removed, refused or held becomes what comes in now.
    /// One without alerts, blocks and payload keeps nothing, and tells that all before it is durable.
    /// Errors   store_failed (disk full, read-only, corrupt), naming file and reason
    virtual void accept(Acceptance acceptance, Done done) = 0;

    /// Writes states of blocks, in order, behind what was accepted before. Durable soon, not at once: losing the last
    /// ones costs a comparison with the target. A write that fails is repeated until it succeeds.
    virtual void record(std::vector<domain::BlockChange> changes) = 0;

    /// The same with standing orders and the audit trail. `done`, if there is one, is called once, on the thread that
    /// the store was made for: when all of it survives a power cut, or with the failure of the first try.
    virtual void note(Notes notes, std::function<void(domain::Result<void>)> done) = 0;

    /// The standing orders that were not taken back.
    virtual domain::Result<std::vector<domain::StandingOrder>> load_orders() = 0;

    /// Reads the whole journal, so it takes its time elsewhere; `done` is called on the thread that the store was made
    /// for. Errors   store_failed; busy (too many such questions wait)
    virtual void history_of(HistoryQuestion question, std::function<void(domain::Result<History>)> done) = 0;

    /// The whole ledger, but for removed blocks.
    virtual domain::Result<std::vector<domain::Block>> load_blocks() = 0;

    /// The newest `count` alerts, newest first.
    virtual domain::Result<std::vector<JournalRow>> newest_alerts(std::size_t count) = 0;

    /// The alerts that an operator may mean, newest first, at most `count`: those of that journal number, alert id,
    /// identity, or identity up to its last '/' (a uuid).
    virtual domain::Result<std::vector<JournalRow>> alerts_called(const std::string& name, std::size_t count) = 0;

    /// The notification that first brought the alert of this journal number; a repeat's payload is not kept. nullopt
    /// when there is no such number.
    virtual domain::Result<std::optional<StoredNotification>> notification_of(std::uint64_t number) = 0;

    /// Why the last write failed, or empty when all is well.
    virtual std::string trouble() const = 0;

    /// Transactions that were synced to disk since the store was opened; 0 for a store that does not count them.
    virtual std::uint64_t syncs() const { return 0; }
};

}  // namespace bridge::store
