#include <catch2/catch.hpp>

#include "bench.hpp"
#include "sim/panos/control.hpp"
#include "sim/panos/policy/fqdn_table.hpp"

using namespace sim::panos;
using namespace sim::panos::test;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

struct Named : Bench {
    explicit Named(DeviceOptions with = options()) : Bench(std::move(with)) {
        set(address("evil"), "<fqdn>Evil.example</fqdn>");
        set(rule("block"),
            "<from><member>any</member></from><to><member>any</member></to><source><member>any</member></source>"
            "<destination><member>evil</member></destination><service><member>any</member></service>"
            "<application><member>any</member></application><action>deny</action>");
        config("move", rule("block"), "", {{"where", "top"}});
        activate();
    }
};

DeviceOptions knowing(const std::string& version = "10.1") {
    DeviceOptions with = options();
    with.version = version;
    with.fqdn = {{"evil.example", {"203.0.113.5", "2001:db8::5"}}};
    return with;
}

}  // namespace

TEST_CASE("an FQDN object holds what its name resolved to at the commit", "[sim][panos][fqdn]") {
    Named fw(knowing());
    CHECK(fw.device->blocks("203.0.113.5"));
    CHECK(fw.device->blocks("2001:db8::5"));
    CHECK(fw.device->blocks("EVIL.example"));
    CHECK_FALSE(fw.device->blocks("203.0.113.6"));
}

TEST_CASE("a name that does not resolve holds no address", "[sim][panos][fqdn]") {
    Named fw;
    CHECK(fw.device->blocks("evil.example"));
    CHECK_FALSE(fw.device->blocks("203.0.113.5"));
    CHECK_FALSE(fw.device->next_event().has_value());
}

TEST_CASE("the device sees another answer when it asks again", "[sim][panos][fqdn]") {
    Named fw(knowing());
    REQUIRE(fw.device->set_fqdn("evil.example", {"203.0.113.9"}).has_value());
    CHECK(fw.device->blocks("203.0.113.5"));
    CHECK(fw.device->next_event() == fw.now + 30s);
    fw.wait(30s);
    CHECK_FALSE(fw.device->blocks("203.0.113.5"));
    CHECK(fw.device->blocks("203.0.113.9"));
    CHECK_FALSE(fw.device->next_event().has_value());
}

TEST_CASE("before 9.0 it asks every half hour", "[sim][panos][fqdn]") {
    Named fw(knowing("8.1"));
    REQUIRE(fw.device->set_fqdn("evil.example", {"203.0.113.9"}).has_value());
    fw.wait(1799s);
    CHECK_FALSE(fw.device->blocks("203.0.113.9"));
    fw.wait(1s);
    CHECK(fw.device->blocks("203.0.113.9"));
}

TEST_CASE("a refresh that is asked for is a job", "[sim][panos][fqdn]") {
    Named fw;
    REQUIRE(fw.device->set_fqdn("evil.example", {"203.0.113.9"}).has_value());
    CHECK(fw.op("<request><system><fqdn><refresh><force>yes</force></refresh></fqdn></system></request>") ==
          "<response status=\"success\"><result>FQDN refresh job enqueued</result></response>");
    CHECK_FALSE(fw.device->blocks("203.0.113.9"));
    fw.wait(1s);
    CHECK(fw.device->blocks("203.0.113.9"));
    CHECK_THAT(fw.job(3), Contains("<type>FqdnRefresh</type><status>FIN</status>"));
    CHECK_THAT(fw.op("<request><system><fqdn><show/></fqdn></system></request>"),
               Contains("evil.example") && Contains("203.0.113.9"));
}

TEST_CASE("names that no object has any more are forgotten", "[sim][panos][fqdn]") {
    Named fw(knowing());
    fw.config("delete", rule("block"));
    fw.config("delete", address("evil"));
    fw.activate();
    CHECK(fw.device->names().used().empty());
    CHECK(fw.device->names().held("evil.example").empty());
    REQUIRE(fw.device->set_fqdn("evil.example", {"203.0.113.9"}).has_value());
    CHECK_FALSE(fw.device->next_event().has_value());
}

TEST_CASE("two objects may have one name, and one may go", "[sim][panos][fqdn]") {
    Named fw(knowing());
    fw.set(address("second"), "<fqdn>evil.example</fqdn>");
    fw.activate();
    fw.config("delete", address("second"));
    fw.activate();
    CHECK(fw.device->blocks("203.0.113.5"));
}

TEST_CASE("names and addresses of the table are checked", "[sim][panos][fqdn]") {
    Named fw;
    CHECK_FALSE(fw.device->set_fqdn("no name", {}).has_value());
    CHECK_FALSE(fw.device->set_fqdn("evil.example", {"203.0.113.500"}).has_value());
    DeviceOptions with = options();
    with.fqdn = {{"evil.example", {"nonsense"}}};
    CHECK_FALSE(Device::make(with, start).has_value());
}

TEST_CASE("the control API takes and gives the table of names", "[sim][panos][fqdn][control]") {
    Named fw;
    const auto call = [&fw](const std::string& method, const std::string& body = "") {
        net::HttpRequest request;
        request.method = method;
        request.target = "/fqdn";
        request.body = body;
        return control(*fw.device, request, fw.now);
    };
    CHECK(call("PUT", R"({"evil.example":["203.0.113.5"],"other.example":["2001:db8::1","192.0.2.1"]})").status == 200);
    CHECK(call("GET").body == R"({"evil.example":["203.0.113.5"],"other.example":["2001:db8::1","192.0.2.1"]})");
    fw.wait(30s);
    CHECK(fw.device->blocks("203.0.113.5"));
    CHECK(call("PUT", R"({"evil.example":["nonsense"]})").status == 400);
    CHECK(call("PUT", R"(["evil.example"])").status == 400);
    CHECK(call("PUT", R"({"evil.example":["203.0.113.6"]})").body == R"({"evil.example":["203.0.113.6"]})");
    CHECK(call("DELETE").status == 405);
}
