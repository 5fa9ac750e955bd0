#include "sim/soak/stage/disturb.hpp"

#include <catch2/catch.hpp>

#include "sim/lab/real/loop_thread.hpp"
#include "sim/panos/tree/place.hpp"
#include "temporary_folder.hpp"

using namespace sim::soak;
using sim::panos::Device;
using sim::panos::FaultOn;
using sim::panos::Instant;
using namespace std::chrono_literals;

namespace {

/// A mock firewall with one block of ours.
class OneFirewall {
public:
    OneFirewall() {
        sim::panos::DeviceOptions options;
        options.commit_time = 1ms;
        options.prepare_group = "blocked";
        loop_.run([&] {
            firewall_ =
                std::move(*sim::lab::RealFirewall::make(loop_.loop(), std::move(options), folder_ / "fw", [] {}));
        });
        at([](Device& device, Instant now) {
            REQUIRE(device.set_as("admin", "/config/devices/entry/vsys/entry/address/entry[@name='one']",
                                  "<ip-netmask>198.18.0.1</ip-netmask>", now));
            REQUIRE(device.set_as("admin",
                                  "/config/devices/entry/vsys/entry/address-group/entry[@name='blocked']/static",
                                  "<member>one</member>", now));
            REQUIRE(device.commit_as("admin", false, now));
            device.advance(now + 1s);
        });
    }
    ~OneFirewall() {
        loop_.run([this] { firewall_.reset(); });
    }

    void at(const std::function<void(Device&, Instant)>& act) {
        loop_.run([&] { firewall_->at_device(act); });
    }
    void begin(const Disturbance& what, const std::optional<Member>& victim = {}) {
        const auto done = loop_.run([&] { return begin_disturbance(*firewall_, what, victim); });
        CHECK(done);
    }
    std::vector<std::string> end(const Disturbance& what) {
        std::vector<std::string> told;
        const auto done = loop_.run([&] {
            return end_disturbance(*firewall_, what, [&](std::string text) { told.push_back(std::move(text)); });
        });
        CHECK(done);
        return told;
    }

private:
    test::TemporaryFolder folder_;
    sim::lab::LoopThread loop_;
    std::unique_ptr<sim::lab::RealFirewall> firewall_;
};

Disturbance of(Kind kind, std::uint64_t draw = 0) {
    return {Micros{0}, kind, 0, Micros(10s), draw};
}

}  // namespace

TEST_CASE("faults of the desk end by themselves") {
    OneFirewall firewall;
    const auto kind = GENERATE(Kind::http_error, Kind::slow, Kind::cut, Kind::dropped, Kind::wrong_xml, Kind::truncated,
                               Kind::busy, Kind::job_fails, Kind::slow_commit, Kind::job_lost, Kind::forgotten);
    firewall.begin(of(kind, 12'345));
    firewall.at([](Device& device, Instant now) {
        REQUIRE(device.faults().standing().size() == 1);
        CHECK(device.faults().standing().front().until);
        device.faults().advance(now + 11s);
        CHECK(device.faults().standing().empty());
    });
}

TEST_CASE("what forgets is a change, never a question") {
    for (std::uint64_t draw = 0; draw < 8; ++draw) {
        OneFirewall firewall;
        firewall.begin(of(Kind::forgotten, draw));
        firewall.at([](Device& device, Instant) {
            const FaultOn on = device.faults().standing().front().on;
            CHECK((on == FaultOn::set || on == FaultOn::erase || on == FaultOn::edit || on == FaultOn::commit));
        });
    }
}

TEST_CASE("a lock is taken and released") {
    OneFirewall firewall;
    const auto kind = GENERATE(Kind::commit_lock, Kind::config_lock);
    firewall.begin(of(kind));
    firewall.at([](Device& device, Instant) { CHECK(device.locks().size() == 1); });
    firewall.end(of(kind));
    firewall.at([](Device& device, Instant) { CHECK(device.locks().empty()); });
}

TEST_CASE("a colleague takes a member out of its group, and that is committed") {
    OneFirewall firewall;
    firewall.at([](Device& device, Instant) { REQUIRE(device.blocks("198.18.0.1")); });
    firewall.begin(of(Kind::colleague_removes), Member{"one", "blocked"});
    firewall.at([](Device& device, Instant now) {
        device.advance(now + 1s);
        CHECK_FALSE(device.blocks("198.18.0.1"));
    });
}

TEST_CASE("a colleague's draft that is published by somebody else is told, one that is not is taken back") {
    OneFirewall firewall;
    firewall.begin(of(Kind::colleague_edits));
    CHECK(firewall.end(of(Kind::colleague_edits)).empty());
    firewall.at([](Device& device, Instant) {
        const auto scopes = sim::panos::scopes_of(device.candidate());
        REQUIRE(scopes.size() > 1);
        const auto addresses =
            sim::panos::node_at(scopes[1].node, sim::panos::container_steps(sim::panos::Kind::address));
        REQUIRE(addresses);
        CHECK(addresses->child("entry", "one") != nullptr);
        CHECK(addresses->child("entry", "erins-draft") == nullptr);
    });
    firewall.begin(of(Kind::colleague_edits));
    firewall.at([](Device& device, Instant now) {
        REQUIRE(device.commit_as("admin", false, now));
        device.advance(now + 1s);
    });
    CHECK(firewall.end(of(Kind::colleague_edits)) ==
          std::vector<std::string>{"erins-draft, which erin has not committed, is in the running configuration"});
}

TEST_CASE("a reboot and an end of all keys come over the device") {
    OneFirewall firewall;
    std::string key;
    firewall.at([&](Device& device, Instant) { key = device.api_key("admin"); });
    firewall.begin(of(Kind::key_rejected));
    firewall.at([&](Device& device, Instant) { CHECK(device.api_key("admin") != key); });
    firewall.begin(of(Kind::reboot));
    firewall.at([](Device& device, Instant now) { CHECK(device.rebooting(now)); });
}
