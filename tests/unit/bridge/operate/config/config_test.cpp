#include "bridge/operate/config/config.hpp"
#include "temporary_folder.hpp"

#include <catch2/catch.hpp>

using namespace bridge::operate;
using namespace std::chrono_literals;

namespace {

using Folder = test::TemporaryFolder;

std::string complaint(const std::string& text) {
    const auto config = read_config(text, "bridge.yaml");
    REQUIRE_FALSE(config);
    return config.error();
}

}  // namespace

TEST_CASE("a whole configuration is read, with its secrets from files beside it") {
    Folder folder;
    folder.keep("hq.key", "LUFRPT1abc=\n");
    folder.keep("fireeye.password", "secret\r\n");
    folder.keep("bridge.yaml", R"(
intake:
  listen: 127.0.0.1:0
  users: {fireeye: {password_file: fireeye.password}}
  sources: [127.0.0.0/8, "2001:db8::/32"]
  limits: {body: 1MiB, header: 8KiB, read_timeout: 5s, connections: 10}
store: bridge.db
policy:
  allow: [192.0.2.0/24, "*.example.com"]
  types: [malware-callback, web-infection]
  min_severity: majr
  expire: 7d
  max_new_blocks_per_minute: 300
  dry_run: true
targets:
  hq:
    kind: panos
    url: https://192.0.2.1:8443/
    insecure: true
    api_key_file: hq.key
    vsys: vsys2
    group: blocked
    min_commit_interval: 5s
    settle: 250ms
    max_batch: 100
operate: {listen: "[::1]:9090", log: {level: debug, format: json}}
)");
    const auto config = load_config(folder / "bridge.yaml");
    INFO((config ? "" : config.error()));
    REQUIRE(config);
    CHECK(std::get<bridge::domain::Secret>(config->gate.users.at("fireeye")).reveal() == "secret");
    CHECK(config->gate.sources.size() == 2);
    CHECK(config->intake.body_bytes_max == 1U << 20U);
    CHECK(config->store == folder / "bridge.db");
    CHECK(config->engine.policy.min_severity == bridge::domain::Severity::major);
    CHECK(config->engine.policy.dry_run);
    REQUIRE(config->engine.targets.size() == 1);
    const auto& target = config->engine.targets.front();
    CHECK(target.credentials.api_key.reveal() == "LUFRPT1abc=");
    CHECK(target.place.vsys == "vsys2");
    CHECK(target.group.settle == 250ms);
    CHECK(config->endpoints.at("hq").url == "https://192.0.2.1:8443");
    CHECK(config->operate.listen->address == "::1");
    CHECK(config->operate.log_format == LogFormat::json);
    CHECK(config->cautions.size() == 2);
}

TEST_CASE("a firewall's own address is never blocked, without anyone saying so") {
    Folder folder;
    folder.keep("k", "key");
    const auto config =
        read_config("targets: {hq: {url: 'https://198.51.100.1:4443', api_key_file: k}}", folder / "b.yaml");
    REQUIRE(config);
    const auto firewall = bridge::domain::Indicator::parse("198.51.100.1").value();
    CHECK_FALSE(objection_to(config->engine.policy, firewall).empty());
}

TEST_CASE("an empty configuration has every default, and says that nothing will be blocked") {
    const auto config = read_config("store: x.db", "bridge.yaml");
    REQUIRE(config);
    CHECK(config->intake.address == "127.0.0.1");
    CHECK(config->intake.port == 8088);
    CHECK(config->intake.body_bytes_max == 16U << 20U);
    CHECK(config->operate.socket->path == default_socket);
    CHECK(config->cautions.size() == 1);
}

TEST_CASE("a complaint names file, line, column, key, and the nearest right key") {
    CHECK_THAT(complaint("intake:\n  listn: 127.0.0.1:1\n"),
               Catch::Equals("bridge.yaml:2:3: intake.listn: unknown key (did you mean 'listen'?)"));
    CHECK_THAT(complaint("policy: {allow: [192.0.2.0/24, 10.0.0.0/33]}"),
               Catch::Contains("policy.allow[1]: '10.0.0.0/33' is no CIDR prefix"));
    CHECK_THAT(complaint("policy: {types: [malware-calback]}"), Catch::Contains("did you mean 'malware-callback'?"));
    CHECK_THAT(complaint("intake: {listen: 8088}"), Catch::Contains("is no ADDRESS:PORT"));
    CHECK_THAT(complaint("targets: {hq: {url: https://192.0.2.1}}"),
               Catch::Contains("needs api_key_file, or user and password_file"));
    CHECK_THAT(complaint("targets: {hq: {kind: cisco, url: https://192.0.2.1, user: a}}"),
               Catch::Contains("'cisco' is not supported"));
    CHECK_THAT(complaint("store: [1, 2]"), Catch::Contains("store: expected the path of a file"));
}

TEST_CASE("an appliance that normalises its IPS events is named with its direction") {
    using bridge::fireeye::IpsDirection;
    const auto config = read_config("appliances: {NX1.example.com: {ips_direction: normalized}}", "bridge.yaml");
    REQUIRE(config);
    CHECK(config->engine.reading.ips_direction_of.at("nx1.example.com") == IpsDirection::normalized);
    CHECK_THAT(complaint("appliances: {nx1: {ips_direction: sideways}}"),
               Catch::Contains("'sideways' is neither traffic nor normalized"));
}

TEST_CASE("the site names its networks, proxies and resolvers") {
    const auto config = read_config(
        "site:\n  networks: [203.0.113.0/24, 2001:db8::/32]\n  proxies: 198.51.100.8\n  resolvers: [198.51.100.53]\n",
        "bridge.yaml");
    REQUIRE(config);
    const auto& site = config->engine.reading.site;
    CHECK(site.networks.size() == 2);
    CHECK(site.proxies == std::vector{*bridge::domain::Prefix::parse("198.51.100.8/32")});
    CHECK(site.resolvers.size() == 1);
    CHECK_THAT(complaint("site:\n  proxies: [198.51.100.8, proxy1]\n"),
               Catch::Contains("bridge.yaml:2") && Catch::Contains("site.proxies[1]: 'proxy1' is no CIDR prefix"));
    CHECK_THAT(complaint("site: {network: 198.51.100.8}"), Catch::Contains("did you mean 'networks'?"));
}

TEST_CASE("all complaints come at once") {
    const std::string all = complaint("intake: {listn: x}\npolicy: {expire: soon}\noperate: {log: {level: loud}}\n");
    CHECK(std::count(all.begin(), all.end(), '\n') == 2);
}

TEST_CASE("plain HTTP beyond loopback wants to be said aloud") {
    CHECK_THAT(complaint("intake: {listen: 0.0.0.0:8088}"), Catch::Contains("plain: true"));
    CHECK(read_config("intake: {listen: 0.0.0.0:8088, plain: true}", "bridge.yaml"));
}

TEST_CASE("the operators' listener stays on loopback") {
    CHECK_THAT(complaint("operate: {listen: 0.0.0.0:9090}"), Catch::Contains("must be a loopback address"));
}

TEST_CASE("a secret in a URL is refused, and not repeated") {
    const std::string text = complaint("targets: {hq: {url: 'https://admin:hunter2@192.0.2.1', user: a}}");
    CHECK_THAT(text, Catch::Contains("must hold no user, password or query"));
    CHECK_THAT(text, !Catch::Contains("hunter2"));
}

TEST_CASE("a name that could break out of an XPath is refused") {
    Folder folder;
    folder.keep("k", "key");
    const auto config = read_config(
        "targets: {hq: {url: 'https://192.0.2.1', api_key_file: k, group: \"x'] | /config[\"}}", folder / "b.yaml");
    REQUIRE_FALSE(config);
    CHECK_THAT(config.error(), Catch::Contains("is no name that PAN-OS takes"));
}
