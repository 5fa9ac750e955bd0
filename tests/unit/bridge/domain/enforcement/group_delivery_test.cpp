// The enforcer behind a Panorama.
#include <catch2/catch.hpp>

#include "scripted_firewall.hpp"

using namespace testing;
using namespace std::chrono_literals;

namespace {

Indicator ip(int last) {
    return Indicator::parse("203.0.113." + std::to_string(last)).value();
}

std::string name(int last) {
    return address_name_of(ip(last));
}

struct Panorama : Bench {
    explicit Panorama(GroupSettings settings = {}) : Bench(with_push(std::move(settings))) {
        firewall.managed = {{"001", true, false, {"placeholder"}, false}, {"002", true, false, {"placeholder"}, false}};
        firewall.commit_takes = 2s;
        firewall.push_takes = 5s;
    }

    static GroupSettings with_push(GroupSettings settings) {
        settings.push = true;
        settings.ask_capacity = false;
        return settings;
    }
    ScriptedFirewall::Managed& device(std::size_t i) { return firewall.managed.at(i); }
};

}  // namespace

TEST_CASE("a block is enforced when the Panorama runs it and every firewall has taken the push") {
    Panorama pano;
    pano.start();
    pano.want({ip(5)});
    pano.run_for(4s);
    CHECK(pano.ledger.at(ip(5)) == BlockState::pushed);
    CHECK(pano.enforcer().state() == "delivering");
    pano.run_for(10s);
    CHECK(pano.ledger.at(ip(5)) == BlockState::enforced);
    CHECK(pano.device(0).has.contains(name(5)));
    CHECK(pano.device(1).has.contains(name(5)));
    CHECK(pano.firewall.pushes == std::vector<std::vector<std::string>>{{"001", "002"}});
    CHECK(pano.enforcer().phase() == GroupEnforcer::Phase::idle);
}

TEST_CASE("what comes while a push runs goes out together in the next commit and push") {
    Panorama pano;
    pano.start();
    pano.want({ip(1)});
    pano.run_for(4s);
    for (int i = 2; i <= 30; ++i) {
        pano.want({ip(i)});
    }
    pano.run_for(1min);
    CHECK(pano.count(BlockState::enforced) == 30);
    CHECK(pano.firewall.commits == 2);
    CHECK(pano.firewall.pushes.size() == 2);
}

TEST_CASE("a firewall that fails the push is named, the block is not called enforced, and the push is repeated") {
    Panorama pano;
    pano.device(1).fails = true;
    pano.start();
    pano.want({ip(5)});
    pano.run_for(30s);
    CHECK(pano.ledger.at(ip(5)) == BlockState::pushed);
    CHECK(pano.enforcer().phase() != GroupEnforcer::Phase::idle);
    CHECK_THAT(pano.enforcer().reason(), Catch::Contains("002") && Catch::Contains("commit failed"));
    pano.want({ip(6)});
    pano.run_for(20s);
    CHECK(pano.device(0).has.contains(name(6)));
    pano.device(1).fails = false;
    pano.run_for(3min);
    CHECK(pano.count(BlockState::enforced) == 2);
    CHECK(pano.device(1).has.contains(name(5)));
    CHECK(pano.firewall.commits == 2);
}

TEST_CASE("a push that keeps failing is repeated ever more slowly") {
    Panorama pano;
    pano.device(1).fails = true;
    pano.start();
    pano.want({ip(5)});
    pano.run_for(30min);
    CHECK(pano.firewall.pushes.size() > 5);
    CHECK(pano.firewall.pushes.size() < 60);
    CHECK(pano.firewall.pushes.back() == std::vector<std::string>{"002"});
    CHECK(pano.firewall.commits == 1);
}

TEST_CASE("a firewall that is not connected holds nobody up, is named, and gets the push when it is back") {
    Panorama pano;
    pano.device(1).connected = false;
    pano.start();
    pano.want({ip(5)});
    pano.run_for(30s);
    CHECK(pano.ledger.at(ip(5)) == BlockState::enforced);
    CHECK(pano.firewall.pushes == std::vector<std::vector<std::string>>{{"001"}});
    CHECK_THAT(pano.enforcer().reason(), Catch::Contains("002") && Catch::Contains("not connected"));
    CHECK(pano.enforcer().devices().at(1).state == "disconnected");
    pano.device(1).connected = true;
    pano.run_for(2min);
    CHECK(pano.device(1).has.contains(name(5)));
    CHECK(pano.enforcer().reason().empty());
    CHECK(pano.firewall.commits == 1);
}

TEST_CASE("without a connected firewall nothing is enforced") {
    Panorama pano;
    pano.device(0).connected = pano.device(1).connected = false;
    pano.start();
    pano.want({ip(5)});
    pano.run_for(10min);
    CHECK(pano.ledger.at(ip(5)) == BlockState::pushed);
    CHECK_THAT(pano.enforcer().reason(), Catch::Contains("no firewall of the device group is connected"));
    pano.device(0).connected = true;
    pano.run_for(2min);
    CHECK(pano.ledger.at(ip(5)) == BlockState::enforced);
}

TEST_CASE("a device group without firewalls is named") {
    Panorama pano;
    pano.firewall.managed.clear();
    pano.start();
    pano.want({ip(5)});
    pano.run_for(1min);
    CHECK_THAT(pano.enforcer().reason(), Catch::Contains("no firewall belongs"));
}

TEST_CASE("a block that ends is gone when every firewall has dropped it") {
    Panorama pano;
    pano.start();
    pano.want({ip(5)});
    pano.run_for(20s);
    pano.device(1).fails = true;
    pano.unwant({ip(5)});
    pano.run_for(30s);
    CHECK(pano.ledger.at(ip(5)) == BlockState::expired);
    CHECK_FALSE(pano.device(0).has.contains(name(5)));
    pano.device(1).fails = false;
    pano.run_for(3min);
    CHECK(pano.ledger.at(ip(5)) == BlockState::removed);
    CHECK_FALSE(pano.device(1).has.contains(name(5)));
}

TEST_CASE("a colleague's commit that is not pushed yet is not pushed by us while nothing of ours is missing") {
    Panorama pano;
    pano.start();
    pano.want({ip(5)});
    pano.run_for(20s);
    pano.device(0).out_of_sync = pano.device(1).out_of_sync = true;
    pano.run_for(30min);
    CHECK(pano.firewall.pushes.size() == 1);
    pano.restart();
    pano.run_for(30min);
    CHECK(pano.firewall.pushes.size() == 1);
    CHECK(pano.enforcer().phase() == GroupEnforcer::Phase::idle);
}

TEST_CASE("a firewall that lost our blocks without us gets them again") {
    Panorama pano;
    pano.start();
    pano.want({ip(5)});
    pano.run_for(20s);
    pano.device(0).has = {"placeholder"};
    pano.run_for(10min);
    CHECK(pano.device(0).has.contains(name(5)));
    CHECK(pano.firewall.commits == 1);
}

TEST_CASE("after a crash within a push what the firewalls lack is found out and pushed") {
    Panorama pano;
    pano.firewall.push_takes = 60s;
    pano.start();
    pano.want({ip(5)});
    pano.run_for(4s);
    pano.restart();
    pano.run_for(5min);
    CHECK(pano.ledger.at(ip(5)) == BlockState::enforced);
    CHECK(pano.firewall.commits == 1);
}

TEST_CASE("a push's job that the Panorama has forgotten is not waited for for ever") {
    Panorama pano;
    pano.firewall.push_takes = 1h;
    pano.start();
    pano.want({ip(5)});
    pano.run_for(4s);
    pano.firewall.push_takes = 1s;
    int forgotten = 1;
    pano.firewall.fault = [&forgotten](const Call& call) -> std::optional<Failure> {
        return std::holds_alternative<ReadPush>(call) && forgotten-- > 0
                   ? std::optional(Failure(Errc::missing, "job not found"))
                   : std::nullopt;
    };
    pano.run_for(2min);
    CHECK(pano.ledger.at(ip(5)) == BlockState::enforced);
}
