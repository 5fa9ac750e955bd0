#include "sim/soak/judge/our_objects.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "sim/panos/device.hpp"

using namespace sim::soak;
using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

namespace {

constexpr sim::panos::Instant start{std::chrono::seconds(1'700'000'000)};
const std::string vsys = "/config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='vsys1']";

/// Two objects with our tag, one of which is in the group, and a colleague's.
sim::panos::NodePtr configuration() {
    sim::panos::DeviceOptions options;
    options.prepare_group = "blocked";
    const auto device = std::move(*sim::panos::Device::make(std::move(options), start));
    const auto set = [&](const std::string& below, const std::string& element) {
        const auto done = device->set_as("admin", vsys + below, element, start);
        if (!done) {
            FAIL(done.error());
        }
    };
    set("/tag/entry[@name='firebreak']", "<color>color1</color>");
    set("/tag/entry[@name='other']", "<color>color2</color>");
    const std::string ours = "<tag><member>firebreak</member></tag>";
    set("/address/entry[@name='one']", "<ip-netmask>198.18.0.1/32</ip-netmask>" + ours);
    set("/address/entry[@name='two']", "<ip-netmask>2001:db8::1</ip-netmask>" + ours);
    set("/address/entry[@name='theirs']", "<ip-netmask>198.18.0.9</ip-netmask><tag><member>other</member></tag>");
    set("/address-group/entry[@name='blocked']/static", "<member>one</member>");
    return device->candidate();
}

}  // namespace

TEST_CASE("objects with our tag are ours, by their address without a host's mask") {
    Texts seen;
    each_object(configuration(),
                [&seen](const std::string& name, const std::string& address) { seen.push_back(name + " " + address); });
    std::sort(seen.begin(), seen.end());
    CHECK(seen == Texts{"one 198.18.0.1", "two 2001:db8::1"});
}

TEST_CASE("an object's group is the one that has it as a member") {
    CHECK(group_of(configuration(), "one") == "blocked");
    CHECK(group_of(configuration(), "two").empty());
}
