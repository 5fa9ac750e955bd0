#include "bridge/engine/engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "bridge/domain/value/overloaded.hpp"
#include "bridge/domain/value/printable.hpp"
#include "bridge/engine/call_watch.hpp"
#include "bridge/engine/decision_json.hpp"
#include "bridge/engine/engine_target.hpp"

namespace bridge::engine {

using namespace domain;

namespace {

// The wall clock may be set while we wait for it, so no wait for an expiry is longer than this.
constexpr std::chrono::hours longest_wait{1};

/// "203.0.113.5, 203.0.113.6 and 198 more"
std::string listed(const std::vector<Indicator>& indicators) {
    constexpr std::size_t shown_max = 5;
    std::string text;
    for (std::size_t i = 0; i < std::min(shown_max, indicators.size()); ++i) {
        text += (i == 0 ? "" : ", ") + indicators[i].text();
    }
    if (indicators.size() > shown_max) {
        text += fmt::format(" and {} more", indicators.size() - shown_max);
    }
    return text;
}

}  // namespace

Engine::Engine(EngineSettings settings, Clock& clock, store::Store& store, TransportMaker transports, Listener listener)
    : settings_(std::move(settings)),
      clock_(clock),
      store_(store),
      transports_(std::move(transports)),
      listener_(std::move(listener)),
      held_notice_(clock,
                   [this](std::string target, std::string text) {
                       tell(Happening::Kind::warning, std::move(target), std::move(text));
                   }),
      store_notice_(clock, [this](StoreNotice::Tone tone, std::string text) {
          tell(tone == StoreNotice::Tone::warning ? Happening::Kind::warning : Happening::Kind::news, "store",
               std::move(text));
      }) {
    for (const TargetSettings& target : settings_.targets) {
        target_names_.push_back(target.name);
    }
}

Engine::~Engine() = default;

void Engine::tell(Happening::Kind kind, std::string subject, std::string text) const {
    listener_(Happening{kind, std::move(subject), std::move(text)});
}

Result<void> Engine::start() {
    auto blocks = store_.load_blocks();
    if (!blocks) {
        return tl::unexpected(blocks.error());
    }
    for (const Block& block : *blocks) {
        if (block.alert == canary_mark) {
            canaries_.emplace(block.target, block.indicator);
        }
    }
    ledger_.load(std::move(*blocks));
    auto orders = store_.load_orders();
    if (!orders) {
        return tl::unexpected(orders.error());
    }
    take_standing_orders(*orders);
    take_off_allowed();
    for (const TargetSettings& settings : settings_.targets) {
        add_target(settings);
    }
    for (const StandingOrder& order : *orders) {
        Target* target = order.kind == StandingOrder::Kind::pause ? target_called(order.subject) : nullptr;
        if (target != nullptr && target->list == nullptr) {
            target->paused = order.reason;
            tell(Happening::Kind::warning, order.subject, order.reason);
        }
    }
    for (const auto& target : targets_) {
        target->started = true;
        feed(*target, Started{});
    }
    expire();
    set_out_canary();
    return {};
}

void Engine::add_target(const TargetSettings& settings) {
    auto target = std::make_unique<Target>(settings, observers_);
    if (settings.way != Way::list) {
        target->line = make_line(settings, transports_);
    }
    for (const TargetSettings& asked : settings.asked) {
        target->asked.push_back(make_line(asked, transports_));
    }
    target->enforcer = make_enforcer(settings, ledger_, ++settings_.seed);
    target->list = dynamic_cast<ListEnforcer*>(target->enforcer.get());
    targets_.push_back(std::move(target));
}

// ---- new settings while it runs

void Engine::reconfigure(EngineSettings settings) {
    canary_.reset();
    std::vector<std::unique_ptr<Target>> before = std::exchange(targets_, {});
    settings.seed = settings_.seed;
    settings.policy.also_allowed.inherit(settings_.policy.also_allowed);
    settings_ = std::move(settings);
    ++rules_;
    target_names_.clear();
    std::vector<std::string> told;
    for (const TargetSettings& wanted : settings_.targets) {
        target_names_.push_back(wanted.name);
        const auto same = std::find_if(before.begin(), before.end(), [&](const auto& old) {
            return old != nullptr && old->settings.name == wanted.name &&
                   old->settings.fingerprint == wanted.fingerprint;
        });
        if (same != before.end()) {
            targets_.push_back(std::move(*same));
            continue;
        }
        add_target(wanted);
        told.push_back(wanted.name);
    }
    for (auto& old : before) {
        if (old == nullptr) {
            continue;
        }
        const std::string name = old->settings.name;
        if (Target* heir = target_called(name); heir != nullptr && heir->list == nullptr) {
            heir->paused = old->paused;
        }
        const bool goes = std::find(target_names_.begin(), target_names_.end(), name) == target_names_.end();
        if (goes) {
            const BlockCounts counts = ledger_.counts(name);
            tell(
                Happening::Kind::audit, name,
                fmt::format("target removed from the configuration: nothing there is touched any more, and {} enforced "
                            "block(s) stay",
                            counts[static_cast<std::size_t>(BlockState::enforced)]));
        }
        old->watch.waits("");
        if (old->calls > 0) {
            retire(std::move(old));
        }
    }
    for (const std::string& name : told) {
        tell(Happening::Kind::news, name, "target is new, or configured anew: comparing");
        const auto target =
            std::find_if(targets_.begin(), targets_.end(), [&](const auto& it) { return it->settings.name == name; });
        if (std::none_of(retired_.begin(), retired_.end(), [&](const auto& it) { return it->settings.name == name; })) {
            (*target)->started = true;
            feed(**target, Started{});
        }
    }
    take_off_allowed();
    expire();
    ++reloads_.done;
    reloads_.last_refusal.clear();
    set_out_canary();
}

void Engine::note_refused_reload(std::string why) {
    ++reloads_.refused;
    reloads_.last_refusal = std::move(why);
}

/// Its session must outlive the call that is under way, so it is kept until that is answered.
void Engine::retire(std::unique_ptr<Target> target) {
    target->retired = true;
    target->wake.reset();
    target->events.clear();
    retired_.push_back(std::move(target));
}

void Engine::bury(const Target& target) {
    const std::string name = target.settings.name;
    std::erase_if(retired_, [&](const auto& each) { return each.get() == &target; });
    const bool another =
        std::any_of(retired_.begin(), retired_.end(), [&](const auto& each) { return each->settings.name == name; });
    for (const auto& heir : targets_) {
        if (heir->settings.name == name && !heir->started && !another) {
            heir->started = true;
            heir->events.push_front(Started{});
            const Event first = std::move(heir->events.front());
            heir->events.pop_front();
            feed(*heir, first);
        }
    }
}

// ---- the canary

void Engine::set_out_canary() {
    const auto& settings = settings_.canary;
    // What is left of one that is no longer wanted, there or at all, is taken back.
    const auto left = canaries_;
    for (const auto& [target, indicator] : left) {
        if (!settings || settings_.policy.dry_run || settings->indicator != indicator) {
            take_canary(target, indicator);
        }
    }
    if (!settings || settings_.policy.dry_run) {
        return;
    }
    canary_ = std::make_unique<Canary>(
        *settings, target_names_, clock_, static_cast<CanaryPerch&>(*this), observers_,
        [this](Happening::Kind kind, std::string subject, std::string text) { tell(kind, subject, text); });
    canary_->start();
}

void Engine::place_canary(const std::string& target, const Block& block, std::function<void(bool)> done) {
    store::Acceptance acceptance;
    acceptance.format = canary_mark;
    acceptance.peer = canary_mark;
    acceptance.received = block.since;
    acceptance.blocks.push_back(block);
    store_.accept(std::move(acceptance),
                  [this, target, block, done = std::move(done)](const Result<store::Accepted>& accepted) {
                      if (!accepted) {
                          done(false);
                          return;
                      }
                      canaries_.emplace(target, block.indicator);
                      const std::vector<Block> fresh = ledger_.apply(std::vector{block});
                      done(true);
                      for (const auto& each : targets_) {
                          if (each->settings.name == target && !fresh.empty()) {
                              feed(*each, Want{{block.indicator}});
                          }
                      }
                  });
}

void Engine::take_canary(const std::string& target, const Indicator& indicator) {
    const Block* const block = ledger_.find(target, indicator);
    if (block == nullptr || !is_desired(block->state)) {
        return;
    }
    record({{target, indicator, BlockState::expired, "canary: seen, taken back"}});
    for (const auto& each : targets_) {
        if (each->settings.name == target) {
            feed(*each, Unwant{{indicator}});
        }
    }
}

std::optional<BlockState> Engine::canary_state(const std::string& target, const Indicator& indicator) const {
    const Block* const block = ledger_.find(target, indicator);
    return block == nullptr ? std::nullopt : std::optional(block->state);
}

std::map<std::string, CanaryStatus> Engine::canary() const {
    return canary_ == nullptr ? std::map<std::string, CanaryStatus>{} : canary_->status();
}

/// Before the ledger takes a change. False: it is the canary's, and no news.
bool Engine::saw(const BlockChange& change) {
    const auto since = stopwatch_.on_change(change, clock_.now());
    if (canaries_.contains({change.target, change.indicator})) {
        if (change.state == BlockState::removed) {
            canaries_.erase({change.target, change.indicator});
        }
        if (canary_ != nullptr) {
            canary_->on_change(change);
        }
        return false;
    }
    const Block* const block = ledger_.find(change.target, change.indicator);
    if (block == nullptr || observers_.empty()) {
        return true;
    }
    Block as_it_is = *block;
    as_it_is.state = change.state;
    if (!change.reason.empty()) {
        as_it_is.reason = change.reason;
    }
    observers_.on_block({as_it_is, since, block->state});
    return true;
}

// ---- notifications

void Engine::receive(std::string body, std::string peer, std::function<void(Reception)> done) {
    const Instant came = clock_.now();
    auto notification = fireeye::read_notification(body, settings_.reading);
    if (!notification) {
        ++counts_.notifications[400];
        ++counts_.alerts_rejected;
        std::string why = printable(notification.error().detail, 300);
        tell(Happening::Kind::warning, "intake",
             fmt::format("400 to {}: {} ({} bytes, begins '{}')", peer, why, body.size(), printable(body, 60)));
        observers_.on_answered(400, peer, why,
                               std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now() - came));
        done({400, std::move(why)});
        return;
    }
    for (const std::string& rejected : notification->rejected) {
        tell(Happening::Kind::warning, "intake",
             fmt::format("one alert of a notification from {} is not understood: {}", peer, printable(rejected, 300)));
    }
    if (!notification->unread.empty()) {
        tell(Happening::Kind::warning, "intake",
             fmt::format("a notification from {} is kept and not acted upon: {}", peer, notification->unread));
    }
    const WallTime now = clock_.wall();
    store::Acceptance acceptance;
    acceptance.format = std::move(notification->format);
    acceptance.peer = peer;
    acceptance.received = now;
    std::size_t without_block = 0;
    std::vector<Admitted> all_admitted;
    std::vector<AlertSeen> seen;
    for (const Alert& alert : notification->alerts) {
        Decision decision = decide(settings_.policy, alert, &quarantine_, now);
        std::vector<Admitted> admitted =
            ledger_.admit(settings_.policy, alert, decision, target_names_, now, &decision.ignored);
        acceptance.alerts.push_back({.identity = identity_of(alert),
                                     .appliance = alert.appliance,
                                     .type = alert.type_name,
                                     .alert_id = alert.id,
                                     .severity = std::string(name_of(alert.severity)),
                                     .decision = decision_json(alert, decision, settings_.policy.dry_run)});
        if (settings_.policy.dry_run && !decision.blockable.empty()) {
            tell(Happening::Kind::audit, "dry run",
                 fmt::format("would block {} ({} {} from {})", listed(decision.blockable), alert.type_name,
                             printable(alert.id), printable(alert.appliance)));
        }
        without_block += decision.blockable.empty() ? 1U : 0U;
        if (!observers_.empty()) {
            const store::JournalEntry& entry = acceptance.alerts.back();
            seen.push_back(
                {alert.type, entry.type, entry.appliance, entry.alert_id, entry.identity, entry.severity, decision});
        }
        if (alert.type == AlertType::endpoint) {
            tell(Happening::Kind::news, "intake",
                 fmt::format("endpoint (HX) alert {} from {} is kept and leads to no block: its addresses are those of "
                             "protected hosts",
                             printable(alert.id), printable(alert.appliance)));
        }
        for (Admitted& one : admitted) {
            if (one.is_new) {
                acceptance.audit.push_back(audited(one.block, std::string(name_of(one.block.state)), one.block.reason));
            }
            if (one.to_store) {
                acceptance.blocks.push_back(one.block);
            }
            all_admitted.push_back(std::move(one));
        }
    }
    acceptance.payload = std::move(body);
    const bool unread = !notification->unread.empty();
    const std::size_t rejected = notification->rejected.size();
    counts_.alerts_rejected += rejected;

    auto finish = [this, done = std::move(done), admitted = std::move(all_admitted), rejected, without_block, unread,
                   came, rules = rules_, seen = std::move(seen),
                   peer = std::move(peer)](const Result<store::Accepted>& accepted) {
        const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now() - came);
        if (!accepted) {
            ++counts_.notifications[503];
            observers_.on_answered(503, peer, accepted.error().detail, took);
            store_notice_.refused(peer, accepted.error().detail);
            done({503, "not stored, send it again: " + accepted.error().detail});
            return;
        }
        store_notice_.stored();
        ++counts_.notifications[200];
        counts_.notifications_unread += unread ? 1U : 0U;
        counts_.alerts_accepted += accepted->new_alerts;
        counts_.alerts_repeated += accepted->repeated_alerts;
        counts_.alerts_without_block += without_block;
        done({200, fmt::format("{} accepted, {} repeated, {} not understood", accepted->new_alerts,
                               accepted->repeated_alerts, rejected)});
        observers_.on_answered(200, peer, "", took);
        for (const AlertSeen& alert : seen) {
            observers_.on_alert(alert);
        }
        take_blocks(admitted, rules);
    };
    store_.accept(std::move(acceptance), std::move(finish));
}

void Engine::take_blocks(const std::vector<Admitted>& admitted, std::uint64_t rules) {
    if (admitted.empty()) {
        return;
    }
    std::vector<Block> fresh = ledger_.apply(admitted);
    if (rules != rules_) {
        store::Notes notes;
        std::erase_if(fresh, [&](const Block& block) {
            std::string why = objection_to(settings_.policy, block.indicator);
            if (why.empty() && quarantine_.find(block.indicator, clock_.wall()) != nullptr) {
                why = "quarantined since it was decided";
            }
            if (!why.empty()) {
                take_off({block}, "", why, notes);
            }
            return !why.empty();
        });
        carry_out(std::move(notes), {}, nullptr);
    }
    if (!fresh.empty()) {
        want(fresh);
        expire();
    }
    for (const Admitted& one : admitted) {
        if (one.block.state == BlockState::held && one.is_new) {
            observers_.on_block({one.block, {}, {}});
            held_notice_.held(one.block);
        }
    }
}

void Engine::want(const std::vector<Block>& fresh) {
    // Sorted out once: to look through all for each target would grow with the square of their number.
    std::unordered_map<std::string_view, std::vector<const Block*>> by_target;
    for (const Block& block : fresh) {
        by_target[block.target].push_back(&block);
    }
    for (const auto& target : targets_) {
        const auto ours = by_target.find(target->settings.name);
        if (ours == by_target.end()) {
            continue;
        }
        Want want;
        const Block* const first = ours->second.front();
        for (const Block* const block : ours->second) {
            want.indicators.push_back(block->indicator);
            stopwatch_.start(block->target, block->indicator, clock_.now());
            observers_.on_block({*block, {}, {}});
        }
        tell(Happening::Kind::audit, target->settings.name,
             fmt::format("block {} ({})", listed(want.indicators), printable(first->reason)));
        feed(*target, want);
    }
}

void Engine::count_turned_away(unsigned status, std::string_view peer, std::string_view line) {
    ++counts_.notifications[status];
    observers_.on_answered(status, peer, line, std::chrono::milliseconds(0));
}

// ---- time

void Engine::expire() {
    const WallTime now = clock_.wall();
    std::vector<BlockChange> over = ledger_.expire(now);
    for (const BlockChange& change : over) {
        saw(change);
    }
    if (!over.empty()) {
        for (const auto& target : targets_) {
            Unwant unwant;
            for (const BlockChange& change : over) {
                if (change.target == target->settings.name && change.state == BlockState::expired) {
                    unwant.indicators.push_back(change.indicator);
                }
            }
            if (!unwant.indicators.empty()) {
                tell(Happening::Kind::audit, target->settings.name,
                     fmt::format("{} block(s) expired, first {}", unwant.indicators.size(),
                                 unwant.indicators.front().text()));
                feed(*target, unwant);
            }
        }
        note(std::move(over));
    }
    const auto next = ledger_.next_expiry();
    if (!next) {
        expiry_alarm_.reset();
        expiry_due_.reset();
        return;
    }
    if (expiry_due_ && *expiry_due_ <= *next && *expiry_due_ > now) {
        return;  // the alarm that is set comes early enough
    }
    const auto pause = std::clamp<std::chrono::milliseconds>(*next - now, std::chrono::milliseconds(0), longest_wait);
    expiry_due_ = now + pause;
    expiry_alarm_ = clock_.at(clock_.now() + pause, [this] {
        expiry_due_.reset();
        expire();
    });
}

// ---- targets

void Engine::feed(Target& target, Event event) {
    target.events.push_back(std::move(event));
    if (target.busy || !target.started) {
        return;
    }
    target.busy = true;
    while (!target.events.empty()) {
        const Event next = std::move(target.events.front());
        target.events.pop_front();
        act(target, target.enforcer->on(next, clock_.now()));
    }
    target.busy = false;
    target.watch.waits(target.enforcer->reason());
}

/// `firewall` is one that a list asks, in the order of its settings; without it the target's own device.
void Engine::ask(Target& target, panos::Conversation& with, const Call& call, std::optional<std::size_t> firewall) {
    ++target.calls;
    // A list asks several firewalls at once, and the watch follows one call at a time.
    if (!firewall) {
        target.watch.begins(call, clock_.now());
    }
    with.perform(call, [this, &target, firewall](Result<Reply> reply) {
        --target.calls;
        if (!firewall) {
            target.watch.ends(reply, clock_.now());
        }
        if (!target.retired) {
            feed(target, firewall ? Event(AnswerFrom{*firewall, std::move(reply)}) : Event(Answer{std::move(reply)}));
            return;
        }
        if (target.calls == 0) {
            // Its session is still speaking.
            clock_.post([this, &target, watch = std::weak_ptr<void>(alive_)] {
                if (!watch.expired()) {
                    bury(target);
                }
            });
        }
    });
}

void Engine::act(Target& target, Actions actions) {
    for (Action& action : actions) {
        std::visit(
            Overloaded{
                [&](const Call& call) {
                    if (!target.paused.empty()) {
                        target.withheld = true;
                        return;
                    }
                    ask(target, *target.line->conversation, call, std::nullopt);
                },
                [&](const CallOn& on) {
                    ask(target, *target.asked.at(on.firewall).conversation, on.call, on.firewall);
                },
                [&](const Wake& wake) { target.wake = clock_.at(wake.at, [this, &target] { feed(target, Woken{}); }); },
                [&](Record& changes) { record(std::move(changes.changes)); },
                [&](const Note& note) {
                    const auto kind = note.weight == Weight::warning ? Happening::Kind::warning
                                      : note.weight == Weight::news  ? Happening::Kind::news
                                                                     : Happening::Kind::detail;
                    tell(kind, target.settings.name, note.text);
                },
            },
            action);
    }
}

void Engine::record(std::vector<BlockChange> changes) {
    for (const BlockChange& change : changes) {
        const bool is_news = saw(change);
        ledger_.apply(change);
        if (is_news && (change.state == BlockState::enforced || change.state == BlockState::removed ||
                        change.state == BlockState::refused)) {
            tell(Happening::Kind::audit, change.target,
                 fmt::format("{} {}{}{}", name_of(change.state), change.indicator.text(),
                             change.reason.empty() ? "" : ": ", printable(change.reason, 300)));
        }
    }
    note(std::move(changes));
}

/// To the store, with a line of the audit trail for each.
void Engine::note(std::vector<BlockChange> changes) {
    store::Notes notes;
    for (const BlockChange& change : changes) {
        notes.audit.push_back({.at = clock_.wall(),
                               .target = change.target,
                               .indicator = change.indicator,
                               .event = std::string(name_of(change.state)),
                               .detail = change.reason.empty() ? change.via : change.reason});
    }
    notes.changes = std::move(changes);
    store_.note(std::move(notes), nullptr);
}

AuditEntry Engine::audited(const Block& block, std::string event, std::string detail) const {
    return {.at = clock_.wall(),
            .target = block.target,
            .indicator = block.indicator,
            .event = std::move(event),
            .detail = std::move(detail)};
}

const ListPage* Engine::list_page(const std::string& target, ListKind kind) {
    for (const auto& each : targets_) {
        if (each->settings.name == target && each->list != nullptr) {
            return &each->list->page(kind);
        }
    }
    return nullptr;
}

void Engine::list_fetched(const std::string& target, ListKind kind, std::uint64_t version) {
    for (const auto& each : targets_) {
        if (each->settings.name == target) {
            feed(*each, PageFetched{kind, version});
        }
    }
}

std::vector<TargetStatus> Engine::targets() const {
    std::vector<TargetStatus> all;
    for (const auto& target : targets_) {
        BlockCounts counts = ledger_.counts(target->settings.name);
        for (const auto& [name, indicator] : canaries_) {
            const Block* const block = name == target->settings.name ? ledger_.find(name, indicator) : nullptr;
            if (block != nullptr) {
                --counts[static_cast<std::size_t>(block->state)];
            }
        }
        all.push_back({.name = target->settings.name,
                       .state = target->paused.empty() ? std::string(target->enforcer->state()) : "paused",
                       .reason = target->paused.empty() ? target->enforcer->reason() : target->paused,
                       .last_error = target->enforcer->last_error(),
                       .commits = target->enforcer->commits(),
                       .blocks = counts,
                       .active = target->line ? target->line->conversation->active() : std::string(),
                       .capacity = target->enforcer->capacity(),
                       .devices = target->enforcer->devices()});
    }
    return all;
}

}  // namespace bridge::engine
