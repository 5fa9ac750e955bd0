// What a request costs must not grow with the number of objects. Work is counted (nodes looked at, bytes in use), never
// timed.
#include <malloc.h>

#include <catch2/catch.hpp>

#include "bench.hpp"
#include "sim/panos/configuration/references.hpp"

using namespace sim::panos;
using namespace sim::panos::test;
using Catch::Contains;

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif
#else
constexpr bool sanitized = false;
#endif

DeviceOptions large() {
    DeviceOptions with = options();
    with.model = "PA-5250";
    with.commit_time = std::chrono::microseconds(0);
    return with;
}

std::string described(std::size_t i) {
    return "<entry name=\"block-" + std::to_string(i) + "\"><ip-netmask>203.0." + std::to_string(i / 250 % 250) + '.' +
           std::to_string(i % 250) + "/32</ip-netmask><tag><member>t</member></tag><description>alert " +
           std::to_string(i) + " of nx-1</description></entry>";
}

// A firewall with so many committed addresses, a group of some of them and a rule that denies them.
void fill(Bench& fw, std::size_t objects) {
    REQUIRE(fw.set(vsys1 + "/tag/entry[@name='t']", "<color>color1</color>") == done);
    for (std::size_t from = 0; from < objects; from += 1000) {
        std::string element;
        for (std::size_t i = from; i < std::min(from + 1000, objects); ++i) {
            element += described(i);
        }
        REQUIRE(fw.set(addresses, element) == done);
    }
    std::string members;
    for (std::size_t i = 0; i < 100; ++i) {
        members += "<member>block-" + std::to_string(i) + "</member>";
    }
    REQUIRE(fw.set(group("g"), "<static>" + members + "</static>") == done);
    REQUIRE_THAT(fw.commit(), Contains("jobid"));
}

template <class Work>
std::uint64_t looks(Work work) {
    const std::uint64_t before = nodes_visited();
    work();
    return nodes_visited() - before;
}

struct Costs {
    std::uint64_t set = 0;
    std::uint64_t get = 0;
    std::uint64_t erase = 0;
    std::uint64_t rename = 0;
    std::uint64_t commit = 0;
    std::uint64_t complete_entry = 0;
};

Costs costs(std::size_t objects) {
    Bench fw(large());
    fill(fw, objects);
    const std::size_t middle = objects / 2;
    const std::string old = address("block-" + std::to_string(middle));
    Costs out;
    out.set = looks([&] { CHECK(fw.set(addresses, described(objects)) == done); });
    out.get = looks([&] { CHECK_THAT(fw.config("get", old), Contains("203.0.")); });
    out.rename = looks([&] { CHECK(fw.config("rename", old, "", {{"newname", "other"}}) == done); });
    out.erase = looks([&] { CHECK(fw.config("delete", address("other")) == done); });
    out.commit = looks([&] { CHECK_THAT(fw.commit(), Contains("jobid")); });
    out.complete_entry = looks([&] { CHECK_THAT(fw.config("complete", old), Contains("completions")); });
    return out;
}

}  // namespace

TEST_CASE("a request looks at hardly more nodes among 10,000 addresses than among 1,000", "[sim][panos][scale]") {
    const Costs few = costs(1000);
    const Costs many = costs(10000);
    // Balanced trees get deeper by a few levels; what walks would be ten times as much.
    CHECK(many.set < 3 * few.set);
    CHECK(many.get < 3 * few.get);
    CHECK(many.rename < 3 * few.rename);
    CHECK(many.erase < 3 * few.erase);
    CHECK(many.commit < 3 * few.commit);
    CHECK(many.set < 2000);
    CHECK(many.get < 1000);
    CHECK(many.erase < 3000);
    CHECK(many.commit < 6000);
}

TEST_CASE("a long row of uncommitted deletions does not make the next one dearer", "[sim][panos][scale]") {
    Bench fw(large());
    fill(fw, 3000);
    const auto erase = [&fw](std::size_t i) {
        return looks([&] { REQUIRE(fw.config("delete", address("block-" + std::to_string(i))) == done); });
    };
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    for (std::size_t i = 500; i < 2500; ++i) {
        const std::uint64_t cost = erase(i);
        first += i < 600 ? cost : 0;
        last += i >= 2400 ? cost : 0;
    }
    CHECK(last < 2 * first);
    CHECK_THAT(fw.commit(), Contains("jobid"));
    CHECK_THAT(fw.config("get", addresses + "/entry/@name"), Contains("count=\"1000\""));
}

TEST_CASE("deleting a name that a hundred groups could hold looks at none of them", "[sim][panos][scale]") {
    Bench fw(large());
    fill(fw, 1000);
    std::string many;
    for (int i = 0; i < 500; ++i) {
        many += "<entry name=\"group-" + std::to_string(i) + "\"><static><member>block-1</member></static></entry>";
    }
    const std::uint64_t alone = looks([&] { REQUIRE(fw.config("delete", address("block-900")) == done); });
    REQUIRE(fw.set(groups, many) == done);
    const std::uint64_t among = looks([&] { REQUIRE(fw.config("delete", address("block-901")) == done); });
    CHECK(among < alone + 200);
    CHECK_THAT(fw.config("delete", address("block-1")), Contains("code=\"10\"") && Contains("group-0"));
}

TEST_CASE("counts of references follow every kind of change", "[sim][panos][scale]") {
    Bench fw(large());
    fill(fw, 200);
    const auto refused = [&fw](const std::string& name) {
        const std::string answer = fw.config("delete", address(name));
        const bool held = answer.find("code=\"10\"") != std::string::npos;
        if (!held) {
            REQUIRE(answer == done);
        }
        return held;
    };
    CHECK(refused("block-5"));
    REQUIRE(fw.config("delete", group("g") + "/static/member[text()='block-5']") == done);
    CHECK_FALSE(refused("block-5"));
    REQUIRE(fw.op("<revert><config/></revert>").find("reverted") != std::string::npos);
    CHECK(refused("block-5"));
    REQUIRE(fw.op("<save><config><to>s.xml</to></config></save>").find("saved") != std::string::npos);
    REQUIRE(fw.config("delete", group("g")) == done);
    CHECK_FALSE(refused("block-6"));
    REQUIRE(fw.op("<load><config><from>s.xml</from></config></load>").find("loaded") != std::string::npos);
    CHECK(refused("block-6"));
    REQUIRE(fw.config("edit", group("g") + "/static", "<static><member>block-7</member></static>") == done);
    CHECK(refused("block-7"));
    CHECK_FALSE(refused("block-8"));
    REQUIRE(fw.config("rename", address("block-7"), "", {{"newname", "seven"}}) == done);
    CHECK(refused("seven"));
    REQUIRE(fw.config("edit", rule("outbound") + "/destination",
                      "<destination><member>block-9</member></destination>") == done);
    CHECK(refused("block-9"));
    REQUIRE(fw.config("edit", rule("outbound") + "/destination", "<destination><member>any</member></destination>") ==
            done);
    CHECK_FALSE(refused("block-9"));
    CHECK(fw.config("delete", vsys1 + "/tag/entry[@name='t']").find("code=\"10\"") != std::string::npos);
    fw.commit();
    CHECK(refused("seven"));
}

TEST_CASE("what one object names is known after each way to set it", "[sim][panos][scale]") {
    Bench fw;
    for (const std::string name : {"one", "two", "three"}) {
        REQUIRE(fw.set(address(name), "<ip-netmask>192.0.2.1</ip-netmask>") == done);
    }
    const auto named = [&fw](const std::string& name) {
        const std::string answer = fw.config("delete", address(name));
        if (answer == done) {
            REQUIRE(fw.set(address(name), "<ip-netmask>192.0.2.1</ip-netmask>") == done);
        }
        return answer.find("code=\"10\"") != std::string::npos;
    };
    const auto edit = [&fw](const std::string& members) {
        return fw.config("edit", group("g") + "/static", "<static>" + members + "</static>");
    };
    CHECK_FALSE(named("one"));
    REQUIRE(fw.set(group("g"), "<static><member>one</member></static>") == done);
    CHECK(named("one"));
    REQUIRE(fw.set(group("g") + "/static", "<member>two</member>") == done);
    CHECK((named("one") && named("two")));
    REQUIRE(fw.set(group("g"), "<description>the same members</description>") == done);
    REQUIRE(edit("<member>two</member><member>three</member>") == done);
    CHECK((!named("one") && named("two") && named("three")));
    REQUIRE(edit("<member>two</member><member>three</member>") == done);
    REQUIRE(fw.set(groups, "<entry name=\"h\"><static><member>three</member></static></entry>") == done);
    CHECK((named("two") && named("three")));
    REQUIRE(edit("<member>one</member>") == done);
    CHECK((named("one") && !named("two") && named("three")));
    REQUIRE(fw.config("delete", group("h")) == done);
    CHECK_FALSE(named("three"));
    fw.activate();
    CHECK((named("one") && !named("three")));
}

TEST_CASE("an address with tag and description takes less than 1 KB in both configurations together",
          "[sim][panos][scale]") {
    Bench fw(large());
    constexpr std::size_t objects = 5000;
    const auto in_use = [] {
        const struct mallinfo2 now = mallinfo2();
        return now.uordblks + now.hblkhd;
    };
    const std::size_t before = in_use();
    fill(fw, objects);
    const std::size_t after = in_use();
    REQUIRE_THAT(fw.config("show", address("block-4999")), Contains("<member>t</member>"));
    INFO((after - before) / objects << " bytes an object");
    if (!sanitized) {  // their allocators say nothing to mallinfo2()
        REQUIRE(after > before);
        CHECK((after - before) / objects < 1024);
    }
}

TEST_CASE("nodes without children or marks are small", "[sim][panos][scale]") {
    CHECK(sizeof(Node) <= 56);
    CHECK(sizeof(Children) == sizeof(void*));
}
