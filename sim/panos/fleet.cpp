#include "sim/panos/fleet.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/panos/configuration/check.hpp"
#include "sim/panos/configuration/panorama.hpp"
#include "sim/panos/device.hpp"
#include "sim/panos/machine/failover.hpp"
#include "sim/panos/machine/machine.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

tl::expected<void, std::string> put(Configuration& work, const std::string& path, const std::string& text) {
    Edit edit = work.begin("fleet", {});
    const auto elements = read_xml(text);
    if (!elements) {
        return tl::make_unexpected(elements.error());
    }
    const NodePtr before = edit.root();
    Outcome done = edit.set(path, *elements);
    if (done) {
        done = follow_device_groups(edit, before);
    }
    if (!done) {
        std::string lines;
        for (const std::string& line : done.error().lines) {
            lines += line;
        }
        return tl::make_unexpected(lines);
    }
    work.accept(std::move(edit));
    return {};
}

tl::expected<NodePtr, std::string> with_member(const NodePtr& root, const std::string& serial,
                                               const Membership& membership) {
    Configuration work(root);
    const std::string device = "/config/devices/entry[@name='localhost.localdomain']";
    const std::string entry = fmt::format("<entry name=\"{}\"/>", escaped_attribute(serial));
    std::vector<std::pair<std::string, std::string>> parts{{"/config/mgt-config/devices", entry}};
    if (!membership.device_group.empty()) {
        parts.emplace_back(device + "/device-group", fmt::format("<entry name=\"{}\"><devices>{}</devices></entry>",
                                                                 escaped_attribute(membership.device_group), entry));
    }
    if (!membership.template_stack.empty()) {
        parts.emplace_back(device + "/template-stack",
                           fmt::format("<entry name=\"{}\"><devices>{}</devices></entry>",
                                       escaped_attribute(membership.template_stack), entry));
    }
    for (const auto& [path, text] : parts) {
        if (auto done = put(work, path, text); !done) {
            return tl::make_unexpected(done.error());
        }
    }
    return unmarked(work.candidate());
}

}  // namespace

struct Fleet::Member {
    Device* device = nullptr;
    Machine* machine = nullptr;
    Machine* panorama = nullptr;
    Machine* peer = nullptr;
    bool connected = false;
};

Fleet::Fleet() = default;

Fleet::~Fleet() {
    for (const auto& each : members_) {
        each->device->join(nullptr);
    }
}

Fleet::Member* Fleet::find(const Machine& machine) const {
    const auto at = std::find_if(members_.begin(), members_.end(),
                                 [&machine](const auto& each) { return each->machine == &machine; });
    return at == members_.end() ? nullptr : at->get();
}

Fleet::Member* Fleet::find(const Device& device) const {
    const auto at =
        std::find_if(members_.begin(), members_.end(), [&device](const auto& each) { return each->device == &device; });
    return at == members_.end() ? nullptr : at->get();
}

tl::expected<void, std::string> Fleet::add(Device& device) {
    Machine& machine = device.join(this);
    for (const auto& each : members_) {
        const bool same_name = each->machine->options.name == machine.options.name;
        if (same_name || each->machine->serial == machine.serial) {
            device.join(nullptr);
            return tl::make_unexpected(same_name ? fmt::format("two devices are named '{}'", machine.options.name)
                                                 : fmt::format("devices '{}' and '{}' have the same serial number {}",
                                                               each->machine->options.name, machine.options.name,
                                                               machine.serial));
        }
    }
    auto member = std::make_unique<Member>();
    member->device = &device;
    member->machine = &machine;
    members_.push_back(std::move(member));
    devices_.push_back(&device);
    return {};
}

tl::expected<void, std::string> Fleet::manage(Device& panorama, Device& firewall, const Membership& membership,
                                              Instant now) {
    Member* above = find(panorama);
    Member* below = find(firewall);
    if (above == nullptr || below == nullptr || !above->machine->panorama() || below->machine->panorama()) {
        return tl::make_unexpected(fmt::format("'{}' can't manage '{}': a Panorama manages firewalls of its fleet",
                                               panorama.options().name, firewall.options().name));
    }
    if (below->panorama != nullptr) {
        return tl::make_unexpected(fmt::format("'{}' has a Panorama already", firewall.options().name));
    }
    Machine& machine = *below->machine;
    Configuration& theirs = above->machine->configuration;
    auto root = with_member(theirs.running(), machine.serial, membership);
    if (!root) {
        return tl::make_unexpected(fmt::format("'{}' can't be put on '{}': {}", firewall.options().name,
                                               panorama.options().name, root.error()));
    }
    const Push push{*root, machine.serial, true, true, false};
    const NodePtr pushed = with_push(machine.configuration.running(), push);
    Lines wrong = push_conflicts(pushed);
    const Differences changed = differences(effective(machine.configuration.running()), effective(pushed));
    const Lines invalid = check_configuration(changed, effective(pushed), machine.limits);
    wrong.insert(wrong.end(), invalid.begin(), invalid.end());
    if (!wrong.empty()) {
        return tl::make_unexpected(fmt::format("what '{}' has for '{}' doesn't fit there: {}", panorama.options().name,
                                               firewall.options().name, wrong.front()));
    }
    theirs.load_both(*root);
    machine.configuration.set_pushed(pushed->child_ptr("panorama"));
    machine.running_changed();
    PushMemory& memory = above->machine->pushes[machine.serial];
    memory.policy_version = 1;
    memory.given_policy = memory.given_network = above->machine->push_history.with_all(theirs.running());
    memory.policy = memory.network = {"commit succeeded", date_and_time(now)};
    below->panorama = above->machine;
    below->connected = true;
    return {};
}

tl::expected<void, std::string> Fleet::pair(Device& first, Device& second, Instant now) {
    Member* one = find(first);
    Member* two = find(second);
    if (one == nullptr || two == nullptr || one == two || one->machine->panorama() || two->machine->panorama() ||
        one->peer != nullptr || two->peer != nullptr) {
        return tl::make_unexpected(fmt::format("'{}' and '{}' can't be an HA pair: two firewalls that have no peer are",
                                               first.options().name, second.options().name));
    }
    if (one->machine->options.model != two->machine->options.model) {
        return tl::make_unexpected(fmt::format("'{}' and '{}' can't be an HA pair: their models differ",
                                               first.options().name, second.options().name));
    }
    one->peer = two->machine;
    two->peer = one->machine;
    for (Member* each : {one, two}) {
        HighAvailability& ha = each->machine->high_availability;
        ha = HighAvailability{};
        ha.enabled = true;
        ha.since = now;
        ha.priority = each == one ? 90 : 100;
        ha.state = each == one ? HaState::active : HaState::passive;
        ha.entered[static_cast<std::size_t>(ha.state)] = 1;
    }
    two->machine->configuration.load_both(
        synchronised(two->machine->configuration.running(), one->machine->configuration.running()));
    two->machine->running_changed();
    return {};
}

void Fleet::advance(Instant now) {
    std::optional<Instant> last;
    for (auto next = next_event(); next && *next <= now && next != last; next = next_event()) {
        last = next;
        for (const auto& each : members_) {
            each->device->advance_alone(*next);
        }
    }
    for (const auto& each : members_) {
        each->device->advance_alone(now);
    }
}

std::optional<Instant> Fleet::next_event() const {
    std::optional<Instant> next;
    for (const auto& each : members_) {
        const auto own_next = each->device->next_event_alone();
        if (own_next && (!next || *own_next < *next)) {
            next = own_next;
        }
    }
    return next;
}

bool Fleet::set_connected(const Device& firewall, bool connected) {
    Member* member = find(firewall);
    if (member == nullptr || member->panorama == nullptr) {
        return false;
    }
    member->connected = connected;
    return true;
}

bool Fleet::set_failed(const Device& device, bool failed, Instant now) {
    Member* member = find(device);
    if (member == nullptr || member->peer == nullptr) {
        return false;
    }
    HighAvailability& ha = member->machine->high_availability;
    if (failed) {
        ha.silent = true;
        ha.leave(HaState::non_functional, "Device failure", now);
    } else if (ha.silent) {
        ha.silent = false;
        ha.become(HaState::passive, now);
    }
    follow_pair(*member->machine, now);
    return true;
}

const Device& Fleet::active(const Device& device) const {
    const Member* member = find(device);
    if (member == nullptr || member->peer == nullptr || member->peer->high_availability.state != HaState::active) {
        return device;
    }
    return *find(*member->peer)->device;
}

Machine* Fleet::by_serial(std::string_view serial) const {
    const auto at = std::find_if(members_.begin(), members_.end(),
                                 [serial](const auto& each) { return each->machine->serial == serial; });
    return at == members_.end() ? nullptr : (*at)->machine;
}

Machine* Fleet::panorama_of(const Machine& firewall) const {
    const Member* member = find(firewall);
    return member == nullptr ? nullptr : member->panorama;
}

Machine* Fleet::peer_of(const Machine& device) const {
    const Member* member = find(device);
    return member == nullptr ? nullptr : member->peer;
}

Machine* Fleet::connected_to(const Machine& panorama, std::string_view serial) const {
    Machine* machine = by_serial(serial);
    const Member* member = machine == nullptr ? nullptr : find(*machine);
    if (member == nullptr || member->panorama != &panorama || !member->connected) {
        return nullptr;
    }
    const auto managed = managed_serials(*panorama.configuration.running());
    return std::find(managed.begin(), managed.end(), serial) != managed.end() ? machine : nullptr;
}

void Fleet::leave(Device& device) {
    const Member* member = find(device);
    if (member == nullptr) {
        return;
    }
    const Machine* machine = member->machine;
    for (const auto& each : members_) {
        if (each->peer == machine) {
            each->peer = nullptr;
        }
        if (each->panorama == machine) {
            each->panorama = nullptr;
        }
    }
    std::erase(devices_, &device);
    std::erase_if(members_, [&device](const auto& each) { return each->device == &device; });
    device.join(nullptr);
}

}  // namespace sim::panos
