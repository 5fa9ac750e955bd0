// Operational commands that only a Panorama has: its firewalls, device groups and templates.
#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "sim/panos/configuration/panorama.hpp"
#include "sim/panos/operate/operation.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

std::string uptime(const Machine& machine, Instant now) {
    const auto up = std::chrono::floor<std::chrono::seconds>(now - machine.booted).count();
    return fmt::format("{} days, {}:{:02}:{:02}", up / 86400, up / 3600 % 24, up / 60 % 60, up % 60);
}

// What the firewall would have after a push, against what it has.
bool in_sync(const Machine& panorama, const Machine& firewall, bool policy) {
    const Push push{panorama.configuration.running(), firewall.serial, policy, !policy, false};
    const NodePtr wanted = with_push(firewall.configuration.running(), push);
    const std::string_view what = policy ? "vsys" : "template";
    const Node* should = wanted->child("panorama")->child(what);
    const Node* is = pushed_part(firewall, what);
    if (should == nullptr || is == nullptr) {
        return should == is;
    }
    return policy
               ? same_content(*is, *should)
               : same_content(*is->children().find("config", "")->node, *should->children().find("config", "")->node);
}

const PushMemory& memory_of(const Machine& panorama, const std::string& serial) {
    static const PushMemory none;
    const auto at = panorama.pushes.find(serial);
    return at == panorama.pushes.end() ? none : at->second;
}

struct Managed {
    const Machine& panorama;
    std::string serial;
    const Machine* firewall;  // null: not connected
    Instant now;
};

Managed managed(const OperationCall& call, const std::string& serial) {
    Machine& machine = call.machine;
    return {machine, serial,
            machine.neighbours == nullptr ? nullptr : machine.neighbours->connected_to(machine, serial),
            call.session.now};
}

std::string head_of(const Managed& device) {
    return fmt::format(
        "<serial>{}</serial><connected>{}</connected><unsupported-version>no</unsupported-version>"
        "<wildfire-rt>no</wildfire-rt><deactivated>no</deactivated>",
        device.serial, device.firewall != nullptr ? "yes" : "no");
}

std::string identity_of(const Managed& device) {
    if (device.firewall == nullptr) {
        return "<hostname></hostname><ip-address>unknown</ip-address>";
    }
    const Machine& firewall = *device.firewall;
    return fmt::format(
        "<hostname>{}</hostname><ip-address>192.0.2.254</ip-address><uptime>{}</uptime><family>{}</family>"
        "<model>{}</model><sw-version>{}</sw-version><operational-mode>normal</operational-mode>"
        "<multi-vsys>no</multi-vsys>",
        escaped_text(firewall.host_name), uptime(firewall, device.now), firewall.model->family, firewall.model->shown,
        firewall.version.text);
}

std::string high_availability_of(const Managed& device) {
    if (device.firewall == nullptr || !device.firewall->high_availability.enabled) {
        return {};
    }
    const Machine* peer = device.firewall->neighbours->peer_of(*device.firewall);
    return fmt::format("<ha><state>{}</state><peer><serial>{}</serial></peer></ha>",
                       name_of(device.firewall->high_availability.state), peer == nullptr ? "" : peer->serial);
}

// ---- devices --------------------------------------------------------------------------------------------------------

std::string device_entry(const Managed& device) {
    std::string out = fmt::format("<entry name=\"{}\">{}", device.serial, head_of(device));
    if (device.firewall == nullptr) {
        return out + identity_of(device) + "</entry>";
    }
    const Machine& firewall = *device.firewall;
    out += fmt::format(
        "<hostname>{}</hostname><ip-address>192.0.2.254</ip-address><ipv6-address>unknown</ipv6-address>"
        "<mac-addr>00:50:56:00:53:00</mac-addr><uptime>{}</uptime><family>{}</family><model>{}</model>"
        "<sw-version>{}</sw-version><app-version>8496-7089</app-version><av-version>0</av-version>"
        "<wildfire-version>0</wildfire-version><threat-version>8496-7089</threat-version>"
        "<url-db>paloaltonetworks</url-db><url-filtering-version>0000.00.00.000</url-filtering-version>"
        "<logdb-version>{}.{}.0</logdb-version><vpnclient-package-version></vpnclient-package-version>"
        "<global-protect-client-package-version>0.0.0</global-protect-client-package-version>"
        "<vpn-disable-mode>no</vpn-disable-mode><operational-mode>normal</operational-mode>"
        "<certificate-status></certificate-status>{}<multi-vsys>no</multi-vsys><vsys>",
        escaped_text(firewall.host_name), uptime(firewall, device.now), firewall.model->family, firewall.model->shown,
        firewall.version.text, firewall.version.major, firewall.version.minor, high_availability_of(device));
    for (const Scope& scope : scopes_of(firewall.configuration.running())) {
        if (!scope.shared()) {
            const std::string_view named = scope.node->text_of("display-name");
            const Node* policies = pushed_part(firewall, "vsys");
            out += fmt::format(
                "<entry name=\"{0}\"><display-name>{1}</display-name><shared-policy-status></shared-policy-status>"
                "<shared-policy-md5sum>{2}</shared-policy-md5sum>"
                "<shared-policy-version>{3}</shared-policy-version></entry>",
                escaped_attribute(scope.vsys()), escaped_text(named.empty() ? scope.vsys() : named),
                content_sum(policies == nullptr ? nullptr : policies->child("entry", scope.vsys())),
                memory_of(device.panorama, device.serial).policy_version);
        }
    }
    return out + fmt::format("</vsys><last-masterkey-push-status>Unknown</last-masterkey-push-status></entry>");
}

Reply show_devices(const OperationCall& call, bool connected_only) {
    std::string out;
    for (const std::string& serial : managed_serials(*call.machine.configuration.running())) {
        const Managed device = managed(call, serial);
        if (device.firewall != nullptr || !connected_only) {
            out += device_entry(device);
        }
    }
    return result(out.empty() ? "<devices/>" : "<devices>" + out + "</devices>");
}

Reply show_devices_all(const OperationCall& call) {
    return show_devices(call, false);
}
Reply show_devices_connected(const OperationCall& call) {
    return show_devices(call, true);
}

// ---- device groups --------------------------------------------------------------------------------------------------

std::string group_member(const Managed& device) {
    const PushMemory& memory = memory_of(device.panorama, device.serial);
    const bool synced = device.firewall != nullptr && in_sync(device.panorama, *device.firewall, true);
    return fmt::format(
        "<entry name=\"{0}\">{1}<last-commit-all-state-sp>{2}</last-commit-all-state-sp>"
        "<last-validate-all-state-sp>{3}</last-validate-all-state-sp><last-commit-all-upd-sp>{4}"
        "</last-commit-all-upd-sp><last-validate-all-upd-sp>{5}</last-validate-all-upd-sp>"
        "<shared-policy-status>{6}</shared-policy-status><shared-policy-md5sum>{7}</shared-policy-md5sum>"
        "<shared-policy-version>{8}</shared-policy-version>{9}{10}<vsys></vsys></entry>",
        device.serial, head_of(device), memory.policy.state, memory.policy_validation.state, memory.policy.when,
        memory.policy_validation.when, synced ? "In Sync" : "Out of Sync",
        content_sum(device.firewall == nullptr ? nullptr : pushed_part(*device.firewall, "vsys")),
        memory.policy_version, high_availability_of(device), identity_of(device));
}

Reply show_device_groups(const OperationCall& call) {
    const NodePtr root = call.machine.configuration.running();
    const Element* wanted = call.command.child("name");
    std::string out;
    for (const std::string& name : parts_of(*root, "device-group")) {
        if (wanted != nullptr && wanted->text != name) {
            continue;
        }
        out += fmt::format("<entry name=\"{}\"><shared-policy-md5sum>{}</shared-policy-md5sum>",
                           escaped_attribute(name), content_sum(part_of(*root, "device-group", name)));
        std::string members;
        for (const std::string& serial : serials_in(*root, "device-group", name)) {
            members += group_member(managed(call, serial));
        }
        out += (members.empty() ? "" : "<devices>" + members + "</devices>") + "</entry>";
    }
    return result(out.empty() ? "<devicegroups/>" : "<devicegroups>" + out + "</devicegroups>");
}

std::string hierarchy_below(const Node& root, const std::string& parent, int depth = 0) {
    std::string out;
    const Node* readonly = root.child("readonly");
    const Node* devices = readonly == nullptr ? nullptr : readonly->child("devices");
    const Node* device = devices == nullptr ? nullptr : devices->child("entry", "localhost.localdomain");
    const Node* groups = device == nullptr ? nullptr : device->child("device-group");
    if (groups == nullptr || depth > 16) {
        return out;
    }
    groups->children().each([&](const Child& child) {
        const Node& group = *child.node;
        if (group.is_entry() && group.text_of("parent-dg") == parent) {
            const std::string inner = hierarchy_below(root, group.value(), depth + 1);
            out += fmt::format("<dg dg_id=\"{}\" name=\"{}\"", group.text_of("id"), escaped_attribute(group.value()));
            out += inner.empty() ? "/>" : ">" + inner + "</dg>";
        }
        return true;
    });
    return out;
}

Reply show_hierarchy(const OperationCall& call) {
    const std::string groups = hierarchy_below(*call.machine.configuration.candidate(), "");
    return result(groups.empty() ? "<dg-hierarchy/>" : "<dg-hierarchy>" + groups + "</dg-hierarchy>");
}

class Moved final : public JobTask {
public:
    std::string_view name() const override { return "MoveDG"; }
    bool commits() const override { return false; }
    std::vector<std::string> begin(Machine& /*machine*/, Job& /*job*/, Instant /*at*/) override { return {}; }
    void end(Machine& /*machine*/, Job& job, Instant /*at*/) override {
        job.details = {"Device group moved successfully"};
    }
};

Reply move_group(const OperationCall& call) {
    Machine& machine = call.machine;
    const Element* entry = call.command.child("entry");
    if (entry == nullptr || entry->attribute("name").empty()) {
        return error(17, {" request -> move-dg  is unexpected"});
    }
    const Element* parent = entry->child("new-parent-dg");
    const std::string name(entry->attribute("name"));
    if (const Lock* lock = machine.locks.in_the_way(LockKind::config, call.session.admin, name)) {
        return error(15, {fmt::format("Configuration is locked by {}", escaped_line(lock->admin))});
    }
    Edit edit = machine.configuration.begin(call.session.admin, call.session.now);
    const Outcome done = move_device_group(edit, name, parent == nullptr ? "" : parent->text);
    if (!done) {
        return error(done.error());
    }
    machine.configuration.accept(std::move(edit));
    Job job;
    job.type = JobType::task;
    job.user = call.session.admin;
    job.task = std::make_shared<Moved>();
    machine.enqueue(std::move(job), call.session.now);
    return success(19, fmt::format("<result><msg><line>Job enqueued with jobid {0}</line></msg><job>{0}</job></result>",
                                   machine.jobs.all().back().id));
}

// ---- templates ------------------------------------------------------------------------------------------------------

std::string template_member(const Managed& device) {
    const PushMemory& memory = memory_of(device.panorama, device.serial);
    const bool synced = device.firewall != nullptr && in_sync(device.panorama, *device.firewall, false);
    return fmt::format(
        "<entry name=\"{0}\">{1}<last-commit-all-state-tpl>{2}</last-commit-all-state-tpl>"
        "<last-validate-all-state-tpl>{3}</last-validate-all-state-tpl><last-commit-all-upd-tpl>{4}"
        "</last-commit-all-upd-tpl><last-validate-all-upd-tpl>{5}</last-validate-all-upd-tpl>"
        "<template-status>{6}</template-status><template-md5sum>{7}</template-md5sum>{8}<vsys></vsys></entry>",
        device.serial, head_of(device), memory.network.state, memory.network_validation.state, memory.network.when,
        memory.network_validation.when, synced ? "In Sync" : "Out of Sync",
        content_sum(device.firewall == nullptr ? nullptr : pushed_part(*device.firewall, "template")),
        identity_of(device));
}

Reply show_parts(const OperationCall& call, std::string_view kind, std::string_view tag) {
    const NodePtr root = call.machine.configuration.running();
    const Element* wanted = call.command.child("name");
    std::string out;
    for (const std::string& name : parts_of(*root, kind)) {
        if (wanted != nullptr && wanted->text != name) {
            continue;
        }
        std::string members;
        for (const std::string& serial : serials_in(*root, kind, name)) {
            members += template_member(managed(call, serial));
        }
        out += fmt::format("<entry name=\"{}\"><template-md5sum>{}</template-md5sum>{}</entry>",
                           escaped_attribute(name), content_sum(part_of(*root, kind, name)),
                           members.empty() ? "" : "<devices>" + members + "</devices>");
    }
    return result(out.empty() ? fmt::format("<{}/>", tag) : fmt::format("<{0}>{1}</{0}>", tag, out));
}

Reply show_templates(const OperationCall& call) {
    return show_parts(call, "template", "templates");
}
Reply show_template_stacks(const OperationCall& call) {
    return show_parts(call, "template-stack", "template-stack");
}

Reply show_log_collectors(const OperationCall&) {
    return result("<log-collector/>");
}

// ---- itself ---------------------------------------------------------------------------------------------------------

constexpr Operation panorama_commands[] = {
    {"show devices all", "", show_devices_all, Has::panorama},
    {"show devices connected", "", show_devices_connected, Has::panorama},
    {"show devicegroups", "name", show_device_groups, Has::panorama},
    {"show dg-hierarchy", "", show_hierarchy, Has::panorama},
    {"show templates", "name", show_templates, Has::panorama},
    {"show template-stack", "name", show_template_stacks, Has::panorama},
    {"show log-collector all", "", show_log_collectors, Has::panorama},
    {"request move-dg", "*", move_group, Has::panorama},
};

}  // namespace

std::span<const Operation> panorama_operations() {
    return panorama_commands;
}

}  // namespace sim::panos
