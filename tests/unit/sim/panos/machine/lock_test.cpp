// Locks: who may take and remove them, and what each refuses.
#include <catch2/catch.hpp>

#include "bench.hpp"

using namespace sim::panos;
using namespace sim::panos::test;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

const std::string element = "<ip-netmask>192.0.2.1</ip-netmask>";

DeviceOptions with_roles(const std::string& version = "10.1.9") {
    DeviceOptions with = options();
    with.version = version;
    with.administrators = {{"admin", "secret-one", ""},
                           {"bridge", "secret-two", ""},
                           {"device", "secret-three", "deviceadmin"},
                           {"tenant", "secret-five", "vsysadmin:vsys1"}};
    return with;
}

std::string request(Bench& fw, const std::string& lock, const std::string& what, const std::string& vsys = "") {
    Fields fields{{"type", "op"}, {"cmd", "<request><" + lock + ">" + what + "</" + lock + "></request>"}};
    if (!vsys.empty()) {
        fields.emplace_back("vsys", vsys);
    }
    return fw.post(fields).body;
}

DeviceOptions with_two_vsys() {
    DeviceOptions made = with_roles();
    made.load_xml =
        "<config version=\"10.1.0\"><devices><entry name=\"localhost.localdomain\"><vsys><entry name=\"vsys1\"/>"
        "<entry name=\"vsys2\"/></vsys></entry></devices></config>";
    return made;
}

}  // namespace

TEST_CASE("a superuser removes the lock of another, nobody else does", "[sim][panos][lock]") {
    for (const std::string lock : {"commit-lock", "config-lock"}) {
        Bench fw(with_roles());
        request(fw, lock, "<add/>");
        CHECK_THAT(request(fw.as("device"), lock, "<remove><admin>admin</admin></remove>"), Contains("code=\"16\""));
        CHECK(fw.device->locks().size() == 1);
        CHECK_THAT(request(fw.as("bridge"), lock, "<remove/>"), Contains("status=\"error\""));
        CHECK(fw.device->locks().size() == 1);
        CHECK_THAT(request(fw, lock, "<remove><admin>admin</admin></remove>"), Contains("status=\"success\""));
        CHECK(fw.device->locks().empty());
    }
}

TEST_CASE("a config lock refuses others' edits, loads and nothing else", "[sim][panos][lock]") {
    Bench fw(with_roles());
    request(fw, "config-lock", "<add/>");
    fw.as("bridge");
    for (const std::string action : {"set", "edit"}) {
        CHECK_THAT(fw.config(action, address("a"), action == "set" ? element : host("a", "192.0.2.1")),
                   Contains("code=\"15\"") && Contains("Configuration is locked by admin"));
    }
    CHECK_THAT(fw.config("delete", rule("outbound")), Contains("code=\"15\""));
    CHECK_THAT(fw.op("<load><config><from>running-config.xml</from></config></load>"), Contains("code=\"15\""));
    CHECK_THAT(fw.config("get", rules), Contains("outbound"));
    CHECK_THAT(fw.op("<validate><full></full></validate>"), Contains("<job>"));
    CHECK_THAT(fw.commit("<commit><force></force></commit>"), Contains("<job>"));
}

TEST_CASE("a lock on one virtual system leaves the others", "[sim][panos][lock]") {
    Bench fw(with_two_vsys());
    CHECK_THAT(request(fw, "config-lock", "<add/>", "vsys2"), Contains("for scope vsys2"));
    fw.as("bridge");
    CHECK(fw.set(address("a"), element) == done);
    CHECK_THAT(request(fw, "config-lock", "<add/>", "vsys2"),
               Contains("Config for scope vsys2 is currently locked by admin"));
    CHECK_THAT(fw.op("<show><config-locks/></show>"), Contains("<type>vsys</type><name>vsys2</name>"));
}

TEST_CASE("a virtual system that is not there cannot be locked", "[sim][panos][lock]") {
    Bench fw(with_roles());
    CHECK_THAT(request(fw, "config-lock", "<add/>", "vsys2"),
               Contains("status=\"error\"") && Contains("vsys vsys2 does not exist"));
    CHECK(fw.device->locks().empty());
}

TEST_CASE("a commit lock on a virtual system refuses commits that take it", "[sim][panos][lock]") {
    Bench fw(with_two_vsys());
    fw.as("bridge").set(address("a"), element);
    request(fw.as("admin"), "commit-lock", "<add/>", "vsys2");
    fw.as("bridge");
    CHECK_THAT(fw.commit(), Contains("code=\"14\""));
    CHECK_THAT(fw.commit("<commit><partial><vsys><member>vsys2</member></vsys>"
                         "<shared-object>excluded</shared-object><device-and-network>excluded</device-and-network>"
                         "</partial></commit>"),
               Contains("code=\"14\"") && Contains("vsys2"));
    CHECK_THAT(fw.commit("<commit><partial><vsys><member>vsys1</member></vsys>"
                         "<shared-object>excluded</shared-object><device-and-network>excluded</device-and-network>"
                         "</partial></commit>"),
               Contains("<job>2</job>"));
}

TEST_CASE("a validation is not a commit: no lock refuses it", "[sim][panos][lock]") {
    Bench fw(with_roles());
    request(fw, "commit-lock", "<add/>");
    CHECK_THAT(fw.as("bridge").commit("<commit><validate></validate></commit>"), Contains("<job>2</job>"));
    CHECK_THAT(fw.commit("<commit><force></force></commit>"), Contains("code=\"14\""));
}

TEST_CASE("an administrator of a virtual system locks that", "[sim][panos][lock]") {
    Bench fw(with_roles());
    request(fw.as("tenant"), "config-lock", "<add/>");
    CHECK(fw.device->locks().front().scope == "vsys1");
}

TEST_CASE("the wording of config locks is the version's", "[sim][panos][lock]") {
    Bench older(with_roles("10.2"));
    CHECK_THAT(request(older, "config-lock", "<add/>"), Contains("for scope shared until lock is released<"));
    CHECK_THAT(request(older, "config-lock", "<remove/>"), Contains("Config lock released for scope shared"));
    Bench newer(with_roles("11.1"));
    CHECK_THAT(request(newer, "config-lock", "<add/>"), Contains("until lock is released by admin."));
    CHECK_THAT(request(newer.as("bridge"), "config-lock", "<add/>"), Contains("Config lock is already held by admin"));
    CHECK_THAT(request(newer.as("admin"), "config-lock", "<remove/>"), Contains("Config lock released for admin"));
    CHECK_THAT(request(newer, "commit-lock", "<remove/>"), Contains("Commit is not currently locked for scope shared"));
}
