#include "bridge/operate/daemon.hpp"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <map>
#include <memory>
#include <random>
#include <utility>

#include "bridge/intake/intake.hpp"
#include "bridge/lists/list_server.hpp"
#include "bridge/operate/audit/audit_trail.hpp"
#include "bridge/operate/certificate_expiry.hpp"
#include "bridge/operate/certificate_watch.hpp"
#include "bridge/operate/config/allow_files.hpp"
#include "bridge/operate/config/own_addresses.hpp"
#include "bridge/operate/config/reload.hpp"
#include "bridge/operate/log.hpp"
#include "bridge/operate/loop_clock.hpp"
#include "bridge/operate/memory.hpp"
#include "bridge/operate/metrics/metrics.hpp"
#include "bridge/operate/page/operate_door.hpp"
#include "bridge/operate/page/status_server.hpp"
#include "bridge/operate/supervisor.hpp"
#include "bridge/store/sqlite_store.hpp"

namespace bridge::operate {

using namespace domain;

namespace {

// A notification under way needs one sync of the disk; what takes longer than this is not coming.
constexpr std::chrono::seconds drain_patience{10};

constexpr std::chrono::seconds memory_pause{10};

std::string url_of(const net::ListenOptions& options, std::uint16_t port) {
    const bool v6 = options.address.find(':') != std::string::npos;
    return fmt::format("{}://{}{}{}:{}", options.tls ? "https" : "http", v6 ? "[" : "", options.address, v6 ? "]" : "",
                       port);
}

/// The certificates that somebody must renew: those of the listeners, and what the targets are trusted by.
std::vector<CertificateExpiry> expiries(const Config& config) {
    std::vector<CertificateExpiry> all;
    const auto add = [&](std::optional<WallTime> when, const char* use, const std::string& name) {
        if (when) {
            all.push_back({use, name, *when});
        }
    };
    if (config.intake.tls) {
        add(leaf_expiry(config.intake.tls->certificate_file), "intake", "");
    }
    if (config.operate.listen && config.operate.listen->tls) {
        add(leaf_expiry(config.operate.listen->tls->certificate_file), "operate", "");
    }
    for (const auto& [target, endpoint] : config.endpoints) {
        if (!endpoint.ca_file.empty()) {
            add(earliest_expiry(endpoint.ca_file), "target-ca", target);
        }
    }
    return all;
}

/// One line for `systemctl status`.
std::string summary(const engine::Engine& engine) {
    const auto targets = engine.targets();
    std::size_t waiting = 0;
    std::uint64_t enforced = 0;
    std::uint64_t queued = 0;
    for (const engine::TargetStatus& target : targets) {
        waiting += target.state == "waiting" ? 1U : 0U;
        enforced += target.blocks[static_cast<std::size_t>(BlockState::enforced)];
        queued += target.blocks[static_cast<std::size_t>(BlockState::wanted)] +
                  target.blocks[static_cast<std::size_t>(BlockState::pushed)];
    }
    const std::string trouble = engine.store_trouble();
    return fmt::format("{} target(s), {} waiting; {} block(s) enforced, {} under way{}", targets.size(), waiting,
                       enforced, queued, trouble.empty() ? "" : "; the store takes nothing: " + trouble);
}

class Daemon {
public:
    Daemon(Config config, std::string version)
        : config_(std::move(config)),
          version_(std::move(version)),
          log_(config_.operate.log_level, config_.operate.log_format),
          clock_(loop_) {}

    int run(int ready_fd) {
        net::EventLoop::hold_signals({SIGTERM, SIGINT, SIGHUP});
        if (!start(ready_fd)) {
            if (ready_fd >= 0) {
                close(ready_fd);
            }
            return 1;
        }
        loop_.run();
        news("stopped");
        return 0;
    }

private:
    bool fail(const std::string& why) {
        log_.write({engine::Happening::Kind::warning, "bridge", "cannot start: " + why});
        return false;
    }

    void news(std::string text) { log_.write({engine::Happening::Kind::news, "bridge", std::move(text)}); }

    bool start(int ready_fd) {
        for (const std::string& caution : config_.cautions) {
            log_.write({engine::Happening::Kind::warning, "config", caution});
        }
        store::SqliteOptions options;
        options.path = config_.store;
        options.post = [this](std::function<void()> task) { loop_.post(std::move(task)); };
        options.keeping = config_.keeping;
        options.on_trouble = [this](const std::string& why) {
            if (engine_) {
                engine_->note_store_trouble(why);
            }
        };
        options.on_forgotten = [this](const store::Forgotten& gone) {
            if (!gone.nothing()) {
                log_.write(
                    {engine::Happening::Kind::news, "store",
                     fmt::format("let go of {} payload(s), {} alert(s) and {} removed block(s) whose time is over",
                                 gone.payloads, gone.alerts, gone.blocks)});
            }
        };
        auto store = store::SqliteStore::open(std::move(options));
        if (!store) {
            return fail(store.error().detail);
        }
        store_ = std::move(*store);
        const auto listener = [this](const engine::Happening& happening) { log_.write(happening); };
        curl_ =
            std::make_unique<panos::CurlClient>([this](std::function<void()> task) { loop_.post(std::move(task)); });
        config_.engine.seed = std::random_device{}();
        engine_ = std::make_unique<engine::Engine>(
            config_.engine, clock_, *store_,
            [this](const engine::TargetSettings& target, std::size_t device) {
                panos::Endpoint endpoint = config_.endpoint(target.name, device);
                const std::string name =
                    target.devices.empty() ? target.name : fmt::format("{} ({})", target.name, target.devices[device]);
                endpoint.on_certificate = [this, name](WallTime expiry) { peer_expiry_[name] = expiry; };
                return curl_->transport_to(std::move(endpoint));
            },
            listener);
        audit_ = std::make_unique<AuditTrail>(
            config_.operate.audit, [this] { return clock_.wall(); },
            [this](bool up, const std::string& line) {
                loop_.post([this, up, line] {
                    log_.write({up ? engine::Happening::Kind::news : engine::Happening::Kind::warning, "audit", line});
                });
            });
        metrics_ = std::make_unique<Metrics>(MetricsSources{
            .version = version_,
            .ready = [this] { return status_ != nullptr && status_->ready(); },
            .certificates =
                [this] {
                    auto all = expiries(config_);
                    for (const auto& [target, expiry] : peer_expiry_) {
                        if (config_.endpoints.contains(target)) {
                            all.push_back({"target", target, expiry});
                        }
                    }
                    return all;
                },
            .sinks = [this] { return audit_->sinks(); },
        });
        engine_->observe(*metrics_);
        engine_->observe(*audit_);
        const auto started = engine_->start();
        if (!started) {
            return fail(started.error().detail);
        }
        allow_files_ = std::make_unique<AllowFiles>(config_.allow_files, clock_, *engine_, listener);
        own_addresses_ = std::make_unique<OwnAddresses>(config_.target_names, clock_, *engine_, listener);
        look_after_memory();
        intake_ = std::make_unique<intake::Intake>(config_.gate, *engine_, listener,
                                                   [this](std::function<void()> task) { loop_.post(std::move(task)); });
        auto server = net::HttpServer::listen(loop_, config_.intake, *intake_);
        if (!server) {
            return fail("intake.listen: " + server.error());
        }
        intake_server_ = std::move(*server);
        if (config_.intake.tls) {
            certificate_ = std::make_unique<CertificateWatch>(loop_, *intake_server_, *config_.intake.tls,
                                                              config_.certificate_check_every, listener);
        }
        status_ = std::make_unique<StatusServer>(*engine_, *store_);
        if (certificate_) {
            status_->set_certificate([this] {
                return StatusServer::Certificate{intake_server_->certificate().value(), certificate_->renewals()};
            });
        }
        status_->show_metrics([this] { return metrics_->page(*engine_); });
        status_->caution_with([this] { return allow_files_->trouble(); });
        if (!open_operators_doors()) {
            return false;
        }
        if (config_.lists && !serve_lists(listener)) {
            return false;
        }
        supervisor_ = std::make_unique<Supervisor>(loop_, [this] { return summary(*engine_); });
        loop_.on_signals({SIGTERM, SIGINT, SIGHUP}, [this](int number) {
            if (number == SIGHUP) {
                audit_->reopen();
                reload("SIGHUP");
            } else {
                stop();
            }
        });
        tell_ready(ready_fd);
        audit_->on_start(version_, config_.file);
        supervisor_->ready();
        return true;
    }

    bool open_operators_doors() {
        OperateDoor::Calls calls;
        calls.on_order = [this](const std::string& who, const std::string& order, unsigned status,
                                const std::string& answer) {
            log_.write({engine::Happening::Kind::audit, "operator",
                        fmt::format("{}: {} -> {} {}", who, order, status, answer)});
            audit_->on_order(who, order, status, answer);
        };
        calls.reload = [this](const std::string& who) { return reload(who); };
        door_ = std::make_unique<OperateDoor>(*status_, config_.operate.tokens, std::move(calls));
        monitor_door_ = std::make_unique<MonitorDoor>(*status_);
        const OperateSettings& operate = config_.operate;
        if (operate.socket) {
            net::ListenOptions options;
            options.unix_socket = operate.socket;
            options.body_bytes_max = 64U << 10U;
            options.strict_requests = true;
            if (operate.socket->path == default_socket) {
                std::error_code ignored;  // then the socket cannot be made either, and that is told
                std::filesystem::create_directory(std::filesystem::path(default_socket).parent_path(), ignored);
            }
            if (!listen(socket_server_, std::move(options), *door_, "operate.socket")) {
                return false;
            }
        }
        return (!operate.listen || listen(operate_server_, *operate.listen, *door_, "operate.listen")) &&
               (!operate.monitor || listen(monitor_server_, *operate.monitor, *monitor_door_, "operate.monitor"));
    }

    bool listen(std::unique_ptr<net::HttpServer>& server, net::ListenOptions options, net::HttpHandler& handler,
                const char* key) {
        auto made = net::HttpServer::listen(loop_, std::move(options), handler);
        if (!made) {
            return fail(fmt::format("{}: {}", key, made.error()));
        }
        server = std::move(*made);
        return true;
    }

    bool serve_lists(const engine::Engine::Listener& listener) {
        lists_ = std::make_unique<lists::ListServer>(config_.list_tokens, *engine_, clock_, listener);
        auto server = net::HttpServer::listen(loop_, *config_.lists, *lists_);
        if (!server) {
            return fail("lists.listen: " + server.error());
        }
        lists_server_ = std::move(*server);
        return true;
    }

    /// Reading the ledger at the start, and a firewall's whole list at each comparison, take more than keeping them
    /// does.
    void look_after_memory() {
        give_back_memory();
        memory_ = loop_.after(memory_pause, [this] { look_after_memory(); });
    }

    void tell_ready(int ready_fd) {
        const std::string intake = url_of(config_.intake, intake_server_->port());
        const std::string socket = config_.operate.socket ? "unix:" + config_.operate.socket->path : "";
        const std::string operate = operate_server_ ? url_of(*config_.operate.listen, operate_server_->port()) : socket;
        std::string line = fmt::format(R"({{"intake":"{}","operate":"{}")", intake, operate);
        std::string places = operate;
        if (operate_server_ && !socket.empty()) {
            line += fmt::format(R"(,"socket":"{}")", socket);
            places += " and " + socket;
        }
        if (monitor_server_) {
            const std::string monitor = url_of(*config_.operate.monitor, monitor_server_->port());
            line += fmt::format(R"(,"monitor":"{}")", monitor);
            places += ", metrics at " + monitor;
        }
        if (lists_server_) {
            const std::string lists = url_of(*config_.lists, lists_server_->port());
            line += fmt::format(R"(,"lists":"{}")", lists);
            places += ", lists at " + lists;
        }
        line += "}\n";
        news(fmt::format("ready: notifications at {}, operators at {}", intake, places));
        if (ready_fd < 0) {
            return;
        }
        if (write(ready_fd, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
            log_.write({engine::Happening::Kind::warning, "bridge", "--ready-fd cannot be written"});
        }
        close(ready_fd);
    }

    /// All of the new configuration, or nothing of it.
    tl::expected<void, std::string> reload(const std::string& who) {
        if (stopping_) {
            return tl::unexpected(std::string("the bridge is stopping"));
        }
        supervisor_->reloading();
        auto next = load_config(config_.file);
        std::string why = next ? "" : next.error();
        if (next) {
            const auto fixed = keys_that_need_a_restart(config_, *next);
            if (!fixed.empty()) {
                why = fmt::format(
                    "these keys hold from the next start on, so nothing was changed: {}; restart the "
                    "bridge, or put them back",
                    fmt::join(fixed, ", "));
            }
        }
        if (!why.empty()) {
            engine_->note_refused_reload(why);
            log_.write({engine::Happening::Kind::warning, "config",
                        fmt::format("reload for {} refused, nothing is changed: {}", who, why)});
            audit_->on_reload_refused(who, why);
            supervisor_->ready();
            return tl::unexpected(why);
        }
        config_ = std::move(*next);
        log_.set(config_.operate.log_level, config_.operate.log_format);
        for (const std::string& caution : config_.cautions) {
            log_.write({engine::Happening::Kind::warning, "config", caution});
        }
        intake_->take(config_.gate);
        door_->set_tokens(config_.operate.tokens);
        const auto listener = [this](const engine::Happening& happening) { log_.write(happening); };
        allow_files_ = std::make_unique<AllowFiles>(config_.allow_files, clock_, *engine_, listener);
        own_addresses_ = std::make_unique<OwnAddresses>(config_.target_names, clock_, *engine_, listener);
        if (certificate_) {
            certificate_->renew(*config_.intake.tls);  // the same names; what stands in the files may be new
        }
        engine_->reconfigure(config_.engine);
        news(fmt::format("reloaded for {}: {} holds", who, config_.file));
        audit_->on_reload(who);
        supervisor_->ready();
        return {};
    }

    void stop() {
        if (stopping_) {
            loop_.stop();
            return;
        }
        stopping_ = true;
        news("stopping: taking no more notifications");
        supervisor_->stopping();
        audit_->on_stop();
        status_->stop_being_ready();
        patience_ = loop_.after(drain_patience, [this] { loop_.stop(); });
        intake_server_->drain([this] { loop_.stop(); });
    }

    // From the last to the first each uses only what stands above it, so the order of destruction is right: the servers
    // first, then curl's thread, then the engine, and the store last, which writes what it still has.
    Config config_;
    std::string version_;
    Log log_;
    net::EventLoop loop_;
    LoopClock clock_;
    std::unique_ptr<store::Store> store_;
    std::unique_ptr<AuditTrail> audit_;
    std::unique_ptr<Metrics> metrics_;
    std::unique_ptr<engine::Engine> engine_;
    std::unique_ptr<AllowFiles> allow_files_;
    std::unique_ptr<OwnAddresses> own_addresses_;
    std::unique_ptr<panos::CurlClient> curl_;
    std::unique_ptr<intake::Intake> intake_;
    std::unique_ptr<StatusServer> status_;
    std::unique_ptr<lists::ListServer> lists_;
    std::unique_ptr<OperateDoor> door_;
    std::unique_ptr<MonitorDoor> monitor_door_;
    std::unique_ptr<Supervisor> supervisor_;
    std::unique_ptr<net::HttpServer> intake_server_;
    std::unique_ptr<CertificateWatch> certificate_;
    std::unique_ptr<net::HttpServer> socket_server_;
    std::unique_ptr<net::HttpServer> operate_server_;
    std::unique_ptr<net::HttpServer> monitor_server_;
    std::unique_ptr<net::HttpServer> lists_server_;
    std::unique_ptr<net::Timer> patience_;
    std::map<std::string, WallTime> peer_expiry_;  // of the certificate that a target showed last
    std::unique_ptr<net::Timer> memory_;
    bool stopping_ = false;
};

}  // namespace

int run_daemon(Config config, std::string version, int ready_fd) {
    // Keys and passwords are in memory: no core file may hold them, and no other process of the same user read them.
    prctl(PR_SET_DUMPABLE, 0);
    bound_thread_caches();
    std::signal(SIGPIPE, SIG_IGN);  // a peer that is gone is an error of that connection, not the end of the process
    Daemon daemon(std::move(config), std::move(version));
    return daemon.run(ready_fd);
}

}  // namespace bridge::operate
