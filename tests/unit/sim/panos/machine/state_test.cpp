// What a device keeps when its process ends.
#include <catch2/catch.hpp>

#include "bench.hpp"
#include "sim/panos/machine/machine.hpp"
#include "sim/panos/machine/state.hpp"

using namespace sim::panos;
using namespace sim::panos::test;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

const std::string element = "<ip-netmask>192.0.2.1</ip-netmask>";

// The process ends and starts again `later`.
void restart(Bench& fw, std::chrono::seconds later = 0s) {
    const std::string state = fw.device->state_text();
    fw.now += later;
    fw.device = std::move(*Device::make(options(), fw.now));
    REQUIRE(fw.device->restore(state).has_value());
}

}  // namespace

TEST_CASE("configuration, uncommitted changes with their marks, and jobs go on", "[sim][panos][state]") {
    Bench fw;
    fw.set(addresses, host("a", "192.0.2.1") + host("b", "192.0.2.2") + host("c", "192.0.2.3"));
    fw.set(group("g"), "<static><member>a</member><member>b</member></static>");
    fw.activate();
    fw.as("bridge").set(group("g") + "/static", "<member>c</member>");
    fw.set(address("new"), element);
    fw.as("admin").config("delete", address("c"), "");
    fw.config("delete", group("g") + "/static/member[text()='a']");
    fw.set(rule("outbound"), "<description>half done &amp; more</description>");
    fw.set(rule("second"),
           "<from><member>any</member></from><to><member>any</member></to><source><member>any</member></source>"
           "<destination><member>any</member></destination><application><member>any</member></application>"
           "<service><member>any</member></service><action>deny</action>");
    fw.config("move", rule("second"), "", {{"where", "top"}});
    const std::string candidate = fw.config("get", "/config");
    const std::string running = fw.device->running_xml();
    const auto pending = fw.device->pending();

    restart(fw, 5s);

    CHECK(fw.config("get", "/config") == candidate);
    CHECK(fw.device->running_xml() == running);
    CHECK(fw.device->pending() == pending);
    CHECK_THAT(fw.job(2), Contains("<type>Commit</type><status>FIN</status>") && Contains("<result>OK</result>"));
    CHECK_THAT(fw.op("<show><config><list><changes/></list></config></show>"), Contains("<owner>bridge</owner>"));
    // What was pending is committed as if nothing had been: partially, then the rest, in its order.
    fw.as("bridge").commit(own_commit("bridge"));
    fw.wait(60s);
    CHECK_THAT(fw.config("show", group("g")), Contains(">a<") && Contains(">b<") && Contains(">c<"));
    CHECK_THAT(fw.config("show", rule("outbound")), !Contains("half done"));
    fw.as("admin").activate();
    CHECK_THAT(fw.config("show", rule("outbound")), Contains("half done &amp; more"));
    const std::string all = fw.config("show", rules);
    CHECK(all.find("\"second\"") < all.find("\"outbound\""));
    CHECK(fw.device->pending().empty());
}

TEST_CASE("what a Panorama pushed keeps its origin over a restart", "[sim][panos][state]") {
    Bench fw;
    std::string pushed = fw.device->running_xml();
    pushed.insert(pushed.rfind("</config>"),
                  "<panorama><vsys><entry name=\"vsys1\"><address><entry name=\"theirs\" loc=\"Branches\">"
                  "<ip-netmask>192.0.2.9</ip-netmask></entry></address></entry></vsys></panorama>");
    const auto origin = [&fw] {
        const NodePtr theirs = node_at(fw.device->running(), Way{{"config", ""},
                                                                 {"panorama", ""},
                                                                 {"vsys", ""},
                                                                 {"entry", "vsys1"},
                                                                 {"address", ""},
                                                                 {"entry", "theirs"}});
        return theirs ? theirs->attributes() : Attributes{};
    };
    REQUIRE(fw.device->load_running(pushed));
    CHECK(origin() == Attributes{{"loc", "Branches"}});
    restart(fw);
    CHECK(origin() == Attributes{{"loc", "Branches"}});
}

TEST_CASE("a commit after a restart does what it would have done without", "[sim][panos][state]") {
    const auto story = [](bool with_restart) {
        Bench fw;
        fw.set(addresses, host("a", "192.0.2.1") + host("b", "192.0.2.2"));
        fw.activate();
        fw.config("delete", address("a"));
        fw.set(addresses, host("c", "192.0.2.3"));
        fw.config("rename", address("b"), "", {{"newname", "d"}});
        fw.set(addresses, host("a", "192.0.2.9"));
        if (with_restart) {
            restart(fw);
        }
        fw.activate();
        return fw.device->running_xml();
    };
    CHECK(story(true) == story(false));
}

TEST_CASE("a job that ran is lost, and says so", "[sim][panos][state]") {
    Bench fw;
    fw.set(address("a"), element);
    fw.commit();
    fw.wait(5s);
    restart(fw, 60s);
    const std::string lost =
        "<job><type>Failed-Job</type><details><line>job failed because of configd restart</line>"
        "</details><warnings></warnings></job>";
    CHECK(fw.job(2) == "<response status=\"success\"><result>" + lost + "</result></response>");
    CHECK_THAT(fw.op("<show><jobs><all/></jobs></show>"), Contains(lost) && Contains("<id>1</id>"));
    CHECK_THAT(fw.config("show", address("a")), Contains("No such node"));
    CHECK_THAT(fw.commit(), Contains("<job>3</job>"));
}

TEST_CASE("keys, expiries, locks and the serial number outlive the process, secrets are not kept",
          "[sim][panos][state]") {
    Bench fw;
    fw.device->expire_keys();
    fw.set("/config/devices/entry[@name='localhost.localdomain']/deviceconfig/setting/management/api/key",
           "<lifetime>10</lifetime>");
    fw.activate();
    fw.get("/api/?type=keygen&user=bridge&password=secret-two");
    fw.op("<request><commit-lock><add><comment>why</comment></add></commit-lock></request>");
    const std::string key = fw.device->api_key("bridge");
    const std::string version = fw.post({{"type", "version"}}).body;
    const std::string state = fw.device->state_text();
    for (const std::string& secret :
         {key, fw.device->api_key("admin"), std::string("secret-one"), std::string("secret-two")}) {
        CHECK(state.find(secret) == std::string::npos);
    }
    restart(fw);
    CHECK(fw.device->api_key("bridge") == key);
    CHECK(fw.get("/api/?type=version&key=" + key).status == 200);
    CHECK(fw.post({{"type", "version"}}).body == version);
    CHECK_THAT(fw.op("<show><commit-locks/></show>"), Contains("<![CDATA[why]]>"));
    fw.wait(600s);
    CHECK(fw.get("/api/?type=version&key=" + key).status == 403);
}

TEST_CASE("administrators who came, went or changed stay so", "[sim][panos][state]") {
    Bench fw;
    const std::string users = "/config/mgt-config/users";
    fw.config("delete", users + "/entry[@name='bridge']");
    fw.set(users + "/entry[@name='reader']",
           "<phash>$5$saltsalt$PiIURo11XoBOE1.N.GQfT9yUp6Ey3WDBSE.tbdqBoXA</phash><permissions><role-based>"
           "<superreader>yes</superreader></role-based></permissions>");
    fw.activate();
    restart(fw);
    CHECK(fw.get("/api/?type=keygen&user=bridge&password=secret-two").status == 403);
    CHECK(fw.get("/api/?type=keygen&user=reader&password=firebreak").status == 200);
    CHECK_THAT(fw.as("reader").set(address("a"), element), Contains("code=\"16\""));
}

TEST_CASE("a state that can't be read leaves the device as it is", "[sim][panos][state]") {
    Bench fw;
    fw.set(address("a"), element);
    const std::string good = fw.device->state_text();
    const std::string before = fw.config("get", "/config");
    std::string cut = good.substr(0, good.size() - 2);
    std::string other = good;
    other.replace(other.find("\"format\":1"), 10, "\"format\":9");
    std::string broken = good;
    broken.replace(broken.find("<config"), 7, "<konfig");
    for (const std::string& text : {std::string(), std::string("{}"), std::string("[]"), cut, other, broken}) {
        const auto restored = fw.device->restore(text);
        REQUIRE_FALSE(restored.has_value());
        CHECK_THAT(restored.error(), Contains("kept state"));
        CHECK(fw.config("get", "/config") == before);
    }
    CHECK(fw.device->restore(good).has_value());
}

TEST_CASE("the revision grows with what is kept, not with reading", "[sim][panos][state]") {
    Bench fw;
    const auto first = fw.device->revision();
    fw.config("get", rules);
    fw.op("<show><clock></clock></show>");
    fw.job(1);
    CHECK(fw.device->revision() == first);
    fw.set(address("a"), element);
    const auto second = fw.device->revision();
    CHECK(second > first);
    fw.commit();
    const auto third = fw.device->revision();
    fw.wait(60s);
    CHECK(third > second);
    CHECK(fw.device->revision() > third);
}

TEST_CASE("other parts keep their own, and hear of a boot", "[sim][panos][state]") {
    const auto make = [](std::string& kept, int& boots) {
        Machine device{.options = options(),
                       .version = {},
                       .limits = {},
                       .configuration = Configuration(Bench().device->running())};
        device.kept.push_back({"registered", [&kept] { return kept; },
                               [&kept](std::string_view text) { kept = std::string(text); }, [&boots] { ++boots; }});
        return device;
    };
    std::string first = "192.0.2.1";
    std::string second;
    int boots = 0;
    Machine one = make(first, boots);
    Machine two = make(second, boots);
    REQUIRE(restore(two, state_text(one)).has_value());
    CHECK(second == "192.0.2.1");
    one.go_down(start, true);
    one.advance(start + 10000s);
    CHECK(boots == 1);
}

TEST_CASE("registered addresses and named configurations are kept too, and what is not persistent ends with a boot",
          "[sim][panos][state]") {
    Bench fw;
    fw.post({{"type", "user-id"},
             {"cmd",
              "<uid-message><payload><register><entry ip=\"192.0.2.1\"><tag><member>bad</member></tag></entry>"
              "<entry ip=\"192.0.2.2\" persistent=\"0\"><tag><member>bad</member></tag></entry></register>"
              "</payload></uid-message>"}});
    fw.set(address("a"), "<ip-netmask>192.0.2.9</ip-netmask>");
    fw.op("<save><config><to>before.xml</to></config></save>");
    Bench again;
    REQUIRE(again.device->restore(fw.device->state_text()));
    const std::string show = "<show><object><registered-ip><all></all></registered-ip></object></show>";
    CHECK(again.op(show) == fw.op(show));
    CHECK(again.op("<show><config><saved>before.xml</saved></config></show>").find("192.0.2.9") != std::string::npos);
    again.op("<request><restart><system></system></restart></request>");
    again.wait(std::chrono::seconds(3600));
    CHECK(again.op(show).find("192.0.2.1\"") != std::string::npos);
    CHECK(again.op(show).find("192.0.2.2\"") == std::string::npos);
}

TEST_CASE("secrets outlive the process, and are not to be read in the state", "[sim][panos][state]") {
    Bench fw;
    fw.op(
        "<request><license><api-key><set><key>0123456789abcdef0123456789abcdef</key></set></api-key></license>"
        "</request>");
    const std::string licence = fw.op("<request><license><api-key><show></show></api-key></license></request>");
    REQUIRE_THAT(licence, Contains("0123456789abcdef"));
    const std::string change = "<request><master-key><lifetime>24</lifetime><new-master-key>";
    fw.op(change + "sixteen-letters!</new-master-key></master-key></request>");
    const std::string state = fw.device->state_text();
    CHECK(state.find("0123456789abcdef0123") == std::string::npos);
    CHECK(state.find("sixteen-letters!") == std::string::npos);
    CHECK(state == fw.device->state_text());

    restart(fw, 60s);

    CHECK(fw.op("<request><license><api-key><show></show></api-key></license></request>") == licence);
    CHECK_THAT(fw.op(change + "seventeen-letter</new-master-key></master-key></request>"),
               Contains("Current master key is incorrect"));
    CHECK_THAT(fw.op(change + "seventeen-letter</new-master-key><current-master-key>sixteen-letters!"
                              "</current-master-key></master-key></request>"),
               Contains("Master key changed successfully"));

    DeviceOptions others = options();
    others.administrators.front().password = "another";
    fw.device = std::move(*Device::make(others, fw.now));
    REQUIRE(fw.device->restore(state).has_value());
    CHECK_THAT(fw.op("<request><license><api-key><show></show></api-key></license></request>"),
               !Contains("0123456789abcdef"));
}

TEST_CASE("a Panorama's registration keys outlive the process with their limits", "[sim][panos][state]") {
    DeviceOptions of_panorama = options();
    of_panorama.model = "Panorama";
    Bench panorama(of_panorama);
    panorama.op(
        "<request><authkey><add><name>branch</name><lifetime>60</lifetime><count>2</count><devtype>fw</devtype>"
        "<serial>007051000000001</serial></add></authkey></request>");
    const std::string list = "<request><authkey><list>*</list></authkey></request>";
    const std::string listed = panorama.op(list);
    REQUIRE_THAT(listed, Contains("branch"));
    const std::string state = panorama.device->state_text();
    panorama.device = std::move(*Device::make(of_panorama, panorama.now));
    REQUIRE(panorama.device->restore(state).has_value());
    CHECK(panorama.op(list) == listed);
}

TEST_CASE("what was counted outlives the process", "[sim][panos][state]") {
    Bench fw;
    Flow flow;
    flow.from = "192.0.2.10";
    flow.to = "203.0.113.5";
    fw.device->traffic(flow, 7, fw.now);
    const std::string counters = fw.op("<show><counter><global></global></counter></show>");
    const std::string ask =
        "<show><rule-hit-count><vsys><vsys-name><entry name='vsys1'><rule-base><entry "
        "name='security'><rules><all/></rules></entry></rule-base></entry></vsys-name></vsys>"
        "</rule-hit-count></show>";
    const std::string hits = fw.op(ask);
    REQUIRE_THAT(hits, Contains("<hit-count>7</hit-count>"));

    restart(fw);

    CHECK(fw.op(ask) == hits);
    CHECK(fw.op("<show><counter><global></global></counter></show>") == counters);
}
