// The two configurations of a device, the candidate and the running one, with the journal of what is not committed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/panos/configuration/edit.hpp"
#include "sim/panos/configuration/merge.hpp"

namespace sim::panos {

class Configuration {
public:
    explicit Configuration(NodePtr committed) : candidate_(committed), running_(std::move(committed)) {
        references_.follow(candidate_);
    }

    const NodePtr& candidate() const noexcept { return candidate_; }
    const NodePtr& running() const noexcept { return running_; }
    const std::vector<JournalLine>& journal() const noexcept { return journal_; }
    std::uint64_t last_edit() const noexcept { return dirty_id_; }

    /// A change by `admin` on its own version of the candidate; nothing happens until it is accepted.
    Edit begin(const std::string& admin, Instant now);
    void accept(Edit edit);

    /// There is an edit that `take` takes, whether or not it makes a difference.
    bool pending(const Take& take) const;

    /// Several virtual systems are allowed: further ones can be made.
    void allow_further_vsys(bool allowed) noexcept { multi_vsys_ = allowed; }
    bool further_vsys_allowed() const noexcept { return multi_vsys_; }
    /// What the device runs: it decides what is taken, and whether new rules get a uuid.
    void set_version(const Version& version) { version_ = version; }
    /// What a template of a Panorama gave this device, a <config>; null: nothing.
    NodePtr pushed_template() const;

    /// The candidate becomes `wanted`, as one edit of `admin` (load config from ...).
    void load_as_candidate(const NodePtr& wanted, const std::string& admin, Instant now);
    void load_running_as_candidate(const std::string& admin, Instant now) { load_as_candidate(running_, admin, now); }
    /// Both become `root`, nothing is pending.
    void load_both(NodePtr root);
    /// The candidate as it was kept beside this running configuration, with its journal.
    void restore(NodePtr candidate, std::vector<JournalLine> journal, std::uint64_t last_edit);
    /// Drops the edits that `take` takes.
    void revert(const Take& take);

    /// Puts what a Panorama pushed (`panorama`, see panorama.hpp) into both; pending changes stay.
    void set_pushed(const NodePtr& panorama);

    /// What running would be after committing `take` of `snapshot`, a candidate as it was once; marks may be left in
    /// it.
    NodePtr would_be(const NodePtr& snapshot, const Take& take) const;
    /// Running becomes `root`, as would_be() gave it, without marks; what was taken is no longer pending. Costs least
    /// when nobody else holds `root`.
    void activate(NodePtr root, const Take& take);

private:
    NodePtr candidate_;
    NodePtr running_;
    std::vector<JournalLine> journal_;
    std::uint64_t dirty_id_ = 0;
    std::uint64_t replaced_at_ = 0;  // the last edit before something but a commit changed the running configuration
    std::uint64_t other_change_at_ = 0;  // the last edit before something but an edit changed one of the two
    bool multi_vsys_ = false;
    Version version_;
    References references_;  // of the candidate

    void forget(const Take& take);
    bool takes_all_pending(const Take& take) const;
};

}  // namespace sim::panos
