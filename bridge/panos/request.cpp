#include "bridge/panos/request.hpp"

#include <fmt/format.h>

#include <iterator>

#include "bridge/domain/overloaded.hpp"

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

std::string group_xpath(const Place& place) {
    return fmt::format("{}/address-group/entry[@name='{}']", vsys_xpath(place), place.group);
}

/// Set at the vsys, so that one call brings the tag that the objects refer to together with the objects: PAN-OS takes
/// no reference to a tag that does not exist.
std::string set_objects_form(const SetObjects& set, const Place& place) {
    std::string element;
    std::string tag;
    if (!place.tag.empty()) {
        tag = fmt::format("<tag><member>{}</member></tag>", xml_escaped(place.tag));
        element = fmt::format("<tag><entry name=\"{}\"/></tag>", xml_escaped(place.tag));
    }
    element += "<address>";
    for (const AddressObject& object : set.objects) {
        const char* kind = object.indicator.address() != nullptr ? "ip-netmask" : "fqdn";
        fmt::format_to(std::back_inserter(element), "<entry name=\"{0}\"><{1}>{2}</{1}>{3}</entry>", object.name, kind,
                       object.indicator.text(), tag);
    }
    element += "</address>";
    return config_form("set", vsys_xpath(place), element);
}

std::string set_members_form(const SetMembers& set, const Place& place) {
    std::string element;
    for (const std::string& name : set.names) {
        fmt::format_to(std::back_inserter(element), "<member>{}</member>", name);
    }
    return config_form("set", group_xpath(place) + "/static", element);
}

/// "[text()='a' or text()='b']"
std::string any_of(std::string_view what, const std::vector<std::string>& names) {
    std::string predicate = "[";
    for (const std::string& name : names) {
        fmt::format_to(std::back_inserter(predicate), "{}{}='{}'", predicate.size() > 1 ? " or " : "", what, name);
    }
    return predicate + "]";
}

std::string commit_form(const StartCommit& commit, const Place& place) {
    const std::string cmd = fmt::format(
        "<commit><description>{}</description><partial><admin><member>{}</member></admin></partial></commit>",
        xml_escaped(commit.description), xml_escaped(place.admin));
    return "type=commit&cmd=" + url_encoded(cmd);
}

std::string registered_form(const ReadRegistered& ask, const Place& place) {
    const std::string page =
        ask.limit == 0 ? "" : fmt::format("<limit>{}</limit><start-point>{}</start-point>", ask.limit, ask.from);
    return op_form_in(place,
                      fmt::format("<show><object><registered-ip><tag><entry name=\"{}\"/></tag>{}</registered-ip>"
                                  "</object></show>",
                                  xml_escaped(place.tag), page));
}

std::string register_form(const RegisterAddresses& message, const Place& place) {
    const std::string tag = xml_escaped(place.tag);
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
                                  verb, name_of(kind), xml_escaped(list), more));
}

}  // namespace

std::string vsys_xpath(const Place& place) {
    return fmt::format("/config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='{}']", place.vsys);
}

std::string form_of(const Call& call, const Place& place) {
    return std::visit(
        Overloaded{
            [](const ReadJobs&) { return op_form("<show><jobs><all></all></jobs></show>"); },
            [&](const ReadObjects&) {
                return config_form("get", fmt::format("{}/address/entry[contains(@name,'{}')]", vsys_xpath(place),
                                                      address_name_prefix));
            },
            [&](const ReadRunningGroup&) { return config_form("show", group_xpath(place)); },
            [&](const SetObjects& set) { return set_objects_form(set, place); },
            [&](const SetMembers& set) { return set_members_form(set, place); },
            [&](const DeleteMembers& gone) {
                return config_form("delete", group_xpath(place) + "/static/member" + any_of("text()", gone.names));
            },
            [&](const DeleteObjects& gone) {
                return config_form("delete", vsys_xpath(place) + "/address/entry" + any_of("@name", gone.names));
            },
            [&](const StartCommit& commit) { return commit_form(commit, place); },
            [](const ReadJob& job) { return op_form(fmt::format("<show><jobs><id>{}</id></jobs></show>", job.job)); },
            [](const ReadSystem&) { return op_form("<show><system><info></info></system></show>"); },
            [&](const ReadDynamicGroup&) {
                return op_form_in(place, fmt::format("<show><object><dynamic-address-group><name>{}</name>"
                                                     "</dynamic-address-group></object></show>",
                                                     xml_escaped(place.group)));
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
    return config_form("get", fmt::format("{}/address/entry[@name='{}']", vsys_xpath(place), object));
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

std::string xml_escaped(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

}  // namespace bridge::panos
