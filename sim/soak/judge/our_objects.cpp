#include "sim/soak/judge/our_objects.hpp"

#include "sim/panos/tree/place.hpp"

namespace sim::soak {

namespace {

constexpr const char* our_tag = "firebreak";

/// "203.0.113.5/32" is written for "203.0.113.5".
std::string without_host_mask(std::string_view text) {
    for (const std::string_view mask : {"/32", "/128"}) {
        if (text.ends_with(mask)) {
            text.remove_suffix(mask.size());
        }
    }
    return std::string(text);
}

}  // namespace

void each_object(const panos::NodePtr& configuration,
                 const std::function<void(const std::string&, const std::string&)>& visit) {
    for (const panos::Scope& scope : panos::scopes_of(configuration)) {
        const auto addresses = panos::node_at(scope.node, panos::container_steps(panos::Kind::address));
        if (addresses == nullptr) {
            continue;
        }
        addresses->children().each([&](const panos::Child& child) {
            const panos::Node* const tags = child.node->child("tag");
            if (tags != nullptr && tags->child("member", our_tag) != nullptr) {
                visit(child.node->value(), without_host_mask(child.node->text_of("ip-netmask")));
            }
            return true;
        });
    }
}

std::string group_of(const panos::NodePtr& configuration, const std::string& object) {
    std::string found;
    for (const panos::Scope& scope : panos::scopes_of(configuration)) {
        const auto groups = panos::node_at(scope.node, panos::container_steps(panos::Kind::address_group));
        if (groups == nullptr) {
            continue;
        }
        groups->children().each([&](const panos::Child& child) {
            const panos::Node* const members = child.node->child("static");
            if (members != nullptr && members->child("member", object) != nullptr) {
                found = child.node->value();
            }
            return found.empty();
        });
    }
    return found;
}

}  // namespace sim::soak
