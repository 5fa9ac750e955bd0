// What operators order, and what is never blocked: the engine's changes that no notification brings.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "bridge/domain/value/printable.hpp"
#include "bridge/domain/value/special_purpose.hpp"
#include "bridge/engine/engine.hpp"
#include "bridge/engine/engine_target.hpp"

namespace bridge::engine {

using namespace domain;
using std::chrono::milliseconds;

namespace {

// For what an operator has taken back without saying how long it shall stay so.
constexpr milliseconds quarantine_unless_said = std::chrono::hours(24);

// Each is an address that has authenticated; more than a fleet has means that something is wrong with who may post.
constexpr std::size_t appliances_max = 4096;

std::string time_text(WallTime time) {
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", std::chrono::floor<std::chrono::seconds>(time));
}

std::string counted(std::size_t n, std::string_view what) {
    return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
}

std::vector<std::string> texts_of(const std::vector<Block>& blocks) {
    std::vector<std::string> texts;
    for (const Block& block : blocks) {
        std::string text = block.indicator.text();
        if (std::find(texts.begin(), texts.end(), text) == texts.end()) {
            texts.push_back(std::move(text));
        }
    }
    return texts;
}

}  // namespace

std::string Operator::text() const {
    return reason.empty() ? name : fmt::format("{}: {}", name, reason);
}

// ---- what orders are made of

Engine::Target* Engine::target_called(const std::string& name) {
    const auto found = std::find_if(targets_.begin(), targets_.end(),
                                    [&](const auto& target) { return target->settings.name == name; });
    return found == targets_.end() ? nullptr : found->get();
}

void Engine::carry_out(store::Notes notes, Outcome outcome, const Ordered& done) {
    if (notes.changes.empty() && notes.orders.empty() && notes.audit.empty()) {
        if (done) {
            done(std::move(outcome));
        }
        return;
    }
    std::function<void(Result<void>)> stored;
    if (done) {
        stored = [done, outcome = std::move(outcome)](const Result<void>& written) {
            if (written) {
                done(outcome);
            } else {
                done(failed(Errc::store_failed,
                            fmt::format("{}; but it is not on disk yet, and would be lost if the bridge ended now: {}",
                                        outcome.text, written.error().detail)));
            }
        };
    }
    store_.note(std::move(notes), std::move(stored));
}

/// Blocks leave their targets; what waits for an operator is gone at once. `event` for the audit trail; empty: the new
/// state's name.
void Engine::take_off(const std::vector<Block>& blocks, const std::string& event, const std::string& why,
                      store::Notes& notes) {
    std::map<std::string, Unwant> unwanted;
    for (const Block& block : blocks) {
        const bool on_target = is_alive(block);
        BlockChange change{block.target, block.indicator, on_target ? BlockState::expired : BlockState::removed, why};
        notes.audit.push_back(audited(block, event.empty() ? std::string(name_of(change.state)) : event, why));
        if (on_target) {
            unwanted[block.target].indicators.push_back(block.indicator);
        }
        saw(change);
        ledger_.apply(change);
        notes.changes.push_back(std::move(change));
    }
    for (auto& [name, unwant] : unwanted) {
        tell(Happening::Kind::audit, name,
             fmt::format("{} {}: {}", event.empty() ? "taken off" : event,
                         unwant.indicators.size() == 1 ? unwant.indicators.front().text()
                                                       : counted(unwant.indicators.size(), "block"),
                         printable(why, 300)));
        if (Target* target = target_called(name)) {
            feed(*target, unwant);
        }
    }
}

void Engine::set_quarantine(store::Notes& notes, const Indicator& indicator, milliseconds time,
                            const std::string& reason) {
    const WallTime now = clock_.wall();
    for (const Indicator& over : quarantine_.forget_over(now)) {
        notes.orders.push_back({.kind = StandingOrder::Kind::quarantine, .subject = over.text(), .taken_back = true});
    }
    const WallTime until = now + time;
    quarantine_.add({indicator, now, until, reason});
    ++rules_;
    notes.orders.push_back({.kind = StandingOrder::Kind::quarantine,
                            .subject = indicator.text(),
                            .made = now,
                            .until = until,
                            .reason = reason});
    notes.audit.push_back({.at = now,
                           .target = {},
                           .indicator = indicator,
                           .event = "quarantined",
                           .detail = fmt::format("until {}: {}", time_text(until), reason)});
}

/// Held blocks that the selection names, and of one indicator the refused ones, too.
std::vector<Block> Engine::waiting_blocks(const Selection& selection) const {
    std::vector<Block> found;
    for (const std::string& target : target_names_) {
        if (selection.indicator) {
            const Block* block = ledger_.find(target, *selection.indicator);
            if (block != nullptr && (block->state == BlockState::held || block->state == BlockState::refused)) {
                found.push_back(*block);
            }
            continue;
        }
        if (ledger_.counts(target)[static_cast<std::size_t>(BlockState::held)] == 0) {
            continue;
        }
        for (Block& block : ledger_.blocks_of(target)) {
            const bool of_appliance =
                selection.appliance.empty() || appliance_key(block.appliance) == appliance_key(selection.appliance);
            if (block.state == BlockState::held && of_appliance) {
                found.push_back(std::move(block));
            }
        }
    }
    return found;
}

void Engine::take_standing_orders(const std::vector<StandingOrder>& orders) {
    const WallTime now = clock_.wall();
    store::Notes notes;
    for (const StandingOrder& order : orders) {
        if (order.until <= now) {
            notes.orders.push_back({.kind = order.kind, .subject = order.subject, .taken_back = true});
            continue;
        }
        if (order.kind == StandingOrder::Kind::quarantine) {
            if (auto indicator = Indicator::parse_blocked(order.subject)) {
                quarantine_.add({std::move(*indicator), order.made, order.until, order.reason});
            }
        } else if (order.kind == StandingOrder::Kind::appliance) {
            const auto address = IpAddress::parse(order.subject);
            auto rule = AllowRule::parse(order.subject, "the address of an appliance that posts here");
            if (address && rule && appliances_.insert(*address).second) {
                settings_.policy.also_allowed.add("appliances", std::move(*rule));
            }
        }
    }
    carry_out(std::move(notes), {}, nullptr);
}

// ---- what is never blocked

void Engine::take_off_allowed() {
    std::map<std::string, std::vector<Block>> covered;  // by reason
    ledger_.each([&](const Block& block) {
        if (!is_timed(block.state) && block.state != BlockState::refused) {
            return;
        }
        if (std::string why = objection_to(settings_.policy, block.indicator); !why.empty()) {
            covered[std::move(why)].push_back(block);
        }
    });
    store::Notes notes;
    for (const auto& [why, blocks] : covered) {
        take_off(blocks, "", why, notes);
    }
    carry_out(std::move(notes), {}, nullptr);
}

void Engine::allow(const std::string& layer, std::vector<AllowRule> rules) {
    settings_.policy.also_allowed.replace(layer, std::move(rules));
    ++rules_;
    take_off_allowed();
}

void Engine::know_appliance(const std::string& peer) {
    const auto address = IpAddress::parse(peer);
    if (!address || appliances_.contains(*address) || appliances_.size() >= appliances_max ||
        !special_range(*address, false).empty()) {
        return;
    }
    appliances_.insert(*address);
    auto rule = AllowRule::parse(address->text(), "the address of an appliance that posts here");
    settings_.policy.also_allowed.add("appliances", std::move(*rule));
    ++rules_;
    tell(Happening::Kind::news, "intake",
         fmt::format("{} is an appliance's address, and is never blocked from now on", address->text()));
    store::Notes notes;
    notes.orders.push_back({.kind = StandingOrder::Kind::appliance,
                            .subject = address->text(),
                            .made = clock_.wall(),
                            .reason = "it has posted a notification"});
    carry_out(std::move(notes), {}, nullptr);
    take_off_allowed();
}

// ---- orders

void Engine::release(const Selection& selection, const Operator& who, const Ordered& done) {
    const std::vector<Block> blocks = waiting_blocks(selection);
    store::Notes notes;
    const WallTime now = clock_.wall();
    const std::string why = fmt::format("released by {}", who.text());
    bool lifted = false;
    if (selection.indicator && quarantine_.lift(*selection.indicator)) {
        lifted = true;
        notes.orders.push_back(
            {.kind = StandingOrder::Kind::quarantine, .subject = selection.indicator->text(), .taken_back = true});
        notes.audit.push_back({now, "", *selection.indicator, "out of quarantine", why});
    }
    if (blocks.empty() && !lifted) {
        done(failed(Errc::missing, selection.indicator ? fmt::format("{} is neither held nor refused nor quarantined",
                                                                     selection.indicator->text())
                                   : selection.appliance.empty() ? std::string("nothing is held")
                                                                 : fmt::format("nothing of appliance '{}' is held",
                                                                               printable(selection.appliance))));
        return;
    }
    std::map<std::string, Want> wanted;
    for (const Block& block : blocks) {
        BlockChange change{block.target, block.indicator, BlockState::wanted, why};
        change.since = now;
        change.expires = std::max(block.expires, now + settings_.policy.expire);
        notes.audit.push_back(audited(block, "released", why));
        stopwatch_.start(block.target, block.indicator, clock_.now());
        saw(change);
        ledger_.apply(change);
        notes.changes.push_back(std::move(change));
        wanted[block.target].indicators.push_back(block.indicator);
    }
    for (auto& [name, want] : wanted) {
        tell(Happening::Kind::audit, name,
             fmt::format("release {}: {}",
                         want.indicators.size() == 1 ? want.indicators.front().text()
                                                     : counted(want.indicators.size(), "block"),
                         printable(why, 300)));
        feed(*target_called(name), want);
    }
    expire();
    Outcome outcome;
    outcome.indicators = texts_of(blocks);
    outcome.text = blocks.empty() ? fmt::format("{} is out of quarantine", selection.indicator->text())
                                  : fmt::format("released {}", counted(blocks.size(), "block"));
    carry_out(std::move(notes), std::move(outcome), done);
}

void Engine::drop(const Selection& selection, std::optional<milliseconds> time, const Operator& who,
                  const Ordered& done) {
    const std::vector<Block> blocks = waiting_blocks(selection);
    if (blocks.empty()) {
        std::string why = "nothing like that is held";
        if (selection.indicator) {
            why = fmt::format("{} is neither held nor refused", selection.indicator->text());
            for (const std::string& target : target_names_) {
                const Block* block = ledger_.find(target, *selection.indicator);
                if (block != nullptr && is_desired(block->state)) {
                    why = fmt::format("{} is not held but {} on {}; `unblock` takes it off",
                                      selection.indicator->text(), name_of(block->state), target);
                }
            }
        }
        done(failed(Errc::missing, std::move(why)));
        return;
    }
    const milliseconds standing =
        settings_.policy.quarantine.count() > 0 ? settings_.policy.quarantine : quarantine_unless_said;
    const milliseconds length = time.value_or(standing);
    const std::string why = fmt::format("dropped by {}", who.text());
    store::Notes notes;
    take_off(blocks, "dropped", why, notes);
    Outcome outcome;
    outcome.indicators = texts_of(blocks);
    if (length.count() > 0) {
        for (const std::string& text : outcome.indicators) {
            set_quarantine(notes, Indicator::parse_blocked(text).value(), length, why);
        }
    }
    tell(Happening::Kind::audit, "policy", fmt::format("{}: {}", counted(blocks.size(), "block"), printable(why, 300)));
    outcome.text = fmt::format("dropped {}", counted(blocks.size(), "block"));
    if (length.count() > 0) {
        outcome.text += fmt::format("; alerts block nothing of it until {}", time_text(clock_.wall() + length));
    }
    carry_out(std::move(notes), std::move(outcome), done);
}

void Engine::unblock(const Indicator& indicator, std::optional<milliseconds> time, const Operator& who,
                     const Ordered& done) {
    std::vector<Block> blocks;
    std::string covering;
    for (const std::string& target : target_names_) {
        const Block* block = ledger_.find(target, indicator);
        if (block != nullptr && (is_timed(block->state) || block->state == BlockState::refused)) {
            blocks.push_back(*block);
        }
        const auto wide = indicator.wider();
        const Block* wider = wide ? ledger_.find(target, *wide) : nullptr;
        if (wider != nullptr && is_desired(wider->state)) {
            covering = wide->text();
        }
    }
    const milliseconds length = time.value_or(settings_.policy.quarantine);
    if (blocks.empty() && !covering.empty()) {
        done(failed(Errc::refused,
                    fmt::format("{} is blocked as part of {}; unblock that", indicator.text(), covering)));
        return;
    }
    if (blocks.empty() && length.count() == 0) {
        done(failed(Errc::missing, fmt::format("{} is not blocked", indicator.text())));
        return;
    }
    const std::string why = fmt::format("unblocked by {}", who.text());
    store::Notes notes;
    take_off(blocks, "unblocked", why, notes);
    Outcome outcome;
    outcome.indicators = {indicator.text()};
    outcome.text = blocks.empty() ? fmt::format("{} was not blocked", indicator.text())
                                  : fmt::format("{} is unblocked", indicator.text());
    if (length.count() > 0) {
        set_quarantine(notes, indicator, length, why);
        outcome.text += fmt::format("; alerts do not block it until {}", time_text(clock_.wall() + length));
    } else {
        outcome.text += "; the next alert about it blocks it again (`unblock --for 24h` prevents that)";
    }
    carry_out(std::move(notes), std::move(outcome), done);
}

void Engine::block(const BlockOrder& order, const Operator& who, const Ordered& done) {
    const Indicator& indicator = order.indicator;
    if (std::string why = objection_to(settings_.policy, indicator); !why.empty()) {
        tell(Happening::Kind::audit, "policy",
             fmt::format("block {} by {} is refused: {}", indicator.text(), printable(who.text(), 300), why));
        store::Notes notes;
        notes.audit.push_back(
            {clock_.wall(), "", indicator, "refused", fmt::format("block by {}: {}", who.text(), why)});
        store_.note(std::move(notes), nullptr);
        done(failed(Errc::refused, fmt::format("{} is {}", indicator.text(), why)));
        return;
    }
    if (settings_.policy.dry_run) {
        done(failed(Errc::refused, "policy.dry_run is on: nothing is blocked"));
        return;
    }
    if (!order.target.empty() && target_called(order.target) == nullptr) {
        done(failed(Errc::misconfigured,
                    fmt::format("there is no target '{}'; there {} {}", printable(order.target),
                                target_names_.size() == 1 ? "is" : "are", fmt::join(target_names_, ", "))));
        return;
    }
    const WallTime now = clock_.wall();
    const WallTime expires = now + order.time.value_or(settings_.policy.expire);
    const std::string why = fmt::format("blocked by {}", who.text());
    store::Acceptance acceptance;
    acceptance.received = now;
    std::vector<Admitted> admitted;
    for (const std::string& target : target_names_) {
        if (!order.target.empty() && target != order.target) {
            continue;
        }
        const Block* known = ledger_.find(target, indicator);
        Block block{.target = target,
                    .indicator = indicator,
                    .state = BlockState::wanted,
                    .reason = why,
                    .alert = {},
                    .since = now,
                    .expires = expires};
        const bool is_new = known == nullptr || !is_alive(*known);
        acceptance.audit.push_back(audited(block, is_new ? "wanted" : "asked for again", why));
        acceptance.blocks.push_back(block);
        admitted.push_back({std::move(block), true, is_new});
    }
    if (admitted.empty()) {
        done(failed(Errc::misconfigured, "there is no target to block on"));
        return;
    }
    store::Notes notes;
    if (quarantine_.lift(indicator)) {
        notes.orders.push_back(
            {.kind = StandingOrder::Kind::quarantine, .subject = indicator.text(), .taken_back = true});
        notes.audit.push_back({now, "", indicator, "out of quarantine", why});
    }
    carry_out(std::move(notes), {}, nullptr);
    Outcome outcome;
    outcome.indicators = {indicator.text()};
    const bool any_new = std::any_of(admitted.begin(), admitted.end(), [](const Admitted& one) { return one.is_new; });
    outcome.text =
        fmt::format("{} {} until {} at least", indicator.text(),
                    any_new ? "goes out to the firewalls, and stays blocked" : "is blocked already, and stays so",
                    time_text(expires));
    store_.accept(std::move(acceptance), [this, admitted = std::move(admitted), outcome = std::move(outcome), done,
                                          rules = rules_](const Result<store::Accepted>& accepted) {
        if (!accepted) {
            done(failed(Errc::store_failed, "not stored, and so not blocked: " + accepted.error().detail));
            return;
        }
        take_blocks(admitted, rules);
        done(outcome);
    });
}

void Engine::roll_back(const RollbackOrder& order, const Operator& who, const Ordered& done) {
    std::vector<Block> blocks = ledger_.blocks();
    std::erase_if(blocks,
                  [&](const Block& block) { return !is_alive(block) || (order.since && block.since < *order.since); });
    std::stable_sort(blocks.begin(), blocks.end(), [](const Block& a, const Block& b) { return a.since > b.since; });
    const std::vector<std::string> newest = texts_of(blocks);
    const std::size_t count = order.since ? newest.size() : std::min(order.last, newest.size());
    const std::set<std::string> chosen(newest.begin(), newest.begin() + static_cast<std::ptrdiff_t>(count));
    std::erase_if(blocks, [&](const Block& block) { return !chosen.contains(block.indicator.text()); });
    if (blocks.empty()) {
        done(failed(Errc::missing, order.since ? fmt::format("there is no block since {}", time_text(*order.since))
                                               : std::string("there is no block to take back")));
        return;
    }
    Outcome outcome;
    outcome.indicators.assign(newest.begin(), newest.begin() + static_cast<std::ptrdiff_t>(count));
    const milliseconds standing =
        settings_.policy.quarantine.count() > 0 ? settings_.policy.quarantine : quarantine_unless_said;
    const milliseconds length = order.quarantine.value_or(standing);
    outcome.text = fmt::format("{} {}, the oldest since {}", order.dry_run ? "would take off" : "taken off",
                               counted(count, "indicator"), time_text(blocks.back().since));
    if (length.count() > 0) {
        outcome.text += fmt::format("; alerts {} not block {} until {}", order.dry_run ? "would" : "do",
                                    count == 1 ? "it" : "them", time_text(clock_.wall() + length));
    }
    if (order.dry_run) {
        done(std::move(outcome));
        return;
    }
    const std::string why = fmt::format("rolled back by {}", who.text());
    store::Notes notes;
    take_off(blocks, "rolled back", why, notes);
    if (length.count() > 0) {
        for (const std::string& text : outcome.indicators) {
            set_quarantine(notes, Indicator::parse_blocked(text).value(), length, why);
        }
    }
    carry_out(std::move(notes), std::move(outcome), done);
}

void Engine::pause(const std::string& name, const Operator& who, const Ordered& done) {
    Target* target = target_called(name);
    if (target == nullptr) {
        done(failed(Errc::misconfigured, fmt::format("there is no target '{}'; there is {}", printable(name),
                                                     fmt::join(target_names_, ", "))));
        return;
    }
    if (!target->paused.empty()) {
        done(failed(Errc::refused, fmt::format("{} is {} already", name, target->paused)));
        return;
    }
    if (target->list != nullptr) {
        done(failed(Errc::refused,
                    fmt::format("{} is a list that firewalls fetch, which no pause keeps from them; `unblock` or "
                                "`rollback` takes entries off it",
                                name)));
        return;
    }
    const WallTime now = clock_.wall();
    target->paused = fmt::format("paused since {} by {}", time_text(now), who.text());
    tell(Happening::Kind::audit, name, target->paused);
    store::Notes notes;
    notes.orders.push_back(
        {.kind = StandingOrder::Kind::pause, .subject = name, .made = now, .reason = target->paused});
    carry_out(std::move(notes),
              {fmt::format("{} is paused: it gets no calls, and its blocks gather until `resume {}`", name, name)},
              done);
}

void Engine::resume(const std::string& name, const Operator& who, const Ordered& done) {
    Target* target = target_called(name);
    if (target == nullptr || target->paused.empty()) {
        done(failed(Errc::missing, fmt::format("there is no paused target '{}'", printable(name))));
        return;
    }
    target->paused.clear();
    tell(Happening::Kind::audit, name, fmt::format("resumed by {}", who.text()));
    if (std::exchange(target->withheld, false)) {
        // What was to be asked when the pause began may no longer be wanted; after a failure everything is compared
        // anew.
        feed(*target, Answer{failed(Errc::unreachable, "the target was paused")});
    }
    store::Notes notes;
    notes.orders.push_back({.kind = StandingOrder::Kind::pause, .subject = name, .taken_back = true});
    carry_out(std::move(notes), {fmt::format("{} works again", name)}, done);
}

}  // namespace bridge::engine
