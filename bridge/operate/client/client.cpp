#include "bridge/operate/client/client.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <memory>
#include <ostream>
#include <vector>

#include "bridge/operate/page/query.hpp"
#include "bridge/reproduction/reproduction.hpp"

namespace bridge::operate {

namespace json = boost::json;

namespace {

std::string text_of(const json::value& value) {
    if (value.is_double()) {
        return fmt::format("{:.3f}", value.get_double());
    }
    return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
}

std::size_t take_bytes(char* bytes, std::size_t size, std::size_t count, void* user) {
    static_cast<std::string*>(user)->append(bytes, size * count);
    return size * count;
}

// `why` reads the whole journal.
constexpr std::chrono::milliseconds patience = std::chrono::minutes(2);

/// What the bridge says in an answer that is not 200.
std::string error_in(const std::string& body) {
    json::error_code unreadable;
    const json::value value = json::parse(body, unreadable);
    const json::object* object = unreadable ? nullptr : value.if_object();
    const json::value* error = object == nullptr ? nullptr : object->if_contains("error");
    return error != nullptr && error->is_string() ? std::string(error->get_string()) : body;
}

/// A token with enough right, among those that this user can read.
const Token* token_for(const Config& config, bool post) {
    const Token* found = nullptr;
    for (const auto& [name, token] : config.operate.tokens) {
        if (!token.text.empty() && (!post || token.right == Right::operate)) {
            found = &token;
        }
    }
    return found;
}

/// Where the bridge is to be asked: the socket where there is one, for the kernel says there who asks.
struct Way {
    std::string url;
    std::string socket;
};

Way way_to(const Config& config, const std::string& path) {
    if (config.operate.socket) {
        return {"http://bridge" + path, config.operate.socket->path};
    }
    const net::ListenOptions& listen = *config.operate.listen;
    const bool v6 = listen.address.find(':') != std::string::npos;
    return {fmt::format("{}://{}{}{}:{}{}", listen.tls ? "https" : "http", v6 ? "[" : "", listen.address, v6 ? "]" : "",
                        listen.port, path),
            ""};
}

/// "203.0.113.5, 203.0.113.6", or why nothing is blocked.
std::string decision_told(const json::value* decision) {
    const json::object* object = decision == nullptr ? nullptr : decision->if_object();
    if (object == nullptr) {
        return {};
    }
    std::string text;
    if (const json::value* blockable = object->if_contains("blockable");
        blockable != nullptr && blockable->is_array()) {
        for (const json::value& one : blockable->get_array()) {
            text += (text.empty() ? "" : ", ") + text_of(one);
        }
    }
    if (!text.empty()) {
        return object->contains("dry_run") ? "dry run: would block " + text : "block " + text;
    }
    const json::value* ignored = object->if_contains("ignored");
    if (ignored == nullptr || !ignored->is_array() || ignored->get_array().empty()) {
        return "nothing to block";
    }
    const json::object* first = ignored->get_array().front().if_object();
    const json::value* address = first == nullptr ? nullptr : first->if_contains("address");
    const json::value* reason = first == nullptr ? nullptr : first->if_contains("reason");
    return address == nullptr || reason == nullptr ? "ignored"
                                                   : fmt::format("{}: {}", text_of(*address), text_of(*reason));
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

json::array with_decisions_told(const json::array& alerts) {
    json::array told = alerts;
    for (json::value& alert : told) {
        if (json::object* row = alert.if_object()) {
            (*row)["decision"] = decision_told(row->if_contains("decision"));
        }
    }
    return told;
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
    for (const auto& [target, bird] : status.at("canary").as_object()) {
        const json::object& canary = bird.as_object();
        const std::string alarm = text_of(canary.at("alarm"));
        out << "canary on " << std::string(target) << ": "
            << (alarm.empty() ? text_of(canary.at("state")) : "ALARM: " + alarm)
            << ", seconds to block: " << text_of(canary.at("seconds")) << '\n';
    }
    if (const std::string why = text_of(status.at("reloads").at("last_refusal")); !why.empty()) {
        out << "the last reload was refused: " << why << '\n';
    }
    if (const json::value* quarantined = status.if_contains("quarantined"); quarantined != nullptr) {
        out << "quarantined: " << text_of(*quarantined) << '\n';
    }
    if (const json::value* dry = status.if_contains("dry_run"); dry != nullptr && dry->is_bool() && dry->get_bool()) {
        out << "dry run: nothing is blocked\n";
    }
    if (const json::value* cautions = status.if_contains("cautions"); cautions != nullptr && cautions->is_array()) {
        for (const json::value& caution : cautions->get_array()) {
            out << "caution: " << text_of(caution) << '\n';
        }
    }
}

}  // namespace

tl::expected<std::string, std::string> ask(const Config& config, const std::string& path, bool post) {
    const Way way = way_to(config, path);
    const std::string name = way.socket.empty() ? way.url : way.socket + ": " + path;
    const std::unique_ptr<CURL, void (*)(CURL*)> easy(curl_easy_init(), &curl_easy_cleanup);
    std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers(nullptr, &curl_slist_free_all);
    std::string body;
    curl_easy_setopt(easy.get(), CURLOPT_URL, way.url.c_str());
    curl_easy_setopt(easy.get(), CURLOPT_PROXY, "");
    curl_easy_setopt(easy.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(patience.count()));
    curl_easy_setopt(easy.get(), CURLOPT_WRITEFUNCTION, &take_bytes);
    curl_easy_setopt(easy.get(), CURLOPT_WRITEDATA, &body);
    if (!way.socket.empty()) {
        curl_easy_setopt(easy.get(), CURLOPT_UNIX_SOCKET_PATH, way.socket.c_str());
    } else if (config.operate.listen->tls) {
        // The listener's own certificate, by the file that it serves: nobody else's will do, whatever its name is.
        curl_easy_setopt(easy.get(), CURLOPT_CAINFO, config.operate.listen->tls->certificate_file.c_str());
        curl_easy_setopt(easy.get(), CURLOPT_SSL_VERIFYHOST, 0L);
    }
    const Token* const token = way.socket.empty() ? token_for(config, post) : nullptr;
    if (token != nullptr) {
        headers.reset(curl_slist_append(nullptr, ("Authorization: Bearer " + token->text.reveal()).c_str()));
        curl_easy_setopt(easy.get(), CURLOPT_HTTPHEADER, headers.get());
    }
    if (post) {
        curl_easy_setopt(easy.get(), CURLOPT_POSTFIELDS, "");
    }
    const CURLcode code = curl_easy_perform(easy.get());
    if (code != CURLE_OK) {
        return tl::unexpected(fmt::format("{}: {}; does the bridge run, is this its configuration, and may you ask it?",
                                          name, curl_easy_strerror(code)));
    }
    long status = 0;
    curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
    if (status == 401 && token == nullptr) {
        return tl::unexpected(
            fmt::format("{}: a token is needed, and this user can read none of operate.tokens", name));
    }
    if (status != 200) {
        return tl::unexpected(fmt::format("{} ({}: HTTP {})", error_in(body), name.substr(0, name.find('?')), status));
    }
    return body;
}

tl::expected<std::string, int> ask_to_show(const Config& config, const std::string& path, bool post, bool as_json,
                                           std::ostream& out, std::ostream& errors) {
    auto body = ask(config, path, post);
    if (!body) {
        errors << body.error() << '\n';
        return tl::unexpected(1);
    }
    if (as_json) {
        out << *body;
        return tl::unexpected(0);
    }
    return std::move(*body);
}

int show(const Config& config, Page page, bool as_json, std::ostream& out, std::ostream& errors,
         const std::string& query) {
    const std::string path = (page == Page::status ? "/status" : page == Page::blocks ? "/blocks" : "/alerts") + query;
    const auto body = ask_to_show(config, path, false, as_json, out, errors);
    if (!body) {
        return body.error();
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
            print_rows(out, value.as_array(),
                       {"target", "indicator", "state", "since", "expires", "repeats", "reason"});
            break;
        case Page::alerts:
            print_rows(out, with_decisions_told(value.as_array()),
                       {"number", "received", "appliance", "type", "alert_id", "severity", "seen", "decision"});
            break;
    }
    return 0;
}

int reload(const Config& config, std::ostream& out, std::ostream& errors) {
    const auto body = ask(config, "/reload", true);
    if (!body) {
        errors << body.error() << '\n';
        return 1;
    }
    out << "reload: done\n";
    return 0;
}

namespace {

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
        bool readable = true;
        for (const json::value& text : blockable->get_array()) {
            auto indicator = text.is_string() ? domain::Indicator::parse(text.get_string()) : std::nullopt;
            readable = readable && indicator.has_value();
            if (indicator) {
                one.blockable.push_back(std::move(*indicator));
            }
        }
        if (readable) {
            all.push_back(std::move(one));
        }
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
