// Takes the keys of a YAML map one by one and complains, with file, line, column and path, about what is missing,
// of the wrong shape, or unknown; for an unknown key it names the nearest right one.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
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

    /// Every key that a reader of this file has asked for, written or not, with its path.
    const std::set<std::string>& known() const noexcept { return known_; }
    void note_known(std::string path) { known_.insert(std::move(path)); }

private:
    std::string file_;
    std::set<std::string> known_;
    std::vector<std::string> messages_;
    std::vector<Mark> marks_;  // of the message with the same index
};

/// What stands there, for a message about its shape: "a text", "a list", "a map" or "nothing". It never repeats the
/// text, which may be a secret in the wrong place.
std::string_view kind_of(const Node& node);

/// What stands there, for a message about its value: the text in quotes, at most 80 characters of it, else its kind.
std::string found_in(const Node& node);

/// The longest duration that a key takes: beyond it are slips of the pen, and far ones do not fit into what clocks
/// count in.
constexpr std::chrono::days longest_duration{3660};

/// Reads one map. Every key that is asked for counts as known; `finish` reports the others.
class Reader {
public:
    /// `node` and `problems` must outlive the reader. A node that is no map is reported, and every key reads as absent.
    Reader(const Node& node, std::string path, Problems& problems);

    const Node* optional(std::string_view key);
    /// `expected` says what belongs there, when the key is missing.
    const Node* required(std::string_view key, std::string_view expected = "");

    std::string text(std::string_view key, std::string_view fallback);
    std::string required_text(std::string_view key, std::string_view expected = "");
    bool flag(std::string_view key, bool fallback);
    std::int64_t number(std::string_view key, std::int64_t fallback, std::int64_t min, std::int64_t max);
    /// At most `longest_duration`.
    std::chrono::milliseconds duration(std::string_view key, std::chrono::milliseconds fallback);
    std::size_t bytes(std::string_view key, std::size_t fallback);
    /// A list of texts; a single scalar counts as a list of one. Empty when one of them is no text, so that what is
    /// said of the others has the right index.
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
