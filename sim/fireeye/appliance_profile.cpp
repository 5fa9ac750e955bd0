#include "sim/fireeye/appliance_profile.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace sim::fireeye {

namespace {

using Error = tl::unexpected<std::string>;

struct Release {
    unsigned major = 0;
    unsigned minor = 0;
    std::string full;
};

std::optional<Product> product_of(std::string_view name) {
    constexpr std::array<std::pair<std::string_view, Product>, 5> names{
        {{"nx", Product::nx}, {"ex", Product::ex}, {"fx", Product::fx}, {"ax", Product::ax}, {"cm", Product::cm}}};
    for (const auto& [known, product] : names) {
        if (known == name) {
            return product;
        }
    }
    return std::nullopt;
}

std::optional<unsigned> number(std::string_view text) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    return whole ? std::optional(value) : std::nullopt;
}

/// A build that is known of the release (reference §3.2), or one that could be.
std::string full_version(unsigned major, unsigned minor) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 5> builds{{{"6.2", "6.2.0.74484"},
                                                                                   {"7.7", "7.7.5.577562"},
                                                                                   {"8.2", "8.2.0.799158"},
                                                                                   {"9.0", "9.0.3.936727"},
                                                                                   {"11.0", "11.0.1.1024269"}}};
    const std::string release = fmt::format("{}.{}", major, minor);
    for (const auto& [known, full] : builds) {
        if (known == release) {
            return std::string(full);
        }
    }
    return fmt::format("{}.0.{}", release, major * 100'000 + minor * 1'000 + 84);
}

std::optional<Release> release_of(std::string_view version) {
    const auto dot = version.find('.');
    if (dot == std::string_view::npos) {
        return std::nullopt;
    }
    const auto second = version.find('.', dot + 1);
    const auto major = number(version.substr(0, dot));
    const auto minor = number(version.substr(dot + 1, second == std::string_view::npos ? second : second - dot - 1));
    if (!major || !minor || *major < 6 || *major > 99 || *minor > 99) {
        return std::nullopt;
    }
    const bool is_full = second != std::string_view::npos;
    return Release{*major, *minor, is_full ? std::string(version) : full_version(*major, *minor)};
}

std::optional<std::pair<Syntax, Level>> format_of(std::string_view format) {
    constexpr std::array<std::pair<std::string_view, Level>, 3> levels{
        {{"-concise", Level::concise}, {"-normal", Level::normal}, {"-extended", Level::extended}}};
    constexpr std::array<std::pair<std::string_view, Syntax>, 3> syntaxes{
        {{"xml", Syntax::xml}, {"json", Syntax::json}, {"json-legacy", Syntax::json_legacy}}};
    for (const auto& [level_name, level] : levels) {
        if (!format.ends_with(level_name)) {
            continue;
        }
        const std::string_view start = format.substr(0, format.size() - level_name.size());
        for (const auto& [syntax_name, syntax] : syntaxes) {
            if (start == syntax_name) {
                return std::pair(syntax, level);
            }
        }
    }
    return std::nullopt;
}

}  // namespace

tl::expected<Dialect, std::string> understand(const ApplianceProfile& profile) {
    const auto product = product_of(profile.product);
    if (!product) {
        return Error(
            fmt::format("appliance {}: product '{}' is not one of nx, ex, fx, ax, cm", profile.name, profile.product));
    }
    const auto release = release_of(profile.version);
    if (!release) {
        return Error(fmt::format("appliance {}: version '{}' is not a release from 6.0 on, such as 9.0", profile.name,
                                 profile.version));
    }
    const auto format = format_of(profile.format);
    if (!format) {
        return Error(
            fmt::format("appliance {}: format '{}' is not one of xml, json, json-legacy with -concise, -normal "
                        "or -extended behind it",
                        profile.name, profile.format));
    }
    return Dialect{profile.name.empty() ? profile.product + "1.example.com" : profile.name,
                   *product,
                   release->major,
                   release->minor,
                   release->full,
                   format->first,
                   format->second};
}

std::string product_title(Product product) {
    switch (product) {
        case Product::nx:
            return "Web MPS";
        case Product::ex:
            return "Email MPS";
        case Product::fx:
            return "File MPS";
        case Product::ax:
            return "MAS";
        case Product::cm:
            return "CMS";
    }
    return {};
}

}  // namespace sim::fireeye
