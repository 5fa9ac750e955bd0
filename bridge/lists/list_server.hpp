// The pages of targets of kind edl, for firewalls to fetch: an HTTP handler that lets in who knows a target's token.
//
//   GET, HEAD  /TARGET/ip.txt  /TARGET/domain.txt  /TARGET/url.txt
//
// 200 with the page, or 304 to an If-None-Match that names it · 401 no or wrong credentials · 403 another target's page
// · 404 no such page · 405 another method.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "bridge/domain/value/secret.hpp"
#include "bridge/engine/clock.hpp"
#include "bridge/engine/engine.hpp"
#include "net/http_server.hpp"

namespace bridge::lists {

/// By target, whose name is the user of its pages: HTTP basic, RFC 7617.
using Tokens = std::map<std::string, domain::Secret>;

class ListServer : public net::HttpHandler {
public:
    /// Engine and clock must outlive the server; all live on the loop's thread.
    ListServer(Tokens tokens, engine::Engine& engine, const engine::Clock& clock, engine::Engine::Listener listener);

    std::optional<net::HttpResponse> on_header(const net::HttpRequest& head) override;
    void on_request(net::HttpRequest request, net::Respond respond) override;
    void on_turned_away(net::Turned why, const std::string& peer, const std::string& detail) override;

private:
    /// What is sent of a page beside its text, kept until the text changes.
    struct Label {
        std::uint64_t version = 0;
        std::string etag;
        std::string modified;  // an HTTP date
    };

    bool knows(const std::string& user, const std::string& password) const;
    const Label& label(const std::string& target, domain::ListKind kind, const domain::ListPage& page);
    void tell(engine::Happening::Kind kind, std::string text) const;

    Tokens tokens_;
    engine::Engine& engine_;
    const engine::Clock& clock_;
    engine::Engine::Listener listener_;
    std::map<std::pair<std::string, domain::ListKind>, Label> labels_;
};

/// Whether an If-None-Match header names the tag (RFC 9110, 13.1.2: a list, weak ones too, or `*`).
bool names_tag(std::string_view if_none_match, std::string_view etag);

}  // namespace bridge::lists
