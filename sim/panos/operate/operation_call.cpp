// type=op: operational commands. What is in none of the tables is answered as the device answers an unknown command.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_map>

#include "sim/panos/operate/operation.hpp"
#include "sim/panos/operate/operation_call.hpp"
#include "sim/panos/operate/operation_table.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

const std::vector<Operation>& all_operations() {
    static const std::vector<Operation> all = [] {
        std::vector<Operation> joined;
        // A Panorama's own forms of commands that firewalls have, too, come first.
        for (const auto table : {panorama_operations(),
                                 pushed_operations(),
                                 batch_operations(),
                                 high_availability_operations(),
                                 job_operations(),
                                 system_operations(),
                                 configuration_operations(),
                                 lock_operations(),
                                 policy_operations(),
                                 registration_operations(),
                                 external_list_operations(),
                                 maintenance_operations(),
                                 software_operations(),
                                 interface_operations(),
                                 network_operations(),
                                 session_operations(),
                                 advanced_routing_operations(),
                                 link_operations(),
                                 service_operations(),
                                 certificate_request_operations(),
                                 master_key_operations(),
                                 licence_operations(),
                                 authkey_operations(),
                                 global_protect_operations(),
                                 rulebase_operations(),
                                 counter_operations(),
                                 dataplane_operations(),
                                 log_operations(),
                                 state_operations(),
                                 version_operations(),
                                 certificate_operations(),
                                 enrolment_operations(),
                                 vpn_operations(),
                                 lldp_operations(),
                                 dhcp_operations()}) {
            joined.insert(joined.end(), table.begin(), table.end());
        }
        return joined;
    }();
    return all;
}

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(' '));
        words.push_back(word);
        text.remove_prefix(std::min(text.size(), word.size() + 1));
    }
    return words;
}

// A command with the words of its path.
struct Known {
    const Operation* command = nullptr;
    std::vector<std::string_view> words;
};

bool knows(const Operation& command, bool panorama) {
    return command.has != (panorama ? Has::firewall : Has::panorama);
}

// The commands of one first word, by the second, each in the order of the tables.
struct FirstWord {
    bool firewall = false;  // has some of them
    bool panorama = false;
    std::unordered_map<std::string_view, std::vector<Known>> by_second;  // nothing for the word alone
};

const std::unordered_map<std::string_view, FirstWord>& operations_by_first_word() {
    static const auto index = [] {
        std::unordered_map<std::string_view, FirstWord> made;
        for (const Operation& command : all_operations()) {
            Known known{&command, words_of(command.path)};
            FirstWord& first = made[known.words.front()];
            first.firewall = first.firewall || knows(command, false);
            first.panorama = first.panorama || knows(command, true);
            first.by_second[known.words.size() > 1 ? known.words[1] : std::string_view{}].push_back(std::move(known));
        }
        return made;
    }();
    return index;
}

struct Match {
    const Operation* command = nullptr;
    const Element* at = nullptr;
    std::vector<const Element*> way;  // from the root to `at`
    std::vector<std::string> path;    // to the element that no command has, when command is null
    std::size_t known = 0;            // steps of it that some command has
};

// The longest command that the document goes along, by its first children; or how far it goes along any.
Match match(const Element& root, bool panorama) {
    Match best;
    std::vector<const Element*> chain{&root};
    while (!chain.back()->children.empty() && chain.size() < 8) {
        chain.push_back(&chain.back()->children.front());
    }
    std::size_t matched = 0;
    const auto along = [&](const Known& known) {
        const auto& [command, words] = known;
        if (!knows(*command, panorama)) {
            return;
        }
        std::size_t same = 0;
        while (same < words.size() && same < chain.size() && chain[same]->name == words[same]) {
            ++same;
        }
        if (same == words.size() && same > matched) {
            matched = same;
            best.command = command;
            best.at = chain[same - 1];
            best.way.assign(chain.begin(), chain.begin() + static_cast<std::ptrdiff_t>(same));
        }
        best.known = std::max(best.known, same);
    };
    const auto first = operations_by_first_word().find(root.name);
    if (first != operations_by_first_word().end()) {
        best.known = (panorama ? first->second.panorama : first->second.firewall) ? 1 : 0;
        const auto& by_second = first->second.by_second;
        const std::string_view second = chain.size() > 1 ? std::string_view(chain[1]->name) : std::string_view{};
        for (const auto& at : {by_second.find(std::string_view{}), by_second.find(second)}) {
            if (at != by_second.end()) {
                std::for_each(at->second.begin(), at->second.end(), along);
            }
        }
    }
    if (best.command != nullptr) {
        return best;
    }
    for (std::size_t i = 0; i <= best.known && i < chain.size(); ++i) {
        best.path.push_back(chain[i]->name);
    }
    return best;
}

Lines incomplete(const std::vector<std::string>& path) {
    std::string text;
    for (const std::string& step : path) {
        text += (text.empty() ? " " : " -> ") + escaped_line(step);
    }
    return {text + "  is unexpected"};
}

// A document holds one command: what stands beside a step of it is refused.
std::optional<Lines> second_command(const Match& found) {
    std::vector<std::string> path;
    for (const Element* const step : found.way) {
        path.push_back(step->name);
        if (step != found.at && step->children.size() > 1) {
            path.push_back(step->children[1].name);
            return unexpected_lines(path);
        }
    }
    return std::nullopt;
}

std::optional<Lines> bad_arguments(const Match& found) {
    if (found.command->arguments == "*") {
        return std::nullopt;
    }
    const auto allowed = words_of(found.command->arguments);
    for (const Element& child : found.at->children) {
        if (std::find(allowed.begin(), allowed.end(), child.name) == allowed.end()) {
            std::vector<std::string> path;
            for (const std::string_view word : words_of(found.command->path)) {
                path.emplace_back(word);
            }
            path.push_back(child.name);
            return unexpected_lines(path);
        }
    }
    return std::nullopt;
}

// A request's document and what it asks, read once.
struct Asked {
    std::string_view text;
    tl::expected<std::vector<Element>, std::string> elements;
    std::optional<Match> found{};  // of a document with one root element
};

Reply operate(Machine& machine, const Session& session, const Asked& asked) {
    if (asked.text.empty()) {
        return web_error(400, "Missing value for parameter \"cmd\".");
    }
    if (!asked.found) {
        return asked.text.front() == '<' && !asked.elements ? error(18, {"Malformed Request"})
                                                            : error(17, unexpected_lines({}));
    }
    const Match& found = *asked.found;
    if (found.command == nullptr) {
        return error(17, found.path.size() == found.known ? incomplete(found.path) : unexpected_lines(found.path));
    }
    if (auto lines = second_command(found)) {
        return error(17, *lines);
    }
    if (auto lines = bad_arguments(found)) {
        return error(17, *lines);
    }
    return found.command->answer(OperationCall{machine, session, *found.at});
}

// Commands have no completions in the API; their paths below /operations have (skilletlib): where a name or a number is
// to follow those that there are, else the next words.
Reply complete_operation(const Machine& machine, std::string_view xpath) {
    constexpr std::string_view root = "/operations";
    std::string out;
    if (xpath.rfind(root, 0) == 0) {
        xpath.remove_prefix(root.size());
        if (xpath == "/load/config/from" || xpath == "/show/config/saved" || xpath == "/delete/config/saved") {
            return success(19, "<completions>" + saved_completions(machine) + "</completions>");
        }
        if (xpath.rfind("/show/config/audit/", 0) == 0 || xpath == "/load/config/version") {
            return success(19, "<completions>" + version_completions(machine) + "</completions>");
        }
        std::string path(xpath);
        std::replace(path.begin(), path.end(), '/', ' ');
        std::vector<std::string_view> words = words_of(path);
        std::erase(words, std::string_view{});
        std::set<std::string_view> next;
        for (const Operation& command : all_operations()) {
            const auto its = words_of(command.path);
            if (knows(command, machine.panorama()) && its.size() > words.size() &&
                std::equal(words.begin(), words.end(), its.begin())) {
                next.insert(its[words.size()]);
            }
        }
        for (const std::string_view word : next) {
            out += fmt::format("<completion value=\"{}\" vxpath=\"{}/{}\"/>", word,
                               escaped_attribute(fmt::format("{}{}", root, xpath)), word);
        }
    }
    return out.empty() ? error(17, {"No completions available"})
                       : success(19, "<completions>" + out + "</completions>");
}

}  // namespace

std::vector<std::string> known_operations() {
    std::vector<std::string> names;
    for (const Operation& command : all_operations()) {
        names.emplace_back(command.path);
    }
    return names;
}

Prepared prepare_operation(Machine& machine, const Session& session, const Parameters& parameters) {
    const auto asked = std::make_shared<Asked>();
    asked->text = parameters.value("cmd");
    asked->elements = read_xml(asked->text);
    Prepared prepared;
    prepared.kind = FaultOn::op;
    if (asked->elements && asked->elements->size() == 1) {
        const Match& found = asked->found.emplace(match(asked->elements->front(), machine.panorama()));
        prepared.note.action = found.command == nullptr ? "unknown" : std::string(found.command->path);
        if (prepared.note.action == "show jobs id") {
            prepared.kind = FaultOn::job;
            prepared.note.action += ' ' + found.at->text.substr(0, 20);
        }
    }
    if (parameters.value("action") == "complete") {
        prepared.carry_out = [&machine, asked_for = std::string(parameters.value("xpath"))] {
            return complete_operation(machine, asked_for);
        };
        return prepared;
    }
    prepared.carry_out = [&machine, &session, asked] { return operate(machine, session, *asked); };
    return prepared;
}

}  // namespace sim::panos
