// What the process has freed and the allocator still holds.
#pragma once

namespace bridge::operate {

/// Gives it back to the system. Takes some milliseconds: for when a peak is over.
void give_back_memory();

}  // namespace bridge::operate
