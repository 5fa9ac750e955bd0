// What a load run is made of, the same for the real and the virtual stage.
#pragma once

#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "sim/lab/story/scenario.hpp"
#include "sim/load/measurement.hpp"
#include "sim/panos/device.hpp"
#include "yaml/document.hpp"

namespace sim::load::stage {

/// How the bridge batches: keys of a target of bridge.yaml, in a file of their own.
struct CommitPolicy {
    std::string name = "default";
    std::vector<yaml::Entry> settings{};
    std::chrono::milliseconds min_commit_interval{0};
    std::chrono::milliseconds settle{0};
    std::chrono::milliseconds refresh_interval{10'000};  // the bridge's default
};

/// Errors name file, line and key: a key that the load sets itself (url, mode, group, ...), a value of the wrong form.
/// Other keys are the bridge's to judge.
tl::expected<CommitPolicy, std::string> load_policy(const std::string& path);

/// Without the keys that have no meaning in that mode; what is left without any is named "-".
CommitPolicy for_mode(const CommitPolicy& policy, Mode mode);
bool same_settings(const CommitPolicy& a, const CommitPolicy& b);

struct Setup {
    Schedule due;
    std::string arrivals;   // in words
    double rate_per_s = 0;  // of steady arrivals
    Micros duration{0};
    bool bursts = false;
    std::size_t firewalls = 1;
    std::string model = "PA-VM";
    std::string version = "10.1";
    std::chrono::milliseconds commit_time{20'000};
    Mode mode = Mode::fixed;
    CommitPolicy policy{};
    std::uint64_t seed = 1;
    Ailments ailments{};
    std::chrono::milliseconds drain{0};  // after the last alert is due: how long its block is waited for
};

/// The administrator that the bridge is on the firewalls.
inline constexpr const char* bridge_user = "firebreak";
inline constexpr const char* group_name = "firebreak-blocked";

/// Of the firewalls that are slow.
std::chrono::milliseconds slow_commit_time(const Setup& setup);

/// Between two fetches of a list: by the firewall's own time, or as often as the bridge tells it to.
std::chrono::milliseconds fetch_interval(const Setup& setup);

std::string firewall_name(std::size_t i);  // "fw1" for 0

Question question_of(const Setup& setup, std::string clock, std::string blocker);

/// Its bridge: a target for each firewall, with the policy's settings. `max_new_blocks_per_minute` is off, since a load
/// is what that brake is against, and so is `allow_builtin`, which spares the range for benchmarks.
lab::BridgeSetup bridge_of(const Setup& setup);

tl::expected<panos::DeviceOptions, std::string> device_of(const Setup& setup, std::size_t i);

}  // namespace sim::load::stage
