// Each key of `policy`: what it takes, and what is said of a wrong type, range, file or name.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "bridge/operate/config/config.hpp"

using namespace bridge::operate;
using namespace bridge::domain;
using namespace std::chrono_literals;

namespace {

class Folder {
public:
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "firebreak-policy-XXXXXX").string();
        REQUIRE(mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    void keep(const std::string& name, const std::string& text) const { std::ofstream(path_ / name) << text; }
    std::string operator/(const std::string& name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

/// "policy:" and one line of it, so that the line is 2 and the column 3.
std::string complaint(const std::string& line, const std::string& path = "bridge.yaml") {
    const auto config = read_config("policy:\n  " + line + "\n", path);
    REQUIRE_FALSE(config);
    return config.error();
}

Policy policy_of(const std::string& line, const std::string& path = "bridge.yaml") {
    const auto config = read_config("policy:\n  " + line + "\n", path);
    if (!config) {
        FAIL(config.error());
    }
    return config->engine.policy;
}

}  // namespace

TEST_CASE("policy: every key is read") {
    const auto line = GENERATE("expire: 30m", "min_severity: crit", "allow: 192.0.2.1", "allow_builtin: false",
                               "types: [ips-event]", "dry_run: true", "quarantine: 0s", "ipv6_prefix: 128");
    static_cast<void>(policy_of(line));
    CHECK(policy_of("max_new_blocks_per_minute_per_appliance: 50").max_new_blocks_per_minute_per_appliance == 50);
    CHECK(policy_of("group_growth_per_hour: 1000").group_growth_per_hour == 1000);
    CHECK(policy_of("quarantine: 24h").quarantine == 24h);
    CHECK(policy_of("ipv6_prefix: 64").ipv6_by_prefix);
    CHECK_FALSE(policy_of("ipv6_prefix: 128").ipv6_by_prefix);
    const Policy by_type = policy_of("expire_by_type: {malware-callback: 30d, web_infection: 1h}");
    CHECK(by_type.expire_for(AlertType::malware_callback) == 24h * 30);
    CHECK(by_type.expire_for(AlertType::web_infection) == 1h);
    CHECK(by_type.expire_for(AlertType::ips_event) == 24h * 7);
}

TEST_CASE("policy: a wrong value is told with file, line, key, what was found and what is right") {
    const auto [line, key, found, right] = GENERATE(table<const char*, const char*, const char*, const char*>({
        {"allow: [10.0.0.0/33]", "policy.allow[0]", "'10.0.0.0/33'", "no CIDR prefix and no domain name"},
        {"allow: {a: b}", "policy.allow", "", "must be a list of texts"},
        {"allow_builtin: maybe", "policy.allow_builtin", "maybe", "neither true nor false"},
        {"types: [malware-calback]", "policy.types[0]", "'malware-calback'", "did you mean 'malware-callback'?"},
        {"min_severity: high", "policy.min_severity", "'high'", "minr, majr, crit"},
        {"expire: soon", "policy.expire", "'soon'", "7d"},
        {"expire: [7d]", "policy.expire", "", "7d"},
        {"expire: 0s", "policy.expire", "'0s'", "7d"},
        {"expire: 4000d", "policy.expire", "'4000d'", "longer than ten years"},
        {"expire_by_type: 7d", "policy.expire_by_type", "", "map"},
        {"expire_by_type: {malware-calback: 7d}", "policy.expire_by_type.malware-calback", "'malware-calback'",
         "did you mean 'malware-callback'?"},
        {"expire_by_type: {endpoint: 7d}", "policy.expire_by_type.endpoint", "'endpoint'", "no alert type"},
        {"expire_by_type: {ips-event: never}", "policy.expire_by_type.ips-event", "'never'", "7d"},
        {"expire_by_type: {ips-event: 0}", "policy.expire_by_type.ips-event", "'0'", "7d"},
        {"max_new_blocks_per_minute: many", "policy.max_new_blocks_per_minute", "many", "number"},
        {"max_new_blocks_per_minute: -1", "policy.max_new_blocks_per_minute", "-1", "0"},
        {"max_new_blocks_per_minute_per_appliance: 20000000", "policy.max_new_blocks_per_minute_per_appliance",
         "20000000", "10000000"},
        {"max_new_blocks_per_minute_per_appliance: {nx1: 5}", "policy.max_new_blocks_per_minute_per_appliance", "",
         "number"},
        {"group_growth_per_hour: 1.5", "policy.group_growth_per_hour", "1.5", "number"},
        {"group_growth_per_hour: -7", "policy.group_growth_per_hour", "-7", "0"},
        {"quarantine: 24", "policy.quarantine", "'24'", "7d"},
        {"quarantine: 9999d", "policy.quarantine", "'9999d'", "longer than ten years"},
        {"ipv6_prefix: 48", "policy.ipv6_prefix", "48", "64"},
        {"ipv6_prefix: 96", "policy.ipv6_prefix", "'96'", "128 (the attacker alone) nor 64"},
        {"ipv6_prefix: wide", "policy.ipv6_prefix", "wide", "number"},
        {"dry_run: 2", "policy.dry_run", "2", "neither true nor false"},
        {"quarantaine: 1h", "policy.quarantaine", "", "did you mean 'quarantine'?"},
    }));
    const std::string text = complaint(line);
    CHECK_THAT(text, Catch::StartsWith("bridge.yaml:2:") && Catch::Contains(key) && Catch::Contains(found) &&
                         Catch::Contains(right));
    CHECK(std::count(text.begin(), text.end(), '\n') == 0);
}

TEST_CASE("policy: allow files are read with the configuration, relative to it") {
    Folder folder;
    folder.keep("partners.txt", "198.51.100.0/24 # a partner\n");
    folder.keep("cdn.txt", "*.cdn.example\n");
    const auto config = read_config("policy: {allow_files: [partners.txt, cdn.txt]}", folder / "bridge.yaml");
    REQUIRE(config);
    CHECK(config->allow_files == std::vector{folder / "partners.txt", folder / "cdn.txt"});
    const auto why = [&](const char* text) {
        return objection_to(config->engine.policy, Indicator::parse(text).value());
    };
    CHECK(why("198.51.100.7") == "on the allow list: 198.51.100.0/24 (" + (folder / "partners.txt") + ":1)");
    CHECK_THAT(why("www.cdn.example"), Catch::Contains("cdn.txt:1"));
    CHECK(why("203.0.113.5").empty());
}

TEST_CASE("policy: a wrong allow file is told with its own line, too") {
    Folder folder;
    folder.keep("allow.txt", "198.51.100.0/24\n198.51.100.0/99\n0.0.0.0/0\n");
    const std::string text = complaint("allow_files: [allow.txt, gone.txt]", folder / "bridge.yaml");
    CHECK_THAT(text, Catch::Contains(":2:17: policy.allow_files[0]: " + (folder / "allow.txt") +
                                     ":2: '198.51.100.0/99' is no CIDR prefix and no domain name"));
    CHECK_THAT(text, Catch::Contains("allow.txt:3: '0.0.0.0/0' allows every address"));
    CHECK_THAT(text, Catch::Contains("policy.allow_files[1]: " + (folder / "gone.txt") + ": cannot be read"));
    CHECK_THAT(complaint("allow_files: [.]", folder / "bridge.yaml"), Catch::Contains("is no file"));
}

TEST_CASE("policy: the host of a target is on the allow list by itself, and a name is looked up later") {
    Folder folder;
    folder.keep("k", "key");
    const auto config = read_config(
        "targets:\n  hq: {url: 'https://198.51.100.1', api_key_file: k}\n  six: {url: 'https://[2001:db8::1]:8443', "
        "api_key_file: k}\n  branch: {url: 'https://fw.example.com:4443/', api_key_file: k}\n",
        folder / "bridge.yaml");
    REQUIRE(config);
    const auto why = [&](const char* text) {
        return objection_to(config->engine.policy, Indicator::parse(text).value());
    };
    CHECK(why("198.51.100.1") == "on the allow list: 198.51.100.1 (the address of target hq)");
    CHECK_THAT(why("2001:db8::1"), Catch::Contains("target six"));
    CHECK_THAT(why("fw.example.com"), Catch::Contains("target branch"));
    REQUIRE(config->target_names.size() == 1);
    CHECK(config->target_names.front().host == "fw.example.com");
}

TEST_CASE("policy: networks are not blocked through a target that takes single addresses only") {
    Folder folder;
    folder.keep("key", "secret\n");
    const auto config = read_config(
        "policy: {ipv6_prefix: 64}\n"
        "targets:\n"
        "  hq: {url: \"https://192.0.2.1\", api_key_file: key, mode: dynamic}\n",
        folder / "bridge.yaml");
    REQUIRE_FALSE(config);
    CHECK_THAT(config.error(), Catch::Contains(":3:") && Catch::Contains("targets.hq.mode") &&
                                   Catch::Contains("dynamic registers single addresses only"));
}
