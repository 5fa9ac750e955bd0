// The places where the bridge may die and nothing may be lost, told by name to whoever counts them. Only the build for
// the crash matrix (FIREBREAK_CRASH_STEPS, firebreak-bridge-crash) has somebody who counts, and who may kill the
// process there; in the bridge that ships, nothing of this is left.
#pragma once

namespace bridge::store {

#ifdef FIREBREAK_CRASH_STEPS
/// Any thread. Does not return when the process is to die at this step.
void durable_step(const char* name);

/// A short story must see the log move into the database, too.
inline constexpr int log_pages_divisor = 128;
#else
[[gnu::always_inline]] inline void durable_step(const char* /*name*/) {}
inline constexpr int log_pages_divisor = 1;
#endif

}  // namespace bridge::store
