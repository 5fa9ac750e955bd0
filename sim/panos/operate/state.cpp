// Operational commands: show system state: what the parts of a device tell each other, as lines of text. Of its many
// hundred the mock has those that it knows the truth of: the model's limits, its virtual systems, and its load.
#include <fmt/format.h>

#include "sim/panos/operate/operation.hpp"
#include "sim/panos/policy/scope_objects.hpp"
#include "sim/panos/tree/place.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

struct Line {
    std::string key;
    std::string value;
};

std::vector<Line> limits_of(const Machine& machine) {
    const Limits& limits = machine.limits;
    std::vector<Line> lines;
    const auto limit = [&lines](std::string_view name, std::size_t value) {
        lines.push_back({fmt::format("cfg.general.max-{}", name), std::to_string(value)});
    };
    limit("address", limits.addresses);
    limit("address-group", limits.groups);
    limit("address-per-group", limits.members_per_group);
    limit("policy-rule", limits.rules);
    limit("registered-ip-address", limits.registered_addresses);
    limit("service", limits.services);
    limit("service-per-group", limits.services_per_group);
    if (!machine.model->panorama()) {
        limit("session", machine.model->sessions);
        limit("vsys", machine.model->vsys_max);
    }
    return lines;
}

// The load is the management plane's of show system resources; the data plane has none.
std::vector<Line> state_of(const Machine& machine) {
    std::vector<Line> lines = limits_of(machine);
    const bool busy = machine.jobs.active() != nullptr;
    if (!machine.model->panorama()) {
        lines.push_back({"sys.monitor.s1.dp0.exports", "{ 'cpu': { '1minavg': 0, }, }"});
    }
    lines.push_back({fmt::format("sys.monitor.{}.mp.exports", machine.model->virtual_machine() ? "s0" : "s1"),
                     fmt::format("{{ 'cpu': {{ '1minavg': {}, }}, }}", busy ? 95 : 6)});
    return lines;
}

// `*` stands for any run of characters, none too.
bool fits(std::string_view pattern, std::string_view text) {
    std::size_t at = 0;
    std::size_t in = 0;
    std::size_t star = std::string_view::npos;
    std::size_t retry = 0;
    while (at < text.size()) {
        if (in < pattern.size() && pattern[in] == '*') {
            star = in++;
            retry = at;
        } else if (in < pattern.size() && pattern[in] == text[at]) {
            ++in;
            ++at;
        } else if (star != std::string_view::npos) {
            in = star + 1;
            at = ++retry;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', in) == std::string_view::npos;
}

Reply show_state(const OperationCall& call) {
    constexpr std::size_t pattern_max = 255;
    const Element* const filter = call.command.child("filter");
    const Element* const pretty = call.command.child("filter-pretty");
    const Element* const asked = filter != nullptr ? filter : pretty;
    const std::string pattern = asked == nullptr ? "*" : asked->text;
    if (pattern.empty() || pattern.size() > pattern_max) {
        return error(17, {" show -> system -> state -> filter is invalid"});
    }
    std::string out;
    for (const Line& line : state_of(call.machine)) {
        if (fits(pattern, line.key)) {
            out += line.key + ": " + line.value + '\n';
        }
    }
    return result(cdata(out.empty() ? fmt::format("'{}': NO_MATCHES\n", pattern) : out));
}

constexpr Operation state_commands[] = {
    {"show system state", "filter filter-pretty", show_state},
};

}  // namespace

std::span<const Operation> state_operations() {
    return state_commands;
}

}  // namespace sim::panos
