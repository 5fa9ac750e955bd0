#include "bridge/operate/client/operator_commands.hpp"

#include <pwd.h>
#include <unistd.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <cstdlib>
#include <ostream>

#include "bridge/operate/client/client.hpp"
#include "bridge/operate/client/why_text.hpp"
#include "bridge/operate/page/query.hpp"

namespace bridge::operate {

namespace json = boost::json;

namespace {

/// Who sits at the keyboard, also behind sudo.
std::string user_name() {
    if (const char* before_sudo = std::getenv("SUDO_USER"); before_sudo != nullptr && *before_sudo != '\0') {
        return before_sudo;
    }
    const passwd* entry = getpwuid(getuid());
    return entry == nullptr ? std::to_string(getuid()) : std::string(entry->pw_name);
}

/// The answer as an object; nullopt with a line in `errors`.
std::optional<json::object> parsed(const std::string& body, const std::string& path, std::ostream& errors) {
    json::error_code unreadable;
    json::value value = json::parse(body, unreadable);
    if (unreadable || !value.is_object()) {
        errors << path << ": the answer is none of this release's\n";
        return std::nullopt;
    }
    return std::move(value.get_object());
}

}  // namespace

std::string query_of(const Parameters& parameters) {
    std::string query;
    for (const auto& [name, value] : parameters) {
        if (!value.empty()) {
            query += (query.empty() ? '?' : '&') + name + '=' + percent_encoded(value);
        }
    }
    return query;
}

int give_order(const Config& config, const std::string& verb, Parameters parameters, bool as_json, std::ostream& out,
               std::ostream& errors) {
    parameters.emplace_back("by", user_name());
    const std::string path = "/" + verb;
    const auto body = ask_to_show(config, path + query_of(parameters), true, as_json, out, errors);
    if (!body) {
        return body.error();
    }
    const auto answer = parsed(*body, path, errors);
    const json::value* text = answer ? answer->if_contains("text") : nullptr;
    if (text == nullptr || !text->is_string()) {
        return 1;
    }
    out << std::string_view(text->get_string()) << '\n';
    const json::value* indicators = answer->if_contains("indicators");
    if (indicators != nullptr && indicators->is_array() && indicators->get_array().size() > 1) {
        for (const json::value& indicator : indicators->get_array()) {
            out << "  " << (indicator.is_string() ? std::string_view(indicator.get_string()) : "?") << '\n';
        }
    }
    return 0;
}

int explain(const Config& config, const std::string& indicator, bool as_json, std::ostream& out, std::ostream& errors) {
    const auto body = ask_to_show(config, "/why" + query_of({{"indicator", indicator}}), false, as_json, out, errors);
    if (!body) {
        return body.error();
    }
    const auto page = parsed(*body, "/why", errors);
    if (!page) {
        return 1;
    }
    print_why(out, *page);
    return 0;
}

}  // namespace bridge::operate
