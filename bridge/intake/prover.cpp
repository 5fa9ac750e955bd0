#include "bridge/intake/prover.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <utility>

namespace bridge::intake {

Prover::Prover(std::function<void(std::function<void()>)> post)
    : post_(std::move(post)), thread_([this](const std::stop_token& stop) { run(stop); }) {}

Prover::~Prover() = default;

bool Prover::prove(PasswordHash hash, domain::Secret password, bool suspect, Done done) {
    {
        const std::lock_guard guard(mutex_);
        auto& queue = suspect ? suspects_ : jobs_;
        // Each queue has its own bound: suspects that fill theirs take no place from the others.
        if (queue.size() >= waiting_max) {
            return false;
        }
        queue.push_back({std::move(hash), std::move(password), std::move(done)});
    }
    wake_.notify_one();
    return true;
}

void Prover::run(const std::stop_token& stop) {
    // Linux keeps a nice value for each thread: the loop's thread goes first where processors are few.
    constexpr int nicer = 5;
    setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), nicer);
    while (true) {
        std::unique_lock guard(mutex_);
        if (!wake_.wait(guard, stop, [this] { return !jobs_.empty() || !suspects_.empty(); })) {
            return;
        }
        if (stop.stop_requested()) {
            return;
        }
        auto& queue = jobs_.empty() ? suspects_ : jobs_;
        Job job = std::move(queue.front());
        queue.pop_front();
        guard.unlock();
        const auto right = job.hash.is_of(job.password);
        post_([done = std::move(job.done), right] { done(right); });
    }
}

}  // namespace bridge::intake
