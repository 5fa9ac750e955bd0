#include "sim/lab/fleet_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "yaml/reader.hpp"

namespace sim::lab {
namespace {

constexpr std::size_t devices_max = 500;

void read_users(yaml::Reader& reader, FleetDevice& device) {
    const auto users = reader.texts("users");
    if (users.empty()) {
        return;
    }
    device.options.administrators.clear();
    for (const std::string& user : users) {
        const std::size_t colon = user.find(':');
        if (colon == std::string::npos || colon == 0) {
            // The text may hold a password, so it is not repeated.
            reader.complain(*reader.node().find("users"), "users", "a user is not written as NAME:PASSWORD");
        } else {
            device.options.administrators.push_back({user.substr(0, colon), user.substr(colon + 1)});
        }
    }
}

void read_load(yaml::Reader& reader, const std::filesystem::path& folder, FleetDevice& device) {
    const std::string load = reader.text("load", "");
    if (load.empty()) {
        return;
    }
    const std::filesystem::path path = folder / load;
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        reader.complain(*reader.node().find("load"), "load", fmt::format("{}: cannot be read", path.string()));
        return;
    }
    device.options.load_xml.assign(std::istreambuf_iterator<char>(in), {});
}

FleetDevice read_device(const yaml::Entry& entry, std::size_t number, const std::filesystem::path& folder,
                        yaml::Problems& problems) {
    yaml::Reader reader(entry.value, "devices." + entry.key, problems);
    FleetDevice device;
    device.options.name = entry.key;
    device.options.seed = number;
    device.options.model = reader.text("model", device.options.model);
    device.options.version = reader.text("version", device.options.version);
    device.options.serial = reader.text("serial", "");
    device.options.prepare_group = reader.text("prepare", "");
    device.options.prepare_in = reader.text("prepare_in", "");
    device.options.commit_time = reader.duration("commit_time", std::chrono::seconds(20));
    device.listen = reader.text("listen", device.listen);
    device.control = reader.text("control", device.control);
    device.panorama = reader.text("panorama", "");
    device.device_group = reader.text("device_group", "");
    device.template_stack = reader.text("template_stack", "");
    device.ha_peer = reader.text("ha_peer", "");
    read_users(reader, device);
    read_load(reader, folder, device);
    reader.finish();
    const auto needs = [&](std::string_view key, std::string_view other) {
        if (const yaml::Node* at = entry.value.find(key); at != nullptr && entry.value.find(other) == nullptr) {
            reader.complain(*at, key, fmt::format("makes sense only with '{}'", other));
        }
    };
    if (entry.value.is_map()) {
        needs("device_group", "panorama");
        needs("template_stack", "panorama");
        needs("prepare_in", "prepare");
    }
    return device;
}

// Names of other devices, each checked where it stands.
void check_names(const yaml::Node& devices, yaml::Problems& problems) {
    std::vector<std::string> names;
    for (const yaml::Entry& each : devices.entries) {
        names.push_back(each.key);
    }
    for (const yaml::Entry& each : devices.entries) {
        for (const std::string_view key : {"panorama", "ha_peer"}) {
            const yaml::Node* value = each.value.find(key);
            if (value == nullptr || !value->is_scalar()) {
                continue;
            }
            if (std::find(names.begin(), names.end(), value->text) == names.end() || value->text == each.key) {
                problems.add(value->mark, fmt::format("devices.{}.{}", each.key, key),
                             fmt::format("'{}' is no other device of this file{}", value->text,
                                         yaml::did_you_mean(value->text, names)));
            }
        }
    }
}

}  // namespace

tl::expected<std::vector<FleetDevice>, std::string> read_fleet(const std::string& file) {
    const auto document = yaml::load(file);
    if (!document) {
        return tl::unexpected(document.error());
    }
    yaml::Problems problems(file);
    yaml::Reader reader(*document, "", problems);
    std::vector<FleetDevice> fleet;
    if (const yaml::Node* devices = reader.required("devices"); devices != nullptr) {
        if (!devices->is_map() || devices->entries.empty() || devices->entries.size() > devices_max) {
            reader.complain(*devices, "devices", fmt::format("1 to {} devices by their names", devices_max));
        } else {
            const auto folder = std::filesystem::path(file).parent_path();
            for (const yaml::Entry& each : devices->entries) {
                fleet.push_back(read_device(each, fleet.size() + 1, folder, problems));
            }
            check_names(*devices, problems);
        }
    }
    reader.finish();
    if (!problems.empty()) {
        return tl::unexpected(problems.text());
    }
    return fleet;
}

tl::expected<MadeFleet, std::string> make_fleet(const std::vector<FleetDevice>& devices, panos::Instant now) {
    MadeFleet made;
    made.fleet = std::make_unique<panos::Fleet>();
    for (const FleetDevice& each : devices) {
        auto device = panos::Device::make(each.options, now);
        if (!device) {
            return tl::unexpected(device.error());
        }
        made.devices.push_back(std::move(*device));
        if (auto added = made.fleet->add(*made.devices.back()); !added) {
            return tl::unexpected(added.error());
        }
    }
    const auto named = [&](const std::string& name) -> std::size_t {
        const auto at = std::find_if(devices.begin(), devices.end(),
                                     [&name](const FleetDevice& each) { return each.options.name == name; });
        return static_cast<std::size_t>(at - devices.begin());
    };
    // A pair has one configuration before a Panorama has a say in it.
    for (std::size_t i = 0; i < devices.size(); ++i) {
        const std::size_t peer = devices[i].ha_peer.empty() ? i : named(devices[i].ha_peer);
        if (peer == i || (peer < i && devices[peer].ha_peer == devices[i].options.name)) {
            continue;
        }
        auto paired = made.fleet->pair(*made.devices[std::min(i, peer)], *made.devices[std::max(i, peer)], now);
        if (!paired) {
            return tl::unexpected(paired.error());
        }
    }
    for (std::size_t i = 0; i < devices.size(); ++i) {
        if (!devices[i].panorama.empty()) {
            auto managed = made.fleet->manage(*made.devices[named(devices[i].panorama)], *made.devices[i],
                                              {devices[i].device_group, devices[i].template_stack}, now);
            if (!managed) {
                return tl::unexpected(managed.error());
            }
        }
    }
    return made;
}

}  // namespace sim::lab
