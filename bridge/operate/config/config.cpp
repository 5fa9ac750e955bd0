#include "bridge/operate/config/config.hpp"

#include <fmt/format.h>

#include "bridge/operate/config/config_reading.hpp"
#include "yaml/document.hpp"

namespace bridge::operate {

namespace {

tl::expected<Config, std::string> read(const yaml::Node& root, const std::string& path, ConfigUse use) {
    ConfigReading reading(path, use);
    if (root.kind == yaml::Kind::null) {
        // A file that is being written, most likely; as a configuration it would take every target away.
        return tl::unexpected(
            fmt::format("{}:1:1: the file is empty; give at least one of intake, store, appliances, "
                        "site, policy, targets, lists and operate",
                        path));
    }
    yaml::Reader top(root, "", reading.problems);
    if (use == ConfigUse::ask) {
        read_operate(reading, top.optional("operate"));
        if (!reading.problems.empty()) {
            return tl::unexpected(reading.problems.text());
        }
        return std::move(reading.config);
    }
    read_intake(reading, top.optional("intake"));
    read_store(reading, top.optional("store"));
    read_appliances(reading, top.optional("appliances"));
    read_site(reading, top.optional("site"));
    read_policy(reading, top.optional("policy"));
    read_targets(reading, top.optional("targets"));
    read_lists(reading, top.optional("lists"));
    read_operate(reading, top.optional("operate"));
    top.finish();
    if (!reading.problems.empty()) {
        return tl::unexpected(reading.problems.text());
    }
    reading.config.keys.assign(reading.problems.known().begin(), reading.problems.known().end());
    return std::move(reading.config);
}

}  // namespace

tl::expected<Config, std::string> read_config(std::string_view text, const std::string& path, ConfigUse use) {
    const auto root = yaml::parse(text, path);
    if (!root) {
        return tl::unexpected(root.error());
    }
    return read(*root, path, use);
}

tl::expected<Config, std::string> load_config(const std::string& path, ConfigUse use) {
    const auto root = yaml::load(path);
    if (!root) {
        return tl::unexpected(root.error());
    }
    return read(*root, path, use);
}

}  // namespace bridge::operate
