// Administrators: what each role gets, how they come and go with commits, how long their keys are good.
#include <catch2/catch.hpp>

#include "bench.hpp"
#include "sim/panos/machine/password.hpp"
#include "sim/panos/machine/role.hpp"

using namespace sim::panos;
using namespace sim::panos::test;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

const std::string unauthorised_body =
    R"(<response status="unauth" code="16"><msg><line>Unauthorized request</line></msg></response>)";
const std::string users = "/config/mgt-config/users";
const std::string clock_command = "<show><clock></clock></show>";
const std::string host_element = "<ip-netmask>192.0.2.1</ip-netmask>";

std::string user(const std::string& name) {
    return users + "/entry[@name='" + name + "']";
}

DeviceOptions with_roles() {
    DeviceOptions with = options();
    with.administrators = {{"admin", "secret-one", ""},
                           {"reader", "secret-two", "superreader"},
                           {"device", "secret-three", "deviceadmin"},
                           {"watch", "secret-four", "devicereader"},
                           {"tenant", "secret-five", "vsysadmin:vsys1"},
                           {"other-tenant", "secret-six", "vsysadmin:vsys7"}};
    return with;
}

std::string phash_of(Bench& fw, const std::string& password) {
    const std::string answer =
        fw.op("<request><password-hash><password>" + password + "</password></password-hash></request>");
    const std::size_t from = answer.find("<phash>") + 7;
    return answer.substr(from, answer.find("</phash>") - from);
}

std::string role_of_profile(const std::string& rights) {
    return "<entry name=\"api\"><role><device><xmlapi>" + rights + "</xmlapi></device></role></entry>";
}

unsigned keygen(Bench& fw, const std::string& name, const std::string& password) {
    return fw.get("/api/?type=keygen&user=" + name + "&password=" + password).status;
}

std::string key_from(const std::string& answer) {
    const std::size_t from = answer.find("<key>") + 5;
    return answer.substr(from, answer.find("</key>") - from);
}

unsigned status_with(Bench& fw, const std::string& key) {
    return fw.get("/api/?type=op&cmd=" + clock_command + "&key=" + key).status;
}

}  // namespace

TEST_CASE("a read-only administrator reads, and gets code 16 for the rest", "[sim][panos][role]") {
    for (const std::string name : {"reader", "watch"}) {
        Bench fw(with_roles());
        fw.as(name);
        CHECK_THAT(fw.config("get", rules), Contains("outbound"));
        CHECK_THAT(fw.config("show", rules), Contains("outbound"));
        CHECK_THAT(fw.op(clock_command), Contains("success"));
        CHECK_THAT(fw.op("<check><pending-changes></pending-changes></check>"), Contains("success"));
        CHECK(fw.set(address("a"), host_element) == unauthorised_body);
        CHECK(fw.config("delete", rule("outbound")) == unauthorised_body);
        CHECK(fw.commit() == unauthorised_body);
        CHECK(fw.op("<request><restart><system></system></restart></request>") == unauthorised_body);
        CHECK(fw.op("<request><commit-lock><add/></commit-lock></request>") == unauthorised_body);
        CHECK(fw.post({{"type", "user-id"}, {"cmd", "<uid-message/>"}}).body == unauthorised_body);
        CHECK_FALSE(fw.device->rebooting(fw.now));
        CHECK(fw.device->pending().empty());
    }
}

TEST_CASE("a device administrator does everything but make administrators", "[sim][panos][role]") {
    Bench fw(with_roles());
    fw.as("device");
    CHECK(fw.set(address("a"), host_element) == done);
    CHECK(fw.set(user("mallory"), "<permissions><role-based><superuser>yes</superuser></role-based></permissions>") ==
          unauthorised_body);
    CHECK(fw.post({{"type", "config"},
                   {"action", "multi-config"},
                   {"element",
                    "<multi-config><set xpath=\"" + user("mallory") + "\"><phash>x</phash></set></multi-config>"}})
              .body == unauthorised_body);
    CHECK_THAT(fw.commit(), Contains("<job>2</job>"));
}

TEST_CASE("an administrator of a virtual system stays in it", "[sim][panos][role]") {
    Bench fw(with_roles());
    fw.as("tenant");
    CHECK(fw.set(address("a"), host_element) == done);
    CHECK(fw.set("/config/shared/address/entry[@name='s']", host_element) == unauthorised_body);
    CHECK(fw.config("get", "/config/shared") == unauthorised_body);
    CHECK_THAT(fw.config("get", address("a")), Contains("192.0.2.1"));
    fw.as("admin").set("/config/shared/address/entry[@name='s']", host_element);
    fw.as("tenant").commit();
    fw.wait(60s);
    CHECK_THAT(fw.config("show", address("a")), Contains("192.0.2.1"));
    CHECK(fw.device->pending("admin").size() == 1);
    CHECK(fw.as("other-tenant").config("get", address("a")) == unauthorised_body);
}

TEST_CASE("a custom role has the API types that its profile enables", "[sim][panos][role]") {
    Bench fw;
    fw.set("/config/shared/admin-role",
           role_of_profile("<op>enable</op><config>read-only</config><commit>disable</commit>"));
    const std::string hash = phash_of(fw, "long-enough");
    fw.set(user("robot"), "<phash>" + hash +
                              "</phash><permissions><role-based><custom><profile>api</profile></custom>"
                              "</role-based></permissions>");
    CHECK(keygen(fw, "robot", "long-enough") == 403);
    fw.activate();
    CHECK(keygen(fw, "robot", "long-enough") == 200);
    CHECK(keygen(fw, "robot", "long-enougH") == 403);
    fw.as("robot");
    CHECK_THAT(fw.op(clock_command), Contains("success"));
    CHECK_THAT(fw.config("get", rules), Contains("outbound"));
    CHECK(fw.set(address("a"), host_element) == unauthorised_body);
    const auto refused = fw.post({{"type", "commit"}, {"cmd", empty_commit()}});
    CHECK(refused.status == 403);
    CHECK(refused.body ==
          "<response status = 'error' code = '403'><result><msg>Type [commit] not authorized for user role."
          "</msg></result></response>");
    // The profile changes with a commit, and the administrator's rights with it.
    fw.as("admin").set("/config/shared/admin-role/entry[@name='api']/role/device/xmlapi", "<commit>enable</commit>");
    fw.activate();
    CHECK_THAT(fw.as("robot").commit("<commit><force></force></commit>"), Contains("<job>"));
}

TEST_CASE("an administrator without a role gets nothing", "[sim][panos][role]") {
    Bench fw;
    fw.set(user("nobody"), "<phash>" + phash_of(fw, "long-enough") + "</phash>");
    fw.activate();
    const auto answer = fw.as("nobody").post({{"type", "op"}, {"cmd", clock_command}});
    CHECK(answer.status == 403);
    CHECK_THAT(answer.body, Contains("Type [op] not authorized for user role."));
}

TEST_CASE("an administrator who is deleted loses his key with the commit, not before", "[sim][panos][role]") {
    Bench fw;
    const std::string key = fw.device->api_key("bridge");
    CHECK(fw.config("delete", user("bridge")) == done);
    CHECK(status_with(fw, key) == 200);
    fw.activate();
    CHECK(status_with(fw, key) == 403);
    CHECK(keygen(fw, "bridge", "secret-two") == 403);
}

TEST_CASE("a new password hash ends the old password and the old key", "[sim][panos][role]") {
    Bench fw;
    const std::string key = fw.device->api_key("bridge");
    fw.set(user("bridge"), "<phash>" + phash_of(fw, "a-new-secret") + "</phash>");
    fw.activate();
    CHECK(status_with(fw, key) == 403);
    CHECK(keygen(fw, "bridge", "secret-two") == 403);
    CHECK(keygen(fw, "bridge", "a-new-secret") == 200);
    CHECK(status_with(fw, fw.device->api_key("bridge")) == 200);
}

TEST_CASE("password hashes are those of the version, and of real devices", "[sim][panos][role]") {
    DeviceOptions with = options();
    with.version = "9.1";
    Bench old(with);
    CHECK(phash_of(old, "secret").rfind("$1$", 0) == 0);
    Bench fw;
    const std::string hash = phash_of(fw, "secret");
    CHECK(hash.rfind("$5$", 0) == 0);
    CHECK(password_fits("secret", hash));
    CHECK_FALSE(password_fits("Secret", hash));
    // Made by openssl passwd, with the salts that are in them.
    CHECK(password_fits("firebreak", "$1$saltsalt$jRLn3QSg2//3zD3rHgVLQ."));
    CHECK(password_fits("firebreak", "$5$saltsalt$PiIURo11XoBOE1.N.GQfT9yUp6Ey3WDBSE.tbdqBoXA"));
    CHECK_FALSE(password_fits("", "*"));
    CHECK_FALSE(password_fits("*", "*"));
    CHECK_THAT(fw.op("<request><password-hash/></request>"), Contains("code=\"17\""));
}

TEST_CASE("while keys have a lifetime they end, and keygen ends the earlier ones", "[sim][panos][role]") {
    Bench fw;
    const std::string endless = fw.device->api_key("admin");
    fw.set("/config/devices/entry[@name='localhost.localdomain']/deviceconfig/setting/management/api/key",
           "<lifetime>10</lifetime>");
    fw.activate();
    CHECK(status_with(fw, endless) == 200);
    const std::string first = key_from(fw.get("/api/?type=keygen&user=admin&password=secret-one").body);
    CHECK(status_with(fw, endless) == 403);
    CHECK(status_with(fw, first) == 200);
    const std::string second = key_from(fw.get("/api/?type=keygen&user=admin&password=secret-one").body);
    CHECK(first != second);
    CHECK(status_with(fw, first) == 403);
    fw.wait(599s);
    CHECK(status_with(fw, second) == 200);
    fw.wait(1s);
    CHECK(status_with(fw, second) == 403);
}

TEST_CASE("without a lifetime keygen gives the same key again, until all are expired", "[sim][panos][role]") {
    Bench fw;
    const std::string target = "/api/?type=keygen&user=admin&password=secret-one";
    const std::string key = key_from(fw.get(target).body);
    CHECK(key_from(fw.get(target).body) == key);
    fw.device->expire_keys();
    CHECK(status_with(fw, key) == 403);
    const std::string next = key_from(fw.get(target).body);
    CHECK(next != key);
    CHECK(status_with(fw, next) == 200);
}

TEST_CASE("a key that is given twice counts once: the first", "[sim][panos][role]") {
    Bench fw;
    const std::string key = fw.device->api_key("admin");
    CHECK(fw.get("/api/?type=op&cmd=" + clock_command + "&key=" + key + "&key=wrong").status == 200);
    CHECK(fw.get("/api/?type=op&cmd=" + clock_command + "&key=wrong&key=" + key).status == 403);
}

TEST_CASE("a role that can't be read is refused with what there is", "[sim][panos][role]") {
    DeviceOptions with = options();
    with.administrators = {{"admin", "x", "root"}};
    CHECK_THAT(Device::make(with, start).error(), Contains("root") && Contains("superreader"));
    with.administrators = {{"admin", "x", "vsysadmin"}};
    CHECK_THAT(Device::make(with, start).error(), Contains("vsysadmin:vsys1"));
    with.administrators = {{"admin", "x", "custom:api"}};
    CHECK_THAT(Device::make(with, start).error(), Contains("admin-role"));
    with.administrators = {{"admin", "x", ""}, {"admin", "y", ""}};
    CHECK_THAT(Device::make(with, start).error(), Contains("twice"));
}

TEST_CASE("who only reads may ask what there is, and change nothing by a command", "[sim][panos][role]") {
    Bench fw(with_roles());
    fw.as("reader");
    for (const std::string reading :
         {"<request><license><info/></license></request>",
          "<request><system><software><check/></software></system></request>",
          "<set><cli><pager>off</pager></cli></set>", "<show><session><info/></session></show>"}) {
        INFO(reading);
        CHECK(fw.op(reading) != unauthorised_body);
    }
    for (const std::string changing :
         {"<clear><session><all/></session></clear>",
          "<set><system><setting><multi-vsys>on</multi-vsys></setting></system></set>",
          "<set><audit-comment><xpath>/config</xpath><comment>c</comment></audit-comment></set>",
          "<load><config><version>1</version></config></load>", "<request><restart><system/></restart></request>"}) {
        INFO(changing);
        CHECK(fw.op(changing) == unauthorised_body);
    }
}

TEST_CASE("who is administrator is told without secrets", "[sim][panos][role]") {
    Bench fw(with_roles());
    const auto all = fw.device->administrators();
    REQUIRE(all.size() == 6);
    CHECK(all[1].name == "reader");
    CHECK(all[1].role == "superreader");
    CHECK(all[4].role == "vsysadmin:vsys1");
    CHECK_THAT(fw.op("<show><admins><all/></admins></show>"),
               Contains("<admin>tenant</admin><role>vsysadmin:vsys1</role>"));
}

TEST_CASE("a role that was given at the start outlives commits of other things", "[sim][panos][role]") {
    DeviceOptions with = options();
    with.load_xml = Bench().device->running_xml();  // where both are superusers
    with.administrators = {{"admin", "secret-one", ""}, {"bridge", "secret-two", "superreader"}};
    Bench fw(with);
    fw.set(address("a"), host_element);
    fw.activate();
    CHECK(fw.as("bridge").set(address("b"), host_element) == unauthorised_body);
    fw.as("admin").set(user("bridge"),
                       "<permissions><role-based><superuser>yes</superuser></role-based></permissions>");
    fw.activate();
    CHECK(fw.as("bridge").set(address("b"), host_element) == done);
}
