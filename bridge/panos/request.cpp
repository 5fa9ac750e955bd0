#include "bridge/panos/request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>

#include "bridge/domain/firewall/child_group.hpp"
#include "bridge/domain/value/overloaded.hpp"
#include "markup/escaped.hpp"

namespace bridge::panos {

namespace {

using namespace domain;

std::string config_form(std::string_view action, std::string_view xpath, std::string_view element = {}) {
    std::string form = fmt::format("type=config&action={}&xpath={}", action, url_encoded(xpath));
    if (!element.empty()) {
        form += "&element=" + url_encoded(element);
    }
    return form;
}

std::string op_form(std::string_view cmd) {
    return "type=op&cmd=" + url_encoded(cmd);
}

/// Of what belongs to a vsys and is not in the configuration, which parameter says which.
std::string op_form_in(const Place& place, std::string_view cmd) {
    return fmt::format("type=op&vsys={}&cmd={}", url_encoded(place.vsys), url_encoded(cmd));
}

std::string group_xpath(const Place& place, const std::string& group) {
    return fmt::format("{}/address-group/entry[@name='{}']", objects_xpath(place), group);
}

std::string tag_xpath(const Place& place) {
    return fmt::format("{}/tag/entry[@name='{}']", objects_xpath(place), place.tag);
}

/// "[text()='a' or text()='b']"
std::string any_of(std::string_view what, const std::vector<std::string>& names) {
    std::string predicate = "[";
    for (const std::string& name : names) {
        fmt::format_to(std::back_inserter(predicate), "{}{}='{}'", predicate.size() > 1 ? " or " : "", what, name);
    }
    return predicate + "]";
}

/// The running configuration is only shown by `show`, which takes the path of one node; so where there are children all
/// groups are shown, and the others left out by the reader.
std::string groups_form(const ReadGroups& read, const Place& place) {
    if (!read.running) {
        return config_form("get", fmt::format("{}/address-group/entry[contains(@name,'{}')]", objects_xpath(place),
                                              group_family(place.group)));
    }
    return config_form("show", read.children ? objects_xpath(place) + "/address-group"
                                             : group_xpath(place, read.only.empty() ? place.group : read.only));
}

/// Set above objects and groups, so that one call brings the tag that the objects refer to, the objects, and the
/// members that refer to those: PAN-OS takes no reference to what does not exist.
std::string set_members_form(const SetMembers& set, const Place& place) {
    const std::string tag =
        place.tag.empty() ? "" : fmt::format("<tag><member>{}</member></tag>", markup::escaped(place.tag));
    const bool tagged = !set.objects.empty() ||
                        std::any_of(set.groups.begin(), set.groups.end(), [](const auto& each) { return each.child; });
    std::string element;
    if (!place.tag.empty() && tagged) {
        const std::string name = markup::escaped(place.tag);
        element = set.make_tag
                      ? fmt::format("<tag><entry name=\"{}\"><comments>{}</comments></entry></tag>", name, tag_comments)
                      : fmt::format("<tag><entry name=\"{}\"/></tag>", name);
    }
    if (!set.objects.empty()) {
        element += "<address>";
        for (const AddressObject& object : set.objects) {
            const char* kind = object.indicator.domain() == nullptr ? "ip-netmask" : "fqdn";
            fmt::format_to(std::back_inserter(element), "<entry name=\"{0}\"><{1}>{2}</{1}>{3}</entry>", object.name,
                           kind, object.indicator.text(), tag);
        }
        element += "</address>";
    }
    element += "<address-group>";
    for (const GroupMembers& group : set.groups) {
        fmt::format_to(std::back_inserter(element), "<entry name=\"{}\"><static>", markup::escaped(group.group));
        for (const std::string& name : group.members) {
            fmt::format_to(std::back_inserter(element), "<member>{}</member>", markup::escaped(name));
        }
        element += "</static>";
        if (group.child) {
            fmt::format_to(std::back_inserter(element), "<description>{}{}</description>{}", child_description,
                           markup::escaped(place.group), tag);
        }
        element += "</entry>";
    }
    return config_form("set", objects_xpath(place), element + "</address-group>");
}

std::string delete_members_form(const DeleteMembers& gone, const Place& place) {
    return config_form("delete", fmt::format("{}/address-group/entry{}/static/member{}", objects_xpath(place),
                                             any_of("@name", gone.groups), any_of("text()", gone.names)));
}

/// A device with several virtual systems commits only ours of them. Where there is one, it is not named: nothing is
/// known of how every release takes that.
std::string commit_form(const StartCommit& commit, const Place& place) {
    std::string scope;
    if (place.on_panorama()) {
        scope = place.in_shared() ? ""
                                  : fmt::format("<device-group><member>{}</member></device-group>",
                                                markup::escaped(place.device_group));
    } else if (place.vsys != "vsys1") {
        scope = fmt::format("<vsys><member>{}</member></vsys>", markup::escaped(place.vsys));
    }
    const std::string cmd = fmt::format(
        "<commit><description>{}</description><partial><admin><member>{}</member></admin>{}</partial></commit>",
        markup::escaped(commit.description), markup::escaped(place.admin), scope);
    return "type=commit&cmd=" + url_encoded(cmd);
}

std::string registered_form(const ReadRegistered& ask, const Place& place) {
    const std::string page =
        ask.limit == 0 ? "" : fmt::format("<limit>{}</limit><start-point>{}</start-point>", ask.limit, ask.from);
    return op_form_in(place,
                      fmt::format("<show><object><registered-ip><tag><entry name=\"{}\"/></tag>{}</registered-ip>"
                                  "</object></show>",
                                  markup::escaped(place.tag), page));
}

std::string register_form(const RegisterAddresses& message, const Place& place) {
    const std::string tag = markup::escaped(place.tag);
    std::string payload;
    if (!message.gone.empty()) {
        payload += "<unregister>";
        for (const IpAddress& address : message.gone) {
            // With the tag: an entry without one would lose its other tags too, which are not ours.
            fmt::format_to(std::back_inserter(payload), "<entry ip=\"{}\"><tag><member>{}</member></tag></entry>",
                           address.text(), tag);
        }
        payload += "</unregister>";
    }
    if (!message.fresh.empty()) {
        const std::string timeout =
            message.timeout.count() == 0 ? "" : fmt::format(" timeout=\"{}\"", message.timeout.count());
        payload += "<register>";
        for (const IpAddress& address : message.fresh) {
            fmt::format_to(std::back_inserter(payload),
                           "<entry ip=\"{}\" persistent=\"1\"><tag><member{}>{}</member></tag></entry>", address.text(),
                           timeout, tag);
        }
        payload += "</register>";
    }
    const std::string cmd = fmt::format(
        "<uid-message><version>2.0</version><type>update</type><payload>{}</payload></uid-message>", payload);
    return fmt::format("type=user-id&vsys={}&cmd={}", url_encoded(place.vsys), url_encoded(cmd));
}

std::string list_form(std::string_view verb, ListKind kind, const std::string& list, std::string_view more,
                      const Place& place) {
    return op_form_in(place,
                      fmt::format("<request><system><external-list><{0}><type><{1}><name>{2}</name>{3}</{1}></type>"
                                  "</{0}></external-list></system></request>",
                                  verb, name_of(kind), markup::escaped(list), more));
}

/// Only policies and objects are pushed, and what colleagues have pending on the firewalls stays pending.
std::string push_form(const StartPush& push) {
    std::map<std::string, std::string> groups;
    for (const Receiver& each : push.receivers) {
        groups[each.device_group] += fmt::format("<entry name=\"{}\"/>", markup::escaped(each.serial));
    }
    std::string list;
    for (const auto& [group, devices] : groups) {
        list += fmt::format("<entry name=\"{}\"><devices>{}</devices></entry>", markup::escaped(group), devices);
    }
    const std::string cmd = fmt::format(
        "<commit-all><shared-policy><device-group>{}</device-group><description>{}</description><include-template>no"
        "</include-template><force-template-values>no</force-template-values><merge-with-candidate-cfg>no"
        "</merge-with-candidate-cfg></shared-policy></commit-all>",
        list, markup::escaped(push.description));
    return "type=commit&action=all&cmd=" + url_encoded(cmd);
}

std::string job_form(JobId job) {
    return op_form(fmt::format("<show><jobs><id>{}</id></jobs></show>", job));
}

constexpr std::string_view first_device = "/config/devices/entry[@name='localhost.localdomain']";

}  // namespace

std::string vsys_xpath(const Place& place) {
    return fmt::format("{}/vsys/entry[@name='{}']", first_device, place.vsys);
}

std::string objects_xpath(const Place& place) {
    if (place.in_shared()) {
        return "/config/shared";
    }
    return place.on_panorama() ? fmt::format("{}/device-group/entry[@name='{}']", first_device, place.device_group)
                               : vsys_xpath(place);
}

std::string form_of_limits() {
    return config_form("get", "/config/platform/limits");
}

std::string form_of_object_names() {
    return config_form(
        "get", fmt::format("{}/vsys/entry/address/entry/@name|/config/shared/address/entry/@name", first_device));
}

std::string form_of_hierarchy() {
    return op_form("<show><dg-hierarchy></dg-hierarchy></show>");
}

std::string form_of_device_groups() {
    return op_form("<show><devicegroups></devicegroups></show>");
}

std::string form_of_ha_state() {
    return op_form("<show><high-availability><state></state></high-availability></show>");
}

std::string form_of(const Call& call, const Place& place) {
    return std::visit(
        Overloaded{
            [](const ReadJobs&) { return op_form("<show><jobs><all></all></jobs></show>"); },
            [&](const ReadObjects&) {
                return config_form("get", fmt::format("{}/address/entry[contains(@name,'{}')]", objects_xpath(place),
                                                      address_name_prefix));
            },
            [](const ReadCapacity&) { return form_of_limits(); },
            [&](const ReadGroups& read) { return groups_form(read, place); },
            [&](const SetMembers& set) { return set_members_form(set, place); },
            [&](const DeleteMembers& gone) { return delete_members_form(gone, place); },
            [&](const DeleteGroups& gone) {
                return config_form("delete",
                                   objects_xpath(place) + "/address-group/entry" + any_of("@name", gone.names));
            },
            [&](const DeleteObjects& gone) {
                return config_form("delete", objects_xpath(place) + "/address/entry" + any_of("@name", gone.names));
            },
            [&](const ReadTag&) { return config_form("get", tag_xpath(place)); },
            [&](const DeleteTag&) { return config_form("delete", tag_xpath(place)); },
            [&](const StartCommit& commit) { return commit_form(commit, place); },
            [](const ReadJob& job) { return job_form(job.job); },
            [](const ReadDevices&) { return form_of_device_groups(); },
            [](const ReadDeviceGroups& read) {
                return op_form("<show><config><pushed-shared-policy></pushed-shared-policy></config></show>") +
                       "&target=" + url_encoded(read.serial);
            },
            [](const StartPush& push) { return push_form(push); },
            [](const ReadPush& read) { return job_form(read.job); },
            [](const ReadSystem&) { return op_form("<show><system><info></info></system></show>"); },
            [&](const ReadDynamicGroup&) {
                return op_form_in(place, fmt::format("<show><object><dynamic-address-group><name>{}</name>"
                                                     "</dynamic-address-group></object></show>",
                                                     markup::escaped(place.group)));
            },
            [&](const ReadRegistered& ask) { return registered_form(ask, place); },
            [&](const ReadRegisteredAddress& ask) {
                return op_form_in(place, fmt::format("<show><object><registered-ip><ip>{}</ip></registered-ip></object>"
                                                     "</show>",
                                                     ask.address.text()));
            },
            [&](const CountRegistered&) {
                return op_form_in(place,
                                  "<show><object><registered-ip><all><option>count</option></all></registered-ip>"
                                  "</object></show>");
            },
            [&](const RegisterAddresses& message) { return register_form(message, place); },
            [&](const RefreshList& refresh) { return list_form("refresh", refresh.kind, refresh.list, "", place); },
            [&](const ReadList& ask) {
                return list_form("show", ask.kind, ask.list,
                                 fmt::format("<num-records>{}</num-records><anchor>{}</anchor>", ask.limit, ask.from),
                                 place);
            },
        },
        call);
}

ApiRequest keygen_request(std::string_view user, const Secret& password) {
    ApiRequest request;
    request.form = "type=keygen&user=" + url_encoded(user);
    request.tail = Secret("&password=" + url_encoded(password.reveal()));
    return request;
}

std::string form_of_own_marks(const Place& place, std::string_view object) {
    return config_form("get", fmt::format("{}/address/entry[@name='{}']", objects_xpath(place), object));
}

std::string url_encoded(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    out.reserve(text.size() + text.size() / 2);
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                           c == '_' || c == '.' || c == '~';
        if (plain) {
            out += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out += '%';
            out += digits[byte >> 4U];
            out += digits[byte & 15U];
        }
    }
    return out;
}

}  // namespace bridge::panos
