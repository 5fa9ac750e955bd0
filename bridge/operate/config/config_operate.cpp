#include <fmt/format.h>
#include <grp.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "bridge/operate/config/config_reading.hpp"
#include "bridge/operate/config/syslog_address.hpp"

namespace bridge::operate {

using namespace domain;

namespace {

// The longest path that a sockaddr_un holds, without its final zero.
constexpr std::size_t socket_path_bytes_max = 107;
constexpr std::chrono::seconds canary_period_min{1};

/// The index of `word` in `words`, or 0 with a complaint.
std::size_t choice(yaml::Reader& reader, std::string_view key, const std::vector<std::string>& words) {
    const std::string word = reader.text(key, words.front());
    const auto place = std::find(words.begin(), words.end(), word);
    if (place == words.end()) {
        reader.complain(
            *reader.node().find(key), key,
            fmt::format("'{}' is none of {}{}", word, fmt::join(words, ", "), yaml::did_you_mean(word, words)));
        return 0;
    }
    return static_cast<std::size_t>(place - words.begin());
}

void read_socket(ConfigReading& reading, yaml::Reader& reader, bool has_listen) {
    OperateSettings& operate = reading.config.operate;
    const yaml::Node* path = reader.optional("socket");
    const std::string group = ConfigReading::given(reader, "socket_group");
    if (path == nullptr && has_listen) {
        if (!group.empty()) {
            reader.complain(*reader.node().find("socket_group"), "socket_group",
                            "there is no socket where only `listen` is given; add `socket:`");
        }
        return;
    }
    net::UnixListener socket{default_socket, group};
    if (path != nullptr) {
        socket.path = reading.in_folder(reader.text("socket", ""));
        if (socket.path.empty() || socket.path.size() > socket_path_bytes_max) {
            reader.complain(*path, "socket",
                            fmt::format("'{}' is no path for a socket, which has 1 to {} bytes", socket.path,
                                        socket_path_bytes_max));
        }
        std::error_code ignored;  // what cannot be looked at is told when the bridge listens
        if (std::filesystem::is_directory(socket.path, ignored)) {
            reader.complain(*path, "socket",
                            fmt::format("'{}' is a directory; give the path of the socket in it", socket.path));
        }
    }
    // Before the process has threads, so getgrnam's static room is nobody else's.
    if (!group.empty() && ::getgrnam(group.c_str()) == nullptr) {
        reader.complain(*reader.node().find("socket_group"), "socket_group",
                        fmt::format("there is no group '{}' on this host", group));
    }
    operate.socket = std::move(socket);
}

void read_tokens(ConfigReading& reading, const yaml::Node* tokens) {
    if (tokens == nullptr) {
        return;
    }
    if (!tokens->is_map()) {
        reading.problems.add(tokens->mark, "operate.tokens",
                             fmt::format("must be a map: {{NAME: {{file: FILE, right: read or operate}}}}, found {}",
                                         yaml::kind_of(*tokens)));
        return;
    }
    for (const yaml::Entry& entry : tokens->entries) {
        yaml::Reader reader(entry.value, fmt::format("operate.tokens.{}", entry.key), reading.problems);
        check_entry_name(reading, "operate.tokens", entry);
        Token token;
        if (reader.required("file", "the path of a file with the token") != nullptr) {
            token.text = reading.secret(reader, "file");
        }
        if (!token.text.empty() && token.text.reveal().size() < token_characters_min) {
            reader.complain(*entry.value.find("file"), "file",
                            fmt::format("the token has fewer than {} characters; make one with `openssl rand -hex 24`",
                                        token_characters_min));
        }
        token.right = choice(reader, "right", {"read", "operate"}) == 1 ? Right::operate : Right::read;
        reader.finish();
        const bool twice = std::any_of(
            reading.config.operate.tokens.begin(), reading.config.operate.tokens.end(), [&](const auto& other) {
                return !token.text.empty() && other.second.text.reveal() == token.text.reveal();
            });
        if (twice) {
            reading.problems.add(entry.mark, fmt::format("operate.tokens.{}", entry.key),
                                 "is the same token as another one's; the audit trail could not tell them apart");
        }
        reading.config.operate.tokens.emplace(entry.key, std::move(token));
    }
}

void read_listen(ConfigReading& reading, yaml::Reader& reader) {
    OperateSettings& operate = reading.config.operate;
    net::ListenOptions listen;
    listen.port = 9090;
    listen.body_bytes_max = 64U << 10U;
    listen.strict_requests = true;
    const bool given = reader.optional("listen") != nullptr;
    const bool right = reading.listen(reader, listen);
    if (const yaml::Node* tls = reader.optional("tls")) {
        yaml::Reader keys(*tls, "operate.tls", reading.problems);
        listen.tls = reading.identity(keys);
        keys.finish();
        reading.look_at(keys, *listen.tls);
        if (const yaml::Node* const authority = tls->find("client_ca");
            authority != nullptr && given && reader.node().find("socket") == nullptr) {
            keys.complain(*authority, "client_ca",
                          "shuts out the bridge's own commands, which show no certificate; give them `operate.socket`");
        }
        if (!given) {
            reader.complain(*tls, "tls", "is for `listen`, which is not given; the socket needs none");
        }
    }
    read_tokens(reading, reader.optional("tokens"));
    read_socket(reading, reader, given);
    if (!right) {
        return;
    }
    const yaml::Node& at = *reader.node().find("listen");
    if (!ConfigReading::is_loopback(listen.address) && (operate.tokens.empty() || !listen.tls)) {
        reader.complain(at, "listen",
                        fmt::format("'{}' must be a loopback address, unless there are `operate.tokens` and "
                                    "`operate.tls`: whoever reaches it can release and remove blocks",
                                    at.text));
    } else if (operate.tokens.empty()) {
        reading.config.cautions.emplace_back(
            "operate.listen without operate.tokens: every user of this host may release and remove blocks");
    }
    operate.listen = std::move(listen);
}

void read_monitor(ConfigReading& reading, yaml::Reader& reader) {
    net::ListenOptions monitor;
    monitor.port = 9091;
    monitor.body_bytes_max = 0;
    monitor.strict_requests = true;
    monitor.connections_max = 64;
    if (!reading.listen(reader, monitor, "monitor")) {
        return;
    }
    if (!ConfigReading::is_loopback(monitor.address)) {
        reading.config.cautions.push_back(fmt::format(
            "operate.monitor: whoever reaches {} sees the metrics, with the targets' names", monitor.address));
    }
    reading.config.operate.monitor = std::move(monitor);
}

void read_log(ConfigReading& reading, const yaml::Node* node) {
    if (node == nullptr) {
        return;
    }
    yaml::Reader reader(*node, "operate.log", reading.problems);
    const std::vector<std::string> levels{"debug", "info", "warning", "error"};
    const std::string level = reader.text("level", "info");
    const auto place = std::find(levels.begin(), levels.end(), level);
    if (place == levels.end()) {
        reader.complain(*node->find("level"), "level",
                        fmt::format("'{}' is no level, which is one of {}{}", level, fmt::join(levels, ", "),
                                    yaml::did_you_mean(level, levels)));
    } else {
        reading.config.operate.log_level = static_cast<LogLevel>(place - levels.begin());
    }
    reading.config.operate.log_format =
        choice(reader, "format", {"text", "json"}) == 1 ? LogFormat::json : LogFormat::text;
    reader.finish();
}

void read_audit(ConfigReading& reading, const yaml::Node* node) {
    if (node == nullptr) {
        return;
    }
    yaml::Reader reader(*node, "operate.audit", reading.problems);
    AuditSettings& audit = reading.config.operate.audit;
    audit.file = reading.in_folder(ConfigReading::given(reader, "file"));
    if (!audit.file.empty()) {
        const auto folder = std::filesystem::path(audit.file).parent_path();
        std::error_code ignored;  // a folder that cannot be looked at is not there for us
        if (!folder.empty() && !std::filesystem::is_directory(folder, ignored)) {
            reader.complain(*node->find("file"), "file",
                            fmt::format("there is no folder '{}'; make it, or give another path", folder.string()));
        }
        if (std::filesystem::is_directory(audit.file, ignored)) {
            reader.complain(*node->find("file"), "file",
                            fmt::format("'{}' is a directory; give the path of a file", audit.file));
        }
    }
    audit.syslog = ConfigReading::given(reader, "syslog");
    if (!audit.syslog.empty()) {
        if (const auto address = SyslogAddress::parse(audit.syslog); !address) {
            reader.complain(*node->find("syslog"), "syslog", address.error());
        }
    }
    const std::string facility = reader.text("facility", "local0");
    if (const auto number = syslog_facility(facility)) {
        audit.facility = *number;
    } else {
        reader.complain(
            *node->find("facility"), "facility",
            fmt::format("'{}' is no facility; write user, daemon, auth, authpriv, audit or local0 to local7",
                        facility));
    }
    audit.queue =
        static_cast<std::size_t>(reader.number("queue", static_cast<std::int64_t>(audit.queue), 100, 1'000'000));
    reader.finish();
}

/// RFC 5737 and RFC 3849: nobody's, so that blocking it for a while harms nobody.
bool is_documentation(const IpAddress& address) {
    static const std::vector<Prefix> ranges{
        Prefix::parse("192.0.2.0/24").value(), Prefix::parse("198.51.100.0/24").value(),
        Prefix::parse("203.0.113.0/24").value(), Prefix::parse("2001:db8::/32").value()};
    return std::any_of(ranges.begin(), ranges.end(), [&](const Prefix& range) { return range.contains(address); });
}

void read_canary(ConfigReading& reading, const yaml::Node* node) {
    if (node == nullptr) {
        return;
    }
    yaml::Reader reader(*node, "operate.canary", reading.problems);
    engine::EngineSettings& engine = reading.config.engine;
    const std::string text = reader.text("address", "192.0.2.254");
    const auto address = IpAddress::parse(text);
    const bool fine = address && is_documentation(*address);
    if (!fine) {
        reader.complain(reader.node().find("address") == nullptr ? *node : *node->find("address"), "address",
                        fmt::format("'{}' is no documentation address (192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24, "
                                    "2001:db8::/32), and no other may be blocked for a test",
                                    text));
    }
    const auto every = reader.duration("every", std::chrono::hours(1));
    const yaml::Node* const every_node = node->find("every");
    if (every < canary_period_min && every_node != nullptr) {
        reader.complain(*every_node, "every", fmt::format("'{}' is too short; at least 1s", every_node->text));
    }
    const auto within = reader.duration("within", std::min<std::chrono::milliseconds>(every, std::chrono::minutes(15)));
    // Where it is not written it is `every` at most, and what is wrong with that has been told.
    const yaml::Node* const within_node = node->find("within");
    if ((within > every || within.count() == 0) && within_node != nullptr) {
        reader.complain(*within_node, "within",
                        fmt::format("'{}' must be more than 0s and at most `every`", within_node->text));
    }
    const std::vector<std::string> targets = reader.texts("targets");
    std::vector<std::string> known;
    for (const engine::TargetSettings& target : engine.targets) {
        known.push_back(target.name);
    }
    for (std::size_t i = 0; i < targets.size(); ++i) {
        if (std::find(known.begin(), known.end(), targets[i]) == known.end()) {
            reading.problems.add(ConfigReading::item_mark(*node, "targets", i),
                                 fmt::format("operate.canary.targets[{}]", i),
                                 fmt::format("'{}' is no target{}", targets[i], yaml::did_you_mean(targets[i], known)));
        } else if (std::find(targets.begin(), targets.begin() + static_cast<std::ptrdiff_t>(i), targets[i]) !=
                   targets.begin() + static_cast<std::ptrdiff_t>(i)) {
            reading.problems.add(ConfigReading::item_mark(*node, "targets", i),
                                 fmt::format("operate.canary.targets[{}]", i),
                                 fmt::format("'{}' is named twice; once is enough", targets[i]));
        }
    }
    reader.finish();
    if (!fine) {
        return;
    }
    if (engine.policy.dry_run) {
        reading.config.cautions.emplace_back("policy.dry_run: the canary does not fly");
    }
    // No alert may ask for it: its block would be taken back with the canary's.
    engine.policy.allow.push_back(AllowRule::parse(address->text()).value());
    engine.canary = engine::CanarySettings{*address, every, within, targets};
}

}  // namespace

void read_operate(ConfigReading& reading, const yaml::Node* node) {
    if (node == nullptr || node->kind == yaml::Kind::null) {
        reading.config.operate.socket = net::UnixListener{default_socket};
        return;
    }
    yaml::Reader reader(*node, "operate", reading.problems);
    read_listen(reading, reader);
    read_monitor(reading, reader);
    read_log(reading, reader.optional("log"));
    read_audit(reading, reader.optional("audit"));
    const yaml::Node* const canary = reader.optional("canary");
    if (reading.use() != ConfigUse::ask) {
        read_canary(reading, canary);  // it names targets, which are not read to ask
    }
    reader.finish();
}

}  // namespace bridge::operate
