// Stories drawn from a seed: indicators come and go while calls fail, answers are lost or late, the bridge crashes, the
// device restarts and colleagues register and unregister. Nothing of others may change; once it calms down, the device
// has exactly what is wanted, and the ledger knows it.
#include <catch2/catch.hpp>
#include <random>

#include "enforcer_bench.hpp"
#include "scripted_table.hpp"

using namespace testing;
using namespace std::chrono_literals;

namespace {

IpAddress address_of(unsigned n) {
    return IpAddress::parse("198.51.100." + std::to_string(n)).value();
}

class Story {
public:
    explicit Story(unsigned seed)
        : random_(seed),
          bench_(
              [this] {
                  RegistrationSettings settings = settings_;
                  return std::make_unique<RegistrationEnforcer>(settings, random_());
              },
              [this](std::size_t, const Call& call, Instant now) { return table_.perform(call, now); }) {
        // A swarm: each story leaves some kinds of trouble out altogether and weighs the others differently.
        for (int& weight : weights_) {
            weight = chance(50) ? static_cast<int>(random_() % 30) : 0;
        }
        settings_.target = "hq";
        settings_.group = "blocked";
        settings_.tag = "firebreak";
        settings_.register_max = 1 + random_() % 12;
        settings_.page_max = 1 + random_() % 12;
        settings_.timeout = std::chrono::seconds(chance(40) ? 900 : 0);
        longest_ = 1 + static_cast<int>(random_() % 3000);
        bench_.latency = [this] { return std::chrono::milliseconds(1 + static_cast<int>(random_()) % longest_); };
        table_.fault = [this](const Call&) -> std::optional<Failure> {
            if (raging_ && chance(weights_[0])) {
                return Failure(Errc::unreachable, "refused");
            }
            return raging_ && chance(weights_[1]) ? std::optional(Failure(Errc::busy, "later")) : std::nullopt;
        };
        table_.lost = [this](const Call&) -> std::optional<Failure> {
            return raging_ && chance(weights_[2]) ? std::optional(Failure(Errc::unreachable, "reset")) : std::nullopt;
        };
        for (unsigned n = 0; n < 10; ++n) {
            table_.addresses[address_of(100 + n)]["firebreak"] = std::nullopt;  // a colleague's, with our tag
            table_.addresses[address_of(n)]["theirs"] = std::nullopt;           // and with another on ours
        }
    }

    void play() {
        bench_.crash();
        for (int step = 0; step < 60; ++step) {
            act();
            bench_.run_for(std::chrono::milliseconds(random_() % 4000));
            check_others();
        }
        raging_ = false;
        longest_ = 5;
        bench_.run_for(20min);
        check_end();
    }

private:
    bool chance(int percent) { return static_cast<int>(random_() % 100) < percent; }

    void act() {
        const IpAddress one = address_of(static_cast<unsigned>(random_() % 40));
        if (chance(60)) {
            bench_.want({one});
        } else if (chance(70)) {
            bench_.unwant({one});
        } else if (chance(weights_[3])) {
            table_.remove(one, "firebreak");  // a colleague unregisters it
        } else if (chance(weights_[4])) {
            for (unsigned n = 0; n < 40; ++n) {
                table_.remove(address_of(n), "firebreak");  // the device forgot
            }
        } else if (chance(weights_[5])) {
            bench_.crash();
        }
    }

    void check_others() {
        for (unsigned n = 0; n < 10; ++n) {
            const auto theirs = table_.addresses.find(address_of(n));
            const auto with_our_tag = table_.addresses.find(address_of(100 + n));
            if (theirs == table_.addresses.end() || !theirs->second.contains("theirs")) {
                FAIL("another tag is gone from " << address_of(n).text());
            }
            if (with_our_tag == table_.addresses.end() || !with_our_tag->second.contains("firebreak")) {
                FAIL("somebody's address is gone: " << address_of(100 + n).text());
            }
        }
    }

    void check_end() {
        table_.expire(bench_.now());
        check_others();
        for (unsigned n = 0; n < 40; ++n) {
            const IpAddress one = address_of(n);
            const auto kept = bench_.ledger().find(one);
            const bool wanted = kept != bench_.ledger().end();
            INFO(one.text());
            CHECK(table_.ours(one.text()) == wanted);
            CHECK((!wanted || kept->second.state == BlockState::enforced));
        }
        CHECK(bench_.enforcer().state() == "idle");
    }

    std::mt19937 random_;
    RegistrationSettings settings_;
    ScriptedTable table_;
    int longest_ = 1;
    bool raging_ = true;
    std::array<int, 6> weights_{};
    EnforcerBench bench_;
};

}  // namespace

TEST_CASE("whatever fails, the table ends with exactly what is wanted, and nothing of others is touched") {
    for (unsigned seed = 1; seed <= 400; ++seed) {
        INFO("seed " << seed);
        Story(seed).play();
    }
}
