#include <algorithm>
#include <catch2/catch.hpp>

#include "bench.hpp"
#include "control_bench.hpp"

using namespace sim::panos;
using namespace sim::panos::test;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

void stand(Bench& fw, const std::string& json) {
    auto fault = read_fault(json, fw.now);
    REQUIRE(fault.has_value());
    fw.device->faults().add(*fault);
}

const std::string element = "<ip-netmask>192.0.2.1</ip-netmask>";

}  // namespace

TEST_CASE("a lock held by another administrator refuses commits as often as told, and is shown",
          "[sim][panos][fault]") {
    Bench fw;
    fw.set(address("a"), element);
    stand(fw, R"({"on":"commit","answer":"lock-held-by-other-admin","times":2,"admin":"night-shift"})");
    CHECK_THAT(fw.op("<show><commit-locks/></show>"), Contains("night-shift"));
    for (int i = 0; i < 2; ++i) {
        CHECK_THAT(fw.commit(),
                   Contains("code=\"14\"") && Contains("Other administrators are holding device wide commit locks."));
    }
    CHECK_THAT(fw.op("<show><commit-locks/></show>"), !Contains("night-shift"));
    CHECK_THAT(fw.commit(), Contains("<job>2</job>"));
}

TEST_CASE("a refusing fault keeps the call from taking effect", "[sim][panos][fault]") {
    for (const std::string answer : {"code-14", "http-503", "http-403", "busy", "lock-held-by-other-admin"}) {
        Bench fw;
        stand(fw, R"({"on":"set","answer":")" + answer + R"(","times":1})");
        CHECK(fw.set(address("a"), element) != done);
        CHECK_THAT(fw.config("get", address("a")), Contains("code=\"7\""));
        CHECK(fw.set(address("a"), element) == done);
    }
}

TEST_CASE("a redirect names a place that does not exist", "[sim][panos][fault]") {
    Bench fw;
    stand(fw, R"({"on":"any","answer":"http-302","times":1})");
    const auto reply = fw.post({{"type", "version"}});
    CHECK(reply.status == 302);
    CHECK(std::any_of(reply.headers.begin(), reply.headers.end(), [](const auto& header) {
        return header.name == "Location" && header.value == "https://elsewhere.invalid/";
    }));
}

TEST_CASE("a reply can be lost before or after the call took effect", "[sim][panos][fault]") {
    Bench fw;
    stand(fw, R"({"on":"set","drop":"before","times":1})");
    CHECK(fw.post({{"type", "config"}, {"action", "set"}, {"xpath", address("a")}, {"element", element}}).fault.drop);
    CHECK_THAT(fw.config("get", address("a")), Contains("code=\"7\""));
    stand(fw, R"({"on":"set","drop":"after","times":1})");
    CHECK(fw.post({{"type", "config"}, {"action", "set"}, {"xpath", address("a")}, {"element", element}}).fault.drop);
    CHECK_THAT(fw.config("get", address("a")), Contains("192.0.2.1"));
}

TEST_CASE("delays and cuts are carried to the wire, the call having taken effect", "[sim][panos][fault]") {
    Bench fw;
    stand(fw, R"({"on":"commit","delay_ms":700,"cut_after":40,"times":1})");
    fw.set(address("a"), element);
    const auto answer = fw.post({{"type", "commit"}, {"cmd", empty_commit()}});
    CHECK(answer.fault.delay == 700ms);
    CHECK(answer.fault.cut_after == 40U);
    CHECK_THAT(fw.job(2), Contains("<status>ACT</status>"));
}

TEST_CASE("a commit job fails with the details told, and the next one succeeds", "[sim][panos][fault]") {
    Bench fw;
    fw.set(address("a"), element);
    stand(fw, R"({"on":"commit-job","answer":"job-fail","details":["disk < full"],"times":1})");
    fw.activate();
    CHECK_THAT(fw.job(2),
               Contains("<result>FAIL</result>") && Contains("<details><line>disk &lt; full</line></details>"));
    CHECK_THAT(fw.config("show", address("a")), Contains("No such node"));
    fw.activate();
    CHECK_THAT(fw.job(3), Contains("<result>OK</result>"));
}

TEST_CASE("a commit job can be slow", "[sim][panos][fault]") {
    Bench fw;
    fw.set(address("a"), element);
    stand(fw, R"({"on":"commit-job","commit_time_ms":300000,"times":1})");
    fw.commit();
    fw.wait(299s);
    CHECK_THAT(fw.job(2), Contains("<status>ACT</status>"));
    fw.wait(1s);
    CHECK_THAT(fw.job(2), Contains("<status>FIN</status>"));
}

TEST_CASE("calls can pass before a fault strikes, and a fault can end by itself", "[sim][panos][fault]") {
    Bench fw;
    stand(fw, R"({"on":"job","answer":"code-22","skip":2,"times":1})");
    CHECK_THAT(fw.job(1), Contains("AutoCom"));
    CHECK_THAT(fw.job(1), Contains("AutoCom"));
    CHECK_THAT(fw.job(1), Contains("code=\"22\"") && Contains("Session timed out"));
    CHECK_THAT(fw.job(1), Contains("AutoCom"));
    stand(fw, R"({"on":"any","answer":"http-502","for_ms":5000})");
    CHECK(fw.post({{"type", "version"}}).status == 502);
    CHECK(fw.device->next_event() == fw.now + 5s);
    fw.wait(5s);
    CHECK(fw.post({{"type", "version"}}).status == 200);
    CHECK(fw.device->faults().standing().empty());
}

TEST_CASE("a fault on one kind of call leaves the others alone", "[sim][panos][fault]") {
    Bench fw;
    stand(fw, R"({"on":"edit","answer":"code-12"})");
    CHECK(fw.set(address("a"), element) == done);
    CHECK_THAT(fw.config("edit", address("a"), host("a", "192.0.2.2")), Contains("code=\"12\""));
    stand(fw, R"({"on":"config","answer":"code-13"})");
    CHECK_THAT(fw.set(address("b"), element), Contains("code=\"13\""));
    CHECK_THAT(fw.op("<show><clock/></show>"), Contains("success"));
}

TEST_CASE("broken XML has taken effect all the same", "[sim][panos][fault]") {
    Bench fw;
    stand(fw, R"({"on":"set","answer":"truncated","times":1})");
    CHECK(fw.set(address("a"), element) == done.substr(0, done.size() / 2));
    CHECK_THAT(fw.config("get", address("a")), Contains("192.0.2.1"));
}

TEST_CASE("what is forgotten was answered with success, and is not there", "[sim][panos][fault]") {
    Bench fw;
    stand(fw, R"({"on":"set","answer":"forgotten","times":1})");
    CHECK(fw.set(address("a"), element) == done);
    CHECK_THAT(fw.config("get", address("a")), !Contains("192.0.2.1"));
    CHECK(fw.device->calls()[0].fault == "set: forgotten");
    CHECK(fw.set(address("a"), element) == done);
    CHECK_THAT(fw.config("get", address("a")), Contains("192.0.2.1"));
}

TEST_CASE("what a fault did is recorded", "[sim][panos][fault]") {
    Bench fw;
    stand(fw, R"({"on":"set","answer":"code-14","times":1})");
    fw.set(address("a"), element);
    CHECK(fw.device->calls().back().fault == "set: code-14");
}

TEST_CASE("a fault that can't be read names the key", "[sim][panos][fault]") {
    const auto error = [](const std::string& json) { return read_fault(json, start).error(); };
    CHECK_THAT(error(R"({"on":"comit"})"), Contains("comit") && Contains("commit-job"));
    CHECK_THAT(error(R"({"answer":"code-x"})"), Contains("code-x") && Contains("busy"));
    CHECK_THAT(error(R"({"time":3})"), Contains("'time'"));
    CHECK_THAT(error(R"({"times":"3"})"), Contains("'times'"));
    CHECK_THAT(error(R"({"times":-3})"), Contains("'times'"));
    CHECK_THAT(error("[]"), Contains("JSON object"));
    CHECK_THAT(error("{"), Contains("JSON object"));
}

TEST_CASE("the control API tells requests, commits, objects and verdicts", "[sim][panos][control]") {
    DeviceOptions with = options();
    with.prepare_group = "blocked";
    Bench fw(with);
    fw.set(address("evil"), "<ip-netmask>203.0.113.5</ip-netmask>");
    fw.set(group("blocked") + "/static", "<member>evil</member>");
    CHECK_THAT(ask(fw, "GET", "/verdict?from=192.0.2.10&to=203.0.113.5").body, Contains(R"("verdict":"allow")"));
    fw.activate();
    CHECK_THAT(ask(fw, "GET", "/verdict?from=192.0.2.10&to=203.0.113.5").body,
               Contains(R"("verdict":"deny")") && Contains(R"("rule":"blocked-to")") && Contains("blocked -> evil"));
    CHECK_THAT(ask(fw, "GET", "/requests").body, Contains(R"("total":3)") && Contains(R"("action":"full")"));
    CHECK_THAT(ask(fw, "GET", "/requests?from=2").body, !Contains(R"("action":"set")"));
    CHECK_THAT(ask(fw, "GET", "/commits").body, Contains(R"("result":"OK")") && Contains(R"("added":["evil"])"));
    CHECK_THAT(ask(fw, "GET", "/objects").body, Contains(R"("evil":"203.0.113.5")"));
    CHECK_THAT(ask(fw, "GET", "/running").body, Contains("<config"));
    CHECK_THAT(ask(fw, "GET", "/state").body, Contains(R"("version":"10.1.9")"));
    CHECK(ask(fw, "GET", "/nothing").status == 404);
    CHECK(ask(fw, "POST", "/commits").status == 405);
    CHECK(ask(fw, "GET", "/verdict").status == 400);
}

TEST_CASE("the control API sets and lifts faults", "[sim][panos][control]") {
    Bench fw;
    CHECK(ask(fw, "POST", "/faults", R"({"on":"set","answer":"busy"})").body == R"({"id":1})");
    CHECK_THAT(ask(fw, "GET", "/faults").body, Contains("set: busy"));
    CHECK(ask(fw, "DELETE", "/faults/7").status == 404);
    CHECK(ask(fw, "DELETE", "/faults/1").status == 200);
    CHECK(fw.device->faults().standing().empty());
    CHECK(ask(fw, "POST", "/faults", "nonsense").status == 400);
}
