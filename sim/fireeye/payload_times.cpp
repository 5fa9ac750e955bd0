// move_times: finds times in a payload's text and writes them again in their own form.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "sim/fireeye/payload_rewrite.hpp"
#include "sim/fireeye/payload_text.hpp"

namespace sim::fireeye {

namespace {

using std::chrono::sys_seconds;

constexpr std::size_t clock_size = 19;  // "2013-10-25T18:09:25"

struct Stamp {
    std::size_t at = 0;
    sys_seconds local{};  // as written, its offset left aside
    std::chrono::seconds offset{0};
    bool is_occurred = false;

    sys_seconds utc() const { return local - offset; }
};

std::optional<int> number_at(std::string_view text, std::size_t at, std::size_t digits) {
    if (at + digits > text.size()) {
        return std::nullopt;
    }
    int value = 0;
    const char* const end = text.data() + at + digits;
    const auto [stop, error] = std::from_chars(text.data() + at, end, value);
    const bool whole = error == std::errc() && stop == end && is_digit(text[at]);
    return whole ? std::optional(value) : std::nullopt;
}

/// "2013-10-25T18:09:25" or with a blank between.
std::optional<sys_seconds> clock_at(std::string_view text, std::size_t at) {
    if (at + clock_size > text.size()) {
        return std::nullopt;
    }
    const auto is = [&](std::size_t offset, char c) { return text[at + offset] == c; };
    if (!is(4, '-') || !is(7, '-') || !(is(10, 'T') || is(10, ' ')) || !is(13, ':') || !is(16, ':')) {
        return std::nullopt;
    }
    const auto year = number_at(text, at, 4);
    const auto month = number_at(text, at + 5, 2);
    const auto day = number_at(text, at + 8, 2);
    const auto hour = number_at(text, at + 11, 2);
    const auto minute = number_at(text, at + 14, 2);
    const auto second = number_at(text, at + 17, 2);
    if (!year || !month || !day || !hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 59) {
        return std::nullopt;
    }
    const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok()) {
        return std::nullopt;
    }
    return std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
           std::chrono::seconds(*second);
}

/// Behind the seconds and their fraction: "+00", " +0000", "+00:00"; nothing and "Z" are zero.
std::chrono::seconds offset_at(std::string_view text, std::size_t at) {
    constexpr int hours_max = 14;
    if (at < text.size() && text[at] == ' ') {
        ++at;
    }
    if (at >= text.size() || (text[at] != '+' && text[at] != '-')) {
        return std::chrono::seconds(0);
    }
    const int sign = text[at] == '-' ? -1 : 1;
    const auto hours = number_at(text, at + 1, 2);
    if (!hours || *hours > hours_max) {
        return std::chrono::seconds(0);
    }
    const bool has_colon = at + 3 < text.size() && text[at + 3] == ':';
    const int minutes = number_at(text, at + (has_colon ? 4 : 3), 2).value_or(0);
    return sign * (std::chrono::hours(*hours) + std::chrono::minutes(minutes));
}

/// Whether the key before a value, across quotes, brackets and blanks, is `occurred`.
bool follows_occurred(std::string_view payload, std::size_t at) {
    constexpr std::string_view key = "occurred";
    constexpr std::size_t distance_max = 64;  // an indented document may have some blanks there
    const std::size_t start = at - std::min(at, distance_max);
    const std::string_view before = payload.substr(start, at - start);
    const auto end = before.find_last_not_of(" \t\r\n\"':=>");
    if (end == std::string_view::npos || end + 1 < key.size()) {
        return false;
    }
    const std::size_t first = end + 1 - key.size();
    return before.substr(first, key.size()) == key && (first == 0 || !is_letter(before[first - 1]));
}

/// Behind the fraction of the seconds, if there is one.
std::size_t fraction_end(std::string_view text, std::size_t at) {
    if (at + 1 < text.size() && text[at] == '.' && is_digit(text[at + 1])) {
        return std::min(text.find_first_not_of("0123456789", at + 1), text.size());
    }
    return at;
}

std::vector<Stamp> stamps_of(std::string_view payload) {
    const PayloadKind kind = kind_of(payload);
    std::vector<Stamp> out;
    for (std::size_t at = 0; at + clock_size <= payload.size(); ++at) {
        if (!is_digit(payload[at])) {
            continue;
        }
        const auto local = clock_at(payload, at);
        std::size_t end = at + clock_size;
        if (!local || !begins_word(payload, at, kind) || (end < payload.size() && is_digit(payload[end]))) {
            continue;
        }
        end = fraction_end(payload, end);
        out.push_back({at, *local, offset_at(payload, end), follows_occurred(payload, at)});
        at = end - 1;
    }
    return out;
}

std::string clock_text(sys_seconds local, char between) {
    const auto day = std::chrono::floor<std::chrono::days>(local);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(local - day);
    return fmt::format("{:04}-{:02}-{:02}{}{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), between,
                       time.hours().count(), time.minutes().count(), time.seconds().count());
}

}  // namespace

std::optional<sys_seconds> time_of(std::string_view text) {
    const auto local = clock_at(text, 0);
    if (!local) {
        return std::nullopt;
    }
    const std::string_view zone = text.substr(fraction_end(text, clock_size));
    const bool known =
        zone.empty() || zone == "Z" || zone.find_first_not_of(" +-:0123456789") == std::string_view::npos;
    constexpr std::size_t zone_size_max = 7;  // " +00:00"
    if (!known || zone.size() > zone_size_max || (!zone.empty() && is_digit(zone.front()))) {
        return std::nullopt;
    }
    return *local - offset_at(zone, 0);
}

std::string move_times(std::string_view payload, sys_seconds now) {
    const std::vector<Stamp> stamps = stamps_of(payload);
    const bool has_occurred =
        std::any_of(stamps.begin(), stamps.end(), [](const Stamp& stamp) { return stamp.is_occurred; });
    std::optional<sys_seconds> newest;
    for (const Stamp& stamp : stamps) {
        if (stamp.is_occurred == has_occurred && (!newest || stamp.utc() > *newest)) {
            newest = stamp.utc();
        }
    }
    std::string out(payload);
    if (!newest) {
        return out;
    }
    const auto distance = now - *newest;
    // Years of four digits are the only ones that keep their form.
    constexpr sys_seconds first = std::chrono::sys_days(std::chrono::year(0) / 1 / 1);
    constexpr sys_seconds last = std::chrono::sys_days(std::chrono::year(9999) / 12 / 31);
    for (const Stamp& stamp : stamps) {
        const sys_seconds moved = std::clamp(stamp.local + distance, first, last);
        out.replace(stamp.at, clock_size, clock_text(moved, payload[stamp.at + 10]));
    }
    return out;
}

}  // namespace sim::fireeye
