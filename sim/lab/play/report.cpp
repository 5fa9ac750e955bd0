#include "sim/lab/play/report.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <iterator>

#include "markup/escaped.hpp"

namespace sim::lab {

namespace {

namespace json = boost::json;

constexpr std::size_t timeline_lines_max = 60;

std::string_view word_for(Result result) {
    switch (result) {
        case Result::passed:
            return "passed";
        case Result::failed:
            return "failed";
        case Result::skipped:
            return "skipped";
    }
    return "failed";
}

double seconds(std::chrono::milliseconds time) {
    return static_cast<double>(time.count()) / 1000.0;
}

std::string indented(std::string_view text) {
    std::string out = "    ";
    for (const char c : text) {
        out += c == '\n' ? std::string("\n    ") : std::string(1, c);
    }
    return out;
}

/// XML 1.0 has no spelling for control characters.
std::string xml(std::string_view text) {
    return markup::escaped(text, [](char c) { return std::string(c == '\n' ? "&#10;" : "?"); });
}

std::string story_of(const Outcome& outcome) {
    return drawn(outcome.story, outcome.story_dropped, timeline_lines_max);
}

}  // namespace

std::string told_on_terminal(const FoundFile& file, const Outcome& outcome) {
    std::string out = fmt::format("{:<7} {:>6.2f} s  {:<32} {}\n", word_for(outcome.result), seconds(outcome.took),
                                  file.name, outcome.title);
    if (outcome.result == Result::skipped) {
        out += indented(outcome.message) + "\n";
    }
    if (outcome.result == Result::failed) {
        out += indented(outcome.where) + "\n" + indented("seen: " + outcome.message) + "\n";
        if (!outcome.story.empty()) {
            out += "    what the three parties did:\n" + story_of(outcome);
        }
    }
    if (!outcome.directory.empty()) {
        out += indented("kept: " + outcome.directory) + "\n";
    }
    return out;
}

std::string closing_line(const Summary& summary) {
    const std::size_t skipped = summary.count(Result::skipped);
    return fmt::format("{} passed, {} failed{}{} in {:.1f} s", summary.count(Result::passed),
                       summary.count(Result::failed), skipped > 0 ? fmt::format(", {} skipped", skipped) : "",
                       summary.interrupted ? ", interrupted" : "", seconds(summary.took));
}

std::string junit_report(const Summary& summary, std::uint64_t seed) {
    std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    auto to = std::back_inserter(out);
    fmt::format_to(
        to,
        "<testsuite name=\"scenarios\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\" time=\"{:.3f}\">\n"
        "  <properties><property name=\"seed\" value=\"{}\"/></properties>\n",
        summary.outcomes.size(), summary.count(Result::failed), summary.count(Result::skipped), seconds(summary.took),
        seed);
    for (const auto& [file, outcome] : summary.outcomes) {
        fmt::format_to(to, "  <testcase classname=\"{}\" name=\"{}\" time=\"{:.3f}\"", xml(file.name),
                       xml(outcome.title), seconds(outcome.took));
        if (outcome.result == Result::passed) {
            out += "/>\n";
        } else if (outcome.result == Result::skipped) {
            fmt::format_to(to, "><skipped message=\"{}\"/></testcase>\n", xml(outcome.message));
        } else {
            fmt::format_to(to, "><failure message=\"{}\">{}</failure></testcase>\n", xml(outcome.message),
                           xml(outcome.where + "\n" + story_of(outcome)));
        }
    }
    return out + "</testsuite>\n";
}

std::string json_report(const Summary& summary, std::uint64_t seed) {
    json::array scenarios;
    for (const auto& [file, outcome] : summary.outcomes) {
        json::array story;
        for (const TimelineEntry& entry : outcome.story) {
            story.push_back(json::object{
                {"ms", entry.at.count()}, {"party", name_of(entry.party)}, {"who", entry.who}, {"what", entry.what}});
        }
        scenarios.push_back(json::object{{"name", file.name},
                                         {"file", file.path},
                                         {"title", outcome.title},
                                         {"result", word_for(outcome.result)},
                                         {"took_ms", outcome.took.count()},
                                         {"where", outcome.where},
                                         {"message", outcome.message},
                                         {"timeline_dropped", outcome.story_dropped},
                                         {"timeline", std::move(story)}});
    }
    const json::object report{{"seed", seed},
                              {"passed", summary.count(Result::passed)},
                              {"failed", summary.count(Result::failed)},
                              {"skipped", summary.count(Result::skipped)},
                              {"took_ms", summary.took.count()},
                              {"scenarios", std::move(scenarios)}};
    return json::serialize(report) + "\n";
}

}  // namespace sim::lab
