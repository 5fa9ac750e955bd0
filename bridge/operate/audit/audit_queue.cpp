#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "bridge/operate/audit/audit_sink.hpp"

namespace bridge::operate {

AuditQueue::AuditQueue(std::unique_ptr<AuditSink> sink, Options options,
                       std::function<void(bool, const std::string&)> report)
    : sink_(std::move(sink)), options_(options), report_(std::move(report)) {
    status_.name = sink_->name();
    thread_ = std::thread([this] { run(); });
}

AuditQueue::~AuditQueue() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        stop_by_ = Clock::now() + options_.farewell;
    }
    wake_.notify_one();
    thread_.join();
}

void AuditQueue::put(const std::shared_ptr<const AuditEvent>& event) {
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.size() >= options_.events_max) {
            ++status_.dropped;
            return;
        }
        waiting_.push_back(event);
    }
    wake_.notify_one();
}

void AuditQueue::reopen() {
    {
        const std::lock_guard lock(mutex_);
        reopen_ = true;
    }
    wake_.notify_one();
}

SinkStatus AuditQueue::status() const {
    const std::lock_guard lock(mutex_);
    SinkStatus now = status_;
    now.waiting = waiting_.size();
    return now;
}

void AuditQueue::run() {
    std::unique_lock lock(mutex_);
    while (true) {
        const bool healthy = pause_.count() == 0;
        const auto has_work = [this] { return stopping_ || reopen_ || !waiting_.empty(); };
        if (healthy) {
            wake_.wait(lock, has_work);
        } else {
            wake_.wait_for(lock, pause_, [this] { return stopping_ || reopen_; });
        }
        if (std::exchange(reopen_, false)) {
            sink_->reopen();
            pause_ = std::chrono::milliseconds(0);
        }
        // A sink that is away gets one more try at the end, not the whole of the time that is left.
        if (stopping_ && (waiting_.empty() || Clock::now() >= stop_by_ || !healthy)) {
            if (healthy || waiting_.empty()) {
                return;
            }
            stop_by_ = Clock::now();
        }
        if (waiting_.empty()) {
            continue;
        }
        const std::shared_ptr<const AuditEvent> event = waiting_.front();
        lock.unlock();
        const auto delivered = sink_->deliver(*event);
        lock.lock();
        if (delivered) {
            waiting_.pop_front();
            ++status_.delivered;
        }
        judge(delivered);
        if (stopping_ && !delivered) {
            return;
        }
    }
}

/// With the lock held; the report is made without it.
void AuditQueue::judge(const tl::expected<void, std::string>& delivered) {
    const bool was_up = status_.up;
    status_.up = delivered.has_value();
    pause_ = delivered ? std::chrono::milliseconds(0) : std::clamp(pause_ * 2, options_.retry_min, options_.retry_max);
    if (was_up == status_.up) {
        return;
    }
    const std::string line = delivered ? fmt::format("audit {}: events are taken again; {} found no room meanwhile",
                                                     status_.name, status_.dropped)
                                       : fmt::format("audit {}: {}; up to {} events wait for it", status_.name,
                                                     delivered.error(), options_.events_max);
    mutex_.unlock();
    report_(delivered.has_value(), line);
    mutex_.lock();
}

}  // namespace bridge::operate
