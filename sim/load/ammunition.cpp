#include "sim/load/ammunition.hpp"

#include <fmt/format.h>

#include "sim/fireeye/appliance_profile.hpp"

namespace sim::load {

namespace {

constexpr std::size_t benchmark_addresses = 2 * 65536;
// The same in every run: no time of an alert decides anything.
constexpr std::chrono::sys_seconds occurred =
    std::chrono::sys_days(std::chrono::year(2024) / 5 / 1) + std::chrono::hours(10);

}  // namespace

std::string attacker(std::size_t i) {
    // The first address of the range is no host's.
    const std::size_t n = i + 1;
    if (n < benchmark_addresses) {
        return fmt::format("198.{}.{}.{}", 18 + n / 65536, n / 256 % 256, n % 256);
    }
    return documentation_attacker(n - benchmark_addresses);
}

std::string documentation_attacker(std::size_t i) {
    return fmt::format("2001:db8::{:x}:{:x}", 1 + i / 65535, 1 + i % 65535);
}

std::vector<std::string> attackers(std::size_t count) {
    std::vector<std::string> all;
    all.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        all.push_back(attacker(i));
    }
    return all;
}

tl::expected<fireeye::RenderedNotification, std::string> notification(const std::string& attacker, std::uint64_t id) {
    static const fireeye::ApplianceProfile nx{"nx1.example.com", "nx", "9.0", "xml-normal", {}, {}};
    fireeye::Incident incident;
    incident.type = "malware-callback";
    incident.attacker = attacker;
    incident.victim = "192.0.2.10";
    incident.id = id;
    incident.occurred = occurred;
    return fireeye::render(nx, std::span(&incident, 1));
}

std::string as_request(const fireeye::RenderedNotification& notification, const std::string& host) {
    std::string out = fmt::format("POST / HTTP/1.1\r\nHost: {}\r\nUser-Agent: {}\r\nContent-Type: {}\r\n", host,
                                  notification.user_agent, notification.content_type);
    for (const auto& [name, value] : notification.headers) {
        out += fmt::format("{}: {}\r\n", name, value);
    }
    out += fmt::format("Content-Length: {}\r\n\r\n", notification.body.size());
    out += notification.body;
    return out;
}

}  // namespace sim::load
