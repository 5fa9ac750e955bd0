// Tells an operator of held blocks once for each burst: at its first, and how many there were when it is over. A line
// for each of ten thousand would hide all others.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "bridge/domain/block/block.hpp"
#include "bridge/engine/clock.hpp"

namespace bridge::engine {

class HeldNotice {
public:
    /// `tell` gets the target and the text. `clock` must outlive it.
    HeldNotice(Clock& clock, std::function<void(std::string, std::string)> tell);

    void held(const domain::Block& block);

private:
    void look();

    Clock& clock_;
    std::function<void(std::string, std::string)> tell_;
    std::unique_ptr<Alarm> alarm_;  // set while a burst goes on
    std::uint64_t untold_ = 0;
    std::uint64_t since_look_ = 0;
    std::string target_;
    std::string last_;
};

}  // namespace bridge::engine
