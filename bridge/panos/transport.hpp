// How a request reaches a firewall, as a seam: libcurl in production, the mock's device model in a simulation.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "bridge/domain/value/failure.hpp"
#include "bridge/domain/value/secret.hpp"

namespace bridge::panos {

/// Takes the body of an answer as its bytes come, so that a long one is never held as a whole.
class BodyReader {
public:
    virtual ~BodyReader() = default;

    /// The next bytes, however they are cut; one call at a time, from any thread, all of them before `done`.
    virtual void take(std::string_view bytes) = 0;
};

/// One call of the XML API: always a POST of a form to /api/, so that no key and no configuration is in a URL.
struct ApiRequest {
    std::string form;                      // application/x-www-form-urlencoded, without the key
    domain::Secret key;                    // sent as X-PAN-KEY; empty for keygen
    domain::Secret tail;                   // more of the form, secret: "&password=..."
    std::shared_ptr<BodyReader> reader{};  // gets the body instead of ApiReply; none: a short answer
};

struct ApiReply {
    unsigned status = 0;  // HTTP
    std::string body;     // empty where the request has a reader
};

class Transport {
public:
    using Done = std::function<void(domain::Result<ApiReply>)>;

    virtual ~Transport() = default;

    /// Sends one request; `done` is called once, on the thread of the bridge's loop, never from within this call.
    /// Errors   unreachable (no connection, reset, timeout, cut reply), not_trusted (certificate)
    virtual void call(ApiRequest request, Done done) = 0;
};

/// For a transport that has the body as a whole: `done`, but a reader gets the body first, in pieces as of a network.
inline Transport::Done read_by(std::shared_ptr<BodyReader> reader, Transport::Done done) {
    if (reader == nullptr) {
        return done;
    }
    return [reader = std::move(reader), done = std::move(done)](domain::Result<ApiReply> reply) {
        constexpr std::size_t piece = 1000;
        if (reply) {
            for (std::string_view rest = reply->body; !rest.empty(); rest.remove_prefix(std::min(piece, rest.size()))) {
                reader->take(rest.substr(0, piece));
            }
            reply->body.clear();
        }
        done(std::move(reply));
    };
}

}  // namespace bridge::panos
