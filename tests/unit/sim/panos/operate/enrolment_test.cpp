#include <catch2/catch.hpp>

#include "fleet_bench.hpp"

using namespace sim::panos;
using namespace sim::panos::test;
using Catch::Contains;
using Catch::Matches;

namespace {

std::string generate(Bench& at, const std::string& lifetime) {
    return at.op("<request><bootstrap><vm-auth-key><generate><lifetime>" + lifetime +
                 "</lifetime></generate></vm-auth-key></bootstrap></request>");
}

std::string show(Bench& at) {
    return at.op("<request><bootstrap><vm-auth-key><show></show></vm-auth-key></bootstrap></request>");
}

}  // namespace

TEST_CASE("a Panorama makes keys for new firewalls, and forgets them when they end", "[sim][panos][enrolment]") {
    FleetBench bench;
    CHECK(show(bench.panorama) ==
          "<response status=\"success\"><result><bootstrap-vm-auth-keys></bootstrap-vm-auth-keys></result></response>");
    const std::string made = generate(bench.panorama, "24");
    CHECK_THAT(made, Matches("[^]*VM auth key [0-9]{15} generated. Expires at: 2018/06/13 04:36:45\n[^]*"));
    const std::string key = made.substr(made.find("key ") + 4, 15);
    CHECK_THAT(show(bench.panorama),
               Contains("<vm-auth-key>" + key + "</vm-auth-key><expiry-time>2018/06/13 04:36:45"));
    const std::string another = generate(bench.panorama, "48");
    CHECK(another.substr(another.find("key ") + 4, 15) != key);
    bench.wait(std::chrono::hours(24));
    CHECK_THAT(show(bench.panorama), !Contains(key) && Contains("2018/06/14"));
}

TEST_CASE("a key lives from an hour to a year, and only a Panorama makes some", "[sim][panos][enrolment]") {
    FleetBench bench;
    for (const std::string wrong : {"0", "8761", "-1", "x", "1h"}) {
        CHECK_THAT(generate(bench.panorama, wrong), Contains("should be equal to or between 1 and 8760"));
    }
    CHECK_THAT(bench.panorama.op("<request><bootstrap><vm-auth-key><generate/></vm-auth-key></bootstrap></request>"),
               Contains("is missing 'lifetime'"));
    CHECK_THAT(generate(bench.one, "24"), Contains("request -> bootstrap unexpected here"));
}

TEST_CASE("a Panorama tells the licences of the firewalls that are connected", "[sim][panos][enrolment]") {
    FleetBench bench;
    const std::string ask = "<request><batch><license><info></info></license></batch></request>";
    CHECK(bench.panorama.op(ask) == "<response status=\"success\"><result><devices></devices></result></response>");
    bench.manage();
    CHECK_THAT(bench.panorama.op(ask), Contains("<serial-no>" + first_serial + "</serial-no><devicename>") &&
                                           Contains(second_serial) && Contains("<entry name=\"PA-VM\">"));
    REQUIRE(bench.fleet.set_connected(*bench.one.device, false));
    CHECK_THAT(bench.panorama.op(ask), !Contains(first_serial) && Contains(second_serial));
}

TEST_CASE("a Panorama calls a VM-Series firewall what it calls itself", "[sim][panos][enrolment]") {
    Bench panorama(named("panorama", panorama_serial, "Panorama"));
    Bench firewall(named("fw", first_serial, "VM-100"));
    Fleet fleet;
    must(fleet.add(*panorama.device));
    must(fleet.add(*firewall.device));
    must(fleet.manage(*panorama.device, *firewall.device, {"DG", "Stack"}, start));
    CHECK_THAT(panorama.op("<show><devices><all/></devices></show>"),
               Contains("<family>vm</family><model>PA-VM</model>"));
}
