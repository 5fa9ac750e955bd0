#include "sim/lab/real/real_firewall.hpp"

#include <filesystem>

#include "sim/lab/real/web_lists.hpp"
#include "sim/panos/server.hpp"

namespace sim::lab {

namespace {

panos::Instant right_now() {
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

class Served final : public RealFirewall {
public:
    Served(net::EventLoop& loop, std::unique_ptr<panos::Device> device, std::string directory,
           std::shared_ptr<WebLists> lists, std::function<void()> on_change)
        : loop_(loop), device_(std::move(device)), lists_(std::move(lists)), on_change_(std::move(on_change)) {
        lists_->on_answer([this] { changed(); });
        options_.control = false;
        options_.certificate_directory = std::move(directory);
    }

    ~Served() override { lists_->on_answer(nullptr); }

    const std::string& url() const override { return url_; }
    const std::string& ca_file() const override { return ca_file_; }

    void stop_listening() override {
        server_.reset();
        on_change_();
    }

    tl::expected<void, std::string> listen() override {
        if (server_ != nullptr) {
            return tl::unexpected(device_->options().name + " listens already");
        }
        auto made = panos::PanosServer::make(loop_, *device_, options_);
        if (!made) {
            return tl::unexpected(made.error());
        }
        server_ = std::move(*made);
        server_->on_change(on_change_);
        // It comes back at the port, and with the certificate, at which it was known.
        options_.port = server_->port();
        url_ = server_->url();
        ca_file_ = server_->certificate_file();
        return {};
    }

    void at_device(const std::function<void(panos::Device&, panos::Instant)>& act) override {
        act(*device_, right_now());
    }

    void changed() override {
        if (server_ != nullptr) {
            server_->changed();
        }
    }

private:
    net::EventLoop& loop_;
    std::unique_ptr<panos::Device> device_;
    std::shared_ptr<WebLists> lists_;
    std::function<void()> on_change_;
    panos::ServerOptions options_;
    std::string url_;
    std::string ca_file_;
    std::unique_ptr<panos::PanosServer> server_;
};

}  // namespace

tl::expected<std::unique_ptr<RealFirewall>, std::string> RealFirewall::make(net::EventLoop& loop,
                                                                            panos::DeviceOptions options,
                                                                            const std::string& stem,
                                                                            std::function<void()> on_change) {
    auto lists = std::make_shared<WebLists>(loop);
    options.list_fetcher = lists;
    auto device = panos::Device::make(std::move(options), right_now());
    if (!device) {
        return tl::unexpected(device.error());
    }
    auto served = std::make_unique<Served>(loop, std::move(*device), std::filesystem::path(stem).parent_path().string(),
                                           std::move(lists), std::move(on_change));
    if (const auto listening = served->listen(); !listening) {
        return tl::unexpected(listening.error());
    }
    return std::unique_ptr<RealFirewall>(std::move(served));
}

}  // namespace sim::lab
