#include <array>
#include <catch2/catch.hpp>

#include "bench.hpp"

using namespace sim::panos;
using namespace sim::panos::test;
using Catch::Contains;

namespace {

net::HttpResponse rest(Bench& fw, const std::string& method, const std::string& path, const std::string& body = {}) {
    net::HttpRequest request;
    request.method = method;
    request.target = "/restapi/" + path;
    request.headers = {{"X-PAN-KEY", fw.device->api_key(fw.admin)}, {"Content-Type", "application/json"}};
    request.body = body;
    request.peer = "192.0.2.9";
    return fw.device->handle(request, fw.now);
}

const std::string in_vsys = "?location=vsys&vsys=vsys1";

std::string addresses_uri(const std::string& name = {}) {
    return "v10.1/Objects/Addresses" + in_vsys + (name.empty() ? "" : "&name=" + name);
}

std::string address_json(const std::string& name, const std::string& value) {
    return R"({"entry":[{"@name":")" + name + R"(","ip-netmask":")" + value + R"("}]})";
}

std::string failure_json(int code, const std::string& message, int cause, const std::string& why) {
    return "{\"code\":" + std::to_string(code) + ",\"message\":\"" + message +
           "\",\"details\":[{\"@type\":\"CauseInfo\",\"causes\":[{\"code\":" + std::to_string(cause) +
           ",\"module\":\"panui_mgmt\",\"description\":\"" + message + ": " + why + "\"}]}]}";
}

const std::string succeeded = R"({"@status":"success","@code":"20","msg":"command succeeded"})";

}  // namespace

TEST_CASE("REST: an address is created, read, replaced and removed", "[sim][panos][rest]") {
    Bench fw;
    const auto created = rest(fw, "POST", addresses_uri("a"), address_json("a", "192.0.2.1"));
    CHECK(created.status == 200);
    CHECK(created.headers.front().value == "application/json; charset=UTF-8");
    CHECK(created.body == succeeded);
    CHECK(
        rest(fw, "GET", addresses_uri("a")).body ==
        R"({"@status":"success","@code":"19","result":{"@total-count":"1","@count":"1","entry":[{"@name":"a","@location":"vsys","@vsys":"vsys1","ip-netmask":"192.0.2.1"}]}})");
    CHECK(rest(fw, "PUT", addresses_uri("a"), R"({"entry":{"@name":"a","@location":"vsys","fqdn":"a.example.com"}})")
              .body == succeeded);
    CHECK_THAT(fw.config("get", address("a")), Contains("<fqdn") && !Contains("ip-netmask"));
    CHECK(rest(fw, "DELETE", addresses_uri("a")).body == succeeded);
    CHECK_THAT(fw.config("get", address("a")), Contains("code=\"7\""));
}

TEST_CASE("REST: changes are uncommitted edits of the administrator, as the XML API's", "[sim][panos][rest]") {
    Bench fw;
    fw.as("bridge");
    rest(fw, "POST", addresses_uri("a"), address_json("a", "192.0.2.1"));
    CHECK(fw.device->pending("bridge").size() == 1);
    CHECK_THAT(fw.config("get", address("a")), Contains("admin=\"bridge\" dirtyId=\"1\""));
    CHECK_THAT(fw.commit(own_commit("bridge")), Contains("enqueued"));
    CHECK(fw.device->calls().front().type == "rest");
    CHECK(fw.device->calls().front().xpath == address("a"));
}

TEST_CASE("REST: a list has all entries, in order; of nothing it is a success", "[sim][panos][rest]") {
    Bench fw;
    CHECK(rest(fw, "GET", addresses_uri()).body ==
          R"({"@status":"success","@code":"19","result":{"@total-count":"0","@count":"0"}})");
    rest(fw, "POST", addresses_uri("b"), address_json("b", "192.0.2.2"));
    rest(fw, "POST", addresses_uri("a"), address_json("a", "192.0.2.1"));
    const std::string body = rest(fw, "GET", addresses_uri()).body;
    CHECK_THAT(body, Contains(R"("@total-count":"2","@count":"2")"));
    CHECK(body.find(R"("@name":"b")") < body.find(R"("@name":"a")"));
}

TEST_CASE("REST: lists of members are arrays, even of one; choices are objects", "[sim][panos][rest]") {
    Bench fw;
    rest(fw, "POST", addresses_uri("a"), address_json("a", "192.0.2.1"));
    CHECK(rest(fw, "POST", "v10.1/Objects/AddressGroups" + in_vsys + "&name=g",
               R"({"entry":[{"@name":"g","static":{"member":["a"]},"description":"all & <sundry>"}]})")
              .body == succeeded);
    CHECK_THAT(rest(fw, "GET", "v10.1/Objects/AddressGroups" + in_vsys + "&name=g").body,
               Contains(R"("static":{"member":["a"]},"description":"all & <sundry>")"));
    CHECK_THAT(rest(fw, "GET", "v10.1/Policies/SecurityRules" + in_vsys).body,
               Contains(R"("from":{"member":["trust"]})"));
}

TEST_CASE("REST: what the XML API refuses is refused with its lines", "[sim][panos][rest]") {
    Bench fw;
    const auto unknown = rest(fw, "POST", "v10.1/Objects/AddressGroups" + in_vsys + "&name=g",
                              R"({"entry":[{"@name":"g","static":{"member":["nobody"]}}]})");
    CHECK(unknown.status == 400);
    CHECK(unknown.body == failure_json(3, "Invalid Object", 12,
                                       " g -> static 'nobody' is not a valid reference.  g -> static is invalid."));
    rest(fw, "POST", addresses_uri("a"), address_json("a", "192.0.2.1"));
    rest(fw, "POST", "v10.1/Objects/AddressGroups" + in_vsys + "&name=g",
         R"({"entry":[{"@name":"g","static":{"member":["a"]}}]})");
    const auto used = rest(fw, "DELETE", addresses_uri("a"));
    CHECK(used.status == 400);
    CHECK_THAT(used.body,
               Contains(R"({"code":9,"message":"Reference Not Zero")") &&
                   Contains("a cannot be deleted because of references from:.  address-group -> g -> static"));
    const auto bad = rest(fw, "POST", addresses_uri("b"), address_json("b", "not an address"));
    CHECK(bad.status == 400);
    CHECK_THAT(bad.body, Contains("Invalid Object:  b -> ip-netmask not an address is an invalid ipv4/v6 address"));
}

TEST_CASE("REST: creating twice is a conflict, changing what is not there is not found", "[sim][panos][rest]") {
    Bench fw;
    rest(fw, "POST", addresses_uri("a"), address_json("a", "192.0.2.1"));
    const auto twice = rest(fw, "POST", addresses_uri("a"), address_json("a", "192.0.2.1"));
    CHECK(twice.status == 409);
    CHECK(twice.body == failure_json(6, "Object Not Unique", 8, "a already exists."));
    for (const auto& [method, body] :
         {std::pair<std::string, std::string>{"PUT", address_json("z", "192.0.2.1")}, {"DELETE", ""}, {"GET", ""}}) {
        const auto missing = rest(fw, method, addresses_uri("z"), body);
        CHECK(missing.status == 404);
        CHECK(missing.body == failure_json(5, "Object Not Present", 7, "z does not exist."));
    }
}

TEST_CASE("REST: parameters and body must fit each other", "[sim][panos][rest]") {
    Bench fw;
    const auto refused = [&fw](const std::string& uri, const std::string& body) {
        const auto answer = rest(fw, "POST", uri, body);
        CHECK(answer.status == 400);
        return answer.body;
    };
    const std::string good = address_json("a", "192.0.2.1");
    CHECK_THAT(refused(addresses_uri("b"), good),
               Contains("Invalid Query Parameter") && Contains("'b'") && Contains("'a'"));
    CHECK_THAT(refused(addresses_uri(), good), Contains("name is missing"));
    CHECK_THAT(refused("v10.1/Objects/Addresses?name=a", good), Contains("location is missing"));
    CHECK_THAT(refused("v10.1/Objects/Addresses?location=vsys&name=a", good), Contains("vsys is missing"));
    CHECK_THAT(refused("v10.1/Objects/Addresses?location=vsys&vsys=vsys9&name=a", good),
               Contains("'vsys9' does not exist"));
    CHECK_THAT(refused("v10.1/Objects/Addresses?location=moon&name=a", good), Contains("location 'moon'"));
    CHECK_THAT(refused("v10.1/Objects/Addresses?location=device-group&device-group=D&name=a", good),
               Contains("device-group"));
    CHECK_THAT(refused(addresses_uri("a"), R"({"entry":[{"@name":"a","@vsys":"vsys2","ip-netmask":"192.0.2.1"}]})"),
               Contains("vsys 'vsys1' of the query is not 'vsys2'"));
    for (const std::string body :
         {"", "{", "[]", "{}", R"({"entry":[]})", R"({"entry":[1]})", R"({"entry":"a"})",
          R"({"entry":[{"@name":"a"},{"@name":"b"}]})", R"({"entry":[{"@name":"a","x y":"1"}]})",
          R"({"entry":[{"@name":"a","t":[["x"]]}]})"}) {
        INFO(body);
        CHECK_THAT(refused(addresses_uri("a"), body), Contains("Malformed Request"));
    }
    CHECK_THAT(refused(addresses_uri("a"), std::string(5000, '[')), Contains("Malformed Request"));
    CHECK(fw.device->pending().empty());
}

TEST_CASE("REST: rename and move", "[sim][panos][rest]") {
    Bench fw;
    rest(fw, "POST", addresses_uri("a"), address_json("a", "192.0.2.1"));
    CHECK(rest(fw, "POST", "v10.1/Objects/Addresses:rename" + in_vsys + "&name=a&newname=b%20c").body == succeeded);
    CHECK_THAT(rest(fw, "GET", addresses_uri("b%20c")).body, Contains(R"("@name":"b c")"));
    CHECK_THAT(rest(fw, "POST", "v10.1/Objects/Addresses:rename" + in_vsys + "&name=b%20c").body,
               Contains("newname is missing"));
    const std::string rule_json =
        R"({"entry":[{"@name":"r","from":{"member":["any"]},"to":{"member":["any"]},"source":{"member":["any"]},)"
        R"("destination":{"member":["any"]},"service":{"member":["any"]},"application":{"member":["any"]},"action":"deny"}]})";
    REQUIRE(rest(fw, "POST", "v10.1/Policies/SecurityRules" + in_vsys + "&name=r", rule_json).body == succeeded);
    CHECK(rest(fw, "POST", "v10.1/Policies/SecurityRules:move" + in_vsys + "&name=r&where=top").body == succeeded);
    CHECK_THAT(fw.config("get", rules + "/entry[1]/@name"), Contains("\"r\""));
    const auto again = rest(fw, "POST", "v10.1/Policies/SecurityRules:move" + in_vsys + "&name=r&where=top");
    CHECK(again.status == 400);
    CHECK_THAT(again.body, Contains("Operation Not Possible:  r is already at the top."));
    CHECK_THAT(rest(fw, "POST", "v10.1/Policies/SecurityRules:move" + in_vsys + "&name=r&where=before").body,
               Contains("dst is missing"));
    CHECK_THAT(rest(fw, "POST", "v10.1/Policies/SecurityRules:move" + in_vsys + "&name=r&where=aside").body,
               Contains("\"code\":3"));
}

TEST_CASE("REST: a device speaks the versions up to its own", "[sim][panos][rest]") {
    Bench fw;
    CHECK(rest(fw, "GET", "v9.0/Objects/Tags?location=shared").status == 200);
    CHECK(rest(fw, "GET", "9.0/Objects/Tags?location=shared").status == 200);
    CHECK(rest(fw, "GET", "v10.1/Objects/Tags?location=shared").status == 200);
    for (const std::string version : {"v10.2", "v11.0", "10.1", "v8.1", "v10", "latest", "v10.01", "v10.1x", ""}) {
        INFO(version);
        CHECK(rest(fw, "GET", version + "/Objects/Tags?location=shared").status == 404);
    }
    CHECK(rest(fw, "GET", "v10.1/Objects/Gossip?location=shared").status == 404);
    CHECK(rest(fw, "PATCH", addresses_uri("a")).status == 501);
    CHECK(rest(fw, "GET", "v10.1/Objects/Addresses:rename" + in_vsys + "&name=a&newname=b").status == 501);
    DeviceOptions old = options();
    old.version = "8.1";
    Bench older(old);
    CHECK(rest(older, "GET", "v9.0/Objects/Tags?location=shared").status == 404);
}

TEST_CASE("REST: keys come in the header or as Basic, in 9.0 also as a parameter", "[sim][panos][rest]") {
    Bench fw;
    const auto get = [&fw](const std::string& target, const std::vector<net::HttpHeader>& headers) {
        net::HttpRequest request;
        request.method = "GET";
        request.target = target;
        request.headers = headers;
        return fw.device->handle(request, fw.now);
    };
    const std::string path = "/Objects/Tags?location=shared";
    const std::string key = "&key=" + fw.device->api_key("admin");
    CHECK(get("/restapi/v10.1" + path, {{"Authorization", "Basic YWRtaW46c2VjcmV0LW9uZQ=="}}).status == 200);
    CHECK(get("/restapi/9.0" + path + key, {}).status == 200);
    CHECK(get("/restapi/v10.1" + path + key, {}).status == 401);
    const auto wrong = get("/restapi/v10.1" + path, {{"X-PAN-KEY", "nonsense"}});
    CHECK(wrong.status == 401);
    CHECK(wrong.body == failure_json(16, "Unauthenticated", 16, "Invalid Credential."));
}

TEST_CASE("REST: XML in and out when it is asked for", "[sim][panos][rest]") {
    Bench fw;
    const std::string formats = "&input-format=xml&output-format=xml";
    const auto created = rest(fw, "POST", addresses_uri("a") + formats, host("a", "192.0.2.1"));
    CHECK(created.body == done);
    CHECK(created.headers.front().value == "application/xml; charset=UTF-8");
    CHECK(rest(fw, "GET", addresses_uri("a") + "&output-format=xml").body ==
          "<response status=\"success\" code=\"19\"><result total-count=\"1\" count=\"1\">\n <entry name=\"a\">\n"
          "  <ip-netmask>192.0.2.1</ip-netmask>\n </entry>\n</result></response>");
    const auto twice = rest(fw, "POST", addresses_uri("a") + formats, host("a", "192.0.2.1"));
    CHECK(twice.status == 409);
    CHECK(twice.body == R"(<response status="error" code="8"><msg><line>a already exists</line></msg></response>)");
    CHECK_THAT(rest(fw, "GET", addresses_uri("a") + "&output-format=yaml").body, Contains("output-format"));
}

TEST_CASE("REST: locations", "[sim][panos][rest]") {
    Bench fw;
    CHECK(rest(fw, "POST", "v10.1/Objects/Tags?location=shared&name=t", R"({"entry":[{"@name":"t","color":"color1"}]})")
              .body == succeeded);
    CHECK_THAT(fw.config("get", "/config/shared/tag/entry[@name='t']"), Contains("color1"));
    CHECK_THAT(rest(fw, "GET", "v10.1/Objects/Tags?location=shared&name=t").body,
               Contains(R"({"@name":"t","@location":"shared","color":"color1"})"));
    const auto fixed =
        rest(fw, "POST", "v10.1/Objects/Tags?location=predefined&name=t", R"({"entry":[{"@name":"t"}]})");
    CHECK(fixed.status == 403);
    CHECK_THAT(fixed.body, Contains("Operation Denied"));
    CHECK(rest(fw, "GET", "v10.1/Objects/Tags?location=panorama-pushed&vsys=vsys1").status == 200);
    CHECK(rest(fw, "GET", "v10.1/Policies/SecurityRules?location=shared").status == 400);
    CHECK_THAT(rest(fw, "GET", "v10.1/Network/Zones" + in_vsys).body, Contains(R"("@name":"trust")"));
    CHECK(rest(fw, "GET", "v10.1/Network/EthernetInterfaces").status == 200);
}

TEST_CASE("REST: zones are created, read, replaced, renamed and removed", "[sim][panos][rest]") {
    Bench fw;
    const std::string zones = "v10.1/Network/Zones";
    CHECK(rest(fw, "POST", zones + in_vsys + "&name=guest",
               R"({"entry":{"@name":"guest","network":{"layer3":{"member":[]}}}})")
              .body == succeeded);
    CHECK(rest(fw, "POST", zones + in_vsys + "&name=guest", R"({"entry":{"@name":"guest","network":{"layer3":{}}}})")
              .status == 409);
    CHECK_THAT(rest(fw, "GET", zones + in_vsys + "&name=guest").body,
               Contains(R"({"@name":"guest","@location":"vsys","@vsys":"vsys1")"));
    CHECK(rest(fw, "PUT", zones + in_vsys + "&name=guest",
               R"({"entry":{"@name":"guest","network":{"layer2":{"member":[]}}}})")
              .body == succeeded);
    CHECK_THAT(fw.config("get", vsys1 + "/zone/entry[@name='guest']"), Contains("<layer2") && !Contains("layer3"));
    CHECK(rest(fw, "POST", zones + ":rename" + in_vsys + "&name=guest&newname=visitor").body == succeeded);
    CHECK(rest(fw, "DELETE", zones + in_vsys + "&name=visitor").body == succeeded);
    CHECK(rest(fw, "DELETE", zones + in_vsys + "&name=visitor").status == 404);
    const auto moved = rest(fw, "POST", zones + ":move" + in_vsys + "&name=trust&where=top");
    CHECK(moved.status == 501);
    CHECK_THAT(moved.body, Contains(R"("message":"Not Implemented")"));
}

TEST_CASE("REST: interfaces and what holds them are changed without a location", "[sim][panos][rest]") {
    Bench fw;
    CHECK(rest(fw, "POST", "v10.1/Network/InterfaceManagementNetworkProfiles?name=ping",
               R"({"entry":{"@name":"ping","ping":"yes"}})")
              .body == succeeded);
    CHECK(rest(fw, "PUT", "v10.1/Network/EthernetInterfaces?name=ethernet1/1",
               R"({"entry":[{"@name":"ethernet1/1","layer3":{"ip":{"entry":[{"@name":"192.0.2.1/24"}]},)"
               R"("interface-management-profile":"ping"}}]})")
              .body == succeeded);
    CHECK_THAT(rest(fw, "GET", "v10.1/Network/EthernetInterfaces?name=ethernet1/1").body,
               Contains(R"("interface-management-profile":"ping")"));
    CHECK(rest(fw, "POST", "v10.1/Network/LoopbackInterfaces?name=loopback.5",
               R"({"entry":{"@name":"loopback.5","ip":{"entry":[{"@name":"198.51.100.200"}]}}})")
              .body == succeeded);
    CHECK_THAT(fw.config("get", "/config/devices/entry/network/interface/loopback/units"), Contains("loopback.5"));
    CHECK(rest(fw, "POST", "v10.1/Network/VirtualRouters?name=second",
               R"({"entry":{"@name":"second","interface":{"member":["loopback.5"]}}})")
              .body == succeeded);
    const auto used = rest(fw, "DELETE", "v10.1/Network/LoopbackInterfaces?name=loopback.5");
    CHECK(used.status == 400);
    CHECK_THAT(used.body, Contains(R"("message":"Reference Not Zero")"));
    CHECK(rest(fw, "DELETE", "v10.1/Network/VirtualRouters?name=second").body == succeeded);
    CHECK(rest(fw, "DELETE", "v10.1/Network/LoopbackInterfaces?name=loopback.5").body == succeeded);
    CHECK_THAT(rest(fw, "POST", "v10.1/Network/VirtualRouters?name=third", R"({"entry":{"@name":"other"}})").body,
               Contains("Invalid Query Parameter"));
}

TEST_CASE("REST: server profiles are in a virtual system or shared, virtual systems in none", "[sim][panos][rest]") {
    Bench fw;
    const std::string syslog =
        R"({"entry":{"@name":"siem","server":{"entry":[{"@name":"one","server":"192.0.2.5"}]}}})";
    CHECK(rest(fw, "POST", "v10.1/Device/SyslogServerProfiles?location=shared&name=siem", syslog).body == succeeded);
    CHECK_THAT(fw.config("get", "/config/shared/log-settings/syslog"), Contains("192.0.2.5"));
    const auto all = rest(fw, "GET", "v10.1/Device/VirtualSystems");
    CHECK_THAT(all.body, Contains(R"("@name":"vsys1")") && !Contains("rulebase"));
}

TEST_CASE("REST: 9.0 has objects and policies alone", "[sim][panos][rest]") {
    Bench fw;
    CHECK(rest(fw, "GET", "v9.0/Objects/Tags?location=shared").status == 200);
    CHECK(rest(fw, "GET", "v9.0/Network/EthernetInterfaces").status == 404);
    CHECK(rest(fw, "GET", "v9.1/Network/EthernetInterfaces").status == 200);
    CHECK(rest(fw, "GET", "v9.0/Device/VirtualSystems").status == 404);
}

TEST_CASE("REST: a Panorama keeps networks in templates", "[sim][panos][rest]") {
    DeviceOptions with = options();
    with.model = "Panorama";
    Bench panorama(with);
    const std::string ports = "v10.1/Network/EthernetInterfaces";
    CHECK(rest(panorama, "POST", "v10.1/Panorama/Templates?name=T",
               R"({"entry":{"@name":"T","description":"branches","settings":{"default-vsys":"vsys1"}}})")
              .body == succeeded);
    CHECK_THAT(rest(panorama, "GET", ports).body, Contains("location is missing"));
    CHECK_THAT(rest(panorama, "GET", ports + "?location=vsys&vsys=vsys1").body,
               Contains("location 'vsys' is not valid"));
    CHECK_THAT(rest(panorama, "GET", ports + "?location=template").body, Contains("template is missing"));
    CHECK_THAT(rest(panorama, "GET", ports + "?location=template&template=none").body,
               Contains("template 'none' does not exist"));
    const std::string in_template = "?location=template&template=T";
    CHECK(rest(panorama, "POST", ports + in_template + "&name=ethernet1/1",
               R"({"entry":{"@name":"ethernet1/1","layer3":{"ip":{"entry":[{"@name":"192.0.2.1/24"}]}}}})")
              .body == succeeded);
    CHECK_THAT(rest(panorama, "GET", ports + in_template).body,
               Contains(R"({"@name":"ethernet1/1","@location":"template","@template":"T","layer3")"));
    CHECK_THAT(
        rest(panorama, "POST", "v10.1/Network/Zones" + in_template + "&name=lan", R"({"entry":{"@name":"lan"}})").body,
        Contains("vsys is missing"));
    CHECK(rest(panorama, "POST", "v10.1/Network/Zones" + in_template + "&vsys=vsys1&name=lan",
               R"({"entry":{"@name":"lan","network":{"layer3":{"member":["ethernet1/1"]}}}})")
              .body == succeeded);
    CHECK(rest(panorama, "PUT", "v10.1/Panorama/Templates?name=T", R"({"entry":{"@name":"T","description":"all"}})")
              .body == succeeded);
    CHECK_THAT(rest(panorama, "GET", "v10.1/Panorama/Templates?name=T").body,
               Contains(R"("description":"all")") && !Contains("default-vsys") && !Contains("ethernet"));
    CHECK_THAT(rest(panorama, "GET", ports + in_template).body, Contains("ethernet1/1"));
    CHECK_THAT(rest(panorama, "PUT", "v10.1/Panorama/Templates?name=T", R"({"entry":{"@name":"T","config":{}}})").body,
               Contains("unexpected here"));
}

TEST_CASE("REST: device groups are made and changed, their objects stay", "[sim][panos][rest]") {
    DeviceOptions with = options();
    with.model = "Panorama";
    Bench panorama(with);
    CHECK(rest(panorama, "POST", "v10.1/Panorama/DeviceGroups?name=DG", R"({"entry":{"@name":"DG"}})").body ==
          succeeded);
    CHECK(rest(panorama, "POST", "v10.1/Objects/Addresses?location=device-group&device-group=DG&name=a",
               R"({"entry":{"@name":"a","ip-netmask":"192.0.2.1"}})")
              .body == succeeded);
    CHECK(rest(panorama, "PUT", "v10.1/Panorama/DeviceGroups?name=DG", R"({"entry":{"@name":"DG","description":"d"}})")
              .body == succeeded);
    CHECK_THAT(rest(panorama, "GET", "v10.1/Objects/Addresses?location=device-group&device-group=DG").body,
               Contains(R"("@name":"a")"));
    CHECK(rest(panorama, "DELETE", "v10.1/Panorama/DeviceGroups?name=DG").body == succeeded);
    CHECK(rest(panorama, "GET", "v10.1/Panorama/DeviceGroups?name=DG").status == 404);
}

TEST_CASE("REST: who may only read a network changes none of it", "[sim][panos][rest]") {
    DeviceOptions with = options();
    with.administrators.push_back({"reader", "secret-three", "superreader"});
    Bench fw(with);
    fw.as("reader");
    CHECK(rest(fw, "GET", "v10.1/Network/Zones" + in_vsys).status == 200);
    const auto refused = rest(fw, "DELETE", "v10.1/Network/Zones" + in_vsys + "&name=trust");
    CHECK(refused.status == 403);
    CHECK_THAT(refused.body, Contains("Unauthorized"));
}

TEST_CASE("REST: profiles, schedules and rules of other rulebases are resources, too", "[sim][panos][rest]") {
    Bench fw;
    CHECK(rest(fw, "POST", "v10.1/Objects/Schedules" + in_vsys + "&name=s",
               R"({"entry":[{"@name":"s","schedule-type":{"recurring":{"daily":{"member":["08:00-17:00"]}}}}]})")
              .body == succeeded);
    CHECK_THAT(fw.config("get", vsys1 + "/schedule/entry[@name='s']"), Contains("08:00-17:00"));
    CHECK(rest(fw, "POST", "v10.1/Policies/DecryptionRules" + in_vsys + "&name=d",
               R"({"entry":[{"@name":"d","action":"no-decrypt"}]})")
              .body == succeeded);
    for (const std::string resource :
         {"Objects/URLFilteringSecurityProfiles", "Objects/LogForwardingProfiles", "Objects/DynamicUserGroups",
          "Policies/QoSRules", "Network/TunnelInterfaces", "Network/IKEGatewayNetworkProfiles"}) {
        INFO(resource);
        CHECK(rest(fw, "GET", "v10.1/" + resource + in_vsys).status == 200);
    }
    CHECK(rest(fw, "GET", "v10.1/Policies/NATPreRules?location=shared").status == 404);
    DeviceOptions with = options();
    with.model = "Panorama";
    Bench panorama(with);
    CHECK(rest(panorama, "GET", "v10.1/Policies/NATPreRules?location=shared").status == 200);
}

TEST_CASE("REST: pre and post rules are a Panorama's, plain rules a firewall's", "[sim][panos][rest]") {
    Bench fw;
    CHECK(rest(fw, "GET", "v10.1/Policies/SecurityPreRules?location=shared").status == 404);
    DeviceOptions with = options();
    with.model = "Panorama";
    Bench panorama(with);
    CHECK(rest(panorama, "GET", "v10.1/Policies/SecurityPreRules?location=shared").status == 200);
    CHECK(rest(panorama, "GET", "v10.1/Policies/SecurityPostRules?location=shared").status == 200);
    CHECK(rest(panorama, "GET", "v10.1/Policies/SecurityRules" + in_vsys).status == 404);
    CHECK(rest(panorama, "GET", "v10.1/Panorama/DeviceGroups").body ==
          R"({"@status":"success","@code":"19","result":{"@total-count":"0","@count":"0"}})");
}

TEST_CASE("REST: whatever is sent, the answer is JSON or a page, and nothing half done stays", "[sim][panos][rest]") {
    Bench fw;
    const std::string good = R"({"entry":[{"@name":"a","ip-netmask":"192.0.2.1","tag":{"member":["t"]},"x":null}]})";
    const std::string target = addresses_uri("a") + "&input-format=json&where=top&newname=b";
    std::uint32_t seed = 1;
    const auto next = [&seed](std::size_t below) {
        seed = seed * 1664525U + 1013904223U;
        return static_cast<std::size_t>(seed >> 8U) % below;
    };
    const std::string alphabet = "{}[]\":,@\\u00'&=?/%<> \x01\xff-1e";
    for (int i = 0; i < 3000; ++i) {
        std::string body = good;
        std::string uri = target;
        std::string& changed = i % 3 == 0 ? uri : body;
        for (std::size_t times = next(4) + 1; times > 0; --times) {
            const std::size_t at = next(changed.size());
            if (next(3) == 0) {
                changed.erase(at, next(8));
            } else {
                changed.insert(at, 1, alphabet[next(alphabet.size())]);
            }
        }
        const std::array<std::string, 4> methods{"POST", "PUT", "GET", "DELETE"};
        const auto answer = rest(fw, methods[next(4)], uri, body);
        INFO(uri << '\n' << body << '\n' << answer.body);
        REQUIRE((answer.body.front() == '{' || answer.body.front() == '<'));
        REQUIRE((answer.status == 200) == (answer.body.find("success") != std::string::npos));
        REQUIRE(answer.status != 500);
    }
}

TEST_CASE("REST: locks and faults strike as on the XML API", "[sim][panos][rest]") {
    Bench fw;
    fw.device->lock(LockKind::config, "bridge", "", fw.now);
    const auto locked = rest(fw, "POST", addresses_uri("a"), address_json("a", "192.0.2.1"));
    CHECK(locked.status == 403);
    CHECK_THAT(locked.body, Contains("Operation Denied: Configuration is locked by bridge."));
    fw.device->unlock(LockKind::config, "bridge");
    Fault fault;
    fault.on = FaultOn::set;
    REQUIRE(set_answer(fault, "http-503"));
    fw.device->faults().add(fault);
    CHECK(rest(fw, "POST", addresses_uri("a"), address_json("a", "192.0.2.1")).status == 503);
    CHECK(rest(fw, "GET", addresses_uri()).status == 200);
}

TEST_CASE("REST: a name with quotation marks finds no more than itself", "[sim][panos][rest]") {
    Bench fw;
    rest(fw, "POST", addresses_uri("a"), address_json("a", "192.0.2.1"));
    CHECK(rest(fw, "GET", addresses_uri("x'%20or%20@name='a")).status == 404);
    CHECK(rest(fw, "GET", addresses_uri("x'%22")).status == 400);
    CHECK(rest(fw, "DELETE", addresses_uri("x'%20or%20@name='a")).status == 404);
    CHECK(rest(fw, "DELETE", "v10.1/Objects/Addresses?location=vsys&vsys=vsys1'%20or%20'1'='1&name=a").status == 400);
}
