#include "bridge/operate/page/status_server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include "bridge/domain/value/printable.hpp"
#include "bridge/operate/metrics/metrics.hpp"
#include "bridge/operate/page/json_response.hpp"

namespace bridge::operate {

namespace json = boost::json;
using namespace domain;

namespace {

constexpr std::size_t alerts_shown = 200;

json::object gauge_json(const Gauge& gauge) {
    json::object row;
    row["used"] = gauge.used;
    row["max"] = gauge.max == 0 ? json::value(nullptr) : json::value(gauge.max);
    return row;
}

/// What only some targets have: the active one of a pair, a Panorama's firewalls, how full the device is.
void add_reach(json::object& row, const engine::TargetStatus& target) {
    if (!target.active.empty()) {
        row["active"] = target.active;
    }
    json::object capacity;
    capacity["state"] = target.capacity.level();
    capacity["members"] = gauge_json(target.capacity.members);
    capacity["objects"] = gauge_json(target.capacity.objects);
    capacity["refused"] = target.capacity.refused;
    row["capacity"] = std::move(capacity);
    if (target.devices.empty()) {
        return;
    }
    json::object devices;
    for (const DeviceState& device : target.devices) {
        json::object one;
        one["serial"] = device.serial;
        one["state"] = device.state;
        one["reason"] = printable(device.reason, 500);
        const std::string name = printable(device.name);
        devices[name.empty() || devices.contains(name) ? device.serial : name] = std::move(one);
    }
    row["devices"] = std::move(devices);
}

json::object target_json(const engine::TargetStatus& target) {
    json::object row;
    row["state"] = target.state;
    row["reason"] = printable(target.reason, 500);
    row["last_error"] = printable(target.last_error, 500);
    row["commits"] = target.commits;
    for (const BlockState state : {BlockState::wanted, BlockState::pushed, BlockState::enforced, BlockState::expired,
                                   BlockState::refused, BlockState::held}) {
        row[name_of(state)] = target.blocks[static_cast<std::size_t>(state)];
    }
    add_reach(row, target);
    return row;
}

json::object canary_json(const engine::Engine& engine) {
    json::object birds;
    for (const auto& [target, status] : engine.canary()) {
        json::object row;
        row["state"] = status.state;
        row["alarm"] = printable(status.alarm, 500);
        row["runs"] = status.runs;
        row["failures"] = status.failures;
        row["seconds"] = status.last ? json::value(std::chrono::duration<double>(*status.last).count()) : nullptr;
        row["last_success"] = status.last_success ? json::value(time_text(*status.last_success)) : nullptr;
        birds[target] = std::move(row);
    }
    return birds;
}

json::object status_json(const engine::Engine& engine) {
    json::object targets;
    for (const engine::TargetStatus& target : engine.targets()) {
        targets[target.name] = target_json(target);
    }
    const engine::IntakeCounts& counts = engine.intake();
    json::object alerts;
    alerts["accepted"] = counts.alerts_accepted;
    alerts["duplicates"] = counts.alerts_repeated;
    alerts["rejected"] = counts.alerts_rejected;
    alerts["without_block"] = counts.alerts_without_block;
    json::object notifications;
    for (const auto& [status, count] : counts.notifications) {
        notifications[std::to_string(status)] = count;
    }
    json::object all;
    all["targets"] = std::move(targets);
    all["alerts"] = std::move(alerts);
    notifications["unread"] = counts.notifications_unread;
    all["notifications"] = std::move(notifications);
    all["quarantined"] = engine.quarantined().size();
    all["dry_run"] = engine.policy().dry_run;
    all["store"] = printable(engine.store_trouble(), 500);
    const engine::ReloadCounts& reloads = engine.reloads();
    all["reloads"] = json::object{
        {"done", reloads.done}, {"refused", reloads.refused}, {"last_refusal", printable(reloads.last_refusal, 2000)}};
    all["canary"] = canary_json(engine);
    return all;
}

json::object certificate_json(const StatusServer::Certificate& certificate) {
    json::object row;
    row["subject"] = printable(certificate.shown.subject);
    row["ends"] = time_text(std::chrono::time_point_cast<WallTime::duration>(certificate.shown.ends));
    row["renewals"] = certificate.renewals;
    return row;
}

json::array alerts_json(const std::vector<store::JournalRow>& alerts, bool with_identity = false) {
    json::array rows;
    for (const store::JournalRow& alert : alerts) {
        json::object row;
        row["number"] = alert.number;
        if (with_identity) {
            row["identity"] = printable(alert.entry.identity, 1024);
        }
        row["received"] = time_text(alert.received);
        row["appliance"] = printable(alert.entry.appliance);
        row["type"] = printable(alert.entry.type);
        row["alert_id"] = printable(alert.entry.alert_id);
        row["severity"] = alert.entry.severity;
        row["seen"] = alert.seen;
        json::error_code unreadable;
        row["decision"] = json::parse(alert.entry.decision, unreadable);
        rows.push_back(std::move(row));
    }
    return rows;
}

/// Which alert of several a name stands for: a number of the journal is meant before all else, since that is what
/// `alerts` shows. nullptr when it cannot be told.
const store::JournalRow* meant(const std::vector<store::JournalRow>& rows, const std::string& name) {
    const auto numbered =
        std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return std::to_string(row.number) == name; });
    if (numbered != rows.end()) {
        return &*numbered;
    }
    return rows.size() == 1 ? &rows.front() : nullptr;
}

}  // namespace

StatusServer::StatusServer(engine::Engine& engine, store::Store& store)
    : engine_(engine), store_(store), operators_(engine, store) {}

std::optional<net::HttpResponse> StatusServer::on_header(const net::HttpRequest& head) {
    // A page in the operator's browser can post to loopback too; it cannot help sending its Origin.
    if (!head.header("Origin").empty()) {
        return error_response(403, "not for web pages");
    }
    return std::nullopt;
}

void StatusServer::on_request(net::HttpRequest request, net::Respond respond) {
    on_request_by("", request, std::move(respond));
}

void StatusServer::on_request_by(const std::string& who, const net::HttpRequest& request, net::Respond respond) {
    if (OperatorRequests::takes(request)) {
        operators_.answer(request, who, std::move(respond));
        return;
    }
    respond(answer(request));
}

void StatusServer::on_turned_away(net::Turned, const std::string&, const std::string&) {
    // The server has answered; an operator's mistyped request is no news for the log.
}

net::HttpResponse StatusServer::stored(std::string_view query, bool payload) {
    constexpr std::string_view key = "alert=";
    const std::string name = query.starts_with(key) ? percent_decoded(query.substr(key.size())) : std::string();
    if (name.empty()) {
        return error_response(400, "say which: ?alert=NUMBER, an alert id, a uuid or an identity");
    }
    constexpr std::size_t shown_max = 10;
    const auto rows = store_.alerts_called(name, shown_max);
    if (!rows) {
        return error_response(503, rows.error().detail);
    }
    const store::JournalRow* row = meant(*rows, name);
    if (row == nullptr && rows->empty()) {
        return error_response(
            404, fmt::format("the journal has no alert '{}'; see `firebreak-bridge alerts`", printable(name)));
    }
    if (row == nullptr) {
        std::string numbers;
        for (const store::JournalRow& one : *rows) {
            numbers += fmt::format("{}{} ({})", numbers.empty() ? "" : ", ", one.number, printable(one.entry.type, 40));
        }
        return error_response(409,
                              fmt::format("several alerts are called '{}'; say which by its number in the journal: {}",
                                          printable(name), numbers));
    }
    auto notification = store_.notification_of(row->number);
    if (!notification) {
        return error_response(503, notification.error().detail);
    }
    if (!*notification) {
        return error_response(404, fmt::format("the payload of alert {} is no longer kept", row->number));
    }
    store::StoredNotification& found = **notification;
    if (payload) {
        net::HttpResponse response;
        response.headers.push_back({"Content-Type", "application/octet-stream"});
        response.headers.push_back({"X-Content-Type-Options", "nosniff"});
        response.headers.push_back({"Cache-Control", "no-store"});
        response.body = std::move(found.payload);
        return response;
    }
    json::object body;
    body["alert"] = row->number;
    body["format"] = found.format;
    body["received"] = time_text(found.received);
    body["bytes"] = found.payload.size();
    body["alerts"] = alerts_json(found.alerts, true);
    return json_response(200, body);
}

net::HttpResponse StatusServer::answer(const net::HttpRequest& request) {
    const std::string_view target = request.target;
    const std::string_view path = target.substr(0, target.find('?'));
    const std::string_view query = path.size() < target.size() ? target.substr(path.size() + 1) : std::string_view();
    if (request.method != "GET") {
        return error_response(405, "GET only");
    }
    if (path == "/healthz") {
        return json_response(200, json::object{{"alive", true}});
    }
    if (path == "/readyz") {
        const std::string trouble = engine_.store_trouble();
        return json_response(ready() ? 200 : 503, json::object{{"ready", ready()}, {"store", printable(trouble, 500)}});
    }
    if (path == "/metrics" && metrics_) {
        net::HttpResponse response;
        response.headers.push_back({"Content-Type", std::string(metrics_content_type)});
        response.body = metrics_();
        return response;
    }
    if (path == "/status") {
        json::object status = status_json(engine_);
        json::array cautions;
        for (const std::string& caution : cautions_ ? cautions_() : std::vector<std::string>()) {
            cautions.emplace_back(printable(caution, 500));
        }
        status["cautions"] = std::move(cautions);
        if (certificate_) {
            status["certificate"] = certificate_json(certificate_());
        }
        return json_response(200, status);
    }
    if (path == "/alerts") {
        const auto alerts = store_.newest_alerts(alerts_shown);
        if (!alerts) {
            return error_response(503, alerts.error().detail);
        }
        return json_response(200, alerts_json(*alerts));
    }
    if (path == "/notification" || path == "/payload") {
        return stored(query, path == "/payload");
    }
    return error_response(404, "unknown page");
}

}  // namespace bridge::operate
