#include "bridge/lists/list_server.hpp"

#include <catch2/catch.hpp>

using namespace bridge;
using namespace bridge::domain;
using namespace std::chrono_literals;
using Catch::Contains;
using Catch::StartsWith;

namespace {

class HandClock : public engine::Clock {
public:
    WallTime wall() const override { return WallTime(std::chrono::sys_days{std::chrono::year{2026} / 6 / 1}) + passed; }
    Instant now() const override { return Instant(passed); }
    std::unique_ptr<engine::Alarm> at(Instant, std::function<void()>) override {
        return std::make_unique<engine::Alarm>();
    }
    void post(std::function<void()> task) override { task(); }

    std::chrono::milliseconds passed{1000};
};

/// Has some blocks at the start, and keeps what becomes of them.
class HandStore : public store::Store {
public:
    std::vector<Block> blocks;
    std::map<Indicator, BlockState> states;

    void accept(store::Acceptance, Done done) override { done(store::Accepted{0, 0}); }
    void record(std::vector<BlockChange> changes) override {
        for (const BlockChange& change : changes) {
            states.insert_or_assign(change.indicator, change.state);
        }
    }
    void note(store::Notes notes, std::function<void(Result<void>)> done) override {
        record(std::move(notes.changes));
        if (done) {
            done({});
        }
    }
    Result<std::vector<StandingOrder>> load_orders() override { return std::vector<StandingOrder>{}; }
    void history_of(store::HistoryQuestion, std::function<void(Result<store::History>)> done) override {
        done(store::History{});
    }
    Result<std::vector<Block>> load_blocks() override { return blocks; }
    Result<std::vector<store::JournalRow>> newest_alerts(std::size_t) override {
        return std::vector<store::JournalRow>{};
    }
    Result<std::vector<store::JournalRow>> alerts_called(const std::string&, std::size_t) override {
        return std::vector<store::JournalRow>{};
    }
    Result<std::optional<store::StoredNotification>> notification_of(std::uint64_t) override { return std::nullopt; }
    std::string trouble() const override { return ""; }
};

Indicator indicator(const std::string& text) {
    return Indicator::parse(text).value();
}

struct World {
    explicit World(const std::vector<std::string>& blocked = {"203.0.113.5", "203.0.113.20", "evil.example"}) {
        for (const std::string& text : blocked) {
            store.blocks.push_back({.target = "edge",
                                    .indicator = indicator(text),
                                    .state = BlockState::wanted,
                                    .reason = "",
                                    .alert = "",
                                    .since = {},
                                    .expires = clock.wall() + 24h,
                                    .repeats = 0});
        }
        engine::EngineSettings settings;
        for (const char* name : {"edge", "branch"}) {
            engine::TargetSettings target;
            target.name = name;
            target.way = engine::Way::list;
            settings.targets.push_back(target);
        }
        const auto listener = [this](const engine::Happening& happening) { told.push_back(happening.text); };
        engine = std::make_unique<engine::Engine>(
            settings, clock, store, [](const engine::TargetSettings&, std::size_t) { return nullptr; }, listener);
        REQUIRE(engine->start());
        server = std::make_unique<lists::ListServer>(
            lists::Tokens{{"edge", Secret("correct-horse")}, {"branch", Secret("battery-staple")}}, *engine, clock,
            listener);
    }

    net::HttpResponse ask(const std::string& path, const std::string& credentials = edge,
                          const std::string& method = "GET", const std::string& if_none_match = "") {
        net::HttpRequest request;
        request.method = method;
        request.target = path;
        request.peer = "192.0.2.1";
        if (!credentials.empty()) {
            request.headers.push_back({"Authorization", credentials});
        }
        if (!if_none_match.empty()) {
            request.headers.push_back({"If-None-Match", if_none_match});
        }
        if (auto refused = server->on_header(request)) {
            return *refused;
        }
        net::HttpResponse answer;
        server->on_request(request, [&answer](net::HttpResponse response) { answer = std::move(response); });
        return answer;
    }

    void unblock(const std::string& text) {
        std::optional<bool> done;
        engine->unblock(indicator(text), {}, {"alice", ""},
                        [&done](const Result<engine::Outcome>& result) { done = result.has_value(); });
        CHECK(done == true);
    }

    static inline const std::string edge = "Basic ZWRnZTpjb3JyZWN0LWhvcnNl";  // edge:correct-horse

    HandClock clock;
    HandStore store;
    std::vector<std::string> told;
    std::unique_ptr<engine::Engine> engine;
    std::unique_ptr<lists::ListServer> server;
};

std::string header(const net::HttpResponse& response, const std::string& name) {
    for (const net::HttpHeader& each : response.headers) {
        if (each.name == name) {
            return each.value;
        }
    }
    return "";
}

}  // namespace

TEST_CASE("a firewall with the token gets the page, and that proves its blocks") {
    World world;
    const auto ip = world.ask("/edge/ip.txt");
    CHECK(ip.status == 200);
    CHECK(ip.body == "240.0.0.0\n203.0.113.5\n203.0.113.20\n");
    CHECK_THAT(header(ip, "Content-Type"), StartsWith("text/plain"));
    CHECK(header(ip, "Last-Modified") == "Mon, 01 Jun 2026 00:00:01 GMT");
    CHECK(world.store.states.at(indicator("203.0.113.5")) == BlockState::enforced);
    CHECK(world.store.states.at(indicator("evil.example")) == BlockState::pushed);
    CHECK(world.ask("/edge/domain.txt?x=1").body == "firebreak.invalid\nevil.example\n");
    CHECK(world.store.states.at(indicator("evil.example")) == BlockState::enforced);
    CHECK(world.ask("/edge/url.txt").body == "firebreak.invalid/\nevil.example/\n");
}

TEST_CASE("a page that has not changed is answered with 304, and that proves as much") {
    World world;
    const auto head = world.ask("/edge/ip.txt", World::edge, "HEAD");
    CHECK(head.status == 200);
    CHECK(world.store.states.at(indicator("203.0.113.5")) == BlockState::pushed);  // HEAD proves nothing
    const std::string etag = header(head, "ETag");
    CHECK(etag.size() == 34);
    const auto same = world.ask("/edge/ip.txt", World::edge, "GET", "W/\"x\", " + etag);
    CHECK(same.status == 304);
    CHECK(same.body.empty());
    CHECK(header(same, "ETag") == etag);
    CHECK(world.store.states.at(indicator("203.0.113.5")) == BlockState::enforced);
    CHECK(world.ask("/edge/ip.txt", World::edge, "GET", "\"other\"").status == 200);
}

TEST_CASE("the tag changes with the page and comes back with it, restarts included") {
    World world;
    const std::string before = header(world.ask("/edge/ip.txt"), "ETag");
    world.clock.passed += 10s;
    world.unblock("203.0.113.20");
    const auto changed = world.ask("/edge/ip.txt", World::edge, "GET", before);
    CHECK(changed.status == 200);
    CHECK(changed.body == "240.0.0.0\n203.0.113.5\n");
    CHECK(header(changed, "Last-Modified") == "Mon, 01 Jun 2026 00:00:11 GMT");
    World again({"203.0.113.5"});
    CHECK(header(again.ask("/edge/ip.txt"), "ETag") == header(changed, "ETag"));
    CHECK(header(world.ask("/edge/domain.txt"), "ETag") != before);
}

TEST_CASE("nothing is told without the right token, not even whether a target exists") {
    World world;
    const auto none = world.ask("/edge/ip.txt", "");
    CHECK(none.status == 401);
    CHECK_THAT(header(none, "WWW-Authenticate"), StartsWith("Basic"));
    const auto wrong = world.ask("/edge/ip.txt", "Basic ZWRnZTpjb3JyZWN0LWhvcnN5");     // edge:correct-horsy
    const auto stranger = world.ask("/mars/ip.txt", "Basic bWFyczpjb3JyZWN0LWhvcnNl");  // mars:correct-horse
    const auto nobody = world.ask("/mars/ip.txt", "Basic bWFyczpvZiBub2JvZHk=");        // mars:of nobody
    const auto empty = world.ask("/edge/ip.txt", "Basic ZWRnZTo=");                     // edge:
    for (const auto* answer : {&wrong, &stranger, &nobody, &empty}) {
        CHECK(answer->status == 401);
        CHECK(answer->body == none.body);
    }
    CHECK(world.store.states.at(indicator("203.0.113.5")) == BlockState::pushed);
    for (const std::string& line : world.told) {
        CHECK_THAT(line, !Contains("correct-hors") && !Contains("ZWRnZ"));
    }
}

TEST_CASE("a target's token opens its own pages only") {
    World world;
    CHECK(world.ask("/branch/ip.txt").status == 403);
    CHECK(world.ask("/branch/ip.txt", "Basic YnJhbmNoOmJhdHRlcnktc3RhcGxl").status == 200);  // branch:battery-staple
}

TEST_CASE("what is no page is not found, and lists are only fetched") {
    World world;
    const char* path = GENERATE("/", "/edge", "/edge/", "/edge/ip", "/edge/ips.txt", "/edge/x/ip.txt",
                                "/edge/../edge/ip.txt", "edge/ip.txt", "//ip.txt", "/edge/ip.txt/");
    INFO(path);
    CHECK(world.ask(path).status >= 403);
    CHECK(world.ask(path).status <= 404);
    const auto post = world.ask("/edge/ip.txt", World::edge, "POST");
    CHECK(post.status == 405);
    CHECK(header(post, "Allow") == "GET, HEAD");
}

TEST_CASE("an If-None-Match is a list of tags, weak ones too, or a star") {
    CHECK(lists::names_tag("\"a\"", "\"a\""));
    CHECK(lists::names_tag(" \"b\" ,W/\"a\"", "\"a\""));
    CHECK(lists::names_tag("*", "\"a\""));
    CHECK_FALSE(lists::names_tag("", "\"a\""));
    CHECK_FALSE(lists::names_tag("\"b\", a", "\"a\""));
    CHECK_FALSE(lists::names_tag(",,,", "\"a\""));
}
