#include "sim/panos/control_fleet.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "sim/panos/control_answer.hpp"
#include "sim/panos/fleet.hpp"
#include "sim/panos/web/request.hpp"

namespace sim::panos {
namespace {

namespace json = boost::json;

json::object to_json(const Device& device, const Device& asked) {
    const HighAvailability& ha = device.high_availability();
    return {{"name", device.options().name},
            {"serial", device.serial()},
            {"model", device.options().model},
            {"this", &device == &asked},
            {"high_availability", ha.enabled ? json::value(name_of(ha.state)) : json::value(nullptr)}};
}

net::HttpResponse fleet_of(const Device& device) {
    json::array devices;
    if (device.fleet() != nullptr) {
        for (const Device* each : device.fleet()->devices()) {
            devices.push_back(to_json(*each, device));
        }
    } else {
        devices.push_back(to_json(device, device));
    }
    return control_answer(200, json::object{{"devices", std::move(devices)}});
}

// {"KEY": true} and nothing else.
std::optional<bool> only_flag(const std::string& body, std::string_view key) {
    boost::system::error_code failed;
    const json::value value = json::parse(body, failed);
    const json::object* object = failed ? nullptr : value.if_object();
    const json::value* flag = object == nullptr || object->size() != 1 ? nullptr : object->if_contains(key);
    return flag == nullptr || !flag->is_bool() ? std::nullopt : std::optional(flag->get_bool());
}

}  // namespace

std::optional<net::HttpResponse> control_fleet(Device& device, const net::HttpRequest& request, Instant now) {
    const std::string_view path = path_of(request.target);
    if (path == "/fleet") {
        return request.method == "GET" ? fleet_of(device) : control_refusal(405, "the fleet takes GET");
    }
    const bool ha = path == "/high-availability";
    if (!ha && path != "/panorama") {
        return std::nullopt;
    }
    if (request.method != "POST") {
        return control_refusal(405, fmt::format("{} takes POST", path));
    }
    const std::string_view key = ha ? "failed" : "connected";
    const auto flag = only_flag(request.body, key);
    if (!flag) {
        return control_refusal(400, fmt::format("the body is not {{\"{}\": true}} or {{\"{}\": false}}", key, key));
    }
    device.advance(now);
    Fleet* fleet = device.fleet();
    const bool done =
        fleet != nullptr && (ha ? fleet->set_failed(device, *flag, now) : fleet->set_connected(device, *flag));
    if (!done) {
        return control_refusal(409, ha ? "the device is in no HA pair" : "the device has no Panorama");
    }
    return control_answer(200, json::object{});
}

}  // namespace sim::panos
