#include "whole_config.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <regex>
#include <sstream>

#include "bridge/intake/password_hash.hpp"
#include "net/certificate.hpp"

namespace test {

namespace {

constexpr const char* everything = R"(intake:
  listen: 127.0.0.1:8088
  plain: false
  tls:
    certificate: server.pem
    key: server.key
    client_ca: ca.pem
    client_names: [nx1.example.com]
    old_appliances: false
    check_every: 10s
  users:
    hashed:
      password_hash_file: fireeye.hash
    bare:
      password_file: fireeye.password
  sources: [192.0.2.0/24]
  limits:
    body: 16MiB
    header: 16KiB
    read_timeout: 30s
    header_timeout: 10s
    idle_timeout: 60s
    min_rate: 512
    connections: 1024
    connections_per_source: 512
    rate_per_source: 500/s
    failed_logins: 10
    failed_logins_per_user: 100
store:
  path: bridge.db
  keep_payloads: 90d
  keep_alerts: 400d
appliances:
  nx1:
    ips_direction: traffic
site:
  networks: [192.0.2.0/24]
  proxies: [198.51.100.8/32]
  resolvers: [198.51.100.53/32]
policy:
  allow: [192.0.2.0/24, "*.example.com"]
  allow_files: [partners.txt]
  allow_builtin: true
  types: [malware-callback, web-infection]
  min_severity: minr
  expire: 7d
  expire_by_type:
    malware-callback: 30d
  ipv6_prefix: 128
  max_new_blocks_per_minute: 300
  max_new_blocks_per_minute_per_appliance: 100
  group_growth_per_hour: 1000
  quarantine: 1h
  dry_run: false
targets:
  fw:
    kind: panos
    url: https://fw1.example:4443
    peer_url: https://fw2.example:4443
    ca: ca.pem
    peer_ca: ca.pem
    insecure: false
    api_key_file: api.key
    user: firebreak
    password_file: firewall.password
    connect_timeout: 10s
    timeout: 60s
    vsys: vsys2
    mode: static
    group: firebreak-blocked
    tag: firebreak
    compare_every: 5m
    settle: 1s
    min_commit_interval: 5s
    max_batch: 5000
    group_members_max: 2500
    child_groups: 64
    objects_max: 10000
    commit_patience: 60m
  branches:
    kind: panorama
    url: https://panorama.example
    api_key_file: api.key
    device_group: branches
  dag:
    url: https://[2001:db8::1]:8443
    api_key_file: api.key
    mode: dynamic
    register_max: 1000
    registered_max: 2500
    register_timeout: 1h
  edl:
    kind: edl
    token_file: pages.token
    entries_max: 50000
    fetch_within: 15m
    refresh_interval: 10s
    refresh_patience: 60s
    compare_every: 5m
    refresh:
      - url: https://fw4.example
        ca: ca.pem
        insecure: false
        api_key_file: api.key
        user: firebreak
        password_file: firewall.password
        connect_timeout: 10s
        timeout: 60s
        vsys: vsys1
        lists:
          ip: firebreak-ip
          domain: firebreak-domain
          url: firebreak-url
lists:
  listen: 127.0.0.1:8444
  plain: false
  tls:
    certificate: server.pem
    key: server.key
    client_ca: ca.pem
operate:
  socket: bridge.sock
  socket_group: root
  listen: 127.0.0.1:9090
  tls:
    certificate: server.pem
    key: server.key
    client_ca: ca.pem
  tokens:
    grafana:
      file: read.token
      right: read
    ops:
      file: operate.token
      right: operate
  monitor: 127.0.0.1:9091
  log:
    level: info
    format: text
  audit:
    file: audit.jsonl
    syslog: udp://log.example:514
    facility: local0
    queue: 10000
  canary:
    address: 192.0.2.254
    every: 1h
    within: 15m
    targets: [fw, dag]
)";

/// Maps of which the operator gives the keys.
bool has_names(const std::string& path) {
    return path == "targets" || path == "appliances" || path == "intake.users" || path == "operate.tokens";
}

void collect(const yaml::Node& node, const std::string& path, std::vector<KeyPlace>& into) {
    for (const yaml::Entry& entry : node.entries) {
        const std::string its = path.empty() ? entry.key : path + "." + entry.key;
        into.push_back({its, entry.mark, entry.value, has_names(path)});
        collect(entry.value, its, into);
    }
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        collect(node.items[i], fmt::format("{}[{}]", path, i), into);
    }
}

}  // namespace

WholeConfig::WholeConfig() : file_(folder_ / "bridge.yaml"), text_(everything) {
    const auto server = net::make_self_signed({.common_name = "bridge.example"});
    const auto other = net::make_self_signed({.common_name = "other.example"});
    REQUIRE(server);
    REQUIRE(other);
    const auto hash =
        bridge::intake::PasswordHash::of(bridge::domain::Secret("open-sesame"), {.ln = 10, .r = 8, .p = 1});
    REQUIRE(hash);
    folder_.keep("server.pem", server->certificate);
    folder_.keep("server.key", server->key);
    folder_.keep("ca.pem", other->certificate);
    folder_.keep("other.key", other->key);
    folder_.keep("fireeye.hash", hash->line() + "\n");
    folder_.keep("fireeye.password", "open-sesame\n");
    folder_.keep("firewall.password", "open-sesame\n");
    folder_.keep("api.key", "LUFRPT1abc=\n");
    folder_.keep("pages.token", "0123456789abcdef-pages\n");
    folder_.keep("read.token", "0123456789abcdef-read\n");
    folder_.keep("operate.token", "0123456789abcdef-operate\n");
    folder_.keep("partners.txt", "198.51.100.0/24\n");
    folder_.keep("garbage.txt", "neither a certificate nor a prefix\n");
    folder_.keep("empty.key", "");
    folder_.keep("blank.key", "\nsecond line\n");
    folder_.keep("short.key", "short\n");
    folder_.keep("endless.key", std::string(10'000, 'x'));
    REQUIRE(::mkfifo((folder_ / "pipe").c_str(), 0600) == 0);
    const auto root = yaml::parse(text_, file_);
    REQUIRE(root);
    collect(*root, "", places_);
}

const KeyPlace& WholeConfig::place(const std::string& path) const {
    const auto found =
        std::find_if(places_.begin(), places_.end(), [&](const KeyPlace& place) { return place.path == path; });
    INFO(path);
    REQUIRE(found != places_.end());
    return *found;
}

/// The lines of the key, kept or not, and `line` behind them.
std::string WholeConfig::spliced(const KeyPlace& place, bool keep, const std::string& line) const {
    std::istringstream in(text_);
    std::string made;
    std::string each;
    const auto depth = static_cast<std::size_t>(place.mark.column - 1);
    bool within = false;
    for (int number = 1; std::getline(in, each); ++number) {
        const bool first = number == place.mark.line;
        const bool of_key = first || (within && each.find_first_not_of(' ') > depth);
        if (within && !of_key) {
            made += line;
        }
        if (first && !keep) {
            made += each.substr(0, each.find_first_not_of(' ') == depth ? 0 : depth);  // "- " before the key
            within = true;
            continue;
        }
        within = of_key;
        made += of_key && !keep ? "" : each + "\n";
    }
    return within ? made + line : made;
}

std::string WholeConfig::with(const KeyPlace& place, const std::string& value) const {
    const std::string key = place.path.substr(place.path.rfind('.') + 1);
    const auto depth = static_cast<std::size_t>(place.mark.column - 1);
    std::istringstream in(text_);
    std::string line;
    for (int number = 0; number < place.mark.line; ++number) {
        std::getline(in, line);
    }
    const bool item = line.find_first_not_of(' ') != depth;
    return spliced(place, false, (item ? "" : std::string(depth, ' ')) + key + ": " + value + "\n");
}

std::string WholeConfig::with_line_behind(const KeyPlace& place, const std::string& line) const {
    return spliced(place, true, std::string(static_cast<std::size_t>(place.mark.column - 1), ' ') + line + "\n");
}

std::string WholeConfig::without(const KeyPlace& place) const {
    return spliced(place, false, "");
}

std::string key_of(const std::string& path) {
    std::string key = std::regex_replace(path, std::regex(R"(\[\d+\])"), "");
    key =
        std::regex_replace(key, std::regex(R"(^(targets|appliances|intake\.users|operate\.tokens)\.[^.]+)"), "$1.NAME");
    return std::regex_replace(key, std::regex(R"(^policy\.expire_by_type\.[^.]+)"), "policy.expire_by_type.TYPE");
}

}  // namespace test
