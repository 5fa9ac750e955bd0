#include "sim/load/stage/ailing.hpp"

#include <catch2/catch.hpp>

using namespace sim::load;
using namespace sim::load::stage;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

constexpr sim::panos::Instant start{std::chrono::seconds(1'700'000'000)};

std::unique_ptr<sim::panos::Device> device(const Setup& setup) {
    return std::move(*sim::panos::Device::make(*device_of(setup, 0), start));
}

sim::panos::ApiAnswer call(sim::panos::Device& to, const std::string& form) {
    sim::panos::ApiCall request;
    request.method = "POST";
    request.target = "/api/";
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"X-PAN-KEY", to.api_key(bridge_user)}};
    request.body = form;
    return to.handle(request, start);
}

constexpr const char* set_address =
    "type=config&action=set&xpath=/config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='vsys1']/"
    "address"
    "&element=%3Centry%20name%3D%22b1%22%3E%3Cip-netmask%3E198.18.0.1%3C/ip-netmask%3E%3C/entry%3E";
constexpr const char* commit = "type=commit&cmd=%3Ccommit%3E%3C/commit%3E";

std::string why_not(std::string_view text) {
    Ailments ailments;
    const auto put = put_slow(text, ailments);
    return put ? "" : put.error();
}

}  // namespace

TEST_CASE("ailing: how many are slow, and how slow, is read from one word", "[load][ailing]") {
    Ailments ailments;
    REQUIRE(put_slow("3", ailments));
    CHECK(ailments.slow == 3);
    CHECK(ailments.answer == 2s);
    REQUIRE(put_slow("1:250ms", ailments));
    CHECK(ailments.slow == 1);
    CHECK(ailments.answer == 250ms);

    for (const char* const wrong : {"", "one", "1:", "1:soon", ":5s", "1:0s", "-1", "1 :5s"}) {
        CHECK_THAT(why_not(wrong), Contains("as 1:5s"));
    }
}

TEST_CASE("ailing: at least one firewall must be well", "[load][ailing]") {
    CHECK(check_ailments({1, 1}, 3, Mode::fixed));
    CHECK(check_ailments({0, 0}, 1, Mode::edl));
    CHECK_THAT(check_ailments({1, 1}, 2, Mode::dynamic).error(), Contains("--firewalls"));
    CHECK_FALSE(check_ailments({5, 0}, 2, Mode::fixed));
    CHECK_FALSE(check_ailments({0, static_cast<std::size_t>(-1)}, 2, Mode::fixed));
    CHECK_THAT(check_ailments({1, 0}, 3, Mode::edl_refresh).error(), Contains("edl-refresh"));
}

TEST_CASE("ailing: a dead firewall takes a request, does nothing, and stays silent", "[load][ailing]") {
    const Setup setup;
    const auto firewall = device(setup);
    const auto before = firewall->candidate();
    ail(*firewall, Health::dead, setup);

    CHECK(call(*firewall, set_address).fault.delay >= 1h);
    CHECK(firewall->candidate() == before);
    CHECK(call(*firewall, commit).fault.delay >= 1h);
    CHECK(firewall->commits().empty());
}

TEST_CASE("ailing: a slow firewall does all that is asked, answers late and commits ten times as long",
          "[load][ailing]") {
    Setup setup;
    setup.commit_time = 5s;
    setup.ailments.answer = 700ms;
    const auto firewall = device(setup);
    ail(*firewall, Health::slow, setup);

    CHECK(call(*firewall, set_address).fault.delay == 700ms);
    CHECK(call(*firewall, commit).fault.delay == 700ms);
    firewall->advance(start + 49s);
    REQUIRE(firewall->commits().size() == 1);
    CHECK_FALSE(firewall->commits()[0].finished);
    firewall->advance(start + 51s);
    CHECK(firewall->commits()[0].finished == start + 50s);
}

TEST_CASE("ailing: a firewall that is well is left alone", "[load][ailing]") {
    const Setup setup;
    const auto firewall = device(setup);
    ail(*firewall, Health::well, setup);

    CHECK(call(*firewall, set_address).fault.delay == 0ms);
    CHECK(firewall->faults().standing().empty());
}
