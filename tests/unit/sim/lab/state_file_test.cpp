#include "sim/lab/state_file.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "sim/lab/world/scratch.hpp"

using namespace sim::lab;
namespace panos = sim::panos;
using Catch::Contains;

namespace {

constexpr panos::Instant start{std::chrono::seconds(1528778205)};
const std::string xpath =
    "/config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='vsys1']/address/entry[@name='a']";

std::unique_ptr<panos::Device> device() {
    return std::move(*panos::Device::make({}, start));
}

}  // namespace

TEST_CASE("a mock firewall goes on from its state file", "[sim][lab][state]") {
    auto scratch = Scratch::make();
    REQUIRE(scratch.has_value());
    const std::string directory = scratch->path() + "/made/by/it";
    const auto first = device();
    StateFile file(directory);
    REQUIRE(file.restore(*first).has_value());
    REQUIRE(first->set_as("admin", xpath, "<ip-netmask>192.0.2.1</ip-netmask>", start).has_value());
    CHECK(file.wants(*first));
    file.keep(*first);
    CHECK_FALSE(file.wants(*first));
    CHECK_FALSE(std::filesystem::exists(directory + "/state.json.new"));

    const auto second = device();
    StateFile again(directory);
    REQUIRE(again.restore(*second).has_value());
    CHECK(second->pending() == std::vector<std::string>{xpath});
}

TEST_CASE("a state file that can't be read is named, and stays", "[sim][lab][state]") {
    auto scratch = Scratch::make();
    REQUIRE(scratch.has_value());
    const std::string path = scratch->path() + "/state.json";
    std::ofstream(path) << "{\"format\":";
    const auto fresh = device();
    const auto restored = StateFile(scratch->path()).restore(*fresh);
    REQUIRE_FALSE(restored.has_value());
    CHECK_THAT(restored.error(), Contains(path) && Contains("remove it to start afresh"));
    CHECK(std::filesystem::exists(path));
}

TEST_CASE("without a directory nothing is kept", "[sim][lab][state]") {
    const auto fresh = device();
    StateFile file("");
    CHECK(file.restore(*fresh).has_value());
    REQUIRE(fresh->set_as("admin", xpath, "<ip-netmask>192.0.2.1</ip-netmask>", start).has_value());
    CHECK_FALSE(file.wants(*fresh));
}
