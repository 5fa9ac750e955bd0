#include "bridge/operate/memory.hpp"

#include <malloc.h>

#include <cstddef>
#include <cstdlib>

// Of tcmalloc, where the program is linked with it.
extern "C" void MallocExtension_ReleaseFreeMemory() __attribute__((weak));
extern "C" int MallocExtension_SetNumericProperty(const char* property, std::size_t value) __attribute__((weak));

namespace bridge::operate {

void bound_thread_caches() {
    // tcmalloc's own default is 32 MiB, which a steady load of 200 alerts a second filled by half within half an hour.
    constexpr std::size_t bytes = 1U << 20U;
    const bool asked = std::getenv("TCMALLOC_MAX_TOTAL_THREAD_CACHE_BYTES") != nullptr;
    if (MallocExtension_SetNumericProperty != nullptr && !asked) {
        MallocExtension_SetNumericProperty("tcmalloc.max_total_thread_cache_bytes", bytes);
    }
}

void give_back_memory() {
    if (MallocExtension_ReleaseFreeMemory != nullptr) {
        MallocExtension_ReleaseFreeMemory();
    } else {
        malloc_trim(0);
    }
}

}  // namespace bridge::operate
