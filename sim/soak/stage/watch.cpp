#include "sim/soak/stage/watch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "sim/load/stage/raised_firewall.hpp"
#include "sim/soak/judge/commit_tally.hpp"
#include "sim/soak/judge/left_over.hpp"
#include "sim/soak/judge/object_roll.hpp"
#include "sim/soak/judge/our_objects.hpp"
#include "sim/soak/judge/victim.hpp"

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

/// For a colleague to take away, which the account has to know of.
std::optional<Member> Watch::take_victim(std::size_t i, std::uint64_t draw) {
    const Stand& stand = *stands_[i];
    const Books::Open account = books_.open();
    const auto victim = victim_at(*account, i, stand.objects, draw, time_.now());
    if (!victim) {
        return std::nullopt;
    }
    account->tampered(i, *victim);
    return Member{stand.objects[*victim], group_of(stand.looked_at, stand.objects[*victim])};
}

tl::expected<void, std::string> Watch::strike(const Disturbance& what) {
    return loop_.run([&] {
        Stand& stand = *stands_[what.firewall];
        ++stand.disturbances;
        const auto victim = what.kind == Kind::colleague_removes ? take_victim(what.firewall, what.draw) : std::nullopt;
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
            const std::span<const panos::RecordedCommit> commits(device.commits());
            tally_commits(commits.subspan(stand.commits_before), bridge_user, seen);
            seen.calls = device.calls_dropped() + device.calls().size();
            if (at_rest) {
                const bool uncommitted = !device.pending(bridge_user).empty();
                for (std::string& wrong : left_over(device.running(), device.candidate(), uncommitted)) {
                    books_.find(Wrong::firewall, books_.firewall(i), std::move(wrong));
                }
            }
        });
        return seen;
    });
}

}  // namespace sim::soak
