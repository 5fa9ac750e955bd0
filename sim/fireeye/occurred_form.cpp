#include "sim/fireeye/occurred_form.hpp"

#include <fmt/format.h>

namespace sim::fireeye {

namespace {

std::string written(std::chrono::sys_seconds when, std::string_view between, std::string_view behind) {
    const auto day = std::chrono::floor<std::chrono::days>(when);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(when - day);
    return fmt::format("{:04}-{:02}-{:02}{}{:02}:{:02}:{:02}{}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), between,
                       time.hours().count(), time.minutes().count(), time.seconds().count(), behind);
}

}  // namespace

std::string iso_time(std::chrono::sys_seconds when) {
    return written(when, "T", "Z");
}

std::string hx_time(std::chrono::sys_seconds when, std::string_view milliseconds) {
    return written(when, "T", fmt::format("{}{}+00:00", milliseconds.empty() ? "" : ".", milliseconds));
}

std::string inner_time(const Dialect& dialect, std::chrono::sys_seconds when) {
    return dialect.is_rest() ? written(when, " ", " +0000") : iso_time(when);
}

std::string occurred_form(const Dialect& dialect, std::string_view type, std::chrono::sys_seconds when) {
    const bool legacy = dialect.is_json() && !dialect.is_rest() && dialect.major == 7 &&
                        dialect.sensor.product != Product::ax && type != "ips-event";
    return legacy ? written(when, " ", "+00") : inner_time(dialect, when);
}

}  // namespace sim::fireeye
