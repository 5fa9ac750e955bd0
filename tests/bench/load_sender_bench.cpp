// The load test's sender as fast as it can: everything is due at once, on that many connections.
//   bench_load_sender PORT [COUNT [CONNECTIONS]]
// Prints answers per second and how many were 200.
#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "firing.hpp"
#include "sim/load/ammunition.hpp"

int main(int argc, char** argv) {
    using namespace sim::load;
    if (argc < 2) {
        std::cerr << "bench_load_sender PORT [COUNT [CONNECTIONS]]\n";
        return 2;
    }
    Arrivals arrivals;
    arrivals.bursts = {{bench::number(argc, argv, 2, 200'000), Micros{0}, Micros{0}}};
    SendPlan plan;
    plan.to.port = static_cast<std::uint16_t>(bench::number(argc, argv, 1, 0));
    plan.connections = bench::number(argc, argv, 3, 128);
    plan.give_up = std::chrono::minutes(2);
    const auto sent = bench::fire(arrivals, 1'000'000, attacker, plan);
    if (!sent) {
        return 2;
    }
    const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - plan.begin).count();
    const auto good = std::count_if(sent->begin(), sent->end(), [](const Sent& each) { return each.acknowledged(); });
    std::cout << fmt::format("{:.0f} {}\n", static_cast<double>(sent->size()) / took,
                             sent->size() - static_cast<std::size_t>(good));
    return 0;
}
