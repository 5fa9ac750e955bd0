#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>

#include "fleet_bench.hpp"

using namespace sim::panos;
using namespace sim::panos::test;

namespace {

Bench panorama() {
    return Bench(named("panorama", panorama_serial, "Panorama"));
}

const std::string group_list = local_device + "/device-group";
const std::string numbered = "/config/readonly/devices/entry[@name='localhost.localdomain']/device-group";

std::string pre_rules(const std::string& group) {
    return device_group(group) + "/pre-rulebase/security/rules";
}

std::string rule_to(const std::string& destination) {
    return "<from><member>any</member></from><to><member>any</member></to><source><member>any</member></source>"
           "<destination><member>" +
           destination +
           "</member></destination><service><member>any</member></service><application><member>any</member>"
           "</application><action>deny</action>";
}

void make_groups(Bench& bench) {
    bench.set(group_list, R"(<entry name="parent"/><entry name="child"/>)");
    bench.op(
        R"(<request><move-dg><entry name="child"><new-parent-dg>parent</new-parent-dg></entry></move-dg></request>)");
}

// The tags of an answer's elements, in their order.
std::vector<std::string> tags_of(const std::string& body) {
    std::vector<std::string> tags;
    for (std::size_t at = 0; (at = body.find('<', at)) != std::string::npos; ++at) {
        if (body[at + 1] != '/' && body[at + 1] != '?') {
            tags.push_back(body.substr(at + 1, body.find_first_of(" />", at) - at - 1));
        }
    }
    return tags;
}

std::string recorded(const std::string& path) {
    std::ifstream in(std::string(FIREBREAK_SOURCE_DIR) + "/../shared/payloads/panos/" + path);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

}  // namespace

TEST_CASE("panos: a Panorama says so in type=version and show system info", "[panos][panorama]") {
    Bench bench = panorama();
    CHECK(bench.post({{"type", "version"}}).body ==
          "<response status = 'success'><result><sw-version>10.1.9</sw-version><multi-vsys>off</multi-vsys>"
          "<model>Panorama</model><serial>000710000001</serial></result></response>");
    const std::string info = bench.op("<show><system><info></info></system></show>");
    CHECK(text_in(info, "model") == "Panorama");
    CHECK(text_in(info, "hostname") == "panorama");
    CHECK(text_in(info, "system-mode") == "management-only");
    CHECK(info.find("threat-version") == std::string::npos);
}

TEST_CASE("panos: show system info of a Panorama has the fields of a recorded one in their order",
          "[panos][panorama]") {
    const std::string real = recorded("op/show-system-info-panorama-10.0.xml");
    if (real.empty()) {
        WARN("no recorded payloads here");
        return;
    }
    const auto theirs = tags_of(real);
    const auto ours = tags_of(panorama().op("<show><system><info></info></system></show>"));
    std::size_t at = 0;
    for (const std::string& tag : ours) {
        INFO(tag);
        const auto found = std::find(theirs.begin() + static_cast<std::ptrdiff_t>(at), theirs.end(), tag);
        REQUIRE(found != theirs.end());
        at = static_cast<std::size_t>(found - theirs.begin()) + 1;
    }
}

TEST_CASE("panos: a Panorama has device groups and no vsys, a firewall the other way round", "[panos][panorama]") {
    Bench bench = panorama();
    CHECK(bench.set(group_list + "/entry[@name='DG']", "<description>x</description>") == done);
    CHECK(bench.set(address("a"), "<ip-netmask>192.0.2.1</ip-netmask>") ==
          R"(<response status="error" code="6"><msg><line>Could not find schema node for xpath )" + address("a") +
              "</line></msg></response>");
    Bench firewall;
    CHECK(firewall.set(device_group("DG"), "<description>x</description>").find("Could not find schema node") !=
          std::string::npos);
    CHECK(firewall.set("/config/shared/pre-rulebase/security/rules/entry[@name='r']", rule_to("any"))
              .find("Could not find schema node") != std::string::npos);
    CHECK(firewall
              .set("/config/devices/entry[@name='localhost.localdomain']",
                   "<device-group><entry name=\"DG\"/></device-group>")
              .find("device-group unexpected here") != std::string::npos);
}

TEST_CASE("panos: what only a Panorama or only a firewall has is unknown to the other", "[panos][panorama]") {
    Bench bench = panorama();
    Bench firewall;
    for (const std::string command :
         {"<show><devicegroups></devicegroups></show>", "<show><dg-hierarchy></dg-hierarchy></show>",
          "<show><devices><all></all></devices></show>", "<show><templates></templates></show>",
          "<show><template-stack></template-stack></show>", "<show><log-collector><all/></log-collector></show>"}) {
        INFO(command);
        CHECK(bench.op(command).rfind(R"(<response status="success"><result>)", 0) == 0);
        CHECK(firewall.op(command).rfind(R"(<response status="error" code="17">)", 0) == 0);
    }
    const std::string pushed = "<show><config><pushed-shared-policy></pushed-shared-policy></config></show>";
    CHECK(firewall.op(pushed) == R"(<response status="success"><result><policy/></result></response>)");
    CHECK(bench.op(pushed).rfind(R"(<response status="error" code="17">)", 0) == 0);
    CHECK(firewall.post({{"type", "commit"}, {"action", "all"}, {"cmd", "<commit-all></commit-all>"}}).body ==
          "<response status = 'error' code = '400'><result><msg>Illegal value for parameter &quot;action&quot; [all]."
          "</msg></result></response>");
}

TEST_CASE("panos: a new device group gets a number, and the hierarchy shows it", "[panos][panorama]") {
    Bench bench = panorama();
    CHECK(bench.op("<show><dg-hierarchy></dg-hierarchy></show>") ==
          R"(<response status="success"><result><dg-hierarchy/></result></response>)");
    CHECK(bench.set(group_list, R"(<entry name="parent"/><entry name="child"/>)") == done);
    CHECK(bench.op("<show><dg-hierarchy></dg-hierarchy></show>") ==
          R"(<response status="success"><result><dg-hierarchy><dg dg_id="11" name="parent"/>)"
          R"(<dg dg_id="12" name="child"/></dg-hierarchy></result></response>)");
    CHECK(bench.config("delete", device_group("child")) == done);
    CHECK(bench.op("<show><dg-hierarchy></dg-hierarchy></show>") ==
          R"(<response status="success"><result><dg-hierarchy><dg dg_id="11" name="parent"/></dg-hierarchy></result>)"
          "</response>");
}

TEST_CASE("panos: move-dg is a job and puts a device group below another", "[panos][panorama]") {
    Bench bench = panorama();
    bench.set(group_list, R"(<entry name="parent"/><entry name="child"/>)");
    CHECK(
        bench.op(
            R"(<request><move-dg><entry name="child"><new-parent-dg>parent</new-parent-dg></entry></move-dg></request>)") ==
        R"(<response status="success" code="19"><result><msg><line>Job enqueued with jobid 2</line></msg>)"
        "<job>2</job></result></response>");
    CHECK(text_after(bench.job(2), "<stoppable>", "result") == "OK");
    CHECK(bench.op("<show><dg-hierarchy></dg-hierarchy></show>") ==
          R"(<response status="success"><result><dg-hierarchy><dg dg_id="11" name="parent">)"
          R"(<dg dg_id="12" name="child"/></dg></dg-hierarchy></result></response>)");
    CHECK(bench.config("get", numbered + "/entry[@name='child']/parent-dg").find(">parent</parent-dg>") !=
          std::string::npos);
    CHECK(
        bench
            .op(R"(<request><move-dg><entry name="parent"><new-parent-dg>child</new-parent-dg></entry></move-dg></request>)")
            .find("can't be moved below itself") != std::string::npos);
    CHECK(bench.op(R"(<request><move-dg><entry name="nobody"/></move-dg></request>)")
              .find("device-group 'nobody' is not a valid reference") != std::string::npos);
    CHECK(bench.config("delete", device_group("parent")).rfind(R"(<response status="error" code="10">)", 0) == 0);
    bench.op(R"(<request><move-dg><entry name="child"/></move-dg></request>)");
    CHECK(bench.op("<show><dg-hierarchy></dg-hierarchy></show>").find(R"(<dg dg_id="11" name="parent"/>)") !=
          std::string::npos);
}

TEST_CASE("panos: a renamed device group keeps its number and those below it", "[panos][panorama]") {
    Bench bench = panorama();
    make_groups(bench);
    CHECK(bench.config("rename", device_group("parent"), "", {{"newname", "above"}}) == done);
    CHECK(bench.op("<show><dg-hierarchy></dg-hierarchy></show>") ==
          R"(<response status="success"><result><dg-hierarchy><dg dg_id="11" name="above">)"
          R"(<dg dg_id="12" name="child"/></dg></dg-hierarchy></result></response>)");
}

TEST_CASE("panos: names are looked up in the device group, above it and in shared", "[panos][panorama]") {
    Bench bench = panorama();
    make_groups(bench);
    bench.set("/config/shared/address", host("of-shared", "192.0.2.1"));
    bench.set(device_group("parent") + "/address", host("of-parent", "192.0.2.2"));
    bench.set(device_group("child") + "/address", host("of-child", "192.0.2.3"));
    const auto group_in = [&bench](const std::string& name, const std::string& member) {
        return bench.set(device_group(name) + "/address-group/entry[@name='g-" + member + "']",
                         "<static><member>" + member + "</member></static>");
    };
    for (const std::string member : {"of-shared", "of-parent", "of-child"}) {
        CHECK(group_in("child", member) == done);
    }
    CHECK(group_in("parent", "of-parent") == done);
    CHECK(group_in("parent", "of-child") ==
          R"(<response status="error" code="12"><msg><line><![CDATA[ g-of-child -> static 'of-child' is not a valid )"
          R"(reference]]></line><line><![CDATA[ g-of-child -> static is invalid]]></line></msg></response>)");
    CHECK(
        bench.config("delete", device_group("parent") + "/address/entry[@name='of-parent']")
            .rfind(R"(<response status="error" code="10"><msg><line> <![CDATA[ of-parent]]> cannot be deleted because )"
                   "of references from:</line>",
                   0) == 0);
}

TEST_CASE("panos: a rule of a device group names zones that Panorama doesn't know", "[panos][panorama]") {
    Bench bench = panorama();
    bench.set(group_list, R"(<entry name="DG"/>)");
    bench.set(device_group("DG") + "/address", host("bad", "203.0.113.5"));
    std::string rule = rule_to("bad");
    rule.replace(rule.find("any"), 3, "somewhere");
    CHECK(bench.set(pre_rules("DG") + "/entry[@name='deny']", rule) == done);
    CHECK(bench.set(pre_rules("DG") + "/entry[@name='other']", rule_to("nobody")).find("is not a valid reference") !=
          std::string::npos);
    CHECK(bench.config("delete", device_group("DG") + "/address/entry[@name='bad']") ==
          R"(<response status="error" code="10"><msg><line> <![CDATA[ bad]]> cannot be deleted because of references )"
          "from:</line><line> device-group -> DG -> pre-rulebase -> security -> rules -> deny -> destination</line>"
          "</msg></response>");
}

TEST_CASE("panos: 'shared' is no name for a device group", "[panos][panorama]") {
    CHECK(panorama()
              .set(group_list, R"(<entry name="shared"/>)")
              .find("shared 'shared' is invalid. Reserved keyword (shared) used for device group name") !=
          std::string::npos);
}

TEST_CASE("panos: a device group takes managed firewalls, each in one group", "[panos][panorama]") {
    FleetBench bench;
    bench.manage(bench.one);
    CHECK(
        bench.panorama.set(device_group("DG") + "/devices", R"(<entry name="009999"/>)") ==
        R"(<response status="error" code="12"><msg><line><![CDATA[ device-group -> DG -> devices '009999' is not a )"
        R"(valid reference]]></line><line><![CDATA[ device-group -> DG -> devices is invalid]]></line></msg></response>)");
    CHECK(bench.panorama.set(device_group("other") + "/devices", "<entry name=\"" + first_serial + "\"/>")
              .find("' is already in use") != std::string::npos);
    CHECK(bench.panorama.config("get", device_group("other")) ==
          R"(<response status="success" code="7"><result/></response>)");
}

TEST_CASE("panos: a Panorama's partial commit takes device groups by name", "[panos][panorama]") {
    Bench bench = panorama();
    bench.set(group_list, R"(<entry name="A"/><entry name="B"/>)");
    bench.set(device_group("A") + "/address", host("in-a", "192.0.2.1"));
    bench.set(device_group("B") + "/address", host("in-b", "192.0.2.2"));
    bench.commit("<commit><partial><device-group><member>A</member></device-group></partial></commit>");
    bench.wait(std::chrono::seconds(60));
    CHECK(bench.config("show", device_group("A") + "/address/entry[@name='in-a']").find("192.0.2.1") !=
          std::string::npos);
    CHECK(bench.config("show", device_group("B") + "/address/entry[@name='in-b']").find("No such node") !=
          std::string::npos);
    CHECK(bench.op("<check><pending-changes></pending-changes></check>").find("yes") != std::string::npos);
    Bench firewall;
    CHECK(firewall.commit("<commit><partial><device-group><member>A</member></device-group></partial></commit>")
              .find("commit -> partial -> device-group unexpected here") != std::string::npos);
}

TEST_CASE("panos: a call with target goes to the firewall, with the Panorama's key", "[panos][panorama]") {
    FleetBench bench;
    bench.manage(bench.one);
    const auto at_first = [&](Fields fields) {
        fields.emplace_back("target", first_serial);
        return bench.panorama.post(fields).body;
    };
    CHECK(at_first({{"type", "config"},
                    {"action", "set"},
                    {"xpath", addresses},
                    {"element", host("through-panorama", "203.0.113.9")}}) == done);
    CHECK(bench.one.config("get", address("through-panorama")).find("203.0.113.9") != std::string::npos);
    CHECK(bench.two.config("get", address("through-panorama")).find("203.0.113.9") == std::string::npos);
    CHECK(text_in(at_first({{"type", "op"}, {"cmd", "<show><system><info></info></system></show>"}}), "serial") ==
          first_serial);
    CHECK(at_first({{"type", "commit"}, {"cmd", empty_commit()}}).find("Commit job enqueued with jobid 2") !=
          std::string::npos);
    bench.wait(std::chrono::seconds(60));
    CHECK(bench.one.config("show", address("through-panorama")).find("203.0.113.9") != std::string::npos);
    CHECK(at_first({{"type", "export"}, {"category", "configuration"}}).find("through-panorama") != std::string::npos);
    CHECK(bench.panorama.device->calls().back().target == first_serial);
    CHECK(bench.one.device->calls().back().type != "export");
}

TEST_CASE("panos: an unknown or disconnected target is the Panorama's error", "[panos][panorama]") {
    FleetBench bench;
    bench.manage(bench.one);
    const auto clock_of = [&](const std::string& target) {
        return bench.panorama.post({{"type", "op"}, {"cmd", "<show><clock></clock></show>"}, {"target", target}}).body;
    };
    CHECK(clock_of(first_serial).rfind(R"(<response status="success">)", 0) == 0);
    const std::string wanted = R"(<response status="error" code="13"><msg><line>007051000000002 not connected</line>)"
                               "</msg></response>";
    CHECK(clock_of(second_serial) == wanted);
    bench.manage(bench.two);
    CHECK(clock_of(second_serial) != wanted);
    bench.fleet.set_connected(*bench.two.device, false);
    CHECK(clock_of(second_serial) == wanted);
    CHECK(bench.panorama.post({{"type", "version"}, {"target", first_serial}}).status == 400);
    CHECK(bench.panorama.post({{"type", "keygen"}, {"user", "admin"}, {"password", "secret-one"}, {"target", "nobody"}})
              .body.find("<key>") != std::string::npos);
}

TEST_CASE("panos: show devices lists managed firewalls with what clients read of them", "[panos][panorama]") {
    FleetBench bench;
    CHECK(bench.panorama.op("<show><devices><all></all></devices></show>") ==
          R"(<response status="success"><result><devices/></result></response>)");
    bench.manage(bench.one);
    bench.manage(bench.two);
    bench.fleet.set_connected(*bench.two.device, false);
    const std::string all = bench.panorama.op("<show><devices><all></all></devices></show>");
    CHECK(count_of(all, "<entry name=\"00705") == 2);
    CHECK(text_after(all, first_serial, "connected") == "yes");
    CHECK(text_after(all, first_serial, "hostname") == "fw1");
    CHECK(text_after(all, first_serial, "sw-version") == "10.1.9");
    CHECK(text_after(all, first_serial, "vsys").find(R"(<entry name="vsys1"><display-name>vsys1</display-name>)") == 0);
    CHECK(text_after(all, "<entry name=\"" + second_serial, "connected") == "no");
    const std::string connected = bench.panorama.op("<show><devices><connected></connected></devices></show>");
    CHECK(count_of(connected, "<entry name=\"00705") == 1);
}

TEST_CASE("panos: show devicegroups has the fields of a recorded one in their order", "[panos][panorama]") {
    FleetBench bench;
    bench.manage(bench.one);
    bench.panorama.set(group_list, R"(<entry name="empty"/>)");
    bench.panorama.activate();
    bench.wait(std::chrono::seconds(0));
    const std::string ours = bench.panorama.op("<show><devicegroups></devicegroups></show>");
    CHECK(text_after(ours, "empty", "devices") == "(no devices)");
    CHECK(text_in(ours, "shared-policy-status") == "In Sync");
    CHECK(count_of(bench.panorama.op("<show><devicegroups><name>empty</name></devicegroups></show>"), "<entry ") == 1);
    const std::string real = recorded("op/show-devicegroups.xml");
    if (real.empty()) {
        WARN("no recorded payloads here");
        return;
    }
    CHECK(tags_of(ours) == tags_of(real));
}

TEST_CASE("panos: a device group is out of sync from its commit until the push", "[panos][panorama]") {
    FleetBench bench;
    bench.manage();
    const auto status = [&] {
        return text_in(bench.panorama.op("<show><devicegroups></devicegroups></show>"), "shared-policy-status");
    };
    CHECK(status() == "In Sync");
    bench.block("203.0.113.5");
    CHECK(status() == "In Sync");
    bench.panorama.activate();
    bench.wait(std::chrono::seconds(0));
    CHECK(status() == "Out of Sync");
    bench.push();
    bench.wait(std::chrono::seconds(60));
    CHECK(status() == "In Sync");
    CHECK(text_in(bench.panorama.op("<show><devicegroups></devicegroups></show>"), "last-commit-all-state-sp") ==
          "commit succeeded");
}

TEST_CASE("panos: a Panorama's pre- and post-rules get a uuid each, and a clone gets another", "[panos][panorama]") {
    Bench bench = panorama();
    make_groups(bench);
    const auto uuid = [&bench](const std::string& path) {
        const std::string answer = bench.config("get", path);
        const std::size_t at = answer.find(" uuid=\"");
        return at == std::string::npos ? std::string() : answer.substr(at + 7, 36);
    };
    const std::string post_rules = device_group("child") + "/post-rulebase/security/rules";
    for (const std::string& list : {pre_rules("child"), post_rules}) {
        const std::string one = list + "/entry[@name='one']";
        const std::string two = list + "/entry[@name='two']";
        bench.set(one, rule_to("any"));
        CHECK(uuid(one).size() == 36);
        bench.config("clone", list, "", {{"from", one}, {"newname", "two"}});
        CHECK(uuid(two).size() == 36);
        CHECK(uuid(two) != uuid(one));
    }
    CHECK(uuid(pre_rules("child") + "/entry[@name='one']") != uuid(post_rules + "/entry[@name='one']"));
}
