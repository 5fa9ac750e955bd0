#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <regex>
#include <sstream>

#include "bench.hpp"
#include "sim/panos/coverage.hpp"
#include "sim/panos/operate/operation_table.hpp"
#include "sim/panos/tree/xml.hpp"

using namespace sim::panos;
using namespace sim::panos::test;
using Catch::Contains;

namespace {

std::string file_text(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

// Names, numbers and order of an answer's elements, values left out: <a x><b/></a>.
std::string shape(const Element& element) {
    std::string out = "<" + element.name;
    for (const auto& [name, value] : element.attributes) {
        out += ' ' + name;
    }
    out += '>';
    for (const Element& child : element.children) {
        out += shape(child);
    }
    return out + "</>";
}

std::string shape_of(std::string text) {
    const auto read = read_xml(text);
    return read && read->size() == 1 ? shape(read->front()) : "unreadable: " + text.substr(0, 200);
}

}  // namespace

TEST_CASE("a factory device allows trust to untrust and nothing else", "[sim][panos][device]") {
    Bench fw;
    Flow flow;
    flow.from = "192.0.2.10";
    flow.to = "203.0.113.5";
    CHECK(fw.device->verdict(flow, fw.now).allowed);
    CHECK(fw.device->verdict(flow, fw.now).rule == "outbound");
    std::swap(flow.from_zone, flow.to_zone);
    CHECK_FALSE(fw.device->verdict(flow, fw.now).allowed);
}

TEST_CASE("a prepared device has the group with a placeholder and two rules above the others", "[sim][panos][device]") {
    DeviceOptions with = options();
    with.prepare_group = "firebreak-blocked";
    Bench fw(with);
    CHECK_THAT(fw.config("show", group("firebreak-blocked")),
               Contains("<member>firebreak-blocked-placeholder</member>"));
    CHECK(fw.device->pending().empty());
    CHECK(fw.commit() == no_changes);
    CHECK_THAT(fw.config("get", rules + "/entry[1]/@name"), Contains("firebreak-blocked-to"));
    CHECK_THAT(fw.config("get", rules + "/entry[2]/@name"), Contains("firebreak-blocked-from"));
    CHECK_FALSE(fw.device->blocks("203.0.113.5"));
}

TEST_CASE("a device that can't be made says why", "[sim][panos][device]") {
    DeviceOptions with = options();
    with.prepare_group = "a/b";
    CHECK_THAT(Device::make(with, start).error(), Contains("a/b"));
    with = options();
    with.version = "banana";
    CHECK_THAT(Device::make(with, start).error(), Contains("banana"));
    with = options();
    with.load_xml = "<config><unclosed></config>";
    CHECK_THAT(Device::make(with, start).error(), Contains("well-formed"));
    with = options();
    with.administrators.clear();
    CHECK_FALSE(Device::make(with, start).has_value());
}

TEST_CASE("a running configuration is loaded from text, by itself or as a device answered it", "[sim][panos][device]") {
    Bench source;
    source.set(address("kept"), "<ip-netmask>192.0.2.1</ip-netmask>");
    source.activate();
    for (const std::string& text : {source.device->running_xml(), source.op("<show><config><running/></config></show>"),
                                    "<?xml version=\"1.0\"?>\n" + source.device->running_xml() + "\n"}) {
        DeviceOptions with = options();
        with.load_xml = text;
        Bench fw(with);
        CHECK(same_content(*fw.device->running(), *source.device->running()));
    }
    Bench fw;
    CHECK(fw.device->load_running(source.device->running_xml()).has_value());
    CHECK_THAT(fw.config("show", address("kept")), Contains("192.0.2.1"));
    CHECK_FALSE(fw.device->load_running("nonsense").has_value());
}

TEST_CASE("changes by hand are pending under that administrator's name", "[sim][panos][device]") {
    Bench fw;
    CHECK(fw.device->set_as("colleague", rule("outbound"), "<description>half done</description>", fw.now).has_value());
    CHECK(fw.device->pending("colleague") == std::vector<std::string>{rule("outbound")});
    CHECK_THAT(fw.config("get", rule("outbound")), Contains("admin=\"colleague\""));
    CHECK_FALSE(fw.device->set_as("colleague", rule("outbound"), "<nonsense/>", fw.now).has_value());
}

TEST_CASE("the same story gives the same answers", "[sim][panos][device]") {
    const auto story = [] {
        Bench fw;
        std::string all = fw.set(address("a"), "<ip-netmask>192.0.2.1</ip-netmask>") + fw.commit();
        fw.wait(std::chrono::seconds(7));
        all += fw.job(2) + fw.op("<show><system><info/></system></show>");
        fw.wait(std::chrono::seconds(70));
        return all + fw.job(2) + fw.config("get", "/config");
    };
    CHECK(story() == story());
}

TEST_CASE("hostile bodies get an answer", "[sim][panos][device]") {
    Bench fw;
    std::string quotes = "<a";
    quotes.append(1, '\0');
    quotes += ">";
    for (const std::string& text :
         {std::string(100000, '<'), std::string(100000, '['), quotes, std::string("\xff\xfe\x00", 3),
          std::string("]]>"), std::string("<![CDATA["), std::string("<a>]]></a>")}) {
        for (const std::string field : {"xpath", "element", "cmd"}) {
            for (const std::string type : {"config", "op", "commit"}) {
                Fields fields{{"type", type}, {"action", "set"}, {field, text}};
                if (field != "xpath") {
                    fields.emplace_back("xpath", address("a"));
                }
                const auto answer = fw.post(fields);
                CHECK_THAT(answer.body, Contains("status"));
            }
        }
    }
}

TEST_CASE("the coverage page is what the table says", "[sim][panos][coverage]") {
    const std::string path = std::string(FIREBREAK_SOURCE_DIR) + "/docs/panos-coverage.md";
    const std::string page = coverage_page();
    if (const char* update = std::getenv("UPDATE_GOLDEN"); update != nullptr && std::string(update) == "1") {
        std::ofstream(path, std::ios::binary) << page;
    }
    CHECK(file_text(path) == page);
}

TEST_CASE("every operational command is in the coverage table", "[sim][panos][coverage]") {
    for (const std::string& command : known_operations()) {
        INFO(command);
        CHECK(std::any_of(coverage().begin(), coverage().end(), [&command](const Coverage& row) {
            return row.type == "op" && row.what.substr(0, command.size()) == command;
        }));
    }
}

TEST_CASE("answers have the shape of recorded ones", "[sim][panos][recorded]") {
    const std::string folder = std::string(FIREBREAK_SOURCE_DIR) + "/../shared/payloads/panos/";
    if (!std::ifstream(folder + "SOURCES.md")) {
        WARN("no recorded answers beside the project: not compared");
        return;
    }
    DeviceOptions with = options();
    with.version = "8.1.0";
    Bench fw(with);
    const auto same = [&folder](const std::string& file, const std::string& answer) {
        INFO(file << "\n" << answer);
        CHECK(shape_of(file_text(folder + file)) == shape_of(answer));
    };
    same("config/get-missing.xml", fw.config("get", address("none")));
    same("config/set-edit-delete-success.xml",
         fw.set(address("e"), "<fqdn>e.example.com</fqdn><description>d</description>"));
    same("commit/enqueued.xml", fw.commit());
    same("jobs/commit-8.1-act-0.xml", fw.job(2));
    fw.wait(std::chrono::seconds(60));
    same("jobs/commit-8.1-fin-100.xml", fw.job(2));
    same("config/get-address-fqdn.xml", fw.config("get", address("e")));
    same("commit/no-changes.xml", fw.commit());
    same("jobs/error-7-not-found.xml", fw.job(19));
    fw.set(addresses, host("x", "192.0.2.1") + host("y", "192.0.2.2"));
    fw.set(group("G"), "<static><member>e</member><member>x</member><member>y</member></static>");
    same("config/get-address-group-uncommitted.xml", fw.config("get", group("G")));
    fw.activate();
    same("config/show-address-group.xml", fw.config("show", group("G")));
    same("errors/403-invalid-credential.xml", fw.get("/api/?type=op&key=wrong").body);
    same("keygen/success-oneline.xml", fw.get("/api/?type=keygen&user=admin&password=secret-one").body);
    same("version/version-10.0.xml", fw.post({{"type", "version"}}).body);
    same("config/error-10-references.xml", fw.config("delete", address("e")));
    fw.op("<request><commit-lock><add/></commit-lock></request>");
    same("op/show-commit-locks.xml", fw.op("<show><commit-locks/></show>"));
    fw.set(address("b"), "<description>d</description>");
    same("commit/error-14-commit-locks.xml", fw.as("bridge").commit());
    same("op/show-config-list-changes.xml", fw.op("<show><config><list><changes/></list></config></show>"));
    same("op/revert-config-success.xml", fw.op("<revert><config/></revert>"));
    const std::string info = "<show><system><info/></system></show>";
    with.version = "7.0.1";
    same("op/show-system-info-vm-7.0.xml", Bench(with).op(info));
    with.version = "10.0.9";
    with.model = "Panorama";
    same("op/show-system-info-panorama-10.0.xml", Bench(with).op(info));
}

TEST_CASE("a device is prepared with a dynamic group, whose members are denied once they are registered",
          "[sim][panos][device]") {
    DeviceOptions with = options();
    with.prepare_group = "blocked";
    with.prepare_match = "'bad'";
    Bench bench(with);
    CHECK_FALSE(bench.device->blocks("203.0.113.5"));
    CHECK_THAT(bench.device->running_xml(), Contains("<filter>'bad'</filter>") && !Contains("placeholder"));
    with.prepare_match = "'bad' and";
    CHECK_FALSE(Device::make(with, start));
}

TEST_CASE("a device is prepared with external lists and rules that deny them", "[sim][panos][device]") {
    DeviceOptions with = options();
    with.prepare_lists = {{"edge-ip", "ip", "http://192.0.2.3/ip.txt", "edge", "a&b"},
                          {"edge-domain", "domain", "http://192.0.2.3/domain.txt"},
                          {"edge-url", "url", "http://192.0.2.3/url.txt"}};
    const Bench bench(with);
    const std::string running = bench.device->running_xml();
    CHECK_THAT(running, Contains("<url>http://192.0.2.3/ip.txt</url>") && Contains("<username>edge</username>") &&
                            Contains("<password>a&amp;b</password>"));
    CHECK_THAT(running,
               Contains("<destination><member>edge-ip</member></destination>") || Contains("<member>edge-ip</member>"));
    CHECK_THAT(running, Contains("<category>") && Contains("<member>edge-url</member>"));
    with.prepare_lists = {{"a/b", "ip", "http://192.0.2.3/ip.txt"}};
    CHECK_FALSE(Device::make(with, start));
}

TEST_CASE("a twin is as the device was, and neither sees what becomes of the other", "[sim][panos][device]") {
    Bench fw;
    REQUIRE(fw.set(address("one"), "<ip-netmask>198.51.100.1</ip-netmask>") == done);
    fw.activate();
    REQUIRE(fw.set(address("two"), "<ip-netmask>198.51.100.2</ip-netmask>") == done);
    const auto twin = fw.device->twin();
    REQUIRE(twin);
    CHECK(twin->candidate() == fw.device->candidate());
    CHECK(twin->running() == fw.device->running());
    CHECK(twin->pending() == fw.device->pending());
    CHECK(twin->state_text() == fw.device->state_text());

    const std::string before = fw.device->state_text();
    REQUIRE(twin->set_as("admin", address("three"), "<ip-netmask>198.51.100.3</ip-netmask>", fw.now));
    REQUIRE(twin->commit_as("admin", false, fw.now));
    CHECK_FALSE(twin->twin());
    twin->advance(fw.now + std::chrono::seconds(60));
    CHECK(twin->running_xml().find("198.51.100.3") != std::string::npos);
    CHECK(fw.device->running_xml().find("198.51.100.2") == std::string::npos);
    CHECK(fw.device->state_text() == before);

    fw.activate();
    CHECK(fw.device->running_xml().find("198.51.100.2") != std::string::npos);
    CHECK(fw.device->running_xml().find("198.51.100.3") == std::string::npos);
    twin->reboot(fw.now + std::chrono::seconds(61));
    CHECK_FALSE(fw.device->rebooting(fw.now + std::chrono::seconds(61)));
}
