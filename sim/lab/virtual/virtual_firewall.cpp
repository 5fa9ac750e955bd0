#include "sim/lab/virtual/virtual_firewall.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sim::lab {

using bridge::domain::Errc;
using bridge::domain::failed;
using bridge::panos::ApiReply;
using bridge::panos::ApiRequest;
using Millis = std::chrono::milliseconds;

namespace {

constexpr Millis call_timeout{30'000};

panos::ApiCall as_call(const ApiRequest& request) {
    panos::ApiCall call;
    call.method = "POST";
    call.target = "/api/";
    call.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
    if (!request.key.empty()) {
        call.headers.push_back({"X-PAN-KEY", request.key.reveal()});
    }
    call.body = request.form + request.tail.reveal();
    call.peer = "192.0.2.1";
    return call;
}

}  // namespace

class VirtualFirewall::Way final : public bridge::panos::Transport {
public:
    Way(VirtualFirewall& firewall, std::weak_ptr<void> alive) : firewall_(firewall), alive_(std::move(alive)) {}

    void call(ApiRequest request, Done done) override {
        done = bridge::panos::read_by(std::move(request.reader), std::move(done));
        const auto arrives = firewall_.scheduler_.now() + firewall_.travel_time();
        firewall_.scheduler_.run_at(arrives, [&firewall = firewall_, alive = alive_, request = std::move(request),
                                              done = std::move(done)] { arrive(firewall, request, alive, done); });
    }

private:
    static void answer(VirtualFirewall& firewall, Millis after, const std::weak_ptr<void>& alive, const Done& done,
                       bridge::domain::Result<ApiReply> reply) {
        firewall.scheduler_.run_at(firewall.scheduler_.now() + after, [alive, done, reply = std::move(reply)] {
            if (!alive.expired()) {
                done(reply);
            }
        });
    }

    static void arrive(VirtualFirewall& firewall, const ApiRequest& request, const std::weak_ptr<void>& alive,
                       const Done& done) {
        const Millis back = firewall.travel_time();
        if (!firewall.up_) {
            answer(firewall, back, alive, done, failed(Errc::unreachable, "connection refused"));
            return;
        }
        const panos::ApiAnswer reply = firewall.device_->handle(as_call(request), firewall.now());
        firewall.look_again();
        if (reply.fault.drop) {
            answer(firewall, back, alive, done,
                   failed(Errc::unreachable, "the connection was closed without an answer"));
        } else if (reply.fault.cut_after) {
            answer(firewall, back, alive, done,
                   failed(Errc::unreachable, "the connection was reset within the answer"));
        } else if (reply.fault.delay >= call_timeout) {
            answer(firewall, call_timeout, alive, done, failed(Errc::unreachable, "no answer in time"));
        } else {
            answer(firewall, back + reply.fault.delay, alive, done, ApiReply{reply.status, reply.body});
        }
    }

    VirtualFirewall& firewall_;
    std::weak_ptr<void> alive_;
};

VirtualFirewall::VirtualFirewall(Scheduler& scheduler, std::unique_ptr<panos::Device> device, std::uint64_t seed,
                                 std::function<void()> on_change)
    : scheduler_(scheduler),
      device_(std::move(device)),
      random_(static_cast<std::minstd_rand::result_type>(seed)),
      on_change_(std::move(on_change)) {}

tl::expected<std::unique_ptr<VirtualFirewall>, std::string> VirtualFirewall::make(Scheduler& scheduler,
                                                                                  panos::DeviceOptions options,
                                                                                  std::uint64_t seed,
                                                                                  std::function<void()> on_change) {
    auto device = panos::Device::make(std::move(options), scheduler.wall());
    if (!device) {
        return tl::unexpected(device.error());
    }
    return std::unique_ptr<VirtualFirewall>(
        new VirtualFirewall(scheduler, std::move(*device), seed, std::move(on_change)));
}

std::unique_ptr<bridge::panos::Transport> VirtualFirewall::transport(std::weak_ptr<void> alive) {
    return std::make_unique<Way>(*this, std::move(alive));
}

void VirtualFirewall::look_again() {
    on_change_();
    arm();
}

/// The device says when its next job ends; that is a task of the scheduler.
void VirtualFirewall::arm() {
    const auto next = device_->next_event();
    if (!next || (armed_ && *armed_ <= *next)) {
        return;
    }
    armed_ = next;
    const auto wait = std::max(std::chrono::ceil<Millis>(*next - now()), Millis{0});
    scheduler_.run_at(scheduler_.now() + wait, [this] {
        armed_.reset();
        device_->advance(now());
        look_again();
    });
}

/// One to three milliseconds, drawn.
Millis VirtualFirewall::travel_time() {
    return Millis{1 + static_cast<int>(random_() % 3)};
}

}  // namespace sim::lab
