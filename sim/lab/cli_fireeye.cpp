// firebreak-lab fireeye send | render | list
#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <optional>

#include "sim/fireeye/matrix.hpp"
#include "sim/fireeye/sender.hpp"
#include "sim/lab/cli.hpp"
#include "sim/lab/signals.hpp"
#include "sim/lab/story/expand.hpp"
#include "sim/lab/story/incident_file.hpp"
#include "sim/lab/story/notifications.hpp"
#include "yaml/reader.hpp"

namespace sim::lab {

namespace {

/// What the command line asks for: a `send` step, so that both say the same thing the same way, and who sends it.
struct Request {
    Send send;
    ApplianceSetup appliance;
    std::optional<ApplianceSetup> manager;
};

std::string joined(const std::vector<std::string>& lines) {
    return fmt::format("{}", fmt::join(lines, "\n"));
}

ApplianceSetup appliance_of(const FireeyeCommand& command) {
    const bool is_hx = command.product == "hx";
    ApplianceSetup appliance;
    appliance.name = command.name;
    appliance.product = command.product;
    appliance.version = !command.version.empty() ? command.version : is_hx ? "5.0" : appliance.version;
    appliance.format = !command.format.empty() ? command.format : is_hx ? "json-normal" : appliance.format;
    return appliance;
}

/// Who and what a file of incidents names wins over the options' defaults.
tl::expected<void, std::string> take_incident_file(const std::string& file, Request& request) {
    auto read = load_incidents(file);
    if (!read) {
        return tl::unexpected(joined(read.error()));
    }
    request.send.incidents = std::move(read->incidents);
    request.send.dual = request.send.dual || read->dual;
    request.send.backlog = request.send.backlog || read->backlog;
    if (read->digest) {
        request.send.alerts_per_body = request.send.incidents.size();
    }
    if (read->appliance) {
        request.appliance = *read->appliance;
    }
    request.manager = read->manager;
    return {};
}

tl::expected<void, std::string> take_attackers(const FireeyeCommand& command, Send& send) {
    for (const std::string& pattern : command.attackers) {
        const auto all = expand(pattern);
        if (!all) {
            return tl::unexpected("--attacker: " + all.error());
        }
        send.attackers.insert(send.attackers.end(), all->begin(), all->end());
    }
    const int sources = (send.attackers.empty() ? 0 : 1) + (command.file.empty() ? 0 : 1) +
                        (command.incidents.empty() ? 0 : 1) + (command.test_fire ? 1 : 0);
    if (sources != 1) {
        return tl::unexpected(std::string("give one of --attacker, --file, --incident and --test-fire, and only one"));
    }
    return {};
}

tl::expected<void, std::string> take_changes(const FireeyeCommand& command, Send& send) {
    const bool changes = !command.replace.empty() || command.now || command.new_ids;
    if (changes && command.file.empty()) {
        return tl::unexpected(
            std::string("--replace, --now and --new-ids change a payload that is there; give --file"));
    }
    for (const std::string& pair : command.replace) {
        const std::size_t equals = pair.find('=');
        if (equals == std::string::npos || equals == 0) {
            return tl::unexpected(fmt::format("--replace: '{}' is no OLD=NEW", pair));
        }
        send.replace.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
    }
    send.now = command.now;
    send.new_ids = command.new_ids;
    send.content_type = command.content_type;
    return {};
}

tl::expected<void, std::string> take_delivery(const FireeyeCommand& command, Send& send) {
    send.count = std::max(command.count, send.attackers.size());
    send.alerts_per_body = command.alerts_per_body;
    send.resend = command.resend;
    if (!command.rate.empty()) {
        const auto rate = yaml::parse_rate(command.rate);
        if (!rate) {
            return tl::unexpected(
                fmt::format("--rate: '{}' is no rate; write it as 500/s, 30/m or 10/h", command.rate));
        }
        send.rate_per_s = *rate;
    }
    if (!command.fault.empty()) {
        const auto fault = fireeye::parse_fault(command.fault);
        if (!fault) {
            return tl::unexpected("--fault: " + fault.error());
        }
        send.fault = *fault;
    }
    send.dual = command.dual;
    send.backlog = command.backlog;
    if (command.dual && command.incidents.empty() && command.type != "ips-event") {
        return tl::unexpected(std::string("--dual: only ips events are sent twice; give --type ips-event"));
    }
    return {};
}

tl::expected<Request, std::string> request_of(const FireeyeCommand& command) {
    Request request;
    Send& send = request.send;
    send.type = command.type;
    send.victim = command.victim;
    send.severity = command.severity;
    send.malware = command.malware;
    send.id = command.id;
    send.file = command.file;
    send.test_fire = command.test_fire;
    request.appliance = appliance_of(command);
    auto taken = take_attackers(command, send).and_then([&] { return take_changes(command, send); }).and_then([&] {
        return take_delivery(command, send);
    });
    if (taken && !command.incidents.empty()) {
        taken = take_incident_file(command.incidents, request);
    }
    if (!taken) {
        return tl::unexpected(taken.error());
    }
    if (!command.via.empty()) {
        ApplianceSetup manager = request.appliance;
        manager.id.clear();
        manager.name = command.via;
        manager.product = "cm";
        manager.version = command.via_version.empty() ? manager.version : command.via_version;
        manager.format = command.via_format.empty() ? manager.format : command.via_format;
        request.manager = manager;
    }
    return request;
}

tl::expected<std::vector<OutgoingNotification>, std::string> notifications(const FireeyeCommand& command,
                                                                           const Request& request) {
    AlertIds ids(command.seed);
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const SendContext context{request.manager ? &*request.manager : nullptr, now};
    return notifications_of(request.send, request.appliance, ids, context);
}

tl::expected<fireeye::Destination, std::string> destination(const FireeyeCommand& command) {
    fireeye::Destination to;
    to.url = command.to;
    to.ca_file = command.ca;
    to.insecure = command.insecure;
    if (command.user.empty()) {
        return to;
    }
    const std::size_t colon = command.user.find(':');
    if (colon == std::string::npos) {
        return tl::unexpected(
            std::string("--user: write it as NAME:PASSWORD, or NAME:@FILE to read the password from a file"));
    }
    to.user = command.user.substr(0, colon);
    to.password = command.user.substr(colon + 1);
    if (to.password.starts_with('@')) {
        std::ifstream in(to.password.substr(1));
        if (!std::getline(in, to.password)) {
            return tl::unexpected(std::string("--user: the password's file cannot be read"));
        }
    }
    return to;
}

int fail(const std::string& why) {
    std::cerr << "firebreak-lab: " << why << '\n';
    return unusable;
}

}  // namespace

int fireeye_send_command(const FireeyeCommand& command) {
    const StopOnSignal signals;
    const auto request = request_of(command);
    if (!request) {
        return fail(request.error());
    }
    const auto all = notifications(command, *request);
    const auto to = destination(command);
    if (!all || !to) {
        return fail(all ? to.error() : all.error());
    }
    std::vector<fireeye::Outgoing> outgoing;
    for (const OutgoingNotification& each : *all) {
        outgoing.push_back({&*to, &each.rendered, each.due, request->send.fault ? &*request->send.fault : nullptr});
    }
    bool all_taken = true;
    const auto report = [&](std::size_t i, const fireeye::Delivery& delivery) {
        all_taken = all_taken && delivery.status == 200;
        const std::string answer =
            delivery.status == 0
                ? "no answer: " + delivery.error
                : fmt::format("{} {}", delivery.status, delivery.body.substr(0, delivery.body.find('\n')));
        std::cout << fmt::format("{} -> {}\n", (*all)[i].told, answer) << std::flush;
    };
    const std::size_t in_flight_max = command.rate.empty() ? 1 : 64;
    fireeye::Sender sender;
    sender.send_all(outgoing, in_flight_max, report, signals.token());
    if (signals.token().stop_requested()) {
        return unusable;
    }
    return all_taken ? ok : not_ok;
}

int fireeye_render_command(const FireeyeCommand& command) {
    const auto request = request_of(command);
    if (!request) {
        return fail(request.error());
    }
    const auto all = notifications(command, *request);
    if (!all) {
        return fail(all.error());
    }
    for (const OutgoingNotification& each : *all) {
        std::cout << each.rendered.body;
        // A payload that is there is printed as it is; what is made here ends its line.
        std::cout << (command.file.empty() && !each.rendered.body.ends_with('\n') ? "\n" : "");
        for (const std::string& note : each.rendered.notes) {
            std::cerr << "note: " << note << '\n';
        }
    }
    return ok;
}

namespace {

std::string carried_text(const fireeye::Carried& carried) {
    std::string text;
    for (const auto& [is, what] : {std::pair{carried.address, "address"}, std::pair{carried.name, "name"},
                                   std::pair{carried.victim, "victim"}}) {
        text += is ? fmt::format("{}{}", text.empty() ? "" : ", ", what) : "";
    }
    return text.empty() ? "nothing" : text;
}

std::string_view word_of(fireeye::Certainty certainty) {
    switch (certainty) {
        case fireeye::Certainty::real_sample:
            return "real";
        case fireeye::Certainty::documented:
            return "documented";
        case fireeye::Certainty::inferred:
            return "inferred";
    }
    return {};
}

bool is_wanted(const fireeye::Cell& cell, const FireeyeListCommand& command) {
    const auto is = [](const std::string& wanted, std::string_view value) { return wanted.empty() || wanted == value; };
    return is(command.product, cell.product) && is(command.version, cell.version) && is(command.type, cell.type) &&
           is(command.certainty, word_of(cell.certainty)) &&
           (is(command.format, cell.format) || cell.format.starts_with(command.format + "-"));
}

std::string json_line(const fireeye::Cell& cell) {
    return fmt::format(
        R"({{"product":"{}","version":"{}","format":"{}","type":"{}","certainty":"{}","read":{},"address":{},"name":{},)"
        R"("victim":{},"note":"{}"}})",
        cell.product, cell.version, cell.format, cell.type, word_of(cell.certainty), cell.carried.read,
        cell.carried.address, cell.carried.name, cell.carried.victim, cell.note);
}

}  // namespace

int fireeye_list_command(const FireeyeListCommand& command) {
    constexpr const char* row = "{:<8} {:<8} {:<21} {:<19} {:<21} {:<22} {}\n";
    if (!command.json) {
        std::cout << fmt::format(row, "product", "version", "format", "type", "certainty", "carries", "note");
    }
    std::size_t listed = 0;
    for (const fireeye::Cell& cell : fireeye::matrix()) {
        if (!is_wanted(cell, command)) {
            continue;
        }
        ++listed;
        std::cout << (command.json
                          ? json_line(cell) + "\n"
                          : fmt::format(row, cell.product, cell.version, cell.format, cell.type,
                                        fireeye::name_of(cell.certainty), carried_text(cell.carried), cell.note));
    }
    if (listed == 0) {
        std::cerr << "firebreak-lab: no cell is so; `firebreak-lab fireeye list` shows all\n";
        return not_ok;
    }
    return ok;
}

}  // namespace sim::lab
