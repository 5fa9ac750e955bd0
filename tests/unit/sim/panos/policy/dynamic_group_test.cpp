#include <catch2/catch.hpp>
#include <fstream>

#include "bench.hpp"
#include "recorded.hpp"

using namespace sim::panos;
using namespace sim::panos::test;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

const std::string any_rule =
    "<from><member>any</member></from><to><member>any</member></to><source><member>any</member></source>"
    "<service><member>any</member></service><application><member>any</member></application>";

std::string deny(const std::string& destination) {
    return any_rule + "<destination><member>" + destination + "</member></destination><action>deny</action>";
}

// A firewall with a dynamic group that a rule above the others denies.
struct Blocking : Bench {
    explicit Blocking(const std::string& filter, DeviceOptions with = options()) : Bench(std::move(with)) {
        set(group("dag"), "<dynamic><filter>" + filter + "</filter></dynamic>");
        set(rule("block"), deny("dag"));
        config("move", rule("block"), "", {{"where", "top"}});
        activate();
    }

    void tag(const std::string& ip, const std::vector<std::string>& tags, const std::string& what = "register") {
        std::string members;
        for (const std::string& each : tags) {
            members += "<member>" + each + "</member>";
        }
        post({{"type", "user-id"},
              {"cmd", "<uid-message><type>update</type><payload><" + what + "><entry ip=\"" + ip + "\"><tag>" +
                          members + "</tag></entry></" + what + "></payload></uid-message>"}});
    }
    std::string show(const std::string& what = "<all/>") {
        return op("<show><object><dynamic-address-group>" + what + "</dynamic-address-group></object></show>");
    }
    Verdict verdict(const std::string& to) {
        Flow flow;
        flow.from = "192.0.2.10";
        flow.to = to;
        return device->verdict(flow, now);
    }
};

}  // namespace

TEST_CASE("a registered address is blocked at once, without a commit", "[sim][panos][dynamic]") {
    Blocking fw("'malicious'");
    CHECK_FALSE(fw.device->blocks("203.0.113.5"));
    fw.tag("203.0.113.5", {"malicious"});
    CHECK(fw.device->blocks("203.0.113.5"));
    CHECK(fw.verdict("203.0.113.5").rule == "block");
    CHECK(fw.verdict("203.0.113.5").object == "dag -> 203.0.113.5");
    CHECK_FALSE(fw.device->blocks("203.0.113.6"));
    fw.tag("203.0.113.5", {"malicious"}, "unregister");
    CHECK_FALSE(fw.device->blocks("203.0.113.5"));
}

TEST_CASE("a registered subnet blocks the addresses in it", "[sim][panos][dynamic]") {
    Blocking fw("'malicious'");
    fw.tag("203.0.113.0/24", {"malicious"});
    fw.tag("198.51.100.5-198.51.100.7", {"malicious"});
    fw.tag("2001:db8::5", {"malicious"});
    CHECK(fw.verdict("203.0.113.200").object == "dag -> 203.0.113.0/24");
    CHECK(fw.device->blocks("198.51.100.6"));
    CHECK_FALSE(fw.device->blocks("198.51.100.8"));
    CHECK(fw.device->blocks("2001:DB8:0::5"));
}

TEST_CASE("a new filter counts when it is committed", "[sim][panos][dynamic]") {
    Blocking fw("'malicious'");
    fw.tag("203.0.113.5", {"risky"});
    fw.config("edit", group("dag"),
              "<entry name=\"dag\"><dynamic><filter>'malicious' or 'risky'</filter></dynamic></entry>");
    CHECK_FALSE(fw.device->blocks("203.0.113.5"));
    fw.activate();
    CHECK(fw.device->blocks("203.0.113.5"));
}

TEST_CASE("address objects with tags are members from the commit on", "[sim][panos][dynamic]") {
    Blocking fw("'malicious' and not 'ours'");
    fw.set(vsys1 + "/tag", "<entry name=\"malicious\"/><entry name=\"ours\"/>");
    fw.set(addresses,
           "<entry name=\"evil\"><ip-netmask>203.0.113.0/28</ip-netmask><tag><member>malicious</member></tag>"
           "</entry><entry name=\"mine\"><ip-netmask>203.0.113.64/28</ip-netmask><tag>"
           "<member>malicious</member><member>ours</member></tag></entry>");
    CHECK_FALSE(fw.device->blocks("203.0.113.3"));
    fw.activate();
    CHECK(fw.verdict("203.0.113.3").object == "dag -> evil");
    CHECK_FALSE(fw.device->blocks("203.0.113.65"));
}

TEST_CASE("dynamic groups count within static ones, and shared ones", "[sim][panos][dynamic]") {
    Blocking fw("'a'");
    const std::string shared_group = "/config/shared/address-group/entry[@name='common']";
    fw.set(shared_group, "<dynamic><filter>'b'</filter></dynamic>");
    fw.set(group("outer"), "<static><member>dag</member><member>common</member></static>");
    fw.config("edit", rule("block") + "/destination", "<destination><member>outer</member></destination>");
    fw.activate();
    fw.tag("203.0.113.1", {"a"});
    fw.tag("203.0.113.2", {"b"});
    CHECK(fw.verdict("203.0.113.1").object == "outer -> dag -> 203.0.113.1");
    CHECK(fw.verdict("203.0.113.2").object == "outer -> common -> 203.0.113.2");
    CHECK(fw.show() ==
          "<response cmd=\"status\" status=\"success\"><result><dyn-addr-grp><entry><vsys>vsys1</vsys>"
          "<group-name>dag</group-name><filter>'a'</filter><member-list><entry name=\"203.0.113.1\" "
          "type=\"registered-ip\"/></member-list></entry><entry><group-name>common</group-name><filter>'b'</filter>"
          "<member-list><entry name=\"203.0.113.2\" type=\"registered-ip\"/></member-list></entry></dyn-addr-grp>"
          "</result></response>");
}

TEST_CASE("a group that no rule uses is not shown", "[sim][panos][dynamic]") {
    Blocking fw("'a'");
    fw.set(group("unused"), "<dynamic><filter>'a'</filter></dynamic>");
    fw.activate();
    CHECK_THAT(fw.show(), Contains("<group-name>dag</group-name>") && !Contains("unused"));
    CHECK_THAT(fw.show("<name>unused</name>"), Contains("<dyn-addr-grp></dyn-addr-grp>"));
    CHECK_THAT(fw.show("<name>dag</name>"), Contains("<group-name>dag</group-name>"));
}

TEST_CASE("registration may take its time to reach the groups", "[sim][panos][dynamic]") {
    DeviceOptions with = options();
    with.registration_delay = 30s;
    Blocking fw("'malicious'", with);
    fw.tag("203.0.113.5", {"malicious"});
    CHECK_FALSE(fw.device->blocks("203.0.113.5"));
    CHECK(fw.device->next_event() == fw.now + 30s);
    fw.wait(30s);
    CHECK(fw.device->blocks("203.0.113.5"));
    CHECK_THAT(fw.show(), Contains("203.0.113.5"));
    fw.tag("203.0.113.5", {"malicious"}, "unregister");
    CHECK(fw.device->blocks("203.0.113.5"));
    fw.wait(30s);
    CHECK_FALSE(fw.device->blocks("203.0.113.5"));
}

TEST_CASE("a tag that runs out ends the block", "[sim][panos][dynamic]") {
    Blocking fw("'malicious'");
    fw.post({{"type", "user-id"},
             {"cmd",
              "<uid-message><payload><register><entry ip=\"203.0.113.5\"><tag><member timeout=\"3600\">malicious"
              "</member></tag></entry></register></payload></uid-message>"}});
    fw.wait(3599s);
    CHECK(fw.device->blocks("203.0.113.5"));
    fw.wait(1s);
    CHECK_FALSE(fw.device->blocks("203.0.113.5"));
}

TEST_CASE("a filter that can't be read takes nothing", "[sim][panos][dynamic]") {
    Blocking fw("'a' and");
    fw.tag("203.0.113.5", {"a"});
    CHECK_FALSE(fw.device->blocks("203.0.113.5"));
}

TEST_CASE("dynamic groups are shown in the shape of recorded ones", "[sim][panos][recorded][dynamic]") {
    const std::string folder = std::string(FIREBREAK_SOURCE_DIR) + "/../shared/payloads/panos/";
    if (!std::ifstream(folder + "SOURCES.md")) {
        WARN("no recorded answers beside the project: not compared");
        return;
    }
    Blocking fw("'malicious'");
    fw.tag("10.0.0.1", {"malicious"});
    fw.tag("10.0.0.2", {"malicious"});
    CHECK(shape_of(file_text(folder + "op/show-object-dynamic-address-group.xml")) == shape_of(fw.show()));
}

TEST_CASE("a twin blocks what was registered before, whatever became of the first device since",
          "[sim][panos][dynamic]") {
    Blocking fw("'malicious'");
    fw.tag("203.0.113.5", {"malicious"});
    const auto twin = fw.device->twin();
    REQUIRE(twin);
    fw.tag("203.0.113.5", {"malicious"}, "unregister");
    fw.tag("203.0.113.6", {"malicious"});
    CHECK_FALSE(fw.device->blocks("203.0.113.5"));
    fw.device.reset();
    CHECK(twin->blocks("203.0.113.5"));
    CHECK_FALSE(twin->blocks("203.0.113.6"));
}
