#include "sim/panos/machine/high_availability.hpp"

#include <array>

#include "sim/panos/tree/place.hpp"

namespace sim::panos {
namespace {

constexpr std::array<std::string_view, 2> in_root{"mgt-config", "shared"};
constexpr std::array<std::string_view, 2> in_device{"network", "vsys"};

// The peer's child in place of the own one, or neither.
void replace_child(Node& node, const Node& with, std::string_view tag) {
    const Child* own_child = node.children().find(tag, "");
    const Child* other = with.children().find(tag, "");
    if (other != nullptr) {
        const std::int64_t place = own_child != nullptr ? own_child->place : other->place;
        node.children().put(unmarked(other->node), place);
    } else if (own_child != nullptr) {
        node.children().erase(tag, "");
    }
}

bool same(const Node& one, const Node& other, std::string_view tag) {
    const NodePtr left = one.child_ptr(tag);
    const NodePtr right = other.child_ptr(tag);
    return left == right || (left && right && same_content(*left, *right));
}

}  // namespace

void HighAvailability::become(HaState next, Instant now) {
    if (state != next) {
        state = next;
        since = now;
        ++entered[static_cast<std::size_t>(next)];
    }
}

void HighAvailability::leave(HaState next, std::string_view reason, Instant now) {
    become(next, now);
    last_error_state = std::string(name_of(next));
    last_error_reason = std::string(reason);
}

std::string_view name_of(HaState state) {
    switch (state) {
        case HaState::active:
            return "active";
        case HaState::passive:
            return "passive";
        case HaState::suspended:
            return "suspended";
        case HaState::non_functional:
            return "non-functional";
    }
    return "";
}

std::string_view control_address(const HighAvailability& device) {
    return device.priority == 90 ? "192.0.2.241" : "192.0.2.242";
}

void elect(HighAvailability& changed, HighAvailability& other, Instant now) {
    if (changed.functional() && other.state == HaState::active) {
        changed.become(HaState::passive, now);
    } else if (changed.functional()) {
        changed.become(HaState::active, now);
        if (other.functional()) {
            other.become(HaState::passive, now);
        }
    } else if (other.functional()) {
        other.become(HaState::active, now);
    }
}

NodePtr synchronised(const NodePtr& own_root, const NodePtr& peer_root) {
    NodePtr root = own_root;
    Node& node = own(root);
    for (const std::string_view tag : in_root) {
        replace_child(node, *peer_root, tag);
    }
    const NodePtr peer_device = device_part(*peer_root);
    const NodePtr own_device = device_part(node);
    if (peer_device == nullptr || own_device == nullptr) {
        return root;
    }
    const std::string name = own_device->value();
    node.children().modify("devices", "", [&](NodePtr& devices) {
        own(devices).children().modify("entry", name, [&](NodePtr& device) {
            Node& changed = own(device);
            for (const std::string_view tag : in_device) {
                replace_child(changed, *peer_device, tag);
            }
        });
    });
    return root;
}

bool in_step(const NodePtr& one, const NodePtr& other) {
    for (const std::string_view tag : in_root) {
        if (!same(*one, *other, tag)) {
            return false;
        }
    }
    const NodePtr left = device_part(*one);
    const NodePtr right = device_part(*other);
    if (left == nullptr || right == nullptr) {
        return left == right;
    }
    for (const std::string_view tag : in_device) {
        if (!same(*left, *right, tag)) {
            return false;
        }
    }
    return true;
}

}  // namespace sim::panos
