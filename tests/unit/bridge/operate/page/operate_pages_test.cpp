#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <catch2/catch.hpp>
#include <condition_variable>
#include <fstream>
#include <iterator>
#include <mutex>
#include <regex>
#include <set>

#include "../engine/kept_world.hpp"
#include "bridge/operate/audit/audit_trail.hpp"
#include "bridge/operate/metrics/metrics.hpp"
#include "bridge/operate/page/operate_door.hpp"
#include "temporary_folder.hpp"

using namespace bridge::operate;
using namespace bridge::engine::test;
using bridge::domain::Indicator;
using namespace std::chrono_literals;

namespace {

struct Site {
    explicit Site(bridge::engine::EngineSettings with = settings({target("hq")}), Tokens tokens = {})
        : world(std::move(with)), metrics(sources()), pages(*world.engine, world.store) {
        world.engine->observe(metrics);
        pages.show_metrics([this] { return metrics.page(*world.engine); });
        OperateDoor::Calls calls;
        calls.on_order = [this](const std::string& who, const std::string& order, unsigned status,
                                const std::string& answer) {
            orders.push_back(who + ": " + order + " " + std::to_string(status) + " " + answer);
        };
        calls.reload = [this](const std::string& who) {
            orders.push_back("reload by " + who);
            return complaint.empty() ? tl::expected<void, std::string>{} : tl::unexpected(complaint);
        };
        door = std::make_unique<OperateDoor>(pages, std::move(tokens), std::move(calls));
        REQUIRE(world.engine->start());
    }

    static MetricsSources sources() {
        MetricsSources made;
        made.version = "1.2.3";
        made.certificates = [] {
            return std::vector<CertificateExpiry>{{"intake", "", bridge::domain::WallTime(1700000000s)},
                                                  {"target-ca", "hq", bridge::domain::WallTime(1800000000s)}};
        };
        made.sinks = [] { return std::vector<SinkStatus>{{"syslog", false, 3, 2, 1}}; };
        return made;
    }

    net::HttpResponse ask(net::HttpHandler& handler, const std::string& method, const std::string& page,
                          std::vector<net::HttpHeader> headers = {}, bool local = true) const {
        net::HttpRequest request;
        request.method = method;
        request.target = page;
        request.headers = std::move(headers);
        request.peer = local ? "local" : "127.0.0.1";
        if (local) {
            request.local = net::LocalPeer{1, 0, 0};
        }
        if (auto refused = handler.on_header(request)) {
            return *refused;
        }
        net::HttpResponse got;
        handler.on_request(request, [&got](net::HttpResponse response) { got = std::move(response); });
        return got;
    }
    std::string metrics_page() const { return ask(*door, "GET", "/metrics").body; }

    KeptWorld world;
    Metrics metrics;
    StatusServer pages;
    std::unique_ptr<OperateDoor> door;
    std::vector<std::string> orders;
    std::string complaint;
};

const net::HttpHeader reader{"Authorization", "Bearer read-token-0123456789"};
const net::HttpHeader stranger{"Authorization", "Bearer wrong-token-0123456789"};

Tokens read_only() {
    return {{"grafana", {bridge::domain::Secret("read-token-0123456789"), Right::read}}};
}

/// Every name of a metric that a file of the project speaks of.
std::set<std::string> names_in(const std::string& path) {
    std::ifstream in(path);
    REQUIRE(in);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const std::regex name("(firebreak|process)_[a-z_]+[a-z]");
    std::set<std::string> names;
    for (std::sregex_iterator it(text.begin(), text.end(), name); it != std::sregex_iterator(); ++it) {
        names.insert(it->str());
    }
    return names;
}

/// What a page offers: names as they stand before their labels or value.
std::set<std::string> samples_of(const std::string& page) {
    std::set<std::string> names;
    std::istringstream lines(page);
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with('#')) {
            std::string name = line.substr(0, line.find_first_of("{ "));
            names.insert(name);
            if (name.ends_with("_bucket")) {
                name.resize(name.size() - std::string("_bucket").size());
                names.insert(name);  // a histogram as a whole
            }
        }
    }
    return names;
}

/// A bridge to which everything has happened that a metric counts.
std::string page_of_everything() {
    auto with = settings({target("hq")});
    with.canary = bridge::engine::CanarySettings{Indicator::parse("192.0.2.254").value(), 10min, 1min, {}};
    Site site(std::move(with));
    site.world.post("1", "203.0.113.5");
    site.world.fail();
    site.world.clock.run_for(10min);
    site.metrics.on_commit({.target = "hq", .succeeded = true, .details = "", .took = 20s});
    const bridge::domain::Block block{.target = "hq",
                                      .indicator = Indicator::parse("203.0.113.5").value(),
                                      .state = bridge::domain::BlockState::enforced,
                                      .reason = "",
                                      .alert = "",
                                      .since = {},
                                      .expires = {}};
    site.metrics.on_block({block, 30s, bridge::domain::BlockState::pushed});
    site.metrics.on_canary({.what = bridge::engine::CanarySeen::What::blocked,
                            .target = "hq",
                            .indicator = block.indicator,
                            .took = 10s,
                            .late = false,
                            .reason = ""});
    return site.metrics_page();
}

}  // namespace

TEST_CASE("metrics count alerts, notifications, acknowledgements and blocks") {
    Site site;
    CHECK(site.world.post("1", "203.0.113.5").status == 200);
    CHECK(site.world.post("2", "10.1.2.3").status == 200);
    const std::string page = site.metrics_page();
    CHECK_THAT(page, Catch::Contains(R"(firebreak_alerts_total{outcome="block",type="malware-callback"} 1)") &&
                         Catch::Contains(R"(firebreak_alerts_total{outcome="no_block",type="malware-callback"} 1)") &&
                         Catch::Contains(R"(firebreak_notifications_total{status="200"} 2)") &&
                         Catch::Contains("firebreak_acknowledgement_seconds_count 2") &&
                         Catch::Contains(R"(firebreak_blocks{state="wanted",target="hq"} 1)") &&
                         Catch::Contains(R"(firebreak_block_changes_total{state="wanted",target="hq"} 1)") &&
                         Catch::Contains(R"(firebreak_target_state{state="surveying",target="hq"} 1)") &&
                         Catch::Contains(R"(firebreak_target_state{state="idle",target="hq"} 0)") &&
                         Catch::Contains("firebreak_store_up 1") && Catch::Contains("firebreak_store_syncs_total 2") &&
                         Catch::Contains(R"(firebreak_build_info{version="1.2.3"} 1)") &&
                         Catch::Contains("firebreak_ready 1"));
}

TEST_CASE("metrics count calls by what became of them, and tell of certificates, sinks and the process") {
    Site site;
    site.world.fail();
    const std::string page = site.metrics_page();
    CHECK_THAT(
        page, Catch::Contains(R"(firebreak_api_calls_total{call="read_objects",result="unreachable",target="hq"} 1)") &&
                  Catch::Contains(R"(firebreak_target_state{state="waiting",target="hq"} 1)") &&
                  Catch::Contains(
                      R"(firebreak_certificate_not_after_timestamp_seconds{name="hq",use="target-ca"} 1800000000)") &&
                  Catch::Contains(R"(firebreak_audit_sink_up{sink="syslog"} 0)") &&
                  Catch::Contains(R"(firebreak_audit_events_dropped_total{sink="syslog"} 2)"));
    const std::regex memory("process_resident_memory_bytes ([0-9.e+]+)");
    std::smatch found;
    REQUIRE(std::regex_search(page, found, memory));
    CHECK(std::stod(found[1]) > 1e6);
    CHECK_THAT(page, Catch::Contains("process_cpu_seconds_total") && Catch::Contains("process_open_fds"));
}

TEST_CASE("time to block is observed when a block is enforced, per target") {
    const std::string page = page_of_everything();
    CHECK_THAT(page, Catch::Contains(R"(firebreak_time_to_block_seconds_bucket{target="hq",le="30"} 1)") &&
                         Catch::Contains(R"(firebreak_commits_total{result="succeeded",target="hq"} 1)") &&
                         Catch::Contains(R"(firebreak_canary_alarm{target="hq"} 1)") &&
                         Catch::Contains(R"(firebreak_canary_alarms_total{target="hq"} 1)") &&
                         Catch::Contains(R"(firebreak_canary_time_to_block_seconds_count{target="hq"} 1)"));
}

TEST_CASE("an outsider's word never becomes a label") {
    Site site;
    bridge::engine::AlertSeen seen;
    seen.type = bridge::domain::AlertType::other;
    seen.type_name = "an-outsiders-word";
    site.metrics.on_alert(seen);
    CHECK_THAT(site.metrics_page(), !Catch::Contains("an-outsiders-word") && Catch::Contains(R"(type="other")"));
}

TEST_CASE("every metric of the dashboard and of the alert rules is there, and the docs name every metric") {
    const std::set<std::string> samples = samples_of(page_of_everything());
    for (const char* const file : {"/deploy/monitoring/grafana-dashboard.json", "/deploy/monitoring/alerts.yaml"}) {
        const auto names = names_in(FIREBREAK_SOURCE_DIR + std::string(file));
        CHECK(names.size() > 5);
        for (const std::string& name : names) {
            INFO(file << ": " << name);
            CHECK(samples.contains(name));
        }
    }
    const auto documented = names_in(FIREBREAK_SOURCE_DIR "/docs/monitoring.md");
    for (std::string name : samples) {
        for (const char* const suffix : {"_bucket", "_sum", "_count"}) {
            if (name.ends_with(suffix)) {
                name.resize(name.size() - std::string(suffix).size());
            }
        }
        INFO(name);
        CHECK((name.starts_with("process_") || documented.contains(name)));
    }
}

TEST_CASE("ready is about the intake and the store: a target that is down changes nothing, a store that is does") {
    Site site;
    site.world.fail();
    CHECK(site.world.engine->targets().at(0).state == "waiting");
    CHECK(site.ask(*site.door, "GET", "/readyz").status == 200);
    site.world.store.full = true;
    const auto not_ready = site.ask(*site.door, "GET", "/readyz");
    CHECK(not_ready.status == 503);
    CHECK_THAT(not_ready.body, Catch::Contains("disk full"));
    CHECK(site.ask(*site.door, "GET", "/healthz").status == 200);
    CHECK_THAT(site.metrics_page(), Catch::Contains("firebreak_store_up 0"));
    site.world.store.full = false;
    CHECK(site.ask(*site.door, "GET", "/readyz").status == 200);
    site.pages.stop_being_ready();
    CHECK(site.ask(*site.door, "GET", "/readyz").status == 503);
    CHECK(site.ask(*site.door, "GET", "/healthz").status == 200);
}

TEST_CASE("an order is written down with who gave it and what became of it") {
    Site site;
    site.world.post("1", "203.0.113.5");
    CHECK(site.ask(*site.door, "POST", "/unblock?indicator=203.0.113.5").status == 200);
    CHECK(site.ask(*site.door, "POST", "/unblock?indicator=203.0.113.9").status == 404);
    REQUIRE(site.orders.size() == 2);
    CHECK_THAT(site.orders[0], Catch::StartsWith("uid 0 (root): POST /unblock?indicator=203.0.113.5 200"));
    CHECK_THAT(site.orders[1], Catch::Contains("404") && Catch::Contains("203.0.113.9 is not blocked"));
    CHECK(site.ask(*site.door, "GET", "/status").status == 200);
    CHECK(site.orders.size() == 2);
}

TEST_CASE("over TCP without tokens a listener reads and orders as it always did") {
    Site site;
    CHECK(site.ask(*site.door, "GET", "/status", {}, false).status == 200);
    CHECK(site.ask(*site.door, "GET", "/metrics", {}, false).status == 200);
    CHECK(site.ask(*site.door, "POST", "/release?indicator=203.0.113.9", {}, false).status == 404);
}

TEST_CASE("over TCP with tokens nothing but life and readiness is open, and what was tried is written down") {
    Site site(settings({target("hq")}), read_only());
    CHECK(site.ask(*site.door, "GET", "/healthz", {}, false).status == 200);
    CHECK(site.ask(*site.door, "GET", "/readyz", {}, false).status == 200);
    const auto refused = site.ask(*site.door, "GET", "/metrics", {}, false);
    CHECK(refused.status == 401);
    CHECK(refused.headers.back().name == "WWW-Authenticate");
    CHECK(site.ask(*site.door, "GET", "/status", {stranger}, false).status == 401);
    CHECK(site.ask(*site.door, "GET", "/status", {reader}, false).status == 200);
    CHECK(site.ask(*site.door, "POST", "/unblock?indicator=203.0.113.5", {reader}, false).status == 403);
    CHECK(site.ask(*site.door, "POST", "/reload", {reader}, false).status == 403);
    REQUIRE(site.orders.size() == 4);
    CHECK_THAT(site.orders[2], Catch::StartsWith("token grafana from 127.0.0.1: POST /unblock"));
    for (const std::string& order : site.orders) {
        CHECK_THAT(order, !Catch::Contains("reload by"));
        CHECK_THAT(order, !Catch::Contains("wrong-token"));
    }
    site.door->set_tokens({});
    CHECK(site.ask(*site.door, "GET", "/status", {}, false).status == 200);
}

TEST_CASE("a page in the operator's browser is refused on the socket's pages too") {
    Site site;
    CHECK(site.ask(*site.door, "POST", "/reload", {{"Origin", "https://evil.example"}}).status == 403);
    CHECK(site.orders.size() == 1);
}

TEST_CASE("a reload answers with every complaint") {
    Site site;
    CHECK(site.ask(*site.door, "POST", "/reload").status == 200);
    site.complaint = "bridge.yaml:1:1: no\nbridge.yaml:2:1: no";
    const auto refused = site.ask(*site.door, "POST", "/reload");
    CHECK(refused.status == 409);
    CHECK(boost::json::parse(refused.body).at("error").as_string() == site.complaint.c_str());
    CHECK(site.orders.at(0) == "reload by uid 0 (root)");
}

TEST_CASE("the monitor's listener shows three pages and takes no order") {
    Site site;
    MonitorDoor monitor(site.pages);
    for (const char* const page : {"/metrics", "/healthz", "/readyz"}) {
        CHECK(site.ask(monitor, "GET", page, {}, false).status == 200);
    }
    CHECK(site.ask(monitor, "HEAD", "/metrics", {}, false).status == 200);
    for (const char* const page : {"/status", "/blocks", "/alerts", "/payload?alert=1", "/metrics/", "/"}) {
        CHECK(site.ask(monitor, "GET", page, {}, false).status == 404);
    }
    CHECK(site.ask(monitor, "POST", "/unblock?indicator=203.0.113.5", {}, false).status == 405);
    CHECK(site.ask(monitor, "POST", "/metrics", {}, false).status == 405);
}

TEST_CASE("the trail tells what a block lived through, and nothing twice") {
    const test::TemporaryFolder folder;
    AuditSettings to_file;
    to_file.file = folder / "audit.jsonl";
    {
        KeptWorld world(settings({target("hq")}));
        AuditTrail trail(
            to_file, [&] { return world.clock.wall(); }, [](bool, const std::string&) {});
        world.engine->observe(trail);
        REQUIRE(world.engine->start());
        world.post("1", "203.0.113.5");
        world.engine->receive("<html/>", "192.0.2.9", [](const bridge::engine::Reception&) {});
        world.fail();
        world.engine->unblock(Indicator::parse("203.0.113.5").value(), {}, {"root", ""}, [](const auto&) {});
        trail.on_order("uid 0 (root)", "POST /unblock?indicator=203.0.113.5", 200, "{\"done\":true}");
    }
    std::istringstream lines(folder.text("audit.jsonl"));
    std::vector<std::string> events;
    std::vector<boost::json::value> rows;
    for (std::string line; std::getline(lines, line);) {
        rows.push_back(boost::json::parse(line));
        events.emplace_back(rows.back().at("event").as_string());
        CHECK(rows.back().at("sequence").to_number<std::size_t>() == rows.size());
    }
    CHECK(events ==
          std::vector<std::string>{"alert", "block", "notification-refused", "target-trouble", "expiry", "order"});
    REQUIRE(rows.size() == 6);
    CHECK(rows[0].at("blockable").as_array().at(0).as_string() == "203.0.113.5");
    CHECK(rows[0].at("appliance").as_string() == "nx1.example.com");
    CHECK(rows[1].at("target").as_string() == "hq");
    CHECK(rows[1].at("indicator").as_string() == "203.0.113.5");
    CHECK(rows[1].at("alert").as_string() == rows[0].at("alert").as_string());
    CHECK(rows[2].at("status").to_number<int>() == 400);
    CHECK(rows[2].at("peer").as_string() == "192.0.2.9");
    CHECK(rows[4].at("text").as_string() == "unblocked by root");
    CHECK(rows[5].at("who").as_string() == "uid 0 (root)");
}
