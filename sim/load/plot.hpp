// Plots as inline SVG: axes, bars, lines and marks in one coordinate system. Colours are classes, which the page's
// style gives for light, dark and paper.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sim::load {

/// Round numbers from 0 to at least `max`, about `count` of them; {0, 1} when there is nothing.
std::vector<double> ticks(double max, int count);

/// Text in HTML and in attributes.
std::string html(std::string_view text);

class Plot {
public:
    using Label = std::function<std::string(double)>;

    /// Both axes begin at 0 and end at their maximum. Height in pixels of a page 760 wide; `top` is left free above for
    /// the y axis's title and for marks.
    Plot(double x_max, double y_max, double height, double top = 34);

    /// Ticks with grid lines and labels, and what the axis counts.
    void x_axis(const Label& label, std::string_view title);
    void y_axis(const Label& label, std::string_view title);
    /// A name in place of the y axis.
    void row_name(std::string_view name);

    /// `tip` shows when the pointer rests on it, and is read aloud.
    void bar(double from, double to, double low, double high, std::string_view style, std::string_view tip);
    void line(const std::vector<std::pair<double, double>>& points, std::string_view style);
    void area(const std::vector<std::pair<double, double>>& points, std::string_view style);
    /// A vertical line with a name above the plot; names of later marks that would overlap stand a line higher.
    void mark(double x, std::string_view name, std::string_view style);
    void text(double x, double y, std::string_view words, std::string_view style);

    /// How wide this is, in pixels.
    double pixels(double from, double to) const;

    std::string svg(std::string_view title) const;

private:
    double across(double x) const;
    double up(double y) const;

    double x_max_;
    double y_max_;
    double height_;
    double top_;
    std::vector<double> mark_ends_;  // of the names above, by line
    std::string body_;
};

}  // namespace sim::load
