#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <tuple>

#include "bridge/operate/config/config_reading.hpp"
#include "yaml/writer.hpp"

namespace bridge::operate {

using namespace domain;

void check_name(yaml::Reader& reader, std::string_view key, const std::string& name) {
    const bool fine = !name.empty() && name.size() <= 63 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ' ' || c == '-' ||
               c == '_' || c == '.';
    });
    if (!fine) {
        const yaml::Node* const at = reader.node().find(key);
        reader.complain(at == nullptr ? reader.node() : *at, key,
                        fmt::format("'{}' is no name that PAN-OS takes (letters, digits, blank, '-', '_', '.', at "
                                    "most 63)",
                                    name));
    }
}

namespace {

constexpr std::chrono::hours call_timeout_max{1};

/// "" or ":1" to ":65535" behind the host of a URL.
bool is_port(std::string_view text) {
    if (text.empty()) {
        return true;
    }
    std::uint16_t port = 0;
    const auto [stop, error] = std::from_chars(text.data() + 1, text.data() + text.size(), port);
    return text.front() == ':' && error == std::errc{} && stop == text.data() + text.size() && port != 0;
}

void check_url(yaml::Reader& reader, std::string_view key, std::string& url) {
    const yaml::Node* const node = reader.node().find(key);
    if (node == nullptr || !node->is_scalar()) {
        return;  // it is not there, or has been told
    }
    while (url.ends_with('/')) {
        url.pop_back();
    }
    if (url.find_first_of("@?#") != std::string::npos) {
        // Not shown: it may be a password.
        reader.complain(*node, key, "must hold no user, password or query, as in https://firewall.example:4443");
        return;
    }
    const std::string_view host = host_of(url);
    if (!url.starts_with("https://") && !(url.starts_with("http://") && host == "127.0.0.1")) {
        reader.complain(*node, key,
                        fmt::format("must begin with https:// (plain http:// only to 127.0.0.1), found '{}'", url));
        return;
    }
    std::string_view rest = std::string_view(url).substr(url.find("://") + 3);
    rest = rest.substr(0, rest.find('/'));
    const std::size_t behind_host = rest.starts_with('[') ? rest.find(']') : rest.find(':') - 1;
    const bool odd = std::any_of(url.begin(), url.end(), [](unsigned char c) { return c <= 0x20 || c >= 0x7f; });
    const bool bracket = rest.starts_with('[');
    if (host.empty() || odd ||
        (bracket && (behind_host == std::string_view::npos || !domain::IpAddress::parse(host))) ||
        !is_port(rest.substr(std::min(behind_host + 1, rest.size())))) {
        reader.complain(
            *node, key,
            fmt::format("'{}' has no host, or no port from 1 to 65535, as https://firewall.example:4443 has", url));
    }
}

}  // namespace

void read_connection(ConfigReading& reading, yaml::Reader& reader, std::string_view target, panos::Endpoint& endpoint,
                     panos::Credentials& credentials) {
    const yaml::Node& node = reader.node();
    endpoint.url = reader.required_text("url", "it as in https://firewall.example");
    check_url(reader, "url", endpoint.url);
    endpoint.ca_file = reading.authorities(reader, "ca");
    endpoint.insecure = reader.flag("insecure", false);
    if (endpoint.insecure) {
        reading.config.cautions.push_back(
            fmt::format("{}: the firewall's certificate is NOT verified", reader.path_of("insecure")));
    }
    // To libcurl 0 is for ever, or its own default, and a call that never ends holds up all that come after it.
    endpoint.timeout = reading.patience(reader, "timeout", endpoint.timeout, call_timeout_max);
    endpoint.connect_timeout = reading.patience(reader, "connect_timeout", endpoint.connect_timeout, call_timeout_max);

    credentials.api_key = reading.secret(reader, "api_key_file");
    credentials.user = ConfigReading::given(reader, "user");
    credentials.password = reading.secret(reader, "password_file");
    const bool can_keygen = !credentials.user.empty() && node.find("password_file") != nullptr;
    if (node.find("api_key_file") == nullptr && !can_keygen) {
        const std::string path = reader.path_of("");
        reading.problems.add(node.mark, path.substr(0, path.size() - 1),
                             "needs api_key_file, or user and password_file");
    }
    reading.never_block_host_of(endpoint.url, target);
}

namespace {

/// Where the second device of an HA pair is; what is not said is as with the first one, `endpoint`.
void read_peer(ConfigReading& reading, yaml::Reader& reader, const panos::Endpoint& endpoint,
               engine::TargetSettings& target) {
    panos::Endpoint peer = endpoint;
    peer.url = ConfigReading::given(reader, "peer_url");
    check_url(reader, "peer_url", peer.url);
    if (const std::string ca = reading.authorities(reader, "peer_ca"); !ca.empty()) {
        peer.ca_file = ca;
    }
    if (peer.url.empty() && reader.node().find("peer_ca") != nullptr) {
        reader.complain(*reader.node().find("peer_ca"), "peer_ca", "makes sense only with 'peer_url'");
    }
    if (!peer.url.empty()) {
        if (peer.url == endpoint.url) {
            reader.complain(
                *reader.node().find("peer_url"), "peer_url",
                fmt::format("'{}' is the url of the first device; the pair's other one has its own", peer.url));
        }
        reading.never_block_host_of(peer.url, target.name);
        const std::string first(host_of(endpoint.url));
        const std::string second(host_of(peer.url));
        const bool told_apart = first != second;
        target.devices = {told_apart ? first : endpoint.url, told_apart ? second : peer.url};
        reading.config.peer_endpoints.emplace(target.name, std::move(peer));
    }
}

/// A key that means something in the other mode only is a mistake, and not a misspelling.
void check_mode(yaml::Reader& reader, bool dynamic) {
    for (const std::string_view key : {"settle", "min_commit_interval", "max_batch", "group_members_max",
                                       "child_groups", "objects_max", "commit_patience"}) {
        if (const yaml::Node* found = dynamic ? reader.optional(key) : nullptr) {
            reader.complain(*found, key, "has no meaning in mode dynamic, which commits nothing");
        }
    }
    for (const std::string_view key : {"register_max", "register_timeout", "registered_max"}) {
        if (const yaml::Node* found = dynamic ? nullptr : reader.optional(key)) {
            reader.complain(*found, key, "has a meaning in mode dynamic only");
        }
    }
}

void read_registration(yaml::Reader& reader, RegistrationSettings& registration) {
    registration.register_max = static_cast<std::size_t>(
        reader.number("register_max", static_cast<std::int64_t>(registration.register_max), 1, 10'000));
    registration.registered_max = static_cast<std::size_t>(reader.number("registered_max", 0, 0, 10'000'000));
    const auto timeout = reader.duration("register_timeout", registration.timeout);
    registration.timeout = std::chrono::floor<std::chrono::seconds>(timeout);
    // Renewed at half its time, it is to outlive a restart of the bridge and of the firewall; PAN-OS takes 30 days.
    const bool fits = timeout >= std::chrono::minutes(5) && timeout <= std::chrono::hours(24 * 30);
    if (timeout.count() != 0 && !fits) {
        reader.complain(*reader.node().find("register_timeout"), "register_timeout",
                        fmt::format("'{}' is not from 5m to 30d, nor 0s for registrations that stay",
                                    reader.node().find("register_timeout")->text));
    }
}

/// A vsys of a firewall, or a device group of a Panorama.
void read_place(yaml::Reader& reader, const std::string& kind, engine::TargetSettings& target) {
    panos::Place& place = target.place;
    place.vsys = reader.text("vsys", "vsys1");
    check_name(reader, "vsys", place.vsys);
    const bool panorama = kind == "panorama";
    place.device_group =
        panorama ? reader.required_text("device_group", "a device group, or shared") : reader.text("device_group", "");
    if (const yaml::Node* const at = reader.node().find("device_group"); panorama && at != nullptr && at->is_scalar()) {
        check_name(reader, "device_group", place.device_group);
    }
    const auto misplaced = [&](std::string_view key, std::string_view why) {
        if (const yaml::Node* at = reader.node().find(key)) {
            reader.complain(*at, key, why);
        }
    };
    if (panorama) {
        misplaced("vsys", "belongs to a firewall; of kind panorama, 'device_group' says where the objects go");
        target.group.push = true;
        target.group.ask_capacity = false;
    } else if (kind == "panos") {
        misplaced("device_group", "makes sense only with 'kind: panorama'");
        place.device_group.clear();
    }
    place.group = reader.text("group", "firebreak-blocked");
    check_name(reader, "group", place.group);
    place.tag = reader.text("tag", "firebreak");
    check_name(reader, "tag", place.tag);
    target.group.tagged = !place.tag.empty();
}

void read_group(ConfigReading& reading, yaml::Reader& reader, engine::TargetSettings& target) {
    GroupSettings& group = target.group;
    const auto number = [&](std::string_view key, std::size_t now, std::int64_t least, std::int64_t most) {
        return static_cast<std::size_t>(reader.number(key, static_cast<std::int64_t>(now), least, most));
    };
    group.group = target.place.group;
    group.min_commit_interval = reader.duration("min_commit_interval", group.min_commit_interval);
    group.settle = reader.duration("settle", group.settle);
    group.max_batch = number("max_batch", group.max_batch, 1, 10'000);
    group.group_members_max = number("group_members_max", group.group_members_max, 2, 100'000);
    group.child_groups = number("child_groups", group.child_groups, 0, child_groups_limit);
    group.objects_max = number("objects_max", group.objects_max, 0, 10'000'000);
    group.commit_patience = reading.patience(reader, "commit_patience", group.commit_patience);
}

/// Two targets with one group (or, registering, one tag) of one firewall would each take off what the other blocks.
void check_alone(ConfigReading& reading, const yaml::Entry& entry, const engine::TargetSettings& target,
                 const panos::Endpoint& endpoint) {
    const auto ground = [](const engine::TargetSettings& it) {
        return std::tie(it.way, it.place.vsys, it.place.device_group,
                        it.way == engine::Way::registration ? it.place.tag : it.place.group);
    };
    for (const engine::TargetSettings& other : reading.config.engine.targets) {
        const auto its = reading.config.endpoints.find(other.name);
        if (its != reading.config.endpoints.end() && !endpoint.url.empty() && its->second.url == endpoint.url &&
            ground(other) == ground(target)) {
            reading.problems.add(
                entry.mark, fmt::format("targets.{}", entry.key),
                fmt::format("has the same {} of the same firewall as target {}, found '{}'; give it "
                            "another one, or leave it out",
                            target.way == engine::Way::registration ? "tag" : "group", other.name,
                            target.way == engine::Way::registration ? target.place.tag : target.place.group));
        }
    }
}

void read_target(ConfigReading& reading, const yaml::Entry& entry) {
    yaml::Reader reader(entry.value, fmt::format("targets.{}", entry.key), reading.problems);
    check_entry_name(reading, "targets", entry);
    const std::string kind = reader.text("kind", "panos");
    if (kind == "edl") {
        read_list_target(reading, entry);
        return;
    }
    if (kind != "panos" && kind != "panorama") {
        reader.complain(*entry.value.find("kind"), "kind",
                        fmt::format("'{}' is not supported by this version, which knows: panos, panorama, edl", kind));
    }
    engine::TargetSettings target;
    panos::Endpoint endpoint;
    reading.take_fingerprint();  // what other sections read is not this target's
    target.name = entry.key;
    read_connection(reading, reader, entry.key, endpoint, target.credentials);
    read_peer(reading, reader, endpoint, target);
    read_place(reader, kind, target);
    const std::string mode = reader.text("mode", "static");
    if (mode != "static" && mode != "dynamic") {
        reader.complain(*entry.value.find("mode"), "mode", fmt::format("'{}' is neither static nor dynamic", mode));
    }
    if (mode == "dynamic" && reading.config.engine.policy.ipv6_by_prefix) {
        reader.complain(*entry.value.find("mode"), "mode",
                        "dynamic registers single addresses only: with policy.ipv6_prefix 64, block by mode static or "
                        "kind edl");
    }
    if (mode == "dynamic" && kind == "panorama") {
        reader.complain(*entry.value.find("mode"), "mode",
                        "'dynamic' is of a firewall, which has the table of registered addresses; of kind panorama say "
                        "static");
    }
    target.way = mode == "dynamic" ? engine::Way::registration : engine::Way::group;
    check_mode(reader, target.way == engine::Way::registration);
    target.group.compare_every = reading.patience(reader, "compare_every", target.group.compare_every);
    if (target.way == engine::Way::registration) {
        target.registration.group = target.place.group;
        target.registration.tag = target.place.tag;
        target.registration.compare_every = target.group.compare_every;
        read_registration(reader, target.registration);
    } else {
        read_group(reading, reader, target);
    }
    reader.finish();
    check_alone(reading, entry, target, endpoint);
    target.fingerprint = yaml::in_one_line(entry.value) + reading.take_fingerprint();
    reading.config.engine.targets.push_back(std::move(target));
    reading.config.endpoints.emplace(entry.key, std::move(endpoint));
}

}  // namespace

void read_targets(ConfigReading& reading, const yaml::Node* node) {
    if (node == nullptr || node->kind == yaml::Kind::null || (node->is_map() && node->entries.empty())) {
        reading.config.cautions.emplace_back("no targets: alerts are journaled, and nothing is blocked");
        return;
    }
    if (!node->is_map()) {
        reading.problems.add(node->mark, "targets",
                             fmt::format("must be a map: {{NAME: {{url: ..., ...}}}}, found {}", yaml::kind_of(*node)));
        return;
    }
    for (const yaml::Entry& entry : node->entries) {
        read_target(reading, entry);
    }
}

}  // namespace bridge::operate
