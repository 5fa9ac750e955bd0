#include <catch2/catch.hpp>

#include "bench.hpp"

using namespace sim::panos;
using namespace sim::panos::test;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

std::string enqueued(int job) {
    const std::string id = std::to_string(job);
    return "<response status=\"success\" code=\"19\"><result><msg><line>Commit job enqueued with jobid " + id +
           "</line></msg><job>" + id + "</job></result></response>";
}

}  // namespace

TEST_CASE("a commit without edits has no job and no line", "[sim][panos][commit]") {
    Bench fw;
    CHECK(fw.commit() == no_changes);
    CHECK(fw.commit(own_commit("admin")) == no_changes);
    CHECK(fw.device->commits().empty());
}

TEST_CASE("edits that undo each other are edits: the commit gets a job", "[sim][panos][commit]") {
    Bench fw;
    fw.set(vsys1 + "/tag/entry[@name='t']", "<color>color1</color>");
    fw.config("delete", vsys1 + "/tag/entry[@name='t']");
    CHECK(fw.commit() == enqueued(2));
    fw.wait(60s);
    CHECK_THAT(fw.job(2), Contains("<result>OK</result>"));
    CHECK(fw.commit() == no_changes);
}

TEST_CASE("a device has its AutoCom job from the boot, and all jobs share one counter", "[sim][panos][commit]") {
    Bench fw;
    CHECK_THAT(fw.job(1), Contains("<type>AutoCom</type><status>FIN</status>"));
    CHECK_THAT(fw.op("<validate><full/></validate>"), Contains("Validate job enqueued with jobid 2"));
    fw.set(address("a"), "<ip-netmask>192.0.2.1</ip-netmask>");
    CHECK(fw.commit() == enqueued(3));
}

TEST_CASE("a commit's job runs from 0 to 99 and ends at 100 after its time", "[sim][panos][commit]") {
    DeviceOptions with = options();
    with.version = "8.1.0";
    with.commit_time = 12s;
    Bench fw(with);
    fw.set(address("a"), "<ip-netmask>192.0.2.1</ip-netmask>");
    fw.commit();
    const std::string head =
        "<response status=\"success\"><result><job><tenq>2018/06/12 04:36:45</tenq><tdeq>04:36:45</tdeq>"
        "<id>2</id><user>admin</user><type>Commit</type>";
    CHECK(fw.job(2) == head +
                           "<status>ACT</status><queued>NO</queued><stoppable>yes</stoppable><result>PEND</result>"
                           "<tfin>Still Active</tfin><description></description><positionInQ>0</positionInQ>"
                           "<progress>0</progress><warnings></warnings><details></details></job></result></response>");
    fw.wait(11s);
    CHECK_THAT(fw.job(2), Contains("<stoppable>no</stoppable>") && Contains("<progress>99</progress>"));
    CHECK(fw.device->next_event() == start + 12s);
    fw.wait(1s);
    CHECK(fw.job(2) ==
          head +
              "<status>FIN</status><queued>NO</queued><stoppable>no</stoppable><result>OK</result>"
              "<tfin>04:36:57</tfin><description></description><positionInQ>0</positionInQ>"
              "<progress>100</progress><details><line>Configuration committed successfully</line></details>"
              "<warnings></warnings></job></result></response>");
    CHECK(fw.device->next_event() == std::nullopt);
}

TEST_CASE("progress never goes back", "[sim][panos][commit]") {
    Bench fw;
    fw.set(address("a"), "<ip-netmask>192.0.2.1</ip-netmask>");
    fw.commit();
    int last = 0;
    for (int i = 0; i < 20; ++i) {
        fw.now += 1s;
        const int progress = fw.device->jobs().find(2)->progress(fw.now);
        CHECK(progress >= last);
        last = progress;
    }
    CHECK(last == 99);
}

TEST_CASE("newer versions date the end of a job", "[sim][panos][commit]") {
    DeviceOptions with = options();
    with.version = "11.1";
    Bench fw(with);
    fw.set(address("a"), "<ip-netmask>192.0.2.1</ip-netmask>");
    fw.activate();
    CHECK_THAT(fw.job(2), Contains("<tfin>2018/06/12 04:37:05</tfin>"));
}

TEST_CASE("a job that is not there is code 7", "[sim][panos][commit]") {
    Bench fw;
    CHECK(fw.job(19) == R"(<response status="error" code="7"><msg><line>job 19 not found</line></msg></response>)");
}

TEST_CASE("a commit activates the candidate as it was when it was asked for", "[sim][panos][commit]") {
    Bench fw;
    fw.set(address("a"), "<ip-netmask>192.0.2.1</ip-netmask>");
    fw.commit();
    fw.wait(5s);
    fw.set(address("b"), "<ip-netmask>192.0.2.2</ip-netmask>");
    fw.set(address("a"), "<description>later</description>");
    fw.wait(60s);
    CHECK_THAT(fw.config("show", address("a")), Contains("192.0.2.1") && !Contains("later"));
    CHECK_THAT(fw.config("show", address("b")), Contains("No such node"));
    CHECK_THAT(fw.config("get", address("b")), Contains("dirtyId=\"2\""));
    CHECK(fw.commit() == enqueued(3));
    fw.wait(60s);
    CHECK_THAT(fw.config("show", address("a")), Contains("later"));
}

TEST_CASE("an object deleted while its commit runs goes live and is gone with the next", "[sim][panos][commit]") {
    Bench fw;
    fw.set(address("a"), "<ip-netmask>192.0.2.1</ip-netmask>");
    fw.commit();
    fw.wait(5s);
    CHECK(fw.config("delete", address("a")) == done);
    fw.wait(60s);
    CHECK_THAT(fw.config("show", address("a")), Contains("192.0.2.1"));
    fw.activate();
    CHECK_THAT(fw.config("show", address("a")), Contains("No such node"));
}

TEST_CASE("commits queue, run in order, and wait their turn", "[sim][panos][commit]") {
    Bench fw;
    fw.set(address("a"), "<ip-netmask>192.0.2.1</ip-netmask>");
    CHECK(fw.commit() == enqueued(2));
    fw.set(address("b"), "<ip-netmask>192.0.2.2</ip-netmask>");
    CHECK(fw.commit() == enqueued(3));
    fw.set(address("c"), "<ip-netmask>192.0.2.3</ip-netmask>");
    CHECK(fw.commit() == enqueued(4));
    CHECK_THAT(fw.job(3), Contains("<tdeq></tdeq>") && Contains("<status>PEND</status><queued>YES</queued>") &&
                              Contains("<positionInQ>1</positionInQ>"));
    CHECK_THAT(fw.job(4), Contains("<positionInQ>2</positionInQ>"));
    fw.wait(30s);
    CHECK_THAT(fw.config("show", address("a")), Contains("192.0.2.1"));
    CHECK_THAT(fw.config("show", address("b")), Contains("No such node"));
    CHECK_THAT(fw.job(3), Contains("<tdeq>04:37:05</tdeq>") && Contains("<status>ACT</status>"));
    fw.wait(30s);
    CHECK_THAT(fw.config("show", address("c")), Contains("192.0.2.3"));
    CHECK_THAT(fw.job(4), Contains("<result>OK</result>"));
}

TEST_CASE("a commit without an edit since the queued one is the same as that", "[sim][panos][commit]") {
    Bench fw;
    fw.set(address("a"), "<ip-netmask>192.0.2.1</ip-netmask>");
    fw.commit();
    CHECK_THAT(fw.commit(), Contains(R"(status="success" code="13")") && Contains("same as the previous commit") &&
                                !Contains("<job>"));
    CHECK_THAT(fw.commit("<commit><force></force></commit>"), Contains("<job>3</job>"));
}

TEST_CASE("the queue has an end", "[sim][panos][commit]") {
    DeviceOptions with = options();
    with.queue_max = 2;
    Bench fw(with);
    for (int i = 0; i < 3; ++i) {
        CHECK_THAT(fw.commit("<commit><force></force></commit>"), Contains("<job>"));
    }
    CHECK_THAT(fw.commit("<commit><force></force></commit>"), Contains("status=\"error\""));
}

TEST_CASE("before 7.1 a commit is refused while another runs", "[sim][panos][commit]") {
    DeviceOptions with = options();
    with.version = "7.0.1";
    Bench fw(with);
    const std::string key = "/api/?key=" + fw.device->api_key("admin") + "&type=";
    fw.device->set_as("admin", address("a"), "<ip-netmask>192.0.2.1</ip-netmask>", fw.now);
    CHECK_THAT(fw.get(key + "commit&cmd=<commit></commit>").body, Contains("<job>2</job>"));
    CHECK_THAT(fw.get(key + "commit&cmd=<commit><force></force></commit>").body,
               Contains("Another commit/validate is in progress. Please try again later"));
}

TEST_CASE("a partial commit takes only that administrator's changes", "[sim][panos][commit]") {
    Bench fw;
    fw.set(address("theirs"), "<ip-netmask>192.0.2.1</ip-netmask>");
    fw.set(rule("outbound"), "<description>half done</description>");
    fw.as("bridge").set(address("ours"), "<ip-netmask>203.0.113.5</ip-netmask>");
    CHECK(fw.commit(own_commit("bridge")) == enqueued(2));
    fw.wait(60s);
    CHECK_THAT(fw.config("show", address("ours")), Contains("203.0.113.5"));
    CHECK_THAT(fw.config("show", address("theirs")), Contains("No such node"));
    CHECK_THAT(fw.config("show", rule("outbound")), !Contains("half done"));
    CHECK_THAT(fw.config("get", address("theirs")), Contains("admin=\"admin\""));
    CHECK_THAT(fw.config("get", address("ours")), !Contains("dirtyId"));
    CHECK(fw.commit(own_commit("bridge")) == no_changes);
    CHECK(fw.device->pending("bridge").empty());
    CHECK(fw.device->pending("admin").size() == 2);
    fw.as("admin").activate();
    CHECK_THAT(fw.config("show", rule("outbound")), Contains("half done"));
}

TEST_CASE("two administrators in one group: each commits his own member", "[sim][panos][commit]") {
    Bench fw;
    fw.set(addresses, host("a", "192.0.2.1") + host("b", "192.0.2.2") + host("c", "192.0.2.3"));
    fw.set(group("g"), "<static><member>a</member></static>");
    fw.activate();
    fw.as("admin").set(group("g") + "/static", "<member>b</member>");
    fw.as("bridge").set(group("g") + "/static", "<member>c</member>");
    fw.commit(own_commit("bridge"));
    fw.wait(60s);
    CHECK_THAT(fw.config("show", group("g")), Contains(">c<") && !Contains(">b<"));
    fw.commit(own_commit("admin"));
    fw.wait(60s);
    CHECK_THAT(fw.config("show", group("g")), Contains(">a<") && Contains(">b<") && Contains(">c<"));
}

TEST_CASE("a colleague's pending deletion stays pending", "[sim][panos][commit]") {
    Bench fw;
    fw.set(addresses, host("a", "192.0.2.1"));
    fw.activate();
    fw.as("admin").config("delete", address("a"));
    fw.as("bridge").set(address("b"), "<ip-netmask>192.0.2.2</ip-netmask>");
    fw.commit(own_commit("bridge"));
    fw.wait(60s);
    CHECK_THAT(fw.config("show", address("a")), Contains("192.0.2.1"));
    fw.commit(own_commit("admin"));
    fw.wait(60s);
    CHECK_THAT(fw.config("show", address("a")), Contains("No such node"));
}

TEST_CASE("a partial commit whose changes lean on a colleague's pending ones fails", "[sim][panos][commit]") {
    Bench fw;
    fw.as("admin").set(address("a"), "<ip-netmask>192.0.2.1</ip-netmask>");
    fw.as("bridge").set(group("g"), "<static><member>a</member></static>");
    fw.commit(own_commit("bridge"));
    fw.wait(60s);
    CHECK_THAT(fw.job(2), Contains("<result>FAIL</result>") && Contains("<line>Validation Error:</line>") &&
                              Contains("address-group -> g -> static 'a' is not a valid reference") &&
                              Contains("address-group -> g -> static is invalid") &&
                              Contains("<line>Commit failed</line>"));
    CHECK_THAT(fw.config("show", group("g")), Contains("No such node"));
    CHECK(fw.device->commits().back().result == JobResult::fail);
    CHECK(fw.commit(own_commit("bridge")) == enqueued(3));
}

TEST_CASE("an object with two values fails at the commit, not at set", "[sim][panos][commit]") {
    Bench fw;
    CHECK(fw.set(address("a"), "<ip-netmask>192.0.2.1</ip-netmask><fqdn>a.example.com</fqdn>") == done);
    CHECK(fw.set(address("b"), "<description>no value</description>") == done);
    fw.activate();
    CHECK_THAT(fw.job(2), Contains("<result>FAIL</result>") &&
                              Contains("address -> a Node ip-netmask and fqdn are mutually exclusive") &&
                              Contains("address -> b is missing"));
}

TEST_CASE("a group over the model's limit is refused by the commit", "[sim][panos][commit]") {
    Bench fw;
    std::string objects;
    std::string members;
    for (int i = 0; i < 2501; ++i) {
        const std::string name = "n" + std::to_string(i);
        objects += host(name, "10." + std::to_string(i / 65536) + "." + std::to_string(i / 256 % 256) + "." +
                                  std::to_string(i % 256));
        members += "<member>" + name + "</member>";
    }
    CHECK(fw.set(addresses, objects) == done);
    CHECK(fw.set(group("g") + "/static", members) == done);
    fw.activate();
    CHECK_THAT(fw.job(2), Contains("<result>FAIL</result>") && Contains("maximum of 2500 members"));
    CHECK(fw.config("delete", group("g") + "/static/member[text()='n7']") == done);
    fw.activate();
    CHECK_THAT(fw.job(3), Contains("<result>OK</result>"));
}

TEST_CASE("a validation makes no change", "[sim][panos][commit]") {
    Bench fw;
    fw.set(address("a"), "<ip-netmask>192.0.2.1</ip-netmask>");
    CHECK_THAT(fw.commit("<commit><validate></validate></commit>"), Contains("Validate job enqueued with jobid 2"));
    fw.wait(2s);
    CHECK_THAT(fw.job(2), Contains("<type>Validate</type>") && Contains("<line>Configuration is valid</line>"));
    CHECK_THAT(fw.config("show", address("a")), Contains("No such node"));
    CHECK(fw.device->commits().empty());
}

TEST_CASE("an unknown child of a commit is an invalid command", "[sim][panos][commit]") {
    Bench fw;
    CHECK(fw.commit("<commit><partial><nonsense/></partial></commit>") ==
          "<response status=\"error\" code=\"17\"><msg><line> commit -> partial -> nonsense unexpected here</line>"
          "<line> commit -> partial  is unexpected</line><line> commit  is unexpected</line></msg></response>");
    CHECK_THAT(fw.commit("<commit-all/>"), Contains("code=\"17\""));
    CHECK_THAT(fw.commit("hello"), Contains("<line>  is unexpected</line>"));
}

TEST_CASE("a description is the job's", "[sim][panos][commit]") {
    Bench fw;
    fw.set(address("a"), "<ip-netmask>192.0.2.1</ip-netmask>");
    fw.commit("<commit><description>block 192.0.2.1 &amp; more</description></commit>");
    CHECK_THAT(fw.job(2), Contains("<description>block 192.0.2.1 &amp; more</description>"));
}

TEST_CASE("a commit lock of another administrator refuses a commit, an own one ends with it", "[sim][panos][commit]") {
    Bench fw;
    fw.set(address("a"), "<ip-netmask>192.0.2.1</ip-netmask>");
    REQUIRE(fw.device->lock(LockKind::commit, "bridge", "", fw.now));
    CHECK(fw.commit() ==
          "<response status=\"error\" code=\"14\"><msg><line>Other administrators are holding device wide "
          "commit locks.</line></msg></response>");
    CHECK(fw.as("bridge").commit() == enqueued(2));
    fw.wait(60s);
    CHECK(fw.device->locks().empty());
}

TEST_CASE("a config lock of another administrator refuses changes, not reading", "[sim][panos][commit]") {
    Bench fw;
    CHECK_THAT(fw.as("bridge").op("<request><config-lock><add><comment>c</comment></add></config-lock></request>"),
               Contains("Successfully acquired lock."));
    CHECK_THAT(fw.as("admin").set(address("a"), "<ip-netmask>192.0.2.1</ip-netmask>"),
               Contains("Configuration is locked by bridge"));
    CHECK_THAT(fw.config("get", rules), Contains("code=\"19\""));
    CHECK(fw.as("bridge").set(address("a"), "<ip-netmask>192.0.2.1</ip-netmask>") == done);
}

TEST_CASE("a failed commit keeps the changes and the locks", "[sim][panos][commit]") {
    Bench fw;
    fw.device->lock(LockKind::commit, "admin", "", fw.now);
    fw.set(address("b"), "<description>no value</description>");
    fw.activate();
    CHECK(fw.device->locks().size() == 1);
    CHECK(fw.device->pending().size() == 1);
    CHECK_THAT(fw.config("get", address("b")), Contains("dirtyId"));
}

TEST_CASE("a commit is recorded with what it changed", "[sim][panos][commit]") {
    Bench fw;
    fw.set(addresses, host("a", "192.0.2.1") + host("b", "192.0.2.2"));
    fw.set(group("g"), "<static><member>a</member></static>");
    fw.activate();
    fw.set(group("g") + "/static", "<member>b</member>");
    fw.config("delete", group("g") + "/static/member[text()='a']");
    fw.config("delete", address("a"));
    fw.as("bridge").commit("<commit><description>why</description></commit>");
    fw.wait(60s);
    REQUIRE(fw.device->commits().size() == 2);
    const RecordedCommit& last = fw.device->commits().back();
    CHECK(last.administrator == "bridge");
    CHECK(last.description == "why");
    CHECK(last.result == JobResult::ok);
    CHECK(last.started == start + 60s);
    CHECK(last.finished == start + 80s);
    REQUIRE(last.groups.size() == 1);
    CHECK(last.groups[0].group == "g");
    CHECK(last.groups[0].added == std::vector<std::string>{"b"});
    CHECK(last.groups[0].removed == std::vector<std::string>{"a"});
    CHECK(last.objects_removed == std::vector<std::string>{"address a"});
    CHECK(last.objects_changed == std::vector<std::string>{"address-group g"});
}

TEST_CASE("sections left out of a commit stay pending", "[sim][panos][commit]") {
    Bench fw;
    fw.set(address("a"), "<ip-netmask>192.0.2.1</ip-netmask>");
    fw.set("/config/shared/address/entry[@name='s']", "<ip-netmask>192.0.2.2</ip-netmask>");
    fw.set("/config/devices/entry[@name='localhost.localdomain']/deviceconfig/system", "<hostname>new-name</hostname>");
    fw.commit(
        "<commit><partial><device-and-network>excluded</device-and-network><shared-object>excluded</shared-object>"
        "</partial></commit>");
    fw.wait(60s);
    CHECK_THAT(fw.config("show", address("a")), Contains("192.0.2.1"));
    CHECK_THAT(fw.config("show", "/config/shared/address/entry[@name='s']"), Contains("No such node"));
    CHECK(fw.device->running_xml().find("new-name") == std::string::npos);
    CHECK(fw.device->pending().size() == 2);
}
