#include "sim/lab/world/timeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace sim::lab {

std::string_view name_of(Party party) {
    switch (party) {
        case Party::lab:
            return "lab";
        case Party::appliance:
            return "appliance";
        case Party::bridge:
            return "bridge";
        case Party::firewall:
            return "firewall";
    }
    return "lab";
}

namespace {

void replace_all(std::string& text, std::string_view what, std::string_view with) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
        text.replace(at, what.size(), with);
    }
}

std::string url_encoded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                           c == '_' || c == '.' || c == '~';
        if (plain) {
            out += c;
        } else {
            fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned char>(c));
        }
    }
    return out;
}

}  // namespace

void Secrets::add(std::string secret) {
    constexpr std::size_t least = 4;  // shorter ones would blank ordinary words
    if (secret.size() < least || std::find(secrets_.begin(), secrets_.end(), secret) != secrets_.end()) {
        return;
    }
    secrets_.push_back(url_encoded(secret));
    secrets_.push_back(std::move(secret));
}

std::string Secrets::scrub(std::string_view text) const {
    std::string out(text);
    for (const std::string& secret : secrets_) {
        replace_all(out, secret, "***");
    }
    const auto is_control = [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7f; };
    std::replace_if(out.begin(), out.end(), is_control, '?');
    return out;
}

void Timeline::add(TimelineEntry entry) {
    const std::lock_guard guard(mutex_);
    if (head_.size() < head_max) {
        head_.push_back(std::move(entry));
    } else if (tail_.size() < tail_max) {
        tail_.push_back(std::move(entry));
    } else {
        tail_[tail_begin_] = std::move(entry);
        tail_begin_ = (tail_begin_ + 1) % tail_max;
        ++dropped_;
    }
}

std::vector<TimelineEntry> Timeline::entries() const {
    const std::lock_guard guard(mutex_);
    std::vector<TimelineEntry> all = head_;
    for (std::size_t i = 0; i < tail_.size(); ++i) {
        all.push_back(tail_[(tail_begin_ + i) % tail_.size()]);
    }
    std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
    return all;
}

std::size_t Timeline::dropped() const {
    const std::lock_guard guard(mutex_);
    return dropped_;
}

std::string drawn(const std::vector<TimelineEntry>& entries, std::size_t dropped, std::size_t lines_max) {
    constexpr std::size_t line_bytes_max = 220;
    const std::size_t first = entries.size() > lines_max ? entries.size() - lines_max : 0;
    std::string out;
    if (first + dropped > 0) {
        fmt::format_to(std::back_inserter(out), "  ... {} earlier\n", first + dropped);
    }
    for (std::size_t i = first; i < entries.size(); ++i) {
        const TimelineEntry& entry = entries[i];
        std::string line =
            fmt::format("  {:>7} ms  {:<9} {:<8} {}", entry.at.count(), name_of(entry.party), entry.who, entry.what);
        if (line.size() > line_bytes_max) {
            line.resize(line_bytes_max - 3);
            line += "...";
        }
        out += line + "\n";
    }
    return out;
}

}  // namespace sim::lab
