// Stories drawn from a seed: indicators come and go, calls fail, answers are lost, commits fail, colleagues delete.
// While that goes on nothing wrong may be on the firewall; once it ends, everything owed must arrive.
#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "scripted_firewall.hpp"

using namespace testing;
using namespace std::chrono_literals;

namespace {

Indicator ip(unsigned n) {
    return Indicator::parse("198.51." + std::to_string(n / 250) + "." + std::to_string(n % 250)).value();
}

class Story {
public:
    explicit Story(unsigned seed) : random_(seed), bench_({}, {}, seed) {
        // A swarm: each story leaves some kinds of fault out altogether and weighs the others differently.
        for (int& weight : weights_) {
            weight = chance(50) ? static_cast<int>(random_() % 30) : 0;
        }
        bench_.firewall.commit_takes = std::chrono::milliseconds(random_() % 20'000);
        bench_.firewall.fault = [this](const Call& call) { return draw_fault(call); };
        bench_.firewall.lost = [this](const Call&) -> std::optional<Failure> {
            return raging_ && chance(weights_[2]) ? std::optional(Failure(Errc::unreachable, "reset")) : std::nullopt;
        };
        bench_.firewall.commit_fails = [this] { return raging_ && chance(weights_[3]); };
    }

    void play() {
        bench_.start();
        for (int step = 0; step < 60; ++step) {
            act();
            bench_.run_for(std::chrono::milliseconds(random_() % 5000));
            check_safety();
        }
        raging_ = false;
        bench_.run_for(20min);
        check_liveness();
    }

private:
    bool chance(int percent) { return static_cast<int>(random_() % 100) < percent; }

    std::optional<Failure> draw_fault(const Call& call) {
        if (!raging_) {
            return std::nullopt;
        }
        if (chance(weights_[0])) {
            return Failure(Errc::unreachable, "refused");
        }
        if (chance(weights_[1])) {
            return Failure(std::holds_alternative<StartCommit>(call) ? Errc::locked : Errc::busy, "later");
        }
        return std::nullopt;
    }

    void act() {
        const Indicator one = ip(static_cast<unsigned>(random_() % 40));
        if (chance(65)) {
            bench_.want({one});
            wanted_.insert(one);
            ever_.insert(address_name_of(one));
        } else if (chance(60)) {
            if (wanted_.erase(one) > 0) {
                bench_.unwant({one});
            }
        } else if (chance(weights_[4])) {
            // A colleague takes a member out, and commits that.
            const std::string name = address_name_of(one);
            bench_.firewall.candidate.erase(name);
            bench_.firewall.running.erase(name);
        }
    }

    void check_safety() {
        for (const std::string& member : bench_.firewall.running) {
            if (member != "placeholder" && !ever_.contains(member)) {
                FAIL("blocked although never wanted: " << member);
            }
        }
        if (!bench_.firewall.running.contains("placeholder")) {
            FAIL("the placeholder is gone");
        }
    }

    void check_liveness() {
        std::set<std::string> expected{"placeholder"};
        for (const Indicator& one : wanted_) {
            expected.insert(address_name_of(one));
            CHECK(bench_.ledger.at(one) == BlockState::enforced);
        }
        CHECK(bench_.firewall.running == expected);
        CHECK(bench_.enforcer().phase() == GroupEnforcer::Phase::idle);
        CHECK(bench_.firewall.objects.size() == wanted_.size());
    }

    std::mt19937 random_;
    Bench bench_;
    std::array<int, 5> weights_{};
    bool raging_ = true;
    std::set<Indicator> wanted_;
    std::set<std::string> ever_;
};

}  // namespace

TEST_CASE("whatever fails, a target ends with exactly what is wanted") {
    for (unsigned seed = 1; seed <= 400; ++seed) {
        INFO("seed " << seed);
        Story(seed).play();
    }
}
