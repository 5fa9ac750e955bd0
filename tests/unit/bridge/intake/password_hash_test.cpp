#include "bridge/intake/password_hash.hpp"

#include <catch2/catch.hpp>
#include <future>

#include "bridge/intake/guess.hpp"
#include "bridge/intake/line_budget.hpp"
#include "bridge/intake/prover.hpp"

using namespace bridge::intake;
using namespace std::chrono_literals;
using bridge::domain::Secret;

namespace {

constexpr HashCost cheap{.ln = 10, .r = 8, .p = 1};

std::string complaint(const std::string& line) {
    const auto hash = PasswordHash::parse(line);
    return hash ? "taken" : hash.error();
}

}  // namespace

TEST_CASE("a password's hash knows it again, and no other") {
    const auto hash = PasswordHash::of(Secret("open sesame"), cheap).value();
    CHECK(hash.is_of(Secret("open sesame")) == true);
    CHECK(hash.is_of(Secret("open sesamf")) == false);
    CHECK(hash.is_of(Secret()) == false);
    const auto read = PasswordHash::parse(hash.line());
    REQUIRE(read);
    CHECK(read->line() == hash.line());
    CHECK(read->is_of(Secret("open sesame")) == true);
    CHECK_THAT(hash.line(), !Catch::Contains("sesame"));
}

TEST_CASE("the same password has another hash each time") {
    CHECK(PasswordHash::of(Secret("x"), cheap)->line() != PasswordHash::of(Secret("x"), cheap)->line());
}

TEST_CASE("what others made of RFC 7914 is read") {
    // RFC 7914, section 12: scrypt("pleaseletmein", "SodiumChloride", N=16384, r=8, p=1), its first 32 bytes.
    const std::string line = "$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofI";
    const auto hash = PasswordHash::parse(line);
    REQUIRE(hash);
    CHECK(hash->line() == line);
    CHECK(hash->is_of(Secret("pleaseletmein")) == true);
}

TEST_CASE("nobody has the password of nobody") {
    const auto nobody = PasswordHash::of_nobody(cheap);
    CHECK(nobody.is_of(Secret()) == false);
    CHECK(nobody.is_of(Secret("x")) == false);
}

TEST_CASE("a line that is no hash is refused with the reason, and not repeated") {
    CHECK_THAT(complaint("hunter2"), Catch::Contains("begins with $scrypt$") && !Catch::Contains("hunter2"));
    CHECK_THAT(complaint("$argon2id$v=19$m=65536$c2FsdA$aGFzaA"), Catch::Contains("begins with $scrypt$"));
    CHECK_THAT(complaint("$scrypt$ln=14,r=8,p=1$c2FsdHNhbHQ"), Catch::Contains("is cut"));
    CHECK_THAT(complaint("$scrypt$r=8,ln=14,p=1$c2FsdHNhbHQ$x"), Catch::Contains("not written as"));
    CHECK_THAT(complaint("$scrypt$ln=14,r=8,p=1,q=2$c2FsdHNhbHQ$x"), Catch::Contains("not written as"));
    CHECK_THAT(complaint("$scrypt$ln=4,r=8,p=1$c2FsdHNhbHQ$x"), Catch::Contains("ln 10 to 18"));
    CHECK_THAT(complaint("$scrypt$ln=18,r=32,p=1$c2FsdHNhbHQ$x"), Catch::Contains("at most 128 MiB"));
    CHECK_THAT(complaint("$scrypt$ln=14,r=8,p=0$c2FsdHNhbHQ$x"), Catch::Contains("p 1 to 32"));
    const std::string key = "cCO9yzr9c0hGHAbNgf04/2o+66OQTtOG846wbU3v9Us";
    CHECK_THAT(complaint("$scrypt$ln=14,r=8,p=1$$" + key), Catch::Contains("no base64"));
    CHECK_THAT(complaint("$scrypt$ln=14,r=8,p=1$c2FsdA$" + key), Catch::Contains("right length"));
    CHECK_THAT(complaint("$scrypt$ln=14,r=8,p=1$c2FsdHNhbHQ$" + key + "AA"), Catch::Contains("right length"));
    CHECK_THAT(complaint("$scrypt$ln=14,r=8,p=1$c2Fsd*NhbHQ$" + key), Catch::Contains("no base64"));
    CHECK_THAT(complaint("$scrypt$ln=14,r=8,p=1$c2FsdHNhbHQ$" + key + "="), Catch::Contains("no base64"));
}

TEST_CASE("a guess is the same for the same user and password, and no other's") {
    Guesser guesser;
    CHECK(same(guesser.of("fireeye", "secret"), guesser.of("fireeye", "secret")));
    CHECK_FALSE(same(guesser.of("fireeye", "secret"), guesser.of("fireeye", "secret2")));
    CHECK_FALSE(same(guesser.of("ab", "c"), guesser.of("a", "bc")));
    Guesser other;
    CHECK_FALSE(same(guesser.of("fireeye", "secret"), other.of("fireeye", "secret")));
}

TEST_CASE("passwords are checked on another thread, one after the other, and suspects last") {
    std::mutex mutex;
    std::vector<std::string> order;
    std::promise<void> all;
    const auto post = [&](const std::function<void()>& task) {
        const std::lock_guard guard(mutex);
        task();
        if (order.size() == 4) {
            all.set_value();
        }
    };
    const auto hash = PasswordHash::of(Secret("right"), cheap).value();
    std::promise<void> begin;
    Prover prover([&, first = true](const std::function<void()>& task) mutable {
        if (std::exchange(first, false)) {
            begin.get_future().wait();  // so that the others are all there when the first is done
        }
        post(task);
    });
    const auto note = [&](std::string name) {
        return [&order, name = std::move(name)](std::optional<bool> right) {
            order.push_back(name + (right == true ? " right" : " wrong"));
        };
    };
    REQUIRE(prover.prove(hash, Secret("right"), false, note("first")));
    REQUIRE(prover.prove(hash, Secret("x"), true, note("suspect")));
    REQUIRE(prover.prove(hash, Secret("right"), false, note("good")));
    REQUIRE(prover.prove(hash, Secret("y"), false, note("mistaken")));
    begin.set_value();
    REQUIRE(all.get_future().wait_for(20s) == std::future_status::ready);
    const std::lock_guard guard(mutex);
    CHECK(order == std::vector<std::string>{"first right", "good right", "mistaken wrong", "suspect wrong"});
}

TEST_CASE("what waits to be checked is bounded, and suspects take no place from others") {
    std::promise<void> begin;
    const auto hash = PasswordHash::of(Secret("right"), cheap).value();
    auto started = std::make_shared<std::promise<void>>();
    {
        Prover prover([gate = begin.get_future().share(), started, first = true](const std::function<void()>&) mutable {
            if (std::exchange(first, false)) {
                started->set_value();
            }
            gate.wait();
        });
        REQUIRE(prover.prove(hash, Secret("x"), true, [](std::optional<bool>) {}));
        started->get_future().wait();
        for (std::size_t i = 0; i < Prover::waiting_max; ++i) {
            REQUIRE(prover.prove(hash, Secret("x"), true, [](std::optional<bool>) {}));
        }
        CHECK_FALSE(prover.prove(hash, Secret("x"), true, [](std::optional<bool>) {}));
        CHECK(prover.prove(hash, Secret("x"), false, [](std::optional<bool>) {}));
        begin.set_value();
    }
}

TEST_CASE("who is turned away again and again has few lines, and the next one counts the others") {
    LineBudget lines;
    Instant now(1000h);
    int told = 0;
    for (int i = 0; i < 1000; ++i) {
        told += lines.spend("192.0.2.66", now) ? 1 : 0;
    }
    CHECK(told == 10);
    CHECK(lines.spend("192.0.2.1", now) == 990U);
    CHECK(lines.spend("192.0.2.1", now) == 0U);
    told = 0;
    for (int i = 0; i < 1000; ++i) {
        told += lines.spend("198.51.100." + std::to_string(i), now) ? 1 : 0;
    }
    CHECK(told == 88);  // a hundred in all
    now += 1s;
    CHECK(lines.spend("192.0.2.2", now) == 912U);
}
