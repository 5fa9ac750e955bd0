#include "sim/soak/stage/watch.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/load/stage/raised_firewall.hpp"
#include "sim/soak/judge/object_roll.hpp"
#include "sim/soak/judge/our_objects.hpp"

namespace sim::soak {

using load::stage::bridge_user;
using load::stage::firewall_name;

Watch::~Watch() {
    loop_.run([this] { stands_.clear(); });
}

tl::expected<std::string, std::string> Watch::raise(const Setup& setup, const std::string& directory,
                                                    lab::BridgeFiles& files) {
    std::string password;
    for (std::size_t i = 0; i < setup.question.firewalls; ++i) {
        auto device = load::stage::device_of(setup.stage, i);
        if (!device) {
            return tl::unexpected(device.error());
        }
        device->boot_time = setup.question.longest;
        for (const panos::Administrator& each : device->administrators) {
            if (each.name == bridge_user) {
                password = each.password;
            }
        }
        stands_.push_back(std::make_unique<Stand>());
        Stand& stand = *stands_.back();
        stand.objects.resize(books_.addresses().size());
        const std::string name = firewall_name(i);
        auto raised = load::stage::raise_firewall(loop_, std::move(*device), name, directory, [this, i] { look(i); });
        if (!raised) {
            return tl::unexpected(raised.error());
        }
        files.targets[name] = raised->files;
        loop_.run([&] { stand.firewall = std::move(raised->firewall); });
    }
    return password;
}

void Watch::begin() {
    loop_.run([this] {
        begun_ = true;
        for (std::size_t i = 0; i < stands_.size(); ++i) {
            stands_[i]->firewall->at_device(
                [&](panos::Device& device, panos::Instant) { stands_[i]->commits_before = device.commits().size(); });
            look(i);
        }
    });
}

/// After each call and each job's end: when the running configuration is another one, what it denies.
void Watch::look(std::size_t i) {
    Stand& stand = *stands_[i];
    if (!begun_ || stand.firewall == nullptr) {
        return;
    }
    stand.firewall->at_device([&](panos::Device& device, panos::Instant) {
        panos::NodePtr running = device.running();
        if (running == stand.looked_at) {
            return;
        }
        stand.looked_at = std::move(running);
        const std::vector<std::string>& addresses = books_.addresses();
        std::vector<bool> denied(addresses.size());
        for (std::size_t a = 0; a < addresses.size(); ++a) {
            denied[a] = device.blocks(addresses[a]);
        }
        std::vector<Finding> wrong = look_at_objects(i);
        const Books::Open account = books_.open();
        account->looked(i, denied, time_.now());
        stand.denied_most = std::max(stand.denied_most, account->denied_count(i));
        for (Finding& each : wrong) {
            account->add(std::move(each));
        }
    });
}

std::vector<Finding> Watch::look_at_objects(std::size_t i) {
    Stand& stand = *stands_[i];
    ObjectRoll roll(books_, i, stand.told_wrong, time_.now());
    each_object(stand.looked_at, [&](const std::string& name, const std::string& value) { roll.add(name, value); });
    stand.objects = roll.names();
    stand.objects_most = std::max(stand.objects_most, roll.count());
    return roll.wrong();
}

/// One that is denied and will be for a while, for a colleague to take away.
std::optional<Member> Watch::victim_at(std::size_t i, std::uint64_t draw) {
    Stand& stand = *stands_[i];
    const std::size_t count = books_.addresses().size();
    const Books::Open account = books_.open();
    for (std::size_t k = 0; k < count; ++k) {
        const std::size_t a = (static_cast<std::size_t>(draw) + k) % count;
        if (stand.objects[a].empty() || !account->denied(i, a) || !account->is_due(a, time_.now())) {
            continue;
        }
        account->tampered(i, a);
        return Member{stand.objects[a], group_of(stand.looked_at, stand.objects[a])};
    }
    return std::nullopt;
}

tl::expected<void, std::string> Watch::strike(const Disturbance& what) {
    return loop_.run([&] {
        Stand& stand = *stands_[what.firewall];
        ++stand.disturbances;
        const auto victim = what.kind == Kind::colleague_removes ? victim_at(what.firewall, what.draw) : std::nullopt;
        return begin_disturbance(*stand.firewall, what, victim);
    });
}

tl::expected<void, std::string> Watch::lift(const Disturbance& what) {
    return loop_.run([&] {
        return end_disturbance(*stands_[what.firewall]->firewall, what, [&](std::string wrong) {
            books_.find(Wrong::firewall, firewall_name(what.firewall), std::move(wrong));
        });
    });
}

void Watch::hold(const std::function<void()>& what) {
    loop_.run([&what] { what(); });
}

FirewallSeen Watch::seen(std::size_t i, bool at_rest) {
    return loop_.run([&] {
        Stand& stand = *stands_[i];
        FirewallSeen seen;
        seen.name = books_.firewall(i);
        seen.disturbances = stand.disturbances;
        seen.denied_most = stand.denied_most;
        seen.objects_most = stand.objects_most;
        stand.firewall->at_device([&](panos::Device& device, panos::Instant) {
            for (std::size_t c = stand.commits_before; c < device.commits().size(); ++c) {
                const panos::RecordedCommit& commit = device.commits()[c];
                if (commit.administrator != bridge_user) {
                    continue;
                }
                const bool ok = commit.result == panos::JobResult::ok;
                const bool empty = commit.objects_added.empty() && commit.objects_removed.empty() &&
                                   commit.objects_changed.empty() && commit.groups.empty() && !commit.changed_elsewhere;
                ++seen.commits;
                seen.ok += ok ? 1U : 0U;
                seen.failed += commit.result == panos::JobResult::fail ? 1U : 0U;
                seen.empty += ok && empty ? 1U : 0U;
            }
            seen.calls = device.calls_dropped() + device.calls().size();
            if (at_rest) {
                check_left_over(i, device);
            }
        });
        return seen;
    });
}

/// When every block has expired nothing of ours may be left.
void Watch::check_left_over(std::size_t i, panos::Device& device) {
    for (const bool running : {true, false}) {
        std::size_t left = 0;
        std::string one;
        each_object(running ? device.running() : device.candidate(),
                    [&](const std::string& name, const std::string& value) {
                        ++left;
                        one = fmt::format("{} ({})", name, value);
                    });
        if (left > 0) {
            books_.find(Wrong::firewall, books_.firewall(i),
                        fmt::format("{} objects of ours are left in the {} configuration, {} among them", left,
                                    running ? "running" : "candidate", one));
        }
    }
    if (!device.pending(bridge_user).empty()) {
        books_.find(Wrong::firewall, books_.firewall(i), "has changes of the bridge that were never committed");
    }
}

}  // namespace sim::soak
