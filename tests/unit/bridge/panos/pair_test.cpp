#include "bridge/panos/pair.hpp"

#include <catch2/catch.hpp>
#include <deque>
#include <optional>

using namespace bridge::domain;
using namespace bridge::panos;

namespace {

const Place place{.vsys = "vsys1", .group = "blocked", .tag = "firebreak", .admin = ""};

/// A device of a pair: says what it is, and takes everything else.
class Device : public Transport {
public:
    std::string state = "active";
    bool up = true;
    bool enabled = true;
    bool hears_peer = true;
    std::size_t asked_for_state = 0;
    std::size_t worked = 0;

    void call(ApiRequest request, Done done) override {
        done = read_by(std::move(request.reader), std::move(done));
        const bool about_state = request.form.find("high-availability") != std::string::npos;
        asked_for_state += about_state ? 1U : 0U;
        if (!up) {
            done(failed(Errc::unreachable, "connection refused"));
            return;
        }
        if (about_state) {
            done(ApiReply{
                200, enabled
                         ? "<response status=\"success\"><result><enabled>yes</enabled><group><local-info><state>" +
                               state + "</state></local-info><peer-info><conn-status>" + (hears_peer ? "up" : "down") +
                               "</conn-status></peer-info></group></result></response>"
                         : "<response status=\"success\"><result><enabled>no</enabled></result></response>"});
            return;
        }
        ++worked;
        done(ApiReply{200, "<response status=\"success\" code=\"19\"><result><job>4</job></result></response>"});
    }
};

struct Bench {
    Device a;
    Device b;
    Pair pair{{"a", std::make_unique<Session>(Credentials{Secret("K"), "fb", Secret()}, place, a)},
              {"b", std::make_unique<Session>(Credentials{Secret("K"), "fb", Secret()}, place, b)}};

    Bench() { b.state = "passive"; }

    Result<Reply> perform(const Call& call) {
        std::optional<Result<Reply>> got;
        pair.perform(call, [&got](Result<Reply> reply) { got = std::move(reply); });
        REQUIRE(got);
        return *got;
    }
    Errc failure_of(const Call& call) {
        const auto reply = perform(call);
        REQUIRE_FALSE(reply);
        return reply.error().code;
    }
};

}  // namespace

TEST_CASE("the active device of a pair is found, whichever it is") {
    Bench bench;
    CHECK(bench.perform(ReadObjects{}));
    CHECK(bench.pair.active() == "a");
    CHECK(bench.b.worked == 0);

    Bench other;
    std::swap(other.a.state, other.b.state);
    CHECK(other.perform(ReadObjects{}));
    CHECK(other.pair.active() == "b");
    CHECK(other.a.worked == 0);
}

TEST_CASE("when the other one has become active the call is not performed, and the caller begins anew there") {
    Bench bench;
    CHECK(bench.perform(ReadObjects{}));
    std::swap(bench.a.state, bench.b.state);
    const std::size_t before = bench.a.worked;
    CHECK(bench.failure_of(StartCommit{"x"}) == Errc::other_device);
    CHECK(bench.a.worked == before);
    CHECK(bench.b.worked == 0);
    CHECK(bench.pair.active() == "b");
    CHECK(bench.perform(ReadObjects{}));
    CHECK(bench.b.worked == 1);
}

TEST_CASE("an active device that goes away is replaced by its peer as soon as that is active") {
    Bench bench;
    CHECK(bench.perform(ReadObjects{}));
    bench.a.up = false;
    CHECK(bench.failure_of(SetMembers{}) == Errc::unreachable);
    CHECK(bench.failure_of(ReadObjects{}) == Errc::not_active);
    bench.b.state = "active";
    bench.b.hears_peer = false;
    CHECK(bench.failure_of(ReadObjects{}) == Errc::other_device);
    CHECK(bench.perform(ReadObjects{}));
    CHECK(bench.b.worked == 1);
}

TEST_CASE("a device that comes back as the active one again is the same device") {
    Bench bench;
    CHECK(bench.perform(ReadObjects{}));
    bench.a.up = bench.b.up = false;
    CHECK(bench.failure_of(ReadObjects{}) == Errc::unreachable);
    bench.a.up = bench.b.up = true;
    CHECK(bench.perform(ReadJob{4}).has_value() == false);  // the answer is no job; but it was asked
    CHECK(bench.a.worked == 2);
}

TEST_CASE("both devices gone is unreachable, with what each of them said") {
    Bench bench;
    bench.a.up = bench.b.up = false;
    const auto reply = bench.perform(ReadObjects{});
    REQUIRE_FALSE(reply);
    CHECK(reply.error().code == Errc::unreachable);
    CHECK_THAT(reply.error().detail, Catch::Contains("neither device of the pair answers"));
}

TEST_CASE("with two active devices nothing is written, and the state is named") {
    Bench bench;
    CHECK(bench.perform(ReadObjects{}));
    bench.a.hears_peer = bench.b.hears_peer = false;
    bench.b.state = "active";
    const std::size_t before = bench.a.worked;
    const auto reply = bench.perform(StartCommit{"x"});
    REQUIRE_FALSE(reply);
    CHECK(reply.error().code == Errc::not_active);
    CHECK_THAT(reply.error().detail, Catch::Contains("split brain"));
    CHECK(bench.a.worked == before);
    CHECK(bench.b.worked == 0);
    bench.b.state = "passive";
    CHECK(bench.perform(StartCommit{"x"}));
}

TEST_CASE("a pair without an active device says what each of them is") {
    Bench bench;
    bench.a.state = "suspended";
    const auto reply = bench.perform(ReadObjects{});
    REQUIRE_FALSE(reply);
    CHECK(reply.error().code == Errc::not_active);
    CHECK_THAT(reply.error().detail, Catch::Contains("a is suspended") && Catch::Contains("b is passive"));
}

TEST_CASE("a peer_url without high availability is the operator's mistake") {
    Bench bench;
    bench.a.enabled = false;
    CHECK(bench.failure_of(ReadObjects{}) == Errc::misconfigured);
}

TEST_CASE("a peer that is down is not asked at every call") {
    Bench bench;
    bench.a.hears_peer = false;
    bench.b.up = false;
    CHECK(bench.perform(ReadObjects{}));
    CHECK(bench.perform(StartCommit{"x"}));
    const std::size_t asked = bench.b.asked_for_state;
    for (int i = 0; i < 10; ++i) {
        CHECK(bench.perform(StartCommit{"x"}));
    }
    CHECK(bench.b.asked_for_state == asked);
    CHECK(bench.perform(ReadObjects{}));
    CHECK(bench.b.asked_for_state == asked + 1);
}

TEST_CASE("within a batch the state is not asked for again") {
    Bench bench;
    CHECK(bench.perform(ReadObjects{}));
    const std::size_t asked = bench.a.asked_for_state;
    CHECK(bench.perform(SetMembers{}));
    CHECK(bench.perform(DeleteMembers{{"blocked"}, {"a"}}));
    CHECK(bench.a.asked_for_state == asked);
    CHECK(bench.perform(StartCommit{"x"}));
    CHECK(bench.a.asked_for_state == asked + 1);
}

TEST_CASE("registered addresses go to the device that is active, which is asked before each message") {
    Bench bench;
    CHECK(bench.perform(ReadDynamicGroup{}));
    std::swap(bench.a.state, bench.b.state);
    const std::size_t before = bench.a.worked;
    CHECK(bench.failure_of(RegisterAddresses{}) == Errc::other_device);
    CHECK(bench.a.worked == before);
    CHECK(bench.b.worked == 0);
}
