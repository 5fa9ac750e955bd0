// Configurations as a whole: saved, loaded, compared, reverted.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "bench.hpp"

using namespace sim::panos;
using namespace sim::panos::test;
using Catch::Contains;

namespace {

std::string words(const std::string& text) {
    return "<response status=\"success\"><result>" + text + "</result></response>";
}

std::string recorded(const std::string& name) {
    const std::string file = std::string(FIREBREAK_SOURCE_DIR) + "/../shared/payloads/panos/op/" + name;
    std::ifstream in(file, std::ios::binary);
    return in ? std::string(std::istreambuf_iterator<char>(in), {}) : std::string();
}

std::string partial(const std::string& from, const std::string& from_xpath, const std::string& to_xpath,
                    const std::string& mode) {
    return "<load><config><partial><from>" + from + "</from><from-xpath>" + from_xpath + "</from-xpath><to-xpath>" +
           to_xpath + "</to-xpath><mode>" + mode + "</mode></partial></config></load>";
}

const std::string save = "<save><config><to>before.xml</to></config></save>";

}  // namespace

TEST_CASE("a saved configuration is the candidate as it was then", "[sim][panos][op]") {
    Bench fw;
    fw.set(addresses, host("a", "192.0.2.1"));
    CHECK(fw.op(save) == words("Config saved to before.xml"));
    fw.config("delete", address("a"));
    CHECK_THAT(fw.op("<show><config><saved>before.xml</saved></config></show>"),
               Contains("<result><config version=") && Contains("192.0.2.1") && !Contains("dirtyId"));
    CHECK_THAT(fw.op("<show><config><saved>running-config.xml</saved></config></show>"), !Contains("<ip-netmask>"));
    CHECK_THAT(fw.op("<show><config><saved>none.xml</saved></config></show>"),
               Contains("status=\"error\"") && Contains("none.xml does not exist"));
    CHECK(fw.op("<show><config><list><saved/></list></config></show>") == words("<member>before.xml</member>"));
    CHECK_THAT(fw.op("<delete><config><saved>before.xml</saved></config></delete>"), Contains("status=\"success\""));
    CHECK_THAT(fw.op("<delete><config><saved>before.xml</saved></config></delete>"), Contains("does not exist"));
}

TEST_CASE("names that a file can't have are refused", "[sim][panos][op]") {
    Bench fw;
    for (const std::string bad :
         {"running-config.xml", "candidate-config.xml", "../etc/passwd", ".hidden", "a/b", ""}) {
        INFO(bad);
        CHECK_THAT(fw.op("<save><config><to>" + bad + "</to></config></save>"), Contains("status=\"error\""));
    }
}

TEST_CASE("loading a saved configuration makes it the candidate, and the commit makes it run", "[sim][panos][op]") {
    Bench fw;
    fw.set(addresses, host("a", "192.0.2.1") + host("b", "192.0.2.2"));
    fw.set(group("g"), "<static><member>a</member><member>b</member></static>");
    fw.activate();
    fw.op(save);
    fw.set(addresses, host("c", "192.0.2.3"));
    fw.config("delete", group("g"));
    fw.config("delete", address("a"));
    fw.set(address("b"), "<ip-netmask>192.0.2.9</ip-netmask>");
    fw.activate();
    const std::string changed = fw.device->running_xml();
    CHECK(fw.op("<load><config><from>before.xml</from></config></load>") ==
          words("<msg><line>Config loaded from before.xml</line></msg>"));
    CHECK(fw.device->running_xml() == changed);
    CHECK(fw.op("<check><pending-changes/></check>") == words("yes"));
    CHECK(fw.op("<check><full-commit-required/></check>") == words("yes"));
    CHECK_THAT(fw.config("get", address("a")), Contains("dirtyId"));
    fw.activate();
    CHECK(fw.op("<check><full-commit-required/></check>") == words("no"));
    CHECK_THAT(fw.config("show", addresses),
               Contains("192.0.2.1") && Contains("192.0.2.2") && !Contains("192.0.2.3") && !Contains("192.0.2.9"));
    CHECK_THAT(fw.config("show", group("g")), Contains("<member>a</member>\n    <member>b</member>"));
    CHECK(fw.commit() == no_changes);
}

TEST_CASE("an order that a loaded configuration has otherwise is the order afterwards", "[sim][panos][op]") {
    DeviceOptions with = options();
    with.prepare_group = "g";
    Bench fw(with);
    const std::string before = fw.config("show", rules);
    fw.op(save);
    fw.config("move", rule("outbound"), "", {{"where", "top"}});
    fw.config("delete", rule("g-from"));
    fw.activate();
    CHECK(fw.config("show", rules) != before);
    fw.op("<load><config><from>before.xml</from></config></load>");
    fw.activate();
    CHECK(fw.config("show", rules) == before);
}

TEST_CASE("loading what runs takes back what is not committed", "[sim][panos][op]") {
    Bench fw;
    fw.set(addresses, host("a", "192.0.2.1"));
    CHECK(fw.op("<load><config><from>running-config.xml</from></config></load>") ==
          words("<msg><line>Config loaded from running-config.xml</line></msg>"));
    CHECK_THAT(fw.config("get", address("a")), Contains("code=\"7\""));
    CHECK_THAT(fw.op("<load><config><from>none.xml</from></config></load>"), Contains("none.xml does not exist"));
    if (const std::string body = recorded("load-config-success.xml"); body.empty()) {
        WARN("no recorded answers beside the project: not compared");
    } else {
        CHECK(body.find("Config loaded from running-config.xml") != std::string::npos);
    }
}

TEST_CASE("save without a name and load last-saved belong together", "[sim][panos][op]") {
    Bench fw;
    CHECK_THAT(fw.op("<load><config><last-saved/></config></load>"), Contains("does not exist"));
    fw.set(addresses, host("a", "192.0.2.1"));
    CHECK_THAT(fw.op("<save><config/></save>"), Contains("Config saved to"));
    fw.op("<revert><config/></revert>");
    CHECK_THAT(fw.op("<load><config><last-saved/></config></load>"), Contains("Config loaded from"));
    CHECK_THAT(fw.config("get", address("a")), Contains("192.0.2.1"));
}

TEST_CASE("a part of a saved configuration is merged or put in place", "[sim][panos][op]") {
    Bench fw;
    fw.set(addresses, host("a", "192.0.2.1") + host("b", "192.0.2.2"));
    fw.op(save);
    fw.op("<revert><config/></revert>");
    fw.set(addresses, host("b", "192.0.2.8") + host("c", "192.0.2.3"));
    const std::string answer = fw.op(partial("before.xml", addresses, addresses, "merge"));
    CHECK(answer == words("<msg><line><msg><line>Config loaded from before.xml</line></msg></line></msg>"));
    CHECK_THAT(fw.config("get", addresses), Contains("192.0.2.1") && Contains("192.0.2.2") && Contains("192.0.2.3"));
    fw.op(partial("before.xml", addresses, addresses, "replace"));
    CHECK_THAT(fw.config("get", addresses), Contains("192.0.2.1") && Contains("192.0.2.2") && !Contains("192.0.2.3"));
    fw.op(partial("before.xml", addresses + "/entry[@name='a']", "/config/shared/address/entry[@name='z']", "merge"));
    CHECK_THAT(fw.config("get", "/config/shared/address/entry[@name='z']"), Contains("192.0.2.1"));
    fw.activate();
    CHECK_THAT(fw.config("show", "/config/shared/address"), Contains("<entry name=\"z\">"));
    if (const std::string body = recorded("load-config-partial-success.xml"); body.empty()) {
        WARN("no recorded answers beside the project: not compared");
    } else {
        std::string same = answer;
        same.replace(same.find("before.xml"), 10, "netbox_firewall1.xml");
        CHECK(same + (body.back() == '\n' ? "\n" : "") == body);
    }
}

TEST_CASE("a part that is not in the file can't be loaded", "[sim][panos][op]") {
    Bench fw;
    fw.op(save);
    const std::string missing =
        "/config/devices/entry[@name='localhost.localdomain']/device-group/entry[@name='Netbox']";
    const std::string answer = fw.op(partial("before.xml", missing, missing, "merge"));
    if (const std::string body = recorded("load-config-partial-error.xml"); body.empty()) {
        WARN("no recorded answers beside the project: not compared");
    } else {
        CHECK(answer + (body.back() == '\n' ? "\n" : "") == body);
    }
    CHECK_THAT(answer, Contains("input file doesn't have anything at devices/entry[@name='localhost.localdomain']/"
                                "device-group/entry[@name='Netbox']\n.Failed to compose effective config to load."));
    CHECK_THAT(fw.op(partial("none.xml", addresses, addresses, "merge")), Contains("none.xml does not exist"));
    CHECK_THAT(fw.op(partial("before.xml", addresses, addresses, "mix")), Contains("code=\"17\""));
    CHECK_THAT(fw.op(partial("before.xml", vsys1 + "/zone", addresses, "merge")), Contains("status=\"error\""));
    CHECK_THAT(fw.op("<load><config><partial><from>before.xml</from></partial></config></load>"),
               Contains("is missing 'from-xpath'"));
    CHECK(fw.commit() == no_changes);
}

TEST_CASE("changes are listed and reverted by administrator", "[sim][panos][op]") {
    Bench fw;
    fw.set(addresses, host("a", "192.0.2.1"));
    fw.as("bridge").set(addresses, host("b", "192.0.2.2"));
    const std::string by_bridge = "<partial><admin><member>bridge</member></admin></partial>";
    const auto changes = [&](const std::string& filter) {
        return fw.op("<show><config><list><changes>" + filter + "</changes></list></config></show>");
    };
    CHECK_THAT(changes(""), Contains("<owner>admin</owner>") && Contains("<owner>bridge</owner>"));
    CHECK_THAT(changes(by_bridge), !Contains("<owner>admin</owner>") && Contains("<owner>bridge</owner>"));
    CHECK_THAT(changes("<nonsense/>"), Contains("code=\"17\""));
    const auto summary = [&](const std::string& filter) {
        return fw.op("<show><config><list><change-summary>" + filter + "</change-summary></list></config></show>");
    };
    CHECK_THAT(summary(""), Contains("<admin><member>admin</member><member>bridge</member></admin>") &&
                                Contains("<vsys><member>vsys1</member></vsys>"));
    CHECK_THAT(summary(by_bridge), Contains("<admin><member>bridge</member></admin>"));
    CHECK(fw.op("<revert><config>" + by_bridge + "</config></revert>") ==
          words("<msg><line>All changes were reverted from configuration</line></msg>"));
    CHECK(changes(by_bridge) == words(""));
    CHECK_THAT(fw.config("get", address("a")), Contains("192.0.2.1"));
    CHECK_THAT(fw.config("get", address("b")), Contains("code=\"7\""));
}

TEST_CASE("revert can leave a part out", "[sim][panos][op]") {
    Bench fw;
    fw.set(addresses, host("a", "192.0.2.1"));
    fw.set("/config/shared/address", host("s", "192.0.2.2"));
    fw.op("<revert><config><partial><shared-object>excluded</shared-object></partial></config></revert>");
    CHECK_THAT(fw.config("get", address("a")), Contains("code=\"7\""));
    CHECK_THAT(fw.config("get", "/config/shared/address/entry[@name='s']"), Contains("192.0.2.2"));
}

TEST_CASE("the difference shows lines that come and go with what leads to them", "[sim][panos][op]") {
    Bench fw;
    fw.set(addresses, host("a", "192.0.2.1") + host("b", "192.0.2.2"));
    fw.activate();
    CHECK(fw.op("<show><config><diff/></config></show>") == words(""));
    fw.set(address("a"), "<ip-netmask>192.0.2.9</ip-netmask>");
    fw.config("delete", address("b"));
    fw.set(addresses, host("c", "192.0.2.3"));
    std::string wanted;
    const auto line = [&wanted](char sign, std::size_t depth, const std::string& text) {
        wanted += sign + std::string(2 * depth + 1, ' ') + text + '\n';
    };
    const std::vector<std::string> way{"config", "devices", "localhost.localdomain", "vsys", "vsys1", "address"};
    for (std::size_t i = 0; i < way.size(); ++i) {
        line(' ', i, way[i] + " {");
    }
    line('-', 6, "b {");
    line('-', 7, "ip-netmask 192.0.2.2;");
    line('-', 6, "}");
    line(' ', 6, "a {");
    line('-', 7, "ip-netmask 192.0.2.1;");
    line('+', 7, "ip-netmask 192.0.2.9;");
    line(' ', 6, "}");
    line('+', 6, "c {");
    line('+', 7, "ip-netmask 192.0.2.3;");
    line('+', 6, "}");
    for (std::size_t i = way.size(); i-- > 0;) {
        line(' ', i, "}");
    }
    CHECK(fw.op("<show><config><diff/></config></show>") == words(wanted));
    DeviceOptions newer = options();
    newer.version = "11.2.3";
    Bench newest(newer);
    CHECK_THAT(newest.op("<show><config><diff/></config></show>"), Contains("invalid client cli"));
}

TEST_CASE("a partial validation looks at one administrator's changes", "[sim][panos][op]") {
    Bench fw;
    fw.set(addresses, "<entry name='a'><description>no value</description></entry>");
    fw.as("bridge").set(addresses, host("b", "192.0.2.2"));
    CHECK_THAT(fw.op("<validate><partial><admin><member>bridge</member></admin></partial></validate>"),
               Contains("Validate job enqueued with jobid 2"));
    fw.wait(std::chrono::seconds(30));
    CHECK_THAT(fw.job(2), Contains("<result>OK</result>"));
    CHECK_THAT(fw.op("<validate><full/></validate>"), Contains("jobid 3"));
    fw.wait(std::chrono::seconds(30));
    CHECK_THAT(fw.job(3), Contains("<result>FAIL</result>"));
    CHECK_THAT(fw.op("<validate><partial><paint/></partial></validate>"), Contains("code=\"17\""));
}

TEST_CASE("a configuration that others have locked is neither loaded nor reverted", "[sim][panos][op]") {
    Bench fw;
    fw.op(save);
    fw.as("bridge").op("<request><config-lock><add/></config-lock></request>");
    fw.as("admin");
    for (const std::string& command :
         {std::string("<load><config><from>before.xml</from></config></load>"),
          std::string("<revert><config/></revert>"), partial("before.xml", addresses, addresses, "merge")}) {
        CHECK_THAT(fw.op(command), Contains("Configuration is locked by bridge"));
    }
}
