#include "bridge/domain/enforcement/registration_enforcer.hpp"

#include <catch2/catch.hpp>

#include "enforcer_bench.hpp"
#include "scripted_table.hpp"

using namespace testing;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

struct Fixture {
    explicit Fixture(RegistrationSettings with = {})
        : bench(
              [with] {
                  RegistrationSettings settings = with;
                  settings.target = "hq";
                  settings.group = "blocked";
                  settings.tag = "firebreak";
                  return std::make_unique<RegistrationEnforcer>(settings, 7);
              },
              [this](std::size_t, const Call& call, Instant now) { return table.perform(call, now); }) {}

    void ready() {
        bench.start();
        bench.run_for(100ms);
        table.log.clear();
    }

    ScriptedTable table;
    EnforcerBench bench;
};

std::vector<Indicator> many(unsigned from, unsigned to) {
    std::vector<Indicator> all;
    for (unsigned i = from; i < to; ++i) {
        all.push_back(indicator("198.51." + std::to_string(i / 250) + "." + std::to_string(i % 250)));
    }
    return all;
}

}  // namespace

TEST_CASE("a wanted address is registered with the tag, and enforced once the table shows it") {
    Fixture it;
    it.ready();
    it.bench.want({indicator("203.0.113.5"), indicator("2001:db8::5")});
    CHECK(it.bench.state_of("203.0.113.5") == BlockState::wanted);
    it.bench.run_for(1ms);
    CHECK(it.bench.state_of("203.0.113.5") == BlockState::pushed);
    it.bench.run_for(100ms);
    CHECK(it.bench.state_of("203.0.113.5") == BlockState::enforced);
    CHECK(it.bench.state_of("2001:db8::5") == BlockState::enforced);
    CHECK(it.table.log == std::vector<std::string>{"register", "page"});
    CHECK(it.bench.enforcer().state() == "idle");
    CHECK(it.bench.enforcer().commits() == 0);
}

TEST_CASE("the first message goes out with the event that wants it, and what comes meanwhile shares the next") {
    Fixture it;
    it.ready();
    it.bench.latency = [] { return 20ms; };
    for (unsigned i = 0; i < 100; ++i) {
        it.bench.want(many(i, i + 1));
        it.bench.run_for(2ms);
        CHECK(it.table.count("register") >= 1);
    }
    it.bench.run_for(1s);
    CHECK(it.bench.state_of("198.51.0.99") == BlockState::enforced);
    // 200 ms of wishes at 20 ms a call, taking turns with looks.
    CHECK(it.table.count("register") <= 8);
}

TEST_CASE("a message takes at most as many entries as the device is sent at a time") {
    RegistrationSettings settings;
    settings.register_max = 100;
    Fixture it(settings);
    it.ready();
    it.bench.want(many(0, 250));
    it.bench.run_for(1s);
    REQUIRE(it.table.messages.size() == 3);
    CHECK(it.table.messages[0].fresh.size() == 100);
    CHECK(it.table.messages[2].fresh.size() == 50);
    CHECK(it.bench.state_of("198.51.0.249") == BlockState::enforced);
}

TEST_CASE("a large table is read page by page, and new addresses do not wait for its end") {
    RegistrationSettings settings;
    settings.page_max = 50;
    Fixture it(settings);
    it.table.addresses_max = 10'000;
    it.ready();
    it.bench.want(many(0, 1000));
    it.bench.run_for(10ms);
    it.bench.latency = [] { return 10ms; };
    it.bench.want({indicator("203.0.113.5")});
    it.bench.run_for(21ms);  // the page under way, and the message
    CHECK(it.table.ours("203.0.113.5"));
    it.bench.run_for(5s);
    CHECK(it.bench.state_of("203.0.113.5") == BlockState::enforced);
    CHECK(it.bench.state_of("198.51.3.249") == BlockState::enforced);
}

TEST_CASE("one more address in a large table is looked for by itself") {
    RegistrationSettings settings;
    settings.page_max = 50;
    Fixture it(settings);
    it.ready();
    it.bench.want(many(0, 500));
    it.bench.run_for(1s);
    it.table.log.clear();
    it.bench.want({indicator("203.0.113.5")});
    it.bench.run_for(1s);
    CHECK(it.table.log == std::vector<std::string>{"register", "lookup"});
    CHECK(it.bench.state_of("203.0.113.5") == BlockState::enforced);
}

TEST_CASE("an unwanted address loses our tag and no other, and is removed when the table shows that") {
    Fixture it;
    it.ready();
    it.bench.want({indicator("203.0.113.5")});
    it.bench.run_for(100ms);
    it.table.add("203.0.113.5", "quarantine");
    it.bench.unwant({indicator("203.0.113.5")});
    it.bench.run_for(100ms);
    CHECK_FALSE(it.bench.state_of("203.0.113.5"));
    CHECK_FALSE(it.table.ours("203.0.113.5"));
    CHECK(it.table.has("203.0.113.5", "quarantine"));
}

TEST_CASE("what others registered is left alone, with our tag or another") {
    Fixture it;
    it.table.add("203.0.113.77", "firebreak");
    it.table.add("203.0.113.78", "theirs");
    it.ready();
    it.bench.want({indicator("203.0.113.5")});
    it.bench.run_for(100ms);
    it.bench.unwant({indicator("203.0.113.5")});
    it.bench.run_for(20min);
    CHECK(it.table.ours("203.0.113.77"));
    CHECK(it.table.has("203.0.113.78", "theirs"));
    CHECK(it.bench.told("1 registered with tag firebreak without a block of ours"));
}

TEST_CASE("an address of our ledger is ours, whoever registered it first") {
    Fixture it;
    it.table.add("203.0.113.5", "firebreak");
    it.ready();
    it.bench.want({indicator("203.0.113.5")});
    it.bench.run_for(100ms);
    CHECK(it.bench.state_of("203.0.113.5") == BlockState::enforced);
    it.bench.unwant({indicator("203.0.113.5")});
    it.bench.run_for(100ms);
    CHECK_FALSE(it.table.ours("203.0.113.5"));
}

TEST_CASE("a block that is taken back before it was sent leaves the device alone") {
    Fixture it;
    it.table.add("203.0.113.5", "firebreak");
    it.ready();
    it.table.fault = [](const Call&) { return Failure(Errc::unreachable, "no route"); };
    it.bench.want({indicator("203.0.113.6")});
    it.bench.run_for(1ms);
    it.bench.want({indicator("203.0.113.5")});
    it.bench.unwant({indicator("203.0.113.5")});
    CHECK_FALSE(it.bench.state_of("203.0.113.5"));
    it.table.fault = [](const Call&) { return std::nullopt; };
    it.bench.run_for(10min);
    CHECK(it.table.ours("203.0.113.5"));
}

TEST_CASE("what goes from the table without us is registered again") {
    Fixture it;
    it.ready();
    it.bench.want(many(0, 20));
    it.bench.run_for(100ms);
    it.table.addresses.clear();
    it.bench.run_for(6min);
    CHECK(it.table.addresses.size() == 20);
    CHECK(it.bench.told("20 of ours had gone"));
    CHECK(it.bench.state_of("198.51.0.7") == BlockState::enforced);
}

TEST_CASE("a new life registers what is missing and removes what expired meanwhile") {
    Fixture it;
    it.table.add("203.0.113.1", "firebreak");
    it.table.add("203.0.113.2", "firebreak");
    it.bench.remember(indicator("203.0.113.1"), BlockState::expired);
    it.bench.remember(indicator("203.0.113.2"), BlockState::enforced);
    it.bench.remember(indicator("203.0.113.3"), BlockState::enforced);
    it.bench.remember(indicator("203.0.113.4"), BlockState::pushed);
    it.bench.remember(indicator("203.0.113.5"), BlockState::refused);
    it.bench.remember(indicator("203.0.113.6"), BlockState::held);
    it.bench.crash();
    it.bench.run_for(5s);
    CHECK_FALSE(it.table.ours("203.0.113.1"));
    CHECK_FALSE(it.bench.state_of("203.0.113.1"));
    for (const char* there : {"203.0.113.2", "203.0.113.3", "203.0.113.4"}) {
        CHECK(it.table.ours(there));
        CHECK(it.bench.state_of(there) == BlockState::enforced);
    }
    CHECK_FALSE(it.table.ours("203.0.113.5"));
    CHECK_FALSE(it.table.ours("203.0.113.6"));
}

TEST_CASE("capacity refuses the entries that do not fit, aloud, and the rest of the batch counts") {
    Fixture it;
    it.table.addresses_max = 10;
    it.ready();
    it.bench.want(many(0, 15));
    it.bench.run_for(1s);
    std::size_t enforced = 0;
    std::size_t refused = 0;
    for (const auto& [one, block] : it.bench.ledger()) {
        enforced += block.state == BlockState::enforced ? 1U : 0U;
        refused += block.state == BlockState::refused ? 1U : 0U;
    }
    CHECK(enforced == 10);
    CHECK(refused == 5);
    CHECK_THAT(it.bench.reason_of("198.51.0.14"), Contains("Failed to register, the maximum is reached"));
    CHECK(it.bench.told("refused 5 of the registrations"));
}

TEST_CASE("a domain name is refused with the way that would block it") {
    Fixture it;
    it.bench.remember(indicator("old.example"), BlockState::enforced);
    it.bench.crash();
    it.bench.want({indicator("evil.example"), indicator("203.0.113.5")});
    it.bench.run_for(1s);
    for (const char* name : {"evil.example", "old.example"}) {
        CHECK(it.bench.state_of(name) == BlockState::refused);
        CHECK_THAT(it.bench.reason_of(name), Contains("edl") && Contains("static"));
    }
    CHECK(it.bench.state_of("203.0.113.5") == BlockState::enforced);
}

TEST_CASE("a network is refused with the way that would block it") {
    Fixture it;
    it.ready();
    it.bench.want({indicator("2001:db8:1:2::/64"), indicator("2001:db8::5")});
    it.bench.run_for(1s);
    CHECK(it.bench.state_of("2001:db8:1:2::/64") == BlockState::refused);
    CHECK_THAT(it.bench.reason_of("2001:db8:1:2::/64"), Contains("a network cannot be registered") && Contains("edl"));
    CHECK(it.bench.state_of("2001:db8::5") == BlockState::enforced);
}

TEST_CASE("without a dynamic group that takes the tag, addresses are registered and nothing is called enforced") {
    Fixture it;
    SECTION("no group") {
        it.table.group.reset();
    }
    SECTION("a static one") {
        it.table.group = GroupSeen{.name = "blocked", .is_static = true, .ours = false, .members = {"placeholder"}};
    }
    SECTION("another tag") {
        it.table.group->filter = "'quarantine'";
    }
    SECTION("more than our tag") {
        it.table.group->filter = "'firebreak' and 'inside'";
    }
    it.bench.start();
    it.bench.want({indicator("203.0.113.5")});
    it.bench.run_for(10s);
    CHECK(it.table.ours("203.0.113.5"));
    CHECK(it.bench.state_of("203.0.113.5") == BlockState::pushed);
    CHECK(it.bench.enforcer().state() == "ungrouped");
    CHECK_THAT(it.bench.enforcer().reason(), Contains("blocked") && Contains("'firebreak'") && Contains("commits"));

    // The administrator makes it, and within a minute that is seen.
    it.table.group = dynamic_group("'firebreak'");
    it.bench.run_for(61s);
    CHECK(it.bench.state_of("203.0.113.5") == BlockState::enforced);
    CHECK(it.bench.enforcer().state() == "idle");
    CHECK(it.bench.enforcer().reason().empty());

    // And takes it away again: then nothing is enforced any more.
    it.table.group.reset();
    it.bench.run_for(6min);
    CHECK(it.bench.state_of("203.0.113.5") == BlockState::pushed);
}

TEST_CASE("the other device of a pair, when it has become active, is compared and gets what it lacks") {
    Fixture it;
    it.ready();
    it.bench.want({indicator("203.0.113.5"), indicator("203.0.113.6")});
    it.bench.run_for(1s);
    REQUIRE(it.bench.state_of("203.0.113.5") == BlockState::enforced);

    // The other one has one of the two already.
    it.table.addresses.clear();
    it.table.add("203.0.113.6", "firebreak");
    bool told = false;
    it.table.fault = [&told](const Call&) -> std::optional<Failure> {
        return std::exchange(told, true) ? std::nullopt : std::optional(Failure(Errc::other_device, "b is active now"));
    };
    it.table.log.clear();
    it.bench.want({indicator("203.0.113.7")});
    it.bench.run_for(5s);
    CHECK(it.table.count("system") == 1);
    CHECK(it.table.count("group") == 1);
    for (const char* address : {"203.0.113.5", "203.0.113.6", "203.0.113.7"}) {
        INFO(address);
        CHECK(it.table.ours(address));
        CHECK(it.bench.state_of(address) == BlockState::enforced);
    }
}

TEST_CASE("a group that Panorama pushed is found among those in use") {
    Fixture it;
    it.table.group.reset();
    it.table.pushed_group = dynamic_group("'other' or 'firebreak'");
    it.bench.start();
    it.bench.want({indicator("203.0.113.5")});
    it.bench.run_for(10s);
    CHECK(it.bench.state_of("203.0.113.5") == BlockState::enforced);
}

TEST_CASE("a device that says yes and does not do it is told aloud, with pauses") {
    Fixture it;
    it.ready();
    it.table.forgets = true;
    it.bench.want({indicator("203.0.113.5")});
    it.bench.run_for(10min);
    CHECK(it.bench.state_of("203.0.113.5") != BlockState::enforced);
    CHECK(it.bench.enforcer().state() == "waiting");
    CHECK_THAT(it.bench.enforcer().reason(), Contains("does not show 1"));
    CHECK(it.table.count("register") < 30);
    it.table.forgets = false;
    it.bench.run_for(2min);
    CHECK(it.bench.state_of("203.0.113.5") == BlockState::enforced);
}

TEST_CASE("a refused message is tried again with growing pauses, and the reason is told") {
    Fixture it;
    it.ready();
    it.table.fault = [](const Call& call) {
        return std::holds_alternative<RegisterAddresses>(call)
                   ? std::optional(Failure(Errc::not_permitted, "Unauthorized request"))
                   : std::nullopt;
    };
    it.bench.want({indicator("203.0.113.5")});
    it.bench.run_for(30min);
    CHECK(it.bench.enforcer().state() == "waiting");
    CHECK_THAT(it.bench.enforcer().reason(), Contains("Unauthorized"));
    CHECK(it.bench.turns < 300);
}

TEST_CASE("a registration with a timeout is renewed before its time is over, on both kinds of device") {
    RegistrationSettings settings;
    settings.timeout = 600s;
    Fixture it(settings);
    it.ready();
    it.bench.want({indicator("203.0.113.5"), indicator("203.0.113.6")});
    for (int i = 0; i < 24 * 60; ++i) {
        it.bench.run_for(1min);
        it.table.expire(it.bench.now());
        if (!it.table.ours("203.0.113.5")) {
            FAIL("gone after " << i << " minutes");
        }
    }
    CHECK(it.bench.state_of("203.0.113.5") == BlockState::enforced);
    CHECK(it.table.messages.size() < 2 * 24 * 60 / 5 + 10);
    // Without the bridge they go by themselves.
    it.table.expire(it.bench.now() + 601s);
    CHECK_FALSE(it.table.ours("203.0.113.5"));
}

TEST_CASE("after a restart a registration with a timeout is renewed at once, since nobody knows its time") {
    RegistrationSettings settings;
    settings.timeout = 600s;
    Fixture it(settings);
    it.ready();
    it.bench.want({indicator("203.0.113.5")});
    it.bench.run_for(299s);
    it.bench.crash();
    it.bench.run_for(299s);
    it.bench.crash();
    it.bench.run_for(299s);
    it.table.expire(it.bench.now());
    CHECK(it.table.ours("203.0.113.5"));
}

TEST_CASE("a device before 9.0 knows no timeouts, which is told, and blocks stay until they are taken back") {
    RegistrationSettings settings;
    settings.timeout = 600s;
    Fixture it(settings);
    it.table.release = "8.1.3";
    it.ready();
    it.bench.want({indicator("203.0.113.5")});
    it.bench.run_for(30min);
    CHECK(it.table.messages.front().timeout.count() == 0);
    CHECK(it.table.ours("203.0.113.5"));
    CHECK(it.bench.told("register_timeout is not used"));
    it.bench.unwant({indicator("203.0.113.5")});
    it.bench.run_for(1s);
    CHECK_FALSE(it.table.ours("203.0.113.5"));
}

TEST_CASE("a lost answer is cleared up by looking at the table") {
    Fixture it;
    it.ready();
    int losses = 1;
    it.table.lost = [&losses](const Call& call) {
        const bool lose = std::holds_alternative<RegisterAddresses>(call) && losses-- > 0;
        return lose ? std::optional(Failure(Errc::unreachable, "reset")) : std::nullopt;
    };
    it.bench.want({indicator("203.0.113.5")});
    it.bench.run_for(10s);
    CHECK(it.bench.state_of("203.0.113.5") == BlockState::enforced);
}

TEST_CASE("a device that gives the same page for ever does not keep us") {
    Fixture it;
    it.ready();
    std::vector<IpAddress> same;
    for (const Indicator& one : many(0, 500)) {
        same.push_back(*one.address());
    }
    EnforcerBench bench(
        [] {
            RegistrationSettings settings;
            settings.target = "hq";
            settings.group = "blocked";
            settings.tag = "firebreak";
            return std::make_unique<RegistrationEnforcer>(settings, 7);
        },
        [&](std::size_t, const Call& call, Instant now) -> Result<Reply> {
            if (std::holds_alternative<ReadRegistered>(call)) {
                return RegisteredSeen{same, same.size(), false};
            }
            return it.table.perform(call, now);
        });
    bench.start();
    bench.run_for(10min);
    CHECK(bench.enforcer().state() == "waiting");
    CHECK_THAT(bench.enforcer().reason(), Contains("same page"));
    CHECK(bench.turns < 300);
}

TEST_CASE("a device that is four fifths full is told once, whoever filled it") {
    Fixture it;
    it.table.model = "PA-220";
    for (int i = 0; i < 790; ++i) {
        it.table.add("192.0.2." + std::to_string(i % 250), "theirs-" + std::to_string(i / 250));
        it.table.add("2001:db8::" + std::to_string(i), "theirs");
    }
    it.ready();
    CHECK(it.bench.told("registered addresses of the 1000 that it takes"));
    const std::size_t told = it.bench.notes.size();
    it.bench.run_for(20min);
    CHECK(it.bench.notes.size() == told);
}

TEST_CASE("how full a device is can be told by the operator, and is not asked where nobody knows") {
    RegistrationSettings settings;
    settings.registered_max = 10;
    Fixture told(settings);
    for (int i = 0; i < 8; ++i) {
        told.table.add("192.0.2." + std::to_string(i), "theirs");
    }
    told.ready();
    CHECK(told.bench.told("8 registered addresses of the 10"));
    Fixture unknown;
    unknown.bench.start();
    unknown.bench.run_for(1s);
    CHECK(unknown.table.count("count") == 0);
    Fixture refusing(settings);
    refusing.table.counts = false;
    refusing.bench.start();
    refusing.bench.want({indicator("203.0.113.5")});
    refusing.bench.run_for(1s);
    CHECK(refusing.bench.state_of("203.0.113.5") == BlockState::enforced);
    CHECK(refusing.table.count("count") == 1);
}

TEST_CASE("models take as many registered addresses as the documentation says") {
    CHECK(registered_addresses_max("PA-220") == 1000);
    CHECK(registered_addresses_max("PA-5450") == 100'000);
    CHECK(registered_addresses_max("PA-5410") == 500'000);
    CHECK(registered_addresses_max("VM-100") == 2500);
    CHECK(registered_addresses_max("PA-VM") == 0);
    CHECK(registered_addresses_max("") == 0);
}
