// Operational commands: LLDP. It runs where the running configuration says so; frames are sent, and nobody answers.
#include <fmt/format.h>

#include <algorithm>

#include "sim/panos/configuration/network_part.hpp"
#include "sim/panos/configuration/system_text.hpp"
#include "sim/panos/operate/operation.hpp"
#include "sim/panos/tree/place.hpp"
#include "sim/panos/tree/whole_number.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

using Tags = std::vector<std::string>;

constexpr std::uint64_t transmit_seconds_default = 30;
constexpr std::uint64_t hold_multiple_default = 4;

struct LldpPort {
    std::string name;
    std::string profile;
    std::string mode = "transmit-receive";
    std::size_t id = 0;
};

NodePtr network_of(const OperationCall& call) {
    const NodePtr device = device_part(*call.machine.configuration.running());
    return device ? device->child_ptr("network") : nullptr;
}

// Ports with LLDP; none while it is off as a whole.
std::vector<LldpPort> lldp_ports(const OperationCall& call) {
    std::vector<LldpPort> all;
    const NodePtr network = network_of(call);
    if (text_at(network, {"lldp", "enable"}) != "yes") {
        return all;
    }
    for (const Interface& port : interfaces(call.machine.configuration.running())) {
        if (!port.physical) {
            continue;
        }
        for (const std::string kind : {"ethernet", "aggregate-ethernet"}) {
            const NodePtr ports = node_at(network, Tags{"interface", kind});
            const NodePtr lldp =
                ports ? node_at(ports->child_ptr("entry", port.name), Tags{port.layer, "lldp"}) : nullptr;
            if (text_at(lldp, {"enable"}) != "yes") {
                continue;
            }
            LldpPort made{port.name, text_at(lldp, {"profile"})};
            made.id = port.id;
            const NodePtr profiles = node_at(network, Tags{"profiles", "lldp-profile"});
            const std::string mode = profiles ? text_at(profiles->child_ptr("entry", made.profile), {"mode"}) : "";
            made.mode = mode.empty() ? made.mode : mode;
            all.push_back(std::move(made));
        }
    }
    return all;
}

std::uint64_t lldp_setting(const OperationCall& call, const std::string& name, std::uint64_t otherwise) {
    return whole_number(text_at(network_of(call), {"lldp", name}), 3600).value_or(otherwise);
}

// The ports that are asked for: <neighbors>all</neighbors>, or one by its name. Refused: a name that no port has.
tl::expected<std::vector<LldpPort>, Reply> asked_ports(const OperationCall& call) {
    std::vector<LldpPort> all = lldp_ports(call);
    std::string wanted = call.command.text;
    if (const Element* const entry = call.command.child("entry")) {
        wanted = std::string(entry->attribute("name"));
    }
    if (wanted.empty() || wanted == "all") {
        return all;
    }
    const auto known = interfaces(call.machine.configuration.running());
    if (std::none_of(known.begin(), known.end(), [&](const Interface& each) { return each.name == wanted; })) {
        const std::string path = fmt::format("show -> lldp -> {}", call.command.name);
        return tl::make_unexpected(
            error(17, {fmt::format(" {} '{}' is not a valid reference", path, escaped_line(wanted)),
                       fmt::format(" {} is invalid", path)}));
    }
    std::erase_if(all, [&wanted](const LldpPort& each) { return each.name != wanted; });
    return all;
}

Reply told_of_ports(const OperationCall& call, std::string (*tell)(const OperationCall&, const LldpPort&)) {
    const auto ports = asked_ports(call);
    if (!ports) {
        return ports.error();
    }
    std::string out;
    for (const LldpPort& each : *ports) {
        out += fmt::format("<entry name=\"{}\">{}</entry>", escaped_attribute(each.name), tell(call, each));
    }
    return result(out);
}

Reply show_lldp_neighbours(const OperationCall& call) {
    return told_of_ports(call, [](const OperationCall&, const LldpPort&) { return std::string("<neighbors/>"); });
}

Reply show_lldp_settings(const OperationCall& call) {
    return told_of_ports(call, [](const OperationCall&, const LldpPort& port) {
        return fmt::format("<enabled>yes</enabled><mode>{}</mode><profile>{}</profile>", escaped_text(port.mode),
                           escaped_text(port.profile));
    });
}

Reply show_lldp_local(const OperationCall& call) {
    return told_of_ports(call, [](const OperationCall& asked, const LldpPort& port) {
        return fmt::format(
            "<chassis-type>MAC address</chassis-type><chassis-id>00:50:56:00:53:00</chassis-id>"
            "<port-type>Interface name</port-type><port-id>{}</port-id><ttl>{}</ttl><system-name>{}</system-name>",
            escaped_text(port.name),
            lldp_setting(asked, "transmit-interval", transmit_seconds_default) *
                lldp_setting(asked, "hold-time-multiple", hold_multiple_default),
            escaped_text(asked.machine.host_name));
    });
}

// Since the boot, as if LLDP had run all the time; a port without a link sends none.
Reply show_lldp_counters(const OperationCall& call) {
    return told_of_ports(call, [](const OperationCall& asked, const LldpPort& port) {
        const auto up = std::chrono::floor<std::chrono::seconds>(asked.session.now - asked.machine.booted).count();
        const bool sends = port.mode != "receive-only" && !asked.machine.outages.interfaces.contains(port.name);
        const std::uint64_t every =
            std::max<std::uint64_t>(1, lldp_setting(asked, "transmit-interval", transmit_seconds_default));
        return fmt::format(
            "<total-frames-transmitted>{}</total-frames-transmitted><total-frames-received>0</total-frames-received>"
            "<dropped-frames>0</dropped-frames><error-frames>0</error-frames><unrecognized-tlvs>0</unrecognized-tlvs>"
            "<aged-out-entries>0</aged-out-entries>",
            sends ? static_cast<std::uint64_t>(std::max<long long>(0, up)) / every : 0);
    });
}

constexpr Operation lldp_commands[] = {
    {"show lldp neighbors", "entry", show_lldp_neighbours, Has::firewall},
    {"show lldp config", "entry", show_lldp_settings, Has::firewall},
    {"show lldp local", "entry", show_lldp_local, Has::firewall},
    {"show lldp counters", "entry", show_lldp_counters, Has::firewall},
};

}  // namespace

std::span<const Operation> lldp_operations() {
    return lldp_commands;
}

}  // namespace sim::panos
