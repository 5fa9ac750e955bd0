// The door for notifications: an HTTP handler that lets through whom the gate lets, hands the body to the engine, and
// answers when the engine has it safe.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bridge/engine/engine.hpp"
#include "bridge/intake/gate.hpp"
#include "bridge/intake/line_budget.hpp"
#include "bridge/intake/prover.hpp"
#include "net/http_server.hpp"

namespace bridge::intake {

class Intake : public net::HttpHandler {
public:
    using Post = std::function<void(std::function<void()>)>;

    /// Engine and listener must outlive the intake; all three live on the loop's thread, where `post` runs its tasks.
    Intake(GateRules rules, engine::Engine& engine, engine::Engine::Listener listener, Post post);

    bool on_connection(const std::string& peer) override;
    std::optional<net::HttpResponse> on_header(const net::HttpRequest& head) override;
    std::function<void(net::Verdict)> on_header_later(const net::HttpRequest& head) override;
    void on_request(net::HttpRequest request, net::Respond respond) override;
    void on_turned_away(net::Turned why, const std::string& peer, const std::string& detail) override;

    void on_handler_failed(const std::string& detail) override;

    /// Other users, sources and limits for requests from now on.
    void take(GateRules rules);

private:
    /// A request that waits for what the hash tells of its password.
    struct Waiting {
        Unproven guess;
        std::string peer;
        net::Verdict verdict;
    };
    using Waitings = std::map<Guess, std::vector<Waiting>>;  // the same guess is checked once for all who made it

    net::HttpResponse turn_away(const Refusal& refused, const std::string& peer);
    void warn(const std::string& peer, const std::string& text);
    void prove(Waiting waiting);
    void settle(const Guess& guess, const std::string& asked, std::optional<bool> right);

    Gate gate_;
    engine::Engine& engine_;
    engine::Engine::Listener listener_;
    Post post_;
    LineBudget lines_;
    std::optional<Unproven> unproven_;  // from `on_header` to `on_header_later`
    Waitings waiting_;
    std::shared_ptr<Intake*> self_;   // empty once this is gone: a result may be under way
    std::unique_ptr<Prover> prover_;  // when there is a hash to check
};

}  // namespace bridge::intake
