// Operational commands: show log.
#include <algorithm>
#include <array>

#include "sim/panos/call/log_call.hpp"
#include "sim/panos/operate/operation.hpp"

namespace sim::panos {
namespace {

constexpr std::size_t shown_max = 100;  // assumed

Reply show_log(const OperationCall& call) {
    const std::string_view type = call.command.name;
    const Element* text = call.command.child("query");
    std::string_view wanted = text == nullptr ? std::string_view{} : std::string_view(text->text);
    if (!wanted.empty() && wanted.front() == '=') {
        wanted.remove_prefix(1);  // the CLI's `query equal "..."` arrives so from some clients
    }
    const auto query = LogQuery::parse(wanted);
    if (!query) {
        return error(17, {quoted_line("show -> log -> " + std::string(type) + " -> query '" + std::string(wanted) +
                                      "' is invalid")});
    }
    const Element* order = call.command.child("direction");
    const bool oldest_first = order != nullptr && order->text == "forward";
    const auto found = selected_logs(call.machine, type, *query, 0, shown_max, oldest_first, call.session.now);
    return result('\n' + selected_logs_xml(call.machine, type, found));
}

constexpr std::string_view log_arguments = "direction query";

constexpr Operation log_commands[] = {
    {"show log config", log_arguments, show_log},   {"show log system", log_arguments, show_log},
    {"show log traffic", log_arguments, show_log},  {"show log threat", log_arguments, show_log},
    {"show log url", log_arguments, show_log},      {"show log wildfire", log_arguments, show_log},
    {"show log data", log_arguments, show_log},     {"show log userid", log_arguments, show_log},
    {"show log hipmatch", log_arguments, show_log},
};

}  // namespace

std::span<const Operation> log_operations() {
    return log_commands;
}

}  // namespace sim::panos
