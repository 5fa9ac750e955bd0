#include "sim/load/time_text.hpp"

#include <fmt/format.h>

namespace sim::load {

std::string time_text(Micros time) {
    const auto us = static_cast<double>(time.count());
    if (us == 0) {
        return "0";
    }
    const auto digits = [](double value, const char* unit) {
        return fmt::format("{:.{}f} {}", value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0, unit);
    };
    if (us < 999.5) {
        return fmt::format("{} us", time.count());
    }
    return us < 999'500 ? digits(us / 1e3, "ms") : digits(us / 1e6, "s");
}

std::string time_text(const Quantile& quantile) {
    return (quantile.beyond ? "> " : "") + time_text(quantile.at);
}

std::string commits_told(const Question& question) {
    if (fetches_lists(question.mode)) {
        return "the list is fetched every " + time_text(question.fetch_interval);
    }
    return makes_commits(question.mode) ? "a commit takes " + time_text(question.commit_time) : "nothing is committed";
}

std::string number_text(std::uint64_t number) {
    std::string digits = std::to_string(number);
    for (std::size_t at = digits.size(); at > 3; at -= 3) {
        digits.insert(at - 3, ",");
    }
    return digits;
}

}  // namespace sim::load
