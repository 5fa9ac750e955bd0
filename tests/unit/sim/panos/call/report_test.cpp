#include <catch2/catch.hpp>

#include <regex>

#include "bench.hpp"
#include "sim/panos/tree/xml.hpp"

using namespace sim::panos;
using namespace sim::panos::test;
using Catch::Contains;

namespace {

std::string report(Bench& fw, const Fields& fields) {
    Fields all{{"type", "report"}};
    all.insert(all.end(), fields.begin(), fields.end());
    return fw.post(all).body;
}

const Fields last_hour{{"reporttype", "dynamic"}, {"reportname", "top-applications-summary"}, {"period", "last-hour"}};

std::string finished(Bench& fw, const std::string& id) {
    fw.wait(std::chrono::seconds(1));
    return report(fw, {{"action", "get"}, {"job-id", id}});
}

}  // namespace

TEST_CASE("a dynamic report is a job, with name and span on the report", "[sim][panos][report]") {
    Bench fw;
    CHECK(
        report(fw, last_hour) ==
        R"(<response status="success" code="19"><result><msg><line>Report job enqueued with jobid 2</line></msg><job>2</job></result></response>)");
    CHECK_THAT(report(fw, {{"action", "get"}, {"job-id", "2"}}),
               Contains("<status>ACT</status>") && !Contains("<report"));
    CHECK_THAT(finished(fw, "2"),
               Contains("<report name=\"Top applications\" logtype=\"appstat\" start=\"2018/06/12 03:36:45\" "
                        "start-epoch=\"1528774605\" end=\"2018/06/12 04:36:44\" end-epoch=\"1528778204\" "
                        "generated-at=\"2018/06/12 04:36:45\" range=\"last-hour\"></report>"));
}

TEST_CASE("a dynamic report counts the logs of its span, most bytes first", "[sim][panos][report]") {
    Bench fw;
    const auto traffic = [&fw](const std::string& app, const std::string& bytes) {
        REQUIRE(fw.device->add_log("traffic", {{"app", app}, {"bytes", bytes}}, fw.now));
    };
    traffic("old", "999999");
    fw.now += std::chrono::hours(2);
    traffic("dns", "100");
    traffic("dns", "150");
    traffic("ssl", "900");
    traffic("a<b", "");
    fw.now += std::chrono::seconds(1);
    Fields top = last_hour;
    top.emplace_back("topn", "2");
    report(fw, top);
    const std::string body = finished(fw, "2");
    const auto read = read_xml(body);
    REQUIRE(read);
    std::vector<std::string> rows;
    const Element& made = read->front().children.front().children.back();
    for (const Element& entry : made.children) {
        rows.push_back(entry.child("app")->text + ' ' + entry.child("nbytes")->text + ' ' + entry.child("nsess")->text);
    }
    CHECK(rows == std::vector<std::string>{"ssl 900 1", "dns 250 2"});
}

TEST_CASE("before 9.0 a dynamic report is answered at once", "[sim][panos][report]") {
    DeviceOptions with = options();
    with.version = "8.1";
    Bench fw(with);
    CHECK_THAT(report(fw, last_hour),
               Contains("<response status=\"success\"><report reportname=\"top-applications-summary\" "
                        "logtype=\"appstat\"><result name=\"Top applications\""));
}

TEST_CASE("predefined and custom reports are jobs", "[sim][panos][report]") {
    Bench fw;
    CHECK_THAT(report(fw, {{"reporttype", "predefined"}, {"reportname", "top-attackers"}}), Contains("jobid 2"));
    CHECK_THAT(finished(fw, "2"),
               Contains("<report name=\"Top attackers\"") && Contains("range=\"last-calendar-day\""));
    CHECK_THAT(report(fw, {{"reporttype", "custom"}, {"reportname", "mine"}}), Contains("Report mine not found"));
    CHECK_THAT(report(fw, {{"reporttype", "dynamic"}, {"reportname", "custom-dynamic-report"}, {"cmd", "<type><x>"}}),
               Contains("Malformed Request"));
    CHECK_THAT(report(fw, {{"reporttype", "dynamic"}, {"reportname", "custom-dynamic-report"}, {"cmd", "<type/>"}}),
               Contains("jobid 3"));
}

TEST_CASE("wrong report requests are refused", "[sim][panos][report]") {
    Bench fw;
    CHECK_THAT(report(fw, {}), Contains("Missing value for parameter &quot;reporttype&quot;"));
    CHECK_THAT(report(fw, {{"reporttype", "gossip"}}), Contains("Illegal value"));
    CHECK_THAT(report(fw, {{"reporttype", "dynamic"}}), Contains("&quot;reportname&quot;"));
    CHECK_THAT(report(fw, {{"reporttype", "dynamic"}, {"reportname", "gossip"}}), Contains("Illegal value"));
    CHECK_THAT(report(fw, {{"reporttype", "dynamic"}, {"reportname", "top-app-summary"}}),
               Contains("&quot;period&quot;"));
    Fields wrong = last_hour;
    wrong.emplace_back("topn", "501");
    CHECK_THAT(report(fw, wrong), Contains("&quot;topn&quot;"));
    CHECK_THAT(report(fw, {{"action", "get"}, {"job-id", "9"}}), Contains("job 9 not found"));
}
