// Whether an expectation holds, and what was seen instead when it does not.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/lab/story/scenario.hpp"
#include "sim/lab/world/firewall_handle.hpp"
#include "sim/lab/world/world.hpp"

namespace sim::lab {

struct Judgement {
    bool holds = true;
    std::string seen;  // what was there instead; several findings are separated by "; "
};

Judgement judge(const ExpectFirewall& expect, FirewallHandle& firewall);

/// `status` is the bridge's status document.
Judgement judge(const std::vector<Fact>& facts, std::string_view status);

/// `blocks` is the bridge's list of blocks: objects with target, indicator, state, reason.
Judgement judge(const ExpectBridge::Block& expect, std::string_view blocks);

/// `page` is what the bridge tells of the address.
Judgement judge(const ExpectBridge::Why& expect, std::string_view page);

/// Whether two configurations, as one line of XML each, are the same.
Judgement judge_same(std::string_view was, std::string_view is);

/// Whether an operator's order was answered as it says.
Judgement judge(const Order& order, const SentAnswer& answer);

Judgement judge(const ExpectSent& expect, const std::vector<SentAnswer>& answers);

/// Whether a page is answered as the step says, and has the lines that it is to have.
Judgement judge(const Fetch& expect, unsigned status, std::string_view body);

/// Whether a send was answered as it says.
Judgement judge(const Answer& expect, const std::vector<SentAnswer>& answers);

}  // namespace sim::lab
