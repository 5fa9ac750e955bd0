#include "bridge/domain/enforcement/group_enforcer.hpp"

#include <fmt/format.h>
#include <algorithm>

#include <catch2/catch.hpp>

#include "scripted_firewall.hpp"

using namespace testing;
using namespace std::chrono_literals;

namespace {

Indicator ip(int last) {
    return Indicator::parse("203.0.113." + std::to_string(last)).value();
}

std::vector<Indicator> ips(int from, int to) {
    std::vector<Indicator> all;
    for (int i = from; i <= to; ++i) {
        all.push_back(ip(i));
    }
    return all;
}

Block block_of(const Indicator& indicator, BlockState state) {
    return {.target = "hq",
            .indicator = indicator,
            .state = state,
            .reason = "",
            .alert = "",
            .since = {},
            .expires = {},
            .repeats = 0};
}

}  // namespace

TEST_CASE("an idle target blocks at once: one set for object and member, one commit") {
    Bench bench;
    bench.firewall.commit_takes = 2s;
    bench.start();
    bench.firewall.log.clear();
    bench.want({ip(5)});
    CHECK(bench.firewall.log == std::vector<std::string>{"set members", "commit"});
    bench.run_for(3s);
    CHECK(bench.firewall.running.contains("firebreak-203.0.113.5"));
    CHECK(bench.ledger.at(ip(5)) == BlockState::enforced);
    CHECK(bench.enforcer().phase() == GroupEnforcer::Phase::idle);
}

TEST_CASE("what comes while a commit runs goes out together in the next one") {
    Bench bench;
    bench.firewall.commit_takes = 10s;
    bench.start();
    bench.want({ip(1)});
    for (int i = 2; i <= 200; ++i) {
        bench.want({ip(i)});
    }
    bench.run_for(30s);
    CHECK(bench.firewall.commits == 2);
    CHECK(bench.firewall.running.size() == 201);
}

TEST_CASE("a burst of 200 with two-second commits costs at most twelve calls, the survey included") {
    Bench bench;
    bench.firewall.commit_takes = 2s;
    bench.start();
    bench.want({ip(1)});
    bench.want(ips(2, 200));
    bench.run_for(6s);
    CHECK(bench.firewall.running.size() == 201);
    CHECK(bench.firewall.log.size() <= 12);
}

TEST_CASE("a finished commit that failed blocks nothing, and is tried again") {
    Bench bench;
    bench.firewall.commit_takes = 1s;
    int failures = 1;
    bench.firewall.commit_fails = [&failures] { return failures-- > 0; };
    bench.start();
    bench.want({ip(5)});
    bench.run_for(2500ms);
    CHECK(bench.ledger.at(ip(5)) == BlockState::wanted);
    CHECK_THAT(bench.enforcer().last_error(), Catch::Contains("failed: Validation Error"));
    bench.run_for(10s);
    CHECK(bench.ledger.at(ip(5)) == BlockState::enforced);
}

TEST_CASE("commits that keep failing come ever more slowly") {
    Bench bench;
    bench.firewall.commit_takes = 1s;
    bench.firewall.commit_fails = [] { return true; };
    bench.start();
    bench.want({ip(5)});
    bench.run_for(10min);
    CHECK(bench.firewall.commits >= 5);
    CHECK(bench.firewall.commits <= 20);
    CHECK(bench.ledger.at(ip(5)) == BlockState::wanted);
}

TEST_CASE("a foreign commit lock is waited for, and then the same batch is committed") {
    Bench bench;
    int locked = 3;
    bench.firewall.fault = [&locked](const Call& call) -> std::optional<Failure> {
        if (std::holds_alternative<StartCommit>(call) && locked-- > 0) {
            return Failure(Errc::locked, "waiting for the commit lock held by alice");
        }
        return std::nullopt;
    };
    bench.start();
    bench.want({ip(5)});
    CHECK(bench.enforcer().phase() == GroupEnforcer::Phase::waiting);
    CHECK_THAT(bench.enforcer().reason(), Catch::Contains("alice"));
    bench.run_for(15s);
    CHECK(bench.ledger.at(ip(5)) == BlockState::enforced);
    CHECK(bench.firewall.count("set members") == 1);
    CHECK(bench.firewall.commits == 1);
}

TEST_CASE("an unreachable target delays its blocks but loses none") {
    Bench bench;
    bool down = true;
    bench.firewall.fault = [&down](const Call&) -> std::optional<Failure> {
        return down ? std::optional(Failure(Errc::unreachable, "connection refused")) : std::nullopt;
    };
    bench.start();
    bench.want(ips(1, 50));
    bench.run_for(1h);
    CHECK(bench.firewall.log.size() < 120);
    down = false;
    bench.run_for(2min);
    CHECK(bench.firewall.running.size() == 51);
    CHECK(bench.firewall.commits == 1);
}

TEST_CASE("when the answer to a commit is lost, the job that it started is followed and not started again") {
    Bench bench;
    bench.firewall.commit_takes = 30s;
    int lost = 1;
    bench.firewall.lost = [&lost](const Call& call) -> std::optional<Failure> {
        if (std::holds_alternative<StartCommit>(call) && lost-- > 0) {
            return Failure(Errc::unreachable, "connection reset");
        }
        return std::nullopt;
    };
    bench.start();
    bench.want({ip(5)});
    bench.run_for(1min);
    CHECK(bench.firewall.commits == 1);
    CHECK(bench.ledger.at(ip(5)) == BlockState::enforced);
}

TEST_CASE("after a crash during a commit the running job is followed and nothing is pushed twice") {
    Bench before;
    before.firewall.commit_takes = 60s;
    before.start();
    before.want({ip(5)});

    Bench after({}, {block_of(ip(5), BlockState::pushed)});
    after.firewall = before.firewall;
    after.firewall.log.clear();
    after.start();
    after.run_for(2min);
    CHECK(after.firewall.commits == 1);
    CHECK(after.firewall.count("set members") == 0);
    CHECK(after.ledger.at(ip(5)) == BlockState::enforced);
}

TEST_CASE("after a crash before the commit what the ledger wants is pushed") {
    Bench bench({}, {block_of(ip(5), BlockState::wanted), block_of(ip(6), BlockState::pushed)});
    bench.start();
    bench.run_for(10s);
    CHECK(bench.firewall.running.contains("firebreak-203.0.113.5"));
    CHECK(bench.firewall.running.contains("firebreak-203.0.113.6"));
    CHECK(bench.firewall.commits == 1);
}

TEST_CASE("an expired block leaves the group and its object is deleted, in one commit") {
    Bench bench;
    bench.start();
    bench.want(ips(1, 3));
    bench.run_for(10s);
    bench.unwant({ip(2)});
    bench.run_for(10s);
    CHECK(bench.firewall.running ==
          std::set<std::string>{"placeholder", "firebreak-203.0.113.1", "firebreak-203.0.113.3"});
    CHECK_FALSE(bench.firewall.objects.contains("firebreak-203.0.113.2"));
    CHECK(bench.ledger.at(ip(2)) == BlockState::removed);
    CHECK(bench.firewall.commits == 2);
}

TEST_CASE("a block that expires before it was pushed is never pushed") {
    Bench bench(GroupSettings{.settle = 10s});
    bench.start();
    bench.want({ip(5)});
    bench.unwant({ip(5)});
    bench.run_for(1min);
    CHECK(bench.ledger.at(ip(5)) == BlockState::removed);
    CHECK(bench.firewall.commits == 0);
}

TEST_CASE("an object of that name which is not ours is left alone, and the block is refused with the reason") {
    Bench bench;
    bench.firewall.objects["firebreak-203.0.113.5"] = {"firebreak-203.0.113.5", "ip-netmask", "192.0.2.1", false};
    bench.start();
    bench.want({ip(5), ip(6)});
    bench.run_for(10s);
    CHECK(bench.ledger.at(ip(5)) == BlockState::refused);
    CHECK(bench.ledger.at(ip(6)) == BlockState::enforced);
    CHECK(bench.firewall.objects.at("firebreak-203.0.113.5").value == "192.0.2.1");
}

TEST_CASE("an object with the right value but without our tag is used and never written") {
    Bench bench;
    bench.firewall.objects["firebreak-203.0.113.5"] = {"firebreak-203.0.113.5", "ip-netmask", "203.0.113.5/32", false};
    bench.start();
    bench.want({ip(5)});
    bench.run_for(10s);
    CHECK(bench.ledger.at(ip(5)) == BlockState::enforced);
    CHECK(bench.firewall.objects.size() == 1);
    CHECK_FALSE(bench.firewall.objects.at("firebreak-203.0.113.5").ours);
}

TEST_CASE("one name that the target refuses does not cost the others their block") {
    Bench bench;
    bench.firewall.fault = [](const Call& call) -> std::optional<Failure> {
        if (const auto* set = std::get_if<SetMembers>(&call)) {
            for (const AddressObject& object : set->objects) {
                if (object.name == "firebreak-203.0.113.7") {
                    return Failure(Errc::refused, "address -> firebreak-203.0.113.7 is invalid (code 12)");
                }
            }
        }
        return std::nullopt;
    };
    bench.start();
    bench.want(ips(1, 20));
    bench.run_for(10s);
    CHECK(bench.firewall.running.size() == 20);
    CHECK(bench.ledger.at(ip(7)) == BlockState::refused);
    CHECK(bench.firewall.commits == 1);
}

TEST_CASE("a member that a colleague took out is put back") {
    Bench bench;
    bench.start();
    bench.want(ips(1, 2));
    bench.run_for(10s);
    bench.firewall.candidate.erase("firebreak-203.0.113.1");
    bench.firewall.running.erase("firebreak-203.0.113.1");
    bench.run_for(6min);
    CHECK(bench.firewall.running.contains("firebreak-203.0.113.1"));
    CHECK(bench.ledger.at(ip(1)) == BlockState::enforced);
}

TEST_CASE("an object of ours that was changed to another address is set right again") {
    Bench bench;
    bench.start();
    bench.want({ip(5)});
    bench.run_for(10s);
    bench.firewall.objects["firebreak-203.0.113.5"].value = "192.0.2.1";
    bench.run_for(6min);
    CHECK(bench.firewall.objects["firebreak-203.0.113.5"].value == "203.0.113.5");
}

TEST_CASE("a group without room refuses aloud and blocks what fits") {
    Bench bench(GroupSettings{.group_members_max = 10, .child_groups = 0});
    bench.start();
    bench.want(ips(1, 20));
    bench.run_for(10s);
    CHECK(bench.firewall.running.size() == 10);
    CHECK(std::count_if(bench.ledger.begin(), bench.ledger.end(),
                        [](const auto& row) { return row.second == BlockState::refused; }) == 11);
}

TEST_CASE("settle gathers company before the first commit, and min_commit_interval keeps commits apart") {
    Bench bench(GroupSettings{.min_commit_interval = 30s, .settle = 5s});
    bench.start();
    bench.want({ip(1)});
    bench.run_for(4s);
    bench.want({ip(2)});
    CHECK(bench.firewall.commits == 0);
    bench.run_for(5s);
    CHECK(bench.firewall.commits == 1);
    CHECK(bench.firewall.running.size() == 3);
    bench.want({ip(3)});
    bench.run_for(20s);
    CHECK(bench.firewall.commits == 1);
    bench.run_for(20s);
    CHECK(bench.firewall.commits == 2);
}

TEST_CASE("max_batch bounds a batch, and the oldest go first") {
    Bench bench(GroupSettings{.settle = 1s, .max_batch = 10});
    bench.firewall.commit_takes = 5s;
    bench.start();
    bench.want(ips(1, 25));
    bench.run_for(7s);
    CHECK(bench.firewall.running.size() == 11);
    CHECK(bench.firewall.running.contains("firebreak-203.0.113.10"));
    bench.run_for(1min);
    CHECK(bench.firewall.commits == 3);
    CHECK(bench.firewall.running.size() == 26);
}

TEST_CASE("a group that an administrator has not made yet is asked for, never made") {
    Bench bench;
    bool made = false;
    bench.firewall.fault = [&made](const Call& call) -> std::optional<Failure> {
        if (std::holds_alternative<ReadGroups>(call) && !made) {
            return Failure(Errc::missing, "no such group");
        }
        return std::nullopt;
    };
    bench.start();
    bench.want({ip(5)});
    bench.run_for(5min);
    CHECK(bench.firewall.count("set members") == 0);
    made = true;
    bench.run_for(2min);
    CHECK(bench.ledger.at(ip(5)) == BlockState::enforced);
}

TEST_CASE("a job that the target has forgotten is not waited for for ever") {
    Bench bench;
    bench.firewall.commit_takes = 10s;
    bench.start();
    bench.want({ip(5)});
    const auto reboot = [&bench] {
        ScriptedFirewall fresh;
        fresh.objects = bench.firewall.objects;
        bench.firewall = fresh;
    };
    reboot();
    bench.run_for(1min);
    CHECK(bench.ledger.at(ip(5)) == BlockState::enforced);
}

TEST_CASE("an idle target is asked rarely") {
    Bench bench;
    bench.start();
    bench.run_for(1h);
    CHECK(bench.firewall.log.size() <= 3 * 13);
}

TEST_CASE("when a commit is over is learned, and does not come later with each one") {
    Bench bench;
    bench.firewall.tells_times = GENERATE(false, true);
    bench.firewall.commit_takes = std::chrono::milliseconds(GENERATE(1500, 5000, 60'000));
    bench.start();
    const auto late = [&](int commits) {
        const Instant from = bench.now();
        const int before = bench.firewall.commits;
        bench.firewall.log.clear();
        while (bench.firewall.commits < before + commits) {
            const std::size_t n = bench.ledger.size();
            bench.want({Indicator::parse(fmt::format("198.51.{}.{}", n / 250, n % 250)).value()});
            for (int i = 0; i < 20 && bench.firewall.commits < before + commits; ++i) {
                bench.run_for(bench.firewall.commit_takes / 100);
            }
        }
        return (bench.now() - from) / commits - bench.firewall.commit_takes;
    };
    late(3);
    CHECK(late(40) <= std::max<std::chrono::nanoseconds>(150ms, bench.firewall.commit_takes / 25));
    CHECK(bench.firewall.count("job") <= 4 * 40);
}

TEST_CASE("the tag that came with the first block leaves with the last") {
    using Tag = ScriptedFirewall::Tag;
    Bench bench({.tagged = true});
    bench.firewall.candidate_tag = bench.firewall.running_tag = Tag::none;
    bench.start();
    bench.want({ip(1)});
    bench.run_for(1min);
    CHECK(bench.firewall.running_tag == Tag::ours);
    bench.want({ip(2)});
    bench.run_for(1min);
    CHECK(bench.firewall.count("tag") == 1);  // with objects of ours there it must be there, too
    bench.unwant({ip(1)});
    bench.run_for(1min);
    CHECK(bench.firewall.running_tag == Tag::ours);
    const int commits = bench.firewall.commits;
    bench.unwant({ip(2)});
    bench.run_for(1min);
    CHECK(bench.firewall.running_tag == Tag::none);
    CHECK(bench.firewall.commits == commits + 1);
    CHECK(bench.firewall.objects.empty());
}

TEST_CASE("a tag that somebody else made gets no mark, and stays") {
    using Tag = ScriptedFirewall::Tag;
    Bench bench({.tagged = true});
    bench.start();
    bench.want({ip(1)});
    bench.run_for(1min);
    bench.unwant({ip(1)});
    bench.run_for(1min);
    CHECK(bench.firewall.objects.empty());
    CHECK(bench.firewall.running_tag == Tag::colleagues);
    CHECK_FALSE(bench.firewall.tag_marked);
    CHECK(bench.firewall.count("delete tag") == 0);
}

TEST_CASE("a tag that something else carries by now stays, and the block leaves all the same") {
    Bench bench({.tagged = true});
    bench.firewall.candidate_tag = bench.firewall.running_tag = ScriptedFirewall::Tag::none;
    bench.start();
    bench.want({ip(1)});
    bench.run_for(1min);
    bench.firewall.fault = [](const Call& call) -> std::optional<Failure> {
        return std::holds_alternative<DeleteTag>(call)
                   ? std::optional(Failure(Errc::refused, "firebreak cannot be deleted because of references"))
                   : std::nullopt;
    };
    bench.unwant({ip(1)});
    bench.run_for(1min);
    CHECK(bench.firewall.objects.empty());
    CHECK(bench.firewall.blocked() == std::set<std::string>{"placeholder"});
    CHECK(bench.firewall.running_tag == ScriptedFirewall::Tag::ours);
    CHECK(bench.enforcer().phase() == GroupEnforcer::Phase::idle);
}

TEST_CASE("a device that does not tell of its tag keeps it") {
    Bench bench({.tagged = true});
    bench.firewall.candidate_tag = bench.firewall.running_tag = ScriptedFirewall::Tag::none;
    bench.firewall.fault = [](const Call& call) -> std::optional<Failure> {
        return std::holds_alternative<ReadTag>(call) ? std::optional(Failure(Errc::refused, "no such path"))
                                                     : std::nullopt;
    };
    bench.start();
    bench.want({ip(1)});
    bench.run_for(1min);
    bench.unwant({ip(1)});
    bench.run_for(1min);
    CHECK(bench.firewall.objects.empty());
    CHECK(bench.firewall.running_tag == ScriptedFirewall::Tag::colleagues);  // it came without a mark
    CHECK(bench.firewall.count("delete tag") == 0);
}
