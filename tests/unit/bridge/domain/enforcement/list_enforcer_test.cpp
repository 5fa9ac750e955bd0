#include "bridge/domain/enforcement/list_enforcer.hpp"

#include <catch2/catch.hpp>

#include "enforcer_bench.hpp"
#include "scripted_lists.hpp"

using namespace testing;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

struct Fixture {
    explicit Fixture(ListSettings with = {})
        : bench(
              [with] {
                  ListSettings settings = with;
                  settings.target = "hq";
                  return std::make_unique<ListEnforcer>(settings, 7);
              },
              [this](std::size_t firewall, const Call& call, Instant now) {
                  return firewalls.at(firewall).perform(call, now, pages());
              }) {
        firewalls.resize(with.firewalls.size());
    }

    ListEnforcer& pages() { return dynamic_cast<ListEnforcer&>(bench.enforcer()); }
    const std::string& page(ListKind kind) { return pages().page(kind).text; }
    void fetch(ListKind kind) { bench.feed(PageFetched{kind, pages().page(kind).version}); }
    void ready() {
        bench.start();
        bench.run_for(30s);
    }

    std::vector<ScriptedLists> firewalls;
    EnforcerBench bench;
};

ListSettings asking(std::vector<ListWatch> firewalls) {
    ListSettings settings;
    settings.firewalls = std::move(firewalls);
    return settings;
}

const ListWatch fw1{"fw1", "fb-ip", "fb-domain", ""};
const ListWatch fw2{"fw2", "fb-ip", "fb-domain", "fb-url"};

}  // namespace

TEST_CASE("a page holds one sorted entry a line, and is never empty") {
    Fixture it;
    it.bench.start();
    CHECK(it.page(ListKind::ip) == "240.0.0.0\n");
    CHECK(it.page(ListKind::domain) == "firebreak.invalid\n");
    CHECK(it.page(ListKind::url) == "firebreak.invalid/\n");
    it.bench.want({indicator("203.0.113.20"), indicator("2001:db8::5"), indicator("203.0.113.3"),
                   indicator("evil.example"), indicator("bad.example")});
    CHECK(it.page(ListKind::ip) == "240.0.0.0\n203.0.113.3\n203.0.113.20\n2001:db8::5\n");
    CHECK(it.page(ListKind::domain) == "firebreak.invalid\nbad.example\nevil.example\n");
    CHECK(it.page(ListKind::url) == "firebreak.invalid/\nbad.example/\nevil.example/\n");
}

TEST_CASE("a network stands among the addresses") {
    Fixture it;
    it.bench.start();
    it.bench.want({indicator("2001:db8:1:2::/64")});
    CHECK(it.page(ListKind::ip) == "240.0.0.0\n2001:db8:1:2::/64\n");
    CHECK(it.page(ListKind::domain) == "firebreak.invalid\n");
}

TEST_CASE("a page's version changes with its text, and with nothing else") {
    Fixture it;
    it.bench.start();
    const auto before = it.pages().page(ListKind::ip).version;
    it.bench.want({indicator("evil.example")});
    CHECK(it.pages().page(ListKind::ip).version == before);
    it.bench.want({indicator("203.0.113.3")});
    CHECK(it.pages().page(ListKind::ip).version != before);
    const auto with = it.pages().page(ListKind::ip).version;
    it.bench.want({indicator("203.0.113.3")});
    CHECK(it.pages().page(ListKind::ip).version == with);
}

TEST_CASE("without firewalls to ask, a block is enforced by the fetch of a page that has it") {
    Fixture it;
    it.bench.start();
    it.bench.want({indicator("203.0.113.3"), indicator("evil.example")});
    CHECK(it.bench.state_of("203.0.113.3") == BlockState::pushed);
    const auto old = it.pages().page(ListKind::ip).version;
    it.bench.want({indicator("203.0.113.4")});
    it.bench.feed(PageFetched{ListKind::ip, old});
    CHECK(it.bench.state_of("203.0.113.3") == BlockState::enforced);
    CHECK(it.bench.state_of("203.0.113.4") == BlockState::pushed);
    CHECK(it.bench.state_of("evil.example") == BlockState::pushed);
    it.fetch(ListKind::ip);
    it.fetch(ListKind::url);
    CHECK(it.bench.state_of("203.0.113.4") == BlockState::enforced);
    CHECK(it.bench.state_of("evil.example") == BlockState::enforced);
}

TEST_CASE("what is no longer wanted leaves the page at once, and is removed with the next fetch") {
    Fixture it;
    it.bench.start();
    it.bench.want({indicator("203.0.113.3")});
    it.fetch(ListKind::ip);
    it.bench.unwant({indicator("203.0.113.3")});
    CHECK(it.page(ListKind::ip) == "240.0.0.0\n");
    CHECK(it.bench.state_of("203.0.113.3") == BlockState::expired);
    it.fetch(ListKind::ip);
    CHECK_FALSE(it.bench.state_of("203.0.113.3"));
}

TEST_CASE("a page that nobody fetches is told aloud, until somebody does") {
    Fixture it;
    it.bench.start();
    it.bench.want({indicator("203.0.113.3")});
    it.bench.run_for(14min);
    CHECK(it.bench.enforcer().state() == "idle");
    it.bench.run_for(2min);
    CHECK(it.bench.enforcer().state() == "waiting");
    CHECK_THAT(it.bench.enforcer().reason(), Contains("/hq/ip.txt") && Contains("15 min") && Contains("password"));
    CHECK(it.bench.told("nobody has fetched"));
    it.fetch(ListKind::ip);
    CHECK(it.bench.enforcer().state() == "idle");
    CHECK(it.bench.enforcer().reason().empty());
}

TEST_CASE("over its limit a page refuses, aloud, and takes again what there is room for") {
    ListSettings settings;
    settings.entries_max = 3;
    Fixture it(settings);
    it.bench.start();
    it.bench.want({indicator("203.0.113.1"), indicator("203.0.113.2"), indicator("203.0.113.3")});
    CHECK(it.bench.state_of("203.0.113.2") == BlockState::pushed);
    CHECK(it.bench.state_of("203.0.113.3") == BlockState::refused);
    CHECK_THAT(it.bench.reason_of("203.0.113.3"), Contains("/hq/ip.txt is full") && Contains("3"));
    CHECK(it.bench.told("four fifths"));
    it.bench.unwant({indicator("203.0.113.1")});
    it.bench.want({indicator("203.0.113.3")});
    CHECK(it.page(ListKind::ip) == "240.0.0.0\n203.0.113.2\n203.0.113.3\n");
}

TEST_CASE("after a restart the page has what it had") {
    Fixture it;
    it.bench.start();
    it.bench.want({indicator("203.0.113.1"), indicator("203.0.113.2"), indicator("203.0.113.3")});
    it.fetch(ListKind::ip);
    it.bench.unwant({indicator("203.0.113.2")});
    const std::string before = it.page(ListKind::ip);
    it.bench.crash();
    CHECK(it.page(ListKind::ip) == before);
    CHECK(it.bench.state_of("203.0.113.1") == BlockState::enforced);
    CHECK(it.bench.state_of("203.0.113.2") == BlockState::expired);
    it.fetch(ListKind::ip);
    CHECK_FALSE(it.bench.state_of("203.0.113.2"));
}

TEST_CASE("a firewall that can be asked is told to fetch, and its copy is the proof") {
    Fixture it(asking({fw1}));
    it.ready();
    it.firewalls[0].log.clear();
    it.bench.want({indicator("203.0.113.1"), indicator("evil.example")});
    it.fetch(ListKind::ip);  // proves nothing here
    CHECK(it.bench.state_of("203.0.113.1") == BlockState::pushed);
    CHECK(it.bench.enforcer().state() == "refreshing");
    it.bench.run_for(30s);
    CHECK(it.bench.state_of("203.0.113.1") == BlockState::enforced);
    CHECK(it.bench.state_of("evil.example") == BlockState::enforced);
    CHECK(it.firewalls[0].count("refresh fb-ip") == 1);
    CHECK(it.firewalls[0].count("refresh fb-domain") == 1);
    CHECK(it.bench.enforcer().state() == "idle");
    it.bench.unwant({indicator("203.0.113.1")});
    it.bench.run_for(30s);
    CHECK_FALSE(it.bench.state_of("203.0.113.1"));
}

TEST_CASE("changes that come close together share a refresh") {
    Fixture it(asking({{"fw1", "fb-ip", "", ""}}));
    it.ready();
    it.firewalls[0].log.clear();
    for (int i = 0; i < 200; ++i) {
        it.bench.want({indicator("198.51.100." + std::to_string(i))});
        it.bench.run_for(50ms);
    }
    it.bench.run_for(30s);
    CHECK(it.bench.state_of("198.51.100.199") == BlockState::enforced);
    CHECK(it.firewalls[0].count("refresh fb-ip") <= 3);
}

TEST_CASE("a block is enforced when every firewall has it, and one that is down delays itself only") {
    Fixture it(asking({fw1, fw2}));
    it.ready();
    it.firewalls[1].fault = [](const Call&) { return Failure(Errc::unreachable, "no route to fw2"); };
    it.bench.want({indicator("203.0.113.1")});
    it.bench.run_for(30s);
    CHECK(it.firewalls[0].copy("fb-ip").contains("203.0.113.1"));
    CHECK(it.bench.state_of("203.0.113.1") == BlockState::pushed);
    CHECK(it.bench.enforcer().state() == "waiting");
    CHECK_THAT(it.bench.enforcer().reason(), Contains("fw2: no route"));
    it.firewalls[1].fault = [](const Call&) { return std::nullopt; };
    it.bench.run_for(3min);
    CHECK(it.bench.state_of("203.0.113.1") == BlockState::enforced);
    CHECK(it.bench.enforcer().state() == "idle");
}

TEST_CASE("a list that shows something else than our page is told with what to look at") {
    Fixture it(asking({{"fw1", "fb-ip", "", ""}}));
    it.firewalls.resize(1);
    it.firewalls[0].fetches = false;
    it.bench.start();
    it.bench.want({indicator("203.0.113.1")});
    it.bench.run_for(5min);
    CHECK(it.bench.enforcer().state() == "waiting");
    CHECK_THAT(it.bench.enforcer().reason(), Contains("fb-ip") && Contains(".../hq/ip.txt") && Contains("token_file"));
    CHECK(it.bench.state_of("203.0.113.1") == BlockState::pushed);
    it.firewalls[0].fetches = true;
    it.bench.run_for(5min);
    CHECK(it.bench.state_of("203.0.113.1") == BlockState::enforced);
}

TEST_CASE("entries beyond a firewall's capacity are told, and not called enforced") {
    Fixture it(asking({{"fw1", "fb-ip", "", ""}}));
    it.firewalls[0].most = 3;
    it.ready();
    it.bench.want({indicator("203.0.113.1"), indicator("203.0.113.2"), indicator("203.0.113.3")});
    it.bench.run_for(5min);
    CHECK(it.bench.state_of("203.0.113.2") == BlockState::enforced);
    CHECK(it.bench.state_of("203.0.113.3") == BlockState::pushed);
    CHECK_THAT(it.bench.enforcer().reason(), Contains("1 entries") && Contains("entries_max"));
}

TEST_CASE("an entry that a firewall has lost is fetched again") {
    Fixture it(asking({{"fw1", "fb-ip", "", ""}}));
    it.ready();
    it.bench.want({indicator("203.0.113.1")});
    it.bench.run_for(30s);
    it.firewalls[0].copy("fb-ip").clear();
    it.bench.run_for(6min);
    CHECK(it.bench.told("has lost 1"));
    CHECK(it.bench.state_of("203.0.113.1") == BlockState::enforced);
}

TEST_CASE("a restart changes nothing: the firewalls are looked at and not told to fetch") {
    Fixture it(asking({fw2}));
    it.ready();
    it.bench.want({indicator("203.0.113.1"), indicator("evil.example")});
    it.bench.run_for(1min);
    it.firewalls[0].log.clear();
    it.bench.crash();
    it.bench.run_for(1min);
    CHECK(it.firewalls[0].count("refresh fb-ip") == 0);
    CHECK(it.bench.state_of("203.0.113.1") == BlockState::enforced);
    CHECK(it.bench.state_of("evil.example") == BlockState::enforced);
}

TEST_CASE("an indicator for which the firewalls have no list is refused") {
    Fixture it(asking({{"fw1", "fb-ip", "", ""}}));
    it.ready();
    it.bench.want({indicator("evil.example")});
    CHECK(it.bench.state_of("evil.example") == BlockState::refused);
    CHECK_THAT(it.bench.reason_of("evil.example"), Contains("domain names"));
}

TEST_CASE("an entry reads the same however a firewall writes it") {
    CHECK(read_list_entry("203.0.113.5/32") == indicator("203.0.113.5"));
    CHECK(read_list_entry("2001:DB8::5/128") == indicator("2001:db8::5"));
    CHECK(read_list_entry("Evil.Example/") == indicator("evil.example"));
    CHECK_FALSE(read_list_entry("203.0.113.0/24"));
    CHECK_FALSE(read_list_entry("2001:db8::/32"));
    CHECK_FALSE(read_list_entry("203.0.113.1-203.0.113.9"));
    CHECK_FALSE(read_list_entry("evil.example/path"));
}
