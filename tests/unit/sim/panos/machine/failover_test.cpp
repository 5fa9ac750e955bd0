#include <catch2/catch.hpp>

#include "control_bench.hpp"
#include "fleet_bench.hpp"

using namespace sim::panos;
using namespace sim::panos::test;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

const std::string ha_part = local_device + "/deviceconfig/high-availability";

void configure(PairBench& bench, Bench& firewall, const std::string& group) {
    firewall.set(ha_part, "<group>" + group + "</group>");
    firewall.commit();
    bench.wait(seconds(60));
}

std::string link_group(const std::string& condition, const std::string& members, const std::string& more = "") {
    return "<monitoring><link-monitoring>" + more + "<link-group><entry name=\"g\"><failure-condition>" + condition +
           "</failure-condition><interface>" + members +
           "</interface></entry></link-group></link-monitoring>"
           "</monitoring>";
}

const std::string both_ports = "<member>ethernet1/1</member><member>ethernet1/2</member>";

unsigned cut(Bench& firewall, const std::string& kind, const std::string& name, bool up = false) {
    return ask(firewall, "POST", "/links", "{\"" + kind + "\":\"" + name + "\",\"up\":" + (up ? "true}" : "false}"))
        .status;
}

std::string preemptive(int priority, const std::string& timers = "") {
    return "<election-option><device-priority>" + std::to_string(priority) +
           "</device-priority><preemptive>yes</preemptive>" + timers + "</election-option>";
}

std::string reason_of(Bench& firewall) {
    return text_after(firewall.op(show_state), "<local-info>", "last-error-reason");
}

}  // namespace

TEST_CASE("panos: a firewall whose monitored link goes down gives way to its peer", "[panos][ha]") {
    PairBench bench;
    configure(bench, bench.one, link_group("any", both_ports));
    CHECK(cut(bench.one, "interface", "ethernet1/1") == 200);
    CHECK(state_of(bench.one) == "non-functional");
    CHECK(reason_of(bench.one) == "Link monitoring failure");
    CHECK(state_of(bench.two) == "active");
    CHECK(text_after(bench.two.op(show_state), "<peer-info>", "state") == "non-functional");
    CHECK(text_after(bench.two.op(show_state), "<peer-info>", "conn-status") == "up");
    const std::string monitored =
        bench.one.op("<show><high-availability><link-monitoring></link-monitoring></high-availability></show>");
    CHECK(monitored.find("<name>ethernet1/1</name><status>down</status>") != std::string::npos);
    CHECK(monitored.find("<name>ethernet1/2</name><status>up</status>") != std::string::npos);
    CHECK(text_after(bench.one.op("<show><interface>ethernet1/1</interface></show>"), "<hw><name>", "state") == "down");
    CHECK(ask(bench.one, "GET", "/links").body == R"({"interfaces_down":["ethernet1/1"],"paths_down":[]})");
}

TEST_CASE("panos: a link that is up again lets the firewall come back, as the passive one, after the hold-down time",
          "[panos][ha]") {
    PairBench bench;
    configure(bench, bench.one,
              "<mode><active-passive><monitor-fail-hold-down-time>2</monitor-fail-hold-down-time></active-passive>"
              "</mode>" +
                  link_group("any", both_ports));
    cut(bench.one, "interface", "ethernet1/2");
    cut(bench.one, "interface", "ethernet1/2", true);
    bench.wait(seconds(119));
    CHECK(state_of(bench.one) == "non-functional");
    bench.wait(seconds(1));
    CHECK(state_of(bench.one) == "passive");
    CHECK(state_of(bench.two) == "active");
    cut(bench.one, "interface", "ethernet1/2");
    CHECK(state_of(bench.one) == "non-functional");
    bench.wait(minutes(10));
    CHECK(state_of(bench.one) == "non-functional");
    cut(bench.one, "interface", "ethernet1/2", true);
    CHECK(state_of(bench.one) == "passive");
}

TEST_CASE("panos: failure conditions say whether any or all links have to be down", "[panos][ha]") {
    PairBench bench;
    configure(bench, bench.one, link_group("all", both_ports));
    cut(bench.one, "interface", "ethernet1/1");
    CHECK(state_of(bench.one) == "active");
    cut(bench.one, "interface", "ethernet1/2");
    CHECK(state_of(bench.one) == "non-functional");
}

TEST_CASE("panos: a link that nothing monitors, or whose monitoring is off, moves no state", "[panos][ha]") {
    PairBench bench;
    cut(bench.one, "interface", "ethernet1/1");
    CHECK(state_of(bench.one) == "active");
    configure(bench, bench.one, link_group("any", both_ports, "<enabled>no</enabled>"));
    CHECK(state_of(bench.one) == "active");
    configure(bench, bench.one, link_group("any", both_ports, "<enabled>yes</enabled>"));
    CHECK(state_of(bench.one) == "non-functional");
    CHECK(cut(bench.one, "interface", "ethernet9/9") == 409);
    CHECK(cut(bench.one, "path", "192.0.2.254") == 409);
    CHECK(ask(bench.one, "POST", "/links", "{\"interface\":\"ethernet1/1\"}").status == 400);
    CHECK(ask(bench.one, "DELETE", "/links").status == 405);
}

TEST_CASE("panos: a host that monitoring doesn't reach makes the firewall give way", "[panos][ha]") {
    PairBench bench;
    const bool in_groups = GENERATE(false, true);
    const std::string hosts = "<destination-ip><member>192.0.2.254</member></destination-ip>";
    configure(bench, bench.one,
              "<monitoring><path-monitoring><path-group><virtual-router><entry name=\"default\">" +
                  (in_groups ? "<destination-ip-group><entry name=\"d\">" + hosts + "</entry></destination-ip-group>"
                             : hosts) +
                  "</entry></virtual-router></path-group></path-monitoring></monitoring>");
    CHECK(cut(bench.one, "path", "192.0.2.254") == 200);
    CHECK(state_of(bench.one) == "non-functional");
    CHECK(reason_of(bench.one) == "Path monitoring failure");
    CHECK(text_after(bench.one.op("<show><high-availability><path-monitoring></path-monitoring></high-availability>"
                                  "</show>"),
                     "<name>192.0.2.254</name>", "status") == "down");
}

TEST_CASE("panos: a firewall of the lower priority number takes over again after the hold time when both preempt",
          "[panos][ha]") {
    PairBench bench;
    configure(bench, bench.one, preemptive(50));
    configure(bench, bench.two, preemptive(60));
    bench.fleet.set_failed(*bench.one.device, true, bench.one.now);
    bench.wait(seconds(5));
    CHECK(state_of(bench.two) == "active");
    bench.fleet.set_failed(*bench.one.device, false, bench.one.now);
    bench.wait(seconds(59));
    CHECK(state_of(bench.one) == "passive");
    CHECK(text_after(bench.one.op(show_state), "<local-info>", "preemptive") == "yes");
    CHECK(text_after(bench.one.op(show_state), "<local-info>", "priority") == "50");
    bench.wait(seconds(1));
    CHECK(state_of(bench.one) == "active");
    CHECK(state_of(bench.two) == "passive");
    CHECK(text_in(bench.one.op("<show><high-availability><flap-statistics></flap-statistics></high-availability>"
                               "</show>"),
                  "preempt-flap-cnt") == "1");
    bench.wait(minutes(10));
    CHECK(state_of(bench.one) == "active");
}

TEST_CASE("panos: nobody preempts unless both are set so, and the hold time is the configuration's", "[panos][ha]") {
    PairBench bench;
    configure(bench, bench.one,
              preemptive(50, "<timers><advanced><preemption-hold-time>3</preemption-hold-time></advanced></timers>"));
    bench.fleet.set_failed(*bench.one.device, true, bench.one.now);
    bench.fleet.set_failed(*bench.one.device, false, bench.one.now);
    bench.wait(minutes(10));
    CHECK(state_of(bench.one) == "passive");
    configure(bench, bench.two, preemptive(60));
    bench.wait(minutes(3) - seconds(61));
    CHECK(state_of(bench.one) == "passive");
    bench.wait(seconds(61));
    CHECK(state_of(bench.one) == "active");
}

TEST_CASE("panos: who would have preempted does not when its peer is gone", "[panos][ha]") {
    PairBench bench;
    configure(bench, bench.one, preemptive(50));
    configure(bench, bench.two, preemptive(60));
    bench.fleet.set_failed(*bench.one.device, true, bench.one.now);
    bench.fleet.set_failed(*bench.one.device, false, bench.one.now);
    bench.fleet.leave(*bench.two.device);
    bench.wait(minutes(10));
    CHECK(state_of(bench.one) == "passive");
    CHECK_FALSE(bench.one.device->next_event());
}
