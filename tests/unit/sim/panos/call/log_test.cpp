#include <catch2/catch.hpp>

#include <fstream>
#include <regex>
#include <sstream>

#include "bench.hpp"
#include "sim/panos/control.hpp"
#include "sim/panos/machine/log_query.hpp"
#include "sim/panos/tree/xml.hpp"

using namespace sim::panos;
using namespace sim::panos::test;
using Catch::Contains;

namespace {

std::string log_of(Bench& fw, const Fields& fields) {
    Fields all{{"type", "log"}};
    all.insert(all.end(), fields.begin(), fields.end());
    return fw.post(all).body;
}

int job_number(const std::string& body) {
    std::smatch found;
    return std::regex_search(body, found, std::regex("<job>([0-9]+)</job>")) ? std::stoi(found[1]) : -1;
}

std::string finished_log(Bench& fw, const Fields& fields) {
    const int id = job_number(log_of(fw, fields));
    fw.wait(std::chrono::seconds(1));
    return log_of(fw, {{"action", "get"}, {"job-id", std::to_string(id)}});
}

std::vector<std::string> all_of_tag(const std::string& body, const std::string& tag) {
    std::vector<std::string> found;
    const std::regex pattern("<" + tag + ">([^<]*)</" + tag + ">");
    for (std::sregex_iterator at(body.begin(), body.end(), pattern), end; at != end; ++at) {
        found.push_back((*at)[1]);
    }
    return found;
}

std::string shape(const Element& element) {
    std::string out = "<" + element.name;
    for (const auto& [name, value] : element.attributes) {
        out += ' ' + name;
    }
    out += '>';
    for (const Element& child : element.children) {
        out += shape(child);
    }
    return out + "</>";
}

void check_shape_of(const std::string& body, const std::string& file) {
    std::ifstream recorded(std::string(FIREBREAK_SOURCE_DIR) + "/../shared/payloads/panos/" + file);
    if (!recorded) {
        WARN("no recorded answer to compare with");
        return;
    }
    std::stringstream text;
    text << recorded.rdbuf();
    const auto ours = read_xml(body);
    const auto theirs = read_xml(text.str());
    REQUIRE(ours);
    REQUIRE(theirs);
    CHECK(shape(ours->front()) == shape(theirs->front()));
}

}  // namespace

TEST_CASE("a log query is a job that its own type answers", "[sim][panos][log]") {
    Bench fw;
    CHECK(
        log_of(fw, {{"log-type", "traffic"}}) ==
        R"(<response status="success" code="19"><result><msg><line>query job enqueued with jobid 2</line></msg><job>2</job></result></response>)");
    const std::string running = log_of(fw, {{"action", "get"}, {"job-id", "2"}});
    CHECK_THAT(running, Contains("<status>ACT</status>") && Contains("<id>2</id>"));
    CHECK_THAT(running, !Contains("<log>"));
    fw.wait(std::chrono::seconds(1));
    CHECK(log_of(fw, {{"action", "get"}, {"job-id", "2"}}) ==
          "<response status=\"success\"><result>\n"
          "  <job>\n    <tenq>04:36:45</tenq>\n    <tdeq>04:36:45</tdeq>\n    <tlast>04:36:45</tlast>\n"
          "    <status>FIN</status>\n    <id>2</id>\n  </job>\n"
          "  <log>\n    <logs count=\"0\" progress=\"100\"/>\n  </log>\n"
          "  <meta>\n    <devices>\n      <entry name=\"localhost.localdomain\">\n"
          "        <hostname>localhost.localdomain</hostname>\n        <vsys>\n          <entry name=\"vsys1\">\n"
          "            <display-name>vsys1</display-name>\n          </entry>\n        </vsys>\n      </entry>\n"
          "    </devices>\n  </meta>\n</result></response>");
    check_shape_of(log_of(fw, {{"action", "get"}, {"job-id", "2"}}), "log/traffic-log-empty.xml");
    CHECK(log_of(fw, {{"action", "finish"}, {"job-id", "2"}}) ==
          R"(<response status="success"><result><job>2</job></result></response>)");
    CHECK(log_of(fw, {{"action", "get"}, {"job-id", "2"}}) ==
          R"(<response status="error"><msg><line>No such query job</line></msg></response>)");
}

TEST_CASE("queries take numbers of the one counter and hold up no commit", "[sim][panos][log]") {
    Bench fw;
    fw.set(addresses, host("a", "192.0.2.1"));
    log_of(fw, {{"log-type", "traffic"}});
    CHECK_THAT(fw.commit(), Contains("jobid 3"));
    CHECK_THAT(log_of(fw, {{"log-type", "traffic"}}), Contains("jobid 4"));
    fw.wait(std::chrono::seconds(25));
    CHECK_THAT(fw.job(3), Contains("<id>3</id>") && Contains("<result>OK</result>"));
    CHECK_THAT(fw.job(2), Contains("job 2 not found"));
}

TEST_CASE("the config log tells what was changed, by whom and from where", "[sim][panos][log]") {
    Bench fw;
    fw.set(addresses, host("a", "192.0.2.1"));
    fw.as("bridge").config("delete", address("a"));
    const std::string body = finished_log(fw, {{"log-type", "config"}});
    check_shape_of(finished_log(fw, {{"log-type", "config"}, {"nlogs", "1"}}), "log/config-log.xml");
    CHECK(all_of_tag(body, "cmd") == std::vector<std::string>{"delete", "set"});
    CHECK(all_of_tag(body, "admin") == std::vector<std::string>{"bridge", "admin"});
    CHECK(all_of_tag(body, "host") == std::vector<std::string>{"192.0.2.9", "192.0.2.9"});
    CHECK(all_of_tag(body, "path").front() == " vsys  vsys1 address  a");
    CHECK(all_of_tag(body, "full-path").front() == address("a"));
    CHECK(all_of_tag(body, "type") == std::vector<std::string>{"CONFIG", "CONFIG"});
    CHECK_THAT(body, Contains("<logs count=\"2\" progress=\"100\">"));
}

TEST_CASE("what was refused is in the config log as failed", "[sim][panos][log]") {
    Bench fw;
    fw.set(addresses, host("a", "no address"));
    CHECK(all_of_tag(finished_log(fw, {{"log-type", "config"}}), "result") == std::vector<std::string>{"Failed"});
}

TEST_CASE("each part of a multi-config call is in the config log", "[sim][panos][log]") {
    Bench fw;
    fw.post({{"type", "config"},
             {"action", "multi-config"},
             {"element", "<m><set xpath=\"" + addresses + "\">" + host("a", "192.0.2.1") + "</set><delete xpath=\"" +
                             address("a") + "\"/></m>"}});
    CHECK(all_of_tag(finished_log(fw, {{"log-type", "config"}, {"dir", "forward"}}), "cmd") ==
          std::vector<std::string>{"set", "delete"});
}

TEST_CASE("a commit is in the config log and in the system log", "[sim][panos][log]") {
    Bench fw;
    fw.set(addresses, host("a", "192.0.2.1"));
    fw.activate();
    CHECK(all_of_tag(finished_log(fw, {{"log-type", "config"}, {"query", "( cmd eq commit )"}}), "result") ==
          std::vector<std::string>{"Succeeded", "Submitted"});
    CHECK_THAT(finished_log(fw, {{"log-type", "system"}}), Contains("Commit job succeeded") && Contains("JobId=2"));
}

TEST_CASE("logins are in the system log, without the password", "[sim][panos][log]") {
    Bench fw;
    fw.get("/api/?type=keygen&user=admin&password=secret-one");
    fw.get("/api/?type=keygen&user=admin&password=wrong-secret");
    const std::string body = finished_log(fw, {{"log-type", "system"}, {"query", "( subtype eq auth )"}});
    CHECK(all_of_tag(body, "eventid") == std::vector<std::string>{"auth-fail", "auth-success"});
    CHECK_THAT(body, !Contains("secret"));
}

TEST_CASE("logs are selected, skipped, counted and turned round", "[sim][panos][log]") {
    Bench fw;
    for (int i = 1; i <= 30; ++i) {
        REQUIRE(fw.device->add_log("traffic",
                                   {{"src", "10.0.0." + std::to_string(i)},
                                    {"dst", "203.0.113.5"},
                                    {"app", i % 2 == 0 ? "dns" : "web-browsing"},
                                    {"dport", i % 2 == 0 ? "53" : "443"},
                                    {"subtype", "end"}},
                                   fw.now));
        fw.now += std::chrono::seconds(1);
    }
    const auto sources = [&fw](Fields fields) {
        fields.emplace_back("log-type", "traffic");
        return all_of_tag(finished_log(fw, fields), "src");
    };
    CHECK(sources({}).size() == 20);
    CHECK(sources({}).front() == "10.0.0.30");
    CHECK(sources({{"nlogs", "2"}, {"skip", "3"}}) == std::vector<std::string>{"10.0.0.27", "10.0.0.26"});
    CHECK(sources({{"nlogs", "1"}, {"dir", "forward"}}) == std::vector<std::string>{"10.0.0.1"});
    CHECK(sources({{"nlogs", "100"}, {"query", "( app eq dns ) and ( addr.src in 10.0.0.0/29 )"}}) ==
          std::vector<std::string>{"10.0.0.6", "10.0.0.4", "10.0.0.2"});
    CHECK(sources({{"query", "(port.dst leq 53) and (src neq '10.0.0.30')"}, {"nlogs", "1"}}) ==
          std::vector<std::string>{"10.0.0.28"});
    CHECK(sources({{"query", "(receive_time geq '2018/06/12 04:37:13')"}}).size() == 2);
}

TEST_CASE("wrong log requests are refused", "[sim][panos][log]") {
    Bench fw;
    CHECK_THAT(log_of(fw, {}), Contains("Missing value for parameter &quot;log-type&quot;."));
    CHECK_THAT(log_of(fw, {{"log-type", "gossip"}}), Contains("Illegal value for parameter &quot;log-type&quot;"));
    for (const std::string count : {"0", "5001"}) {
        CHECK(log_of(fw, {{"log-type", "traffic"}, {"nlogs", count}}) ==
              "<response status = 'error' code = '400'><result><msg>Illegal value for parameter nlogs [" + count +
                  "]. Should be between 1 to 5000</msg></result></response>");
    }
    for (const std::string count : {"-1", "ten", "99999999999999999999999"}) {
        CHECK_THAT(log_of(fw, {{"log-type", "traffic"}, {"nlogs", count}}), Contains("&quot;nlogs&quot;"));
    }
    CHECK_THAT(log_of(fw, {{"log-type", "traffic"}, {"dir", "up"}}), Contains("&quot;dir&quot;"));
    CHECK(
        log_of(fw, {{"log-type", "traffic"}, {"query", "( src in"}}) ==
        R"(<response status="error" code="17"><msg><line><![CDATA[ log -> query '( src in' is invalid]]></line><line> log -> query is invalid</line></msg></response>)");
    CHECK_THAT(log_of(fw, {{"action", "get"}}), Contains("&quot;job-id&quot;"));
    CHECK_THAT(log_of(fw, {{"action", "get"}, {"job-id", "x"}}), Contains("Illegal value"));
    const std::string unknown = R"(<response status="error"><msg><line>No such query job</line></msg></response>)";
    CHECK(log_of(fw, {{"action", "get"}, {"job-id", "77"}}) == unknown);
    CHECK(log_of(fw, {{"action", "get"}, {"job-id", "1"}}) == unknown);  // not a query's
}

TEST_CASE("log queries are read as the Monitor tab reads them", "[sim][panos][log]") {
    LogEntry entry;
    entry.time = start;
    entry.fields = {
        {"src", "10.1.2.3"}, {"dst", "203.0.113.5"}, {"severity", "high"}, {"rule", "a rule"}, {"dport", "9"}};
    const auto selects = [&entry](const std::string& text) {
        const auto query = LogQuery::parse(text);
        return query ? (query->selects("threat", entry, start) ? 1 : 0) : -1;
    };
    for (const std::string text :
         {"", "( severity geq medium )", "(severity eq high) and (rule eq 'a rule')", "src in 10.0.0.0/8",
          "( addr in 203.0.113.5 )", "not ( dport eq 10 )", "!(dport eq 10)", "(dport leq 10) and (dport geq 9)",
          "( rule contains 'RULE' )", "(app neq dns)", "(src eq 1.1.1.1) or (dst eq 203.0.113.5)",
          "(receive_time in last-hour)", "( addr notin 192.0.2.0/24 )", "( zone neq trust ) AND ( dport lt 10 )",
          "(receive_time leq 2018/06/12 04:36:45)"}) {
        INFO(text);
        CHECK(selects(text) == 1);
    }
    for (const std::string text : {"( severity geq critical )", "(src notin 10.0.0.0/8)", "(app eq dns)",
                                   "( addr.dst in 10.0.0.0/8 )", "(rule not-contains rule)", "(dport gt 9)"}) {
        INFO(text);
        CHECK(selects(text) == 0);
    }
    for (const std::string text : {"(", "( src eq )", "src", "src like 10", "( src eq 1.1.1.1", "gossip eq 1",
                                   "(src eq 'x)", "(src eq 1.1.1.1))", "(src eq 1.1.1.1) and", "()"}) {
        INFO(text);
        CHECK(selects(text) == -1);
    }
    CHECK(selects(std::string(5000, '(')) == -1);
    CHECK(selects(std::string(9000, ' ') + "(dport eq 9)") == -1);
}

TEST_CASE("show log answers at once", "[sim][panos][log]") {
    Bench fw;
    fw.set(addresses, host("a", "192.0.2.1"));
    CHECK_THAT(fw.op("<show><log><config></config></log></show>"), Contains("<cmd>set</cmd>"));
    CHECK_THAT(fw.op("<show><log><system/></log></show>"), Contains("<opaque>The system is starting up.</opaque>"));
    CHECK_THAT(fw.op("<show><log><traffic/></log></show>"), Contains("<logs count=\"0\" progress=\"100\"/>"));
    CHECK_THAT(fw.op("<show><log><config><query>(bad</query></config></log></show>"), Contains("is invalid"));
    CHECK_THAT(fw.op("<show><log><gossip/></log></show>"), Contains("unexpected here"));
}

TEST_CASE("the control API gives a device logs", "[sim][panos][log]") {
    Bench fw;
    net::HttpRequest request;
    request.method = "POST";
    request.target = "/logs";
    request.body = R"({"type":"threat","entries":[{"subtype":"spyware","src":"10.0.0.1","dport":443}]})";
    CHECK(control(*fw.device, request, fw.now).status == 201);
    CHECK_THAT(finished_log(fw, {{"log-type", "threat"}}),
               Contains("<subtype>spyware</subtype>") && Contains("<dport>443</dport>"));
    for (const std::string body :
         {"", "[]", R"({"type":"gossip","entries":[{}]})", R"({"type":"traffic"})",
          R"({"type":"traffic","entries":[1]})", R"({"type":"traffic","entries":[{"a":[]}]})"}) {
        request.body = body;
        CHECK(control(*fw.device, request, fw.now).status == 400);
    }
    request.method = "GET";
    CHECK(control(*fw.device, request, fw.now).status == 405);
}
