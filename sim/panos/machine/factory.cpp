#include "sim/panos/machine/factory.hpp"

#include <fmt/format.h>

#include "sim/panos/configuration/configuration.hpp"
#include "sim/panos/configuration/panorama.hpp"
#include "sim/panos/machine/role.hpp"
#include "sim/panos/tree/place.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

constexpr std::string_view factory_text = R"(
<config>
 <mgt-config><users>{users}</users></mgt-config>
 <shared><content-preview><application/><application-type><category/><technology/></application-type></content-preview>
  <application/><application-group/><service/><service-group/></shared>
 <devices><entry name="localhost.localdomain">
  <network>
   <interface><ethernet>
    <entry name="ethernet1/1"><layer3><ip><entry name="192.0.2.1/24"/></ip></layer3></entry>
    <entry name="ethernet1/2"><layer3><ip><entry name="198.51.100.1/24"/></ip></layer3></entry>
   </ethernet></interface>
   <virtual-router><entry name="default"><interface><member>ethernet1/1</member><member>ethernet1/2</member></interface></entry></virtual-router>
  </network>
  <deviceconfig>
   <system><hostname>{host}</hostname><ip-address>192.0.2.254</ip-address><netmask>255.255.255.0</netmask><timezone>UTC</timezone></system>
   <setting><config><rematch>yes</rematch></config></setting>
  </deviceconfig>
  <vsys><entry name="vsys1">
   <zone>
    <entry name="trust"><network><layer3><member>ethernet1/1</member></layer3></network></entry>
    <entry name="untrust"><network><layer3><member>ethernet1/2</member></layer3></network></entry>
   </zone>
   <import><network><interface><member>ethernet1/1</member><member>ethernet1/2</member></interface></network></import>
   <rulebase><security><rules>
    <entry name="outbound" uuid="0f1e2d3c-4b5a-4968-8776-655443322110">
     <to><member>untrust</member></to><from><member>trust</member></from>
     <source><member>any</member></source><destination><member>any</member></destination>
     <source-user><member>any</member></source-user><category><member>any</member></category>
     <application><member>any</member></application><service><member>any</member></service>
     <action>allow</action>
    </entry>
   </rules></security></rulebase>
  </entry></vsys>
 </entry></devices>
</config>)";

constexpr std::string_view panorama_text = R"(
<config>
 <mgt-config><users>{users}</users></mgt-config>
 <shared><application/><application-group/><service/><service-group/></shared>
 <devices><entry name="localhost.localdomain">
  <deviceconfig>
   <system><hostname>{host}</hostname><ip-address>192.0.2.253</ip-address><netmask>255.255.255.0</netmask><timezone>UTC</timezone></system>
  </deviceconfig>
 </entry></devices>
 <panorama/>
 <readonly><devices><entry name="localhost.localdomain"><template/><device-group/></entry></devices></readonly>
</config>)";

constexpr std::string_view vsys_path = "/config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='vsys1']";

std::string deny_rule(const std::string& name, const std::string& source, const std::string& destination) {
    return fmt::format(
        "<entry name=\"{}\"><to><member>any</member></to><from><member>any</member></from>"
        "<source><member>{}</member></source><destination><member>{}</member></destination>"
        "<source-user><member>any</member></source-user><category><member>any</member></category>"
        "<application><member>any</member></application><service><member>any</member></service>"
        "<action>deny</action></entry>",
        name, escaped_text(source), escaped_text(destination));
}

std::string told(const Refusal& refusal) {
    std::string text;
    for (const std::string& line : refusal.lines) {
        text += line;
    }
    return text;
}

const Element* config_in(const std::vector<Element>& elements, int depth = 0) {
    for (const Element& each : elements) {
        if (each.name == "config") {
            return &each;
        }
        if (depth < 3) {
            if (const Element* found = config_in(each.children, depth + 1)) {
                return found;
            }
        }
    }
    return nullptr;
}

tl::expected<NodePtr, std::string> from_factory(std::string_view template_text, const Version& version,
                                                std::string_view host_name,
                                                const std::vector<Administrator>& administrators) {
    std::string users;
    const NodePtr empty = std::make_shared<Node>("config", "");
    for (const Administrator& each : administrators) {
        const auto role = read_role(each.role.empty() ? "superuser" : each.role, empty);
        if (!role) {
            return tl::make_unexpected(fmt::format("administrator '{}': {}", each.name, role.error()));
        }
        users += fmt::format("<entry name=\"{}\"><phash>*</phash><permissions>{}</permissions></entry>",
                             escaped_attribute(each.name), role_xml(*role));
    }
    std::string text(template_text);
    const auto fill = [&text](std::string_view hole, std::string_view with) {
        text.replace(text.find(hole), hole.size(), with);
    };
    fill("{users}", users);
    fill("{host}", escaped_text(host_name));
    auto root = read_configuration(text);
    NodePtr config = root.value();
    own(config).set_attributes({{"version", fmt::format("{}.{}.0", version.major, version.minor)},
                                {"urldb", "paloaltonetworks"},
                                {"detail-version", version.text}});
    return config;
}

}  // namespace

tl::expected<NodePtr, std::string> factory_configuration(const Version& version, std::string_view host_name,
                                                         const std::vector<Administrator>& administrators) {
    return from_factory(factory_text, version, host_name, administrators);
}

tl::expected<NodePtr, std::string> factory_panorama(const Version& version, std::string_view host_name,
                                                    const std::vector<Administrator>& administrators) {
    return from_factory(panorama_text, version, host_name, administrators);
}

namespace {

using Made = tl::expected<void, std::string>;

Made put(Configuration& work, const std::string& where, const std::string& text) {
    Edit edit = work.begin("prepare", {});
    const auto elements = read_xml(text);
    if (!elements) {
        return tl::make_unexpected(elements.error());
    }
    const NodePtr before = edit.root();
    Outcome outcome = edit.set(where, *elements);
    if (outcome && is_panorama(*before)) {
        outcome = follow_device_groups(edit, before);
    }
    if (!outcome) {
        return tl::make_unexpected(told(outcome.error()));
    }
    work.accept(std::move(edit));
    return {};
}

void move_to_top(Configuration& work, const std::string& path, const std::string& rulebase, const std::string& rule) {
    Edit edit = work.begin("prepare", {});
    if (edit.move(fmt::format("{}/{}/security/rules/entry[@name='{}']", path, rulebase, rule), "top", "")) {
        work.accept(std::move(edit));
    }
}

tl::expected<NodePtr, std::string> prepared_at(const NodePtr& configuration, const std::string& group,
                                               const std::string& match, const std::string& path,
                                               const std::string& rulebase) {
    Configuration work(configuration);
    const std::string placeholder = group + "-placeholder";
    // 240.0.0.0 is reserved for ever, so that the placeholder matches no traffic.
    const std::string objects =
        match.empty() ? fmt::format(
                            "<address><entry name=\"{1}\"><ip-netmask>240.0.0.0/32</ip-netmask></entry></address>"
                            "<address-group><entry name=\"{0}\"><static><member>{2}</member></static></entry>"
                            "</address-group>",
                            escaped_attribute(group), escaped_attribute(placeholder), escaped_text(placeholder))
                      : fmt::format(
                            "<address-group><entry name=\"{}\"><dynamic><filter>{}</filter></dynamic></entry>"
                            "</address-group>",
                            escaped_attribute(group), escaped_text(match));
    const std::string to = escaped_attribute(group + "-to");
    const std::string from = escaped_attribute(group + "-from");
    const std::string rules = fmt::format("<{0}><security><rules>{1}{2}</rules></security></{0}>", rulebase,
                                          deny_rule(from, group, "any"), deny_rule(to, "any", group));
    for (const std::string& text : {objects, rules}) {
        if (const Made done = put(work, path, text); !done) {
            return tl::make_unexpected(fmt::format("group '{}' can't be prepared: {}", group, done.error()));
        }
    }
    for (const std::string& name : {group + "-from", group + "-to"}) {
        move_to_top(work, path, rulebase, name);
    }
    return unmarked(work.candidate());
}

}  // namespace

tl::expected<NodePtr, std::string> prepared(const NodePtr& configuration, const std::string& group,
                                            const std::string& match) {
    return prepared_at(configuration, group, match, std::string(vsys_path), "rulebase");
}

tl::expected<NodePtr, std::string> prepared_panorama(const NodePtr& configuration, const std::string& group,
                                                     const std::string& device_group) {
    const std::string path =
        device_group.empty()
            ? "/config/shared"
            : fmt::format("/config/devices/entry[@name='localhost.localdomain']/device-group/entry[@name='{}']",
                          device_group);
    return prepared_at(configuration, group, "", path, "pre-rulebase");
}

tl::expected<NodePtr, std::string> prepared_lists(const NodePtr& configuration,
                                                  const std::vector<PreparedList>& lists) {
    Configuration work(configuration);
    const std::string path(vsys_path);
    for (const PreparedList& list : lists) {
        const std::string name = escaped_attribute(list.name);
        const std::string auth = list.user.empty() ? ""
                                                   : fmt::format(
                                                         "<auth><username>{}</username><password>{}</password>"
                                                         "</auth>",
                                                         escaped_text(list.user), escaped_text(list.password));
        std::vector<std::string> texts{fmt::format(
            "<external-list><entry name=\"{0}\"><type><{1}><url>{2}</url>{3}<recurring><five-minute/></recurring></{1}>"
            "</type></entry></external-list>",
            name, list.kind, escaped_text(list.url), auth)};
        std::vector<std::string> rules;
        if (list.kind == "ip") {
            rules = {list.name + "-from", list.name + "-to"};
            texts.push_back(deny_rule(escaped_attribute(rules[0]), list.name, "any") +
                            deny_rule(escaped_attribute(rules[1]), "any", list.name));
        } else if (list.kind == "url") {
            rules = {list.name + "-category"};
            std::string rule = deny_rule(escaped_attribute(rules[0]), "any", "any");
            constexpr std::string_view any_category = "<category><member>any</member></category>";
            rule.replace(rule.find(any_category), any_category.size(),
                         fmt::format("<category><member>{}</member></category>", escaped_text(list.name)));
            texts.push_back(std::move(rule));
        }
        for (std::size_t i = 1; i < texts.size(); ++i) {
            texts[i] = fmt::format("<rulebase><security><rules>{}</rules></security></rulebase>", texts[i]);
        }
        for (const std::string& text : texts) {
            if (const Made done = put(work, path, text); !done) {
                return tl::make_unexpected(fmt::format("list '{}' can't be prepared: {}", list.name, done.error()));
            }
        }
        for (const std::string& rule : rules) {
            move_to_top(work, path, "rulebase", rule);
        }
    }
    return unmarked(work.candidate());
}

NodePtr with_platform(const NodePtr& configuration, const Limits& limits) {
    const std::string text = fmt::format(
        "<platform><limits><max-address>{}</max-address><max-address-group>{}</max-address-group>"
        "<max-address-per-group>{}</max-address-per-group><max-policy-rule>{}</max-policy-rule>"
        "<max-service>{}</max-service><max-service-per-group>{}</max-service-per-group></limits></platform>",
        limits.addresses, limits.groups, limits.members_per_group, limits.rules, limits.services,
        limits.services_per_group);
    const auto elements = read_xml(text);
    const auto platform = to_node(elements->front());
    NodePtr root = configuration;
    Node& node = own(root);
    node.children().put(*platform, node.children().last_place().value_or(0) + place_gap);
    return root;
}

tl::expected<NodePtr, std::string> read_configuration(std::string_view text) {
    // A file may begin with an XML declaration and end with line breaks; the parser takes both.
    const auto elements = read_xml(text);
    if (!elements) {
        return tl::make_unexpected("the configuration is not well-formed XML: " + elements.error());
    }
    const Element* config = config_in(*elements);
    if (config == nullptr) {
        return tl::make_unexpected(std::string("the configuration has no <config> element"));
    }
    auto root = to_node(*config);
    if (!root) {
        return tl::make_unexpected("the configuration can't be read: " + root.error());
    }
    for (const Element& part : config->children) {
        if (part.name == "panorama") {
            own(*root).children().modify("panorama", "", [&part](NodePtr& pushed) { restore_origins(pushed, part); });
        }
    }
    return *root;
}

}  // namespace sim::panos
