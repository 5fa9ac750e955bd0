#include <catch2/catch.hpp>

#include "kept_world.hpp"

using namespace bridge::domain;
using namespace bridge::engine;
using namespace bridge::engine::test;
using namespace std::chrono_literals;

TEST_CASE("a new policy holds from the next alert on, and an unchanged target goes on undisturbed") {
    KeptWorld world(settings({target("hq")}));
    REQUIRE(world.engine->start());
    CHECK(world.post("1", "203.0.113.5").status == 200);
    CHECK(world.questions.size() == 1);
    EngineSettings next = settings({target("hq")});
    next.policy.allow.push_back(AllowRule::parse("203.0.113.6").value());
    world.engine->reconfigure(next);
    CHECK(world.ways.at("hq") == 1);
    CHECK(world.questions.size() == 1);
    CHECK(world.engine->reloads().done == 1);
    CHECK(world.post("2", "203.0.113.6").status == 200);
    CHECK(world.block("hq", "203.0.113.6") == nullptr);
    CHECK(world.block("hq", "203.0.113.5")->state == BlockState::wanted);
}

TEST_CASE("an added target gets the blocks that come after it") {
    KeptWorld world(settings({target("hq")}));
    REQUIRE(world.engine->start());
    world.engine->reconfigure(settings({target("hq"), target("branch")}));
    CHECK(world.questions.size() == 2);
    CHECK(world.questions.back().target == "branch");
    CHECK(world.post("1", "203.0.113.5").status == 200);
    CHECK(world.block("branch", "203.0.113.5") != nullptr);
    CHECK(world.engine->targets().size() == 2);
}

TEST_CASE("a removed target is left as it is, its late answer is dropped, and its blocks stay in the ledger") {
    KeptWorld world(settings({target("hq"), target("branch")}));
    REQUIRE(world.engine->start());
    CHECK(world.post("1", "203.0.113.5").status == 200);
    world.engine->reconfigure(settings({target("hq")}));
    REQUIRE(world.questions.size() == 2);
    world.answer("<result/>");  // hq's: it goes on
    REQUIRE(world.questions.front().target == "branch");
    const std::size_t before = world.questions.size();
    world.answer("<result/>");  // branch's: nobody wants it
    CHECK(world.questions.size() == before - 1);
    world.clock.run_for(1h);
    for (const Question& question : world.questions) {
        CHECK(question.target == "hq");
    }
    CHECK(world.block("branch", "203.0.113.5")->state == BlockState::wanted);
    CHECK(world.engine->targets().size() == 1);
}

TEST_CASE("a changed target begins anew from the ledger, but not before the call that is under way is answered") {
    KeptWorld world(settings({target("hq", "old")}));
    REQUIRE(world.engine->start());
    world.engine->reconfigure(settings({target("hq", "new")}));
    CHECK(world.ways.at("hq") == 2);
    REQUIRE(world.questions.size() == 1);
    CHECK(world.post("1", "203.0.113.5").status == 200);
    CHECK(world.questions.size() == 1);
    CHECK(world.engine->targets().at(0).state == "starting");
    world.fail();
    REQUIRE(world.questions.size() == 1);
    CHECK(world.engine->targets().at(0).state == "surveying");
    CHECK(world.block("hq", "203.0.113.5")->state == BlockState::wanted);
}

TEST_CASE("changed twice while one call is under way, only the last begins") {
    KeptWorld world(settings({target("hq", "1")}));
    REQUIRE(world.engine->start());
    world.engine->reconfigure(settings({target("hq", "2")}));
    world.engine->reconfigure(settings({target("hq", "3")}));
    CHECK(world.ways.at("hq") == 3);
    world.fail();
    CHECK(world.questions.size() == 1);
    world.clock.run_for(10min);
    CHECK(world.questions.size() == 1);
}

TEST_CASE("a target that is taken out and put back while its call is under way begins when that is answered") {
    KeptWorld world(settings({target("hq")}));
    REQUIRE(world.engine->start());
    world.engine->reconfigure(settings({}));
    world.engine->reconfigure(settings({target("hq")}));
    CHECK(world.questions.size() == 1);
    world.fail();
    REQUIRE(world.questions.size() == 1);
    CHECK(world.engine->targets().at(0).state == "surveying");
}

TEST_CASE("an engine that goes while a retired target's call is under way is not called back") {
    KeptWorld world(settings({target("hq", "old")}));
    REQUIRE(world.engine->start());
    world.engine->reconfigure(settings({}));
    Question question = std::move(world.questions.front());
    question.done(failed(Errc::unreachable, "gone"));
    world.engine.reset();
    world.clock.settle();
    CHECK(world.questions.size() == 1);
}

TEST_CASE("a refused reload is counted with its reason until one is done") {
    KeptWorld world(settings({}));
    REQUIRE(world.engine->start());
    world.engine->note_refused_reload("bridge.yaml:1:1: no");
    CHECK(world.engine->reloads().refused == 1);
    CHECK(world.engine->reloads().last_refusal == "bridge.yaml:1:1: no");
    world.engine->reconfigure(settings({}));
    CHECK(world.engine->reloads().last_refusal.empty());
    CHECK(world.engine->reloads().refused == 1);
}

TEST_CASE("the canary's block is in no count and no alert, and is taken back when a reload ends it") {
    EngineSettings with = settings({target("hq")});
    with.canary = CanarySettings{Indicator::parse("192.0.2.254").value(), 10min, 2min, {}};
    KeptWorld world(with);
    REQUIRE(world.engine->start());
    world.clock.run_for(1min);
    REQUIRE(world.block("hq", "192.0.2.254") != nullptr);
    CHECK(world.block("hq", "192.0.2.254")->state == BlockState::wanted);
    CHECK(world.engine->targets().at(0).blocks == BlockCounts{});
    CHECK(world.engine->intake().alerts_accepted == 0);
    CHECK(world.engine->intake().notifications.empty());
    CHECK(world.engine->canary().at("hq").state == "blocking");
    REQUIRE(world.store.accepted.size() == 1);
    CHECK(world.store.accepted.front().alerts.empty());

    world.engine->reconfigure(settings({target("hq")}));
    CHECK(world.engine->canary().empty());
    CHECK(world.block("hq", "192.0.2.254")->state == BlockState::expired);
    CHECK(world.store.changes.back().state == BlockState::expired);
    CHECK(world.engine->targets().at(0).blocks == BlockCounts{});
}

TEST_CASE("a canary that an earlier process left is taken back, whether there is one now or not") {
    for (const bool now : {false, true}) {
        EngineSettings with = settings({target("hq")});
        if (now) {
            with.canary = CanarySettings{Indicator::parse("192.0.2.254").value(), 10min, 2min, {}};
        }
        KeptWorld world(with);
        world.store.blocks.push_back({.target = "hq",
                                      .indicator = Indicator::parse("192.0.2.254").value(),
                                      .state = BlockState::enforced,
                                      .reason = "canary",
                                      .alert = std::string(canary_mark),
                                      .since = world.clock.wall(),
                                      .expires = world.clock.wall() + 1h,
                                      .repeats = 0});
        REQUIRE(world.engine->start());
        CHECK(world.block("hq", "192.0.2.254")->state == BlockState::expired);
    }
}

TEST_CASE("in a dry run the canary does not fly") {
    EngineSettings with = settings({target("hq")});
    with.policy.dry_run = true;
    with.canary = CanarySettings{Indicator::parse("192.0.2.254").value(), 10min, 2min, {}};
    KeptWorld world(with);
    REQUIRE(world.engine->start());
    world.clock.run_for(1h);
    CHECK(world.store.accepted.empty());
    CHECK(world.engine->canary().empty());
}
