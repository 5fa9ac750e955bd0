// Fetches external dynamic lists for a mock firewall, as a firewall does: HTTP or HTTPS, without asking for a
// certificate that it could check.
#pragma once

#include <functional>
#include <memory>

#include "net/event_loop.hpp"
#include "sim/panos/policy/external_list.hpp"

namespace sim::lab {

/// One list at a time, on a thread of its own; answers come on the loop's thread. The loop outlives it.
class WebLists final : public panos::ListFetcher {
public:
    explicit WebLists(net::EventLoop& loop);
    ~WebLists() override;

    /// Called on the loop's thread after each answer, so that the device may go on. Loop's thread only.
    void on_answer(std::function<void()> tell);

    void fetch(const panos::ListRequest& request, Done done) override;

private:
    struct Worker;
    std::shared_ptr<Worker> worker_;
};

}  // namespace sim::lab
