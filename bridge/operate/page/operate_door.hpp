// The doors before the pages: the operators' (Unix socket, or TCP with tokens), which writes down who ordered what, and
// the monitor's, which shows three pages to everyone who reaches it.
#pragma once

#include <functional>
#include <string>
#include <tl/expected.hpp>

#include "bridge/operate/config/admission.hpp"
#include "bridge/operate/page/status_server.hpp"

namespace bridge::operate {

class OperateDoor : public net::HttpHandler {
public:
    struct Calls {
        /// Somebody ordered something, or asked without the right to.
        std::function<void(const std::string& who, const std::string& order, unsigned status,
                           const std::string& answer)>
            on_order = [](const std::string&, const std::string&, unsigned, const std::string&) {};
        /// `POST /reload`: reads the configuration anew; every complaint, or nothing.
        std::function<tl::expected<void, std::string>(const std::string& who)> reload = [](const std::string&) {
            return tl::expected<void, std::string>{};
        };
    };

    /// `pages` must outlive the door.
    OperateDoor(StatusServer& pages, Tokens tokens, Calls calls);

    void set_tokens(Tokens tokens) { tokens_ = std::move(tokens); }

    std::optional<net::HttpResponse> on_header(const net::HttpRequest& head) override;
    void on_request(net::HttpRequest request, net::Respond respond) override;
    void on_turned_away(net::Turned why, const std::string& peer, const std::string& detail) override;

private:
    StatusServer& pages_;
    Tokens tokens_;
    Calls calls_;
};

class MonitorDoor : public net::HttpHandler {
public:
    explicit MonitorDoor(StatusServer& pages) : pages_(pages) {}

    std::optional<net::HttpResponse> on_header(const net::HttpRequest& head) override;
    void on_request(net::HttpRequest request, net::Respond respond) override;
    void on_turned_away(net::Turned, const std::string&, const std::string&) override {}

private:
    StatusServer& pages_;
};

}  // namespace bridge::operate
