#include "bridge/domain/enforcement/registration_enforcer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "bridge/domain/firewall/tag_filter.hpp"
#include "bridge/domain/value/overloaded.hpp"
#include "bridge/domain/value/printable.hpp"

namespace bridge::domain {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds busy_wait_max{10'000};
constexpr std::size_t lookups_max = 8;  // more new addresses than that are looked for in the whole table

constexpr std::string_view network_refused =
    "a network cannot be registered with a tag: block it by a target of kind edl, or one of mode static";
constexpr std::string_view name_refused =
    "a domain name cannot be registered with a tag: block it by a target of kind edl, or one of mode static";

/// The first number of "10.1.9-h1"; 0 when there is none.
unsigned major_of(std::string_view release) {
    unsigned major = 0;
    std::from_chars(release.data(), release.data() + release.size(), major);
    return major;
}

}  // namespace

std::string_view name_of(RegistrationEnforcer::Phase phase) {
    switch (phase) {
        case RegistrationEnforcer::Phase::starting:
            return "starting";
        case RegistrationEnforcer::Phase::surveying:
            return "surveying";
        case RegistrationEnforcer::Phase::idle:
            return "idle";
        case RegistrationEnforcer::Phase::registering:
            return "registering";
        case RegistrationEnforcer::Phase::verifying:
            return "verifying";
        case RegistrationEnforcer::Phase::waiting:
            return "waiting";
    }
    return "unknown";
}

RegistrationEnforcer::RegistrationEnforcer(RegistrationSettings settings, std::uint64_t seed)
    : settings_(std::move(settings)), backoff_(settings_.backoff_min, seed) {}

void RegistrationEnforcer::know(const Block& block) {
    Stage at = Stage::wanted;
    switch (block.state) {
        case BlockState::wanted:
            at = Stage::wanted;
            break;
        case BlockState::pushed:
            at = Stage::registered;
            break;
        case BlockState::enforced:
            at = Stage::seen;
            break;
        case BlockState::expired:
            at = Stage::leaving;
            break;
        case BlockState::removed:
        case BlockState::refused:
        case BlockState::held:
            return;
    }
    const IpAddress* address = block.indicator.address();
    if (address == nullptr) {
        names_.push_back(block.indicator);
        return;
    }
    const auto [place, added] = entries_.try_emplace(*address);
    if (added) {
        place->second.order = ++arrivals_;
        place->second.told = block.state;
        place->second.tried = true;  // perhaps, in an earlier life
        stage(*address, place->second, at);
    }
}

std::string_view RegistrationEnforcer::state() const {
    return phase_ == Phase::idle && !group_trouble_.empty() ? "ungrouped" : name_of(phase_);
}

const std::string& RegistrationEnforcer::reason() const {
    return phase_ == Phase::waiting ? reason_ : group_trouble_;
}

Actions RegistrationEnforcer::on(const Event& event, Instant now) {
    actions_.clear();
    std::visit(Overloaded{
                   [this](const Started&) { on_started(); },
                   [this](const Want& want) { on_want(want); },
                   [this](const Unwant& unwant) { on_unwant(unwant); },
                   [this, now](const Woken&) { on_woken(now); },
                   [this, now](const Answer& answer) {
                       asked_ = false;
                       on_answer(answer.reply, now);
                   },
                   // Of other ways to block.
                   [](const auto&) {},
               },
               event);
    next(now);
    if (!changes_.empty()) {
        // First, so that the ledger never lags behind a call that goes out with the same actions.
        actions_.insert(actions_.begin(), Record{std::exchange(changes_, {})});
    }
    return std::exchange(actions_, {});
}

// ---- what comes from the ledger

void RegistrationEnforcer::on_started() {
    phase_ = Phase::surveying;
    for (const Indicator& name : std::exchange(names_, {})) {
        refuse_name(name);
    }
}

void RegistrationEnforcer::refuse_name(const Indicator& name) {
    changes_.push_back({settings_.target, name, BlockState::refused,
                        std::string(name.prefix() != nullptr ? network_refused : name_refused)});
}

void RegistrationEnforcer::on_want(const Want& want) {
    for (const Indicator& indicator : want.indicators) {
        const IpAddress* address = indicator.address();
        if (address == nullptr) {
            refuse_name(indicator);
            continue;
        }
        const auto [place, added] = entries_.try_emplace(*address);
        Entry& entry = place->second;
        if (!added && entry.stage != Stage::leaving && entry.stage != Stage::left) {
            continue;
        }
        entry.order = added ? ++arrivals_ : entry.order;
        entry.told = BlockState::wanted;
        stage(*address, entry, Stage::wanted);
    }
}

void RegistrationEnforcer::on_unwant(const Unwant& unwant) {
    for (const Indicator& indicator : unwant.indicators) {
        const IpAddress* address = indicator.address();
        const auto place = address == nullptr ? entries_.end() : entries_.find(*address);
        if (place == entries_.end()) {
            changes_.push_back({settings_.target, indicator, BlockState::removed, "it was not on the target"});
            continue;
        }
        Entry& entry = place->second;
        if (!entry.tried) {
            drop(*address, BlockState::removed, "it had not been registered yet");
            continue;
        }
        entry.told = BlockState::expired;
        if (entry.stage != Stage::left) {
            stage(*address, entry, Stage::leaving);
        }
    }
}

// ---- what comes next

void RegistrationEnforcer::on_woken(Instant now) {
    if (asked_) {
        return;
    }
    if (phase_ == Phase::waiting) {
        survey(now);
        return;
    }
    if (now - compared_ >= settings_.compare_every) {
        survey(now);
    }
    group_due_ = group_due_ || (!group_trouble_.empty() && now - group_seen_ >= settings_.backoff_max);
}

/// Everything is asked anew: after a pause the device may have been restarted, or be another one.
void RegistrationEnforcer::survey(Instant /*now*/) {
    phase_ = Phase::surveying;
    system_due_ = group_due_ = count_due_ = pass_due_ = true;
    pass_.reset();
}

void RegistrationEnforcer::next(Instant now) {
    if (asked_ || phase_ == Phase::waiting || phase_ == Phase::starting) {
        return;
    }
    if (system_due_) {
        call(ReadSystem{});
        return;
    }
    if (group_due_) {
        if (local_group_missing_) {
            call(ReadDynamicGroup{});
        } else {
            call(ReadGroups{});
        }
        return;
    }
    const bool to_send = has_to_send(now);
    const bool to_look = has_to_look();
    if (count_due_ && !to_send) {
        call(CountRegistered{});
        return;
    }
    if (to_send && (looked_last_ || !to_look)) {
        send(now);
    } else if (to_look) {
        look();
    } else {
        rest(now);
    }
}

bool RegistrationEnforcer::has_to_send(Instant now) const {
    // What leaves the table while it is read page by page would move an entry from the next page to one that is read.
    const bool may_leave = !pass_;
    return !wanted_.empty() || (may_leave && !leaving_.empty()) ||
           (may_leave && !renewals_.empty() && renewals_.begin()->first <= now);
}

bool RegistrationEnforcer::has_to_look() const {
    return pass_ || pass_due_ || !unproved_.empty();
}

void RegistrationEnforcer::send(Instant now) {
    phase_ = Phase::registering;
    looked_last_ = false;
    RegisterAddresses message;
    message.timeout = major_ >= 9 ? settings_.timeout : std::chrono::seconds(0);
    under_way_.clear();
    const auto room = [&] { return message.gone.size() + message.fresh.size() < settings_.register_max; };
    for (auto at = wanted_.begin(); at != wanted_.end() && room(); ++at) {
        message.fresh.push_back(at->second);
        under_way_.emplace_back(at->second, Errand::fresh);
        entries_.at(at->second).tried = true;
    }
    if (!pass_) {
        for (auto at = renewals_.begin(); at != renewals_.end() && at->first <= now && room(); ++at) {
            if (!prolongs_) {
                message.gone.push_back(at->second);
            }
            message.fresh.push_back(at->second);
            under_way_.emplace_back(at->second, prolongs_ ? Errand::renewal : Errand::again);
        }
        for (auto at = leaving_.begin(); at != leaving_.end() && room(); ++at) {
            message.gone.push_back(at->second);
            under_way_.emplace_back(at->second, Errand::gone);
        }
    }
    call(std::move(message));
}

void RegistrationEnforcer::look() {
    phase_ = pass_due_ || (pass_ && phase_ == Phase::surveying) ? Phase::surveying : Phase::verifying;
    looked_last_ = true;
    const std::size_t limit = major_ >= 8 ? settings_.page_max : 0;
    if (!pass_) {
        // The way that costs fewer calls: each address by itself, or the whole table.
        const std::size_t pages = limit == 0 ? 1 : table_entries_ / limit + 1;
        if (!pass_due_ && unproved_.size() <= std::min(pages, lookups_max)) {
            call(ReadRegisteredAddress{*unproved_.begin()});
            return;
        }
        pass_due_ = false;
        pass_ = Pass{};
        ++passes_;
    }
    call(ReadRegistered{pass_->from, limit});
}

void RegistrationEnforcer::rest(Instant now) {
    phase_ = Phase::idle;
    failures_ = 0;
    Instant wake = compared_ + settings_.compare_every;
    if (!renewals_.empty()) {
        wake = std::min(wake, renewals_.begin()->first);
    }
    if (!group_trouble_.empty()) {
        wake = std::min(wake, group_seen_ + settings_.backoff_max);
    }
    actions_.emplace_back(Wake{std::max(wake, now)});
}

void RegistrationEnforcer::wait(Instant now, std::string why, milliseconds longest) {
    failures_ = std::min(failures_ + 1, 30U);
    if (why != reason_ || phase_ != Phase::waiting) {
        note(Weight::warning, why);
    }
    phase_ = Phase::waiting;
    last_error_ = why;
    reason_ = std::move(why);
    pass_.reset();
    under_way_.clear();
    actions_.emplace_back(Wake{now + backoff_.pause(failures_, longest)});
}

// ---- answers

void RegistrationEnforcer::on_answer(const Result<Reply>& reply, Instant now) {
    if (!reply && std::holds_alternative<ReadDynamicGroup>(*last_call_) &&
        remedy(reply.error().code) == Remedy::refuse) {
        on_group(nullptr, now);  // a device that does not know the command has no such group either
        return;
    }
    if (!reply && std::holds_alternative<CountRegistered>(*last_call_) &&
        remedy(reply.error().code) == Remedy::refuse) {
        count_due_ = false;
        note(Weight::detail,
             fmt::format("the device does not count its registered addresses, so how full it is is not watched: {}",
                         printable(reply.error().detail, 120)));
        return;
    }
    if (!reply) {
        const bool busy = reply.error().code == Errc::busy || remedy(reply.error().code) == Remedy::wait_for_lock;
        wait(now, reply.error().detail, busy ? std::min(busy_wait_max, settings_.backoff_max) : settings_.backoff_max);
        return;
    }
    std::visit(Overloaded{
                   [this](const SystemSeen& seen) { on_system(seen); },
                   [this, now](const GroupsSeen& seen) { on_group(seen.find(settings_.group), now); },
                   [this](const RegisteredCounted& seen) { on_count(seen); },
                   [this, now](const RegisteredSeen& seen) {
                       if (std::holds_alternative<ReadRegisteredAddress>(*last_call_)) {
                           on_looked_up(seen, now);
                       } else {
                           on_page(seen, now);
                       }
                   },
                   [this, now](const RegistrationAnswered& answer) { on_registered(answer, now); },
                   // Of other ways to block.
                   [](const auto&) {},
               },
               *reply);
}

void RegistrationEnforcer::on_system(const SystemSeen& seen) {
    system_due_ = false;
    major_ = major_of(seen.release);
    capacity_ = settings_.registered_max != 0 ? settings_.registered_max : registered_addresses_max(seen.model);
    count_due_ = count_due_ && capacity_ != 0;
    if (settings_.timeout.count() > 0 && major_ < 9 && !told_no_timeouts_) {
        told_no_timeouts_ = true;
        note(Weight::warning,
             fmt::format("register_timeout is not used: PAN-OS {} knows none (9.0 does), so addresses stay registered "
                         "until the bridge takes them back",
                         printable(seen.release, 40)));
    }
}

void RegistrationEnforcer::on_group(const GroupSeen* seen, Instant now) {
    // What Panorama pushed, or a shared group, is not in the vsys's own running configuration: look among those in use.
    if (seen == nullptr && !local_group_missing_) {
        local_group_missing_ = true;
        return;
    }
    group_due_ = false;
    local_group_missing_ = false;
    group_seen_ = now;
    const std::string mend = fmt::format(
        "an administrator makes a dynamic address group {} with the match '{}' and a rule that denies it, and commits; "
        "addresses are registered meanwhile, and not denied",
        settings_.group, settings_.tag);
    if (seen == nullptr) {
        turn_grouped(fmt::format("address group {} is not in the running configuration: {}", settings_.group, mend));
        return;
    }
    if (seen->is_static) {
        turn_grouped(
            fmt::format("address group {} is static, and mode dynamic needs a dynamic one: {}", settings_.group, mend));
        return;
    }
    const auto takes = filter_takes(seen->filter, settings_.tag);
    if (!takes || !*takes) {
        turn_grouped(
            fmt::format("address group {} does not take up addresses with the tag '{}' alone, its match is "
                        "[{}]: {}",
                        settings_.group, settings_.tag, printable(seen->filter, 120), mend));
        return;
    }
    turn_grouped("");
}

void RegistrationEnforcer::on_count(const RegisteredCounted& seen) {
    count_due_ = false;
    const bool near = seen.addresses * 5 >= capacity_ * 4;
    if (near && !told_near_full_) {
        note(Weight::warning,
             fmt::format("the firewall holds {} registered addresses of the {} that it takes (registered_max): beyond "
                         "that it refuses new ones",
                         seen.addresses, capacity_));
    }
    // Told again only after it was well below for once.
    told_near_full_ = near || (told_near_full_ && seen.addresses * 10 >= capacity_ * 7);
}

void RegistrationEnforcer::turn_grouped(std::string trouble) {
    if (trouble != group_trouble_) {
        note(trouble.empty() ? Weight::news : Weight::warning,
             trouble.empty() ? fmt::format("address group {} takes up our tag", settings_.group) : trouble);
    }
    if (!trouble.empty()) {
        last_error_ = trouble;
    }
    group_trouble_ = std::move(trouble);
    for (auto& [address, entry] : entries_) {
        if (entry.stage == Stage::seen) {
            tell(address, entry, proved());
        }
    }
}

BlockState RegistrationEnforcer::proved() const {
    return group_trouble_.empty() ? BlockState::enforced : BlockState::pushed;
}

void RegistrationEnforcer::on_page(const RegisteredSeen& seen, Instant now) {
    if (seen.cut) {
        wait(now,
             "the device lists more than 500 registered addresses in a file only (PAN-OS before 8.0): use mode static "
             "there",
             settings_.backoff_max);
        return;
    }
    if (!seen.addresses.empty() && seen.addresses == pass_->last_page) {
        // It would keep us here for ever.
        wait(now, "the device gives the same page of its registered addresses again and again", settings_.backoff_max);
        return;
    }
    for (const IpAddress& address : seen.addresses) {
        const auto place = entries_.find(address);
        if (place == entries_.end()) {
            ++pass_->strangers;
            continue;
        }
        Entry& entry = place->second;
        entry.seen_in = passes_;
        if (entry.stage == Stage::leaving || entry.stage == Stage::left) {
            continue;
        }
        if (settings_.timeout.count() > 0 && major_ >= 9 && !entry.renew) {
            renew_at(address, entry, now);  // of an earlier life, so nobody knows how much time it has left
        }
        if (entry.stage != Stage::seen) {
            stage(address, entry, Stage::seen);
            tell(address, entry, proved());
            failures_ = 0;
        }
    }
    pass_->entries += seen.entries;
    pass_->from += seen.entries;
    const auto& asked = std::get<ReadRegistered>(*last_call_);
    const bool full = asked.limit > 0 && seen.entries == asked.limit;
    pass_->last_page = seen.addresses;
    if (!full) {
        end_pass(now);
    }
}

void RegistrationEnforcer::end_pass(Instant now) {
    const Pass done = *std::exchange(pass_, std::nullopt);
    table_entries_ = done.entries;
    compared_ = now;
    if (done.strangers != strangers_) {
        strangers_ = done.strangers;
        note(Weight::news,
             fmt::format("{} registered with tag {} without a block of ours: left alone", strangers_, settings_.tag));
    }
    std::vector<IpAddress> unproved;
    std::vector<IpAddress> gone;
    std::size_t healed = 0;
    for (auto& [address, entry] : entries_) {
        const bool in = entry.seen_in == passes_;
        const bool before = entry.pass < passes_;  // it was at its stage when the pass began
        switch (entry.stage) {
            case Stage::registered:
                if (!in && before) {
                    unproved.push_back(address);
                }
                break;
            case Stage::seen:
                if (!in && before) {
                    ++healed;
                    renew_at(address, entry, std::nullopt);
                    stage(address, entry, Stage::wanted);
                    tell(address, entry, BlockState::wanted);
                }
                break;
            case Stage::leaving:
                if (!in && before) {
                    gone.push_back(address);
                }
                break;
            case Stage::left:
                if (before) {
                    (in ? unproved : gone).push_back(address);
                }
                break;
            case Stage::wanted:
                break;
        }
    }
    for (const IpAddress& address : gone) {
        drop(address, BlockState::removed, "");
        failures_ = 0;
    }
    if (healed > 0) {
        note(Weight::warning, fmt::format("{} of ours had gone from the table of registered addresses without us: "
                                          "registering again",
                                          healed));
    }
    judge(unproved, now);
}

void RegistrationEnforcer::on_looked_up(const RegisteredSeen& seen, Instant now) {
    const IpAddress address = std::get<ReadRegisteredAddress>(*last_call_).address;
    unproved_.erase(address);
    const auto place = entries_.find(address);
    if (place == entries_.end()) {
        return;
    }
    Entry& entry = place->second;
    const bool in = std::find(seen.addresses.begin(), seen.addresses.end(), address) != seen.addresses.end();
    if (entry.stage == Stage::registered && in) {
        stage(address, entry, Stage::seen);
        tell(address, entry, proved());
        failures_ = 0;
    } else if (entry.stage == Stage::left && !in) {
        drop(address, BlockState::removed, "");
        failures_ = 0;
    } else if (entry.stage == Stage::registered || entry.stage == Stage::left) {
        judge({address}, now);
    }
}

/// The device said yes, and its table says no.
void RegistrationEnforcer::judge(const std::vector<IpAddress>& unproved, Instant now) {
    if (unproved.empty()) {
        return;
    }
    for (const IpAddress& address : unproved) {
        Entry& entry = entries_.at(address);
        if (entry.stage == Stage::left) {
            stage(address, entry, Stage::leaving);
        } else {
            renew_at(address, entry, std::nullopt);
            stage(address, entry, Stage::wanted);
            tell(address, entry, BlockState::wanted);
        }
    }
    wait(now,
         fmt::format("the device accepted the registration, but its table of registered addresses does not show {} of "
                     "the changes",
                     unproved.size()),
         settings_.backoff_max);
}

void RegistrationEnforcer::on_registered(const RegistrationAnswered& answer, Instant now) {
    std::map<IpAddress, std::string> refused;
    std::map<IpAddress, std::string> kept;  // could not be unregistered
    for (const RegistrationAnswered::Refused& one : answer.refused) {
        (one.fresh ? refused : kept).emplace(one.address, one.message);
    }
    const std::set<IpAddress> existed(answer.existed.begin(), answer.existed.end());
    std::size_t told = 0;
    for (const auto& [address, errand] : std::exchange(under_way_, {})) {
        const auto place = entries_.find(address);
        if (place == entries_.end()) {
            continue;
        }
        Entry& entry = place->second;
        const auto no = errand == Errand::gone ? kept.find(address) : refused.find(address);
        const bool denied = no != (errand == Errand::gone ? kept.end() : refused.end());
        if (!denied) {
            settle(address, entry, errand, existed.contains(address), now);
            continue;
        }
        constexpr std::size_t told_max = 3;
        if (++told <= told_max) {
            note(Weight::warning, fmt::format("{}: the device says: {}", address.text(), printable(no->second, 200)));
        }
        const bool leaves = entry.stage == Stage::leaving;
        if (errand != Errand::gone && leaves) {
            continue;  // nobody wants it any more; the table will tell whether it is there
        }
        if (errand == Errand::gone && !leaves) {
            continue;  // wanted again meanwhile
        }
        drop(address, BlockState::refused,
             fmt::format("{}: {}", errand == Errand::gone ? "cannot be unregistered" : "the device refuses it",
                         printable(no->second, 200)));
    }
    if (told > 0) {
        last_error_ = fmt::format("the device refused {} of the registrations", told);
        note(Weight::warning, last_error_);
    }
}

void RegistrationEnforcer::settle(const IpAddress& address, Entry& entry, Errand errand, bool existed, Instant now) {
    const bool timed = settings_.timeout.count() > 0 && major_ >= 9;
    const Instant renew = now + std::chrono::duration_cast<milliseconds>(settings_.timeout) / 2;
    if (errand == Errand::gone) {
        if (entry.stage == Stage::leaving) {
            renew_at(address, entry, std::nullopt);
            stage(address, entry, Stage::left);
        }
        return;
    }
    if (entry.stage == Stage::leaving || entry.stage == Stage::left) {
        return;  // unwanted meanwhile: it is still to be unregistered
    }
    if (timed) {
        // "Already exists" leaves its time as it was, so it has to go and come.
        prolongs_ = prolongs_ && !(existed && errand != Errand::again);
        renew_at(address, entry, existed && errand != Errand::again ? now : renew);
    }
    if (entry.stage == Stage::wanted) {
        tell(address, entry, BlockState::pushed);
    }
    if (entry.stage == Stage::wanted || errand == Errand::again) {
        stage(address, entry, Stage::registered);  // what has gone and come is looked for as if it were new
    }
}

// ---- bookkeeping

void RegistrationEnforcer::stage(const IpAddress& address, Entry& entry, Stage to) {
    wanted_.erase({entry.order, address});
    leaving_.erase({entry.order, address});
    unproved_.erase(address);
    entry.stage = to;
    entry.pass = passes_;
    switch (to) {
        case Stage::wanted:
            wanted_.insert({entry.order, address});
            break;
        case Stage::leaving:
            leaving_.insert({entry.order, address});
            renew_at(address, entry, std::nullopt);
            break;
        case Stage::registered:
        case Stage::left:
            unproved_.insert(address);
            break;
        case Stage::seen:
            break;
    }
}

void RegistrationEnforcer::renew_at(const IpAddress& address, Entry& entry, std::optional<Instant> when) {
    if (entry.renew) {
        renewals_.erase({*entry.renew, address});
    }
    entry.renew = when;
    if (when) {
        renewals_.insert({*when, address});
    }
}

void RegistrationEnforcer::tell(const IpAddress& address, Entry& entry, BlockState state, std::string reason) {
    if (entry.told != state) {
        entry.told = state;
        changes_.push_back({settings_.target, address, state, std::move(reason)});
    }
}

void RegistrationEnforcer::drop(const IpAddress& address, BlockState state, std::string reason) {
    const auto place = entries_.find(address);
    wanted_.erase({place->second.order, address});
    leaving_.erase({place->second.order, address});
    unproved_.erase(address);
    renew_at(address, place->second, std::nullopt);
    entries_.erase(place);
    changes_.push_back({settings_.target, address, state, std::move(reason)});
}

void RegistrationEnforcer::call(Call what) {
    asked_ = true;
    last_call_ = what;
    actions_.emplace_back(std::move(what));
}

void RegistrationEnforcer::note(Weight weight, std::string text) {
    actions_.emplace_back(Note{weight, std::move(text)});
}

}  // namespace bridge::domain
