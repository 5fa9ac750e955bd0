// Stories drawn from a seed: indicators come and go while calls fail, answers are lost or late, the bridge crashes and
// firewalls lose their copies. Nothing may be called enforced that a firewall does not have when it is looked at; once
// it calms down, every copy is what is wanted, and the ledger knows it.
#include <catch2/catch.hpp>
#include <random>

#include "enforcer_bench.hpp"
#include "scripted_lists.hpp"

using namespace testing;
using namespace std::chrono_literals;

namespace {

Indicator one_of(unsigned n) {
    return indicator(n % 3 == 0 ? "host" + std::to_string(n) + ".example" : "198.51.100." + std::to_string(n));
}

class Story {
public:
    explicit Story(unsigned seed)
        : random_(seed),
          bench_(
              [this] {
                  ListSettings settings = settings_;
                  return std::make_unique<ListEnforcer>(settings, random_());
              },
              [this](std::size_t firewall, const Call& call, Instant now) {
                  return firewalls_.at(firewall).perform(call, now, pages());
              }) {
        for (int& weight : weights_) {
            weight = chance(50) ? static_cast<int>(random_() % 30) : 0;
        }
        settings_.target = "hq";
        settings_.firewalls = {{"fw1", "ip", "domain", ""}, {"fw2", "ip", "domain", "url"}};
        firewalls_.resize(2);
        longest_ = 1 + static_cast<int>(random_() % 3000);
        bench_.latency = [this] { return std::chrono::milliseconds(1 + static_cast<int>(random_()) % longest_); };
        for (ScriptedLists& firewall : firewalls_) {
            firewall.fault = [this](const Call&) -> std::optional<Failure> {
                return raging_ && chance(weights_[0]) ? std::optional(Failure(Errc::unreachable, "refused"))
                                                      : std::nullopt;
            };
            firewall.lost = [this](const Call&) -> std::optional<Failure> {
                return raging_ && chance(weights_[1]) ? std::optional(Failure(Errc::unreachable, "reset"))
                                                      : std::nullopt;
            };
        }
    }

    void play() {
        bench_.crash();
        for (int step = 0; step < 60; ++step) {
            act();
            bench_.run_for(std::chrono::milliseconds(random_() % 6000));
        }
        raging_ = false;
        longest_ = 5;
        bench_.run_for(30min);
        check_end();
    }

private:
    ListEnforcer& pages() { return dynamic_cast<ListEnforcer&>(bench_.enforcer()); }
    bool chance(int percent) { return static_cast<int>(random_() % 100) < percent; }

    void act() {
        const Indicator one = one_of(static_cast<unsigned>(random_() % 40));
        if (chance(60)) {
            bench_.want({one});
        } else if (chance(70)) {
            bench_.unwant({one});
        } else if (chance(weights_[2])) {
            firewalls_[random_() % 2].copy("ip").clear();
        } else if (chance(weights_[3])) {
            bench_.crash();
        }
    }

    void check_end() {
        for (unsigned n = 0; n < 40; ++n) {
            const Indicator one = one_of(n);
            const auto kept = bench_.ledger().find(one);
            const bool wanted = kept != bench_.ledger().end();
            INFO(one.text());
            CHECK((!wanted || kept->second.state == BlockState::enforced));
            for (const ListKind kind : list_kinds) {
                if (carries(kind, one)) {
                    const std::string list(name_of(kind));
                    CHECK(firewalls_[1].copy(list).contains(list_entry(kind, one)) == wanted);
                }
            }
        }
        CHECK(bench_.enforcer().state() == "idle");
    }

    std::mt19937 random_;
    ListSettings settings_;
    std::vector<ScriptedLists> firewalls_;
    int longest_ = 1;
    bool raging_ = true;
    std::array<int, 4> weights_{};
    EnforcerBench bench_;
};

}  // namespace

TEST_CASE("whatever fails, every firewall's copy ends with exactly what is wanted") {
    for (unsigned seed = 1; seed <= 300; ++seed) {
        INFO("seed " << seed);
        Story(seed).play();
    }
}
