#include "sim/soak/judge/victim.hpp"

#include <catch2/catch.hpp>

using namespace sim::soak;
using namespace std::chrono_literals;

namespace {

/// Four attackers on two firewalls, all named at 0 s; a block lasts two minutes. The second firewall denies the last
/// three, which have objects there.
struct Pool {
    Account account{{2min, 100s, 3s}, {"198.18.0.1", "198.18.0.2", "198.18.0.3", "198.18.0.4"}, {"fw1", "fw2"}};
    std::vector<std::string> objects{"", "b", "c", "d"};

    Pool() {
        for (std::size_t a = 0; a < objects.size(); ++a) {
            account.sent(a, 0s);
            account.acknowledged(a + 1, a, 0s);
        }
        account.looked(1, {false, true, true, true}, 1s);
    }
    std::optional<std::size_t> victim(std::uint64_t draw, Micros now = 10s) const {
        return victim_at(account, 1, objects, draw, now);
    }
};

}  // namespace

TEST_CASE("the draw says whose block is taken away, round the pool") {
    const Pool pool;
    CHECK(pool.victim(2) == 2U);
    CHECK(pool.victim(4 * 1'000'000'000ULL + 3) == 3U);
}

TEST_CASE("who has no object or is not denied there is passed over") {
    Pool pool;
    CHECK(pool.victim(0) == 1U);
    pool.account.looked(1, {false, true, false, false}, 2s);
    CHECK(pool.victim(2) == 1U);
    CHECK(victim_at(pool.account, 0, {"a", "b", "c", "d"}, 0, 10s) == std::nullopt);
}

TEST_CASE("a block that is about to end is not taken away, for nobody would have to put it back") {
    const Pool pool;
    CHECK(pool.victim(1, 116s) == 1U);
    CHECK(pool.victim(1, 2min) == std::nullopt);
}

TEST_CASE("where nothing stands there is no victim") {
    Pool pool;
    pool.objects = {"", "", "", ""};
    CHECK(pool.victim(3) == std::nullopt);
    pool.objects.clear();
    CHECK(pool.victim(3) == std::nullopt);
}
