// Goal: whatever bytes arrive, reading ends in a value, and a victim is never offered for blocking.
// Method: the payloads (own ones, and the published ones where they are), cut at every byte and damaged at random
// places from fixed seeds.
#include <catch2/catch.hpp>

#include <random>

#include "notifications.hpp"

using namespace notifications;

namespace {

Texts all_bodies() {
    Texts bodies;
    for (const char* const directory : {OWN_PAYLOADS, SHARED_PAYLOADS}) {
        for (const auto& path : payload_files(directory)) {
            bodies.push_back(file(path));
        }
    }
    bodies.push_back(xml(xml_alert("malware-callback", cnc("198.51.100.7", "GET /x HTTP/1.1::~~"))));
    bodies.push_back(R"({"alert":{"name":"ips-event","src":{"ip":"203.0.113.5"},"dst":{"ip":"192.0.2.10"}}})");
    return bodies;
}

/// Reads a body; nothing that it is offered for blocking may be one of its victims.
bool victims_are_safe(std::string_view body) {
    const auto notification = read(body);
    if (!notification) {
        return !notification.error().detail.empty() && notification.error().detail.find('\n') == std::string::npos;
    }
    for (const auto& alert : notification->alerts) {
        for (const auto& suspect : unobjected(alert)) {
            if (std::find(alert.victims.begin(), alert.victims.end(), suspect) != alert.victims.end()) {
                return false;
            }
        }
    }
    return true;
}

}  // namespace

TEST_CASE("every truncation of every payload is refused or read safely", "[bridge][fireeye][hostile]") {
    for (const std::string& body : all_bodies()) {
        std::size_t unsafe = 0;
        for (std::size_t size = 0; size < body.size(); ++size) {
            // A copy of just that size, so that a sanitizer sees a read beyond it.
            const std::vector<char> cut(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(size));
            unsafe += victims_are_safe({cut.data(), cut.size()}) ? 0U : 1U;
        }
        CHECK(unsafe == 0);
    }
}

TEST_CASE("a truncated body of one alert is malformed", "[bridge][fireeye][hostile]") {
    const std::string body = xml(xml_alert("malware-callback"));
    std::size_t accepted = 0;
    for (std::size_t size = 0; size < body.size(); ++size) {
        accepted += read(std::string_view(body).substr(0, size)) ? 1U : 0U;
    }
    CHECK(accepted == 0);
}

TEST_CASE("seeded damage neither breaks the reader nor endangers a victim", "[bridge][fireeye][hostile]") {
    constexpr std::string_view markup = "<>&\"'/{}[]:,\\@!-?=\0\n\xFF\xC3 0123456789.";
    constexpr int rounds_per_body = 400;
    std::mt19937 random(20240501);
    const auto below = [&](std::size_t bound) {
        return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
    };
    std::size_t unsafe = 0;
    for (const std::string& body : all_bodies()) {
        for (int round = 0; round < rounds_per_body; ++round) {
            std::string damaged = body;
            for (std::size_t changes = 1 + below(4); changes > 0; --changes) {
                const std::size_t at = below(damaged.size());
                switch (below(4)) {
                    case 0:
                        damaged[at] = markup[below(markup.size())];
                        break;
                    case 1:
                        damaged.insert(at, 1, markup[below(markup.size())]);
                        break;
                    case 2:
                        damaged.erase(at, 1 + below(8));
                        break;
                    default:
                        damaged.insert(at, body.substr(below(body.size()), below(64)));
                        break;
                }
                if (damaged.empty()) {
                    damaged = " ";
                }
            }
            unsafe += victims_are_safe(damaged) ? 0U : 1U;
        }
    }
    CHECK(unsafe == 0);
}

TEST_CASE("a body made to cost memory or time is bounded", "[bridge][fireeye][hostile]") {
    std::string many_fields = "<alerts>";
    std::string many_cncs = "<alerts><alert name=\"malware-callback\"><explanation><cnc-services>";
    std::string pieces = "<alerts><alert name=\"malware-callback\"><dst><ip>";
    for (int i = 0; i < 250'000; ++i) {
        many_fields += "<alert/>";
        many_cncs += "<cnc-service address=\"198.51.100." + std::to_string(i % 250) + "\"/>";
        pieces += "1<!---->";
    }
    many_fields += "</alerts>";
    many_cncs += "</cnc-services></explanation></alert></alerts>";
    pieces += "</ip></dst></alert></alerts>";
    const auto nothing = read(many_fields);
    CHECK_FALSE(nothing.has_value());
    CHECK(only_alert(many_cncs).suspects.size() == 250);
    CHECK(only_alert(pieces).suspects.empty());

    std::string bad = "{\"alert\":[";
    for (int i = 0; i < 1000; ++i) {
        bad += "{\"id\":1},";
    }
    bad += "{\"name\":\"x\"}]}";
    const auto mixed = read(bad);
    REQUIRE(mixed.has_value());
    CHECK(mixed->alerts.size() == 1);
    CHECK(mixed->rejected.size() == 21);
    CHECK(mixed->rejected.back() == "and 980 more");
}
