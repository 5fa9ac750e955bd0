// The keys of targets that say how far the bridge reaches: pairs, Panorama, child groups, limits.
#include <catch2/catch.hpp>

#include "bridge/operate/config/config.hpp"
#include "net/certificate.hpp"
#include "temporary_folder.hpp"

using namespace bridge::operate;

namespace {

class Folder {
public:
    Folder() {
        folder_.keep("k", "key");
        const auto authority = net::make_self_signed({.common_name = "authority"});
        REQUIRE(authority);
        folder_.keep("peer.pem", authority->certificate);
    }

    tl::expected<Config, std::string> read(const std::string& target) const {
        return read_config("targets:\n  hq: {url: 'https://fw1.example', api_key_file: k, " + target + "}\n",
                           folder_ / "bridge.yaml");
    }
    std::string complaint(const std::string& target) const {
        const auto config = read(target);
        REQUIRE_FALSE(config);
        return config.error();
    }

private:
    test::TemporaryFolder folder_;
};

}  // namespace

TEST_CASE("an HA pair has two urls, of which neither is ever blocked, and may have two authorities") {
    Folder folder;
    const auto config = folder.read("peer_url: 'https://198.51.100.2/', peer_ca: peer.pem");
    INFO((config ? "" : config.error()));
    REQUIRE(config);
    CHECK(config->endpoint("hq", 0).url == "https://fw1.example");
    CHECK(config->endpoint("hq", 1).url == "https://198.51.100.2");
    CHECK(config->endpoint("hq", 0).ca_file.empty());
    CHECK_THAT(config->endpoint("hq", 1).ca_file, Catch::EndsWith("peer.pem"));
    CHECK(config->engine.targets.front().devices == std::vector<std::string>{"fw1.example", "198.51.100.2"});
    const auto peer = bridge::domain::Indicator::parse("198.51.100.2").value();
    CHECK_FALSE(objection_to(config->engine.policy, peer).empty());
}

TEST_CASE("a single firewall is no pair") {
    Folder folder;
    const auto config = folder.read("vsys: vsys1");
    REQUIRE(config);
    CHECK(config->engine.targets.front().devices.empty());
    CHECK(config->peer_endpoints.empty());
}

TEST_CASE("an HA pair may block by registered addresses, too") {
    Folder folder;
    const auto config = folder.read("mode: dynamic, peer_url: 'https://fw2.example'");
    INFO((config ? "" : config.error()));
    REQUIRE(config);
    CHECK(config->engine.targets.front().way == bridge::engine::Way::registration);
    CHECK(config->engine.targets.front().devices.size() == 2);
    CHECK(config->endpoint("hq", 1).url == "https://fw2.example");
}

TEST_CASE("a Panorama target has a device group, is pushed from, and is not asked for a firewall's limits") {
    Folder folder;
    const auto config = folder.read("kind: panorama, device_group: branches");
    INFO((config ? "" : config.error()));
    REQUIRE(config);
    const auto& target = config->engine.targets.front();
    CHECK(target.place.device_group == "branches");
    CHECK(target.group.push);
    CHECK_FALSE(target.group.ask_capacity);
    const auto firewall = folder.read("vsys: vsys2");
    REQUIRE(firewall);
    CHECK_FALSE(firewall->engine.targets.front().group.push);
    CHECK(firewall->engine.targets.front().group.ask_capacity);
}

TEST_CASE("child groups and the objects' limit have defaults, and 0 turns both off") {
    Folder folder;
    const auto usual = folder.read("vsys: vsys1");
    REQUIRE(usual);
    CHECK(usual->engine.targets.front().group.child_groups == 64);
    CHECK(usual->engine.targets.front().group.objects_max == 0);
    const auto set = folder.read("child_groups: 0, objects_max: 2000");
    REQUIRE(set);
    CHECK(set->engine.targets.front().group.child_groups == 0);
    CHECK(set->engine.targets.front().group.objects_max == 2000);
}

TEST_CASE("what is wrong about a target's reach is told with file, line, key, what is there and what should be") {
    Folder folder;
    const auto says = [&](const std::string& target, const std::string& key, const std::string& text) {
        CHECK_THAT(folder.complaint(target),
                   Catch::Contains("bridge.yaml:2:") && Catch::Contains("targets.hq." + key) && Catch::Contains(text));
    };
    says("child_groups: many", "child_groups", "many");
    says("child_groups: 1000", "child_groups", "999");
    says("child_groups: -1", "child_groups", "-1");
    says("objects_max: [1]", "objects_max", "is no whole number");
    says("objects_max: -5", "objects_max", "-5");
    says("peer_url: 'ftp://fw2'", "peer_url", "must begin with https://");
    says("peer_url: [a]", "peer_url", "must be a single text");
    says("peer_url: 'https://u:p@fw2.example'", "peer_url", "must hold no user, password or query");
    says("peer_url: 'https://fw1.example'", "peer_url", "is the url of the first device");
    says("peer_ca: peer.pem", "peer_ca", "makes sense only with 'peer_url'");
    says("peer_url: 'https://fw2.example', peer_ca: none.pem", "peer_ca", "none.pem' cannot be read");
    says("kind: panorama", "device_group", "");
    says("kind: panorama, device_group: [a]", "device_group", "must be a single text");
    says("kind: panorama, device_group: \"x'] | /config[\"", "device_group", "is no name that PAN-OS takes");
    says("kind: panorama, device_group: b, vsys: vsys2", "vsys", "belongs to a firewall");
    says("device_group: branches", "device_group", "makes sense only with 'kind: panorama'");
    says("kind: panoram, device_group: b", "kind", "panos, panorama");
    says("vsys: [vsys1]", "vsys", "must be a single text");
    says("kind: panorama, device_group: b, mode: dynamic", "mode", "of kind panorama say static");
    says("mode: dynamic, child_groups: 3", "child_groups", "has no meaning in mode dynamic");
    says("mode: dynamic, objects_max: 3", "objects_max", "has no meaning in mode dynamic");
    says("device_grup: b", "device_grup", "unknown key");
}
