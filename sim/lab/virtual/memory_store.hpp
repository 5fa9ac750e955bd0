// The store's twin in the virtual world: what it has accepted it keeps while the bridge dies and comes back, and it
// takes a moment to do so.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "bridge/domain/ledger/ledger.hpp"
#include "bridge/store/store.hpp"
#include "sim/lab/virtual/scheduler.hpp"

namespace sim::lab {

class MemoryStore final : public bridge::store::Store {
public:
    /// `scheduler` must outlive the store. A write is synced after `sync_time`.
    MemoryStore(Scheduler& scheduler, std::chrono::milliseconds sync_time)
        : scheduler_(scheduler), sync_time_(sync_time) {}

    void accept(bridge::store::Acceptance acceptance, Done done) override;
    void record(std::vector<bridge::domain::BlockChange> changes) override;
    void note(bridge::store::Notes notes, std::function<void(bridge::domain::Result<void>)> done) override;
    bridge::domain::Result<std::vector<bridge::domain::StandingOrder>> load_orders() override;
    void history_of(bridge::store::HistoryQuestion question,
                    std::function<void(bridge::domain::Result<bridge::store::History>)> done) override;
    bridge::domain::Result<std::vector<bridge::domain::Block>> load_blocks() override;
    bridge::domain::Result<std::vector<bridge::store::JournalRow>> newest_alerts(std::size_t count) override;
    bridge::domain::Result<std::vector<bridge::store::JournalRow>> alerts_called(const std::string& name,
                                                                                 std::size_t count) override;
    bridge::domain::Result<std::optional<bridge::store::StoredNotification>> notification_of(
        std::uint64_t number) override;
    std::string trouble() const override { return ""; }

    /// The bridge that was promised an answer is gone: what is not synced yet is lost, and nobody is called back.
    void lose_power();

private:
    bridge::store::Accepted keep(const bridge::store::Acceptance& acceptance);

    Scheduler& scheduler_;
    std::chrono::milliseconds sync_time_;
    std::uint64_t power_ = 0;  // counts its losses
    bridge::domain::Ledger ledger_;
    std::vector<bridge::domain::StandingOrder> orders_;
    std::vector<bridge::domain::AuditEntry> audit_;
    std::vector<bridge::store::JournalRow> journal_;
    struct Kept {
        std::string payload;
        std::string format;
        bridge::domain::WallTime received;
    };
    std::vector<Kept> notifications_;
    std::vector<std::size_t> brought_by_;  // of each alert in the journal, its notification
    std::unordered_map<std::string, std::size_t> by_identity_;
};

}  // namespace sim::lab
