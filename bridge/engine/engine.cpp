#include "bridge/engine/engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <utility>

#include "bridge/domain/overloaded.hpp"
#include "bridge/domain/printable.hpp"
#include "bridge/engine/decision_json.hpp"

namespace bridge::engine {

using namespace domain;

namespace {

// The wall clock may be set while we wait for it, so no wait for an expiry is longer than this.
constexpr std::chrono::hours longest_wait{1};

/// "203.0.113.5, 203.0.113.6 and 198 more"
std::string listed(const std::vector<Block>& blocks) {
    constexpr std::size_t shown_max = 5;
    std::string text;
    for (std::size_t i = 0; i < std::min(shown_max, blocks.size()); ++i) {
        text += (i == 0 ? "" : ", ") + blocks[i].indicator.text();
    }
    if (blocks.size() > shown_max) {
        text += fmt::format(" and {} more", blocks.size() - shown_max);
    }
    return text;
}

}  // namespace

struct Engine::Target {
    TargetSettings settings;
    std::optional<Line> line;  // none: a list
    std::vector<Line> asked;   // of a list
    std::unique_ptr<Enforcer> enforcer;
    ListEnforcer* list = nullptr;  // the enforcer, when it is one
    std::unique_ptr<Alarm> wake;
    std::deque<Event> events;  // an answer may come while the one before is still being acted upon
    bool busy = false;
};

Engine::Engine(EngineSettings settings, Clock& clock, store::Store& store, TransportMaker transports, Listener listener)
    : settings_(std::move(settings)),
      clock_(clock),
      store_(store),
      transports_(std::move(transports)),
      listener_(std::move(listener)),
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
    ledger_.load(std::move(*blocks));
    std::uint64_t seed = settings_.seed;
    for (const TargetSettings& settings : settings_.targets) {
        auto target = std::make_unique<Target>();
        target->settings = settings;
        if (settings.way != Way::list) {
            target->line = make_line(settings, transports_);
        }
        for (const TargetSettings& asked : settings.asked) {
            target->asked.push_back(make_line(asked, transports_));
        }
        target->enforcer = make_enforcer(settings, ledger_.outlines_of(settings.name), ++seed);
        target->list = dynamic_cast<ListEnforcer*>(target->enforcer.get());
        targets_.push_back(std::move(target));
    }
    for (const auto& target : targets_) {
        feed(*target, Started{});
    }
    expire();
    return {};
}

// ---- notifications

void Engine::receive(std::string body, std::string peer, std::function<void(Reception)> done) {
    auto notification = fireeye::read_notification(body, settings_.reading);
    if (!notification) {
        ++counts_.notifications[400];
        ++counts_.alerts_rejected;
        std::string why = printable(notification.error().detail, 300);
        tell(Happening::Kind::warning, "intake",
             fmt::format("400 to {}: {} ({} bytes, begins '{}')", peer, why, body.size(), printable(body, 60)));
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
    for (const Alert& alert : notification->alerts) {
        const Decision decision = decide(settings_.policy, alert);
        acceptance.alerts.push_back({.identity = identity_of(alert),
                                     .appliance = alert.appliance,
                                     .type = alert.type_name,
                                     .alert_id = alert.id,
                                     .severity = std::string(name_of(alert.severity)),
                                     .decision = decision_json(alert, decision)});
        without_block += decision.blockable.empty() ? 1U : 0U;
        if (alert.type == AlertType::endpoint) {
            tell(Happening::Kind::news, "intake",
                 fmt::format("endpoint (HX) alert {} from {} is kept and leads to no block: its addresses are those of "
                             "protected hosts",
                             printable(alert.id), printable(alert.appliance)));
        }
        for (Admitted& one : ledger_.admit(settings_.policy, alert, decision, target_names_, now)) {
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
                   peer = std::move(peer)](const Result<store::Accepted>& accepted) {
        if (!accepted) {
            ++counts_.notifications[503];
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
        take_blocks(admitted);
    };
    store_.accept(std::move(acceptance), std::move(finish));
}

void Engine::take_blocks(const std::vector<Admitted>& admitted) {
    if (admitted.empty()) {
        return;
    }
    const std::vector<Block> fresh = ledger_.apply(admitted);
    if (!fresh.empty()) {
        want(fresh);
        expire();
    }
    for (const Admitted& one : admitted) {
        if (one.block.state == BlockState::held) {
            tell(Happening::Kind::warning, one.block.target,
                 fmt::format("{} {}", one.block.indicator.text(), printable(one.block.reason, 300)));
        }
    }
}

void Engine::want(const std::vector<Block>& fresh) {
    for (const auto& target : targets_) {
        Want want;
        std::vector<Block> told;
        for (const Block& block : fresh) {
            if (block.target == target->settings.name) {
                want.indicators.push_back(block.indicator);
                told.push_back(block);
            }
        }
        if (!want.indicators.empty()) {
            tell(Happening::Kind::audit, target->settings.name,
                 fmt::format("block {} ({})", listed(told), printable(told.front().reason)));
            feed(*target, want);
        }
    }
}

void Engine::count_turned_away(unsigned status) {
    ++counts_.notifications[status];
}

// ---- operators

bool Engine::release(const Indicator& indicator) {
    bool any = false;
    for (const auto& target : targets_) {
        const std::string& name = target->settings.name;
        const Block* block = ledger_.find(name, indicator);
        if (block == nullptr || (block->state != BlockState::held && block->state != BlockState::refused)) {
            continue;
        }
        any = true;
        tell(Happening::Kind::audit, name, fmt::format("release {}", indicator.text()));
        record({{name, indicator, BlockState::wanted, "released by an operator"}});
        feed(*target, Want{{indicator}});
    }
    return any;
}

bool Engine::unblock(const Indicator& indicator) {
    bool any = false;
    for (const auto& target : targets_) {
        const std::string& name = target->settings.name;
        const Block* block = ledger_.find(name, indicator);
        if (block == nullptr || (!is_desired(block->state) && !waits_for_room(block->state, block->reason))) {
            continue;
        }
        any = true;
        tell(Happening::Kind::audit, name, fmt::format("unblock {}", indicator.text()));
        record({{name, indicator, BlockState::expired, "unblocked by an operator"}});
        feed(*target, Unwant{{indicator}});
    }
    return any;
}

void Engine::when_stored(std::function<void(Result<void>)> done) {
    // An acceptance of nothing: it stands in line behind what was recorded before.
    store_.accept({}, [done = std::move(done)](const Result<store::Accepted>& accepted) {
        done(accepted ? Result<void>{} : tl::unexpected(accepted.error()));
    });
}

// ---- time

void Engine::expire() {
    const WallTime now = clock_.wall();
    std::vector<BlockChange> over = ledger_.expire(now);
    if (!over.empty()) {
        for (const auto& target : targets_) {
            Unwant unwant;
            for (const BlockChange& change : over) {
                if (change.target == target->settings.name) {
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
        store_.record(std::move(over));
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

void Engine::feed(Target& target, const Event& event) {
    target.events.push_back(event);
    if (target.busy) {
        return;
    }
    target.busy = true;
    while (!target.events.empty()) {
        const Event next = std::move(target.events.front());
        target.events.pop_front();
        act(target, target.enforcer->on(next, clock_.now()));
    }
    target.busy = false;
}

void Engine::act(Target& target, Actions actions) {
    for (Action& action : actions) {
        std::visit(
            Overloaded{
                [&](const Call& call) {
                    target.line->conversation->perform(
                        call, [this, &target](Result<Reply> reply) { feed(target, Answer{std::move(reply)}); });
                },
                [&](const CallOn& on) {
                    target.asked.at(on.firewall)
                        .conversation->perform(on.call, [this, &target, at = on.firewall](Result<Reply> reply) {
                            feed(target, AnswerFrom{at, std::move(reply)});
                        });
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
        ledger_.apply(change);
        if (change.state == BlockState::enforced || change.state == BlockState::removed ||
            change.state == BlockState::refused) {
            tell(Happening::Kind::audit, change.target,
                 fmt::format("{} {}{}{}", name_of(change.state), change.indicator.text(),
                             change.reason.empty() ? "" : ": ", printable(change.reason, 300)));
        }
    }
    store_.record(std::move(changes));
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
        all.push_back({.name = target->settings.name,
                       .state = std::string(target->enforcer->state()),
                       .reason = target->enforcer->reason(),
                       .last_error = target->enforcer->last_error(),
                       .commits = target->enforcer->commits(),
                       .blocks = ledger_.counts(target->settings.name),
                       .active = target->line ? target->line->conversation->active() : std::string(),
                       .capacity = target->enforcer->capacity(),
                       .devices = target->enforcer->devices()});
    }
    return all;
}

}  // namespace bridge::engine
