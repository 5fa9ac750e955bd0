#include "sim/load/stage/setup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "sim/lab/world/device_handle.hpp"
#include "yaml/reader.hpp"
#include "yaml/writer.hpp"

namespace sim::load::stage {

namespace {

constexpr std::array<std::string_view, 14> ours{"token_file", "refresh",  "lists",        "kind", "url",
                                                "ca",         "insecure", "api_key_file", "user", "password_file",
                                                "vsys",       "mode",     "group",        "tag"};

// Of one mode only (docs/bridge.md, "targets").
constexpr std::array<std::string_view, 7> of_static{
    "settle",       "min_commit_interval", "max_batch",      "group_members_max",
    "child_groups", "objects_max",         "commit_patience"};
constexpr std::array<std::string_view, 3> of_dynamic{"register_max", "register_timeout", "registered_max"};
constexpr std::array<std::string_view, 2> of_edl{"entries_max", "fetch_within"};
constexpr std::array<std::string_view, 2> of_edl_refresh{"refresh_interval", "refresh_patience"};
constexpr std::array<std::string_view, 2> of_all_but_lists{"connect_timeout", "timeout"};
constexpr std::array<std::string_view, 1> of_all_but_edl{"compare_every"};

constexpr std::chrono::minutes own_fetch_interval{5};  // PreparedList: the shortest that PAN-OS offers

template <std::size_t count>
bool is_one(const std::array<std::string_view, count>& keys, const std::string& key) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
}

/// The key says something in that mode (docs/bridge.md, "targets").
bool has_meaning(const std::string& key, Mode mode) {
    switch (mode) {
        case Mode::fixed:
        case Mode::dynamic:
            return !is_one(of_edl, key) && !is_one(of_edl_refresh, key) &&
                   !(mode == Mode::dynamic ? is_one(of_static, key) : is_one(of_dynamic, key));
        case Mode::edl:
            return has_meaning(key, Mode::edl_refresh) && !is_one(of_edl_refresh, key) && !is_one(of_all_but_edl, key);
        case Mode::edl_refresh:
            return !is_one(of_static, key) && !is_one(of_dynamic, key) && !is_one(of_all_but_lists, key);
    }
    return true;
}

yaml::Entry entry(std::string key, std::string value) {
    yaml::Entry out;
    out.key = std::move(key);
    out.value = yaml::scalar(std::move(value));
    return out;
}

}  // namespace

tl::expected<CommitPolicy, std::string> load_policy(const std::string& path) {
    const auto root = yaml::load(path);
    if (!root) {
        return tl::unexpected(root.error());
    }
    yaml::Problems problems(path);
    CommitPolicy policy;
    policy.name = std::filesystem::path(path).stem().string();
    yaml::Reader reader(*root, "", problems);
    policy.min_commit_interval = reader.duration("min_commit_interval", policy.min_commit_interval);
    policy.settle = reader.duration("settle", policy.settle);
    policy.refresh_interval = reader.duration("refresh_interval", policy.refresh_interval);
    for (const yaml::Entry& each : root->entries) {
        if (std::find(ours.begin(), ours.end(), each.key) != ours.end()) {
            problems.add(each.mark, each.key, "is set by the load test itself; a policy says how to batch");
        }
        policy.settings.push_back(each);
    }
    if (!problems.empty()) {
        return tl::unexpected(problems.text());
    }
    return policy;
}

CommitPolicy for_mode(const CommitPolicy& policy, Mode mode) {
    CommitPolicy out = policy;
    std::erase_if(out.settings, [mode](const yaml::Entry& each) { return !has_meaning(each.key, mode); });
    if (!makes_commits(mode)) {
        out.min_commit_interval = out.settle = std::chrono::milliseconds(0);
    }
    if (out.settings.empty() && !policy.settings.empty()) {
        out.name = "-";
    }
    return out;
}

bool same_settings(const CommitPolicy& a, const CommitPolicy& b) {
    return std::equal(a.settings.begin(), a.settings.end(), b.settings.begin(), b.settings.end(),
                      [](const yaml::Entry& x, const yaml::Entry& y) {
                          return x.key == y.key && yaml::in_one_line(x.value) == yaml::in_one_line(y.value);
                      });
}

std::chrono::milliseconds slow_commit_time(const Setup& setup) {
    return slow_commit_factor * setup.commit_time;
}

std::chrono::milliseconds fetch_interval(const Setup& setup) {
    return setup.mode == Mode::edl ? std::chrono::milliseconds(own_fetch_interval) : setup.policy.refresh_interval;
}

std::string firewall_name(std::size_t i) {
    return fmt::format("fw{}", i + 1);
}

Question question_of(const Setup& setup, std::string clock, std::string blocker) {
    Question asked;
    asked.clock = std::move(clock);
    asked.blocker = std::move(blocker);
    asked.arrivals = setup.arrivals;
    asked.policy = setup.policy.name;
    asked.rate_per_s = setup.rate_per_s;
    asked.duration = setup.duration;
    asked.bursts = setup.bursts;
    asked.commit_time = setup.commit_time;
    asked.min_commit_interval = setup.policy.min_commit_interval;
    asked.settle = setup.policy.settle;
    asked.fetch_interval = fetches_lists(setup.mode) ? fetch_interval(setup) : std::chrono::milliseconds(0);
    asked.model = setup.model;
    asked.version = setup.version;
    asked.mode = setup.mode;
    asked.seed = setup.seed;
    asked.ailments = setup.ailments;
    asked.program_version = FIREBREAK_VERSION;
    return asked;
}

lab::BridgeSetup bridge_of(const Setup& setup) {
    lab::BridgeSetup bridge;
    for (std::size_t i = 0; i < setup.firewalls; ++i) {
        lab::TargetSetup target;
        target.firewall = firewall_name(i);
        target.user = bridge_user;
        target.group = group_name;
        target.dynamic = setup.mode == Mode::dynamic;
        if (fetches_lists(setup.mode)) {
            target.list = true;
            target.fetched_by = {target.firewall};
            target.refresh = setup.mode == Mode::edl_refresh;
        } else {
            target.settings.push_back(entry("mode", std::string(name_of(setup.mode))));
        }
        target.settings.insert(target.settings.end(), setup.policy.settings.begin(), setup.policy.settings.end());
        bridge.targets.push_back(std::move(target));
    }
    bridge.policy = {entry("max_new_blocks_per_minute", "0"), entry("allow_builtin", "false")};
    return bridge;
}

tl::expected<panos::DeviceOptions, std::string> device_of(const Setup& setup, std::size_t i) {
    lab::Scenario scenario;
    lab::FirewallSetup& firewall = scenario.firewalls.emplace_back();
    firewall.name = firewall_name(i);
    firewall.model = setup.model;
    firewall.version = setup.version;
    firewall.commit_time = setup.commit_time;
    lab::TargetSetup target;
    target.user = bridge_user;
    target.group = group_name;
    auto options = lab::device_options(scenario, firewall, target, setup.seed);
    if (options && setup.mode == Mode::dynamic) {
        options->prepare_match = fmt::format("'{}'", lab::TargetSetup{}.tag);
    }
    return options;
}

}  // namespace sim::load::stage
