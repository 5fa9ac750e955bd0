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
    ++under_way_;
    std::size_t index = next_;
    if (!again_.empty() && again_.front().at <= now) {
        index = again_.front().index;
        again_.pop_front();
    } else {
        sent_[next_++].sent = now;
    }
    ++sent_[index].tries;
    return index;
}

void OpenLoop::ended(std::size_t index, Micros now, unsigned status) {
    sent_[index].status = status;
    sent_[index].answered = status == 0 ? never : now;
    --under_way_;
}

void OpenLoop::again(std::size_t index, Micros at, unsigned status) {
    sent_[index].status = status;
    --under_way_;
    again_.push_back({at, index});
}

std::optional<Micros> OpenLoop::next_due() const {
    if ((all_sent() && again_.empty()) || under_way_ >= lanes_) {
        return std::nullopt;
    }
    if (all_sent() || again_.empty()) {
        return all_sent() ? again_.front().at : sent_[next_].due;
    }
    return std::min(again_.front().at, sent_[next_].due);
}

}  // namespace sim::load
