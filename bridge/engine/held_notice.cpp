#include "bridge/engine/held_notice.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "bridge/domain/value/printable.hpp"

namespace bridge::engine {

namespace {

// A burst is over when nothing was held for so long.
constexpr std::chrono::minutes quiet{1};

}  // namespace

HeldNotice::HeldNotice(Clock& clock, std::function<void(std::string, std::string)> tell)
    : clock_(clock), tell_(std::move(tell)) {}

void HeldNotice::held(const domain::Block& block) {
    if (alarm_) {
        ++untold_;
        ++since_look_;
        last_ = block.indicator.text();
        return;
    }
    tell_(block.target, fmt::format("{} {}. Others that are held soon after are told of together; `firebreak-bridge "
                                    "blocks --state held` lists them",
                                    block.indicator.text(), domain::printable(block.reason, 300)));
    target_ = block.target;
    alarm_ = clock_.at(clock_.now() + quiet, [this] { look(); });
}

void HeldNotice::look() {
    if (std::exchange(since_look_, 0) > 0) {
        alarm_ = clock_.at(clock_.now() + quiet, [this] { look(); });
        return;
    }
    if (const auto count = std::exchange(untold_, 0); count > 0) {
        tell_(target_, fmt::format("{} more held in the same burst, the last of them {}", count, last_));
    }
    alarm_.reset();
}

}  // namespace bridge::engine
