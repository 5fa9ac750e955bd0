// Operational commands: what the data plane has counted, and the text of statistics that is made of it.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sim/panos/operate/operation.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

constexpr std::string_view global = " show -> counter -> global -> filter";

// What a filter asks for; empty: anything.
struct Filter {
    std::string category;
    std::string severity;
    std::string aspect;
    bool growth = false;  // since the last such call
    bool noughts = false;

    bool takes(const CounterKind& kind) const {
        const auto fits = [](const std::string& wanted, std::string_view is) { return wanted.empty() || wanted == is; };
        return fits(category, kind.category) && fits(severity, kind.severity) && fits(aspect, kind.aspect);
    }
};

Lines not_allowed(std::string_view path, std::string_view value) {
    return {fmt::format("{} '{}' is not an allowed keyword", path, escaped_line(value)),
            fmt::format("{} is invalid", path.substr(0, path.rfind(" -> ")))};
}

tl::expected<Filter, Lines> read_filter(const Element* asked) {
    Filter filter;
    if (asked == nullptr) {
        return filter;
    }
    for (const Element& each : asked->children) {
        const std::string path = fmt::format("{} -> {}", global, each.name);
        const auto one_of = [&each](std::initializer_list<std::string_view> words) {
            return std::find(words.begin(), words.end(), each.text) != words.end();
        };
        bool right = true;
        if (each.name == "category" || each.name == "aspect") {
            right = !each.text.empty();
            (each.name == "category" ? filter.category : filter.aspect) = each.text;
        } else if (each.name == "severity") {
            right = one_of({"drop", "error", "info", "warn"});
            filter.severity = each.text;
        } else if (each.name == "delta" || each.name == "packet-filter") {
            right = one_of({"yes", "no"});
            filter.growth = filter.growth || (each.name == "delta" && each.text == "yes");
        } else if (each.name == "value") {
            right = one_of({"all", "non-zero"});
            filter.noughts = each.text == "all";
        } else {
            return tl::make_unexpected(unexpected_lines({"show", "counter", "global", "filter", each.name}));
        }
        if (!right) {
            return tl::make_unexpected(not_allowed(path, each.text));
        }
    }
    return filter;
}

std::string entry(const CounterKind& kind, std::uint64_t value, std::uint64_t growth, std::int64_t seconds) {
    const auto place = static_cast<std::size_t>(&kind - counter_kinds().data());
    return fmt::format(
        "<entry><category>{}</category><severity>{}</severity><value>{}</value><rate>{}</rate><aspect>{}</aspect>"
        "<desc>{}</desc><id>{}</id><name>{}</name></entry>",
        kind.category, kind.severity, value, seconds > 0 ? growth / static_cast<std::uint64_t>(seconds) : growth,
        kind.aspect, escaped_text(kind.description), place + 1, kind.name);
}

Reply show_global_counters(const OperationCall& call) {
    Machine& machine = call.machine;
    const auto filter = read_filter(call.command.child("filter"));
    if (!filter) {
        return error(17, filter.error());
    }
    const std::string name = call.command.text_of("name");
    if (call.command.child("name") != nullptr &&
        std::none_of(counter_kinds().begin(), counter_kinds().end(),
                     [&name](const CounterKind& kind) { return kind.name == name; })) {
        return error(0, {"An error occurred. See dagger.log for information."});
    }
    CounterSample& last = machine.counter_sample;
    const CounterSample since{last.at > machine.booted ? last : CounterSample{{}, machine.booted}};
    const auto seconds = std::chrono::floor<std::chrono::seconds>(call.session.now - since.at).count();
    std::string out;
    for (const CounterKind& kind : counter_kinds()) {
        const std::uint64_t value = machine.traffic.of(kind.name);
        const std::uint64_t growth = value - since.counters.of(kind.name);
        const std::uint64_t shown = filter->growth ? growth : value;
        const bool asked = name.empty() ? filter->takes(kind) && (shown > 0 || filter->noughts) : kind.name == name;
        out += asked ? entry(kind, shown, growth, seconds) : "";
    }
    if (filter->growth) {
        last = {machine.traffic, call.session.now};
    }
    return result(fmt::format("<dp>dp0</dp><global><t>{}</t><counters>{}</counters></global>", seconds, out));
}

Reply clear_global_counters(const OperationCall& call) {
    call.machine.traffic = {};
    call.machine.counter_sample = {{}, call.session.now};
    return result("<member>All counters cleared</member>");
}

// The text that a Centreon plug-in takes apart.
Reply show_session_statistics(const OperationCall& call) {
    const auto up = std::chrono::floor<std::chrono::seconds>(call.session.now - call.machine.booted).count();
    return result(
        cdata(fmt::format("System Statistics: ('q' to quit, 'h' for help)\n\n"
                          "Device is up          : {} day{} {} hours {} mins {} sec\n"
                          "Packet rate           : 0/s\n"
                          "Throughput            : 0 Kbps\n"
                          "Total active sessions : 0\n"
                          "Active TCP sessions   : 0\n"
                          "Active UDP sessions   : 0\n"
                          "Active ICMP sessions  : 0\n",
                          up / 86400, up / 86400 == 1 ? "" : "s", up / 3600 % 24, up / 60 % 60, up % 60)));
}

constexpr Operation counter_commands[] = {
    {"show counter global", "filter name", show_global_counters, Has::firewall},
    {"clear counter global", "", clear_global_counters, Has::firewall},
    {"clear counter all", "", clear_global_counters, Has::firewall},
    {"show system statistics session", "", show_session_statistics, Has::firewall},
};

}  // namespace

std::span<const Operation> counter_operations() {
    return counter_commands;
}

}  // namespace sim::panos
