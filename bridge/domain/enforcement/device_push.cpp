#include "bridge/domain/enforcement/device_push.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bridge::domain {

void DevicePush::owe_all() {
    for (auto& [serial, device] : devices_) {
        device.debt = Debt::owes;
    }
}

std::vector<std::string> DevicePush::see(const DevicesSeen& seen) {
    std::vector<std::string> news;
    seen_ = true;
    std::map<std::string, Device> now;
    for (const ManagedDevice& each : seen.devices) {
        if (const auto twice = now.find(each.serial); twice != now.end()) {
            twice->second.device_groups.push_back(each.device_group);
            twice->second.in_sync = twice->second.in_sync && each.in_sync;
            continue;
        }
        Device device;
        if (const auto known = devices_.find(each.serial); known != devices_.end()) {
            device = known->second;
        }
        device.name = each.name.empty() || each.name == each.serial ? device.name : each.name;
        device.device_groups = {each.device_group};
        device.connected = each.connected;
        device.in_sync = each.in_sync;
        now.emplace(each.serial, std::move(device));
    }
    for (auto& [serial, device] : now) {
        const auto known = devices_.find(serial);
        const bool fell_behind = known != devices_.end() && known->second.in_sync && !device.in_sync;
        // One that owes is only believed when a push went well: the status may be older than our commit.
        if (device.debt == Debt::unknown && device.in_sync) {
            device.debt = Debt::none;
        } else if (device.debt == Debt::none && device.connected && fell_behind) {
            device.debt = Debt::unknown;
        }
        const bool was_connected = known == devices_.end() || known->second.connected;
        if (was_connected != device.connected) {
            news.push_back(fmt::format("{} is {}connected to the Panorama{}", called(serial, device),
                                       device.connected ? "" : "not ", device.connected ? " again" : ""));
        }
    }
    devices_ = std::move(now);
    return news;
}

std::optional<std::string> DevicePush::unknown() const {
    for (const auto& [serial, device] : devices_) {
        if (device.connected && device.debt == Debt::unknown) {
            return serial;
        }
    }
    return std::nullopt;
}

void DevicePush::looked_into(const std::string& serial, bool lacks_ours) {
    if (const auto at = devices_.find(serial); at != devices_.end()) {
        at->second.debt = lacks_ours ? Debt::owes : Debt::none;
    }
}

std::vector<Receiver> DevicePush::due() const {
    std::vector<Receiver> all;
    for (const auto& [serial, device] : devices_) {
        if (device.connected && device.debt == Debt::owes) {
            for (const std::string& group : device.device_groups) {
                all.push_back({group, serial});
            }
        }
    }
    return all;
}

void DevicePush::started() {
    for (auto& [serial, device] : devices_) {
        device.pushing = device.connected && device.debt == Debt::owes;
    }
}

void DevicePush::take(const std::vector<PushSeen::Device>& results, std::vector<std::string>& news,
                      std::vector<std::string>& failures) {
    for (const PushSeen::Device& result : results) {
        const auto at = devices_.find(result.serial);
        if (at == devices_.end() || !at->second.pushing || result.state == PushSeen::Device::State::pending) {
            continue;
        }
        Device& device = at->second;
        device.pushing = false;
        if (result.state == PushSeen::Device::State::succeeded) {
            device.debt = Debt::none;
            device.in_sync = true;
            device.failure.clear();
            news.push_back(fmt::format("{} has taken the push", called(result.serial, device)));
        } else {
            device.failure = result.details.empty() ? "failed" : result.details;
            failures.push_back(fmt::format("the push to {} failed: {}", called(result.serial, device), device.failure));
        }
    }
}

bool DevicePush::pending() const {
    return std::any_of(devices_.begin(), devices_.end(), [](const auto& each) { return each.second.pushing; });
}

void DevicePush::give_up(const std::string& why) {
    for (auto& [serial, device] : devices_) {
        if (device.pushing) {
            device.pushing = false;
            device.failure = why;
        }
    }
}

bool DevicePush::settled() const {
    bool any = false;
    for (const auto& [serial, device] : devices_) {
        if (device.connected && device.debt != Debt::none) {
            return false;
        }
        any = any || device.connected;
    }
    return any;
}

bool DevicePush::owed() const {
    return std::any_of(devices_.begin(), devices_.end(), [](const auto& each) {
        return each.second.debt == Debt::owes || (each.second.debt == Debt::unknown && !each.second.connected);
    });
}

std::string DevicePush::lacking() const {
    if (seen_ && devices_.empty()) {
        return "no firewall belongs to the device group";
    }
    std::string text;
    bool any_connected = !seen_;
    for (const auto& [serial, device] : devices_) {
        any_connected = any_connected || device.connected;
        if (device.connected ? device.debt != Debt::owes : device.debt == Debt::none) {
            continue;
        }
        text += fmt::format("{}{} {}", text.empty() ? "" : "; ", called(serial, device),
                            !device.connected        ? "is not connected to the Panorama"
                            : device.failure.empty() ? "has not taken the push yet"
                                                     : "did not take the push: " + device.failure);
    }
    if (!any_connected) {
        return "no firewall of the device group is connected to the Panorama: " + text;
    }
    return text;
}

std::vector<DeviceState> DevicePush::states() const {
    std::vector<DeviceState> all;
    for (const auto& [serial, device] : devices_) {
        DeviceState state;
        state.serial = serial;
        state.name = device.name;
        state.connected = device.connected;
        state.reason = device.debt == Debt::none ? "" : device.failure;
        state.state = !device.connected           ? "disconnected"
                      : device.pushing            ? "pushing"
                      : device.debt == Debt::none ? "current"
                      : device.failure.empty()    ? "waiting"
                                                  : "failed";
        all.push_back(std::move(state));
    }
    return all;
}

std::string DevicePush::called(const std::string& serial, const Device& device) const {
    return device.name.empty() ? serial : fmt::format("{} ({})", device.name, serial);
}

}  // namespace bridge::domain
