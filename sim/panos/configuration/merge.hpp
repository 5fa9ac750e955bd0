// What a commit makes of the running configuration: the candidate's uncommitted changes, or those of some
// administrators and sections only, carried over into it.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "sim/panos/tree/place.hpp"

namespace sim::panos {

/// Which uncommitted changes a commit takes.
struct Take {
    std::set<std::string> admins;  // empty: everyone's
    std::set<std::string> vsys;    // empty: every vsys
    std::vector<Way> within;       // only at or below one of these; empty: everywhere
    /// Of a Panorama: "device-group NAME", "template NAME", ...; empty: all of them.
    std::set<std::string> parts;
    bool shared = true;
    bool device_and_network = true;
    bool policy_and_objects = true;
    std::uint64_t up_to = UINT64_MAX;  // the last edit that counts

    bool everything() const { return admins.empty() && everywhere(); }
    /// Wherever in the configuration they are.
    bool everywhere() const {
        return vsys.empty() && within.empty() && parts.empty() && shared && device_and_network && policy_and_objects;
    }
    bool takes(const Mark& mark, const Way& way) const;
};

/// The running configuration after the commit. Where nothing is taken it is `running` itself, shared.
NodePtr merged(const NodePtr& running, const NodePtr& candidate, const Take& take);

/// The candidate after the commit: the marks of what was taken are gone, and clean parts are shared with `running`.
NodePtr settled(const NodePtr& candidate, const NodePtr& running, const Take& take);

/// A candidate with the content of `wanted`, in which what differs from `running` is marked and the rest is shared with
/// it. `wanted` has no marks.
NodePtr as_candidate(const NodePtr& running, const NodePtr& wanted, const MarkPtr& mark);

/// The candidate without the changes that `take` names: what `revert config` leaves.
NodePtr reverted(const NodePtr& candidate, const NodePtr& running, const Take& take);

}  // namespace sim::panos
