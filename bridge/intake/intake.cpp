#include "bridge/intake/intake.hpp"

#include <fmt/format.h>

#include "bridge/domain/printable.hpp"

namespace bridge::intake {

namespace {

net::HttpResponse one_line(unsigned status, const std::string& line) {
    net::HttpResponse response;
    response.status = status;
    response.headers.push_back({"Content-Type", "text/plain; charset=utf-8"});
    response.body = line + "\n";
    return response;
}

/// The status that the server answered with by itself; 0 when it closed without an answer.
unsigned status_of(net::Turned why) {
    switch (why) {
        case net::Turned::header_too_large:
            return 431;
        case net::Turned::body_too_large:
            return 413;
        case net::Turned::malformed:
            return 400;
        case net::Turned::timed_out:
            return 408;
        case net::Turned::handshake_failed:
        case net::Turned::too_many_connections:
        case net::Turned::gave_way:
            return 0;
    }
    return 0;
}

}  // namespace

Intake::Intake(GateRules rules, engine::Engine& engine, engine::Engine::Listener listener)
    : rules_(std::move(rules)), engine_(engine), listener_(std::move(listener)) {}

std::optional<net::HttpResponse> Intake::on_header(const net::HttpRequest& head) {
    const auto refused = refusal(rules_, head);
    if (!refused) {
        return std::nullopt;
    }
    engine_.count_turned_away(refused->status);
    listener_({engine::Happening::Kind::warning, "intake",
               fmt::format("{} to {}: {}", refused->status, domain::printable(head.peer), refused->line)});
    net::HttpResponse response = one_line(refused->status, refused->line);
    if (refused->status == 401) {
        response.headers.push_back({"WWW-Authenticate", "Basic realm=\"firebreak\""});
    }
    if (refused->status == 405) {
        response.headers.push_back({"Allow", "POST"});
    }
    return response;
}

void Intake::on_request(net::HttpRequest request, net::Respond respond) {
    engine_.receive(std::move(request.body), std::move(request.peer),
                    [respond = std::move(respond)](const engine::Reception& reception) {
                        respond(one_line(reception.status, reception.line));
                    });
}

void Intake::on_turned_away(net::Turned why, const std::string& peer, const std::string& detail) {
    const unsigned status = status_of(why);
    if (status != 0) {
        engine_.count_turned_away(status);
    }
    listener_({engine::Happening::Kind::warning, "intake",
               fmt::format("{} {}: {}", status == 0 ? std::string("closed on") : fmt::format("{} to", status),
                           domain::printable(peer), domain::printable(detail, 200))});
}

}  // namespace bridge::intake
