#include <catch2/catch.hpp>

#include "control_bench.hpp"

using namespace sim::panos;
using namespace sim::panos::test;
using Catch::Contains;

namespace {

const std::string network = "/config/devices/entry[@name='localhost.localdomain']/network";

void put(Bench& fw, const std::string& below, const std::string& element) {
    CHECK(fw.set(network + below, element) == done);
}

std::string shown(Bench& fw, const std::string& what) {
    return fw.op("<show>" + what + "</show>");
}

}  // namespace

TEST_CASE("panos: LLDP runs on the ports of the configuration, once it is on as a whole", "[panos][op]") {
    Bench fw;
    const std::string neighbours = "<lldp><neighbors>all</neighbors></lldp>";
    put(fw, "/interface/ethernet/entry[@name='ethernet1/1']/layer3/lldp", "<enable>yes</enable><profile>p</profile>");
    put(fw, "/profiles/lldp-profile/entry[@name='p']", "<mode>receive-only</mode>");
    put(fw, "/interface/ethernet/entry[@name='ethernet1/2']/layer3/lldp", "<enable>yes</enable>");
    fw.activate();
    CHECK(shown(fw, neighbours) == answered(""));
    put(fw, "/lldp", "<enable>yes</enable><transmit-interval>10</transmit-interval>");
    fw.activate();
    CHECK(shown(fw, neighbours) == answered("<entry name=\"ethernet1/1\"><neighbors/></entry><entry "
                                            "name=\"ethernet1/2\"><neighbors/></entry>"));
    CHECK(shown(fw, "<lldp><neighbors>ethernet1/2</neighbors></lldp>") ==
          answered("<entry name=\"ethernet1/2\"><neighbors/></entry>"));
    CHECK_THAT(shown(fw, "<lldp><neighbors>ethernet9/9</neighbors></lldp>"), Contains("is not a valid reference"));
    CHECK(shown(fw, "<lldp><config>ethernet1/1</config></lldp>") ==
          answered("<entry name=\"ethernet1/1\"><enabled>yes</enabled><mode>receive-only</mode><profile>p</profile>"
                   "</entry>"));
    CHECK_THAT(shown(fw, "<lldp><local>ethernet1/2</local></lldp>"),
               Contains("<port-id>ethernet1/2</port-id><ttl>40</ttl>"));
    const auto sent = [&](const std::string& port) {
        const std::string body = shown(fw, "<lldp><counters>" + port + "</counters></lldp>");
        const std::string tag = "<total-frames-transmitted>";
        return std::stoul(body.substr(body.find(tag) + tag.size()));
    };
    CHECK(sent("ethernet1/1") == 0);
    const auto before = sent("ethernet1/2");
    fw.wait(std::chrono::seconds(50));
    CHECK(sent("ethernet1/2") == before + 5);
}

TEST_CASE("panos: DHCP servers and clients are the configuration's", "[panos][op]") {
    Bench fw;
    CHECK(shown(fw, "<dhcp><server><lease>all</lease></server></dhcp>") == answered(""));
    put(fw, "/dhcp/interface/entry[@name='ethernet1/1']",
        "<server><mode>enabled</mode><ip-pool><member>192.0.2.100-192.0.2.110</member></ip-pool><reserved>"
        "<entry name=\"192.0.2.105\"><mac>00:00:5e:00:53:01</mac></entry></reserved></server>");
    put(fw, "/interface/ethernet/entry[@name='ethernet1/2']/layer3", "<dhcp-client><enable>yes</enable></dhcp-client>");
    fw.activate();
    CHECK(shown(fw, "<dhcp><server><lease><interface>all</interface></lease></server></dhcp>") ==
          answered("<interface name=\"ethernet1/1\"></interface>"));
    CHECK(shown(fw, "<dhcp><server><lease>ethernet1/2</lease></server></dhcp>") == answered(""));
    CHECK_THAT(shown(fw, "<dhcp><server><lease>ethernet9/9</lease></server></dhcp>"),
               Contains("is not a valid reference"));
    CHECK(shown(fw, "<dhcp><server><settings>all</settings></server></dhcp>") ==
          answered("<interface name=\"ethernet1/1\"><mode>enabled</mode><ip-pool><member>192.0.2.100-192.0.2.110"
                   "</member></ip-pool><reserved><entry><ip>192.0.2.105</ip><mac>00:00:5e:00:53:01</mac></entry>"
                   "</reserved></interface>"));
    CHECK_THAT(shown(fw, "<dhcp><client><state>ethernet1/2</state></client></dhcp>"),
               Contains("<entry><interface>ethernet1/2</interface><state>Selecting</state><ip>0.0.0.0</ip>"));
    CHECK(shown(fw, "<dhcp><client><state>ethernet1/1</state></client></dhcp>") == answered(""));
}

TEST_CASE("panos: rates are told of an interface that there is", "[panos][op]") {
    Bench fw;
    CHECK_THAT(shown(fw, "<counter><rate>ethernet1/1</rate></counter>"),
               Contains("<name>ethernet1/1</name>") && Contains("<rx-bytes>0</rx-bytes>"));
    CHECK_THAT(shown(fw, "<counter><rate>ethernet9/9</rate></counter>"), Contains("is not a valid reference"));
}
