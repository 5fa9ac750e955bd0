#include "bridge/domain/ledger/ledger.hpp"

#include <catch2/catch.hpp>

using namespace bridge::domain;
using namespace std::chrono_literals;

namespace {

const WallTime noon{std::chrono::sys_days{std::chrono::year{2026} / 6 / 1} + 12h};
const std::vector<std::string> hq{"hq"};

Indicator indicator(const std::string& text) {
    return Indicator::parse(text).value();
}

/// Decides on one alert about `attacker` and takes what it leads to, as a store that never fails would have it.
std::vector<Block> alert(Ledger& ledger, const Policy& policy, const std::string& attacker, WallTime now,
                         const std::vector<std::string>& targets = hq, const std::string& appliance = "nx1") {
    Alert one;
    one.appliance = appliance;
    one.type = AlertType::malware_callback;
    one.type_name = "malware-callback";
    one.id = attacker;
    one.suspects.push_back({indicator(attacker), "dst/ip", ""});
    return ledger.apply(ledger.admit(policy, one, decide(policy, one), targets, now));
}

BlockState state_of(const Ledger& ledger, const std::string& attacker) {
    const Block* block = ledger.find("hq", indicator(attacker));
    REQUIRE(block != nullptr);
    return block->state;
}

}  // namespace

TEST_CASE("the first alert wants a block on every target") {
    Ledger ledger;
    const auto fresh = alert(ledger, Policy{}, "203.0.113.5", noon, {"hq", "branch"});
    CHECK(fresh.size() == 2);
    CHECK(ledger.counts("branch")[static_cast<std::size_t>(BlockState::wanted)] == 1);
}

TEST_CASE("a repeat extends the expiry, counts, and wants nothing new") {
    Ledger ledger;
    alert(ledger, Policy{}, "203.0.113.5", noon);
    CHECK(alert(ledger, Policy{}, "203.0.113.5", noon + 1h).empty());
    const Block* block = ledger.find("hq", indicator("203.0.113.5"));
    REQUIRE(block != nullptr);
    CHECK(block->repeats == 1);
    CHECK(block->expires == noon + 1h + std::chrono::hours(24 * 7));
}

TEST_CASE("a repeat goes to the store only when the expiry that it knows lags a minute, or a hundredth of the time") {
    Ledger ledger;
    const auto stored = [&ledger](WallTime now, std::chrono::milliseconds expire) {
        Policy policy;
        policy.expire = expire;
        Alert one;
        one.suspects.push_back({indicator("203.0.113.5"), "dst/ip", ""});
        const auto admitted = ledger.admit(policy, one, decide(policy, one), hq, now);
        ledger.apply(admitted);
        return admitted.front().to_store;
    };
    const std::chrono::milliseconds week = std::chrono::hours(24 * 7);
    CHECK(stored(noon, week));
    CHECK_FALSE(stored(noon + 59s, week));
    CHECK(ledger.find("hq", indicator("203.0.113.5"))->expires == noon + 59s + week);
    CHECK(stored(noon + 60s, week));
    CHECK_FALSE(stored(noon + 119s, week));
    CHECK(stored(noon + 120s, week));

    ledger = Ledger();
    CHECK(stored(noon, 100s));
    CHECK_FALSE(stored(noon + 999ms, 100s));
    CHECK(stored(noon + 1s, 100s));
}

TEST_CASE("a repeated block expires after its last alert's time, not after its first's") {
    Ledger ledger;
    Policy policy;
    policy.expire = 1h;
    alert(ledger, policy, "203.0.113.5", noon);
    alert(ledger, policy, "203.0.113.5", noon + 30min);
    CHECK(ledger.expire(noon + 1h).empty());
    CHECK(ledger.next_expiry() == noon + 90min);
    CHECK(ledger.expire(noon + 90min).size() == 1);
}

TEST_CASE("a block expires when its time is over, and not before") {
    Ledger ledger;
    Policy policy;
    policy.expire = 1h;
    alert(ledger, policy, "203.0.113.5", noon);
    CHECK(ledger.next_expiry() == noon + 1h);
    CHECK(ledger.expire(noon + 1h - 1ms).empty());
    const auto over = ledger.expire(noon + 1h);
    REQUIRE(over.size() == 1);
    CHECK(over.front().state == BlockState::expired);
    CHECK(state_of(ledger, "203.0.113.5") == BlockState::expired);
    CHECK_FALSE(ledger.next_expiry());
}

TEST_CASE("an attacker that comes back after expiry is wanted again") {
    Ledger ledger;
    Policy policy;
    policy.expire = 1h;
    alert(ledger, policy, "203.0.113.5", noon);
    static_cast<void>(ledger.expire(noon + 2h));
    CHECK(alert(ledger, policy, "203.0.113.5", noon + 3h).size() == 1);
    CHECK(state_of(ledger, "203.0.113.5") == BlockState::wanted);
    CHECK(ledger.next_expiry() == noon + 4h);
}

TEST_CASE("the circuit breaker holds what is over the limit within a minute, and only new indicators count") {
    Ledger ledger;
    Policy policy;
    policy.max_new_blocks_per_minute = 2;
    alert(ledger, policy, "203.0.113.1", noon);
    alert(ledger, policy, "203.0.113.1", noon);
    alert(ledger, policy, "203.0.113.2", noon + 1s);
    CHECK(alert(ledger, policy, "203.0.113.3", noon + 2s).empty());
    CHECK(state_of(ledger, "203.0.113.2") == BlockState::wanted);
    CHECK(state_of(ledger, "203.0.113.3") == BlockState::held);
    CHECK(alert(ledger, policy, "203.0.113.4", noon + 61s).size() == 1);
}

TEST_CASE("one indicator on many targets counts once for the circuit breaker") {
    Ledger ledger;
    Policy policy;
    policy.max_new_blocks_per_minute = 1;
    CHECK(alert(ledger, policy, "203.0.113.1", noon, {"a", "b", "c"}).size() == 3);
}

TEST_CASE("a restart does not give the breaker a new minute") {
    Policy policy;
    policy.max_new_blocks_per_minute = 2;
    Ledger before;
    alert(before, policy, "203.0.113.1", noon, {"hq", "branch"});
    alert(before, policy, "203.0.113.2", noon + 10s);
    alert(before, policy, "203.0.113.3", noon + 20s);
    REQUIRE(state_of(before, "203.0.113.3") == BlockState::held);

    Ledger after;
    after.load(before.blocks());
    alert(after, policy, "203.0.113.4", noon + 30s);
    CHECK(state_of(after, "203.0.113.4") == BlockState::held);
    // The first of the two is a minute ago now: it counted once, on both its targets, and the held one not at all.
    alert(after, policy, "203.0.113.5", noon + 65s);
    CHECK(state_of(after, "203.0.113.5") == BlockState::wanted);
    alert(after, policy, "203.0.113.6", noon + 66s);
    CHECK(state_of(after, "203.0.113.6") == BlockState::held);
}

TEST_CASE("a held block stays held until an operator decides") {
    Ledger ledger;
    Policy policy;
    policy.max_new_blocks_per_minute = 1;
    alert(ledger, policy, "203.0.113.1", noon);
    alert(ledger, policy, "203.0.113.2", noon);
    CHECK(alert(ledger, policy, "203.0.113.2", noon + 1h).empty());
    CHECK(state_of(ledger, "203.0.113.2") == BlockState::held);
    ledger.apply(BlockChange{"hq", indicator("203.0.113.2"), BlockState::wanted, "released"});
    CHECK(state_of(ledger, "203.0.113.2") == BlockState::wanted);
}

TEST_CASE("a dry run wants nothing") {
    Ledger ledger;
    Policy policy;
    policy.dry_run = true;
    CHECK(alert(ledger, policy, "203.0.113.5", noon).empty());
    CHECK(ledger.blocks().empty());
}

TEST_CASE("a removed block leaves the ledger, and the counts follow") {
    Ledger ledger;
    alert(ledger, Policy{}, "203.0.113.5", noon);
    ledger.apply(BlockChange{"hq", indicator("203.0.113.5"), BlockState::removed, ""});
    CHECK(ledger.find("hq", indicator("203.0.113.5")) == nullptr);
    CHECK(ledger.counts("hq") == BlockCounts{});
}

TEST_CASE("what a store kept is there after a load, with its expiry") {
    Ledger ledger;
    ledger.load({Block{.target = "hq",
                       .indicator = indicator("203.0.113.5"),
                       .state = BlockState::enforced,
                       .reason = "",
                       .alert = "",
                       .since = noon,
                       .expires = noon + 5h,
                       .repeats = 3}});
    CHECK(state_of(ledger, "203.0.113.5") == BlockState::enforced);
    CHECK(ledger.next_expiry() == noon + 5h);
}

TEST_CASE("a type's own time counts, and a repeat of another type never shortens it") {
    Ledger ledger;
    Policy policy;
    policy.expire = 1h;
    policy.expire_by_type[AlertType::malware_callback] = 30h;
    alert(ledger, policy, "203.0.113.5", noon);
    CHECK(ledger.find("hq", indicator("203.0.113.5"))->expires == noon + 30h);
    policy.expire_by_type.clear();
    alert(ledger, policy, "203.0.113.5", noon + 1h);
    CHECK(ledger.find("hq", indicator("203.0.113.5"))->expires == noon + 30h);
    CHECK(ledger.expire(noon + 30h).size() == 1);
}

TEST_CASE("an appliance over its own limit is held, and the others' alerts go through") {
    Ledger ledger;
    Policy policy;
    policy.max_new_blocks_per_minute_per_appliance = 2;
    for (const auto* attacker : {"203.0.113.1", "203.0.113.2", "203.0.113.3"}) {
        alert(ledger, policy, attacker, noon, hq, "nx1");
    }
    CHECK(state_of(ledger, "203.0.113.2") == BlockState::wanted);
    CHECK(state_of(ledger, "203.0.113.3") == BlockState::held);
    CHECK_THAT(ledger.find("hq", indicator("203.0.113.3"))->reason,
               Catch::Contains("policy.max_new_blocks_per_minute_per_appliance (2)") && Catch::Contains("nx1"));
    alert(ledger, policy, "203.0.113.4", noon, hq, "nx2");
    CHECK(state_of(ledger, "203.0.113.4") == BlockState::wanted);
    alert(ledger, policy, "203.0.113.5", noon + 61s, hq, "nx1");
    CHECK(state_of(ledger, "203.0.113.5") == BlockState::wanted);
}

TEST_CASE("a flood of invented appliance names cannot fill the memory, and still meets the common limit") {
    Ledger ledger;
    Policy policy;
    policy.max_new_blocks_per_minute = 0;
    policy.max_new_blocks_per_minute_per_appliance = 10;
    for (int i = 0; i < 6000; ++i) {
        alert(ledger, policy, "203.0." + std::to_string(i / 250) + "." + std::to_string(i % 250), noon, hq,
              "nx" + std::to_string(i));
    }
    // 4096 names have a count of their own; the others share one.
    CHECK(ledger.counts("hq")[static_cast<std::size_t>(BlockState::held)] == 6000 - 4096 - 10);
}

TEST_CASE(
    "a name without a block within the last minute makes room for another, a second after it could at the latest") {
    Ledger ledger;
    Policy policy;
    policy.max_new_blocks_per_minute = 0;
    policy.max_new_blocks_per_minute_per_appliance = 1;
    const auto flood = [&](int subnet, WallTime at) {
        for (int i = 0; i < 4096; ++i) {
            const std::string address =
                "203." + std::to_string(subnet) + "." + std::to_string(i / 250) + "." + std::to_string(i % 250);
            alert(ledger, policy, address, at, hq, "nx" + std::to_string(subnet) + "-" + std::to_string(i));
        }
    };
    const auto held = [&] { return ledger.counts("hq")[static_cast<std::size_t>(BlockState::held)]; };
    flood(0, noon);
    CHECK(held() == 0);
    alert(ledger, policy, "198.51.100.1", noon + 59500ms, hq, "late1");
    alert(ledger, policy, "198.51.100.2", noon + 59500ms, hq, "late2");
    CHECK(held() == 1);  // they share a count
    alert(ledger, policy, "198.51.100.3", noon + 60400ms, hq, "late3");
    CHECK(held() == 2);  // nobody looked yet
    flood(1, noon + 61s);
    CHECK(held() <= 3);
}

TEST_CASE("a target whose group grows too fast in an hour holds the rest, and another target does not") {
    Ledger ledger;
    Policy policy;
    policy.group_growth_per_hour = 2;
    alert(ledger, policy, "203.0.113.1", noon);
    alert(ledger, policy, "203.0.113.2", noon + 10min);
    alert(ledger, policy, "203.0.113.3", noon + 20min, {"hq", "branch"});
    CHECK(state_of(ledger, "203.0.113.3") == BlockState::held);
    CHECK_THAT(ledger.find("hq", indicator("203.0.113.3"))->reason,
               Catch::Contains("policy.group_growth_per_hour (2)"));
    CHECK(ledger.find("branch", indicator("203.0.113.3"))->state == BlockState::wanted);
    alert(ledger, policy, "203.0.113.4", noon + 61min);
    CHECK(state_of(ledger, "203.0.113.4") == BlockState::wanted);
}

TEST_CASE("a restart does not open the breaker") {
    Ledger before;
    Policy policy;
    policy.max_new_blocks_per_minute = 2;
    policy.max_new_blocks_per_minute_per_appliance = 2;
    alert(before, policy, "203.0.113.1", noon, {"hq", "branch"});
    alert(before, policy, "203.0.113.2", noon + 1s, {"hq", "branch"});
    Ledger after;
    after.load(before.blocks());
    alert(after, policy, "203.0.113.3", noon + 2s);
    CHECK(state_of(after, "203.0.113.3") == BlockState::held);
    alert(after, policy, "203.0.113.4", noon + 62s);
    CHECK(state_of(after, "203.0.113.4") == BlockState::wanted);
}

TEST_CASE("what nobody releases is forgotten when its time is over, so that a flood does not stay for ever") {
    Ledger ledger;
    Policy policy;
    policy.max_new_blocks_per_minute = 1;
    policy.expire = 1h;
    alert(ledger, policy, "203.0.113.1", noon);
    alert(ledger, policy, "203.0.113.2", noon);
    alert(ledger, policy, "203.0.113.2", noon + 30min);
    auto over = ledger.expire(noon + 1h);
    REQUIRE(over.size() == 1);
    CHECK(over.front().state == BlockState::expired);
    over = ledger.expire(noon + 90min);
    REQUIRE(over.size() == 1);
    CHECK(over.front().state == BlockState::removed);
    CHECK(ledger.find("hq", indicator("203.0.113.2")) == nullptr);
    CHECK_FALSE(ledger.next_expiry());
}

TEST_CASE("so many blocks may be held, and further ones are turned down with a reason") {
    Ledger ledger;
    std::vector<Block> held;
    for (std::size_t i = 0; i < held_blocks_max; ++i) {
        held.push_back({.target = "hq",
                        .indicator = indicator("h" + std::to_string(i) + ".example"),
                        .state = BlockState::held,
                        .reason = "",
                        .alert = "",
                        .since = noon,
                        .expires = noon + 1h,
                        .repeats = 0});
    }
    ledger.load(held);
    Policy policy;
    policy.max_new_blocks_per_minute = 1;
    alert(ledger, policy, "203.0.113.1", noon);
    Alert one;
    one.suspects.push_back({indicator("203.0.113.2"), "dst/ip", ""});
    std::vector<Ignored> turned_down;
    CHECK(ledger.admit(policy, one, decide(policy, one), hq, noon, &turned_down).empty());
    REQUIRE(turned_down.size() == 1);
    CHECK(turned_down.front().address == "203.0.113.2");
    CHECK_THAT(turned_down.front().reason, Catch::Contains("20000 blocks are held already"));
}

TEST_CASE("an IPv6 address whose /64 is blocked is a repeat of that block") {
    Ledger ledger;
    Policy policy;
    policy.ipv6_by_prefix = true;
    alert(ledger, policy, "2001:db8:0:7::5", noon);
    alert(ledger, policy, "2001:db8:0:7::6", noon + 1h);
    const Block* block = ledger.find("hq", Indicator::parse_blocked("2001:db8:0:7::/64").value());
    REQUIRE(block != nullptr);
    CHECK(block->repeats == 1);
    policy.ipv6_by_prefix = false;  // the operator has changed his mind; the block stands
    CHECK(alert(ledger, policy, "2001:db8:0:7::7", noon + 2h).empty());
    CHECK(block->repeats == 2);
    CHECK(block->expires == noon + 2h + policy.expire);
    CHECK(ledger.blocks().size() == 1);
}

TEST_CASE("a release begins the block anew") {
    Ledger ledger;
    Policy policy;
    policy.max_new_blocks_per_minute = 1;
    policy.expire = 1h;
    alert(ledger, policy, "203.0.113.1", noon);
    alert(ledger, policy, "203.0.113.2", noon);
    BlockChange change{"hq", indicator("203.0.113.2"), BlockState::wanted, "released"};
    change.since = noon + 50min;
    change.expires = noon + 110min;
    ledger.apply(change);
    const Block* block = ledger.find("hq", indicator("203.0.113.2"));
    CHECK(block->since == noon + 50min);
    CHECK(ledger.expire(noon + 1h).size() == 1);  // the other one
    CHECK(ledger.expire(noon + 110min).size() == 1);
}

TEST_CASE("the blocks of one target are handed over one by one") {
    Ledger ledger;
    alert(ledger, Policy{}, "203.0.113.6", noon);
    alert(ledger, Policy{}, "203.0.113.5", noon);
    std::vector<std::string> seen;
    const auto take = [&](const Block& block) { seen.push_back(block.target + " " + block.indicator.text()); };
    ledger.each_of("branch", take);
    CHECK(seen.empty());
    ledger.each_of("hq", take);
    CHECK(seen == std::vector<std::string>{"hq 203.0.113.5", "hq 203.0.113.6"});
}

TEST_CASE("blocks that are due at the same time expire in the order of their targets and indicators, once each") {
    Ledger ledger;
    std::vector<Block> kept;
    for (const std::string target : {"hq", "branch"}) {
        for (const std::string address : {"203.0.113.7", "203.0.113.5", "203.0.113.6"}) {
            kept.push_back({.target = target,
                            .indicator = indicator(address),
                            .state = BlockState::enforced,
                            .reason = "r",
                            .alert = "a",
                            .since = noon,
                            .expires = noon + 1h,
                            .repeats = 0});
        }
    }
    kept.push_back(kept.front());  // a store has each once; a second one changes nothing
    ledger.load(kept);
    CHECK(ledger.blocks().size() == 6);
    ledger.apply(BlockChange{"hq", indicator("203.0.113.6"), BlockState::removed, ""});
    CHECK(ledger.expire(noon + 59min).empty());
    std::vector<std::string> order;
    for (const BlockChange& change : ledger.expire(noon + 1h)) {
        order.push_back(change.target + " " + change.indicator.text());
    }
    CHECK(order == std::vector<std::string>{"branch 203.0.113.5", "branch 203.0.113.6", "branch 203.0.113.7",
                                            "hq 203.0.113.5", "hq 203.0.113.7"});
    CHECK_FALSE(ledger.next_expiry());
}

TEST_CASE("a block that waits for room ends when its time is over, and repeats neither want it again nor are lost") {
    Ledger ledger;
    Policy policy;
    policy.expire = 2h;
    alert(ledger, policy, "203.0.113.5", noon);
    ledger.apply(BlockChange{"hq", indicator("203.0.113.5"), BlockState::refused, std::string(no_room) + "full"});
    CHECK(alert(ledger, policy, "203.0.113.5", noon + 1h).empty());
    CHECK(state_of(ledger, "203.0.113.5") == BlockState::refused);
    CHECK(ledger.expire(noon + 2h).empty());
    const auto over = ledger.expire(noon + 3h);
    REQUIRE(over.size() == 1);
    CHECK(over.front().state == BlockState::expired);
}

TEST_CASE("a block that the target refused for another reason stays until an operator or an alert decides") {
    Ledger ledger;
    alert(ledger, Policy{}, "203.0.113.5", noon);
    ledger.apply(BlockChange{"hq", indicator("203.0.113.5"), BlockState::refused, "name is taken"});
    CHECK_FALSE(ledger.next_expiry());
    CHECK(alert(ledger, Policy{}, "203.0.113.5", noon + 1h).size() == 1);
}
