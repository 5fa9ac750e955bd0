// The two configurations of a device, the candidate and the running one, with the journal of what is not committed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/panos/edit.hpp"
#include "sim/panos/merge.hpp"

namespace sim::panos {

class Configuration {
public:
    explicit Configuration(NodePtr committed) : candidate_(committed), running_(std::move(committed)) {}

    const NodePtr& candidate() const noexcept { return candidate_; }
    const NodePtr& running() const noexcept { return running_; }
    const std::vector<JournalLine>& journal() const noexcept { return journal_; }
    std::uint64_t last_edit() const noexcept { return dirty_id_; }

    /// A change by `admin` on its own version of the candidate; nothing happens until it is accepted.
    Edit begin(const std::string& admin, Instant now);
    void accept(const Edit& edit);

    /// There is an edit that `take` takes, whether or not it makes a difference.
    bool pending(const Take& take) const;

    /// Drops every pending change, as one edit of `admin` (load config from running-config.xml).
    void load_running_as_candidate(const std::string& admin, Instant now);
    /// Both become `root`, nothing is pending.
    void load_both(NodePtr root);
    /// Drops the edits that `take` takes.
    void revert(const Take& take);

    /// What running would be after committing `take` of `snapshot`, a candidate as it was once.
    NodePtr would_be(const NodePtr& snapshot, const Take& take) const { return merged(running_, snapshot, take); }
    /// Running becomes `root`, as would_be() gave it; what was taken is no longer pending.
    void activate(NodePtr root, const Take& take);

private:
    NodePtr candidate_;
    NodePtr running_;
    std::vector<JournalLine> journal_;
    std::uint64_t dirty_id_ = 0;

    void forget(const Take& take);
};

}  // namespace sim::panos
