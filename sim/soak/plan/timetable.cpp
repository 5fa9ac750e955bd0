#include "sim/soak/plan/timetable.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <random>

namespace sim::soak {

namespace {

struct Named {
    Kind kind;
    std::string_view name;
};

constexpr std::array names{Named{Kind::http_error, "http-error"},
                           Named{Kind::slow, "slow"},
                           Named{Kind::cut, "cut"},
                           Named{Kind::dropped, "dropped"},
                           Named{Kind::wrong_xml, "wrong-xml"},
                           Named{Kind::truncated, "truncated"},
                           Named{Kind::busy, "busy"},
                           Named{Kind::commit_lock, "commit-lock"},
                           Named{Kind::config_lock, "config-lock"},
                           Named{Kind::job_fails, "job-fails"},
                           Named{Kind::slow_commit, "slow-commit"},
                           Named{Kind::job_lost, "job-lost"},
                           Named{Kind::forgotten, "forgotten"},
                           Named{Kind::reboot, "reboot"},
                           Named{Kind::unplugged, "unplugged"},
                           Named{Kind::colleague_removes, "colleague-removes"},
                           Named{Kind::colleague_edits, "colleague-edits"},
                           Named{Kind::key_rejected, "key-rejected"},
                           Named{Kind::sigkill, "SIGKILL"},
                           Named{Kind::sigterm, "SIGTERM"},
                           Named{Kind::sighup, "SIGHUP"}};

constexpr std::size_t firewall_kinds = 18;
// One disturbance in so many is a SIGHUP in place of a firewall's.
constexpr std::uint64_t sighup_one_in = 8;

class Draw {
public:
    explicit Draw(std::uint64_t seed) : random_(seed) {}

    /// In [0, below): by the same bits from every standard library, which the distributions of <random> are not.
    std::uint64_t below(std::uint64_t limit) { return limit == 0 ? 0 : random_() % limit; }
    Micros between(Micros least, Micros most) {
        return least + Micros{static_cast<std::int64_t>(below(static_cast<std::uint64_t>((most - least).count() + 1)))};
    }
    std::uint64_t any() { return random_(); }

private:
    std::mt19937_64 random_;
};

void add_faults(const TimetablePlan& plan, Draw& draw, std::vector<Disturbance>& all) {
    std::vector<Micros> free_from(plan.firewalls, Micros{0});
    for (Micros at = draw.between(plan.fault_every_min / 2, plan.fault_every_min); at + plan.longest <= plan.duration;
         at += draw.between(plan.fault_every_min, plan.fault_every_max)) {
        Disturbance each;
        each.at = at;
        each.draw = draw.any();
        const bool hangs_up = draw.below(sighup_one_in) == 0;
        const std::uint64_t kind = draw.below(firewall_kinds);
        const Micros lasts = draw.between(plan.longest / 4, plan.longest);
        std::vector<std::size_t> rested;
        for (std::size_t i = 0; i < plan.firewalls; ++i) {
            if (free_from[i] <= at) {
                rested.push_back(i);
            }
        }
        const std::uint64_t which = draw.below(rested.size());
        if (!hangs_up && !rested.empty()) {
            each.kind = names.at(static_cast<std::size_t>(kind)).kind;
            each.kind = each.kind == Kind::reboot && !plan.reboots ? Kind::unplugged : each.kind;
            // A device boots as long as it does, and a slow commit is one that takes the longest.
            each.lasts = each.kind == Kind::reboot || each.kind == Kind::slow_commit ? plan.longest : lasts;
            each.firewall = rested[static_cast<std::size_t>(which)];
            free_from[each.firewall] =
                each.end() + 2 * plan.longest + (each.kind == Kind::reboot ? plan.after_boot : Micros{0});
        }
        all.push_back(each);
    }
}

void add_deaths(const TimetablePlan& plan, Draw& draw, std::vector<Disturbance>& all) {
    const Micros until = std::min(plan.killing, plan.duration);
    Micros at = draw.between(std::min(plan.kill_every_min, until) / 2, std::min(plan.kill_every_min, until));
    for (bool first = true; at + plan.longest / 4 <= until || first; first = false) {
        Disturbance each;
        each.at = at;
        each.kind = first || draw.below(2) == 0 ? Kind::sigkill : Kind::sigterm;
        each.lasts = draw.between(Micros{0}, plan.longest / 4);
        all.push_back(each);
        at += draw.between(plan.kill_every_min, plan.kill_every_max);
    }
}

}  // namespace

std::string_view name_of(Kind kind) {
    return std::find_if(names.begin(), names.end(), [kind](const Named& it) { return it.kind == kind; })->name;
}

bool of_bridge(Kind kind) {
    return ends_bridge(kind) || kind == Kind::sighup;
}

bool ends_bridge(Kind kind) {
    return kind == Kind::sigkill || kind == Kind::sigterm;
}

std::vector<Disturbance> make_timetable(const TimetablePlan& plan) {
    std::vector<Disturbance> all;
    // Two streams of numbers, so that kills can be left out without moving the faults.
    Draw faults(plan.seed);
    Draw deaths(plan.seed ^ 0x5eedULL);
    if (plan.fault_every_max > Micros{0}) {
        add_faults(plan, faults, all);
    }
    if (plan.kill_every_max > Micros{0} && plan.killing > Micros{0}) {
        add_deaths(plan, deaths, all);
    }
    std::stable_sort(all.begin(), all.end(), [](const Disturbance& a, const Disturbance& b) { return a.at < b.at; });
    return all;
}

std::string told(const Disturbance& disturbance) {
    const double seconds = std::chrono::duration<double>(disturbance.at).count();
    const auto minutes = static_cast<int>(seconds / 60);
    std::string line =
        fmt::format("{:3}:{:04.1f}  {:<6} {}", minutes, seconds - minutes * 60,
                    of_bridge(disturbance.kind) ? "bridge" : fmt::format("fw{}", disturbance.firewall + 1),
                    name_of(disturbance.kind));
    if (disturbance.lasts > Micros{0}) {
        line += fmt::format(", {:.1f} s", std::chrono::duration<double>(disturbance.lasts).count());
    }
    return line;
}

}  // namespace sim::soak
