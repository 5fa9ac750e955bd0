#include "sim/lab/story/scenario_reader.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using namespace sim::lab;

namespace {

constexpr const char* head =
    "scenario: A story\n"
    "firewalls:\n"
    "  hq: {version: \"10.1\", commit_time: 2s, administrators: [alice]}\n"
    "appliances:\n"
    "  nx1: {product: nx, version: \"9.0\", format: xml-normal, user: fireeye, password: wolke-7}\n"
    "bridge:\n"
    "  targets: [hq]\n"
    "steps:\n";  // line 8; steps begin on line 9

Scenario story(const std::string& steps) {
    auto read = read_scenario(head + steps, "s.yaml");
    if (!read) {
        for (const std::string& line : read.error()) {
            UNSCOPED_INFO(line);
        }
    }
    REQUIRE(read);
    return *read;
}

Complaints complaints(const std::string& steps) {
    const auto read = read_scenario(head + steps, "s.yaml");
    REQUIRE_FALSE(read);
    return read.error();
}

}  // namespace

TEST_CASE("scenario: a story in the design's words is read whole", "[lab]") {
    const Scenario scenario = story(
        "  - send: {from: nx1, type: malware-callback, attacker: \"203.0.113.{1..200}\", victim: 192.0.2.10, rate: "
        "500/s}\n"
        "  - expect: {firewall: hq, within: 6s, blocked: \"203.0.113.{1..200}\"}\n"
        "  - expect: {firewall: hq, commits: 2, api_calls: {max: 12}}\n"
        "  - expect: {firewall: hq, traffic: {from: 192.0.2.10, to: 203.0.113.7}, verdict: deny}\n"
        "  - fault: {firewall: hq, on: commit, answer: lock-held-by-other-admin, times: 3}\n"
        "  - kill: bridge\n"
        "  - start: bridge\n");

    CHECK(scenario.title == "A story");
    CHECK(scenario.firewall("hq")->commit_time == 2s);
    REQUIRE(scenario.steps.size() == 7);
    const auto& send = std::get<Send>(scenario.steps[0].action);
    CHECK(send.attackers.size() == 200);
    CHECK(send.rate_per_s == Approx(500));
    const auto& counted = std::get<Expect>(scenario.steps[2].action);
    CHECK(counted.firewall->commits->holds(2));
    CHECK_FALSE(counted.firewall->commits->holds(3));
    CHECK(counted.firewall->api_calls->holds(12));
    CHECK_FALSE(counted.firewall->api_calls->holds(13));
    CHECK(std::get<Expect>(scenario.steps[3].action).firewall->verdict_deny);
    CHECK(std::get<SetFault>(scenario.steps[4].action).fault.times == 3U);
    CHECK(std::get<Power>(scenario.steps[5].action).verb == PowerVerb::kill);
    CHECK(std::get<Power>(scenario.steps[6].action).firewall.empty());
}

TEST_CASE("scenario: every error of a file is reported at once, in the file's order", "[lab]") {
    const Complaints said = complaints(
        "  - send: {from: nx1, attakcer: 203.0.113.5}\n"
        "  - expect: {firewall: qh, blocked: 203.0.113.5, within: soon}\n"
        "  - expcet: {firewall: hq}\n");

    REQUIRE(said.size() == 5);
    CHECK(said[0] ==
          "s.yaml:9:11: steps[0].send.attacker: a send needs one of attacker, file, body, test_fire and "
          "incidents, and only one");
    CHECK(said[1] == "s.yaml:9:23: steps[0].send.attakcer: unknown key (did you mean 'attacker'?)");
    CHECK_THAT(said[2], Catch::StartsWith("s.yaml:10:24: steps[1].expect.firewall: there is no firewall 'qh'"));
    CHECK_THAT(said[3], Catch::StartsWith("s.yaml:10:58: steps[1].expect.within: 'soon' is no duration"));
    CHECK(said[4] == "s.yaml:11:5: steps[2].expcet: unknown key (did you mean 'expect'?)");
}

TEST_CASE("scenario: what makes no sense is an error that says what would", "[lab]") {
    struct Row {
        const char* step;
        const char* says;
    };
    const Row row = GENERATE(
        Row{"send: {from: nx2, attacker: 203.0.113.5}", "there is no appliance 'nx2' (did you mean 'nx1'?)"},
        Row{"send: {from: nx1, attacker: 203.0.113.555}", "neither an address nor a domain name"},
        Row{"send: {from: nx1, file: payloads/none.xml}", "there is no file 'payloads/none.xml'"},
        Row{"send: {from: nx1, attacker: \"203.0.113.{9..1}\"}", "is no range"},
        Row{"send: {attacker: 203.0.113.5}", "send.from: is missing"},
        Row{"send: {from: nx1, attacker: 203.0.113.5, fault: ctu:400}", "'ctu:400' is not one of cut:BYTES"},
        Row{"send: {from: nx1, attacker: 203.0.113.5, through: nx1}", "there is no appliance 'nx1' that is a cm"},
        Row{"send: {from: nx1, attacker: 203.0.113.5, dual: true}", "only ips events are sent twice"},
        Row{"send: {from: nx1, attacker: 203.0.113.5, now: true}", "it needs a file or a body"},
        Row{"send: {from: nx1, body: x, replace: [a]}", "must be a map of texts to texts"},
        Row{"send: {from: nx1, body: x, test_fire: true}", "and only one"},
        Row{"send: {from: nx1, test_fire: true, type: malware-calback}", "is not one of malware-callback"},
        Row{"send: {from: nx1, attacker: 203.0.113.5, resend: 5000}", "must be at most 1000"},
        Row{"send: {from: nx1, incidents: none.yaml}", "there is no file 'none.yaml'"},
        Row{"send: {from: nx1, attacker: 203.0.113.5, answered: yes-please}", "is no HTTP status"},
        Row{"expect: {within: 3s}", "must be about one of: firewall, bridge (or block, why), sent"},
        Row{"expect: {firewall: hq}", "nothing is expected of it"},
        Row{"expect: {blocked: 203.0.113.5, bridge: {alerts.accepted: 1}}", "is asked of a firewall"},
        Row{"expect: {firewall: hq, traffic: {from: 192.0.2.1, to: 203.0.113.5}}",
            "traffic and verdict belong together"},
        Row{"expect: {firewall: hq, commits: two}", "'two' is no number"},
        Row{"expect: {firewall: hq, commits: {min: 3, max: 1}}", "is no number"},
        Row{"expect: {firewall: hq, pending: {by: alcie}}", "did you mean 'alice'?"},
        Row{"fault: {firewall: hq, on: commit}", "nothing goes wrong here"},
        Row{"fault: {firewall: hq, on: comit, answer: busy}", "did you mean 'commit'?"},
        Row{"fault: {firewall: hq, on: commit, answer: bizzy}", "answer 'bizzy' is not one of"},
        Row{"lock: {firewall: hq, by: bob}", "'hq' has no administrator 'bob'"},
        Row{"lock: {firewall: hq, by: alice, kind: committ}", "did you mean 'commit'?"},
        Row{"edit: {firewall: hq, by: alice, xpath: /config/shared}", "edit.element: is missing"},
        Row{"kill: firewall", "is none of bridge"}, Row{"wait: 7d", "only waited for in the virtual world"},
        Row{"{kill: bridge, start: bridge}", "a step has one key, this has 2"});

    const Complaints said = complaints(std::string("  - ") + row.step + "\n");

    INFO(row.step);
    CHECK_THAT(said.front(), Catch::Contains(row.says));
    CHECK_THAT(said.front(), Catch::StartsWith("s.yaml:9:"));
}

TEST_CASE("scenario: without targets the bridge blocks on every firewall", "[lab]") {
    const auto read = read_scenario(
        "scenario: Two\nfirewalls:\n  hq:\n  branch: {prepared: false}\nsteps:\n  - start: bridge\n", "s.yaml");

    REQUIRE(read);
    REQUIRE(read->bridge.targets.size() == 2);
    CHECK(read->bridge.targets[1].firewall == "branch");
    CHECK_FALSE(read->firewall("branch")->prepared);
}

TEST_CASE("scenario: the bridge's users take their passwords from the appliances", "[lab]") {
    const auto read = read_scenario(
        "scenario: Login\nfirewalls: {hq: {}}\nappliances: {nx1: {user: fireeye, password: wolke-7}}\n"
        "bridge: {intake: {users: [fireeye], limits: {body: 64KiB}}}\nsteps: []\n",
        "s.yaml");

    REQUIRE(read);
    REQUIRE(read->bridge.users.size() == 1);
    CHECK(read->bridge.users[0].password == "wolke-7");
    REQUIRE(read->bridge.intake.size() == 1);
    CHECK(read->bridge.intake[0].key == "limits");
}

TEST_CASE("scenario: a password does not stand in what is told of a step", "[lab]") {
    const Scenario scenario =
        story("  - send: {from: nx1, attacker: 203.0.113.5, password: secret-9, answered: 401}\n");

    CHECK_THAT(scenario.steps[0].told, !Catch::Contains("secret-9") && Catch::Contains("answered: 401"));
}

TEST_CASE("scenario: a send whose answer the next step looks at is not judged by itself", "[lab]") {
    const Scenario scenario = story(
        "  - send: {from: nx1, attacker: 203.0.113.5}\n"
        "  - expect: {sent: {status: 401}}\n"
        "  - send: {from: nx1, attacker: 203.0.113.5}\n");

    CHECK(std::get<Send>(scenario.steps[0].action).judged_later);
    CHECK_FALSE(std::get<Send>(scenario.steps[2].action).judged_later);
}

TEST_CASE("scenario: facts of the bridge's status may be nested or dotted", "[lab]") {
    const Scenario scenario = story(
        "  - expect: {within: 2s, bridge: {targets.hq.state: idle, alerts: {rejected: {max: 1}}, "
        "targets: {hq: {reason: {contains: lock}}}}}\n");

    const auto& facts = std::get<Expect>(scenario.steps[0].action).bridge->facts;
    REQUIRE(facts.size() == 3);
    CHECK(facts[0].path == std::vector<std::string>{"targets", "hq", "state"});
    CHECK(facts[0].value == "idle");
    CHECK(facts[1].path == std::vector<std::string>{"alerts", "rejected"});
    CHECK(facts[1].range->max == 1);
    CHECK(facts[2].contains == "lock");
}

TEST_CASE("scenario: a nonsense of a file never gets past as a scenario", "[lab]") {
    const std::string text = GENERATE("", "[]", "x", "scenario: a\n", "scenario: a\nfirewalls: 3\nsteps: no\n",
                                      "scenario: [a]\nfirewalls: {hq: []}\nsteps: [a, {b: c}, {}]\n",
                                      "scenario: a\nfirewalls: {}\nsteps: []\n", "\xff\xfe");

    CHECK_FALSE(read_scenario(text, "s.yaml").has_value());
}

TEST_CASE("scenario: a send says how it is delivered and what becomes of its payload", "[lab]") {
    const auto read = read_scenario(
        "scenario: A story\nfirewalls: {hq: {}}\n"
        "appliances: {nx1: {id: 000C29A1B2C3, normalize_ips: true}, cm1: {product: cm}, hx1: {product: hx}}\nsteps:\n"
        "  - send: {from: nx1, attacker: 203.0.113.5, through: cm1, resend: 2, fault: \"slow:2KiB/s\"}\n"
        "  - send: {from: nx1, body: \"<alerts/>\", replace: {10.1.2.4: 203.0.113.5}, now: true, new_ids: true}\n"
        "  - send: {from: hx1, type: indicator-executed, attacker: 203.0.113.5}\n",
        "s.yaml");

    REQUIRE(read);
    CHECK(read->appliance("nx1")->normalize_ips);
    CHECK(read->appliance("hx1")->version == "5.0");
    const auto& first = std::get<Send>(read->steps[0].action);
    CHECK(first.through == "cm1");
    CHECK(first.resend == 2);
    REQUIRE(first.fault);
    CHECK(first.fault->kind == sim::fireeye::SendFault::Kind::slow_body);
    const auto& second = std::get<Send>(read->steps[1].action);
    CHECK(second.replace == std::vector<std::pair<std::string, std::string>>{{"10.1.2.4", "203.0.113.5"}});
    CHECK(second.now);
    CHECK(second.new_ids);
}

TEST_CASE("scenario: a fault of the way needs the real world, one of the body does not", "[lab]") {
    const auto story_with = [](const std::string& fault) {
        return read_scenario(
            "scenario: A story\nworld: virtual\nfirewalls: {hq: {}}\nappliances: {nx1: {}}\nsteps:\n"
            "  - send: {from: nx1, attacker: 203.0.113.5, fault: \"" +
                fault + "\"}\n",
            "s.yaml");
    };

    const auto cut = story_with("cut:400");
    REQUIRE_FALSE(cut);
    CHECK_THAT(cut.error().front(), Catch::Contains("s.yaml:6:") && Catch::Contains("it needs the real one"));
    CHECK_FALSE(story_with("slow:1KiB/s"));
    CHECK(story_with("bom"));
    CHECK(story_with("raw-newline"));
}

TEST_CASE("scenario: a list is a target of its own, and steps name it and its firewalls", "[lab]") {
    const std::string begin =
        "scenario: A story\nfirewalls: {hq: {boot_time: 2s, administrators: [alice]}, edge: {}}\nappliances: {nx1: "
        "{}}\n"
        "bridge:\n  targets:\n    hq: {mode: dynamic, tag: bad}\n"
        "    pages: {kind: edl, firewalls: [hq, edge], refresh: true, entries_max: 9, fetch_token: wrong}\n"
        "    edge: {kind: edl}\nsteps:\n";
    const auto read =
        read_scenario(begin +
                          "  - reboot: {firewall: hq}\n"
                          "  - register: {firewall: hq, by: alice, addresses: \"203.0.113.{1..3}\", tag: bad}\n"
                          "  - unregister: {firewall: hq, by: alice}\n"
                          "  - refresh: {firewall: edge, by: admin, target: pages, page: url}\n"
                          "  - fetch: {target: pages, page: domain, method: HEAD, token: x, if_changed: true, "
                          "answered: 304, contains: a, "
                          "lacks: [b, c]}\n",
                      "s.yaml");
    if (!read) {
        FAIL(read.error().front());
    }
    CHECK(read->firewall("hq")->boot_time == std::chrono::seconds(2));
    REQUIRE(read->bridge.targets.size() == 3);
    CHECK(read->bridge.target("hq")->dynamic);
    CHECK(read->bridge.target("hq")->tag == "bad");
    CHECK(read->bridge.target("pages") == nullptr);  // it is no firewall
    CHECK(read->has_lists());
    const TargetSetup& pages = read->bridge.targets[1];
    CHECK(pages.list);
    CHECK(pages.refresh);
    CHECK(pages.fetched_by == std::vector<std::string>{"hq", "edge"});
    CHECK(pages.fetch_token == "wrong");
    REQUIRE(pages.settings.size() == 1);
    CHECK(pages.settings.front().key == "entries_max");
    CHECK(read->bridge.targets[2].fetched_by == std::vector<std::string>{"edge"});
    const auto& registered = std::get<RegisterBy>(read->steps[1].action);
    CHECK(registered.addresses.size() == 3);
    CHECK(registered.take);
    CHECK_FALSE(std::get<RegisterBy>(read->steps[2].action).take);
    CHECK(std::get<RefreshBy>(read->steps[3].action).list == "pages-url");
    const auto& fetch = std::get<Fetch>(read->steps[4].action);
    CHECK(fetch.answered == 304);
    CHECK(fetch.lacks.size() == 2);

    const auto complaint = [&](const std::string& step) {
        const auto wrong = read_scenario(begin + "  - " + step + "\n", "s.yaml");
        return wrong ? std::string("none") : wrong.error().front();
    };
    CHECK_THAT(complaint("fetch: {target: page}"), Catch::Contains("s.yaml:10:") && Catch::Contains("'pages'"));
    CHECK_THAT(complaint("fetch: {target: hq}"), Catch::Contains("there is no target 'hq' of kind edl"));
    CHECK_THAT(complaint("refresh: {firewall: mars, by: admin, target: pages}"), Catch::Contains("no firewall 'mars'"));
    CHECK_THAT(complaint("register: {firewall: hq, by: alice}"), Catch::Contains("are missing"));
    CHECK_THAT(complaint("register: {firewall: hq, by: alice, addresses: evil.example}"),
               Catch::Contains("is no address"));
    CHECK_THAT(complaint("reboot: {firewall: hp}"), Catch::Contains("there is no firewall 'hp'"));
}

TEST_CASE("scenario: an operator's order becomes the request that the bridge takes", "[lab]") {
    const Scenario scenario = story(
        "  - operator: {unblock: 203.0.113.5, for: 24h, reason: \"ticket 42 & more\"}\n"
        "  - operator: {release: all}\n"
        "  - operator: {drop: all, appliance: nx1}\n"
        "  - operator: {block: \"2001:db8::/64\", target: hq, answered: 409, says: allow list}\n"
        "  - operator: {rollback: {since: 30m, dry_run: true}}\n"
        "  - operator: {pause: hq}\n");
    const auto path = [&](std::size_t i) { return std::get<Order>(scenario.steps[i].action).path; };
    REQUIRE(scenario.steps.size() == 6);
    CHECK(path(0) == "/unblock?indicator=203.0.113.5&for=24h&reason=ticket%2042%20%26%20more");
    CHECK(path(1) == "/release?all=true");
    CHECK(path(2) == "/drop?appliance=nx1");
    CHECK(path(3) == "/block?indicator=2001%3Adb8%3A%3A%2F64&target=hq");
    CHECK(path(4) == "/rollback?since=30m&dry_run=true");
    CHECK(path(5) == "/pause?target=hq");
    const auto& block = std::get<Order>(scenario.steps[3].action);
    CHECK(block.answered.status == 409);
    CHECK(block.says == "allow list");
}

TEST_CASE("scenario: an order that nobody could give is an error", "[lab]") {
    const auto [step, complaint] = GENERATE(table<const char*, const char*>({
        {"{unblock: 203.0.113.5, block: 203.0.113.6}", "one order at a time, and there is unblock already"},
        {"{for: 1h}", "must be one of release, drop, unblock, block, rollback, pause, resume"},
        {"{pause: qh}", "there is no firewall 'qh' (did you mean 'hq'?)"},
        {"{unblock: 203.0.113.5, target: hq}", "belongs to block"},
        {"{unblock: 203.0.113.5, appliance: nx1}", "belongs to `release: all` and `drop: all`"},
        {"{unblok: 203.0.113.5}", "did you mean 'unblock'?"},
    }));
    const Complaints said = complaints(std::string("  - operator: ") + step + "\n");
    CHECK_THAT(said.front(), Catch::StartsWith("s.yaml:9:"));
    CHECK(std::any_of(said.begin(), said.end(), [&, text = std::string(complaint)](const std::string& line) {
        return line.find(text) != std::string::npos;
    }));
}

TEST_CASE("scenario: what is compared was marked before, and what is written is a file of the bridge", "[lab]") {
    const Scenario scenario = story(
        "  - mark: before\n"
        "  - expect: {firewall: hq, running_as_at: before}\n");
    CHECK(std::get<Mark>(scenario.steps[0].action).firewalls == std::vector<std::string>{"hq"});
    CHECK(std::get<Expect>(scenario.steps[1].action).firewall->running_as_at == "before");
    CHECK_THAT(complaints("  - expect: {firewall: hq, running_as_at: befor}\n").front(),
               Catch::Contains("no step before has the mark 'befor'"));
    CHECK_THAT(complaints("  - mark: a\n  - mark: a\n").front(), Catch::Contains("there is a mark 'a' already"));
    CHECK_THAT(complaints("  - write: {file: allow.txt, text: x}\n").front(),
               Catch::Contains("'allow.txt' is not in bridge.files"));
}

TEST_CASE("scenario: a load says what comes, from whom, and beside no death of the bridge", "[lab][scenario][load]") {
    const auto read = [](const std::string& load,
                         const std::string& steps = "[send: {from: nx1, attacker: 203.0.113.5}]") {
        return read_scenario("scenario: A story\nfirewalls: {hq: {}}\nappliances: {nx1: {product: nx}}\nload: " + load +
                                 "\nsteps: " + steps + "\n",
                             "s.yaml");
    };
    const auto good = read("{rate: 50/s, duration: 10s, shape: poisson, burst: [5@1s, 7], time_to_block: {p99: 5s}}");
    REQUIRE(good);
    REQUIRE(good->load);
    CHECK(good->load->from == "nx1");
    CHECK(good->load->rate_per_s == 50);
    CHECK(good->load->poisson);
    CHECK(good->load->bursts.size() == 2);
    CHECK(good->load->p99 == std::chrono::seconds(5));
    CHECK_FALSE(good->load->max);

    CHECK(read("{burst: 5, firewalls: hq}")->load->firewalls == std::vector<std::string>{"hq"});

    CHECK_THAT(read("{burst: 5, firewalls: [hq, gone]}").error().at(0), Catch::Contains("no firewall 'gone'"));
    CHECK_THAT(read("{rate: 50/s}").error().at(0), Catch::Contains("duration"));
    CHECK_THAT(read("{from: nx2, burst: 5}").error().at(0), Catch::Contains("nx2"));
    CHECK_THAT(read("{burst: many}").error().at(0), Catch::Contains("10000@5s"));
    CHECK_THAT(read("{burst: 5}", "[kill: bridge]").error().at(0), Catch::Contains("under a `load`"));
}
