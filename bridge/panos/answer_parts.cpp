#include "bridge/panos/answer_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "bridge/domain/firewall/child_group.hpp"

namespace bridge::panos {

using namespace domain;

namespace {

constexpr std::size_t detail_characters_max = 400;

void gather_text(const pugi::xml_node& node, std::string& out, int depth) {
    if (depth > 16) {
        return;
    }
    for (const pugi::xml_node& child : node.children()) {
        if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) {
            out += child.value();
        } else {
            gather_text(child, out, depth + 1);
        }
    }
    if (std::string_view(node.name()) == "line") {
        out += "; ";
    }
}

bool holds(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

Errc errc_of(int code, std::string_view status, std::string_view text) {
    if (status == "unauth" || code == 16) {
        return Errc::not_permitted;
    }
    if (code == 403 || code == 22) {
        return Errc::key_rejected;
    }
    if (holds(text, "passive device")) {
        return Errc::not_active;
    }
    if (holds(text, "in progress") || holds(text, "Timed out while getting config lock") || holds(text, "try again")) {
        return Errc::busy;
    }
    if (holds(text, "commit lock") || holds(text, "Commit lock") || holds(text, "Config lock") ||
        holds(text, "locked by") || holds(text, "is currently locked")) {
        return Errc::locked;
    }
    constexpr std::array internal{1, 2, 3, 4, 5, 11, 21};
    if (std::find(internal.begin(), internal.end(), code) != internal.end()) {
        return Errc::busy;
    }
    if (code == 7 || holds(text, "No such node")) {
        return Errc::missing;
    }
    return Errc::refused;
}

}  // namespace

/// What a device said, fit for a log line: one line, printable, bounded.
std::string tidy(std::string_view text) {
    std::string out;
    bool gap = false;
    for (const char c : text) {
        if (out.size() >= detail_characters_max) {
            return out + "...";
        }
        const auto byte = static_cast<unsigned char>(c);
        if (byte <= ' ' || byte == 0x7f) {
            gap = !out.empty();
            continue;
        }
        if (gap) {
            out += ' ';
            gap = false;
        }
        out += c;
    }
    return out;
}

/// The text of an answer wherever it sits: <msg>, <msg><line>, <msg><line><line>, <result><msg>.
std::string message_of(const pugi::xml_node& response) {
    std::string text;
    gather_text(response, text, 0);
    while (text.ends_with(' ') || text.ends_with(';')) {
        text.pop_back();
    }
    return tidy(text);
}

int number_in(std::string_view text, int fallback) {
    int value = fallback;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    return error == std::errc{} && stop == end ? value : fallback;
}

Result<pugi::xml_node> judge(unsigned http, const pugi::xml_node& response, const std::string& flaw) {
    if (http == 401) {
        return failed(Errc::key_rejected, "HTTP 401: the session or key is no longer taken");
    }
    if (http >= 500) {
        return failed(Errc::busy, fmt::format("HTTP {}: the management plane does not answer as it should", http));
    }
    if (http == 403) {
        return failed(Errc::key_rejected, fmt::format("HTTP 403: {}", message_of(response)));
    }
    if (!flaw.empty()) {
        return failed(Errc::malformed, flaw);
    }
    const std::string_view status = response.attribute("status").value();
    if (status.empty()) {
        return failed(Errc::malformed, "the answer has no <response status=...>");
    }
    if (status == "success") {
        if (http < 200 || http >= 300) {
            return failed(Errc::malformed,
                          fmt::format("HTTP {} with an answer that says success: it counts as none", http));
        }
        return response;
    }
    const std::string text = message_of(response);
    const int code = number_in(response.attribute("code").value(), 0);
    const std::string said = text.empty() ? fmt::format("status {}", status) : text;
    const Errc sort = errc_of(code, status, text);
    // That a thing is gone is believed in an answer to the call only, and an error of HTTP is none.
    if (sort == Errc::missing && http != 200) {
        return failed(Errc::malformed,
                      fmt::format("HTTP {} with an answer that says missing ({}): it counts as none", http, said));
    }
    return failed(sort, code == 0 ? said : fmt::format("{} (code {})", said, code));
}

std::optional<SeenObject> object_in(const pugi::xml_node& entry, const Place& place) {
    SeenObject object;
    object.name = entry.attribute("name").value();
    if (!object.name.starts_with(address_name_prefix)) {
        return std::nullopt;  // the xpath says contains()
    }
    for (const char* kind : {"ip-netmask", "fqdn", "ip-range", "ip-wildcard"}) {
        if (const pugi::xml_node value = entry.child(kind)) {
            object.kind = kind;
            object.value = tidy(value.text().get());
        }
    }
    for (const pugi::xml_node& member : entry.child("tag").children("member")) {
        object.ours = object.ours || place.tag == member.text().get();
    }
    object.ours = object.ours || place.tag.empty();
    return object;
}

bool is_of_family(std::string_view name, const Place& place) {
    return name == place.group || child_group_number(place.group, name) != 0;
}

std::optional<GroupSeen> group_in(const pugi::xml_node& entry, const Place& place) {
    const std::string_view name = entry.attribute("name").value();
    if (!is_of_family(name, place) || !(entry.child("static") || entry.child("dynamic"))) {
        return std::nullopt;
    }
    GroupSeen seen;
    seen.name = name;
    seen.is_static = entry.child("dynamic").empty();
    seen.filter = entry.child("dynamic").child("filter").text().get();
    const std::string_view description = entry.child("description").text().get();
    seen.ours = place.tag.empty() && description.starts_with(child_description);
    for (const pugi::xml_node& member : entry.child("tag").children("member")) {
        seen.ours = seen.ours || (!place.tag.empty() && place.tag == member.text().get());
    }
    for (const pugi::xml_node& member : entry.child("static").children("member")) {
        seen.members.push_back(member.text().get());
    }
    seen.members.sort();
    return seen;
}

Result<Reply> or_absence(const Call& call, Failure failure) {
    if (std::holds_alternative<ReadGroups>(call) && failure.code == Errc::missing) {
        return GroupsSeen{};
    }
    if (std::holds_alternative<ReadTag>(call) && failure.code == Errc::missing) {
        return TagSeen{};
    }
    return tl::unexpected(std::move(failure));
}

}  // namespace bridge::panos
