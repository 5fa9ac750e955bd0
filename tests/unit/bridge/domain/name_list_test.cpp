#include "bridge/domain/name_list.hpp"

#include <catch2/catch.hpp>

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
