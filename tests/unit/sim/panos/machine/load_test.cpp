// The load on the management plane.
#include <catch2/catch.hpp>

#include "bench.hpp"
#include "sim/panos/control.hpp"

using namespace sim::panos;
using namespace sim::panos::test;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

DeviceOptions loaded(std::size_t hard_limit = 8) {
    DeviceOptions with = options();
    with.management = {5, hard_limit, 100ms, 2.0};
    return with;
}

const Fields clock_call{{"type", "op"}, {"cmd", "<show><clock></clock></show>"}};

}  // namespace

TEST_CASE("five calls are served at a time, further ones wait for them", "[sim][panos][load]") {
    Bench fw(loaded());
    for (int i = 0; i < 5; ++i) {
        CHECK(fw.post(clock_call).fault.delay == 100ms);
    }
    CHECK(fw.post(clock_call).fault.delay == 200ms);
    fw.now += 100ms;
    CHECK(fw.post(clock_call).fault.delay == 100ms);
}

TEST_CASE("calls one after the other do not slow each other down", "[sim][panos][load]") {
    Bench fw(loaded());
    for (int i = 0; i < 20; ++i) {
        CHECK(fw.post(clock_call).fault.delay == 100ms);
        fw.now += 20ms;
    }
}

TEST_CASE("beyond the limit calls are turned away, and take no effect", "[sim][panos][load]") {
    Bench fw(loaded());
    for (int i = 0; i < 8; ++i) {
        CHECK(fw.post(clock_call).status == 200);
    }
    const Fields set{
        {"type", "config"}, {"action", "set"}, {"xpath", address("a")}, {"element", "<fqdn>a.test</fqdn>"}};
    const auto first = fw.post(set);
    CHECK(first.status == 502);
    CHECK_FALSE(first.fault.drop);
    CHECK(fw.post(set).fault.drop);
    CHECK(fw.device->calls_turned_away() == 2);
    CHECK(fw.device->calls().back().fault == "management plane overloaded");
    CHECK(fw.device->pending().empty());
    fw.now += 1s;
    CHECK(fw.post(set).status == 200);
}

TEST_CASE("changes take longer than reading, and everything does while a commit runs", "[sim][panos][load]") {
    Bench fw(loaded());
    CHECK(fw.post({{"type", "config"}, {"action", "set"}, {"xpath", address("a")}, {"element", "<fqdn>a.test</fqdn>"}})
              .fault.delay == 300ms);
    fw.now += 1s;
    CHECK(fw.post({{"type", "op"}, {"cmd", "<show><jobs><id>1</id></jobs></show>"}}).fault.delay == 50ms);
    fw.now += 1s;
    fw.commit();
    fw.now += 1s;
    CHECK(fw.post(clock_call).fault.delay == 200ms);
}

TEST_CASE("without a service time there is no load", "[sim][panos][load]") {
    Bench fw;
    for (int i = 0; i < 500; ++i) {
        const auto answer = fw.post(clock_call);
        REQUIRE(answer.status == 200);
        REQUIRE(answer.fault.delay == 0ms);
    }
}

TEST_CASE("larger models take more calls", "[sim][panos][load]") {
    for (const auto& [model, limit] : {std::pair("PA-220", 16), std::pair("PA-VM", 32), std::pair("PA-5220", 128)}) {
        DeviceOptions with = loaded(0);
        with.model = model;
        Bench fw(with);
        int served = 0;
        while (fw.post(clock_call).status == 200) {
            ++served;
        }
        CHECK(served == limit);
    }
}

TEST_CASE("the control API turns the load on and off", "[sim][panos][control]") {
    Bench fw;
    const auto ask = [&fw](const std::string& body) {
        net::HttpRequest request;
        request.method = "POST";
        request.target = "/management";
        request.body = body;
        return control(*fw.device, request, fw.now);
    };
    CHECK_THAT(ask(R"({"service_ms":100,"concurrency":1,"hard_limit":3})").body,
               Contains(R"("concurrency":1,"hard_limit":3,"service_ms":100)"));
    CHECK(fw.post(clock_call).fault.delay == 100ms);
    CHECK(fw.post(clock_call).fault.delay == 200ms);
    CHECK(ask(R"({"service_ms":0})").status == 200);
    CHECK(fw.post(clock_call).fault.delay == 0ms);
    CHECK_THAT(ask(R"({"service":1})").body, Contains("'service'"));
    CHECK_THAT(ask(R"({"service_ms":-1})").body, Contains("'service_ms'"));
    CHECK(ask("[").status == 400);
}

TEST_CASE("the log of calls has an end, and says what it dropped", "[sim][panos][record]") {
    Bench fw;
    const std::string target = "/api/?type=version&key=" + fw.device->api_key("admin");
    for (std::size_t i = 0; i < calls_kept_max + 3; ++i) {
        fw.get(target);
    }
    CHECK(fw.device->calls().size() == calls_kept_max);
    CHECK(fw.device->calls_dropped() == 3);
}
