#include "sim/fireeye/notification.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "sim/fireeye/alert_content.hpp"
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
        envelope.attribute("appliance-id", bare_mac_of(dialect.name));
    }
    envelope.attribute("msg", level_name(dialect.level)).attribute("product", product_title(dialect.product));
    envelope.attribute("version", dialect.version).attribute("xmlns", schema);
    envelope.attribute("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance");
    envelope.attribute("xsi:schemaLocation", fmt::format("{} {}", schema, file));
    return R"(<?xml version="1.0" encoding="utf-8"?>)" + to_xml(envelope);
}

std::string json_document(const Dialect& dialect, const std::vector<Element>& alerts) {
    const JsonStyle style{dialect.has_at_signs(), dialect.major >= 9 && !dialect.has_at_signs()};
    std::string out = fmt::format(R"({{"msg":{},"product":{},"version":{},"appliance":{})",
                                  json_quoted(level_name(dialect.level)), json_quoted(product_title(dialect.product)),
                                  json_quoted(dialect.version), json_quoted(dialect.name));
    if (dialect.major >= 7) {
        out += fmt::format(R"(,"appliance-id":{})", json_quoted(mac_of(dialect.name)));
    }
    out += R"(,"alert":)";
    if (alerts.size() == 1) {
        return out + to_json(alerts.front(), style) + "}";
    }
    out += '[';
    for (std::size_t i = 0; i < alerts.size(); ++i) {
        out += (i == 0 ? "" : ",") + to_json(alerts[i], style);
    }
    return out + "]}";
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
/// older request from 6.x and 7.0; where between them the change lies is inferred.
bool has_modern_request(const Dialect& dialect) {
    return dialect.at_least(7, 5);
}

void describe_request(const Dialect& dialect, const Incident& newest, RenderedNotification& out) {
    if (!has_modern_request(dialect)) {
        out.user_agent = old_curl;
        out.content_type = "application/x-www-form-urlencoded";
        return;
    }
    out.user_agent = new_curl;
    out.content_type = dialect.is_json() ? "application/json" : "text/xml";
    out.headers = {{"Alert-Checksum", md5_of(out.body)},
                   {"Appliance-Id", bare_mac_of(dialect.name)},
                   {"Customer-Id", "007"},
                   {"Customer-Name", "'Example'"},
                   {"Event-Id", std::to_string(newest.id)},
                   {"Event-Size", std::to_string(out.body.size())},
                   {"Event-Type", newest.type}};
}

void note_what_is_missing(const ApplianceProfile& profile, const Dialect& dialect, const Incident& incident,
                          std::vector<std::string>& notes) {
    const Carried holds = carried(dialect, incident.type);
    const bool by_address = is_address(endpoint_kind(incident.attacker));
    const auto note = [&](std::string_view what) {
        notes.push_back(fmt::format("incident {} ({}, {} {}): {}", incident.id, incident.type, profile.product,
                                    profile.format, what));
    };
    if (by_address ? !holds.address : !holds.name) {
        note(fmt::format("attacker {} is not in it", incident.attacker));
    }
    if (!holds.victim && is_address(endpoint_kind(incident.victim))) {
        note(fmt::format("victim {} is not in it", incident.victim));
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
    RenderedNotification out;
    std::vector<Element> alerts;
    for (const Incident* const incident : newest_first) {
        auto alert = alert_content(*dialect, *incident);
        if (!alert) {
            return tl::unexpected<std::string>(alert.error());
        }
        alerts.push_back(std::move(*alert));
        note_what_is_missing(profile, *dialect, *incident, out.notes);
    }
    out.body = dialect->is_json() ? json_document(*dialect, alerts) : xml_document(*dialect, std::move(alerts));
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

std::string replace_addresses(std::string_view payload,
                              std::span<const std::pair<std::string, std::string>> replacements) {
    // ':' belongs to an IPv6 address, but before the port of an IPv4 address or a name it ends one.
    const auto continues = [](char c, bool is_v6) {
        const bool of_a_word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        return of_a_word || c == '-' || c == '_' || (is_v6 && c == ':');
    };
    const auto is_whole = [&](std::size_t at, std::string_view word) {
        const bool is_v6 = word.find(':') != std::string_view::npos;
        const std::size_t end = at + word.size();
        const bool joined_before = at > 0 && (continues(payload[at - 1], is_v6) || payload[at - 1] == '.');
        const bool joined_behind = end < payload.size() && continues(payload[end], is_v6);
        const bool goes_on = end + 1 < payload.size() && payload[end] == '.' && continues(payload[end + 1], is_v6);
        return !joined_before && !joined_behind && !goes_on;
    };
    std::string out;
    for (std::size_t at = 0; at < payload.size();) {
        const auto found = std::find_if(replacements.begin(), replacements.end(), [&](const auto& pair) {
            const std::string& word = pair.first;
            return !word.empty() && payload.compare(at, word.size(), word) == 0 && is_whole(at, word);
        });
        if (found == replacements.end()) {
            out += payload[at++];
        } else {
            out += found->second;
            at += found->first.size();
        }
    }
    return out;
}

}  // namespace sim::fireeye
