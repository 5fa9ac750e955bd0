#include <catch2/catch.hpp>
#include <random>

#include "bench.hpp"
#include "sim/panos/tree/difference.hpp"
#include "sim/panos/tree/place.hpp"

using namespace sim::panos;
using namespace sim::panos::test;
using namespace std::chrono_literals;

namespace {

// A clean node of the candidate is in the running configuration as it is.
bool clean_parts_agree(const Node& candidate, const Node* running) {
    if (!candidate.dirty()) {
        return running != nullptr && same_content(candidate, *running);
    }
    bool agree = true;
    candidate.children().each([&](const Child& child) {
        const Node* other = running == nullptr ? nullptr : running->child(child.node->tag(), child.node->identity());
        agree = clean_parts_agree(*child.node, other);
        return agree;
    });
    return agree;
}

DeviceOptions three_administrators() {
    DeviceOptions with = options();
    with.administrators = {{"ann", "a"}, {"ben", "b"}, {"eve", "e"}};
    return with;
}

struct Story {
    Bench fw{three_administrators()};
    std::mt19937 random;

    explicit Story(unsigned seed) : random(seed) {}

    std::size_t below(std::size_t n) { return random() % n; }
    std::string someone() { return std::vector<std::string>{"ann", "ben", "eve"}[below(3)]; }
    std::string name() { return "n" + std::to_string(below(40)); }
    std::string ip() { return "10.0.0." + std::to_string(below(250)); }

    void edit() {
        fw.as(someone());
        const std::string what = name();
        const std::string in = group("g" + std::to_string(below(3))) + "/static";
        switch (below(10)) {
            case 0:
            case 1:
            case 2:
                fw.set(address(what), "<ip-netmask>" + ip() + "</ip-netmask>");
                break;
            case 3:
                if (fw.config("get", address(what)).find("code=\"19\"") != std::string::npos) {
                    fw.set(address(what), "<description>" + std::to_string(below(9)) + "</description>");
                }
                break;
            case 4:
                fw.config("delete", address(what));
                break;
            case 5:
                fw.set(in, "<member>" + what + "</member>");
                break;
            case 6:
                fw.config("delete", in + "/member[text()='" + what + "']");
                break;
            case 7:
                fw.config("edit", address(what), host(what, ip()));
                break;
            case 8:
                fw.config("rename", address(what), "", {{"newname", name()}});
                break;
            default:
                fw.config("move", address(what), "", {{"where", below(2) == 0 ? "before" : "after"}, {"dst", name()}});
                break;
        }
    }
};

}  // namespace

TEST_CASE("whatever is edited and committed by whom, what is not pending is what runs", "[sim][panos][consistency]") {
    int good = 0;
    int bad = 0;
    for (unsigned seed = 1; seed <= 40; ++seed) {
        INFO("seed " << seed);
        Story story(seed);
        Device& device = *story.fw.device;
        for (int step = 0; step < 150; ++step) {
            const std::size_t what = story.below(10);
            if (what < 7) {
                story.edit();
            } else if (what == 7) {
                (void)device.commit_as(story.someone(), story.below(3) != 0, story.fw.now);
            } else {
                story.fw.wait(std::chrono::seconds(story.below(15)));
            }
            REQUIRE(clean_parts_agree(*device.candidate(), device.running().get()));
        }
        story.fw.wait(10min);
        (void)device.commit_as("ann", false, story.fw.now);
        story.fw.wait(10min);
        for (const RecordedCommit& each : device.commits()) {
            ++(each.result == JobResult::ok ? good : bad);
        }
        const bool failed = !device.commits().empty() && device.commits().back().result == JobResult::fail;
        if (!failed) {
            CHECK(device.pending().empty());
            CHECK_FALSE(device.candidate()->dirty());
            CHECK(same_content(*device.candidate(), *device.running()));
        }
    }
    CHECK(good > 100);  // the stories are worth their name
    CHECK(bad > 5);
}

TEST_CASE("one administrator's commit leaves what only others have touched as it ran", "[sim][panos][consistency]") {
    for (unsigned seed = 100; seed < 140; ++seed) {
        INFO("seed " << seed);
        Story story(seed);
        Device& device = *story.fw.device;
        for (int i = 0; i < 60; ++i) {
            story.edit();
        }
        (void)device.commit_as("ann", false, story.fw.now);
        story.fw.wait(60s);
        for (int i = 0; i < 40; ++i) {
            story.edit();
        }
        const NodePtr before = device.running();
        const std::vector<std::string> own = device.pending("ben");
        if (!device.commit_as("ben", true, story.fw.now)) {
            continue;
        }
        story.fw.wait(60s);
        for (const ObjectChange& change : differences(before, device.running()).objects) {
            const std::string path = to_text(change.way);
            INFO(path);
            CHECK(std::any_of(own.begin(), own.end(),
                              [&path](const std::string& each) { return each.rfind(path, 0) == 0; }));
        }
    }
}

TEST_CASE("a commit of one change among many objects shares the rest with what ran before",
          "[sim][panos][consistency]") {
    DeviceOptions with = options();
    with.model = "PA-5220";
    Bench fw(with);
    std::string objects;
    for (int i = 0; i < 20000; ++i) {
        objects += host("n" + std::to_string(i), "10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250));
    }
    REQUIRE(fw.set(addresses, objects) == done);
    fw.activate();
    REQUIRE(fw.device->commits().back().result == JobResult::ok);
    const NodePtr before = fw.device->running();
    CHECK(fw.device->candidate() == before);
    fw.set(address("n7"), "<description>x</description>");
    fw.activate();
    const Way way{{"config", ""}, {"devices", ""},    {"entry", "localhost.localdomain"},
                  {"vsys", ""},   {"entry", "vsys1"}, {"address", ""}};
    const NodePtr old_ones = node_at(before, way);
    const NodePtr new_ones = node_at(fw.device->running(), way);
    CHECK(old_ones->child("entry", "n8") == new_ones->child("entry", "n8"));
    CHECK(old_ones->child("entry", "n7") != new_ones->child("entry", "n7"));
    CHECK(fw.device->commits().back().objects_changed == std::vector<std::string>{"address n7"});
}
