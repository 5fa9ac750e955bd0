#include "sim/lab/virtual/virtual_world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <optional>

#include "bridge/engine/engine.hpp"
#include "bridge/lists/list_server.hpp"
#include "bridge/operate/config/allow_files.hpp"
#include "bridge/operate/config/config.hpp"
#include "bridge/operate/page/status_server.hpp"
#include "sim/fireeye/send_fault.hpp"
#include "sim/lab/story/notifications.hpp"
#include "sim/lab/virtual/memory_store.hpp"
#include "sim/lab/virtual/scheduler.hpp"
#include "sim/lab/virtual/virtual_firewall.hpp"
#include "sim/lab/virtual/virtual_lists.hpp"
#include "sim/lab/world/background_load.hpp"
#include "sim/lab/world/bridge_yaml.hpp"
#include "sim/lab/world/device_handle.hpp"
#include "sim/lab/world/replace_file.hpp"
#include "sim/lab/world/scenario_fleet.hpp"
#include "sim/lab/world/scratch.hpp"

namespace sim::lab {

namespace {

using bridge::domain::Instant;

constexpr Millis sync_time{2};
const bridge::domain::WallTime story_begins =
    std::chrono::sys_days(std::chrono::year(2024) / 5 / 1) + std::chrono::hours(10);

class VirtualWorld final : public World {
public:
    VirtualWorld(const Scenario& scenario, std::uint64_t seed)
        : scenario_(scenario), seed_(seed), ids_(seed), scheduler_(story_begins), store_(scheduler_, sync_time) {}

    ~VirtualWorld() override { alive_.reset(); }

    Done begin() override {
        auto made_scratch = Scratch::make();
        if (!made_scratch) {
            return tl::unexpected(made_scratch.error());
        }
        scratch_.emplace(std::move(*made_scratch));
        const Scratch* const scratch = &*scratch_;
        for (const auto& [name, text] : scenario_.bridge.files) {
            if (const Done written = write_file({name, text}); !written) {
                return written;
            }
        }
        BridgeFiles& files = files_;
        files.store = scratch->path() + "/bridge.db";
        files.lists_listen = "127.0.0.1:8444";
        for (const TargetSetup& target : scenario_.bridge.targets) {
            if (target.list) {
                const std::string token = list_token(target.firewall, seed_);
                secrets_.add(token);
                std::string& file = files.token_files[target.firewall];
                file = fmt::format("{}/{}.token", scratch->path(), target.firewall);
                std::ofstream(file, std::ios::binary) << token << '\n';
            }
        }
        for (const FirewallSetup& setup : scenario_.firewalls) {
            if (const Done made = make_firewall(setup, scratch->path(), files); !made) {
                return made;
            }
        }
        if (const Done together = bring_together(
                fleet_, scenario_, [this](const std::string& name) -> panos::Device& { return device(name); },
                scheduler_.wall());
            !together) {
            return together;
        }
        for (const FirewallSetup& setup : scenario_.firewalls) {
            if (const std::string& peer = scenario_.ha_peer_of(setup.name); !peer.empty()) {
                files.targets[setup.name].peer_url = files.targets.at(peer).url;
            }
        }
        auto config = bridge::operate::read_config(bridge_yaml(scenario_.bridge, files), config_file());
        if (!config) {
            return tl::unexpected(config.error());
        }
        settings_ = std::move(config->engine);
        list_tokens_ = std::move(config->list_tokens);
        for (const auto& [name, endpoint] : config->endpoints) {
            ways_[name] = by_url_.at(endpoint.url);
        }
        for (const auto& [name, endpoint] : config->peer_endpoints) {
            peer_ways_[name] = by_url_.at(endpoint.url);
        }
        allow_files_ = std::move(config->allow_files);
        settings_.seed = seed_;
        return start_bridge();
    }

    Done end() override { return {}; }

    Millis now() const override { return scheduler_.since_start(); }

    tl::expected<std::vector<SentAnswer>, std::string> send(const Send& send) override {
        const auto now_there = std::chrono::floor<std::chrono::seconds>(story_begins + now());
        const SendContext context{scenario_.appliance(send.through), now_there};
        auto notifications = notifications_of(send, *scenario_.appliance(send.from), ids_, context);
        if (!notifications) {
            return tl::unexpected(notifications.error());
        }
        if (const Done altered = alter_bodies(send, *notifications); !altered) {
            return tl::unexpected(altered.error());
        }
        std::vector<SentAnswer> answers(notifications->size());
        for (std::size_t i = 0; i < answers.size(); ++i) {
            answers[i].alerts = (*notifications)[i].alerts;
        }
        if (send.rate_per_s > 0) {
            send_by_schedule(send, *notifications, answers);
        } else {
            for (std::size_t i = 0; i < answers.size(); ++i) {
                std::size_t open = 1;
                post(send, (*notifications)[i], answers[i], open);
                run_until_zero(open);
            }
        }
        return answers;
    }

    tl::expected<FetchedPage, std::string> fetch(const Fetch& fetch, const std::string& etag) override {
        net::HttpRequest request =
            list_request(fetch.target + "/" + fetch.page + ".txt", fetch.user.value_or(fetch.target),
                         fetch.token.value_or(list_token(fetch.target, seed_)));
        request.method = fetch.method;
        if (!etag.empty()) {
            request.headers.push_back({"If-None-Match", etag});
        }
        const auto answer = serve_list(request);
        if (!answer) {
            return tl::unexpected(std::string("connection refused"));
        }
        FetchedPage page{answer->status, fetch.method == "HEAD" ? "" : answer->body, ""};
        for (const net::HttpHeader& header : answer->headers) {
            page.etag = header.name == "ETag" ? header.value : page.etag;
        }
        return page;
    }

    Done begin_load() override {
        auto made = BackgroundLoad::make(scenario_, ids_, seed_);
        if (!made) {
            return tl::unexpected(made.error());
        }
        load_ = std::move(*made);
        load_began_ = scheduler_.now();
        for (const auto& [name, firewall] : firewalls_) {
            load_->begin(name, firewall->device(), firewall->now());
        }
        for (std::size_t i = 0; i < load_->notifications().size(); ++i) {
            scheduler_.run_at(load_began_ + std::chrono::ceil<Millis>(load_->notifications()[i].due),
                              [this, i] { post_of_load(i); });
        }
        return {};
    }

    tl::expected<load::Measurement, std::string> end_load() override {
        const Instant until = load_began_ + std::chrono::ceil<Millis>(load_->patience());
        while (!load_->all_blocked() && scheduler_.run_next(until)) {
        }
        return load_->measured(scheduler_.now() - load_began_, [this](const std::string& name) -> const panos::Device& {
            return firewalls_.at(name)->device();
        });
    }

    Done power(const Power& power) override {
        const bool down = power.verb != PowerVerb::start;
        const bool up = power.verb == PowerVerb::start || power.verb == PowerVerb::restart;
        if (!power.firewall.empty()) {
            firewalls_.at(power.firewall)->set_up(up);
            return {};
        }
        if (down) {
            if (engine_ == nullptr) {
                return tl::unexpected(std::string("the bridge does not run"));
            }
            stop_bridge();
        }
        return up ? start_bridge() : Done{};
    }

    Done reload(const Reload& reload) override {
        if (engine_ == nullptr) {
            return tl::unexpected(std::string("the bridge does not run"));
        }
        auto config = bridge::operate::read_config(bridge_yaml(reload.bridge, files_), config_file());
        ++events_;
        if (!config) {
            engine_->note_refused_reload(config.error());
            return {};
        }
        settings_ = std::move(config->engine);
        settings_.seed = seed_;
        engine_->reconfigure(settings_);
        return {};
    }

    Done wait(const Wait& wait) override {
        const Instant until = scheduler_.now() + wait.time;
        while (scheduler_.run_next(until)) {
        }
        return {};
    }

    Done renew_certificate() override {
        return tl::unexpected(std::string("the virtual world has no TLS; say `world: real`"));
    }

    void look_at(const std::string& name, const std::function<void(FirewallHandle&)>& look) override {
        VirtualFirewall& firewall = *firewalls_.at(name);
        DeviceHandle handle(firewall.device(), bridge_user(name), firewall.now());
        look(handle);
    }

    void act_on(const std::string& name, const std::function<void(FirewallHandle&)>& act) override {
        for (auto& [each, firewall] : firewalls_) {
            if (name.empty() || name == each) {
                look_at(each, act);
                firewall->look_again();
            }
        }
    }

    tl::expected<std::string, std::string> bridge_page(const std::string& path) override {
        if (engine_ == nullptr) {
            return tl::unexpected(std::string("the bridge does not run"));
        }
        bridge::operate::StatusServer server(*engine_, store_);
        server.caution_with([this] { return allow_watch_->trouble(); });
        net::HttpRequest request;
        request.method = "GET";
        request.target = path;
        std::string body;
        server.on_request(std::move(request), [&body](net::HttpResponse response) { body = std::move(response.body); });
        return body;
    }

    std::size_t bridge_starts() const override { return starts_; }
    tl::expected<std::optional<SentAnswer>, std::string> order(const std::string& path) override {
        if (engine_ == nullptr) {
            return tl::unexpected(std::string("the bridge does not run"));
        }
        bridge::operate::StatusServer server(*engine_, store_);
        net::HttpRequest request;
        request.method = "POST";
        request.target = path;
        SentAnswer answer;
        std::size_t open = 1;
        server.on_request(std::move(request), [&answer, &open](net::HttpResponse response) {
            answer.status = response.status;
            answer.body = std::move(response.body);
            --open;
        });
        run_until_zero(open);
        return answer;
    }

    Done write_file(const WriteFile& file) override { return replace_file(scratch_->path(), file); }

    std::uint64_t events() override { return events_; }

    bool await(std::uint64_t seen, Millis until, bool bridge_too) override {
        const Instant deadline = scheduler_.now() + (until - now());
        while (events_ == seen) {
            if (!scheduler_.run_next(deadline)) {
                return false;
            }
            if (bridge_too) {
                return true;
            }
        }
        return true;
    }

    Timeline& timeline() override { return timeline_; }

    std::vector<TimelineEntry> story() override {
        std::vector<TimelineEntry> all = timeline_.entries();
        for (auto& [name, firewall] : firewalls_) {
            tell(firewall->device(), name, story_begins, all);
        }
        std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
        return all;
    }

    const Secrets& secrets() const override { return secrets_; }

private:
    std::string config_file() const { return scratch_->path() + "/bridge.yaml"; }

    std::string bridge_user(const std::string& firewall) const {
        const TargetSetup* target = scenario_.target_of(firewall);
        return target == nullptr ? TargetSetup{}.user : target->user;
    }

    panos::Device& device(const std::string& firewall) { return firewalls_.at(firewall)->device(); }

    Done make_firewall(const FirewallSetup& setup, const std::string& directory, BridgeFiles& files) {
        const TargetSetup* target = scenario_.target_of(setup.name);
        const std::string user = bridge_user(setup.name);
        auto options = device_options(scenario_, setup, target == nullptr ? TargetSetup{} : *target, seed_);
        if (!options) {
            return tl::unexpected(fmt::format("firewall {}: {}", setup.name, options.error()));
        }
        prepare_ways(*options, scenario_, setup, std::string(virtual_lists_url), seed_);
        auto lists = std::make_shared<VirtualLists>(
            scheduler_, [this](const net::HttpRequest& request) { return serve_list(request); });
        options->list_fetcher = lists;
        auto made = VirtualFirewall::make(scheduler_, std::move(*options), seed_ + firewalls_.size(),
                                          [this, name = setup.name] {
                                              ++events_;
                                              if (load_ != nullptr) {
                                                  VirtualFirewall& changed = *firewalls_.at(name);
                                                  load_->look(name, changed.device(), changed.now());
                                              }
                                          });
        if (!made) {
            return tl::unexpected(fmt::format("firewall {}: {}", setup.name, made.error()));
        }
        const std::string key = (*made)->device().api_key(user);
        const std::string key_file = fmt::format("{}/{}.key", directory, setup.name);
        std::ofstream(key_file, std::ios::binary) << key << '\n';
        secrets_.add(key);
        const std::string& peer = scenario_.ha_peer_of(setup.name);
        const bool second = !peer.empty() && scenario_.comes_before(peer, setup.name);
        const std::string url = fmt::format("https://192.0.2.{}:{}", second ? 2 : 1, 10'000 + firewalls_.size());
        files.targets[setup.name] = {url, "", key_file};
        by_url_[url] = setup.name;
        lists->on_answer([firewall = made->get()] {
            firewall->device().advance(firewall->now());
            firewall->look_again();
        });
        firewalls_.emplace(setup.name, std::move(*made));
        return {};
    }

    Done start_bridge() {
        if (engine_ != nullptr) {
            return tl::unexpected(std::string("the bridge runs already"));
        }
        ++starts_;
        alive_ = std::make_shared<int>(0);
        engine_ = std::make_unique<bridge::engine::Engine>(
            settings_, scheduler_, store_,
            [this](const bridge::engine::TargetSettings& target, std::size_t device) {
                return firewalls_.at((device == 0 ? ways_ : peer_ways_).at(target.name))->transport(alive_);
            },
            [this](const bridge::engine::Happening& happening) { hear(happening); });
        lists_ = std::make_unique<bridge::lists::ListServer>(
            list_tokens_, *engine_, scheduler_,
            [this](const bridge::engine::Happening& happening) { hear(happening); });
        if (const auto started = engine_->start(); !started) {
            return tl::unexpected(started.error().detail);
        }
        allow_watch_ = std::make_unique<bridge::operate::AllowFiles>(
            allow_files_, scheduler_, *engine_, [this](const auto& happening) { hear(happening); });
        return {};
    }

    void hear(const bridge::engine::Happening& happening) {
        ++events_;
        timeline_.add({now(), Party::bridge, "", happening.subject + ": " + happening.text});
    }

    /// Nothing while the bridge does not run.
    std::optional<net::HttpResponse> serve_list(const net::HttpRequest& request) {
        if (lists_ == nullptr) {
            return std::nullopt;
        }
        if (auto refused = lists_->on_header(request)) {
            return refused;
        }
        net::HttpResponse answer;
        lists_->on_request(request, [&answer](net::HttpResponse response) { answer = std::move(response); });
        return answer;
    }

    void stop_bridge() {
        alive_.reset();
        lists_.reset();
        store_.lose_power();
        allow_watch_.reset();
        engine_.reset();
    }

    /// The faults that are in the body; those of the way there are not played in this world.
    static Done alter_bodies(const Send& send, std::vector<OutgoingNotification>& notifications) {
        for (OutgoingNotification& each : notifications) {
            if (send.fault) {
                auto body = fireeye::body_with(*send.fault, each.rendered.body);
                if (!body) {
                    return tl::unexpected(body.error());
                }
                each.rendered.body = std::move(*body);
            }
        }
        return {};
    }

    void send_by_schedule(const Send& send, const std::vector<OutgoingNotification>& notifications,
                          std::vector<SentAnswer>& answers) {
        std::size_t open = notifications.size();
        const Instant begin = scheduler_.now();
        for (std::size_t i = 0; i < notifications.size(); ++i) {
            scheduler_.run_at(begin + std::chrono::ceil<Millis>(notifications[i].due),
                              [this, &send, &notification = notifications[i], &answer = answers[i], &open] {
                                  post(send, notification, answer, open);
                              });
        }
        run_until_zero(open);
    }

    /// Counts `open` down when the answer is there.
    void post(const Send& send, const OutgoingNotification& notification, SentAnswer& answer, std::size_t& open) {
        const auto answered = [this, from = notification.by_manager ? send.through : send.from,
                               told = notification.told, &answer, &open] {
            timeline_.add({now(), Party::appliance, from,
                           answer.status == 0 ? fmt::format("{} -> no answer: {}", told, answer.error)
                                              : fmt::format("{} -> {}", told, answer.status)});
            --open;
        };
        if (engine_ == nullptr) {
            answer.error = "connection refused";
            answered();
            return;
        }
        engine_->receive(notification.rendered.body, "192.0.2.3",
                         [&answer, answered](bridge::engine::Reception reception) {
                             answer.status = reception.status;
                             answer.body = std::move(reception.line);
                             answered();
                         });
    }

    void post_of_load(std::size_t i) {
        load::Sent& alert = load_->sent()[i];
        alert.sent = std::max(load::Micros(scheduler_.now() - load_began_), alert.due);
        if (engine_ == nullptr) {
            return;
        }
        engine_->receive(load_->notifications()[i].rendered.body, "192.0.2.3",
                         [this, &alert](const bridge::engine::Reception& reception) {
                             alert.status = reception.status;
                             alert.answered = scheduler_.now() - load_began_;
                         });
    }

    void run_until_zero(const std::size_t& open) {
        // What is promised is answered within the store's time; the bound is only against a bug.
        const Instant bound = scheduler_.now() + std::chrono::hours(24);
        while (open > 0 && scheduler_.run_next(bound)) {
        }
    }

    const Scenario& scenario_;
    std::uint64_t seed_;
    AlertIds ids_;
    Scheduler scheduler_;
    MemoryStore store_;
    Secrets secrets_;
    Timeline timeline_;
    std::uint64_t events_ = 0;
    std::size_t starts_ = 0;
    panos::Fleet fleet_;
    std::unique_ptr<BackgroundLoad> load_;
    Instant load_began_{};
    std::map<std::string, std::unique_ptr<VirtualFirewall>> firewalls_;
    std::map<std::string, std::string> by_url_;     // firewalls
    std::map<std::string, std::string> ways_;       // from what the bridge asks by to the firewall
    std::map<std::string, std::string> peer_ways_;  // the same, to the second one of an HA pair
    std::optional<Scratch> scratch_;                // a reload reads its files again
    BridgeFiles files_;
    bridge::engine::EngineSettings settings_;
    bridge::lists::Tokens list_tokens_;
    std::shared_ptr<void> alive_;
    std::vector<std::string> allow_files_;
    std::unique_ptr<bridge::engine::Engine> engine_;  // it uses all of the above
    std::unique_ptr<bridge::operate::AllowFiles> allow_watch_;
    std::unique_ptr<bridge::lists::ListServer> lists_;
};

}  // namespace

std::unique_ptr<World> make_virtual_world(const Scenario& scenario, std::uint64_t seed) {
    return std::make_unique<VirtualWorld>(scenario, seed);
}

std::optional<std::string> why_not_virtual(const Scenario& scenario) {
    if (scenario.worlds == Scenario::Worlds::real) {
        return "the scenario says `world: real`";
    }
    if (scenario.bridge.tls || !scenario.bridge.users.empty() || !scenario.bridge.intake.empty()) {
        return "it is about the bridge's listener, and there is no socket";
    }
    if (!scenario.bridge.store_script.empty()) {
        return "it is about the store's file, and there is none";
    }
    for (const FirewallSetup& firewall : scenario.firewalls) {
        if (firewall.certificate != FirewallSetup::Certificate::ok) {
            return "it is about a certificate, and there is no TLS";
        }
    }
    for (const Step& step : scenario.steps) {
        const auto* send = std::get_if<Send>(&step.action);
        if (send != nullptr && (send->user || send->password)) {
            return "it is about a password, and there is no HTTP";
        }
        if (send != nullptr && send->fault && !send->fault->is_of_body()) {
            return "it is about how bytes travel, and there is no socket";
        }
    }
    return std::nullopt;
}

}  // namespace sim::lab
