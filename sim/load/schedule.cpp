#include "sim/load/schedule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <random>

#include "yaml/reader.hpp"

namespace sim::load {

namespace {

using Text = tl::unexpected<std::string>;

Text too_many() {
    return Text(fmt::format("more than {} alerts; lower the rate or the duration", alerts_max));
}

/// In (0, 1), by the same bits from every standard library; the distributions of <random> are not.
double draw(std::mt19937_64& random) {
    return (static_cast<double>(random() >> 11U) + 0.5) / 9007199254740992.0;  // 2^53
}

bool add_steady(const Arrivals& arrivals, Schedule& due) {
    std::mt19937_64 random(arrivals.seed);
    const double end_us = static_cast<double>(arrivals.duration.count());
    const double gap_us = 1e6 / arrivals.rate_per_s;
    double at_us = arrivals.shape == Shape::poisson ? -std::log(draw(random)) * gap_us : 0;
    for (std::size_t i = 1; at_us < end_us; ++i) {
        if (due.size() == alerts_max) {
            return false;
        }
        due.emplace_back(static_cast<std::int64_t>(at_us));
        // A product, not a sum of gaps: an hour at 3/s must not drift.
        at_us = arrivals.shape == Shape::poisson ? at_us - std::log(draw(random)) * gap_us
                                                 : static_cast<double>(i) * gap_us;
    }
    return true;
}

}  // namespace

tl::expected<Schedule, std::string> make_schedule(const Arrivals& arrivals) {
    Schedule due;
    if (arrivals.rate_per_s > 0 && !add_steady(arrivals, due)) {
        return too_many();
    }
    for (const Burst& burst : arrivals.bursts) {
        if (burst.count > alerts_max - due.size()) {
            return too_many();
        }
        for (std::size_t i = 0; i < burst.count; ++i) {
            due.push_back(burst.at +
                          burst.over * static_cast<std::int64_t>(i) / static_cast<std::int64_t>(burst.count));
        }
    }
    std::stable_sort(due.begin(), due.end());
    if (due.empty()) {
        return Text(std::string("nothing arrives: give --rate with --duration, --burst, or --replay"));
    }
    return due;
}

tl::expected<Schedule, std::string> replayed(std::vector<std::chrono::milliseconds> recorded, double speed,
                                             Micros duration) {
    if (recorded.empty()) {
        return Text(std::string("no notification was recorded there"));
    }
    std::sort(recorded.begin(), recorded.end());
    Schedule due;
    for (const auto at : recorded) {
        const auto since_first = static_cast<double>(Micros(at - recorded.front()).count());
        const Micros when{static_cast<std::int64_t>(since_first / speed)};
        if (duration.count() > 0 && when >= duration) {
            break;
        }
        if (due.size() == alerts_max) {
            return too_many();
        }
        due.push_back(when);
    }
    return due;
}

tl::expected<Burst, std::string> parse_burst(std::string_view text) {
    const Text wrong(
        fmt::format("'{}' is no burst; write COUNT@TIME as 10000@5s, or COUNT@TIME/SPREAD as "
                    "10000@5s/1s",
                    text));
    const std::size_t at = std::min(text.find('@'), text.size());
    Burst burst;
    const auto [end, error] = std::from_chars(text.data(), text.data() + at, burst.count);
    if (error != std::errc() || end != text.data() + at || burst.count == 0) {
        return wrong;
    }
    if (at == text.size()) {
        return burst;
    }
    const std::string_view when = text.substr(at + 1);
    const std::size_t slash = std::min(when.find('/'), when.size());
    const auto begins = yaml::parse_duration(when.substr(0, slash));
    const auto over = slash == when.size() ? std::optional(std::chrono::milliseconds(0))
                                           : yaml::parse_duration(when.substr(slash + 1));
    if (!begins || !over) {
        return wrong;
    }
    burst.at = *begins;
    burst.over = *over;
    return burst;
}

}  // namespace sim::load
