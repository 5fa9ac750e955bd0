// What is refused when it is set, and what only when it is committed, of objects around blocking.
#include <catch2/catch.hpp>

#include "bench.hpp"
#include "sim/panos/configuration/predefined.hpp"

using namespace sim::panos;
using namespace sim::panos::test;
using Catch::Contains;

namespace {

std::string refusal(const std::vector<std::string>& lines, int code = 12) {
    std::string out = "<response status=\"error\" code=\"" + std::to_string(code) + "\"><msg>";
    for (const std::string& line : lines) {
        out += "<line><![CDATA[ " + line + "]]></line>";
    }
    return out + "</msg></response>";
}

const std::string device = "/config/devices/entry[@name='localhost.localdomain']";

std::string list(const std::string& name) {
    return vsys1 + "/external-list/entry[@name='" + name + "']";
}
std::string service(const std::string& name) {
    return vsys1 + "/service/entry[@name='" + name + "']";
}

}  // namespace

TEST_CASE("a dynamic group's filter must parse", "[sim][panos][config]") {
    Bench fw;
    for (const std::string good :
         {"'a'", "a", "'a' and 'b'", "'a' or ('b' and not 'c d')", "\"a\" AND b", "not 'a'", "('a')", "'and'"}) {
        INFO(good);
        CHECK(fw.set(group("g"), "<dynamic><filter>" + good + "</filter></dynamic>") == done);
    }
    for (const std::string bad : {"'a' and", "and 'a'", "('a'", "'a')", "'a' 'b'", "''", "'a", "()", ""}) {
        INFO(bad);
        CHECK(fw.set(group("g"), "<dynamic><filter>" + bad + "</filter></dynamic>") ==
              refusal(
                  {"g -> dynamic -> filter '" + bad + "' is not a valid filter", "g -> dynamic -> filter is invalid"}));
    }
    CHECK_THAT(fw.set(group("g"), "<dynamic><filter>" + std::string(200, '(') + "</filter></dynamic>"),
               Contains("code=\"12\""));
}

TEST_CASE("external lists have one type, a source and a time of refresh", "[sim][panos][config]") {
    Bench fw;
    const std::string url = "<url>http://lists.example.com/bad.txt</url>";
    CHECK(fw.set(list("l"), "<type><ip>" + url + "<recurring><five-minute/></recurring></ip></type>") == done);
    CHECK(fw.set(list("d"), "<type><domain>" + url +
                                "<recurring><daily><at>03</at></daily></recurring><expand-domain>yes</expand-domain>"
                                "</domain></type>") == done);
    CHECK(fw.set(list("p"), "<type><predefined-ip><url>panw-known-ip-list</url></predefined-ip></type>") == done);
    CHECK_THAT(fw.set(list("x"), "<type><ip>" + url + "<recurring><fortnightly/></recurring></ip></type>"),
               Contains("x -> type -> ip -> recurring -> fortnightly unexpected here"));
    CHECK_THAT(fw.set(list("x"), "<type><colour>" + url + "</colour></type>"), Contains("colour unexpected here"));
    CHECK_THAT(fw.set(list("x"), "<type><ip>" + url + "<recurring><daily><at>24</at></daily></recurring></ip></type>"),
               Contains("x -> type -> ip -> recurring -> daily -> at '24' is not an allowed keyword"));
    CHECK(fw.set(list("x"),
                 "<type><ip>" + url +
                     "<recurring><monthly><day-of-month>32</day-of-month></monthly></recurring></ip></type>") ==
          refusal({"x -> type -> ip -> recurring -> monthly -> day-of-month value=32 should be equal to or between 1 "
                   "and 31"}));
    REQUIRE(fw.set(list("x"), "<type><ip><description>no source</description></ip></type>") == done);
    fw.activate();
    CHECK_THAT(fw.job(2),
               Contains("<result>FAIL</result>") && Contains("external-list -> x -> type -> ip is missing 'url'"));
}

TEST_CASE("a rule can name an external list and keeps it from being deleted", "[sim][panos][config]") {
    Bench fw;
    fw.set(list("l"), "<type><ip><url>http://lists.example.com/a</url></ip></type>");
    CHECK(fw.config("edit", rule("outbound") + "/destination", "<destination><member>l</member></destination>") ==
          done);
    CHECK_THAT(fw.config("delete", list("l")), Contains("code=\"10\"") && Contains("rules -> outbound -> destination"));
}

TEST_CASE("services have ports, and a protocol when they are committed", "[sim][panos][config]") {
    Bench fw;
    CHECK(fw.set(service("web"), "<protocol><tcp><port>80,443,8000-8080</port></tcp></protocol>") == done);
    CHECK(fw.set(service("x"), "<protocol><tcp><port>80-</port></tcp></protocol>") ==
          refusal({"x -> protocol -> tcp -> port is invalid"}));
    CHECK_THAT(fw.set(service("x"), "<protocol><udp><port>65536</port></udp></protocol>"), Contains("code=\"12\""));
    CHECK_THAT(fw.set(service("x"), "<protocol><icmp/></protocol>"), Contains("x -> protocol -> icmp unexpected here"));
    CHECK(fw.config("edit", rule("outbound") + "/service", "<service><member>web</member></service>") == done);
    CHECK_THAT(fw.config("delete", service("web")), Contains("rules -> outbound -> service"));
    CHECK(fw.set(service("x"), "<description>empty</description>") == done);
    fw.activate();
    CHECK_THAT(fw.job(2), Contains("service -> x is missing 'protocol'"));
}

TEST_CASE("schedules are times of a day, by weekday, or from moment to moment", "[sim][panos][config]") {
    Bench fw;
    const std::string schedule = vsys1 + "/schedule/entry[@name='s']/schedule-type";
    CHECK(fw.set(schedule, "<recurring><daily><member>08:00-17:30</member></daily></recurring>") == done);
    CHECK(fw.config("edit", schedule,
                    "<schedule-type><recurring><weekly><monday><member>00:00-23:59</member></monday></weekly>"
                    "</recurring></schedule-type>") == done);
    CHECK(fw.config("edit", schedule,
                    "<schedule-type><non-recurring><member>2026/01/31@08:00-2026/02/01@09:00</member></non-recurring>"
                    "</schedule-type>") == done);
    CHECK_THAT(fw.set(schedule, "<recurring><daily><member>25:00-26:00</member></daily></recurring>"),
               Contains("'25:00-26:00' is not a valid time range"));
    CHECK_THAT(fw.set(schedule, "<non-recurring><member>tomorrow</member></non-recurring>"), Contains("code=\"12\""));
    CHECK_THAT(fw.set(schedule, "<recurring><weekly><someday/></weekly></recurring>"), Contains("unexpected here"));
}

TEST_CASE("a rule names only applications, categories, profiles and log settings that there are",
          "[sim][panos][config]") {
    Bench fw;
    const auto set = [&fw](const std::string& element) { return fw.set(rule("outbound"), element); };
    CHECK(set("<application><member>ssl</member><member>web-browsing</member><member>dns</member></application>") ==
          done);
    CHECK(set("<application><member>warez-now</member></application>") ==
          refusal({"outbound -> application 'warez-now' is not an allowed keyword",
                   "outbound -> application 'warez-now' is not a valid reference",
                   "outbound -> application is invalid"}));
    CHECK(set("<category><member>malware</member></category>") == done);
    CHECK(set("<category><member>hacking1</member></category>") ==
          refusal({"outbound -> category 'hacking1' is not an allowed keyword",
                   "outbound -> category 'hacking1' is not a valid reference", "outbound -> category is invalid"}));
    CHECK(set("<schedule>never</schedule>") ==
          refusal({"outbound -> schedule 'never' is not a valid reference", "outbound -> schedule is invalid"}));
    CHECK(set("<log-setting>lfp</log-setting>") ==
          refusal({"outbound -> log-setting 'lfp' is not a valid reference", "outbound -> log-setting is invalid"}));
    CHECK(fw.set("/config/shared/log-settings/profiles/entry[@name='lfp']", "<description>all</description>") == done);
    CHECK(set("<log-setting>lfp</log-setting>") == done);
    CHECK(set("<profile-setting><profiles><virus><member>default</member></virus></profiles></profile-setting>") ==
          done);
    CHECK(set("<profile-setting><profiles><virus><member>mine</member></virus></profiles></profile-setting>") ==
          refusal({"outbound -> profile-setting -> profiles -> virus 'mine' is not a valid reference",
                   "outbound -> profile-setting -> profiles -> virus is invalid"}));
    CHECK(fw.set(vsys1 + "/profiles/virus/entry[@name='mine']", "<description>d</description>") == done);
    CHECK(set("<profile-setting><profiles><virus><member>mine</member></virus></profiles></profile-setting>") == done);
    CHECK_THAT(set("<profile-setting><group><member>pg</member></group></profile-setting>"), Contains("'pg'"));
    CHECK_THAT(set("<action>block</action>"), Contains("is not an allowed keyword"));
    CHECK_THAT(set("<rule-type>sideways</rule-type>"), Contains("is not an allowed keyword"));
    CHECK_THAT(set("<negate-source>maybe</negate-source>"), Contains("is not an allowed keyword"));
    CHECK_THAT(set("<colour>red</colour>"), Contains("outbound -> colour unexpected here"));
    CHECK_THAT(fw.config("delete", "/config/shared/log-settings/profiles/entry[@name='lfp']"),
               Contains("code=\"10\"") && Contains("outbound -> log-setting"));
}

TEST_CASE("applications and groups of them can be made and named", "[sim][panos][config]") {
    Bench fw;
    CHECK(fw.set(vsys1 + "/application/entry[@name='ours']", "<category>business-systems</category>") == done);
    CHECK(fw.set(vsys1 + "/application-group/entry[@name='both']",
                 "<members><member>ours</member><member>ssh</member></members>") == done);
    CHECK(fw.set(rule("outbound") + "/application", "<member>both</member>") == done);
    CHECK_THAT(fw.config("delete", vsys1 + "/application/entry[@name='ours']"),
               Contains("application-group -> both -> members -> ours"));
    CHECK_THAT(fw.config("delete", vsys1 + "/application-group/entry[@name='both']"),
               Contains("rules -> outbound -> application"));
}

TEST_CASE("what comes with the device can be read and not changed", "[sim][panos][config]") {
    Bench fw;
    const std::string ssl = "/config/predefined/application/entry[@name='ssl']";
    CHECK_THAT(fw.config("get", ssl), Contains("count=\"1\"") && Contains("<technology>browser-based</technology>") &&
                                          Contains("<member>tcp/443</member>"));
    CHECK_THAT(fw.config("show", ssl), Contains("<entry name=\"ssl\">"));
    CHECK_THAT(fw.config("get", "/config/predefined/application/entry[@name='ssl' or @name='dns' or @name='none']"),
               Contains("count=\"2\""));
    CHECK_THAT(fw.config("get", "/config/predefined/application/entry[@name='none']"), Contains("code=\"7\""));
    CHECK_THAT(fw.config("get", "/config/predefined/threats/vulnerability/entry[@name='36729']/cve"),
               Contains("<member>CVE-2014-6271</member>"));
    CHECK_THAT(fw.op("<show><predefined><xpath>/predefined/threats/phone-home</xpath></predefined></show>"),
               Contains("<threatname>Suspicious User-Agent Strings</threatname>"));
    CHECK_THAT(fw.config("get", "/config/predefined/service/entry[@name='service-https']"),
               Contains("<port>443</port>"));
    CHECK_THAT(fw.config("get", "/config"), !Contains("<predefined>"));
    CHECK_THAT(fw.config("delete", ssl), Contains("code=\"7\""));
    CHECK(is_predefined_application("ping"));
    CHECK_FALSE(is_predefined_application("Ping"));
}

TEST_CASE("zones, routers and a vsys name only interfaces that there are", "[sim][panos][config]") {
    Bench fw;
    const std::string zone = vsys1 + "/zone/entry[@name='dmz']";
    CHECK(fw.set(zone, "<network><layer3><member>ethernet1/9</member></layer3></network>") ==
          refusal({"dmz -> network -> layer3 'ethernet1/9' is not a valid reference",
                   "dmz -> network -> layer3 is invalid"}));
    CHECK(fw.set(device + "/network/interface/ethernet/entry[@name='ethernet1/9']",
                 "<layer3><ip><entry name='10.9.0.1/24'/></ip><units><entry name='ethernet1/9.5'><tag>5</tag></entry>"
                 "</units></layer3>") == done);
    CHECK(fw.set(zone,
                 "<network><layer3><member>ethernet1/9</member><member>ethernet1/9.5</member></layer3></network>") ==
          done);
    CHECK_THAT(fw.set(device + "/network/virtual-router/entry[@name='default']/interface", "<member>tunnel.7</member>"),
               Contains("'tunnel.7' is not a valid reference"));
    CHECK(fw.set(device + "/network/interface/tunnel/units/entry[@name='tunnel.7']", "<comment>c</comment>") == done);
    CHECK(fw.set(device + "/network/virtual-router/entry[@name='default']/interface", "<member>tunnel.7</member>") ==
          done);
    CHECK_THAT(fw.set(vsys1 + "/import/network/interface", "<member>ethernet1/77</member>"),
               Contains("'ethernet1/77' is not a valid reference"));
    CHECK_THAT(fw.set(device + "/network/interface/ethernet/entry[@name='eth0']", "<layer3/>"), Contains("is invalid"));
}

TEST_CASE("routes, interfaces and the system have values that fit", "[sim][panos][config]") {
    Bench fw;
    const std::string route =
        device + "/network/virtual-router/entry[@name='default']/routing-table/ip/static-route/entry[@name='r']";
    CHECK(fw.set(route,
                 "<destination>0.0.0.0/0</destination><nexthop><ip-address>192.0.2.254</ip-address></nexthop>"
                 "<metric>10</metric>") == done);
    CHECK_THAT(fw.set(route, "<destination>10.0.0.0/64</destination>"),
               Contains("is not a valid IP address or netmask"));
    CHECK_THAT(fw.set(route, "<metric>0</metric>"), Contains("value=0 should be equal to or between 1 and 65535"));
    const std::string system = device + "/deviceconfig/system";
    CHECK(fw.set(system, "<hostname>fw-1</hostname><default-gateway>192.0.2.1</default-gateway>") == done);
    CHECK_THAT(fw.set(system, "<default-gateway>gateway</default-gateway>"), Contains("is not a valid IP address"));
    CHECK_THAT(fw.set(system, "<hostname>fw 1</hostname>"), Contains("is not a valid hostname"));
    CHECK(fw.set(system,
                 "<login-banner>Keep out</login-banner><dns-setting><servers><primary>192.0.2.53</primary>"
                 "</servers></dns-setting>") == done);
}

TEST_CASE("well-formed elements are taken where nothing is known of them", "[sim][panos][config]") {
    Bench fw;
    CHECK(
        fw.set(vsys1 + "/profiles/spyware/entry[@name='p']",
               "<botnet-domains><lists><entry name='default-paloalto-dns'><action><sinkhole/></action></entry></lists>"
               "</botnet-domains>") == done);
    CHECK(fw.set(device + "/network/profiles/zone-protection-profile/entry[@name='z']", "<flood><tcp-syn/></flood>") ==
          done);
    CHECK(fw.set("/config/mgt-config/password-complexity", "<enabled>yes</enabled>") == done);
    fw.activate();
    CHECK_THAT(fw.job(2), Contains("<result>OK</result>"));
}

TEST_CASE("a commit finds what dangles in loaded configurations", "[sim][panos][commit]") {
    Bench fw;
    fw.set(vsys1 + "/schedule/entry[@name='s']",
           "<schedule-type><recurring><daily><member>08:00-17:30</member></daily></recurring></schedule-type>");
    fw.set(rule("outbound"), "<schedule>s</schedule>");
    fw.activate();
    fw.as("bridge").config("delete", rule("outbound") + "/schedule");
    fw.as("admin").config("delete", vsys1 + "/schedule/entry[@name='s']");
    fw.commit(own_commit("admin"));
    fw.wait(std::chrono::seconds(60));
    CHECK_THAT(fw.job(3), Contains("<result>FAIL</result>") &&
                              Contains("rules -> outbound -> schedule 's' is not a valid reference"));
}

TEST_CASE("a rule may name a whole application where the device knows its parts", "[sim][panos][config]") {
    Bench fw;
    const auto applications = [&fw](const std::string& name) {
        return fw.set(rule("outbound"), "<application><member>" + name + "</member></application>");
    };
    CHECK(applications("gmail") == done);
    CHECK(applications("gmail-base") == done);
    CHECK(applications("gnail") != done);
}

TEST_CASE("show without an xpath gives the whole running configuration", "[sim][panos][config]") {
    Bench fw;
    const std::string all = fw.post({{"type", "config"}, {"action", "show"}}).body;
    CHECK(all == fw.config("show", "/config"));
    CHECK(all.find("<deviceconfig>") != std::string::npos);
}
