#include <catch2/catch.hpp>
#include <map>
#include <random>

#include "sim/panos/tree/node.hpp"

using namespace sim::panos;

namespace {

NodePtr entry(const std::string& name) {
    return std::make_shared<Node>("entry", name);
}

std::vector<std::string> names(const Children& children) {
    std::vector<std::string> out;
    children.each([&out](const Child& child) { return out.push_back(child.node->value()), true; });
    return out;
}

}  // namespace

TEST_CASE("many children are found by name and kept in the order of their places", "[sim][panos][node]") {
    Children children;
    for (int i = 0; i < 1000; ++i) {
        children.put(entry("n" + std::to_string(i)), (i * 7919) % 1000);
    }
    REQUIRE(children.size() == 1000);
    CHECK(children.find("entry", "n42")->node->value() == "n42");
    CHECK(children.find("entry", "n1000") == nullptr);
    std::int64_t last = -1;
    children.each([&last](const Child& child) {
        CHECK(child.place > last);
        last = child.place;
        return true;
    });
    CHECK(children.first_place() == 0);
    CHECK(children.last_place() == 999);
    CHECK(children.place_before(500) == 499);
    CHECK(children.place_after(999) == std::nullopt);
}

TEST_CASE("a changed version leaves the earlier one as it was", "[sim][panos][node]") {
    Children earlier;
    for (int i = 0; i < 200; ++i) {
        earlier.put(entry("n" + std::to_string(i)), i);
    }
    Children later = earlier;
    later.erase("entry", "n7");
    later.put(entry("new"), 1000);
    CHECK(earlier.size() == 200);
    CHECK(earlier.find("entry", "n7") != nullptr);
    CHECK(earlier.find("entry", "new") == nullptr);
    CHECK(later.find("entry", "n7") == nullptr);

    std::vector<std::string> told;
    Children::differences(earlier, later, [&told](const NodePtr& before, const NodePtr& after) {
        told.push_back(before ? "-" + before->value() : "+" + after->value());
    });
    CHECK(told == std::vector<std::string>{"-n7", "+new"});
}

TEST_CASE("children behave as a plain list of named places does, whatever is done to them", "[sim][panos][node]") {
    std::mt19937 random(20240229);
    for (int round = 0; round < 30; ++round) {
        Children children;
        std::map<std::string, std::int64_t> model;
        for (int step = 0; step < 300; ++step) {
            const std::string name = "n" + std::to_string(random() % 60);
            if (random() % 3 != 0) {
                std::int64_t place = static_cast<std::int64_t>(random() % 100000);
                const auto taken = [&] {
                    return std::any_of(model.begin(), model.end(),
                                       [&](const auto& each) { return each.second == place && each.first != name; });
                };
                while (taken()) {
                    ++place;
                }
                children.put(entry(name), place);
                model[name] = place;
            } else {
                CHECK(children.erase("entry", name) == (model.erase(name) == 1));
            }
        }
        std::vector<std::pair<std::int64_t, std::string>> order;
        for (const auto& [name, place] : model) {
            order.emplace_back(place, name);
        }
        std::sort(order.begin(), order.end());
        std::vector<std::string> expected;
        for (const auto& [place, name] : order) {
            expected.push_back(name);
        }
        CHECK(names(children) == expected);
    }
}

TEST_CASE("a mark deep down makes all above it dirty, and only that is walked", "[sim][panos][node]") {
    Children children;
    for (int i = 0; i < 100; ++i) {
        children.put(entry("n" + std::to_string(i)), i);
    }
    CHECK_FALSE(children.dirty());
    const auto mark = std::make_shared<const Mark>(Mark{"admin", 1, {}});
    children.modify("entry", "n50", [&mark](NodePtr& slot) { own(slot).set_mark(mark, true, false); });
    CHECK(children.dirty());
    int walked = 0;
    children.each_dirty([&walked](const Child& child) {
        CHECK(child.node->value() == "n50");
        return ++walked, true;
    });
    CHECK(walked == 1);
}
