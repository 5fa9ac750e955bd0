// The enforcer behind a Panorama: after its own commit, the firewalls of the device group take a push.
#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "bridge/domain/enforcement/group_enforcer.hpp"

namespace bridge::domain {

void GroupEnforcer::look_at_devices() {
    phase_ = Phase::delivering;
    call(ReadDevices{});
}

void GroupEnforcer::deliver(Instant now) {
    phase_ = Phase::delivering;
    if (const auto serial = push_.unknown()) {
        call(ReadDeviceGroups{*serial});
        return;
    }
    std::vector<Receiver> due = push_.due();
    if (due.empty()) {
        delivered(now);
        return;
    }
    call(StartPush{std::move(due), "firebreak: blocks"});
}

/// What a firewall has of ours, which is out of step with the Panorama.
void GroupEnforcer::on_device_groups(const GroupsSeen& seen, Instant now) {
    std::unordered_set<std::string_view> members;
    for (const GroupSeen& group : seen.groups) {
        members.insert(group.members.begin(), group.members.end());
    }
    const bool lacks = std::any_of(entries_.begin(), entries_.end(), [&](const auto& each) {
        const Stage at = each.second.stage;
        const bool in = members.contains(each.first);
        return ((at == Stage::enforced || at == Stage::delivered) && !in) || (at == Stage::gone && in);
    });
    push_.looked_into(std::get<ReadDeviceGroups>(*last_call_).serial, lacks);
    deliver(now);
}

void GroupEnforcer::on_push_started(const CommitAnswered& answer, Instant now) {
    push_.started();
    if (!answer.job) {
        push_.give_up("the Panorama started no push");
        delivered(now);
        return;
    }
    push_job_ = answer.job;
    watch_.begin(now);
    note(Weight::news, fmt::format("push job {}: {} firewall(s)", *push_job_, push_.due().size()));
    look_later(push_takes_, now);
}

void GroupEnforcer::on_push(const PushSeen& seen, Instant now) {
    std::vector<std::string> news;
    std::vector<std::string> failures;
    push_.take(seen.devices, news, failures);
    for (std::string& line : news) {
        note(Weight::news, std::move(line));
    }
    for (std::string& line : failures) {
        last_error_ = line;
        note(Weight::warning, std::move(line));
    }
    const std::chrono::milliseconds elapsed = watch_.elapsed(now);
    const bool none_pending = std::none_of(seen.devices.begin(), seen.devices.end(), [](const auto& device) {
        return device.state == PushSeen::Device::State::pending;
    });
    if (seen.over && none_pending) {
        push_.give_up(seen.failed && !seen.details.empty() ? seen.details : "the push's job does not name it");
    } else if (elapsed > settings_.commit_patience) {
        push_.give_up(fmt::format("push job {} is not over after {} s", *push_job_, elapsed.count() / 1000));
    }
    if (push_.pending()) {
        watch_.unfinished(0, now);
        look_later(push_takes_, now);
        return;
    }
    push_takes_ = elapsed - elapsed / 8;  // so that one late look does not become the rule
    push_job_.reset();
    delivered(now);
}

/// All that can be done now is done: what every connected firewall has is enforced.
void GroupEnforcer::delivered(Instant now) {
    if (push_.settled()) {
        std::vector<std::string> gone;
        for (auto& [name, entry] : entries_) {
            if (entry.stage == Stage::delivered) {
                stage(name, entry, Stage::enforced);
                change(name, BlockState::enforced, "");
            } else if (entry.stage == Stage::gone) {
                gone.push_back(name);
            }
        }
        for (const std::string& name : gone) {
            drop(name, BlockState::removed, "");
        }
        finished_job_.reset();
        failures_ = 0;
        plan(now);
        return;
    }
    if (!wanted_.empty() || !leaving_.empty()) {
        // A firewall that does not take the push delays nobody else's.
        plan(now);
        return;
    }
    wait(now, push_.lacking(), false, settings_.backoff_max);
    waits_for_devices_ = true;
    objects_known_ = true;
}

void GroupEnforcer::delivery_failed(const Failure& failure, Instant now) {
    const Remedy what_next = remedy(failure.code);
    if (const auto* look = std::get_if<ReadDeviceGroups>(&*last_call_);
        look != nullptr && failure.code != Errc::unreachable && what_next != Remedy::reauthorise) {
        // It will be pushed to, which does no harm.
        note(Weight::detail, fmt::format("{} does not show what was pushed to it: {}", look->serial, failure.detail));
        push_.looked_into(look->serial, true);
        deliver(now);
        return;
    }
    if (push_job_ && failure.code == Errc::missing) {
        push_.give_up(fmt::format("push job {} is unknown to the Panorama; was it restarted?", *push_job_));
        push_job_.reset();
        delivered(now);
        return;
    }
    const bool lock = what_next == Remedy::wait_for_lock || failure.code == Errc::busy;
    // The push goes on whether we can see it or not, so we keep asking for that one.
    wait(now, failure.detail, push_job_.has_value() || lock, settings_.backoff_max);
}

}  // namespace bridge::domain
