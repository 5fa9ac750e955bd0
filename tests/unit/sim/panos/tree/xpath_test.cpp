#include <catch2/catch.hpp>

#include "sim/panos/machine/factory.hpp"
#include "sim/panos/tree/xpath.hpp"

using namespace sim::panos;

namespace {

const NodePtr tree = *read_configuration(R"(
<config><shared><address><entry name="s1"><fqdn>s1.example.com</fqdn></entry></address></shared>
 <devices><entry name="localhost.localdomain"><vsys><entry name="vsys1">
  <address><entry name="a"><ip-netmask>192.0.2.1</ip-netmask><tag><member>x</member></tag></entry>
   <entry name="b"><ip-netmask>192.0.2.2</ip-netmask></entry>
   <entry name="it's"><ip-netmask>192.0.2.3</ip-netmask></entry></address>
  <address-group><entry name="g"><static><member>a</member><member>b</member></static></entry></address-group>
 </entry></vsys></entry></devices></config>)");

std::string selected(const std::string& xpath) {
    const auto parsed = XPath::parse(xpath);
    if (!parsed) {
        return "error";
    }
    std::string out;
    for (const LocatedPtr& at : parsed->select(tree).nodes) {
        out += (out.empty() ? "" : " ") + at->node->label();
    }
    return out;
}

const std::string vsys = "/config/devices/entry/vsys/entry";

}  // namespace

TEST_CASE("xpath forms that clients use select what they mean", "[sim][panos][xpath]") {
    CHECK(selected(vsys + "[@name='vsys1']/address/entry[@name='a']") == "a");
    CHECK(selected(vsys + "[@name=\"vsys1\"]/address/entry[@name=\"a\"]") == "a");
    CHECK(selected(vsys + "/address/entry") == "a b it's");
    CHECK(selected(vsys + "/address/entry[@name='b' or @name='a' or @name='no' or @name='a']") == "a b");
    CHECK(selected(vsys + "/address/entry[@name='a']|/config/shared/address/entry[@name='s1']") == "a s1");
    CHECK(selected(vsys + "/address-group/entry[@name='g']/static/member[text()='b']") == "member");
    CHECK(selected(vsys + "/address-group/entry[@name='g']/static/member[text()='a' or text()='b']") ==
          "member member");
    CHECK(selected(vsys + "/address/entry[contains(@name,'t')]") == "it's");
    CHECK(selected(vsys + "/address/entry[starts-with(@name, 'a')]") == "a");
    CHECK(selected(vsys + "/address/entry[ip-netmask='192.0.2.2']") == "b");
    CHECK(selected(vsys + "/address/entry[tag/member='x']") == "a");
    CHECK(selected(vsys + "/address/entry[not(tag)]") == "b it's");
    CHECK(selected(vsys + "/address/entry[@name=\"it's\"]") == "it's");
    CHECK(selected(vsys + "/address/entry[2]") == "b");
    CHECK(selected(vsys + "/address/entry[last()]") == "it's");
    CHECK(selected(vsys + "/address/entry[@name='b']/preceding-sibling::entry[1]") == "a");
    CHECK(selected("//entry[@name='s1']") == "s1");
    CHECK(selected("/config/shared/*") == "address");
    CHECK(selected("./shared/address/entry") == "s1");
    CHECK(selected(vsys + "/address/entry[@name='none']") == "");
    CHECK(selected(vsys + "/nothing/entry[@name='a']") == "");
}

TEST_CASE("attributes and texts are results of their own", "[sim][panos][xpath]") {
    const Selection names = XPath::parse(vsys + "/address/entry/@name")->select(tree);
    CHECK(names.of == Selection::Of::attributes);
    CHECK(names.attribute == "name");
    CHECK(names.nodes.size() == 3);
    const Selection texts = XPath::parse(vsys + "/address/entry[@name='a']/ip-netmask/text()")->select(tree);
    CHECK(texts.of == Selection::Of::texts);
    CHECK(texts.nodes.size() == 1);
}

TEST_CASE("what is no xpath is refused with the place", "[sim][panos][xpath]") {
    for (const std::string bad :
         {"", "/", "/config/", "/config/entry[", "/config/entry[@name='a'", "/config/entry[@name=a]",
          "/config/entry[@name='a']]", "/config|", "/config/entry[contains(@name)]", "/con fig"}) {
        INFO(bad);
        CHECK_FALSE(XPath::parse(bad).has_value());
    }
    const std::string deep = "/config/entry[" + std::string(5000, '(') + "@name='a'";
    CHECK_FALSE(XPath::parse(deep).has_value());
}

TEST_CASE("a way is read from an xpath that names one node, there or not", "[sim][panos][xpath]") {
    const auto way = XPath::parse(vsys + "/address/entry[@name='new']")->way(tree);
    REQUIRE(way.has_value());
    CHECK(to_text(*way) ==
          "/config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='vsys1']/address/entry[@name='new']");
    CHECK_FALSE(XPath::parse(vsys + "/address/entry")->way(tree).has_value());
    CHECK_FALSE(XPath::parse(vsys + "/address/entry[@name='a' or @name='b']")->way(tree).has_value());
    CHECK_FALSE(XPath::parse("shared/address")->way(tree).has_value());
}

TEST_CASE("ten thousand names in one predicate are ten thousand look-ups", "[sim][panos][xpath]") {
    std::string xpath = vsys + "/address/entry[@name='a'";
    for (int i = 0; i < 10000; ++i) {
        xpath += " or @name='n" + std::to_string(i) + "'";
    }
    CHECK(selected(xpath + "]") == "a");
}

TEST_CASE("a path that is written out in full is read the same without the tree", "[sim][panos][xpath]") {
    const std::string place = "/config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='vsys1']";
    for (const std::string& path :
         {std::string("/config"), std::string("/config/shared/address"), place, place + "/address/entry[@name='a']",
          place + "/address/entry[@name=\"it's\"]/ip-netmask", place + "/address/entry[@name='not there']",
          place + "/address-group/entry[@name='g']/static/member[text()='a']",
          place + "/address/entry[@name='a]/b[']"}) {
        INFO(path);
        const auto spelled = spelled_way(path);
        REQUIRE(spelled);
        CHECK(*spelled == XPath::parse(path)->way(tree).value());
    }
    for (const std::string& path :
         {std::string(), std::string("/"), std::string("config"), std::string("/config/"), std::string("//address"),
          std::string("/config/*"), std::string("/config/shared/address/entry"), place + "/address/entry[1]",
          place + "/address/entry[@name='']", place + "/address/entry[@name='a' or @name='b']",
          place + "/address/entry[@name='a'", place + "/address/entry[@name='a'][1]", place + "/address/entry/@name",
          place + "/address[entry]", place + "/address/entry[ @name='a']", std::string("/config|/config/shared"),
          std::string("/config/1st")}) {
        INFO(path.substr(0, 200));
        CHECK_FALSE(spelled_way(path));
    }
}
