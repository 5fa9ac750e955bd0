#include "sim/panos/configuration/configuration.hpp"

#include <catch2/catch.hpp>
#include <deque>
#include <random>

#include "bench.hpp"
#include "sim/panos/tree/xml.hpp"

using namespace sim::panos;
using namespace sim::panos::test;

namespace {

struct Queued {
    NodePtr snapshot;
    Take take;
};

/// Three administrators edit and commit in any order, and revert and load while no commit waits.
struct Office {
    Configuration configuration{Bench().device->running()};
    std::vector<NodePtr> ran{configuration.running()};
    std::deque<Queued> queue;
    std::mt19937 random;

    explicit Office(unsigned seed) : random(seed) {}

    std::size_t below(std::size_t n) { return random() % n; }
    std::string someone() { return std::vector<std::string>{"ann", "ben", "eve"}[below(3)]; }

    void edit() {
        const std::string name = "n" + std::to_string(below(8));
        Edit edit = configuration.begin(someone(), Instant{});
        if (below(4) == 0) {
            (void)edit.erase(address(name));
        } else if (below(4) == 0) {
            (void)edit.move(address(name), "top", "");
        } else {
            (void)edit.set(addresses, *read_xml(host(name, "10.0.0." + std::to_string(below(250)))));
        }
        configuration.accept(std::move(edit));
    }

    void enqueue() {
        Take take;
        for (std::size_t i = below(4); i > 0; --i) {
            take.admins.insert(someone());
        }
        take.up_to = configuration.last_edit();
        queue.push_back({configuration.candidate(), take});
    }
};

}  // namespace

TEST_CASE("a commit of what all that edited have pending is the commit of their edits one by one",
          "[sim][panos][consistency]") {
    std::size_t short_cuts = 0;
    for (unsigned seed = 1; seed <= 300; ++seed) {
        Office office(seed);
        for (int step = 0; step < 80; ++step) {
            INFO("seed " << seed << ", step " << step);
            const std::size_t what = office.below(20);
            if (what < 10) {
                office.edit();
            } else if (what < 14) {
                office.enqueue();
            } else if (what == 14 && office.queue.empty()) {
                Take mine;
                mine.admins = {office.someone()};
                office.configuration.revert(mine);
            } else if (what == 15 && office.queue.empty() && office.below(4) == 0) {
                office.configuration.load_as_candidate(office.ran[office.below(office.ran.size())], office.someone(),
                                                       Instant{});
            } else if (!office.queue.empty()) {
                const auto [snapshot, take] = office.queue.front();
                office.queue.pop_front();
                const NodePtr one_by_one = merged(office.configuration.running(), snapshot, take);
                const NodePtr outcome = office.configuration.would_be(snapshot, take);
                if (!take.everything()) {
                    REQUIRE(same_content(*outcome, *one_by_one));
                    short_cuts += outcome == snapshot ? 1U : 0U;
                }
                office.configuration.activate(outcome, take);
                office.ran.push_back(office.configuration.running());
                REQUIRE_FALSE(office.configuration.running()->dirty());
                REQUIRE((!office.configuration.candidate()->dirty() || !office.configuration.journal().empty()));
            }
        }
    }
    CHECK(short_cuts > 100);
}

TEST_CASE("a commit in line does not take what another administrator has reverted since", "[sim][panos]") {
    Configuration configuration(Bench().device->running());
    for (const auto& [admin, name] : {std::pair{"ann", "n1"}, std::pair{"ben", "n2"}}) {
        Edit edit = configuration.begin(admin, Instant{});
        REQUIRE(edit.set(addresses, *read_xml(host(name, "10.0.0.1"))));
        configuration.accept(std::move(edit));
    }
    Take take;
    take.admins = {"ann"};
    take.up_to = configuration.last_edit();
    const NodePtr snapshot = configuration.candidate();
    Take of_ben;
    of_ben.admins = {"ben"};
    configuration.revert(of_ben);
    configuration.activate(configuration.would_be(snapshot, take), take);
    const auto runs = [&configuration](const std::string& name) {
        return node_at(configuration.running(), *XPath::parse(address(name))->way(configuration.running())) != nullptr;
    };
    CHECK(runs("n1"));
    CHECK_FALSE(runs("n2"));
}

TEST_CASE("what a Panorama pushes while a commit waits in line stays", "[sim][panos]") {
    Configuration configuration(Bench().device->running());
    Edit edit = configuration.begin("ann", Instant{});
    REQUIRE(edit.set(addresses, *read_xml(host("n1", "10.0.0.1"))));
    configuration.accept(std::move(edit));
    Take take;
    take.up_to = configuration.last_edit();
    const NodePtr snapshot = configuration.candidate();
    configuration.set_pushed(*to_node(read_xml("<panorama><pushed>yes</pushed></panorama>")->front()));
    configuration.activate(configuration.would_be(snapshot, take), take);
    CHECK(configuration.running()->child("panorama") != nullptr);
    CHECK(node_at(configuration.running(), *XPath::parse(address("n1"))->way(configuration.running())) != nullptr);
}
