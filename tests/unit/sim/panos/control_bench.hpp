// Requests to the control API of a firewall on the bench.
#pragma once

#include <string>

#include "bench.hpp"
#include "sim/panos/control.hpp"

namespace sim::panos::test {

inline net::HttpResponse ask(Bench& fw, const std::string& method, const std::string& target,
                             const std::string& body = "") {
    net::HttpRequest request;
    request.method = method;
    request.target = target;
    request.body = body;
    return control(*fw.device, request, fw.now);
}

}  // namespace sim::panos::test
