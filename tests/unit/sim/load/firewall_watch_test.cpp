#include "sim/load/firewall_watch.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "sim/panos/policy/external_list.hpp"

using namespace sim::load;
using namespace sim::panos;
using namespace std::chrono_literals;

namespace {

constexpr Instant start{std::chrono::seconds(1'700'000'000)};
const std::string vsys = "/config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='vsys1']";

DeviceOptions options(bool dynamic) {
    DeviceOptions made;
    made.administrators = {{"admin", "secret-one"}, {"firebreak", "secret-two"}};
    made.commit_time = 20s;
    made.prepare_group = "blocked";
    made.prepare_match = dynamic ? "'firebreak'" : "";
    return made;
}

std::string encoded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

/// What is due happens at its own time, and the watch sees it then.
void advance_seen(Device& device, FirewallWatch& watch, Micros until) {
    while (const auto next = device.next_event()) {
        if (*next > start + until) {
            break;
        }
        device.advance(*next);
        watch.look(device, *next);
    }
    device.advance(start + until);
    watch.look(device, start + until);
}

/// A firewall, a watch on it, and a client that blocks.
class Bench {
public:
    explicit Bench(bool dynamic = false)
        : device(std::move(*Device::make(options(dynamic), start))),
          watch("fw1", attackers, due, "firebreak", dynamic ? Mode::dynamic : Mode::fixed) {
        watch.begin(*device, start);
    }

    const std::vector<std::string> attackers{"198.18.0.1", "198.18.0.2", "198.18.0.3"};
    const Schedule due{0s, 1s, 30s};
    std::unique_ptr<Device> device;
    FirewallWatch watch;

    std::string call(Micros at, const std::string& form, const std::string& who = "firebreak") {
        advance(at);
        ApiCall request;
        request.method = "POST";
        request.target = "/api/";
        request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"X-PAN-KEY", device->api_key(who)}};
        request.body = form;
        const std::string body = device->handle(request, start + at).body;
        watch.look(*device, start + at);
        return body;
    }

    void set(Micros at, const std::string& below, const std::string& element) {
        const std::string answer =
            call(at, "type=config&action=set&xpath=" + encoded(vsys + below) + "&element=" + encoded(element));
        REQUIRE_THAT(answer, Catch::Contains("status=\"success\""));
    }

    void make_object(Micros at, std::size_t i) {
        set(at, "/address", fmt::format("<entry name=\"b{}\"><ip-netmask>{}/32</ip-netmask></entry>", i, attackers[i]));
    }
    void make_member(Micros at, std::size_t i) {
        set(at, "/address-group/entry[@name='blocked']/static", fmt::format("<member>b{}</member>", i));
    }
    std::string commit(Micros at) { return call(at, "type=commit&cmd=" + encoded("<commit></commit>")); }

    void advance(Micros until) { advance_seen(*device, watch, until); }

    FirewallSeen seen() const { return watch.seen(*device); }
};

}  // namespace

TEST_CASE("watch: a block is staged by its group's member, queued by the commit, and enforced by the verdict",
          "[load][watch]") {
    Bench bench;
    bench.make_object(100ms, 0);
    CHECK(bench.seen().blocks[0].staged == never);  // an object that no group has blocks nothing
    bench.make_member(200ms, 0);
    bench.commit(300ms);
    bench.advance(25s);
    const FirewallSeen seen = bench.seen();

    CHECK(seen.blocks[0].staged == 200ms);
    CHECK(seen.blocks[0].queued == 300ms);
    CHECK(seen.blocks[0].enforced == 20s + 300ms);
    CHECK(seen.blocks[0].commit == 0);
    CHECK(seen.blocks[1].enforced == never);
    REQUIRE(seen.commits.size() == 1);
    CHECK(seen.commits[0].ok);
    CHECK(seen.commits[0].alerts == 1);
    CHECK(seen.commits[0].asked == 300ms);
    CHECK(seen.commits[0].finished == 20s + 300ms);
    CHECK(bench.watch.enforced() == 1);
}

TEST_CASE("watch: what is staged during a commit belongs to the next", "[load][watch]") {
    Bench bench;
    bench.make_object(0ms, 0);
    bench.make_member(0ms, 0);
    bench.commit(0ms);
    bench.make_object(1s, 1);
    bench.make_member(2s, 1);
    bench.commit(22s);
    bench.advance(60s);
    const FirewallSeen seen = bench.seen();

    REQUIRE(seen.commits.size() == 2);
    CHECK(seen.commits[0].alerts == 1);
    CHECK(seen.commits[1].alerts == 1);
    CHECK(seen.blocks[1].staged == 2s);
    CHECK(seen.blocks[1].queued == 22s);
    CHECK(seen.blocks[1].enforced == 42s);
    CHECK(seen.blocks[1].commit == 1);
}

TEST_CASE("watch: a commit that failed enforces nothing; one that is refused is counted; an empty one is told",
          "[load][watch]") {
    Bench bench;
    bench.make_object(0ms, 0);
    bench.make_member(0ms, 0);
    REQUIRE(bench.device->lock(LockKind::commit, "admin", "at work", start));
    bench.commit(1s);
    CHECK(bench.seen().refused_commits == 1);
    CHECK(bench.seen().commits.empty());
    REQUIRE(bench.device->unlock(LockKind::commit, "admin"));
    bench.commit(2s);
    bench.advance(30s);
    bench.call(31s, "type=commit&cmd=" + encoded("<commit><force></force></commit>"));
    bench.advance(60s);
    const FirewallSeen seen = bench.seen();

    REQUIRE(seen.commits.size() == 2);
    CHECK_FALSE(seen.commits[0].empty);
    CHECK(seen.commits[1].ok);
    CHECK(seen.commits[1].empty);
    CHECK(seen.blocks[0].enforced == 22s);
}

TEST_CASE("watch: only the blocking administrator's calls count, by kind", "[load][watch]") {
    Bench bench;
    bench.make_object(0ms, 0);
    bench.call(1s, "type=op&cmd=" + encoded("<show><jobs><all/></jobs></show>"));
    bench.call(2s, "type=op&cmd=" + encoded("<show><jobs><all/></jobs></show>"), "admin");
    const FirewallSeen seen = bench.seen();

    CHECK(seen.calls.at("set") == 1);
    CHECK(seen.calls.at("show jobs all") == 1);
    CHECK(seen.calls_total() == 2);
}

TEST_CASE("watch: in mode dynamic a block is enforced by its registration", "[load][watch]") {
    Bench bench(true);
    bench.call(1s,
               "type=user-id&cmd=" + encoded("<uid-message><version>2.0</version><type>update</type><payload><register>"
                                             "<entry ip=\"198.18.0.1\"><tag><member>firebreak</member></tag></entry>"
                                             "<entry ip=\"198.18.0.2\"><tag><member>other</member></tag></entry>"
                                             "</register></payload></uid-message>"));
    const FirewallSeen seen = bench.seen();

    CHECK(seen.blocks[0].staged == 1s);
    CHECK(seen.blocks[0].enforced == 1s);
    CHECK(seen.blocks[0].commit == no_commit);
    CHECK(seen.blocks[0].queued == never);
    CHECK(seen.blocks[1].enforced == never);  // registered, with a tag that no rule's group takes up
    CHECK(seen.commits.empty());
}

TEST_CASE("watch: an external list blocks what it holds from its fetch on", "[load][watch][edl]") {
    class Pages final : public ListFetcher {
    public:
        std::string text;
        void fetch(const ListRequest& /*request*/, Done done) override { done(text); }
    };
    const std::vector<std::string> attackers{"198.18.0.1", "198.18.0.2"};
    const Schedule due{1s, 400s};
    const auto pages = std::make_shared<Pages>();
    DeviceOptions made = options(false);
    made.prepare_lists = {{"blocked-ip", "ip", "http://192.0.2.3/ip.txt"}};
    made.list_fetcher = pages;
    const auto device = std::move(*Device::make(made, start));
    FirewallWatch watch("fw1", attackers, due, "firebreak", Mode::edl);
    watch.begin(*device, start);
    advance_seen(*device, watch, 10s);
    pages->text = "198.18.0.1\n";
    advance_seen(*device, watch, 200s);
    CHECK(watch.enforced() == 0);  // the list has it, and was not fetched since
    advance_seen(*device, watch, 390s);
    const Micros first = watch.seen(*device).blocks[0].enforced;
    CHECK(first <= 310s);
    CHECK(watch.enforced() == 1);
    pages->text += "198.18.0.2\n";
    advance_seen(*device, watch, 800s);
    const FirewallSeen seen = watch.seen(*device);

    CHECK(seen.blocks[0].enforced == first);
    CHECK(seen.blocks[1].enforced == first + 300s);
    CHECK(seen.blocks[1].staged == never);
    CHECK(seen.commits.empty());
}

TEST_CASE("watch: what was there before the run does not count", "[load][watch]") {
    Bench bench;
    bench.make_object(0ms, 0);
    bench.make_member(0ms, 0);
    bench.commit(0ms);
    bench.advance(30s);
    FirewallWatch later("fw1", bench.attackers, bench.due, "firebreak", Mode::fixed);
    later.begin(*bench.device, start + 30s);
    later.look(*bench.device, start + 31s);
    const FirewallSeen seen = later.seen(*bench.device);

    CHECK(seen.commits.empty());
    CHECK(seen.calls_total() == 0);
}
