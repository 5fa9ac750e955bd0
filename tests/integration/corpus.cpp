#include "corpus.hpp"

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "bridge/domain/policy/policy.hpp"
#include "bridge/engine/decision_json.hpp"
#include "bridge/fireeye/notification_reader.hpp"
#include "sim/fireeye/carried.hpp"
#include "sim/fireeye/notification.hpp"

namespace corpus {

namespace {

using sim::fireeye::Cell;

constexpr const char* appliance = "fe1.example.com";

std::string_view extension_of(std::string_view format) {
    return format.starts_with("xml") ? "xml" : format.starts_with("text") ? "txt" : "json";
}

/// As `firebreak-bridge inspect` prints it, on the payload's file name.
std::string inspected(const std::string& name, const std::string& payload) {
    using namespace bridge;
    const auto notification = fireeye::read_notification(payload, {});
    if (!notification) {
        return engine::inspect_error_json(name, notification.error().detail) + "\n";
    }
    std::string lines;
    for (const domain::Alert& alert : notification->alerts) {
        lines += engine::inspect_json(name, *notification, alert, domain::decide({}, alert)) + "\n";
    }
    if (!notification->unread.empty()) {
        lines += engine::inspect_error_json(name, notification->unread) + "\n";
    }
    for (const std::string& rejected : notification->rejected) {
        lines += engine::inspect_error_json(name, rejected) + "\n";
    }
    return lines;
}

std::string upper(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    return text;
}

std::string listed(const std::vector<std::string>& texts) {
    return fmt::format("[{}]", fmt::join(texts, ", "));
}

std::string scenario_of(const Cell& cell, const sim::fireeye::Incident& incident,
                        const sim::fireeye::Findings& findings, const std::string& payload_name) {
    std::string out = fmt::format(
        "# Made from the matrix of sim/fireeye: tests/integration/corpus_test.cpp. {}.\n"
        "scenario: \"{} {} {} {}\"\n"
        "tags: [corpus, {}, {}]\n"
        "world: virtual\n"
        "firewalls:\n  hq: {{commit_time: 1s}}\n"
        "appliances:\n  fe1: {{product: {}, version: \"{}\", format: {}}}\n"
        "steps:\n  - send: {{from: fe1, file: {}}}\n",
        sim::fireeye::name_of(cell.certainty) == "inferred"      ? "Inferred from the twin in another dialect"
        : cell.certainty == sim::fireeye::Certainty::real_sample ? "Shaped as a real sample"
                                                                 : "Shaped as the vendor's manual shows it",
        upper(cell.product), cell.version, cell.format, cell.type, cell.product, cell.type, cell.product, cell.version,
        cell.format, payload_name);
    const bool victim_is_address = incident.victim.find('@') == std::string::npos;
    if (findings.attackers.empty()) {
        std::vector<std::string> ends{incident.attacker};
        if (victim_is_address) {
            ends.push_back(incident.victim);
        }
        out += fmt::format(
            "  - expect: {{firewall: hq, not_blocked: {}, for: 10s}}\n"
            "  - expect: {{firewall: hq, commits: 0}}\n",
            listed(ends));
    } else {
        out += fmt::format("  - expect: {{firewall: hq, within: 30s, blocked: {}}}\n", listed(findings.attackers));
        if (victim_is_address) {
            out += fmt::format("  - expect: {{firewall: hq, not_blocked: {}}}\n", incident.victim);
        }
        out += "  - expect: {firewall: hq, commits: 1}\n";
    }
    return out + "  - expect: {bridge: {notifications.200: 1}}\n";
}

}  // namespace

Files files_of(const Cell& cell) {
    const sim::fireeye::Incident incident = sim::fireeye::typical_incident(cell);
    const auto profile = sim::fireeye::profile_of(cell, appliance);
    const auto dialect = sim::fireeye::understand(profile);
    const auto rendered = sim::fireeye::render(profile, {&incident, 1});
    if (!dialect || !rendered) {
        throw std::runtime_error(dialect ? rendered.error() : dialect.error());
    }
    const std::string stem = fmt::format("{}.{}", cell.format, cell.type);
    const std::string folder = fmt::format("{}-{}/", cell.product, cell.version);
    const std::string payload_name = fmt::format("{}.{}", stem, extension_of(cell.format));
    Files files;
    files.payload_path = folder + payload_name;
    files.payload = rendered->body;
    files.inspect_path = folder + stem + ".inspect";
    files.inspect = inspected(payload_name, rendered->body);
    files.scenario_path = folder + stem + ".yaml";
    files.scenario = scenario_of(cell, incident, sim::fireeye::findings(*dialect, incident), payload_name);
    return files;
}

}  // namespace corpus
