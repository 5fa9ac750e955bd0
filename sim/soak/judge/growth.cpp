#include "sim/soak/judge/growth.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sim::soak {

namespace {

using namespace std::chrono_literals;

// What a notification of 1 KB and what was decided on it may take in the file, and what is there before the first:
// measured are 1.4 KB for the notification, 0.3 KB for the alert, and 0.2 KB for the history of its blocks on three
// firewalls.
constexpr std::uint64_t database_bytes_an_alert = 2560;
constexpr std::uint64_t database_bytes_base = 4U << 20U;
constexpr std::uint64_t log_bytes_max = 64U << 20U;  // twice what the bridge lets it grow to while it goes on

void judge_memory(Result& out, const Told& told) {
    const Question& asked = out.question;
    std::vector<Level> resident;
    std::vector<Level> threads;
    for (const Sample& each : out.samples) {
        resident.push_back({each.at, static_cast<double>(each.resident_bytes)});
        threads.push_back({each.at, static_cast<double>(each.threads)});
    }
    out.resident = flatness_of(resident, asked.judged_from, asked.duration, asked.judged_parts);
    out.threads_rise = floor_rise(threads, asked.judged_from, asked.duration);
    if (asked.flat_within <= 0) {
        return;
    }
    if (!out.resident || !out.threads_rise) {
        told("too few samples to judge memory and threads");
        return;
    }
    if (!out.resident->flat(asked.flat_within)) {
        told(fmt::format("memory is not flat: spread {:.1f} %, trend {:+.1f} %, at most {:.1f} % each",
                         100 * out.resident->spread, 100 * out.resident->trend, 100 * asked.flat_within));
    }
    if (*out.threads_rise > 0) {
        told(fmt::format("even in quiet moments {:+.0f} threads more than before", *out.threads_rise));
    }
}

}  // namespace

void judge_growth(Result& out, const Told& told) {
    judge_memory(out, told);
    // Beside the appliances' connections it may keep two to each firewall.
    const auto descriptors_max = static_cast<double>(2 * out.question.firewalls + 2);
    if (!out.descriptors_left || *out.descriptors_left > descriptors_max) {
        told(out.descriptors_left ? fmt::format("{:+.0f} descriptors are open at the end; {} are explained",
                                                *out.descriptors_left, descriptors_max)
                                  : std::string("the bridge does not tell how many descriptors are open"));
    }
    const std::uint64_t database_max = database_bytes_base + database_bytes_an_alert * out.alerts;
    if (out.files.database_most > database_max || out.files.log_most > log_bytes_max) {
        told(fmt::format("the database has {} bytes and its log {}; {} and {} are explained", out.files.database_most,
                         out.files.log_most, database_max, log_bytes_max));
    }
}

void judge_commits(FirewallSeen& seen, std::size_t incidents, Micros took, Micros commit_time, const Told& told) {
    const auto fit = static_cast<std::size_t>(took / std::max(commit_time, Micros(1s)));
    seen.commits_max = fit + 2 * incidents + 2;
    seen.empty_max = 2 * incidents + 2;
    if (seen.commits > seen.commits_max || seen.empty > seen.empty_max) {
        told(fmt::format("a commit storm: {} commits, {} of them empty; {} and {} are explained", seen.commits,
                         seen.empty, seen.commits_max, seen.empty_max));
    }
}

}  // namespace sim::soak
