// Operational commands: external dynamic lists and FQDN objects, what they hold and their refresh.
#include <fmt/format.h>

#include "sim/panos/machine/refresh_job.hpp"
#include "sim/panos/operate/operation.hpp"
#include "sim/panos/tree/whole_number.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

constexpr std::size_t records_by_default = 100;  // measured by a client of 11.1

std::optional<std::size_t> positive(std::string_view text) {
    const auto value = whole_number(text, 4294967295U);
    return value && *value > 0 ? value : std::nullopt;
}

/// <type><KIND><name>N</name>..</KIND></type>; before 9.0 <name>N</name> alone as well.
struct AskedList {
    std::string kind;  // empty: any
    const Element* settings = nullptr;
    std::string name;
};

AskedList asked_of(const Element& command) {
    AskedList asked;
    asked.settings = &command;
    if (const Element* type = command.child("type"); type != nullptr && !type->children.empty()) {
        asked.settings = &type->children.front();
        asked.kind = asked.settings->name;
    }
    if (const Element* name = asked.settings->child("name")) {
        asked.name = name->text;
    }
    return asked;
}

tl::expected<const ExternalList*, Reply> found(const OperationCall& call, const AskedList& asked,
                                               std::string_view verb) {
    const std::string path = fmt::format(" request -> system -> external-list -> {}", verb);
    if (asked.name.empty()) {
        return tl::make_unexpected(error(17, {path + " -> name is missing", path + "  is unexpected"}));
    }
    if (!asked.kind.empty() && asked.kind != "ip" && asked.kind != "domain" && asked.kind != "url" &&
        asked.kind != "predefined-ip" && asked.kind != "predefined-url") {
        return tl::make_unexpected(
            error(17, unexpected_lines({"request", "system", "external-list", std::string(verb), "type", asked.kind})));
    }
    const ExternalList* list = call.machine.lists.seen_from(vsys_of(call), asked.name);
    if (list == nullptr || (!asked.kind.empty() && asked.kind != name_of(list->kind))) {
        return tl::make_unexpected(error(17, {fmt::format("{} is invalid name.Current target-vsys is {}",
                                                          escaped_text(asked.name), escaped_text(vsys_of(call)))}));
    }
    return list;
}

// A number of the list's settings, `otherwise` without it; an error when it is none.
tl::expected<std::size_t, Reply> asked_setting(const AskedList& asked, std::string_view name, std::size_t otherwise) {
    const Element* element = asked.settings->child(name);
    if (element == nullptr) {
        return otherwise;
    }
    if (const auto value = positive(element->text)) {
        return *value;
    }
    return tl::make_unexpected(error(17, {fmt::format(" {} value={} should be equal to or between 1 and 4294967295",
                                                      name, escaped_text(element->text))}));
}

Reply show_list(const OperationCall& call) {
    const AskedList asked = asked_of(call.command);
    const auto list = found(call, asked, "show");
    if (!list) {
        return list.error();
    }
    const auto anchor = asked_setting(asked, "anchor", 1);
    const auto records = asked_setting(asked, "num-records", records_by_default);
    if (!anchor || !records) {
        return !anchor ? anchor.error() : records.error();
    }
    const ListContent& content = (*list)->content;
    std::string members;
    std::size_t sent = 0;
    for (std::size_t i = *anchor - 1; i < content.valid.size() && sent < *records; ++i, ++sent) {
        members += "<member>" + escaped_text(content.valid[i]) + "</member>";
    }
    std::vector<std::string> invalid = content.invalid;
    if (!(*list)->fetched && !(*list)->failure.empty()) {
        invalid = {(*list)->failure};  // as a list that could not be fetched was seen to show one invalid entry
    }
    std::string wrong;
    for (const std::string& each : invalid) {
        wrong += "<member>" + escaped_text(each) + "</member>";
    }
    const std::size_t count = sent == 0 && *anchor > 1 ? *records : sent;  // past the end it tells what was asked for
    const std::string body = fmt::format(
        "<external-list><vsys>{}</vsys><name>{}</name><total-valid>{}</total-valid><total-ignored>{}</total-ignored>"
        "<total-invalid>{}</total-invalid><valid-members>{}</valid-members>{}</external-list>",
        escaped_text((*list)->key.first), escaped_text((*list)->key.second), content.valid.size(), content.ignored,
        invalid.size(), members, wrong.empty() ? "" : "<invalid-members>" + wrong + "</invalid-members>");
    return success(
        0, fmt::format("<result total-count=\"{}\" count=\"{}\">{}</result>", content.valid.size(), count, body));
}

Reply refresh_list(const OperationCall& call) {
    const AskedList asked = asked_of(call.command);
    const auto list = found(call, asked, "refresh");
    if (!list) {
        return list.error();
    }
    refresh_lists(call.machine, {(*list)->key}, call.session.now);
    call.machine.advance(call.session.now);
    return result("EDL refresh job enqueued");
}

Reply list_stats(const OperationCall& call) {
    std::size_t used[3] = {0, 0, 0};
    for (const ExternalList* list : call.machine.lists.all()) {
        if (list->kind == ListKind::ip || list->kind == ListKind::domain || list->kind == ListKind::url) {
            used[static_cast<std::size_t>(list->kind)] += list->content.valid.size();
        }
    }
    const ListLimits limits = list_limits(call.machine.options.model);
    std::string out;
    for (const auto& [name, count, most] :
         {std::tuple("ip", used[0], limits.addresses), std::tuple("domain", used[1], limits.domains),
          std::tuple("url", used[2], limits.urls)}) {
        out += fmt::format("<{0}><running-total>{1}</running-total><capacity>{2}</capacity></{0}>", name, count, most);
    }
    return result("<external-list-stats>" + out + "</external-list-stats>");
}

Reply set_target_vsys(const OperationCall& call) {
    // Of a command-line session: an API call names its vsys itself, so nothing follows from it here.
    return result(fmt::format("Session target vsys changed to {}", escaped_text(call.command.text)));
}

// ---- FQDN objects ---------------------------------------------------------------------------------------------------

Reply show_names(const OperationCall& call) {
    const FqdnTable& names = call.machine.names;
    const std::string rule(80, '-');
    std::string text = "\nFQDN Table : Last Request time ";
    text += (names.refreshed() ? date_and_time(*names.refreshed()) : std::string("Never")) + "\n" + rule + "\n";
    text += fmt::format("{:<47}{}\n{}\n\n", "FQDN", "IP Address", rule);
    for (const auto& [name, count] : names.used()) {
        text += name + "\n";
        const std::vector<Ip> addresses = names.held(name);
        for (const Ip& ip : addresses) {
            text += fmt::format("{:<47}{}\n", "", to_text(ip));
        }
        if (addresses.empty()) {
            text += fmt::format("{:<47}{}\n", "", "Not resolved");
        }
    }
    return result(cdata(text));
}

Reply refresh_fqdn(const OperationCall& call) {
    refresh_names(call.machine, call.session.now);
    call.machine.advance(call.session.now);
    return result("FQDN refresh job enqueued");
}

constexpr Operation external_list_commands[] = {
    {"request system external-list show", "type name", show_list},
    {"request system external-list refresh", "type name", refresh_list},
    {"request system external-list stats", "", list_stats},
    {"request system fqdn show", "", show_names},
    {"request system fqdn refresh", "force", refresh_fqdn},
    {"show dns-proxy fqdn all", "", show_names},
    {"set system setting target-vsys", "", set_target_vsys},
};

}  // namespace

std::span<const Operation> external_list_operations() {
    return external_list_commands;
}

}  // namespace sim::panos
