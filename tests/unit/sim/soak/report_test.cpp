#include "sim/soak/report.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

using namespace sim::soak;
using namespace std::chrono_literals;

namespace {

Result some_result() {
    Result result;
    result.question.rate_per_s = 200;
    result.question.duration = 30min;
    result.question.judged_from = 10min;
    result.timetable = {{5s, Kind::reboot, 1, 15s, 0}, {10s, Kind::sigkill, 0, 2s, 0}};
    result.alerts = 360'000;
    result.acknowledged = 360'000;
    result.lives.push_back({0s, 10s, "SIGKILL", 40ms, 24U << 20U, 30U << 20U, 31U << 20U});
    result.samples.push_back({1s, 0, 24U << 20U, 5});
    result.resident = Flatness{20, 100 << 20, 99 << 20, 101 << 20, 0.02, 0.01};
    result.descriptors_left = 2;
    result.threads_rise = 0;
    return result;
}

}  // namespace

TEST_CASE("a soak without findings has passed, and the report says by what") {
    const Result result = some_result();
    CHECK(result.passed());
    const std::string text = told(result);
    CHECK(text.find("360,000 due, 360,000 acknowledged") != std::string::npos);
    CHECK(text.find("spread 2.0 %, trend +1.0 %") != std::string::npos);
    CHECK(text.find("\n  passed in ") != std::string::npos);
}

TEST_CASE("a finding or an interruption is no pass") {
    Result result = some_result();
    result.findings.push_back({95s, Wrong::not_blocked, "fw2", "198.18.0.5", 1'000'017, "is owed since 0:10.0"});
    result.findings_count = 1;
    CHECK_FALSE(result.passed());
    CHECK(told(result).find("WRONG 1:35.0 not-blocked fw2 198.18.0.5 alert 1000017: is owed since 0:10.0") !=
          std::string::npos);
    CHECK(told(result).find("FAILED, 1 findings,") != std::string::npos);
    Result interrupted = some_result();
    interrupted.interrupted = true;
    CHECK_FALSE(interrupted.passed());
}

TEST_CASE("the report for programs holds what was asked, what was done, every sample and every finding") {
    Result result = some_result();
    result.findings.push_back({95s, Wrong::not_blocked, "fw2", "198.18.0.5", 1'000'017, "is owed"});
    result.findings_count = 1;
    const boost::json::value all = boost::json::parse(as_json(result));
    CHECK(all.at("soak").at("rate_per_s").as_double() == 200);
    CHECK(all.at("timetable").at(0).at("kind").as_string() == "reboot");
    CHECK(all.at("timetable").at(0).at("firewall").to_number<int>() == 2);
    CHECK(all.at("timetable").at(1).at("firewall").is_null());
    CHECK_FALSE(all.at("passed").as_bool());
    CHECK(all.at("samples").at("rows").at(0).at(2).to_number<std::size_t>() == 24U << 20U);
    CHECK(all.at("lives").at(0).at("ended_by").as_string() == "SIGKILL");
    CHECK(all.at("findings").at(0).at("alert").to_number<int>() == 1'000'017);
}
