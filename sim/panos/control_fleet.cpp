#include "sim/panos/control_fleet.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "sim/panos/fleet.hpp"
#include "sim/panos/web/request.hpp"

namespace sim::panos {
namespace {

namespace json = boost::json;

net::HttpResponse answer(unsigned status, const json::value& value) {
    net::HttpResponse response;
    response.status = status;
    response.headers.push_back({"Content-Type", "application/json"});
    response.body = json::serialize(value);
    return response;
}

net::HttpResponse wrong(unsigned status, std::string_view why) {
    return answer(status, json::object{{"error", why}});
}

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
    return answer(200, json::object{{"devices", std::move(devices)}});
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
        return request.method == "GET" ? fleet_of(device) : wrong(405, "the fleet takes GET");
    }
    const bool ha = path == "/high-availability";
    if (!ha && path != "/panorama") {
        return std::nullopt;
    }
    if (request.method != "POST") {
        return wrong(405, fmt::format("{} takes POST", path));
    }
    const std::string_view key = ha ? "failed" : "connected";
    const auto flag = only_flag(request.body, key);
    if (!flag) {
        return wrong(400, fmt::format("the body is not {{\"{}\": true}} or {{\"{}\": false}}", key, key));
    }
    device.advance(now);
    Fleet* fleet = device.fleet();
    const bool done =
        fleet != nullptr && (ha ? fleet->set_failed(device, *flag, now) : fleet->set_connected(device, *flag));
    if (!done) {
        return wrong(409, ha ? "the device is in no HA pair" : "the device has no Panorama");
    }
    return answer(200, json::object{});
}

}  // namespace sim::panos
