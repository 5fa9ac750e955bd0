// The statements that write the store, on one connection and for one thread: what a transaction holds is up to the
// caller.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "bridge/domain/value/failure.hpp"
#include "bridge/store/retention.hpp"
#include "bridge/store/sqlite.hpp"
#include "bridge/store/store.hpp"

namespace bridge::store {

enum class Inspection { whole, none };

class Writer {
public:
    /// Opens the file (mode `create`: makes it, readable by its owner only), migrates it, and looks for damage unless
    /// it is one that was looked at and has not been replaced. `bytes_max` bounds the database file; 0: no bound.
    static domain::Result<std::unique_ptr<Writer>> open(const std::string& path, OpenMode mode, std::uint64_t bytes_max,
                                                        Inspection inspection = Inspection::whole);

    SqliteResult<void> begin();
    SqliteResult<Accepted> accept(const Acceptance& acceptance);
    SqliteResult<void> change(const domain::BlockChange& change);
    SqliteResult<Forgotten> erase(const Discard& discard);
    SqliteResult<void> order(const domain::StandingOrder& order);
    SqliteResult<void> audit(const domain::AuditEntry& entry);
    /// Synced when it returns. Blocks that were accepted in this transaction reach the table here, or before the first
    /// `change`: alerts on one attacker come in crowds, and a crowd costs one row then.
    SqliteResult<void> commit();
    void roll_back();

    /// Length of the write-ahead log after the last commit.
    int log_pages() const { return *log_pages_; }
    /// Brings what is left of the log into the database file, so that the next commit starts it anew.
    void finish_checkpoint();

    /// Whether `path` still names the file that is being written.
    bool still_in_place() const;

private:
    struct Statements {
        Statement begin, commit, roll_back, add_notification, add_alert, repeat_alert, merge_block, change_block,
            put_order, drop_order, add_audit, prune_audit;
    };

    /// What a transaction does to one block: the first `block` as it came, its expiry grown to the latest.
    struct Merge {
        domain::Block block;
        std::string indicator;
        std::int64_t repeats_more = 0;  // acceptances after the first
    };

    Writer(Connection connection, Statements statements, std::string path);
    SqliteResult<void> take(const domain::Block& block);
    SqliteResult<void> settle();
    SqliteResult<void> prune_audit(domain::WallTime now);
    static SqliteResult<Statements> prepare(Connection& connection);

    Connection connection_;
    Statements statements_;
    std::string path_;
    std::unique_ptr<int> log_pages_;
    std::vector<Merge> merges_;
    std::unordered_map<std::string, std::size_t> merge_of_;  // by indicator and target
    std::uint64_t device_ = 0;
    std::uint64_t inode_ = 0;
    std::size_t audit_since_pruned_ = 0;
    std::int64_t next_notification_ = 1;       // within the transaction
    std::int64_t committed_notification_ = 1;  // outside of it
};

}  // namespace bridge::store
