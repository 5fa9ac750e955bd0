#include "sim/soak/judge/acknowledgements.hpp"

#include <fmt/format.h>

namespace sim::soak {

void judge_acknowledgements(const std::vector<load::Sent>& sent, Result& result, const Told& told) {
    for (const load::Sent& each : sent) {
        result.tries += each.tries;
        if (!each.acknowledged()) {
            continue;
        }
        ++result.acknowledged;
        result.sent_again += each.tries > 1 ? 1U : 0U;
        result.acknowledgement.add(each.answered - each.due);
    }
    if (!result.interrupted && result.acknowledged < result.alerts) {
        told(fmt::format("{} alerts were never acknowledged", result.alerts - result.acknowledged));
    }
}

}  // namespace sim::soak
