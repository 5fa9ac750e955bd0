// What devices were seen to refuse, in their words: a mock that takes it lets a client through that fails on a device.
#include <catch2/catch.hpp>

#include "bench.hpp"
#include "sim/panos/configuration/schema.hpp"

using namespace sim::panos;
using namespace sim::panos::test;
using Catch::Contains;

namespace {

DeviceOptions running(const std::string& version) {
    DeviceOptions made = options();
    made.version = version;
    return made;
}

std::string refused(int code, const std::vector<std::string>& lines) {
    std::string out = "<response status=\"error\" code=\"" + std::to_string(code) + "\"><msg>";
    for (const std::string& line : lines) {
        out += "<line><![CDATA[ " + line + "]]></line>";
    }
    return out + "</msg></response>";
}

std::string rule_with(const std::string& source, const std::string& service = "<member>any</member>") {
    return "<from><member>any</member></from><to><member>any</member></to><source>" + source +
           "</source><destination><member>any</member></destination><application><member>any</member></application>"
           "<service>" +
           service + "</service><action>deny</action>";
}

const std::string category = vsys1 + "/profiles/custom-url-category/entry[@name='c']";

}  // namespace

TEST_CASE("a path that cannot be in the configuration is refused as a path", "[sim][panos][config]") {
    Bench fw;
    const auto unknown = [](const std::string& xpath) {
        return "<response status=\"error\" code=\"6\"><msg><line>Could not find schema node for xpath " + xpath +
               "</line></msg></response>";
    };
    const std::string device = "/config/devices/entry[@name='localhost.localdomain']";
    CHECK(fw.set(device + "/rulebase/security/rules", "<entry name=\"r\"/>") ==
          unknown(device + "/rulebase/security/rules"));
    CHECK(fw.set("/config/shared/security/rules", "<entry name=\"r\"/>") == unknown("/config/shared/security/rules"));
    CHECK(fw.set(device + "/device-group/entry[@name='g']/address", host("a", "192.0.2.1")) ==
          unknown(device + "/device-group/entry[@name='g']/address"));
    CHECK(fw.config("edit", address("a") + "/colour", "<colour>red</colour>") == unknown(address("a") + "/colour"));
    CHECK(fw.config("complete", device + "/rulebase/security") ==
          R"(<response status="error" code="6"><msg><line>Invalid sequence</line></msg></response>)");
    // What the element holds is another matter.
    CHECK(fw.set(address("a"), "<colour>red</colour>") == refused(12, {"a -> colour unexpected here", "a is invalid"}));
}

TEST_CASE("a rename is of one object, neither of none nor of several", "[sim][panos][config]") {
    Bench fw;
    fw.set(addresses, host("a", "192.0.2.1") + host("b", "192.0.2.2"));
    const std::string not_one =
        R"(<response status="error" code="8"><msg><line>Can rename only one obj at a time</line></msg></response>)";
    CHECK(fw.config("rename", address("none"), "", {{"newname", "x"}}) == not_one);
    CHECK(fw.config("rename", addresses + "/entry[@name='a' or @name='b']", "", {{"newname", "x"}}) == not_one);
    CHECK(fw.config("rename", addresses, "", {{"newname", "x"}}) == not_one);
    CHECK(fw.config("rename", address("a"), "", {{"newname", "x"}}) == done);
}

TEST_CASE("any stands alone in a rule's addresses and services from 10.1 on", "[sim][panos][config]") {
    Bench fw;
    fw.set(addresses, host("a", "192.0.2.1"));
    CHECK(fw.set(rule("r"), rule_with("<member>any</member><member>a</member>")) ==
          refused(12, {"r -> source  is invalid. 'any' should not be used with another source", "r is invalid"}));
    CHECK(fw.set(rule("r"), rule_with("<member>a</member>",
                                      "<member>application-default</member><member>service-http</member>")) ==
          refused(12, {"r -> service  is invalid. 'application-default' should not be used with another service",
                       "r is invalid"}));
    REQUIRE(fw.set(rule("r"), rule_with("<member>any</member>")) == done);
    // A set merges: what is there already counts.
    CHECK_THAT(fw.set(rule("r") + "/source", "<member>a</member>"), Contains("'any' should not be used with another"));
    CHECK_THAT(fw.config("get", rule("r") + "/source"), !Contains(">a<"));

    Bench old(running("10.0"));
    old.set(addresses, host("a", "192.0.2.1"));
    CHECK(old.set(rule("r"), rule_with("<member>any</member><member>a</member>")) == done);
}

TEST_CASE("an address that is none is refused as one, in objects and in rules", "[sim][panos][config]") {
    Bench fw;
    CHECK(fw.set(address("a"), "<ip-netmask>not-an-ip</ip-netmask>") ==
          refused(12, {"a -> ip-netmask not-an-ip is an invalid ipv4/v6 address", "a -> ip-netmask is invalid"}));
    CHECK(fw.set(address("a"), "<ip-range>192.0.2.1</ip-range>") ==
          refused(12, {"a -> ip-range 192.0.2.1 range separator('-') not found", "a -> ip-range is invalid"}));
    CHECK(fw.set(address("a"), "<ip-range>x-192.0.2.1</ip-range>") ==
          refused(12, {"a -> ip-range x-192.0.2.1 invalid range start IP", "a -> ip-range is invalid"}));
    CHECK(fw.set(rule("r"), rule_with("<member>web-servers</member>")) ==
          refused(12, {"r -> source 'web-servers' is not an allowed keyword",
                       "r -> source web-servers is an invalid ipv4/v6 address",
                       "r -> source web-servers invalid range start IP",
                       "r -> source 'web-servers' is not a valid reference", "r -> source is invalid"}));
}

TEST_CASE("names that rules use for something else are taken", "[sim][panos][config]") {
    Bench fw;
    CHECK(fw.set(address("any"), "<ip-netmask>192.0.2.1</ip-netmask>") ==
          refused(12, {"address -> any constraints failed : 'any' is not allowed"}));
    CHECK_THAT(fw.set(vsys1 + "/service/entry[@name='application-default']",
                      "<protocol><tcp><port>80</port></tcp></protocol>"),
               Contains("'application-default' is not allowed"));
}

TEST_CASE("a service and a group of services do not share a name", "[sim][panos][config]") {
    Bench fw;
    const std::string tcp = "<protocol><tcp><port>80</port></tcp></protocol>";
    REQUIRE(fw.set(vsys1 + "/service/entry[@name='web']", tcp) == done);
    CHECK(fw.set(vsys1 + "/service-group/entry[@name='web']", "<members><member>service-https</member></members>") ==
          refused(12, {"service-group -> web 'web' is already in use"}));
    REQUIRE(fw.set(vsys1 + "/service-group/entry[@name='all']", "<members><member>web</member></members>") == done);
    CHECK(fw.set(vsys1 + "/service/entry[@name='all']", tcp) ==
          refused(12, {"service -> all 'all' is already in use"}));
}

TEST_CASE("text where only elements belong is unexpected", "[sim][panos][config]") {
    Bench fw;
    const std::string entry = host("a", "192.0.2.1");
    CHECK(fw.set(vsys1, "<address>stray" + entry + "</address>") ==
          refused(12, {"vsys1 -> address has unexpected text."}));
    CHECK_THAT(fw.set(addresses, "<entry name=\"a\">stray<ip-netmask>192.0.2.1</ip-netmask></entry>"),
               Contains("a has unexpected text."));
    CHECK_THAT(fw.set(group("g"), "<static>a</static>"), Contains("g -> static has unexpected text."));
    CHECK(fw.set(vsys1, "<address>\n  " + entry + "\n</address>") == done);
}

TEST_CASE("a release refuses what came later, and what it no longer has", "[sim][panos][config]") {
    Bench old(running("8.1"));
    CHECK(old.set(address("w"), "<ip-wildcard>10.0.0.1/0.0.255.0</ip-wildcard>") ==
          refused(12, {"w -> ip-wildcard unexpected here", "w is invalid"}));
    CHECK(old.set(rule("r"), rule_with("<member>any</member>") + "<hip-profiles><member>any</member></hip-profiles>") ==
          done);
    CHECK_THAT(old.set(rule("r"), "<group-tag>t</group-tag>"), Contains("group-tag unexpected here"));
    CHECK(old.set(category, "<list><member>example.com</member></list>") == done);
    CHECK_THAT(old.set(category, "<type>URL List</type>"), Contains("c -> type unexpected here"));

    Bench fw;  // 10.1
    CHECK(fw.set(address("w"), "<ip-wildcard>10.0.0.1/0.0.255.0</ip-wildcard>") == done);
    CHECK_THAT(
        fw.set(rule("r"), rule_with("<member>any</member>") + "<hip-profiles><member>any</member></hip-profiles>"),
        Contains("r -> hip-profiles unexpected here"));
    CHECK(fw.set(rule("r"), rule_with("<member>any</member>") + "<source-hip><member>any</member></source-hip>") ==
          done);
    CHECK(fw.set(category, "<list><member>yahoo.com</member></list>") ==
          refused(12, {"c -> list 'yahoo.com' is invalid. custom-url-category entry has to be type specified",
                       "c -> list is invalid"}));
    CHECK(fw.set(category, "<list><member>yahoo.com</member></list><type>URL List</type>") == done);
    CHECK_THAT(fw.set(category, "<type>Other</type>"), Contains("'Other' is not an allowed keyword"));
}

TEST_CASE("how long a name may be depends on what it names, and on the release", "[sim][panos][config]") {
    const std::string thirty_two(32, 'z');
    Bench fw;
    CHECK(fw.set(vsys1 + "/zone/entry[@name='" + thirty_two + "']", "<network><layer3/></network>") ==
          refused(12, {thirty_two + " can be at most 31 characters, but current length: 32"}));
    CHECK(fw.set(rule(thirty_two), rule_with("<member>any</member>")) == done);
    CHECK(fw.set(vsys1 + "/external-list/entry[@name='" + thirty_two + "']",
                 "<type><ip><url>http://lists.example.com/x</url><recurring><hourly/></recurring></ip></type>") ==
          done);
    CHECK_THAT(fw.set(rule(std::string(64, 'r')), rule_with("<member>any</member>")), Contains("at most 63"));

    Bench old(running("8.0"));
    CHECK_THAT(old.set(rule(thirty_two), rule_with("<member>any</member>")), Contains("at most 31 characters"));
}

TEST_CASE("from 11.2 on a number out of range is told in a line inside of a line", "[sim][panos][config]") {
    const std::string port =
        "/config/devices/entry[@name='localhost.localdomain']/network/interface/ethernet/entry[@name='ethernet1/1']";
    const std::string element = "<layer3><mtu>99999</mtu></layer3>";
    Bench fw(running("11.2"));
    CHECK_THAT(fw.set(port, element),
               Contains("<msg><line><line><![CDATA[ ethernet1/1 -> layer3 -> mtu value=99999 should "
                        "be equal to or between 576 and 9216]]></line></line>"));
    Bench old(running("11.1"));
    CHECK_THAT(old.set(port, element), Contains("<msg><line><![CDATA[ ethernet1/1"));
}

TEST_CASE("an address without a value fails at the commit and says what it could have had", "[sim][panos][commit]") {
    Bench fw;
    REQUIRE(fw.set(address("a"), "<description>nothing yet</description>") == done);
    fw.activate();
    CHECK_THAT(fw.job(2), Contains("<result>FAIL</result>") &&
                              Contains("address -> a is missing one of ip-netmask, ip-range, ip-wildcard or fqdn"));
}

TEST_CASE("services over the model's limits are refused by the commit", "[sim][panos][commit]") {
    DeviceOptions small = options();
    small.model = "PA-220";
    Bench fw(small);
    const auto fill = [&fw](const std::string& container, std::size_t count, const std::string& inside) {
        std::string entries;
        for (std::size_t i = 0; i < count; ++i) {
            entries += "<entry name=\"s" + std::to_string(i) + "\">" + inside + "</entry>";
        }
        return fw.set(vsys1 + "/" + container, entries);
    };
    const Limits limits = limits_of("PA-220");
    REQUIRE(fill("service", limits.services + 1, "<protocol><tcp><port>80</port></tcp></protocol>") == done);
    fw.activate();
    CHECK_THAT(fw.job(2), Contains("<result>FAIL</result>") &&
                              Contains("Number of services (" + std::to_string(limits.services + 1) + ") exceeds"));
    std::string members;
    for (std::size_t i = 0; i <= limits.services_per_group; ++i) {
        members += "<member>s" + std::to_string(i) + "</member>";
    }
    fw.config("delete", vsys1 + "/service/entry[@name='s" + std::to_string(limits.services) + "']");
    REQUIRE(fw.set(vsys1 + "/service-group/entry[@name='all']", "<members>" + members + "</members>") == done);
    fw.activate();
    CHECK_THAT(fw.job(3), Contains("<result>FAIL</result>") && Contains("all -> members exceeds the maximum of"));
}

TEST_CASE("a partial commit names a vsys that there is", "[sim][panos][commit]") {
    Bench fw;
    fw.set(addresses, host("a", "192.0.2.1"));
    CHECK(fw.commit("<commit><partial><vsys><member>vsys9</member></vsys></partial></commit>") ==
          refused(17, {"commit -> partial -> vsys 'vsys9' is not a valid reference",
                       "commit -> partial -> vsys is invalid"}));
    CHECK_THAT(fw.commit("<commit><partial><vsys><member>vsys1</member></vsys></partial></commit>"),
               Contains("Commit job enqueued"));
}

TEST_CASE("a document holds one command", "[sim][panos][op]") {
    Bench fw;
    CHECK_THAT(fw.op("<show><system><info/><state/></system></show>"),
               Contains("code=\"17\"") && Contains(" show -> system -> state unexpected here"));
    CHECK_THAT(fw.op("<show><clock/><system><info/></system></show>"), Contains("code=\"17\""));
}

TEST_CASE("operational commands have no completion", "[sim][panos][op]") {
    Bench fw;
    const std::string none =
        R"(<response status="error" code="17"><msg><line>No completions available</line></msg></response>)";
    CHECK(fw.post({{"type", "op"}, {"action", "complete"}, {"cmd", "<show></show>"}}).body == none);
    CHECK(fw.post({{"type", "op"}, {"action", "complete"}}).body == none);
}

TEST_CASE("show config running takes an xpath, from the root or below it", "[sim][panos][op]") {
    Bench fw;
    fw.set(addresses, host("a", "192.0.2.1"));
    fw.activate();
    fw.set(addresses, host("b", "192.0.2.2"));
    const auto ask = [&fw](const std::string& of, const std::string& xpath) {
        return fw.op("<show><config><" + of + "><xpath>" + xpath + "</xpath></" + of + "></config></show>");
    };
    const std::string below = "devices/entry[@name='localhost.localdomain']/vsys/entry[@name='vsys1']/address";
    CHECK_THAT(ask("running", below),
               Contains("<result><address>") && Contains("name=\"a\"") && !Contains("name=\"b\""));
    CHECK(ask("running", below) == ask("running", "/config/" + below));
    CHECK_THAT(ask("candidate", below), Contains("name=\"b\"") && !Contains("dirtyId"));
    CHECK(ask("running", below + "/entry[@name='none']") ==
          R"(<response status="error"><msg><line>No such node</line></msg></response>)");
}

TEST_CASE("commands on the data plane answer for a device without traffic", "[sim][panos][op]") {
    Bench fw;
    const std::string device = "/config/devices/entry[@name='localhost.localdomain']";
    REQUIRE(fw.set(device + "/network/interface/ethernet/entry[@name='ethernet1/1']",
                   "<layer3><ip><entry name=\"192.0.2.1/24\"/></ip></layer3>") == done);
    REQUIRE(fw.set(device + "/network/virtual-router/entry[@name='vr']",
                   "<interface><member>ethernet1/1</member></interface><routing-table><ip><static-route>"
                   "<entry name=\"out\"><destination>0.0.0.0/0</destination><nexthop><ip-address>192.0.2.254"
                   "</ip-address></nexthop><interface>ethernet1/1</interface></entry></static-route></ip>"
                   "</routing-table>") == done);
    fw.activate();
    CHECK_THAT(
        fw.op("<show><routing><fib/></routing></show>"),
        Contains("<vr>vr</vr>") &&
            Contains("<dst>0.0.0.0/0</dst><interface>ethernet1/1</interface><nh_type>0</nh_type><flags>ug</flags>"
                     "<nexthop>192.0.2.254</nexthop><mtu>1500</mtu>"));
    CHECK_THAT(fw.op("<show><routing><summary/></routing></show>"),
               Contains("<Static-Routes><total>1</total></Static-Routes><Connect-Routes><total>"));
    CHECK_THAT(fw.op("<show><running><tunnel><flow><all/></flow></tunnel></running></show>"),
               Contains("<IPSec/><SSL-VPN/>"));
    CHECK_THAT(fw.op("<show><vpn><ipsec-sa/></vpn></show>"), Contains("<ntun>0</ntun>"));
    CHECK_THAT(
        fw.op("<show><running><resource-monitor><minute><last>2</last></minute></resource-monitor></running></show>"),
        Contains("<dp0><minute><cpu-load-average><entry><coreid>0</coreid><value>0,0</value>") && !Contains("<hour>"));
    CHECK_THAT(
        fw.op("<show><running><resource-monitor><minute><last>61</last></minute></resource-monitor></running></show>"),
        Contains("code=\"17\"") && Contains("between 1 and 60"));
    CHECK_THAT(fw.op("<show><user><user-id-service><status/></user-id-service></user></show>"),
               Contains("User id service:"));
}

TEST_CASE("an interface stays while a zone, a router or a vsys names it", "[sim][panos][config]") {
    Bench fw;
    const std::string network = "/config/devices/entry[@name='localhost.localdomain']/network";
    const std::string port = network + "/interface/ethernet/entry[@name='ethernet1/5']";
    REQUIRE(fw.set(port, "<layer3><units><entry name=\"ethernet1/5.7\"><tag>7</tag></entry></units></layer3>") == done);
    CHECK(fw.set(vsys1 + "/import/network/interface", "<member>ethernet1/5</member>") == done);
    CHECK(fw.set(vsys1 + "/zone/entry[@name='z']",
                 "<network><layer3><member>ethernet1/5.7</member></layer3></network>") == done);
    CHECK(fw.set(network + "/virtual-router/entry[@name='v']", "<interface><member>ethernet1/5</member></interface>") ==
          done);
    const std::string answer = fw.config("delete", port);
    CHECK_THAT(answer, Contains("code=\"10\"") && Contains("<line> zone -> z -> network -> layer3</line>") &&
                           Contains("<line> virtual-router -> v -> interface</line>") &&
                           Contains("<line> import -> network -> interface</line>"));
    CHECK_THAT(fw.config("get", port), Contains("ethernet1/5.7"));
    CHECK_THAT(fw.config("delete", port + "/layer3/units/entry[@name='ethernet1/5.7']"), Contains("zone -> z"));
    fw.config("delete", vsys1 + "/zone/entry[@name='z']");
    fw.config("delete", network + "/virtual-router/entry[@name='v']");
    fw.config("delete", vsys1 + "/import/network/interface/member[text()='ethernet1/5']");
    CHECK(fw.config("delete", port) == done);
}
