// The door for notifications: an HTTP handler that lets through whom the gate lets, hands the body to the engine, and
// answers when the engine has it safe.
#pragma once

#include <string>

#include "bridge/engine/engine.hpp"
#include "bridge/intake/gate.hpp"
#include "net/http_server.hpp"

namespace bridge::intake {

class Intake : public net::HttpHandler {
public:
    /// Both must outlive the intake; all three live on the loop's thread.
    Intake(GateRules rules, engine::Engine& engine, engine::Engine::Listener listener);

    std::optional<net::HttpResponse> on_header(const net::HttpRequest& head) override;
    void on_request(net::HttpRequest request, net::Respond respond) override;
    void on_turned_away(net::Turned why, const std::string& peer, const std::string& detail) override;

private:
    GateRules rules_;
    engine::Engine& engine_;
    engine::Engine::Listener listener_;
};

}  // namespace bridge::intake
