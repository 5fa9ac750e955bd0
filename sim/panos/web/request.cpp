#include "sim/panos/web/request.hpp"

#include <algorithm>

#include "sim/panos/web/multipart.hpp"

namespace sim::panos {
namespace {

int digit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool is_form(std::string_view content_type) {
    return content_type.empty() || content_type.find("urlencoded") != std::string_view::npos;
}

}  // namespace

Parameters Parameters::read(const ApiCall& call) {
    Parameters parameters;
    const std::size_t question = call.target.find('?');
    if (question != std::string::npos) {
        parameters.add(std::string_view(call.target).substr(question + 1));
    }
    if (is_form(call.header("Content-Type"))) {
        parameters.add(call.body);
    }
    parameters.parts_ = parts_of(call);
    for (const MultipartPart& field : parameters.parts_) {
        if (field.file_name.empty()) {
            parameters.all_.emplace_back(field.name, field.content);
        }
    }
    return parameters;
}

Parameters Parameters::of(std::vector<std::pair<std::string, std::string>> all) {
    Parameters parameters;
    parameters.all_ = std::move(all);
    return parameters;
}

void Parameters::add(std::string_view text) {
    while (!text.empty()) {
        const std::string_view pair = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(text.size(), pair.size() + 1));
        const std::size_t equals = pair.find('=');
        if (!pair.empty()) {
            all_.emplace_back(unescaped(pair.substr(0, equals)),
                              equals == std::string_view::npos ? "" : unescaped(pair.substr(equals + 1)));
        }
    }
}

const std::string* Parameters::find(std::string_view name) const {
    const auto at = std::find_if(all_.begin(), all_.end(), [name](const auto& pair) { return pair.first == name; });
    return at == all_.end() ? nullptr : &at->second;
}

std::string_view Parameters::value(std::string_view name) const {
    const std::string* found = find(name);
    return found == nullptr ? std::string_view{} : std::string_view(*found);
}

const MultipartPart* Parameters::part(std::string_view name) const {
    const auto at =
        std::find_if(parts_.begin(), parts_.end(), [name](const MultipartPart& each) { return each.name == name; });
    return at == parts_.end() ? nullptr : &*at;
}

std::string_view path_of(std::string_view target) {
    return target.substr(0, target.find('?'));
}

std::string unescaped(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (true) {
        const auto stop = std::find_if(text.begin(), text.end(), [](char c) { return c == '+' || c == '%'; });
        out.append(text.begin(), stop);
        text.remove_prefix(static_cast<std::size_t>(stop - text.begin()));
        if (text.empty()) {
            return out;
        }
        const bool escape = text.size() > 2 && text[0] == '%' && digit(text[1]) >= 0 && digit(text[2]) >= 0;
        out += escape ? static_cast<char>(digit(text[1]) * 16 + digit(text[2])) : text[0] == '+' ? ' ' : text[0];
        text.remove_prefix(escape ? 3 : 1);
    }
}

}  // namespace sim::panos
