#include <catch2/catch.hpp>

#include "fleet_bench.hpp"
#include "sim/panos/control.hpp"

using namespace sim::panos;
using namespace sim::panos::test;
using std::chrono::seconds;

TEST_CASE("panos: a fleet takes each name and each serial number once", "[panos][fleet]") {
    Fleet fleet;
    Bench one(named("a", first_serial));
    Bench same_serial(named("b", first_serial));
    Bench same_name(named("a", second_serial));
    CHECK(fleet.add(*one.device));
    CHECK(fleet.add(*same_serial.device).error() == "devices 'a' and 'b' have the same serial number 007051000000001");
    CHECK(fleet.add(*same_name.device).error() == "two devices are named 'a'");
    CHECK(fleet.devices().size() == 1);
}

TEST_CASE("panos: only a Panorama manages, and only firewalls pair", "[panos][fleet]") {
    FleetBench bench;
    const Instant now = bench.now();
    CHECK_FALSE(bench.fleet.manage(*bench.one.device, *bench.two.device, {}, now));
    CHECK_FALSE(bench.fleet.pair(*bench.panorama.device, *bench.two.device, now));
    CHECK_FALSE(bench.fleet.pair(*bench.one.device, *bench.one.device, now));
    CHECK(bench.fleet.pair(*bench.one.device, *bench.two.device, now));
    CHECK_FALSE(bench.fleet.pair(*bench.two.device, *bench.one.device, now));
    bench.manage(bench.one);
    CHECK(bench.fleet.manage(*bench.panorama.device, *bench.one.device, {"DG", ""}, now).error() ==
          "'fw1' has a Panorama already");
}

TEST_CASE("panos: a firewall put on a Panorama has at once what is there for it", "[panos][fleet]") {
    FleetBench bench;
    bench.panorama.set(device_group("DG") + "/address", host("there", "203.0.113.7"));
    bench.panorama.activate();
    bench.manage(bench.one);
    CHECK(bench.one.op("<show><config><pushed-shared-policy></pushed-shared-policy></config></show>")
              .find(R"(<entry name="there" loc="DG">)") != std::string::npos);
    CHECK(bench.panorama.op("<show><devicegroups></devicegroups></show>").find("In Sync") != std::string::npos);
}

TEST_CASE("panos: whoever advances one device of a fleet advances all", "[panos][fleet]") {
    FleetBench bench;
    bench.one.set(addresses, host("a", "192.0.2.50"));
    bench.one.commit();
    CHECK(bench.panorama.device->next_event() == start + seconds(20));
    bench.panorama.wait(seconds(20));
    CHECK(bench.one.device->jobs().find(2)->status == JobStatus::finished);
    CHECK(bench.panorama.device->next_event() == std::nullopt);
}

TEST_CASE("panos: a device that goes leaves its fleet", "[panos][fleet]") {
    FleetBench bench;
    bench.manage();
    bench.one.device = nullptr;
    CHECK(bench.fleet.devices().size() == 2);
    bench.push();
    bench.wait(seconds(60));
    CHECK(text_after(bench.panorama.job(4), first_serial, "status") == "not connected");
    CHECK(text_after(bench.panorama.job(4), second_serial, "result") == "OK");
}

TEST_CASE("panos: a push and a synchronisation follow each other in one advance", "[panos][fleet]") {
    FleetBench bench;
    bench.manage();
    must(bench.fleet.pair(*bench.one.device, *bench.two.device, bench.now()));
    bench.one.set(addresses, host("pending", "192.0.2.50"));
    bench.block("203.0.113.5");
    bench.panorama.commit();
    bench.push();
    bench.wait(std::chrono::hours(1));
    CHECK(bench.two.device->jobs().all().back().task->name() == "HA-Sync");
    CHECK(bench.two.config("show", address("pending")).find("192.0.2.50") != std::string::npos);
    Flow flow;
    flow.to = "203.0.113.5";
    CHECK_FALSE(bench.two.device->verdict(flow, bench.now()).allowed);
}

TEST_CASE("panos: the control API tells of the fleet and cuts a firewall off its Panorama", "[panos][fleet]") {
    FleetBench bench;
    bench.manage();
    const auto ask = [&](Bench& at, const std::string& method, const std::string& path, const std::string& body = "") {
        net::HttpRequest request;
        request.method = method;
        request.target = path;
        request.body = body;
        return control(*at.device, request, bench.now());
    };
    CHECK(ask(bench.panorama, "GET", "/fleet").body ==
          R"({"devices":[{"name":"panorama","serial":"000710000001","model":"Panorama","this":true,)"
          R"("high_availability":null},{"name":"fw1","serial":"007051000000001","model":"PA-VM","this":false,)"
          R"("high_availability":null},{"name":"fw2","serial":"007051000000002","model":"PA-VM","this":false,)"
          R"("high_availability":null}]})");
    CHECK(ask(bench.one, "POST", "/panorama", R"({"connected":false})").status == 200);
    CHECK(count_of(bench.panorama.op("<show><devices><connected></connected></devices></show>"), "<connected>") == 1);
    CHECK(ask(bench.panorama, "POST", "/panorama", R"({"connected":false})").status == 409);
    bench.block("203.0.113.5");
    bench.panorama.activate();
    bench.push();
    bench.wait(seconds(60));
    CHECK(ask(bench.two, "GET", "/objects?of=enforced").body.find("bad-203.0.113.5") != std::string::npos);
    CHECK(ask(bench.two, "GET", "/objects").body.find("bad-203.0.113.5") == std::string::npos);
}
