#include "bridge/panos/pair.hpp"

#include <fmt/format.h>

#include <utility>
#include <variant>

namespace bridge::panos {

using namespace domain;

namespace {

/// Calls that follow one another within a batch are sure enough to reach the device that the batch began with, and the
/// commit after them asks again.
bool must_be_sure(const Call& call) {
    if (const auto* read = std::get_if<ReadGroups>(&call)) {
        return read->running;
    }
    return !std::holds_alternative<SetMembers>(call) && !std::holds_alternative<DeleteMembers>(call) &&
           !std::holds_alternative<DeleteGroups>(call) && !std::holds_alternative<DeleteObjects>(call) &&
           !std::holds_alternative<ReadTag>(call) && !std::holds_alternative<DeleteTag>(call) &&
           !std::holds_alternative<ReadJob>(call) && !std::holds_alternative<ReadPush>(call) &&
           !std::holds_alternative<ReadCapacity>(call) && !std::holds_alternative<ReadDeviceGroups>(call);
}

/// A comparison with what the device has, as after a failure and every few minutes.
bool begins_anew(const Call& call) {
    return std::holds_alternative<ReadJobs>(call) || std::holds_alternative<ReadObjects>(call) ||
           std::holds_alternative<ReadSystem>(call);
}

std::string told(const Result<HaState>& state) {
    return state ? "is " + state->state : fmt::format("does not tell ({})", state.error().detail);
}

}  // namespace

Pair::Pair(Side first, Side second) : sides_{std::move(first), std::move(second)} {}

std::string Pair::active() const {
    return current_ ? sides_[*current_].name : "";
}

void Pair::perform(const Call& call, Done done) {
    call_ = call;
    done_ = std::move(done);
    if (!current_) {
        find();
    } else if (must_be_sure(call_)) {
        check();
    } else {
        forward();
    }
}

/// Whether the device that was active still is, and the only one.
void Pair::check() {
    const std::size_t at = *current_;
    sides_[at].session->ask_ha_state([this, at](const State& state) {
        if (!state || !state->enabled || !state->active()) {
            current_.reset();
            find();
            return;
        }
        if (state->peer_connected) {
            alone_ = false;
            forward();
            return;
        }
        if (alone_ && !begins_anew(call_)) {
            forward();  // a device that is down costs a connection's timeout at every question
            return;
        }
        // It does not hear its peer, which may think itself active as well.
        sides_[1 - at].session->ask_ha_state([this, at, mine = state](const State& other) {
            alone_ = !other;
            if (other && other->enabled && other->active()) {
                current_.reset();
                at == 0 ? decide(mine, other) : decide(other, mine);
                return;
            }
            forward();
        });
    });
}

void Pair::find() {
    sides_[0].session->ask_ha_state([this](const State& first) {
        sides_[1].session->ask_ha_state([this, first](const State& second) { decide(first, second); });
    });
}

void Pair::decide(const State& first, const State& second) {
    const std::array<const State*, 2> states{&first, &second};
    std::optional<std::size_t> found;
    std::size_t silent = 0;
    for (std::size_t i = 0; i < states.size(); ++i) {
        const State& state = *states[i];
        if (!state) {
            silent += state.error().code == Errc::unreachable ? 1U : 0U;
            continue;
        }
        if (!state->enabled) {
            fail(Errc::misconfigured, fmt::format("high availability is not enabled on {}, although the target has a "
                                                  "peer_url",
                                                  sides_[i].name));
            return;
        }
        if (!state->active()) {
            continue;
        }
        if (found) {
            fail(Errc::not_active, fmt::format("both {} and {} say that they are active (split brain): nothing is "
                                               "written until one of them is not",
                                               sides_[0].name, sides_[1].name));
            return;
        }
        found = i;
    }
    if (found) {
        current_ = found;
        const std::optional<std::size_t> before = std::exchange(last_, found);
        if (before && *before != *found) {
            fail(Errc::other_device,
                 fmt::format("{} is the active device now, {} was", sides_[*found].name, sides_[*before].name));
            return;
        }
        forward();
        return;
    }
    if (silent == 2) {
        fail(Errc::unreachable,
             fmt::format("neither device of the pair answers: {}; {}", first.error().detail, second.error().detail));
        return;
    }
    // A key or certificate that is not taken is the operator's matter, and says more than that nobody is active.
    for (const State* state : states) {
        if (!*state && (*state).error().code != Errc::unreachable) {
            fail((*state).error().code, (*state).error().detail);
            return;
        }
    }
    fail(Errc::not_active, fmt::format("no device of the pair is active: {} {}, {} {}", sides_[0].name, told(first),
                                       sides_[1].name, told(second)));
}

void Pair::forward() {
    const std::size_t at = *current_;
    sides_[at].session->perform(call_, [this](Result<Reply> reply) {
        if (!reply && (reply.error().code == Errc::unreachable || reply.error().code == Errc::not_active ||
                       reply.error().code == Errc::not_trusted)) {
            current_.reset();
        }
        const Done done = std::exchange(done_, nullptr);
        done(std::move(reply));
    });
}

void Pair::fail(Errc code, std::string detail) {
    const Done done = std::exchange(done_, nullptr);
    done(failed(code, std::move(detail)));
}

}  // namespace bridge::panos
