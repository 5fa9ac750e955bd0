// What the bridge's pages for operators say, as far as a soak asks.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace sim::soak {

/// A block, by the bridge's ledger.
struct LedgerRow {
    std::string target;
    std::string indicator;
    std::string state;
    std::string reason;
};

/// Of its page /blocks. Errors: it cannot be read.
tl::expected<std::vector<LedgerRow>, std::string> ledger_rows(const std::string& page);

/// By its page /status, what a target has left to do, in words; empty: none has anything. `with_blocks`: a block of
/// whatever state is something, too. Errors: it tells of no targets.
tl::expected<std::string, std::string> unrest_of(const std::string& status, bool with_blocks);

}  // namespace sim::soak
