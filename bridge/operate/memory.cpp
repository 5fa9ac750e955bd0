#include "bridge/operate/memory.hpp"

#include <malloc.h>

// Of tcmalloc, where the program is linked with it.
extern "C" void MallocExtension_ReleaseFreeMemory() __attribute__((weak));

namespace bridge::operate {

void give_back_memory() {
    if (MallocExtension_ReleaseFreeMemory != nullptr) {
        MallocExtension_ReleaseFreeMemory();
    } else {
        malloc_trim(0);
    }
}

}  // namespace bridge::operate
