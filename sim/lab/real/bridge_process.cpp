#include "sim/lab/real/bridge_process.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <csignal>
#include <thread>

namespace sim::lab {

namespace {

using namespace std::chrono_literals;

// A sanitizer makes the bridge slow to come up on a busy machine; only a broken one takes this long.
constexpr auto start_patience = 60s;
constexpr auto stop_patience = 30s;
constexpr auto page_patience = 10s;
constexpr auto status_look = 20ms;

std::string text_at(const boost::json::object& object, std::string_view key) {
    const boost::json::value* found = object.if_contains(key);
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : "";
}

}  // namespace

BridgeProcess::BridgeProcess(std::string program, std::string config, std::string directory,
                             std::function<void(const std::string&)> on_line)
    : program_(std::move(program)),
      config_(std::move(config)),
      directory_(std::move(directory)),
      on_line_(std::move(on_line)) {}

tl::expected<void, std::string> BridgeProcess::start() {
    if (child_ != nullptr) {
        return tl::unexpected(std::string("the bridge runs already"));
    }
    Launch launch;
    launch.program = program_;
    launch.arguments = {"run", "--config", config_, "--ready-fd", "{ready}"};
    launch.directory = directory_;
    launch.environment = environment_;
    launch.patience = start_patience;
    launch.on_line = on_line_;
    auto child = ChildProcess::start(std::move(launch));
    if (!child) {
        return tl::unexpected(child.error());
    }
    child_ = std::move(*child);
    getter_ = std::make_unique<HttpGetter>();
    return read_ready(child_->ready_line());
}

tl::expected<void, std::string> BridgeProcess::read_ready(const std::string& line) {
    boost::system::error_code error;
    const boost::json::value ready = boost::json::parse(line, error);
    if (!error && ready.is_object()) {
        intake_ = text_at(ready.get_object(), "intake");
        operate_ = text_at(ready.get_object(), "operate");
    }
    if (error || intake_.empty() || operate_.empty()) {
        return tl::unexpected(fmt::format("the bridge's ready line lacks intake or operate: {}", line.substr(0, 200)));
    }
    return {};
}

tl::expected<void, std::string> BridgeProcess::kill() {
    if (child_ == nullptr) {
        return tl::unexpected(std::string("the bridge does not run"));
    }
    child_->kill();
    child_.reset();
    return {};
}

tl::expected<void, std::string> BridgeProcess::stop() {
    if (child_ == nullptr) {
        return tl::unexpected(std::string("the bridge does not run"));
    }
    const auto ending = child_->stop(stop_patience);
    child_.reset();
    if (!ending) {
        return tl::unexpected(ending.error());
    }
    if (!ending->clean()) {
        return tl::unexpected(fmt::format("the bridge ended with {} instead of exit code 0", ending->text()));
    }
    return {};
}

/// How many the bridge has taken or refused, by its status.
tl::expected<std::uint64_t, std::string> BridgeProcess::reloads() {
    return page("/status").and_then([](const std::string& status) -> tl::expected<std::uint64_t, std::string> {
        boost::system::error_code error;
        const boost::json::value all = boost::json::parse(status, error);
        const boost::json::value* const counts = error ? nullptr : all.find_pointer("/reloads", error);
        if (counts == nullptr) {
            return tl::unexpected(std::string("the bridge's status tells of no reloads"));
        }
        return counts->at("done").to_number<std::uint64_t>() + counts->at("refused").to_number<std::uint64_t>();
    });
}

tl::expected<void, std::string> BridgeProcess::reload() {
    const auto before = reloads();
    if (!before) {
        return tl::unexpected(before.error());
    }
    child_->send_signal(SIGHUP);
    const auto deadline = std::chrono::steady_clock::now() + page_patience;
    while (true) {
        const auto now = reloads();
        if (!now) {
            return tl::unexpected(now.error());
        }
        if (*now > *before) {
            return {};
        }
        if (std::chrono::steady_clock::now() > deadline) {
            return tl::unexpected(std::string("the bridge has not read its configuration after SIGHUP"));
        }
        std::this_thread::sleep_for(status_look);  // a signal has no answer; the status has
    }
}

tl::expected<Page, std::string> BridgeProcess::order(const std::string& path) {
    if (child_ == nullptr) {
        return tl::unexpected(std::string("the bridge does not run"));
    }
    return getter_->post(operate_ + path, page_patience);
}

tl::expected<std::string, std::string> BridgeProcess::page(const std::string& path) {
    if (child_ == nullptr) {
        return tl::unexpected(std::string("the bridge does not run"));
    }
    const auto page = getter_->get(operate_ + path, page_patience);
    if (page && page->status == 200) {
        return page->body;
    }
    Ending ending;
    if (child_->gone(ending)) {
        return tl::unexpected(fmt::format("the bridge has ended unasked, with {}", ending.text()));
    }
    return tl::unexpected(page ? fmt::format("the bridge answers {} with {}", path, page->status) : page.error());
}

}  // namespace sim::lab
