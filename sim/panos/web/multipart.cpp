#include "sim/panos/web/multipart.hpp"

#include <algorithm>

#include "sim/panos/configuration/address.hpp"

namespace sim::panos {
namespace {

constexpr std::size_t boundary_max = 200;  // RFC 2046 allows 70

std::string_view trimmed(std::string_view text) {
    const std::size_t from = text.find_first_not_of(" \t\r\n");
    if (from == std::string_view::npos) {
        return {};
    }
    return text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
}

// The value of `name=value` or `name="value"` among the parameters of a header.
std::string parameter(std::string_view header, std::string_view name) {
    const std::string folded = lower_case(header);
    for (std::size_t at = 0; (at = folded.find(name, at)) != std::string::npos; at += name.size()) {
        const bool starts = at == 0 || folded.find_first_of("; ,\t", at - 1) == at - 1;
        std::size_t equals = at + name.size();
        while (equals < header.size() && header[equals] == ' ') {
            ++equals;
        }
        if (!starts || equals >= header.size() || header[equals] != '=') {
            continue;
        }
        std::string_view value = trimmed(header.substr(equals + 1));
        if (value.empty() || value.front() != '"') {
            return std::string(trimmed(value.substr(0, value.find_first_of("; "))));
        }
        std::string out;
        for (std::size_t i = 1; i < value.size() && value[i] != '"'; ++i) {
            if (value[i] == '\\' && i + 1 < value.size()) {
                ++i;
            }
            out += value[i];
        }
        return out;
    }
    return {};
}

bool read_headers(std::string_view text, MultipartPart& into) {
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) {
            continue;
        }
        const std::string name = lower_case(trimmed(line.substr(0, colon)));
        const std::string_view value = trimmed(line.substr(colon + 1));
        if (name == "content-disposition") {
            into.name = parameter(value, "name");
            into.file_name = parameter(value, "filename");
        } else if (name == "content-type") {
            into.content_type = std::string(value);
        }
    }
    return !into.name.empty();
}

/// Where a line begins with the delimiter and nothing but its end follows it; npos for nowhere.
std::size_t delimiter_from(std::string_view body, std::string_view delimiter, std::size_t from) {
    for (std::size_t at = from; (at = body.find(delimiter, at)) != std::string_view::npos; ++at) {
        const std::string_view after = body.substr(at + delimiter.size(), 2);
        const bool line_begins = at == 0 || body[at - 1] == '\n';
        if (line_begins &&
            (after == "--" || (!after.empty() && (after[0] == '\r' || after[0] == '\n' || after[0] == ' ')))) {
            return at;
        }
    }
    return std::string_view::npos;
}

}  // namespace

bool is_multipart(const net::HttpRequest& request) {
    constexpr std::string_view multipart = "multipart/form-data";
    return lower_case(request.header("Content-Type").substr(0, multipart.size())) == multipart;
}

std::vector<MultipartPart> parts_of(const net::HttpRequest& request) {
    if (!is_multipart(request)) {
        return {};
    }
    const std::string boundary = parameter(request.header("Content-Type"), "boundary");
    if (boundary.empty() || boundary.size() > boundary_max) {
        return {};
    }
    const std::string delimiter = "--" + boundary;
    const std::string_view body = request.body;
    std::size_t at = delimiter_from(body, delimiter, 0);
    std::vector<MultipartPart> parts;
    while (at != std::string_view::npos && parts.size() < multipart_parts_max) {
        std::size_t from = at + delimiter.size();
        if (body.substr(from, 2) == "--") {
            return parts;
        }
        const std::size_t line_end = body.find('\n', from);
        const std::size_t found = delimiter_from(body, delimiter, from);
        const std::size_t next = found == std::string_view::npos ? found : found - 1;
        if (line_end == std::string_view::npos || next == std::string_view::npos || next < line_end) {
            return {};
        }
        from = line_end + 1;
        const std::string_view whole = body.substr(from, next - from);
        const std::size_t crlf = whole.find("\r\n\r\n");
        const std::size_t lf = whole.find("\n\n");
        const bool wide = crlf < lf;
        const std::size_t gap = wide ? crlf : lf;
        MultipartPart each;
        if (gap == std::string_view::npos || !read_headers(whole.substr(0, gap), each)) {
            return {};
        }
        std::string_view content = whole.substr(gap + (wide ? 4 : 2));
        if (!content.empty() && content.back() == '\r') {
            content.remove_suffix(1);
        }
        each.content = std::string(content);
        parts.push_back(std::move(each));
        at = found;
    }
    return at == std::string_view::npos ? std::vector<MultipartPart>{} : parts;
}

std::optional<MultipartPart> part(const net::HttpRequest& request, std::string_view name) {
    for (MultipartPart& each : parts_of(request)) {
        if (each.name == name) {
            return std::move(each);
        }
    }
    return std::nullopt;
}

}  // namespace sim::panos
