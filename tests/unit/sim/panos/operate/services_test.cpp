// The services of the device, what it is connected to, and its links.
#include <catch2/catch.hpp>

#include "bench.hpp"

using namespace sim::panos;
using namespace sim::panos::test;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

std::string show(const std::string& what) {
    return "<show>" + what + "</show>";
}

const std::string device = "/config/devices/entry[@name='localhost.localdomain']";

}  // namespace

TEST_CASE("commands that want a terminal are none of the API's", "[sim][panos][services]") {
    Bench fw;
    CHECK(fw.op("<ping><host>192.0.2.1</host><count>3</count></ping>") ==
          refused("<line> ping not available to xmlapi client</line>"));
    CHECK(fw.op("<traceroute><host>192.0.2.1</host></traceroute>") ==
          refused("<line> traceroute not available to xmlapi client</line>"));
}

TEST_CASE("the management services are the configuration's", "[sim][panos][services]") {
    Bench fw;
    const std::string ask = show("<system><services></services></system>");
    CHECK_THAT(fw.op(ask), Contains("HTTPS          : Enabled\n") && Contains("Telnet         : Disabled\n"));
    fw.set(device + "/deviceconfig/system/service",
           "<disable-telnet>no</disable-telnet><disable-icmp>yes</disable-icmp>");
    fw.activate();
    CHECK_THAT(fw.op(ask), Contains("Telnet         : Enabled\n") && Contains("Ping           : Disabled\n"));
    CHECK(fw.op(show("<cli><idle-timeout></idle-timeout></cli>")) == answered("CLI timeout: 60 minutes\n"));
    fw.set(device + "/deviceconfig/setting/management", "<idle-timeout>0</idle-timeout>");
    fw.activate();
    CHECK(fw.op(show("<cli><idle-timeout></idle-timeout></cli>")) == answered("CLI timeout is disabled\n"));
}

TEST_CASE("processes are those of a firewall or of a Panorama", "[sim][panos][services]") {
    Bench fw;
    const std::string ask = show("<system><software><status></status></software></system>");
    CHECK_THAT(fw.op(ask), Contains("routed                   running  (pid: ") && !Contains("configd"));
    DeviceOptions with = options();
    with.model = "Panorama";
    CHECK_THAT(Bench(with).op(ask), Contains("configd") && Contains("mgmtsrvr") && !Contains("routed"));
}

TEST_CASE("the logs' quota tells what there is of each log", "[sim][panos][services]") {
    Bench fw;
    const std::string ask = show("<system><logdb-quota></logdb-quota></system>");
    CHECK_THAT(fw.op(ask), Contains("             traffic: 32.00%, 5.120 GB Expiration-period: 0 days\n") &&
                               Contains("             traffic: Logs and Indexes: 0K Current Retention: 0 days\n"));
    for (int i = 0; i < 4; ++i) {
        fw.set(address("a" + std::to_string(i)), "<ip-netmask>192.0.2.1</ip-netmask>");
    }
    CHECK_THAT(fw.op(ask), Contains("              config: Logs and Indexes: 2K"));
}

TEST_CASE("limits tell the model's and what is used of them", "[sim][panos][services]") {
    Bench fw;
    CHECK(fw.op(show("<resource><limit><session/></limit></resource>")) ==
          answered("<num-max>819202</num-max><num-active>0</num-active>"));
    const std::string limit = show("<resource><limit><policies/></limit></resource>");
    const auto rules_there = [](const std::string& count) {
        return answered("<policies><security><current>" + count +
                        "</current><maximum>10000</maximum></security></policies>");
    };
    CHECK(fw.op(limit) == rules_there("1"));
    fw.set(rules,
           "<entry name=\"r\"><from><member>any</member></from><to><member>any</member></to><source><member>any"
           "</member></source><destination><member>any</member></destination><service><member>any</member>"
           "</service><application><member>any</member></application><action>deny</action></entry>");
    fw.activate();
    CHECK(fw.op(limit) == rules_there("2"));
}

TEST_CASE("nothing is forwarded, no cloud is reached", "[sim][panos][services]") {
    Bench fw;
    CHECK(fw.op(show("<logging-status><verbose>yes</verbose></logging-status>")) ==
          answered("<show-logging-status><Conn-Info/></show-logging-status>"));
    CHECK_THAT(fw.op(show("<logging-status></logging-status>")), Contains("Not Sending to CMS 0"));
    CHECK_THAT(fw.op(show("<wildfire><status></status></wildfire>")), Contains("Device registered:             no"));
    CHECK_THAT(fw.op(show("<url-cloud><status></status></url-cloud>")), Contains("not connected"));
}

TEST_CASE("a name resolves to what the test said", "[sim][panos][services]") {
    Bench fw;
    const std::string ask = "<request><resolve><address>Evil.example</address></resolve></request>";
    CHECK(fw.op(ask) == failed("Failed to resolve Evil.example"));
    REQUIRE(fw.device->set_fqdn("evil.example", {"203.0.113.5", "203.0.113.6"}).has_value());
    CHECK(fw.op(ask) == answered("203.0.113.5\n203.0.113.6\n"));
}

TEST_CASE("an administrator who is not there can't be unlocked", "[sim][panos][services]") {
    Bench fw;
    const auto unlock = [&fw](const std::string& who) {
        return fw.op("<set><management-server><unlock><admin>" + who + "</admin></unlock></management-server></set>");
    };
    CHECK(unlock("bridge") == answered("Admin bridge is not locked"));
    CHECK(unlock("eve") == failed("Admin eve does not exist"));
}

TEST_CASE("a session that is not there is neither shown nor cleared", "[sim][panos][services]") {
    Bench fw;
    CHECK(fw.op(show("<session><id>7</id></session>")) == failed("Session 7 not found"));
    CHECK(fw.op("<clear><session><id>7</id></session></clear>") == failed("Session 7 not found"));
    CHECK_THAT(fw.op(show("<session><id>seven</id></session>")), Contains("code=\"17\""));
    CHECK_THAT(fw.op(show("<running><resource-monitor><ingress-backlogs/></resource-monitor></running>")),
               Contains("USAGE - ATOMIC: 0% TOTAL: 0%"));
}

// ---- links ----------------------------------------------------------------------------------------------------------

TEST_CASE("aggregate groups negotiate with nobody", "[sim][panos][links]") {
    Bench fw;
    const std::string ask = show("<lacp><aggregate-ethernet>all</aggregate-ethernet></lacp>");
    CHECK(fw.op(ask) == answered(""));
    fw.set(device + "/network/interface/aggregate-ethernet/entry[@name='ae1']",
           "<layer3><lacp><enable>yes</enable><mode>active</mode></lacp></layer3>");
    fw.set(device + "/network/interface/ethernet/entry[@name='ethernet1/5']", "<aggregate-group>ae1</aggregate-group>");
    fw.activate();
    CHECK(
        fw.op(ask) ==
        answered("<entry name=\"ae1\"><lacp>Enabled</lacp><mode>Active</mode><rate>Slow</rate><max-port>8</max-port>"
                 "<fast-failover>Disabled</fast-failover><system-priority>32768</system-priority><entry "
                 "name=\"ethernet1/5\"><bndl>no</bndl><rx-state>Port disabled</rx-state><mux-state>Detached</mux-state>"
                 "<sel-state>Unselected</sel-state><lacp-state>inactive</lacp-state></entry></entry>"));
    CHECK(
        fw.op(show("<lacp><aggregate-ethernet>ae9</aggregate-ethernet></lacp>")) ==
        refused("<line> show -> lacp -> aggregate-ethernet 'ae9' is not a valid reference</line><line> show -> lacp -> "
                "aggregate-ethernet is invalid</line>"));
}

TEST_CASE("VLANs are the configuration's, addresses on them none", "[sim][panos][links]") {
    Bench fw;
    CHECK(fw.op(show("<vlan>all</vlan>")) == answered("<total>0</total><entries></entries>"));
    fw.set(device + "/network/vlan/entry[@name='lab']", "<interface><member>ethernet1/6</member></interface>");
    fw.set(device + "/network/interface/ethernet/entry[@name='ethernet1/6']", "<layer2/>");
    fw.activate();
    CHECK(fw.op(show("<vlan>lab</vlan>")) ==
          answered("<total>1</total><entries><entry><vlan>lab</vlan><vif></vif><interface><member>ethernet1/6</member>"
                   "</interface></entry></entries>"));
    CHECK_THAT(fw.op(show("<vlan>none</vlan>")), Contains("'none' is not a valid reference"));
    CHECK_THAT(fw.op(show("<mac>all</mac>")), Contains("<total>0</total>"));
    CHECK_THAT(fw.op(show("<mac>none</mac>")), Contains("code=\"17\""));
    CHECK_THAT(fw.op(show("<neighbor><interface></interface></neighbor>")), Contains("<total>0</total>"));
}

TEST_CASE("zones are shown with what protects them", "[sim][panos][links]") {
    Bench fw;
    CHECK(fw.op(show("<zone-protection><zone>trust</zone></zone-protection>")) ==
          answered("<entry><zone>trust</zone><vsys>vsys1</vsys><profile></profile></entry>"));
    CHECK_THAT(fw.op(show("<zone-protection></zone-protection>")), Contains("<zone>untrust</zone>"));
    CHECK_THAT(fw.op(show("<zone-protection><zone>moon</zone></zone-protection>")),
               Contains("'moon' is not a valid reference"));
}

// ---- advanced routing -----------------------------------------------------------------------------------------------

TEST_CASE("the advanced routing engine runs after a restart that was asked for", "[sim][panos][routing]") {
    DeviceOptions with = options();
    with.version = "10.2.4";
    Bench fw(with);
    const std::string ask = show("<advanced-routing><route></route></advanced-routing>");
    const std::string info = show("<system><info></info></system>");
    CHECK(fw.op(ask) == failed("Advanced routing is not enabled"));
    fw.set(device + "/deviceconfig/setting", "<advance-routing>yes</advance-routing>");
    fw.set(device + "/network/logical-router/entry[@name='lr1']/vrf/entry[@name='default']",
           "<interface><member>ethernet1/2</member></interface><routing-table><ip><static-route><entry name=\"out\">"
           "<destination>0.0.0.0/0</destination><nexthop><ip-address>198.51.100.254</ip-address></nexthop>"
           "<interface>ethernet1/2</interface></entry></static-route></ip></routing-table>");
    fw.activate();
    CHECK(fw.op(ask) == failed("Advanced routing is not enabled"));
    CHECK_THAT(fw.op(info), Contains("<advanced-routing>off</advanced-routing>"));
    fw.op("<request><restart><system></system></restart></request>");
    fw.wait(240s);
    CHECK_THAT(fw.op(info), Contains("<advanced-routing>on</advanced-routing>"));
    fw.wait(60s);
    const std::string routes = fw.op(ask);
    CHECK_THAT(routes,
               Contains(R"(<json>{"lr1":{"0.0.0.0/0":[{"prefix":"0.0.0.0/0","protocol":"static","vrfName":"default",)"
                        R"("selected":true,"destSelected":true,"distance":10,"metric":10,"installed":true,)"
                        R"("uptime":"00:01:00","nexthops":[{"fib":true,"ip":"198.51.100.254","afi":"ipv4",)"
                        R"("interfaceName":"ethernet1/2","active":true}]}])") &&
                   Contains(R"("protocol":"connected")") && Contains(R"("directlyConnected":true)"));
    CHECK(fw.op(show("<advanced-routing><route><type>static</type><afi>ipv6</afi></route></advanced-routing>")) ==
          answered("<json>{}</json>"));
    CHECK_THAT(fw.op(show("<advanced-routing><fib></fib></advanced-routing>")),
               Contains("<vr>lr1</vr>") && Contains("<nexthop>198.51.100.254</nexthop>"));
    CHECK(fw.op(show("<advanced-routing><bgp><peer><status></status></peer></bgp></advanced-routing>")) ==
          answered("<json>{}</json>"));
}

TEST_CASE("releases before 10.2 have no advanced routing engine", "[sim][panos][routing]") {
    Bench fw;
    CHECK_THAT(fw.op(show("<advanced-routing><route></route></advanced-routing>")), Contains("code=\"17\""));
}
