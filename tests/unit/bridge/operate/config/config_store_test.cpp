#include <catch2/catch.hpp>

#include "bridge/operate/config/config.hpp"

using namespace bridge::operate;
using namespace std::chrono_literals;

namespace {

std::string complaint(const std::string& text) {
    const auto config = read_config(text, "bridge.yaml");
    REQUIRE_FALSE(config);
    return config.error();
}

Config config_of(const std::string& text) {
    const auto config = read_config(text, "/etc/firebreak/bridge.yaml");
    INFO((config ? "" : config.error()));
    REQUIRE(config);
    return *config;
}

}  // namespace

TEST_CASE("a plain text is the store's path, relative to the configuration") {
    CHECK(config_of("store: bridge.db").store == "/etc/firebreak/bridge.db");
    CHECK(config_of("store: /var/x.db").store == "/var/x.db");
    CHECK(config_of("store: {path: bridge.db}").store == "/etc/firebreak/bridge.db");
    CHECK(config_of("store: {keep_payloads: 30d}").store == "/var/lib/firebreak/bridge.db");
    CHECK(config_of("{}").store == "/var/lib/firebreak/bridge.db");
}

TEST_CASE("payloads are kept for 90 days and alerts for 400 unless told otherwise") {
    CHECK(config_of("store: x.db").keeping.payloads == 90 * 24h);
    CHECK(config_of("store: x.db").keeping.alerts == 400 * 24h);
    CHECK(config_of("store: {keep_payloads: 30d, keep_alerts: 60d}").keeping.payloads == 30 * 24h);
    CHECK(config_of("store: {keep_payloads: 30d, keep_alerts: 60d}").keeping.alerts == 60 * 24h);
    CHECK(config_of("store: {keep_payloads: 0, keep_alerts: 0}").keeping.alerts == 0ms);
    CHECK(config_of("store: {keep_payloads: 7d, keep_alerts: 0}").keeping.payloads == 7 * 24h);
}

TEST_CASE("what is wrong with the store's keys is told with file, line, key, what was found and what is expected") {
    CHECK_THAT(complaint("\nstore: [a, b]"), Catch::Contains("bridge.yaml:2") &&
                                                 Catch::Contains("store: expected the path of a file, or a map") &&
                                                 Catch::Contains("found a list"));
    CHECK_THAT(complaint("store: ''"), Catch::Contains("store: expected the path") && Catch::Contains("an empty text"));
    CHECK_THAT(
        complaint("store:\n  path: {a: b}"),
        Catch::Contains("bridge.yaml:2") && Catch::Contains("store.path: expected the path of a file, found a map"));
    CHECK_THAT(complaint("store: {pth: x.db}"), Catch::Contains("did you mean 'path'?"));
    CHECK_THAT(complaint("store: postgresql://x"), Catch::Contains("store: PostgreSQL is not supported yet"));
    CHECK_THAT(complaint("store:\n  path: x\n  keep_payloads: soon"),
               Catch::Contains("bridge.yaml:3") && Catch::Contains("store.keep_payloads") && Catch::Contains("'soon'"));
    CHECK_THAT(complaint("store: {keep_payloads: 30s}"),
               Catch::Contains("store.keep_payloads: '30s' is too short; at least 1d, or 0"));
    CHECK_THAT(complaint("store: {keep_alerts: 23h}"), Catch::Contains("store.keep_alerts: '23h' is too short"));
    CHECK_THAT(complaint("store: {keep_alerts: -3d}"), Catch::Contains("store.keep_alerts"));
}

TEST_CASE("payloads are not kept longer than their alerts") {
    CHECK_THAT(complaint("store: {keep_alerts: 30d}"),
               Catch::Contains("store.keep_alerts: a payload can't be kept longer than its alerts"));
    CHECK_THAT(complaint("store: {keep_payloads: 500d}"), Catch::Contains("store.keep_payloads: a payload can't"));
    CHECK_THAT(complaint("store: {keep_payloads: 0}"), Catch::Contains("store.keep_payloads: a payload can't"));
}
