#include "sim/fireeye/notification.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "sim/fireeye/alert_content.hpp"
#include "sim/fireeye/carried.hpp"
#include "sim/fireeye/element.hpp"
#include "sim/fireeye/endpoint_kind.hpp"
#include "sim/fireeye/invented.hpp"

namespace sim::fireeye {

namespace {

std::string_view level_name(Level level) {
    switch (level) {
        case Level::concise:
            return "concise";
        case Level::normal:
            return "normal";
        case Level::extended:
            return "extended";
    }
    return {};
}

/// Namespace and schema file of a release. The 2013 and 2014 releases are inferred (reference §3.1).
std::pair<std::string_view, std::string_view> schema_of(const Dialect& dialect) {
    if (dialect.major >= 10) {
        return {"http://www.trellix.com/alert/2014/AlertSchema", "TrellixAlert.xsd"};
    }
    if (dialect.major >= 8) {
        return {"http://www.fireeye.com/alert/2014/AlertSchema", "FireEyeAlert.xsd"};
    }
    if (dialect.major == 7) {
        return {"http://www.fireeye.com/alert/2013/AlertSchema", "FireEyeAlert.xsd"};
    }
    return {"http://www.fireeye.com/alert/2011/AlertSchema", "FireEyeAlert.xsd"};
}

std::string xml_document(const Dialect& dialect, std::vector<Element> alerts) {
    const auto [schema, file] = schema_of(dialect);
    Element envelope{"alerts", {}, std::move(alerts), {}};
    envelope.attribute("appliance", dialect.name);
    if (dialect.major >= 7) {
        envelope.attribute("appliance-id", bare_mac(dialect.id));
    }
    envelope.attribute("msg", level_name(dialect.level)).attribute("product", product_title(dialect.product));
    envelope.attribute("version", dialect.version).attribute("xmlns", schema);
    envelope.attribute("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance");
    envelope.attribute("xsi:schemaLocation", fmt::format("{} {}", schema, file));
    return R"(<?xml version="1.0" encoding="utf-8"?>)" + to_xml(envelope);
}

std::string json_list(const std::vector<Element>& alerts, const JsonStyle& style) {
    std::string out = "[";
    for (const Element& alert : alerts) {
        out += (out.size() == 1 ? "" : ",") + to_json(alert, style);
    }
    return out + "]";
}

std::string json_document(const Dialect& dialect, const std::vector<Element>& alerts) {
    const JsonStyle style{dialect.has_at_signs(), dialect.major >= 9 && !dialect.has_at_signs(), false};
    std::string out = fmt::format(R"({{"msg":{},"product":{},"version":{},"appliance":{})",
                                  json_quoted(level_name(dialect.level)), json_quoted(product_title(dialect.product)),
                                  json_quoted(dialect.version), json_quoted(dialect.name));
    if (dialect.major >= 7 || dialect.product == Product::hx) {
        out += fmt::format(R"(,"appliance-id":{})", json_quoted(colon_mac(dialect.id)));
    }
    // What is a list of one on paper is an object here.
    return out + R"(,"alert":)" + (alerts.size() == 1 ? to_json(alerts.front(), style) : json_list(alerts, style)) +
           "}";
}

/// The answer of the appliance's API, which names the product where a notification has the host.
std::string rest_document(const Dialect& dialect, const std::vector<Element>& alerts) {
    const JsonStyle style{false, true, true};
    const std::string appliance = rest_appliance(dialect.product);
    return fmt::format(R"({{"alert":{},"appliance":{},"version":{},"msg":{},"alertsCount":{}}})",
                       json_list(alerts, style), json_quoted(appliance),
                       json_quoted(fmt::format("{} ({}) {}", appliance, appliance, dialect.version)),
                       json_quoted(level_name(dialect.level)), alerts.size());
}

std::string text_document(const Dialect& dialect, const std::vector<Element>& alerts) {
    std::string out =
        fmt::format("msg: {}\nproduct: {}\nversion: {}\nappliance: {}\nappliance-id: {}\n", level_name(dialect.level),
                    product_title(dialect.product), dialect.version, dialect.name, bare_mac(dialect.id));
    for (const Element& alert : alerts) {
        out += to_text(alert, 0);
    }
    return out;
}

std::string document(const Dialect& dialect, std::vector<Element> alerts) {
    switch (dialect.syntax) {
        case Syntax::xml:
            return xml_document(dialect, std::move(alerts));
        case Syntax::json:
        case Syntax::json_legacy:
            return json_document(dialect, alerts);
        case Syntax::text:
            return text_document(dialect, alerts);
        case Syntax::rest:
            return rest_document(dialect, alerts);
    }
    return {};
}

std::string md5_of(std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_md5(), nullptr) != 1) {
        return std::string(32, '0');  // a build of OpenSSL without MD5; nobody can check this header anyway
    }
    std::string out;
    for (unsigned i = 0; i < size; ++i) {
        out += fmt::format("{:02x}", digest[i]);
    }
    return out;
}

constexpr std::string_view old_curl =
    "curl/7.15.5 (x86_64-redhat-linux-gnu) libcurl/7.15.5 OpenSSL/0.9.8b zlib/1.2.3 libidn/0.6.5";
constexpr std::string_view new_curl = "curl/7.29.0";

/// Releases of which the reference knows the request of 2017: true content types and the extra headers. It knows the
/// older request from 6.x and 7.0; where between them the change lies is inferred. So is that an HX sends no extra
/// headers, and the content type of text.
bool has_modern_request(const Dialect& dialect) {
    return dialect.at_least(7, 5) || dialect.product == Product::hx;
}

void describe_request(const Dialect& dialect, const Incident& newest, RenderedNotification& out) {
    if (!has_modern_request(dialect)) {
        out.user_agent = old_curl;
        out.content_type = "application/x-www-form-urlencoded";
        return;
    }
    out.user_agent = new_curl;
    out.content_type = dialect.is_json() ? "application/json" : dialect.is_text() ? "text/plain" : "text/xml";
    if (dialect.is_rest() || dialect.product == Product::hx) {
        return;
    }
    const std::uint64_t id = dialect.product == Product::cm ? newest.cm_id.value_or(newest.id) : newest.id;
    out.headers = {{"Alert-Checksum", md5_of(out.body)},
                   {"Appliance-Id", bare_mac(dialect.id)},
                   {"Customer-Id", "007"},
                   {"Customer-Name", "'Example'"},
                   {"Event-Id", std::to_string(id)},
                   {"Event-Size", std::to_string(out.body.size())},
                   {"Event-Type", newest.type}};
}

bool mentions(const Element& element, std::string_view word) {
    const auto holds = [&](const std::string& text) { return text.find(word) != std::string::npos; };
    return holds(element.text) ||
           std::any_of(element.attributes.begin(), element.attributes.end(),
                       [&](const auto& attribute) { return holds(attribute.second); }) ||
           std::any_of(element.children.begin(), element.children.end(),
                       [&](const Element& child) { return mentions(child, word); });
}

void note_what_is_missing(const ApplianceProfile& profile, const Dialect& dialect, const Incident& incident,
                          const Element& alert, RenderedNotification& out) {
    const Findings found = findings(dialect, incident);
    const auto note = [&](std::string_view what) {
        out.notes.push_back(fmt::format("incident {} ({}, {} {}): {}", incident.id, incident.type, profile.product,
                                        profile.format, what));
    };
    const auto is_found = [](const std::vector<std::string>& all, const std::string& one) {
        return std::find(all.begin(), all.end(), one) != all.end();
    };
    if (!mentions(alert, incident.attacker)) {
        note(fmt::format("attacker {} is not in it", incident.attacker));
    } else if (!is_found(found.attackers, incident.attacker)) {
        note(fmt::format("attacker {} is in it, but not as somebody to block", incident.attacker));
    }
    const bool has_victim = is_address(endpoint_kind(incident.victim));
    if (has_victim && !mentions(alert, incident.victim)) {
        note(fmt::format("victim {} is not in it", incident.victim));
    }
    if (dialect.is_rest()) {
        note("an answer of the appliance's API, which no appliance posts by itself");
    }
}

}  // namespace

tl::expected<RenderedNotification, std::string> render(const ApplianceProfile& profile,
                                                       std::span<const Incident> incidents) {
    const auto dialect = understand(profile);
    if (!dialect) {
        return tl::unexpected<std::string>(dialect.error());
    }
    if (incidents.empty()) {
        return tl::unexpected<std::string>("a notification without an incident is not sent by an appliance");
    }
    std::vector<const Incident*> newest_first;
    for (const Incident& incident : incidents) {
        newest_first.push_back(&incident);
    }
    std::stable_sort(newest_first.begin(), newest_first.end(),
                     [](const Incident* a, const Incident* b) { return a->occurred > b->occurred; });
    if (dialect->product == Product::hx && incidents.size() > 1) {
        return tl::unexpected<std::string>(fmt::format(
            "appliance {}: an HX sends each alert by itself, not {} in a body", dialect->name, incidents.size()));
    }
    RenderedNotification out;
    std::vector<Element> alerts;
    for (const Incident* const incident : newest_first) {
        auto alert = alert_content(*dialect, *incident);
        if (!alert) {
            return tl::unexpected<std::string>(alert.error());
        }
        note_what_is_missing(profile, *dialect, *incident, *alert, out);
        alerts.push_back(std::move(*alert));
    }
    out.body = document(*dialect, std::move(alerts));
    describe_request(*dialect, *newest_first.front(), out);
    return out;
}

RenderedNotification from_file(std::string_view text) {
    RenderedNotification out;
    out.body = text;
    out.user_agent = new_curl;
    std::string_view start = text;
    if (start.starts_with("\xEF\xBB\xBF")) {
        start.remove_prefix(3);
    }
    const auto first = start.find_first_not_of(" \t\r\n");
    const char byte = first == std::string_view::npos ? '\0' : start[first];
    out.content_type = byte == '<' ? "text/xml" : (byte == '{' || byte == '[') ? "application/json" : "text/plain";
    return out;
}

}  // namespace sim::fireeye
