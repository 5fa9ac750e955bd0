#include "sim/lab/story/notifications.hpp"

#include <catch2/catch.hpp>

using namespace sim::lab;
using Catch::Contains;

namespace {

Send callback(std::vector<std::string> attackers) {
    Send send;
    send.attackers = std::move(attackers);
    return send;
}

ApplianceSetup nx(const std::string& version) {
    ApplianceSetup appliance;
    appliance.name = "nx1";
    appliance.version = version;
    return appliance;
}

std::vector<OutgoingNotification> sent(const Send& send, const ApplianceSetup& appliance = nx("9.0"),
                                       const SendContext& context = {}) {
    AlertIds ids(0);
    const auto all = notifications_of(send, appliance, ids, context);
    INFO((all ? "" : all.error()));
    REQUIRE(all);
    return *all;
}

}  // namespace

TEST_CASE("notifications: a CM's copy follows the sensor's own, of the same alert", "[lab]") {
    ApplianceSetup manager;
    manager.name = "cm1";
    manager.product = "cm";
    manager.format = "json-normal";

    const auto all = sent(callback({"203.0.113.5", "203.0.113.6"}), nx("8.2"), {&manager, story_begin});

    REQUIRE(all.size() == 4);
    CHECK_FALSE(all[0].by_manager);
    CHECK(all[1].by_manager);
    CHECK(all[1].told == "malware-callback 1000 of 203.0.113.5, by cm1");
    CHECK_THAT(all[0].rendered.body, Contains("<alerts appliance=\"nx1\""));
    CHECK_THAT(all[1].rendered.body, Contains(R"("appliance":"cm1")") && Contains(R"("sensor":"nx1")") &&
                                         Contains(R"("id":1000)") && Contains("203.0.113.5"));
}

TEST_CASE("notifications: what is sent again is the same to the byte", "[lab]") {
    Send send = callback({"203.0.113.5", "203.0.113.6"});
    send.resend = 2;
    const auto all = sent(send);
    REQUIRE(all.size() == 6);
    CHECK(all[0].rendered.body == all[2].rendered.body);
    CHECK(all[2].rendered.body != all[3].rendered.body);
}

TEST_CASE("notifications: dual mode tells an ips-event twice", "[lab]") {
    Send send = callback({"203.0.113.5"});
    send.type = "ips-event";
    send.dual = true;
    const auto all = sent(send);
    REQUIRE(all.size() == 2);
    CHECK_THAT(all[0].rendered.body, Contains("<mvx-status>pending<"));
    CHECK_THAT(all[1].rendered.body, Contains("<mvx-status>confirmed<") && Contains("id=\"1000\""));
}

TEST_CASE("notifications: a body is sent as it is, or with just what was asked for changed", "[lab]") {
    Send send;
    send.body =
        R"({"alert":{"id":5,"src":{"ip":"10.1.2.3"},"dst":{"ip":"10.1.2.4"},"occurred":"2020-01-01T00:00:00Z"}})";
    CHECK(sent(send)[0].rendered.body == *send.body);

    send.replace = {{"10.1.2.4", "203.0.113.9"}};
    send.now = true;
    send.new_ids = true;
    send.count = 2;
    send.content_type = "text/plain";
    const auto all = sent(send);
    REQUIRE(all.size() == 2);
    CHECK(
        all[0].rendered.body ==
        R"({"alert":{"id":1000,"src":{"ip":"10.1.2.3"},"dst":{"ip":"203.0.113.9"},"occurred":"2024-05-01T10:00:00Z"}})");
    CHECK_THAT(all[1].rendered.body, Contains(R"("id":1001,)"));
    CHECK(all[0].rendered.content_type == "text/plain");
}

TEST_CASE("notifications: a test-fire needs no attacker, and a normalising appliance turns ips events round", "[lab]") {
    Send test;
    test.test_fire = true;
    CHECK_THAT(sent(test)[0].rendered.body, Contains("FireEyeTestEvent-SIG"));

    Send send = callback({"203.0.113.5"});
    send.type = "ips-event";
    ApplianceSetup appliance = nx("9.0");
    CHECK_THAT(sent(send, appliance)[0].rendered.body,
               Contains("<ip>203.0.113.5</ip>") && Contains("<dst><ip>192.0.2.10"));
    appliance.normalize_ips = true;
    CHECK_THAT(sent(send, appliance)[0].rendered.body, Contains("<dst><ip>203.0.113.5"));
}

TEST_CASE("notifications: a backlog goes out newest first, alone and in bodies", "[lab]") {
    Send send;
    send.backlog = true;
    for (const int minute : {5, 30, 10, 10}) {
        sim::fireeye::Incident incident;
        incident.type = "ips-event";
        incident.attacker = "203.0.113." + std::to_string(send.incidents.size() + 1);
        incident.victim = "192.0.2.10";
        incident.occurred = sim::lab::story_begin + std::chrono::minutes(minute);
        send.incidents.push_back(incident);
    }
    const auto attackers = [&] {
        std::string all;
        for (const auto& each : sent(send)) {
            for (std::size_t at = 0; (at = each.rendered.body.find("<ip>203.0.113.", at)) != std::string::npos; ++at) {
                all += each.rendered.body[at + 14];
            }
            all += ' ';
        }
        return all;
    };
    CHECK(attackers() == "2 4 3 1 ");
    send.alerts_per_body = 3;
    CHECK(attackers() == "243 1 ");
    send.alerts_per_body = 1;
    send.dual = true;
    CHECK(attackers() == "2 2 4 4 3 3 1 1 ");
    CHECK_THAT(sent(send)[0].rendered.body, Contains("<mvx-status>confirmed"));
    send.backlog = false;
    send.dual = false;
    CHECK(attackers() == "1 2 3 4 ");
}

TEST_CASE("notifications: incidents of a file go out one by one, or as a digest", "[lab]") {
    Send send;
    for (const char* const attacker : {"203.0.113.5", "203.0.113.6"}) {
        sim::fireeye::Incident incident;
        incident.type = "malware-callback";
        incident.attacker = attacker;
        incident.victim = "192.0.2.10";
        send.incidents.push_back(incident);
    }
    CHECK(sent(send).size() == 2);
    send.alerts_per_body = 2;
    const auto digest = sent(send);
    REQUIRE(digest.size() == 1);
    CHECK_THAT(digest[0].rendered.body, Contains("203.0.113.5") && Contains("203.0.113.6"));
}
