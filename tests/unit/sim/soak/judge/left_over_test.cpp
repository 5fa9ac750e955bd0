#include "sim/soak/judge/left_over.hpp"

#include <catch2/catch.hpp>

#include "sim/panos/device.hpp"

using namespace sim::soak;
using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

namespace {

constexpr sim::panos::Instant start{std::chrono::seconds(1'700'000'000)};

/// A configuration with one object that carries the tag.
sim::panos::NodePtr with_object(const std::string& tag) {
    const auto device = std::move(*sim::panos::Device::make({}, start));
    const std::string vsys = "/config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='vsys1']";
    REQUIRE(device->set_as("admin", vsys + "/tag/entry[@name='" + tag + "']", "<color>color1</color>", start));
    REQUIRE(device->set_as("admin", vsys + "/address/entry[@name='one']",
                           "<ip-netmask>198.18.0.1</ip-netmask><tag><member>" + tag + "</member></tag>", start));
    return device->candidate();
}

}  // namespace

TEST_CASE("a firewall that has only what others made has nothing of ours left") {
    const auto theirs = with_object("other");
    CHECK(left_over(theirs, theirs, false).empty());
}

TEST_CASE("objects of ours that are left are told by where they are, how many, and one of them") {
    const auto theirs = with_object("other");
    const auto ours = with_object("firebreak");
    const std::string in_running =
        "1 objects of ours are left in the running configuration, one (198.18.0.1) among them";
    const std::string in_candidate =
        "1 objects of ours are left in the candidate configuration, one (198.18.0.1) among them";
    CHECK(left_over(ours, theirs, false) == Texts{in_running});
    CHECK(left_over(theirs, ours, false) == Texts{in_candidate});
    CHECK(left_over(ours, ours, false) == Texts{in_running, in_candidate});
}

TEST_CASE("changes of the bridge that nobody commits are told by themselves") {
    const auto theirs = with_object("other");
    CHECK(left_over(theirs, theirs, true) == Texts{"has changes of the bridge that were never committed"});
}
