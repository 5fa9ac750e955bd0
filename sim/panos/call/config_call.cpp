// type=config: reading and changing the candidate.
#include <fmt/format.h>

#include <algorithm>

#include "sim/panos/call/call.hpp"
#include "sim/panos/configuration/panorama.hpp"
#include "sim/panos/configuration/predefined.hpp"
#include "sim/panos/machine/factory.hpp"
#include "sim/panos/machine/machine.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

Reply malformed() {
    return error(18, {"Malformed Request"});
}

std::string scope_of_edit(const std::string& xpath) {
    for (const std::string_view holder : {"/vsys/entry[@name=", "/device-group/entry[@name="}) {
        const std::size_t at = xpath.find(holder);
        const std::size_t from = at == std::string::npos ? at : at + holder.size() + 1;
        if (at != std::string::npos) {
            return from <= xpath.size() ? xpath.substr(from, xpath.find_first_of("'\"", from) - from) : "shared";
        }
    }
    return "shared";
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

Reply bad_xpath(std::string_view why) {
    return error(6, {quoted_line(fmt::format("xpath is not valid: {}", why))});
}

// The tree that a path reads: what a device adds to its configuration is there only for paths that ask for it.
NodePtr tree_for(const XPath& xpath, const NodePtr& configuration, const Limits& limits) {
    if (xpath.begins_with("config", "predefined")) {
        NodePtr root = configuration;
        Node& node = own(root);
        node.children().put(predefined(), node.children().last_place().value_or(0) + place_gap);
        return root;
    }
    return xpath.begins_with("config", "platform") ? with_platform(configuration, limits) : configuration;
}

tl::expected<Selection, Reply> selected(const XPath& xpath, const NodePtr& tree) {
    Selection found = xpath.select(tree);
    if (found.too_much) {
        return tl::make_unexpected(bad_xpath("it looks at too many nodes"));
    }
    return found;
}

Reply get(const Machine& machine, const std::string& text) {
    const auto xpath = XPath::parse(text);
    if (!xpath || !xpath->absolute()) {
        return bad_xpath(xpath ? "it does not begin with /" : xpath.error());
    }
    const auto found = selected(*xpath, tree_for(*xpath, machine.configuration.candidate(), machine.limits));
    if (!found) {
        return found.error();
    }
    if (found->nodes.empty()) {
        return success(7, "<result/>");
    }
    std::string out = fmt::format("<result total-count=\"{0}\" count=\"{0}\">", found->nodes.size());
    for (const LocatedPtr& at : found->nodes) {
        out += "\n ";
        out += printed(at, *found, Layout{});
    }
    return success(19, out + "\n</result>");
}

Reply show(const Machine& machine, const std::string& text) {
    const auto xpath = XPath::parse(text);
    if (!xpath) {
        return bad_xpath(xpath.error());
    }
    const auto found = selected(*xpath, tree_for(*xpath, machine.configuration.running(), machine.limits));
    if (!found) {
        return found.error();
    }
    if (found->nodes.empty()) {
        return error(0, {"No such node"});
    }
    if (found->nodes.size() > 1 && found->of == Selection::Of::nodes) {
        return error(0, {"show needs an xpath of one node"});
    }
    std::string out;
    Layout layout;
    layout.marks = false;
    layout.indent = 2;
    layout.depth = 0;
    for (const LocatedPtr& at : found->nodes) {
        out += printed(at, *found, layout);
    }
    return result(out);
}

// The names that a container holds, or the elements that can stand at the path.
Reply complete(const Machine& machine, std::string text) {
    for (const std::string_view end : {"/entry", "/"}) {
        if (text.size() > end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0) {
            text.resize(text.size() - end.size());
        }
    }
    const auto xpath = XPath::parse(text);
    if (!xpath || !xpath->absolute()) {
        return bad_xpath(xpath ? "it does not begin with /" : xpath.error());
    }
    const NodePtr tree = tree_for(*xpath, machine.configuration.candidate(), machine.limits);
    const auto way = xpath->way(tree);
    if (!way) {
        return bad_xpath(way.error());
    }
    if (!is_in_schema(*tree, *way, machine.version) && !node_at(tree, *way)) {
        return error(6, {"Invalid sequence"});
    }
    std::vector<std::pair<std::string, Way>> found;
    const auto add = [&](const std::string& value, Step step) {
        const bool there =
            std::any_of(found.begin(), found.end(), [&](const auto& each) { return each.first == value; });
        if (step.tag == "entry" || !there) {
            Way to = *way;
            to.push_back(std::move(step));
            found.emplace_back(value, std::move(to));
        }
    };
    bool entries = false;
    const NodePtr node = node_at(tree, *way);
    if (node) {
        entries = node->children().size() > 0;
        node->children().each([&](const Child& child) {
            entries = entries && (child.node->is_entry() || child.node->tag() == "member");
            return entries;
        });
        node->children().each([&](const Child& child) {
            const Node& each = *child.node;
            add(entries ? each.value() : each.tag(), Step{each.tag(), std::string(each.identity())});
            return true;
        });
    }
    if (!entries) {
        for (const std::string& tag : children_known(*way)) {
            add(tag, Step{tag, ""});
        }
    }
    std::string out;
    for (const auto& [value, to] : found) {
        out += fmt::format("<completion value=\"{}\" vxpath=\"{}\"/>", escaped_attribute(value),
                           escaped_attribute(to_text(to)));
    }
    return success(19, "<completions>" + out + "</completions>");
}

// ---- changing -------------------------------------------------------------------------------------------------------

tl::expected<std::vector<Element>, Reply> elements_of(const Parameters& parameters) {
    const std::string* text = parameters.find("element");
    if (text == nullptr || text->empty()) {
        return tl::make_unexpected(missing_parameter("element"));
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
    if (action == "override") {
        return edit.override_pushed(xpath, elements);
    }
    return edit.move(xpath, parameters.value("where"), parameters.value("dst"));
}

std::optional<Reply> locked(const Machine& machine, const Session& session, const std::string& xpath) {
    // Documented: from the moment a push leaves the queue until its end the firewall can't be edited.
    if (const Job* running = machine.jobs.active(); running != nullptr && running->task && running->task->commits()) {
        return error(13, {"A commit is in progress."});
    }
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
        return missing_parameter(*wanting);
    }
    const std::string_view where = parameters.value("where");
    if (action == "move" && where != "top" && where != "bottom" && where != "before" && where != "after") {
        return web_error(400, fmt::format("Illegal value for parameter \"where\" [{}].", where));
    }
    std::vector<Element> elements;
    if (action == "set" || action == "edit" || action == "override") {
        auto read = elements_of(parameters);
        if (!read) {
            return read.error();
        }
        elements = std::move(*read);
    }
    if (auto refused = locked(machine, session, std::string(parameters.value("xpath")))) {
        return *refused;
    }
    if (parameters.value("xpath").rfind("/config/readonly", 0) == 0) {
        return error(12, {quoted_line("config -> readonly can't be changed")});
    }
    Edit edit = machine.configuration.begin(session.admin, session.now);
    Outcome outcome = applied(edit, action, parameters, elements);
    if (outcome && machine.panorama()) {
        const Outcome followed = follow_device_groups(edit, machine.configuration.candidate());
        outcome = followed ? outcome : followed;
    }
    if (outcome) {
        machine.configuration.accept(std::move(edit));
    }
    return answer(outcome);
}

// multi-move, multi-clone: the answer names the place, and the objects as they are called there.
Reply gathered(const Gathered& done) {
    std::string names;
    for (const std::string& name : done.names) {
        names += "<member>" + escaped_text(name) + "</member>";
    }
    Reply reply = success(0, names);
    reply.body.insert(reply.body.find('>'), fmt::format(" to=\"{}\"", escaped_attribute(to_text(done.to))));
    return reply;
}

Reply move_or_copy(Machine& machine, const Session& session, const Parameters& parameters, bool copy) {
    if (parameters.value("xpath").empty()) {
        return missing_parameter("xpath");
    }
    auto elements = elements_of(parameters);
    if (!elements) {
        return elements.error();
    }
    std::vector<std::string> places{std::string(parameters.value("xpath"))};
    for (const Element& list : *elements) {
        for (const Element& source : list.children) {
            places.emplace_back(source.attribute("xpath"));
        }
    }
    for (const std::string& place : places) {
        if (auto refused = locked(machine, session, place)) {
            return *refused;
        }
    }
    Edit edit = machine.configuration.begin(session.admin, session.now);
    const auto done = edit.gather(parameters.value("xpath"), *elements, copy);
    if (!done) {
        return error(done.error());
    }
    if (machine.panorama()) {
        if (const Outcome followed = follow_device_groups(edit, machine.configuration.candidate()); !followed) {
            return error(followed.error());
        }
    }
    machine.configuration.accept(std::move(edit));
    return gathered(*done);
}

// ---- several at once ------------------------------------------------------------------------------------------------

Outcome part_applied(Edit& edit, const Element& part) {
    const std::string xpath(part.attribute("xpath"));
    if (xpath.rfind("/config/readonly", 0) == 0) {
        return tl::make_unexpected(Refusal{12, {quoted_line("config -> readonly can't be changed")}});
    }
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
        const std::string_view where = part.attribute("where");
        if (where != "top" && where != "bottom" && where != "before" && where != "after") {
            return tl::make_unexpected(Refusal{12, {quoted_line(fmt::format("where '{}' is invalid", where))}});
        }
        return edit.move(xpath, where, part.attribute("dst"));
    }
    if (part.name == "override") {
        return edit.override_pushed(xpath, part.children);
    }
    if (part.name == "multi-move" || part.name == "multi-clone") {
        const auto done = edit.gather(xpath, part.children, part.name == "multi-clone");
        return done ? Outcome(Applied::changed) : tl::make_unexpected(done.error());
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
    for (const Element& part : read->front().children) {
        if (auto refused = locked(machine, session, std::string(part.attribute("xpath")))) {
            return *refused;
        }
    }
    Take own;
    own.admins = {session.admin};
    if (strict) {
        machine.configuration.revert(own);
    }
    Edit edit = machine.configuration.begin(session.admin, session.now);
    std::string parts;
    for (const Element& part : read->front().children) {
        const NodePtr before = edit.root();
        Outcome outcome = part_applied(edit, part);
        if (outcome && machine.panorama()) {
            const Outcome followed = follow_device_groups(edit, before);
            outcome = followed ? outcome : followed;
        }
        parts += with_id(answer(outcome).body, part.attribute("id"));
        if (!outcome) {
            return {200, fmt::format("<response status=\"error\" code=\"13\">{}</response>", parts),
                    "application/xml; charset=UTF-8", "error", "13"};
        }
    }
    machine.configuration.accept(std::move(edit));
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
    prepared.carry_out = [&machine, &session, action, &parameters]() -> Reply {
        if (action.empty()) {
            return missing_parameter("action");
        }
        if (action == "get" || action == "show") {
            const std::string xpath(parameters.value("xpath"));
            if (xpath.empty() && action == "get") {
                return missing_parameter("xpath");
            }
            // Without an xpath `show` gives the whole of it: pan-python's tests.
            return action == "get" ? get(machine, xpath) : show(machine, xpath.empty() ? "/config" : xpath);
        }
        if (action == "complete") {
            const std::string xpath(parameters.value("xpath"));
            return xpath.empty() ? missing_parameter("xpath") : complete(machine, xpath);
        }
        if (action == "multi-move" || action == "multi-clone") {
            return move_or_copy(machine, session, parameters, action == "multi-clone");
        }
        if (action == "set" || action == "edit" || action == "delete" || action == "rename" || action == "clone" ||
            action == "move" || action == "override") {
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
