// Blocks by pages that firewalls fetch (external dynamic lists): what is wanted is in the page at once, and what no
// longer is leaves it.
//
// What counts as enforced depends on what we can see. With firewalls that may be asked (`refresh`), each is told to
// fetch after a change and shows its copy: a block is enforced when all of them show it, and removed when none does.
// Without, all there is to go by is that somebody with the target's credentials was given a page with it: a weaker
// proof, since one firewall's fetch says nothing of another's, or of what it did with the page.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "bridge/domain/enforcement/backoff.hpp"
#include "bridge/domain/enforcement/enforcer.hpp"

namespace bridge::domain {

/// A firewall that is asked, and what our pages are called there. A list without a name is not there.
struct ListWatch {
    std::string firewall{};  // for messages: "fw1.example.com"
    std::string ip{};
    std::string domain{};
    std::string url{};

    const std::string& list(ListKind kind) const;
};

struct ListSettings {
    std::string target{};              // its name in the configuration, and in the pages' paths
    std::size_t entries_max = 50'000;  // of a page; what PA-400 models and VMs take of addresses
    std::vector<ListWatch> firewalls{};
    std::chrono::milliseconds refresh_interval{10'000};  // least time between two refreshes of one firewall
    std::chrono::milliseconds refresh_patience{60'000};  // then a refresh that shows nothing is told aloud
    std::chrono::milliseconds fetch_within = std::chrono::minutes(15);  // without firewalls: then a missing fetch is
    std::chrono::milliseconds compare_every = std::chrono::minutes(5);
    std::chrono::milliseconds backoff_min{1000};
    std::chrono::milliseconds backoff_max{60'000};
};

/// Lists of at most so many kinds on so many firewalls can be watched: an entry's proofs are bits of a number.
inline constexpr std::size_t list_firewalls_max = 20;

class ListEnforcer : public Enforcer {
public:
    /// The seed decides the jitter.
    ListEnforcer(ListSettings settings, std::uint64_t seed);

    void know(const Block& block) override;
    Actions on(const Event& event, Instant now) override;

    /// "idle", "refreshing" (a firewall fetches, or is looked at), "waiting" (see reason).
    std::string_view state() const override;
    const std::string& reason() const override { return reason_; }
    const std::string& last_error() const override { return last_error_; }
    std::uint64_t commits() const override { return 0; }

    /// The page of that kind as it is now: sorted, one entry a line, no comments.
    const ListPage& page(ListKind kind);

private:
    enum class Stage { listed, gone };
    struct Entry {
        Stage stage = Stage::listed;
        BlockState told = BlockState::wanted;  // what the ledger knows
        std::uint64_t version = 0;             // of the page, since when it is listed, or gone
        std::uint64_t proofs = 0;              // by watch: seen there, or (when gone) missed there
    };
    struct Age {
        Indicator indicator;
        std::uint64_t version;  // of the entry, then
        Instant since;
    };
    /// One list on one firewall.
    struct Watch {
        std::size_t firewall;
        ListKind kind;
        std::string list;
        std::uint64_t settled = 0;  // the version of the page that it was seen to have
        bool looked = false;        // since the start, or since the last comparison
    };
    struct Firewall {
        enum class Phase { idle, refreshing, reading, waiting };
        Phase phase = Phase::idle;
        std::size_t watch = 0;
        bool asked = false;
        bool ordered = false;       // a refresh, and not just a look
        std::uint64_t version = 0;  // of the page when the refresh was ordered
        Instant since{};            // of the order
        std::size_t from = 1;
        std::size_t ignored = 0;
        std::set<Indicator> seen;
        bool placeholder_seen = false;
        std::chrono::milliseconds pause{0};  // before the next look
        std::optional<Instant> due;
        std::optional<Instant> refreshed;
        unsigned failures = 0;
        std::string trouble;
    };
    struct Page {
        ListPage page;
        std::uint64_t rendered = 0;
        std::size_t entries = 0;
        bool told_full = false;
    };

    void on_want(const Want& want, Instant now);
    void on_unwant(const Unwant& unwant, Instant now);
    void on_fetched(const PageFetched& fetched);
    void on_answer(const AnswerFrom& answer, Instant now);
    void on_list(std::size_t at, const ListSeen& seen, Instant now);
    void judge(std::size_t at, Instant now);
    void advance(std::size_t at, Instant now);
    void look(std::size_t at);
    void wait(std::size_t at, std::string why, Instant now);
    void sum_up(Instant now);
    void watch_fetches(Instant now);

    void list(const Indicator& indicator, Entry& entry, Instant now);
    void unlist(const Indicator& indicator, Entry& entry, Instant now);
    void wait_for(const Indicator& indicator, const Entry& entry, Instant now);
    std::string why_not(const Indicator& indicator) const;
    std::uint64_t watches_of(const Indicator& indicator) const;
    bool settle(const Indicator& indicator, Entry& entry);
    void touch(const Indicator& indicator);
    void tell(const Indicator& indicator, Entry& entry, BlockState state, std::string reason = {});
    void call(std::size_t at, Call call);
    void note(Weight weight, std::string text);

    ListSettings settings_;
    Backoff backoff_;
    std::map<Indicator, Entry> entries_;
    std::vector<Indicator> unplaced_;  // of the ledger, which have no place here; refused at the start
    std::set<Indicator> open_;         // without the proof that they need
    std::deque<Age> ages_;             // of what waits for a fetch, oldest first; some wait no more
    std::array<Page, list_kinds.size()> pages_;
    std::uint64_t version_ = 1;
    std::vector<Watch> watches_;
    std::vector<Firewall> firewalls_;
    bool started_ = false;
    bool overdue_ = false;
    std::string reason_;
    std::string last_error_;
    Instant compared_{};

    Actions actions_;
    std::vector<BlockChange> changes_;
};

}  // namespace bridge::domain
