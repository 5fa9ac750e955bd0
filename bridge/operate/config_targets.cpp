#include <fmt/format.h>

#include <algorithm>

#include "bridge/operate/config_reading.hpp"

namespace bridge::operate {

using namespace domain;

void check_name(yaml::Reader& reader, std::string_view key, const std::string& name) {
    const bool fine = !name.empty() && name.size() <= 63 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ' ' || c == '-' ||
               c == '_' || c == '.';
    });
    if (!fine) {
        reader.complain(reader.node(), key,
                        fmt::format("'{}' is no name that PAN-OS takes (letters, digits, blank, '-', '_', '.', at "
                                    "most 63)",
                                    name));
    }
}

namespace {

/// A firewall that blocks its own management address locks everyone out, the bridge first.
void never_block_host_of(ConfigReading& reading, std::string_view url) {
    const std::size_t scheme = url.find("://");
    if (scheme == std::string_view::npos) {
        return;
    }
    std::string_view host = url.substr(scheme + 3);
    host = host.substr(0, host.find('/'));
    if (host.starts_with('[')) {
        host = host.substr(1, host.find(']') - 1);
    } else {
        host = host.substr(0, host.rfind(':'));
    }
    if (auto rule = AllowRule::parse(host)) {
        reading.config.engine.policy.allow.push_back(std::move(*rule));
    }
}

}  // namespace

void read_connection(ConfigReading& reading, yaml::Reader& reader, panos::Endpoint& endpoint,
                     panos::Credentials& credentials) {
    const yaml::Node& node = reader.node();
    endpoint.url = reader.required_text("url");
    while (endpoint.url.ends_with('/')) {
        endpoint.url.pop_back();
    }
    const bool https = endpoint.url.starts_with("https://");
    if (!endpoint.url.empty() && !https && !endpoint.url.starts_with("http://127.0.0.1")) {
        reader.complain(*node.find("url"), "url", "must begin with https:// (plain http:// only to 127.0.0.1)");
    }
    if (endpoint.url.find('@') != std::string::npos || endpoint.url.find('?') != std::string::npos) {
        reader.complain(*node.find("url"), "url", "must hold no user, password or query");
    }
    endpoint.ca_file = reading.file(reader, "ca");
    endpoint.insecure = reader.flag("insecure", false);
    if (endpoint.insecure) {
        reading.config.cautions.push_back(
            fmt::format("{}: the firewall's certificate is NOT verified", reader.path_of("insecure")));
    }
    endpoint.timeout = reader.duration("timeout", endpoint.timeout);
    endpoint.connect_timeout = reader.duration("connect_timeout", endpoint.connect_timeout);

    credentials.api_key = reading.secret(reader, "api_key_file");
    credentials.user = reader.text("user", "");
    credentials.password = reading.secret(reader, "password_file");
    const bool can_keygen = !credentials.user.empty() && !credentials.password.empty();
    if (node.find("api_key_file") == nullptr && !can_keygen) {
        const std::string path = reader.path_of("");
        reading.problems.add(node.mark, path.substr(0, path.size() - 1),
                             "needs api_key_file, or user and password_file");
    }
    never_block_host_of(reading, endpoint.url);
}

namespace {

/// A key that means something in the other mode only is a mistake, and not a misspelling.
void check_mode(yaml::Reader& reader, bool dynamic) {
    for (const std::string_view key :
         {"settle", "min_commit_interval", "max_batch", "group_members_max", "commit_patience"}) {
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

void read_target(ConfigReading& reading, const yaml::Entry& entry) {
    yaml::Reader reader(entry.value, fmt::format("targets.{}", entry.key), reading.problems);
    const std::string kind = reader.text("kind", "panos");
    if (kind == "edl") {
        read_list_target(reading, entry);
        return;
    }
    if (kind != "panos") {
        reader.complain(*entry.value.find("kind"), "kind",
                        fmt::format("'{}' is not supported by this version, which knows: panos, edl", kind));
    }
    engine::TargetSettings target;
    panos::Endpoint endpoint;
    target.name = entry.key;
    read_connection(reading, reader, endpoint, target.credentials);
    target.place.vsys = reader.text("vsys", "vsys1");
    check_name(reader, "vsys", target.place.vsys);
    const std::string mode = reader.text("mode", "static");
    if (mode != "static" && mode != "dynamic") {
        reader.complain(*entry.value.find("mode"), "mode", fmt::format("'{}' is neither static nor dynamic", mode));
    }
    target.way = mode == "dynamic" ? engine::Way::registration : engine::Way::group;
    check_mode(reader, target.way == engine::Way::registration);
    target.place.group = reader.text("group", "firebreak-blocked");
    check_name(reader, "group", target.place.group);
    target.place.tag = reader.text("tag", "firebreak");
    check_name(reader, "tag", target.place.tag);
    GroupSettings& group = target.group;
    group.group = target.place.group;
    group.compare_every = reader.duration("compare_every", group.compare_every);
    if (target.way == engine::Way::registration) {
        target.registration.group = target.place.group;
        target.registration.tag = target.place.tag;
        target.registration.compare_every = group.compare_every;
        read_registration(reader, target.registration);
        reader.finish();
        reading.config.engine.targets.push_back(std::move(target));
        reading.config.endpoints.emplace(entry.key, std::move(endpoint));
        return;
    }
    group.min_commit_interval = reader.duration("min_commit_interval", group.min_commit_interval);
    group.settle = reader.duration("settle", group.settle);
    group.max_batch =
        static_cast<std::size_t>(reader.number("max_batch", static_cast<std::int64_t>(group.max_batch), 1, 10'000));
    group.group_members_max = static_cast<std::size_t>(
        reader.number("group_members_max", static_cast<std::int64_t>(group.group_members_max), 2, 100'000));
    group.commit_patience = reader.duration("commit_patience", group.commit_patience);
    reader.finish();
    reading.config.engine.targets.push_back(std::move(target));
    reading.config.endpoints.emplace(entry.key, std::move(endpoint));
}

}  // namespace

void read_targets(ConfigReading& reading, const yaml::Node* node) {
    if (node == nullptr || node->kind == yaml::Kind::null) {
        reading.config.cautions.emplace_back("no targets: alerts are journaled, and nothing is blocked");
        return;
    }
    if (!node->is_map()) {
        reading.problems.add(node->mark, "targets", "must be a map: {NAME: {url: ..., ...}}");
        return;
    }
    for (const yaml::Entry& entry : node->entries) {
        read_target(reading, entry);
    }
}

}  // namespace bridge::operate
