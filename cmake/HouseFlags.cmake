# The one place for warnings and sanitizers: every room links `house_flags`.
set(HOUSE_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize= takes them (address,undefined or thread)")

add_library(house_flags INTERFACE)
target_compile_options(house_flags INTERFACE
  -Wall -Wextra -Wpedantic -Werror
  -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Wold-style-cast
  -Wcast-align -Woverloaded-virtual -Wnull-dereference -Wformat=2 -Wimplicit-fallthrough)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12.2 reports these inside libstdc++ and Boost when it inlines at -O2 (GCC bugs 105562, 105329, 105651).
  target_compile_options(house_flags INTERFACE
    -Wno-null-dereference -Wno-restrict -Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-stringop-overread -Wno-array-bounds)
endif()

if(HOUSE_SANITIZE)
  add_compile_options(-fsanitize=${HOUSE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${HOUSE_SANITIZE})
endif()
if(HOUSE_SANITIZE MATCHES "thread")
  # g++ says that TSan does not model std::atomic_thread_fence; Asio uses it inside its own tested queues.
  target_compile_options(house_flags INTERFACE -Wno-tsan)
endif()

# gold and lld link in half the time of the default linker, and every preset links some thirty programs.
include(CheckLinkerFlag)
check_linker_flag(CXX -fuse-ld=gold HOUSE_HAS_GOLD)
check_linker_flag(CXX -fuse-ld=lld HOUSE_HAS_LLD)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND HOUSE_HAS_GOLD)
  add_link_options(-fuse-ld=gold)
elseif(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND HOUSE_HAS_LLD)
  add_link_options(-fuse-ld=lld)
endif()
