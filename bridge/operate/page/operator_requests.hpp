// What operators order and ask over the status listener, apart from who may and how they connect:
//
//   POST /release?indicator=IP | ?all | ?appliance=NAME         POST /drop     the same, and for=24h
//   POST /unblock?indicator=IP [&for=24h]                       POST /block?indicator=IP [&target=T] [&for=1h]
//   POST /rollback?last=N | ?since=30m or TIME [&for=24h] [&dry_run]
//   POST /pause?target=T                                        POST /resume?target=T
//   GET  /why?indicator=IP    everything that is known of one address
//   GET  /blocks?state=S&target=T&indicator=IP   the ledger, and what is quarantined; each parameter narrows it
//
// Orders also take reason=TEXT and by=NAME. Answers are JSON: {"done":true,"text","indicators"} or {"error"} with
// status 400 (not understood), 404 (nothing to do it to), 409 (the policy or the state forbids it), 503 (the store).
#pragma once

#include <string>

#include "bridge/engine/engine.hpp"
#include "bridge/operate/page/query.hpp"
#include "bridge/store/store.hpp"
#include "net/http_server.hpp"

namespace bridge::operate {

class OperatorRequests {
public:
    /// Both must outlive it; all on the engine's thread.
    OperatorRequests(engine::Engine& engine, store::Store& store) : engine_(engine), store_(store) {}

    /// Whether the request is one of these.
    static bool takes(const net::HttpRequest& request);

    /// Answers it, at once or when the store has it. `who` is the operator as the listener knows him; when it is empty
    /// the request's own `by` is believed, which is only as good as the listener.
    void answer(const net::HttpRequest& request, const std::string& who, net::Respond respond);

private:
    void order(const Query& query, const engine::Operator& who, net::Respond respond);
    void why(const Query& query, net::Respond respond);
    net::HttpResponse blocks(const Query& query) const;

    engine::Engine& engine_;
    store::Store& store_;
};

}  // namespace bridge::operate
