// What an operator and a monitor ask the running bridge, as JSON over HTTP on a listener of its own (loopback only).
//
//   GET  /healthz   200 while the process serves        GET /readyz  200 when notifications are taken, else 503
//   GET  /status    targets, alerts and notifications   GET /alerts  the newest alerts, newest first
//   GET  /metrics   for Prometheus, where the daemon has given them
//   GET  /notification?alert=NAME   what brought an alert: its format, its other alerts, and what was decided on them
//   GET  /payload?alert=NAME        the same notification's body, byte for byte
//        NAME is a number of the journal, an alert id, a uuid or an identity; 409 when it fits several alerts
//
// and what operators order and ask about blocks: see operator_requests.hpp.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "bridge/engine/engine.hpp"
#include "bridge/operate/page/operator_requests.hpp"
#include "bridge/store/store.hpp"
#include "net/http_server.hpp"

namespace bridge::operate {

class StatusServer : public net::HttpHandler {
public:
    StatusServer(engine::Engine& engine, store::Store& store);

    std::optional<net::HttpResponse> on_header(const net::HttpRequest& head) override;
    void on_request(net::HttpRequest request, net::Respond respond) override;
    /// The same for somebody whom the door knows; without a name an order's own `by` is believed.
    void on_request_by(const std::string& who, const net::HttpRequest& request, net::Respond respond);
    void on_turned_away(net::Turned why, const std::string& peer, const std::string& detail) override;

    /// The certificate that notifications are received under, for /status.
    struct Certificate {
        net::ShownCertificate shown;
        std::uint64_t renewals = 0;  // since the start
    };
    void set_certificate(std::function<Certificate()> certificate) { certificate_ = std::move(certificate); }

    /// From now on /readyz says 503: the intake is closing.
    void stop_being_ready() { ready_ = false; }

    /// Notifications are taken: the intake listens and the store is well. A target that is down is no reason against
    /// it: its blocks wait in the ledger, and an appliance that was sent away would have to send its alerts again.
    bool ready() const { return ready_ && engine_.store_trouble().empty(); }

    /// Gives the text of /metrics; without it the page is unknown.
    void show_metrics(std::function<std::string()> page) { metrics_ = std::move(page); }

    /// What /status tells as `cautions`: lines about settings that are not in force as they are written.
    void caution_with(std::function<std::vector<std::string>()> cautions) { cautions_ = std::move(cautions); }

private:
    net::HttpResponse answer(const net::HttpRequest& request);
    net::HttpResponse stored(std::string_view query, bool payload);

    engine::Engine& engine_;
    store::Store& store_;
    OperatorRequests operators_;
    std::function<Certificate()> certificate_;
    std::function<std::vector<std::string>()> cautions_;
    bool ready_ = true;
    std::function<std::string()> metrics_;
};

}  // namespace bridge::operate
