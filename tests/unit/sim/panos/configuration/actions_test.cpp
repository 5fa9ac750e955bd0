// The actions of type=config beyond get, set, edit and delete.
#include <catch2/catch.hpp>

#include "bench.hpp"

using namespace sim::panos;
using namespace sim::panos::test;
using Catch::Contains;

namespace {

const std::string vsys2 = "/config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='vsys2']";

DeviceOptions several() {
    DeviceOptions with = options();
    with.multi_vsys = true;
    return with;
}

std::string selected(const std::string& source, const std::string& names, const std::string& all_errors = "no") {
    return "<selected-list><source xpath=\"" + source + "\">" + names + "</source></selected-list><all-errors>" +
           all_errors + "</all-errors>";
}

std::string names_in(Bench& fw, const std::string& container) {
    const std::string answer = fw.config("get", container + "/entry/@name");
    std::string out;
    for (std::size_t at = 0; (at = answer.find("name=\"", at)) != std::string::npos;) {
        at += 6;
        out += (out.empty() ? "" : " ") + answer.substr(at, answer.find('"', at) - at);
    }
    return out;
}

}  // namespace

TEST_CASE("complete lists the names that a container holds, each with its xpath", "[sim][panos][config]") {
    Bench fw;
    const std::string devices = "/config/devices/entry[@name='localhost.localdomain']/vsys";
    CHECK(fw.config("complete", devices) ==
          "<response status=\"success\" code=\"19\"><completions><completion value=\"vsys1\" vxpath=\"" + devices +
              "/entry[@name='vsys1']\"/></completions></response>");
    fw.set(addresses, host("a", "192.0.2.1") + host("b", "192.0.2.2"));
    CHECK_THAT(fw.config("complete", addresses),
               Contains("<completion value=\"a\" vxpath=\"" + address("a") + "\"/><completion value=\"b\" vxpath=\"" +
                        address("b") + "\"/>"));
    CHECK(fw.config("complete", addresses + "/entry") == fw.config("complete", addresses));
}

TEST_CASE("complete offers what can stand at a place, there already or not", "[sim][panos][config]") {
    Bench fw;
    const std::string answer = fw.config("complete", address("new"));
    for (const std::string tag : {"description", "fqdn", "ip-netmask", "ip-range", "ip-wildcard", "tag"}) {
        CHECK_THAT(answer,
                   Contains("<completion value=\"" + tag + "\" vxpath=\"" + address("new") + "/" + tag + "\"/>"));
    }
    CHECK_THAT(fw.config("complete", vsys1), Contains("value=\"address\"") && Contains("value=\"rulebase\""));
    CHECK(fw.config("complete", address("a") + "/ip-netmask") ==
          "<response status=\"success\" code=\"19\"><completions></completions></response>");
    CHECK_THAT(fw.config("complete", "/config/["), Contains("code=\"6\""));
    CHECK_THAT(fw.config("complete", ""), Contains("Missing value for parameter \"xpath\"") ||
                                              Contains("Missing value for parameter &quot;xpath&quot;"));
}

TEST_CASE("multi-clone copies under a name with a suffix and says which", "[sim][panos][config]") {
    Bench fw(several());
    fw.set(vsys2, "<address/>");
    fw.set(addresses, host("a", "192.0.2.1") + host("b", "192.0.2.2"));
    const auto clone = [&] {
        return fw.config("multi-clone", vsys2 + "/address", selected(addresses, "<member>a</member>"));
    };
    CHECK(clone() == "<response status=\"success\" to=\"" + vsys2 + "/address\"><member>a-1</member></response>");
    CHECK(clone() == "<response status=\"success\" to=\"" + vsys2 + "/address\"><member>a-2</member></response>");
    CHECK(names_in(fw, vsys2 + "/address") == "a-1 a-2");
    CHECK(names_in(fw, addresses) == "a b");
    CHECK_THAT(fw.config("get", vsys2 + "/address/entry[@name='a-1']"), Contains("192.0.2.1"));
}

TEST_CASE("multi-move takes objects to another vsys or to shared", "[sim][panos][config]") {
    Bench fw(several());
    fw.set(vsys2, "<address/>");
    fw.set(addresses, host("a", "192.0.2.1") + host("b", "192.0.2.2") + host("c", "192.0.2.3"));
    CHECK(fw.config("multi-move", vsys2 + "/address", selected(addresses, "<member>a</member><member>b</member>")) ==
          "<response status=\"success\" to=\"" + vsys2 + "/address\"><member>a</member><member>b</member></response>");
    CHECK(names_in(fw, vsys2 + "/address") == "a b");
    CHECK(names_in(fw, addresses) == "c");
    fw.activate();
    CHECK_THAT(fw.config("show", vsys2 + "/address/entry[@name='b']"), Contains("192.0.2.2"));
    CHECK_THAT(fw.config("show", addresses + "/entry[@name='b']"), Contains("No such node"));
}

TEST_CASE("multi-move of what is referred to works only where it is still seen", "[sim][panos][config]") {
    Bench fw(several());
    fw.set(vsys2, "<address/>");
    fw.set(addresses, host("a", "192.0.2.1"));
    fw.set(group("g"), "<static><member>a</member></static>");
    CHECK(fw.config("multi-move", vsys2 + "/address", selected(addresses, "<member>a</member>")) ==
          "<response status=\"error\" code=\"10\"><msg><line> <![CDATA[ a]]> cannot be deleted because of references "
          "from:</line><line> address-group -> g -> static -> a</line></msg></response>");
    CHECK(names_in(fw, addresses) == "a");
    CHECK_THAT(fw.config("multi-move", "/config/shared/address", selected(addresses, "<member>a</member>")),
               Contains("status=\"success\" to=\"/config/shared/address\""));
    fw.commit();
    fw.wait(std::chrono::seconds(60));
    CHECK_THAT(fw.job(2), Contains("<result>OK</result>"));
}

TEST_CASE("multi-move and multi-clone change nothing when one object can't go", "[sim][panos][config]") {
    Bench fw(several());
    fw.set(vsys2, "<address>" + host("a", "192.0.2.9") + "</address>");
    fw.set(addresses, host("a", "192.0.2.1") + host("b", "192.0.2.2"));
    const std::string both = "<member>b</member><member>a</member><member>none</member>";
    const std::string first = fw.config("multi-move", vsys2 + "/address", selected(addresses, both));
    CHECK_THAT(first, Contains("code=\"12\"") && Contains("'a' is already in use") && !Contains("none"));
    const std::string all = fw.config("multi-move", vsys2 + "/address", selected(addresses, both, "yes"));
    CHECK_THAT(all, Contains("'a' is already in use") && Contains("none is not a valid reference"));
    CHECK(names_in(fw, addresses) == "a b");
    CHECK_THAT(fw.config("multi-clone", vsys1 + "/tag", selected(addresses, both)), Contains("is not a valid source"));
    CHECK_THAT(fw.config("multi-clone", vsys2 + "/address", "<selected-list/>"), Contains("status=\"error\""));
    CHECK_THAT(fw.config("multi-clone", vsys2 + "/address", "nothing"), Contains("code=\"18\""));
}

TEST_CASE("override is for what a template gave", "[sim][panos][config]") {
    Bench fw;
    const std::string system = "/config/devices/entry[@name='localhost.localdomain']/deviceconfig/system";
    const std::string answer = fw.config("override", system, "<timezone>Europe/Berlin</timezone>");
    CHECK_THAT(answer, Contains("status=\"error\" code=\"13\"") && Contains("no template object at"));
    CHECK(fw.commit() == no_changes);
}

TEST_CASE("multi-config takes any root name, and answers in order up to what fails", "[sim][panos][config]") {
    Bench fw;
    const auto call = [&fw](const std::string& element) {
        return fw.post({{"type", "config"}, {"action", "multi-config"}, {"element", element}}).body;
    };
    const std::string ok = "<msg>command succeeded</msg></response>";
    CHECK(call("<multi-configure-request><set xpath=\"" + addresses + "\">" + host("a", "192.0.2.1") +
               "</set><rename id='r' xpath=\"" + address("a") + "\" newname=\"b\"/><clone xpath=\"" + addresses +
               "\" from=\"" + address("b") + "\" newname=\"c\"/></multi-configure-request>") ==
          "<response status=\"success\" code=\"20\"><response status=\"success\" code=\"20\">" + ok +
              "<response status=\"success\" code=\"20\" id=\"r\">" + ok + "<response status=\"success\" code=\"20\">" +
              ok + "</response>");
    CHECK(names_in(fw, addresses) == "b c");
    const std::string failing = call("<x><delete xpath=\"" + address("b") + "\"/><paint xpath=\"" + address("c") +
                                     "\"/><delete xpath=\"" + address("c") + "\"/></x>");
    CHECK_THAT(failing, Contains("code=\"13\"") && Contains("paint unexpected here"));
    CHECK_THAT(call("<x><move xpath=\"" + rule("outbound") + "\" where=\"sideways\"/></x>"),
               Contains("code=\"12\"") && Contains("sideways"));
    CHECK(names_in(fw, addresses) == "b c");
}

TEST_CASE("multi-config waits for the lock of each scope that it changes", "[sim][panos][config]") {
    Bench fw;
    REQUIRE(
        fw.as("bridge")
            .post({{"type", "op"}, {"vsys", "vsys1"}, {"cmd", "<request><config-lock><add/></config-lock></request>"}})
            .status == 200);
    fw.as("admin");
    CHECK_THAT(
        fw.post({{"type", "config"},
                 {"action", "multi-config"},
                 {"element", "<x><set xpath=\"" + address("a") + "\"><ip-netmask>192.0.2.1</ip-netmask></set></x>"}})
            .body,
        Contains("Configuration is locked by bridge"));
}

TEST_CASE("an audit comment goes with a change, or to a rule on its own", "[sim][panos][config]") {
    Bench fw;
    CHECK(fw.config("set", rule("outbound"), "<description>x</description>", {{"audit-comment", "CHG-1"}}) == done);
    CHECK(fw.op("<set><audit-comment><xpath>" + rule("outbound") +
                "</xpath><comment>CHG-2</comment></audit-comment></set>") ==
          "<response status=\"success\"><result>Successfully added comment for xpath</result></response>");
    CHECK_THAT(fw.op("<set><audit-comment><comment>CHG-2</comment></audit-comment></set>"),
               Contains("code=\"17\"") && Contains("is missing 'xpath'"));
    CHECK_THAT(fw.op("<set><audit-comment><xpath>" + addresses + "</xpath><comment>c</comment></audit-comment></set>"),
               Contains("status=\"error\""));
}

TEST_CASE("a further vsys can be made where several are allowed, and only there", "[sim][panos][config]") {
    Bench single;
    CHECK_THAT(single.set(vsys2, "<address/>"), Contains("code=\"12\""));
    Bench fw(several());
    CHECK(fw.set("/config/devices/entry[@name='localhost.localdomain']/vsys",
                 "<entry name='vsys2'><display-name>guests</display-name></entry>") == done);
    CHECK_THAT(fw.set("/config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='guests']", "<address/>"),
               Contains("is not a valid reference"));
    CHECK(fw.set(vsys2 + "/address", host("a", "192.0.2.2")) == done);
    CHECK(fw.set("/config/shared/address", host("s", "192.0.2.3")) == done);
    CHECK(fw.set(vsys2 + "/address-group/entry[@name='g']", "<static><member>a</member><member>s</member></static>") ==
          done);
    CHECK_THAT(fw.set(group("g"), "<static><member>a</member></static>"), Contains("'a' is not a valid reference"));
    CHECK_THAT(fw.config("delete", "/config/shared/address/entry[@name='s']"), Contains("code=\"10\""));
    CHECK(fw.set(vsys2 + "/address", host("s", "192.0.2.4")) == done);
    CHECK(fw.config("delete", "/config/shared/address/entry[@name='s']") == done);  // vsys2 has one of its own
    fw.activate();
    CHECK_THAT(fw.config("show", vsys2 + "/address-group"), Contains("<member>s</member>"));
    CHECK(fw.config("delete", vsys2) == done);
    CHECK_THAT(fw.config("delete", vsys1), Contains("code=\"15\""));
    CHECK_THAT(fw.op("<show><system><info/></system></show>"), Contains("<multi-vsys>on</multi-vsys>"));
}

TEST_CASE("rename, clone and move refuse what is taken or missing and change nothing", "[sim][panos][config]") {
    Bench fw;
    fw.set(addresses, host("a", "192.0.2.1") + host("b", "192.0.2.2"));
    fw.set(group("g"), "<static><member>a</member></static>");
    fw.activate();
    CHECK_THAT(fw.config("rename", address("a"), "", {{"newname", "g"}}), Contains("'g' is already in use"));
    CHECK_THAT(fw.config("rename", address("none"), "", {{"newname", "c"}}), Contains("code=\"8\""));
    CHECK_THAT(fw.config("rename", address("a"), "", {{"newname", std::string(64, 'n')}}), Contains("64"));
    CHECK_THAT(fw.config("clone", addresses, "", {{"from", address("a")}, {"newname", "b"}}),
               Contains("'b' is already in use"));
    CHECK_THAT(fw.config("clone", addresses, "", {{"from", address("none")}, {"newname", "c"}}),
               Contains("code=\"7\""));
    CHECK_THAT(fw.config("move", rule("outbound"), "", {{"where", "before"}, {"dst", "none"}}),
               Contains("code=\"14\""));
    CHECK_THAT(fw.config("move", rule("none"), "", {{"where", "top"}}), Contains("code=\"7\""));
    CHECK(fw.commit() == no_changes);
}

TEST_CASE("a rename is followed by what names it in one field, as a rule does its schedule", "[sim][panos][config]") {
    Bench fw;
    const std::string schedule = vsys1 + "/schedule/entry[@name='night']";
    REQUIRE(fw.set(schedule,
                   "<schedule-type><recurring><daily><member>22:00-06:00</member></daily></recurring>"
                   "</schedule-type>") == done);
    REQUIRE(fw.set(rule("outbound"), "<schedule>night</schedule>") == done);
    CHECK_THAT(fw.config("delete", schedule), Contains("code=\"10\"") && Contains("rules -> outbound -> schedule"));
    CHECK(fw.config("rename", schedule, "", {{"newname", "late"}}) == done);
    CHECK_THAT(fw.config("get", rule("outbound") + "/schedule"), Contains(">late</schedule>"));
    fw.activate();
    CHECK_THAT(fw.config("show", rule("outbound")), Contains("<schedule>late</schedule>"));
}

TEST_CASE("a rule gets a uuid from 9.0 on, keeps it when it is replaced, and does not hand it to a clone",
          "[sim][panos][config]") {
    const auto uuid = [](Bench& fw, const std::string& name) {
        const std::string answer = fw.config("get", rule(name));
        const std::size_t at = answer.find(" uuid=\"");
        return at == std::string::npos ? std::string() : answer.substr(at + 7, 36);
    };
    const std::string body = "<from><member>any</member></from><to><member>any</member></to>";
    Bench fw;
    REQUIRE(fw.set(rule("r"), body) == done);
    const std::string first = uuid(fw, "r");
    REQUIRE(first.size() == 36);
    CHECK(first[14] == '4');
    CHECK_THAT(fw.config("get", rule("r")), Contains("time=\"2018/06/12 04:36:45\" uuid=\""));
    REQUIRE(fw.config("edit", rule("r"), "<entry name=\"r\">" + body + "</entry>") == done);
    CHECK(uuid(fw, "r") == first);
    REQUIRE(fw.config("clone", rules, "", {{"from", rule("r")}, {"newname", "s"}}) == done);
    CHECK(uuid(fw, "s").size() == 36);
    CHECK(uuid(fw, "s") != first);
    REQUIRE(fw.config("rename", rule("r"), "", {{"newname", "t"}}) == done);
    CHECK(uuid(fw, "t") == first);
    DeviceOptions old = options();
    old.version = "8.1.0";
    Bench older(old);
    REQUIRE(older.set(rule("r"), body) == done);
    CHECK(uuid(older, "r").empty());
}
