#include "bridge/operate/config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include "yaml/document.hpp"
#include "yaml/reader.hpp"

namespace bridge::operate {

using namespace domain;

namespace {

class ConfigReader {
public:
    ConfigReader(const yaml::Node& root, const std::string& path)
        : root_(root), folder_(std::filesystem::path(path).parent_path()), problems_(path) {
        config_.file = path;
        config_.operate.port = 9090;
        config_.operate.body_bytes_max = 64U << 10U;
        config_.intake.port = 8088;
    }

    tl::expected<Config, std::string> read() {
        yaml::Reader top(root_, "", problems_);
        read_intake(top.optional("intake"));
        config_.store = in_folder(top.text("store", config_.store));
        if (config_.store.starts_with("postgresql:")) {
            top.complain(*root_.find("store"), "store", "PostgreSQL is not supported yet; give the path of a file");
        }
        read_appliances(top.optional("appliances"));
        read_site(top.optional("site"));
        read_policy(top.optional("policy"));
        read_targets(top.optional("targets"));
        read_operate(top.optional("operate"));
        top.finish();
        if (!problems_.empty()) {
            return tl::unexpected(problems_.text());
        }
        return std::move(config_);
    }

private:
    std::string in_folder(const std::string& file) const {
        return file.empty() || std::filesystem::path(file).is_absolute() ? file : (folder_ / file).string();
    }

    /// The path of a file that must be readable now, or empty with a complaint.
    std::string file(yaml::Reader& reader, std::string_view key) {
        const yaml::Node* node = reader.optional(key);
        if (node == nullptr) {
            return {};
        }
        std::string path = in_folder(node->text);
        if (!node->is_scalar() || !std::ifstream(path)) {
            reader.complain(*node, key, fmt::format("'{}' cannot be read", path));
            return {};
        }
        return path;
    }

    /// The first line of a secret's file, without the end of line.
    Secret secret(yaml::Reader& reader, std::string_view key) {
        const yaml::Node* node = reader.optional(key);
        if (node == nullptr) {
            return {};
        }
        const std::string path = in_folder(node->text);
        std::ifstream in(path);
        std::string line;
        if (!node->is_scalar() || !in || !std::getline(in, line)) {
            reader.complain(*node, key, fmt::format("'{}' cannot be read, or is empty", path));
            return {};
        }
        while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) {
            line.pop_back();
        }
        if (line.empty()) {
            reader.complain(*node, key, fmt::format("the first line of '{}' is empty", path));
        }
        return Secret(std::move(line));
    }

    void read_listen(yaml::Reader& reader, net::ListenOptions& options) {
        const yaml::Node* node = reader.optional("listen");
        if (node == nullptr) {
            return;
        }
        const std::size_t colon = node->text.rfind(':');
        std::string address = node->text.substr(0, colon);
        if (address.starts_with('[') && address.ends_with(']')) {
            address = address.substr(1, address.size() - 2);
        }
        std::uint16_t port = 0;
        const std::string_view digits =
            colon == std::string::npos ? std::string_view() : std::string_view(node->text).substr(colon + 1);
        const char* end = digits.data() + digits.size();
        const auto [stop, error] = std::from_chars(digits.data(), end, port);
        if (digits.empty() || error != std::errc{} || stop != end || !IpAddress::parse(address)) {
            reader.complain(*node, "listen",
                            fmt::format("'{}' is no ADDRESS:PORT, such as 127.0.0.1:8088 or [::1]:8088", node->text));
            return;
        }
        options.address = address;
        options.port = port;
    }

    void read_intake(const yaml::Node* node) {
        if (node == nullptr) {
            return;
        }
        yaml::Reader reader(*node, "intake", problems_);
        read_listen(reader, config_.intake);
        if (const yaml::Node* tls = reader.optional("tls")) {
            yaml::Reader keys(*tls, "intake.tls", problems_);
            net::TlsIdentity identity;
            keys.required("certificate");
            keys.required("key");
            identity.certificate_file = file(keys, "certificate");
            identity.key_file = file(keys, "key");
            identity.client_ca_file = file(keys, "client_ca");
            keys.finish();
            config_.intake.tls = identity;
        }
        read_users(reader.optional("users"));
        config_.gate.sources = read_prefixes(reader, "intake", "sources");
        if (const yaml::Node* limits = reader.optional("limits")) {
            yaml::Reader keys(*limits, "intake.limits", problems_);
            config_.intake.body_bytes_max = keys.bytes("body", config_.intake.body_bytes_max);
            config_.intake.header_bytes_max = keys.bytes("header", config_.intake.header_bytes_max);
            config_.intake.read_timeout = keys.duration("read_timeout", config_.intake.read_timeout);
            config_.intake.connections_max = static_cast<std::size_t>(
                keys.number("connections", static_cast<std::int64_t>(config_.intake.connections_max), 1, 1'000'000));
            keys.finish();
        }
        const bool plain = reader.flag("plain", false);
        reader.finish();
        const auto address = IpAddress::parse(config_.intake.address);
        const bool loopback = address && special_range(*address, false).find("loopback") != std::string_view::npos;
        if (!config_.intake.tls && !loopback && !plain) {
            problems_.add(node->mark, "intake",
                          "passwords and alerts would cross the network in the clear: give `tls:`, listen on "
                          "loopback, or say `plain: true`");
        }
    }

    void read_users(const yaml::Node* users) {
        if (users == nullptr) {
            return;
        }
        if (!users->is_map()) {
            problems_.add(users->mark, "intake.users", "must be a map: {NAME: {password_file: FILE}}");
            return;
        }
        for (const yaml::Entry& entry : users->entries) {
            yaml::Reader user(entry.value, fmt::format("intake.users.{}", entry.key), problems_);
            user.required("password_file");
            Secret password = secret(user, "password_file");
            if (password.reveal().size() > intake::password_characters_max) {
                user.complain(
                    entry.value, "password_file",
                    fmt::format("the password is longer than {} characters", intake::password_characters_max));
            }
            config_.gate.users[entry.key] = std::move(password);
            user.finish();
        }
    }

    void read_appliances(const yaml::Node* appliances) {
        if (appliances == nullptr) {
            return;
        }
        if (!appliances->is_map()) {
            problems_.add(appliances->mark, "appliances",
                          "must be a map: {NAME OR APPLIANCE-ID: {ips_direction: ...}}");
            return;
        }
        for (const yaml::Entry& entry : appliances->entries) {
            yaml::Reader appliance(entry.value, fmt::format("appliances.{}", entry.key), problems_);
            const std::string direction = appliance.text("ips_direction", "traffic");
            if (direction != "traffic" && direction != "normalized") {
                appliance.complain(*entry.value.find("ips_direction"), "ips_direction",
                                   fmt::format("'{}' is neither traffic nor normalized", direction));
            }
            appliance.finish();
            config_.engine.reading.set_direction_of(entry.key, direction == "normalized"
                                                                   ? fireeye::IpsDirection::normalized
                                                                   : fireeye::IpsDirection::traffic);
        }
    }

    std::vector<Prefix> read_prefixes(yaml::Reader& reader, std::string_view map, std::string_view key) {
        std::vector<Prefix> prefixes;
        const std::vector<std::string> texts = reader.texts(key);
        for (std::size_t i = 0; i < texts.size(); ++i) {
            if (const auto prefix = Prefix::parse(texts[i])) {
                prefixes.push_back(*prefix);
            } else {
                problems_.add(item_mark(reader.node(), key, i), fmt::format("{}.{}[{}]", map, key, i),
                              fmt::format("'{}' is no CIDR prefix", texts[i]));
            }
        }
        return prefixes;
    }

    void read_site(const yaml::Node* node) {
        if (node == nullptr) {
            return;
        }
        yaml::Reader reader(*node, "site", problems_);
        fireeye::Site& site = config_.engine.reading.site;
        site.networks = read_prefixes(reader, "site", "networks");
        site.proxies = read_prefixes(reader, "site", "proxies");
        site.resolvers = read_prefixes(reader, "site", "resolvers");
        reader.finish();
    }

    static yaml::Mark item_mark(const yaml::Node& map, std::string_view key, std::size_t i) {
        const yaml::Node* list = map.find(key);
        if (list == nullptr) {
            return map.mark;
        }
        return i < list->items.size() ? list->items[i].mark : list->mark;
    }

    void read_policy(const yaml::Node* node) {
        Policy& policy = config_.engine.policy;
        if (node == nullptr) {
            return;
        }
        yaml::Reader reader(*node, "policy", problems_);
        const std::vector<std::string> allow = reader.texts("allow");
        for (std::size_t i = 0; i < allow.size(); ++i) {
            auto rule = AllowRule::parse(allow[i]);
            if (!rule) {
                problems_.add(item_mark(*node, "allow", i), fmt::format("policy.allow[{}]", i),
                              fmt::format("'{}' is no CIDR prefix and no domain name", allow[i]));
                continue;
            }
            policy.allow.push_back(std::move(*rule));
        }
        policy.allow_builtin = reader.flag("allow_builtin", policy.allow_builtin);
        const std::vector<std::string> types = reader.texts("types");
        for (std::size_t i = 0; i < types.size(); ++i) {
            const AlertType type = alert_type_of(types[i]);
            if (type == AlertType::other || type == AlertType::endpoint) {
                problems_.add(
                    item_mark(*node, "types", i), fmt::format("policy.types[{}]", i),
                    fmt::format("'{}' is no alert type{}", types[i], yaml::did_you_mean(types[i], type_names())));
                continue;
            }
            policy.types.insert(type);
        }
        if (const yaml::Node* severity = reader.optional("min_severity")) {
            policy.min_severity = severity_of(severity->text);
            if (policy.min_severity == Severity::unknown) {
                reader.complain(*severity, "min_severity",
                                fmt::format("'{}' is none of minr, majr, crit", severity->text));
            }
        }
        policy.expire = reader.duration("expire", policy.expire);
        policy.max_new_blocks_per_minute = static_cast<std::uint32_t>(
            reader.number("max_new_blocks_per_minute", policy.max_new_blocks_per_minute, 0, 10'000'000));
        policy.dry_run = reader.flag("dry_run", policy.dry_run);
        reader.finish();
        if (!policy.allow_builtin) {
            config_.cautions.emplace_back("policy.allow_builtin is false: private addresses may be blocked");
        }
    }

    static std::vector<std::string> type_names() {
        std::vector<std::string> names;
        for (int i = 0; i < static_cast<int>(AlertType::endpoint); ++i) {
            names.emplace_back(name_of(static_cast<AlertType>(i)));
        }
        return names;
    }

    void read_targets(const yaml::Node* node) {
        if (node == nullptr || node->kind == yaml::Kind::null) {
            config_.cautions.emplace_back("no targets: alerts are journaled, and nothing is blocked");
            return;
        }
        if (!node->is_map()) {
            problems_.add(node->mark, "targets", "must be a map: {NAME: {url: ..., ...}}");
            return;
        }
        for (const yaml::Entry& entry : node->entries) {
            read_target(entry);
        }
    }

    /// Names stand in XPaths, so they may hold only what PAN-OS allows in an object's name.
    void check_name(yaml::Reader& reader, std::string_view key, const std::string& name) {
        const bool fine = !name.empty() && name.size() <= 63 && std::all_of(name.begin(), name.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ' ' || c == '-' ||
                   c == '_' || c == '.';
        });
        if (!fine) {
            reader.complain(reader.node(), key,
                            fmt::format("'{}' is no name that PAN-OS takes (letters, digits, blank, '-', '_', '.', at "
                                        "most 63)",
                                        name));
        }
    }

    void read_target(const yaml::Entry& entry) {
        yaml::Reader reader(entry.value, fmt::format("targets.{}", entry.key), problems_);
        const std::string kind = reader.text("kind", "panos");
        if (kind != "panos") {
            reader.complain(*entry.value.find("kind"), "kind",
                            fmt::format("'{}' is not supported by this version, which knows: panos", kind));
        }
        engine::TargetSettings target;
        panos::Endpoint endpoint;
        target.enforcer.target = entry.key;
        endpoint.url = reader.required_text("url");
        while (endpoint.url.ends_with('/')) {
            endpoint.url.pop_back();
        }
        const bool https = endpoint.url.starts_with("https://");
        if (!endpoint.url.empty() && !https && !endpoint.url.starts_with("http://127.0.0.1")) {
            reader.complain(*entry.value.find("url"), "url",
                            "must begin with https:// (plain http:// only to 127.0.0.1)");
        }
        if (endpoint.url.find('@') != std::string::npos || endpoint.url.find('?') != std::string::npos) {
            reader.complain(*entry.value.find("url"), "url", "must hold no user, password or query");
        }
        endpoint.ca_file = file(reader, "ca");
        endpoint.insecure = reader.flag("insecure", false);
        if (endpoint.insecure) {
            config_.cautions.push_back(
                fmt::format("targets.{}.insecure: the firewall's certificate is NOT verified", entry.key));
        }
        endpoint.timeout = reader.duration("timeout", endpoint.timeout);
        endpoint.connect_timeout = reader.duration("connect_timeout", endpoint.connect_timeout);

        target.credentials.api_key = secret(reader, "api_key_file");
        target.credentials.user = reader.text("user", "");
        target.credentials.password = secret(reader, "password_file");
        const bool can_keygen = !target.credentials.user.empty() && !target.credentials.password.empty();
        if (entry.value.find("api_key_file") == nullptr && !can_keygen) {
            problems_.add(entry.mark, fmt::format("targets.{}", entry.key),
                          "needs api_key_file, or user and password_file");
        }
        target.place.vsys = reader.text("vsys", "vsys1");
        check_name(reader, "vsys", target.place.vsys);
        const std::string mode = reader.text("mode", "static");
        if (mode != "static") {
            reader.complain(*entry.value.find("mode"), "mode",
                            fmt::format("'{}' is not supported by this version, which knows: static", mode));
        }
        target.place.group = reader.text("group", "firebreak-blocked");
        check_name(reader, "group", target.place.group);
        target.place.tag = reader.text("tag", "firebreak");
        check_name(reader, "tag", target.place.tag);
        EnforcerSettings& enforcer = target.enforcer;
        enforcer.group = target.place.group;
        enforcer.min_commit_interval = reader.duration("min_commit_interval", enforcer.min_commit_interval);
        enforcer.settle = reader.duration("settle", enforcer.settle);
        enforcer.max_batch = static_cast<std::size_t>(
            reader.number("max_batch", static_cast<std::int64_t>(enforcer.max_batch), 1, 10'000));
        enforcer.group_members_max = static_cast<std::size_t>(
            reader.number("group_members_max", static_cast<std::int64_t>(enforcer.group_members_max), 2, 100'000));
        enforcer.compare_every = reader.duration("compare_every", enforcer.compare_every);
        enforcer.commit_patience = reader.duration("commit_patience", enforcer.commit_patience);
        reader.finish();
        never_block_host_of(endpoint.url);
        config_.engine.targets.push_back(std::move(target));
        config_.endpoints.emplace(entry.key, std::move(endpoint));
    }

    /// A firewall that blocks its own management address locks everyone out, the bridge first.
    void never_block_host_of(std::string_view url) {
        const std::size_t scheme = url.find("://");
        if (scheme == std::string_view::npos) {
            return;
        }
        std::string_view host = url.substr(scheme + 3);
        host = host.substr(0, host.find('/'));
        if (host.starts_with('[')) {
            host = host.substr(1, host.find(']') - 1);
        } else {
            host = host.substr(0, host.rfind(':'));
        }
        if (auto rule = AllowRule::parse(host)) {
            config_.engine.policy.allow.push_back(std::move(*rule));
        }
    }

    void read_operate(const yaml::Node* node) {
        if (node == nullptr) {
            return;
        }
        yaml::Reader reader(*node, "operate", problems_);
        read_listen(reader, config_.operate);
        if (const yaml::Node* log = reader.optional("log")) {
            yaml::Reader keys(*log, "operate.log", problems_);
            const std::string level = keys.text("level", "info");
            const std::vector<std::string> levels{"debug", "info", "warning", "error"};
            const auto place = std::find(levels.begin(), levels.end(), level);
            if (place == levels.end()) {
                keys.complain(*log->find("level"), "level",
                              fmt::format("'{}' is no level{}", level, yaml::did_you_mean(level, levels)));
            } else {
                config_.log_level = static_cast<LogLevel>(place - levels.begin());
            }
            const std::string format = keys.text("format", "text");
            if (format != "text" && format != "json") {
                keys.complain(*log->find("format"), "format", fmt::format("'{}' is neither text nor json", format));
            }
            config_.log_format = format == "json" ? LogFormat::json : LogFormat::text;
            keys.finish();
        }
        reader.finish();
        const auto address = IpAddress::parse(config_.operate.address);
        if (address && special_range(*address, false).find("loopback") == std::string_view::npos) {
            problems_.add(node->mark, "operate.listen",
                          "must be a loopback address: whoever reaches it can release and remove blocks");
        }
    }

    const yaml::Node& root_;
    std::filesystem::path folder_;
    yaml::Problems problems_;
    Config config_;
};

}  // namespace

tl::expected<Config, std::string> read_config(std::string_view text, const std::string& path) {
    const auto root = yaml::parse(text, path);
    if (!root) {
        return tl::unexpected(root.error());
    }
    return ConfigReader(*root, path).read();
}

tl::expected<Config, std::string> load_config(const std::string& path) {
    const auto root = yaml::load(path);
    if (!root) {
        return tl::unexpected(root.error());
    }
    return ConfigReader(*root, path).read();
}

}  // namespace bridge::operate
