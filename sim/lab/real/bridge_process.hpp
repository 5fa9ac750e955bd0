// The bridge under test as a child process: started as a user would start it, and asked over its operating listener.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "sim/lab/real/child_process.hpp"
#include "sim/lab/real/http_get.hpp"

namespace sim::lab {

class BridgeProcess {
public:
    /// `config` is the path of its bridge.yaml; it runs in `directory`. `on_line` gets each line of its log, on any
    /// thread.
    BridgeProcess(std::string program, std::string config, std::string directory,
                  std::function<void(const std::string&)> on_line);

    /// "NAME=VALUE", for all later starts.
    void set_environment(std::vector<std::string> environment) { environment_ = std::move(environment); }

    tl::expected<void, std::string> start();
    tl::expected<void, std::string> kill();
    /// By SIGTERM; anything but exit code 0 is an error.
    tl::expected<void, std::string> stop();

    /// By SIGHUP; returns when the bridge has read its configuration, whatever it thinks of it.
    tl::expected<void, std::string> reload();

    bool runs() const noexcept { return child_ != nullptr; }
    /// Of the process; 0 while it does not run.
    int pid() const { return child_ == nullptr ? 0 : child_->pid(); }
    /// "http://127.0.0.1:40123", of the last start.
    const std::string& intake() const noexcept { return intake_; }

    /// GET of a page of the operating listener. Errors say when it has ended unasked.
    tl::expected<std::string, std::string> page(const std::string& path);
    /// POST to it, as an operator's command does; any status is an answer.
    tl::expected<Page, std::string> order(const std::string& path);

private:
    tl::expected<std::uint64_t, std::string> reloads();
    tl::expected<void, std::string> read_ready(const std::string& line);

    std::string program_;
    std::string config_;
    std::string directory_;
    std::vector<std::string> environment_;
    std::function<void(const std::string&)> on_line_;
    std::unique_ptr<ChildProcess> child_;
    std::unique_ptr<HttpGetter> getter_;
    std::string intake_;
    std::string operate_;
};

}  // namespace sim::lab
