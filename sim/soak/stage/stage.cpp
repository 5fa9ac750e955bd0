#include "sim/soak/stage/stage.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "sim/lab/world/scratch.hpp"
#include "sim/load/stage/process_use.hpp"
#include "sim/load/time_text.hpp"
#include "sim/soak/judge/acknowledgements.hpp"
#include "sim/soak/judge/bridge_pages.hpp"
#include "sim/soak/judge/growth.hpp"
#include "sim/soak/judge/journal_check.hpp"
#include "sim/soak/judge/ledger_check.hpp"
#include "sim/soak/stage/bridge_lives.hpp"
#include "sim/soak/stage/fire.hpp"
#include "sim/soak/stage/journal_alerts.hpp"
#include "sim/soak/stage/watch.hpp"

namespace sim::soak {

namespace {

using Clock = std::chrono::steady_clock;
using Done = tl::expected<void, std::string>;
using load::stage::firewall_name;
using namespace std::chrono_literals;

constexpr Micros sample_every = 1s;
constexpr Micros metrics_every = 5s;
constexpr Micros ledger_every = 1min;
constexpr Micros progress_every = 1min;
constexpr auto head_start = 50ms;
constexpr Micros settling = 1min;  // on top of the patience, at the end

/// The conductor, on the thread that calls run(): does what the agenda says when it is due, and looks at everything in
/// between.
class Stage {
public:
    Stage(const Setup& setup, const Options& options)
        : setup_(setup),
          options_(options),
          campaign_(setup.question.rate_per_s,
                    std::chrono::duration_cast<std::chrono::milliseconds>(setup.question.expire), setup.question.seed),
          books_(campaign_, rules_of(setup.question), firewall_names(setup.question.firewalls), time_),
          watch_(books_, time_),
          bridge_(setup, books_, time_, out_),
          fire_(campaign_, books_, time_, setup.stage.due) {}

    tl::expected<Result, std::string> run() {
        auto scratch = lab::Scratch::make();
        if (!scratch) {
            return tl::unexpected(scratch.error());
        }
        if (options_.keep) {
            scratch->keep();
            out_.remarks.push_back("kept: " + scratch->path());
        }
        out_.question = setup_.question;
        out_.question.pool = campaign_.pool();
        out_.question.active = campaign_.active();
        out_.timetable = make_timetable(setup_.timetable);
        out_.alerts = setup_.stage.due.size();
        if (const Done ready = raise(scratch->path()); !ready) {
            return tl::unexpected(ready.error());
        }
        if (const Done begun = begin(); !begun) {
            return tl::unexpected(begun.error());
        }
        soak();
        drain();
        collect();
        return std::move(out_);
    }

private:
    static Rules rules_of(const Question& asked) {
        return {asked.expire, asked.patience, asked.expire / 100 + Micros(2s)};
    }

    static std::vector<std::string> firewall_names(std::size_t count) {
        std::vector<std::string> names;
        for (std::size_t i = 0; i < count; ++i) {
            names.push_back(firewall_name(i));
        }
        return names;
    }

    // ---- before

    Done raise(const std::string& directory) {
        lab::BridgeFiles files;
        const auto password = watch_.raise(setup_, directory, files);
        if (!password) {
            return tl::unexpected(password.error());
        }
        if (const Done prepared = bridge_.prepare(options_.bridge, directory, files, *password); !prepared) {
            return prepared;
        }
        time_.began = Clock::now();
        return bridge_.start().and_then([this] { return bridge_.await_idle(options_.stop); });
    }

    Done begin() {
        const auto to = load::receiver_of(bridge_.intake());
        if (!to) {
            return tl::unexpected(to.error());
        }
        out_.lives.front().began = Micros{0};
        time_.began = Clock::now() + head_start;
        watch_.begin();
        bridge_.look_at_metrics();  // what is open before anybody has come
        for (const Disturbance& each : out_.timetable) {
            agenda_.emplace(each.at, [this, &each] { disturb(each); });
        }
        fire_.begin(*to, setup_.question.duration + setup_.question.patience + settling);
        return {};
    }

    // ---- meanwhile

    Micros now() const { return time_.now(); }

    bool stopped() const { return options_.stop.stop_requested() || !bridge_.ok(); }

    void remark(std::string text) {
        constexpr std::size_t remarks_max = 100;
        if (out_.remarks.size() < remarks_max) {
            out_.remarks.push_back(std::move(text));
        }
    }

    void remark_once(std::string text) {
        if (std::find(out_.remarks.begin(), out_.remarks.end(), text) == out_.remarks.end()) {
            remark(std::move(text));
        }
    }

    /// Does what is due, and gives the time of what is next.
    Micros work_off(Micros horizon) {
        while (!agenda_.empty() && agenda_.begin()->first <= now() && !options_.stop.stop_requested()) {
            const auto what = std::move(agenda_.begin()->second);
            agenda_.erase(agenda_.begin());
            what();
        }
        routine();
        const Micros next = std::min(horizon, next_sample_);
        return agenda_.empty() ? next : std::min(next, agenda_.begin()->first);
    }

    void soak() {
        while (now() < setup_.question.duration && !stopped()) {
            fire_.wait_until(work_off(setup_.question.duration), options_.stop);
        }
    }

    void disturb(const Disturbance& what) {
        ++out_.struck[std::string(name_of(what.kind))];
        if (of_bridge(what.kind)) {
            disturb_bridge(what);
            return;
        }
        if (const Done done = watch_.strike(what); !done) {
            remark(fmt::format("{}: {}", told(what), done.error()));
        }
        agenda_.emplace(what.end(), [this, &what] {
            if (const Done ended = watch_.lift(what); !ended) {
                remark(fmt::format("{}, its end: {}", told(what), ended.error()));
            }
        });
    }

    void disturb_bridge(const Disturbance& what) {
        if (what.kind == Kind::sighup) {
            // Each second one changes something of every target, so that they start anew.
            if (const Done done = bridge_.reload(what.draw % 2 == 0); !done) {
                bridge_.failed(done.error());
            }
            return;
        }
        if (!bridge_.runs()) {
            return;  // it was struck while it is down still
        }
        bridge_.end(what.kind);
        agenda_.emplace(now() + what.lasts, [this] {
            if (const Done started = bridge_.start(); !started) {
                bridge_.failed(started.error());
            }
        });
    }

    void routine() {
        const Micros at = now();
        if (at < next_sample_) {
            return;
        }
        next_sample_ = at + sample_every;
        bridge_.sample();
        books_.open()->tick(at);
        explain_what_is_late();
        if (bridge_.runs() && at >= next_metrics_) {
            next_metrics_ = at + metrics_every;
            bridge_.look_at_metrics();
            bridge_.look_at_files();
        }
        if (bridge_.runs() && at >= next_ledger_) {
            next_ledger_ = at + ledger_every;
            compare_ledger(false);
        }
        if (at >= next_progress_) {
            next_progress_ = at + progress_every;
            tell_progress(at);
        }
    }

    /// What is owed and late: the bridge may have a reason.
    void explain_what_is_late() {
        const std::size_t count = books_.open()->findings().size();
        for (; explained_to_ < count; ++explained_to_) {
            const Finding late = books_.open()->findings()[explained_to_];
            if ((late.wrong != Wrong::not_blocked && late.wrong != Wrong::never_denied) || !bridge_.runs()) {
                continue;
            }
            const auto rows = bridge_.page("/blocks?indicator=" + late.address).and_then(ledger_rows);
            for (const LedgerRow& row : rows ? *rows : std::vector<LedgerRow>{}) {
                if (row.target == late.firewall) {
                    remark(fmt::format("{}; the bridge says: {} {}", late.told(), row.state, row.reason));
                }
            }
        }
    }

    /// While faults go on the bridge may take a moment to learn what a colleague did, so only then `strictly`.
    void compare_ledger(bool strictly) {
        const auto rows = bridge_.page("/blocks").and_then(ledger_rows);
        if (!rows) {
            bridge_.failed(rows.error());
            return;
        }
        ++out_.ledger_checks;
        watch_.hold([&] {
            check_ledger(*rows, strictly, books_, time_, [this](std::string text) { remark_once(std::move(text)); });
        });
    }

    void tell_progress(Micros at) {
        if (!options_.on_progress) {
            return;
        }
        const Books::Open account = books_.open();
        std::string denied;
        for (std::size_t i = 0; i < books_.firewalls(); ++i) {
            denied += fmt::format(" {}", account->denied_count(i));
        }
        options_.on_progress(fmt::format(
            "{:>8}  sent {}, acknowledged {}, denied{}, owed {}, memory {:.1f} MiB, findings {}", load::time_text(at),
            fire_.progress().sent.load(std::memory_order_relaxed), account->acknowledged_count(), denied,
            account->open(),
            out_.samples.empty() ? 0.0 : static_cast<double>(out_.samples.back().resident_bytes) / 1048576.0,
            account->findings_count()));
    }

    // ---- the end

    std::size_t owed() { return books_.open()->open(); }

    std::size_t denied() {
        const Books::Open account = books_.open();
        std::size_t all = 0;
        for (std::size_t i = 0; i < books_.firewalls(); ++i) {
            all += account->denied_count(i);
        }
        return all;
    }

    /// Goes on as before until `done`; false: it was not by `deadline`.
    bool go_on_until(const std::function<bool()>& done, Micros deadline) {
        while (!stopped()) {
            const Micros next = work_off(deadline);
            if (agenda_.empty() && done()) {
                return true;
            }
            if (now() >= deadline) {
                return false;
            }
            fire_.wait_until(next, options_.stop);
        }
        return false;
    }

    void drain() {
        const Micros last = setup_.question.duration;
        const Micros settled_by = last + setup_.question.patience + settling;
        if (!go_on_until([this] { return fire_.done() && owed() == 0; }, settled_by) && !stopped()) {
            books_.find(Wrong::bridge, {},
                        fmt::format("{} after the last alert {} blocks are owed still",
                                    load::time_text(settled_by - last), owed()));
        }
        fire_.stop();
        if (!stopped()) {
            compare_ledger(true);
        }
        std::string unrest;
        const auto at_rest = [&] {
            const auto left =
                bridge_.page("/status").and_then([](const std::string& page) { return unrest_of(page, true); });
            unrest = left ? *left : left.error();
            return unrest.empty() && denied() == 0;
        };
        if (!go_on_until(at_rest, settled_by + setup_.question.expire + setup_.question.patience) && !stopped()) {
            books_.find(Wrong::bridge, {},
                        fmt::format("all blocks have expired, and {} are denied still; {}", denied(), unrest));
        }
        out_.drained = now() - last;
    }

    void collect() {
        out_.interrupted = options_.stop.stop_requested();
        fire_.stop();
        for (std::size_t i = 0; i < books_.firewalls(); ++i) {
            collect_firewall(i);
        }
        bridge_.finish();
        out_.took = now();
        bridge_.look_at_files();
        collect_alerts();
        if (!out_.interrupted) {
            judge_growth(out_, [this](std::string text) { books_.find(Wrong::growth, {}, std::move(text)); });
        }
        bridge_.judge_log();
        if (const auto own = load::stage::use_of_process(getpid())) {
            out_.own_peak_bytes = own->peak_bytes;
        }
        const Books::Open account = books_.open();
        out_.accounted = account->accounted();
        out_.explained = account->explained_count();
        out_.blocks = account->blocks();
        out_.removals = account->removals();
        out_.waits = account->waits();
        out_.owed = account->acknowledged_count() * books_.firewalls();
        out_.findings = account->findings();
        out_.findings_count = account->findings_count();
    }

    void collect_firewall(std::size_t i) {
        FirewallSeen seen = watch_.seen(i, !stopped());
        const std::size_t incidents =
            seen.disturbances + out_.lives.size() + (out_.struck.contains("SIGHUP") ? out_.struck.at("SIGHUP") : 0);
        judge_commits(seen, incidents, now(), setup_.question.commit_time,
                      [&](std::string text) { books_.find(Wrong::growth, seen.name, std::move(text)); });
        out_.firewalls.push_back(std::move(seen));
    }

    void collect_alerts() {
        judge_acknowledgements(fire_.sent(), out_,
                               [this](std::string text) { books_.find(Wrong::bridge, {}, std::move(text)); });
        const auto journal = journal_alerts(bridge_.store(), first_id, out_.alerts);
        if (!journal) {
            books_.find(Wrong::journal, {}, journal.error());
            return;
        }
        out_.files.alerts_in_journal = std::accumulate(journal->begin(), journal->end(), std::uint64_t{0});
        check_journal(*journal, fire_.sent(), [this](std::size_t i, std::string text) {
            const std::string& attacker = books_.addresses()[campaign_.attacker_of(i)];
            books_.open()->add({now(), Wrong::journal, {}, attacker, first_id + i, std::move(text)});
        });
    }

    const Setup& setup_;
    const Options& options_;
    RunTime time_;
    Campaign campaign_;
    Books books_;
    Result out_;
    std::multimap<Micros, std::function<void()>> agenda_;
    Micros next_sample_{0};
    Micros next_metrics_{0};
    Micros next_ledger_ = ledger_every;
    Micros next_progress_ = progress_every;
    std::size_t explained_to_ = 0;
    // The sender ends first, then the bridge, then the firewalls.
    Watch watch_;
    BridgeLives bridge_;
    Fire fire_;
};

}  // namespace

tl::expected<Result, std::string> run(const Setup& setup, const Options& options) {
    return Stage(setup, options).run();
}

}  // namespace sim::soak
