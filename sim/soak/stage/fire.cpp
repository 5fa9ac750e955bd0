#include "sim/soak/stage/fire.hpp"

#include <fmt/format.h>

#include "sim/load/ammunition.hpp"

namespace sim::soak {

namespace {

using namespace std::chrono_literals;

constexpr Micros again_after = 1s;     // an appliance that was not answered 200
constexpr Micros answer_within = 15s;  // then it hangs up

}  // namespace

void Fire::begin(const load::Receiver& to, Micros give_up) {
    plan_.to = to;
    plan_.begin = time_.began;
    plan_.give_up = give_up;
    plan_.again_after = again_after;
    plan_.answer_within = answer_within;
    thread_ = std::jthread([this](const std::stop_token& stop) { send(stop); });
}

void Fire::send(const std::stop_token& stop) {
    const std::vector<std::string>& addresses = books_.addresses();
    const auto request_of = [&](std::size_t i) {
        const std::size_t attacker = campaign_.attacker_of(i);
        books_.open()->sent(attacker, time_.now());
        const auto shot = load::notification(addresses[attacker], first_id + i);
        return shot ? load::as_request(*shot, "127.0.0.1") : std::string("\r\n\r\n");  // checked by its test
    };
    const auto on_answer = [&](std::size_t i, const load::Sent& sent) {
        const Books::Open account = books_.open();
        if (sent.acknowledged()) {
            account->acknowledged(first_id + i, campaign_.attacker_of(i), time_.now());
        } else {
            account->add({time_.now(),
                          Wrong::bridge,
                          {},
                          addresses[campaign_.attacker_of(i)],
                          first_id + i,
                          fmt::format("is answered {}", sent.status)});
        }
    };
    sent_ = load::send_open_loop(plan_, request_of, on_answer, due_, progress_, stop);
    {
        const std::lock_guard guard(mutex_);
        done_ = true;
    }
    changed_.notify_all();
}

void Fire::stop() {
    if (thread_.joinable()) {
        thread_.request_stop();
        thread_.join();
    }
}

bool Fire::done() {
    const std::lock_guard guard(mutex_);
    return done_;
}

void Fire::wait_until(Micros until, const std::stop_token& stop) {
    std::unique_lock guard(mutex_);
    const bool was_done = done_;
    changed_.wait_until(guard, stop, time_.began + until, [&] { return done_ != was_done; });
}

}  // namespace sim::soak
