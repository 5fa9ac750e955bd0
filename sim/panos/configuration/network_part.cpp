#include "sim/panos/configuration/network_part.hpp"

#include "sim/panos/configuration/system_text.hpp"
#include "sim/panos/tree/place.hpp"

namespace sim::panos {
namespace {

using Tags = std::vector<std::string>;

std::vector<std::string> addresses_of(const NodePtr& layer) {
    std::vector<std::string> found;
    each_entry(layer ? layer->child_ptr("ip") : nullptr, [&found](const NodePtr& ip) { found.push_back(ip->value()); });
    return found;
}

std::string layer_of(const Node& port) {
    for (const std::string_view each : {"layer3", "layer2", "virtual-wire", "tap", "ha"}) {
        if (port.child(each) != nullptr) {
            return std::string(each);
        }
    }
    return "unknown";
}

}  // namespace

void each_entry(const NodePtr& container, const std::function<void(const NodePtr&)>& tell) {
    if (container) {
        container->children().each([&tell](const Child& child) {
            tell(child.node);
            return true;
        });
    }
}

bool lists(const NodePtr& members, const std::string& name) {
    return members && members->child("member", name) != nullptr;
}

std::vector<Interface> interfaces(const NodePtr& running) {
    std::vector<Interface> all;
    const NodePtr device = device_part(*running);
    const NodePtr kinds = device ? node_at(device, Tags{"network", "interface"}) : nullptr;
    const auto add = [&all](Interface made) {
        made.id = 16 + all.size();
        all.push_back(std::move(made));
    };
    const auto add_units = [&add](const NodePtr& layer, bool routed) {
        each_entry(layer ? layer->child_ptr("units") : nullptr, [&](const NodePtr& unit) {
            const std::string tag(unit->text_of("tag"));
            add({unit->value(), tag.empty() ? "0" : tag, addresses_of(unit), false, routed, 0,
                 routed ? "layer3" : "layer2"});
        });
    };
    each_entry(kinds, [&](const NodePtr& kind) {
        if (kind->tag() == "ethernet" || kind->tag() == "aggregate-ethernet") {
            each_entry(kind, [&](const NodePtr& port) {
                const NodePtr layer = port->child_ptr("layer3");
                const bool routed = layer && (layer->child("ip") != nullptr || layer->child("dhcp-client") != nullptr);
                add({port->value(), "0", addresses_of(layer), true, routed, 0, layer_of(*port)});
                add_units(layer, true);
                add_units(port->child_ptr("layer2"), false);
            });
        } else {
            add_units(kind, true);
        }
    });
    return all;
}

std::string router_of(const NodePtr& running, const std::string& name) {
    std::string found;
    const NodePtr device = device_part(*running);
    each_entry(device ? node_at(device, Tags{"network", "virtual-router"}) : nullptr, [&](const NodePtr& router) {
        if (lists(router->child_ptr("interface"), name)) {
            found = router->value();
        }
    });
    return found;
}

Zone zone_of(const NodePtr& running, const std::string& name) {
    Zone found;
    std::size_t number = 0;
    for (const Scope& scope : scopes_of(running)) {
        if (scope.shared()) {
            continue;
        }
        ++number;
        each_entry(scope.node->child_ptr("zone"), [&](const NodePtr& zone) {
            each_entry(zone->child_ptr("network"), [&](const NodePtr& members) {
                if (lists(members, name)) {
                    found = {zone->value(), number};
                }
            });
        });
    }
    return found;
}

}  // namespace sim::panos
