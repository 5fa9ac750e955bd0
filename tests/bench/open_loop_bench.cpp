// How long acknowledgements take at a rate that the receiver does not decide: notifications on a schedule, each counted
// from when it was due.
//   bench_open_loop PORT RATE SECONDS [ATTACKERS [CONNECTIONS [FIRST_ID]]]
// ATTACKERS (4096) take turns. Prints sent, acknowledged, p50, p99, p99.9 and max, in milliseconds; what was not
// acknowledged counts as later than all others, and makes the exit code 1.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "sim/load/ammunition.hpp"
#include "sim/load/quantiles.hpp"
#include "sim/load/sender.hpp"

int main(int argc, char** argv) {
    using namespace sim::load;
    if (argc < 4) {
        std::cerr << "bench_open_loop PORT RATE SECONDS [ATTACKERS [CONNECTIONS [FIRST_ID]]]\n";
        return 2;
    }
    const auto number = [&](int at, std::size_t otherwise) {
        return argc > at ? static_cast<std::size_t>(std::strtoul(argv[at], nullptr, 10)) : otherwise;
    };
    Arrivals arrivals;
    arrivals.rate_per_s = static_cast<double>(number(2, 0));
    arrivals.duration = std::chrono::seconds(number(3, 0));
    const auto due = make_schedule(arrivals);
    if (!due) {
        std::cerr << due.error() << '\n';
        return 2;
    }
    const std::size_t first_id = number(6, 1'000'000);
    const std::size_t attackers = std::max<std::size_t>(1, number(4, 4096));
    std::vector<std::string> requests;
    requests.reserve(due->size());
    for (std::size_t i = 0; i < due->size(); ++i) {
        const auto shot = notification(documentation_attacker(i % attackers), first_id + i);
        if (!shot) {
            std::cerr << shot.error() << '\n';
            return 2;
        }
        requests.push_back(as_request(*shot, "127.0.0.1"));
    }
    SendPlan plan;
    plan.to.port = static_cast<std::uint16_t>(number(1, 0));
    plan.connections = number(5, 128);
    plan.give_up = arrivals.duration + std::chrono::seconds(30);
    plan.begin = std::chrono::steady_clock::now();
    SendProgress progress;
    const std::vector<Sent> sent = send_open_loop(plan, requests, *due, progress, {});
    Quantiles took;
    for (std::size_t i = 0; i < sent.size(); ++i) {
        if (sent[i].acknowledged()) {
            took.add(sent[i].answered - (*due)[i]);
        } else {
            took.add_unfinished(plan.give_up - (*due)[i]);
        }
    }
    const auto ms = [&](double share) { return static_cast<double>(took.at(share).at.count()) / 1000; };
    std::cout << fmt::format("{} {} {:.2f} {:.2f} {:.2f} {:.2f}\n", sent.size(), took.finished(), ms(0.5), ms(0.99),
                             ms(0.999), ms(1));
    return took.unfinished() == 0 ? 0 : 1;
}
