#include "sim/lab/memory_store.hpp"

#include <algorithm>

namespace sim::lab {

using bridge::domain::Block;
using bridge::domain::BlockState;
using bridge::store::Acceptance;
using bridge::store::Accepted;
using bridge::store::JournalRow;

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
    for (const bridge::store::JournalEntry& entry : acceptance.alerts) {
        const auto [found, is_new] = by_identity_.try_emplace(entry.identity, journal_.size());
        if (is_new) {
            journal_.push_back(JournalRow{journal_.size() + 1, entry, acceptance.received, 1});
            ++accepted.new_alerts;
        } else {
            ++journal_[found->second].seen;
            ++accepted.repeated_alerts;
        }
    }
    ledger_.apply(acceptance.blocks);
    return accepted;
}

void MemoryStore::record(std::vector<bridge::domain::BlockChange> changes) {
    for (const bridge::domain::BlockChange& change : changes) {
        ledger_.apply(change);
    }
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

void MemoryStore::lose_power() {
    ++power_;
}

}  // namespace sim::lab
