#include "sim/load/stage/virtual_stage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>

#include "bridge/engine/engine.hpp"
#include "bridge/lists/list_server.hpp"
#include "bridge/operate/config/config.hpp"
#include "sim/lab/virtual/memory_store.hpp"
#include "sim/lab/virtual/scheduler.hpp"
#include "sim/lab/virtual/virtual_firewall.hpp"
#include "sim/lab/virtual/virtual_lists.hpp"
#include "sim/lab/world/bridge_yaml.hpp"
#include "sim/lab/world/scratch.hpp"
#include "sim/load/ammunition.hpp"
#include "sim/load/firewall_watch.hpp"
#include "sim/load/stage/ailing.hpp"
#include "sim/load/stage/list_way.hpp"
#include "sim/load/stage/script.hpp"

namespace sim::load::stage {

namespace {

using bridge::domain::Instant;
using Done = tl::expected<void, std::string>;
using namespace std::chrono_literals;

constexpr auto sync_time = 2ms;
constexpr auto idle_patience = 10min;
constexpr std::uint64_t first_id = 1'000'000;
constexpr std::size_t stop_look = 4096;  // tasks between looks at whether to stop
const bridge::domain::WallTime begins = std::chrono::sys_days(std::chrono::year(2024) / 5 / 1) + std::chrono::hours(10);

struct Stand {
    std::unique_ptr<lab::VirtualFirewall> firewall;
    std::unique_ptr<FirewallWatch> watch;
    Health health = Health::well;
    bool watching = false;
    std::unique_ptr<Script> script;
};

class VirtualStage {
public:
    VirtualStage(const Setup& setup, Blocker blocker, const std::stop_token& stop)
        : setup_(setup),
          blocker_(blocker),
          stop_(stop),
          attackers_(attackers(setup.due.size())),
          scheduler_(begins),
          store_(scheduler_, sync_time) {}

    ~VirtualStage() { alive_.reset(); }

    tl::expected<Measurement, std::string> run() {
        auto scratch = lab::Scratch::make();
        if (!scratch) {
            return tl::unexpected(scratch.error());
        }
        const Done ready = raise_firewalls(scratch->path()).and_then([&] {
            return blocker_ == Blocker::bridge ? raise_bridge(scratch->path()) : raise_scripts();
        });
        if (!ready) {
            return tl::unexpected(ready.error());
        }
        out_.question = question_of(setup_, "virtual", std::string(name_of(blocker_)));
        if (const Done fired = fire(); !fired) {
            return tl::unexpected(fired.error());
        }
        collect();
        return std::move(out_);
    }

private:
    Done raise_firewalls(const std::string& directory) {
        for (std::size_t i = 0; i < setup_.firewalls; ++i) {
            auto device = device_of(setup_, i);
            if (!device) {
                return tl::unexpected(device.error());
            }
            const std::string name = firewall_name(i);
            stands_.push_back(std::make_unique<Stand>());
            Stand& stand = *stands_.back();
            stand.health = setup_.ailments.of(i);
            stand.watch = std::make_unique<FirewallWatch>(name, attackers_, setup_.due, bridge_user, setup_.mode);
            prepare_lists(*device, setup_, i, std::string(lab::virtual_lists_url));
            auto lists = std::make_shared<lab::VirtualLists>(
                scheduler_, [this](const net::HttpRequest& request) { return serve_list(request); });
            device->list_fetcher = lists;
            auto made = lab::VirtualFirewall::make(scheduler_, std::move(*device), setup_.seed + i, [&stand] {
                if (stand.watching) {
                    stand.watch->look(stand.firewall->device(), stand.firewall->now());
                }
            });
            if (!made) {
                return tl::unexpected(fmt::format("{}: {}", name, made.error()));
            }
            stand.firewall = std::move(*made);
            lists->on_answer([firewall = stand.firewall.get()] {
                firewall->device().advance(firewall->now());
                firewall->look_again();
            });
            stand.firewall->look_again();  // so that it fetches by its own time
            const std::string url = fmt::format("https://192.0.2.1:{}", 10'000 + i);
            const std::string key_file = fmt::format("{}/{}.key", directory, name);
            std::ofstream(key_file, std::ios::binary) << stand.firewall->device().api_key(bridge_user) << '\n';
            files_.targets[name] = {url, "", key_file};
            by_url_[url] = &stand;
        }
        return {};
    }

    /// Nothing while there is no bridge.
    std::optional<net::HttpResponse> serve_list(const net::HttpRequest& request) {
        if (list_server_ == nullptr) {
            return std::nullopt;
        }
        if (auto refused = list_server_->on_header(request)) {
            return refused;
        }
        net::HttpResponse answer;
        list_server_->on_request(request, [&answer](net::HttpResponse response) { answer = std::move(response); });
        return answer;
    }

    Done raise_bridge(const std::string& directory) {
        files_.store = directory + "/bridge.db";
        if (const Done written = write_tokens(setup_, directory, "127.0.0.1:8444", files_); !written) {
            return written;
        }
        auto config = bridge::operate::read_config(
            lab::bridge_yaml(bridge_of(setup_), files_),
            setup_.policy.settings.empty() ? directory + "/bridge.yaml" : "policy " + setup_.policy.name);
        if (!config) {
            return tl::unexpected(config.error());
        }
        config->engine.seed = setup_.seed;
        for (const auto& [name, endpoint] : config->endpoints) {
            by_target_[name] = by_url_.at(endpoint.url);
        }
        engine_ = std::make_unique<bridge::engine::Engine>(
            std::move(config->engine), scheduler_, store_,
            [this](const bridge::engine::TargetSettings& target, std::size_t) {
                return by_target_.at(target.name)->firewall->transport(alive_);
            },
            [](const bridge::engine::Happening&) {});
        list_server_ = std::make_unique<bridge::lists::ListServer>(std::move(config->list_tokens), *engine_, scheduler_,
                                                                   [](const bridge::engine::Happening&) {});
        if (const auto started = engine_->start(); !started) {
            return tl::unexpected(started.error().detail);
        }
        return await_idle();
    }

    Done await_idle() {
        const Instant deadline = scheduler_.now() + idle_patience;
        while (true) {
            const auto targets = engine_->targets();
            const auto busy =
                std::find_if(targets.begin(), targets.end(), [](const auto& target) { return target.state != "idle"; });
            if (busy == targets.end()) {
                return {};
            }
            if (!scheduler_.run_next(deadline)) {
                return tl::unexpected(fmt::format("{} is {} and not idle: {}", busy->name, busy->state, busy->reason));
            }
        }
    }

    Done raise_scripts() {
        if (!makes_commits(setup_.mode)) {
            return tl::unexpected(
                fmt::format("{} commits; mode {} has no commits", name_of(blocker_), name_of(setup_.mode)));
        }
        for (const auto& stand : stands_) {
            stand->script = std::make_unique<Script>(scheduler_, stand->firewall->transport(alive_),
                                                     stand->firewall->device().api_key(bridge_user));
        }
        return {};
    }

    Done fire() {
        // Whole milliseconds are the scheduler's finest time.
        start_ = scheduler_.now();
        out_.alerts.resize(setup_.due.size());
        for (const auto& stand : stands_) {
            ail(stand->firewall->device(), stand->health, setup_);
            stand->watch->begin(stand->firewall->device(), stand->firewall->now());
            stand->watching = true;
        }
        for (std::size_t i = 0; i < setup_.due.size(); ++i) {
            out_.alerts[i].due = setup_.due[i];
            scheduler_.run_at(start_ + std::chrono::ceil<std::chrono::milliseconds>(setup_.due[i]),
                              [this, i] { post(i); });
        }
        const Instant end = start_ + std::chrono::ceil<std::chrono::milliseconds>(setup_.due.back()) + setup_.drain;
        for (std::size_t tasks = 1; !all_blocked() && scheduler_.run_next(end); ++tasks) {
            if (tasks % stop_look == 0 && stop_.stop_requested()) {
                out_.interrupted = true;
                break;
            }
        }
        out_.horizon = now();
        return failure_.empty() ? Done{} : tl::unexpected(failure_);
    }

    void post(std::size_t i) {
        Sent& alert = out_.alerts[i];
        alert.sent = std::max(now(), alert.due);
        if (engine_ == nullptr) {
            alert.answered = alert.sent;
            alert.status = 200;
            for (const auto& stand : stands_) {
                stand->script->block(attackers_[i]);
            }
            return;
        }
        auto shot = notification(attackers_[i], first_id + i);
        if (!shot) {
            failure_ = shot.error();
            return;
        }
        engine_->receive(std::move(shot->body), "192.0.2.3",
                         [this, &alert](const bridge::engine::Reception& reception) {
                             alert.status = reception.status;
                             alert.answered = now();
                         });
    }

    Micros now() const { return scheduler_.now() - start_; }

    /// On every firewall that is not dead.
    bool all_blocked() const {
        return std::all_of(stands_.begin(), stands_.end(), [this](const auto& stand) {
            return stand->health == Health::dead || stand->watch->enforced() == attackers_.size();
        });
    }

    void collect() {
        for (const auto& stand : stands_) {
            stand->watching = false;
            out_.firewalls.push_back(stand->watch->seen(stand->firewall->device()));
            out_.firewalls.back().health = stand->health;
        }
        if (engine_ == nullptr) {
            return;
        }
        for (const auto& target : engine_->targets()) {
            const auto count = [&](bridge::domain::BlockState state) {
                return target.blocks[static_cast<std::size_t>(state)];
            };
            const std::size_t refused = count(bridge::domain::BlockState::refused);
            const std::size_t held = count(bridge::domain::BlockState::held);
            if (refused + held > 0) {
                out_.remarks.push_back(fmt::format("{}: the bridge has {} blocks refused, {} held: {}", target.name,
                                                   refused, held, why_not_blocked(target.name)));
            }
        }
    }

    /// By the first that is refused or held.
    std::string why_not_blocked(const std::string& target) const {
        for (const bridge::domain::Block& block : engine_->ledger().blocks()) {
            if (block.target == target && (block.state == bridge::domain::BlockState::refused ||
                                           block.state == bridge::domain::BlockState::held)) {
                return block.reason;
            }
        }
        return {};
    }

    const Setup& setup_;
    Blocker blocker_;
    std::stop_token stop_;
    std::vector<std::string> attackers_;
    lab::Scheduler scheduler_;
    lab::MemoryStore store_;
    lab::BridgeFiles files_;
    Measurement out_;
    std::string failure_;
    Instant start_{};
    std::shared_ptr<void> alive_ = std::make_shared<int>(0);
    std::vector<std::unique_ptr<Stand>> stands_;
    std::map<std::string, Stand*> by_url_;
    std::map<std::string, Stand*> by_target_;
    std::unique_ptr<bridge::engine::Engine> engine_;  // it uses all of the above
    std::unique_ptr<bridge::lists::ListServer> list_server_;
};

}  // namespace

std::string_view name_of(Blocker blocker) {
    return blocker == Blocker::bridge ? "firebreak-bridge" : "one-commit-per-alert";
}

tl::expected<Measurement, std::string> run_virtual(const Setup& setup, Blocker blocker, const std::stop_token& stop) {
    return VirtualStage(setup, blocker, stop).run();
}

}  // namespace sim::load::stage
