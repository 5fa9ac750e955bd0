#include <fmt/format.h>

#include "bridge/operate/config_reading.hpp"

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
        policy.allow.push_back(std::move(*rule));
    }
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
            reader.complain(*severity, "min_severity", fmt::format("'{}' is none of minr, majr, crit", severity->text));
        }
    }
    policy.expire = reader.duration("expire", policy.expire);
    policy.max_new_blocks_per_minute = static_cast<std::uint32_t>(
        reader.number("max_new_blocks_per_minute", policy.max_new_blocks_per_minute, 0, 10'000'000));
    policy.dry_run = reader.flag("dry_run", policy.dry_run);
    reader.finish();
    if (!policy.allow_builtin) {
        reading.config.cautions.emplace_back("policy.allow_builtin is false: private addresses may be blocked");
    }
}

}  // namespace bridge::operate
