// The load test's sender as fast as it can: everything is due at once, on that many connections.
//   bench_load_sender PORT [COUNT [CONNECTIONS]]
// Prints answers per second and how many were 200.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "sim/load/ammunition.hpp"
#include "sim/load/sender.hpp"

int main(int argc, char** argv) {
    using namespace sim::load;
    if (argc < 2) {
        std::cerr << "bench_load_sender PORT [COUNT [CONNECTIONS]]\n";
        return 2;
    }
    const auto number = [&](int at, std::size_t otherwise) {
        return argc > at ? static_cast<std::size_t>(std::strtoul(argv[at], nullptr, 10)) : otherwise;
    };
    Arrivals arrivals;
    arrivals.bursts = {{number(2, 200'000), Micros{0}, Micros{0}}};
    const auto due = make_schedule(arrivals);
    if (!due) {
        std::cerr << due.error() << '\n';
        return 2;
    }
    std::vector<std::string> requests;
    for (std::size_t i = 0; i < due->size(); ++i) {
        const auto shot = notification(attacker(i), 1'000'000 + i);
        if (!shot) {
            std::cerr << shot.error() << '\n';
            return 2;
        }
        requests.push_back(as_request(*shot, "127.0.0.1"));
    }
    SendPlan plan;
    plan.to.port = static_cast<std::uint16_t>(number(1, 0));
    plan.connections = number(3, 128);
    plan.give_up = std::chrono::minutes(2);
    plan.begin = std::chrono::steady_clock::now();
    SendProgress progress;
    const std::vector<Sent> sent = send_open_loop(plan, requests, *due, progress, {});
    const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - plan.begin).count();
    const auto good = std::count_if(sent.begin(), sent.end(), [](const Sent& each) { return each.acknowledged(); });
    std::cout << fmt::format("{:.0f} {}\n", static_cast<double>(sent.size()) / took,
                             sent.size() - static_cast<std::size_t>(good));
    return 0;
}
