// The bridge under a soak: its configuration, the lives that it has from one start to the next end, its log, and what
// is sampled of it.
#pragma once

#include <cstdint>
#include <fstream>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "sim/lab/real/bridge_process.hpp"
#include "sim/lab/real/reserved_port.hpp"
#include "sim/lab/world/bridge_yaml.hpp"
#include "sim/soak/judge/books.hpp"
#include "sim/soak/judge/bridge_log.hpp"
#include "sim/soak/stage/stage.hpp"

namespace sim::soak {

/// Lives, samples, descriptors and files go to the result, findings to the books. All but the log on one thread.
class BridgeLives {
public:
    /// All must outlive it.
    BridgeLives(const Setup& setup, Books& books, const RunTime& time, Result& result)
        : setup_(setup), books_(books), time_(time), out_(result) {}

    /// Everything for its first start; `files` knows the firewalls. Errors name a file, or say that there is no port.
    tl::expected<void, std::string> prepare(const std::string& program, const std::string& directory,
                                            const lab::BridgeFiles& files, const std::string& password);
    /// Another life, until it says that it is ready.
    tl::expected<void, std::string> start();
    /// Waits until it knows its firewalls. Errors: it does not come to rest, and why.
    tl::expected<void, std::string> await_idle(const std::stop_token& stop);
    /// SIGHUP. `changed`: with another configuration, so that each target starts anew.
    tl::expected<void, std::string> reload(bool changed);
    /// Its life ends, by a signal. Does nothing to one that does not run.
    void end(Kind how);
    /// It ends with the soak.
    void finish();

    std::string intake() const { return bridge_->intake(); }
    tl::expected<std::string, std::string> page(const std::string& path) { return bridge_->page(path); }
    bool runs() const { return bridge_->runs(); }
    const std::string& store() const noexcept { return files_.store; }

    /// It did not answer as it must: a finding. When it has ended, so has the soak.
    void failed(const std::string& why);
    /// False: it has ended unasked.
    bool ok() const noexcept { return ok_; }

    void sample();
    void look_at_metrics();
    void look_at_files();
    /// What its log holds that no log of a well bridge does, and how long it was.
    void judge_log();

private:
    std::string config_text(int turn) const;
    tl::expected<void, std::string> write_config(int turn);
    void hear(const std::string& line);

    const Setup& setup_;
    Books& books_;
    const RunTime& time_;
    Result& out_;
    std::string directory_;
    lab::BridgeFiles files_;
    std::unique_ptr<lab::ReservedPort> port_;
    int turn_ = 0;
    bool ok_ = true;
    std::mutex log_mutex_;  // of the following: the thread that reads its output
    std::ofstream log_;
    BridgeLog told_;
    std::unique_ptr<lab::BridgeProcess> bridge_;
};

}  // namespace sim::soak
