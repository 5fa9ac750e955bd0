#include "sim/load/stage/ailing.hpp"

#include <fmt/format.h>

#include <charconv>

#include "yaml/reader.hpp"

namespace sim::load::stage {

namespace {

constexpr auto silence = std::chrono::hours(24);  // longer than any client waits, and than any run

}  // namespace

tl::expected<void, std::string> put_slow(std::string_view text, Ailments& into) {
    const std::size_t colon = text.find(':');
    const std::string_view count = text.substr(0, colon);
    std::size_t slow = 0;
    const auto [end, error] = std::from_chars(count.data(), count.data() + count.size(), slow);
    const auto answer = colon == std::string_view::npos ? std::optional(into.answer)
                                                        : yaml::parse_duration(std::string(text.substr(colon + 1)));
    if (count.empty() || error != std::errc{} || end != count.data() + count.size() || !answer ||
        answer->count() <= 0) {
        return tl::unexpected(
            fmt::format("{}: write how many, as 1, or with the time that each of their answers takes, as 1:5s", text));
    }
    into.slow = slow;
    into.answer = *answer;
    return {};
}

tl::expected<void, std::string> check_ailments(const Ailments& ailments, std::size_t firewalls, Mode mode) {
    if (ailments.any() && fetches_lists(mode)) {
        return tl::unexpected(fmt::format(
            "--dead, --slow: it is its API that is dead or slow, and in mode {} a firewall fetches all the same",
            name_of(mode)));
    }
    if (ailments.any() && (ailments.dead >= firewalls || ailments.slow >= firewalls - ailments.dead)) {
        return tl::unexpected(fmt::format("--dead {}, --slow {}: of {} firewalls none would be well; give --firewalls",
                                          ailments.dead, ailments.slow, firewalls));
    }
    return {};
}

void ail(panos::Device& device, Health health, const Setup& setup) {
    panos::Fault answers;
    switch (health) {
        case Health::well:
            return;
        case Health::slow: {
            answers.delay = setup.ailments.answer;
            panos::Fault commits;
            commits.on = panos::FaultOn::commit_job;
            commits.commit_time = slow_commit_time(setup);
            device.faults().add(std::move(commits));
            break;
        }
        case Health::dead:
            answers.answer = panos::FaultAnswer::http;  // so that nothing takes effect; nobody gets to see it
            answers.code = 503;
            answers.delay = silence;
            break;
    }
    device.faults().add(std::move(answers));
}

}  // namespace sim::load::stage
