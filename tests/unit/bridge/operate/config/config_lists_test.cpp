#include <catch2/catch.hpp>

#include "bridge/operate/config/config.hpp"
#include "net/certificate.hpp"
#include "temporary_folder.hpp"

using namespace bridge::operate;
using namespace std::chrono_literals;
using bridge::engine::Way;
using Catch::Contains;

namespace {

using Folder = test::TemporaryFolder;

struct Fixture {
    Fixture() {
        folder.keep("token", "correct-horse-battery\n");
        folder.keep("key", "LUFRPT1abc=\n");
        folder.keep("short", "hunter2\n");
        const auto pair = net::make_self_signed({.common_name = "pages"});
        REQUIRE(pair);
        folder.keep("pages.pem", pair->certificate);
        folder.keep("pages.key", pair->key);
    }

    tl::expected<Config, std::string> read(const std::string& text) const {
        return read_config(text, folder / "bridge.yaml");
    }
    std::string complaint(const std::string& text) const {
        const auto config = read(text);
        REQUIRE_FALSE(config);
        return config.error();
    }
    /// Of a target alone, with a place for its pages.
    std::string of_target(const std::string& settings) const {
        return complaint("lists: {listen: 127.0.0.1:0}\ntargets:\n  edge: {kind: edl, " + settings + "}\n");
    }

    Folder folder;
};

}  // namespace

TEST_CASE("an edl target has its pages, its token and the firewalls that may be asked") {
    const Fixture it;
    const auto config = it.read(R"(
lists: {listen: 127.0.0.1:8444}
targets:
  edge:
    kind: edl
    token_file: token
    entries_max: 100000
    fetch_within: 1h
    refresh_interval: 30s
    refresh_patience: 2m
    compare_every: 10m
    refresh:
      - {url: "https://198.51.100.1", api_key_file: key, vsys: vsys2, lists: {ip: fb-ip, domain: fb domain}}
      - {url: "https://fw2.example:4443", user: firebreak, password_file: short, insecure: true, lists: {url: fb-url}}
)");
    INFO((config ? "" : config.error()));
    REQUIRE(config);
    REQUIRE(config->lists);
    CHECK(config->lists->port == 8444);
    CHECK(config->list_tokens.at("edge").reveal() == "correct-horse-battery");
    REQUIRE(config->engine.targets.size() == 1);
    const auto& target = config->engine.targets.front();
    CHECK(target.way == Way::list);
    CHECK(target.list.entries_max == 100'000);
    CHECK(target.list.fetch_within == 1h);
    CHECK(target.list.refresh_interval == 30s);
    CHECK(target.list.refresh_patience == 2min);
    CHECK(target.list.compare_every == 10min);
    REQUIRE(target.asked.size() == 2);
    CHECK(target.asked[0].place.vsys == "vsys2");
    CHECK(target.list.firewalls[0].firewall == "198.51.100.1");
    CHECK(target.list.firewalls[0].domain == "fb domain");
    CHECK(target.list.firewalls[1].url == "fb-url");
    CHECK(config->endpoints.at(target.asked[1].name).url == "https://fw2.example:4443");
    CHECK(config->endpoints.at(target.asked[1].name).insecure);
    const auto firewall = bridge::domain::Indicator::parse("198.51.100.1").value();
    CHECK_FALSE(objection_to(config->engine.policy, firewall).empty());
}

TEST_CASE("one firewall to ask needs no list around it") {
    const Fixture it;
    const auto config = it.read(
        "lists: {listen: 127.0.0.1:0}\n"
        "targets: {edge: {kind: edl, token_file: token, refresh: {url: 'https://192.0.2.1', api_key_file: key, lists: "
        "{ip: fb}}}}");
    INFO((config ? "" : config.error()));
    REQUIRE(config);
    CHECK(config->engine.targets.front().asked.size() == 1);
    CHECK(config->engine.targets.front().list.entries_max == 50'000);
}

TEST_CASE("what is wrong with an edl target is told with its line and key") {
    const Fixture it;
    CHECK_THAT(it.of_target("entries_max: 9"), Contains(":3:") && Contains("targets.edge.token_file: is missing"));
    CHECK_THAT(it.of_target("token_file: nowhere"),
               Contains("targets.edge.token_file: ") && Contains("cannot be read"));
    CHECK_THAT(it.of_target("token_file: short"), Contains("targets.edge.token_file") && Contains("fewer than 12"));
    CHECK_THAT(it.of_target("token_file: token, entries_max: 1"), Contains("targets.edge.entries_max"));
    CHECK_THAT(it.of_target("token_file: token, entries_max: many"), Contains("targets.edge.entries_max"));
    CHECK_THAT(it.of_target("token_file: token, fetch_within: soon"), Contains("targets.edge.fetch_within"));
    CHECK_THAT(it.of_target("token_file: token, refresh_interval: -1s"), Contains("targets.edge.refresh_interval"));
    CHECK_THAT(it.of_target("token_file: token, refresh_patience: [1s]"), Contains("targets.edge.refresh_patience"));
    CHECK_THAT(it.of_target("token_file: token, mode: dynamic"), Contains("targets.edge.mode: unknown key"));
    CHECK_THAT(it.of_target("token_file: token, refesh: {}"), Contains("did you mean 'refresh'?"));
    CHECK_THAT(it.of_target("token_file: token, refresh: https"), Contains("targets.edge.refresh"));
    CHECK_THAT(it.of_target("token_file: token, refresh: {url: 'https://192.0.2.1', lists: {ip: fb}}"),
               Contains("targets.edge.refresh: needs api_key_file, or user and password_file"));
    CHECK_THAT(it.of_target("token_file: token, refresh: [{url: 'https://192.0.2.1', api_key_file: key}]"),
               Contains("targets.edge.refresh[0].lists: is missing"));
    CHECK_THAT(it.of_target("token_file: token, refresh: [{url: 'https://192.0.2.1', api_key_file: key, lists: {}}]"),
               Contains("targets.edge.refresh[0].lists: names no list"));
    CHECK_THAT(
        it.of_target("token_file: token, refresh: [{url: 'https://192.0.2.1', api_key_file: key, lists: {ips: fb}}]"),
        Contains("targets.edge.refresh[0].lists.ips: unknown key (did you mean 'ip'?)"));
    CHECK_THAT(it.of_target("token_file: token, refresh: {url: 'https://192.0.2.1', api_key_file: key, lists: {ip: "
                            "\"x'] | /config[\"}}"),
               Contains("targets.edge.refresh.lists.ip") && Contains("is no name that PAN-OS takes"));
    CHECK_THAT(
        it.of_target("token_file: token, refresh: {url: 'http://192.0.2.1', api_key_file: key, lists: {ip: fb}}"),
        Contains("targets.edge.refresh.url: must begin with https://"));
    CHECK_THAT(it.complaint("lists: {listen: 127.0.0.1:0}\ntargets: {'two words': {kind: edl, token_file: token}}"),
               Contains(":2:") && Contains("is in its pages' URLs"));
}

TEST_CASE("more firewalls than a target can ask are refused") {
    const Fixture it;
    std::string all = "token_file: token, refresh: [";
    for (int i = 0; i < 21; ++i) {
        all += "{url: 'https://192.0.2." + std::to_string(i + 1) + "', api_key_file: key, lists: {ip: fb}}, ";
    }
    CHECK_THAT(it.of_target(all + "]"), Contains("targets.edge.refresh: has 21 firewalls") && Contains("at most 20"));
}

TEST_CASE("pages need a place where they are served, by TLS unless on loopback or said aloud") {
    const Fixture it;
    const std::string target = "targets: {edge: {kind: edl, token_file: token}}\n";
    CHECK_THAT(it.complaint(target), Contains("lists: missing") && Contains("edge"));
    CHECK_THAT(it.complaint(target + "lists: {listen: 0.0.0.0:8444}"), Contains("plain: true") && Contains("tls:"));
    CHECK(it.read(target + "lists: {listen: 0.0.0.0:8444, plain: true}"));
    CHECK_THAT(it.complaint(target + "lists: {listen: here}"), Contains("lists.listen: 'here' is no ADDRESS:PORT"));
    CHECK_THAT(it.complaint(target + "lists: {plain: perhaps}"), Contains("lists.plain"));
    CHECK_THAT(it.complaint(target + "lists: {tls: {certificate: token}}"), Contains("lists.tls.key: is missing"));
    CHECK_THAT(it.complaint(target + "lists: {tls: {certificate: nowhere, key: token}}"),
               Contains("lists.tls.certificate") && Contains("cannot be read"));
    CHECK_THAT(it.complaint(target + "lists: {port: 1}"), Contains("lists.port: unknown key"));
    const auto tls = it.read(target + "lists: {listen: 0.0.0.0:8444, tls: {certificate: pages.pem, key: pages.key}}");
    REQUIRE(tls);
    CHECK(tls->lists->tls);
    const auto idle = it.read("lists: {listen: 127.0.0.1:8444}");
    REQUIRE(idle);
    CHECK_THAT(idle->cautions.back(), Contains("no target is of kind edl"));
}

TEST_CASE("a dynamic target has its own settings, and says which keys have no meaning there") {
    const Fixture it;
    const std::string begin = "targets:\n  hq: {url: 'https://192.0.2.1', api_key_file: key, ";
    const auto config = it.read(begin +
                                "mode: dynamic, tag: blocked-by-us, group: dag, register_max: 250, "
                                "register_timeout: 1h, registered_max: 2500, compare_every: 1m}");
    INFO((config ? "" : config.error()));
    REQUIRE(config);
    const auto& target = config->engine.targets.front();
    CHECK(target.way == Way::registration);
    CHECK(target.registration.register_max == 250);
    CHECK(target.registration.timeout == 1h);
    CHECK(target.registration.registered_max == 2500);
    CHECK(target.registration.compare_every == 1min);
    CHECK(target.registration.tag == "blocked-by-us");
    CHECK(target.registration.group == "dag");
    const auto plain = it.read(begin + "mode: dynamic}");
    REQUIRE(plain);
    CHECK(plain->engine.targets.front().registration.register_max == 1000);
    CHECK(plain->engine.targets.front().registration.timeout == 0s);
    CHECK_THAT(it.complaint(begin + "mode: dynamic, settle: 1s}"),
               Contains(":2:") && Contains("targets.hq.settle: has no meaning in mode dynamic"));
    CHECK_THAT(it.complaint(begin + "register_max: 10}"), Contains("targets.hq.register_max: has a meaning in mode"));
    CHECK_THAT(it.complaint(begin + "mode: dynamic, register_max: 0}"), Contains("targets.hq.register_max"));
    CHECK_THAT(it.complaint(begin + "mode: dynamic, register_timeout: 10s}"),
               Contains("targets.hq.register_timeout: '10s' is not from 5m to 30d"));
    CHECK_THAT(it.complaint(begin + "mode: dynamic, register_timeout: 31d}"), Contains("5m to 30d"));
    CHECK_THAT(it.complaint(begin + "mode: dynamik}"),
               Contains("targets.hq.mode: 'dynamik' is neither static nor dynamic"));
}
