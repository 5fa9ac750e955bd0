#include <catch2/catch.hpp>
#include <random>

#include "bench.hpp"
#include "sim/panos/configuration/address.hpp"
#include "sim/panos/control.hpp"
#include "sim/panos/machine/factory.hpp"
#include "sim/panos/policy/address_index.hpp"
#include "sim/panos/policy/policy.hpp"
#include "sim/panos/policy/registration.hpp"

using namespace sim::panos;
using Catch::Contains;
using namespace std::chrono_literals;

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

TEST_CASE("the last of many groups in a group counts like the first", "[sim][panos][policy]") {
    std::string parts;
    std::string members;
    for (int i = 0; i < 200; ++i) {
        parts += "<entry name=\"part-" + std::to_string(i) + "\"><static><member>" + (i == 199 ? "host" : "net") +
                 "</member></static></entry>";
        members += "<member>part-" + std::to_string(i) + "</member>";
    }
    std::string with = objects;
    with.insert(with.find("<entry name=\"inner\">"),
                parts + "<entry name=\"all\"><static>" + members + "</static></entry>");
    const auto p = policy({{"d", "deny", {"any"}, {"all"}}, {"rest", "allow"}}, with);
    CHECK(p->verdict(to("203.0.113.5")).object == "all -> part-199 -> host");
    CHECK(p->verdict(to("203.0.113.6")).rule == "rest");
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

TEST_CASE("a rule with a schedule counts at its times", "[sim][panos][policy]") {
    const auto at = [](int hour, int minute) {
        return Surroundings{nullptr, nullptr, nullptr,
                            Instant(std::chrono::sys_days(std::chrono::year(2018) / 6 / 12) + std::chrono::hours(hour) +
                                    std::chrono::minutes(minute))};  // a Tuesday
    };
    const auto with = [](const std::string& type) {
        return policy(
            {{"d", "deny", {"any"}, {"host"}, "<schedule>s</schedule>"}, {"rest", "allow"}},
            objects + "<schedule><entry name=\"s\"><schedule-type>" + type + "</schedule-type></entry></schedule>");
    };
    const auto daily = with("<recurring><daily><member>08:00-17:00</member></daily></recurring>");
    CHECK(daily->verdict(to("203.0.113.5"), at(8, 0)).rule == "d");
    CHECK(daily->verdict(to("203.0.113.5"), at(17, 0)).rule == "d");
    CHECK(daily->verdict(to("203.0.113.5"), at(17, 1)).rule == "rest");
    CHECK(daily->verdict(to("203.0.113.5")).rule == "rest");
    CHECK(daily->blocks("203.0.113.5", at(12, 0)));
    CHECK_FALSE(daily->blocks("203.0.113.5", at(7, 59)));
    const auto weekly = with(
        "<recurring><weekly><monday><member>00:00-23:59</member></monday><tuesday><member>09:00-10:00</member>"
        "</tuesday></weekly></recurring>");
    CHECK(weekly->verdict(to("203.0.113.5"), at(9, 30)).rule == "d");
    CHECK(weekly->verdict(to("203.0.113.5"), at(11, 0)).rule == "rest");
    const auto once = with("<non-recurring><member>2018/06/11@23:00-2018/06/12@01:00</member></non-recurring>");
    CHECK(once->verdict(to("203.0.113.5"), at(0, 30)).rule == "d");
    CHECK(once->verdict(to("203.0.113.5"), at(2, 0)).rule == "rest");
    CHECK(with("<nonsense/>")->verdict(to("203.0.113.5"), at(9, 0)).rule == "rest");
    const auto missing =
        policy({{"d", "deny", {"any"}, {"host"}, "<schedule>none</schedule>"}, {"rest", "allow"}}, objects);
    CHECK(missing->verdict(to("203.0.113.5"), at(9, 0)).rule == "rest");
}

TEST_CASE("a rule's type says whether it is for traffic within a zone or between zones", "[sim][panos][policy]") {
    const auto p = policy({{"within", "deny", {"any"}, {"any"}, "<rule-type>intrazone</rule-type>"},
                           {"between", "allow", {"any"}, {"any"}, "<rule-type>interzone</rule-type>"}});
    CHECK(p->verdict(to("203.0.113.5")).rule == "between");
    Flow flow = to("203.0.113.5");
    flow.to_zone = "trust";
    CHECK(p->verdict(flow).rule == "within");
}

TEST_CASE("application-default holds on the ports of the application", "[sim][panos][policy]") {
    const auto p = policy(
        {{"web", "allow", {"any"}, {"any"}, "", {"any"}, {"any"}, {"application-default"}, {"ssl"}}, {"rest", "deny"}});
    Flow flow = to("203.0.113.5");
    flow.application = "ssl";
    flow.protocol = "tcp";
    flow.port = 443;
    CHECK(p->verdict(flow).rule == "web");
    flow.port = 8443;
    CHECK(p->verdict(flow).rule == "rest");
    const auto d = policy(
        {{"d", "deny", {"any"}, {"host"}, "", {"any"}, {"any"}, {"application-default"}}, {"rest", "allow"}}, objects);
    CHECK_FALSE(d->blocks("203.0.113.5"));
}

TEST_CASE("users and categories of a rule count", "[sim][panos][policy]") {
    const auto p =
        policy({{"u", "deny", {"any"}, {"any"}, list("source-user", {"corp\\ann"})},
                {"g", "deny", {"any"}, {"any"}, list("source-user", {"admins"})},
                {"c", "deny", {"any"}, {"any"}, list("category", {"gambling"})},
                {"k", "deny", {"any"}, {"any"}, list("source-user", {"known-user"}) + list("category", {"any"})},
                {"rest", "allow", {"any"}, {"any"}, list("source-user", {"unknown"})}});
    Registration registration;
    const Surroundings around{&registration, nullptr, nullptr, std::nullopt};
    CHECK(p->verdict(to("203.0.113.5"), around).rule == "rest");
    registration.login("vsys1", "CORP\\ann", "192.0.2.10", 0, std::nullopt, {});
    CHECK(p->verdict(to("203.0.113.5"), around).rule == "u");
    registration.login("vsys1", "ben", "192.0.2.10", 0, std::nullopt, {});
    CHECK(p->verdict(to("203.0.113.5"), around).rule == "k");
    registration.set_group("vsys1", "admins", {"ben"});
    CHECK(p->verdict(to("203.0.113.5"), around).rule == "g");
    Flow flow = to("203.0.113.5");
    flow.user = "nobody";
    flow.category = "gambling";
    CHECK(p->verdict(flow, around).rule == "c");
    CHECK_FALSE(p->blocks("203.0.113.5", around));
}

TEST_CASE("rules that ask for host information match no flow", "[sim][panos][policy]") {
    const auto p = policy({{"h", "deny", {"any"}, {"any"}, list("source-hip", {"is-win"})},
                           {"rest", "allow", {"any"}, {"any"}, list("hip-profiles", {"any"})}});
    CHECK(p->verdict(to("203.0.113.5")).rule == "rest");
}

TEST_CASE("the default rules may be overridden", "[sim][panos][policy]") {
    const auto p = Policy::compile(
        *read_configuration("<config><devices><entry name=\"localhost.localdomain\"><vsys><entry name=\"vsys1\">"
                            "<rulebase><default-security-rules><rules><entry name=\"interzone-default\">"
                            "<action>allow</action></entry></rules></default-security-rules></rulebase></entry></vsys>"
                            "</entry></devices></config>"));
    CHECK(p->verdict(to("203.0.113.5")).allowed);
    CHECK(p->verdict(to("203.0.113.5")).rule == "interzone-default");
}

TEST_CASE("a vsys sees its own names before the shared ones, and shared groups see only these",
          "[sim][panos][policy]") {
    const auto p = Policy::compile(*read_configuration(
        "<config><shared><address><entry name=\"x\"><ip-netmask>203.0.113.1</ip-netmask></entry></address>"
        "<address-group><entry name=\"common\"><static><member>x</member></static></entry></address-group></shared>"
        "<devices><entry name=\"localhost.localdomain\"><vsys>"
        "<entry name=\"vsys1\"><address><entry name=\"x\"><ip-netmask>203.0.113.2</ip-netmask></entry></address>"
        "<rulebase><security><rules><entry name=\"own\"><from><member>any</member></from><to><member>any</member></to>"
        "<source><member>any</member></source><destination><member>x</member></destination>"
        "<service><member>any</member></service><application><member>any</member></application><action>deny</action>"
        "</entry><entry name=\"shared\"><from><member>any</member></from><to><member>any</member></to>"
        "<source><member>any</member></source><destination><member>common</member></destination>"
        "<service><member>any</member></service><application><member>any</member></application><action>drop</action>"
        "</entry></rules></security></rulebase></entry>"
        "<entry name=\"vsys2\"><rulebase><security><rules><entry name=\"two\"><from><member>any</member></from>"
        "<to><member>any</member></to><source><member>any</member></source><destination><member>x</member></"
        "destination>"
        "<service><member>any</member></service><application><member>any</member></application><action>deny</action>"
        "</entry></rules></security></rulebase></entry></vsys></entry></devices></config>"));
    CHECK(p->verdict(to("203.0.113.2")).rule == "own");
    CHECK(p->verdict(to("203.0.113.1")).rule == "shared");
    Flow flow = to("203.0.113.1");
    flow.vsys = "vsys2";
    CHECK(p->verdict(flow).rule == "two");
    flow.to = "203.0.113.2";
    CHECK(p->verdict(flow).rule == "interzone-default");
    flow.vsys = "vsys3";
    CHECK(p->verdict(flow).rule == "interzone-default");
}

// ---- following the configuration ------------------------------------------------------------------------------------

TEST_CASE("a commit of one address reads one address, however many there are", "[sim][panos][policy][cost]") {
    std::string addresses;
    std::string groups;
    for (int g = 0; g < 10; ++g) {
        groups += "<entry name=\"part-" + std::to_string(g) + "\"><static>";
        for (int i = 0; i < 300; ++i) {
            const std::string name = "a-" + std::to_string(g) + "-" + std::to_string(i);
            addresses += "<entry name=\"" + name + "\"><ip-netmask>10." + std::to_string(g) + "." +
                         std::to_string(i / 250) + "." + std::to_string(i % 250) + "</ip-netmask></entry>";
            groups += "<member>" + name + "</member>";
        }
        groups += "</static></entry>";
    }
    std::string parts;
    for (int g = 0; g < 10; ++g) {
        parts += "<member>part-" + std::to_string(g) + "</member>";
    }
    DeviceOptions with = test::options();
    with.load_xml = "<config><devices><entry name=\"localhost.localdomain\"><vsys><entry name=\"vsys1\"><address>" +
                    addresses + "</address><address-group>" + groups + "<entry name=\"all\"><static>" + parts +
                    "</static></entry></address-group><rulebase><security><rules><entry name=\"d\">" +
                    list("from", {"any"}) + list("to", {"any"}) + list("source", {"any"}) +
                    list("destination", {"all"}) + list("service", {"any"}) + list("application", {"any"}) +
                    "<action>deny</action></entry></rules></security></rulebase></entry></vsys>"
                    "</entry></devices></config>";
    test::Bench fw(with);
    const auto policy = Policy::compile(fw.device->running());
    CHECK(policy->verdict(to("10.9.1.49")).object == "all -> part-9 -> a-9-299");
    const Policy::Work before = policy->work();
    CHECK(before.objects == 3000);
    fw.set(test::address("new"), "<ip-netmask>203.0.113.5</ip-netmask>");
    fw.set(test::group("part-9") + "/static", "<member>new</member>");
    fw.activate();
    policy->follow(fw.device->running());
    CHECK(policy->verdict(to("203.0.113.5")).object == "all -> part-9 -> new");
    CHECK(policy->verdict(to("10.9.1.49")).object == "all -> part-9 -> a-9-299");
    CHECK(policy->work().objects == before.objects + 1);
    CHECK(policy->work().groups <= before.groups + 1);
    CHECK(policy->work().rules == before.rules);
}

TEST_CASE("a policy that followed every version says what a new one says", "[sim][panos][policy][property]") {
    for (unsigned seed = 0; seed < 6; ++seed) {
        std::mt19937 random(seed);
        const auto below = [&random](std::size_t n) { return random() % n; };
        test::Bench fw;
        const auto policy = Policy::compile(fw.device->running());
        const auto object = [&below] { return "o" + std::to_string(below(12)); };
        const auto group = [&below] { return "g" + std::to_string(below(4)); };
        const auto ip = [&below] { return "203.0.113." + std::to_string(below(16)); };
        const std::string shared = "/config/shared";
        for (int step = 0; step < 40; ++step) {
            const std::string scope = below(4) == 0 ? shared : test::vsys1;
            const std::string at = scope + "/address/entry[@name='" + object() + "']";
            const std::string in = scope + "/address-group/entry[@name='" + group() + "']";
            switch (below(8)) {
                case 0:
                case 1:
                    fw.set(at, "<ip-netmask>" + ip() + (below(3) == 0 ? "/30" : "") + "</ip-netmask>");
                    break;
                case 2:
                    fw.config("delete", at);
                    break;
                case 3:
                    fw.set(in, "<static><member>" + (below(3) == 0 ? group() : object()) + "</member></static>");
                    break;
                case 4:
                    fw.config("delete", below(3) == 0 ? in : in + "/static/member[text()='" + object() + "']");
                    break;
                case 5:
                    fw.set(test::rule("r" + std::to_string(below(3))),
                           list("from", {"any"}) + list("to", {"any"}) + list("source", {"any"}) +
                               list("destination", {below(2) == 0 ? group() : object()}) + list("service", {"any"}) +
                               list("application", {"any"}) + "<action>deny</action>");
                    fw.config("move", test::rule("r0"), "", {{"where", "top"}});
                    break;
                case 6:
                    fw.config("delete", test::rule("r" + std::to_string(below(3))));
                    break;
                default:
                    fw.activate();
                    policy->follow(fw.device->running());
            }
            const auto fresh = Policy::compile(fw.device->running());
            policy->follow(fw.device->running());
            for (int host = 0; host < 17; ++host) {
                const Flow flow = to("203.0.113." + std::to_string(host));
                const Verdict one = policy->verdict(flow);
                const Verdict other = fresh->verdict(flow);
                if (one.rule != other.rule || policy->blocks(flow.to) != fresh->blocks(flow.to)) {
                    FAIL("seed " << seed << ", step " << step << ", " << flow.to << ": " << one.rule << " against "
                                 << other.rule);
                }
            }
        }
    }
}

TEST_CASE("the index of addresses finds what a walk finds", "[sim][panos][policy][property]") {
    for (unsigned seed = 0; seed < 50; ++seed) {
        std::mt19937 random(seed);
        const auto some_ip = [&random] {
            const bool v6 = random() % 3 == 0;
            const std::string low = std::to_string(random() % 32);
            return v6 ? "2001:db8::" + low : "10.0.0." + low;
        };
        AddressIndex<int> index;
        std::vector<std::pair<IpRange, int>> all;
        for (int i = 0; i < 60; ++i) {
            const std::string text = some_ip();
            const bool v6 = text.find(':') != std::string::npos;
            auto range = parse_netmask(text + "/" + std::to_string((v6 ? 128 : 32) - random() % 6));
            if (random() % 3 == 0) {
                const std::string last = some_ip();
                range = parse_range(text + "-" + last);
            }
            if (range) {
                index.add(*range, i);
                all.emplace_back(*range, i);
            }
            if (!all.empty() && random() % 4 == 0) {
                const auto gone = all.begin() + static_cast<std::ptrdiff_t>(random() % all.size());
                CHECK(index.remove(gone->first, gone->second));
                CHECK_FALSE(index.remove(gone->first, 1000));
                all.erase(gone);
            }
        }
        for (int i = 0; i < 40; ++i) {
            const Ip ip = *parse_ip(some_ip());
            std::set<int> expected;
            for (const auto& [range, value] : all) {
                if (range.contains(ip)) {
                    expected.insert(value);
                }
            }
            std::set<int> found;
            index.each(ip, [&found, &ip](const IpRange& range, int value) {
                CHECK(range.contains(ip));
                found.insert(value);
                return true;
            });
            CHECK(found == expected);
        }
    }
}

// ---- asking the device ----------------------------------------------------------------------------------------------

namespace {

std::string match_command(const std::string& more = "<from>trust</from><to>untrust</to>") {
    return "<test><security-policy-match>" + more +
           "<source>192.0.2.10</source><destination>203.0.113.5</destination><destination-port>443</destination-port>"
           "<protocol>6</protocol></security-policy-match></test>";
}

const std::string outbound_match =
    "<entry name=\"outbound\"><index>1</index><from>trust</from><source>any</source><source-region>none"
    "</source-region><to>untrust</to><destination>any</destination><destination-region>none</destination-region>"
    "<user>any</user><category>any</category><application_service>0:any/any/any/any</application_service>"
    "<action>allow</action><icmp-unreachable>no</icmp-unreachable><terminal>yes</terminal></entry>";

}  // namespace

TEST_CASE("a policy match tells the rule in the words of its release", "[sim][panos][policy][op]") {
    test::Bench fw;
    CHECK(fw.op(match_command()) == "<response cmd=\"status\" status=\"success\"><result><rules>" + outbound_match +
                                        "</rules></result></response>");
    CHECK_THAT(fw.op(match_command("<show-all>yes</show-all><from>trust</from><to>untrust</to>")),
               Contains(outbound_match + "<entry name=\"interzone-default\">") && Contains("<action>deny</action>"));
    CHECK_THAT(fw.op(match_command("<from>untrust</from><to>trust</to>")),
               Contains("<entry name=\"interzone-default\"><from>any</from>"));
    CHECK(fw.op(match_command("")) == "<response cmd=\"status\" status=\"success\"><result></result></response>");
    DeviceOptions with = test::options();
    with.version = "8.1";
    test::Bench old(with);
    CHECK(old.op(match_command()) ==
          "<response cmd=\"status\" status=\"success\"><result><rules>"
          "<entry>outbound; index: 1</entry></rules></result></response>");
    CHECK(fw.op("<test><nat-policy-match><source>192.0.2.10</source><destination>203.0.113.5</destination>"
                "<protocol>6</protocol></nat-policy-match></test>") ==
          "<response status=\"success\"><result></result></response>");
}

TEST_CASE("traffic counts as hits of its rule, questions do not", "[sim][panos][policy][control]") {
    test::Bench fw;
    const auto hits = [&fw](const std::string& rules = "<all/>") {
        return fw.op(
            "<show><rule-hit-count><vsys><vsys-name><entry name='vsys1'><rule-base><entry name='security'>"
            "<rules>" +
            rules + "</rules></entry></rule-base></entry></vsys-name></vsys></rule-hit-count></show>");
    };
    const auto entry = [](const std::string& rule, int count, long last, long reset = 0) {
        return "<entry name=\"" + rule + "\"><latest>yes</latest><hit-count>" + std::to_string(count) +
               "</hit-count><last-hit-timestamp>" + std::to_string(last) +
               "</last-hit-timestamp><last-reset-timestamp>" + std::to_string(reset) +
               "</last-reset-timestamp><first-hit-timestamp>" + std::to_string(last) +
               "</first-hit-timestamp><rule-creation-timestamp>1528778205</rule-creation-timestamp>"
               "<rule-modification-timestamp>1528778205</rule-modification-timestamp></entry>";
    };
    const auto answer = [](const std::string& entries) {
        return "<response status=\"success\"><result><rule-hit-count><vsys><entry name=\"vsys1\"><rule-base>"
               "<entry name=\"security\"><rules>" +
               entries +
               "</rules></entry></rule-base></entry></vsys>"
               "</rule-hit-count></result></response>";
    };
    const auto pass = [&fw](const std::string& body) {
        net::HttpRequest request;
        request.method = "POST";
        request.target = "/traffic";
        request.body = body;
        return control(*fw.device, request, fw.now);
    };
    CHECK(hits() ==
          answer(entry("outbound", 0, 0) + entry("intrazone-default", 0, 0) + entry("interzone-default", 0, 0)));
    fw.op(match_command());
    fw.device->verdict(to("203.0.113.5"), fw.now);
    fw.now += 10s;
    CHECK(pass(R"({"from":"192.0.2.10","to":"203.0.113.5","sessions":3})").body ==
          R"({"verdict":"allow","action":"allow","rule":"outbound","object":"any"})");
    CHECK(hits("<list><member>outbound</member></list>") == answer(entry("outbound", 3, 1528778215)));
    CHECK(hits("<rule-name><entry name=\"outbound\"/></rule-name>") == answer(entry("outbound", 3, 1528778215)));
    const auto use = [&fw](const std::string& type) {
        return fw.op("<show><running><rule-use><highlight><rule-base>security</rule-base><type>" + type +
                     "</type><vsys>vsys1</vsys></highlight></rule-use></running></show>");
    };
    CHECK(use("used") ==
          "<response status=\"success\"><result><rules><entry>outbound</entry></rules></result></response>");
    CHECK(use("unused") == "<response status=\"success\"><result><rules/></result></response>");
    CHECK(pass(R"({"from":"192.0.2.10"})").status == 400);
    CHECK(pass(R"({"to":"203.0.113.5","nonsense":1})").status == 400);
    CHECK(pass("nonsense").status == 400);
    fw.op(
        "<clear><rule-hit-count><vsys><vsys-name><entry name='vsys1'><rule-base><entry name='security'><rules><all/>"
        "</rules></entry></rule-base></entry></vsys-name></vsys></rule-hit-count></clear>");
    CHECK(hits("<list><member>outbound</member></list>") == answer(entry("outbound", 0, 0, 1528778215)));
    CHECK_THAT(fw.op("<show><rule-hit-count><vsys><entry name='vsys1'/></vsys></rule-hit-count></show>"),
               Contains("code=\"17\""));
}

TEST_CASE("the control API shows what decides beside the configuration", "[sim][panos][policy][control]") {
    test::Bench fw;
    const auto get = [&fw](const std::string& target, const std::string& method = "GET") {
        net::HttpRequest request;
        request.method = method;
        request.target = target;
        return control(*fw.device, request, fw.now);
    };
    fw.post({{"type", "user-id"},
             {"cmd",
              "<uid-message><payload><register><entry ip=\"203.0.113.5\"><tag><member timeout=\"60\">bad"
              "</member></tag></entry></register></payload></uid-message>"}});
    CHECK(get("/registered").body ==
          R"({"vsys1":{"addresses":[{"address":"203.0.113.5","persistent":true,"tags":[{"tag":"bad",)"
          R"("until":"2018-06-12T04:37:45Z"}]}],"users":[],"mappings":[]}})");
    fw.set(test::group("dag"), "<dynamic><filter>'bad'</filter></dynamic>");
    fw.config("edit", test::rule("outbound") + "/destination", "<destination><member>dag</member></destination>");
    fw.activate();
    fw.now = test::start + 59s;
    CHECK(get("/lists").body == R"({"lists":[]})");
    CHECK_THAT(get("/dynamic-groups").body, Contains(R"({"vsys":"vsys1","group":"dag","filter":"'bad'","objects":[])"));
    CHECK(get("/registered", "POST").status == 405);
    CHECK(get("/traffic").status == 405);
    CHECK(get("/nonsense").status == 404);
}
