#include "firing.hpp"

#include <chrono>
#include <cstdlib>
#include <iostream>

#include "sim/load/ammunition.hpp"

namespace bench {

using namespace sim::load;

std::size_t number(int argc, char** argv, int at, std::size_t otherwise) {
    return argc > at ? static_cast<std::size_t>(std::strtoul(argv[at], nullptr, 10)) : otherwise;
}

std::optional<std::vector<Sent>> fire(const Arrivals& arrivals, std::size_t first_id,
                                      const std::function<std::string(std::size_t)>& attacker_of, SendPlan& plan) {
    const auto due = make_schedule(arrivals);
    if (!due) {
        std::cerr << due.error() << '\n';
        return std::nullopt;
    }
    std::vector<std::string> requests;
    requests.reserve(due->size());
    for (std::size_t i = 0; i < due->size(); ++i) {
        const auto shot = notification(attacker_of(i), first_id + i);
        if (!shot) {
            std::cerr << shot.error() << '\n';
            return std::nullopt;
        }
        requests.push_back(as_request(*shot, "127.0.0.1"));
    }
    plan.begin = std::chrono::steady_clock::now();
    SendProgress progress;
    return send_open_loop(plan, requests, *due, progress, {});
}

}  // namespace bench
