#include "bridge/operate/daemon.hpp"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <memory>
#include <random>
#include <utility>

#include "bridge/intake/intake.hpp"
#include "bridge/lists/list_server.hpp"
#include "bridge/operate/certificate_watch.hpp"
#include "bridge/operate/log.hpp"
#include "bridge/operate/loop_clock.hpp"
#include "bridge/operate/memory.hpp"
#include "bridge/operate/status_server.hpp"
#include "bridge/store/sqlite_store.hpp"

namespace bridge::operate {

using namespace domain;

namespace {

// A notification under way needs one sync of the disk; what takes longer than this is not coming.
constexpr std::chrono::seconds drain_patience{10};

constexpr std::chrono::seconds memory_pause{30};

std::string url_of(const net::ListenOptions& options, std::uint16_t port) {
    const bool v6 = options.address.find(':') != std::string::npos;
    return fmt::format("{}://{}{}{}:{}", options.tls ? "https" : "http", v6 ? "[" : "", options.address, v6 ? "]" : "",
                       port);
}

class Daemon {
public:
    explicit Daemon(Config config)
        : config_(std::move(config)), log_(config_.log_level, config_.log_format), clock_(loop_) {}

    int run(int ready_fd) {
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
                return curl_->transport_to(config_.endpoint(target.name, device));
            },
            listener);
        const auto started = engine_->start();
        if (!started) {
            return fail(started.error().detail);
        }
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
        auto operate = net::HttpServer::listen(loop_, config_.operate, *status_);
        if (!operate) {
            return fail("operate.listen: " + operate.error());
        }
        operate_server_ = std::move(*operate);
        if (config_.lists && !serve_lists(listener)) {
            return false;
        }
        loop_.on_signals({SIGTERM, SIGINT}, [this](int) { stop(); });
        tell_ready(ready_fd);
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
        const std::string operate = url_of(config_.operate, operate_server_->port());
        const std::string lists = lists_server_ ? url_of(*config_.lists, lists_server_->port()) : std::string();
        news(fmt::format("ready: notifications at {}, status at {}{}", intake, operate,
                         lists.empty() ? "" : ", lists at " + lists));
        if (ready_fd < 0) {
            return;
        }
        const std::string more = lists.empty() ? "" : fmt::format(",\"lists\":\"{}\"", lists);
        const std::string line = fmt::format("{{\"intake\":\"{}\",\"operate\":\"{}\"{}}}\n", intake, operate, more);
        if (write(ready_fd, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
            log_.write({engine::Happening::Kind::warning, "bridge", "--ready-fd cannot be written"});
        }
        close(ready_fd);
    }

    void stop() {
        if (stopping_) {
            loop_.stop();
            return;
        }
        stopping_ = true;
        news("stopping: taking no more notifications");
        status_->stop_being_ready();
        patience_ = loop_.after(drain_patience, [this] { loop_.stop(); });
        intake_server_->drain([this] { loop_.stop(); });
    }

    // From the last to the first each uses only what stands above it, so the order of destruction is right: the servers
    // first, then curl's thread, then the engine, and the store last, which writes what it still has.
    Config config_;
    Log log_;
    net::EventLoop loop_;
    LoopClock clock_;
    std::unique_ptr<store::Store> store_;
    std::unique_ptr<engine::Engine> engine_;
    std::unique_ptr<panos::CurlClient> curl_;
    std::unique_ptr<intake::Intake> intake_;
    std::unique_ptr<StatusServer> status_;
    std::unique_ptr<lists::ListServer> lists_;
    std::unique_ptr<net::HttpServer> intake_server_;
    std::unique_ptr<CertificateWatch> certificate_;
    std::unique_ptr<net::HttpServer> operate_server_;
    std::unique_ptr<net::HttpServer> lists_server_;
    std::unique_ptr<net::Timer> patience_;
    std::unique_ptr<net::Timer> memory_;
    bool stopping_ = false;
};

}  // namespace

int run_daemon(Config config, int ready_fd) {
    // Keys and passwords are in memory: no core file may hold them, and no other process of the same user read them.
    prctl(PR_SET_DUMPABLE, 0);
    std::signal(SIGPIPE, SIG_IGN);  // a peer that is gone is an error of that connection, not the end of the process
    Daemon daemon(std::move(config));
    return daemon.run(ready_fd);
}

}  // namespace bridge::operate
