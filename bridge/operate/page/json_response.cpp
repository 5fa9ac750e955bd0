#include "bridge/operate/page/json_response.hpp"

#include <fmt/chrono.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "bridge/domain/value/printable.hpp"

namespace bridge::operate {

namespace json = boost::json;
using namespace domain;

net::HttpResponse json_response(unsigned status, const json::value& body) {
    return json_text_response(status, json::serialize(body));
}

net::HttpResponse json_text_response(unsigned status, std::string body) {
    net::HttpResponse response;
    response.status = status;
    response.headers.push_back({"Content-Type", "application/json"});
    response.headers.push_back({"Cache-Control", "no-store"});
    response.body = std::move(body);
    response.body += '\n';
    return response;
}

net::HttpResponse error_response(unsigned status, std::string_view text) {
    return json_response(status, json::object{{"error", text}});
}

std::string time_text(WallTime time) {
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", std::chrono::floor<std::chrono::seconds>(time));
}

json::object block_json(const Block& block) {
    json::object row;
    row["target"] = block.target;
    row["indicator"] = block.indicator.text();
    row["state"] = name_of(block.state);
    row["reason"] = printable(block.reason, 500);
    row["alert"] = printable(block.alert, 500);
    row["appliance"] = printable(block.appliance);
    row["since"] = time_text(block.since);
    row["expires"] = time_text(block.expires);
    row["repeats"] = block.repeats;
    return row;
}

}  // namespace bridge::operate
