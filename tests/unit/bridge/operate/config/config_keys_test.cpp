// The keys of bridge.yaml are those that the bridge asks for while it reads one: the tests' whole configuration has
// each of them, and docs/bridge.md tells of each and of no other.
#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>

#include "whole_config.hpp"

using test::key_of;
using test::WholeConfig;

namespace {

/// What the bridge asked for, with NAME for names and TYPE for types of alert.
std::set<std::string> accepted() {
    const WholeConfig whole;
    const auto config = whole.read(whole.text());
    INFO((config ? "" : config.error()));
    REQUIRE(config);
    std::set<std::string> keys;
    for (const std::string& key : config->keys) {
        keys.insert(key_of(key));
    }
    return keys;
}

/// The keys in the tables of docs/bridge.md, each below its section.
std::set<std::string> documented() {
    std::ifstream in(FIREBREAK_SOURCE_DIR "/docs/bridge.md");
    std::set<std::string> keys;
    std::string section;
    bool of_keys = false;
    const std::regex word("`([^`]+)`");
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("## ")) {
            section = line.substr(3, line.find(':') - 3);
        } else if (line.starts_with("| key |")) {
            of_keys = true;
        } else if (!line.starts_with('|')) {
            of_keys = false;
        } else if (of_keys) {
            const std::string cell = line.substr(1, line.find('|', 1) - 1);
            for (auto each = std::sregex_iterator(cell.begin(), cell.end(), word); each != std::sregex_iterator();
                 ++each) {
                keys.insert(section + (section == "targets" ? ".NAME." : ".") + (*each)[1].str());
            }
        }
    }
    return keys;
}

}  // namespace

TEST_CASE("keys: each one that the bridge asks for stands in the tests' whole configuration") {
    const WholeConfig whole;
    std::set<std::string> written;
    for (const test::KeyPlace& place : whole.places()) {
        written.insert(key_of(place.path));
    }
    const std::set<std::string> asked = accepted();
    CHECK(asked.size() > 100);
    for (const std::string& key : asked) {
        INFO(key << " is a key that whole_config.cpp does not have, so nothing tests what is wrong about it");
        CHECK(written.contains(key));
    }
}

TEST_CASE("keys: docs/bridge.md has each one in a table, and none that there is not") {
    const std::set<std::string> keys = accepted();
    const std::set<std::string> docs = documented();
    CHECK(docs.size() > 100);
    for (const std::string& key : keys) {
        const bool a_map =
            std::any_of(docs.begin(), docs.end(), [&](const std::string& each) { return each.starts_with(key + "."); });
        INFO(key << " is not in docs/bridge.md");
        CHECK((a_map || docs.contains(key)));
    }
    for (const std::string& key : docs) {
        INFO(key << " is in docs/bridge.md, and the bridge knows no such key");
        CHECK(keys.contains(key));
    }
}
