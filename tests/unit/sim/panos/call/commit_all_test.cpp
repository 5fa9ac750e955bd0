#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>

#include "fleet_bench.hpp"
#include "sim/panos/tree/place.hpp"
#include "upload_bench.hpp"

using namespace sim::panos;
using namespace sim::panos::test;
using std::chrono::seconds;

namespace {

std::string recorded(const std::string& path) {
    std::ifstream in(std::string(FIREBREAK_SOURCE_DIR) + "/../shared/payloads/panos/" + path);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

bool denies(const Bench& firewall, const std::string& to) {
    Flow flow;
    flow.from = "192.0.2.10";
    flow.to = to;
    return !firewall.device->verdict(flow, firewall.now).allowed;
}

std::string shown(Bench& firewall, const std::string& what) {
    return firewall.op("<show><config><" + what + "></" + what + "></config></show>");
}

}  // namespace

TEST_CASE("panos: commit-all is a job whose entries go on after it is finished", "[panos][commit-all]") {
    FleetBench bench;
    bench.manage();
    bench.block("203.0.113.5");
    bench.panorama.activate();
    bench.wait(seconds(0));
    CHECK(
        bench.push("<description>block</description>") ==
        R"(<response status="success" code="19"><result><msg><line>Job enqueued with jobid 5</line></msg><job>5</job>)"
        "</result></response>");
    const auto entry = [&](const std::string& serial, const std::string& name, const std::string& status,
                           const std::string& result, const std::string& end, const std::string& details) {
        return "<entry><serial-no>" + serial + "</serial-no><devicename>" + name +
               "</devicename><multi-vsys>no</multi-vsys><vsys></vsys><status>" + status + "</status><result>" + result +
               "</result><tstart>04:39:45</tstart><tfin>" + end + "</tfin><details>" + details + "</details></entry>";
    };
    const std::string head =
        "<response status=\"success\"><result><job><tenq>2018/06/12 04:39:45</tenq><tdeq>04:39:45</tdeq><id>5</id>"
        "<user>admin</user><type>CommitAll</type><status>FIN</status><queued>NO</queued><stoppable>no</stoppable>"
        "<result>OK</result><tfin>04:39:45</tfin><description>block</description><positionInQ>0</positionInQ>"
        "<progress>100</progress><push_type>shared-policy</push_type><dgname>DG</dgname><warnings></warnings>"
        "<devices>";
    const std::string tail = "</devices></job></result></response>";
    CHECK(bench.panorama.job(5) == head + entry(first_serial, "fw1", "commit in progress", "PEND", "", "") +
                                       entry(second_serial, "fw2", "commit in progress", "PEND", "", "") + tail);
    CHECK_FALSE(denies(bench.one, "203.0.113.5"));
    bench.wait(seconds(20));
    const auto details = [](const std::string& serial) {
        return "<msg cmd=\"push-data\" dname=\"" + serial +
               "\" dgname=\"DG\" jobid=\"5\" result=\"success\"><errors><line>Configuration committed successfully"
               "</line></errors><warnings></warnings></msg>";
    };
    CHECK(bench.panorama.job(5) ==
          head + entry(first_serial, "fw1", "commit succeeded", "OK", "04:40:05", details(first_serial)) +
              entry(second_serial, "fw2", "commit succeeded", "OK", "04:40:05", details(second_serial)) + tail);
    CHECK(denies(bench.one, "203.0.113.5"));
    CHECK(denies(bench.two, "203.0.113.5"));
}

TEST_CASE("panos: a push gives what is committed on Panorama, and nothing happens without one", "[panos][commit-all]") {
    FleetBench bench;
    bench.manage();
    bench.block("203.0.113.5");
    bench.push();
    bench.wait(seconds(60));
    CHECK_FALSE(denies(bench.one, "203.0.113.5"));
    bench.panorama.activate();
    bench.wait(seconds(60));
    CHECK_FALSE(denies(bench.one, "203.0.113.5"));
    bench.push();
    bench.wait(seconds(60));
    CHECK(denies(bench.one, "203.0.113.5"));
}

TEST_CASE("panos: a push asked for while Panorama commits waits, and gives what that commit made",
          "[panos][commit-all]") {
    FleetBench bench;
    bench.manage();
    bench.block("203.0.113.5");
    bench.panorama.commit();
    bench.push();
    CHECK(text_in(bench.panorama.job(5), "status") == "PEND");
    CHECK(text_in(bench.panorama.job(5), "devices") == "");
    bench.wait(seconds(21));
    CHECK(text_in(bench.panorama.job(5), "status") == "FIN");
    CHECK(count_of(bench.panorama.job(5), "<result>PEND</result>") == 2);
    bench.wait(seconds(60));
    CHECK(denies(bench.two, "203.0.113.5"));
}

TEST_CASE("panos: a firewall's part waits in its own queue, and local commits wait for it", "[panos][commit-all]") {
    FleetBench bench;
    bench.manage();
    bench.one.set(addresses, host("local", "192.0.2.50"));
    bench.one.commit();
    bench.push();
    const auto first_result = [&] { return text_after(bench.panorama.job(4), first_serial, "result"); };
    CHECK(text_in(bench.one.job(4), "type") == "CommitAll");
    CHECK(text_in(bench.one.job(4), "user") == "Panorama-admin");
    CHECK(text_in(bench.one.job(4), "positionInQ") == "1");
    bench.wait(seconds(20));
    CHECK(first_result() == "PEND");
    CHECK(text_after(bench.panorama.job(4), second_serial, "result") == "OK");
    bench.one.op("<validate><full></full></validate>");
    CHECK(text_in(bench.one.job(5), "status") == "PEND");
    CHECK(bench.one.set(addresses, host("too-early", "192.0.2.51")) ==
          R"(<response status="error" code="13"><msg><line>A commit is in progress.</line></msg></response>)");
    bench.wait(seconds(20));
    CHECK(first_result() == "OK");
    CHECK(bench.one.set(addresses, host("after", "192.0.2.51")) == done);
}

TEST_CASE("panos: a push commits what is pending on the firewall, unless told not to", "[panos][commit-all]") {
    FleetBench bench;
    bench.manage();
    bench.one.set(addresses, host("pending", "192.0.2.50"));
    bench.push("<merge-with-candidate-cfg>no</merge-with-candidate-cfg>");
    bench.wait(seconds(60));
    CHECK(bench.one.config("show", address("pending")).find("No such node") != std::string::npos);
    CHECK(bench.one.op("<check><pending-changes></pending-changes></check>").find("yes") != std::string::npos);
    bench.push();
    bench.wait(seconds(60));
    CHECK(bench.one.config("show", address("pending")).find("192.0.2.50") != std::string::npos);
    CHECK(bench.one.op("<check><pending-changes></pending-changes></check>").find("no") != std::string::npos);
}

TEST_CASE("panos: a local object of the name of a pushed one fails the firewall's part alone", "[panos][commit-all]") {
    FleetBench bench;
    bench.manage();
    bench.one.set(addresses, host("bad-203.0.113.5", "192.0.2.66"));
    bench.one.activate();
    bench.wait(seconds(0));
    bench.block("203.0.113.5");
    bench.panorama.activate();
    bench.wait(seconds(0));
    bench.push();
    bench.wait(seconds(60));
    const std::string job = bench.panorama.job(5);
    CHECK(text_after(job, "<stoppable>", "result") == "OK");
    CHECK(text_after(job, first_serial, "status") == "commit failed");
    CHECK(text_after(job, first_serial, "result") == "FAIL");
    CHECK(text_after(job, first_serial, "errors") ==
          "<line>Validation Error:</line><line><![CDATA[ address -> bad-203.0.113.5 'bad-203.0.113.5' is already in "
          "use]]>"
          "</line><line>Commit failed</line>");
    CHECK(text_after(job, second_serial, "result") == "OK");
    CHECK_FALSE(denies(bench.one, "203.0.113.5"));
    CHECK(denies(bench.two, "203.0.113.5"));
    CHECK(bench.panorama.op("<show><devicegroups></devicegroups></show>").find("commit failed") != std::string::npos);
}

TEST_CASE("panos: a pushed rule with a zone that the firewall lacks fails there", "[panos][commit-all]") {
    FleetBench bench;
    bench.manage();
    bench.panorama.set(device_group("DG") + "/pre-rulebase/security/rules/entry[@name='zoned']",
                       "<from><member>dmz</member></from><to><member>any</member></to><source><member>any</member>"
                       "</source><destination><member>any</member></destination><service><member>any</member></service>"
                       "<application><member>any</member></application><action>deny</action>");
    bench.panorama.activate();
    bench.wait(seconds(0));
    bench.push();
    bench.wait(seconds(60));
    CHECK(bench.panorama.job(5).find("rules -> zoned -> from 'dmz' is not a valid reference") != std::string::npos);
    SECTION("and passes once the template brings the zone") {
        bench.panorama.set(local_device +
                               "/template/entry[@name='Net']/config/devices/entry[@name='localhost."
                               "localdomain']/vsys/entry[@name='vsys1']/zone/entry[@name='dmz']",
                           "<network><layer3/></network>");
        bench.panorama.set(local_device + "/template-stack/entry[@name='Stack']",
                           "<templates><member>Net</member></templates>");
        bench.panorama.activate();
        bench.wait(seconds(0));
        bench.push();
        bench.wait(seconds(60));
        CHECK(text_after(bench.panorama.job(7), first_serial, "result") == "OK");
        CHECK(shown(bench.one, "pushed-template").find("entry name=\"dmz\"") != std::string::npos);
        CHECK(shown(bench.one, "merged").find("entry name=\"dmz\"") != std::string::npos);
        CHECK(shown(bench.one, "running").find("entry name=\"dmz\"") == std::string::npos);
        CHECK(bench.one.set(rule("local"), "<from><member>dmz</member></from>") == done);
    }
    SECTION("include-template no leaves the template out") {
        bench.push("<include-template>no</include-template>");
        bench.wait(seconds(60));
        CHECK(text_after(bench.panorama.job(6), first_serial, "result") == "FAIL");
    }
}

TEST_CASE("panos: pre-rules come before the firewall's own, post-rules after them", "[panos][commit-all]") {
    FleetBench bench;
    bench.manage();
    const auto add = [&](const std::string& scope, const std::string& rulebase, const std::string& name,
                         const std::string& more = "") {
        bench.panorama.set(scope + "/" + rulebase + "/security/rules/entry[@name='" + name + "']",
                           "<from><member>any</member></from><to><member>any</member></to><source><member>any</member>"
                           "</source><destination><member>any</member></destination><service><member>any</member>"
                           "</service><application><member>any</member></application><action>deny</action>" +
                               more);
    };
    add(device_group("DG"), "post-rulebase", "dg-post");
    add("/config/shared", "pre-rulebase", "shared-pre");
    add("/config/shared", "post-rulebase", "shared-post");
    add(device_group("DG"), "pre-rulebase", "switched-off", "<disabled>yes</disabled>");
    add(device_group("DG"), "pre-rulebase", "for-two",
        "<target><devices><entry name=\"" + second_serial + "\"/></devices><negate>no</negate></target>");
    bench.panorama.activate();
    bench.wait(seconds(0));
    bench.push();
    bench.wait(seconds(60));
    const auto order = [](Bench& firewall) {
        std::vector<std::string> names;
        const NodePtr list =
            node_at(firewall.device->enforced(), *XPath::parse(rules)->way(firewall.device->enforced()));
        list->children().each([&names](const Child& child) { return names.push_back(child.node->value()), true; });
        return names;
    };
    CHECK(order(bench.one) ==
          std::vector<std::string>{"shared-pre", "deny-blocked", "outbound", "dg-post", "shared-post"});
    CHECK(order(bench.two) ==
          std::vector<std::string>{"shared-pre", "deny-blocked", "for-two", "outbound", "dg-post", "shared-post"});
    const std::string pushed = shown(bench.one, "pushed-shared-policy");
    CHECK(pushed.rfind("<response status=\"success\"><result><policy>\n<panorama>", 0) == 0);
    const auto head_of = [&pushed](const std::string& name) {
        const std::size_t at = pushed.find("<entry name=\"" + name + "\"");
        return at == std::string::npos ? std::string() : pushed.substr(at, pushed.find('>', at) + 1 - at);
    };
    CHECK_THAT(head_of("deny-blocked"), Catch::Contains(R"( uuid=")") && Catch::EndsWith(R"( loc="DG">)"));
    CHECK_THAT(head_of("shared-pre"), Catch::EndsWith(R"( loc="shared">)"));
    CHECK(bench.one.config("get", rule("deny-blocked")) ==
          R"(<response status="success" code="7"><result/></response>)");
    CHECK(bench.one.config("delete", "/config/panorama/vsys/entry[@name='vsys1']/pre-rulebase")
              .rfind(R"(<response status="error" code="15">)", 0) == 0);
}

TEST_CASE("panos: a device group's object hides its parent's and the shared one of that name", "[panos][commit-all]") {
    FleetBench bench;
    bench.manage();
    bench.panorama.set(local_device + "/device-group", R"(<entry name="above"/>)");
    bench.panorama.op(
        R"(<request><move-dg><entry name="DG"><new-parent-dg>above</new-parent-dg></entry></move-dg></request>)");
    for (const auto& [scope, ip] : {std::pair<std::string, std::string>{"/config/shared", "203.0.113.1"},
                                    {device_group("above"), "203.0.113.2"},
                                    {device_group("DG"), "203.0.113.3"}}) {
        bench.panorama.set(scope + "/address", host("same", ip));
    }
    bench.panorama.set(device_group("DG") + "/address-group/entry[@name='blocked']/static", "<member>same</member>");
    const auto push_all = [&] {
        bench.panorama.activate();
        bench.wait(seconds(0));
        bench.push();
        bench.wait(seconds(60));
    };
    push_all();
    CHECK(denies(bench.one, "203.0.113.3"));
    CHECK_FALSE(denies(bench.one, "203.0.113.2"));
    bench.panorama.config("delete", device_group("DG") + "/address/entry[@name='same']");
    push_all();
    CHECK(denies(bench.one, "203.0.113.2"));
    CHECK_FALSE(denies(bench.one, "203.0.113.1"));
}

TEST_CASE("panos: a device group can hold one vsys of a firewall", "[panos][commit-all]") {
    FleetBench bench;
    const std::string own = bench.one.device->running_xml();
    const std::string second =
        "<entry name=\"vsys2\"><zone><entry name=\"trust\"/><entry name=\"untrust\"/></zone></entry>";
    std::string both = own;
    both.insert(both.rfind("</vsys>"), second);
    must(bench.one.device->load_running(both));
    bench.manage();
    bench.panorama.set(device_group("DG") + "/devices/entry[@name='" + first_serial + "']/vsys",
                       R"(<entry name="vsys2"/>)");
    bench.block("203.0.113.5");
    bench.panorama.activate();
    bench.wait(seconds(0));
    bench.push();
    bench.wait(seconds(60));
    Flow flow;
    flow.to = "203.0.113.5";
    flow.vsys = "vsys2";
    CHECK(bench.one.device->verdict(flow, bench.now()).rule == "deny-blocked");
    flow.vsys = "vsys1";
    CHECK(bench.one.device->verdict(flow, bench.now()).rule == "outbound");
    CHECK(bench.one.op("<show><config><pushed-shared-policy><vsys>vsys2</vsys></pushed-shared-policy></config></show>")
              .find("bad-203.0.113.5") != std::string::npos);
}

TEST_CASE("panos: a local rule may name pushed objects", "[panos][commit-all]") {
    FleetBench bench;
    bench.manage();
    CHECK(bench.one.set(group("local"), "<static><member>none</member></static>") == done);
    bench.one.activate();
    CHECK(text_after(bench.one.job(3), "<stoppable>", "result") == "OK");
    CHECK(bench.one.set(group("local"), "<static><member>nobody</member></static>").find("not a valid reference") !=
          std::string::npos);
}

TEST_CASE("panos: a push can be for some devices, and for validation only", "[panos][commit-all]") {
    FleetBench bench;
    bench.manage();
    bench.block("203.0.113.5");
    bench.panorama.activate();
    bench.wait(seconds(0));
    bench.commit_all("<commit-all><shared-policy><device-group><entry name=\"DG\"><devices><entry name=\"" +
                     second_serial +
                     "\"/></devices></entry></device-group><validate-only>yes</validate-only>"
                     "</shared-policy></commit-all>");
    bench.wait(seconds(60));
    CHECK(count_of(bench.panorama.job(5), "<serial-no>") == 1);
    CHECK(text_after(bench.panorama.job(5), second_serial, "status") == "validation succeeded");
    CHECK_FALSE(denies(bench.two, "203.0.113.5"));
    bench.commit_all("<commit-all><shared-policy><device-group><entry name=\"DG\"><devices><entry name=\"" +
                     second_serial + "\"/></devices></entry></device-group></shared-policy></commit-all>");
    bench.wait(seconds(60));
    CHECK(denies(bench.two, "203.0.113.5"));
    CHECK_FALSE(denies(bench.one, "203.0.113.5"));
}

TEST_CASE("panos: a firewall that is not connected has its entry failed, the others get theirs",
          "[panos][commit-all]") {
    FleetBench bench;
    bench.manage();
    bench.fleet.set_connected(*bench.one.device, false);
    bench.push();
    bench.wait(seconds(60));
    CHECK(text_after(bench.panorama.job(4), first_serial, "status") == "not connected");
    CHECK(text_after(bench.panorama.job(4), first_serial, "result") == "FAIL");
    CHECK(text_after(bench.panorama.job(4), second_serial, "result") == "OK");
}

TEST_CASE("panos: a fault on commit-job of a firewall fails its part of a push", "[panos][commit-all]") {
    FleetBench bench;
    bench.manage();
    Fault fault;
    fault.on = FaultOn::commit_job;
    fault.answer = FaultAnswer::job_fail;
    fault.details = {"disk full"};
    bench.one.device->faults().add(std::move(fault));
    bench.push();
    bench.wait(seconds(60));
    CHECK(text_after(bench.panorama.job(4), first_serial, "errors") == "<line>disk full</line>");
    CHECK(bench.one.device->commits().back().result == JobResult::fail);
    CHECK(bench.two.device->commits().back().administrator == "Panorama-admin");
}

TEST_CASE("panos: a push to a template stack carries no policy", "[panos][commit-all]") {
    FleetBench bench;
    bench.manage();
    bench.block("203.0.113.5");
    bench.panorama.activate();
    bench.wait(seconds(0));
    CHECK(bench.commit_all("<commit-all><template-stack><name>Stack</name></template-stack></commit-all>")
              .find("Job enqueued with jobid 5") != std::string::npos);
    bench.wait(seconds(60));
    CHECK(text_in(bench.panorama.job(5), "push_type") == "template-stack");
    CHECK(count_of(bench.panorama.job(5), "<result>OK</result>") == 3);
    CHECK_FALSE(denies(bench.one, "203.0.113.5"));
}

TEST_CASE("panos: template values yield to local ones unless forced", "[panos][commit-all]") {
    FleetBench bench;
    bench.manage();
    bench.panorama.set(local_device +
                           "/template/entry[@name='Net']/config/devices/entry[@name='localhost."
                           "localdomain']/deviceconfig/system",
                       "<timezone>Europe/Berlin</timezone><login-banner>hands off</login-banner>");
    bench.panorama.set(local_device + "/template-stack/entry[@name='Stack']",
                       "<templates><member>Net</member></templates>");
    bench.panorama.activate();
    bench.wait(seconds(0));
    bench.push();
    bench.wait(seconds(60));
    CHECK(text_in(shown(bench.one, "merged"), "login-banner") == "hands off");
    CHECK(text_in(shown(bench.one, "merged"), "timezone") == "UTC");
    bench.push("<force-template-values>yes</force-template-values>");
    bench.wait(seconds(60));
    CHECK(text_in(shown(bench.one, "merged"), "timezone") == "Europe/Berlin");
    CHECK(bench.panorama.op("<show><template-stack></template-stack></show>").find("<template-status>In Sync</") !=
          std::string::npos);
}

TEST_CASE("panos: commit-all refuses what it doesn't know, with code 17", "[panos][commit-all]") {
    FleetBench bench;
    bench.manage();
    CHECK(
        bench.commit_all("<commit-all><template><admin><member>admin</member></admin></template></commit-all>") ==
        R"(<response status="error" code="17"><msg><line> commit-all -> template -> admin unexpected here</line>)"
        "<line> commit-all -> template  is unexpected</line><line> commit-all  is unexpected</line></msg></response>");
    CHECK(
        bench.commit_all("<commit-all><shared-policy><device-group><entry name=\"X\"/></device-group></shared-policy>"
                         "</commit-all>") ==
        R"(<response status="error" code="17"><msg><line><![CDATA[ commit-all -> shared-policy -> device-group 'X' is )"
        R"(not a valid reference]]></line><line><![CDATA[ commit-all -> shared-policy -> device-group is invalid]]>)"
        "</line></msg></response>");
    CHECK(bench.commit_all("<commit-all></commit-all>") ==
          R"(<response status="error" code="17"><msg><line> commit-all  is unexpected</line></msg></response>)");
    CHECK(bench.commit_all("").find("Missing value for parameter &quot;cmd&quot;.") != std::string::npos);
    CHECK(bench
              .commit_all("<commit-all><log-collector-config><log-collector-group>none</log-collector-group>"
                          "</log-collector-config></commit-all>")
              .find("'none' is not a valid reference") != std::string::npos);
}

TEST_CASE("panos: a push by administrator gives what that administrator changed, once it is committed",
          "[panos][commit-all]") {
    FleetBench bench("10.2.4");
    bench.manage();
    const std::string by_admin = "<admin><member>admin</member></admin>";
    const std::string by_bridge = "<admin><member>bridge</member></admin>";
    bench.block("203.0.113.5");
    bench.panorama.as("bridge").set(device_group("DG"), "<address>" + host("others", "192.0.2.99") + "</address>");
    bench.panorama.as("admin");
    const auto has = [&](Bench& firewall, const std::string& name) {
        return shown(firewall, "pushed-shared-policy").find("\"" + name + "\"") != std::string::npos;
    };
    bench.push(by_admin);
    bench.wait(seconds(60));
    CHECK_FALSE(denies(bench.one, "203.0.113.5"));
    bench.panorama.activate();
    bench.wait(seconds(0));
    bench.push(by_admin);
    bench.wait(seconds(60));
    CHECK(denies(bench.one, "203.0.113.5"));
    CHECK_FALSE(has(bench.one, "others"));

    bench.block("203.0.113.6");
    bench.panorama.activate();
    bench.wait(seconds(0));
    bench.push(by_bridge);
    bench.wait(seconds(60));
    CHECK(has(bench.one, "others"));
    CHECK(denies(bench.one, "203.0.113.5"));
    CHECK_FALSE(denies(bench.one, "203.0.113.6"));
    CHECK_FALSE(has(bench.one, "bad-203.0.113.6"));

    bench.push("<admin><member>admin</member><member>bridge</member></admin>");
    bench.wait(seconds(60));
    CHECK(denies(bench.two, "203.0.113.6"));
}

TEST_CASE("panos: what an administrator deleted leaves the firewall with his changes, not with another's",
          "[panos][commit-all]") {
    FleetBench bench("10.2.4");
    bench.manage();
    bench.block("203.0.113.5");
    bench.panorama.activate();
    bench.wait(seconds(0));
    bench.push();
    bench.wait(seconds(60));
    bench.panorama.as("bridge").config(
        "delete", device_group("DG") + "/address-group/entry[@name='blocked']/static/member[text()='bad-203.0.113.5']");
    bench.panorama.as("admin").activate();
    bench.wait(seconds(0));
    bench.push("<admin><member>admin</member></admin>");
    bench.wait(seconds(60));
    CHECK(denies(bench.one, "203.0.113.5"));
    bench.push("<validate-only>yes</validate-only><admin><member>bridge</member></admin>");
    bench.wait(seconds(60));
    CHECK(denies(bench.one, "203.0.113.5"));
    bench.push("<admin><member>bridge</member></admin>");
    bench.wait(seconds(60));
    CHECK_FALSE(denies(bench.one, "203.0.113.5"));
}

TEST_CASE("panos: a push by administrator of a template's values gives his values only", "[panos][commit-all]") {
    FleetBench bench("10.2.4");
    bench.manage();
    const std::string stack = local_device +
                              "/template-stack/entry[@name='Stack']/config/devices/"
                              "entry[@name='localhost.localdomain']/deviceconfig/system";
    bench.panorama.set(stack, "<domain>example.net</domain>");
    bench.panorama.as("bridge").set(stack, "<timezone>Europe/Vienna</timezone>");
    bench.panorama.as("admin").activate();
    bench.wait(seconds(0));
    bench.commit_all(
        "<commit-all><template-stack><name>Stack</name><admin><member>bridge</member></admin>"
        "</template-stack></commit-all>");
    bench.wait(seconds(60));
    const std::string given = shown(bench.one, "pushed-template");
    CHECK(given.find("<timezone>Europe/Vienna</timezone>") != std::string::npos);
    CHECK(given.find("example.net") == std::string::npos);
}

TEST_CASE("panos: what Panorama pushed goes along with a device state", "[panos][commit-all]") {
    FleetBench bench;
    bench.manage();
    bench.block("203.0.113.5");
    bench.panorama.activate();
    bench.wait(seconds(0));
    bench.push();
    bench.wait(seconds(60));
    const std::string state = bench.one.post({{"type", "export"}, {"category", "device-state"}}).body;
    Bench other(named("fw9", "007051000000009"));
    imported(other, {{"category", "device-state"}}, state, "state.tgz");
    CHECK(denies(other, "203.0.113.5"));
    other.activate();
    CHECK(denies(other, "203.0.113.5"));
    CHECK(shown(other, "pushed-shared-policy") == shown(bench.one, "pushed-shared-policy"));
}

TEST_CASE("panos: the document of a push has the fields of a recorded one in their order", "[panos][commit-all]") {
    const std::string real = recorded("jobs/commit-all-fin.xml");
    if (real.empty()) {
        WARN("no recorded payloads here");
        return;
    }
    FleetBench bench;
    bench.manage();
    bench.push();
    bench.wait(seconds(60));
    const auto tags = [](std::string body) {
        std::vector<std::string> found;
        for (std::size_t at = 0; (at = body.find('<', at)) != std::string::npos; ++at) {
            const std::string tag = body.substr(at + 1, body.find_first_of(" />", at) - at - 1);
            if (body[at + 1] != '/' && tag != "line") {
                found.push_back(tag);
            }
        }
        return found;
    };
    CHECK(tags(bench.panorama.job(4)) == tags(real));
}

TEST_CASE("a dynamic group that was pushed takes what is registered on the firewall", "[sim][panos][panorama]") {
    FleetBench bench;
    bench.manage();
    bench.panorama.set(device_group("DG"),
                       "<tag><entry name=\"bad\"/></tag><address-group><entry name=\"seen\"><dynamic>"
                       "<filter>'bad'</filter></dynamic></entry></address-group>");
    bench.panorama.set(device_group("DG") + "/pre-rulebase/security/rules/entry[@name='deny-blocked']",
                       "<destination><member>seen</member></destination>");
    bench.panorama.activate();
    bench.wait(std::chrono::seconds(0));
    bench.push();
    bench.wait(std::chrono::seconds(60));
    CHECK_FALSE(bench.one.device->blocks("192.0.2.77"));
    bench.one.post({{"type", "user-id"},
                    {"cmd",
                     "<uid-message><payload><register><entry ip=\"192.0.2.77\"><tag><member>bad</member></tag>"
                     "</entry></register></payload></uid-message>"}});
    CHECK(bench.one.device->blocks("192.0.2.77"));
    CHECK_FALSE(bench.two.device->blocks("192.0.2.77"));
}
