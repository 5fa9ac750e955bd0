#include "bridge/panos/session.hpp"

#include <catch2/catch.hpp>
#include <deque>

using namespace bridge::domain;
using namespace bridge::panos;

namespace {

/// Answers from a script and keeps what was asked.
class ScriptedTransport : public Transport {
public:
    struct Asked {
        std::string form;
        std::string key;
        std::string tail;
    };

    std::deque<Result<ApiReply>> script;
    std::vector<Asked> asked;

    void call(ApiRequest request, Done done) override {
        asked.push_back({request.form, request.key.reveal(), request.tail.reveal()});
        REQUIRE_FALSE(script.empty());
        auto reply = script.front();
        script.pop_front();
        read_by(request.reader, std::move(done))(std::move(reply));
    }
};

const ApiReply forbidden{
    403, "<response status = 'error' code = '403'><result><msg>Invalid Credential</msg></result></response>"};
const ApiReply fresh_key{200, "<response status = 'success'><result><key>FRESH</key></result></response>"};
const ApiReply enqueued{200, "<response status=\"success\" code=\"19\"><result><job>4</job></result></response>"};
const ApiReply succeeded{200, "<response status=\"success\" code=\"20\"><msg>command succeeded</msg></response>"};
const ApiReply locked{200,
                      "<response status=\"error\" code=\"14\"><msg><line>Other administrators are holding device wide "
                      "commit locks.</line></msg></response>"};

Result<Reply> perform(Session& session, const Call& call) {
    std::optional<Result<Reply>> got;
    session.perform(call, [&got](Result<Reply> reply) { got = std::move(reply); });
    REQUIRE(got);
    return *got;
}

const Place place{.vsys = "vsys1", .group = "blocked", .tag = "firebreak", .admin = ""};

}  // namespace

TEST_CASE("without a key the first call fetches one with user and password") {
    ScriptedTransport transport;
    transport.script = {fresh_key, enqueued};
    Session session({Secret(), "fb", Secret("secret")}, place, transport);
    CHECK(perform(session, StartCommit{"x"}));
    REQUIRE(transport.asked.size() == 2);
    CHECK(transport.asked[0].form == "type=keygen&user=fb");
    CHECK(transport.asked[0].key.empty());
    CHECK(transport.asked[1].key == "FRESH");
}

TEST_CASE("a rejected key is replaced once, and the call repeated") {
    ScriptedTransport transport;
    transport.script = {forbidden, fresh_key, enqueued};
    Session session({Secret("OLD"), "fb", Secret("secret")}, place, transport);
    CHECK(perform(session, StartCommit{"x"}));
    CHECK(transport.asked[0].key == "OLD");
    CHECK(transport.asked[2].key == "FRESH");
}

TEST_CASE("a key that is rejected although it is fresh is the operator's matter, and not tried for ever") {
    ScriptedTransport transport;
    transport.script = {forbidden, fresh_key, forbidden};
    Session session({Secret("OLD"), "fb", Secret("secret")}, place, transport);
    const auto reply = perform(session, StartCommit{"x"});
    REQUIRE_FALSE(reply);
    CHECK(reply.error().code == Errc::key_rejected);
}

TEST_CASE("a rejected key without a password is reported, and neither key nor password is in the text") {
    ScriptedTransport transport;
    transport.script = {forbidden};
    Session session({Secret("OLDKEY"), "fb", Secret()}, place, transport);
    const auto reply = perform(session, StartCommit{"x"});
    REQUIRE_FALSE(reply);
    CHECK(reply.error().code == Errc::key_rejected);
    CHECK_THAT(reply.error().detail, !Catch::Contains("OLDKEY"));
}

TEST_CASE("whose key it is, the marks on a pushed object tell before the first commit") {
    ScriptedTransport transport;
    transport.script = {
        succeeded,
        ApiReply{200,
                 "<response status=\"success\" code=\"19\"><result total-count=\"1\" count=\"1\"><entry "
                 "name=\"firebreak-203.0.113.5\" admin=\"robot\" dirtyId=\"7\" time=\"2026/06/01 "
                 "12:00:00\"/></result></response>"},
        enqueued};
    Session session({Secret("KEY"), "", Secret()}, place, transport);
    CHECK(perform(session, SetMembers{{{"firebreak-203.0.113.5", Indicator::parse("203.0.113.5").value()}}, {}}));
    CHECK(perform(session, StartCommit{"x"}));
    CHECK_THAT(transport.asked.back().form, Catch::Contains(url_encoded("<admin><member>robot</member></admin>")));
}

TEST_CASE("a commit without a known administrator is not made, for it would take everybody's changes along") {
    ScriptedTransport transport;
    Session session({Secret("KEY"), "", Secret()}, place, transport);
    const auto reply = perform(session, StartCommit{"x"});
    REQUIRE_FALSE(reply);
    CHECK(reply.error().code == Errc::misconfigured);
    CHECK(transport.asked.empty());
}

TEST_CASE("the owner of a lock is asked for and named") {
    ScriptedTransport transport;
    transport.script = {locked,
                        ApiReply{200,
                                 "<response status=\"success\"><result><commit-locks><entry name=\"alice\">"
                                 "<created>2026/06/01 12:00:00</created></entry></commit-locks></result></response>"}};
    Session session({Secret("KEY"), "fb", Secret()}, place, transport);
    const auto reply = perform(session, StartCommit{"x"});
    REQUIRE_FALSE(reply);
    CHECK(reply.error().code == Errc::locked);
    CHECK(reply.error().detail == "waiting for the commit lock held by alice since 2026/06/01 12:00:00");
}

TEST_CASE("no request carries the key or a password in its form") {
    ScriptedTransport transport;
    transport.script = {fresh_key, succeeded};
    Session session({Secret(), "fb", Secret("hunter2")}, place, transport);
    CHECK(perform(session, SetMembers{{}, {{"blocked", {"a"}, false}}}));
    for (const auto& asked : transport.asked) {
        CHECK_THAT(asked.form, !Catch::Contains("hunter2") && !Catch::Contains("FRESH"));
    }
}

TEST_CASE("a rejected key is replaced for a long answer too, and the answer is read anew") {
    ScriptedTransport transport;
    transport.script = {
        forbidden, fresh_key,
        ApiReply{200,
                 "<response status=\"success\"><result><entry name=\"firebreak-203.0.113.5\"><ip-netmask>"
                 "203.0.113.5</ip-netmask><tag><member>firebreak</member></tag></entry></result>"
                 "</response>"}};
    Session session({Secret("OLD"), "fb", Secret("secret")}, place, transport);
    const auto reply = perform(session, ReadObjects{});
    REQUIRE(reply);
    CHECK(std::get<ObjectsSeen>(*reply).as_named == NameList{"firebreak-203.0.113.5"});
    CHECK(transport.asked[2].key == "FRESH");
}

TEST_CASE("without a key a long answer fetches one, and its failure is the call's") {
    ScriptedTransport transport;
    transport.script = {forbidden};
    Session session({Secret(), "fb", Secret("secret")}, place, transport);
    const auto reply = perform(session, ReadObjects{});
    REQUIRE_FALSE(reply);
    CHECK_THAT(reply.error().detail, Catch::Contains("keygen for fb"));
    CHECK(transport.asked.size() == 1);
}

TEST_CASE("for a long answer neither is a fresh key replaced, nor one that there is no password for") {
    ScriptedTransport transport;
    transport.script = {forbidden, fresh_key, forbidden, forbidden};
    Session with_password({Secret("OLD"), "fb", Secret("secret")}, place, transport);
    Session without({Secret("OLD"), "fb", Secret()}, place, transport);
    for (Session* session : {&with_password, &without}) {
        const auto reply = perform(*session, ReadObjects{});
        REQUIRE_FALSE(reply);
        CHECK(reply.error().code == Errc::key_rejected);
    }
    CHECK(transport.script.empty());
}

TEST_CASE("a long answer that is locked out names the lock's owner") {
    ScriptedTransport transport;
    transport.script = {locked, ApiReply{200,
                                         "<response status=\"success\"><result><config-locks><entry name=\"alice\">"
                                         "<created>now</created></entry></config-locks></result></response>"}};
    Session session({Secret("KEY"), "fb", Secret()}, place, transport);
    const auto reply = perform(session, ReadGroups{});
    REQUIRE_FALSE(reply);
    CHECK(reply.error().code == Errc::locked);
    CHECK_THAT(reply.error().detail, Catch::Contains("alice"));
}

TEST_CASE("of a long answer whose connection breaks nothing is read") {
    ScriptedTransport transport;
    transport.script = {failed(Errc::unreachable, "reset")};
    Session session({Secret("KEY"), "fb", Secret()}, place, transport);
    const auto reply = perform(session, ReadObjects{});
    REQUIRE_FALSE(reply);
    CHECK(reply.error().code == Errc::unreachable);
}
