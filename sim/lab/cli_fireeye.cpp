// firebreak-lab fireeye send | render | list
#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <iterator>

#include "sim/fireeye/matrix.hpp"
#include "sim/fireeye/sender.hpp"
#include "sim/lab/cli.hpp"
#include "sim/lab/expand.hpp"
#include "sim/lab/notifications.hpp"
#include "sim/lab/signals.hpp"
#include "yaml/reader.hpp"

namespace sim::lab {

namespace {

/// The command line as a `send` step, so that both say the same thing the same way.
tl::expected<Send, std::string> as_step(const FireeyeCommand& command) {
    Send send;
    send.type = command.type;
    for (const std::string& pattern : command.attackers) {
        const auto all = expand(pattern);
        if (!all) {
            return tl::unexpected("--attacker: " + all.error());
        }
        send.attackers.insert(send.attackers.end(), all->begin(), all->end());
    }
    if (send.attackers.empty() == command.file.empty()) {
        return tl::unexpected(std::string("give --attacker or --file, and not both"));
    }
    send.victim = command.victim;
    send.severity = command.severity;
    send.malware = command.malware;
    send.id = command.id;
    send.file = command.file;
    send.count = std::max(command.count, send.attackers.size());
    send.alerts_per_body = command.alerts_per_body;
    if (!command.rate.empty()) {
        const auto rate = yaml::parse_rate(command.rate);
        if (!rate) {
            return tl::unexpected(
                fmt::format("--rate: '{}' is no rate; write it as 500/s, 30/m or 10/h", command.rate));
        }
        send.rate_per_s = *rate;
    }
    return send;
}

tl::expected<std::vector<OutgoingNotification>, std::string> notifications(const FireeyeCommand& command) {
    const auto send = as_step(command);
    if (!send) {
        return tl::unexpected(send.error());
    }
    ApplianceSetup appliance;
    appliance.name = command.name;
    appliance.product = command.product;
    appliance.version = command.version;
    appliance.format = command.format;
    AlertIds ids(command.seed);
    return notifications_of(*send, appliance, ids);
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
    const auto all = notifications(command);
    const auto to = destination(command);
    if (!all || !to) {
        return fail(all ? to.error() : all.error());
    }
    std::vector<const fireeye::RenderedNotification*> rendered;
    std::vector<std::chrono::microseconds> due;
    for (const OutgoingNotification& each : *all) {
        rendered.push_back(&each.rendered);
        due.push_back(each.due);
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
    sender.send_at(*to, rendered, due, in_flight_max, report, signals.token());
    if (signals.token().stop_requested()) {
        return unusable;
    }
    return all_taken ? ok : not_ok;
}

int fireeye_render_command(const FireeyeCommand& command) {
    const auto all = notifications(command);
    if (!all) {
        return fail(all.error());
    }
    for (const OutgoingNotification& each : *all) {
        std::cout << each.rendered.body << '\n';
        for (const std::string& note : each.rendered.notes) {
            std::cerr << "note: " << note << '\n';
        }
    }
    return ok;
}

int fireeye_list_command() {
    std::cout << fmt::format("{:<8} {:<8} {:<22} {:<20} {:<12} {}\n", "product", "version", "format", "type",
                             "certainty", "carries");
    for (const fireeye::Cell& cell : fireeye::matrix()) {
        std::string carries;
        for (const auto& [is, what] : {std::pair{cell.carried.address, "address"}, std::pair{cell.carried.name, "name"},
                                       std::pair{cell.carried.victim, "victim"}}) {
            carries += is ? fmt::format("{}{}", carries.empty() ? "" : ", ", what) : "";
        }
        std::cout << fmt::format("{:<8} {:<8} {:<22} {:<20} {:<12} {}\n", cell.product, cell.version, cell.format,
                                 cell.type, fireeye::name_of(cell.certainty), carries);
    }
    return ok;
}

}  // namespace sim::lab
