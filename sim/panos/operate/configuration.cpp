// Operational commands: show config, check, save, load, revert, validate: the configuration as a whole.
#include <fmt/format.h>

#include <algorithm>

#include "sim/panos/call/commit_call.hpp"
#include "sim/panos/configuration/predefined.hpp"
#include "sim/panos/operate/operation.hpp"
#include "sim/panos/tree/text_difference.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

// template: configpump's recording on a Panorama; device-group by its pattern.
std::string_view component_of(const Way& way) {
    if (scope_length(way) == 2) {
        return "shared";
    }
    for (const std::string_view each : {"device-group", "template", "template-stack"}) {
        if (way.size() > 3 && way[3].tag == each) {
            return each;
        }
    }
    return way.size() > 3 && way[3].tag == "vsys" ? "vsys" : "device";
}

constexpr std::string_view running_name = "running-config.xml";
constexpr std::string_view candidate_name = "candidate-config.xml";
constexpr std::string_view last_saved_name = ".snapshot.xml";
constexpr std::size_t saved_max = 1000;
constexpr std::size_t file_name_max = 63;

// The filter of a command that has an optional <partial>.
tl::expected<Take, Lines> filter_of(const OperationCall& call, std::vector<std::string> path) {
    const Element* const partial = call.command.child("partial");
    if (partial == nullptr) {
        return Take{};
    }
    path.emplace_back("partial");
    CommitRequest request;
    if (auto read = read_partial(*partial, call.machine.panorama(), request, path); !read) {
        return tl::make_unexpected(read.error().lines);
    }
    return request.take;
}

std::optional<Reply> locked(const OperationCall& call) {
    const Lock* const lock = call.machine.locks.in_the_way(LockKind::config, call.session.admin, "shared");
    if (lock == nullptr) {
        return std::nullopt;
    }
    return error(15, {fmt::format("Configuration is locked by {}", escaped_line(lock->admin))});
}

bool commits_are_queued(const Machine& machine) {
    return machine.jobs.active() != nullptr || machine.jobs.waiting() > 0;
}

// ---- what is pending ------------------------------------------------------------------------------------------------

Reply check_pending(const OperationCall& call) {
    return result(call.machine.configuration.journal().empty() ? "no" : "yes");
}

// Partial commits are of no use after a configuration was loaded.
Reply check_full_commit(const OperationCall& call) {
    const auto& journal = call.machine.configuration.journal();
    const bool loaded = std::any_of(journal.begin(), journal.end(), [](const JournalLine& line) {
        return line.action == "LOAD" && line.way.size() == 1;
    });
    return result(loaded ? "yes" : "no");
}

Reply list_changes(const OperationCall& call) {
    const auto take = filter_of(call, {"show", "config", "list", "changes"});
    if (!take) {
        return error(17, take.error());
    }
    std::string out;
    for (const JournalLine& line : call.machine.configuration.journal()) {
        if (!take->takes(*line.mark, line.way)) {
            continue;
        }
        std::string xpath = escaped_text(to_text(line.way));
        for (std::size_t at = 0; (at = xpath.find('\'', at)) != std::string::npos;) {
            xpath.replace(at, 1, "&#39;");
        }
        const std::string admin = escaped_text(line.mark->admin);
        out += fmt::format(
            "<entry><xpath>{0}</xpath><owner>{1}</owner><action> {2}</action><admin-history>{1}"
            "</admin-history><component-type>{3}</component-type></entry>",
            xpath, admin, line.action, component_of(line.way));
    }
    return result(out.empty() ? "" : "<journal>" + out + "</journal>");
}

// Which parts have changes, and whose they are.
Reply change_summary(const OperationCall& call) {
    const auto take = filter_of(call, {"show", "config", "list", "change-summary"});
    if (!take) {
        return error(17, take.error());
    }
    std::set<std::string> admins;
    std::set<std::string> vsys;
    bool shared = false;
    bool device = false;
    for (const JournalLine& line : call.machine.configuration.journal()) {
        if (!take->takes(*line.mark, line.way)) {
            continue;
        }
        admins.insert(line.mark->admin);
        const Section section = section_of(line.way);
        shared = shared || section == Section::shared;
        device = device || section == Section::device_and_network || section == Section::undecided;
        if (component_of(line.way) == "vsys" && line.way.size() > 4) {
            vsys.insert(line.way[4].identity);
        }
    }
    if (admins.empty()) {
        return result("");
    }
    const auto list = [](std::string_view tag, const std::set<std::string>& names) {
        std::string out;
        for (const std::string& name : names) {
            out += "<member>" + escaped_text(name) + "</member>";
        }
        return names.empty() ? "" : fmt::format("<{0}>{1}</{0}>", tag, out);
    };
    return result(
        fmt::format("<summary>{}{}<shared-object>{}</shared-object><device-and-network>{}</device-and-network>"
                    "</summary>",
                    list("admin", admins), list("vsys", vsys), shared ? "yes" : "no", device ? "yes" : "no"));
}

std::string absolute(std::string_view path) {
    return path.empty() || path.front() == '/' ? std::string(path) : "/config/" + std::string(path);
}

// ---- showing --------------------------------------------------------------------------------------------------------

Layout plain() {
    Layout layout;
    layout.marks = false;
    layout.indent = 2;
    layout.depth = 0;
    return layout;
}

Reply show_tree(const NodePtr& root) {
    std::string out;
    print(out, *root, plain());
    return result(out);
}

// The whole, or with an <xpath> what that selects; it may begin below <config>, as the command line has it.
Reply show_tree_or_part(const OperationCall& call, const NodePtr& root) {
    const Element* const xpath = call.command.child("xpath");
    if (xpath == nullptr) {
        return show_tree(root);
    }
    const auto parsed = XPath::parse(absolute(xpath->text));
    const Selection found = parsed ? parsed->select(root) : Selection{};
    if (!parsed || found.too_much || found.of != Selection::Of::nodes) {
        const std::string why = !parsed          ? parsed.error()
                                : found.too_much ? "it looks at too many nodes"
                                                 : "it does not name nodes";
        return error(6, {quoted_line("xpath is not valid: " + why)});
    }
    if (found.nodes.empty()) {
        return error(0, {"No such node"});
    }
    std::string out;
    for (const LocatedPtr& at : found.nodes) {
        print(out, *at->node, plain());
    }
    return result(out);
}

Reply show_running(const OperationCall& call) {
    return show_tree_or_part(call, local_part(call.machine.configuration.running()));
}
Reply show_candidate(const OperationCall& call) {
    return show_tree_or_part(call, local_part(call.machine.configuration.candidate()));
}

Reply show_difference(const OperationCall& call) {
    if (call.machine.version.at_least(11, 2)) {
        return error(17, {"invalid client cli"});
    }
    return result(
        escaped_text(text_difference(*call.machine.configuration.running(), *call.machine.configuration.candidate())));
}

// What content updates bring; a path begins with /predefined. The refusal was measured by a client.
Reply show_predefined(const OperationCall& call) {
    const Element* const asked = call.command.child("xpath");
    if (asked == nullptr || asked->text.empty()) {
        return error(17, {" show -> predefined is missing 'xpath'", " show -> predefined is invalid"});
    }
    NodePtr root = call.machine.configuration.running();
    Node& config = own(root);
    config.children().put(predefined(), config.children().last_place().value_or(0) + place_gap);
    const auto xpath = XPath::parse("/config" + asked->text);
    const Selection found = asked->text.rfind("/predefined", 0) == 0 && xpath ? xpath->select(root) : Selection{};
    if (found.too_much || found.of != Selection::Of::nodes || found.nodes.empty()) {
        return error(0, {"No data found. Verify xpath and retry"});
    }
    std::string out;
    for (const LocatedPtr& at : found.nodes) {
        print(out, *at->node, plain());
    }
    return result(out);
}

// ---- named configurations -------------------------------------------------------------------------------------------

NodePtr named(const Machine& machine, std::string_view name) {
    if (name == running_name) {
        return machine.configuration.running();
    }
    if (name == candidate_name || name == "candidate-config") {
        return machine.configuration.candidate();
    }
    const auto found = machine.saved_configurations.find(std::string(name));
    return found == machine.saved_configurations.end() ? nullptr : found->second;
}

Reply no_such_file(std::string_view name) {
    return error(0, {fmt::format("{} does not exist", escaped_line(name))});
}

Reply show_saved(const OperationCall& call) {
    const NodePtr found = named(call.machine, call.command.text);
    return found ? show_tree(found) : no_such_file(call.command.text);
}

Reply list_saved(const OperationCall& call) {
    std::string out;
    for (const auto& [name, root] : call.machine.saved_configurations) {
        if (name != last_saved_name) {
            out += "<member>" + escaped_text(name) + "</member>";
        }
    }
    return result(out);
}

bool is_file_name(std::string_view name) {
    return !name.empty() && name.size() <= file_name_max && name.front() != '.' && name.front() != '-' &&
           std::all_of(name.begin(), name.end(), [](char c) {
               const auto u = static_cast<unsigned char>(c);
               return std::isalnum(u) != 0 || c == '-' || c == '_' || c == '.' || c == ' ';
           });
}

Reply save_as(const OperationCall& call, std::string_view name) {
    auto& saved = call.machine.saved_configurations;
    if (saved.size() >= saved_max && !saved.contains(std::string(name))) {
        return error(0, {"There is no space left for another configuration. Delete a saved one"});
    }
    saved.insert_or_assign(std::string(name), unmarked(call.machine.configuration.candidate()));
    return result(fmt::format("Config saved to {}", escaped_text(name)));
}

Reply save_config(const OperationCall& call) {
    return save_as(call, last_saved_name);
}

Reply save_config_to(const OperationCall& call) {
    const std::string& name = call.command.text;
    if (name == running_name || name == candidate_name) {
        return error(0, {fmt::format("cannot save to reserved file name \"{}\"", escaped_line(name))});
    }
    if (!is_file_name(name)) {
        return error(17, {fmt::format(" save -> config -> to '{}' is not a valid file name", escaped_line(name)),
                          " save -> config -> to is invalid"});
    }
    return save_as(call, name);
}

Reply delete_saved(const OperationCall& call) {
    const std::string& name = call.command.text;
    if (name.empty() || name == last_saved_name || call.machine.saved_configurations.erase(name) == 0) {
        return no_such_file(name);
    }
    return result(fmt::format("successfully removed {}", escaped_text(name)));
}

// ---- loading --------------------------------------------------------------------------------------------------------

Reply loaded(std::string_view name) {
    return result(fmt::format("<msg><line>Config loaded from {}</line></msg>", escaped_line(name)));
}

Reply load_whole(const OperationCall& call, std::string_view name) {
    const NodePtr found = named(call.machine, name);
    if (!found) {
        return no_such_file(name);
    }
    if (auto refused = locked(call)) {
        return *refused;
    }
    call.machine.configuration.load_as_candidate(found, call.session.admin, call.session.now);
    return loaded(name);
}

Reply load_config(const OperationCall& call) {
    return load_whole(call, call.command.text);
}

Reply load_last_saved(const OperationCall& call) {
    return load_whole(call, last_saved_name);
}

// The words of a failed partial load, as they were seen: a message inside of a line.
Reply partial_failed(std::string_view why) {
    return error(0, {fmt::format("<msg><line>{}\n.Failed to compose effective config to load.</line></msg>",
                                 escaped_line(why))});
}

// As messages have it: without what all paths begin with.
std::string relative(std::string path) {
    return path.rfind("/config/", 0) == 0 ? path.substr(8) : path;
}

Reply load_partial(const OperationCall& call) {
    const auto text = [&call](std::string_view name) {
        const Element* const child = call.command.child(name);
        return child == nullptr ? std::string() : child->text;
    };
    const std::string name = text("from");
    const std::string from_text = absolute(text("from-xpath"));
    const std::string to_text_wanted = absolute(text("to-xpath"));
    const std::string mode = text("mode");
    for (const auto& [argument, value] : {std::pair{"from", name}, std::pair{"from-xpath", from_text},
                                          std::pair{"to-xpath", to_text_wanted}, std::pair{"mode", mode}}) {
        if (value.empty()) {
            return error(17, {fmt::format(" load -> config -> partial is missing '{}'", argument),
                              " load -> config -> partial is invalid"});
        }
    }
    if (mode != "merge" && mode != "replace" && mode != "append") {
        return error(
            17, {fmt::format(" load -> config -> partial -> mode '{}' is not an allowed keyword", escaped_line(mode)),
                 " load -> config -> partial -> mode is invalid"});
    }
    const NodePtr source = named(call.machine, name);
    if (!source) {
        return no_such_file(name);
    }
    if (auto refused = locked(call)) {
        return *refused;
    }
    const auto from = XPath::parse(from_text);
    const auto to = XPath::parse(to_text_wanted);
    if (!from || !to) {
        return partial_failed(fmt::format("xpath is not valid: {}", from ? to.error() : from.error()));
    }
    const Selection found = from->select(unmarked(source));
    if (found.nodes.empty() || found.of != Selection::Of::nodes) {
        return partial_failed("input file doesn't have anything at " + relative(from_text));
    }
    const auto way = to->way(call.machine.configuration.candidate());
    if (!way || way->size() < 2 || way->front().tag != "config") {
        return partial_failed(fmt::format("{} is not a place to load to", relative(to_text_wanted)));
    }
    // Several nodes are loaded one beside the other, under what the path's last step stands in.
    Edit edit = call.machine.configuration.begin(call.session.admin, call.session.now);
    for (const LocatedPtr& at : found.nodes) {
        if (at->node->tag() != way->back().tag) {
            return partial_failed(fmt::format("{} does not fit {}", relative(from_text), relative(to_text_wanted)));
        }
        Way target = *way;
        if (found.nodes.size() > 1) {
            target.back().identity = std::string(at->node->identity());
        }
        if (const Outcome outcome = edit.load(target, at->node, mode == "replace"); !outcome) {
            return error(outcome.error());
        }
    }
    call.machine.configuration.accept(std::move(edit));
    return result(
        fmt::format("<msg><line><msg><line>Config loaded from {}</line></msg></line></msg>", escaped_line(name)));
}

// ---- reverting, validating ------------------------------------------------------------------------------------------

Reply revert_config(const OperationCall& call) {
    Machine& machine = call.machine;
    if (commits_are_queued(machine)) {
        return error(0, {"Local commit jobs are queued. Revert operation is not allowed."});
    }
    const auto take = filter_of(call, {"revert", "config"});
    if (!take) {
        return error(17, take.error());
    }
    if (auto refused = locked(call)) {
        return *refused;
    }
    machine.configuration.revert(*take);
    return result("<msg><line>All changes were reverted from configuration</line></msg>");
}

Reply validate_full(const OperationCall& call) {
    CommitRequest request;
    request.validate = true;
    return commit(call.machine, call.session, request);
}

// ---- audit comments -------------------------------------------------------------------------------------------------

Reply set_audit_comment(const OperationCall& call) {
    constexpr std::size_t comment_max = 256;
    constexpr std::size_t kept_max = 100'000;
    const Element* const xpath = call.command.child("xpath");
    const Element* const comment = call.command.child("comment");
    for (const auto& [name, element] : {std::pair{"xpath", xpath}, std::pair{"comment", comment}}) {
        if (element == nullptr || element->text.empty()) {
            return error(
                17, {fmt::format(" set -> audit-comment is missing '{}'", name), " set -> audit-comment is invalid"});
        }
    }
    if (comment->text.size() > comment_max) {
        return error(17, {fmt::format(" set -> audit-comment -> comment can be at most {} characters, but current "
                                      "length: {}",
                                      comment_max, comment->text.size())});
    }
    const auto parsed = XPath::parse(xpath->text);
    const auto way = parsed ? parsed->way(call.machine.configuration.candidate())
                            : tl::expected<Way, std::string>(tl::make_unexpected(parsed.error()));
    if (!way || way->size() < 2 || way->back().tag != "entry" || (*way)[way->size() - 2].tag != "rules") {
        return error(0, {"xpath does not name a rule"});
    }
    auto& kept = call.machine.audit_comments;
    if (kept.size() >= kept_max) {
        kept.erase(kept.begin());
    }
    kept.push_back({call.session.now, call.session.admin, to_text(*way), comment->text});
    return result("Successfully added comment for xpath");
}

constexpr Operation configuration_commands[] = {
    {"show config running", "xpath", show_running},
    {"show config candidate", "xpath", show_candidate},
    {"show config saved", "", show_saved},
    {"show predefined", "xpath", show_predefined},
    {"show config diff", "", show_difference},
    {"show config pending-changes", "partial", list_changes},
    {"show config list changes", "partial", list_changes},
    {"show config list change-summary", "partial", change_summary},
    {"show config list saved", "", list_saved},
    {"check pending-changes", "", check_pending},
    {"check full-commit-required", "", check_full_commit},
    {"save config", "", save_config},
    {"save config to", "", save_config_to},
    {"delete config saved", "", delete_saved},
    {"load config from", "", load_config},
    {"load config last-saved", "", load_last_saved},
    {"load config partial", "from from-xpath to-xpath mode", load_partial},
    {"revert config", "partial skip-validate", revert_config},
    {"validate full", "", validate_full},
    {"set audit-comment", "xpath comment", set_audit_comment},
};

}  // namespace

std::string saved_completions(const Machine& machine) {
    std::string out;
    for (const auto& [name, root] : machine.saved_configurations) {
        if (name != last_saved_name) {
            out += "<completion value=\"" + escaped_attribute(name) + "\"/>";
        }
    }
    return out + fmt::format("<completion value=\"{}\"/>", running_name);
}

std::span<const Operation> configuration_operations() {
    return configuration_commands;
}

}  // namespace sim::panos
