// Takes the keys of a YAML map one by one and complains, with file, line, column and path, about what is missing,
// of the wrong shape, or unknown; for an unknown key it names the nearest right one.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "yaml/document.hpp"

namespace yaml {

/// All complaints about one file, in the order of the lines that they are about.
class Problems {
public:
    explicit Problems(std::string file) : file_(std::move(file)) {}

    /// "bridge.yaml:14:9: policy.allow[2]: '10.0.0.0/33' is no CIDR prefix"
    void add(Mark mark, std::string_view path, std::string_view message);

    bool empty() const noexcept { return messages_.empty(); }
    const std::vector<std::string>& messages() const noexcept { return messages_; }
    /// One message a line.
    std::string text() const;
    const std::string& file() const noexcept { return file_; }

private:
    std::string file_;
    std::vector<std::string> messages_;
    std::vector<Mark> marks_;  // of the message with the same index
};

/// Reads one map. Every key that is asked for counts as known; `finish` reports the others.
class Reader {
public:
    /// `node` and `problems` must outlive the reader. A node that is no map is reported, and every key reads as absent.
    Reader(const Node& node, std::string path, Problems& problems);

    const Node* optional(std::string_view key);
    const Node* required(std::string_view key);

    std::string text(std::string_view key, std::string_view fallback);
    std::string required_text(std::string_view key);
    bool flag(std::string_view key, bool fallback);
    std::int64_t number(std::string_view key, std::int64_t fallback, std::int64_t min, std::int64_t max);
    std::chrono::milliseconds duration(std::string_view key, std::chrono::milliseconds fallback);
    std::size_t bytes(std::string_view key, std::size_t fallback);
    /// A list of texts; a single scalar counts as a list of one.
    std::vector<std::string> texts(std::string_view key);

    /// Reports every key that was not asked for.
    void finish();

    /// "policy.allow"
    std::string path_of(std::string_view key) const;
    void complain(const Node& at, std::string_view key, std::string_view message);
    Problems& problems() noexcept { return problems_; }
    const Node& node() const noexcept { return node_; }

private:
    const Node& node_;
    std::string path_;
    Problems& problems_;
    std::vector<std::string> known_;
};

/// The candidate with the smallest edit distance, if it is near enough to be what was meant.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates);

/// " (did you mean 'within'?)", or "" when nothing is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

/// "250ms", "30s", "5m", "2h", "7d"; a bare 0 is allowed. nullopt for anything else, negative ones included.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// "512", "16KiB", "16MiB", "1GiB" in bytes.
std::optional<std::size_t> parse_bytes(std::string_view text);

/// "500/s", "30/m", "10/h" as events per second.
std::optional<double> parse_rate(std::string_view text);

}  // namespace yaml
