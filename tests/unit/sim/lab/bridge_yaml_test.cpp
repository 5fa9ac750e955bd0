#include "sim/lab/bridge_yaml.hpp"

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
