#include "sim/load/stage/real_stage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <boost/json.hpp>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <set>
#include <thread>

#include "sim/lab/real/bridge_process.hpp"
#include "sim/lab/real/loop_thread.hpp"
#include "sim/lab/real/real_firewall.hpp"
#include "sim/lab/real/reserved_port.hpp"
#include "sim/lab/world/bridge_yaml.hpp"
#include "sim/lab/world/private_file.hpp"
#include "sim/lab/world/scratch.hpp"
#include "sim/load/ammunition.hpp"
#include "sim/load/firewall_watch.hpp"
#include "sim/load/sender.hpp"
#include "sim/load/stage/ailing.hpp"
#include "sim/load/stage/floor.hpp"
#include "sim/load/stage/list_way.hpp"
#include "sim/load/stage/process_use.hpp"
#include "sim/load/stage/raised_firewall.hpp"

namespace sim::load::stage {

namespace {

namespace json = boost::json;
using Clock = std::chrono::steady_clock;
using Done = tl::expected<void, std::string>;
using namespace std::chrono_literals;

constexpr auto tick = 200ms;       // of progress
constexpr auto status_every = 1s;  // once all is sent: whether the bridge still has anything to do
// The bridge tells nobody when it comes to rest: no page of its waits for anything, and what it writes as it goes, the
// log and the audit trail, tells of news, of which a target that finds nothing to do has none. So it is asked, for as
// long as the patience lasts.
constexpr auto idle_look = 20ms;
constexpr auto idle_patience = 60s;
// Of a list that was given out: a firewall may take so long to have it in force (refresh_job.cpp gives up after 20 s).
constexpr auto fetch_patience = 30s;
constexpr auto head_start = 50ms;  // from the decision to begin to the first alert
constexpr std::uint64_t first_id = 1'000'000;

panos::Instant right_now() {
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

struct TargetView {
    std::string name;
    std::string state;
    std::string last_error;
    std::size_t waiting = 0;  // wanted and pushed
    std::size_t refused = 0;
    std::size_t held = 0;
};

tl::expected<std::vector<TargetView>, std::string> targets_of(const std::string& status) {
    boost::system::error_code error;
    const json::value all = json::parse(status, error);
    const json::value* const targets = error ? nullptr : all.find_pointer("/targets", error);
    if (targets == nullptr || !targets->is_object()) {
        return tl::unexpected(std::string("the bridge's status tells of no targets"));
    }
    std::vector<TargetView> views;
    for (const auto& [name, value] : targets->get_object()) {
        const auto count = [&row = value.as_object()](std::string_view key) {
            return row.at(key).to_number<std::size_t>();
        };
        const auto text = [&row = value.as_object()](std::string_view key) {
            return std::string(row.at(key).as_string());
        };
        views.push_back({std::string(name), text("state"), text("last_error"), count("wanted") + count("pushed"),
                         count("refused"), count("held")});
    }
    return views;
}

/// Why blocks of a target are refused or held, by the first that is; `blocks` is the bridge's page. Empty: it tells
/// none.
std::string why_not_blocked(const std::string& blocks, const std::string& target) {
    boost::system::error_code error;
    const json::value all = json::parse(blocks, error);
    if (error || !all.is_array()) {
        return {};
    }
    for (const json::value& row : all.get_array()) {
        const std::string_view state = row.at("state").as_string();
        if (row.at("target").as_string() == target && (state == "refused" || state == "held")) {
            return std::string(row.at("reason").as_string());
        }
    }
    return {};
}

/// A firewall with the watch on it; both are touched on its loop's thread.
struct Stand {
    lab::LoopThread* loop = nullptr;
    std::unique_ptr<lab::RealFirewall> firewall;
    std::unique_ptr<FirewallWatch> watch;
    Health health = Health::well;
    bool watching = false;
    std::atomic<std::size_t> enforced{0};
};

class RealStage {
public:
    RealStage(const Setup& setup, const RealOptions& options)
        : setup_(setup), options_(options), attackers_(attackers(setup.due.size())) {
        // Real firewalls have processors of their own, so here no one of ours may be what they all wait for.
        const std::size_t loops = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, setup.firewalls);
        for (std::size_t i = 0; i < loops; ++i) {
            loops_.push_back(std::make_unique<lab::LoopThread>());
        }
    }

    ~RealStage() {
        bridge_.reset();
        for (const auto& stand : stands_) {
            stand->loop->run([&stand] { stand->firewall.reset(); });
        }
    }

    tl::expected<Measurement, std::string> run() {
        auto scratch = lab::Scratch::make();
        if (!scratch) {
            return tl::unexpected(scratch.error());
        }
        directory_ = scratch->path();
        if (options_.keep) {
            scratch->keep();
            out_.remarks.push_back("kept: " + directory_);
        }
        const Done ready = load_ammunition().and_then([this] { return raise_firewalls(); }).and_then([this] {
            return raise_bridge();
        });
        if (!ready) {
            return tl::unexpected(ready.error());
        }
        const auto floor = measure_floor(*loops_.front(), setup_.rate_per_s, options_.stop);
        if (!floor) {
            return tl::unexpected(floor.error());
        }
        out_.floor = *floor;
        out_.question = question_of(setup_, "wall", "firebreak-bridge");
        fire();
        collect();
        bridge_.reset();
        return std::move(out_);
    }

private:
    Done load_ammunition() {
        requests_.reserve(attackers_.size());
        for (std::size_t i = 0; i < attackers_.size(); ++i) {
            const auto shot = notification(attackers_[i], first_id + i);
            if (!shot) {
                return tl::unexpected(shot.error());
            }
            requests_.push_back(as_request(*shot, "127.0.0.1"));
        }
        return {};
    }

    /// The bridge's pages are at a port that firewalls know before it runs.
    Done reserve_lists() {
        if (!fetches_lists(setup_.mode)) {
            return {};
        }
        auto port = lab::ReservedPort::make();
        if (!port) {
            return tl::unexpected(port.error());
        }
        lists_port_ = std::move(*port);
        return write_tokens(setup_, directory_, fmt::format("127.0.0.1:{}", lists_port_->port()), files_);
    }

    Done raise_firewalls() {
        if (const Done reserved = reserve_lists(); !reserved) {
            return reserved;
        }
        for (std::size_t i = 0; i < setup_.firewalls; ++i) {
            auto device = device_of(setup_, i);
            if (!device) {
                return tl::unexpected(device.error());
            }
            prepare_lists(*device, setup_, i, "http://" + files_.lists_listen);
            stands_.push_back(std::make_unique<Stand>());
            Stand& stand = *stands_.back();
            stand.loop = loops_[i % loops_.size()].get();
            const std::string name = firewall_name(i);
            stand.health = setup_.ailments.of(i);
            if (stand.health == Health::dead) {
                dead_.insert(name);
            }
            stand.watch = std::make_unique<FirewallWatch>(name, attackers_, setup_.due, bridge_user, setup_.mode);
            auto raised =
                raise_firewall(*stand.loop, std::move(*device), name, directory_, [this, &stand] { look(stand); });
            if (!raised) {
                return tl::unexpected(raised.error());
            }
            files_.targets[name] = raised->files;
            stand.loop->run([&] { stand.firewall = std::move(raised->firewall); });
        }
        return {};
    }

    /// On the stand's loop.
    void look(Stand& stand) {
        if (!stand.watching) {
            return;
        }
        stand.firewall->at_device([&](panos::Device& device, panos::Instant now) { stand.watch->look(device, now); });
        if (stand.watch->enforced() != stand.enforced.load(std::memory_order_relaxed)) {
            stand.enforced.store(stand.watch->enforced(), std::memory_order_relaxed);
            changed_.notify_all();
        }
    }

    Done raise_bridge() {
        files_.store = directory_ + "/bridge.db";
        const std::string config = directory_ + "/bridge.yaml";
        const Done written = lab::write_private(config, lab::bridge_yaml(bridge_of(setup_), files_));
        if (!written) {
            return written;
        }
        log_.open(directory_ + "/bridge.log", std::ios::binary);
        bridge_ = std::make_unique<lab::BridgeProcess>(options_.bridge, config, directory_,
                                                       [this](const std::string& line) { log_ << line << '\n'; });
        return bridge_->start().and_then([this] { return await_idle(); });
    }

    /// So that the first alert meets a bridge that knows its firewalls.
    Done await_idle() {
        const auto deadline = Clock::now() + idle_patience;
        while (true) {
            const auto targets = bridge_->page("/status").and_then(targets_of);
            if (!targets) {
                return tl::unexpected(targets.error());
            }
            const auto busy = std::find_if(targets->begin(), targets->end(),
                                           [](const TargetView& target) { return target.state != "idle"; });
            if (busy == targets->end()) {
                return {};
            }
            if (Clock::now() > deadline || options_.stop.stop_requested()) {
                return tl::unexpected(
                    fmt::format("{} is {} and not idle: {}", busy->name, busy->state, busy->last_error));
            }
            std::this_thread::sleep_for(idle_look);
        }
    }

    std::optional<double> syncs() {
        const auto page = bridge_->page("/metrics");
        return page ? sample_of(*page, "firebreak_store_syncs_total") : std::nullopt;
    }

    void fire() {
        const auto to = receiver_of(bridge_->intake());
        if (!to) {
            out_.remarks.push_back(to.error());
            return;
        }
        const auto used_before = use_of_process(bridge_->pid());
        const auto syncs_before = syncs();
        SendPlan plan;
        plan.to = *to;
        plan.give_up = setup_.due.back() + setup_.drain;
        plan.begin = Clock::now() + head_start;
        const panos::Instant start = right_now() + head_start;
        for (const auto& stand : stands_) {
            stand->loop->run([&] {
                stand->firewall->at_device([&](panos::Device& device, panos::Instant) {
                    ail(device, stand->health, setup_);
                    stand->watch->begin(device, start);
                });
                stand->watching = true;
            });
        }
        SendProgress progress;
        std::thread sender([&] {
            out_.alerts = send_open_loop(plan, requests_, setup_.due, progress, options_.stop);
            all_sent_ = true;
            changed_.notify_all();
        });
        attend(plan, progress);
        sender.join();
        out_.horizon = std::chrono::duration_cast<Micros>(Clock::now() - plan.begin);
        note_use(used_before, syncs_before);
    }

    /// Until all is blocked on every firewall that is not dead, or the bridge has nothing more to do, or the time is
    /// over.
    void attend(const SendPlan& plan, const SendProgress& progress) {
        const Clock::time_point end = plan.begin + plan.give_up;
        Clock::time_point next_status = plan.begin + setup_.due.back();
        // The bridge is done with a list when it was fetched, and the firewall is not yet.
        const Clock::duration patience = fetches_lists(setup_.mode) ? Clock::duration(fetch_patience) : 0s;
        std::optional<Clock::time_point> idle_since;
        while (!options_.stop.stop_requested() && Clock::now() < end) {
            const Progress where = progress_of(plan, progress);
            if (options_.on_progress) {
                options_.on_progress(where);
            }
            if (all_sent_ && where.enforced == where.alerts) {
                return;
            }
            if (all_sent_ && Clock::now() >= next_status) {
                next_status = Clock::now() + status_every;
                if (!nothing_left()) {
                    idle_since = std::nullopt;
                } else if (!idle_since) {
                    idle_since = Clock::now();
                }
                if (idle_since && Clock::now() - *idle_since >= patience) {
                    return;
                }
            }
            std::unique_lock guard(mutex_);
            changed_.wait_for(guard, tick);
        }
    }

    Progress progress_of(const SendPlan& plan, const SendProgress& progress) const {
        Progress where;
        where.now = std::chrono::duration_cast<Micros>(Clock::now() - plan.begin);
        where.alerts = setup_.due.size();
        where.sent = progress.sent.load(std::memory_order_relaxed);
        where.acknowledged = progress.answered.load(std::memory_order_relaxed);
        where.enforced = where.alerts;
        for (const auto& stand : stands_) {
            if (stand->health != Health::dead) {
                where.enforced = std::min(where.enforced, stand->enforced.load(std::memory_order_relaxed));
            }
        }
        return where;
    }

    /// Nothing waits at the bridge: what is not blocked by now never will be.
    bool nothing_left() {
        const auto targets = bridge_->page("/status").and_then(targets_of);
        if (!targets) {
            out_.remarks.push_back(targets.error());
            return true;
        }
        return std::all_of(targets->begin(), targets->end(), [this](const TargetView& target) {
            return dead_.contains(target.name) || (target.waiting == 0 && target.state == "idle");
        });
    }

    void note_use(const std::optional<ProcessUse>& before, std::optional<double> syncs_before) {
        const auto after = use_of_process(bridge_->pid());
        if (!before || !after) {
            out_.remarks.emplace_back("the bridge's process could not be looked at in /proc");
            return;
        }
        out_.bridge = *after;
        out_.bridge->cpu = after->cpu - before->cpu;
        const auto syncs_after = syncs();
        if (syncs_before && syncs_after) {
            out_.bridge->syncs = static_cast<std::uint64_t>(*syncs_after - *syncs_before);
        }
    }

    void collect() {
        out_.interrupted = options_.stop.stop_requested();
        for (const auto& stand : stands_) {
            stand->loop->run([&] {
                stand->firewall->at_device([&](panos::Device& device, panos::Instant) {
                    stand->watching = false;
                    out_.firewalls.push_back(stand->watch->seen(device));
                    out_.firewalls.back().health = stand->health;
                });
            });
        }
        const auto targets = bridge_->page("/status").and_then(targets_of);
        if (!targets) {
            out_.remarks.push_back(targets.error());
            return;
        }
        for (const TargetView& target : *targets) {
            if (target.refused + target.held > 0) {
                const auto blocks = bridge_->page("/blocks");
                out_.remarks.push_back(fmt::format("{}: the bridge has {} blocks refused, {} held: {}", target.name,
                                                   target.refused, target.held,
                                                   blocks ? why_not_blocked(*blocks, target.name) : blocks.error()));
            }
            if (!target.last_error.empty()) {
                out_.remarks.push_back(fmt::format("{}: the bridge's last error: {}", target.name, target.last_error));
            }
        }
        if (const Done stopped = bridge_->stop(); !stopped) {
            out_.remarks.push_back(stopped.error());
        }
    }

    const Setup& setup_;
    const RealOptions& options_;
    std::vector<std::string> attackers_;
    std::vector<std::string> requests_;
    std::string directory_;
    lab::BridgeFiles files_;
    std::unique_ptr<lab::ReservedPort> lists_port_;
    Measurement out_;
    std::ofstream log_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::atomic<bool> all_sent_{false};
    std::vector<std::unique_ptr<lab::LoopThread>> loops_;
    std::vector<std::unique_ptr<Stand>> stands_;
    std::set<std::string> dead_;  // firewalls
    std::unique_ptr<lab::BridgeProcess> bridge_;
};

}  // namespace

tl::expected<Measurement, std::string> run_real(const Setup& setup, const RealOptions& options) {
    return RealStage(setup, options).run();
}

}  // namespace sim::load::stage
