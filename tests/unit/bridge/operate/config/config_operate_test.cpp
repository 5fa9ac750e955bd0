#include <catch2/catch.hpp>

#include "bridge/operate/config/config.hpp"
#include "bridge/operate/config/reload.hpp"
#include "net/certificate.hpp"
#include "temporary_folder.hpp"

using namespace bridge::operate;
using Folder = test::TemporaryFolder;
using namespace std::chrono_literals;

namespace {

constexpr const char* target = "targets: {hq: {url: 'https://192.0.2.1', api_key_file: k}}\n";

struct Files {
    Files() {
        folder.keep("k", "key\n");
        folder.keep("read.token", "0123456789abcdef-read\n");
        folder.keep("operator.token", "0123456789abcdef-operate\n");
        folder.keep("short.token", "short\n");
        const auto pair = net::make_self_signed({.common_name = "bridge"});
        REQUIRE(pair);
        folder.keep("pem", pair->certificate);
        folder.keep("key.pem", pair->key);
    }

    tl::expected<Config, std::string> read(const std::string& operate, const std::string& rest = "") const {
        return read_config("operate:\n  " + operate + "\n" + target + rest, folder / "bridge.yaml");
    }
    std::string complaint(const std::string& operate) const {
        const auto config = read(operate);
        INFO(operate);
        REQUIRE_FALSE(config);
        return config.error();
    }

    Folder folder;
};

}  // namespace

TEST_CASE("the operators' socket is the default, and a listener takes its place") {
    const Files files;
    const auto nothing = read_config("store: x.db", "bridge.yaml");
    REQUIRE(nothing);
    REQUIRE(nothing->operate.socket);
    CHECK(nothing->operate.socket->path == "/run/firebreak/bridge.sock");
    CHECK(nothing->operate.socket->mode == 0660);
    CHECK_FALSE(nothing->operate.listen);
    CHECK_FALSE(nothing->operate.monitor);

    const auto tcp = files.read("listen: 127.0.0.1:9090");
    REQUIRE(tcp);
    CHECK_FALSE(tcp->operate.socket);
    CHECK(tcp->operate.listen->port == 9090);

    const auto both = files.read("{listen: '[::1]:9090', socket: b.sock}");
    REQUIRE(both);
    CHECK(both->operate.socket->path == files.folder / "b.sock");
    CHECK(both->operate.listen->address == "::1");

    const auto log_only = files.read("log: {level: debug}");
    REQUIRE(log_only);
    CHECK(log_only->operate.socket);
}

TEST_CASE("a whole operate section is read") {
    const Files files;
    const auto config = files.read(R"({
    socket: b.sock, socket_group: root, listen: 192.0.2.7:9443, tls: {certificate: pem, key: key.pem},
    tokens: {grafana: {file: read.token}, ops: {file: operator.token, right: operate}},
    monitor: 127.0.0.1:9091, log: {level: warning, format: json},
    audit: {file: audit.jsonl, syslog: 'tcp://siem.example.com:1514', facility: authpriv, queue: 500},
    canary: {every: 30m, within: 5m, address: 203.0.113.254, targets: [hq]}})");
    INFO((config ? "" : config.error()));
    REQUIRE(config);
    const OperateSettings& operate = config->operate;
    CHECK(operate.socket->group == "root");
    CHECK(operate.listen->tls->certificate_file == files.folder / "pem");
    CHECK(operate.tokens.at("grafana").right == Right::read);
    CHECK(operate.tokens.at("ops").right == Right::operate);
    CHECK(operate.tokens.at("ops").text.reveal() == "0123456789abcdef-operate");
    CHECK(operate.monitor->port == 9091);
    CHECK(operate.log_level == LogLevel::warning);
    CHECK(operate.log_format == LogFormat::json);
    CHECK(operate.audit.file == files.folder / "audit.jsonl");
    CHECK(operate.audit.facility == 10);
    CHECK(operate.audit.queue == 500);
    REQUIRE(config->engine.canary);
    CHECK(config->engine.canary->every == 30min);
    CHECK(config->engine.canary->within == 5min);
    CHECK(config->engine.canary->indicator.text() == "203.0.113.254");
    CHECK(config->engine.canary->targets == std::vector<std::string>{"hq"});
    CHECK(config->cautions.empty());
}

TEST_CASE("no alert can ask for the canary's address") {
    const Files files;
    const auto config = files.read("canary: {}");
    REQUIRE(config);
    CHECK(config->engine.canary->indicator.text() == "192.0.2.254");
    CHECK(config->engine.canary->every == 1h);
    CHECK(config->engine.canary->within == 15min);
    CHECK_FALSE(objection_to(config->engine.policy, config->engine.canary->indicator).empty());
}

TEST_CASE("a listener without tokens is warned of, and stays on loopback") {
    const Files files;
    const auto open = files.read("listen: 127.0.0.1:9090");
    REQUIRE(open);
    CHECK_THAT(open->cautions.at(0), Catch::Contains("without operate.tokens"));
    const auto guarded = files.read("{listen: 127.0.0.1:9090, tokens: {ops: {file: operator.token}}}");
    REQUIRE(guarded);
    CHECK(guarded->cautions.empty());
    CHECK_THAT(files.complaint("listen: 192.0.2.7:9090"), Catch::Contains("must be a loopback address, unless"));
    CHECK_THAT(files.complaint("{listen: 192.0.2.7:9090, tokens: {ops: {file: operator.token}}}"),
               Catch::Contains("must be a loopback address, unless"));
}

TEST_CASE("a monitor beyond loopback is allowed, and said") {
    const Files files;
    const auto config = files.read("{socket: s, monitor: 0.0.0.0:9091}");
    REQUIRE(config);
    CHECK_THAT(config->cautions.at(0), Catch::Contains("operate.monitor: whoever reaches 0.0.0.0"));
}

TEST_CASE("each key of operate tells file, line, key, what was found and what was expected") {
    const Files files;
    struct Wrong {
        const char* operate;
        const char* key;
        const char* says;
    };
    const std::vector<Wrong> table{
        {"[1]", "operate", "must be a map"},
        {"{lisen: 127.0.0.1:1}", "operate.lisen", "did you mean 'listen'?"},
        {"{socket: [a]}", "operate.socket", "must be a single text"},
        {"{socket: ''}", "operate.socket", "is no path for a socket"},
        {"{socket_group: no-such-group-here}", "operate.socket_group", "there is no group 'no-such-group-here'"},
        {"{socket_group: {a: b}}", "operate.socket_group", "must be a single text"},
        {"{listen: 127.0.0.1:1, socket_group: root}", "operate.socket_group", "there is no socket"},
        {"{listen: 9090}", "operate.listen", "'9090' is no ADDRESS:PORT"},
        {"{listen: 127.0.0.1:65536}", "operate.listen", "'127.0.0.1:65536' is no ADDRESS:PORT"},
        {"{tls: {certificate: pem, key: key.pem}}", "operate.tls", "is for `listen`"},
        {"{listen: 127.0.0.1:1, tls: {key: pem}}", "operate.tls.certificate", "is missing"},
        {"{listen: 127.0.0.1:1, tls: {certificate: nowhere, key: pem}}", "operate.tls.certificate", "cannot be read"},
        {"{tokens: [a]}", "operate.tokens", "must be a map"},
        {"{tokens: {a: {}}}", "operate.tokens.a.file", "is missing"},
        {"{tokens: {a: {file: nowhere}}}", "operate.tokens.a.file", "cannot be read"},
        {"{tokens: {a: {file: short.token}}}", "operate.tokens.a.file", "fewer than 16 characters"},
        {"{tokens: {a: {file: read.token, right: all}}}", "operate.tokens.a.right", "'all' is none of read, operate"},
        {"{tokens: {a: {file: read.token}, b: {file: read.token}}}", "operate.tokens.b", "the same token"},
        {"{monitor: localhost:1}", "operate.monitor", "'localhost:1' is no ADDRESS:PORT"},
        {"{log: {level: loud}}", "operate.log.level", "'loud' is no level"},
        {"{log: {format: xml}}", "operate.log.format", "'xml' is none of text, json"},
        {"{log: {levle: info}}", "operate.log.levle", "did you mean 'level'?"},
        {"{audit: {file: no/folder/a}}", "operate.audit.file", "there is no folder"},
        {"{audit: {syslog: 'http://x'}}", "operate.audit.syslog", "'http://x' has another scheme"},
        {"{audit: {syslog: 'udp://x:0'}}", "operate.audit.syslog", "no port from 1 to 65535"},
        {"{audit: {facility: local8}}", "operate.audit.facility", "'local8' is no facility"},
        {"{audit: {queue: 5}}", "operate.audit.queue", "'5' is no whole number from 100 to 1000000"},
        {"{audit: {queue: many}}", "operate.audit.queue", "'many' is no whole number"},
        {"{canary: {address: 198.18.0.1}}", "operate.canary.address", "'198.18.0.1' is no documentation address"},
        {"{canary: {address: bad.example.com}}", "operate.canary.address", "is no documentation address"},
        {"{canary: {every: often}}", "operate.canary.every", "'often' is no duration"},
        {"{canary: {every: 10ms}}", "operate.canary.every", "at least 1s"},
        {"{canary: {every: 10m, within: 11m}}", "operate.canary.within", "at most `every`"},
        {"{canary: {within: 0s}}", "operate.canary.within", "more than 0s"},
        {"{canary: {targets: [hg]}}", "operate.canary.targets[0]", "'hg' is no target (did you mean 'hq'?)"},
        {"{canary: {target: hq}}", "operate.canary.target", "did you mean 'targets'?"},
    };
    for (const Wrong& wrong : table) {
        const std::string text = files.complaint(wrong.operate);
        CHECK_THAT(text,
                   Catch::Contains("bridge.yaml:2:") && Catch::Contains(wrong.key) && Catch::Contains(wrong.says));
    }
}

TEST_CASE("who asks the bridge needs neither its secrets nor the rest of its configuration to be right") {
    const Folder folder;
    const std::string text =
        "operate: {listen: 127.0.0.1:9090, tokens: {ops: {file: nowhere}}, canary: {targets: [hq]}}\n"
        "targets: {hq: {url: 'https://192.0.2.1', user: fb, password_file: nowhere}}\npolicy: {expire: soon}\n";
    const auto asks = read_config(text, folder / "bridge.yaml", ConfigUse::ask);
    INFO((asks ? "" : asks.error()));
    REQUIRE(asks);
    CHECK(asks->operate.tokens.at("ops").text.empty());
    CHECK_FALSE(read_config(text, folder / "bridge.yaml", ConfigUse::run));
}

TEST_CASE("for its rules alone a configuration is read without its secrets") {
    const Folder folder;
    const std::string text =
        "intake: {users: {fireeye: {password_file: nowhere}}, tls: {certificate: nowhere, key: nowhere}}\n"
        "targets: {hq: {url: 'https://192.0.2.1', user: fb, password_file: nowhere, ca: nowhere}}\n"
        "policy: {allow: [192.0.2.0/24]}\n";
    const auto rules = read_config(text, folder / "bridge.yaml", ConfigUse::rules);
    INFO((rules ? "" : rules.error()));
    REQUIRE(rules);
    CHECK(rules->engine.policy.allow.size() == 2);
    CHECK_FALSE(read_config(text, folder / "bridge.yaml", ConfigUse::run));
}

TEST_CASE("a target's fingerprint changes with its keys and with the files that they name, and with nothing else") {
    const Files files;
    const auto print = [&](const std::string& text) {
        const auto config = read_config(text, files.folder / "bridge.yaml");
        REQUIRE(config);
        return config->engine.targets.at(0).fingerprint;
    };
    const std::string as_it_was = print(target);
    CHECK(print(std::string("policy: {dry_run: true}\n") + target) == as_it_was);
    CHECK(print("targets: {hq: {url: 'https://192.0.2.1', api_key_file: k, settle: 1s}}") != as_it_was);
    files.folder.keep("k", "another key\n");
    CHECK(print(target) != as_it_was);
}

TEST_CASE("what only a restart can change is named") {
    const Files files;
    const auto now = files.read("{socket: s, listen: 127.0.0.1:1, monitor: 127.0.0.1:2}");
    REQUIRE(now);
    CHECK(keys_that_need_a_restart(*now, *now).empty());
    const auto next =
        files.read("{socket: t, listen: 127.0.0.1:3, audit: {file: a}}",
                   "store: other.db\nintake: {listen: 127.0.0.1:4, limits: {body: 1MiB}}\npolicy: {dry_run: true}\n");
    INFO((next ? "" : next.error()));
    REQUIRE(next);
    CHECK(keys_that_need_a_restart(*now, *next) == std::vector<std::string>{"store", "intake.listen", "intake.limits",
                                                                            "operate.socket", "operate.listen",
                                                                            "operate.monitor", "operate.audit"});
}
