// How long acknowledgements take at a rate that the receiver does not decide: notifications on a schedule, each counted
// from when it was due.
//   bench_open_loop PORT RATE SECONDS [ATTACKERS [CONNECTIONS [FIRST_ID]]]
// ATTACKERS (4096) take turns. Prints sent, acknowledged, p50, p99, p99.9 and max, in milliseconds; what was not
// acknowledged counts as later than all others, and makes the exit code 1.
#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "firing.hpp"
#include "sim/load/ammunition.hpp"
#include "sim/load/quantiles.hpp"

int main(int argc, char** argv) {
    using namespace sim::load;
    if (argc < 4) {
        std::cerr << "bench_open_loop PORT RATE SECONDS [ATTACKERS [CONNECTIONS [FIRST_ID]]]\n";
        return 2;
    }
    Arrivals arrivals;
    arrivals.rate_per_s = static_cast<double>(bench::number(argc, argv, 2, 0));
    arrivals.duration = std::chrono::seconds(bench::number(argc, argv, 3, 0));
    const std::size_t attackers = std::max<std::size_t>(1, bench::number(argc, argv, 4, 4096));
    SendPlan plan;
    plan.to.port = static_cast<std::uint16_t>(bench::number(argc, argv, 1, 0));
    plan.connections = bench::number(argc, argv, 5, 128);
    plan.give_up = arrivals.duration + std::chrono::seconds(30);
    const auto sent = bench::fire(
        arrivals, bench::number(argc, argv, 6, 1'000'000),
        [attackers](std::size_t i) { return documentation_attacker(i % attackers); }, plan);
    if (!sent) {
        return 2;
    }
    Quantiles took;
    for (const Sent& each : *sent) {
        if (each.acknowledged()) {
            took.add(each.answered - each.due);
        } else {
            took.add_unfinished(plan.give_up - each.due);
        }
    }
    const auto ms = [&](double share) { return static_cast<double>(took.at(share).at.count()) / 1000; };
    std::cout << fmt::format("{} {} {:.2f} {:.2f} {:.2f} {:.2f}\n", sent->size(), took.finished(), ms(0.5), ms(0.99),
                             ms(0.999), ms(1));
    return took.unfinished() == 0 ? 0 : 1;
}
