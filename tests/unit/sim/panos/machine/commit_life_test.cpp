// What befalls a job between its request and its end.
#include <catch2/catch.hpp>

#include "bench.hpp"
#include "sim/panos/call/commit_call.hpp"
#include "sim/panos/machine/machine.hpp"
#include "sim/panos/tree/xml.hpp"

using namespace sim::panos;
using namespace sim::panos::test;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

Machine machine() {
    Machine made{
        .options = options(), .version = {}, .limits = {}, .configuration = Configuration(Bench().device->running())};
    return made;
}

Job commit_of(std::chrono::seconds duration) {
    Job job;
    job.duration = duration;
    job.forced = true;
    return job;
}

}  // namespace

TEST_CASE("a job of another kind shares the counter, and runs beside a commit", "[sim][panos][jobs]") {
    Machine device = machine();
    Job job = commit_of(20s);
    job.snapshot = device.configuration.candidate();
    device.enqueue(job, start);
    std::vector<std::string> ended;
    const auto id = device.enqueue_job(
        "EDLRefresh", "", 5s,
        [&ended](Job& own, Instant at) {
            ended.push_back(date_and_time(at));
            own.details = {"EDL(s) refreshed"};
            own.result = JobResult::fail;
        },
        start + 1s);
    CHECK(id == 2);
    CHECK(device.jobs.next_end() == start + 6s);
    device.advance(start + 10s);
    CHECK(ended == std::vector<std::string>{"2018/06/12 04:36:51"});
    CHECK(device.jobs.find(2)->result == JobResult::fail);
    CHECK(device.jobs.active()->id == 1);
    CHECK_THAT(job_xml(*device.jobs.find(2), 0, device.version, start + 10s),
               Contains("<type>EDLRefresh</type><status>FIN</status>") && Contains("<progress>100</progress>"));
}

TEST_CASE("a job of no duration is over at once, and may enqueue others", "[sim][panos][jobs]") {
    Machine device = machine();
    const auto parent = device.enqueue_job(
        "CommitAll", "admin", 0s, [&device](Job&, Instant at) { device.enqueue_job("Install", "", 3s, nullptr, at); },
        start);
    CHECK(device.jobs.find(parent)->result == JobResult::ok);
    CHECK(device.jobs.runs("Install"));
    device.advance(start + 3s);
    CHECK_FALSE(device.jobs.runs("Install"));
    CHECK(device.jobs.find(2)->finished == start + 3s);
}

namespace {

const std::string element = "<ip-netmask>192.0.2.1</ip-netmask>";

std::string clear_job(Bench& fw, int id) {
    return fw.op("<clear><job><id>" + std::to_string(id) + "</id></job></clear>");
}

}  // namespace

TEST_CASE("a commit that waits is taken from the queue, and the next moves up", "[sim][panos][jobs]") {
    Bench fw;
    for (const std::string name : {"a", "b", "c"}) {
        fw.set(address(name), element);
        fw.commit();
    }
    CHECK_THAT(fw.job(4), Contains("<positionInQ>2</positionInQ>"));
    CHECK_THAT(clear_job(fw, 3), Contains("status=\"success\""));
    CHECK_THAT(fw.job(3), Contains("<status>FIN</status>") && Contains("<result>FAIL</result>") &&
                              Contains("Job is stopped by admin"));
    CHECK_THAT(fw.job(4), Contains("<positionInQ>1</positionInQ>"));
    CHECK_THAT(clear_job(fw, 3), Contains("status=\"error\""));
    CHECK_THAT(clear_job(fw, 19), Contains("job 19 not found"));
    CHECK_THAT(clear_job(fw, 1), Contains("status=\"error\""));
}

TEST_CASE("a running commit is stopped while it can be, changes nothing, and the next starts", "[sim][panos][jobs]") {
    Bench fw;
    fw.set(address("a"), element);
    fw.commit();
    fw.set(address("b"), element);
    fw.commit();
    fw.wait(5s);
    CHECK_THAT(fw.as("bridge").op("<clear><job><id>2</id></job></clear>"), Contains("status=\"success\""));
    fw.as("admin");
    CHECK_THAT(fw.config("show", address("a")), Contains("No such node"));
    CHECK(fw.device->commits().front().result == JobResult::fail);
    CHECK_THAT(fw.job(3), Contains("<status>ACT</status>") && Contains("<tdeq>04:36:50</tdeq>"));
    fw.wait(19s);
    CHECK_THAT(clear_job(fw, 3), Contains("can not be stopped"));
    fw.wait(1s);
    CHECK_THAT(fw.config("show", address("a")), Contains("192.0.2.1"));
}

TEST_CASE("a commit of some objects takes these, and leaves the others pending", "[sim][panos][jobs]") {
    Bench fw;
    fw.set(address("a"), element);
    fw.set(address("b"), element);
    fw.set(group("g"), "<static><member>a</member></static>");
    CHECK_THAT(fw.commit("<commit><partial><object-xpaths><member>" + address("a") + "</member><member>" + group("g") +
                         "</member></object-xpaths></partial></commit>"),
               Contains("<job>2</job>"));
    fw.wait(60s);
    CHECK_THAT(fw.config("show", address("a")), Contains("192.0.2.1"));
    CHECK_THAT(fw.config("show", group("g")), Contains("<member>a</member>"));
    CHECK_THAT(fw.config("show", address("b")), Contains("No such node"));
    CHECK(fw.device->pending() == std::vector<std::string>{address("b")});
    CHECK_THAT(fw.commit("<commit><partial><object-xpaths><member>//x[</member></object-xpaths></partial></commit>"),
               Contains("code=\"17\""));
}

TEST_CASE("a partial validation has a job of its own and changes nothing", "[sim][panos][jobs]") {
    Bench fw;
    fw.set(address("a"), "<description>no value</description>");
    CHECK_THAT(fw.op("<validate><partial><admin><member>bridge</member></admin></partial></validate>"),
               Contains("Validate job enqueued with jobid 2"));
    CHECK_THAT(fw.op("<validate><partial><admin><member>admin</member></admin></partial></validate>"),
               Contains("jobid 3"));
    fw.wait(10s);
    CHECK_THAT(fw.job(2), Contains("<result>OK</result>"));
    CHECK_THAT(fw.job(3), Contains("<result>FAIL</result>"));
    CHECK_THAT(fw.op("<validate><partial><nonsense/></partial></validate>"),
               Contains(" validate -> partial -> nonsense unexpected here"));
}

TEST_CASE("no commit is taken while an install runs", "[sim][panos][jobs]") {
    Machine device = machine();
    device.enqueue_job("Install", "admin", 60s, nullptr, start);
    const Session session{"admin", "", start};
    CommitRequest request;
    request.forced = true;
    CHECK_THAT(commit(device, session, request).body,
               Contains("You cannot commit while an install is in progress. Please try again later."));
    device.advance(start + 60s);
    CHECK_THAT(commit(device, {"admin", "", start + 60s}, request).body, Contains("<job>2</job>"));
}

TEST_CASE("old jobs are forgotten, numbers go on", "[sim][panos][jobs]") {
    Machine device = machine();
    for (std::size_t i = 0; i < JobQueue::kept_max + 5; ++i) {
        device.enqueue_job("Log", "", 0s, nullptr, start);
    }
    CHECK(device.jobs.all().size() == JobQueue::kept_max);
    CHECK(device.jobs.find(5) == nullptr);
    CHECK(device.jobs.find(6) != nullptr);
    CHECK(device.jobs.counter() == JobQueue::kept_max + 5);
}

TEST_CASE("the diff of a commit tells lines", "[sim][panos][jobs]") {
    Bench fw;
    fw.set(addresses, host("a", "192.0.2.1") + host("b", "192.0.2.2"));
    fw.set(group("g"), "<static><member>a</member></static>");
    fw.activate();
    fw.set(group("g") + "/static", "<member>b</member>");
    fw.config("delete", group("g") + "/static/member[text()='a']");
    fw.set(address("a"), "<ip-netmask>192.0.2.9</ip-netmask>");
    fw.set("/config/devices/entry[@name='localhost.localdomain']/deviceconfig/system", "<hostname>new-name</hostname>");
    fw.activate();
    CHECK_THAT(*fw.device->commit_diff(2), Contains("+ <entry name=\"a\">") && !Contains("\n-"));
    const std::string diff = *fw.device->commit_diff(3);
    CHECK_THAT(diff, Contains("@@ " + group("g") + "/static/member[text()='a'] @@\n-<member>a</member>\n") &&
                         Contains("@@ " + group("g") + "/static/member[text()='b'] @@\n+<member>b</member>\n") &&
                         Contains("-<ip-netmask>192.0.2.1</ip-netmask>\n+<ip-netmask>192.0.2.9</ip-netmask>\n") &&
                         Contains("+<hostname>new-name</hostname>") && !Contains("192.0.2.2"));
    CHECK_FALSE(fw.device->commit_diff(1).has_value());
}

TEST_CASE("a commit that goes well warns of lists without certificate check and interfaces without a zone",
          "[sim][panos][jobs]") {
    Bench fw;
    fw.set(vsys1 + "/external-list",
           "<entry name=\"open\"><type><ip><url>https://lists.example.com/a</url></ip></type></entry>"
           "<entry name=\"plain\"><type><ip><url>http://lists.example.com/a</url></ip></type></entry>");
    fw.set("/config/devices/entry[@name='localhost.localdomain']/network/interface/loopback/units",
           "<entry name=\"loopback.7\"/>");
    fw.activate();
    CHECK_THAT(fw.job(2),
               Contains("<result>OK</result>") &&
                   Contains("<warnings><line>Interface loopback.7 has no zone configuration.</line><line>External "
                            "Dynamic List open is configured with no certificate profile. Please select a certificate "
                            "profile for performing server certificate validation.</line></warnings>"));
}
