#include "yaml/reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>

namespace yaml {

void Problems::add(Mark mark, std::string_view path, std::string_view message) {
    const auto before = [](const Mark& a, const Mark& b) {
        return a.line != b.line ? a.line < b.line : a.column < b.column;
    };
    const auto place = std::upper_bound(marks_.begin(), marks_.end(), mark, before);
    const auto index = place - marks_.begin();
    marks_.insert(place, mark);
    std::string text = fmt::format("{}{}{}", path, path.empty() ? "" : ": ", message);
    // A value may hold a line break, and what stands behind it would look like a message of ours.
    std::replace_if(
        text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
    messages_.insert(messages_.begin() + index, fmt::format("{}:{}:{}: {}", file_, mark.line, mark.column, text));
}

std::string Problems::text() const {
    return fmt::format("{}", fmt::join(messages_, "\n"));
}

std::string_view kind_of(const Node& node) {
    switch (node.kind) {
        case Kind::null:
            return "nothing";
        case Kind::scalar:
            return "a text";
        case Kind::list:
            return "a list";
        case Kind::map:
            break;
    }
    return "a map";
}

std::string found_in(const Node& node) {
    constexpr std::size_t shown_max = 80;
    if (!node.is_scalar()) {
        return std::string(kind_of(node));
    }
    return node.text.size() > shown_max ? fmt::format("'{}...'", std::string_view(node.text).substr(0, shown_max))
                                        : fmt::format("'{}'", node.text);
}

Reader::Reader(const Node& node, std::string path, Problems& problems)
    : node_(node), path_(std::move(path)), problems_(problems) {
    if (node_.kind != Kind::map && node_.kind != Kind::null) {
        problems_.add(node_.mark, path_, fmt::format("must be a map of keys and values, found {}", kind_of(node_)));
    }
}

std::string Reader::path_of(std::string_view key) const {
    return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

void Reader::complain(const Node& at, std::string_view key, std::string_view message) {
    problems_.add(at.mark, path_of(key), message);
}

const Node* Reader::optional(std::string_view key) {
    known_.emplace_back(key);
    problems_.note_known(path_of(key));
    return node_.find(key);
}

const Node* Reader::required(std::string_view key, std::string_view expected) {
    const Node* found = optional(key);
    if (found == nullptr) {
        problems_.add(node_.mark, path_of(key),
                      expected.empty() ? "is missing" : fmt::format("is missing; give {}", expected));
    }
    return found;
}

std::string Reader::text(std::string_view key, std::string_view fallback) {
    const Node* found = optional(key);
    if (found == nullptr) {
        return std::string(fallback);
    }
    if (!found->is_scalar()) {
        complain(*found, key, fmt::format("must be a single text, found {}", kind_of(*found)));
        return std::string(fallback);
    }
    return found->text;
}

std::string Reader::required_text(std::string_view key, std::string_view expected) {
    if (required(key, expected) == nullptr) {
        return {};
    }
    return text(key, "");
}

bool Reader::flag(std::string_view key, bool fallback) {
    const Node* found = optional(key);
    if (found == nullptr) {
        return fallback;
    }
    if (found->is_scalar() && (found->text == "true" || found->text == "yes")) {
        return true;
    }
    if (found->is_scalar() && (found->text == "false" || found->text == "no")) {
        return false;
    }
    complain(*found, key, fmt::format("{} is neither true nor false", found_in(*found)));
    return fallback;
}

std::int64_t Reader::number(std::string_view key, std::int64_t fallback, std::int64_t min, std::int64_t max) {
    const Node* found = optional(key);
    if (found == nullptr) {
        return fallback;
    }
    std::int64_t value = 0;
    const char* end = found->text.data() + found->text.size();
    const auto [stop, error] = std::from_chars(found->text.data(), end, value);
    if (!found->is_scalar() || error != std::errc{} || stop != end || value < min || value > max) {
        complain(*found, key, fmt::format("{} is no whole number from {} to {}", found_in(*found), min, max));
        return fallback;
    }
    return value;
}

std::chrono::milliseconds Reader::duration(std::string_view key, std::chrono::milliseconds fallback) {
    const Node* found = optional(key);
    if (found == nullptr) {
        return fallback;
    }
    const auto value = found->is_scalar() ? parse_duration(found->text) : std::nullopt;
    if (!value) {
        complain(*found, key, fmt::format("{} is no duration; write it as 250ms, 30s, 5m, 2h or 7d", found_in(*found)));
        return fallback;
    }
    if (*value > longest_duration) {
        complain(*found, key,
                 fmt::format("{} is longer than ten years; at most {}d", found_in(*found), longest_duration.count()));
        return fallback;
    }
    return *value;
}

std::size_t Reader::bytes(std::string_view key, std::size_t fallback) {
    const Node* found = optional(key);
    if (found == nullptr) {
        return fallback;
    }
    const auto value = found->is_scalar() ? parse_bytes(found->text) : std::nullopt;
    if (!value) {
        complain(*found, key, fmt::format("{} is no size; write it as 16KiB, 16MiB or 1GiB", found_in(*found)));
        return fallback;
    }
    return *value;
}

std::vector<std::string> Reader::texts(std::string_view key) {
    const Node* found = optional(key);
    std::vector<std::string> all;
    if (found == nullptr || found->kind == Kind::null) {
        return all;
    }
    if (found->is_scalar()) {
        return {found->text};
    }
    if (!found->is_list()) {
        complain(*found, key, fmt::format("must be a list of texts, found {}", kind_of(*found)));
        return all;
    }
    bool wrong = false;
    for (std::size_t i = 0; i < found->items.size(); ++i) {
        const Node& item = found->items[i];
        if (!item.is_scalar()) {
            problems_.add(item.mark, fmt::format("{}[{}]", path_of(key), i),
                          fmt::format("must be a single text, found {}", kind_of(item)));
            wrong = true;
            continue;
        }
        all.push_back(item.text);
    }
    return wrong ? std::vector<std::string>{} : all;
}

void Reader::finish() {
    for (const Entry& entry : node_.entries) {
        if (std::find(known_.begin(), known_.end(), entry.key) == known_.end()) {
            problems_.add(entry.mark, path_of(entry.key),
                          fmt::format("unknown key{}", did_you_mean(entry.key, known_)));
        }
    }
}

namespace {

/// Edit distance in which swapping two neighbours counts as one slip (optimal string alignment).
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before_last(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(last.begin(), last.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t change = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, change});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = std::min(row[j], before_last[j - 2] + 1);
            }
        }
        before_last.swap(last);
        last.swap(row);
    }
    return last[b.size()];
}

template <std::size_t N>
std::optional<double> parse_scaled(std::string_view text,
                                   const std::array<std::pair<std::string_view, double>, N>& units) {
    std::size_t digits = 0;
    while (digits < text.size() && ((text[digits] >= '0' && text[digits] <= '9') || text[digits] == '.')) {
        ++digits;
    }
    double value = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + digits, value);
    if (digits == 0 || error != std::errc{} || stop != text.data() + digits) {
        return std::nullopt;
    }
    for (const auto& [unit, scale] : units) {
        if (text.substr(digits) == unit) {
            return value * scale;
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates) {
    const std::size_t near_enough = std::max<std::size_t>(1, word.size() / 3);
    std::optional<std::string> best;
    std::size_t best_distance = near_enough + 1;
    for (const std::string& candidate : candidates) {
        const std::size_t d = distance(word, candidate);
        if (d < best_distance) {
            best_distance = d;
            best = candidate;
        }
    }
    return best;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
    const auto best = nearest(word, candidates);
    if (best) {
        return fmt::format(" (did you mean '{}'?)", *best);
    }
    std::vector<std::string> sorted = candidates;
    std::sort(sorted.begin(), sorted.end());
    sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
    return sorted.empty() ? "" : fmt::format(" (known here: {})", fmt::join(sorted, ", "));
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
    if (text == "0") {
        return std::chrono::milliseconds{0};
    }
    constexpr std::array<std::pair<std::string_view, double>, 5> units{
        {{"ms", 1}, {"s", 1e3}, {"m", 60e3}, {"h", 3600e3}, {"d", 86400e3}}};
    const auto value = parse_scaled(text, units);
    if (!value || *value > 1e13) {
        return std::nullopt;
    }
    return std::chrono::milliseconds{std::llround(*value)};
}

std::optional<std::size_t> parse_bytes(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, double>, 5> units{
        {{"", 1}, {"B", 1}, {"KiB", 1024}, {"MiB", 1024.0 * 1024}, {"GiB", 1024.0 * 1024 * 1024}}};
    const auto value = parse_scaled(text, units);
    if (!value || *value > 1e15) {
        return std::nullopt;
    }
    return static_cast<std::size_t>(*value);
}

std::optional<double> parse_rate(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, double>, 3> units{
        {{"/s", 1}, {"/m", 1.0 / 60}, {"/h", 1.0 / 3600}}};
    const auto value = parse_scaled(text, units);
    if (!value || *value <= 0) {
        return std::nullopt;
    }
    return value;
}

}  // namespace yaml
