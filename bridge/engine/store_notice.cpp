#include "bridge/engine/store_notice.hpp"

#include <fmt/format.h>

#include "bridge/domain/value/printable.hpp"

namespace bridge::engine {

using domain::Instant;
using domain::printable;

void StoreNotice::refused(const std::string& peer, const std::string& why) {
    ++refused_;
    ++refused_all_;
    peer_ = peer;
    trouble(why);
}

void StoreNotice::stored() {
    if (failing_) {
        trouble("");
    }
}

void StoreNotice::trouble(const std::string& why) {
    failing_ = !why.empty();
    if (failing_) {
        why_ = why;
        since_ = since_.value_or(clock_.wall());
    }
    look();
}

/// Says what there is to say, now or when it may.
void StoreNotice::look() {
    if (!since_) {
        return;
    }
    const auto& last = failing_ ? last_warning_ : last_end_;
    if (last && clock_.now() - *last < store_notice_pause) {
        look_at(*last + store_notice_pause);
    } else if (failing_) {
        warn();
    } else {
        tell_end();
    }
}

void StoreNotice::look_at(Instant when) {
    if (looks_at_ == when) {
        return;
    }
    looks_at_ = when;
    alarm_ = clock_.at(when, [this] {
        looks_at_.reset();
        look();
    });
}

void StoreNotice::warn() {
    const std::string cost =
        refused_ == 0 ? ""
        : refused_ == 1
            ? fmt::format("; a notification from {} was answered 503", printable(peer_))
            : fmt::format("; {} notifications were answered 503, the last one from {}", refused_, printable(peer_));
    refused_ = 0;
    last_warning_ = clock_.now();
    look_at(*last_warning_ + store_notice_pause);  // as long as it lasts, it is said again
    tell_(Tone::warning, printable(why_, 500) + cost);
}

void StoreNotice::tell_end() {
    const auto lasted = std::chrono::ceil<std::chrono::seconds>(clock_.wall() - *since_);
    const std::uint64_t refused = refused_all_;
    refused_ = refused_all_ = 0;
    since_.reset();
    last_end_ = clock_.now();
    tell_(Tone::news, fmt::format("the store writes again, after {} s; {} notification{} answered 503 meanwhile",
                                  lasted.count(), refused, refused == 1 ? " was" : "s were"));
}

}  // namespace bridge::engine
