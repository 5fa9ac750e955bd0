// What the control API answers: JSON, or why not.
#pragma once

#include <boost/json/fwd.hpp>
#include <string_view>

#include "net/http.hpp"

namespace sim::panos {

net::HttpResponse control_answer(unsigned status, const boost::json::value& value);
/// {"error": why}
net::HttpResponse control_refusal(unsigned status, std::string_view why);

}  // namespace sim::panos
