// What the enforcer does when a group, or the device, is full.
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

std::string name(int last) {
    return address_name_of(ip(last));
}

Block enforced(int last) {
    return {.target = "hq",
            .indicator = ip(last),
            .state = BlockState::enforced,
            .reason = "",
            .alert = "",
            .since = {},
            .expires = {},
            .repeats = 0};
}

const GroupSettings small{.group_members_max = 5, .child_groups = 3};

}  // namespace

TEST_CASE("what the group has no room for goes into numbered children of it, in one set and one commit") {
    Bench bench(small);
    bench.firewall.members_max = 5;
    bench.start();
    bench.firewall.log.clear();
    bench.want(ips(1, 16));
    bench.run_for(10s);
    CHECK(bench.count(BlockState::enforced) == 16);
    CHECK(bench.firewall.blocked().size() == 17);
    CHECK(bench.firewall.running ==
          std::set<std::string>{"placeholder", name(1), "blocked-1", "blocked-2", "blocked-3"});
    CHECK(bench.firewall.count("set members") == 1);
    CHECK(bench.firewall.commits == 1);
    CHECK(bench.firewall.log.size() <= 5);
    CHECK(bench.enforcer().capacity().level() == "full");
}

TEST_CASE("a child goes with its last member, in the same batch, and is never empty") {
    Bench bench(small);
    bench.start();
    bench.want(ips(1, 16));
    bench.run_for(10s);
    bench.unwant(ips(2, 16));
    bench.run_for(10s);
    CHECK(bench.firewall.running == std::set<std::string>{"placeholder", name(1)});
    CHECK(bench.firewall.candidate == bench.firewall.running);
    CHECK(bench.firewall.candidate_children.empty());
    CHECK(bench.firewall.running_children.empty());
    CHECK(bench.firewall.objects.size() == 1);
    CHECK(bench.firewall.commits == 2);
    CHECK(bench.firewall.emptied.empty());
    CHECK(bench.count(BlockState::removed) == 15);
}

TEST_CASE("a child's last member that leaves while another comes makes room for it without an empty group") {
    Bench bench(small);
    bench.firewall.commit_takes = 5s;
    bench.start();
    bench.want(ips(1, 7));  // two in the second child
    bench.run_for(10s);
    bench.unwant({ip(7)});
    bench.want({ip(8)});
    bench.run_for(30s);
    CHECK(bench.firewall.blocked().contains(name(8)));
    CHECK_FALSE(bench.firewall.blocked().contains(name(7)));
    CHECK(bench.firewall.emptied.empty());
}

TEST_CASE("an installation whose group is full of direct members goes on: some of them move to make room for names") {
    std::vector<Block> blocks;
    Bench probe;
    for (int i = 1; i <= 4; ++i) {
        blocks.push_back(enforced(i));
    }
    Bench bench(small, blocks);
    bench.firewall.members_max = 5;
    for (int i = 1; i <= 4; ++i) {
        bench.firewall.objects[name(i)] = {name(i), "ip-netmask", ip(i).text(), true};
        bench.firewall.candidate.insert(name(i));
        bench.firewall.running.insert(name(i));
    }
    bench.start();
    bench.want(ips(5, 12));
    bench.run_for(10s);
    CHECK(bench.firewall.blocked().size() == 13);
    CHECK(bench.firewall.running.size() <= 5);
    CHECK(bench.firewall.limit_failures == 0);
    CHECK(bench.firewall.commits == 1);
}

TEST_CASE("a colleague's group of the name that a child would have is passed over and left alone") {
    Bench bench(small);
    const ScriptedFirewall::Child colleagues{false, {"foreign"}};
    bench.firewall.objects["foreign"] = {"foreign", "ip-netmask", "192.0.2.9", false};
    bench.firewall.candidate_children["blocked-1"] = bench.firewall.running_children["blocked-1"] = colleagues;
    bench.start();
    bench.want(ips(1, 8));
    bench.run_for(10s);
    CHECK(bench.firewall.running_children.at("blocked-1") == colleagues);
    CHECK(bench.firewall.running_children.contains("blocked-2"));
    CHECK_FALSE(bench.firewall.running.contains("blocked-1"));
    CHECK(bench.count(BlockState::enforced) == 8);
}

TEST_CASE("a name that something else has, which is no group, is passed over as well") {
    Bench bench(small);
    bench.firewall.fault = [](const Call& call) -> std::optional<Failure> {
        const auto* set = std::get_if<SetMembers>(&call);
        const bool first = set != nullptr && std::any_of(set->groups.begin(), set->groups.end(),
                                                         [](const auto& it) { return it.group == "blocked-1"; });
        return first ? std::optional(Failure(Errc::refused, "address-group -> blocked-1 is already in use (code 12)"))
                     : std::nullopt;
    };
    bench.start();
    bench.want(ips(1, 8));
    bench.run_for(10s);
    CHECK(bench.count(BlockState::enforced) == 8);
    CHECK(bench.firewall.running.contains("blocked-2"));
}

TEST_CASE("a child that a colleague took out of the group is put back") {
    Bench bench(small);
    bench.start();
    bench.want(ips(1, 8));
    bench.run_for(10s);
    bench.firewall.candidate.erase("blocked-1");
    bench.firewall.running.erase("blocked-1");
    bench.run_for(6min);
    CHECK(bench.firewall.running.contains("blocked-1"));
    CHECK(bench.firewall.blocked().size() == 9);
}

TEST_CASE("a child that a colleague deleted is made again") {
    Bench bench(small);
    bench.start();
    bench.want(ips(1, 8));
    bench.run_for(10s);
    for (auto* children : {&bench.firewall.candidate_children, &bench.firewall.running_children}) {
        children->erase("blocked-1");
    }
    bench.firewall.candidate.erase("blocked-1");
    bench.firewall.running.erase("blocked-1");
    bench.run_for(6min);
    CHECK(bench.firewall.blocked().size() == 9);
}

TEST_CASE("the last members stay when the placeholder is gone, and the state says so") {
    Bench bench(small);
    bench.start();
    bench.want(ips(1, 8));
    bench.run_for(10s);
    bench.firewall.candidate.erase("placeholder");
    bench.firewall.running.erase("placeholder");
    bench.run_for(6min);
    bench.unwant(ips(1, 8));
    bench.run_for(2min);
    CHECK(bench.firewall.emptied.empty());
    CHECK_THAT(bench.enforcer().reason(), Catch::Contains("placeholder"));
    bench.firewall.candidate.insert("placeholder");
    bench.firewall.running.insert("placeholder");
    bench.run_for(5min);
    CHECK(bench.firewall.running == std::set<std::string>{"placeholder"});
    CHECK(bench.firewall.candidate_children.empty());
}

TEST_CASE("80 percent is told once, full is told, and what was refused goes out when there is room") {
    Bench bench(GroupSettings{.group_members_max = 11, .child_groups = 0});
    bench.firewall.members_max = 11;
    bench.start();
    bench.want(ips(1, 8));
    bench.run_for(10s);
    CHECK(bench.enforcer().capacity().level() == "high");
    CHECK(std::count_if(bench.notes.begin(), bench.notes.end(), [](const std::string& note) {
              return note.find("capacity at 80 %") != std::string::npos;
          }) == 1);
    bench.want(ips(9, 13));
    bench.run_for(10s);
    CHECK(bench.was_told("capacity reached"));
    CHECK(bench.count(BlockState::refused) == 3);
    CHECK_THAT(bench.reasons.at(ip(13)), Catch::StartsWith(std::string(no_room)));
    CHECK(bench.enforcer().phase() == GroupEnforcer::Phase::idle);

    bench.restart();
    bench.run_for(10s);
    CHECK(bench.count(BlockState::refused) == 3);

    bench.unwant(ips(1, 2));
    bench.run_for(10s);
    CHECK(bench.count(BlockState::refused) == 1);
    CHECK(bench.ledger.at(ip(11)) == BlockState::enforced);
    bench.unwant(ips(3, 13));
    bench.run_for(10s);
    CHECK(bench.firewall.running == std::set<std::string>{"placeholder"});
    CHECK(bench.was_told("under 75 % again"));
    CHECK(bench.firewall.limit_failures == 0);
}

TEST_CASE("a device that is full of objects refuses before the commit would, others' objects counted") {
    Bench bench;
    bench.firewall.objects_max = 10;
    bench.firewall.others_objects = 6;
    bench.start();
    bench.want(ips(1, 8));
    bench.run_for(10s);
    CHECK(bench.count(BlockState::enforced) == 4);
    CHECK(bench.count(BlockState::refused) == 4);
    CHECK(bench.firewall.limit_failures == 0);
    bench.firewall.others_objects = 0;
    bench.run_for(10min);
    CHECK(bench.count(BlockState::enforced) == 8);
}

TEST_CASE("objects that wait in the candidate are taken back when others have filled the device meanwhile") {
    Bench bench;
    bench.firewall.objects_max = 10;
    bool locked = true;
    bench.firewall.fault = [&locked](const Call& call) -> std::optional<Failure> {
        return locked && std::holds_alternative<StartCommit>(call) ? std::optional(Failure(Errc::locked, "alice's"))
                                                                   : std::nullopt;
    };
    bench.start();
    bench.want(ips(1, 8));
    bench.run_for(1min);
    bench.firewall.others_objects = 6;
    locked = false;
    bench.run_for(10min);
    CHECK(bench.count(BlockState::enforced) == 4);
    CHECK(bench.count(BlockState::refused) == 4);
    CHECK(bench.ledger.at(ip(1)) == BlockState::enforced);
    CHECK(bench.firewall.objects.size() == 4);
    CHECK(bench.firewall.limit_failures == 1);
}

TEST_CASE("a refused block that ends before there is room is gone") {
    Bench bench(GroupSettings{.group_members_max = 3, .child_groups = 0});
    bench.start();
    bench.want(ips(1, 3));
    bench.run_for(10s);
    CHECK(bench.ledger.at(ip(3)) == BlockState::refused);
    bench.unwant({ip(3)});
    CHECK(bench.ledger.at(ip(3)) == BlockState::removed);
    CHECK(bench.enforcer().capacity().refused == 0);
}

namespace {

/// Which running groups are read, "" for all; and what a colleague does just before the next such look.
struct Looks {
    explicit Looks(ScriptedFirewall& firewall) {
        firewall.fault = [this](const Call& call) -> std::optional<Failure> {
            const auto* const read = std::get_if<ReadGroups>(&call);
            if (read != nullptr && read->running) {
                groups.push_back(read->only);
                std::exchange(before_next, [] {})();
            }
            return std::nullopt;
        };
    }
    std::vector<std::string> groups;
    std::function<void()> before_next = [] {};
};

const GroupSettings roomy{.group_members_max = 10, .child_groups = 4};

}  // namespace

TEST_CASE("after a commit only the parent and the children that it changed are read") {
    Bench bench(roomy);
    bench.start();
    bench.want(ips(1, 30));
    bench.run_for(20s);
    REQUIRE(bench.count(BlockState::enforced) == 30);
    Looks looks(bench.firewall);
    bench.want({ip(31)});
    bench.run_for(20s);
    CHECK(bench.ledger.at(Indicator::parse("203.0.113.31").value()) == BlockState::enforced);
    REQUIRE(looks.groups.size() == 2);
    CHECK(looks.groups[0] == "blocked");
    CHECK(looks.groups[1].starts_with("blocked-"));
    looks.groups.clear();
    bench.unwant({ip(31)});
    bench.run_for(20s);
    CHECK(bench.ledger.at(Indicator::parse("203.0.113.31").value()) == BlockState::removed);
    CHECK(looks.groups.size() == 2);
    CHECK(std::find(looks.groups.begin(), looks.groups.end(), "") == looks.groups.end());
}

TEST_CASE("all children are compared on schedule, and what went missing in one that no commit touched is put back") {
    Bench bench(roomy);
    bench.start();
    bench.want(ips(1, 30));
    bench.run_for(20s);
    std::string lost;
    for (auto* children : {&bench.firewall.candidate_children, &bench.firewall.running_children}) {
        auto& members = children->at("blocked-1").members;
        lost = *members.begin();
        members.erase(lost);
    }
    bench.run_for(6min);
    CHECK(bench.firewall.blocked().contains(lost));
    CHECK(bench.count(BlockState::enforced) == 30);
}

TEST_CASE("a commit that succeeded without our member in its child does not count as a block") {
    Bench bench(roomy);
    bench.start();
    bench.want(ips(1, 30));
    bench.run_for(20s);
    Looks looks(bench.firewall);
    looks.before_next = [&] {
        for (auto& [group, child] : bench.firewall.running_children) {
            child.members.erase(name(31));
        }
    };
    bench.want({ip(31)});
    bench.run_for(500ms);
    CHECK(bench.ledger.at(Indicator::parse("203.0.113.31").value()) != BlockState::enforced);
    bench.run_for(2min);
    CHECK(bench.ledger.at(Indicator::parse("203.0.113.31").value()) == BlockState::enforced);
    CHECK(bench.firewall.blocked().contains(name(31)));
}

TEST_CASE("a child that the parent names no longer is found at the next commit of it, and linked again") {
    Bench bench(roomy);
    bench.start();
    bench.want(ips(1, 30));
    bench.run_for(20s);
    Looks looks(bench.firewall);
    std::string child;
    looks.before_next = [&] {
        for (const auto& [group, members] : bench.firewall.running_children) {
            if (members.members.contains(name(31))) {
                child = group;
            }
        }
        bench.firewall.running.erase(child);
        bench.firewall.candidate.erase(child);
    };
    bench.want({ip(31)});
    bench.run_for(500ms);
    CHECK(bench.ledger.at(Indicator::parse("203.0.113.31").value()) != BlockState::enforced);
    bench.run_for(2min);
    REQUIRE_FALSE(child.empty());
    CHECK(bench.firewall.running.contains(child));
    CHECK(bench.count(BlockState::enforced) == 31);
    CHECK(bench.firewall.blocked().size() == 32);
}
