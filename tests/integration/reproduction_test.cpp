// Goal: what was decided once is decided again by whoever plays what was exported or imported, and a changed decision
// shows. Method: a bridge accepts notifications and exports them over its own status listener; the same ones are
// imported from a HAR, from raw HTTP and from packets; each scenario is then played by the lab in virtual time.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include "../unit/sim/lab/capture/packets.hpp"
#include "bridge/operate/client/client.hpp"
#include "bridge/operate/config/config.hpp"
#include "bridge/operate/loop_clock.hpp"
#include "bridge/operate/page/status_server.hpp"
#include "bridge/store/sqlite_store.hpp"
#include "net/http_server.hpp"
#include "sim/fireeye/matrix.hpp"
#include "sim/fireeye/notification.hpp"
#include "sim/lab/capture/import.hpp"
#include "sim/lab/play/player.hpp"
#include "sim/lab/real/loop_thread.hpp"
#include "sim/lab/story/scenario_reader.hpp"
#include "sim/lab/virtual/virtual_world.hpp"
#include "temporary_folder.hpp"

namespace {

namespace fs = std::filesystem;
using bridge::reproduction::Scrubbing;
using sim::lab::Imported;
using sim::lab::Outcome;

class Folder : public test::TemporaryFolder {
public:
    std::string path(const std::string& name = "") const { return *this / name; }
    std::string put(const std::string& name, const std::string& bytes) const { return keep(name, bytes); }
    std::string read(const std::string& name) const {
        std::ifstream in(*this / name, std::ios::binary);
        REQUIRE(in);
        return {std::istreambuf_iterator<char>(in), {}};
    }
};

const std::string callback =
    R"(<?xml version="1.0"?><alerts appliance="fe7.acme.test" appliance-id="000BABDDC3B9" product="Web MPS" msg="normal">)"
    R"(<alert id="2001" name="malware-callback" severity="crit"><explanation><cnc-services><cnc-service port="443" protocol="tcp">)"
    R"(<address>45.9.148.3</address><channel>GET /x HTTP/1.1::~~Host: 45.9.148.3::~~Cookie: session=q1w2e3::~~X-Client: 10.44.3.2::~~::~~</channel>)"
    R"(</cnc-service><cnc-service port="80" protocol="tcp"><address>drop.evil.test</address></cnc-service>)"
    R"(<cnc-service port="80" protocol="tcp"><address>cdn.partner.test</address></cnc-service></cnc-services></explanation>)"
    R"(<src><ip>10.44.3.2</ip><host>pc-miller.acme.test</host></src><dst><ip>45.9.148.3</ip></dst>)"
    R"(<alert-url>https://fe7.acme.test/event_stream/events_for_bot?ev_id=2001</alert-url></alert></alerts>)";

/// Behind a CM, in the direction that only the configuration tells; the victim has a public address of the site.
const std::string ips =
    R"({"msg":"normal","product":"CMS","appliance":"cm1.acme.test","version":"9.0.3.1","alert":{"id":77,"name":"ips-event","severity":"crit",)"
    R"("appliance-id":"00:0B:AB:DD:C3:11","sensor":"fe9.acme.test","sensor-ip":"151.20.1.9","product":"Web MPS","src":{"ip":"151.20.1.80","port":443},)"
    R"("dst":{"ip":"45.9.148.77","port":51234},"explanation":{"ips-detected":{"attack-mode":"server","sig-name":"SQL Injection"}}}})";

const std::string two =
    R"({"msg":"normal","product":"Web MPS","appliance":"fe7.acme.test","alert":[{"id":3,"name":"web-infection","severity":"minr","src":{"ip":"10.44.3.3"},"dst":{"ip":"45.9.148.9"}},)"
    R"({"id":4,"name":"infection-match","severity":"crit","src":{"ip":"10.44.3.4"},"dst":{"ip":"45.9.148.10"}}]})";

const std::string configuration = R"(
operate: {listen: 127.0.0.1:0}
policy: {allow: ["*.partner.test", 151.20.0.0/16], min_severity: majr}
appliances: {"00:0b:ab:dd:c3:11": {ips_direction: normalized}}
site: {networks: [151.20.0.0/16]}
)";

bridge::operate::Config config(const Folder& folder) {
    auto read = bridge::operate::read_config(configuration + "store: journal.db\n", folder.path("bridge.yaml"));
    if (!read) {
        FAIL(read.error());
    }
    return std::move(*read);
}

bridge::reproduction::Rules rules(const Folder& folder) {
    const bridge::operate::Config read = config(folder);
    return {read.engine.policy, read.engine.reading};
}

/// A bridge without targets, on a thread of its own, with its status listener.
class RunningBridge {
public:
    explicit RunningBridge(const Folder& folder) : config_(config(folder)), clock_(thread_.loop()) {
        bridge::store::SqliteOptions options;
        options.path = config_.store;
        options.post = [this](std::function<void()> task) { thread_.loop().post(std::move(task)); };
        auto opened = bridge::store::SqliteStore::open(std::move(options));
        REQUIRE(opened);
        store_ = std::move(*opened);
        thread_.run([this] {
            engine_ = std::make_unique<bridge::engine::Engine>(
                config_.engine, clock_, *store_,
                [](const auto&, std::size_t) { return std::unique_ptr<bridge::panos::Transport>(); },
                [](const auto&) {});
            status_ = std::make_unique<bridge::operate::StatusServer>(*engine_, *store_);
            auto server = net::HttpServer::listen(thread_.loop(), *config_.operate.listen, *status_);
            if (server) {
                server_ = std::move(*server);
            }
        });
        REQUIRE(server_ != nullptr);
        config_.operate.listen->port = server_->port();
    }
    ~RunningBridge() {
        thread_.run([this] {
            server_.reset();
            status_.reset();
            engine_.reset();
        });
        store_.reset();
    }
    RunningBridge(const RunningBridge&) = delete;
    RunningBridge& operator=(const RunningBridge&) = delete;

    unsigned accept(const std::string& payload) {
        std::promise<unsigned> answered;
        thread_.loop().post([&] {
            engine_->receive(payload, "test",
                             [&](const bridge::engine::Reception& reception) { answered.set_value(reception.status); });
        });
        return answered.get_future().get();
    }

    const bridge::operate::Config& configured() const { return config_; }

private:
    bridge::operate::Config config_;
    sim::lab::LoopThread thread_;
    bridge::operate::LoopClock clock_;
    std::unique_ptr<bridge::store::Store> store_;
    std::unique_ptr<bridge::engine::Engine> engine_;
    std::unique_ptr<bridge::operate::StatusServer> status_;
    std::unique_ptr<net::HttpServer> server_;
};

Outcome played(const std::string& file) {
    const auto scenario = sim::lab::load_scenario(file);
    if (!scenario) {
        FAIL(scenario.error().front());
    }
    REQUIRE_FALSE(sim::lab::why_not_virtual(*scenario));
    const auto world = sim::lab::make_virtual_world(*scenario, 1);
    return sim::lab::play(*scenario, *world);
}

void check_passes(const Folder& folder, const std::string& name) {
    INFO(folder.read(name));
    const Outcome outcome = played(folder.path(name));
    INFO(outcome.message);
    CHECK(outcome.result == sim::lab::Result::passed);
}

/// The scenario with one text in it changed must fail.
void check_fails_with(const Folder& folder, const std::string& name, const std::string& from, const std::string& to) {
    std::string scenario = folder.read(name);
    const std::size_t at = scenario.find(from);
    INFO(scenario);
    REQUIRE(at != std::string::npos);
    scenario.replace(at, from.size(), to);
    folder.put("changed.yaml", scenario);
    const Outcome outcome = played(folder.path("changed.yaml"));
    INFO(from << " -> " << to << ": " << outcome.message);
    CHECK(outcome.result == sim::lab::Result::failed);
}

void check_holds_nothing_of_ours(const std::string& text) {
    for (const char* ours :
         {"acme", "fe7", "fe9", "cm1", "miller", "10.44.", "151.20.", "partner", "q1w2e3", "ABDDC3", "AB:DD:C3"}) {
        INFO(ours);
        CHECK(text.find(ours) == std::string::npos);
    }
}

std::string http(const std::string& body) {
    return fmt::format("POST /token-in-path HTTP/1.1\r\nHost: bridge.acme.test\r\nContent-Length: {}\r\n\r\n{}",
                       body.size(), body);
}

const std::string ok_answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

}  // namespace

TEST_CASE("export: an accepted notification plays as it was decided, and holds nothing of ours",
          "[integration][export]") {
    const Folder folder;
    RunningBridge bridge(folder);
    REQUIRE(bridge.accept(callback) == 200);
    REQUIRE(bridge.accept(ips) == 200);
    REQUIRE(bridge.accept(two) == 200);
    std::ostringstream out;
    std::ostringstream errors;
    for (const char* name : {"1", "000babddc311/ips-event/77", "4"}) {
        INFO(name);
        const int code = bridge::operate::export_alert(bridge.configured(), name, folder.path(), false, out, errors);
        INFO(errors.str());
        CHECK(code == 0);
    }
    CHECK(errors.str().empty());
    for (const std::string name : {"alert-1", "alert-2", "alert-4"}) {
        check_passes(folder, name + ".yaml");
        check_holds_nothing_of_ours(folder.read(name + ".yaml"));
        check_holds_nothing_of_ours(folder.read(name + (name == "alert-1" ? ".xml" : ".json")));
    }
    const std::string first = folder.read("alert-1.yaml");
    CHECK_THAT(first, Catch::Contains("blocked: [45.9.148.3, drop.evil.test]"));
    CHECK_THAT(first, Catch::Contains("not_blocked: [10.0.0.1, host-2.internal-2.example]") ||
                          Catch::Contains("not_blocked: [10.0.0.1, host-1.internal-1.example]"));
    CHECK_THAT(folder.read("alert-2.yaml"),
               Catch::Contains("blocked: 45.9.148.77") && Catch::Contains("ips_direction: normalized"));
    CHECK_THAT(folder.read("alert-4.yaml"),
               Catch::Contains("min_severity: majr") && Catch::Contains("blocked: 45.9.148.10"));
}

TEST_CASE("export: a decision that changes makes the scenario fail", "[integration][export]") {
    const Folder folder;
    RunningBridge bridge(folder);
    REQUIRE(bridge.accept(callback) == 200);
    REQUIRE(bridge.accept(ips) == 200);
    REQUIRE(bridge.accept(two) == 200);
    std::ostringstream ignored;
    for (const char* number : {"1", "2", "3"}) {
        REQUIRE(bridge::operate::export_alert(bridge.configured(), number, folder.path(), false, ignored, ignored) ==
                0);
    }
    check_fails_with(folder, "alert-1.yaml", "not_blocked: [10.0.0.1", "not_blocked: [45.9.148.3");
    check_fails_with(folder, "alert-1.yaml", "blocked: [45.9.148.3", "blocked: [10.0.0.1");
    check_fails_with(folder, "alert-1.yaml", "commits: 1", "commits: 0");
    check_fails_with(folder, "alert-2.yaml", "normalized", "traffic");
    check_fails_with(folder, "alert-3.yaml", "min_severity: majr", "min_severity: crit, types: [web-infection]");
    check_fails_with(folder, "alert-3.yaml", "answered: 200", "answered: 400");
}

TEST_CASE("export: what cannot be told apart or is not there is said", "[integration][export]") {
    const Folder folder;
    std::ostringstream out;
    std::ostringstream errors;
    bridge::operate::Config configured = config(folder);
    {
        RunningBridge bridge(folder);
        configured = bridge.configured();
        REQUIRE(bridge.accept(two) == 200);
        std::string again = two;
        again.replace(again.find("infection-match"), 15, "malware-callbak");
        REQUIRE(bridge.accept(again) == 200);
        CHECK(bridge::operate::export_alert(configured, "77", folder.path(), false, out, errors) == 1);
        CHECK_THAT(errors.str(), Catch::Contains("the journal has no alert '77'"));
        CHECK(bridge::operate::export_alert(configured, "4", folder.path(), false, out, errors) == 1);
        CHECK_THAT(errors.str(), Catch::Contains("several alerts are called '4'"));
    }
    errors.str("");
    CHECK(bridge::operate::export_alert(configured, "1", folder.path(), false, out, errors) == 1);
    CHECK_THAT(errors.str(), Catch::Contains("does the bridge run") && Catch::Contains("firebreak-lab import"));
}

TEST_CASE("import: HAR, raw HTTP and packets lead to the same scenario, which passes", "[integration][import]") {
    const Folder folder;
    std::string har = R"({"log":{"entries":[)";
    for (const std::string* payload : {&callback, &ips}) {
        std::string escaped;
        for (const char c : *payload) {
            escaped += c == '"' || c == '\\' ? "\\" + std::string(1, c) : std::string(1, c);
        }
        har += fmt::format(
            R"({}{{"request":{{"method":"POST","url":"https://bridge.acme.test/","postData":{{"text":"{}"}}}},"response":{{"status":200}}}})",
            payload == &callback ? "" : ",", escaped);
    }
    har += "]}}";
    packets::Connection first(false, 40001);
    packets::Connection second(true, 40002);
    for (const auto& [connection, payload] : {std::pair(&first, &callback), std::pair(&second, &ips)}) {
        connection->opens();
        connection->client_says(http(*payload), 300);
        connection->server_says(ok_answer);
        connection->closes();
    }
    std::vector<std::string> frames = first.frames;
    frames.insert(frames.end(), second.frames.begin(), second.frames.end());
    const std::vector<std::string> recordings = {
        folder.put("r.har", har), folder.put("r.http", http(callback) + ok_answer + http(ips) + ok_answer),
        folder.put("r.pcap", packets::file_of(frames))};
    std::string payload;
    for (const std::string& recording : recordings) {
        INFO(recording);
        const Folder made;
        const Imported imported =
            sim::lab::import_captures({recording}, std::nullopt, rules(folder), Scrubbing::everything);
        CHECK(imported.unusable.empty());
        REQUIRE(imported.reproductions.size() == 2);
        REQUIRE(bridge::reproduction::save(imported.reproductions, made.path()));
        for (const char* name : {"r-1.yaml", "r-2.yaml"}) {
            check_passes(made, name);
            check_holds_nothing_of_ours(made.read(name));
        }
        check_holds_nothing_of_ours(made.read("r-1.xml") + made.read("r-2.json"));
        check_fails_with(made, "r-1.yaml", "blocked: [45.9.148.3", "blocked: [45.9.148.4");
        CHECK((payload.empty() || payload == made.read("r-1.xml")));
        payload = made.read("r-1.xml");
    }
}

TEST_CASE("import: every cell that the mock appliance knows plays as it was decided", "[integration][import]") {
    const Folder folder;
    std::vector<std::string> files;
    std::set<std::string> seen;
    for (const auto& cell : sim::fireeye::matrix()) {
        const std::string name = cell.product + "-" + cell.format + "-" + cell.type;
        if (!seen.insert(name).second) {
            continue;  // of another version
        }
        sim::fireeye::Incident incident;
        incident.type = cell.type;
        incident.attacker = cell.type == "domain-match" ? "cnc.evil.test" : "45.9.148.3";
        incident.victim = "10.44.3.2";
        incident.id = 4711;
        incident.occurred = std::chrono::sys_days(std::chrono::year(2024) / 5 / 1);
        incident.resolver = "10.44.0.53";
        const auto rendered =
            sim::fireeye::render({"fe7.acme.test", cell.product, cell.version, cell.format}, {&incident, 1});
        if (rendered) {
            files.push_back(folder.put(name, rendered->body));
        }
    }
    REQUIRE(files.size() > 50);
    const Imported imported = sim::lab::import_captures(files, std::nullopt, {}, Scrubbing::everything);
    for (const auto& one : imported.unusable) {
        UNSCOPED_INFO(one.place << ": " << one.reason);
    }
    CHECK(imported.unusable.empty());
    CHECK(imported.reproductions.size() == files.size());
    const Folder made;
    REQUIRE(bridge::reproduction::save(imported.reproductions, made.path()));
    for (const auto& one : imported.reproductions) {
        check_passes(made, one.scenario_file);
        CHECK(one.payload.find("10.44.") == std::string::npos);
        CHECK(one.payload.find("acme") == std::string::npos);
    }
}
