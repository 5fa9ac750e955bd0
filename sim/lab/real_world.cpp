// The real world: the bridge's program as a child process, mock firewalls behind sockets on a thread of their own, and
// notifications over HTTP.
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <condition_variable>
#include <fstream>
#include <map>
#include <mutex>

#include "bridge/domain/secret.hpp"
#include "bridge/intake/password_hash.hpp"
#include "net/certificate.hpp"
#include "sim/fireeye/sender.hpp"
#include "sim/lab/bridge_process.hpp"
#include "sim/lab/bridge_yaml.hpp"
#include "sim/lab/device_handle.hpp"
#include "sim/lab/loop_thread.hpp"
#include "sim/lab/notifications.hpp"
#include "sim/lab/real_firewall.hpp"
#include "sim/lab/worlds.hpp"

namespace sim::lab {

namespace {

using Clock = std::chrono::steady_clock;

// What the bridge does is not told to the lab; its status is read this often while an expectation waits for it.
constexpr Millis bridge_look{20};
constexpr std::size_t senders_max = 16;

/// Readable by this user only: keys and passwords go through it.
Done write_private(const std::string& path, const std::string& text) {
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out << text;
    out.close();
    if (!out || chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0) {
        return tl::unexpected(fmt::format("{}: cannot be written", path));
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

class RealWorld final : public World {
public:
    RealWorld(const Scenario& scenario, RealWorldOptions options)
        : scenario_(scenario), options_(std::move(options)), ids_(options_.seed) {}

    ~RealWorld() override {
        bridge_.reset();
        loop_.run([this] { firewalls_.clear(); });
    }

    Done begin() override {
        began_ = Clock::now();
        origin_ = std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
        for (const FirewallSetup& setup : scenario_.firewalls) {
            if (const Done made = make_firewall(setup); !made) {
                return made;
            }
        }
        if (const Done made = make_intake_files(); !made) {
            return made;
        }
        const std::string config = options_.directory + "/bridge.yaml";
        if (const Done written = write_private(config, bridge_yaml(scenario_.bridge, files_)); !written) {
            return written;
        }
        bridge_log_.open(options_.directory + "/bridge.log", std::ios::binary | std::ios::app);
        bridge_ = std::make_unique<BridgeProcess>(options_.bridge, config, options_.directory,
                                                  [this](const std::string& line) { hear_bridge(line); });
        return bridge_->start();
    }

    Done end() override { return bridge_->runs() ? bridge_->stop() : Done{}; }

    Millis now() const override { return std::chrono::floor<Millis>(Clock::now() - began_); }

    tl::expected<std::vector<SentAnswer>, std::string> send(const Send& send) override {
        const ApplianceSetup& appliance = *scenario_.appliance(send.from);
        const ApplianceSetup* const manager = scenario_.appliance(send.through);
        const auto now_there = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
        const auto notifications = notifications_of(send, appliance, ids_, {manager, now_there});
        if (!notifications) {
            return tl::unexpected(notifications.error());
        }
        const fireeye::Destination to = destination_of(send, appliance);
        const fireeye::Destination to_by_manager = manager == nullptr ? to : destination_of(send, *manager);
        std::vector<SentAnswer> answers(notifications->size());
        const auto note = [&](std::size_t i, const fireeye::Delivery& delivery) {
            answers[i] = {delivery.status, delivery.body, delivery.error};
            timeline_.add(
                {now(), Party::appliance, (*notifications)[i].by_manager ? send.through : send.from,
                 fmt::format("{} -> {}", (*notifications)[i].told,
                             delivery.status == 0 ? "no answer: " + delivery.error : std::to_string(delivery.status))});
        };
        std::vector<fireeye::Outgoing> outgoing;
        for (const OutgoingNotification& each : *notifications) {
            const fireeye::SendFault* const fault = send.fault ? &*send.fault : nullptr;
            outgoing.push_back({each.by_manager ? &to_by_manager : &to, &each.rendered, each.due, fault});
        }
        sender_.send_all(outgoing, send.rate_per_s > 0 ? senders_max : 1, note, options_.stop);
        return options_.stop.stop_requested() ? tl::unexpected(std::string(interrupted)) : Answers(std::move(answers));
    }

    Done power(const Power& power) override {
        if (!power.firewall.empty()) {
            return power_firewall(power);
        }
        switch (power.verb) {
            case PowerVerb::kill:
                return bridge_->kill();
            case PowerVerb::stop:
                return bridge_->stop();
            case PowerVerb::start:
                return bridge_->start();
            case PowerVerb::restart:
                return bridge_->stop().and_then([this] { return bridge_->start(); });
        }
        return {};
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

    tl::expected<std::string, std::string> bridge_page(const std::string& path) override { return bridge_->page(path); }

    std::uint64_t events() override { return happenings_.events(); }

    bool await(std::uint64_t seen, Millis until, bool bridge_too) override {
        const Clock::time_point deadline = began_ + until;
        const Clock::time_point next = bridge_too ? std::min(deadline, Clock::now() + bridge_look) : deadline;
        happenings_.await(seen, next, options_.stop);
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

    std::string bridge_user(const std::string& firewall) const {
        const TargetSetup* target = scenario_.bridge.target(firewall);
        return target == nullptr ? TargetSetup{}.user : target->user;
    }

    /// On the loop's thread.
    void with_handle(const std::string& name, const std::function<void(FirewallHandle&)>& use) {
        firewalls_.at(name)->at_device([&](panos::Device& device, panos::Instant at) {
            DeviceHandle handle(device, bridge_user(name), at);
            use(handle);
        });
    }

    Done make_firewall(const FirewallSetup& setup) {
        const TargetSetup* target = scenario_.bridge.target(setup.name);
        const std::string user = bridge_user(setup.name);
        auto device =
            device_options(setup, target == nullptr ? TargetSetup{}.group : target->group, user, options_.seed);
        if (!device) {
            return tl::unexpected(fmt::format("firewall {}: {}", setup.name, device.error()));
        }
        for (const panos::Administrator& administrator : device->administrators) {
            secrets_.add(administrator.password);
        }
        const std::string stem = fmt::format("{}/{}", options_.directory, setup.name);
        auto made = loop_.run([&] {
            return RealFirewall::make(loop_.loop(), std::move(*device), stem, [this] { happenings_.count(); });
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
        if (!setup.trusted_certificate) {
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

    Done make_intake_files() {
        files_.store = options_.directory + "/bridge.db";
        for (const BridgeUser& user : scenario_.bridge.users) {
            secrets_.add(user.password);
            const std::string file =
                fmt::format("{}/user-{}.password", options_.directory, files_.password_files.size());
            files_.password_files[user.name] = file;
            const auto line = line_of(user);
            if (!line) {
                return tl::unexpected(line.error());
            }
            if (const Done written = write_private(file, *line + "\n"); !written) {
                return written;
            }
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
    std::ofstream bridge_log_;
    fireeye::Sender sender_;
    LoopThread loop_;
    std::map<std::string, std::unique_ptr<RealFirewall>> firewalls_;  // touched on the loop's thread
    std::unique_ptr<BridgeProcess> bridge_;
};

}  // namespace

std::unique_ptr<World> make_real_world(const Scenario& scenario, RealWorldOptions options) {
    return std::make_unique<RealWorld>(scenario, std::move(options));
}

}  // namespace sim::lab
