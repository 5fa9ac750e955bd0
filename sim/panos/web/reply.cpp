#include "sim/panos/web/reply.hpp"

#include <fmt/format.h>

#include "net/http.hpp"

namespace sim::panos {

Reply web_success(std::string_view content) {
    return {200, fmt::format("<response status = 'success'><result>{}</result></response>", content),
            "application/xml; charset=UTF-8", "success", ""};
}

Reply web_error(unsigned code, std::string_view message) {
    std::string text;
    for (const char c : message) {
        text += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '"' ? "&quot;" : std::string(1, c);
    }
    return {code,
            fmt::format("<response status = 'error' code = '{}'><result><msg>{}</msg></result></response>", code, text),
            "application/xml; charset=UTF-8", "error", std::to_string(code)};
}

Reply missing_parameter(std::string_view parameter) {
    return web_error(400, fmt::format("Missing value for parameter \"{}\".", parameter));
}

Reply illegal_value(std::string_view parameter, std::string_view value) {
    return web_error(400, fmt::format("Illegal value for parameter \"{}\" [{}].", parameter, value));
}

Reply web_page(unsigned code) {
    const std::string_view phrase = net::reason_phrase(code);
    Reply reply{
        code,
        fmt::format("<html><head><title>{0} {1}</title></head><body><h1>{0} {1}</h1></body></html>", code, phrase),
        "text/html", "", ""};
    if (code >= 300 && code <= 399) {
        reply.location = "https://elsewhere.invalid/";
    }
    return reply;
}

Reply success(int code, std::string_view content) {
    constexpr std::string_view opening = "<response status=\"success\"";
    constexpr std::string_view closing = "</response>";
    Reply reply;
    reply.status = "success";
    reply.body.reserve(opening.size() + 16 + content.size() + closing.size());
    reply.body += opening;
    if (code != 0) {
        reply.code = std::to_string(code);
        reply.body += " code=\"";
        reply.body += reply.code;
        reply.body += '"';
    }
    reply.body += '>';
    reply.body += content;
    reply.body += closing;
    return reply;
}

Reply result(std::string_view content) {
    std::string text;
    text.reserve(content.size() + 17);
    text += "<result>";
    text += content;
    text += "</result>";
    return success(0, text);
}

Reply error(int code, const Lines& lines) {
    std::string text;
    for (const std::string& line : lines) {
        text += "<line>" + line + "</line>";
    }
    const std::string attribute = code == 0 ? "" : fmt::format(" code=\"{}\"", code);
    return {200, fmt::format("<response status=\"error\"{}><msg>{}</msg></response>", attribute, text),
            "application/xml; charset=UTF-8", "error", code == 0 ? "" : std::to_string(code)};
}

Reply error(const Refusal& refusal) {
    return error(refusal.code, refusal.lines);
}

Reply answer(const Outcome& outcome) {
    if (!outcome) {
        return error(outcome.error());
    }
    return *outcome == Applied::changed ? success(20, "<msg>command succeeded</msg>")
                                        : success(7, "<msg>Object doesn't exist</msg>");
}

Lines unexpected_lines(const std::vector<std::string>& path) {
    const auto joined_to = [&path](std::size_t count) {
        std::string text;
        for (std::size_t i = 0; i < count; ++i) {
            text += (i == 0 ? "" : " -> ") + path[i];
        }
        return text;
    };
    if (path.empty()) {
        return {"  is unexpected"};
    }
    const auto line = [](const std::string& text) { return escaped_line(' ' + text); };
    Lines lines{line(joined_to(path.size()) + " unexpected here")};
    for (std::size_t count = path.size() - 1; count > 0; --count) {
        lines.push_back(line(joined_to(count) + "  is unexpected"));
    }
    if (path.size() == 1) {
        lines.emplace_back("  is unexpected");
    }
    return lines;
}

}  // namespace sim::panos
