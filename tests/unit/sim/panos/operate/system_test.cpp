// Commands on the system: what clients ask first, and restarts.
#include <catch2/catch.hpp>

#include "bench.hpp"
#include "control_bench.hpp"
#include "sim/panos/tree/xml.hpp"

using namespace sim::panos;
using namespace sim::panos::test;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

const std::string element = "<ip-netmask>192.0.2.1</ip-netmask>";
const std::string chassis_ready = "<show><chassis-ready></chassis-ready></show>";
const std::string network = "/config/devices/entry[@name='localhost.localdomain']/network";

}  // namespace

TEST_CASE("a restart answers, then nothing does until the device is up; then AutoCom runs as job 1",
          "[sim][panos][restart]") {
    DeviceOptions with = options();
    with.boot_time = 120s;
    Bench fw(with);
    fw.set(address("kept"), element);
    fw.activate();
    fw.set(address("lost"), element);
    fw.commit();
    fw.set(address("pending"), element);
    CHECK(fw.op("<request><restart><system></system></restart></request>") ==
          "<response status=\"error\"><msg><line>Command succeeded with no output</line></msg></response>");
    CHECK(fw.device->rebooting(fw.now));
    CHECK(fw.post({{"type", "version"}}).fault.drop);
    CHECK(fw.device->next_event() == fw.now + 120s);
    fw.wait(119s);
    CHECK(fw.post({{"type", "version"}}).fault.drop);
    fw.wait(1s);
    CHECK_FALSE(fw.device->rebooting(fw.now));
    CHECK(fw.op(chassis_ready) == answered("no"));
    CHECK_THAT(fw.job(1), Contains("<type>AutoCom</type><status>ACT</status>"));
    CHECK_THAT(fw.job(3), Contains("job 3 not found"));
    CHECK_THAT(fw.op("<show><system><info></info></system></show>"), Contains("<uptime>0 days, 0:00:00</uptime>"));
    CHECK_THAT(fw.config("get", address("kept")), Contains("192.0.2.1"));
    for (const std::string name : {"lost", "pending"}) {
        CHECK_THAT(fw.config("get", address(name)), Contains("code=\"7\""));
        CHECK_THAT(fw.config("show", address(name)), Contains("No such node"));
    }
    CHECK(fw.device->commits().back().result == JobResult::fail);
    // A commit waits for the automatic one.
    fw.set(address("new"), element);
    CHECK_THAT(fw.commit(), Contains("<job>2</job>"));
    CHECK_THAT(fw.job(2), Contains("<status>PEND</status><queued>YES</queued>"));
    fw.wait(31s);
    CHECK(fw.op(chassis_ready) == answered("yes"));
    CHECK_THAT(fw.job(1), Contains("<result>OK</result>") && Contains("Successfully committed last configuration"));
    CHECK_THAT(fw.job(2), Contains("<status>ACT</status>"));
}

TEST_CASE("keys survive a restart", "[sim][panos][restart]") {
    Bench fw;
    const std::string key = fw.device->api_key("admin");
    CHECK(ask(fw, "POST", "/reboot").status == 200);
    fw.wait(240s);
    CHECK(fw.get("/api/?type=version&key=" + key).status == 200);
}

TEST_CASE("a device that is shut down stays down", "[sim][panos][restart]") {
    Bench fw;
    CHECK_THAT(fw.op("<request><shutdown><system></system></shutdown></request>"), Contains("Command succeeded"));
    CHECK(fw.device->next_event() == std::nullopt);
    fw.wait(100000s);
    CHECK(fw.post({{"type", "version"}}).fault.drop);
}

TEST_CASE("interfaces are the running configuration's", "[sim][panos][network]") {
    Bench fw;
    const std::string all = fw.op("<show><interface>all</interface></show>");
    CHECK_THAT(all, Contains("<hw><entry><name>ethernet1/1</name>") &&
                        Contains("<name>ethernet1/1</name><zone>trust</zone><fwd>vr:default</fwd><vsys>1</vsys>") &&
                        Contains("<ip>192.0.2.1/24</ip>"));
    CHECK_THAT(fw.op("<show><interface>hardware</interface></show>"),
               Contains("<state>up</state>") && !Contains("ifnet"));
    CHECK_THAT(fw.op("<show><interface>ethernet1/2</interface></show>"),
               Contains("198.51.100.1/24") && !Contains("ethernet1/1"));
    CHECK_THAT(fw.op("<show><interface>ethernet9/9</interface></show>"), Contains("code=\"17\""));
    fw.set(network + "/interface/tunnel/units", "<entry name=\"tunnel.7\"/>");
    CHECK_THAT(fw.op("<show><interface>all</interface></show>"), !Contains("tunnel.7"));
    fw.activate();
    CHECK_THAT(fw.op("<show><interface>all</interface></show>"), Contains("<name>tunnel.7</name>"));
}

TEST_CASE("routes are static and connected ones", "[sim][panos][network]") {
    Bench fw;
    fw.set(network + "/virtual-router/entry[@name='default']/routing-table/ip/static-route/entry[@name='out']",
           "<destination>0.0.0.0/0</destination><nexthop><ip-address>198.51.100.254</ip-address></nexthop>"
           "<interface>ethernet1/2</interface>");
    fw.activate();
    CHECK_THAT(fw.op("<show><routing><route></route></routing></show>"),
               Contains("<virtual-router>default</virtual-router><destination>0.0.0.0/0</destination>"
                        "<nexthop>198.51.100.254</nexthop><metric>10</metric><flags>A S</flags><age></age>"
                        "<interface>ethernet1/2</interface>") &&
                   Contains("<destination>192.0.2.1/24</destination><nexthop>192.0.2.1</nexthop>"));
    CHECK_THAT(fw.op("<show><routing><route><virtual-router>none</virtual-router></route></routing></show>"),
               !Contains("<entry>"));
}

TEST_CASE("commands that clients check a device with are answered in the shape that they read", "[sim][panos][op]") {
    Bench fw;
    for (const auto& [command, has] : std::vector<std::pair<std::string, std::string>>{
             {"<show><arp><entry name = 'all'/></arp></show>", "<total>0</total>"},
             {"<show><session><all></all></session></show>", "<result></result>"},
             {"<show><session><info></info></session></show>", "<num-max>819202</num-max>"},
             {"<show><session><meter></meter></session></show>", "<vsys>1</vsys>"},
             {"<show><counter><global></global></counter></show>", "<global><t>3600</t>"},
             {"<show><ntp></ntp></show>", "<synched>LOCAL</synched>"},
             {"<show><panorama-status></panorama-status></show>", "<result></result>"},
             {"<show><clock><more></more></clock></show>", "<member>dataplane time: Tue Jun 12 04:36:45 UTC 2018"},
             {"<show><system><disk-space></disk-space></system></show>", "/opt/panlogs]]>"},
             {"<show><system><resources></resources></system></show>", "load average: 0.25"},
             {"<show><system><setting><jumbo-frame></jumbo-frame></setting></system></show>", ">off<"},
             {"<show><admins></admins></show>", "<admin>admin</admin><from>192.0.2.9</from>"},
             {"<request><license><info></info></license></request>", "<feature>PA-VM</feature>"},
             {"<request><system><software><info></info></software></system></request>", "<current>yes</current>"},
             {"<request><content><upgrade><info></info></upgrade></content></request>", "<version>8496-7089</version>"},
             {"<request><anti-virus><upgrade><info></info></upgrade></anti-virus></request>", "<content-updates"},
             {"<set><cli><pager>off</pager></cli></set>", "status=\"success\""}}) {
        INFO(command);
        const std::string answer = fw.op(command);
        CHECK_THAT(answer, Contains(has));
        CHECK(read_xml(answer).has_value());
    }
    for (const std::string command : {"<request><system><software><check></check></software></system></request>",
                                      "<request><content><upgrade><check></check></upgrade></content></request>"}) {
        CHECK(fw.op(command) ==
              "<response status=\"error\"><msg><line>Failed to check upgrade info due to Unknown error. Please check "
              "network connectivity and try again.</line></msg></response>");
    }
    CHECK_THAT(fw.op("<request><support><check></check></support></request>"),
               Contains("Failed to check support info"));
    CHECK_THAT(fw.op("<debug><log-receiver><statistics></statistics></log-receiver></debug>"),
               Contains("<line> debug not available to xmlapi client</line>"));
}

TEST_CASE("system info is the configuration's, once it is committed", "[sim][panos][op]") {
    Bench fw;
    const std::string info = "<show><system><info></info></system></show>";
    fw.set("/config/devices/entry[@name='localhost.localdomain']/deviceconfig/system",
           "<hostname>edge-7</hostname><ip-address>198.51.100.7</ip-address><ntp-servers><primary-ntp-server>"
           "<ntp-server-address>198.51.100.1</ntp-server-address></primary-ntp-server></ntp-servers>"
           "<panorama-server>198.51.100.2</panorama-server>");
    CHECK_THAT(fw.op(info), Contains("<hostname>fw</hostname>"));
    fw.activate();
    CHECK_THAT(fw.op(info), Contains("<hostname>edge-7</hostname><ip-address>198.51.100.7</ip-address>"));
    CHECK_THAT(fw.op("<show><ntp></ntp></show>"), Contains("<name>198.51.100.1</name><reachable>no</reachable>"));
    CHECK_THAT(fw.op("<show><panorama-status></panorama-status></show>"),
               Contains("Panorama Server 1 : 198.51.100.2\n    Connected     : no"));
}

TEST_CASE("the control API tells jobs, administrators and diffs, and acts", "[sim][panos][control]") {
    Bench fw;
    fw.set(address("a"), element);
    fw.activate();
    CHECK_THAT(ask(fw, "GET", "/jobs").body, Contains(R"("id":1,"type":"AutoCom")") && Contains(R"("type":"Commit")"));
    const std::string people = ask(fw, "GET", "/administrators").body;
    CHECK_THAT(people, Contains(R"("name":"bridge","role":"superuser")") && !Contains("secret-two"));
    CHECK_THAT(ask(fw, "GET", "/commits/2/diff").body, Contains("+ <entry name=\"a\">"));
    CHECK(ask(fw, "GET", "/commits/9/diff").status == 404);
    CHECK(ask(fw, "GET", "/commits/diff").status == 404);
    const std::string key = fw.device->api_key("admin");
    CHECK(ask(fw, "POST", "/password", R"({"administrator":"admin","password":"another"})").status == 200);
    CHECK(fw.get("/api/?type=version&key=" + key).status == 403);
    CHECK(ask(fw, "POST", "/password", R"({"administrator":"nobody","password":"another"})").status == 404);
    CHECK(ask(fw, "POST", "/password", R"({"administrator":"admin"})").status == 400);
    CHECK(ask(fw, "GET", "/reboot").status == 405);
    const std::string bridge = fw.device->api_key("bridge");
    CHECK(ask(fw, "POST", "/expire-keys").status == 200);
    CHECK(fw.get("/api/?type=version&key=" + bridge).status == 403);
}

TEST_CASE("names of neighbours and interfaces may be texts, as panxapi.py writes them", "[sim][panos][op]") {
    Bench fw;
    CHECK(fw.op("<show><arp>all</arp></show>") == fw.op("<show><arp><entry name='all'/></arp></show>"));
    CHECK(fw.op("<show><arp></arp></show>").find("is unexpected") != std::string::npos);
    CHECK(fw.op("<show><interface>management</interface></show>").find("<tx-packets>") != std::string::npos);
    CHECK(fw.op("<show><system><setting><multi-vsys></multi-vsys></setting></system></show>") ==
          "<response status=\"success\"><result>off</result></response>");
}

TEST_CASE("the installed release can be installed again, and no commit runs beside it", "[sim][panos][software]") {
    Bench fw;
    const std::string version = fw.device->options().version;
    const auto software = [](const std::string& what, const std::string& release) {
        return "<request><system><software><" + what + "><version>" + release + "</version></" + what +
               "></software></system></request>";
    };
    CHECK_THAT(fw.op(software("install", "99.9.9")), Contains("is not downloaded"));
    CHECK_THAT(fw.op(software("install", version)), Contains("<job>2</job>"));
    CHECK_THAT(fw.job(2), Contains("<type>Install</type>") && Contains("<status>ACT</status>"));
    CHECK_THAT(fw.op(software("install", version)), Contains("status=\"error\""));
    fw.set(address("one"), element);
    CHECK_THAT(fw.commit(), Contains("You cannot commit while an install is in progress"));
    fw.wait(240s);
    CHECK_THAT(fw.job(2), Contains("<status>FIN</status>") && Contains("<result>OK</result>") && Contains(version));
    CHECK_THAT(fw.commit(), Contains("<job>3</job>"));
    CHECK_THAT(fw.op(software("install", version)), Contains("status=\"error\""));
}

TEST_CASE("a download of what is there ends as clients expect, one of what is not reaches no server",
          "[sim][panos][software]") {
    Bench fw;
    const auto download = [](const std::string& inside) {
        return "<request><system><software><download>" + inside + "</download></software></system></request>";
    };
    CHECK_THAT(fw.op(download("<version>99.9.9</version>")), Contains("check network connectivity"));
    CHECK_THAT(fw.op(download("")), Contains("missing 'version'"));
    const std::string there = "<version>" + fw.device->options().version + "</version>";
    CHECK_THAT(fw.op(download("<sync-to-peer>maybe</sync-to-peer>" + there)), Contains("'maybe' is not an allowed"));
    CHECK_THAT(fw.op(download("<sync-to-peer>no</sync-to-peer>" + there)), Contains("<job>2</job>"));
    fw.wait(2s);
    CHECK_THAT(fw.job(2), Contains("<type>Downld</type>") && Contains("<result>FAIL</result>") &&
                              Contains("Image exists already"));
}

TEST_CASE("show running security-policy tells the rules in force, of the vsys that is asked for",
          "[sim][panos][policy]") {
    Bench fw;
    const std::string asking = "<show><running><security-policy></security-policy></running></show>";
    fw.set(rule("outbound"), "<disabled>yes</disabled>");
    CHECK_THAT(fw.op(asking), Contains("\"outbound; index: 1\""));
    fw.activate();
    CHECK_THAT(fw.op(asking), !Contains("outbound") && Contains("\"intrazone-default; index: 1\"") &&
                                  Contains("\"interzone-default; index: 2\""));
    const std::string elsewhere = fw.post({{"type", "op"}, {"cmd", asking}, {"vsys", "vsys7"}}).body;
    CHECK_THAT(elsewhere, !Contains("interzone-default"));
}

TEST_CASE("the clock writes a day of one digit behind two blanks", "[sim][panos][system]") {
    Bench fw;
    fw.wait(std::chrono::seconds(1580688009 - 1528778205));
    CHECK(fw.op("<show><clock></clock></show>") == answered("Mon Feb  3 00:00:09 UTC 2020\n"));
}
