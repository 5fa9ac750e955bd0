#include "sim/load/plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "markup/escaped.hpp"

namespace sim::load {

namespace {

constexpr double width = 760;
constexpr double left = 64;
constexpr double right = 16;
constexpr double bottom = 42;
constexpr double letter = 6.4;  // about, at 12 px

}  // namespace

std::vector<double> ticks(double max, int count) {
    if (!(max > 0)) {
        return {0, 1};
    }
    const double rough = max / count;
    const double power = std::pow(10, std::floor(std::log10(rough)));
    double step = power;
    for (const double factor : {1.0, 2.0, 5.0, 10.0}) {
        step = factor * power;
        if (step >= rough * 0.999) {
            break;
        }
    }
    std::vector<double> out;
    for (int i = 0; out.empty() || out.back() < max * 0.999999; ++i) {
        out.push_back(i * step);
    }
    return out;
}

std::string html(std::string_view text) {
    return markup::escaped(text, [](char) { return std::string(" "); });
}

Plot::Plot(double x_max, double y_max, double height, double top)
    : x_max_(x_max > 0 ? x_max : 1), y_max_(y_max > 0 ? y_max : 1), height_(height), top_(top) {}

double Plot::across(double x) const {
    return left + std::clamp(x / x_max_, 0.0, 1.0) * (width - left - right);
}

double Plot::up(double y) const {
    return height_ - bottom - std::clamp(y / y_max_, 0.0, 1.0) * (height_ - top_ - bottom);
}

double Plot::pixels(double from, double to) const {
    return across(to) - across(from);
}

void Plot::x_axis(const Label& label, std::string_view title) {
    auto add = std::back_inserter(body_);
    const double base = height_ - bottom;
    for (const double x : ticks(x_max_, 8)) {
        if (x > x_max_ * 1.0001) {
            break;
        }
        fmt::format_to(add, "<line class=\"grid\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1:.1f}\" y2=\"{2:.1f}\"/>",
                       across(x), top_, base);
        const std::string name = label(x);
        const double half = static_cast<double>(name.size()) * letter / 2;
        fmt::format_to(add, "<text class=\"tick\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>",
                       std::min(across(x), width - half), base + 17, html(name));
    }
    fmt::format_to(add, "<line class=\"axis\" x1=\"{0:.1f}\" x2=\"{1:.1f}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/>", left,
                   width - right, base);
    fmt::format_to(add, "<text class=\"name\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>", width - right,
                   base + 34, html(title));
}

void Plot::y_axis(const Label& label, std::string_view title) {
    auto add = std::back_inserter(body_);
    for (const double y : ticks(y_max_, 4)) {
        if (y > y_max_ * 1.0001) {
            break;
        }
        fmt::format_to(add, "<line class=\"grid\" x1=\"{0:.1f}\" x2=\"{1:.1f}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/>", left,
                       width - right, up(y));
        fmt::format_to(add, "<text class=\"tick\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>", left - 8,
                       up(y) + 4, html(label(y)));
    }
    fmt::format_to(add, "<text class=\"name\" x=\"4\" y=\"14\">{}</text>", html(title));
}

void Plot::row_name(std::string_view name) {
    fmt::format_to(std::back_inserter(body_), "<text class=\"name\" x=\"4\" y=\"{:.1f}\">{}</text>",
                   (top_ + height_ - bottom) / 2 + 4, html(name));
}

void Plot::bar(double from, double to, double low, double high, std::string_view style, std::string_view tip) {
    // A thin gap between neighbours; what is there stays visible.
    const double wide = std::max(across(to) - across(from) - 1, 1.0);
    const double tall = high > low ? std::max(up(low) - up(high), 1.0) : 0;
    fmt::format_to(
        std::back_inserter(body_),
        "<rect class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"><title>{}</title></rect>",
        style, across(from), up(low) - tall, wide, tall, html(tip));
}

void Plot::line(const std::vector<std::pair<double, double>>& points, std::string_view style) {
    auto add = std::back_inserter(body_);
    fmt::format_to(add, "<polyline class=\"{}\" points=\"", style);
    for (const auto& [x, y] : points) {
        fmt::format_to(add, "{:.1f},{:.1f} ", across(x), up(y));
    }
    body_ += "\"/>";
}

void Plot::area(const std::vector<std::pair<double, double>>& points, std::string_view style) {
    if (points.empty()) {
        return;
    }
    auto add = std::back_inserter(body_);
    fmt::format_to(add, "<polygon class=\"{}\" points=\"{:.1f},{:.1f} ", style, across(points.front().first), up(0));
    for (const auto& [x, y] : points) {
        fmt::format_to(add, "{:.1f},{:.1f} ", across(x), up(y));
    }
    fmt::format_to(add, "{:.1f},{:.1f}\"/>", across(points.back().first), up(0));
}

void Plot::mark(double x, std::string_view name, std::string_view style) {
    if (x > x_max_) {
        return;
    }
    auto add = std::back_inserter(body_);
    const double half = static_cast<double>(name.size()) * letter / 2;
    const double middle = std::clamp(across(x), left + half, width - right - half);
    std::size_t row = 0;
    while (row < mark_ends_.size() && mark_ends_[row] > middle - half) {
        ++row;
    }
    mark_ends_.resize(std::max(mark_ends_.size(), row + 1));
    mark_ends_[row] = middle + half + letter;
    const double y = top_ - 6 - 13 * static_cast<double>(row);
    fmt::format_to(add, "<line class=\"{0}\" x1=\"{1:.1f}\" x2=\"{1:.1f}\" y1=\"{2:.1f}\" y2=\"{3:.1f}\"/>", style,
                   across(x), y + 3, height_ - bottom);
    fmt::format_to(add, "<text class=\"{}-name\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>", style,
                   middle, y, html(name));
}

void Plot::text(double x, double y, std::string_view words, std::string_view style) {
    fmt::format_to(std::back_inserter(body_),
                   "<text class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>", style, across(x),
                   up(y) + 4, html(words));
}

std::string Plot::svg(std::string_view title) const {
    return fmt::format("<svg viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"{}\">{}</svg>", width, height_,
                       html(title), body_);
}

}  // namespace sim::load
