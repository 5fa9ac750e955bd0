#include "sim/panos/control_links.hpp"

#include <boost/json.hpp>
#include <string>

#include "sim/panos/configuration/ha_monitoring.hpp"
#include "sim/panos/control_answer.hpp"
#include "sim/panos/web/request.hpp"

namespace sim::panos {
namespace {

namespace json = boost::json;

struct Cut {
    bool path = false;
    std::string name;
    bool up = false;
};

std::optional<Cut> read_cut(const std::string& body) {
    boost::system::error_code failed;
    const json::value value = json::parse(body, failed);
    const json::object* const object = failed ? nullptr : value.if_object();
    const json::value* const up = object == nullptr || object->size() != 2 ? nullptr : object->if_contains("up");
    if (up == nullptr || !up->is_bool()) {
        return std::nullopt;
    }
    for (const std::string_view key : {"interface", "path"}) {
        if (const json::value* const name = object->if_contains(key); name != nullptr && name->is_string()) {
            return Cut{key == "path", std::string(name->get_string()), up->get_bool()};
        }
    }
    return std::nullopt;
}

json::array down(const std::set<std::string, std::less<>>& names) {
    return json::array(names.begin(), names.end());
}

}  // namespace

std::optional<net::HttpResponse> control_links(Device& device, const net::HttpRequest& request, Instant now) {
    if (path_of(request.target) != "/links") {
        return std::nullopt;
    }
    if (request.method == "GET") {
        const Outages& outages = device.outages();
        return control_answer(
            200, json::object{{"interfaces_down", down(outages.interfaces)}, {"paths_down", down(outages.paths)}});
    }
    if (request.method != "POST") {
        return control_refusal(405, "links take GET and POST");
    }
    const auto cut = read_cut(request.body);
    if (!cut) {
        return control_refusal(
            400, R"(a link is {"interface":"ethernet1/1","up":false} or {"path":"192.0.2.1","up":false})");
    }
    const auto done = cut->path ? device.set_path(cut->name, cut->up, now) : device.set_link(cut->name, cut->up, now);
    return done ? control_answer(200, json::object{}) : control_refusal(409, done.error());
}

}  // namespace sim::panos
