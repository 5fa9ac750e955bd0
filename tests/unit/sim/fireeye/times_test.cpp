#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "rendered.hpp"
#include "sim/fireeye/payload_rewrite.hpp"

using namespace sim::fireeye;

namespace {

constexpr std::chrono::sys_seconds now = std::chrono::sys_days(std::chrono::year(2026) / 1 / 2) + std::chrono::hours(3);

std::string moved(std::string_view payload) {
    return move_times(payload, now);
}

}  // namespace

TEST_CASE("each form of a time keeps its form", "[sim][fireeye]") {
    CHECK(moved("<occurred>2013-10-25T18:09:25Z</occurred>") == "<occurred>2026-01-02T03:00:00Z</occurred>");
    CHECK(moved(R"("occurred":"2016-01-19 08:30:21+00")") == R"("occurred":"2026-01-02 03:00:00+00")");
    CHECK(moved(R"("occurred": "2020-08-20 16:41:47 +0000")") == R"("occurred": "2026-01-02 03:00:00 +0000")");
    CHECK(moved(R"("occurred": "2021-01-05 14:19:06 +0100")") == R"("occurred": "2026-01-02 04:00:00 +0100")");
    CHECK(moved("occurred: 2021-01-05 14:19:06") == "occurred: 2026-01-02 03:00:00");
    CHECK(moved(R"({"event_at":"2021-02-25T06:02:28.113+00:00","x":"2021-02-25T06:02:27.113Z"})") ==
          R"({"event_at":"2026-01-02T03:00:00.113+00:00","x":"2026-01-02T02:59:59.113Z"})");
    CHECK(moved("<occurred>2013-10-25T13:09:25-05:00</occurred>") == "<occurred>2026-01-01T22:00:00-05:00</occurred>");
}

TEST_CASE("distances stay, and the newest occurred is now whatever else is newer", "[sim][fireeye]") {
    CHECK(moved("<executed-at>2024-05-01T10:05:00Z</executed-at><occurred>2024-05-01T10:00:00Z</occurred>"
                "<occurred>2024-05-01T09:00:00Z</occurred>") ==
          "<executed-at>2026-01-02T03:05:00Z</executed-at><occurred>2026-01-02T03:00:00Z</occurred>"
          "<occurred>2026-01-02T02:00:00Z</occurred>");
    CHECK(moved(R"({"@occurred":"2024-05-01T10:00:00Z","x":"2025-05-01T10:00:00Z"})") ==
          R"({"@occurred":"2026-01-02T03:00:00Z","x":"2027-01-02T03:00:00Z"})");
}

TEST_CASE("what is no time of the vendor's stays", "[sim][fireeye]") {
    for (const char* const text : {"Date: Fri, 25 Oct 2013 18:07:21 GMT", "12013-10-25T18:09:25Z",
                                   "2013-13-25T18:09:25Z", "2013-10-25T18:09:251", "2013-02-30T18:09:25Z",
                                   "2013-10-25T24:09:25Z", "2013-10-25", "6.1.7601", "", "2013-10-25T18:09:2"}) {
        CHECK(moved(text) == text);
    }
    // A letter of a JSON escape is no part of what follows it.
    CHECK(moved(R"({"t":"\n2013-10-25T18:09:25Z"})") == R"({"t":"\n2026-01-02T03:00:00Z"})");
    CHECK(moved(R"({"t":"\\n2013-10-25T18:09:25Z"})") == R"({"t":"\\n2013-10-25T18:09:25Z"})");
}

TEST_CASE("moving to where it was changes no byte of any cell, and there and back neither", "[sim][fireeye]") {
    for (const Cell& cell : matrix()) {
        INFO(described(cell));
        const Incident what = typical_incident(cell);
        const std::string body = rendered(profile_of(cell, "fe1.example.com"), what).body;
        const auto newest = cell.product == "hx" ? what.occurred + std::chrono::seconds(26) : what.occurred;
        CHECK(move_times(body, newest) == body);
        const std::string there = moved(body);
        CHECK(there != body);
        CHECK(there.size() == body.size());
        CHECK(move_times(there, newest) == body);
    }
}

TEST_CASE("a whole text is read as a time, or not", "[sim][fireeye]") {
    const auto at = std::chrono::sys_days(std::chrono::year(2024) / 5 / 1) + std::chrono::hours(10);
    CHECK(time_of("2024-05-01T10:00:00Z") == at);
    CHECK(time_of("2024-05-01 11:00:00 +0100") == at);
    CHECK(time_of("2024-05-01T10:00:00.250+00:00") == at);
    CHECK(time_of("2024-05-01 10:00:00") == at);
    CHECK_FALSE(time_of("2024-05-01"));
    CHECK_FALSE(time_of("2024-05-01T10:00:00Z and more"));
    CHECK_FALSE(time_of("yesterday"));
}

TEST_CASE("published payloads move as a whole and back to the byte", "[sim][fireeye]") {
    if (!std::filesystem::exists(SHARED_PAYLOADS)) {
        WARN("no published payloads here");
        return;
    }
    for (const auto& entry : std::filesystem::directory_iterator(SHARED_PAYLOADS)) {
        const std::string extension = entry.path().extension().string();
        if (extension != ".xml" && extension != ".json") {
            continue;
        }
        INFO(entry.path().filename().string());
        std::ifstream in(entry.path(), std::ios::binary);
        const std::string payload{std::istreambuf_iterator<char>(in), {}};
        const std::string there = moved(payload);
        CHECK(there.size() == payload.size());
        for (std::size_t i = 0; i < std::min(payload.size(), there.size()); ++i) {
            const bool digit = payload[i] >= '0' && payload[i] <= '9';
            if (payload[i] != there[i] && !digit) {
                FAIL_CHECK("byte " << i << " is no digit of a time, and was changed");
            }
        }
        const bool has_occurred = payload.find("ccurred") != std::string::npos;
        CHECK((!has_occurred || there.find("2026-01-02") != std::string::npos));
        CHECK(move_times(move_times(there, now + std::chrono::hours(48)), now) == there);
    }
}
