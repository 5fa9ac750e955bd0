#include "bridge/domain/enforcement/list_enforcer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "bridge/domain/value/overloaded.hpp"
#include "bridge/domain/value/printable.hpp"

namespace bridge::domain {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds first_reading{1000};  // after a refresh was ordered
constexpr milliseconds look_max{10'000};
constexpr std::size_t entries_per_look = 5000;

constexpr std::size_t index_of(ListKind kind) {
    return static_cast<std::size_t>(kind);
}

std::string seconds_told(milliseconds time) {
    return time.count() % 60'000 == 0 ? fmt::format("{} min", time.count() / 60'000)
                                      : fmt::format("{} s", time.count() / 1000);
}

}  // namespace

const std::string& ListWatch::list(ListKind kind) const {
    return kind == ListKind::ip ? ip : kind == ListKind::domain ? domain : url;
}

ListEnforcer::ListEnforcer(ListSettings settings, std::uint64_t seed)
    : settings_(std::move(settings)), backoff_(settings_.backoff_min, seed) {
    for (Page& page : pages_) {
        page.page.version = version_;
    }
    for (std::size_t at = 0; at < settings_.firewalls.size(); ++at) {
        firewalls_.emplace_back();
        for (const ListKind kind : list_kinds) {
            if (const std::string& name = settings_.firewalls[at].list(kind); !name.empty()) {
                watches_.push_back({.firewall = at, .kind = kind, .list = name});
            }
        }
    }
}

void ListEnforcer::know(const Block& block) {
    const bool leaves = block.state == BlockState::expired;
    if (!is_desired(block.state) && !leaves) {
        return;
    }
    if (!leaves && !why_not(block.indicator).empty()) {
        unplaced_.push_back(block.indicator);
        return;
    }
    Entry& entry = entries_[block.indicator];
    entry.told = block.state;
    entry.stage = leaves ? Stage::gone : Stage::listed;
    entry.version = version_;
    if (block.state == BlockState::enforced) {
        entry.proofs = watches_of(block.indicator);  // until a look says otherwise
    } else {
        open_.insert(block.indicator);
    }
    for (const ListKind kind : list_kinds) {
        pages_[index_of(kind)].entries += !leaves && carries(kind, block.indicator) ? 1U : 0U;
    }
}

std::string_view ListEnforcer::state() const {
    if (!started_) {
        return "starting";
    }
    if (!reason_.empty()) {
        return "waiting";
    }
    const bool settled = std::all_of(watches_.begin(), watches_.end(), [this](const Watch& watch) {
        return watch.looked && watch.settled >= pages_[index_of(watch.kind)].page.version;
    });
    return settled ? "idle" : "refreshing";
}

Actions ListEnforcer::on(const Event& event, Instant now) {
    actions_.clear();
    std::visit(Overloaded{
                   [this, now](const Started&) {
                       started_ = true;
                       compared_ = now;
                       for (const Indicator& indicator : std::exchange(unplaced_, {})) {
                           changes_.push_back({settings_.target, indicator, BlockState::refused, why_not(indicator)});
                       }
                       for (const Indicator& indicator : open_) {
                           Entry& entry = entries_.at(indicator);
                           wait_for(indicator, entry, now);
                           if (entry.stage == Stage::listed) {
                               tell(indicator, entry, BlockState::pushed);
                           }
                       }
                   },
                   [this, now](const Want& want) { on_want(want, now); },
                   [this, now](const Unwant& unwant) { on_unwant(unwant, now); },
                   [this, now](const Woken&) {
                       if (now - compared_ >= settings_.compare_every) {
                           compared_ = now;
                           for (Watch& watch : watches_) {
                               watch.looked = false;
                           }
                       }
                   },
                   [this](const PageFetched& fetched) { on_fetched(fetched); },
                   [this, now](const AnswerFrom& answer) { on_answer(answer, now); },
                   // Of other ways to block.
                   [](const auto&) {},
               },
               event);
    if (started_) {
        for (std::size_t at = 0; at < firewalls_.size(); ++at) {
            advance(at, now);
        }
        sum_up(now);
    }
    if (!changes_.empty()) {
        // First, so that the ledger never lags behind a call that goes out with the same actions.
        actions_.insert(actions_.begin(), Record{std::exchange(changes_, {})});
    }
    return std::exchange(actions_, {});
}

// ---- the pages

const ListPage& ListEnforcer::page(ListKind kind) {
    Page& page = pages_[index_of(kind)];
    if (page.rendered != page.page.version) {
        page.page.text = placeholder_entry(kind);
        page.page.text += '\n';
        for (const auto& [indicator, entry] : entries_) {
            if (entry.stage == Stage::listed && carries(kind, indicator)) {
                page.page.text += list_entry(kind, indicator);
                page.page.text += '\n';
            }
        }
        page.rendered = page.page.version;
    }
    return page.page;
}

/// Why there is no place for it; empty when there is.
std::string ListEnforcer::why_not(const Indicator& indicator) const {
    if (!watches_.empty() && watches_of(indicator) == 0) {
        return fmt::format(
            "none of the firewalls under `refresh` has a list for {}: name one in `lists`, or block it by another "
            "target",
            indicator.domain() == nullptr ? "addresses" : "domain names");
    }
    for (const ListKind kind : list_kinds) {
        // One line is the placeholder's.
        if (carries(kind, indicator) && pages_[index_of(kind)].entries + 1 >= settings_.entries_max) {
            return fmt::format("page /{}/{}.txt is full (entries_max: {})", settings_.target, name_of(kind),
                               settings_.entries_max);
        }
    }
    return {};
}

void ListEnforcer::touch(const Indicator& indicator) {
    ++version_;
    for (const ListKind kind : list_kinds) {
        if (carries(kind, indicator)) {
            pages_[index_of(kind)].page.version = version_;
        }
    }
}

void ListEnforcer::list(const Indicator& indicator, Entry& entry, Instant now) {
    touch(indicator);
    entry.stage = Stage::listed;
    entry.version = version_;
    entry.proofs = 0;
    wait_for(indicator, entry, now);
    for (const ListKind kind : list_kinds) {
        if (!carries(kind, indicator)) {
            continue;
        }
        Page& page = pages_[index_of(kind)];
        ++page.entries;
        if (!page.told_full && (page.entries + 1) * 5 >= settings_.entries_max * 4) {
            page.told_full = true;
            note(Weight::warning,
                 fmt::format("page /{}/{}.txt holds {} entries, four fifths of entries_max ({})", settings_.target,
                             name_of(kind), page.entries + 1, settings_.entries_max));
        }
    }
}

void ListEnforcer::unlist(const Indicator& indicator, Entry& entry, Instant now) {
    touch(indicator);
    entry.stage = Stage::gone;
    entry.version = version_;
    entry.proofs = 0;
    wait_for(indicator, entry, now);
    for (const ListKind kind : list_kinds) {
        if (carries(kind, indicator)) {
            Page& page = pages_[index_of(kind)];
            --page.entries;
            page.told_full = page.told_full && page.entries * 10 >= settings_.entries_max * 7;
        }
    }
}

// ---- what comes from the ledger

void ListEnforcer::on_want(const Want& want, Instant now) {
    std::size_t refused = 0;
    std::string why;
    for (const Indicator& indicator : want.indicators) {
        const auto place = entries_.find(indicator);
        if (place != entries_.end() && place->second.stage == Stage::listed) {
            continue;
        }
        if (std::string no = why_not(indicator); !no.empty()) {
            ++refused;
            changes_.push_back({settings_.target, indicator, BlockState::refused, no});
            why = std::move(no);
            continue;
        }
        Entry& entry = entries_[indicator];
        entry.told = BlockState::wanted;
        list(indicator, entry, now);
        tell(indicator, entry, BlockState::pushed);
    }
    if (refused > 0) {
        last_error_ = why;
        note(Weight::warning, fmt::format("{}: {} refused", why, refused));
    }
}

void ListEnforcer::on_unwant(const Unwant& unwant, Instant now) {
    for (const Indicator& indicator : unwant.indicators) {
        const auto place = entries_.find(indicator);
        if (place == entries_.end()) {
            changes_.push_back({settings_.target, indicator, BlockState::removed, "it was not on the target"});
            continue;
        }
        if (place->second.stage == Stage::listed) {
            place->second.told = BlockState::expired;
            unlist(indicator, place->second, now);
        }
    }
}

// ---- proof by a fetch

void ListEnforcer::on_fetched(const PageFetched& fetched) {
    if (!watches_.empty()) {
        return;  // there is a better proof
    }
    std::vector<Indicator> proved;
    for (const Indicator& indicator : open_) {
        if (carries(fetched.kind, indicator) && entries_.at(indicator).version <= fetched.version) {
            proved.push_back(indicator);
        }
    }
    for (const Indicator& indicator : proved) {
        settle(indicator, entries_.at(indicator));
    }
}

// ---- proof by a firewall's copy

std::uint64_t ListEnforcer::watches_of(const Indicator& indicator) const {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < watches_.size(); ++i) {
        if (carries(watches_[i].kind, indicator)) {
            bits |= std::uint64_t{1} << i;
        }
    }
    return bits;
}

/// Whether all proofs are there, and what follows from that. The entry may be gone afterwards.
bool ListEnforcer::settle(const Indicator& indicator, Entry& entry) {
    if (entry.proofs != watches_of(indicator)) {
        if (entry.stage == Stage::listed) {
            open_.insert(indicator);
            tell(indicator, entry, BlockState::pushed);
        }
        return false;
    }
    open_.erase(indicator);
    if (entry.stage == Stage::listed) {
        tell(indicator, entry, BlockState::enforced);
    } else {
        changes_.push_back({settings_.target, indicator, BlockState::removed, ""});
        entries_.erase(indicator);
    }
    return true;
}

void ListEnforcer::advance(std::size_t at, Instant now) {
    Firewall& firewall = firewalls_[at];
    if (firewall.asked || (firewall.due && *firewall.due > now && firewall.phase != Firewall::Phase::idle)) {
        return;
    }
    if (firewall.phase == Firewall::Phase::reading) {
        look(at);
        return;
    }
    firewall.phase = Firewall::Phase::idle;
    firewall.due.reset();
    for (std::size_t i = 0; i < watches_.size(); ++i) {
        Watch& watch = watches_[i];
        const std::uint64_t current = pages_[index_of(watch.kind)].page.version;
        if (watch.firewall != at || (watch.looked && watch.settled >= current)) {
            continue;
        }
        firewall.watch = i;
        firewall.version = current;
        firewall.since = now;
        firewall.ordered = watch.looked;
        if (!watch.looked) {
            look(at);
            return;
        }
        if (firewall.refreshed && now < *firewall.refreshed + settings_.refresh_interval) {
            firewall.due = *firewall.refreshed + settings_.refresh_interval;
            continue;
        }
        firewall.phase = Firewall::Phase::refreshing;
        firewall.refreshed = now;
        firewall.due.reset();
        call(at, RefreshList{watch.kind, watch.list});
        return;
    }
}

void ListEnforcer::look(std::size_t at) {
    Firewall& firewall = firewalls_[at];
    const Watch& watch = watches_[firewall.watch];
    firewall.phase = Firewall::Phase::reading;
    firewall.due.reset();
    firewall.from = 1;
    firewall.ignored = 0;
    firewall.seen.clear();
    firewall.placeholder_seen = false;
    call(at, ReadList{watch.kind, watch.list, firewall.from, entries_per_look});
}

void ListEnforcer::on_answer(const AnswerFrom& answer, Instant now) {
    Firewall& firewall = firewalls_.at(answer.firewall);
    firewall.asked = false;
    if (!answer.reply) {
        const bool refused = remedy(answer.reply.error().code) == Remedy::refuse;
        wait(answer.firewall,
             refused ? fmt::format("list {}: {}", watches_[firewall.watch].list, answer.reply.error().detail)
                     : answer.reply.error().detail,
             now);
        return;
    }
    if (firewall.phase == Firewall::Phase::refreshing) {
        firewall.phase = Firewall::Phase::reading;
        firewall.pause = first_reading;
        firewall.due = now + firewall.pause;
        return;
    }
    if (const auto* seen = std::get_if<ListSeen>(&*answer.reply)) {
        on_list(answer.firewall, *seen, now);
    }
}

void ListEnforcer::on_list(std::size_t at, const ListSeen& seen, Instant now) {
    Firewall& firewall = firewalls_[at];
    const Watch& watch = watches_[firewall.watch];
    for (const std::string& member : seen.members) {
        auto indicator = read_list_entry(member);
        if (!indicator) {
            continue;  // somebody else's entry, of a form that we never write
        }
        if (list_entry(watch.kind, *indicator) == placeholder_entry(watch.kind)) {
            firewall.placeholder_seen = true;
        } else {
            firewall.seen.insert(std::move(*indicator));
        }
    }
    firewall.ignored = seen.ignored;
    firewall.from += seen.members.size();
    if (!seen.members.empty() && firewall.from <= seen.valid) {
        call(at, ReadList{watch.kind, watch.list, firewall.from, entries_per_look});
        return;
    }
    judge(at, now);
}

void ListEnforcer::judge(std::size_t at, Instant now) {
    Firewall& firewall = firewalls_[at];
    Watch& watch = watches_[firewall.watch];
    const std::uint64_t bit = std::uint64_t{1} << firewall.watch;
    std::size_t wrong = 0;
    std::size_t lost = 0;
    for (auto next = entries_.begin(); next != entries_.end();) {
        const auto place = next++;  // settling may erase it
        auto& [indicator, entry] = *place;
        if (!carries(watch.kind, indicator)) {
            continue;
        }
        const bool in = firewall.seen.contains(indicator);
        const bool due = entry.version <= firewall.version;  // the firewall could know of it
        if (entry.stage == Stage::gone && !due) {
            continue;
        }
        const bool right = in == (entry.stage == Stage::listed);
        wrong += due && !right ? 1U : 0U;
        lost += !right && entry.told == BlockState::enforced ? 1U : 0U;
        entry.proofs = right ? entry.proofs | bit : entry.proofs & ~bit;
        settle(indicator, entry);
    }
    const std::string& name = settings_.firewalls[at].firewall;
    if (lost > 0) {
        note(Weight::warning, fmt::format("{}: list {} has lost {} of our entries", name, watch.list, lost));
    }
    watch.looked = true;
    firewall.phase = Firewall::Phase::idle;
    if (wrong == 0 && firewall.placeholder_seen) {
        watch.settled = firewall.version;
        firewall.failures = 0;
        firewall.trouble.clear();
        return;
    }
    watch.settled = 0;
    if (!firewall.ordered) {
        return;  // a refresh is next
    }
    if (now - firewall.since < settings_.refresh_patience) {
        firewall.phase = Firewall::Phase::reading;
        firewall.pause = std::min(firewall.pause * 2, look_max);
        firewall.due = now + firewall.pause;
        return;
    }
    if (!firewall.placeholder_seen) {
        wait(at,
             fmt::format("list {} was refreshed and does not show our page: is its source .../{}/{}.txt, with user {} "
                         "and the password of token_file?",
                         watch.list, settings_.target, name_of(watch.kind), settings_.target),
             now);
    } else if (firewall.ignored > 0) {
        wait(at,
             fmt::format("list {} leaves out {} entries that are beyond the firewall's capacity: lower entries_max",
                         watch.list, firewall.ignored),
             now);
    } else {
        wait(at, fmt::format("list {} was refreshed and does not show {} of the changes", watch.list, wrong), now);
    }
}

void ListEnforcer::wait(std::size_t at, std::string why, Instant now) {
    Firewall& firewall = firewalls_[at];
    firewall.failures = std::min(firewall.failures + 1, 30U);
    firewall.phase = Firewall::Phase::waiting;
    firewall.due = now + backoff_.pause(firewall.failures, settings_.backoff_max);
    std::string told = fmt::format("{}: {}", settings_.firewalls[at].firewall, why);
    if (told != firewall.trouble) {
        note(Weight::warning, told);
    }
    last_error_ = told;
    firewall.trouble = std::move(told);
}

// ---- what an operator sees, and when to look again

void ListEnforcer::sum_up(Instant now) {
    reason_.clear();
    std::optional<Instant> wake;
    const auto at_latest = [&wake](Instant when) { wake = wake ? std::min(*wake, when) : when; };
    for (const Firewall& firewall : firewalls_) {
        if (!firewall.trouble.empty()) {
            reason_ += (reason_.empty() ? "" : "; ") + firewall.trouble;
        }
        if (firewall.due && !firewall.asked) {
            at_latest(*firewall.due);
        }
    }
    if (!watches_.empty()) {
        at_latest(compared_ + settings_.compare_every);
    } else {
        watch_fetches(now);
        if (!ages_.empty() && !overdue_) {
            at_latest(ages_.front().since + settings_.fetch_within);
        }
    }
    if (wake) {
        actions_.emplace_back(Wake{std::max(*wake, now)});
    }
}

void ListEnforcer::watch_fetches(Instant now) {
    const auto over = [this](const Age& age) {
        const auto place = entries_.find(age.indicator);
        return place == entries_.end() || place->second.version != age.version || !open_.contains(age.indicator);
    };
    while (!ages_.empty() && over(ages_.front())) {
        ages_.pop_front();
    }
    constexpr std::size_t slack = 1000;
    if (ages_.size() > 2 * open_.size() + slack) {
        std::erase_if(ages_, over);  // one that waits for ever must not keep those that came after it
    }
    const bool overdue = !ages_.empty() && ages_.front().since + settings_.fetch_within <= now;
    if (overdue) {
        reason_ = fmt::format(
            "nobody has fetched /{}/{}.txt with its credentials for {}, and {} changes wait for that: are URL, user "
            "and "
            "password of the firewalls' external list right?",
            settings_.target, ages_.front().indicator.domain() == nullptr ? "ip" : "domain",
            seconds_told(settings_.fetch_within), open_.size());
    }
    if (overdue && !overdue_) {
        note(Weight::warning, reason_);
        last_error_ = reason_;
    }
    overdue_ = overdue;
}

// ---- bookkeeping

void ListEnforcer::wait_for(const Indicator& indicator, const Entry& entry, Instant now) {
    open_.insert(indicator);
    if (watches_.empty()) {
        ages_.push_back({indicator, entry.version, now});
    }
}

void ListEnforcer::tell(const Indicator& indicator, Entry& entry, BlockState state, std::string reason) {
    if (entry.told != state) {
        entry.told = state;
        changes_.push_back({settings_.target, indicator, state, std::move(reason)});
    }
}

void ListEnforcer::call(std::size_t at, Call what) {
    firewalls_[at].asked = true;
    actions_.emplace_back(CallOn{at, std::move(what)});
}

void ListEnforcer::note(Weight weight, std::string text) {
    actions_.emplace_back(Note{weight, std::move(text)});
}

}  // namespace bridge::domain
