// type=config: reading and changing the candidate.
#include <fmt/format.h>

#include <algorithm>

#include "sim/panos/factory.hpp"
#include "sim/panos/machine.hpp"
#include "sim/panos/xml.hpp"

namespace sim::panos {
namespace {

Reply missing(std::string_view parameter) {
    return web_error(400, fmt::format("Missing value for parameter \"{}\".", parameter));
}

Reply malformed() {
    return error(18, {"Malformed Request"});
}

std::string scope_of_edit(const std::string& xpath) {
    const std::size_t at = xpath.find("/vsys/entry[@name=");
    if (at == std::string::npos) {
        return "shared";
    }
    const std::size_t from = at + std::string_view("/vsys/entry[@name=").size() + 1;
    return from <= xpath.size() ? xpath.substr(from, xpath.find_first_of("'\"", from) - from) : "shared";
}

// ---- reading --------------------------------------------------------------------------------------------------------

std::string printed(const LocatedPtr& at, const Selection& selection, const Layout& layout) {
    std::string out;
    if (selection.of == Selection::Of::nodes) {
        print(out, *at->node, layout);
    } else if (selection.of == Selection::Of::texts) {
        out = escaped_text(at->node->value());
    } else {
        std::string value = at->node->is_entry() && selection.attribute == "name" ? at->node->value() : "";
        for (const auto& [name, text] : at->node->attributes()) {
            if (name == selection.attribute) {
                value = text;
            }
        }
        out = fmt::format("<{} {}=\"{}\"/>", at->node->tag(), selection.attribute, escaped_attribute(value));
    }
    return out;
}

bool names_platform(const std::string& xpath) {
    return xpath.find("platform") != std::string::npos;
}

Reply get(const Machine& machine, const std::string& text) {
    const auto xpath = XPath::parse(text);
    if (!xpath || !xpath->absolute()) {
        return error(
            6,
            {quoted_line(fmt::format("xpath is not valid: {}", xpath ? "it does not begin with /" : xpath.error()))});
    }
    const NodePtr& candidate = machine.configuration.candidate();
    const Selection found = xpath->select(names_platform(text) ? with_platform(candidate, machine.limits) : candidate);
    if (found.nodes.empty()) {
        return success(7, "<result/>");
    }
    std::string out = fmt::format("<result total-count=\"{0}\" count=\"{0}\">", found.nodes.size());
    for (const LocatedPtr& at : found.nodes) {
        out += "\n ";
        out += printed(at, found, Layout{});
    }
    return success(19, out + "\n</result>");
}

Reply show(const Machine& machine, const std::string& text) {
    const auto xpath = XPath::parse(text);
    if (!xpath) {
        return error(6, {quoted_line(fmt::format("xpath is not valid: {}", xpath.error()))});
    }
    const Selection found = xpath->select(machine.configuration.running());
    if (found.nodes.empty()) {
        return error(0, {"No such node"});
    }
    if (found.nodes.size() > 1 && found.of == Selection::Of::nodes) {
        return error(0, {"show needs an xpath of one node"});
    }
    std::string out;
    Layout layout;
    layout.marks = false;
    layout.indent = 2;
    layout.depth = 0;
    for (const LocatedPtr& at : found.nodes) {
        out += printed(at, found, layout);
    }
    return result(out);
}

// ---- changing -------------------------------------------------------------------------------------------------------

tl::expected<std::vector<Element>, Reply> elements_of(const Parameters& parameters) {
    const std::string* text = parameters.find("element");
    if (text == nullptr || text->empty()) {
        return tl::make_unexpected(missing("element"));
    }
    auto elements = read_xml(*text);
    if (!elements || elements->empty()) {
        return tl::make_unexpected(malformed());
    }
    return std::move(*elements);
}

Outcome applied(Edit& edit, std::string_view action, const Parameters& parameters,
                const std::vector<Element>& elements) {
    const std::string_view xpath = parameters.value("xpath");
    if (action == "set") {
        return edit.set(xpath, elements);
    }
    if (action == "edit") {
        return edit.edit(xpath, elements);
    }
    if (action == "delete") {
        return edit.erase(xpath);
    }
    if (action == "rename") {
        return edit.rename(xpath, parameters.value("newname"));
    }
    if (action == "clone") {
        return edit.clone(xpath, parameters.value("from"), parameters.value("newname"));
    }
    return edit.move(xpath, parameters.value("where"), parameters.value("dst"));
}

std::optional<Reply> locked(const Machine& machine, const Session& session, const std::string& xpath) {
    const Lock* lock = machine.locks.in_the_way(LockKind::config, session.admin, scope_of_edit(xpath));
    if (lock == nullptr) {
        return std::nullopt;
    }
    return error(15, {fmt::format("Configuration is locked by {}", escaped_text(lock->admin))});
}

std::optional<std::string_view> parameter_wanting(std::string_view action, const Parameters& parameters) {
    const auto lacks = [&parameters](std::string_view name) { return parameters.value(name).empty(); };
    if (lacks("xpath")) {
        return "xpath";
    }
    if ((action == "rename" || action == "clone") && lacks("newname")) {
        return "newname";
    }
    if (action == "clone" && lacks("from")) {
        return "from";
    }
    if (action == "move" && lacks("where")) {
        return "where";
    }
    return std::nullopt;
}

Reply change(Machine& machine, const Session& session, const std::string& action, const Parameters& parameters) {
    if (const auto wanting = parameter_wanting(action, parameters)) {
        return missing(*wanting);
    }
    const std::string_view where = parameters.value("where");
    if (action == "move" && where != "top" && where != "bottom" && where != "before" && where != "after") {
        return web_error(400, fmt::format("Illegal value for parameter \"where\" [{}].", where));
    }
    std::vector<Element> elements;
    if (action == "set" || action == "edit") {
        auto read = elements_of(parameters);
        if (!read) {
            return read.error();
        }
        elements = std::move(*read);
    }
    if (auto refused = locked(machine, session, std::string(parameters.value("xpath")))) {
        return *refused;
    }
    Edit edit = machine.configuration.begin(session.admin, session.now);
    const Outcome outcome = applied(edit, action, parameters, elements);
    if (outcome) {
        machine.configuration.accept(edit);
    }
    return answer(outcome);
}

// ---- several at once ------------------------------------------------------------------------------------------------

Outcome part_applied(Edit& edit, const Element& part) {
    const std::string xpath(part.attribute("xpath"));
    if (part.name == "set") {
        return edit.set(xpath, part.children);
    }
    if (part.name == "edit") {
        return edit.edit(xpath, part.children);
    }
    if (part.name == "delete") {
        return edit.erase(xpath);
    }
    if (part.name == "rename") {
        return edit.rename(xpath, part.attribute("newname"));
    }
    if (part.name == "clone") {
        return edit.clone(xpath, part.attribute("from"), part.attribute("newname"));
    }
    if (part.name == "move") {
        return edit.move(xpath, part.attribute("where"), part.attribute("dst"));
    }
    return tl::make_unexpected(Refusal{17, {quoted_line(part.name + " unexpected here")}});
}

std::string with_id(std::string body, std::string_view id) {
    if (!id.empty()) {
        body.insert(body.find('>'), fmt::format(" id=\"{}\"", escaped_attribute(id)));
    }
    return body;
}

Reply several(Machine& machine, const Session& session, const Parameters& parameters) {
    auto read = elements_of(parameters);
    if (!read) {
        return read.error();
    }
    if (read->size() != 1) {
        return malformed();
    }
    const bool strict = parameters.value("strict-transactional") == "yes";
    if (strict && (machine.jobs.active() != nullptr || machine.jobs.waiting() > 0)) {
        return error(13, {"A commit is in progress."});
    }
    if (auto refused = locked(machine, session, "")) {
        return *refused;
    }
    Take own;
    own.admins = {session.admin};
    if (strict) {
        machine.configuration.revert(own);
    }
    Edit edit = machine.configuration.begin(session.admin, session.now);
    std::string parts;
    for (const Element& part : read->front().children) {
        const Outcome outcome = part_applied(edit, part);
        parts += with_id(answer(outcome).body, part.attribute("id"));
        if (!outcome) {
            return {200, fmt::format("<response status=\"error\" code=\"13\">{}</response>", parts),
                    "application/xml; charset=UTF-8", "error", "13"};
        }
    }
    machine.configuration.accept(edit);
    return success(20, parts);
}

std::optional<FaultOn> subject_of(std::string_view action) {
    if (action == "get" || action == "show" || action == "set" || action == "edit" || action == "delete") {
        return fault_subject(action);
    }
    return std::nullopt;
}

}  // namespace

Prepared prepare_config(Machine& machine, const Session& session, const Parameters& parameters) {
    const std::string action(parameters.value("action"));
    Prepared prepared;
    prepared.kind = subject_of(action).value_or(FaultOn::config);
    prepared.also = FaultOn::config;
    prepared.note = {action, std::string(parameters.value("xpath")), parameters.value("element").size()};
    prepared.carry_out = [&machine, session, action, parameters]() -> Reply {
        if (action.empty()) {
            return missing("action");
        }
        if (action == "get" || action == "show") {
            const std::string xpath(parameters.value("xpath"));
            if (xpath.empty()) {
                return missing("xpath");
            }
            return action == "get" ? get(machine, xpath) : show(machine, xpath);
        }
        if (action == "set" || action == "edit" || action == "delete" || action == "rename" || action == "clone" ||
            action == "move") {
            return change(machine, session, action, parameters);
        }
        if (action == "multi-config" && machine.version.takes_multi_config()) {
            return several(machine, session, parameters);
        }
        return web_error(400, fmt::format("Illegal value for parameter \"action\" [{}].", action));
    };
    return prepared;
}

}  // namespace sim::panos
