#include "sim/panos/control_answer.hpp"

#include <boost/json.hpp>

namespace sim::panos {

net::HttpResponse control_answer(unsigned status, const boost::json::value& value) {
    net::HttpResponse response;
    response.status = status;
    response.headers.push_back({"Content-Type", "application/json"});
    response.body = boost::json::serialize(value);
    return response;
}

net::HttpResponse control_refusal(unsigned status, std::string_view why) {
    return control_answer(status, boost::json::object{{"error", why}});
}

}  // namespace sim::panos
