#include "bridge/domain/enforcement/group_layout.hpp"

#include <catch2/catch.hpp>

using namespace bridge::domain;

namespace {

GroupSeen group(std::string name, std::size_t members, bool ours = true) {
    GroupSeen seen;
    seen.name = std::move(name);
    seen.ours = ours;
    for (std::size_t i = 0; i < members; ++i) {
        seen.members.push_back("m" + std::to_string(i));
    }
    return seen;
}

}  // namespace

TEST_CASE("the parent fills first, but for the places of its children's names") {
    GroupLayout layout("g", 5, 2);
    layout.see({{group("g", 1, false)}});
    CHECK(layout.direct_max() == 3);
    CHECK(layout.capacity() == 3 + 2 * 5);
    std::vector<GroupLayout::Part> picked;
    for (auto part = layout.pick(0); part != GroupLayout::nowhere; part = layout.pick(0)) {
        picked.push_back(part);
    }
    CHECK(picked == std::vector<GroupLayout::Part>{0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2});
    CHECK(layout.room(0) == 0);
    CHECK(layout.members(0) == 5);
}

TEST_CASE("a colleague's group of a child's name is passed over") {
    GroupLayout layout("g", 3, 2);
    layout.see({{group("g", 1, false), group("g-1", 1, false)}});
    CHECK(layout.is_taken(1));
    CHECK(layout.pick(0) == 2);
    CHECK(layout.capacity() == 1 + 3);
}

TEST_CASE("a parent that is full of members makes room for a child's name only by moving one of ours") {
    GroupLayout layout("g", 3, 2);
    layout.see({{group("g", 3, false)}});
    CHECK(layout.pick(0) == GroupLayout::nowhere);
    CHECK(layout.room(0) == 0);
    CHECK(layout.room(1) == 2);
    CHECK(layout.pick(1) == 1);
    CHECK(layout.must_move() == 1);
}

TEST_CASE("what room says is what pick finds") {
    for (const std::size_t max : {2U, 3U, 7U}) {
        for (const std::size_t children : {0U, 1U, 5U, 9U}) {
            GroupLayout layout("g", max, children);
            GroupSeen parent = group("g", 1, false);
            parent.members.push_back("g-2");
            layout.see({{parent, group("g-2", 1), group("g-3", 1, false)}});
            std::size_t room = layout.room(0);
            INFO(max << " members, " << children << " children");
            while (layout.pick(0) != GroupLayout::nowhere) {
                REQUIRE(room > 0);
                --room;
                CHECK(layout.room(0) == room);
            }
            CHECK(room == 0);
        }
    }
}
