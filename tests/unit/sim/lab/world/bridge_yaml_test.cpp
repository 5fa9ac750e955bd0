#include "sim/lab/world/bridge_yaml.hpp"

#include <catch2/catch.hpp>

#include "yaml/writer.hpp"

using namespace sim::lab;

TEST_CASE("bridge.yaml: the scenario's settings and the lab's files stand side by side", "[lab]") {
    BridgeSetup setup;
    TargetSetup hq;
    hq.firewall = "hq";
    hq.settings = {{"settle", {}, yaml::scalar("1s")}};
    setup.targets = {hq};
    setup.policy = {{"min_severity", {}, yaml::scalar("majr")}};
    setup.intake = {{"sources", {}, yaml::list({"192.0.2.0/24"})}};
    setup.users = {{"fireeye", "wolke"}};
    BridgeFiles files;
    files.store = "/t/bridge.db";
    files.targets["hq"] = {"https://127.0.0.1:40000", "/t/hq.pem", "/t/hq.key"};
    files.password_files["fireeye"] = "/t/fireeye.password";

    const auto written = yaml::parse(bridge_yaml(setup, files), "bridge.yaml");

    REQUIRE(written);
    const yaml::Node* target = written->find("targets")->find("hq");
    CHECK(target->find("url")->text == "https://127.0.0.1:40000");
    CHECK(target->find("ca")->text == "/t/hq.pem");
    CHECK(target->find("settle")->text == "1s");
    CHECK(target->find("group")->text == "firebreak-blocked");
    CHECK(written->find("policy")->find("min_severity")->text == "majr");
    CHECK(written->find("intake")->find("listen")->text == "127.0.0.1:0");
    CHECK(written->find("intake")->find("users")->find("fireeye")->find("password_file")->text ==
          "/t/fireeye.password");
    CHECK_FALSE(written->find("intake")->find("users")->find("fireeye")->find("password"));
}

TEST_CASE("bridge.yaml: a list target has its token, the firewalls that may be asked, and a place for its pages",
          "[lab]") {
    BridgeSetup setup;
    TargetSetup edge;
    edge.firewall = "edge";
    edge.list = true;
    edge.fetched_by = {"hq"};
    edge.refresh = true;
    edge.settings = {{"entries_max", {}, yaml::scalar("11")}};
    setup.targets = {edge};
    BridgeFiles files;
    files.lists_listen = "127.0.0.1:40001";
    files.token_files["edge"] = "/t/edge.token";
    files.targets["hq"] = {"https://127.0.0.1:40000", "/t/hq.pem", "/t/hq.key"};

    const auto written = yaml::parse(bridge_yaml(setup, files), "bridge.yaml");

    REQUIRE(written);
    CHECK(written->find("lists")->find("listen")->text == "127.0.0.1:40001");
    const yaml::Node* target = written->find("targets")->find("edge");
    CHECK(target->find("kind")->text == "edl");
    CHECK(target->find("token_file")->text == "/t/edge.token");
    CHECK(target->find("entries_max")->text == "11");
    CHECK(target->find("url") == nullptr);
    REQUIRE(target->find("refresh")->items.size() == 1);
    const yaml::Node& asked = target->find("refresh")->items.front();
    CHECK(asked.find("url")->text == "https://127.0.0.1:40000");
    CHECK(asked.find("api_key_file")->text == "/t/hq.key");
    CHECK(asked.find("lists")->find("ip")->text == "edge-ip");
    CHECK(asked.find("lists")->find("url")->text == "edge-url");
}
