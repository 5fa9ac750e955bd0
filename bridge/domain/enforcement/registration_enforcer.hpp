// Blocks by registering addresses with a tag (User-ID), which a dynamic address group takes up at once: no candidate
// configuration, no commit. A look into the device's table of registered addresses proves it.
//
//   starting -> surveying -> idle -> registering <-> verifying -> idle
//                  \________ waiting (unreachable, busy, refused), with backoff and jitter
//
// New blocks never wait for a look: while there is both to do, registering and looking take turns, a page of the table
// at a time. What comes while a call is under way goes out with the next message.
//
// Whose an address is, is decided by the ledger: what it has is registered and unregistered, whoever registered it with
// our tag first (the device's table does not tell); what it does not have is left alone. Other tags are never touched.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "bridge/domain/enforcement/backoff.hpp"
#include "bridge/domain/enforcement/enforcer.hpp"

namespace bridge::domain {

struct RegistrationSettings {
    std::string target{};             // its name in the configuration
    std::string group{};              // the dynamic address group that the rules name
    std::string tag{};                // what addresses are registered with
    std::size_t register_max = 1000;  // entries of one message; as much as MineMeld sends at a time
    std::size_t page_max = 500;       // entries of one look into the table; as clients of 8.0 and later page
    std::chrono::seconds timeout{0};  // of a registration; it is renewed at half its time. 0: it stays, reboots too
    std::size_t registered_max = 0;   // registered addresses that the device takes, of all tags; 0: its model's
    std::chrono::milliseconds compare_every = std::chrono::minutes(5);
    std::chrono::milliseconds backoff_min{1000};
    std::chrono::milliseconds backoff_max{60'000};
};

class RegistrationEnforcer : public Enforcer {
public:
    enum class Phase { starting, surveying, idle, registering, verifying, waiting };

    /// The seed decides the jitter.
    RegistrationEnforcer(RegistrationSettings settings, std::uint64_t seed);

    void know(const Block& block) override;
    Actions on(const Event& event, Instant now) override;

    Phase phase() const noexcept { return phase_; }
    /// "ungrouped" instead of "idle" while no dynamic group of the device takes up our tag.
    std::string_view state() const override;
    const std::string& reason() const override;
    const std::string& last_error() const override { return last_error_; }
    std::uint64_t commits() const override { return 0; }

private:
    enum class Stage {
        wanted,
        registered,  // the device took it; not seen in the table yet
        seen,
        leaving,
        left,  // the device let it go; still to be missed in the table
    };
    struct Entry {
        Stage stage = Stage::wanted;
        BlockState told = BlockState::wanted;  // what the ledger knows
        std::uint64_t order = 0;               // of arrival: the oldest goes first
        std::uint64_t pass = 0;                // the last pass when it came to its stage
        std::uint64_t seen_in = 0;             // the last pass that saw it
        std::optional<Instant> renew{};
        bool tried = false;  // was in a message, perhaps in an earlier life
    };
    /// A walk through the whole table, page by page.
    struct Pass {
        std::size_t from = 1;
        std::size_t entries = 0;
        std::size_t strangers = 0;  // carry our tag and are none of our blocks
        std::vector<IpAddress> last_page{};
    };
    enum class Errand { fresh, renewal, again, gone };  // again: unregistered and registered in one message

    void on_started();
    void on_want(const Want& want);
    void on_unwant(const Unwant& unwant);
    void on_woken(Instant now);
    void on_answer(const Result<Reply>& reply, Instant now);
    void on_system(const SystemSeen& seen);
    void on_group(const GroupSeen* seen, Instant now);  // null: there is none
    void on_count(const RegisteredCounted& seen);
    void on_page(const RegisteredSeen& seen, Instant now);
    void on_looked_up(const RegisteredSeen& seen, Instant now);
    void on_registered(const RegistrationAnswered& answer, Instant now);
    void end_pass(Instant now);
    void judge(const std::vector<IpAddress>& unproved, Instant now);
    void settle(const IpAddress& address, Entry& entry, Errand errand, bool existed, Instant now);

    void next(Instant now);
    bool has_to_send(Instant now) const;
    bool has_to_look() const;
    void send(Instant now);
    void look();
    void rest(Instant now);
    void survey(Instant now);
    void wait(Instant now, std::string why, std::chrono::milliseconds longest);
    void turn_grouped(std::string trouble);

    BlockState proved() const;
    void stage(const IpAddress& address, Entry& entry, Stage to);
    void renew_at(const IpAddress& address, Entry& entry, std::optional<Instant> when);
    void tell(const IpAddress& address, Entry& entry, BlockState state, std::string reason = {});
    void drop(const IpAddress& address, BlockState state, std::string reason);
    void refuse_name(const Indicator& name);
    void call(Call call);
    void note(Weight weight, std::string text);

    RegistrationSettings settings_;
    Backoff backoff_;

    std::map<IpAddress, Entry> entries_;
    std::vector<Indicator> names_;  // of the ledger, which cannot be registered; refused at the start
    std::uint64_t arrivals_ = 0;
    std::set<std::pair<std::uint64_t, IpAddress>> wanted_;   // by order of arrival
    std::set<std::pair<std::uint64_t, IpAddress>> leaving_;  // the same
    std::set<IpAddress> unproved_;                           // registered or left
    std::set<std::pair<Instant, IpAddress>> renewals_;

    Phase phase_ = Phase::starting;
    std::string reason_;
    std::string last_error_;
    std::string group_trouble_;  // what is to be made before addresses are denied; empty: nothing
    bool asked_ = false;
    bool looked_last_ = true;  // registering and looking take turns
    std::optional<Call> last_call_;
    std::vector<std::pair<IpAddress, Errand>> under_way_;
    std::optional<Pass> pass_;
    std::uint64_t passes_ = 0;
    std::size_t table_entries_ = 0;  // with our tag, by the last pass
    std::size_t strangers_ = 0;
    unsigned major_ = 0;        // release; 0: not known
    std::size_t capacity_ = 0;  // 0: not known
    bool system_due_ = true;
    bool group_due_ = true;
    bool local_group_missing_ = false;
    bool count_due_ = true;
    bool told_near_full_ = false;
    bool pass_due_ = true;
    bool prolongs_ = true;  // false: the device leaves the time of an address as it is when it is registered again
    bool told_no_timeouts_ = false;
    unsigned failures_ = 0;  // in a row
    Instant group_seen_{};
    Instant compared_{};

    Actions actions_;
    std::vector<BlockChange> changes_;
};

std::string_view name_of(RegistrationEnforcer::Phase phase);

}  // namespace bridge::domain
