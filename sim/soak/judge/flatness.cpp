#include "sim/soak/judge/flatness.hpp"

#include <algorithm>
#include <cmath>

namespace sim::soak {

namespace {

double median_of(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const std::size_t half = values.size() / 2;
    return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

std::optional<double> least_within(const std::vector<Level>& samples, Micros from, Micros to) {
    std::optional<double> least;
    for (const Level& each : samples) {
        if (each.at >= from && each.at < to) {
            least = std::min(least.value_or(each.value), each.value);
        }
    }
    return least;
}

}  // namespace

bool Flatness::flat(double within) const noexcept {
    return spread <= within && std::abs(trend) <= within;
}

std::optional<Flatness> flatness_of(const std::vector<Level>& samples, Micros from, Micros to, std::size_t parts) {
    std::vector<double> places;  // in [0, 1]: the middle of the part
    std::vector<double> medians;
    for (std::size_t part = 0; part < parts; ++part) {
        const auto border = [&](std::size_t n) {
            return from + (to - from) * static_cast<std::int64_t>(n) / static_cast<std::int64_t>(parts);
        };
        std::vector<double> inside;
        for (const Level& each : samples) {
            if (each.at >= border(part) && each.at < border(part + 1)) {
                inside.push_back(each.value);
            }
        }
        if (!inside.empty()) {
            places.push_back((static_cast<double>(part) + 0.5) / static_cast<double>(parts));
            medians.push_back(median_of(std::move(inside)));
        }
    }
    if (medians.size() < 3) {
        return std::nullopt;
    }
    Flatness out;
    out.parts = medians.size();
    out.median = median_of(medians);
    out.least = *std::min_element(medians.begin(), medians.end());
    out.most = *std::max_element(medians.begin(), medians.end());
    double mean_x = 0;
    double mean_y = 0;
    const auto count = static_cast<double>(medians.size());
    for (std::size_t i = 0; i < medians.size(); ++i) {
        mean_x += places[i] / count;
        mean_y += medians[i] / count;
    }
    double above = 0;
    double below = 0;
    for (std::size_t i = 0; i < medians.size(); ++i) {
        above += (places[i] - mean_x) * (medians[i] - mean_y);
        below += (places[i] - mean_x) * (places[i] - mean_x);
    }
    if (out.median > 0) {
        out.spread = (out.most - out.least) / out.median;
        out.trend = above / below / out.median;
    }
    return out;
}

std::optional<double> floor_rise(const std::vector<Level>& samples, Micros from, Micros to) {
    const auto early = least_within(samples, from, from + (to - from) / 3);
    const auto late = least_within(samples, to - (to - from) / 3, to);
    return early && late ? std::optional(*late - *early) : std::nullopt;
}

}  // namespace sim::soak
