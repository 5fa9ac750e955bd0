#include "sim/lab/story/expand.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace sim::lab {

namespace {

using Texts = tl::expected<std::vector<std::string>, std::string>;

std::optional<std::uint32_t> number(std::string_view text) {
    std::uint32_t value = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || stop != text.data() + text.size()) {
        return std::nullopt;
    }
    return value;
}

Texts choices_in(std::string_view inside) {
    if (inside.empty() || inside.find('{') != std::string_view::npos) {
        return tl::unexpected(
            fmt::format("'{{{}}}' is neither a range such as {{1..200}} nor a choice such as {{a,b}}", inside));
    }
    std::vector<std::string> all;
    if (const std::size_t dots = inside.find(".."); dots != std::string_view::npos) {
        const auto first = number(inside.substr(0, dots));
        const auto last = number(inside.substr(dots + 2));
        if (!first || !last || *last < *first) {
            return tl::unexpected(fmt::format("'{{{}}}' is no range; write it as {{1..200}}", inside));
        }
        if (*last - *first >= expanded_max) {
            return tl::unexpected(fmt::format("'{{{}}}' is more than {} texts", inside, expanded_max));
        }
        for (std::uint32_t i = *first; i <= *last; ++i) {
            all.push_back(std::to_string(i));
        }
        return all;
    }
    for (std::size_t start = 0; start <= inside.size();) {
        const std::size_t comma = std::min(inside.find(',', start), inside.size());
        all.emplace_back(inside.substr(start, comma - start));
        start = comma + 1;
    }
    return all;
}

}  // namespace

Texts expand(std::string_view pattern) {
    std::vector<std::string> all{""};
    while (true) {
        const std::size_t open = std::min(pattern.find('{'), pattern.size());
        for (std::string& text : all) {
            text += pattern.substr(0, open);
        }
        if (open == pattern.size()) {
            return all;
        }
        const std::size_t close = pattern.find('}', open);
        if (close == std::string_view::npos) {
            return tl::unexpected(fmt::format("'{}' has a brace that is not closed", pattern));
        }
        const Texts choices = choices_in(pattern.substr(open + 1, close - open - 1));
        if (!choices) {
            return choices;
        }
        if (all.size() * choices->size() > expanded_max) {
            return tl::unexpected(fmt::format("more than {} texts", expanded_max));
        }
        std::vector<std::string> longer;
        longer.reserve(all.size() * choices->size());
        for (const std::string& text : all) {
            for (const std::string& choice : *choices) {
                longer.push_back(text + choice);
            }
        }
        all = std::move(longer);
        pattern.remove_prefix(close + 1);
    }
}

}  // namespace sim::lab
