// How a request reaches a firewall, as a seam: libcurl in production, the mock's device model in a simulation.
#pragma once

#include <functional>
#include <string>

#include "bridge/domain/failure.hpp"
#include "bridge/domain/secret.hpp"

namespace bridge::panos {

/// One call of the XML API: always a POST of a form to /api/, so that no key and no configuration is in a URL.
struct ApiRequest {
    std::string form;     // application/x-www-form-urlencoded, without the key
    domain::Secret key;   // sent as X-PAN-KEY; empty for keygen
    domain::Secret tail;  // more of the form, secret: "&password=..."
};

struct ApiReply {
    unsigned status = 0;  // HTTP
    std::string body;
};

class Transport {
public:
    using Done = std::function<void(domain::Result<ApiReply>)>;

    virtual ~Transport() = default;

    /// Sends one request; `done` is called once, on the thread of the bridge's loop, never from within this call.
    /// Errors   unreachable (no connection, reset, timeout, cut reply), not_trusted (certificate)
    virtual void call(ApiRequest request, Done done) = 0;
};

}  // namespace bridge::panos
