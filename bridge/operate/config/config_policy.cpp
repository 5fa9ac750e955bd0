#include <fmt/format.h>

#include <iterator>

#include "bridge/operate/config/allow_files.hpp"
#include "bridge/operate/config/config_reading.hpp"

namespace bridge::operate {

using namespace domain;

namespace {

std::vector<std::string> type_names() {
    std::vector<std::string> names;
    for (int i = 0; i < static_cast<int>(AlertType::endpoint); ++i) {
        names.emplace_back(name_of(static_cast<AlertType>(i)));
    }
    return names;
}

constexpr unsigned ipv6_bits = 128;

/// A block that ends when it begins would cost a commit and block nothing.
std::chrono::milliseconds positive(yaml::Reader& reader, std::string_view key, std::chrono::milliseconds fallback) {
    const std::chrono::milliseconds time = reader.duration(key, fallback);
    if (time.count() <= 0) {
        const yaml::Node& node = *reader.node().find(key);
        reader.complain(node, key,
                        fmt::format("'{}' is no time that a block can stand; write it as 30m, 2h or 7d", node.text));
    }
    return time;
}

void read_expire_by_type(ConfigReading& reading, const yaml::Node& node) {
    yaml::Reader reader(node, "policy.expire_by_type", reading.problems);
    if (!node.is_map()) {
        return;  // the reader has complained
    }
    for (const yaml::Entry& entry : node.entries) {
        const auto time = positive(reader, entry.key, std::chrono::milliseconds(1));
        const AlertType type = alert_type_of(entry.key);
        if (type == AlertType::other || type == AlertType::endpoint) {
            reading.problems.add(
                entry.mark, "policy.expire_by_type." + entry.key,
                fmt::format("'{}' is no alert type{}", entry.key, yaml::did_you_mean(entry.key, type_names())));
            continue;
        }
        reading.config.engine.policy.expire_by_type[type] = time;
    }
}

/// Read now, so that a mistake in them is found before the bridge starts; the daemon reads them again when they change.
void read_allow_files(ConfigReading& reading, yaml::Reader& reader) {
    const std::vector<std::string> files = reader.texts("allow_files");
    std::vector<AllowRule> rules;
    for (std::size_t i = 0; i < files.size(); ++i) {
        const std::string path = reading.in_folder(files[i]);
        auto read = load_allow_file(path);
        if (!read) {
            for (const std::string& complaint : read.error()) {
                reading.problems.add(ConfigReading::item_mark(reader.node(), "allow_files", i),
                                     fmt::format("policy.allow_files[{}]", i), complaint);
            }
            continue;
        }
        rules.insert(rules.end(), std::make_move_iterator(read->begin()), std::make_move_iterator(read->end()));
        reading.config.allow_files.push_back(path);
    }
    reading.config.engine.policy.also_allowed.replace(std::string(allow_files_layer), std::move(rules));
}

}  // namespace

void read_policy(ConfigReading& reading, const yaml::Node* node) {
    Policy& policy = reading.config.engine.policy;
    if (node == nullptr) {
        return;
    }
    yaml::Reader reader(*node, "policy", reading.problems);
    const std::vector<std::string> allow = reader.texts("allow");
    for (std::size_t i = 0; i < allow.size(); ++i) {
        auto rule = AllowRule::parse(allow[i]);
        if (!rule) {
            reading.problems.add(ConfigReading::item_mark(*node, "allow", i), fmt::format("policy.allow[{}]", i),
                                 fmt::format("'{}' is no CIDR prefix and no domain name", allow[i]));
            continue;
        }
        if (allow[i].ends_with("/0")) {
            reading.problems.add(ConfigReading::item_mark(*node, "allow", i), fmt::format("policy.allow[{}]", i),
                                 fmt::format("'{}' allows every address, so nothing would be blocked; name what is "
                                             "never to be blocked, or say `dry_run: true`",
                                             allow[i]));
            continue;
        }
        policy.allow.push_back(std::move(*rule));
    }
    read_allow_files(reading, reader);
    policy.allow_builtin = reader.flag("allow_builtin", policy.allow_builtin);
    const std::vector<std::string> types = reader.texts("types");
    for (std::size_t i = 0; i < types.size(); ++i) {
        const AlertType type = alert_type_of(types[i]);
        if (type == AlertType::other || type == AlertType::endpoint) {
            reading.problems.add(
                ConfigReading::item_mark(*node, "types", i), fmt::format("policy.types[{}]", i),
                fmt::format("'{}' is no alert type{}", types[i], yaml::did_you_mean(types[i], type_names())));
            continue;
        }
        policy.types.insert(type);
    }
    if (const yaml::Node* severity = reader.optional("min_severity")) {
        policy.min_severity = severity_of(severity->text);
        if (policy.min_severity == Severity::unknown) {
            reader.complain(*severity, "min_severity",
                            fmt::format("{} is none of minr, majr, crit", yaml::found_in(*severity)));
        }
    }
    policy.expire = positive(reader, "expire", policy.expire);
    if (const yaml::Node* by_type = reader.optional("expire_by_type")) {
        read_expire_by_type(reading, *by_type);
    }
    const auto limit = [&](std::string_view key, std::uint32_t fallback) {
        return static_cast<std::uint32_t>(reader.number(key, fallback, 0, 10'000'000));
    };
    policy.max_new_blocks_per_minute = limit("max_new_blocks_per_minute", policy.max_new_blocks_per_minute);
    policy.max_new_blocks_per_minute_per_appliance = limit("max_new_blocks_per_minute_per_appliance", 0);
    policy.group_growth_per_hour = limit("group_growth_per_hour", 0);
    policy.quarantine = reader.duration("quarantine", policy.quarantine);
    const auto whole = static_cast<std::int64_t>(ipv6_bits);
    const std::int64_t bits = reader.number("ipv6_prefix", whole, blocked_prefix_length, whole);
    if (bits != whole && bits != blocked_prefix_length) {
        reader.complain(
            *node->find("ipv6_prefix"), "ipv6_prefix",
            fmt::format("'{}' is neither 128 (the attacker alone) nor {} (its network)", bits, blocked_prefix_length));
    }
    policy.ipv6_by_prefix = bits == blocked_prefix_length;
    policy.dry_run = reader.flag("dry_run", policy.dry_run);
    reader.finish();
    if (!policy.allow_builtin) {
        reading.config.cautions.emplace_back("policy.allow_builtin is false: private addresses may be blocked");
    }
}

}  // namespace bridge::operate
