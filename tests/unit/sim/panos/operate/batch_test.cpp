// What a Panorama does to several of its firewalls at once.
#include <catch2/catch.hpp>

#include "fleet_bench.hpp"

using namespace sim::panos;
using namespace sim::panos::test;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

std::string batch(const std::string& what) {
    return "<request><batch>" + what + "</batch></request>";
}

}  // namespace

TEST_CASE("a Panorama restarts the firewalls that it is told to, and no other", "[sim][panos][batch]") {
    FleetBench bench;
    bench.manage();
    CHECK_THAT(bench.panorama.op(batch("<reboot><devices>" + first_serial + "</devices></reboot>")),
               Contains("Reboot job enqueued with jobid"));
    CHECK(bench.one.device->rebooting(bench.now()));
    CHECK_FALSE(bench.two.device->rebooting(bench.now()));
    bench.wait(300s);
    CHECK_FALSE(bench.one.device->rebooting(bench.now()));
    CHECK_THAT(bench.panorama.op("<show><jobs><all></all></jobs></show>"),
               Contains("<type>BatchReboot</type>") && Contains(first_serial + ": reboot initiated"));
}

TEST_CASE("a batch names firewalls of the Panorama's, connected ones", "[sim][panos][batch]") {
    FleetBench bench;
    bench.manage();
    CHECK(bench.panorama.op(batch("<reboot><devices>009999999999999</devices></reboot>")) ==
          "<response status=\"error\" code=\"17\"><msg><line> request -> batch -> reboot -> devices '009999999999999' "
          "is not "
          "a valid reference</line><line> request -> batch -> reboot is invalid</line></msg></response>");
    CHECK_THAT(bench.panorama.op(batch("<reboot></reboot>")), Contains("is missing 'devices'"));
    REQUIRE(bench.fleet.set_connected(*bench.two.device, false));
    const std::string both = first_serial + "," + second_serial;
    const std::string job =
        text_in(bench.panorama.op(batch("<reboot><devices>" + both + "</devices></reboot>")), "job");
    bench.wait(5s);
    CHECK_THAT(bench.panorama.job(std::stoi(job)),
               Contains("<result>FAIL</result>") && Contains(second_serial + ": device not connected"));
    CHECK_FALSE(bench.two.device->rebooting(bench.now()));
    CHECK_THAT(bench.two.op(batch("<reboot><devices>" + first_serial + "</devices></reboot>")),
               Contains("code=\"17\""));
}

TEST_CASE("a batch finds no licence server and nothing to install", "[sim][panos][batch]") {
    FleetBench bench;
    bench.manage();
    const std::string devices = "<devices>" + first_serial + "</devices>";
    CHECK_THAT(bench.panorama.op(batch("<license><deactivate><VM-Capacity><mode>auto</mode>" + devices +
                                       "</VM-Capacity></deactivate></license>")),
               Contains("Failed to deactivate license due to Unknown error."));
    CHECK(bench.panorama.op(batch("<content><upload-install><file>panupv2-all-contents-8500</file>" + devices +
                                  "</upload-install></content>")) ==
          "<response status=\"error\"><msg><line>panupv2-all-contents-8500 does not exist</line></msg></response>");
    CHECK_THAT(bench.panorama.op(batch("<software><check></check></software>")),
               Contains("Failed to check upgrade info due to Unknown error."));
    CHECK_THAT(bench.panorama.op(batch("<anti-virus><info></info></anti-virus>")), Contains("<content-updates"));
}
