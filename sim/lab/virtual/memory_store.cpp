#include "sim/lab/virtual/memory_store.hpp"

#include <algorithm>

namespace sim::lab {

using bridge::domain::Block;
using bridge::domain::BlockState;
using bridge::store::Acceptance;
using bridge::store::Accepted;
using bridge::store::JournalRow;
using bridge::store::StoredNotification;

void MemoryStore::accept(Acceptance acceptance, Done done) {
    const auto synced = scheduler_.now() + sync_time_;
    scheduler_.run_at(synced, [this, power = power_, acceptance = std::move(acceptance), done = std::move(done)] {
        if (power == power_) {
            done(keep(acceptance));
        }
    });
}

Accepted MemoryStore::keep(const Acceptance& acceptance) {
    Accepted accepted;
    if (acceptance.alerts.empty() && acceptance.payload.empty()) {
        ledger_.apply(acceptance.blocks);
        return accepted;
    }
    for (const bridge::store::JournalEntry& entry : acceptance.alerts) {
        const auto [found, is_new] = by_identity_.try_emplace(entry.identity, journal_.size());
        if (is_new) {
            journal_.push_back(JournalRow{journal_.size() + 1, entry, acceptance.received, 1});
            brought_by_.push_back(notifications_.size());
            ++accepted.new_alerts;
        } else {
            ++journal_[found->second].seen;
            ++accepted.repeated_alerts;
        }
    }
    notifications_.push_back({acceptance.payload, acceptance.format, acceptance.received});
    ledger_.apply(acceptance.blocks);
    audit_.insert(audit_.end(), acceptance.audit.begin(), acceptance.audit.end());
    return accepted;
}

void MemoryStore::record(std::vector<bridge::domain::BlockChange> changes) {
    note(bridge::store::Notes{.changes = std::move(changes)}, nullptr);
}

/// What is noted is there at once; only who waits for it learns of it after the sync. (A bridge that dies in between
/// has not told anybody.)
void MemoryStore::note(bridge::store::Notes notes, std::function<void(bridge::domain::Result<void>)> done) {
    for (const bridge::domain::BlockChange& change : notes.changes) {
        ledger_.apply(change);
    }
    for (bridge::domain::StandingOrder& order : notes.orders) {
        std::erase_if(orders_, [&](const auto& one) { return one.kind == order.kind && one.subject == order.subject; });
        if (!order.taken_back) {
            orders_.push_back(std::move(order));
        }
    }
    audit_.insert(audit_.end(), notes.audit.begin(), notes.audit.end());
    if (done) {
        scheduler_.run_at(scheduler_.now() + sync_time_, [this, power = power_, done = std::move(done)] {
            if (power == power_) {
                done({});
            }
        });
    }
}

bridge::domain::Result<std::vector<bridge::domain::StandingOrder>> MemoryStore::load_orders() {
    return orders_;
}

void MemoryStore::history_of(bridge::store::HistoryQuestion question,
                             std::function<void(bridge::domain::Result<bridge::store::History>)> done) {
    bridge::store::History history;
    for (auto row = journal_.rbegin(); row != journal_.rend() && history.alerts.size() < question.alerts_max; ++row) {
        const bool named = std::any_of(question.names.begin(), question.names.end(), [&](const std::string& name) {
            return row->entry.decision.find('"' + name + '"') != std::string::npos;
        });
        if (named) {
            history.alerts.push_back(*row);
        }
    }
    for (const bridge::domain::AuditEntry& entry : audit_) {
        if (std::find(question.names.begin(), question.names.end(), entry.indicator.text()) != question.names.end()) {
            history.changes.push_back(entry);
        }
    }
    if (history.changes.size() > question.changes_max) {
        history.changes.erase(history.changes.begin(),
                              history.changes.end() - static_cast<std::ptrdiff_t>(question.changes_max));
    }
    done(std::move(history));
}

bridge::domain::Result<std::vector<Block>> MemoryStore::load_blocks() {
    std::vector<Block> blocks = ledger_.blocks();
    std::erase_if(blocks, [](const Block& block) { return block.state == BlockState::removed; });
    return blocks;
}

bridge::domain::Result<std::vector<JournalRow>> MemoryStore::newest_alerts(std::size_t count) {
    std::vector<JournalRow> newest(journal_.rbegin(), journal_.rend());
    newest.resize(std::min(count, newest.size()));
    return newest;
}

bridge::domain::Result<std::vector<JournalRow>> MemoryStore::alerts_called(const std::string& name, std::size_t count) {
    std::vector<JournalRow> rows;
    for (auto row = journal_.rbegin(); row != journal_.rend() && rows.size() < count; ++row) {
        const std::string& identity = row->entry.identity;
        if (std::to_string(row->number) == name || identity == name || row->entry.alert_id == name ||
            identity.starts_with(name + "/")) {
            rows.push_back(*row);
        }
    }
    return rows;
}

bridge::domain::Result<std::optional<StoredNotification>> MemoryStore::notification_of(std::uint64_t number) {
    if (number == 0 || number > journal_.size()) {
        return std::nullopt;
    }
    const std::size_t wanted = brought_by_[number - 1];
    const Kept& kept = notifications_[wanted];
    StoredNotification notification{kept.payload, kept.format, kept.received, {}};
    for (std::size_t i = 0; i < journal_.size(); ++i) {
        if (brought_by_[i] == wanted) {
            notification.alerts.push_back(journal_[i]);
        }
    }
    return notification;
}

void MemoryStore::lose_power() {
    ++power_;
}

}  // namespace sim::lab
