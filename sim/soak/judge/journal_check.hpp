// Compares the bridge's journal with what it acknowledged.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sim/load/open_loop.hpp"

namespace sim::soak {

/// By alert, `journal` has how often it is there, and `sent` what became of it, as far as it was sent. An acknowledged
/// one has to be there once; any other may be missing, for its answer may have been lost, and none is there twice.
/// `told` gets the place of each for which that does not hold, and what is wrong with it.
void check_journal(const std::vector<std::uint8_t>& journal, const std::vector<load::Sent>& sent,
                   const std::function<void(std::size_t alert, std::string text)>& told);

}  // namespace sim::soak
