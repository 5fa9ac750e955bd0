#include "bridge/domain/firewall/child_group.hpp"

#include <catch2/catch.hpp>

using namespace bridge::domain;

TEST_CASE("a child is named after its group and a number, and is found again by that") {
    CHECK(child_group_name("blocked", 1) == "blocked-1");
    CHECK(child_group_number("blocked", "blocked-12") == 12);
    CHECK(child_group_number("blocked", "blocked-012") == 0);
    CHECK(child_group_number("blocked", "blocked-0") == 0);
    CHECK(child_group_number("blocked", "blocked-x") == 0);
    CHECK(child_group_number("blocked", "blocked") == 0);
    CHECK(child_group_number("blocked", "other-1") == 0);
    CHECK(child_group_number("blocked", "blocked-99999999999999999999") == 0);
}

TEST_CASE("a child's name is never longer than PAN-OS takes, and long names do not meet") {
    const std::string one(63, 'a');
    const std::string other = std::string(62, 'a') + "b";
    for (const std::string& parent : {one, other, std::string(59, 'c'), std::string(60, 'd')}) {
        const std::string child = child_group_name(parent, child_groups_limit);
        CHECK(child.size() <= 63);
        CHECK(child_group_number(parent, child) == child_groups_limit);
        CHECK(child.find(group_family(parent)) == 0);
    }
    CHECK(child_group_name(one, 1) != child_group_name(other, 1));
    CHECK(child_group_number(one, child_group_name(other, 1)) == 0);
}
