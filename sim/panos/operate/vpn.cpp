// Operational commands: IKE gateways and IPSec tunnels. What the running configuration has is there; no peer ever
// answers, so no tunnel is up and no association exists.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "sim/panos/configuration/network_part.hpp"
#include "sim/panos/configuration/system_text.hpp"
#include "sim/panos/operate/operation.hpp"
#include "sim/panos/tree/place.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

using Tags = std::vector<std::string>;

struct Gateway {
    std::size_t id = 0;
    NodePtr node;
};

struct Tunnel {
    std::size_t id = 0;
    std::string name;  // "tunnel", or "tunnel:proxy-id"
    NodePtr node;
    NodePtr proxy;  // may be null
};

NodePtr network_of(const OperationCall& call) {
    const NodePtr device = device_part(*call.machine.configuration.running());
    return device ? device->child_ptr("network") : nullptr;
}

std::vector<Gateway> ike_gateways(const NodePtr& network) {
    std::vector<Gateway> all;
    each_entry(node_at(network, Tags{"ike", "gateway"}), [&all](const NodePtr& each) {
        if (each->text_of("disabled") != "yes") {
            all.push_back({all.size() + 1, each});
        }
    });
    return all;
}

std::vector<Tunnel> tunnels(const NodePtr& network) {
    std::vector<Tunnel> all;
    each_entry(node_at(network, Tags{"tunnel", "ipsec"}), [&all](const NodePtr& each) {
        if (each->text_of("disabled") == "yes") {
            return;
        }
        const std::size_t before = all.size();
        each_entry(node_at(each, Tags{"auto-key", "proxy-id"}), [&](const NodePtr& proxy) {
            all.push_back({all.size() + 1, each->value() + ":" + proxy->value(), each, proxy});
        });
        if (all.size() == before) {
            all.push_back({all.size() + 1, each->value(), each, nullptr});
        }
    });
    return all;
}

std::string gateway_of(const NodePtr& tunnel) {
    std::string name;
    each_entry(node_at(tunnel, Tags{"auto-key", "ike-gateway"}),
               [&name](const NodePtr& each) { name = each->value(); });
    return name;
}

// ---- crypto profiles ------------------------------------------------------------------------------------------------

std::string in_capitals(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char each) { return each >= 'a' && each <= 'z' ? static_cast<char>(each - 'a' + 'A') : each; });
    return text;
}

// "aes-256-cbc" is printed as AES256-CBC, "group14" as DH14.
std::string algorithm_text(const std::string& configured) {
    if (configured.rfind("group", 0) == 0) {
        return "DH" + configured.substr(5);
    }
    if (configured.rfind("aes-", 0) == 0) {
        const std::string rest = in_capitals("aes" + configured.substr(4));
        return rest.size() > 4 && rest.compare(rest.size() - 4, 4, "-GCM") == 0 ? rest + "16" : rest;
    }
    return in_capitals(configured);
}

std::string listed(const NodePtr& members, std::string_view otherwise) {
    std::string out;
    each_entry(members,
               [&out](const NodePtr& each) { out += (out.empty() ? "" : ",") + algorithm_text(each->value()); });
    return out.empty() ? std::string(otherwise) : out;
}

std::size_t seconds_of(const NodePtr& lifetime, std::size_t otherwise) {
    struct Unit {
        std::string_view tag;
        std::size_t seconds;
    };
    for (const Unit& each :
         std::array{Unit{"seconds", 1}, Unit{"minutes", 60}, Unit{"hours", 3600}, Unit{"days", 86400}}) {
        const std::string text = lifetime ? std::string(lifetime->text_of(each.tag)) : "";
        if (!text.empty() && text.size() < 6 && text.find_first_not_of("0123456789") == std::string::npos) {
            return std::stoul(text) * each.seconds;
        }
    }
    return otherwise;
}

NodePtr profile(const NodePtr& network, const std::string& kind, const std::string& name) {
    const NodePtr kept = node_at(network, Tags{"ike", "crypto-profiles", kind});
    return kept ? kept->child_ptr("entry", name.empty() ? "default" : name) : nullptr;
}

// ---- show vpn gateway -----------------------------------------------------------------------------------------------

std::string without_prefix(const std::string& address) {
    return address.substr(0, address.find('/'));
}

std::string local_address(const OperationCall& call, const NodePtr& gateway) {
    const std::string configured = text_at(gateway, {"local-address", "ip"});
    if (!configured.empty()) {
        return without_prefix(configured);
    }
    const std::string port = text_at(gateway, {"local-address", "interface"});
    for (const Interface& each : interfaces(call.machine.configuration.running())) {
        if (each.name == port && !each.addresses.empty()) {
            return without_prefix(each.addresses.front());
        }
    }
    return "0.0.0.0";
}

std::string peer_address(const NodePtr& gateway) {
    for (const std::string kind : {"ip", "fqdn"}) {
        const std::string found = text_at(gateway, {"peer-address", kind});
        if (!found.empty()) {
            return found;
        }
    }
    return "0.0.0.0";  // dynamic
}

std::string version_xml(const OperationCall& call, const NodePtr& network, const NodePtr& gateway,
                        const std::string& version) {
    const NodePtr used =
        profile(network, "ike-crypto-profiles", text_at(gateway, {"protocol", version, "ike-crypto-profile"}));
    const std::string peer = escaped_text(peer_address(gateway));
    const std::string local = escaped_text(local_address(call, gateway));
    const bool certificate = node_at(gateway, Tags{"authentication", "certificate"}) != nullptr;
    return fmt::format(
        "<{0}><peer-id>{1}(ipaddr:{1})</peer-id><local-id>{2}(ipaddr:{2})</local-id><auth>{3}</auth><dh>{4}</dh>"
        "<enc>{5}</enc><hash>{6}</hash><life>{7}</life></{0}>",
        version == "ikev2" ? "v2" : "v1", peer, local, certificate ? "CERT" : "PSK",
        listed(node_at(used, Tags{"dh-group"}), "DH2"), listed(node_at(used, Tags{"encryption"}), "AES128-CBC,3DES"),
        listed(node_at(used, Tags{"hash"}), "SHA1"), seconds_of(node_at(used, Tags{"lifetime"}), 28800));
}

/// What the child element of that name asks for; empty: all.
std::string asked(const OperationCall& call, std::string_view name) {
    const Element* const found = call.command.child(name);
    return found == nullptr ? "" : found->text;
}

Reply show_ike_gateways(const OperationCall& call) {
    const NodePtr network = network_of(call);
    const std::string wanted = asked(call, "name");
    std::string entries;
    std::size_t count = 0;
    for (const Gateway& each : ike_gateways(network)) {
        if (!wanted.empty() && wanted != each.node->value()) {
            continue;
        }
        ++count;
        const std::string version = text_at(each.node, {"protocol", "version"});
        entries += fmt::format("<entry><id>{}</id><name>{}</name><sock>{}</sock><natt>{}</natt>", each.id,
                               escaped_text(each.node->value()), 1023 + each.id,
                               text_at(each.node, {"protocol-common", "nat-traversal", "enable"}) == "yes" ? 1 : 0);
        if (version != "ikev2") {
            entries += version_xml(call, network, each.node, "ikev1");
        }
        if (version.rfind("ikev2", 0) == 0) {
            entries += version_xml(call, network, each.node, "ikev2");
        }
        entries += "</entry>";
    }
    return result(fmt::format("<entries>{}</entries><all>{}</all><ngw>{}</ngw>", entries,
                              wanted.empty() ? "True" : "False", count));
}

// ---- tunnels --------------------------------------------------------------------------------------------------------

std::string selector(const Tunnel& tunnel, const std::string& side, std::string_view tag) {
    std::string subnet = text_at(tunnel.proxy, {side});
    std::string prefix = subnet.empty() ? "0" : "32";
    if (const auto slash = subnet.find('/'); slash != std::string::npos) {
        prefix = subnet.substr(slash + 1);
        subnet.resize(slash);
    }
    std::string number = text_at(tunnel.proxy, {"protocol", "number"});
    std::string port = "0";
    for (const auto& [name, its] : {std::pair{"tcp", "6"}, std::pair{"udp", "17"}}) {
        if (node_at(tunnel.proxy, Tags{"protocol", name}) != nullptr) {
            number = its;
            const std::string given = text_at(tunnel.proxy, {"protocol", name, side + "-port"});
            port = given.empty() ? "0" : given;
        }
    }
    return fmt::format(
        "<{0}_ip>{1}</{0}_ip><{0}_prefix>{2}</{0}_prefix><{0}_proto>{3}</{0}_proto><{0}_port>{4}</{0}_port>", tag,
        subnet.empty() ? "0.0.0.0" : escaped_text(subnet), escaped_text(prefix),
        number.empty() ? "0" : escaped_text(number), escaped_text(port));
}

bool is_wanted(const Tunnel& tunnel, const std::string& wanted) {
    return wanted.empty() || wanted == tunnel.name || wanted == tunnel.node->value();
}

Reply show_tunnels(const OperationCall& call) {
    const NodePtr network = network_of(call);
    const std::string wanted = asked(call, "name");
    std::string entries;
    std::size_t count = 0;
    for (const Tunnel& each : tunnels(network)) {
        if (!is_wanted(each, wanted)) {
            continue;
        }
        ++count;
        const NodePtr used =
            profile(network, "ipsec-crypto-profiles", text_at(each.node, {"auto-key", "ipsec-crypto-profile"}));
        const NodePtr header =
            used && used->child("ah") != nullptr ? used->child_ptr("ah") : node_at(used, Tags{"esp"});
        const std::string group = text_at(used, {"dh-group"});
        entries += fmt::format(
            "<entry><gw>{}</gw><kb>0</kb><life>{}</life><hash>{}</hash><proto>{}</proto><enc>{}</enc><mode>tunl</mode>"
            "<dh>{}</dh>{}{}<id>{}</id><name>{}</name></entry>",
            escaped_text(gateway_of(each.node)), seconds_of(node_at(used, Tags{"lifetime"}), 3600),
            listed(node_at(header, Tags{"authentication"}), "SHA1"), header && header->tag() == "ah" ? "AH" : "ESP",
            listed(node_at(header, Tags{"encryption"}), header && header->tag() == "ah" ? "" : "AES128-CBC,3DES"),
            group.empty() ? "DH2" : algorithm_text(group), selector(each, "local", "TSi"),
            selector(each, "remote", "TSr"), each.id, escaped_text(each.name));
    }
    return result(fmt::format("<ntun>{}</ntun><entries>{}</entries>", count, entries));
}

Reply flows(const OperationCall& call, const std::string& name, const std::string& id) {
    const NodePtr network = network_of(call);
    const std::vector<Gateway> known = ike_gateways(network);
    std::string entries;
    std::size_t count = 0;
    for (const Tunnel& each : tunnels(network)) {
        if (!is_wanted(each, name) || (!id.empty() && id != std::to_string(each.id))) {
            continue;
        }
        ++count;
        const std::string by = gateway_of(each.node);
        const auto gateway =
            std::find_if(known.begin(), known.end(), [&by](const Gateway& one) { return one.node->value() == by; });
        const NodePtr peer = gateway == known.end() ? nullptr : gateway->node;
        entries += fmt::format(
            "<entry><name>{}</name><id>{}</id><gwid>{}</gwid><inner-if>{}</inner-if><outer-if>{}</outer-if>"
            "<localip>{}</localip><peerip>{}</peerip><state>init</state><mon>{}</mon><owner>1</owner></entry>",
            escaped_text(each.name), each.id, peer ? gateway->id : 0,
            escaped_text(each.node->text_of("tunnel-interface")),
            escaped_text(text_at(peer, {"local-address", "interface"})), escaped_text(local_address(call, peer)),
            escaped_text(peer_address(peer)), text_at(each.node, {"tunnel-monitor", "enable"}) == "yes" ? "on" : "off");
    }
    return result(
        fmt::format("<dp>dp0</dp><num_ipsec>{0}</num_ipsec><num_sslvpn>0</num_sslvpn><hop/>{1}<SSL-VPN/>"
                    "<GlobalProtect-Gateway/><GlobalProtect-site-to-site/><total>{0}</total>",
                    count, entries.empty() ? "<IPSec/>" : "<IPSec>" + entries + "</IPSec>"));
}

Reply show_flows(const OperationCall& call) {
    return flows(call, asked(call, "name"), asked(call, "tunnel-id"));
}

Reply show_flow_of_number(const OperationCall& call) {
    return flows(call, "", call.command.text);
}

// The tunnels are counted, the associations listed: with none up a recording has a number beside an empty list.
Reply show_associations(const OperationCall& call) {
    const std::string wanted = asked(call, "tunnel");
    const std::vector<Tunnel> all = tunnels(network_of(call));
    const auto count =
        std::count_if(all.begin(), all.end(), [&wanted](const Tunnel& each) { return is_wanted(each, wanted); });
    return result(fmt::format("<ntun>{}</ntun><entries/>", count));
}

Reply show_key_exchanges(const OperationCall&) {
    return result("");
}

constexpr Operation vpn_commands[] = {
    {"show vpn gateway", "name", show_ike_gateways, Has::firewall},
    {"show vpn tunnel", "name", show_tunnels, Has::firewall},
    {"show vpn flow", "name tunnel-id", show_flows, Has::firewall},
    {"show vpn ipsec-sa", "tunnel summary", show_associations, Has::firewall},
    {"show vpn ike-sa", "gateway", show_key_exchanges, Has::firewall},
    {"show running tunnel flow all", "", show_flows, Has::firewall},
    {"show running tunnel flow tunnel-id", "", show_flow_of_number, Has::firewall},
};

}  // namespace

std::span<const Operation> vpn_operations() {
    return vpn_commands;
}

}  // namespace sim::panos
