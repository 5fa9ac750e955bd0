#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>

#include "fleet_bench.hpp"
#include "sim/panos/control.hpp"
#include "upload_bench.hpp"

using namespace sim::panos;
using namespace sim::panos::test;
using std::chrono::seconds;

namespace {

const std::string suspend =
    "<request><high-availability><state><suspend></suspend></state></high-availability></request>";
const std::string functional =
    "<request><high-availability><state><functional></functional></state></high-availability></request>";
const std::string synchronise =
    "<request><high-availability><sync-to-remote><running-config></running-config></sync-to-remote></high-availability>"
    "</request>";

std::string recorded(const std::string& path) {
    std::ifstream in(std::string(FIREBREAK_SOURCE_DIR) + "/../shared/payloads/panos/" + path);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

net::HttpResponse control_post(Device& device, const std::string& path, const std::string& body, Instant now) {
    net::HttpRequest request;
    request.method = "POST";
    request.target = path;
    request.body = body;
    return control(device, request, now);
}

}  // namespace

TEST_CASE("panos: without a peer high availability is off, and its requests are refused", "[panos][ha]") {
    Bench bench;
    CHECK(bench.op(show_state) == R"(<response status="success"><result><enabled>no</enabled></result></response>)");
    CHECK(bench.op(suspend) == R"(<response status="error"><msg><line>HA is not enabled</line></msg></response>)");
    CHECK(bench.op(synchronise) == R"(<response status="error"><msg><line>HA is not enabled</line></msg></response>)");
}

TEST_CASE("panos: a pair shows both sides of itself", "[panos][ha]") {
    PairBench bench;
    const std::string one = bench.one.op(show_state);
    CHECK(one.rfind("<response status=\"success\"><result><enabled>yes</enabled><group><mode>Active-Passive</mode>"
                    "<local-info>",
                    0) == 0);
    CHECK(text_after(one, "<local-info>", "state") == "active");
    CHECK(text_after(one, "<peer-info>", "state") == "passive");
    CHECK(text_after(one, "<peer-info>", "serial-num") == second_serial);
    CHECK(text_after(one, "<peer-info>", "conn-status") == "up");
    CHECK(text_in(one, "running-sync") == "synchronized");
    CHECK(text_in(one, "running-sync-enabled") == "yes");
    CHECK(state_of(bench.two) == "passive");
    CHECK(bench.one.op("<show><high-availability><all></all></high-availability></show>").find("<link-monitoring>") !=
          std::string::npos);
}

TEST_CASE("panos: show high-availability state has every field of a recorded one but content versions", "[panos][ha]") {
    const std::string real = recorded("op/show-high-availability-state.xml");
    if (real.empty()) {
        WARN("no recorded payloads here");
        return;
    }
    PairBench bench;
    bench.one.op(suspend);
    const std::string ours = bench.one.op(show_state);
    for (std::size_t at = 0; (at = real.find("</", at)) != std::string::npos; ++at) {
        const std::string tag = real.substr(at + 2, real.find('>', at) - at - 2);
        INFO(tag);
        CHECK((tag == "vm-license" || ours.find("</" + tag + ">") != std::string::npos));
    }
}

TEST_CASE("panos: suspending the active one makes the peer active, and it comes back passive", "[panos][ha]") {
    PairBench bench;
    bench.wait(seconds(100));
    CHECK(bench.one.op(suspend) ==
          R"(<response status="success"><result>Successfully changed HA state to suspended</result></response>)");
    CHECK(state_of(bench.one) == "suspended");
    CHECK(state_of(bench.two) == "active");
    CHECK(&bench.fleet.active(*bench.one.device) == bench.two.device.get());
    bench.wait(seconds(30));
    const std::string one = bench.one.op(show_state);
    CHECK(text_in(one, "state-duration") == "30");
    CHECK(text_in(one, "last-error-state") == "suspended");
    CHECK(text_in(one, "last-error-reason") == "User requested");
    CHECK(bench.one.op(functional) ==
          R"(<response status="success"><result>Successfully changed HA state to functional</result></response>)");
    CHECK(state_of(bench.one) == "passive");
    CHECK(state_of(bench.two) == "active");
}

TEST_CASE("panos: the peer can be suspended from here", "[panos][ha]") {
    PairBench bench;
    CHECK(bench.two.op("<request><high-availability><state><peer><suspend></suspend></peer></state></high-availability>"
                       "</request>") ==
          R"(<response status="success"><result>Successfully changed peer HA state to suspended</result></response>)");
    CHECK(state_of(bench.one) == "suspended");
    CHECK(state_of(bench.two) == "active");
}

TEST_CASE("panos: a suspended peer comes back by a request from here", "[panos][ha]") {
    PairBench bench;
    const std::string peer_functional =
        "<request><high-availability><state><peer><functional></functional></peer></state></high-availability></"
        "request>";
    CHECK(bench.one.op(peer_functional) ==
          R"(<response status="success"><result>Successfully changed peer HA state to functional</result></response>)");
    CHECK(state_of(bench.two) == "passive");
    bench.two.op(suspend);
    bench.one.op(peer_functional);
    CHECK(state_of(bench.two) == "passive");
    CHECK(state_of(bench.one) == "active");
    REQUIRE(bench.fleet.set_failed(*bench.two.device, true, bench.two.now));
    CHECK(bench.one.op(peer_functional) ==
          R"(<response status="error"><msg><line>HA peer is not connected</line></msg></response>)");
}

TEST_CASE("panos: transitions count how often the device was in each state", "[panos][ha]") {
    PairBench bench;
    const std::string ask = "<show><high-availability><transitions></transitions></high-availability></show>";
    const auto count = [&](const std::string& state) {
        return text_after(bench.one.op(ask), "<state>" + state + "</state>", "count");
    };
    CHECK(count("active") == "1");
    CHECK(count("passive") == "0");
    bench.one.op(suspend);
    bench.one.op(functional);
    bench.wait(seconds(7));
    CHECK(count("active") == "1");
    CHECK(count("passive") == "1");
    CHECK(count("suspended") == "1");
    CHECK(text_in(bench.one.op(ask), "state-duration") == "7");
    REQUIRE(bench.fleet.set_failed(*bench.one.device, true, bench.one.now));
    CHECK(
        text_in(bench.one.op("<show><high-availability><flap-statistics></flap-statistics></high-availability></show>"),
                "nonfunc-flap-cnt") == "1");
}

TEST_CASE("panos: uncommitted changes reach the peer when they are asked to", "[panos][ha]") {
    PairBench bench;
    const std::string ask =
        "<request><high-availability><sync-to-remote><candidate-config></candidate-config></sync-to-remote>"
        "</high-availability></request>";
    bench.one.set(addresses, host("pending", "192.0.2.77"));
    CHECK(bench.two.device->pending().empty());
    bench.one.op("<request><config-lock><add></add></config-lock></request>");
    CHECK(text_in(bench.one.op(ask), "line") == "HA candidate-config synchronization with peer is done.");
    CHECK_FALSE(bench.two.device->pending("admin").empty());
    CHECK(bench.two.config("get", address("pending")).find("192.0.2.77") != std::string::npos);
    CHECK(bench.two.device->running_xml().find("pending") == std::string::npos);
    bench.two.commit();
    bench.wait(seconds(60));
    CHECK(bench.two.device->running_xml().find("pending") != std::string::npos);

    bench.two.device->lock(LockKind::config, "bridge", "", bench.two.now);
    CHECK(bench.one.op(ask) == failed("Config on HA peer is currently locked by bridge"));
    bench.fleet.set_failed(*bench.two.device, true, bench.one.now);
    CHECK(bench.one.op(ask) == failed("HA peer is not connected"));
}

TEST_CASE("panos: response pages reach the peer with the state of the disk", "[panos][ha]") {
    PairBench bench;
    const auto page = [](Bench& firewall) {
        return firewall.post({{"type", "export"}, {"category", "virus-block-page"}}).body;
    };
    imported(bench.one, {{"category", "virus-block-page"}}, "blocked, say we", "p.html");
    REQUIRE(page(bench.one) == "blocked, say we");
    CHECK(page(bench.two) != "blocked, say we");
    bench.one.op(
        "<request><high-availability><sync-to-remote><disk-state></disk-state></sync-to-remote></high-availability>"
        "</request>");
    CHECK(page(bench.two) == "blocked, say we");
}

TEST_CASE("panos: an encrypted control link is up once each has the other's key", "[panos][ha]") {
    PairBench bench;
    const auto key_of = [](Bench& firewall) {
        return firewall.post({{"type", "export"}, {"category", "high-availability-key"}}).body;
    };
    const auto give = [](Bench& firewall, const std::string& key) {
        return imported(firewall, {{"category", "high-availability-key"}}, key, "peer.pub");
    };
    const auto link = [&](Bench& firewall) {
        return text_after(firewall.op(show_state), "<peer-info>", "conn-status");
    };
    CHECK(key_of(bench.one).rfind("ssh-ed25519 AAAA", 0) == 0);
    CHECK(key_of(bench.one) != key_of(bench.two));
    bench.one.set("/config/devices/entry[@name='localhost.localdomain']/deviceconfig/high-availability",
                  "<interface><ha1><encryption><enabled>yes</enabled></encryption></ha1></interface>");
    bench.one.commit();
    bench.wait(seconds(60));
    CHECK(link(bench.one) == "down");
    CHECK(bench.one.op(synchronise) == failed("HA peer is not connected"));
    CHECK(give(bench.one, "ssh-rsa nonsense").find("Failed to import HA key") != std::string::npos);
    CHECK(give(bench.one, key_of(bench.two)) ==
          R"(<response status="success"><msg><line>peer.pub saved</line></msg></response>)");
    CHECK(link(bench.one) == "down");
    give(bench.two, key_of(bench.one));
    CHECK(link(bench.one) == "up");
    CHECK(link(bench.two) == "up");
    CHECK(state_of(bench.one) == "active");
    CHECK(state_of(bench.two) == "passive");
}

TEST_CASE("panos: monitored links and paths are the configuration's", "[panos][ha]") {
    PairBench bench;
    const std::string ha = "/config/devices/entry[@name='localhost.localdomain']/deviceconfig/high-availability";
    const std::string links = "<show><high-availability><link-monitoring></link-monitoring></high-availability></show>";
    const std::string paths = "<show><high-availability><path-monitoring></path-monitoring></high-availability></show>";
    CHECK(
        bench.one.op(links) ==
        "<response status=\"success\"><result><enabled>yes</enabled><group><link-monitoring><fail-cond>any</fail-cond>"
        "<enabled>yes</enabled><groups/></link-monitoring></group></result></response>");
    bench.one.set(
        ha,
        "<group><monitoring><link-monitoring><enabled>no</enabled><failure-condition>all</failure-condition>"
        "<link-group><entry name=\"up\"><interface><member>ethernet1/1</member></interface></entry></link-group>"
        "</link-monitoring><path-monitoring><path-group><virtual-router><entry name=\"default\">"
        "<destination-ip><member>192.0.2.254</member></destination-ip></entry></virtual-router></path-group>"
        "</path-monitoring></monitoring></group><interface><ha2><port>ethernet1/4</port></ha2></interface>");
    bench.one.commit();
    bench.wait(seconds(60));
    CHECK(
        bench.one.op(links) ==
        "<response status=\"success\"><result><enabled>yes</enabled><group><link-monitoring><fail-cond>all</fail-cond>"
        "<enabled>no</enabled><groups><entry><name>up</name><enabled>yes</enabled><fail-cond>any</fail-cond><interface>"
        "<entry><name>ethernet1/1</name><status>up</status></entry></interface></entry></groups></link-monitoring>"
        "</group></result></response>");
    CHECK(text_after(bench.one.op(paths), "<virtual-router>", "name") == "default");
    CHECK(text_after(bench.one.op(paths), "<destination-ip>", "name") == "192.0.2.254");
    const auto interface = [&](const std::string& name) {
        return bench.one.op("<show><high-availability><interface>" + name + "</interface></high-availability></show>");
    };
    CHECK(text_in(interface("ha2"), "port") == "ethernet1/4");
    CHECK(text_in(interface("ha1"), "port") == "management");
    CHECK(text_in(interface("ha1"), "ip-address") == "192.0.2.241");
    CHECK(interface("ha9") ==
          "<response status=\"error\" code=\"17\"><msg><line> show -> high-availability -> interface 'ha9' is not an "
          "allowed keyword</line><line> show -> high-availability -> interface is invalid</line></msg></response>");
    CHECK(interface("ha3") == R"(<response status="success"><result><enabled>yes</enabled></result></response>)");
}

TEST_CASE("panos: the links of a pair are down while the peer is", "[panos][ha]") {
    PairBench bench;
    const std::string link =
        "<show><high-availability><control-link><statistics></statistics></control-link></high-availability></show>";
    const std::string sessions =
        "<show><high-availability><state-synchronization></state-synchronization></high-availability></show>";
    CHECK(text_in(bench.one.op(link), "conn-status") == "up");
    CHECK(text_in(bench.one.op(sessions), "state-sync") == "Complete");
    REQUIRE(bench.fleet.set_failed(*bench.two.device, true, bench.two.now));
    CHECK(text_in(bench.one.op(link), "conn-status") == "down");
    CHECK(text_in(bench.one.op(sessions), "state-sync") == "Incomplete");
    CHECK(Bench().op(link) == R"(<response status="success"><result><enabled>no</enabled></result></response>)");
}

TEST_CASE("panos: the configuration is not sent to the peer while a commit runs here", "[panos][ha]") {
    PairBench bench;
    bench.one.set(addresses, host("a", "192.0.2.50"));
    bench.one.commit();
    CHECK(bench.one.op(synchronise) ==
          "<response status=\"error\"><msg><line>Local commit jobs are queued. running configuration will not be "
          "synchronized with HA peer</line></msg></response>");
    const std::string clock =
        "<request><high-availability><sync-to-remote><clock></clock></sync-to-remote></high-availability></request>";
    CHECK(bench.one.op(clock) ==
          "<response status=\"success\"><result><msg><line>HA clock synchronization with peer is done.</line></msg>"
          "</result></response>");
    CHECK(Bench().op(clock) == R"(<response status="error"><msg><line>HA is not enabled</line></msg></response>)");
}

TEST_CASE("panos: a commit goes to the peer as a job of its own there", "[panos][ha]") {
    PairBench bench;
    bench.one.set(addresses, host("a", "192.0.2.50"));
    bench.one.commit();
    bench.wait(seconds(20));
    CHECK(text_after(bench.one.job(2), "<stoppable>", "result") == "OK");
    CHECK(text_in(bench.two.job(2), "type") == "HA-Sync");
    CHECK(text_in(bench.two.job(2), "status") == "ACT");
    CHECK(text_in(bench.one.op(show_state), "running-sync") == "synchronization in progress");
    CHECK(bench.two.config("show", address("a")).find("No such node") != std::string::npos);
    bench.wait(seconds(20));
    CHECK(text_after(bench.two.job(2), "<stoppable>", "result") == "OK");
    CHECK(bench.two.config("show", address("a")).find("192.0.2.50") != std::string::npos);
    CHECK(text_in(bench.one.op(show_state), "running-sync") == "synchronized");
    CHECK(text_after(bench.two.op("<show><system><info></info></system></show>"), "<system>", "hostname") == "fw2");
    CHECK(bench.one.device->jobs().all().size() == 2);  // and it does not come back
}

TEST_CASE("panos: synchronisation drops what was pending on the peer", "[panos][ha]") {
    PairBench bench;
    bench.two.set(addresses, host("own", "192.0.2.60"));
    CHECK(text_in(bench.one.op(synchronise), "line") ==
          "HA synchronization job has been queued on peer. Please check job status on peer.");
    CHECK(
        bench.one.op(synchronise) ==
        R"(<response status="error"><msg><line>HA synchronization is already in progress. running configuration will )"
        "not be synchronized with HA peer</line></msg></response>");
    bench.wait(seconds(60));
    CHECK(bench.two.config("get", address("own")) == R"(<response status="success" code="7"><result/></response>)");
    CHECK(bench.two.op("<check><pending-changes></pending-changes></check>").find("no") != std::string::npos);
}

TEST_CASE("panos: a commit lock on the peer keeps the synchronisation out, which shows", "[panos][ha]") {
    PairBench bench;
    bench.two.device->lock(LockKind::commit, "bridge", "", bench.two.now);
    bench.one.set(addresses, host("a", "192.0.2.50"));
    bench.one.activate();
    bench.wait(seconds(60));
    CHECK(text_after(bench.two.job(2), "<stoppable>", "result") == "FAIL");
    CHECK(text_in(bench.one.op(show_state), "running-sync") == "not synchronized");
}

TEST_CASE("panos: when the active one fails the peer takes over", "[panos][ha]") {
    PairBench bench;
    CHECK(control_post(*bench.one.device, "/high-availability", R"({"failed":true})", bench.one.now).status == 200);
    CHECK(state_of(bench.two) == "active");
    const std::string two = bench.two.op(show_state);
    CHECK(text_after(two, "<peer-info>", "conn-status") == "down");
    CHECK(bench.two.op(synchronise) ==
          R"(<response status="error"><msg><line>HA peer is not connected</line></msg></response>)");
    CHECK(control_post(*bench.one.device, "/high-availability", R"({"failed":false})", bench.one.now).status == 200);
    CHECK(state_of(bench.one) == "passive");
    CHECK(state_of(bench.two) == "active");
    CHECK(control_post(*bench.one.device, "/high-availability", "nonsense", bench.one.now).status == 400);
    Bench alone;
    CHECK(control_post(*alone.device, "/high-availability", R"({"failed":true})", alone.now).status == 409);
}

TEST_CASE("panos: two suspended ones leave nobody active", "[panos][ha]") {
    PairBench bench;
    bench.one.op(suspend);
    bench.two.op(suspend);
    CHECK(state_of(bench.one) == "suspended");
    CHECK(state_of(bench.two) == "suspended");
    bench.one.op(functional);
    CHECK(state_of(bench.one) == "active");
}

TEST_CASE("panos: the passive one takes no User-ID messages", "[panos][ha]") {
    PairBench bench;
    const Fields message{{"type", "user-id"}, {"cmd", "<uid-message></uid-message>"}};
    CHECK(bench.two.post(message).body ==
          R"(<response status="error" code="15"><msg><line>Operation denied: the command is not allowed on a passive )"
          "device</line></msg></response>");
    CHECK(bench.one.post(message).body.find("passive") == std::string::npos);
}

TEST_CASE("what is registered on the active one is registered on its peer", "[sim][panos][ha]") {
    PairBench pair;
    pair.one.post({{"type", "user-id"},
                   {"cmd",
                    "<uid-message><payload><register><entry ip=\"192.0.2.1\"><tag><member>bad</member></tag>"
                    "</entry></register></payload></uid-message>"}});
    const std::string show = "<show><object><registered-ip><all></all></registered-ip></object></show>";
    CHECK(pair.two.op(show).find("ip=\"192.0.2.1\"") != std::string::npos);
    CHECK(pair.two.op(show) == pair.one.op(show));
}
