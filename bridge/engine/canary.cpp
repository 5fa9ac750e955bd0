#include "bridge/engine/canary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace bridge::engine {

using namespace domain;

namespace {

double seconds(std::chrono::milliseconds time) {
    return std::chrono::duration<double>(time).count();
}

}  // namespace

Canary::Canary(CanarySettings settings, const std::vector<std::string>& targets, Clock& clock, CanaryPerch& perch,
               Observer& observer, Tell tell)
    : settings_(std::move(settings)), clock_(clock), perch_(perch), observer_(observer), tell_(std::move(tell)) {
    for (const std::string& target : targets) {
        const auto& chosen = settings_.targets;
        if (chosen.empty() || std::find(chosen.begin(), chosen.end(), target) != chosen.end()) {
            auto bird = std::make_unique<Bird>();
            bird->target = target;
            birds_.emplace(target, std::move(bird));
        }
    }
}

void Canary::start() {
    for (auto& [target, bird] : birds_) {
        Bird& it = *bird;
        if (perch_.canary_state(target, settings_.indicator).value_or(BlockState::removed) != BlockState::removed) {
            step_to(it, Step::unblocking);
            perch_.take_canary(target, settings_.indicator);
            continue;
        }
        it.next_cycle = clock_.at(clock_.now() + settings_.every / 10, [this, &it] { begin_cycle(it); });
    }
}

void Canary::begin_cycle(Bird& bird) {
    ++bird.status.runs;
    bird.next_cycle = clock_.at(clock_.now() + settings_.every, [this, &bird] {
        // The last one is not over, and its alarm sings: this one begins when it is.
        bird.next_cycle.reset();
        if (bird.step == Step::resting) {
            begin_cycle(bird);
        }
    });
    step_to(bird, Step::storing);
    const WallTime now = clock_.wall();
    // Should nobody take it back, it goes by itself.
    const Block block{.target = bird.target,
                      .indicator = settings_.indicator,
                      .state = BlockState::wanted,
                      .reason = "canary: measures the time to block",
                      .alert = std::string(canary_mark),
                      .since = now,
                      .expires = now + settings_.every};
    perch_.place_canary(bird.target, block, [this, &bird, watch = std::weak_ptr<void>(alive_)](bool stored) {
        if (watch.expired()) {
            return;
        }
        if (!stored) {
            ++bird.status.failures;
            sing(bird, "the store did not take it");
            rest(bird);
            return;
        }
        step_to(bird, Step::blocking);
    });
}

void Canary::step_to(Bird& bird, Step step) {
    bird.step = step;
    bird.since = clock_.now();
    bird.patience.reset();
    if (step == Step::resting) {
        return;
    }
    bird.patience = clock_.at(bird.since + settings_.within, [this, &bird] {
        ++bird.status.failures;
        const std::string_view what = bird.step == Step::unblocking ? "still blocked" : "not enforced";
        sing(bird, fmt::format("{} after {:.1f} s", what, seconds(settings_.within)));
    });
}

void Canary::sing(Bird& bird, std::string why) {
    bird.status.alarm = std::move(why);
    tell_(Happening::Kind::warning, bird.target,
          fmt::format("canary {}: {}", settings_.indicator.text(), bird.status.alarm));
    observer_.on_canary({.what = CanarySeen::What::alarm,
                         .target = bird.target,
                         .indicator = settings_.indicator,
                         .took = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now() - bird.since),
                         .late = true,
                         .reason = bird.status.alarm});
}

void Canary::judge_block(Bird& bird) {
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now() - bird.since);
    const bool late = took > settings_.within;
    bird.status.last = took;
    if (!late) {
        bird.status.last_success = clock_.wall();
    }
    observer_.on_canary({.what = CanarySeen::What::blocked,
                         .target = bird.target,
                         .indicator = settings_.indicator,
                         .took = took,
                         .late = late,
                         .reason = {}});
    tell_(late ? Happening::Kind::warning : Happening::Kind::detail, bird.target,
          fmt::format("canary {}: enforced after {:.1f} s", settings_.indicator.text(), seconds(took)));
}

void Canary::on_change(const BlockChange& change) {
    const auto found = birds_.find(change.target);
    if (found == birds_.end() || change.indicator != settings_.indicator) {
        return;
    }
    Bird& bird = *found->second;
    switch (change.state) {
        case BlockState::wanted:
        case BlockState::pushed:
        case BlockState::held:
            return;
        case BlockState::enforced:
            if (bird.step != Step::blocking) {
                return;
            }
            judge_block(bird);
            // After what is being recorded now, or the store would get the two in the wrong order.
            clock_.post([this, &bird, watch = std::weak_ptr<void>(alive_)] {
                if (!watch.expired() && bird.step == Step::blocking) {
                    step_to(bird, Step::unblocking);
                    perch_.take_canary(bird.target, settings_.indicator);
                }
            });
            return;
        case BlockState::expired:
            if (bird.step == Step::blocking) {
                step_to(bird, Step::unblocking);
            }
            return;
        case BlockState::refused:
            ++bird.status.failures;
            sing(bird, change.reason);
            rest(bird);
            return;
        case BlockState::removed: {
            const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now() - bird.since);
            if (bird.step == Step::unblocking) {
                observer_.on_canary({.what = CanarySeen::What::unblocked,
                                     .target = bird.target,
                                     .indicator = settings_.indicator,
                                     .took = took,
                                     .late = took > settings_.within,
                                     .reason = {}});
                const bool in_time = bird.status.last && *bird.status.last <= settings_.within;
                if (!bird.status.alarm.empty() && in_time && took <= settings_.within) {
                    tell_(Happening::Kind::news, bird.target, "canary: all is well again");
                    bird.status.alarm.clear();
                }
            }
            rest(bird);
            return;
        }
    }
}

void Canary::rest(Bird& bird) {
    step_to(bird, Step::resting);
    if (!bird.next_cycle) {
        bird.next_cycle = clock_.at(clock_.now(), [this, &bird] { begin_cycle(bird); });
    }
}

std::map<std::string, CanaryStatus> Canary::status() const {
    std::map<std::string, CanaryStatus> all;
    for (const auto& [target, bird] : birds_) {
        CanaryStatus status = bird->status;
        status.state = bird->step == Step::resting      ? "resting"
                       : bird->step == Step::unblocking ? "unblocking"
                                                        : "blocking";
        all.emplace(target, std::move(status));
    }
    return all;
}

}  // namespace bridge::engine
