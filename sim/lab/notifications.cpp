#include "sim/lab/notifications.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace sim::lab {

namespace {

// The same in both worlds and in every run; no time of an alert decides anything.
constexpr std::chrono::sys_seconds first_occurred =
    std::chrono::sys_days(std::chrono::year(2024) / 5 / 1) + std::chrono::hours(10);
constexpr std::string_view resolver = "192.0.2.53";  // of the scenarios' company

fireeye::Incident incident_of(const Send& send, std::size_t number, AlertIds& ids) {
    fireeye::Incident incident;
    incident.type = send.type;
    incident.attacker = send.attackers[number % send.attackers.size()];
    incident.victim = send.victim;
    incident.id = send.id ? *send.id : ids.next();
    incident.occurred = first_occurred + std::chrono::seconds(number);
    incident.severity = send.severity;
    incident.malware = send.malware;
    incident.resolver = resolver;
    return incident;
}

std::string told_of(const Send& send, const std::vector<fireeye::Incident>& incidents) {
    if (incidents.size() == 1) {
        return fmt::format("{} {} of {}", send.type, incidents[0].id, incidents[0].attacker);
    }
    return fmt::format("{} alerts {} of {} to {}", incidents.size(), send.type, incidents.front().attacker,
                       incidents.back().attacker);
}

void pad(std::string& body, std::size_t bytes) {
    if (body.size() < bytes) {
        body.append(bytes - body.size(), ' ');
    }
}

tl::expected<std::vector<OutgoingNotification>, std::string> one_body(const Send& send) {
    OutgoingNotification only;
    if (send.body) {
        only.rendered = fireeye::from_file(*send.body);
        only.told = fmt::format("a body of {} bytes", send.body->size());
    } else {
        std::ifstream in(send.file, std::ios::binary);
        if (!in) {
            return tl::unexpected(fmt::format("{}: cannot be read", send.file));
        }
        only.rendered = fireeye::from_file(std::string{std::istreambuf_iterator<char>(in), {}});
        only.told = send.file;
    }
    pad(only.rendered.body, send.padded_to_bytes);
    std::vector<OutgoingNotification> all(std::max<std::size_t>(1, send.count), only);
    return all;
}

}  // namespace

fireeye::ApplianceProfile profile_of(const ApplianceSetup& appliance, const std::string& format) {
    return {appliance.name, appliance.product, appliance.version, format.empty() ? appliance.format : format};
}

tl::expected<std::vector<OutgoingNotification>, std::string> notifications_of(const Send& send,
                                                                              const ApplianceSetup& appliance,
                                                                              AlertIds& ids) {
    if (send.attackers.empty()) {
        return one_body(send);
    }
    const fireeye::ApplianceProfile profile = profile_of(appliance, send.format);
    const std::size_t alerts = send.count == 0 ? send.attackers.size() : send.count;
    std::vector<OutgoingNotification> all;
    for (std::size_t first = 0; first < alerts; first += send.alerts_per_body) {
        std::vector<fireeye::Incident> incidents;
        for (std::size_t i = first; i < std::min(alerts, first + send.alerts_per_body); ++i) {
            incidents.push_back(incident_of(send, i, ids));
        }
        auto rendered = fireeye::render(profile, incidents);
        if (!rendered) {
            return tl::unexpected(rendered.error());
        }
        pad(rendered->body, send.padded_to_bytes);
        OutgoingNotification next;
        if (send.rate_per_s > 0) {
            next.due = std::chrono::microseconds(
                static_cast<std::int64_t>(static_cast<double>(first) * 1e6 / send.rate_per_s));
        }
        next.rendered = std::move(*rendered);
        next.told = told_of(send, incidents);
        all.push_back(std::move(next));
    }
    return all;
}

}  // namespace sim::lab
