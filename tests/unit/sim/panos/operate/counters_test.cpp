// What the data plane counts, and the text of the rulebases and pools that it has.
#include <catch2/catch.hpp>

#include "bench.hpp"
#include "sim/panos/policy/policy.hpp"

using namespace sim::panos;
using namespace sim::panos::test;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

const std::string all_counters = "<show><counter><global></global></counter></show>";

std::string filtered(const std::string& filter) {
    return "<show><counter><global><filter>" + filter + "</filter></global></counter></show>";
}

void meet(Bench& fw, const std::string& to, std::uint64_t sessions) {
    Flow flow;
    flow.to = to;
    flow.from = "192.0.2.10";
    flow.from_zone = "trust";
    flow.to_zone = "untrust";
    flow.protocol = "tcp";
    flow.port = 443;
    (void)fw.device->traffic(flow, sessions, fw.now);
}

// Denies 203.0.113.66 and allows the rest.
void deny_one(Bench& fw) {
    const std::string any =
        "<from><member>any</member></from><to><member>any</member></to><source><member>any</member></source>"
        "<service><member>any</member></service><application><member>any</member></application>";
    fw.set(rules, "<entry name=\"bad\">" + any +
                      "<destination><member>203.0.113.66</member></destination><action>deny</action></entry>"
                      "<entry name=\"rest\">" +
                      any + "<destination><member>any</member></destination><action>allow</action></entry>");
    fw.config("move", rule("bad"), "", {{"where", "top"}});
    fw.activate();
}

std::string nat_entry(const std::string& name, const std::string& more) {
    return "<entry name=\"" + name +
           "\"><from><member>trust</member></from><to><member>untrust</member></to><source><member>any</member></"
           "source>"
           "<destination><member>any</member></destination><service>any</service>" +
           more + "</entry>";
}

const std::string nat_rules = vsys1 + "/rulebase/nat/rules";

}  // namespace

TEST_CASE("counters that nothing has counted are not shown, unless all are asked for", "[sim][panos][counters]") {
    Bench fw;
    fw.wait(100s);
    CHECK(fw.op(all_counters) == answered("<dp>dp0</dp><global><t>3700</t><counters></counters></global>"));
    const std::string all = fw.op(filtered("<value>all</value><severity>drop</severity>"));
    CHECK_THAT(all, Contains("<name>flow_policy_deny</name>") && Contains("<name>flow_fwd_l3_noroute</name>") &&
                        !Contains("session_allocated"));
}

TEST_CASE("counters follow the traffic that the policy met", "[sim][panos][counters]") {
    Bench fw;
    deny_one(fw);
    meet(fw, "203.0.113.66", 7);
    meet(fw, "198.51.100.77", 30);
    const std::string all = fw.op(all_counters);
    CHECK_THAT(all,
               Contains("<entry><category>flow</category><severity>drop</severity><value>7</value><rate>0</rate>"
                        "<aspect>session</aspect><desc>Session setup: denied by policy</desc><id>4</id>"
                        "<name>flow_policy_deny</name></entry>") &&
                   Contains("<value>30</value><rate>0</rate><aspect>resource</aspect><desc>Sessions allocated</desc>"));
    CHECK_THAT(fw.op(filtered("<severity>info</severity><category>session</category><aspect>resource</aspect>")),
               Contains("session_installed") && !Contains("flow_policy_deny"));
    CHECK_THAT(fw.op("<show><session><info></info></session></show>"),
               Contains("<num-active>0</num-active>") && Contains("<num-installed>30</num-installed>"));
    CHECK_THAT(fw.op("<show><counter><global><name>flow_policy_deny</name></global></counter></show>"),
               Contains("<value>7</value>") && !Contains("session_"));
}

TEST_CASE("delta shows what has grown since the last such call, and the rate of that", "[sim][panos][counters]") {
    Bench fw;
    deny_one(fw);
    meet(fw, "203.0.113.66", 40);
    const std::string growth = filtered("<delta>yes</delta><severity>drop</severity>");
    CHECK_THAT(fw.op(growth), Contains("<value>40</value>"));
    fw.wait(10s);
    meet(fw, "203.0.113.66", 25);
    CHECK_THAT(fw.op(growth), Contains("<t>10</t>") && Contains("<value>25</value><rate>2</rate>"));
    CHECK(fw.op(growth) == answered("<dp>dp0</dp><global><t>0</t><counters></counters></global>"));
    CHECK_THAT(fw.op(filtered("<delta>no</delta><severity>drop</severity>")), Contains("<value>65</value>"));
}

TEST_CASE("counters begin anew when they are cleared and after a restart", "[sim][panos][counters]") {
    Bench fw;
    deny_one(fw);
    meet(fw, "203.0.113.66", 3);
    CHECK(fw.op("<clear><counter><global></global></counter></clear>") ==
          answered("<member>All counters cleared</member>"));
    CHECK_THAT(fw.op(all_counters), !Contains("<entry>"));
    meet(fw, "203.0.113.66", 3);
    fw.op("<request><restart><system></system></restart></request>");
    fw.wait(1000s);
    CHECK_THAT(fw.op(all_counters), Contains("<counters></counters>"));
}

TEST_CASE("a filter that can't be is refused, and so is a counter that is not there", "[sim][panos][counters]") {
    Bench fw;
    CHECK(fw.op(filtered("<severity>fatal</severity>")) ==
          refused("<line> show -> counter -> global -> filter -> severity 'fatal' is not an allowed keyword</line>"
                  "<line> show -> counter -> global -> filter is invalid</line>"));
    CHECK_THAT(fw.op(filtered("<colour>red</colour>")),
               Contains("colour is unexpected") || Contains("unexpected here"));
    CHECK(fw.op("<show><counter><global><name>flow_threat_*</name></global></counter></show>") ==
          "<response status=\"error\"><msg><line>An error occurred. See dagger.log for information.</line></msg>"
          "</response>");
}

TEST_CASE("statistics of sessions are the text that a monitoring plug-in reads", "[sim][panos][counters]") {
    Bench fw;
    fw.wait(3700s);
    CHECK_THAT(fw.op("<show><system><statistics><session></session></statistics></system></show>"),
               Contains("Device is up          : 0 days 2 hours 1 mins 40 sec\n") &&
                   Contains("\nTotal active sessions : 0\n"));
}

TEST_CASE("a Panorama has no data plane to count anything", "[sim][panos][counters]") {
    DeviceOptions with = options();
    with.model = "Panorama";
    Bench panorama(with);
    CHECK_THAT(panorama.op(all_counters), Contains("code=\"17\""));
    CHECK_THAT(panorama.op("<show><running><nat-policy></nat-policy></running></show>"), Contains("code=\"17\""));
}

// ---- rulebases ------------------------------------------------------------------------------------------------------

TEST_CASE("the NAT rules in force say what they translate to", "[sim][panos][rulebases]") {
    Bench fw;
    const std::string ask = "<show><running><nat-policy></nat-policy></running></show>";
    CHECK(fw.op(ask) == answered("<member></member>"));
    fw.set(nat_rules, nat_entry("out",
                                "<source-translation><dynamic-ip-and-port><interface-address><interface>ethernet1/2"
                                "</interface></interface-address></dynamic-ip-and-port></source-translation>") +
                          nat_entry("off", "<disabled>yes</disabled>") +
                          nat_entry("in",
                                    "<destination-translation><translated-address>192.0.2.80</translated-address>"
                                    "<translated-port>8080</translated-port></destination-translation>"));
    CHECK(fw.op(ask) == answered("<member></member>"));
    fw.activate();
    CHECK(fw.op(ask) ==
          answered("<member>\"out; index: 1\" {\n        nat-type ipv4;\n        from trust;\n        source any;\n"
                   "        to untrust;\n        to-interface ;\n        destination any;\n        service any;\n"
                   "        translate-to \"src: ethernet1/2 198.51.100.1 (dynamic-ip-and-port) (pool idx: 1)\";\n"
                   "        terminal no;\n}\n\n"
                   "\"in; index: 2\" {\n        nat-type ipv4;\n        from trust;\n        source any;\n"
                   "        to untrust;\n        to-interface ;\n        destination any;\n        service any;\n"
                   "        translate-to \"dst: 192.0.2.80:8080\";\n        terminal no;\n}\n\n</member>"));
}

TEST_CASE("a pool has as many addresses and ports as its rule translates to", "[sim][panos][rulebases]") {
    Bench fw;
    fw.set(addresses, "<entry name=\"four\"><ip-range>198.51.100.8-198.51.100.11</ip-range></entry>");
    fw.set(nat_rules, nat_entry("ports",
                                "<source-translation><dynamic-ip-and-port><translated-address><member>four"
                                "</member></translated-address></dynamic-ip-and-port></source-translation>") +
                          nat_entry("plain",
                                    "<source-translation><dynamic-ip><translated-address>"
                                    "<member>198.51.100.64/28</member></translated-address></dynamic-ip>"
                                    "</source-translation>") +
                          nat_entry("fixed",
                                    "<source-translation><static-ip><translated-address>198.51.100.3"
                                    "</translated-address></static-ip></source-translation>"));
    fw.activate();
    const std::string all = fw.op("<show><running><ippool></ippool></running></show>");
    CHECK_THAT(all, Contains("VSYS 1 has 2 NAT rules, DIP and DIPP rules:") &&
                        Contains("DynamicIP/Port   0            258048") &&
                        Contains("DynamicIP        0            16 ") && !Contains("fixed"));
    const auto of_rule = [&fw](const std::string& rule) {
        return fw.op("<show><running><nat-rule-ippool><rule>" + rule + "</rule></nat-rule-ippool></running></show>");
    };
    CHECK_THAT(of_rule("plain"), Contains("plain") && !Contains("258048"));
    CHECK(of_rule("fixed") ==
          refused(
              "<line> show -> running -> nat-rule-ippool -> rule 'fixed' is not a valid reference</line><line> show -> "
              "running -> nat-rule-ippool is invalid</line>"));
}

TEST_CASE("forwarding rules are listed with their next hop, which is up", "[sim][panos][rulebases]") {
    Bench fw;
    fw.set(vsys1 + "/rulebase/pbf/rules/entry[@name='isp2']",
           "<from><zone><member>trust</member></zone></from><source><member>192.0.2.0/24</member></source>"
           "<destination><member>any</member></destination><service><member>any</member></service>"
           "<application><member>any</member></application><source-user><member>any</member></source-user>"
           "<action><forward><egress-interface>ethernet1/2</egress-interface><nexthop><ip-address>198.51.100.254"
           "</ip-address></nexthop></forward></action>");
    fw.activate();
    CHECK(fw.op("<show><pbf><rule><all></all></rule></pbf></show>") ==
          answered("<entry><name>isp2</name><id>1</id><vsys>vsys1</vsys><action>forward</action><egress-interface>"
                   "ethernet1/2</egress-interface><nexthop>198.51.100.254</nexthop><nexthop-state>UP</nexthop-state>"
                   "<state>Active</state></entry>"));
    CHECK(fw.op("<show><pbf><rule><name>isp9</name></rule></pbf></show>") ==
          refused(
              "<line> show -> pbf -> rule -> name 'isp9' is not a valid reference</line><line> show -> pbf -> rule is "
              "invalid</line>"));
    CHECK(fw.op("<show><running><pbf-policy></pbf-policy></running></show>") ==
          answered("<member>\"isp2; index: 1\" {\n        from trust;\n        source 192.0.2.0/24;\n        to any;\n"
                   "        destination any;\n        application any;\n        service any;\n        action forward;\n"
                   "        terminal yes;\n}\n\n</member>"));
}
