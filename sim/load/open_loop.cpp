#include "sim/load/open_loop.hpp"

#include <algorithm>

namespace sim::load {

OpenLoop::OpenLoop(const Schedule& due, std::size_t lanes) : lanes_(std::max<std::size_t>(1, lanes)) {
    sent_.reserve(due.size());
    for (const Micros at : due) {
        Sent each;
        each.due = at;
        sent_.push_back(each);
    }
}

std::optional<std::size_t> OpenLoop::take(Micros now) {
    const auto due = next_due();
    if (!due || *due > now) {
        return std::nullopt;
    }
    sent_[next_].sent = now;
    ++under_way_;
    return next_++;
}

void OpenLoop::ended(std::size_t index, Micros now, unsigned status) {
    sent_[index].status = status;
    sent_[index].answered = status == 0 ? never : now;
    --under_way_;
}

std::optional<Micros> OpenLoop::next_due() const {
    if (all_sent() || under_way_ >= lanes_) {
        return std::nullopt;
    }
    return sent_[next_].due;
}

}  // namespace sim::load
