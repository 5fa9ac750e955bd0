#include <fmt/format.h>

#include <algorithm>

#include "bridge/operate/config_reading.hpp"

namespace bridge::operate {

using namespace domain;

namespace {

/// Names stand in XPaths, so they may hold only what PAN-OS allows in an object's name.
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

void read_target(ConfigReading& reading, const yaml::Entry& entry) {
    yaml::Reader reader(entry.value, fmt::format("targets.{}", entry.key), reading.problems);
    const std::string kind = reader.text("kind", "panos");
    if (kind != "panos") {
        reader.complain(*entry.value.find("kind"), "kind",
                        fmt::format("'{}' is not supported by this version, which knows: panos", kind));
    }
    engine::TargetSettings target;
    panos::Endpoint endpoint;
    target.name = entry.key;
    endpoint.url = reader.required_text("url");
    while (endpoint.url.ends_with('/')) {
        endpoint.url.pop_back();
    }
    const bool https = endpoint.url.starts_with("https://");
    if (!endpoint.url.empty() && !https && !endpoint.url.starts_with("http://127.0.0.1")) {
        reader.complain(*entry.value.find("url"), "url", "must begin with https:// (plain http:// only to 127.0.0.1)");
    }
    if (endpoint.url.find('@') != std::string::npos || endpoint.url.find('?') != std::string::npos) {
        reader.complain(*entry.value.find("url"), "url", "must hold no user, password or query");
    }
    endpoint.ca_file = reading.file(reader, "ca");
    endpoint.insecure = reader.flag("insecure", false);
    if (endpoint.insecure) {
        reading.config.cautions.push_back(
            fmt::format("targets.{}.insecure: the firewall's certificate is NOT verified", entry.key));
    }
    endpoint.timeout = reader.duration("timeout", endpoint.timeout);
    endpoint.connect_timeout = reader.duration("connect_timeout", endpoint.connect_timeout);

    target.credentials.api_key = reading.secret(reader, "api_key_file");
    target.credentials.user = reader.text("user", "");
    target.credentials.password = reading.secret(reader, "password_file");
    const bool can_keygen = !target.credentials.user.empty() && !target.credentials.password.empty();
    if (entry.value.find("api_key_file") == nullptr && !can_keygen) {
        reading.problems.add(entry.mark, fmt::format("targets.{}", entry.key),
                             "needs api_key_file, or user and password_file");
    }
    target.place.vsys = reader.text("vsys", "vsys1");
    check_name(reader, "vsys", target.place.vsys);
    const std::string mode = reader.text("mode", "static");
    if (mode != "static") {
        reader.complain(*entry.value.find("mode"), "mode",
                        fmt::format("'{}' is not supported by this version, which knows: static", mode));
    }
    target.place.group = reader.text("group", "firebreak-blocked");
    check_name(reader, "group", target.place.group);
    target.place.tag = reader.text("tag", "firebreak");
    check_name(reader, "tag", target.place.tag);
    GroupSettings& group = target.group;
    group.group = target.place.group;
    group.min_commit_interval = reader.duration("min_commit_interval", group.min_commit_interval);
    group.settle = reader.duration("settle", group.settle);
    group.max_batch =
        static_cast<std::size_t>(reader.number("max_batch", static_cast<std::int64_t>(group.max_batch), 1, 10'000));
    group.group_members_max = static_cast<std::size_t>(
        reader.number("group_members_max", static_cast<std::int64_t>(group.group_members_max), 2, 100'000));
    group.compare_every = reader.duration("compare_every", group.compare_every);
    group.commit_patience = reader.duration("commit_patience", group.commit_patience);
    reader.finish();
    never_block_host_of(reading, endpoint.url);
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
