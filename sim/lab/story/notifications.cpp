#include "sim/lab/story/notifications.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>

#include "sim/fireeye/copies.hpp"
#include "sim/fireeye/invented.hpp"
#include "sim/fireeye/payload_rewrite.hpp"
#include "sim/fireeye/test_fire.hpp"

namespace sim::lab {

namespace {

constexpr std::string_view resolver = "192.0.2.53";  // of the scenarios' company

using Incidents = std::vector<fireeye::Incident>;
using Notifications = std::vector<OutgoingNotification>;

std::string told_of(const Incidents& incidents) {
    if (incidents.size() == 1) {
        return fmt::format("{} {} of {}", incidents[0].type, incidents[0].id, incidents[0].attacker);
    }
    return fmt::format("{} alerts {} of {} to {}", incidents.size(), incidents.front().type, incidents.front().attacker,
                       incidents.back().attacker);
}

void pad(std::string& body, std::size_t bytes) {
    if (body.size() < bytes) {
        body.append(bytes - body.size(), ' ');
    }
}

/// What is the same for each notification of a send: its copies, and what is put on top of a rendered body.
void add(const Send& send, OutgoingNotification next, Notifications& all) {
    pad(next.rendered.body, send.padded_to_bytes);
    if (!send.content_type.empty()) {
        next.rendered.content_type = send.content_type;
    }
    all.push_back(std::move(next));
    for (std::size_t i = 0; i < send.resend; ++i) {
        OutgoingNotification again = all.back();
        again.told += i == 0 ? ", again" : "";
        all.push_back(std::move(again));
    }
}

// ---- a payload that is there

/// With other addresses, times and ids where the step says so; each copy has ids of its own.
std::string rewritten(const Send& send, const std::string& body, AlertIds& ids, std::chrono::sys_seconds now) {
    std::string out = send.replace.empty() ? body : fireeye::replace_addresses(body, send.replace);
    if (send.now) {
        out = fireeye::move_times(out, now);
    }
    if (send.new_ids) {
        const fireeye::NewIds next{[&ids] { return ids.next(); }, [&ids] { return ids.next_uuid(); }};
        out = fireeye::renew_ids(out, next);
    }
    return out;
}

tl::expected<Notifications, std::string> of_payload(const Send& send, AlertIds& ids, std::chrono::sys_seconds now) {
    std::string body = send.body.value_or("");
    if (!send.body) {
        std::ifstream in(send.file, std::ios::binary);
        if (!in) {
            return tl::unexpected(fmt::format("{}: cannot be read", send.file));
        }
        body.assign(std::istreambuf_iterator<char>(in), {});
    }
    Notifications all;
    for (std::size_t i = 0; i < std::max<std::size_t>(1, send.count); ++i) {
        OutgoingNotification next;
        next.rendered = fireeye::from_file(rewritten(send, body, ids, now));
        next.told = send.body ? fmt::format("a body of {} bytes", body.size()) : send.file;
        add(send, std::move(next), all);
    }
    return all;
}

// ---- incidents

fireeye::Incident incident_of(const Send& send, std::size_t number, AlertIds& ids) {
    fireeye::Incident incident;
    incident.type = send.type;
    incident.attacker = send.attackers[number % send.attackers.size()];
    incident.victim = send.victim;
    incident.id = send.id ? *send.id : ids.next();
    incident.occurred = story_begin + std::chrono::seconds(number);
    incident.severity = send.severity;
    incident.malware = send.malware;
    incident.resolver = resolver;
    return incident;
}

fireeye::Incident test_of(const Send& send, const fireeye::ApplianceProfile& profile, std::size_t number,
                          AlertIds& ids) {
    const auto dialect = fireeye::understand(profile);
    const auto observer = dialect ? dialect->sensor.product : fireeye::Product::nx;
    const std::uint64_t id = send.id ? *send.id : ids.next();
    return fireeye::test_fire(observer, send.type, id, story_begin + std::chrono::seconds(number));
}

/// All that happened, in the order in which the appliance tells it: as it happens, or out of its queue, which is last
/// in, first out unless its administrator says otherwise (reference §2.3).
Incidents incidents_of(const Send& send, const ApplianceSetup& appliance, AlertIds& ids) {
    Incidents all = send.incidents;
    if (all.empty()) {
        const std::size_t own = send.attackers.empty() ? 1 : send.attackers.size();
        const std::size_t count = send.count == 0 ? own : send.count;
        for (std::size_t i = 0; i < count; ++i) {
            all.push_back(send.test_fire ? test_of(send, profile_of(appliance, send.format), i, ids)
                                         : incident_of(send, i, ids));
        }
    }
    for (fireeye::Incident& incident : all) {
        incident.ips_normalized = incident.ips_normalized || appliance.normalize_ips;
    }
    if (send.backlog) {
        std::reverse(all.begin(), all.end());  // of what happened at one time, the last in the file is the newest
        std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.occurred > b.occurred; });
    }
    return all;
}

/// The incidents of a body as they are told: once, or in dual mode twice.
std::vector<Incidents> tellings(const Send& send, const Incidents& incidents) {
    if (!send.dual) {
        return {incidents};
    }
    std::vector<Incidents> both(2);
    for (const fireeye::Incident& incident : incidents) {
        const auto told = fireeye::in_dual_mode(incident);
        both[0].push_back(told[0]);
        both[1].push_back(told[1]);
    }
    if (send.backlog) {
        std::swap(both[0], both[1]);
    }
    return both;
}

/// By the appliance, and by the CM that manages it.
tl::expected<void, std::string> add_body(const Send& send, const ApplianceSetup& appliance,
                                         const ApplianceSetup* manager, const Incidents& incidents,
                                         std::chrono::microseconds due, Notifications& all) {
    const fireeye::ApplianceProfile profile = profile_of(appliance, send.format);
    std::vector<std::pair<fireeye::ApplianceProfile, bool>> reporters{{profile, false}};
    if (manager != nullptr) {
        reporters.emplace_back(fireeye::as_reported_by(profile_of(*manager), profile), true);
    }
    for (const auto& [reporter, by_manager] : reporters) {
        auto rendered = fireeye::render(reporter, incidents);
        if (!rendered) {
            return tl::unexpected(rendered.error());
        }
        OutgoingNotification next;
        next.due = due;
        next.rendered = std::move(*rendered);
        next.told = told_of(incidents) + (by_manager ? fmt::format(", by {}", reporter.name) : "");
        next.by_manager = by_manager;
        for (const fireeye::Incident& incident : incidents) {
            next.alerts.push_back({incident.id, incident.attacker});
        }
        add(send, std::move(next), all);
    }
    return {};
}

tl::expected<Notifications, std::string> of_incidents(const Send& send, const ApplianceSetup& appliance, AlertIds& ids,
                                                      const ApplianceSetup* manager) {
    const Incidents incidents = incidents_of(send, appliance, ids);
    Notifications all;
    for (std::size_t first = 0; first < incidents.size();) {
        const std::size_t size = std::min(std::max<std::size_t>(1, send.alerts_per_body), incidents.size() - first);
        const auto begin = incidents.begin() + static_cast<std::ptrdiff_t>(first);
        const Incidents of_body(begin, begin + static_cast<std::ptrdiff_t>(size));
        std::chrono::microseconds due{0};
        if (send.rate_per_s > 0) {
            due = std::chrono::microseconds(
                static_cast<std::int64_t>(static_cast<double>(first) * 1e6 / send.rate_per_s));
        }
        for (const Incidents& told : tellings(send, of_body)) {
            if (const auto added = add_body(send, appliance, manager, told, due, all); !added) {
                return tl::unexpected(added.error());
            }
        }
        first += size;
    }
    return all;
}

}  // namespace

std::string AlertIds::next_uuid() {
    return fireeye::Invented(fmt::format("uuid {}", next())).uuid();
}

fireeye::ApplianceProfile profile_of(const ApplianceSetup& appliance, const std::string& format) {
    return {appliance.name, appliance.product, appliance.version, format.empty() ? appliance.format : format,
            appliance.id,   appliance.sensor};
}

tl::expected<std::vector<OutgoingNotification>, std::string> notifications_of(const Send& send,
                                                                              const ApplianceSetup& appliance,
                                                                              AlertIds& ids,
                                                                              const SendContext& context) {
    const bool has_incidents = !send.attackers.empty() || send.test_fire || !send.incidents.empty();
    return has_incidents ? of_incidents(send, appliance, ids, context.manager) : of_payload(send, ids, context.now);
}

}  // namespace sim::lab
