#include "sim/panos/server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>

#include "net/certificate.hpp"
#include "sim/panos/control.hpp"
#include "sim/panos/key_workshop.hpp"

namespace sim::panos {
namespace {

Instant right_now() {
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

net::Result<void> write_file(const std::filesystem::path& path, const std::string& text, bool secret) {
    {
        std::ofstream file(path, std::ios::binary | std::ios::trunc);
        if (secret) {
            std::error_code ignored;  // on a file system without permissions the key is as private as it gets
            std::filesystem::permissions(path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write,
                                         ignored);
        }
        file << text;
        if (file.flush()) {
            return {};
        }
    }
    return tl::make_unexpected(path.string() + ": can't be written");
}

net::Result<net::TlsIdentity> make_identity(const ServerOptions& options, const std::string& name) {
    if (options.certificate_directory.empty()) {
        return tl::make_unexpected("firewall '" + name + "': TLS needs a directory for its certificate");
    }
    const std::filesystem::path directory(options.certificate_directory);
    net::TlsIdentity identity;
    identity.certificate_file = (directory / (name + "-ca.pem")).string();
    identity.key_file = (directory / (name + "-key.pem")).string();
    std::error_code ignored;
    if (std::filesystem::exists(identity.certificate_file, ignored) &&
        std::filesystem::exists(identity.key_file, ignored)) {
        return identity;  // a device that was off comes back as itself
    }
    net::SelfSigned subject;
    subject.common_name = "localhost";
    subject.alternative_names = {"localhost", options.address};
    subject.alternative_names.insert(subject.alternative_names.end(), options.certificate_names.begin(),
                                     options.certificate_names.end());
    const auto pair = net::make_self_signed(subject);
    if (!pair) {
        return tl::make_unexpected(pair.error());
    }
    for (const auto& [path, text, secret] : {std::tuple(identity.certificate_file, pair->certificate, false),
                                             std::tuple(identity.key_file, pair->key, true)}) {
        if (auto written = write_file(path, text, secret); !written) {
            return tl::make_unexpected(written.error());
        }
    }
    return identity;
}

std::string host_in_url(const std::string& address) {
    return address.find(':') == std::string::npos ? address : '[' + address + ']';
}

}  // namespace

class PanosServer::Front {
public:
    Front(net::EventLoop& loop, Device& device, ServerOptions options)
        : loop_(loop), device_(device), options_(std::move(options)), api_(*this, false), control_(*this, true) {}

    net::Result<void> open() {
        net::ListenOptions listen;
        listen.address = options_.address;
        listen.port = options_.port;
        listen.body_bytes_max = 6U << 20U;     // over the device's own limit, which answers first
        listen.header_bytes_max = 32U << 10U;  // the same
        listen.connections_max = options_.connections_max;
        listen.lenient_targets = true;
        if (!options_.plain) {
            auto identity = make_identity(options_, device_.options().name);
            if (!identity) {
                return tl::make_unexpected(identity.error());
            }
            listen.tls = *identity;
            certificate_ = identity->certificate_file;
        }
        auto server = net::HttpServer::listen(loop_, std::move(listen), api_);
        if (!server) {
            return tl::make_unexpected(server.error());
        }
        api_server_ = std::move(*server);
        return options_.control ? open_control() : net::Result<void>{};
    }

    void changed() {
        arm();
        if (tell_) {
            tell_();
        }
    }

    net::EventLoop& loop_;
    Device& device_;
    ServerOptions options_;
    std::string certificate_;
    std::function<void()> tell_;
    std::unique_ptr<net::HttpServer> api_server_;
    std::unique_ptr<net::HttpServer> control_server_;
    KeyWorkshop keys_{loop_};

private:
    class Handler final : public net::HttpHandler {
    public:
        Handler(Front& front, bool control) : front_(front), control_(control) {}

        std::optional<net::HttpResponse> on_header(const net::HttpRequest& /*head*/) override { return std::nullopt; }

        void on_request(net::HttpRequest request, net::Respond respond) override {
            if (const auto kind = control_ ? std::nullopt : front_.device_.key_wanted(request, right_now())) {
                front_.keys_.make(*kind,
                                  [this, request = std::move(request), respond = std::move(respond)](MadeKey key) {
                                      if (!key.pem.empty()) {
                                          front_.device_.hand_in(std::move(key));
                                      }
                                      answer(request, respond);
                                  });
                return;
            }
            answer(request, respond);
        }

        void on_turned_away(net::Turned /*why*/, const std::string& /*peer*/, const std::string& /*detail*/) override {}

    private:
        Front& front_;
        bool control_;

        void answer(const net::HttpRequest& request, const net::Respond& respond) {
            const Instant now = right_now();
            respond(control_ ? control(front_.device_, request, now) : front_.device_.handle(request, now));
            front_.changed();
        }
    };

    Handler api_;
    Handler control_;
    std::unique_ptr<net::Timer> timer_;
    std::optional<Instant> armed_for_;

    net::Result<void> open_control() {
        net::ListenOptions listen;
        listen.address = options_.control_address;
        listen.port = options_.control_port;
        listen.body_bytes_max = 1U << 20U;
        auto server = net::HttpServer::listen(loop_, std::move(listen), control_);
        if (!server) {
            return tl::make_unexpected(server.error());
        }
        control_server_ = std::move(*server);
        return {};
    }

    void arm() {
        const auto next = device_.next_event();
        if (next == armed_for_ && timer_) {
            return;
        }
        armed_for_ = next;
        timer_ = nullptr;
        if (!next) {
            return;
        }
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(*next - right_now());
        timer_ = loop_.after(std::max(left, std::chrono::milliseconds(0)), [this] {
            armed_for_ = std::nullopt;
            device_.advance(right_now());
            changed();
        });
    }
};

PanosServer::PanosServer(std::unique_ptr<Front> front) : front_(std::move(front)) {}
PanosServer::~PanosServer() = default;

net::Result<std::unique_ptr<PanosServer>> PanosServer::make(net::EventLoop& loop, Device& device,
                                                            ServerOptions options) {
    auto front = std::make_unique<Front>(loop, device, std::move(options));
    if (auto opened = front->open(); !opened) {
        return tl::make_unexpected(opened.error());
    }
    front->changed();  // the device may have something to do already
    return std::unique_ptr<PanosServer>(new PanosServer(std::move(front)));
}

std::uint16_t PanosServer::port() const {
    return front_->api_server_->port();
}

std::uint16_t PanosServer::control_port() const {
    return front_->control_server_ ? front_->control_server_->port() : std::uint16_t{0};
}

std::string PanosServer::url() const {
    return fmt::format("{}://{}:{}", front_->options_.plain ? "http" : "https", host_in_url(front_->options_.address),
                       port());
}

std::string PanosServer::control_url() const {
    return front_->control_server_
               ? fmt::format("http://{}:{}", host_in_url(front_->options_.control_address), control_port())
               : std::string{};
}

std::string PanosServer::certificate_file() const {
    return front_->certificate_;
}

std::string PanosServer::first_line() const {
    return boost::json::serialize(
        boost::json::object{{"api", url()}, {"control", control_url()}, {"ca", certificate_file()}});
}

std::string PanosServer::first_line(const std::vector<std::unique_ptr<PanosServer>>& servers) {
    boost::json::array devices;
    for (const auto& each : servers) {
        const Device& device = each->front_->device_;
        devices.push_back(boost::json::object{{"name", device.options().name},
                                              {"serial", device.serial()},
                                              {"model", device.options().model},
                                              {"api", each->url()},
                                              {"control", each->control_url()},
                                              {"ca", each->certificate_file()}});
    }
    return boost::json::serialize(boost::json::object{{"devices", std::move(devices)}});
}

void PanosServer::on_change(std::function<void()> tell) {
    front_->tell_ = std::move(tell);
}

void PanosServer::changed() {
    front_->changed();
}

}  // namespace sim::panos
