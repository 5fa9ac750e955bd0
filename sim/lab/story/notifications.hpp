// What a `send` step puts on the wire: notifications in the order in which they leave, with their times.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "sim/fireeye/notification.hpp"
#include "sim/lab/story/scenario.hpp"

namespace sim::lab {

/// When the first alert of a send occurred, and what `now` is where no clock runs: the same in both worlds and in every
/// run; no time of an alert decides anything.
inline constexpr std::chrono::sys_seconds story_begin =
    std::chrono::sys_days(std::chrono::year(2024) / 5 / 1) + std::chrono::hours(10);

/// An alert that the mock appliance made, by what the bridge's journal will call it.
struct AlertSent {
    std::uint64_t id = 0;
    std::string attacker;
};

struct OutgoingNotification {
    std::chrono::microseconds due{0};  // after the step began; all zero without a rate
    fireeye::RenderedNotification rendered;
    std::string told;                 // "malware-callback 1007 of 203.0.113.5", for the timeline
    bool by_manager = false;          // the CM posts it
    std::vector<AlertSent> alerts{};  // none of a payload that is posted as it is
};

/// Gives alert ids in order: the same seed gives the same ids.
class AlertIds {
public:
    explicit AlertIds(std::uint64_t seed) : next_(1000 + seed % 1'000'000 * 1000) {}
    std::uint64_t next() { return next_++; }
    std::string next_uuid();

private:
    std::uint64_t next_;
};

/// What a send depends on beside its own words.
struct SendContext {
    const ApplianceSetup* manager = nullptr;  // the CM of `through`
    std::chrono::sys_seconds now = story_begin;
};

/// Errors: a file that cannot be read; a product, version, format or type that the mock appliance does not know.
tl::expected<std::vector<OutgoingNotification>, std::string> notifications_of(const Send& send,
                                                                              const ApplianceSetup& appliance,
                                                                              AlertIds& ids,
                                                                              const SendContext& context = {});

fireeye::ApplianceProfile profile_of(const ApplianceSetup& appliance, const std::string& format = "");

}  // namespace sim::lab
