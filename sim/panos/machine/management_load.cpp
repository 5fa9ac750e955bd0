#include "sim/panos/machine/management_load.hpp"

#include <algorithm>

namespace sim::panos {
namespace {

constexpr std::size_t waiting_per_core = 16;  // assumed: 32 calls on a PA-VM, 128 on a PA-5200

// 600 objects in one set took 0.46 s on an 8.0 VM, of which a small set takes a fifth: pan-os-python.
constexpr std::size_t bytes_per_service = 20'000;

}  // namespace

ManagementLoad::ManagementLoad(ManagementOptions options, unsigned cores)
    : options_(options), free_at_(std::max<std::size_t>(options.concurrency, 1)) {
    options_.concurrency = free_at_.size();
    if (options_.hard_limit == 0) {
        options_.hard_limit = waiting_per_core * std::max(cores, 1U);
    }
    options_.hard_limit = std::max(options_.hard_limit, options_.concurrency);
}

ManagementLoad::Judgement ManagementLoad::arrive(CallWeight weight, std::size_t request_bytes, bool committing,
                                                 Instant now) {
    Judgement judgement;
    if (options_.service.count() <= 0 || free_at_.empty()) {
        return judgement;
    }
    std::erase_if(ends_, [now](Instant end) { return end <= now; });
    if (ends_.size() >= options_.hard_limit) {
        judgement.way = ++turned_away_ % 2 == 1 ? Judgement::Way::bad_gateway : Judgement::Way::dropped;
        return judgement;
    }
    double share = weight == CallWeight::light ? 0.5 : weight == CallWeight::reading ? 1.0 : 3.0;
    share += static_cast<double>(request_bytes / bytes_per_service);
    if (committing) {
        share *= options_.commit_factor;
    }
    const auto service =
        std::chrono::microseconds(static_cast<std::int64_t>(static_cast<double>(options_.service.count()) * share));
    const auto place = std::min_element(free_at_.begin(), free_at_.end());
    *place = std::max(*place, now) + service;
    ends_.push_back(*place);
    judgement.delay = *place - now;
    return judgement;
}

std::size_t ManagementLoad::in_flight(Instant now) const {
    return static_cast<std::size_t>(
        std::count_if(ends_.begin(), ends_.end(), [now](Instant end) { return end > now; }));
}

}  // namespace sim::panos
