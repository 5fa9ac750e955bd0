#include <catch2/catch.hpp>

#include "bench.hpp"

using namespace sim::panos;
using namespace sim::panos::test;
using namespace std::chrono_literals;
using Catch::Contains;

TEST_CASE("a command that there is not is answered from the innermost element outwards", "[sim][panos][op]") {
    Bench fw;
    CHECK(fw.op("<show><nonsense/></show>") ==
          "<response status=\"error\" code=\"17\"><msg><line> show -> nonsense unexpected here</line>"
          "<line> show  is unexpected</line></msg></response>");
    CHECK(fw.op("<show><jobs><nonsense>1</nonsense></jobs></show>") ==
          "<response status=\"error\" code=\"17\"><msg><line> show -> jobs -> nonsense unexpected here</line>"
          "<line> show -> jobs  is unexpected</line><line> show  is unexpected</line></msg></response>");
    CHECK(fw.op("show system info") ==
          "<response status=\"error\" code=\"17\"><msg><line>  is unexpected</line></msg></response>");
    CHECK_THAT(fw.op("<show></show>"), Contains("<line> show  is unexpected</line>"));
    CHECK_THAT(fw.op("<check><pending-changes><x/></pending-changes></check>"), Contains("unexpected here"));
    CHECK_THAT(fw.op("<show><jobs>"), Contains("code=\"18\""));
}

TEST_CASE("an empty element may be written in both ways", "[sim][panos][op]") {
    Bench fw;
    CHECK(fw.op("<show><clock/></show>") == fw.op("<show><clock></clock></show>"));
}

TEST_CASE("system info has what clients read before anything else", "[sim][panos][op]") {
    Bench fw;
    const std::string info = fw.op("<show><system><info></info></system></show>");
    for (const std::string field :
         {"hostname",         "ip-address", "netmask",     "default-gateway",  "ipv6-address",
          "mac-address",      "uptime",     "devicename",  "family",           "model",
          "serial",           "sw-version", "app-version", "av-version",       "threat-version",
          "wildfire-version", "url-db",     "multi-vsys",  "operational-mode", "vm-license",
          "vm-uuid",          "vm-cpuid",   "vm-mode"}) {
        CHECK_THAT(info, Contains("<" + field + ">"));
    }
    CHECK_THAT(info, Contains("<time>Tue Jun 12 04:36:45 2018\n</time>") &&
                         Contains("<uptime>0 days, 1:00:00</uptime>") && Contains("<sw-version>10.1.9</sw-version>"));
}

TEST_CASE("jobs are listed newest first", "[sim][panos][op]") {
    Bench fw;
    fw.set(address("a"), "<ip-netmask>192.0.2.1</ip-netmask>");
    fw.commit();
    const std::string all = fw.op("<show><jobs><all/></jobs></show>");
    CHECK(all.find("<id>2</id>") < all.find("<id>1</id>"));
    CHECK_THAT(fw.op("<show><jobs><pending/></jobs></show>"), Contains("<id>2</id>") && !Contains("<id>1</id>"));
    CHECK_THAT(fw.op("<show><jobs><processed/></jobs></show>"), Contains("<id>1</id>") && !Contains("<id>2</id>"));
}

TEST_CASE("pending changes are known from the first edit to the commit", "[sim][panos][op]") {
    Bench fw;
    const std::string check = "<check><pending-changes></pending-changes></check>";
    CHECK(fw.op(check) == "<response status=\"success\"><result>no</result></response>");
    fw.set(address("a"), "<ip-netmask>192.0.2.1</ip-netmask>");
    CHECK(fw.op(check) == "<response status=\"success\"><result>yes</result></response>");
    fw.activate();
    CHECK(fw.op(check) == "<response status=\"success\"><result>no</result></response>");
}

TEST_CASE("the list of changes says what, by whom", "[sim][panos][op]") {
    Bench fw;
    const std::string list = "<show><config><list><changes/></list></config></show>";
    CHECK(fw.op(list) == "<response status=\"success\"><result></result></response>");
    fw.set(address("a"), "<ip-netmask>192.0.2.1</ip-netmask>");
    CHECK_THAT(fw.op(list), Contains("<owner>admin</owner><action> CREATE</action>") &&
                                Contains("/address/entry[@name=&#39;a&#39;]</xpath>"));
}

TEST_CASE("revert drops what is not committed, but not while a commit is queued", "[sim][panos][op]") {
    Bench fw;
    const std::string revert = "<revert><config></config></revert>";
    fw.set(address("a"), "<ip-netmask>192.0.2.1</ip-netmask>");
    CHECK(fw.op(revert) ==
          "<response status=\"success\"><result><msg><line>All changes were reverted from configuration"
          "</line></msg></result></response>");
    CHECK_THAT(fw.config("get", address("a")), Contains("code=\"7\""));
    CHECK(fw.commit() == no_changes);
    fw.set(address("a"), "<ip-netmask>192.0.2.1</ip-netmask>");
    fw.commit();
    CHECK_THAT(fw.op(revert), Contains("Local commit jobs are queued. Revert operation is not allowed."));
}

TEST_CASE("a partial revert leaves the colleague's changes", "[sim][panos][op]") {
    Bench fw;
    fw.set(address("a"), "<ip-netmask>192.0.2.1</ip-netmask>");
    fw.as("bridge").set(address("b"), "<ip-netmask>192.0.2.2</ip-netmask>");
    fw.op("<revert><config><partial><admin><member>bridge</member></admin></partial></config></revert>");
    CHECK_THAT(fw.config("get", address("a")), Contains("admin=\"admin\" dirtyId=\"1\""));
    CHECK_THAT(fw.config("get", address("b")), Contains("code=\"7\""));
}

TEST_CASE("loading the running configuration drops changes and is an edit", "[sim][panos][op]") {
    Bench fw;
    fw.set(address("a"), "<ip-netmask>192.0.2.1</ip-netmask>");
    CHECK_THAT(fw.op("<load><config><from>running-config.xml</from></config></load>"),
               Contains("<line>Config loaded from running-config.xml</line>"));
    CHECK_THAT(fw.config("get", address("a")), Contains("code=\"7\""));
    CHECK_THAT(fw.commit(), Contains("<job>2</job>"));
}

TEST_CASE("locks are taken, shown, refused and released in the device's words", "[sim][panos][op]") {
    Bench fw;
    const auto commit_lock = [&fw](const std::string& what) {
        return fw.op("<request><commit-lock>" + what + "</commit-lock></request>");
    };
    CHECK(fw.op("<show><commit-locks/></show>") ==
          "<response status=\"success\"><result><commit-locks></commit-locks></result></response>");
    CHECK(commit_lock("<add/>") ==
          "<response status=\"success\"><result>Successfully acquired lock. Other administrators will not be able to "
          "commit "
          "configuration until lock is released by admin.</result></response>");
    CHECK(fw.as("bridge").op("<request><commit-lock><add/></commit-lock></request>") ==
          "<response status=\"error\"><msg><line>Commit lock is already held by admin</line></msg></response>");
    CHECK(fw.op("<show><commit-locks/></show>") ==
          "<response status=\"success\"><result><commit-locks><entry "
          "name=\"admin\"><type>shared</type><name>shared</name>"
          "<created>2018/06/12 04:36:45</created><last-activity>2018/06/12 "
          "04:36:45</last-activity><loggedin>yes</loggedin>"
          "<comment><![CDATA[(null)]]></comment></entry></commit-locks></result></response>");
    CHECK_THAT(commit_lock("<remove/>"), Contains("Commit lock is not currently held by bridge"));
    CHECK(fw.as("admin").op("<request><commit-lock><remove/></commit-lock></request>") ==
          "<response status=\"success\"><result>Commit lock released for admin</result></response>");

    const std::string add = "<request><config-lock><add><comment>why</comment></add></config-lock></request>";
    const std::string remove = "<request><config-lock><remove/></config-lock></request>";
    CHECK_THAT(fw.op(remove), Contains("<line>Config is not currently locked for scope shared</line>"));
    CHECK_THAT(fw.op(add),
               Contains("will not be able to modify configuration for scope shared until lock is released"));
    CHECK_THAT(fw.op(add), Contains("You already own a config lock for scope shared"));
    CHECK_THAT(fw.as("bridge").op(add), Contains("Config for scope shared is currently locked by admin"));
    CHECK_THAT(fw.op("<show><config-locks/></show>"), Contains("<comment><![CDATA[why]]></comment>"));
    CHECK_THAT(fw.as("admin").op(remove), Contains("Config lock released for scope shared"));
}

TEST_CASE("the policy match is the running configuration's, not the candidate's", "[sim][panos][op]") {
    DeviceOptions with = options();
    with.prepare_group = "blocked";
    Bench fw(with);
    const std::string test =
        "<test><security-policy-match><from>trust</from><to>untrust</to><source>192.0.2.10</source>"
        "<destination>203.0.113.5</destination><destination-port>443</destination-port><protocol>6</protocol>"
        "</security-policy-match></test>";
    CHECK_THAT(fw.op(test), Contains("<rules><entry name=\"outbound\">") && Contains("<action>allow</action>"));
    fw.set(address("evil"), "<ip-netmask>203.0.113.5</ip-netmask>");
    fw.set(group("blocked") + "/static", "<member>evil</member>");
    CHECK_THAT(fw.op(test), Contains("<rules><entry name=\"outbound\">") && Contains("<action>allow</action>"));
    CHECK_FALSE(fw.device->blocks("203.0.113.5"));
    fw.activate();
    CHECK_THAT(fw.op(test), Contains("<rules><entry name=\"blocked-to\">") && Contains("<action>deny</action>"));
    CHECK(fw.device->blocks("203.0.113.5"));
    CHECK_THAT(fw.op("<test><security-policy-match><source>192.0.2.10</source></security-policy-match></test>"),
               Contains("code=\"17\""));
}
