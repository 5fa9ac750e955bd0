#include "sim/panos/key_workshop.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

#include "sim/panos/call/certificate_maker.hpp"

namespace sim::panos {

struct KeyWorkshop::Bench {
    struct Order {
        KeyKind kind;
        std::function<void(MadeKey)> done;
    };
    std::mutex mutex;
    std::condition_variable came;
    std::deque<Order> orders;
    bool closing = false;
    bool closed = false;  // the loop's thread only
    std::thread worker;

    static void work(const std::shared_ptr<Bench>& bench, net::EventLoop& loop) {
        for (;;) {
            Order order;
            {
                std::unique_lock lock(bench->mutex);
                bench->came.wait(lock, [&bench] { return bench->closing || !bench->orders.empty(); });
                if (bench->closing) {
                    return;
                }
                order = std::move(bench->orders.front());
                bench->orders.pop_front();
            }
            MadeKey key{order.kind, make_key(order.kind)};
            loop.post([bench, done = std::move(order.done), key = std::move(key)] {
                if (!bench->closed) {
                    done(key);
                }
            });
        }
    }
};

KeyWorkshop::KeyWorkshop(net::EventLoop& loop) : loop_(loop), bench_(std::make_shared<Bench>()) {}

KeyWorkshop::~KeyWorkshop() {
    bench_->closed = true;
    {
        const std::lock_guard lock(bench_->mutex);
        bench_->closing = true;
    }
    bench_->came.notify_one();
    if (bench_->worker.joinable()) {
        bench_->worker.join();
    }
}

void KeyWorkshop::make(const KeyKind& kind, std::function<void(MadeKey)> done) {
    {
        const std::lock_guard lock(bench_->mutex);
        bench_->orders.push_back({kind, std::move(done)});
    }
    if (!bench_->worker.joinable()) {
        bench_->worker = std::thread([bench = bench_, &loop = loop_] { Bench::work(bench, loop); });
    }
    bench_->came.notify_one();
}

}  // namespace sim::panos
