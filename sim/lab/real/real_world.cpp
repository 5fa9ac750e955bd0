#include "sim/lab/real/real_world.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <condition_variable>
#include <fstream>
#include <map>
#include <mutex>
#include <numeric>
#include <thread>

#include "bridge/domain/value/secret.hpp"
#include "bridge/intake/password_hash.hpp"
#include "net/certificate.hpp"
#include "sim/fireeye/sender.hpp"
#include "sim/lab/real/bridge_process.hpp"
#include "sim/lab/real/http_get.hpp"
#include "sim/lab/real/loop_thread.hpp"
#include "sim/lab/real/real_firewall.hpp"
#include "sim/lab/real/reserved_port.hpp"
#include "sim/lab/story/notifications.hpp"
#include "sim/lab/world/background_load.hpp"
#include "sim/lab/world/bridge_yaml.hpp"
#include "sim/lab/world/device_handle.hpp"
#include "sim/lab/world/private_file.hpp"
#include "sim/lab/world/replace_file.hpp"
#include "sim/lab/world/scenario_fleet.hpp"

namespace sim::lab {

namespace {

using Clock = std::chrono::steady_clock;

// What the bridge does is not told to the lab; its status is read this often while an expectation waits for it.
constexpr Millis bridge_look{20};
constexpr std::size_t senders_max = 16;
constexpr std::size_t load_senders_max = 64;
constexpr Millis fetch_patience{10'000};

/// The database that an SQL script makes.
Done make_database(const std::string& path, const std::string& script) {
    std::ifstream in(script, std::ios::binary);
    const std::string sql{std::istreambuf_iterator<char>(in), {}};
    sqlite3* handle = nullptr;
    const int opened = sqlite3_open(path.c_str(), &handle);
    const std::unique_ptr<sqlite3, int (*)(sqlite3*)> close(handle, &sqlite3_close);
    if (!in || opened != SQLITE_OK || sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
        return tl::unexpected(fmt::format("{}: makes no database: {}", script,
                                          handle == nullptr ? "out of memory" : sqlite3_errmsg(handle)));
    }
    return {};
}

/// What has happened at the firewalls, as a number to wait on.
class Happenings {
public:
    void count() {
        {
            const std::lock_guard guard(mutex_);
            ++events_;
        }
        changed_.notify_all();
    }

    std::uint64_t events() {
        const std::lock_guard guard(mutex_);
        return events_;
    }

    void await(std::uint64_t seen, Clock::time_point until, std::stop_token stop) {
        std::unique_lock guard(mutex_);
        changed_.wait_until(guard, std::move(stop), until, [&] { return events_ != seen; });
    }

private:
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::uint64_t events_ = 0;
};

/// How often an appliance sends again what was not taken, when the bridge dies under it; far more often than it does.
constexpr int resends_max = 8;

class RealWorld final : public World {
public:
    RealWorld(const Scenario& scenario, RealWorldOptions options)
        : scenario_(scenario), options_(std::move(options)), ids_(options_.seed) {}

    ~RealWorld() override {
        stop_load();
        bridge_.reset();
        loop_.run([this] {
            load_.reset();
            firewalls_.clear();
        });
    }

    Done begin() override {
        began_ = Clock::now();
        origin_ = std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
        if (const Done made = make_list_files(); !made) {
            return made;
        }
        for (const FirewallSetup& setup : scenario_.firewalls) {
            if (const Done made = make_firewall(setup); !made) {
                return made;
            }
        }
        const Done together = loop_.run([this] {
            return bring_together(
                fleet_, scenario_, [this](const std::string& name) -> panos::Device& { return device(name); },
                std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()));
        });
        if (!together) {
            return together;
        }
        for (auto& [name, files] : files_.targets) {
            if (const std::string& peer = scenario_.ha_peer_of(name); !peer.empty()) {
                files.peer_url = files_.targets.at(peer).url;
                files.peer_ca = files_.targets.at(peer).ca;
            }
        }
        if (const Done made = make_intake_files(); !made) {
            return made;
        }
        for (const auto& [name, text] : scenario_.bridge.files) {
            if (const Done written = write_file({name, text}); !written) {
                return written;
            }
        }
        const std::string config = config_file();
        if (const Done written = write_private(config, bridge_yaml(scenario_.bridge, files_)); !written) {
            return written;
        }
        bridge_log_.open(options_.directory + "/bridge.log", std::ios::binary | std::ios::app);
        bridge_ = std::make_unique<BridgeProcess>(options_.bridge, config, options_.directory,
                                                  [this](const std::string& line) { hear_bridge(line); });
        if (options_.crash) {
            bridge_->set_environment(environment_of(*options_.crash, crash_log_file()));
        }
        return start_bridge();
    }

    Done end() override {
        if (const Done alive = revive(); !alive) {
            return alive;
        }
        if (!bridge_->runs()) {
            return {};
        }
        // It may die while it stops; then it has to start from that, and stop again.
        const Done stopped = bridge_->stop();
        return stopped || !struck() ? stopped : start_bridge().and_then([this] { return end(); });
    }

    Millis now() const override { return std::chrono::floor<Millis>(Clock::now() - began_); }

    tl::expected<std::vector<SentAnswer>, std::string> send(const Send& send) override {
        const ApplianceSetup& appliance = *scenario_.appliance(send.from);
        const ApplianceSetup* const manager = scenario_.appliance(send.through);
        const auto now_there = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
        const auto notifications = notifications_of(send, appliance, ids_, {manager, now_there});
        if (!notifications) {
            return tl::unexpected(notifications.error());
        }
        std::vector<SentAnswer> answers(notifications->size());
        std::vector<std::size_t> left(answers.size());
        std::iota(left.begin(), left.end(), 0);
        if (const Done alive = revive(); !alive) {
            return tl::unexpected(alive.error());
        }
        for (int round = 0; !left.empty() && round <= resends_max; ++round) {
            // Where the bridge came back at another port.
            const fireeye::Destination to = destination_of(send, appliance);
            const fireeye::Destination to_by_manager = manager == nullptr ? to : destination_of(send, *manager);
            const auto note = [&](std::size_t i, const fireeye::Delivery& delivery) {
                const OutgoingNotification& notification = (*notifications)[left[i]];
                answers[left[i]] = {delivery.status, delivery.body, delivery.error, notification.alerts};
                timeline_.add({now(), Party::appliance, notification.by_manager ? send.through : send.from,
                               fmt::format("{} -> {}", notification.told,
                                           delivery.status == 0 ? "no answer: " + delivery.error
                                                                : std::to_string(delivery.status))});
            };
            std::vector<fireeye::Outgoing> outgoing;
            for (const std::size_t i : left) {
                const OutgoingNotification& each = (*notifications)[i];
                const fireeye::SendFault* const fault = send.fault ? &*send.fault : nullptr;
                outgoing.push_back({each.by_manager ? &to_by_manager : &to, &each.rendered, each.due, fault});
            }
            sender_.send_all(outgoing, send.rate_per_s > 0 ? senders_max : 1, note, options_.stop);
            std::erase_if(left, [&](std::size_t i) { return answers[i].status != 0 && answers[i].status != 503; });
            if (!options_.crash || !struck()) {
                break;
            }
            if (const Done alive = revive(); !alive) {
                return tl::unexpected(alive.error());
            }
        }
        return options_.stop.stop_requested() ? tl::unexpected(std::string(interrupted)) : Answers(std::move(answers));
    }

    tl::expected<FetchedPage, std::string> fetch(const Fetch& fetch, const std::string& etag) override {
        PageRequest request;
        request.url = fmt::format("{}/{}/{}.txt", lists_url(), fetch.target, fetch.page);
        request.method = fetch.method;
        request.user = fetch.user.value_or(fetch.target);
        request.password = fetch.token.value_or(list_token(fetch.target, options_.seed));
        request.if_none_match = etag;
        auto page = fetch_page(request, fetch_patience);
        if (!page) {
            return tl::unexpected(page.error());
        }
        return FetchedPage{page->status, std::move(page->body), std::move(page->etag)};
    }

    Done begin_load() override {
        if (options_.crash) {
            return tl::unexpected(std::string("a load is not played where the bridge dies by plan"));
        }
        auto made = BackgroundLoad::make(scenario_, ids_, options_.seed);
        if (!made) {
            return tl::unexpected(made.error());
        }
        const ApplianceSetup& appliance = *scenario_.appliance(scenario_.load->from);
        load_began_ = Clock::now();
        loop_.run([&] {
            load_ = std::move(*made);
            for (const auto& [name, firewall] : firewalls_) {
                firewall->at_device(
                    [&, who = name](panos::Device& device, panos::Instant now) { load_->begin(who, device, now); });
            }
        });
        Send plain;
        load_sender_ = std::jthread(
            [this, to = destination_of(plain, appliance)](const std::stop_token& stop) { send_load(to, stop); });
        return {};
    }

    tl::expected<load::Measurement, std::string> end_load() override {
        const Clock::time_point until = load_began_ + load_->patience();
        const auto blocked = [this] { return loop_.run([this] { return load_->all_blocked(); }); };
        for (std::uint64_t seen = happenings_.events(); !blocked() && Clock::now() < until;
             seen = happenings_.events()) {
            if (options_.stop.stop_requested()) {
                return tl::unexpected(std::string(interrupted));
            }
            happenings_.await(seen, until, options_.stop);
        }
        stop_load();
        const auto horizon = std::chrono::duration_cast<load::Micros>(Clock::now() - load_began_);
        return loop_.run([&] {
            return load_->measured(horizon, [this](const std::string& name) -> const panos::Device& {
                const panos::Device* found = nullptr;
                firewalls_.at(name)->at_device([&](panos::Device& device, panos::Instant) { found = &device; });
                return *found;
            });
        });
    }

    Done power(const Power& power) override {
        if (!power.firewall.empty()) {
            return power_firewall(power);
        }
        switch (power.verb) {
            case PowerVerb::kill:
                return bridge_->kill();
            case PowerVerb::stop:
                return stop_bridge();
            case PowerVerb::start:
                return start_bridge();
            case PowerVerb::restart:
                return stop_bridge().and_then([this] { return start_bridge(); });
        }
        return {};
    }

    Done reload(const Reload& reload) override {
        return write_passwords(reload.bridge)
            .and_then([&] { return write_private(config_file(), bridge_yaml(reload.bridge, files_)); })
            .and_then([this] { return bridge_->reload(); });
    }

    Done wait(const Wait&) override {
        return tl::unexpected(std::string("time is only waited for in the virtual world"));
    }

    /// First the one file, then the other, as anybody replaces two files: what stands between them must do no harm.
    Done renew_certificate() override {
        if (!scenario_.bridge.tls) {
            return tl::unexpected(std::string("the bridge speaks no TLS; say `bridge: {intake: {tls: true}}`"));
        }
        const auto pair = net::make_self_signed({"localhost", {"127.0.0.1", "localhost"}});
        if (!pair) {
            return tl::unexpected(pair.error());
        }
        return write_private(files_.intake_certificate, pair->certificate).and_then([&] {
            return write_private(files_.intake_key, pair->key);
        });
    }

    void look_at(const std::string& name, const std::function<void(FirewallHandle&)>& look) override {
        loop_.run([&] { with_handle(name, look); });
    }

    void act_on(const std::string& name, const std::function<void(FirewallHandle&)>& act) override {
        loop_.run([&] {
            for (auto& [each, firewall] : firewalls_) {
                if (name.empty() || name == each) {
                    with_handle(each, act);
                    firewall->changed();
                }
            }
        });
    }

    tl::expected<std::string, std::string> bridge_page(const std::string& path) override {
        if (const Done alive = revive(); !alive) {
            return tl::unexpected(alive.error());
        }
        auto page = bridge_->page(path);
        return page || !struck() ? page : bridge_page(path);
    }

    std::size_t bridge_starts() const override { return starts_; }

    tl::expected<std::optional<SentAnswer>, std::string> order(const std::string& path) override {
        if (const Done alive = revive(); !alive) {
            return tl::unexpected(alive.error());
        }
        auto page = bridge_->order(path);
        if (page) {
            return SentAnswer{page->status, page->body, ""};
        }
        if (!struck()) {
            return tl::unexpected(page.error());
        }
        if (const Done alive = revive(); !alive) {
            return tl::unexpected(alive.error());
        }
        page = bridge_->order(path);
        if (!page) {
            return tl::unexpected(page.error());
        }
        if (page->status != 200) {
            timeline_.add({now(), Party::lab, "", fmt::format("said again: {}", page->body)});
        }
        return std::nullopt;
    }

    Done write_file(const WriteFile& file) override { return replace_file(options_.directory, file); }

    std::uint64_t events() override { return happenings_.events(); }

    bool await(std::uint64_t seen, Millis until, bool bridge_too) override {
        const Clock::time_point deadline = began_ + until;
        const Clock::time_point next =
            bridge_too || options_.crash ? std::min(deadline, Clock::now() + bridge_look) : deadline;
        happenings_.await(seen, next, options_.stop);
        if (const Done alive = revive(); !alive) {
            timeline_.add({now(), Party::lab, "", alive.error()});
            return false;
        }
        return Clock::now() < deadline && !options_.stop.stop_requested();
    }

    Timeline& timeline() override { return timeline_; }

    std::vector<TimelineEntry> story() override {
        std::vector<TimelineEntry> all = timeline_.entries();
        loop_.run([&] {
            for (auto& [name, firewall] : firewalls_) {
                firewall->at_device(
                    [&, who = name](panos::Device& device, panos::Instant) { tell(device, who, origin_, all); });
            }
        });
        std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
        return all;
    }

    const Secrets& secrets() const override { return secrets_; }

private:
    using Answers = tl::expected<std::vector<SentAnswer>, std::string>;
    static constexpr std::string_view interrupted = "interrupted";

    // ---- the bridge's deaths by plan

    std::string crash_log_file() const { return options_.directory + "/crash.log"; }

    /// Whether it has died by plan since it was started last.
    bool struck() {
        if (!options_.crash || options_.crash->at.size() <= deaths_) {
            return false;
        }
        return read_crash_log(crash_log_file()).killed_at.size() > deaths_;
    }

    /// Starts it again when it has died by plan, as systemd would.
    Done revive() {
        if (!struck() || !bridge_->runs()) {
            return {};
        }
        return start_bridge();
    }

    /// It may die by plan while it starts.
    Done start_bridge() {
        while (true) {
            if (struck()) {
                note_death();
            }
            ++starts_;
            const Done started = bridge_->start();
            if (started || !struck()) {
                return started;
            }
        }
    }

    Done stop_bridge() {
        const Done stopped = revive().and_then([this] { return bridge_->stop(); });
        if (!stopped && struck()) {
            note_death();
            return {};
        }
        return stopped;
    }

    void note_death() {
        const CrashLog log = read_crash_log(crash_log_file());
        timeline_.add({now(), Party::bridge, "", fmt::format("dies at step {}", log.told(log.killed_at.at(deaths_)))});
        ++deaths_;
        if (bridge_->runs()) {
            static_cast<void>(bridge_->kill());  // it is dead or dying: waits for it
        }
    }

    std::string config_file() const { return options_.directory + "/bridge.yaml"; }

    std::string bridge_user(const std::string& firewall) const {
        const TargetSetup* target = scenario_.target_of(firewall);
        return target == nullptr ? TargetSetup{}.user : target->user;
    }

    /// On the loop's thread.
    panos::Device& device(const std::string& firewall) {
        panos::Device* found = nullptr;
        firewalls_.at(firewall)->at_device([&found](panos::Device& it, panos::Instant) { found = &it; });
        return *found;
    }

    /// On the loop's thread.
    void with_handle(const std::string& name, const std::function<void(FirewallHandle&)>& use) {
        firewalls_.at(name)->at_device([&](panos::Device& device, panos::Instant at) {
            DeviceHandle handle(device, bridge_user(name), at);
            use(handle);
        });
    }

    Done make_firewall(const FirewallSetup& setup) {
        const TargetSetup* target = scenario_.target_of(setup.name);
        const std::string user = bridge_user(setup.name);
        auto device = device_options(scenario_, setup, target == nullptr ? TargetSetup{} : *target, options_.seed);
        if (!device) {
            return tl::unexpected(fmt::format("firewall {}: {}", setup.name, device.error()));
        }
        prepare_ways(*device, scenario_, setup, lists_url(), options_.seed);
        for (const panos::Administrator& administrator : device->administrators) {
            secrets_.add(administrator.password);
        }
        const std::string stem = fmt::format("{}/{}", options_.directory, setup.name);
        if (const Done shown = make_bad_certificate(setup); !shown) {
            return shown;
        }
        auto made = loop_.run([&] {
            return RealFirewall::make(loop_.loop(), std::move(*device), stem, [this, name = setup.name] {
                look_for_load(name);
                happenings_.count();
            });
        });
        if (!made) {
            return tl::unexpected(fmt::format("firewall {}: {}", setup.name, made.error()));
        }
        std::string key;
        loop_.run([&] { (*made)->at_device([&](panos::Device& it, panos::Instant) { key = it.api_key(user); }); });
        secrets_.add(key);
        TargetFiles& files = files_.targets[setup.name];
        files.url = (*made)->url();
        files.ca = (*made)->ca_file();
        files.api_key_file = stem + ".key";
        firewalls_.emplace(setup.name, std::move(*made));
        if (setup.certificate == FirewallSetup::Certificate::untrusted) {
            files.ca = stem + "-other-ca.pem";
            const auto other = net::make_self_signed({"localhost", {"127.0.0.1", "localhost"}});
            if (!other) {
                return tl::unexpected(other.error());
            }
            if (const Done written = write_private(files.ca, other->certificate); !written) {
                return written;
            }
        }
        return write_private(files.api_key_file, key + "\n");
    }

    /// A device that finds a certificate takes it for its own, as one that was off does.
    Done make_bad_certificate(const FirewallSetup& setup) {
        net::SelfSigned subject{"localhost", {"127.0.0.1", "localhost"}};
        if (setup.certificate == FirewallSetup::Certificate::expired) {
            subject.days = -1;
        } else if (setup.certificate == FirewallSetup::Certificate::other_name) {
            subject = {"another.example", {"another.example"}};
        } else {
            return {};
        }
        const auto pair = net::make_self_signed(subject);
        if (!pair) {
            return tl::unexpected(pair.error());
        }
        const std::string stem = fmt::format("{}/{}", options_.directory, setup.name);
        return write_private(stem + "-ca.pem", pair->certificate).and_then([&] {
            return write_private(stem + "-key.pem", pair->key);
        });
    }

    std::string lists_url() const { return lists_port_ ? fmt::format("http://127.0.0.1:{}", lists_port_->port()) : ""; }

    /// The bridge's pages are at a port that firewalls know before it runs, and after it has come back.
    Done make_list_files() {
        if (!scenario_.has_lists()) {
            return {};
        }
        auto port = ReservedPort::make();
        if (!port) {
            return tl::unexpected(port.error());
        }
        lists_port_ = std::move(*port);
        files_.lists_listen = fmt::format("127.0.0.1:{}", lists_port_->port());
        for (const TargetSetup& target : scenario_.bridge.targets) {
            if (target.list) {
                const std::string token = list_token(target.firewall, options_.seed);
                secrets_.add(token);
                std::string& file = files_.token_files[target.firewall];
                file = fmt::format("{}/{}.token", options_.directory, target.firewall);
                if (const Done written = write_private(file, token + "\n"); !written) {
                    return written;
                }
            }
        }
        return {};
    }

    Done write_passwords(const BridgeSetup& bridge) {
        for (const BridgeUser& user : bridge.users) {
            secrets_.add(user.password);
            const auto [place, added] = files_.password_files.try_emplace(
                user.name, fmt::format("{}/user-{}.password", options_.directory, files_.password_files.size()));
            const auto line = line_of(user);
            if (!line) {
                return tl::unexpected(line.error());
            }
            if (const Done written = write_private(place->second, *line + "\n"); !written) {
                return written;
            }
        }
        return {};
    }

    Done make_intake_files() {
        files_.store = options_.directory + "/bridge.db";
        if (!scenario_.bridge.store_script.empty()) {
            if (const Done made = make_database(files_.store, scenario_.bridge.store_script); !made) {
                return made;
            }
        }
        if (const Done written = write_passwords(scenario_.bridge); !written) {
            return written;
        }
        for (const ApplianceSetup& appliance : scenario_.appliances) {
            secrets_.add(appliance.password);
        }
        if (!scenario_.bridge.tls) {
            return {};
        }
        files_.intake_certificate = options_.directory + "/intake.pem";
        files_.intake_key = options_.directory + "/intake.key";
        return renew_certificate().and_then([this] { return make_client_certificates(); });
    }

    static tl::expected<std::string, std::string> line_of(const BridgeUser& user) {
        if (!user.hashed) {
            return user.password;
        }
        return bridge::intake::PasswordHash::of(bridge::domain::Secret(user.password)).map([](const auto& hash) {
            return hash.line();
        });
    }

    std::string certificate_file(const ApplianceSetup& appliance, std::string_view kind) const {
        return fmt::format("{}/appliance-{}.{}", options_.directory, appliance.name, kind);
    }

    /// Each signs its own; those that the bridge is to trust are its authorities.
    Done make_client_certificates() {
        std::string trusted;
        for (const ApplianceSetup& appliance : scenario_.appliances) {
            if (appliance.certificate == ApplianceSetup::Certificate::none) {
                continue;
            }
            const auto pair = net::make_self_signed({appliance.name, {appliance.name}});
            if (!pair) {
                return tl::unexpected(pair.error());
            }
            if (appliance.certificate == ApplianceSetup::Certificate::trusted) {
                trusted += pair->certificate;
            }
            const Done written = write_private(certificate_file(appliance, "pem"), pair->certificate).and_then([&] {
                return write_private(certificate_file(appliance, "key"), pair->key);
            });
            if (!written) {
                return written;
            }
        }
        files_.client_authority = options_.directory + "/appliances.pem";
        return write_private(files_.client_authority, trusted);
    }

    fireeye::Destination destination_of(const Send& send, const ApplianceSetup& appliance) {
        fireeye::Destination to;
        to.url = bridge_->intake() + "/";
        to.user = send.user.value_or(appliance.user);
        to.password = send.password.value_or(appliance.password);
        to.ca_file = scenario_.bridge.tls ? files_.intake_certificate : "";
        to.own_address = appliance.address;
        if (scenario_.bridge.tls && appliance.certificate != ApplianceSetup::Certificate::none) {
            to.client_certificate = certificate_file(appliance, "pem");
            to.client_key = certificate_file(appliance, "key");
        }
        secrets_.add(to.password);
        return to;
    }

    Done power_firewall(const Power& power) {
        return loop_.run([&]() -> Done {
            RealFirewall& firewall = *firewalls_.at(power.firewall);
            if (power.verb != PowerVerb::start) {
                firewall.stop_listening();
            }
            return power.verb == PowerVerb::stop ? Done{} : firewall.listen();
        });
    }

    // ---- the load beside the steps

    /// On a thread of its own, with a sender of its own.
    void send_load(const fireeye::Destination& to, const std::stop_token& stop) {
        std::vector<fireeye::Outgoing> outgoing;
        for (const OutgoingNotification& each : load_->notifications()) {
            outgoing.push_back({&to, &each.rendered, each.due, nullptr});
        }
        fireeye::Sender sender;
        sender.send_all(
            outgoing, load_senders_max,
            [this](std::size_t i, const fireeye::Delivery& delivery) {
                load::Sent& alert = load_->sent()[i];
                alert.status = delivery.status;
                alert.answered = delivery.status == 0 ? load::never : alert.due + delivery.since_due;
                alert.sent = alert.due + delivery.since_due - delivery.took;
            },
            stop);
    }

    void stop_load() {
        if (load_sender_.joinable()) {
            load_sender_.request_stop();
            load_sender_.join();
        }
    }

    /// On the loop's thread.
    void look_for_load(const std::string& name) {
        if (load_ != nullptr) {
            firewalls_.at(name)->at_device(
                [&](panos::Device& device, panos::Instant now) { load_->look(name, device, now); });
        }
    }

    /// On the thread that reads the bridge's output.
    void hear_bridge(const std::string& line) {
        bridge_log_ << line << '\n';
        bridge_log_.flush();
        timeline_.add({now(), Party::bridge, "", line});
    }

    const Scenario& scenario_;
    RealWorldOptions options_;
    AlertIds ids_;
    Clock::time_point began_ = Clock::now();
    panos::Instant origin_{};
    Secrets secrets_;
    Timeline timeline_;
    Happenings happenings_;
    BridgeFiles files_;
    std::unique_ptr<ReservedPort> lists_port_;
    std::ofstream bridge_log_;
    fireeye::Sender sender_;
    LoopThread loop_;
    panos::Fleet fleet_;                                              // the same
    std::map<std::string, std::unique_ptr<RealFirewall>> firewalls_;  // touched on the loop's thread
    std::unique_ptr<BridgeProcess> bridge_;
    std::unique_ptr<BackgroundLoad> load_;  // made, and looked at, on the loop's thread; its answers are the sender's
    Clock::time_point load_began_{};
    std::jthread load_sender_;
    std::size_t starts_ = 0;
    std::size_t deaths_ = 0;  // by plan, of those that it was started again from
};

}  // namespace

std::unique_ptr<World> make_real_world(const Scenario& scenario, RealWorldOptions options) {
    return std::make_unique<RealWorld>(scenario, std::move(options));
}

}  // namespace sim::lab
