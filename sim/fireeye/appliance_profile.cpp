#include "sim/fireeye/appliance_profile.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "sim/fireeye/invented.hpp"

namespace sim::fireeye {

namespace {

using Error = tl::unexpected<std::string>;

struct Release {
    unsigned major = 0;
    unsigned minor = 0;
    std::string full;
};

std::optional<Product> product_of(std::string_view name) {
    constexpr std::array<std::pair<std::string_view, Product>, 6> names{{{"nx", Product::nx},
                                                                         {"ex", Product::ex},
                                                                         {"fx", Product::fx},
                                                                         {"ax", Product::ax},
                                                                         {"cm", Product::cm},
                                                                         {"hx", Product::hx}}};
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
    constexpr std::array<std::pair<std::string_view, std::string_view>, 7> builds{{{"5.0", "5.0.0.914802"},
                                                                                   {"6.2", "6.2.0.74484"},
                                                                                   {"7.7", "7.7.5.577562"},
                                                                                   {"8.2", "8.2.0.799158"},
                                                                                   {"8.3", "8.3.0.850861"},
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

/// HX has releases of its own; 5.0 is the one that is known.
unsigned first_release(Product product) {
    return product == Product::hx ? 3 : 6;
}

std::optional<Release> release_of(std::string_view version, Product product) {
    const auto dot = version.find('.');
    if (dot == std::string_view::npos) {
        return std::nullopt;
    }
    const auto second = version.find('.', dot + 1);
    const auto major = number(version.substr(0, dot));
    const auto minor = number(version.substr(dot + 1, second == std::string_view::npos ? second : second - dot - 1));
    if (!major || !minor || *major < first_release(product) || *major > 99 || *minor > 99) {
        return std::nullopt;
    }
    const bool is_full = second != std::string_view::npos;
    return Release{*major, *minor, is_full ? std::string(version) : full_version(*major, *minor)};
}

std::optional<std::pair<Syntax, Level>> format_of(std::string_view format) {
    constexpr std::array<std::pair<std::string_view, Level>, 3> levels{
        {{"-concise", Level::concise}, {"-normal", Level::normal}, {"-extended", Level::extended}}};
    constexpr std::array<std::pair<std::string_view, Syntax>, 5> syntaxes{{{"xml", Syntax::xml},
                                                                           {"json", Syntax::json},
                                                                           {"json-legacy", Syntax::json_legacy},
                                                                           {"text", Syntax::text},
                                                                           {"rest", Syntax::rest}}};
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

/// Of a CM the appliance that it manages, of any other itself.
tl::expected<Sensor, std::string> sensor_of(const ApplianceProfile& profile, const Dialect& dialect) {
    if (dialect.product != Product::cm) {
        if (profile.sensor) {
            return Error(fmt::format("appliance {}: only a cm reports what a sensor saw", dialect.name));
        }
        return Sensor{dialect.name, dialect.product, dialect.version, dialect.id, {}};
    }
    const SensorProfile said = profile.sensor.value_or(SensorProfile{});
    const auto product = said.product.empty() ? std::optional(Product::nx) : product_of(said.product);
    if (!product || *product == Product::cm || *product == Product::hx) {
        return Error(fmt::format("appliance {}: its sensor's product '{}' is not one of nx, ex, fx, ax", dialect.name,
                                 said.product));
    }
    const auto release = said.version.empty() ? Release{dialect.major, dialect.minor, dialect.version}
                                              : release_of(said.version, *product);
    if (!release) {
        return Error(fmt::format("appliance {}: its sensor's version '{}' is not a release from 6.0 on, such as 9.0",
                                 dialect.name, said.version));
    }
    const std::string name = said.name.empty() ? "sensor-" + dialect.name : said.name;
    return Sensor{name, *product, release->full, said.id.empty() ? mac_of(name) : said.id, said.ip};
}

}  // namespace

tl::expected<Dialect, std::string> understand(const ApplianceProfile& profile) {
    const auto product = product_of(profile.product);
    if (!product) {
        return Error(fmt::format("appliance {}: product '{}' is not one of nx, ex, fx, ax, cm, hx", profile.name,
                                 profile.product));
    }
    const auto release = release_of(profile.version, *product);
    if (!release) {
        return Error(fmt::format("appliance {}: version '{}' is not a release from {}.0 on, such as {}", profile.name,
                                 profile.version, first_release(*product), *product == Product::hx ? "5.0" : "9.0"));
    }
    const auto format = format_of(profile.format);
    if (!format) {
        return Error(
            fmt::format("appliance {}: format '{}' is not one of xml, json, json-legacy, text, rest with -concise, "
                        "-normal or -extended behind it",
                        profile.name, profile.format));
    }
    if (*product == Product::hx && profile.format != "json-normal") {
        return Error(fmt::format("appliance {}: an HX sends json-normal only, not {}", profile.name, profile.format));
    }
    const std::string name = profile.name.empty() ? profile.product + "1.example.com" : profile.name;
    Dialect dialect{name,
                    *product,
                    release->major,
                    release->minor,
                    release->full,
                    format->first,
                    format->second,
                    profile.id.empty() ? mac_of(name) : profile.id,
                    {}};
    auto sensor = sensor_of(profile, dialect);
    if (!sensor) {
        return Error(sensor.error());
    }
    dialect.sensor = std::move(*sensor);
    return dialect;
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
        case Product::hx:
            return "HX";
    }
    return {};
}

std::string rest_product(Product product) {
    switch (product) {
        case Product::nx:
            return "WEB_MPS";
        case Product::ex:
            return "EMAIL_MPS";
        case Product::fx:
            return "FILE_MPS";
        case Product::ax:
        case Product::cm:
        case Product::hx:
            break;
    }
    return product_title(product);
}

std::string rest_appliance(Product product) {
    switch (product) {
        case Product::nx:
            return "wMPS";
        case Product::ex:
            return "eMPS";
        case Product::fx:
            return "fMPS";
        case Product::ax:
        case Product::cm:
        case Product::hx:
            break;
    }
    return product_title(product);
}

}  // namespace sim::fireeye
