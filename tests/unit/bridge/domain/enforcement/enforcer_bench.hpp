// An enforcer of any kind, what it drives, a ledger and a clock that is moved by hand, as one: answers take their time,
// so that events come in between, and the whole can crash and start again from the ledger.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bridge/domain/enforcement/enforcer.hpp"

namespace testing {

using namespace bridge::domain;

inline Indicator indicator(const std::string& text) {
    return Indicator::parse_blocked(text).value();
}

class EnforcerBench {
public:
    using Make = std::function<std::unique_ptr<Enforcer>()>;
    using Perform = std::function<Result<Reply>(std::size_t firewall, const Call&, Instant)>;

    EnforcerBench(Make make, Perform perform) : make_(std::move(make)), perform_(std::move(perform)) {
        enforcer_ = make_();
    }

    /// How long an answer takes.
    std::function<std::chrono::milliseconds()> latency = [] { return std::chrono::milliseconds(1); };
    std::vector<std::string> notes;

    void start() { feed(Started{}); }

    void want(const std::vector<Indicator>& some) {
        Want event;
        for (const Indicator& one : some) {
            const auto place = ledger_.find(one);
            if (place != ledger_.end() && is_desired(place->second.state)) {
                continue;
            }
            ledger_.insert_or_assign(one, block(one, BlockState::wanted));
            event.indicators.push_back(one);
        }
        feed(event);
    }

    void unwant(const std::vector<Indicator>& some) {
        Unwant event;
        for (const Indicator& one : some) {
            const auto place = ledger_.find(one);
            if (place != ledger_.end() && is_desired(place->second.state)) {
                place->second.state = BlockState::expired;
                event.indicators.push_back(one);
            }
        }
        feed(event);
    }

    /// Gives the ledger a block as an earlier life left it; then `crash`.
    void remember(const Indicator& one, BlockState state) { ledger_.insert_or_assign(one, block(one, state)); }

    /// What is under way is lost, and a new life begins with what the ledger has.
    void crash() {
        due_.clear();
        wake_.reset();
        enforcer_ = make_();
        for (const auto& [one, kept] : ledger_) {
            enforcer_->know(kept);
        }
        start();
    }

    void run_for(std::chrono::milliseconds time) {
        const Instant end = now_ + time;
        while (true) {
            const bool answer = !due_.empty() && (!wake_ || due_.begin()->first.first <= *wake_);
            const std::optional<Instant> next = answer ? std::optional(due_.begin()->first.first) : wake_;
            if (!next || *next > end) {
                break;
            }
            now_ = std::max(now_, *next);
            ++turns;
            if (answer) {
                const Event event = std::move(due_.begin()->second);
                due_.erase(due_.begin());
                feed(event);
            } else {
                wake_.reset();
                feed(Woken{});
            }
        }
        now_ = end;
    }

    void feed(const Event& event) {
        for (Action& action : enforcer_->on(event, now_)) {
            if (auto* call = std::get_if<Call>(&action)) {
                answer(Answer{perform_(0, *call, now_)});
            } else if (auto* on = std::get_if<CallOn>(&action)) {
                answer(AnswerFrom{on->firewall, perform_(on->firewall, on->call, now_)});
            } else if (auto* wake = std::get_if<Wake>(&action)) {
                wake_ = wake->at;
            } else if (auto* record = std::get_if<Record>(&action)) {
                take(record->changes);
            } else {
                notes.push_back(std::get<Note>(action).text);
            }
        }
    }

    /// None: the ledger has no such block (any more).
    std::optional<BlockState> state_of(const std::string& text) const {
        const auto place = ledger_.find(indicator(text));
        return place == ledger_.end() ? std::nullopt : std::optional(place->second.state);
    }
    std::string reason_of(const std::string& text) const { return ledger_.at(indicator(text)).reason; }
    const std::map<Indicator, Block>& ledger() const { return ledger_; }

    Enforcer& enforcer() { return *enforcer_; }
    Instant now() const { return now_; }
    bool told(std::string_view part) const {
        return std::any_of(notes.begin(), notes.end(),
                           [part](const std::string& note) { return note.find(part) != std::string::npos; });
    }
    std::size_t turns = 0;  // events that time brought

private:
    static Block block(const Indicator& one, BlockState state) {
        return Block{.target = "hq",
                     .indicator = one,
                     .state = state,
                     .reason = "",
                     .alert = "",
                     .since = {},
                     .expires = {},
                     .repeats = 0};
    }

    void answer(Event event) { due_.emplace(std::make_pair(now_ + latency(), ++serial_), std::move(event)); }

    void take(const std::vector<BlockChange>& changes) {
        for (const BlockChange& change : changes) {
            const auto place = ledger_.find(change.indicator);
            if (place == ledger_.end()) {
                continue;
            }
            if (change.state == BlockState::removed) {
                ledger_.erase(place);
            } else {
                place->second.state = change.state;
                place->second.reason = change.reason;
            }
        }
    }

    Make make_;
    Perform perform_;
    std::unique_ptr<Enforcer> enforcer_;
    std::map<Indicator, Block> ledger_;
    std::map<std::pair<Instant, std::uint64_t>, Event> due_;
    std::uint64_t serial_ = 0;
    Instant now_{std::chrono::hours(1)};
    std::optional<Instant> wake_;
};

}  // namespace testing
