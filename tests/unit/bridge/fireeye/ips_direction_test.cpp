#include <catch2/catch.hpp>

#include "notifications.hpp"

using namespace notifications;
using bridge::fireeye::IpsDirection;

namespace {

std::string ips(std::string_view mode, int src_port, int dst_port) {
    return R"({"product":"CMS","alert":{"name":"ips-event","id":1,"product":"Web MPS","src":{"ip":"203.0.113.5","port":)" +
           std::to_string(src_port) + R"(},"dst":{"ip":"203.0.113.80","port":")" + std::to_string(dst_port) +
           R"("},"explanation":{"ips-detected":{"attack-mode":")" + std::string(mode) +
           R"(","sig-name":"SQL Injection"}}}})";
}

}  // namespace

TEST_CASE("ips-event: the traffic's source attacks, unless the appliance normalises", "[bridge][fireeye]") {
    const auto traffic = only_alert(ips("server", 52490, 80));
    CHECK(attackers(traffic) == Texts{"203.0.113.5"});
    CHECK(unobjected(traffic) == Texts{"203.0.113.5"});
    CHECK(traffic.suspects.front().role == "src/ip");
    CHECK(traffic.victims == Texts{"203.0.113.80"});
    CHECK(traffic.malware == "SQL Injection");

    const auto normalized = only_alert(ips("server", 80, 52490), IpsDirection::normalized);
    CHECK(attackers(normalized) == Texts{"203.0.113.80"});
    CHECK(unobjected(normalized) == Texts{"203.0.113.80"});
    CHECK(normalized.victims == Texts{"203.0.113.5"});
}

TEST_CASE("ips-event: each appliance has its own direction, by its id or its name", "[bridge][fireeye]") {
    const auto attackers_by = [](std::string_view name) {
        bridge::fireeye::ReadingRules rules;
        rules.set_direction_of(name, IpsDirection::normalized);
        std::string body = ips("server", 80, 52490);
        body.insert(1, R"("appliance":"CM1.example.com",)");
        body.insert(body.find(R"("name")"), R"("appliance-id":"00:11:22:33:44:AA","sensor":"nx7.example.com",)");
        const auto notification = bridge::fireeye::read_notification(body, rules);
        REQUIRE(notification);
        return attackers(notification->alerts.front());
    };
    CHECK(attackers_by("00:11:22:33:44:aa") == Texts{"203.0.113.80"});
    CHECK(attackers_by("0011223344AA") == Texts{"203.0.113.80"});
    CHECK(attackers_by("NX7.example.com") == Texts{"203.0.113.80"});
    CHECK(attackers_by("cm1.example.com") == Texts{"203.0.113.80"});
    CHECK(attackers_by("another") == Texts{"203.0.113.5"});
}

TEST_CASE("ips-event: ports that contradict the direction stop the block", "[bridge][fireeye]") {
    CHECK(unobjected(only_alert(ips("server", 80, 52490))).empty());
    CHECK(unobjected(only_alert(ips("client", 64275, 80))).empty());
    CHECK(unobjected(only_alert(ips("server", 52490, 80), IpsDirection::normalized)).empty());
    CHECK(unobjected(only_alert(ips("server", 8082, 54115))).empty());
    CHECK(unobjected(only_alert(ips("server", 54115, 8082))).size() == 1);
    CHECK(objection_to(only_alert(ips("client", 64275, 80)), "203.0.113.5").find("report, don't block") !=
          std::string::npos);
}

TEST_CASE("ips-event: ports that tell nothing do not stop it", "[bridge][fireeye]") {
    CHECK(unobjected(only_alert(ips("client", 80, 1043))).size() == 1);
    CHECK(unobjected(only_alert(ips("server", 40000, 50000))).size() == 1);
    CHECK(unobjected(only_alert(ips("server", 80, 443))).size() == 1);
    CHECK(unobjected(only_alert(ips("", 80, 52490))).size() == 1);
}

TEST_CASE("ips-event: a test fire is objected to", "[bridge][fireeye]") {
    auto body = ips("server", 52490, 80);
    body.replace(body.find("SQL Injection"), 13, "IPS-TEST-FIRE-1");
    CHECK(unobjected(only_alert(body)).empty());
}
