#include "sim/load/quantiles.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "sim/load/time_text.hpp"

using namespace sim::load;
using namespace std::chrono_literals;

TEST_CASE("quantiles: they are samples, exactly", "[load][quantiles]") {
    Quantiles of;
    for (int i = 100; i >= 1; --i) {
        of.add(Micros(i));
    }

    CHECK(of.at(0).at == 1us);
    CHECK(of.at(0.01).at == 1us);
    CHECK(of.at(0.5).at == 50us);
    CHECK(of.at(0.99).at == 99us);
    CHECK(of.at(0.991).at == 100us);
    CHECK(of.max().at == 100us);
    CHECK(of.mean() == 50us);
    CHECK_FALSE(of.max().beyond);
}

TEST_CASE("quantiles: what has not happened is later than all that has", "[load][quantiles]") {
    Quantiles of;
    for (int i = 1; i <= 90; ++i) {
        of.add(Micros(i));
    }
    for (int i = 0; i < 10; ++i) {
        of.add_unfinished(1s + i * 1s);
    }

    CHECK(of.count() == 100);
    CHECK(of.unfinished() == 10);
    CHECK(of.at(0.9).at == 90us);
    CHECK_FALSE(of.at(0.9).beyond);
    CHECK(of.at(0.91).beyond);
    CHECK(of.at(0.91).at == 1s);
    CHECK(of.max().at == 10s);
    CHECK(of.oldest_unfinished() == 10s);
    CHECK(time_text(of.max()) == "> 10.0 s");
}

TEST_CASE("quantiles: samples may come after a look", "[load][quantiles]") {
    Quantiles of;
    of.add(5us);
    CHECK(of.max().at == 5us);
    of.add(9us);
    CHECK(of.max().at == 9us);
    of.add_unfinished(1us);
    CHECK(of.max().beyond);
    CHECK(of.max().at == 9us);
}

TEST_CASE("quantiles: of nothing they are nothing", "[load][quantiles]") {
    CHECK(Quantiles().at(0.5).at == 0us);
    CHECK_FALSE(Quantiles().at(0.5).beyond);
}

TEST_CASE("quantiles: they never fall as the share grows, and an unfinished sample never lowers one",
          "[load][quantiles]") {
    std::mt19937 random(GENERATE(range(1U, 21U)));
    Quantiles finished;
    Quantiles with;
    const std::size_t count = 1 + random() % 300;
    for (std::size_t i = 0; i < count; ++i) {
        const Micros took(random() % 10'000);
        finished.add(took);
        with.add(took);
    }
    with.add_unfinished(Micros(random() % 10'000));
    Quantile last;
    for (int i = 0; i <= 1000; ++i) {
        const Quantile now = with.at(i / 1000.0);
        REQUIRE((now.at >= last.at || now.beyond));
        REQUIRE((now.beyond || now.at >= finished.at(i / 1000.0).at));
        REQUIRE((!last.beyond || now.beyond));
        last = now;
    }
}

TEST_CASE("time text: three digits and the unit that fits", "[load][text]") {
    CHECK(time_text(0us) == "0");
    CHECK(time_text(412us) == "412 us");
    CHECK(time_text(1234us) == "1.23 ms");
    CHECK(time_text(56'700us) == "56.7 ms");
    CHECK(time_text(999'600us) == "1.00 s");
    CHECK(time_text(20s) == "20.0 s");
    CHECK(time_text(1h) == "3600 s");
    CHECK(number_text(7) == "7");
    CHECK(number_text(1'234'567) == "1,234,567");
}
