#include "bridge/operate/page/operator_requests.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <ctime>
#include <utility>

#include "bridge/domain/value/printable.hpp"
#include "bridge/operate/page/json_response.hpp"
#include "bridge/operate/page/why_page.hpp"
#include "yaml/reader.hpp"

namespace bridge::operate {

namespace json = boost::json;
using namespace domain;
using std::chrono::milliseconds;

namespace {

constexpr std::array<std::string_view, 7> orders{"/release",  "/drop",  "/unblock", "/block",
                                                 "/rollback", "/pause", "/resume"};

// Times beyond it are a slip of the pen.
constexpr std::chrono::days longest_time{3660};
constexpr std::size_t reason_characters_max = 200;
constexpr std::size_t name_characters_max = 64;

unsigned status_of(Errc code) {
    switch (code) {
        case Errc::missing:
            return 404;
        case Errc::refused:
            return 409;
        case Errc::misconfigured:
        case Errc::malformed:
            return 400;
        case Errc::store_failed:
        case Errc::busy:
        case Errc::unreachable:
        case Errc::locked:
        case Errc::key_rejected:
        case Errc::not_permitted:
        case Errc::not_trusted:
        case Errc::not_active:
        case Errc::other_device:
            return 503;
    }
    return 503;
}

engine::Ordered answering(net::Respond respond) {
    return [respond = std::move(respond)](const Result<engine::Outcome>& outcome) {
        if (!outcome) {
            respond(error_response(status_of(outcome.error().code), outcome.error().detail));
            return;
        }
        json::array indicators;
        for (const std::string& text : outcome->indicators) {
            indicators.emplace_back(text);
        }
        respond(json_response(
            200, json::object{{"done", true}, {"text", outcome->text}, {"indicators", std::move(indicators)}}));
    };
}

/// A parameter that is not there is none; one that cannot be read is an error.
template <class T>
using Parameter = tl::expected<std::optional<T>, std::string>;

Parameter<Indicator> indicator_in(const Query& query) {
    const auto text = query.find("indicator");
    if (!text) {
        return std::nullopt;
    }
    auto indicator = Indicator::parse_blocked(*text);
    if (!indicator) {
        return tl::unexpected(fmt::format(
            "indicator: '{}' is no address, no /64 of IPv6 and no domain name; nothing wider is ever blocked",
            printable(*text)));
    }
    return indicator;
}

Parameter<milliseconds> time_in(const Query& query, const std::string& name) {
    const auto text = query.find(name);
    if (!text) {
        return std::nullopt;
    }
    const auto time = yaml::parse_duration(*text);
    if (!time || *time > longest_time) {
        return tl::unexpected(fmt::format("{}: '{}' is no duration such as 30m, 24h or 7d, of at most ten years", name,
                                          printable(*text)));
    }
    return time;
}

/// "30m" ago, or "2026-06-01T12:00:00Z".
Parameter<WallTime> since_in(const Query& query, WallTime now) {
    const auto text = query.find("since");
    if (!text) {
        return std::nullopt;
    }
    if (const auto ago = yaml::parse_duration(*text); ago && *ago <= longest_time) {
        return now - *ago;
    }
    std::tm parts{};
    for (const char* form : {"%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%MZ"}) {
        parts = {};
        const char* const end = strptime(text->c_str(), form, &parts);
        if (end != nullptr && *end == '\0') {
            return WallTime(std::chrono::seconds(timegm(&parts)));
        }
    }
    return tl::unexpected(
        fmt::format("since: '{}' is neither a time such as 2026-06-01T12:00:00Z nor how long ago, "
                    "such as 30m",
                    printable(*text)));
}

Parameter<std::size_t> number_in(const Query& query, const std::string& name) {
    const auto text = query.find(name);
    if (!text) {
        return std::nullopt;
    }
    std::size_t number = 0;
    const char* const end = text->data() + text->size();
    const auto [stop, error] = std::from_chars(text->data(), end, number);
    if (text->empty() || error != std::errc{} || stop != end || number == 0) {
        return tl::unexpected(fmt::format("{}: '{}' is no number from 1 on", name, printable(*text)));
    }
    return number;
}

}  // namespace

bool OperatorRequests::takes(const net::HttpRequest& request) {
    const std::string path = Query::of(request.target).path();
    if (request.method == "POST") {
        return std::find(orders.begin(), orders.end(), path) != orders.end();
    }
    return request.method == "GET" && (path == "/why" || path == "/blocks");
}

void OperatorRequests::answer(const net::HttpRequest& request, const std::string& who, net::Respond respond) {
    const Query query = Query::of(request.target);
    if (query.path() == "/why") {
        why(query, std::move(respond));
        return;
    }
    if (query.path() == "/blocks") {
        respond(blocks(query));
        return;
    }
    engine::Operator operator_;
    const std::string by = who.empty() ? query.text("by") : who;
    operator_.name = by.empty() ? operator_.name : printable(by, name_characters_max);
    operator_.reason = printable(query.text("reason"), reason_characters_max);
    order(query, operator_, std::move(respond));
}

void OperatorRequests::order(const Query& query, const engine::Operator& who, net::Respond respond) {
    const std::string& path = query.path();
    const auto indicator = indicator_in(query);
    const auto time = time_in(query, "for");
    const auto since = since_in(query, engine_.wall());
    const auto last = number_in(query, "last");
    for (const std::string& error : {indicator ? "" : indicator.error(), time ? "" : time.error(),
                                     since ? "" : since.error(), last ? "" : last.error()}) {
        if (!error.empty()) {
            respond(error_response(400, error));
            return;
        }
    }
    if (path == "/pause" || path == "/resume") {
        const std::string target = query.text("target");
        path == "/pause" ? engine_.pause(target, who, answering(std::move(respond)))
                         : engine_.resume(target, who, answering(std::move(respond)));
        return;
    }
    if (path == "/rollback") {
        if (last->has_value() == since->has_value()) {
            respond(error_response(400, "say either how many (last=N) or since when (since=30m, or a time)"));
            return;
        }
        engine_.roll_back(
            {.last = last->value_or(0), .since = *since, .quarantine = *time, .dry_run = query.flag("dry_run")}, who,
            answering(std::move(respond)));
        return;
    }
    const engine::Selection selection{
        .indicator = *indicator, .appliance = query.text("appliance"), .all = query.flag("all")};
    const bool by_selection = path == "/release" || path == "/drop";
    const int said = (*indicator ? 1 : 0) + (selection.appliance.empty() ? 0 : 1) + (selection.all ? 1 : 0);
    if (said != 1 || (!by_selection && !*indicator)) {
        respond(error_response(400, by_selection ? "say which: indicator=ADDRESS, appliance=NAME, or all"
                                                 : "say which: indicator=ADDRESS or DOMAIN"));
        return;
    }
    if (path == "/release") {
        engine_.release(selection, who, answering(std::move(respond)));
    } else if (path == "/drop") {
        engine_.drop(selection, *time, who, answering(std::move(respond)));
    } else if (path == "/unblock") {
        engine_.unblock(**indicator, *time, who, answering(std::move(respond)));
    } else {
        engine_.block({.indicator = **indicator, .target = query.text("target"), .time = *time}, who,
                      answering(std::move(respond)));
    }
}

void OperatorRequests::why(const Query& query, net::Respond respond) {
    const auto indicator = indicator_in(query);
    if (!indicator || !*indicator) {
        respond(error_response(400, indicator ? "say which: indicator=ADDRESS or DOMAIN" : indicator.error()));
        return;
    }
    store_.history_of(question_about(**indicator),
                      [this, respond = std::move(respond), about = **indicator](const Result<store::History>& history) {
                          if (!history) {
                              respond(error_response(503, history.error().detail));
                              return;
                          }
                          respond(json_response(200, why_json(about, engine_, *history)));
                      });
}

net::HttpResponse OperatorRequests::blocks(const Query& query) const {
    const auto indicator = indicator_in(query);
    const auto state = query.find("state");
    const auto target = query.find("target");
    if (!indicator) {
        return error_response(400, indicator.error());
    }
    constexpr std::string_view quarantined = "quarantined";
    if (state && *state != quarantined && name_of(block_state_of(*state)) != *state) {
        return error_response(400,
                              fmt::format("state: '{}' is none of wanted, pushed, enforced, expired, refused, held, "
                                          "quarantined",
                                          printable(*state)));
    }
    // Row by row: as one document, a hundred thousand blocks would take ten times the memory of their text, in pieces
    // that the allocator does not get together again.
    std::string page = "[";
    const auto add = [&page](const json::object& row) {
        page += page.size() > 1 ? "," : "";
        page += json::serialize(row);
    };
    engine_.ledger().each([&](const Block& block) {
        const bool fits = (!state || name_of(block.state) == *state) && (!target || block.target == *target) &&
                          (!*indicator || block.indicator.overlaps(**indicator));
        if (fits) {
            add(block_json(block));
        }
    });
    if (!target && (!state || *state == quarantined)) {
        for (const Quarantined& one : engine_.quarantined()) {
            if (!*indicator || one.indicator.overlaps(**indicator)) {
                add(json::object{{"target", "all"},
                                 {"indicator", one.indicator.text()},
                                 {"state", quarantined},
                                 {"reason", printable(one.reason, 500)},
                                 {"since", time_text(one.since)},
                                 {"expires", time_text(one.until)}});
            }
        }
    }
    page += "]";
    return json_text_response(200, std::move(page));
}

}  // namespace bridge::operate
