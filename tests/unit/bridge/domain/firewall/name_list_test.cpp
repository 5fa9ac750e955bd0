#include "bridge/domain/firewall/name_list.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

using bridge::domain::NameList;

TEST_CASE("a list of names gives them back in order, repetitions and empty ones too") {
    NameList names;
    CHECK(names.empty());
    for (const char* name : {"b", "", "a", "b"}) {
        names.push_back(name);
    }
    CHECK(std::vector<std::string>(names.begin(), names.end()) == std::vector<std::string>{"b", "", "a", "b"});
    CHECK(names == NameList{"b", "", "a", "b"});
    CHECK_FALSE(names == NameList{"b", "", "ab"});
    CHECK(names.size() == 4);
    CHECK(names[2] == "a");
}

TEST_CASE("a list of names is sorted byte by byte") {
    NameList names{"b", "a-1", "", "a", "a-1"};
    names.sort();
    CHECK(names == NameList{"", "a", "a-1", "a-1", "b"});
    names.push_back("0");
    names.sort();
    CHECK(names[1] == "0");
}

TEST_CASE("a list of names takes very many and very long ones, and its copies are its own") {
    NameList names;
    std::vector<std::string> wanted;
    for (int i = 0; i < 20'000; ++i) {
        wanted.push_back(i % 5000 == 7 ? std::string(70'000, 'x') : "firebreak-" + std::to_string(i * 7919 % 20'000));
        names.push_back(wanted.back());
    }
    NameList copy = names;
    CHECK(copy == names);
    copy.push_back("more");
    copy.sort();
    CHECK(std::vector<std::string>(names.begin(), names.end()) == wanted);
    wanted.emplace_back("more");
    std::sort(wanted.begin(), wanted.end());
    CHECK(std::vector<std::string>(copy.begin(), copy.end()) == wanted);
    const NameList moved = std::move(copy);
    CHECK(moved.size() == wanted.size());
    names = moved;
    CHECK(names == moved);
}
