#include <catch2/catch.hpp>

#include "bench.hpp"

using namespace sim::panos;
using namespace sim::panos::test;
using Catch::Contains;

TEST_CASE("get of nothing is a success with code 7 and an empty result", "[sim][panos][config]") {
    Bench fw;
    CHECK(fw.config("get", address("none")) == R"(<response status="success" code="7"><result/></response>)");
}

TEST_CASE("show of nothing is an error without a code", "[sim][panos][config]") {
    Bench fw;
    CHECK(fw.config("show", address("none")) ==
          R"(<response status="error"><msg><line>No such node</line></msg></response>)");
}

TEST_CASE("delete of nothing is a success with code 7", "[sim][panos][config]") {
    Bench fw;
    CHECK(fw.config("delete", address("none")) ==
          R"(<response status="success" code="7"><msg>Object doesn't exist</msg></response>)");
    CHECK(fw.commit() == no_changes);
}

TEST_CASE("an uncommitted object carries admin, dirtyId and time on every node, in that order",
          "[sim][panos][config]") {
    Bench fw;
    CHECK(fw.set(address("evil"), "<ip-netmask>203.0.113.5</ip-netmask>") == done);
    const std::string marks = R"( admin="admin" dirtyId="1" time="2018/06/12 04:36:45")";
    CHECK(fw.config("get", address("evil")) ==
          "<response status=\"success\" code=\"19\"><result total-count=\"1\" count=\"1\">\n <entry name=\"evil\"" +
              marks + ">\n  <ip-netmask" + marks + ">203.0.113.5</ip-netmask>\n </entry>\n</result></response>");
}

TEST_CASE("show never has marks, and get has none after the commit", "[sim][panos][config]") {
    Bench fw;
    fw.set(address("evil"), "<ip-netmask>203.0.113.5</ip-netmask>");
    CHECK(fw.config("show", address("evil")) ==
          R"(<response status="error"><msg><line>No such node</line></msg></response>)");
    fw.activate();
    CHECK(fw.config("show", address("evil")) ==
          "<response status=\"success\"><result><entry name=\"evil\">\n  <ip-netmask>203.0.113.5</ip-netmask>\n"
          "</entry></result></response>");
    CHECK(fw.config("get", address("evil")) ==
          "<response status=\"success\" code=\"19\"><result total-count=\"1\" count=\"1\">\n <entry name=\"evil\">\n"
          "  <ip-netmask>203.0.113.5</ip-netmask>\n </entry>\n</result></response>");
}

TEST_CASE("a container counts as one node however many entries it has", "[sim][panos][config]") {
    Bench fw;
    fw.set(addresses, host("a", "192.0.2.1") + host("b", "192.0.2.2"));
    CHECK_THAT(fw.config("get", addresses), Contains(R"(total-count="1" count="1")"));
    CHECK_THAT(fw.config("get", addresses + "/entry"), Contains(R"(total-count="2" count="2")"));
}

TEST_CASE("an attribute xpath gives elements with that attribute only", "[sim][panos][config]") {
    Bench fw;
    fw.set(addresses, host("a", "192.0.2.1") + host("b", "192.0.2.2"));
    CHECK(fw.config("get", addresses + "/entry/@name") ==
          "<response status=\"success\" code=\"19\"><result total-count=\"2\" count=\"2\">\n <entry name=\"a\"/>\n"
          " <entry name=\"b\"/>\n</result></response>");
}

TEST_CASE("set merges and edit replaces", "[sim][panos][config]") {
    Bench fw;
    fw.set(address("a"), "<ip-netmask>192.0.2.1</ip-netmask>");
    CHECK(fw.set(address("a"), "<description>first</description>") == done);
    CHECK_THAT(fw.config("get", address("a")), Contains("192.0.2.1") && Contains("first"));
    CHECK(fw.config("edit", address("a"), host("a", "192.0.2.9")) == done);
    CHECK_THAT(fw.config("get", address("a")), Contains("192.0.2.9") && !Contains("first"));
}

TEST_CASE("a member set twice stays single, and set adds to the members there are", "[sim][panos][config]") {
    Bench fw;
    fw.set(addresses, host("a", "192.0.2.1") + host("b", "192.0.2.2"));
    CHECK(fw.set(group("g"), "<static><member>a</member></static>") == done);
    CHECK(fw.set(group("g") + "/static", "<member>a</member><member>b</member>") == done);
    fw.activate();
    CHECK_THAT(fw.config("show", group("g")),
               Contains("<static>\n    <member>a</member>\n    <member>b</member>\n  </static>"));
}

TEST_CASE("edit with another element than the xpath's last step changes nothing", "[sim][panos][config]") {
    Bench fw;
    fw.set(address("a"), "<ip-netmask>192.0.2.1</ip-netmask>");
    CHECK_THAT(fw.config("edit", address("a"), host("b", "192.0.2.9")), Contains("status=\"error\""));
    CHECK_THAT(fw.config("edit", address("a"), "<ip-netmask>192.0.2.9</ip-netmask>"), Contains("status=\"error\""));
    CHECK_THAT(fw.config("get", address("a")), Contains("192.0.2.1"));
}

TEST_CASE("an address without a value it can have is refused at set", "[sim][panos][config]") {
    Bench fw;
    for (const std::string bad :
         {"<ip-netmask>203.0.113.500</ip-netmask>", "<ip-netmask>203.0.113.5/33</ip-netmask>",
          "<ip-netmask>evil.example.com</ip-netmask>", "<ip-range>192.0.2.9-192.0.2.1</ip-range>",
          "<fqdn>not a name</fqdn>", "<ip-netmask></ip-netmask>", "<ip-wildcard>1.2.3.4</ip-wildcard>"}) {
        INFO(bad);
        CHECK_THAT(fw.set(address("a"), bad), Contains(R"(status="error" code="12")"));
    }
    for (const std::string good : {"<ip-netmask>203.0.113.5</ip-netmask>", "<ip-netmask>203.0.113.5/32</ip-netmask>",
                                   "<ip-netmask>2001:db8::1</ip-netmask>", "<ip-netmask>2001:db8::/32</ip-netmask>",
                                   "<ip-range>192.0.2.1-192.0.2.9</ip-range>", "<fqdn>evil.example.com</fqdn>"}) {
        INFO(good);
        CHECK(fw.set(address("a"), good) == done);
    }
}

TEST_CASE("a name longer than 63 characters is refused with its length", "[sim][panos][config]") {
    Bench fw;
    const std::string name(64, 'n');
    CHECK(fw.set(address(name), "<ip-netmask>192.0.2.1</ip-netmask>") ==
          "<response status=\"error\" code=\"12\"><msg><line><![CDATA[ " + name +
              " can be at most 63 characters, but current length: 64]]></line></msg></response>");
    CHECK(fw.set(address(std::string(63, 'n')), "<ip-netmask>192.0.2.1</ip-netmask>") == done);
}

TEST_CASE("names that PAN-OS does not take are refused", "[sim][panos][config]") {
    Bench fw;
    for (const std::string bad : {"2001:db8::1", "a/24", "-a", " a", "a*b", "a\xc3\xa9"}) {
        INFO(bad);
        CHECK_THAT(fw.set(address(bad), "<ip-netmask>192.0.2.1</ip-netmask>"), Contains(R"(code="12")"));
    }
    for (const std::string good : {"203.0.113.5", "a b", "_a", "A-1_x.y", "9"}) {
        INFO(good);
        CHECK(fw.set(address(good), "<ip-netmask>192.0.2.1</ip-netmask>") == done);
    }
}

TEST_CASE("an unknown child is unexpected here", "[sim][panos][config]") {
    Bench fw;
    CHECK(fw.set(address("a"), "<address>192.0.2.1</address>") ==
          "<response status=\"error\" code=\"12\"><msg><line><![CDATA[ a -> address unexpected here]]></line>"
          "<line><![CDATA[ a is invalid]]></line></msg></response>");
    CHECK_THAT(fw.set("/config/nonsense", "<a/>"), Contains("Could not find schema node for xpath /config/nonsense"));
    CHECK_THAT(fw.set("/config", "<nonsense/>"), Contains("unexpected here"));
    CHECK_THAT(fw.set("/config/devices/entry[@name='localhost.localdomain']/device-group/entry[@name='d']/address",
                      host("a", "192.0.2.1")),
               Contains("Could not find schema node"));
}

TEST_CASE("nothing can be set into a vsys that is not there", "[sim][panos][config]") {
    Bench fw;
    CHECK_THAT(fw.set("/config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='vsys2']/address",
                      host("a", "192.0.2.1")),
               Contains(R"(status="error" code="12")"));
    CHECK_THAT(fw.set("/config/devices/entry[@name='other']/vsys/entry[@name='vsys1']/address", host("a", "192.0.2.1")),
               Contains(R"(status="error" code="12")"));
}

TEST_CASE("a group's member that does not exist is no valid reference", "[sim][panos][config]") {
    Bench fw;
    CHECK(fw.set(group("g"), "<static><member>ghost</member></static>") ==
          "<response status=\"error\" code=\"12\"><msg><line><![CDATA[ g -> static 'ghost' is not a valid "
          "reference]]></line>"
          "<line><![CDATA[ g -> static is invalid]]></line></msg></response>");
    CHECK(fw.config("get", group("g")) == R"(<response status="success" code="7"><result/></response>)");
}

TEST_CASE("objects and a group of them can be set in one call", "[sim][panos][config]") {
    Bench fw;
    CHECK(fw.set(vsys1,
                 "<address-group><entry name=\"g\"><static><member>a</member></static></entry></address-group>"
                 "<address>" +
                     host("a", "192.0.2.1") + "</address>") == done);
}

TEST_CASE("a tag must exist before an object wears it", "[sim][panos][config]") {
    Bench fw;
    CHECK_THAT(fw.set(address("a"), "<ip-netmask>192.0.2.1</ip-netmask><tag><member>t</member></tag>"),
               Contains("a -> tag 't' is not a valid reference"));
    CHECK(fw.set(vsys1 + "/tag/entry[@name='t']", "<color>color1</color>") == done);
    CHECK(fw.set(address("a"), "<ip-netmask>192.0.2.1</ip-netmask><tag><member>t</member></tag>") == done);
}

TEST_CASE("a rule's unknown source is neither keyword nor reference", "[sim][panos][config]") {
    Bench fw;
    CHECK(fw.set(rule("outbound") + "/source", "<member>ghost</member>") ==
          "<response status=\"error\" code=\"12\"><msg>"
          "<line><![CDATA[ outbound -> source 'ghost' is not an allowed keyword]]></line>"
          "<line><![CDATA[ outbound -> source ghost is an invalid ipv4/v6 address]]></line>"
          "<line><![CDATA[ outbound -> source ghost range separator('-') not found]]></line>"
          "<line><![CDATA[ outbound -> source 'ghost' is not a valid reference]]></line>"
          "<line><![CDATA[ outbound -> source is invalid]]></line></msg></response>");
    CHECK(fw.config("edit", rule("outbound") + "/source", "<source><member>203.0.113.0/24</member></source>") == done);
}

TEST_CASE("an address that a group uses can't be deleted", "[sim][panos][config]") {
    Bench fw;
    fw.set(addresses, host("a", "192.0.2.1") + host("b", "192.0.2.2"));
    fw.set(group("g"), "<static><member>a</member><member>b</member></static>");
    CHECK(fw.config("delete", address("a")) ==
          "<response status=\"error\" code=\"10\"><msg><line> <![CDATA[ a]]> cannot be deleted because of references "
          "from:"
          "</line><line> address-group -> g -> static -> a</line></msg></response>");
    CHECK(fw.config("delete", group("g") + "/static/member[text()='a']") == done);
    CHECK(fw.config("delete", address("a")) == done);
}

TEST_CASE("a group that a rule uses can't be deleted", "[sim][panos][config]") {
    DeviceOptions with = options();
    with.prepare_group = "blocked";
    Bench fw(with);
    CHECK_THAT(fw.config("delete", group("blocked")),
               Contains("<line> vsys -> vsys1 -> rulebase -> security -> rules -> blocked-to -> destination</line>") &&
                   Contains(R"(code="10")"));
}

TEST_CASE("the last member of a static group stays", "[sim][panos][config]") {
    Bench fw;
    fw.set(addresses, host("a", "192.0.2.1") + host("b", "192.0.2.2"));
    fw.set(group("g"), "<static><member>a</member><member>b</member></static>");
    CHECK_THAT(fw.config("delete", group("g") + "/static/member[text()='a' or text()='b']"),
               Contains(R"(status="error" code="12")"));
    CHECK_THAT(fw.config("edit", group("g") + "/static", "<static/>"), Contains(R"(status="error" code="12")"));
    CHECK_THAT(fw.config("get", group("g") + "/static/member"), Contains("count=\"2\""));
}

TEST_CASE("a delete of many names is one request, and all or nothing", "[sim][panos][config]") {
    Bench fw;
    fw.set(addresses, host("a", "192.0.2.1") + host("b", "192.0.2.2") + host("c", "192.0.2.3"));
    fw.set(group("g"), "<static><member>b</member></static>");
    CHECK_THAT(fw.config("delete", addresses + "/entry[@name='a' or @name='b']"), Contains("code=\"10\""));
    CHECK_THAT(fw.config("get", address("a")), Contains("192.0.2.1"));
    CHECK(fw.config("delete", addresses + "/entry[@name='a' or @name='c']") == done);
    CHECK_THAT(fw.config("get", addresses + "/entry"), Contains("count=\"1\""));
}

TEST_CASE("a name is taken once among addresses and groups", "[sim][panos][config]") {
    Bench fw;
    fw.set(addresses, host("a", "192.0.2.1"));
    CHECK_THAT(fw.set(group("a"), "<static><member>a</member></static>"), Contains("is already in use"));
}

TEST_CASE("a rename takes the references along", "[sim][panos][config]") {
    Bench fw;
    fw.set(addresses, host("a", "192.0.2.1") + host("b", "192.0.2.2"));
    fw.set(group("g"), "<static><member>a</member></static>");
    CHECK(fw.config("rename", address("a"), "", {{"newname", "c"}}) == done);
    CHECK_THAT(fw.config("get", group("g")), Contains(">c</member>") && !Contains(">a</member>"));
    CHECK_THAT(fw.config("rename", address("b"), "", {{"newname", "c"}}), Contains("is already in use"));
    fw.activate();
    CHECK_THAT(fw.config("show", group("g")), Contains(">c</member>"));
}

TEST_CASE("a clone is a copy under another name", "[sim][panos][config]") {
    Bench fw;
    fw.set(addresses, host("a", "192.0.2.1"));
    CHECK(fw.config("clone", addresses, "", {{"from", address("a")}, {"newname", "b"}}) == done);
    CHECK_THAT(fw.config("get", address("b")), Contains("192.0.2.1"));
}

TEST_CASE("rules move, and one that is at its place already is refused", "[sim][panos][config]") {
    DeviceOptions with = options();
    with.prepare_group = "g";
    Bench fw(with);
    const auto order = [&fw] { return fw.config("get", rules + "/entry/@name"); };
    CHECK_THAT(order(), Contains("<entry name=\"g-to\"/>\n <entry name=\"g-from\"/>\n <entry name=\"outbound\"/>"));
    CHECK(fw.config("move", rule("outbound"), "", {{"where", "top"}}) == done);
    CHECK(fw.config("move", rule("g-to"), "", {{"where", "after"}, {"dst", "g-from"}}) == done);
    CHECK_THAT(order(), Contains("<entry name=\"outbound\"/>\n <entry name=\"g-from\"/>\n <entry name=\"g-to\"/>"));
    CHECK_THAT(fw.config("move", rule("outbound"), "", {{"where", "top"}}),
               Contains("already at the top") && Contains(R"(code="14")"));
    CHECK_THAT(fw.config("move", rule("g-to"), "", {{"where", "bottom"}}), Contains("already at the bottom"));
    for (int i = 0; i < 80; ++i) {  // more than there is room for between two places
        REQUIRE(fw.config("move", rule(i % 2 == 0 ? "g-to" : "g-from"), "",
                          {{"where", "before"}, {"dst", i % 2 == 0 ? "g-from" : "g-to"}}) == done);
    }
    fw.activate();
    CHECK_THAT(fw.config("show", rules), Contains("outbound"));
}

TEST_CASE("multi-config applies all of its parts or none", "[sim][panos][config]") {
    Bench fw;
    const std::string good = "<multi-config><set id=\"1\" xpath=\"" + address("a") +
                             "\"><ip-netmask>192.0.2.1</ip-netmask></set><delete xpath=\"" + address("none") +
                             "\"/><edit id=\"2\" xpath=\"" + address("b") + "\">" + host("b", "192.0.2.2") +
                             "</edit></multi-config>";
    CHECK(fw.post({{"type", "config"}, {"action", "multi-config"}, {"element", good}}).body ==
          "<response status=\"success\" code=\"20\"><response status=\"success\" code=\"20\" id=\"1\"><msg>command "
          "succeeded"
          "</msg></response><response status=\"success\" code=\"7\"><msg>Object doesn't exist</msg></response>"
          "<response status=\"success\" code=\"20\" id=\"2\"><msg>command succeeded</msg></response></response>");
    const std::string bad = "<x><set xpath=\"" + address("c") +
                            "\"><ip-netmask>192.0.2.3</ip-netmask></set><set xpath=\"" + address("d") +
                            "\"><bogus/></set><set xpath=\"" + address("e") + "\"><fqdn>e</fqdn></set></x>";
    const std::string answer = fw.post({{"type", "config"}, {"action", "multi-config"}, {"element", bad}}).body;
    CHECK_THAT(answer,
               Catch::StartsWith("<response status=\"error\" code=\"13\">") && Contains("bogus unexpected here"));
    CHECK_THAT(fw.config("get", address("c")), Contains("code=\"7\""));
}

TEST_CASE("a strict multi-config that fails takes the administrator's earlier edits with it", "[sim][panos][config]") {
    Bench fw;
    fw.set(address("before"), "<ip-netmask>192.0.2.1</ip-netmask>");
    fw.as("bridge").set(address("other"), "<ip-netmask>192.0.2.2</ip-netmask>");
    fw.as("admin").post({{"type", "config"},
                         {"action", "multi-config"},
                         {"strict-transactional", "yes"},
                         {"element", "<x><set xpath=\"" + address("d") + "\"><bogus/></set></x>"}});
    CHECK_THAT(fw.config("get", address("before")), Contains("code=\"7\""));
    CHECK_THAT(fw.config("get", address("other")), Contains("192.0.2.2"));
}

TEST_CASE("XML that does not parse is a malformed request, code 18", "[sim][panos][config]") {
    Bench fw;
    for (const std::string bad : {"<ip-netmask>", "<a></b>", "just text", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}) {
        CHECK(fw.set(address("a"), bad) ==
              R"(<response status="error" code="18"><msg><line>Malformed Request</line></msg></response>)");
    }
    CHECK_THAT(fw.set(address("a"), std::string(3000, '<')), Contains("code=\"18\""));
    std::string deep;
    for (int i = 0; i < 5000; ++i) {
        deep += "<a>";
    }
    CHECK_THAT(fw.set(address("a"), deep), Contains("code=\"18\""));
}

TEST_CASE("a xpath that is none is code 6", "[sim][panos][config]") {
    Bench fw;
    CHECK_THAT(fw.config("get", "/config/entry["), Contains(R"(status="error" code="6")"));
    CHECK_THAT(fw.config("set", addresses + "/entry", "<ip-netmask>192.0.2.1</ip-netmask>"), Contains(R"(code="6")"));
}

TEST_CASE("a device tells its own limits", "[sim][panos][config]") {
    Bench fw;
    CHECK_THAT(fw.config("get", "/config/platform/limits"),
               Contains("<max-address-per-group>2500</max-address-per-group>"));
}
