// Acknowledgements per second and their latency, of the SQLite store alone:
//   bench_store FILE [SECONDS [IN_FLIGHT [ATTACKERS]]]
// Keeps IN_FLIGHT notifications of about 1 KB waiting, each with one new alert and a block of one of ATTACKERS (0: no
// block).
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <vector>

#include "bridge/store/sqlite_store.hpp"

namespace {

using Clock = std::chrono::steady_clock;
using namespace bridge;

store::Acceptance notification(std::uint32_t n, std::uint32_t attackers) {
    const auto now = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    // Neighbours in time are no neighbours in the ledger.
    const auto attacker = attackers == 0 ? 0 : n * 2654435761U % attackers;
    const auto address = "198." + std::to_string(18 + (attacker >> 16U) % 2) + "." +
                         std::to_string(attacker >> 8U & 255U) + "." + std::to_string(attacker & 255U);
    const auto id = std::to_string(100'000'000 + n);
    store::Acceptance made{
        .payload = std::string(1024, 'x'),
        .format = "xml-normal",
        .peer = "127.0.0.1",
        .received = now,
        .alerts = {{.identity = "00:25:90:12:34:56|malware-callback|" + id,
                    .appliance = "nx1",
                    .type = "malware-callback",
                    .alert_id = id,
                    .severity = "majr",
                    .decision = R"({"attackers":[")" + address + R"("],"blockable":[")" + address + R"("]})"}},
        .blocks = {}};
    if (attackers > 0) {
        made.blocks.push_back({.target = "hq",
                               .indicator = *domain::Indicator::parse(address),
                               .state = domain::BlockState::wanted,
                               .reason = "malware-callback " + id + " from nx1",
                               .alert = "00:25:90:12:34:56|malware-callback|" + id,
                               .since = now,
                               .expires = now + std::chrono::hours(168),
                               .repeats = 0});
    }
    return made;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: bench_store FILE [SECONDS [IN_FLIGHT [ATTACKERS]]]\n");
        return 2;
    }
    const auto seconds = std::chrono::seconds(argc > 2 ? std::strtol(argv[2], nullptr, 10) : 10);
    const auto in_flight_max = argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 128UL;
    const auto attackers = static_cast<std::uint32_t>(argc > 4 ? std::strtoul(argv[4], nullptr, 10) : 4096UL);
    auto store = store::SqliteStore::open({.path = argv[1]});
    if (!store) {
        std::fprintf(stderr, "%s\n", store.error().detail.c_str());
        return 1;
    }
    std::mutex mutex;
    std::condition_variable less;
    std::size_t in_flight = 0;
    std::size_t failed = 0;
    std::vector<double> latencies_ms;
    const auto begin = Clock::now();
    for (std::uint32_t n = 0; Clock::now() - begin < seconds; ++n) {
        {
            std::unique_lock lock(mutex);
            less.wait(lock, [&] { return in_flight < in_flight_max; });
            ++in_flight;
        }
        (*store)->accept(notification(n, attackers),
                         [&, sent = Clock::now()](const domain::Result<store::Accepted>& outcome) {
                             const std::chrono::duration<double, std::milli> took = Clock::now() - sent;
                             const std::lock_guard lock(mutex);
                             --in_flight;
                             failed += outcome ? 0U : 1U;
                             latencies_ms.push_back(took.count());
                             less.notify_one();
                         });
    }
    store->reset();
    const std::chrono::duration<double> took = Clock::now() - begin;
    if (latencies_ms.empty()) {
        return 1;
    }
    std::sort(latencies_ms.begin(), latencies_ms.end());
    const auto at = [&](double share) {
        return latencies_ms[static_cast<std::size_t>(share * static_cast<double>(latencies_ms.size() - 1))];
    };
    std::printf("%zu acknowledged in %.1f s, %zu failed: %.0f/s, p50 %.2f ms, p99 %.2f ms, max %.2f ms\n",
                latencies_ms.size(), took.count(), failed, static_cast<double>(latencies_ms.size()) / took.count(),
                at(0.5), at(0.99), at(1));
    return 0;
}
