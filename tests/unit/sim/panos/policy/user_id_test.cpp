#include <catch2/catch.hpp>
#include <fstream>

#include "bench.hpp"
#include "recorded.hpp"
#include "sim/panos/policy/registration.hpp"

using namespace sim::panos;
using namespace sim::panos::test;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

DeviceOptions of_version(const std::string& version, const std::string& model = "PA-VM") {
    DeviceOptions with = options();
    with.version = version;
    with.model = model;
    return with;
}

std::string message(const std::string& payload) {
    return "<uid-message><version>2.0</version><type>update</type><payload>" + payload + "</payload></uid-message>";
}

std::string entry(const std::string& ip, const std::vector<std::string>& tags, const std::string& attributes = "",
                  const std::string& member_attributes = "") {
    std::string out = "<entry ip=\"" + ip + "\"" + attributes + ">";
    for (const std::string& tag : tags) {
        out += "<tag><member" + member_attributes + ">" + tag + "</member></tag>";
    }
    return out + "</entry>";
}

std::string send(Bench& fw, const std::string& payload, const Fields& more = {}) {
    Fields fields{{"type", "user-id"}, {"cmd", message(payload)}};
    fields.insert(fields.end(), more.begin(), more.end());
    return fw.post(fields).body;
}

std::string registration(Bench& fw, const std::string& ip, const std::vector<std::string>& tags,
                         const std::string& attributes = "", const std::string& member_attributes = "") {
    return send(fw, "<register>" + entry(ip, tags, attributes, member_attributes) + "</register>");
}

std::string success(const std::string& sections) {
    return "<response status=\"success\"><result><uid-response><version>2.0</version><payload>" + sections +
           "</payload></uid-response></result></response>";
}
std::string refusal(const std::string& sections) {
    return "<response status=\"error\"><msg><line><uid-response><version>2.0</version><payload>" + sections +
           "</payload></uid-response></line></msg></response>";
}

std::string show(Bench& fw, const std::string& what = "<all/>") {
    return fw.op("<show><object><registered-ip>" + what + "</registered-ip></object></show>");
}
std::string shown(const std::string& entries, int count) {
    return "<response status=\"success\"><result>" + entries + "<count>" + std::to_string(count) +
           "</count></result></response>";
}
std::string shown_entry(const std::string& ip, const std::vector<std::string>& tags, int persistent = 1) {
    std::string out =
        "<entry ip=\"" + ip + "\" from_agent=\"0\" persistent=\"" + std::to_string(persistent) + "\"><tag>";
    for (const std::string& tag : tags) {
        out += "<member>" + tag + "</member>";
    }
    return out + "</tag></entry>";
}

}  // namespace

TEST_CASE("a registration is answered with the section that was sent, and is shown", "[sim][panos][user-id]") {
    Bench fw;
    CHECK(registration(fw, "10.0.0.1", {"malicious"}) == success("<register></register>"));
    CHECK(show(fw) == shown(shown_entry("10.0.0.1", {"malicious"}), 1));
    CHECK(send(fw, "<unregister>" + entry("10.0.0.1", {"malicious"}) + "</unregister>") ==
          success("<unregister></unregister>"));
    CHECK(show(fw) == shown("", 0));
}

TEST_CASE("each refused tag has an entry, and the others take effect", "[sim][panos][user-id]") {
    Bench fw;
    registration(fw, "1.1.2.2", {"foo", "bar"});
    CHECK(
        send(fw, "<register>" + entry("1.1.2.2", {"foo", "new", "bar"}) + entry("1.1.1.1", {"foo"}) + "</register>") ==
        refusal("<register><entry ip=\"1.1.2.2\" message=\"tag foo already exists, ignore\"/>"
                "<entry ip=\"1.1.2.2\" message=\"tag bar already exists, ignore\"/></register>"));
    CHECK(show(fw) == shown(shown_entry("1.1.1.1", {"foo"}) + shown_entry("1.1.2.2", {"foo", "bar", "new"}), 2));
    CHECK(send(fw, "<unregister>" + entry("9.9.9.9", {"foo"}) + entry("1.1.1.1", {"none", "foo"}) + "</unregister>") ==
          refusal("<unregister><entry ip=\"9.9.9.9\" message=\"ip 9.9.9.9 does not exist, ignore unreg\"/>"
                  "<entry ip=\"1.1.1.1\" message=\"tag none does not exist, ignore unreg\"/></unregister>"));
    CHECK(show(fw) == shown(shown_entry("1.1.2.2", {"foo", "bar", "new"}), 1));
}

TEST_CASE("unregistering without tags takes the address away", "[sim][panos][user-id]") {
    Bench fw;
    registration(fw, "10.0.0.1", {"a", "b"});
    CHECK(send(fw, "<unregister><entry ip=\"10.0.0.1\"/></unregister>") == success("<unregister></unregister>"));
    CHECK(show(fw) == shown("", 0));
}

TEST_CASE("the answer lists the sections of a message in their order", "[sim][panos][user-id]") {
    Bench fw;
    CHECK(send(fw, "<unregister></unregister><register>" + entry("10.0.0.1", {"a"}) + "</register><login>" +
                       "<entry name=\"ann\" ip=\"10.0.0.9\"/></login>") ==
          success("<unregister></unregister><register></register><login></login>"));
}

TEST_CASE("the reader is lenient as the device's is", "[sim][panos][user-id]") {
    Bench fw;
    const auto sent = [&fw](const std::string& text) { return fw.post({{"type", "user-id"}, {"cmd", text}}).body; };
    CHECK(sent("<uid-message><type>update<payload><register>" + entry("10.0.0.1", {"a"}) +
               "</register></payload></type></uid-message>") == success("<register></register>"));
    CHECK(sent("<uid-message><payload><register><entry ip=\"10.0.0.2\"><tag><member>a</member><member>b</member></tag>"
               "</entry></register></payload></uid-message>") == success("<register></register>"));
    CHECK(show(fw) == shown(shown_entry("10.0.0.1", {"a"}) + shown_entry("10.0.0.2", {"a", "b"}), 2));
}

TEST_CASE("what is no message changes nothing", "[sim][panos][user-id]") {
    Bench fw;
    const auto sent = [&fw](const std::string& text) { return fw.post({{"type", "user-id"}, {"cmd", text}}); };
    CHECK(sent("").status == 400);
    CHECK_THAT(sent("<uid-message>").body, Contains("code=\"18\""));
    CHECK_THAT(sent("<show/>").body, Contains("code=\"17\"") && Contains("show unexpected here"));
    CHECK_THAT(sent("<uid-message><type>update</type></uid-message>").body, Contains("payload is missing"));
    CHECK_THAT(send(fw, "<register>" + entry("10.0.0.1", {"a"}) + "</register><nonsense/>"),
               Contains("uid-message -&gt; payload -&gt; nonsense unexpected here") ||
                   Contains("uid-message -> payload -> nonsense unexpected here"));
    CHECK_THAT(send(fw, "<register>" + entry("10.0.0.1", {"a"}) + "</register>", {{"vsys", "vsys9"}}),
               Contains("vsys9 does not exist"));
    CHECK(show(fw) == shown("", 0));
}

TEST_CASE("a message may come as a file of a multipart body", "[sim][panos][user-id]") {
    Bench fw;
    for (const std::string separator : {";", ","}) {
        net::HttpRequest request;
        request.method = "POST";
        request.target = "/api/?type=user-id&key=" + fw.device->api_key("admin");
        request.headers = {{"Content-Type", "multipart/form-data" + separator + " boundary=\"x-9\""}};
        request.body =
            "--x-9\r\nContent-Disposition: form-data; name=\"vsys\"\r\n\r\nvsys1\r\n--x-9\r\n"
            "Content-Disposition: form-data; name=\"file\"; filename=\"m.xml\"\r\n"
            "Content-Type: application/octet-stream\r\n\r\n" +
            message("<register>" + entry("10.0.0." + std::to_string(separator[0]), {"a"}) + "</register>") +
            "\r\n--x-9--\r\n";
        CHECK(fw.device->handle(request, fw.now).body == success("<register></register>"));
    }
    CHECK(show(fw, "<all><option>count</option></all>") == shown("", 2));
}

TEST_CASE("a tag's timeout is seconds, and the tag goes by itself", "[sim][panos][user-id]") {
    Bench fw;
    registration(fw, "10.0.0.1", {"short"}, "", " timeout=\"60\"");
    registration(fw, "10.0.0.1", {"long"}, "", " timeout=\"0\"");
    CHECK(fw.device->next_event() == start + 60s);
    fw.wait(59s);
    CHECK(show(fw) == shown(shown_entry("10.0.0.1", {"short", "long"}), 1));
    fw.wait(1s);
    CHECK(show(fw) == shown(shown_entry("10.0.0.1", {"long"}), 1));
    CHECK_FALSE(fw.device->next_event().has_value());
    CHECK_THAT(registration(fw, "10.0.0.2", {"a"}, "", " timeout=\"2592001\""), Contains("Failed to register"));
    CHECK_THAT(registration(fw, "10.0.0.2", {"a"}, "", " timeout=\"soon\""), Contains("Failed to register"));
    CHECK(registration(fw, "10.0.0.2", {"a"}, "", " timeout=\"2592000\"") == success("<register></register>"));
}

TEST_CASE("a repeated tag keeps its old timeout", "[sim][panos][user-id]") {
    Bench fw;
    registration(fw, "10.0.0.1", {"a"}, "", " timeout=\"60\"");
    CHECK_THAT(registration(fw, "10.0.0.1", {"a"}, "", " timeout=\"600\""), Contains("tag a already exists, ignore"));
    fw.wait(60s);
    CHECK(show(fw) == shown("", 0));
}

TEST_CASE("before 9.0 a timeout means nothing", "[sim][panos][user-id]") {
    Bench fw(of_version("8.1"));
    registration(fw, "10.0.0.1", {"a"}, "", " timeout=\"1\"");
    fw.wait(10s);
    CHECK(show(fw) == shown(shown_entry("10.0.0.1", {"a"}), 1));
}

TEST_CASE("subnets and ranges are registered from 10.0 on, IPv6 as hosts", "[sim][panos][user-id]") {
    Bench fw;
    CHECK(registration(fw, "10.1.0.0/16", {"a"}) == success("<register></register>"));
    CHECK(registration(fw, "10.2.0.1-10.2.0.9", {"a"}) == success("<register></register>"));
    CHECK(registration(fw, "2001:db8::1", {"a"}) == success("<register></register>"));
    CHECK_THAT(registration(fw, "2001:db8::/64", {"a"}), Contains("Failed to register"));
    CHECK_THAT(registration(fw, "10.1.0.0/33", {"a"}), Contains("Failed to register"));
    CHECK_THAT(registration(fw, "name.example", {"a"}), Contains("Failed to register"));
    Bench old(of_version("9.1"));
    CHECK_THAT(registration(old, "10.1.0.0/16", {"a"}), Contains("Failed to register"));
    CHECK(registration(old, "10.1.0.0/32", {"a"}) == success("<register></register>"));
}

TEST_CASE("an address has at most 32 tags, a model so many addresses", "[sim][panos][user-id]") {
    Bench fw(of_version("10.1", "PA-220"));
    std::vector<std::string> tags;
    for (int i = 0; i < 33; ++i) {
        tags.push_back("t" + std::to_string(i));
    }
    CHECK(registration(fw, "10.0.0.1", tags) ==
          refusal("<register><entry ip=\"10.0.0.1\" message=\"Failed to register tag t32, an ip has at most 32 tags\"/>"
                  "</register>"));
    std::string many;
    for (int i = 0; i < 1000; ++i) {
        many += entry("10.1." + std::to_string(i / 250) + "." + std::to_string(i % 250), {"a"});
    }
    CHECK_THAT(
        send(fw, "<register>" + many + "</register>"),
        Contains("ip=\"10.1.3.249\" message=\"Failed to register ip 10.1.3.249, the maximum of 1000 is reached\""));
    CHECK(show(fw, "<all><option>count</option></all>") == shown("", 1000));
    CHECK(fw.device->registered().address_count() == 1000);
    send(fw, "<unregister><entry ip=\"10.0.0.1\"/></unregister>");
    CHECK(registration(fw, "10.1.3.249", {"a"}) == success("<register></register>"));
}

TEST_CASE("each vsys has its own table", "[sim][panos][user-id]") {
    DeviceOptions with = options();
    with.load_xml =
        "<config><devices><entry name=\"localhost.localdomain\"><vsys><entry name=\"vsys1\"/><entry name=\"vsys2\"/>"
        "</vsys></entry></devices></config>";
    Bench fw(with);
    CHECK(send(fw, "<register>" + entry("10.0.0.1", {"a"}) + "</register>", {{"vsys", "vsys2"}}) ==
          success("<register></register>"));
    CHECK(show(fw) == shown("", 0));
    CHECK_THAT(fw.post({{"type", "op"},
                        {"vsys", "vsys2"},
                        {"cmd", "<show><object><registered-ip><all/></registered-ip></object></show>"}})
                   .body,
               Contains("10.0.0.1"));
}

TEST_CASE("registered addresses are shown by address, by tag and by page", "[sim][panos][user-id]") {
    Bench fw;
    for (int i = 1; i <= 5; ++i) {
        registration(fw, "10.0.0." + std::to_string(i),
                     i % 2 == 0 ? std::vector<std::string>{"even", "all"} : std::vector<std::string>{"all"});
    }
    CHECK(show(fw, "<ip>10.0.0.2</ip>") == shown(shown_entry("10.0.0.2", {"even", "all"}), 1));
    CHECK(show(fw, "<ip>10.0.0.9</ip>") == shown("", 0));
    CHECK(show(fw, "<tag><entry name=\"even\"/></tag>") ==
          shown(shown_entry("10.0.0.2", {"even"}) + shown_entry("10.0.0.4", {"even"}), 2));
    CHECK(show(fw, "<limit>2</limit><start-point>1</start-point>") ==
          shown(shown_entry("10.0.0.1", {"all"}) + shown_entry("10.0.0.2", {"even", "all"}), 2));
    CHECK(show(fw, "<limit>2</limit><start-point>5</start-point>") == shown(shown_entry("10.0.0.5", {"all"}), 1));
    CHECK(show(fw, "<limit>2</limit><start-point>6</start-point>") == shown("", 0));
    CHECK_THAT(show(fw, "<all><option>file</option></all>"), Contains("option -> file unexpected here"));
    CHECK_THAT(show(fw, "<limit>none</limit>"), Contains("code=\"17\""));
    CHECK_THAT(show(fw, "<nonsense/>"), Contains("registered-ip -> nonsense unexpected here"));
    fw.op("<debug><object><registered-ip><clear><all/></clear></registered-ip></object></debug>");
    CHECK(show(fw) == shown("", 0));
}

TEST_CASE("before 8.0 more than 500 addresses go to a file", "[sim][panos][user-id]") {
    Bench fw(of_version("7.1"));
    std::string many;
    for (int i = 0; i < 501; ++i) {
        many += entry("10.1." + std::to_string(i / 250) + "." + std::to_string(i % 250), {"a"});
    }
    send(fw, "<register>" + many + "</register>");
    CHECK_THAT(show(fw), Contains("<result><msg><line><outfile>"));
}

TEST_CASE("users have tags from 9.1 on", "[sim][panos][user-id]") {
    Bench fw;
    const std::string show_users =
        "<show><object><registered-user><all><limit>500</limit><start-point>1</start-point></all></registered-user>"
        "</object></show>";
    const std::string tagged = "<entry user=\"corp\\ann\"><tag><member timeout=\"60\">risky</member></tag></entry>";
    CHECK(send(fw, "<register-user>" + tagged + "</register-user>") == success("<register-user></register-user>"));
    CHECK(fw.op(show_users) == shown("<entry user=\"corp\\ann\"><tag><member>risky</member></tag></entry>", 1));
    CHECK(send(fw, "<register-user>" + tagged + "</register-user>") ==
          refusal("<register-user><entry user=\"corp\\ann\" message=\"tag risky already exists, ignore\"/>"
                  "</register-user>"));
    fw.wait(60s);
    CHECK(fw.op(show_users) == shown("", 0));
    CHECK(send(fw, "<unregister-user><entry user=\"corp\\ann\"/></unregister-user>") ==
          refusal("<unregister-user><entry user=\"corp\\ann\" message=\"user corp\\ann does not exist, ignore unreg\"/>"
                  "</unregister-user>"));
    Bench old(of_version("9.0"));
    CHECK_THAT(send(old, "<register-user>" + tagged + "</register-user>"), Contains("register-user unexpected here"));
    CHECK_THAT(old.op(show_users), Contains("registered-user unexpected here"));
}

TEST_CASE("a user is at an address from login to logout, or until it runs out", "[sim][panos][user-id]") {
    Bench fw;
    const std::string all = "<show><user><ip-user-mapping><all/></ip-user-mapping></user></show>";
    const std::string one = "<show><user><ip-user-mapping><ip>10.0.0.1</ip></ip-user-mapping></user></show>";
    CHECK(fw.op(all) == "<response status=\"success\"><result></result></response>");
    CHECK(send(fw,
               "<login><entry name=\"corp\\ann\" ip=\"10.0.0.1\" timeout=\"2\"/>"
               "<entry name=\"corp\\ben\" ip=\"10.0.0.2\"/></login>") == success("<login></login>"));
    fw.wait(30s);
    CHECK(fw.op(one) ==
          "<response status=\"success\"><result><entry><ip>10.0.0.1</ip><vsys>vsys1</vsys><type>XMLAPI</type>"
          "<user>corp\\ann</user><idle_timeout>90</idle_timeout><timeout>90</timeout></entry></result></response>");
    CHECK_THAT(fw.op(all), Contains("<count>2</count>") && Contains("<timeout>2670</timeout>"));
    fw.wait(90s);
    CHECK(fw.op(one) == "<response status=\"success\"><result></result></response>");
    CHECK(send(fw, "<logout><entry name=\"corp\\ann\" ip=\"10.0.0.1\"/></logout>") ==
          refusal("<login></login><logout><entry name=\"corp\\ann\" ip=\"10.0.0.1\" message=\"Delete mapping failed\"/>"
                  "</logout>"));
    CHECK(send(fw, "<logout><entry name=\"CORP\\ben\" ip=\"10.0.0.2\"/></logout>") ==
          success("<login></login><logout></logout>"));
    CHECK(fw.op(all) == "<response status=\"success\"><result></result></response>");
}

TEST_CASE("mappings are forgotten when told", "[sim][panos][user-id]") {
    Bench fw;
    send(fw, "<login><entry name=\"ann\" ip=\"10.0.0.1\"/><entry name=\"ben\" ip=\"10.0.0.2\"/></login>");
    fw.op("<clear><user-cache><ip>10.0.0.1</ip></user-cache></clear>");
    CHECK(fw.device->registered().mappings("vsys1").size() == 1);
    fw.op("<clear><user-cache><all/></user-cache></clear>");
    CHECK(fw.device->registered().mappings("vsys1").empty());
    CHECK_FALSE(fw.device->next_event().has_value());
}

TEST_CASE("groups of users are listed in the words that clients take apart", "[sim][panos][user-id]") {
    Bench fw;
    const auto group = [&fw](const std::string& what) {
        return fw.op("<show><user><group>" + what + "</group></user></show>");
    };
    CHECK(group("<list></list>") ==
          "<response status=\"success\"><result><![CDATA[\n\nTotal: 0\n* : Custom Group\n\n]]></result></response>");
    send(fw,
         "<groups><entry name=\"admins\"><members><entry name=\"nam\\jsmith\"/><entry name=\"panw\\garfield\"/>"
         "</members></entry></groups>");
    CHECK(group("<list></list>") ==
          "<response status=\"success\"><result><![CDATA[\nadmins \n\nTotal: 1\n* : Custom Group\n\n]]></result>"
          "</response>");
    CHECK(group("<name>admins</name>") ==
          "<response status=\"success\"><result><![CDATA[\n\nsource type: xmlapi\nGroup type: Dynamic\n\n"
          "[1     ] nam\\jsmith\n[2     ] panw\\garfield\n\n]]></result></response>");
    CHECK_THAT(group("<name>blah</name>"), Contains("User group 'blah' does not exist or does not have members"));
}

TEST_CASE("a reboot drops what is not persistent", "[sim][panos][user-id]") {
    Registration registration;
    CHECK_FALSE(registration.add_tag("vsys1", "10.0.0.1", "a", true, 0, start));
    CHECK_FALSE(registration.add_tag("vsys1", "10.0.0.2", "a", false, 0, start));
    CHECK_FALSE(registration.add_tag("vsys1", "10.0.0.3", "a", true, 60, start));
    CHECK_FALSE(registration.login("vsys1", "ann", "10.0.0.1", 45, std::nullopt, start));
    registration.after_reboot(start + 61s);
    REQUIRE(registration.addresses("vsys1").size() == 1);
    CHECK(registration.addresses("vsys1").front()->text == "10.0.0.1");
    CHECK(registration.mappings("vsys1").empty());
    CHECK_FALSE(registration.next_event().has_value());
}

TEST_CASE("what was kept is put back as it was", "[sim][panos][user-id]") {
    Bench fw;
    registration(fw, "10.0.0.1", {"a", "quote \"' &amp; &lt;"}, " persistent=\"0\"", " timeout=\"60\"");
    registration(fw, "10.0.0.0/24", {"b"});
    send(fw,
         "<register-user><entry user=\"ann\"><tag><member>u</member></tag></entry></register-user>"
         "<login><entry name=\"ann\" ip=\"10.0.0.1\"/><entry name=\"ben\" ip=\"10.0.0.1\" blockstart=\"20000\"/>"
         "</login><groups><entry name=\"g\"><members><entry name=\"ann\"/></members></entry></groups>");
    const std::string kept = fw.device->registered().serialise();
    Bench other;
    REQUIRE(other.device->restore_registered(kept).has_value());
    CHECK(other.device->registered().serialise() == kept);
    CHECK(show(other) == show(fw));
    CHECK(other.device->next_event() == start + 60s);
    other.wait(60s);
    CHECK(show(other) == shown(shown_entry("10.0.0.0/24", {"b"}), 1));
    CHECK_FALSE(other.device->restore_registered("<other/>").has_value());
    CHECK_FALSE(other.device->restore_registered("nonsense").has_value());
}

TEST_CASE("the record of a call says how many entries, and nothing of what is in them", "[sim][panos][user-id]") {
    Bench fw;
    send(fw, "<register>" + entry("10.0.0.1", {"a"}) + entry("10.0.0.2", {"a"}) + entry("10.0.0.3", {"a"}) +
                 "</register><unregister>" + entry("10.0.0.1", {"a"}) + "</unregister>");
    const RecordedCall& call = fw.device->calls().back();
    CHECK(call.type == "user-id");
    CHECK(call.action == "register 3, unregister 1");
    CHECK(call.status == "success");
    CHECK(call.xpath.empty());
}

TEST_CASE("a fault on user-id strikes registrations and nothing else", "[sim][panos][user-id][fault]") {
    Bench fw;
    Fault fault;
    fault.on = *fault_subject("user-id");
    fault.times = 1;
    REQUIRE(set_answer(fault, "http-503").has_value());
    fw.device->faults().add(fault);
    CHECK_THAT(fw.op("<show><clock/></show>"), Contains("success"));
    CHECK(fw.post({{"type", "user-id"}, {"cmd", message("<register/>")}}).status == 503);
    CHECK(registration(fw, "10.0.0.1", {"a"}) == success("<register></register>"));
}

TEST_CASE("hostile messages get an answer", "[sim][panos][user-id]") {
    Bench fw;
    for (const std::string& text :
         {std::string(100000, '<'), std::string("\xff\xfe\x00", 3), std::string("<![CDATA["),
          message("<register><entry/></register>"), message("<register><entry ip=\"\"><tag/></entry></register>"),
          message("<login><entry/></login><logout><entry/></logout><groups><entry/></groups>"),
          message("<register>" + entry("10.0.0.1", {std::string(1000, 'x')}) + "</register>"),
          message("<login><entry name=\"a\" ip=\"1.1.1.1\" timeout=\"99999999999999999999\"/></login>")}) {
        CHECK_THAT(fw.post({{"type", "user-id"}, {"cmd", text}}).body,
                   Contains("status=\"error\"") || Contains("status=\"success\""));
    }
    CHECK(fw.device->registered().addresses("vsys1").empty());
}

TEST_CASE("answers to User-ID have the shape of recorded ones", "[sim][panos][recorded][user-id]") {
    const std::string folder = std::string(FIREBREAK_SOURCE_DIR) + "/../shared/payloads/panos/";
    if (!std::ifstream(folder + "SOURCES.md")) {
        WARN("no recorded answers beside the project: not compared");
        return;
    }
    Bench fw;
    const auto same = [&folder](const std::string& file, const std::string& answer) {
        INFO(file << "\n" << answer);
        CHECK(shape_of(file_text(folder + file)) == shape_of(answer));
    };
    same("user-id/register-success.xml", registration(fw, "1.1.2.2", {"foo", "bar"}));
    registration(fw, "1.1.1.1", {"foo"});
    same("user-id/register-duplicates.xml", send(fw, "<unregister/><register>" + entry("1.1.2.2", {"foo", "bar"}) +
                                                         entry("1.1.1.1", {"foo"}) + "</register>"));
    same("user-id/unregister-success.xml", send(fw, "<unregister><entry ip=\"1.1.2.2\"/></unregister>"));
    same("user-id/logout-missing.xml", send(fw, "<logout><entry name=\"u\" ip=\"10.1.1.1\"/></logout>"));
    registration(fw, "10.0.0.1", {"malicious"}, " persistent=\"0\"");
    send(fw, "<unregister><entry ip=\"1.1.1.1\"/></unregister>");
    registration(fw, "10.0.0.2", {"malicious"});
    same("op/show-object-registered-ip.xml", show(fw));
}
