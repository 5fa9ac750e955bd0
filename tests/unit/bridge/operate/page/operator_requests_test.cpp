// The operators' requests as they come over HTTP: what is understood, what is answered, and what `why` makes of it.
#include "bridge/operate/page/operator_requests.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <sstream>

#include "../engine/engine_world.hpp"
#include "bridge/operate/client/why_text.hpp"
#include "bridge/operate/page/status_server.hpp"

using namespace testing;
using namespace bridge::operate;
namespace json = boost::json;

namespace {

struct Desk {
    explicit Desk(Policy policy = {}) : world(std::move(policy), {"hq", "branch"}), server(*world.engine, world.store) {
        REQUIRE(world.engine->start());
    }

    net::HttpResponse ask(const std::string& method, const std::string& target) {
        net::HttpRequest request;
        request.method = method;
        request.target = target;
        std::optional<net::HttpResponse> answer;
        server.on_request(std::move(request), [&](net::HttpResponse response) { answer = std::move(response); });
        return std::move(answer).value();
    }
    net::HttpResponse post(const std::string& target) { return ask("POST", target); }
    json::value get(const std::string& target) {
        const auto answer = ask("GET", target);
        CHECK(answer.status == 200);
        return json::parse(answer.body);
    }

    World world;
    StatusServer server;
};

}  // namespace

TEST_CASE("a query is decoded, and its first value of a name counts") {
    const Query query = Query::of("/block?indicator=2001%3Adb8%3A%3A5&reason=a%26b%20c&for=1h&for=2h&all");
    CHECK(query.path() == "/block");
    CHECK(query.text("indicator") == "2001:db8::5");
    CHECK(query.text("reason") == "a&b c");
    CHECK(query.text("for") == "1h");
    CHECK(query.flag("all"));
    CHECK_FALSE(query.find("nothing"));
    CHECK_FALSE(query.flag("nothing"));
    CHECK(percent_decoded(percent_encoded("a/b&c=d%\n\xff")) == "a/b&c=d%\n\xff");
}

TEST_CASE("an operator's order over HTTP is done, and answered in words") {
    Desk desk;
    const auto blocked = desk.post("/block?indicator=203.0.113.5&target=hq&for=1h&reason=ticket%2042&by=alice");
    CHECK(blocked.status == 200);
    CHECK_THAT(blocked.body, Catch::Contains(R"("done":true)") && Catch::Contains("203.0.113.5 goes out"));
    CHECK(desk.world.is_blocked("203.0.113.5"));
    CHECK(desk.world.engine->ledger().find("hq", Indicator::parse("203.0.113.5").value())->reason ==
          "blocked by alice: ticket 42");
    const auto unblocked = desk.post("/unblock?indicator=203.0.113.5&for=24h");
    CHECK(unblocked.status == 200);
    CHECK_THAT(unblocked.body, Catch::Contains("alerts do not block it until"));
    CHECK(desk.post("/unblock?indicator=203.0.113.9").status == 404);
    CHECK(desk.post("/block?indicator=10.1.2.3").status == 409);
    CHECK(desk.post("/rollback?last=1").status == 404);
    CHECK(desk.post("/pause?target=hq").status == 200);
    CHECK(desk.get("/status").at("targets").at("hq").at("state") == "paused");
    CHECK(desk.post("/pause?target=hq").status == 409);
    CHECK(desk.post("/resume?target=hq").status == 200);
    desk.world.store.full = true;
    CHECK(desk.post("/block?indicator=203.0.113.6").status == 503);
}

TEST_CASE("an order that is not understood is told what is wrong with it, and does nothing") {
    Desk desk;
    desk.world.post(callback("1", "203.0.113.5"));
    const auto [target, text] = GENERATE(table<const char*, const char*>({
        {"/unblock", "say which: indicator="},
        {"/unblock?indicator=203.0.113.0/24", "'203.0.113.0/24' is no address"},
        {"/unblock?indicator=2001:db8::/32", "nothing wider is ever blocked"},
        {"/unblock?indicator=203.0.113.5&for=soon", "for: 'soon' is no duration"},
        {"/unblock?indicator=203.0.113.5&for=99999d", "at most ten years"},
        {"/unblock?indicator=203.0.113.5&all", "say which"},
        {"/block?indicator=evil", "'evil' is no address"},
        {"/block?all", "say which"},
        {"/release", "indicator=ADDRESS, appliance=NAME, or all"},
        {"/release?indicator=203.0.113.5&all", "say which"},
        {"/drop?appliance=", "say which"},
        {"/rollback", "say either how many"},
        {"/rollback?last=1&since=30m", "say either how many"},
        {"/rollback?last=0", "last: '0' is no number from 1 on"},
        {"/rollback?last=all", "'all' is no number"},
        {"/rollback?since=yesterday", "since: 'yesterday' is neither a time"},
        {"/rollback?since=2026-13-01T00:00:00Z", "neither a time"},
        {"/pause", "there is no target ''"},
        {"/pause?target=%3Cx%3E%0a", "there is no target '<x>\\\\x0a'"},
    }));
    const auto answer = desk.post(target);
    CHECK(answer.status == 400);
    CHECK_THAT(answer.body, Catch::Contains(text));
    CHECK(desk.world.is_blocked("203.0.113.5"));
}

TEST_CASE("orders are POSTed, and only these") {
    Desk desk;
    CHECK(desk.ask("GET", "/unblock?indicator=203.0.113.5").status == 404);
    CHECK(desk.post("/reboot").status == 405);
    CHECK(desk.ask("DELETE", "/blocks").status == 405);
}

TEST_CASE("a rollback takes a time or how long ago") {
    Desk desk;
    desk.world.post(callback("1", "203.0.113.5"));
    desk.world.clock.run_for(1h);
    desk.world.post(callback("2", "203.0.113.6"));
    const auto would = desk.post("/rollback?since=30m&dry_run");
    CHECK_THAT(would.body, Catch::Contains("would take off 1 indicator") && Catch::Contains("203.0.113.6"));
    CHECK(desk.world.is_blocked("203.0.113.6"));
    CHECK_THAT(desk.post("/rollback?since=2026-06-01T00:30:00Z").body, Catch::Contains("taken off 1 indicator"));
    CHECK_FALSE(desk.world.is_blocked("203.0.113.6"));
    CHECK(desk.world.is_blocked("203.0.113.5"));
}

TEST_CASE("the ledger is narrowed by state, target and address, and shows what is quarantined") {
    Policy policy;
    policy.max_new_blocks_per_minute = 1;
    Desk desk(policy);
    desk.world.post(callback("1", "203.0.113.5"));
    desk.world.post(callback("2", "203.0.113.6"));
    desk.post("/unblock?indicator=203.0.113.9&for=1h");
    CHECK(desk.get("/blocks").as_array().size() == 5);
    const json::value held = desk.get("/blocks?state=held&target=hq");
    REQUIRE(held.as_array().size() == 1);
    CHECK(held.at(0).at("indicator") == "203.0.113.6");
    CHECK(held.at(0).at("appliance") == "nx1.example.com");
    CHECK(desk.get("/blocks?indicator=203.0.113.5").as_array().size() == 2);
    CHECK(desk.get("/blocks?indicator=192.0.2.99").as_array().empty());
    const json::value quarantined = desk.get("/blocks?state=quarantined");
    REQUIRE(quarantined.as_array().size() == 1);
    CHECK(quarantined.at(0).at("indicator") == "203.0.113.9");
    CHECK(desk.get("/status").at("quarantined") == 1);
    const auto wrong = desk.ask("GET", "/blocks?state=hold");
    CHECK(wrong.status == 400);
    CHECK_THAT(wrong.body, Catch::Contains("'hold' is none of wanted"));
}

TEST_CASE("why: an address that nobody has named was not seen at all") {
    Desk desk;
    const json::value page = desk.get("/why?indicator=203.0.113.99");
    CHECK(page.at("summary") == "203.0.113.99: not seen at all");
    CHECK(page.at("quarantine").is_null());
    CHECK(desk.world.store.asked.names == std::vector<std::string>{"203.0.113.99"});
    desk.get("/why?indicator=2001:db8:0:7::5");
    CHECK(desk.world.store.asked.names == std::vector<std::string>{"2001:db8:0:7::5", "2001:db8:0:7::/64"});
    CHECK(desk.ask("GET", "/why").status == 400);
}

TEST_CASE("why: the whole way of an address, for machines and for people") {
    Desk desk;
    desk.world.post(callback("1", "203.0.113.5"));
    desk.world.store.history.alerts = {
        {.number = 2,
         .entry = {.identity = "nx1/2",
                   .appliance = "nx1",
                   .type = "ips-event",
                   .alert_id = "17",
                   .severity = "minr",
                   .decision = R"({"blockable":[],"ignored":[{"address":"203.0.113.5","reason":"severity minr"}]})"},
         .received = desk.world.clock.wall(),
         .seen = 3},
        {.number = 1,
         .entry = {.identity = "nx1/1",
                   .appliance = "nx1",
                   .type = "malware-callback",
                   .alert_id = "1",
                   .severity = "crit",
                   .decision = R"({"blockable":["203.0.113.5"],"ignored":[]})"},
         .received = desk.world.clock.wall()},
    };
    desk.world.store.history.changes = {{.at = desk.world.clock.wall(),
                                         .target = "hq",
                                         .indicator = Indicator::parse("203.0.113.5").value(),
                                         .event = "enforced",
                                         .detail = "commit job 7"}};
    const json::value page = desk.get("/why?indicator=203.0.113.5");
    CHECK_THAT(std::string(page.at("summary").as_string()), Catch::StartsWith("203.0.113.5: wanted on branch since"));
    CHECK(page.at("blocks").as_array().size() == 2);
    CHECK(page.at("alerts").at(0).at("outcome") == "ignored");
    CHECK(page.at("alerts").at(0).at("reason") == "severity minr");
    CHECK(page.at("alerts").at(1).at("outcome") == "block");

    std::ostringstream out;
    print_why(out, page.as_object());
    CHECK_THAT(out.str(),
               Catch::Contains("Blocks now:\n  203.0.113.5 on branch: wanted since 2026-06-01T00:00:00Z") &&
                   Catch::Contains("alert 2 (ips-event 17 minr from nx1), seen 3 times: ignored: severity minr") &&
                   Catch::Contains("hq         203.0.113.5 enforced: commit job 7"));
    CHECK(out.str().find("alert 1 (") < out.str().find("alert 2 ("));
}

TEST_CASE("why: what is allowed, quarantined, ignored or only decided on is said in the first line") {
    Policy policy;
    policy.allow.push_back(AllowRule::parse("198.51.100.0/24").value());
    Desk desk(policy);
    const auto summary = [&](const std::string& indicator) {
        return std::string(desk.get("/why?indicator=" + indicator).at("summary").as_string());
    };
    CHECK(summary("198.51.100.7") == "198.51.100.7: not blocked; on the allow list: 198.51.100.0/24");
    desk.post("/unblock?indicator=203.0.113.5&for=1h");
    CHECK_THAT(summary("203.0.113.5"), Catch::Contains("not blocked; quarantined until 2026-06-01T01:00:00Z"));
    bridge::store::JournalRow row;
    row.entry.decision = R"({"blockable":["203.0.113.6"],"dry_run":true})";
    desk.world.store.history.alerts = {row};
    CHECK_THAT(summary("203.0.113.6"), Catch::Contains("would block (dry run)"));
    row.entry.decision = R"({"victims":["203.0.113.6"]})";
    desk.world.store.history.alerts = {row};
    CHECK_THAT(summary("203.0.113.6"), Catch::Contains("ignored, it is the victim"));
    row.entry.decision = "no JSON";
    desk.world.store.history.alerts = {row};
    CHECK_THAT(summary("203.0.113.6"), Catch::Contains("cannot be read"));
}
