#include "sim/lab/world/scenario_fleet.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <memory>

#include "sim/lab/story/scenario_reader.hpp"
#include "sim/lab/world/bridge_yaml.hpp"
#include "sim/lab/world/device_handle.hpp"

using namespace sim::lab;

namespace {

std::string whole(const std::string& firewalls, const std::string& steps, const std::string& bridge = "") {
    return "scenario: A story\nfirewalls:\n" + firewalls + "appliances:\n  nx1: {product: nx}\n" + bridge + "steps:\n" +
           steps;
}

Scenario story(const std::string& text) {
    const auto read = read_scenario(text, "s.yaml");
    if (!read) {
        for (const std::string& line : read.error()) {
            UNSCOPED_INFO(line);
        }
    }
    REQUIRE(read);
    return *read;
}

std::string complaints(const std::string& text) {
    const auto read = read_scenario(text, "s.yaml");
    REQUIRE_FALSE(read);
    std::string all;
    for (const std::string& line : read.error()) {
        all += line + "\n";
    }
    return all;
}

const std::string panorama =
    "  pano: {model: Panorama}\n"
    "  fw1: {panorama: pano, device_group: branches}\n"
    "  fw2: {panorama: pano, device_group: branches}\n";
const std::string pair =
    "  fw1: {}\n"
    "  fw2: {ha_peer: fw1}\n";
const std::string step = "  - failover: {firewall: fw1}\n";

}  // namespace

TEST_CASE("scenario: a Panorama is the target, and its firewalls and the second of a pair are none", "[lab]") {
    const Scenario managed = story(whole(panorama, "  - disconnect: {firewall: fw2}\n"));
    REQUIRE(managed.bridge.targets.size() == 1);
    CHECK(managed.bridge.targets.front().firewall == "pano");
    CHECK(managed.bridge.targets.front().device_group == "branches");
    CHECK_FALSE(managed.firewall("fw1")->prepared);
    CHECK(std::get<FleetEvent>(managed.steps.front().action).kind == FleetEvent::Kind::disconnect);

    const Scenario both = story(whole(pair, step));
    REQUIRE(both.bridge.targets.size() == 1);
    CHECK(both.bridge.targets.front().firewall == "fw1");
    CHECK(both.ha_peer_of("fw1") == "fw2");
    CHECK(both.ha_peer_of("fw2") == "fw1");
    CHECK(both.target_of("fw2") == both.target_of("fw1"));
}

TEST_CASE("scenario: the bridge is told of a Panorama's device group and of a pair's second device", "[lab]") {
    const Scenario managed = story(whole(panorama, "  - disconnect: {firewall: fw2}\n"));
    BridgeFiles files;
    files.targets["pano"] = {"https://127.0.0.1:1", "pano.pem", "pano.key"};
    CHECK_THAT(bridge_yaml(managed.bridge, files),
               Catch::Contains("kind: panorama") && Catch::Contains("device_group: branches"));

    const Scenario both = story(whole(pair, step));
    files.targets["fw1"] = {"https://127.0.0.1:1", "fw1.pem", "fw1.key", "https://127.0.0.1:2", "fw2.pem"};
    CHECK_THAT(bridge_yaml(both.bridge, files), Catch::Contains("peer_url: \"https://127.0.0.1:2\"") ||
                                                    Catch::Contains("peer_url: https://127.0.0.1:2"));
    CHECK_THAT(bridge_yaml(both.bridge, files), Catch::Contains("peer_ca: fw2.pem"));
}

TEST_CASE("scenario: devices that do not know each other are told with their place", "[lab]") {
    CHECK_THAT(complaints(whole("  fw1: {ha_peer: fw3}\n", step)), Catch::Contains("there is no other firewall 'fw3'"));
    CHECK_THAT(complaints(whole("  fw1: {ha_peer: fw1}\n", step)), Catch::Contains("there is no other firewall 'fw1'"));
    CHECK_THAT(complaints(whole("  fw1: {}\n  fw2: {panorama: fw1, device_group: b}\n", step)),
               Catch::Contains("'fw1' is no Panorama"));
    CHECK_THAT(complaints(whole("  pano: {model: Panorama}\n  fw1: {panorama: pano}\n", step)),
               Catch::Contains("belong together"));
    CHECK_THAT(complaints(whole("  fw1: {}\n", step)), Catch::Contains("'fw1' is in no HA pair"));
    CHECK_THAT(complaints(whole(pair, "  - reconnect: {firewall: fw1}\n")), Catch::Contains("'fw1' has no Panorama"));
}

TEST_CASE("scenario: the devices of a story are brought together, and what happens to them is done", "[lab]") {
    const Scenario scenario = story(whole(pair, step));
    const sim::panos::Instant now{};
    sim::panos::Fleet fleet;
    std::map<std::string, std::unique_ptr<sim::panos::Device>> devices;
    for (const FirewallSetup& setup : scenario.firewalls) {
        const auto options = device_options(scenario, setup, *scenario.target_of(setup.name), 7);
        REQUIRE(options);
        auto made = sim::panos::Device::make(*options, now);
        REQUIRE(made);
        devices.emplace(setup.name, std::move(*made));
    }
    const auto together = bring_together(
        fleet, scenario, [&](const std::string& name) -> sim::panos::Device& { return *devices.at(name); }, now);
    REQUIRE(together);
    CHECK(devices.at("fw1")->serial() != devices.at("fw2")->serial());
    CHECK(devices.at("fw1")->api_key("firebreak") == devices.at("fw2")->api_key("firebreak"));
    CHECK(devices.at("fw1")->high_availability().state == sim::panos::HaState::active);

    DeviceHandle handle(*devices.at("fw1"), "firebreak", now);
    CHECK(handle.happen({FleetEvent::Kind::failover, "fw1"}));
    CHECK(devices.at("fw2")->high_availability().state == sim::panos::HaState::active);
    CHECK(handle.happen({FleetEvent::Kind::repair, "fw1"}));
    CHECK(devices.at("fw1")->high_availability().state == sim::panos::HaState::passive);
    CHECK_FALSE(handle.happen({FleetEvent::Kind::disconnect, "fw1"}));
}
