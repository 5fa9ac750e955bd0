// Makes key pairs on a thread of its own, one after the other, so that an event loop goes on meanwhile.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "net/event_loop.hpp"
#include "sim/panos/machine/key_kind.hpp"

namespace sim::panos {

class KeyWorkshop {
public:
    /// The loop outlives it. No thread until a key is asked for.
    explicit KeyWorkshop(net::EventLoop& loop);
    /// On the loop's thread; waits for the key in the making. What was not called by then never is.
    ~KeyWorkshop();
    KeyWorkshop(const KeyWorkshop&) = delete;
    KeyWorkshop& operator=(const KeyWorkshop&) = delete;

    /// Calls `done` on the loop's thread. Loop's thread only.
    void make(const KeyKind& kind, std::function<void(MadeKey)> done);

private:
    struct Bench;
    net::EventLoop& loop_;
    std::shared_ptr<Bench> bench_;
};

}  // namespace sim::panos
