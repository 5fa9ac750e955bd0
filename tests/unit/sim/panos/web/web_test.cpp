#include <catch2/catch.hpp>

#include "bench.hpp"
#include "sim/panos/web/request.hpp"

using namespace sim::panos;
using namespace sim::panos::test;
using Catch::Contains;

namespace {

const std::string forbidden =
    "<response status = 'error' code = '403'><result><msg>Invalid Credential</msg></result></response>";

net::HttpRequest plain(const std::string& method, const std::string& target, const std::string& body = "") {
    net::HttpRequest request;
    request.method = method;
    request.target = target;
    request.body = body;
    if (!body.empty()) {
        request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
    }
    return request;
}

}  // namespace

TEST_CASE("the address in old scripts leads to the same API", "[sim][panos][web]") {
    Bench fw;
    const std::string ask = "type=version&key=" + fw.device->api_key("admin");
    CHECK(fw.get("/esp/restapi.esp?" + ask).body == fw.get("/api/?" + ask).body);
    CHECK(fw.get("/esp/other.esp?" + ask).status == 404);
}

TEST_CASE("keygen answers in the web server's dialect, wherever user and password are", "[sim][panos][web]") {
    Bench fw;
    const std::string answer =
        "<response status = 'success'><result><key>" + fw.device->api_key("admin") + "</key></result></response>";
    CHECK(fw.get("/api/?type=keygen&user=admin&password=secret-one").body == answer);
    CHECK(fw.device->handle(plain("POST", "/api/", "type=keygen&user=admin&password=secret-one"), fw.now).body ==
          answer);
    CHECK(fw.device->handle(plain("POST", "/api?type=keygen", "user=admin&password=secret%2done"), fw.now).body ==
          answer);
}

TEST_CASE("a wrong password and a wrong key are HTTP 403 with the same body", "[sim][panos][web]") {
    Bench fw;
    for (const std::string target :
         {"/api/?type=keygen&user=admin&password=wrong", "/api/?type=keygen&user=nobody&password=secret-one",
          "/api/?type=op&cmd=<show><clock/></show>&key=LUFRPT1wrong", "/api/?type=op&cmd=<show><clock/></show>"}) {
        const auto answer = fw.get(target);
        CHECK(answer.status == 403);
        CHECK(answer.body == forbidden);
    }
}

TEST_CASE("a key holds letters, digits and equals signs only, so that it needs no escaping", "[sim][panos][web]") {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        DeviceOptions with = options();
        with.seed = seed;
        const std::string key = Bench(with).device->api_key("admin");
        CHECK(key.rfind("LUFRPT1", 0) == 0);
        CHECK(key.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789=") ==
              std::string::npos);
        CHECK(key.size() >= 60);
    }
}

TEST_CASE("a key is bound to the password and comes back with it", "[sim][panos][web]") {
    Bench fw;
    const std::string target = "/api/?type=op&cmd=<show><clock></clock></show>&key=" + fw.device->api_key("admin");
    CHECK(fw.get(target).status == 200);
    fw.device->change_password("admin", "another");
    CHECK(fw.get(target).status == 403);
    fw.device->change_password("admin", "secret-one");
    CHECK(fw.get(target).status == 200);
}

TEST_CASE("the key header and Basic authentication came with 9.0", "[sim][panos][web]") {
    for (const auto& [version, status] :
         {std::pair("8.1.0", 403U), std::pair("9.0.0", 200U), std::pair("11.1", 200U)}) {
        DeviceOptions with = options();
        with.version = version;
        Bench fw(with);
        auto request = plain("GET", "/api/?type=op&cmd=<show><clock/></show>");
        request.headers = {{"X-PAN-KEY", fw.device->api_key("admin")}};
        CHECK(fw.device->handle(request, fw.now).status == status);
        request.headers = {{"Authorization", "Basic YWRtaW46c2VjcmV0LW9uZQ=="}};
        CHECK(fw.device->handle(request, fw.now).status == status);
    }
}

TEST_CASE("request lines come unescaped and are read all the same", "[sim][panos][web]") {
    Bench fw;
    const std::string key = "&key=" + fw.device->api_key("admin");
    CHECK_THAT(fw.get("/api?type=config&action=get&xpath=" + rules + key).body, Contains("outbound"));
    CHECK_THAT(fw.get("/api/?type=op&cmd=<show><jobs><id>1</id></jobs></show>" + key).body, Contains("AutoCom"));
}

TEST_CASE("parameters may be split between query and form, and a POST may have none in its body", "[sim][panos][web]") {
    Bench fw;
    const std::string key = "&key=" + fw.device->api_key("admin");
    CHECK_THAT(
        fw.device
            ->handle(plain("POST", "/api/?type=config&action=get" + key, "xpath=" + percent_encoded(rules)), fw.now)
            .body,
        Contains("outbound"));
    CHECK_THAT(fw.device->handle(plain("POST", "/api/?type=op&cmd=<show><clock/></show>" + key), fw.now).body,
               Contains("status=\"success\""));
}

TEST_CASE("missing and illegal parameters are HTTP 400 in the web server's dialect", "[sim][panos][web]") {
    Bench fw;
    const auto answer = [&fw](const Fields& fields) {
        const auto response = fw.post(fields);
        CHECK(response.status == 400);
        return response.body;
    };
    CHECK(answer({{"type", "nonsense"}}) ==
          "<response status = 'error' code = '400'><result><msg>Illegal value for parameter "
          "&quot;type&quot; [nonsense].</msg></result></response>");
    CHECK_THAT(answer({}), Contains("Missing value for parameter &quot;type&quot;."));
    CHECK_THAT(answer({{"type", "config"}}), Contains("&quot;action&quot;"));
    CHECK_THAT(answer({{"type", "config"}, {"action", "get"}}), Contains("&quot;xpath&quot;"));
    CHECK_THAT(answer({{"type", "config"}, {"action", "set"}, {"xpath", rules}}), Contains("&quot;element&quot;"));
    CHECK_THAT(answer({{"type", "config"}, {"action", "<b>"}}), Contains("[&lt;b&gt;]"));
    CHECK_THAT(answer({{"type", "op"}}), Contains("&quot;cmd&quot;"));
    CHECK_THAT(answer({{"type", "commit"}}), Contains("&quot;cmd&quot;"));
    CHECK(fw.get("/api/?type=keygen&user=admin").status == 400);
}

TEST_CASE("type=version answers in the web server's dialect, from 7.1 on", "[sim][panos][web]") {
    Bench fw;
    CHECK_THAT(fw.post({{"type", "version"}}).body,
               Catch::StartsWith("<response status = 'success'><result><sw-version>10.1.9</sw-version><multi-vsys>off"
                                 "</multi-vsys><model>PA-VM</model><serial>0070"));
    DeviceOptions with = options();
    with.version = "7.0.1";
    Bench old(with);
    CHECK(old.get("/api/?type=version&key=" + old.device->api_key("admin")).status == 400);
}

TEST_CASE("an export of the configuration is the bare candidate", "[sim][panos][web]") {
    Bench fw;
    const auto answer = fw.post({{"type", "export"}, {"category", "configuration"}});
    CHECK_THAT(answer.body,
               Catch::StartsWith("<config version=\"10.1.0\" urldb=\"paloaltonetworks\" detail-version=\"10.1.9\">"));
}

TEST_CASE("oversized requests, other paths and methods get the web server's pages", "[sim][panos][web]") {
    Bench fw;
    CHECK(fw.get("/api/?type=op&cmd=" + std::string(9000, 'x')).status == 414);
    CHECK(fw.device->handle(plain("POST", "/api/", std::string(5'000'001, 'x')), fw.now).status == 413);
    CHECK(fw.get("/php/login.php").status == 404);
    CHECK(fw.device->handle(plain("PUT", "/api/"), fw.now).status == 405);
}

TEST_CASE("no body begins with an XML declaration or ends with a line break", "[sim][panos][web]") {
    Bench fw;
    for (const std::string& body : {fw.op("<show><system><info/></system></show>"), fw.config("get", rules),
                                    fw.commit(), fw.config("show", rules)}) {
        CHECK(body.rfind("<response", 0) == 0);
        CHECK(body.back() == '>');
    }
}

TEST_CASE("percent signs that encode nothing stay", "[sim][panos][web]") {
    CHECK(unescaped("100%") == "100%");
    CHECK(unescaped("%4") == "%4");
    CHECK(unescaped("%41%zz+b") == "A%zz b");
}

TEST_CASE("no key and no password is in what is recorded", "[sim][panos][web]") {
    Bench fw;
    const std::string key = fw.device->api_key("bridge");
    fw.get("/api/?type=keygen&user=bridge&password=secret-two");
    fw.get("/api/?key=" + key + "&type=op&cmd=<show><clock/></show>");
    fw.get("/api/?type=config&action=get&xpath=/config/" + key + "&key=" + key);
    fw.get("/api/?type=config&action=get&xpath=/config/secret-two&key=" + key);
    fw.get("/api/?type=" + key + "&key=" + key);
    REQUIRE(fw.device->calls().size() == 5);
    for (const RecordedCall& call : fw.device->calls()) {
        for (const std::string& text :
             {call.type, call.action, call.xpath, call.fault, call.administrator, call.peer}) {
            CHECK(text.find(key) == std::string::npos);
            CHECK(text.find("secret-two") == std::string::npos);
        }
    }
    CHECK(fw.device->calls()[0].administrator == "bridge");
    CHECK(fw.device->calls()[1].action == "show clock");
}

TEST_CASE("a call is recorded with what it asked and what it got", "[sim][panos][web]") {
    Bench fw;
    fw.config("get", address("none"));
    const RecordedCall& call = fw.device->calls().back();
    CHECK(call.time == start);
    CHECK(call.administrator == "admin");
    CHECK(call.type == "config");
    CHECK(call.action == "get");
    CHECK(call.xpath == address("none"));
    CHECK(call.status == "success");
    CHECK(call.code == "7");
    CHECK(call.http_status == 200);
    CHECK(call.response_bytes == std::string("<response status=\"success\" code=\"7\"><result/></response>").size());
}
