#include "sim/lab/fleet_file.hpp"

#include <catch2/catch.hpp>

#include <fstream>

#include "sim/lab/world/scratch.hpp"

using namespace sim;
using namespace sim::lab;

namespace {

constexpr panos::Instant now{std::chrono::seconds(1528778205)};

struct File {
    Scratch scratch = std::move(*Scratch::make());
    std::string path = scratch.path() + "/fleet.yaml";

    explicit File(const std::string& text) { std::ofstream(path) << text; }
    std::string error() const {
        const auto fleet = read_fleet(path);
        if (!fleet) {
            return fleet.error().substr(fleet.error().find("fleet.yaml"));
        }
        const auto made = make_fleet(*fleet, now);
        return made ? "none" : made.error();
    }
};

}  // namespace

TEST_CASE("lab: a fleet file makes devices that know each other", "[lab][fleet]") {
    const File file(R"(
devices:
  pano: {model: Panorama, prepare: blocked, prepare_in: branches, users: ["api:long-secret"]}
  fw1: {panorama: pano, device_group: branches, template_stack: net, ha_peer: fw2, commit_time: 5s}
  fw2: {panorama: pano, device_group: branches, ha_peer: fw1, serial: "007051000000002"}
  alone: {version: "11.1"}
)");
    const auto fleet = read_fleet(file.path);
    REQUIRE(fleet);
    const auto made = make_fleet(*fleet, now);
    REQUIRE(made);
    REQUIRE(made->devices.size() == 4);
    const auto& pano = *made->devices[0];
    CHECK(pano.options().administrators.front().name == "api");
    CHECK(made->devices[1]->options().commit_time == std::chrono::seconds(5));
    CHECK(made->devices[2]->serial() == "007051000000002");
    CHECK(pano.running_xml().find("<entry name=\"007051000000002\"/>") != std::string::npos);
    CHECK(made->devices[1]->high_availability().state == panos::HaState::active);
    CHECK(made->devices[2]->high_availability().state == panos::HaState::passive);
    CHECK_FALSE(made->devices[3]->high_availability().enabled);
    // What Panorama had for its firewalls is there.
    panos::Flow flow;
    flow.to = "240.0.0.0";
    CHECK(made->devices[1]->verdict(flow, now).rule == "blocked-to");
    CHECK(made->devices[3]->verdict(flow, now).rule == "outbound");
}

TEST_CASE("lab: a fleet file's mistakes are told with their place", "[lab][fleet]") {
    CHECK(File("devices: {fw1: {panorma: x}}").error().find("panorma") != std::string::npos);
    CHECK(File("devices: {fw1: {panorma: x}}").error().find("did you mean 'panorama'?") != std::string::npos);
    CHECK(File("devices: {fw1: {panorama: pano}}").error() ==
          "fleet.yaml:1:27: devices.fw1.panorama: 'pano' is no other device of this file (known here: fw1)");
    CHECK(File("devices: {fw1: {ha_peer: fw1}}").error().find("no other device") != std::string::npos);
    CHECK(File("devices: {fw1: {device_group: x}}").error().find("makes sense only with 'panorama'") !=
          std::string::npos);
    CHECK(File("devices: {fw1: {commit_time: soon}}").error().find("commit_time") != std::string::npos);
    CHECK(File("devices: {fw1: {load: nothing.xml}}").error().find("cannot be read") != std::string::npos);
    CHECK(File("devices: {fw1: {users: [secret-without-name]}}").error().find("secret-without-name") ==
          std::string::npos);
    CHECK(File("devices: {}").error().find("1 to 500 devices") != std::string::npos);
    CHECK(File("{}").error().find("devices") != std::string::npos);
    CHECK(File("devices: {a: {}, b: {panorama: a}}").error() ==
          "'a' can't manage 'b': a Panorama manages firewalls of its fleet");
    CHECK(File("devices: {a: {model: PA-VM, ha_peer: b}, b: {model: PA-850}}").error() ==
          "'a' and 'b' can't be an HA pair: their models differ");
}
