#include "sim/soak/judge/acknowledgements.hpp"

#include <catch2/catch.hpp>

using namespace sim::soak;
using namespace std::chrono_literals;
using sim::load::Sent;
using Texts = std::vector<std::string>;

namespace {

const Sent at_once{1s, 1s, 1s + 20ms, 200, 1};
const Sent at_third_try{2s, 2s, 5s, 200, 3};
const Sent refused{3s, 3s, 4s, 400, 1};
const Sent unanswered{4s, 4s, never, 0, 5};

Texts found(const std::vector<Sent>& sent, Result& result) {
    Texts all;
    judge_acknowledgements(sent, result, [&all](std::string text) { all.push_back(std::move(text)); });
    return all;
}

}  // namespace

TEST_CASE("alerts are counted by whether they were acknowledged and in how many tries, and timed since they were due") {
    Result result;
    result.alerts = 2;
    CHECK(found({at_once, at_third_try}, result).empty());
    CHECK(result.acknowledged == 2);
    CHECK(result.sent_again == 1);
    CHECK(result.tries == 4);
    CHECK(result.acknowledgement.at(1).at == 3s);
}

TEST_CASE("alerts that were refused, not answered, or never sent are told in one sum") {
    Result result;
    result.alerts = 5;
    CHECK(found({at_once, refused, unanswered}, result) == Texts{"4 alerts were never acknowledged"});
    CHECK(result.acknowledged == 1);
    CHECK(result.sent_again == 0);
    CHECK(result.tries == 7);
    CHECK(result.acknowledgement.count() == 1);
}

TEST_CASE("a soak that was interrupted owes no acknowledgement") {
    Result result;
    result.alerts = 5;
    result.interrupted = true;
    CHECK(found({at_once, unanswered}, result).empty());
    CHECK(result.acknowledged == 1);
}
