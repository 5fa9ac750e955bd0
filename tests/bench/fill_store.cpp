// Makes a store as it is after a long outbreak, for ledger_bench.sh:
//   bench_fill_store FILE BLOCKS [TARGET]
// BLOCKS blocks that are enforced, each brought by an alert and a notification of about 1 KB of its own.
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "bridge/store/sqlite_store.hpp"

using namespace bridge;

namespace {

std::string address_of(std::uint32_t n) {
    return "198." + std::to_string(18 + (n >> 16U)) + "." + std::to_string(n >> 8U & 255U) + "." +
           std::to_string(n & 255U);
}

store::Acceptance notification(std::uint32_t n, const std::string& target, domain::WallTime now) {
    const std::string id = std::to_string(100'000'000 + n);
    const std::string identity = "002590123456/malware-callback/" + id;
    const std::string address = address_of(n);
    return {.payload = std::string(1024, 'x'),
            .format = "xml-normal",
            .peer = "192.0.2.3",
            .received = now,
            .alerts = {{.identity = identity,
                        .appliance = "nx1.example.com",
                        .type = "malware-callback",
                        .alert_id = id,
                        .severity = "majr",
                        .decision = R"({"attackers":[")" + address + R"("],"victims":["192.0.2.10"],"domains":[],)" +
                                    R"("blockable":[")" + address + R"("],"ignored":[]})"}},
            .blocks = {{.target = target,
                        .indicator = *domain::Indicator::parse(address),
                        .state = domain::BlockState::wanted,
                        .reason = "malware-callback " + id + " from nx1.example.com",
                        .alert = identity,
                        .since = now,
                        .expires = now + std::chrono::hours(168),
                        .repeats = 0}}};
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::fprintf(stderr, "usage: bench_fill_store FILE BLOCKS [TARGET]\n");
        return 2;
    }
    const auto blocks = static_cast<std::uint32_t>(std::strtoul(argv[2], nullptr, 10));
    const std::string target = argc > 3 ? argv[3] : "hq";
    auto store = store::SqliteStore::open({.path = argv[1]});
    if (!store) {
        std::fprintf(stderr, "%s\n", store.error().detail.c_str());
        return 1;
    }
    const auto now = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    std::atomic<std::uint32_t> stored = 0;
    for (std::uint32_t n = 0; n < blocks; ++n) {
        (*store)->accept(notification(n, target, now),
                         [&](const domain::Result<store::Accepted>& outcome) { stored += outcome ? 1U : 0U; });
        (*store)->record({{target, *domain::Indicator::parse(address_of(n)), domain::BlockState::enforced, ""}});
    }
    store->reset();
    std::printf("%u of %u stored\n", stored.load(), blocks);
    return stored == blocks ? 0 : 1;
}
