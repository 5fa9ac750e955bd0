// Each key of bridge.yaml with each kind of mistake: a wrong type, range, file or name, a key that is written twice or
// misspelt. The complaint has file, line, key, what was found and what is expected; never the value of a secret.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <sstream>

#include "whole_config.hpp"

using bridge::operate::Config;
using bridge::operate::ConfigUse;
using test::key_of;
using test::KeyPlace;
using test::WholeConfig;

namespace {

struct Wrong {
    std::string path;      // the key that gets the value
    std::string value;     // YAML, in one line
    std::string found;     // words of the complaint
    std::string expected;  // words of it as well
};

const WholeConfig& whole() {
    static const WholeConfig config;
    return config;
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> all;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        all.push_back(line);
    }
    return all;
}

/// Whether one of the complaints is about that line and key (or an item of it), and has all of the words.
bool told(const std::string& complaints, int line, const std::string& path, const std::vector<std::string>& words) {
    const std::string place = fmt::format("{}:{}:", whole().file(), line);
    const std::vector<std::string> all = lines_of(complaints);
    return std::any_of(all.begin(), all.end(), [&](const std::string& each) {
        if (!each.starts_with(place)) {
            return false;
        }
        const std::size_t key = each.find(": ", place.size());  // behind the column
        if (key == std::string::npos) {
            return false;
        }
        const std::string_view rest = std::string_view(each).substr(key + 2);
        return (rest.starts_with(path + ":") || rest.starts_with(path + "[")) &&
               std::all_of(words.begin(), words.end(),
                           [&](const std::string& word) { return each.find(word) != std::string::npos; });
    });
}

/// The section of the key, and what its values refer to; all other lines are blank, so that the lines keep their
/// numbers and reading takes a third of the time. A key at the top has all sections around it.
std::string around(const std::string& text, const std::string& path) {
    const std::string section = path.substr(0, path.find('.'));
    if (section == path) {
        return text;
    }
    std::string made;
    bool kept = false;
    for (const std::string& line : lines_of(text)) {
        if (!line.starts_with(' ')) {
            const std::string name = line.substr(0, line.find(':'));
            // The canary names targets, and a listener may not have the port of another one.
            kept = name == section || (section == "operate" && (name == "targets" || name == "intake")) ||
                   (section == "lists" && name == "intake");
        }
        made += kept ? line + "\n" : "\n";
    }
    return made;
}

/// The bridge refuses the text, and tells of the line and the key in those words. What is no matter of secrets and
/// certificates is read for its rules, which takes a tenth of the time.
void refused(const std::string& text, int line, const std::string& path, const std::vector<std::string>& words,
             ConfigUse use = ConfigUse::rules) {
    const auto config = whole().read(around(text, path), use);
    if (config) {
        FAIL_CHECK("taken, though " << path << " in line " << line << " is wrong; expected "
                                    << fmt::format("{}", fmt::join(words, " / ")));
        return;
    }
    const std::string& said = config.error();
    if (!told(said, line, path, words)) {
        FAIL_CHECK(said << "\n  does not tell of line " << line << ", " << path << ": "
                        << fmt::format("{}", fmt::join(words, " / ")));
    }
    if (said.find("open-sesame") != std::string::npos || said.find("LUFRPT1") != std::string::npos ||
        said.find("$scrypt$ln") != std::string::npos) {
        FAIL_CHECK("a secret is told: " << said);
    }
}

void add(std::vector<Wrong>& rows, const std::vector<std::string>& paths, const std::vector<Wrong>& mistakes) {
    for (const std::string& path : paths) {
        for (const Wrong& each : mistakes) {
            rows.push_back({path, each.value, each.found, each.expected});
        }
    }
}

const std::vector<std::string> pem_keys{"intake.tls.certificate",  "intake.tls.key",     "intake.tls.client_ca",
                                        "lists.tls.certificate",   "lists.tls.key",      "lists.tls.client_ca",
                                        "operate.tls.certificate", "operate.tls.key",    "operate.tls.client_ca",
                                        "targets.fw.ca",           "targets.fw.peer_ca", "targets.edl.refresh[0].ca"};

const std::vector<std::string> secret_keys{"intake.users.bare.password_file",
                                           "intake.users.hashed.password_hash_file",
                                           "targets.fw.api_key_file",
                                           "targets.fw.password_file",
                                           "targets.edl.token_file",
                                           "targets.edl.refresh[0].api_key_file",
                                           "targets.edl.refresh[0].password_file",
                                           "operate.tokens.grafana.file",
                                           "operate.tokens.ops.file"};

void add_flags(std::vector<Wrong>& rows) {
    add(rows,
        {"intake.plain", "intake.tls.old_appliances", "policy.allow_builtin", "policy.dry_run", "targets.fw.insecure",
         "targets.edl.refresh[0].insecure", "lists.plain"},
        {{"", "perhaps", "'perhaps'", "neither true nor false"},
         {"", "1", "'1'", "neither true nor false"},
         {"", "''", "''", "neither true nor false"},
         {"", "TRUEISH", "'TRUEISH'", "neither true nor false"}});
}

struct Range {
    const char* path;
    std::int64_t min;
    std::int64_t max;
};

void add_numbers(std::vector<Wrong>& rows) {
    const std::vector<Range> ranges{{"intake.limits.connections", 1, 1'000'000},
                                    {"intake.limits.connections_per_source", 0, 1'000'000},
                                    {"intake.limits.failed_logins", 0, 1'000'000},
                                    {"intake.limits.failed_logins_per_user", 0, 1'000'000},
                                    {"policy.ipv6_prefix", 64, 128},
                                    {"policy.max_new_blocks_per_minute", 0, 10'000'000},
                                    {"policy.max_new_blocks_per_minute_per_appliance", 0, 10'000'000},
                                    {"policy.group_growth_per_hour", 0, 10'000'000},
                                    {"targets.fw.max_batch", 1, 10'000},
                                    {"targets.fw.group_members_max", 2, 100'000},
                                    {"targets.fw.child_groups", 0, 999},
                                    {"targets.fw.objects_max", 0, 10'000'000},
                                    {"targets.dag.register_max", 1, 10'000},
                                    {"targets.dag.registered_max", 0, 10'000'000},
                                    {"targets.edl.entries_max", 2, 1'000'000},
                                    {"operate.audit.queue", 100, 1'000'000}};
    for (const Range& range : ranges) {
        const std::string right = fmt::format("no whole number from {} to {}", range.min, range.max);
        for (const std::string& value :
             {std::string("many"), std::string("1.5"), std::string("100x"), std::string("0x64"), std::string("+100"),
              std::string("1e2"), std::string("''"), std::string("'100 '"), fmt::format("{}", range.min - 1),
              std::string("-1"), fmt::format("{}", range.max + 1), std::string("4294967396"),
              std::string("18446744073709551716"), std::string("-9223372036854775809")}) {
            const std::string bare = value.starts_with('\'') ? value : fmt::format("'{}'", value);
            rows.push_back({range.path, value, bare, right});
        }
    }
    rows.push_back({"policy.ipv6_prefix", "96", "'96'", "128 (the attacker alone) nor 64"});
}

void add_durations(std::vector<Wrong>& rows) {
    const std::vector<std::string> may_be_nothing{"store.keep_payloads",
                                                  "store.keep_alerts",
                                                  "policy.quarantine",
                                                  "targets.fw.settle",
                                                  "targets.fw.min_commit_interval",
                                                  "targets.dag.register_timeout",
                                                  "targets.edl.refresh_interval"};
    const std::vector<std::string> waits{
        "intake.tls.check_every",        "intake.limits.read_timeout", "intake.limits.header_timeout",
        "intake.limits.idle_timeout",    "targets.fw.connect_timeout", "targets.fw.timeout",
        "targets.fw.compare_every",      "targets.fw.commit_patience", "targets.edl.fetch_within",
        "targets.edl.refresh_patience",  "targets.edl.compare_every",  "targets.edl.refresh[0].connect_timeout",
        "targets.edl.refresh[0].timeout"};
    const std::vector<std::string> others{"policy.expire", "policy.expire_by_type.malware-callback",
                                          "operate.canary.every", "operate.canary.within"};
    for (const auto* paths : {&may_be_nothing, &waits, &others}) {
        for (const std::string& path : *paths) {
            add(rows, {path},
                {{"", "soon", "'soon'", "write it as 250ms, 30s, 5m, 2h or 7d"},
                 {"", "10", "'10' is no duration", "write it as 250ms"},
                 {"", "-5s", "'-5s' is no duration", "write it as 250ms"},
                 {"", "1h30m", "'1h30m' is no duration", "write it as 250ms"},
                 {"", "10 s", "'10 s' is no duration", "write it as 250ms"},
                 {"", "10sec", "'10sec' is no duration", "write it as 250ms"},
                 {"", "''", "'' is no duration", "write it as 250ms"},
                 {"", "1e3s", "'1e3s' is no duration", "write it as 250ms"},
                 {"", "99999999999999999999d", "is no duration", "write it as 250ms"},
                 {"", "3661d", "'3661d' is longer than ten years", "at most 3660d"}});
        }
    }
    for (const std::string& path : waits) {
        add(rows, {path},
            {{"", "0s", "'0s' is no time to wait", "write it as 250ms, 30s or 5m"},
             {"", "0", "'0' is no time to wait", "write it as 250ms, 30s or 5m"}});
    }
    add(rows,
        {"targets.fw.connect_timeout", "targets.fw.timeout", "targets.edl.refresh[0].connect_timeout",
         "targets.edl.refresh[0].timeout"},
        {{"", "61m", "'61m' is too long", "at most 3600s"}});
    add(rows, {"policy.expire", "policy.expire_by_type.malware-callback"},
        {{"", "0s", "'0s' is no time that a block can stand", "30m, 2h or 7d"}});
    add(rows, {"store.keep_payloads", "store.keep_alerts"}, {{"", "23h", "'23h' is too short", "at least 1d, or 0"}});
    add(rows, {"targets.dag.register_timeout"},
        {{"", "10s", "'10s' is not from 5m to 30d", "0s for registrations that stay"},
         {"", "31d", "'31d' is not from 5m to 30d", "0s for registrations that stay"}});
    add(rows, {"operate.canary.every"},
        {{"", "0s", "'0s' is too short", "at least 1s"}, {"", "10ms", "'10ms' is too short", "at least 1s"}});
    add(rows, {"operate.canary.within"},
        {{"", "0s", "'0s'", "more than 0s and at most `every`"}, {"", "2h", "'2h'", "at most `every`"}});
}

void add_sizes(std::vector<Wrong>& rows) {
    add(rows, {"intake.limits.body", "intake.limits.header", "intake.limits.min_rate"},
        {{"", "huge", "'huge' is no size", "write it as 16KiB"},
         {"", "-1", "'-1' is no size", "write it as 16KiB"},
         {"", "16kb", "'16kb' is no size", "write it as 16KiB"},
         {"", "1MiBx", "'1MiBx' is no size", "write it as 16KiB"},
         {"", "''", "'' is no size", "write it as 16KiB"},
         {"", "99999999999999999999GiB", "is no size", "write it as 16KiB"},
         {"", "2GiB", "'2GiB' is not from", "bytes"}});
    add(rows, {"intake.limits.body", "intake.limits.header"},
        {{"", "0", "'0' is not from 1024", "bytes"}, {"", "1023", "'1023' is not from 1024", "bytes"}});
    add(rows, {"intake.limits.rate_per_source"},
        {{"", "500", "'500' is no rate", "500/s, 30/m or 10/h"},
         {"", "-5/s", "'-5/s' is no rate", "500/s, 30/m or 10/h"},
         {"", "5/d", "'5/d' is no rate", "500/s, 30/m or 10/h"},
         {"", "0/s", "'0/s' is no rate", "0 for no limit"},
         {"", "99999999/s", "'99999999/s' is more than 1000000/s", "0 is for no limit"}});
}

void add_listeners(std::vector<Wrong>& rows) {
    std::vector<Wrong> mistakes;
    for (const char* value :
         {"localhost:8088", "127.0.0.1:70000", "127.0.0.1:-1", "127.0.0.1:80x", "'127.0.0.1:'", "127.0.0.1", "8088",
          ":8088", "''", "127.0.0.300:8088", "127.0.0.1:99999999999999999999"}) {
        mistakes.push_back({"", value, "is no ADDRESS:PORT", "such as 127.0.0.1:8088 or [::1]:8088"});
    }
    add(rows, {"intake.listen", "lists.listen", "operate.listen", "operate.monitor"}, mistakes);
    add(rows, {"lists.listen", "operate.listen", "operate.monitor"},
        {{"", "127.0.0.1:8088", "'127.0.0.1:8088' is intake.listen already", "a port of its own"}});
}

void add_files(std::vector<Wrong>& rows) {
    const std::string right = "give the path of a file that the bridge's user may read";
    add(rows, pem_keys,
        {{"", "missing.pem", "missing.pem' cannot be read: No such file", right},
         {"", "missing/folder.pem", "missing/folder.pem' cannot be read", right},
         {"", ".", "it is a directory", right},
         {"", "pipe", "pipe' cannot be read: it is no regular file", right},
         {"", "/dev/zero", "'/dev/zero' cannot be read: it is no regular file", right},
         {"", "''", "'' cannot be read", "give the path of a file"},
         {"", "credential:none", "'credential:none' needs systemd", "LoadCredential=none:FILE"},
         {"", "credential:../none", "'credential:../none' is no credential's name", "write credential:NAME"},
         {"", "garbage.txt", "garbage.txt", "a PEM"},
         {"", "empty.key", "empty.key", "PEM"}});
    // `key` has messages of its own for what is no key, and for one of another certificate.
    std::erase_if(rows, [](const Wrong& row) {
        return row.path.ends_with(".tls.key") && (row.value == "garbage.txt" || row.value == "empty.key");
    });
    add(rows, {"intake.tls.key", "lists.tls.key", "operate.tls.key"},
        {{"", "garbage.txt", "garbage.txt", "give the PEM key of the certificate"},
         {"", "empty.key", "empty.key", "give the PEM key of the certificate"},
         {"", "server.pem", "server.pem", "give the PEM key of the certificate"},
         {"", "other.key", "other.key", "give the PEM key of the certificate"}});
    add(rows, secret_keys,
        {{"", "missing.key", "missing.key' cannot be read, or is empty: No such file",
          "a file whose first line is the secret, credential:NAME or env:NAME"},
         {"", ".", "it is a directory", "a file whose first line is the secret"},
         {"", "pipe", "pipe' cannot be read, or is empty: it is no regular file", "credential:NAME or env:NAME"},
         {"", "empty.key", "empty.key' cannot be read, or is empty", "a file whose first line is the secret"},
         {"", "blank.key", "the first line of '", "is empty"},
         {"", "endless.key", "the first line of '", "is longer than 4096 characters"},
         {"", "credential:none", "'credential:none' needs systemd", "LoadCredential=none:FILE"},
         {"", "credential:a/b", "'credential:a/b' is no credential's name", "write credential:NAME"},
         {"", "env:FIREBREAK_TEST_UNSET", "'FIREBREAK_TEST_UNSET' is not set, or is empty", "env:NAME"},
         {"", "''", "cannot be read, or is empty", "a file whose first line is the secret"}});
    add(rows, {"intake.users.hashed.password_hash_file"},
        {{"", "fireeye.password", "'fireeye.password' is no line", "`firebreak-bridge hash-password`"}});
    add(rows, {"intake.users.bare.password_file"}, {{"", "fireeye.hash", "holds a hash", "password_hash_file"}});
    add(rows, {"targets.edl.token_file"}, {{"", "short.key", "fewer than 12", "whoever guesses it"}});
    add(rows, {"operate.tokens.grafana.file", "operate.tokens.ops.file"},
        {{"", "short.key", "fewer than 16 characters", "openssl rand"}});
    add(rows, {"policy.allow_files"},
        {{"", "[missing.txt]", "missing.txt: cannot be read", "No such file"},
         {"", "[partners.txt, .]", "[1]: ", "is no file; give the path of one with a prefix or name a line"},
         {"", "[partners.txt, pipe]", "[1]: ", "is no file; give the path of one with a prefix or name a line"},
         {"", "[garbage.txt]", "garbage.txt:1: 'neither a certificate nor a prefix'", "no CIDR prefix"}});
    add(rows, {"store.path"},
        {{"", ".", "is a directory", "give the path of a file"},
         {"", "''", "found an empty text", "expected the path of a file"},
         {"", "postgresql://db/firebreak", "PostgreSQL is not supported yet", "give the path of a file"}});
    add(rows, {"operate.audit.file"},
        {{"", "no/folder/audit", "there is no folder '", "give another path"},
         {"", ".", "is a directory", "give the path of a file"},
         {"", "''", "'' is empty", "leave the key out"}});
    add(rows, {"operate.socket"},
        {{"", "''", "''", "which has 1 to 107 bytes"},
         {"", std::string(108, 'x'), "xxx", "which has 1 to 107 bytes"},
         {"", ".", "is a directory", "give the path of the socket"}});
}

void add_names(std::vector<Wrong>& rows) {
    std::vector<Wrong> mistakes{{"", "\"x'] | /config[\"", "'x'] | /config['", "letters, digits, blank"},
                                {"", "''", "''", "letters, digits, blank"},
                                {"", std::string(64, 'x'), "xxx", "at most 63"},
                                {"", "\"a\\nb\"", "'a?b' is no name", "letters, digits, blank"}};
    add(rows,
        {"targets.fw.vsys", "targets.fw.group", "targets.fw.tag", "targets.branches.device_group",
         "targets.edl.refresh[0].vsys", "targets.edl.refresh[0].lists.ip", "targets.edl.refresh[0].lists.domain",
         "targets.edl.refresh[0].lists.url"},
        mistakes);
    add(rows, {"targets.fw.url", "targets.fw.peer_url", "targets.branches.url", "targets.edl.refresh[0].url"},
        {{"", "fw1.example", "found 'fw1.example'", "must begin with https://"},
         {"", "http://fw1.example", "found 'http://fw1.example'", "plain http:// only to 127.0.0.1"},
         {"", "http://127.0.0.1.evil.example", "found 'http://127.0.0.1.evil.example'", "only to 127.0.0.1"},
         {"", "ftp://fw1.example", "found 'ftp://fw1.example'", "must begin with https://"},
         {"", "https://", "'https:'", "must begin with https://"},
         {"", "''", "''", "must begin with https://"},
         {"", "https://fw9.example:70000", "'https://fw9.example:70000'", "no port from 1 to 65535"},
         {"", "https://fw9.example:0", "'https://fw9.example:0'", "no port from 1 to 65535"},
         {"", "https://fw9.example:44x", "'https://fw9.example:44x'", "no port from 1 to 65535"},
         {"", "https://:443", "'https://:443' has no host", "as https://firewall.example:4443 has"},
         {"", "'https://fw 9.example'", "'https://fw 9.example' has no host", "as https://firewall.example:4443 has"},
         {"", "'https://[2001:db8::1'", "'https://[2001:db8::1' has no host", "as https://firewall.example:4443 has"},
         {"", "https://a:open-sesame@fw9.example", "no user, password or query", "https://firewall.example:4443"},
         {"", "https://fw9.example/?key=LUFRPT1", "no user, password or query", "https://firewall.example:4443"}});
    add(rows, {"targets.fw.peer_url"},
        {{"", "https://fw1.example:4443", "'https://fw1.example:4443' is the url of the first device", "its own"}});
    add(rows, {"targets.fw.kind", "targets.branches.kind", "targets.edl.kind"},
        {{"", "panosx", "'panosx' is not supported", "panos, panorama, edl"},
         {"", "''", "'' is not supported", "panos, panorama, edl"}});
    add(rows, {"targets.fw.mode", "targets.dag.mode"},
        {{"", "dynamik", "'dynamik'", "neither static nor dynamic"}, {"", "''", "''", "neither static nor dynamic"}});
    add(rows, {"targets.fw.user", "targets.edl.refresh[0].user", "operate.audit.syslog", "operate.socket_group"},
        {{"", "''", "'' is empty", "leave the key out, or give it a value"}});
    add(rows, {"operate.socket_group"}, {{"", "no-such-group-here", "no group 'no-such-group-here'", "on this host"}});
    add(rows, {"appliances.nx1.ips_direction"},
        {{"", "sideways", "'sideways'", "neither traffic nor normalized"},
         {"", "''", "''", "neither traffic nor normalized"}});
    add(rows, {"policy.min_severity"},
        {{"", "high", "'high'", "none of minr, majr, crit"}, {"", "''", "''", "none of minr, majr, crit"}});
    add(rows, {"operate.log.level"}, {{"", "loud", "'loud'", "debug, info, warning, error"}});
    add(rows, {"operate.log.format"}, {{"", "xml", "'xml'", "none of text, json"}});
    add(rows, {"operate.tokens.grafana.right", "operate.tokens.ops.right"},
        {{"", "all", "'all'", "none of read, operate"}});
    add(rows, {"operate.audit.facility"}, {{"", "local8", "'local8' is no facility", "local0 to local7"}});
    for (const char* value : {"http://log.example", "udp://log.example:0", "udp://log.example:70000", "udp://",
                              "tcp://:601", "unix://relative", "log.example", "udp://log.example:51x"}) {
        add(rows, {"operate.audit.syslog"},
            {{"", value, fmt::format("'{}'", value), "write udp://HOST:PORT, tcp://HOST:PORT or unix:///dev/log"}});
    }
    add(rows, {"operate.canary.address"},
        {{"", "198.18.0.1", "'198.18.0.1' is no documentation address", "192.0.2.0/24"},
         {"", "bad.example", "'bad.example' is no documentation address", "192.0.2.0/24"},
         {"", "''", "'' is no documentation address", "192.0.2.0/24"}});
    add(rows, {"operate.canary.targets"},
        {{"", "[fx]", "'fx' is no target", "did you mean 'fw'?"},
         {"", "[fw, fw]", "'fw' is named twice", "once is enough"}});
    add(rows, {"intake.sources", "site.networks", "site.proxies", "site.resolvers"},
        {{"", "[10.0.0.0/33]", "[0]: '10.0.0.0/33'", "no CIDR prefix"},
         {"", "[10.0.0.0/8, ten]", "[1]: 'ten'", "no CIDR prefix"},
         {"", "['']", "[0]: ''", "no CIDR prefix"},
         {"", "[10.0.0.0/8/8]", "[0]: '10.0.0.0/8/8'", "no CIDR prefix"},
         {"", "[10.0.0.0/-1]", "[0]: '10.0.0.0/-1'", "no CIDR prefix"}});
    add(rows, {"policy.allow"},
        {{"", "[10.0.0.0/33]", "[0]: '10.0.0.0/33'", "no CIDR prefix and no domain name"},
         {"", "[192.0.2.0/24, '']", "[1]: ''", "no CIDR prefix and no domain name"},
         {"", "[192.0.2.0/24, 0.0.0.0/0]", "[1]: '0.0.0.0/0' allows every address", "name what is never to be"}});
    add(rows, {"policy.types"},
        {{"", "[malware-calback]", "[0]: 'malware-calback' is no alert type", "did you mean 'malware-callback'?"},
         {"", "[endpoint]", "[0]: 'endpoint' is no alert type", "malware-callback"}});
    add(rows, {"intake.tls.client_names"},
        {{"", "[a, '']", "[1]: '' is empty", "give a name"}, {"", "[]", "names nobody", "leave it out"}});
}

/// Of values that name no file.
std::vector<Wrong> value_rows() {
    std::vector<Wrong> all;
    add_flags(all);
    add_numbers(all);
    add_durations(all);
    add_sizes(all);
    add_listeners(all);
    add_names(all);
    return all;
}

std::vector<Wrong> file_rows() {
    std::vector<Wrong> all;
    add_files(all);
    return all;
}

bool is_texts(const yaml::Node& node) {
    return node.is_list() &&
           std::all_of(node.items.begin(), node.items.end(), [](const yaml::Node& item) { return item.is_scalar(); });
}

}  // namespace

TEST_CASE("bad input: the whole configuration is valid before a mistake is made in it") {
    const auto config = whole().read(whole().text());
    INFO((config ? "" : config.error()));
    REQUIRE(config);
    CHECK(config->engine.targets.size() == 4);
    CHECK(whole().read(whole().text(), ConfigUse::rules));
    // And a change that is none leaves it so: what is refused below is refused for the mistake.
    for (const KeyPlace& place : whole().places()) {
        if (place.value.is_scalar()) {
            INFO(place.path);
            CHECK(whole().with(place, place.value.text).size() ==
                  whole().text().size() - (place.value.quoted ? 2U : 0U));
        }
    }
}

TEST_CASE("bad input: a wrong value of each key is told with file, line, key, what was found and what is expected") {
    std::size_t checked = 0;
    for (const auto& [rows, use] :
         {std::pair(value_rows(), ConfigUse::rules), std::pair(file_rows(), ConfigUse::run)}) {
        for (const Wrong& row : rows) {
            const KeyPlace& place = whole().place(row.path);
            INFO(row.path << ": " << row.value);
            refused(whole().with(place, row.value), place.mark.line, row.path, {row.found, row.expected}, use);
            ++checked;
        }
    }
    CHECK(checked > 700);
}

TEST_CASE("bad input: each key that the bridge takes has a wrong value in the table") {
    std::set<std::string> in_table;
    for (const auto& rows : {value_rows(), file_rows()}) {
        for (const Wrong& row : rows) {
            in_table.insert(key_of(row.path));
        }
    }
    for (const KeyPlace& place : whole().places()) {
        if (place.value.is_scalar() || is_texts(place.value)) {
            INFO("no row in config_bad_input_test.cpp has a wrong value of " << place.path);
            CHECK(in_table.contains(key_of(place.path)));
        }
    }
}

TEST_CASE("bad input: a value of another shape is told with file, line, key, what was found and what is expected") {
    for (const KeyPlace& place : whole().places()) {
        const auto wrong = [&](const std::string& value, const std::string& found) {
            INFO(place.path << ": " << value);
            refused(whole().with(place, value), place.mark.line, place.path, {found});
        };
        if (place.value.is_scalar()) {
            wrong("{zz: 1}", "a map");
            wrong("[zz, zz]", "a list");
            wrong("~", "nothing");
        } else if (is_texts(place.value)) {
            wrong("{zz: 1}", "must be a list of texts, found a map");
            wrong("[{zz: 1}]", "[0]: must be a single text, found a map");
            wrong("[x, [zz]]", "[1]: must be a single text, found a list");
        } else if (place.value.is_list()) {
            wrong("zz", "must be a map of keys and values, found a text");
            wrong("[zz]", "[0]: must be a map of keys and values, found a text");
        } else {
            wrong("[zz]", "found a list");
            if (place.path != "store") {  // which may be a path alone
                wrong("zz", "found a text");
            }
        }
    }
}

TEST_CASE("bad input: a key that is written twice is told with both of its lines") {
    for (const KeyPlace& place : whole().places()) {
        const std::string key = place.path.substr(place.path.rfind('.') + 1);
        const std::string text = whole().with_line_behind(place, key + ": zz");
        const std::vector<std::string> all = lines_of(text);
        const int line =
            1 + static_cast<int>(std::find_if(all.begin() + place.mark.line, all.end(),
                                              [&](const std::string& each) {
                                                  return each.ends_with(" " + key + ": zz") || each == key + ": zz";
                                              }) -
                                 all.begin());
        INFO(place.path);
        refused(text, line, place.path,
                {fmt::format("is given twice, for the first time in line {}", place.mark.line)});
    }
}

TEST_CASE("bad input: a misspelt key is told with its line and the nearest right key") {
    for (const KeyPlace& place : whole().places()) {
        if (place.is_name) {
            continue;  // another name is another target
        }
        const std::string key = place.path.substr(place.path.rfind('.') + 1);
        const std::string parent = place.path.substr(0, place.path.size() - key.size());
        const std::string text = whole().with_line_behind(place, key + "x: 1h");
        const std::vector<std::string> all = lines_of(text);
        const int line =
            1 + static_cast<int>(std::find_if(all.begin(), all.end(),
                                              [&](const std::string& each) { return each.ends_with(key + "x: 1h"); }) -
                                 all.begin());
        INFO(place.path);
        refused(text, line, parent + key + "x", {fmt::format("did you mean '{}'?", key)});
    }
}

TEST_CASE("bad input: a name that an operator gives must be one") {
    const auto wrong = [](const char* path, const std::string& name, const char* rest, const char* says) {
        const KeyPlace& place = whole().place(path);
        const std::string text = whole().with_line_behind(place, name + ": " + rest);
        const std::vector<std::string> all = lines_of(text);
        const int line = 1 + static_cast<int>(std::find_if(all.begin(), all.end(),
                                                           [&](const std::string& each) {
                                                               return each.find(name + ": ") != std::string::npos;
                                                           }) -
                                              all.begin());
        const std::string map = std::string(path).substr(0, std::string(path).rfind('.'));
        INFO(path << " " << name);
        const auto config = whole().read(text);
        REQUIRE_FALSE(config);
        CHECK_THAT(config.error(), Catch::Contains(fmt::format("{}:{}:", whole().file(), line)) &&
                                       Catch::Contains(": " + map + ".") && Catch::Contains(says));
    };
    const char* const firewall = "{url: 'https://fw9.example', api_key_file: api.key}";
    wrong("targets.fw", "''", firewall, "'' is no name");
    wrong("targets.fw", std::string(64, 'x'), firewall, "1 to 63 bytes");
    wrong("targets.fw", "'two words'", "{kind: edl, token_file: pages.token}",
          "'two words': the name of an edl target");
    wrong("targets.fw", "again", "{url: 'https://fw1.example:4443', vsys: vsys2, api_key_file: api.key}",
          "the same group of the same firewall as target fw");
    wrong("appliances.nx1", "''", "{}", "'' is no name");
    wrong("appliances.nx1", "NX1", "{}", "'NX1' is given twice, as 'nx1' too");
    wrong("intake.users.bare", "'a:b'", "{password_file: fireeye.password}", "a name has no colon");
    wrong("intake.users.bare", "''", "{password_file: fireeye.password}", "a name has no colon");
    wrong("intake.users.bare", "both", "{password_file: fireeye.password, password_hash_file: fireeye.hash}",
          "needs one of password_file and password_hash_file, found both");
    wrong("intake.users.bare", "none", "{}", "needs one of password_file and password_hash_file, found neither");
    wrong("operate.tokens.ops", "''", "{file: pages.token}", "'' is no name");
    wrong("operate.tokens.ops", "same", "{file: read.token}", "the same token as another one's");
    wrong("policy.expire_by_type.malware-callback", "endpoint", "7d", "'endpoint' is no alert type");
}

TEST_CASE("bad input: what is required is missed, with the line of the map that should have it") {
    const auto missing = [](const std::string& path, const std::string& says) {
        const KeyPlace& place = whole().place(path);
        const auto config = whole().read(whole().without(place));
        INFO(path);
        REQUIRE_FALSE(config);
        CHECK_THAT(config.error(),
                   Catch::Contains(whole().file() + ":") && Catch::Contains(": " + path) && Catch::Contains(says));
    };
    for (const std::string section : {"intake.tls", "lists.tls", "operate.tls"}) {
        missing(section + ".certificate", "is missing; give the path of a PEM file");
        missing(section + ".key", "is missing; give the path of a PEM file");
    }
    missing("targets.fw.url", "is missing; give it as in https://firewall.example");
    missing("targets.branches.device_group", "is missing; give a device group, or shared");
    missing("targets.edl.token_file", "is missing; give the path of a file");
    missing("targets.edl.refresh[0].lists", "is missing; give what the firewall calls ours");
    missing("operate.tokens.ops.file", "is missing; give the path of a file with the token");
}

TEST_CASE("bad input: a secret in the place of its file is never told, whatever it looks like") {
    for (const std::string& path : secret_keys) {
        for (const std::string secret :
             {"hunter2", "Sup3r.hunter2", "hunter2/With+Signs==", "correct-horse-hunter2-battery",
              "{password: hunter2}", "[hunter2]", "\"hunter2\\nmore\""}) {
            const KeyPlace& place = whole().place(path);
            INFO(path << ": " << secret);
            const auto config = whole().read(whole().with(place, secret));
            REQUIRE_FALSE(config);
            CHECK(told(config.error(), place.mark.line, path, {}));
            CHECK_THAT(config.error(), !Catch::Contains("hunter2"));
        }
    }
    // In the place of the map that would name the file.
    for (const std::string path : {"intake.users.bare", "operate.tokens.ops", "targets.fw", "targets.edl"}) {
        const auto config = whole().read(whole().with(whole().place(path), "hunter2"));
        REQUIRE_FALSE(config);
        CHECK_THAT(config.error(), !Catch::Contains("hunter2"));
    }
}

TEST_CASE("bad input: a client authority would shut out the bridge's own commands where they have no socket") {
    const auto& authority = whole().place("operate.tls.client_ca");
    const std::string text = whole().without(whole().place("operate.socket"));
    const auto config = whole().read(text);
    REQUIRE_FALSE(config);
    CHECK_THAT(config.error(), Catch::Contains(fmt::format(":{}:", authority.mark.line - 1)) &&
                                   Catch::Contains("operate.tls.client_ca: shuts out the bridge's own commands"));
}

TEST_CASE("bad input: a file that is empty, a directory or no YAML is refused with its name") {
    for (const char* text : {"", "\n", "# all is gone\n", "---\n", "~\n"}) {
        const auto config = whole().read(text);
        INFO(text);
        REQUIRE_FALSE(config);
        CHECK_THAT(config.error(), Catch::StartsWith(whole().file() + ":1:1: the file is empty; give at least one of"));
    }
    CHECK_THAT(whole().read("- a\n").error(), Catch::Contains(":1:1: must be a map of keys and values, found a list"));
    CHECK_THAT(whole().read("hunter2\n").error(), Catch::Contains("found a text") && !Catch::Contains("hunter2"));
    CHECK_THAT(whole().read("intake: {listen: [\n").error(), Catch::StartsWith(whole().file() + ":2:"));
    CHECK_THAT(whole().read(whole().text() + "---\npolicy: {dry_run: true}\n").error(),
               Catch::Contains("a second document begins"));
    const auto folder = bridge::operate::load_config(whole().folder().path().string());
    REQUIRE_FALSE(folder);
    CHECK_THAT(folder.error(), Catch::Contains("is a directory; give the path of a file"));
    const auto gone = bridge::operate::load_config(whole().folder() / "gone.yaml");
    REQUIRE_FALSE(gone);
    CHECK_THAT(gone.error(), Catch::Contains("gone.yaml: cannot be read"));
}
