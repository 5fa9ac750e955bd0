#include <catch2/catch.hpp>

#include "sim/panos/address.hpp"
#include "sim/panos/factory.hpp"
#include "sim/panos/policy.hpp"

using namespace sim::panos;

namespace {

std::string list(const std::string& tag, const std::vector<std::string>& members) {
    std::string out = "<" + tag + ">";
    for (const std::string& each : members) {
        out += "<member>" + each + "</member>";
    }
    return out + "</" + tag + ">";
}

struct RuleText {
    std::string name;
    std::string action;
    std::vector<std::string> source = {"any"};
    std::vector<std::string> destination = {"any"};
    std::string more = "";
    std::vector<std::string> from = {"any"};
    std::vector<std::string> to = {"any"};
    std::vector<std::string> service = {"any"};
    std::vector<std::string> application = {"any"};
};

std::shared_ptr<const Policy> policy(const std::vector<RuleText>& all, const std::string& objects = "") {
    std::string rules;
    for (const RuleText& each : all) {
        rules += "<entry name=\"" + each.name + "\">" + list("from", each.from) + list("to", each.to) +
                 list("source", each.source) + list("destination", each.destination) + list("service", each.service) +
                 list("application", each.application) + "<action>" + each.action + "</action>" + each.more +
                 "</entry>";
    }
    return Policy::compile(
        *read_configuration("<config><shared><address><entry "
                            "name=\"shared-one\"><ip-netmask>198.51.100.77</ip-netmask></entry></address></shared>"
                            "<devices><entry name=\"localhost.localdomain\"><vsys><entry name=\"vsys1\">" +
                            objects + "<rulebase><security><rules>" + rules +
                            "</rules></security></rulebase></entry></vsys></entry></devices></config>"));
}

Flow to(const std::string& destination) {
    Flow flow;
    flow.from = "192.0.2.10";
    flow.to = destination;
    return flow;
}

const std::string objects =
    "<address><entry name=\"host\"><ip-netmask>203.0.113.5</ip-netmask></entry>"
    "<entry name=\"net\"><ip-netmask>203.0.113.64/26</ip-netmask></entry>"
    "<entry name=\"range\"><ip-range>203.0.113.10-203.0.113.12</ip-range></entry>"
    "<entry name=\"wild\"><ip-wildcard>10.0.1.5/0.0.254.0</ip-wildcard></entry>"
    "<entry name=\"six\"><ip-netmask>2001:db8::5</ip-netmask></entry>"
    "<entry name=\"six-net\"><ip-netmask>2001:db8:1::/48</ip-netmask></entry>"
    "<entry name=\"name\"><fqdn>Evil.example.com</fqdn></entry></address>"
    "<address-group><entry name=\"inner\"><static><member>range</member><member>outer</member></static></entry>"
    "<entry name=\"outer\"><static><member>host</member><member>inner</member><member>name</member></static></entry>"
    "</address-group>";

}  // namespace

TEST_CASE("the first rule that matches decides", "[sim][panos][policy]") {
    const auto p = policy({{"first", "deny", {"any"}, {"host"}}, {"second", "allow"}}, objects);
    CHECK(p->verdict(to("203.0.113.5")).rule == "first");
    CHECK_FALSE(p->verdict(to("203.0.113.5")).allowed);
    CHECK(p->verdict(to("203.0.113.6")).allowed);
    const auto q = policy({{"second", "allow"}, {"first", "deny", {"any"}, {"host"}}}, objects);
    CHECK(q->verdict(to("203.0.113.5")).allowed);
    CHECK_FALSE(q->blocks("203.0.113.5"));
}

TEST_CASE("every form of an address is matched, and nothing beside it", "[sim][panos][policy]") {
    const auto p = policy({{"d",
                            "drop",
                            {"any"},
                            {"host", "net", "range", "wild", "six", "six-net", "name", "shared-one", "198.51.100.0/30",
                             "198.51.100.8-198.51.100.9", "198.51.100.20"}},
                           {"rest", "allow"}},
                          objects);
    for (const std::string in :
         {"203.0.113.5", "203.0.113.64", "203.0.113.127", "203.0.113.10", "203.0.113.12", "10.0.3.5", "2001:db8::5",
          "2001:DB8:0::0005", "2001:db8:1:ffff::1", "evil.example.com", "EVIL.example.com", "198.51.100.77",
          "198.51.100.3", "198.51.100.9", "198.51.100.20"}) {
        INFO(in);
        CHECK(p->blocks(in));
        CHECK(p->verdict(to(in)).action == "drop");
    }
    for (const std::string out : {"203.0.113.6", "203.0.113.63", "203.0.113.128", "203.0.113.13", "10.0.3.6",
                                  "10.1.3.5", "2001:db8::6", "2001:db8:2::1", "example.com", "x.evil.example.com",
                                  "198.51.100.4", "198.51.100.10", "::ffff:203.0.113.5"}) {
        INFO(out);
        CHECK_FALSE(p->blocks(out));
        CHECK(p->verdict(to(out)).allowed);
    }
}

TEST_CASE("groups hold groups, and one that holds itself ends", "[sim][panos][policy]") {
    const auto p = policy({{"d", "deny", {"any"}, {"outer"}}}, objects);
    CHECK(p->verdict(to("203.0.113.11")).object == "outer -> inner -> range");
    CHECK(p->verdict(to("203.0.113.5")).object == "outer -> host");
}

TEST_CASE("disabled rules are passed over", "[sim][panos][policy]") {
    const auto p = policy({{"d", "deny", {"any"}, {"host"}, "<disabled>yes</disabled>"}, {"rest", "allow"}}, objects);
    CHECK(p->verdict(to("203.0.113.5")).rule == "rest");
}

TEST_CASE("zones count", "[sim][panos][policy]") {
    const auto p = policy({{"d", "deny", {"any"}, {"host"}, "", {"dmz"}, {"untrust"}}, {"rest", "allow"}}, objects);
    CHECK(p->verdict(to("203.0.113.5")).allowed);
    CHECK_FALSE(p->blocks("203.0.113.5"));
    Flow flow = to("203.0.113.5");
    flow.from_zone = "dmz";
    CHECK_FALSE(p->verdict(flow).allowed);
}

TEST_CASE("negation turns a side over", "[sim][panos][policy]") {
    const auto p = policy(
        {{"d", "deny", {"any"}, {"host"}, "<negate-destination>yes</negate-destination>"}, {"rest", "allow"}}, objects);
    CHECK(p->verdict(to("203.0.113.5")).allowed);
    CHECK_FALSE(p->verdict(to("203.0.113.6")).allowed);
    CHECK_FALSE(p->blocks("203.0.113.6"));
}

TEST_CASE("without a rule, one zone talks to itself and not to others", "[sim][panos][policy]") {
    const auto p = policy({});
    CHECK(p->verdict(to("203.0.113.5")).rule == "interzone-default");
    CHECK_FALSE(p->verdict(to("203.0.113.5")).allowed);
    CHECK_FALSE(p->blocks("203.0.113.5"));
    Flow flow = to("203.0.113.5");
    flow.to_zone = "trust";
    CHECK(p->verdict(flow).rule == "intrazone-default");
    CHECK(p->verdict(flow).allowed);
}

TEST_CASE("a denial of some ports, applications or inside hosts is not a block", "[sim][panos][policy]") {
    const std::string services =
        "<service><entry name=\"web\"><protocol><tcp><port>80,8000-8010</port></tcp></protocol></entry></service>";
    const auto by_port = policy({{"d", "deny", {"any"}, {"host"}, "", {"any"}, {"any"}, {"web"}}, {"rest", "allow"}},
                                objects + services);
    CHECK_FALSE(by_port->blocks("203.0.113.5"));
    Flow flow = to("203.0.113.5");
    CHECK(by_port->verdict(flow).allowed);
    flow.protocol = "tcp";
    flow.port = 8005;
    CHECK_FALSE(by_port->verdict(flow).allowed);
    flow.protocol = "udp";
    CHECK(by_port->verdict(flow).allowed);
    const auto by_source = policy({{"d", "deny", {"192.0.2.10"}, {"host"}}, {"rest", "allow"}}, objects);
    CHECK_FALSE(by_source->blocks("203.0.113.5"));
    CHECK_FALSE(by_source->verdict(to("203.0.113.5")).allowed);
    const auto by_application =
        policy({{"d", "deny", {"any"}, {"host"}, "", {"any"}, {"any"}, {"any"}, {"ssl"}}, {"rest", "allow"}}, objects);
    CHECK_FALSE(by_application->blocks("203.0.113.5"));
}

TEST_CASE("a denial of everything names no one", "[sim][panos][policy]") {
    const auto p = policy({{"all", "deny"}});
    CHECK_FALSE(p->verdict(to("203.0.113.5")).allowed);
    CHECK_FALSE(p->blocks("203.0.113.5"));
}

TEST_CASE("addresses are read strictly", "[sim][panos][policy]") {
    for (const std::string bad : {"", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.4/", "1.2.3.4/33", "1.2.3.4/-1",
                                  "1.2.3.4 ", "::/129", "g::1", "1.2.3.4/ 8"}) {
        INFO(bad);
        CHECK_FALSE(parse_netmask(bad).has_value());
    }
    CHECK(parse_netmask("0.0.0.0/0")->contains(*parse_ip("255.255.255.255")));
    CHECK_FALSE(parse_netmask("0.0.0.0/0")->contains(*parse_ip("::1")));
    CHECK(parse_netmask("192.0.2.200/24")->first == *parse_ip("192.0.2.0"));
}
