#include "bridge/operate/page/operate_door.hpp"

#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "bridge/domain/value/printable.hpp"

namespace bridge::operate {

namespace {

net::HttpResponse answer(unsigned status, const char* key, const boost::json::value& value) {
    net::HttpResponse response;
    response.status = status;
    response.headers.push_back({"Content-Type", "application/json"});
    response.headers.push_back({"Cache-Control", "no-store"});
    response.body = boost::json::serialize(boost::json::object{{key, value}}) + "\n";
    return response;
}

std::string order_text(const net::HttpRequest& request) {
    return domain::printable(fmt::format("{} {}", request.method, request.target), 300);
}

}  // namespace

OperateDoor::OperateDoor(StatusServer& pages, Tokens tokens, Calls calls)
    : pages_(pages), tokens_(std::move(tokens)), calls_(std::move(calls)) {}

std::optional<net::HttpResponse> OperateDoor::on_header(const net::HttpRequest& head) {
    if (is_open_page(head)) {
        return pages_.on_header(head);
    }
    const Admission admitted = admission(tokens_, head);
    if (admitted.status != 200) {
        calls_.on_order(admitted.who, order_text(head), admitted.status, admitted.line);
        net::HttpResponse refused = answer(admitted.status, "error", boost::json::value(admitted.line));
        if (admitted.status == 401) {
            refused.headers.push_back({"WWW-Authenticate", "Bearer realm=\"firebreak\""});
        }
        return refused;
    }
    auto refused = pages_.on_header(head);
    if (refused && head.method != "GET") {
        calls_.on_order(admitted.who, order_text(head), refused->status, refused->body);
    }
    return refused;
}

void OperateDoor::on_request(net::HttpRequest request, net::Respond respond) {
    if (request.method == "GET" || request.method == "HEAD") {
        pages_.on_request(std::move(request), std::move(respond));
        return;
    }
    // The tokens may have changed since the header; the name is only for the trail.
    const std::string who = admission(tokens_, request).who;
    const std::string order = order_text(request);
    if (request.method == "POST" && request.target == "/reload") {
        const auto reloaded = calls_.reload(who);
        respond(reloaded ? answer(200, "done", true) : answer(409, "error", boost::json::value(reloaded.error())));
        return;
    }
    // Without tokens everybody on this host may order; then his own word is more than an address on loopback.
    const bool known = request.local || !tokens_.empty();
    pages_.on_request_by(
        known ? who : "", request, [this, who, order, respond = std::move(respond)](net::HttpResponse response) {
            calls_.on_order(who, order, response.status, response.body.substr(0, response.body.find('\n')));
            respond(std::move(response));
        });
}

void OperateDoor::on_turned_away(net::Turned why, const std::string& peer, const std::string& detail) {
    pages_.on_turned_away(why, peer, detail);
}

std::optional<net::HttpResponse> MonitorDoor::on_header(const net::HttpRequest& head) {
    if (head.method != "GET" && head.method != "HEAD") {
        return answer(405, "error", "GET only");
    }
    if (head.target != "/metrics" && head.target != "/healthz" && head.target != "/readyz") {
        return answer(404, "error", "here are only /metrics, /healthz and /readyz");
    }
    return std::nullopt;
}

void MonitorDoor::on_request(net::HttpRequest request, net::Respond respond) {
    request.method = "GET";  // the server leaves the body out of the answer to a HEAD
    pages_.on_request(std::move(request), std::move(respond));
}

}  // namespace bridge::operate
