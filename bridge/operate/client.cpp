#include "bridge/operate/client.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <memory>
#include <ostream>
#include <vector>

#include "bridge/reproduction/reproduction.hpp"

namespace bridge::operate {

namespace json = boost::json;

namespace {

std::size_t take_bytes(char* bytes, std::size_t size, std::size_t count, void* user) {
    static_cast<std::string*>(user)->append(bytes, size * count);
    return size * count;
}

tl::expected<std::string, std::string> ask(const Config& config, const std::string& path, bool post) {
    const bool v6 = config.operate.address.find(':') != std::string::npos;
    const std::string url = fmt::format("http://{}{}{}:{}{}", v6 ? "[" : "", config.operate.address, v6 ? "]" : "",
                                        config.operate.port, path);
    const std::unique_ptr<CURL, void (*)(CURL*)> easy(curl_easy_init(), &curl_easy_cleanup);
    std::string body;
    curl_easy_setopt(easy.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(easy.get(), CURLOPT_PROXY, "");
    curl_easy_setopt(easy.get(), CURLOPT_TIMEOUT_MS, 10'000L);
    curl_easy_setopt(easy.get(), CURLOPT_WRITEFUNCTION, &take_bytes);
    curl_easy_setopt(easy.get(), CURLOPT_WRITEDATA, &body);
    if (post) {
        curl_easy_setopt(easy.get(), CURLOPT_POSTFIELDS, "");
    }
    const CURLcode code = curl_easy_perform(easy.get());
    if (code != CURLE_OK) {
        return tl::unexpected(
            fmt::format("{}: {}; does the bridge run, and is this its configuration?", url, curl_easy_strerror(code)));
    }
    long status = 0;
    curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
    if (status != 200) {
        return tl::unexpected(fmt::format("{}: HTTP {}: {}", url, status, body));
    }
    return body;
}

std::string text_of(const json::value& value) {
    return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
}

/// Columns as wide as their widest cell.
void print_table(std::ostream& out, const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths[i] = std::max(widths[i], row[i].size());
        }
    }
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            line += fmt::format("{:<{}}  ", row[i], i + 1 < row.size() ? widths[i] : 0);
        }
        line.erase(line.find_last_not_of(' ') + 1);
        out << line << '\n';
    }
}

void print_rows(std::ostream& out, const json::array& all, const std::vector<const char*>& columns) {
    std::vector<std::vector<std::string>> rows{{columns.begin(), columns.end()}};
    for (const json::value& value : all) {
        std::vector<std::string> row;
        for (const char* column : columns) {
            const json::value* cell = value.as_object().if_contains(column);
            row.push_back(cell == nullptr ? "" : text_of(*cell));
        }
        rows.push_back(std::move(row));
    }
    print_table(out, rows);
}

/// What of a target does not fit into a row: who is active, who has not got the blocks, how full it is.
void print_reach(std::ostream& out, const std::string& name, const json::object& target) {
    if (const json::value* active = target.if_contains("active")) {
        out << name << ": active device " << text_of(*active) << '\n';
    }
    if (const json::value* devices = target.if_contains("devices")) {
        for (const auto& [device, state] : devices->as_object()) {
            const std::string reason = text_of(state.at("reason"));
            out << name << ": firewall " << std::string(device) << ' ' << text_of(state.at("state"))
                << (reason.empty() ? "" : ": " + reason) << '\n';
        }
    }
    const json::value* capacity = target.if_contains("capacity");
    if (capacity == nullptr || text_of(capacity->at("state")) == "ok") {
        return;
    }
    out << name << ": capacity " << text_of(capacity->at("state"));
    for (const char* what : {"members", "objects"}) {
        const json::value& gauge = capacity->at(what);
        out << ", " << what << ' ' << text_of(gauge.at("used"))
            << (gauge.at("max").is_null() ? "" : " of " + text_of(gauge.at("max")));
    }
    out << '\n';
}

void print_status(std::ostream& out, const json::object& status) {
    json::array targets;
    for (const auto& [name, target] : status.at("targets").as_object()) {
        json::object row = target.as_object();
        row["target"] = name;
        targets.push_back(std::move(row));
    }
    print_rows(out, targets,
               {"target", "state", "wanted", "pushed", "enforced", "expired", "refused", "held", "commits", "reason"});
    for (const auto& [name, target] : status.at("targets").as_object()) {
        print_reach(out, name, target.as_object());
    }
    out << '\n';
    for (const char* part : {"alerts", "notifications"}) {
        out << part << ':';
        for (const auto& [name, count] : status.at(part).as_object()) {
            out << ' ' << std::string(name) << '=' << text_of(count);
        }
        out << '\n';
    }
    if (const std::string store = text_of(status.at("store")); !store.empty()) {
        out << "store: " << store << '\n';
    }
}

}  // namespace

int show(const Config& config, Page page, bool as_json, std::ostream& out, std::ostream& errors) {
    const char* path = page == Page::status ? "/status" : page == Page::blocks ? "/blocks" : "/alerts";
    const auto body = ask(config, path, false);
    if (!body) {
        errors << body.error() << '\n';
        return 1;
    }
    if (as_json) {
        out << *body;
        return 0;
    }
    json::error_code unreadable;
    const json::value value = json::parse(*body, unreadable);
    if (unreadable) {
        errors << path << ": the answer is no JSON: " << unreadable.message() << '\n';
        return 1;
    }
    switch (page) {
        case Page::status:
            print_status(out, value.as_object());
            break;
        case Page::blocks:
            print_rows(out, value.as_array(), {"target", "indicator", "state", "expires", "repeats", "reason"});
            break;
        case Page::alerts:
            print_rows(out, value.as_array(),
                       {"number", "received", "appliance", "type", "alert_id", "severity", "seen"});
            break;
    }
    return 0;
}

int order(const Config& config, const std::string& verb, const std::string& indicator, std::ostream& out,
          std::ostream& errors) {
    const auto parsed = domain::Indicator::parse(indicator);
    if (!parsed) {
        errors << '\'' << indicator << "' is no address and no domain name\n";
        return 1;
    }
    const auto body = ask(config, fmt::format("/{}?indicator={}", verb, parsed->text()), true);
    if (!body) {
        errors << body.error() << '\n';
        return 1;
    }
    out << verb << ' ' << parsed->text() << ": done\n";
    return 0;
}

namespace {

std::string percent_encoded(const std::string& text) {
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                           c == '_' || c == '.' || c == '/' || c == ':';
        out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

/// The journal's decisions, as /notification gives them. What cannot be read is left out: then the rules decide.
std::vector<reproduction::RecordedDecision> recorded(const json::value& page) {
    std::vector<reproduction::RecordedDecision> all;
    const json::object* whole = page.if_object();
    const json::value* alerts = whole == nullptr ? nullptr : whole->if_contains("alerts");
    if (alerts == nullptr || !alerts->is_array()) {
        return all;
    }
    for (const json::value& row : alerts->get_array()) {
        const json::object* alert = row.if_object();
        const json::value* identity = alert == nullptr ? nullptr : alert->if_contains("identity");
        const json::value* decision = alert == nullptr ? nullptr : alert->if_contains("decision");
        const json::value* blockable =
            decision == nullptr || !decision->is_object() ? nullptr : decision->get_object().if_contains("blockable");
        if (identity == nullptr || !identity->is_string() || blockable == nullptr || !blockable->is_array()) {
            continue;
        }
        reproduction::RecordedDecision one;
        one.identity = identity->get_string();
        for (const json::value& text : blockable->get_array()) {
            if (auto indicator = text.is_string() ? domain::Indicator::parse(text.get_string()) : std::nullopt) {
                one.blockable.push_back(std::move(*indicator));
            }
        }
        all.push_back(std::move(one));
    }
    return all;
}

}  // namespace

int export_alert(const Config& config, const std::string& alert, const std::string& folder, bool keep_names,
                 std::ostream& out, std::ostream& errors) {
    const auto page = ask(config, "/notification?alert=" + percent_encoded(alert), false);
    if (!page) {
        errors << page.error() << '\n';
        if (page.error().find("does the bridge run") != std::string::npos) {
            errors << "Only a running bridge can export; a payload that you have in a file needs none: `firebreak-lab "
                   << "import FILE --config " << config.file << "`.\n";
        }
        return 1;
    }
    json::error_code unreadable;
    const json::value value = json::parse(*page, unreadable);
    const json::object* whole = value.if_object();
    const json::value* number = whole == nullptr ? nullptr : whole->if_contains("alert");
    if (unreadable || number == nullptr) {
        errors << "/notification: the answer is none of this release's\n";
        return 1;
    }
    const std::string journal_number = json::serialize(*number);
    const auto payload = ask(config, "/payload?alert=" + journal_number, false);
    if (!payload) {
        errors << payload.error() << '\n';
        return 1;
    }
    reproduction::Original original;
    original.name = "alert-" + reproduction::file_name_of(journal_number);
    original.payload = *payload;
    original.told = "Made by `firebreak-bridge export` from an accepted notification";
    original.answered = 200;
    original.decisions = recorded(value);
    const auto made = reproduction::reproduce(
        {original}, {config.engine.policy, config.engine.reading},
        keep_names ? reproduction::Scrubbing::secrets_only : reproduction::Scrubbing::everything);
    if (!made) {
        errors << original.name << ": " << made.error().reason << '\n';
        return 1;
    }
    if (const auto saved = reproduction::save(*made, folder); !saved) {
        errors << saved.error() << '\n';
        return 1;
    }
    for (const reproduction::Reproduction& one : *made) {
        out << fmt::format("{0}/{1}\n{0}/{2}\n", folder, one.scenario_file, one.payload_file);
        for (const std::string& note : one.notes) {
            errors << "note: " << note << '\n';
        }
    }
    if (keep_names) {
        errors << "note: addresses and names in it are the originals (--keep-names)\n";
    }
    return 0;
}

}  // namespace bridge::operate
