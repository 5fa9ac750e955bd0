#include "sim/lab/play/judge.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace sim::lab;

namespace {

/// A firewall that is what the test says.
struct Firewall final : FirewallHandle {
    std::vector<std::string> denied;
    std::vector<CommitSeen> made;
    std::vector<CallSeen> called;
    std::vector<std::string> nodes;
    bool pending = false;

    bool blocks(const std::string& indicator) override {
        return std::find(denied.begin(), denied.end(), indicator) != denied.end();
    }
    PacketVerdict verdict(const Traffic& traffic) override {
        return blocks(traffic.to) ? PacketVerdict{true, "block-out"} : PacketVerdict{false, ""};
    }
    std::vector<CommitSeen> commits() override { return made; }
    bool committing() override { return false; }
    std::vector<CallSeen> calls() override { return called; }
    tl::expected<std::vector<std::string>, std::string> look(bool, const std::string&) override { return nodes; }
    bool has_pending_changes(const std::string&) override { return pending; }
    void add_fault(const SetFault&) override {}
    void clear_faults() override {}
    tl::expected<void, std::string> lock(const Lock&) override { return {}; }
    tl::expected<void, std::string> edit(const Edit&) override { return {}; }
    tl::expected<void, std::string> commit_by(const std::string&) override { return {}; }
    tl::expected<void, std::string> load(const std::string&) override { return {}; }
    void reboot() override {}
    tl::expected<void, std::string> register_by(const RegisterBy&) override { return {}; }
    tl::expected<void, std::string> refresh_by(const RefreshBy&) override { return {}; }
    tl::expected<void, std::string> happen(const FleetEvent&) override { return {}; }
};

ExpectBridge::Block block_of(const std::string& indicator, const std::string& state, const std::string& reason = "") {
    return {{indicator}, state, reason, ""};
}

}  // namespace

TEST_CASE("judge: what is not blocked is named, and not more than a few", "[lab]") {
    Firewall firewall;
    firewall.denied = {"203.0.113.1"};
    ExpectFirewall expect;
    expect.blocked = {"203.0.113.1", "203.0.113.2", "203.0.113.3", "203.0.113.4",
                      "203.0.113.5", "203.0.113.6", "203.0.113.7", "203.0.113.8"};

    const Judgement judgement = judge(expect, firewall);

    CHECK_FALSE(judgement.holds);
    CHECK(judgement.seen ==
          "7 of 8 not blocked: 203.0.113.2, 203.0.113.3, 203.0.113.4, 203.0.113.5, 203.0.113.6 and 2 more");
}

TEST_CASE("judge: what is blocked and should not be fails", "[lab]") {
    Firewall firewall;
    firewall.denied = {"192.0.2.10"};
    ExpectFirewall expect;
    expect.not_blocked = {"192.0.2.10"};

    CHECK_THAT(judge(expect, firewall).seen, Catch::Contains("blocked nevertheless: 192.0.2.10"));
}

TEST_CASE("judge: a packet's verdict names the rule", "[lab]") {
    Firewall firewall;
    firewall.denied = {"203.0.113.7"};
    ExpectFirewall expect;
    expect.traffic = Traffic{"192.0.2.10", "203.0.113.7"};
    expect.verdict_deny = false;

    CHECK(judge(expect, firewall).seen == "traffic from 192.0.2.10 to 203.0.113.7 is denied by rule 'block-out'");
}

TEST_CASE("judge: commits, failures and calls are counted", "[lab]") {
    Firewall firewall;
    firewall.made = {{"firebreak", "FAIL"}, {"firebreak", "OK"}, {"firebreak", "PEND"}};
    firewall.called = {{"set", ""}, {"set", ""}, {"op", "show jobs id"}, {"commit", ""}};
    ExpectFirewall expect;
    expect.commits = Range{2, 2};
    expect.failed_commits = Range{1, 1};
    expect.api_calls = Range{0, 3};
    expect.calls = {{"set", Range{2, 2}}, {"show jobs id", Range{2, 5}}, {"delete", Range{0, 0}}};

    CHECK(judge(expect, firewall).seen ==
          "3 commits, expected 2; 4 API calls (1 commit, 1 op, 2 set), expected at most 3; "
          "1 calls of 'show jobs id', expected 2 to 5");
}

TEST_CASE("judge: a place in a configuration has what it must have and lacks what it must lack", "[lab]") {
    Firewall firewall;
    firewall.nodes = {"<entry name=\"a\"/>", "<entry name=\"b\"/>"};
    ExpectFirewall expect;
    expect.running = Place{"/config/x", {"\"a\"", "\"c\""}, {"\"b\""}, false, Range{3, 3}};

    CHECK(judge(expect, firewall).seen ==
          "'\"c\"' does not stand in running /config/x; '\"b\"' stands in running /config/x; running /config/x is "
          "there; 2 nodes in running /config/x, expected 3");
}

TEST_CASE("judge: facts of the status are compared as texts, numbers and parts", "[lab]") {
    const std::string status = R"({"targets":{"hq":{"state":"waiting","reason":"commit lock of alice","commits":2}}})";
    const auto fact = [](std::string name, std::string value, std::optional<Range> range, std::string part) {
        return Fact{{"targets", "hq", std::move(name)}, std::move(value), range, std::move(part)};
    };

    CHECK(judge({fact("state", "waiting", {}, ""), fact("reason", "", {}, "alice"), fact("commits", "2", {}, ""),
                 fact("commits", "", Range{1, 3}, "")},
                status)
              .holds);
    CHECK(judge({fact("state", "idle", {}, "")}, status).seen == "targets.hq.state is 'waiting', expected 'idle'");
    CHECK(judge({fact("commits", "", Range{3, 3}, "")}, status).seen == "targets.hq.commits is '2', expected 3");
    CHECK(judge({fact("colour", "red", {}, "")}, status).seen == "the bridge says nothing of 'targets.hq.colour'");
    CHECK_FALSE(judge({fact("state", "idle", {}, "")}, "<html>").holds);
}

TEST_CASE("judge: a counter that has not counted yet is zero", "[lab]") {
    CHECK(judge({Fact{{"notifications", "401"}, "0", {}, ""}}, R"({"notifications":{}})").holds);
    CHECK_FALSE(judge({Fact{{"notifications", "401"}, "1", {}, ""}}, R"({"notifications":{}})").holds);
}

TEST_CASE("judge: a block is found by its address in any spelling", "[lab]") {
    const std::string blocks =
        R"([{"target":"hq","indicator":"2001:db8::1","state":"held","reason":"over the limit"}])";

    CHECK(judge(block_of("2001:DB8:0::1", "held"), blocks).holds);
    CHECK(judge(block_of("2001:db8::1", "", "limit"), blocks).holds);
    CHECK(judge(block_of("2001:db8::1", "enforced"), blocks).seen == "2001:db8::1 on hq is held (over the limit)");
    CHECK(judge(block_of("2001:db8::2", "none"), blocks).holds);
    CHECK_FALSE(judge(block_of("2001:db8::1", "none"), blocks).holds);
    CHECK(judge(block_of("203.0.113.1", "held"), blocks).seen == "there is no block of 203.0.113.1");
}

TEST_CASE("judge: answers to a send are right, or counted by status", "[lab]") {
    const std::vector<SentAnswer> answers{{200, "", ""}, {401, "who are you", ""}, {0, "", "connection refused"}};

    CHECK(judge(Answer{Answer::Kind::any, 0}, answers).holds);
    CHECK(judge(Answer{Answer::Kind::none, 0}, {{0, "", "x"}}).holds);
    CHECK(judge(Answer{}, answers).seen ==
          "answers were 1 x no answer (connection refused), 1 x 200, 1 x 401, expected 200; one says 'who are you'");
    ExpectSent expect;
    expect.statuses = {{"401", Range{1, 1}}, {"200", Range{2, 2}}};
    CHECK(judge(expect, answers).seen == "1 answers with 200, expected 2");
}

TEST_CASE("judge: a page is answered as expected and has its lines, whole", "[lab]") {
    Fetch expect;
    expect.contains = {"203.0.113.5"};
    expect.lacks = {"203.0.113.50"};
    CHECK(judge(expect, 200, "240.0.0.0\n203.0.113.5\n").holds);
    CHECK(judge(expect, 200, "203.0.113.5\n203.0.113.50\n").seen == "the page has the line '203.0.113.50'");
    CHECK(judge(expect, 200, "203.0.113.51\n").seen == "the page has no line '203.0.113.5'");
    expect.answered = 304;
    expect.contains.clear();
    CHECK(judge(expect, 200, "").seen == "the page is answered with 200, expected 304");
}

TEST_CASE("judge: two configurations are the same or the difference is named", "[lab]") {
    const std::string before = "<config><address><entry name=\"a\"/></address></config>";
    CHECK(judge_same(before, before).holds);
    const Judgement more =
        judge_same(before, "<config><address><entry name=\"a\"/><entry name=\"b\"/></address></config>");
    CHECK_FALSE(more.holds);
    CHECK(more.seen == "it differs: more: <entry name=\"b\"/>");
    CHECK_THAT(judge_same(before, "<config><address/></config>").seen, Catch::Contains("fewer: <entry name=\"a\"/>"));
    CHECK(judge_same("<vsys><address><entry name=\"a\"/></address></vsys>",
                     "<vsys><tag/><address><entry name=\"a\"/></address></vsys>")
              .holds);
    CHECK_THAT(judge_same("<a><b/><c/></a>", "<a><c/><b/></a>").seen, Catch::Contains("another order"));
}

TEST_CASE("judge: an order is answered as it says, and an audit trail tells what it should", "[lab]") {
    Order order;
    order.says = "unblocked";
    CHECK(judge(order, {200, "203.0.113.5 is unblocked", ""}).holds);
    CHECK_THAT(judge(order, {409, "never", ""}).seen, Catch::Contains("the answer was 409, expected 200: never"));
    CHECK_THAT(judge(order, {200, "done", ""}).seen, Catch::Contains("the answer says 'done'"));
    const ExpectBridge::Why why{"203.0.113.5", {"enforced"}, {"held"}};
    CHECK(judge(why, "enforced on hq").holds);
    CHECK_FALSE(judge(why, "wanted").holds);
    CHECK_FALSE(judge(why, "enforced, once held").holds);
}
