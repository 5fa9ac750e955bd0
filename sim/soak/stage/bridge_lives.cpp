#include "sim/soak/stage/bridge_lives.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <thread>

#include "sim/lab/world/private_file.hpp"
#include "sim/load/stage/process_use.hpp"
#include "sim/soak/judge/bridge_pages.hpp"
#include "yaml/writer.hpp"

namespace sim::soak {

namespace {

using Done = tl::expected<void, std::string>;
using namespace std::chrono_literals;

// The bridge tells nobody when it comes to rest: no page of its waits for anything, and what it writes as it goes, the
// log and the audit trail, tells of news, of which a target that finds nothing to do has none. So it is asked, for as
// long as the patience lasts.
constexpr auto idle_look = 50ms;
constexpr auto idle_patience = 60s;

yaml::Entry entry(std::string key, std::string value) {
    yaml::Entry out;
    out.key = std::move(key);
    out.value = yaml::scalar(std::move(value));
    return out;
}

std::string milliseconds_text(Micros time) {
    return fmt::format("{}ms", std::chrono::duration_cast<std::chrono::milliseconds>(time).count());
}

}  // namespace

/// `turn` differs from one reload to the next, so that each target starts anew.
std::string BridgeLives::config_text(int turn) const {
    lab::BridgeSetup bridge = load::stage::bridge_of(setup_.stage);
    bridge.policy.push_back(entry("expire", milliseconds_text(setup_.question.expire)));
    bridge.intake.push_back(entry("listen", fmt::format("127.0.0.1:{}", port_->port())));
    for (lab::TargetSetup& target : bridge.targets) {
        target.settings.push_back(entry("password_file", directory_ + "/firebreak.password"));
        target.settings.push_back(entry("compare_every", "30s"));
        target.settings.push_back(entry("connect_timeout", "5s"));
        target.settings.push_back(entry("timeout", fmt::format("{}ms", 15'000 + turn)));
    }
    return lab::bridge_yaml(bridge, files_);
}

Done BridgeLives::write_config(int turn) {
    return lab::write_private(directory_ + "/bridge.yaml", config_text(turn));
}

Done BridgeLives::prepare(const std::string& program, const std::string& directory, const lab::BridgeFiles& files,
                          const std::string& password) {
    directory_ = directory;
    files_ = files;
    auto port = lab::ReservedPort::make();
    if (!port) {
        return tl::unexpected(port.error());
    }
    port_ = std::move(*port);
    files_.store = directory_ + "/bridge.db";
    const Done written = lab::write_private(directory_ + "/firebreak.password", password + "\n").and_then([this] {
        return write_config(0);
    });
    if (!written) {
        return written;
    }
    log_.open(directory_ + "/bridge.log", std::ios::binary);
    bridge_ = std::make_unique<lab::BridgeProcess>(program, directory_ + "/bridge.yaml", directory_,
                                                   [this](const std::string& line) { hear(line); });
    return {};
}

Done BridgeLives::start() {
    const Micros before = time_.now();
    const Done started = bridge_->start();
    if (started) {
        Life life;
        life.began = before;
        life.start_took = time_.now() - before;
        out_.lives.push_back(std::move(life));
    }
    return started;
}

Done BridgeLives::await_idle(const std::stop_token& stop) {
    const auto deadline = std::chrono::steady_clock::now() + idle_patience;
    while (true) {
        const auto unrest =
            bridge_->page("/status").and_then([](const std::string& page) { return unrest_of(page, false); });
        if (!unrest) {
            return tl::unexpected(unrest.error());
        }
        if (unrest->empty()) {
            return {};
        }
        if (std::chrono::steady_clock::now() > deadline || stop.stop_requested()) {
            return tl::unexpected("the bridge does not come to rest before the first alert: " + *unrest);
        }
        std::this_thread::sleep_for(idle_look);
    }
}

Done BridgeLives::reload(bool changed) {
    return (changed ? write_config(++turn_ % 2) : Done{}).and_then([this] {
        return bridge_->runs() ? bridge_->reload() : Done{};
    });
}

void BridgeLives::end(Kind how) {
    if (!bridge_->runs()) {
        return;
    }
    sample();
    Life& life = out_.lives.back();
    life.ended = time_.now();
    life.end = name_of(how);
    const Done done = how == Kind::sigkill ? bridge_->kill() : bridge_->stop();
    if (!done) {
        books_.find(Wrong::bridge, {}, done.error());
    }
}

void BridgeLives::finish() {
    if (!bridge_->runs()) {
        return;
    }
    sample();
    look_at_metrics();
    if (out_.descriptors.size() > 1) {
        out_.descriptors_left = out_.descriptors.back().value - out_.descriptors.front().value;
    }
    out_.lives.back().ended = time_.now();
    out_.lives.back().end = "SIGTERM";
    if (const Done stopped = bridge_->stop(); !stopped) {
        books_.find(Wrong::bridge, {}, stopped.error());
    }
}

void BridgeLives::failed(const std::string& why) {
    books_.find(Wrong::bridge, {}, why);
    ok_ = bridge_->runs() && load::stage::process_now(bridge_->pid()).has_value() &&
          why.find("ended unasked") == std::string::npos;
}

void BridgeLives::sample() {
    const auto seen = bridge_->runs() ? load::stage::process_now(bridge_->pid()) : std::nullopt;
    if (!seen || out_.lives.empty()) {
        return;
    }
    out_.samples.push_back({time_.now(), out_.lives.size() - 1, seen->resident_bytes, seen->threads});
    out_.lives.back().seen_with(seen->resident_bytes);
}

void BridgeLives::look_at_metrics() {
    const auto metrics = bridge_->page("/metrics");
    if (!metrics) {
        failed(metrics.error());
        return;
    }
    if (const auto open = load::stage::sample_of(*metrics, "process_open_fds")) {
        out_.descriptors.push_back({time_.now(), *open});
    }
}

void BridgeLives::look_at_files() {
    std::error_code gone;  // between two lives there is no log
    const auto size = [&gone](const std::string& path) {
        const auto bytes = std::filesystem::file_size(path, gone);
        return gone ? std::uint64_t{0} : static_cast<std::uint64_t>(bytes);
    };
    out_.files.database_last = size(files_.store);
    out_.files.database_most = std::max(out_.files.database_most, out_.files.database_last);
    out_.files.log_most = std::max(out_.files.log_most, size(files_.store + "-wal"));
}

/// On the thread that reads its output.
void BridgeLives::hear(const std::string& line) {
    const std::lock_guard guard(log_mutex_);
    log_ << line << '\n';
    told_.take(line);
}

void BridgeLives::judge_log() {
    const std::lock_guard guard(log_mutex_);
    for (const std::string& line : told_.omens()) {
        books_.find(Wrong::bridge, {}, "its log says: " + line);
    }
    out_.log_lines = told_.lines();
    out_.log_warnings = told_.warnings();
}

}  // namespace sim::soak
