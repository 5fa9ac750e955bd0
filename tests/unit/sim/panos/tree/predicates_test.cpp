// XPath forms beyond the plain ones, each as some client writes it, and what bounds them.
#include <catch2/catch.hpp>
#include <random>

#include "bench.hpp"
#include "sim/panos/machine/factory.hpp"
#include "sim/panos/tree/xpath.hpp"

using namespace sim::panos;
using namespace sim::panos::test;
using Catch::Contains;

namespace {

const NodePtr tree = *read_configuration(R"(
<config><shared><address><entry name="s1"><fqdn>s1.example.com</fqdn></entry></address>
  <tag><entry name="R&amp;D"/><entry name="it's"/></tag></shared>
 <devices><entry name="localhost.localdomain"><vsys><entry name="vsys1">
  <address><entry name="a-1"><ip-netmask>192.0.2.1</ip-netmask><tag><member>x</member><member>y</member></tag></entry>
   <entry name="a-2"><ip-netmask>192.0.2.2</ip-netmask><description>two  words</description></entry>
   <entry name="b-1"><fqdn>b.example.com</fqdn></entry></address>
  <rulebase><security><rules><entry name="r1"/><entry name="r2"/><entry name="r3"/><entry name="r4"/></rules></security>
   <nat><rules><entry name="n1"/></rules></nat></rulebase>
 </entry></vsys></entry></devices></config>)");

std::string selected(const std::string& xpath) {
    const auto parsed = XPath::parse(xpath);
    if (!parsed) {
        return "error";
    }
    const Selection found = parsed->select(tree);
    std::string out;
    for (const LocatedPtr& at : found.nodes) {
        out += (out.empty() ? "" : " ") + at->node->label();
    }
    return found.too_much ? "too much" : out;
}

const std::string vsys = "/config/devices/entry/vsys/entry";
const std::string entries = vsys + "/address/entry";
const std::string security = vsys + "/rulebase/security/rules/entry";

}  // namespace

TEST_CASE("predicates compare names and texts either way round and with either quote", "[sim][panos][xpath]") {
    CHECK(selected(entries + "[@name!='a-1']") == "a-2 b-1");
    CHECK(selected(entries + "['a-1'=@name]") == "a-1");
    CHECK(selected(entries + "[ @name = \"a-2\" ]") == "a-2");
    CHECK(selected(entries + "[@name='a-1' and ip-netmask='192.0.2.1']") == "a-1");
    CHECK(selected(entries + "[@name='a-1' and fqdn]") == "");
    CHECK(selected(entries + "[(@name='a-1' or @name='b-1') and not(fqdn)]") == "a-1");
    CHECK(selected(entries + "[ip-netmask='192.0.2.2' or fqdn='b.example.com']") == "a-2 b-1");
    CHECK(selected(entries + "[@name='a-1'][ip-netmask]/ip-netmask") == "ip-netmask");
    CHECK(selected("/config/shared/tag/entry[@name='R&amp;D']") == "R&D");
    CHECK(selected("/config/shared/tag/entry[@name='R&D']") == "R&D");
    CHECK(selected("/config/shared/tag/entry[@name=\"it's\"]") == "it's");
    CHECK(selected("/config/shared/tag/entry[@name='it&apos;s']") == "it's");
}

TEST_CASE("functions work on attributes, texts and the node itself", "[sim][panos][xpath]") {
    CHECK(selected(entries + "[contains(@name,'-1')]") == "a-1 b-1");
    CHECK(selected(entries + "[starts-with(@name,'a') and contains(ip-netmask/text(), '.2.2')]") == "a-2");
    CHECK(selected(entries + "[ends-with(@name,'2')]") == "a-2");
    CHECK(selected(entries + "/ip-netmask[contains(., '192.0.2.1')]/..") == "a-1");
    CHECK(selected(entries + "[not(contains(@name,'a'))]") == "b-1");
    CHECK(selected(entries + "[not(tag/member[text()='x'])]") == "a-2 b-1");
    CHECK(selected(entries + "[count(tag/member)=2]") == "a-1");
    CHECK(selected(entries + "[string-length(@name) > 3]") == "");
    CHECK(selected(entries + "[normalize-space(description)='two words']") == "a-2");
    CHECK(selected(vsys + "/*[name()='address']/entry[1]") == "a-1");
    CHECK(selected(entries + "[true()]") == "a-1 a-2 b-1");
    CHECK(selected(entries + "[false()]") == "");
}

TEST_CASE("positions count from one, and siblings from the nearest", "[sim][panos][xpath]") {
    CHECK(selected(security + "[1]") == "r1");
    CHECK(selected(security + "[last()]") == "r4");
    CHECK(selected(security + "[last()-1]") == "r3");
    CHECK(selected(security + "[position()=2]") == "r2");
    CHECK(selected(security + "[position() < 3]") == "r1 r2");
    CHECK(selected(security + "[position()>=3]") == "r3 r4");
    CHECK(selected(security + "[position()=last()]") == "r4");
    CHECK(selected(security + "[@name!='r1'][1]") == "r2");
    CHECK(selected(security + "[0]") == "");
    CHECK(selected(security + "[@name='r3']/preceding-sibling::entry[1]") == "r2");
    CHECK(selected(security + "[@name='r3']/preceding-sibling::entry") == "r2 r1");
    CHECK(selected(security + "[@name='r1']/preceding-sibling::entry[1]/@name") == "");
    CHECK(selected(security + "[@name='r2']/following-sibling::entry[1]") == "r3");
    CHECK(selected(security + "[@name='r2']/following-sibling::entry[last()]") == "r4");
    CHECK(selected(security + "[preceding-sibling::entry[@name='r2']]") == "r3 r4");
}

TEST_CASE("axes lead down, up and to the node itself", "[sim][panos][xpath]") {
    CHECK(selected("//rules/entry[@name='n1']") == "n1");
    CHECK(selected(vsys + "//entry[@name='r1' or @name='n1']") == "r1 n1");
    CHECK(selected(vsys + "/rulebase/*/rules/entry[@name='n1']/../..") == "nat");
    CHECK(selected(vsys + "/rulebase/*[self::nat]/rules/entry") == "n1");
    CHECK(selected("//entry[@name='n1']/ancestor::entry[@name='vsys1']") == "vsys1");
    CHECK(selected("//entry[@name='n1']/ancestor-or-self::entry") == "n1 vsys1 localhost.localdomain");
    CHECK(selected(vsys + "/descendant::member") == "member member");
    CHECK(selected(entries + "/tag/member/..") == "tag");
    CHECK(selected("shared/address/entry") == "s1");
    CHECK(selected(entries + "[@name='a-1']|//entry[@name='a-1']") == "a-1");
}

TEST_CASE("what is no xpath is told, and never more than told", "[sim][panos][xpath]") {
    for (const std::string bad : {"",
                                  "/",
                                  "//",
                                  "/config/",
                                  "/config[",
                                  "/config[]",
                                  "/config[@]",
                                  "/config[@name=]",
                                  "/config[@name='x]",
                                  "/config]",
                                  "/config|",
                                  "|/config",
                                  "/config[not(]",
                                  "/config[contains(@name)]",
                                  "/config[1",
                                  "/config/@",
                                  "/config[@name='a' or]",

                                  "/config/entry[last(]",
                                  "/config/entry[(((]",
                                  "%00",
                                  "/config/entry[99999999999999999999]",
                                  "<config/>",
                                  "/config[last()-]",
                                  "/config/entry[@name='a']x",
                                  "/config//",
                                  "/config/entry[@name=='a']"}) {
        INFO(bad);
        CHECK(selected(bad) == "error");
    }
    CHECK(selected("/config" + std::string(500, '[')) == "error");
    CHECK(selected("/config/entry[" + std::string(500, '(')) == "error");
    std::string nots = "/config/entry[";
    for (int i = 0; i < 500; ++i) {
        nots += "not(";
    }
    CHECK(selected(nots) == "error");
}

TEST_CASE("a path that looks at too much is refused, not followed to the end", "[sim][panos][xpath]") {
    Bench fw;
    std::string many;
    for (int i = 0; i < 2000; ++i) {
        many += host("a" + std::to_string(i), "192.0.2.1");
    }
    REQUIRE(fw.set(addresses, many) == done);
    CHECK_THAT(fw.config("get", "//entry[//entry[//entry[@name='none']]]"),
               Contains("code=\"6\"") && Contains("too many"));
    CHECK_THAT(fw.config("get", addresses + "/entry[preceding-sibling::entry[1]]/@name"), Contains("count=\"1999\""));
}

TEST_CASE("paths with a character changed, lost or doubled are answered too", "[sim][panos][xpath]") {
    const std::vector<std::string> seeds{
        security + "[@name='r3']/preceding-sibling::entry[1]/@name", entries + "[contains(@name,'-1') and not(fqdn)]",
        entries + "[position() < last()-1 or count(tag/member)>=2]|//rules/entry[@name='n1']/../..",
        vsys + "/*[self::nat or name()=\"address\"]/entry[normalize-space(description)='two words']/text()"};
    std::mt19937 random(20180612);
    const std::string alphabet = "/[]()@='\"|.*:-,<>! anortext&;%\0\x80";
    std::size_t parsed = 0;
    for (int i = 0; i < 4000; ++i) {
        std::string path = seeds[random() % seeds.size()];
        for (std::size_t change = 0; change <= random() % 3; ++change) {
            const std::size_t at = random() % path.size();
            switch (random() % 3) {
                case 0:
                    path[at] = alphabet[random() % alphabet.size()];
                    break;
                case 1:
                    path.erase(at, 1);
                    break;
                default:
                    path.insert(at, 1, path[at]);
            }
        }
        parsed += selected(path) == "error" ? 0U : 1U;
    }
    CHECK(parsed > 100);
    CHECK(parsed < 3900);
}

TEST_CASE("get and delete take several nodes, show takes one and relative paths", "[sim][panos][config]") {
    Bench fw;
    fw.set(addresses, host("a", "192.0.2.1") + host("b", "192.0.2.2") + host("c", "192.0.2.3"));
    fw.activate();
    CHECK_THAT(fw.config("get", address("a") + "|" + address("c")), Contains("count=\"2\""));
    CHECK_THAT(fw.config("show", addresses + "/entry"), Contains("status=\"error\""));
    CHECK_THAT(fw.config("show", "devices/entry/vsys/entry/address/entry[@name='a']"), Contains("192.0.2.1"));
    CHECK_THAT(fw.config("get", "devices/entry"), Contains("code=\"6\""));
    CHECK(fw.config("delete", addresses + "/entry[starts-with(@name,'b') or contains(@name,'c')]") == done);
    CHECK_THAT(fw.config("get", addresses + "/entry"), Contains("count=\"1\""));
    CHECK(fw.config("get", rule("outbound") + "/preceding-sibling::entry[1]/@name") ==
          "<response status=\"success\" code=\"7\"><result/></response>");
}
