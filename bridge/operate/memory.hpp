// What the process has freed and the allocator still holds.
#pragma once

namespace bridge::operate {

/// Threads keep what they free for themselves, and one frees here what another takes: without a bound, memory rises for
/// hours although nothing leaks. To be called before there are threads; does nothing with another allocator than
/// tcmalloc.
void bound_thread_caches();

/// Gives it back to the system. Takes some milliseconds: for when a peak is over.
void give_back_memory();

}  // namespace bridge::operate
