#include "sim/soak/judge/life.hpp"

#include <algorithm>

namespace sim::soak {

void Life::seen_with(std::size_t resident_bytes) {
    first_bytes = first_bytes == 0 ? resident_bytes : first_bytes;
    last_bytes = resident_bytes;
    peak_bytes = std::max(peak_bytes, resident_bytes);
}

}  // namespace sim::soak
