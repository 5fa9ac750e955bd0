#include "sim/load/firewall_watch.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/panos/policy/external_list.hpp"
#include "sim/panos/policy/registration.hpp"
#include "sim/panos/tree/place.hpp"

namespace sim::load {

namespace {

std::string kind_of(const panos::RecordedCall& call) {
    if (call.type == "op") {
        return call.action.empty() ? "op" : call.action;  // "show jobs id"
    }
    return call.type == "config" ? call.action : call.type;
}

/// "203.0.113.5/32" is written for "203.0.113.5".
std::string_view without_host_mask(std::string_view text) {
    for (const std::string_view mask : {"/32", "/128"}) {
        if (text.ends_with(mask)) {
            text.remove_suffix(mask.size());
        }
    }
    return text;
}

bool changed_nothing(const panos::RecordedCommit& commit) {
    return commit.objects_added.empty() && commit.objects_removed.empty() && commit.objects_changed.empty() &&
           commit.groups.empty() && !commit.changed_elsewhere;
}

const panos::Children& no_children() {
    static const panos::Children none;
    return none;
}

/// The static members of a group; of none, none.
const panos::Children& members_of(const panos::Node* group) {
    const panos::Node* members = group == nullptr ? nullptr : group->child("static");
    return members == nullptr ? no_children() : members->children();
}

}  // namespace

FirewallWatch::FirewallWatch(std::string name, const std::vector<std::string>& attackers, const Schedule& due,
                             std::string user, Mode mode)
    : user_(std::move(user)), mode_(mode), attackers_(attackers), due_(due) {
    seen_.name = std::move(name);
    seen_.blocks.resize(attackers.size());
    by_address_.reserve(attackers.size());
    for (std::uint32_t i = 0; i < attackers.size(); ++i) {
        by_address_.emplace(attackers[i], i);
    }
}

void FirewallWatch::begin(const panos::Device& device, panos::Instant start) {
    start_ = start;
    calls_seen_ = device.calls_dropped() + device.calls().size();
    commits_before_ = device.commits().size();
    look_at_candidate(device, Micros{0});
}

void FirewallWatch::look(const panos::Device& device, panos::Instant at) {
    const Micros now = since_start(at);
    while (due_seen_ < due_.size() && due_[due_seen_] <= now) {
        open_.push_back(static_cast<std::uint32_t>(due_seen_++));
    }
    look_at_calls(device, now);
    look_at_commits(device, now);
    if (fetches_lists(mode_) && lists_changed(device)) {
        look_at_verdicts(device, now, no_commit);
    }
}

bool FirewallWatch::lists_changed(const panos::Device& device) {
    bool changed = false;
    for (const panos::ExternalList* const list : device.lists().all()) {
        if (list->refreshed) {
            const auto [known, first] =
                fetched_.try_emplace(list->key.first + "/" + list->key.second, *list->refreshed);
            changed = changed || first || known->second != *list->refreshed;
            known->second = *list->refreshed;
        }
    }
    return changed;
}

void FirewallWatch::look_at_calls(const panos::Device& device, Micros now) {
    const std::uint64_t dropped = device.calls_dropped();
    const std::uint64_t all = dropped + device.calls().size();
    bool edited = false;
    bool registered = false;
    seen_.calls_forgotten += dropped > calls_seen_ ? dropped - calls_seen_ : 0;
    for (std::uint64_t i = std::max(calls_seen_, dropped); i < all; ++i) {
        const panos::RecordedCall& call = device.calls()[static_cast<std::size_t>(i - dropped)];
        if (call.administrator != user_) {
            continue;
        }
        ++seen_.calls[kind_of(call)];
        const bool well = call.status == "success";
        edited = edited || (well && call.type == "config" && call.action != "get" && call.action != "show");
        registered = registered || call.type == "user-id";  // even a refused message may have been taken in part
        seen_.refused_commits += !well && call.type == "commit" ? 1U : 0U;
    }
    calls_seen_ = all;
    if (edited) {
        look_at_candidate(device, now);
    }
    if (registered) {
        for (const std::uint32_t i : open_) {
            if (seen_.blocks[i].staged == never && device.registered().address("vsys1", attackers_[i]) != nullptr) {
                seen_.blocks[i].staged = now;
            }
        }
    }
    if (registered || mode_ == Mode::dynamic) {
        look_at_verdicts(device, now, no_commit);
    }
}

void FirewallWatch::look_at_candidate(const panos::Device& device, Micros now) {
    for (const panos::Scope& scope : panos::scopes_of(device.candidate())) {
        const auto groups = panos::node_at(scope.node, panos::container_steps(panos::Kind::address_group));
        const auto addresses = panos::node_at(scope.node, panos::container_steps(panos::Kind::address));
        if (groups == nullptr) {
            continue;
        }
        const std::string scope_name = scope.shared() ? "shared" : scope.vsys();
        groups->children().each([&](const panos::Child& child) {
            panos::NodePtr& before = groups_[scope_name + "/" + child.node->value()];
            if (before != child.node) {
                note_members(addresses, before.get(), child.node.get(), now);
                before = child.node;
            }
            return true;
        });
    }
}

void FirewallWatch::note_members(const panos::NodePtr& addresses, const panos::Node* before, const panos::Node* after,
                                 Micros now) {
    panos::Children::differences(
        members_of(before), members_of(after), [&](const panos::NodePtr&, const panos::NodePtr& member) {
            const panos::Node* object =
                member == nullptr || addresses == nullptr ? nullptr : addresses->child("entry", member->value());
            if (object != nullptr) {
                stage(without_host_mask(object->text_of("ip-netmask")), now);
            }
        });
}

void FirewallWatch::stage(std::string_view address, Micros now) {
    const auto found = by_address_.find(std::string(address));
    if (found != by_address_.end() && seen_.blocks[found->second].staged == never) {
        seen_.blocks[found->second].staged = now;
        staged_.push_back(found->second);
    }
}

void FirewallWatch::look_at_commits(const panos::Device& device, Micros now) {
    const auto& all = device.commits();
    for (std::size_t i = commits_before_ + commits_ended_; i < all.size(); ++i) {
        const panos::RecordedCommit& commit = all[i];
        const std::size_t index = i - commits_before_;
        if (index == seen_.commits.size()) {
            CommitSeen fresh;
            fresh.job = commit.job;
            fresh.asked = since_start(commit.enqueued);
            seen_.commits.push_back(fresh);
            for (const std::uint32_t each : staged_) {
                seen_.blocks[each].queued = now;
            }
            staged_.clear();
        }
        CommitSeen& known = seen_.commits[index];
        if (commit.started && known.started == never) {
            known.started = since_start(*commit.started);
        }
        if (commit.finished && known.finished == never) {
            known.finished = since_start(*commit.finished);
            known.ok = commit.result == panos::JobResult::ok;
            known.empty = known.ok && changed_nothing(commit);
            look_at_verdicts(device, now, static_cast<std::uint32_t>(index));
        }
    }
    while (commits_ended_ < seen_.commits.size() && seen_.commits[commits_ended_].finished != never) {
        ++commits_ended_;
    }
}

void FirewallWatch::look_at_verdicts(const panos::Device& device, Micros now, std::uint32_t commit) {
    std::erase_if(open_, [&](std::uint32_t i) {
        BlockSpan& block = seen_.blocks[i];
        if (!device.blocks(attackers_[i])) {
            return false;
        }
        block.enforced = now;
        block.commit = commit;
        if (commit != no_commit) {
            ++seen_.commits[commit].alerts;
        }
        ++enforced_;
        return true;
    });
}

FirewallSeen FirewallWatch::seen(const panos::Device& device) const {
    FirewallSeen out = seen_;
    // A commit may have begun since the last look.
    for (std::size_t i = 0; i < out.commits.size(); ++i) {
        const panos::RecordedCommit& commit = device.commits()[commits_before_ + i];
        if (commit.started && out.commits[i].started == never) {
            out.commits[i].started = since_start(*commit.started);
        }
    }
    return out;
}

Micros FirewallWatch::since_start(panos::Instant at) const {
    return std::chrono::duration_cast<Micros>(at - start_);
}

}  // namespace sim::load
