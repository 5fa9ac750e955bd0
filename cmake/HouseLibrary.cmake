# A folder is a room is a library is a namespace: bridge/panos, house::bridge_panos, bridge::panos. A room that has grown to a
# wing has rooms of its own (sim/panos/tree, house::sim_panos_tree), which share its namespace.
#
# house_library(bridge_panos SOURCES reply.cpp USES house::bridge_domain_firewall PRIVATE_USES CURL::libcurl)
#
# Each room shows its headers through a door of its own (links in the build tree). Only the doors of the rooms
# that are named in USES stand open, so that an include of a room which was not named does not compile.
function(house_door name)
  string(REPLACE "_" "/" room ${name})
  set(door ${CMAKE_BINARY_DIR}/doors/${name})
  if(IS_SYMLINK ${door}/${room})
    file(REMOVE ${door}/${room})  # what a door was before wings
  endif()
  file(MAKE_DIRECTORY ${door}/${room})
  file(GLOB shown CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/${room} ${PROJECT_SOURCE_DIR}/${room}/*)
  foreach(name IN LISTS shown)
    set(path ${PROJECT_SOURCE_DIR}/${room}/${name})
    # A folder without a library of its own (net/detail) is a part of the room.
    if(name MATCHES "\\.hpp$" OR (IS_DIRECTORY ${path} AND NOT EXISTS ${path}/CMakeLists.txt))
      file(CREATE_LINK ${path} ${door}/${room}/${name} SYMBOLIC)
    endif()
  endforeach()
endfunction()

function(house_library name)
  cmake_parse_arguments(arg "TOGETHER" "" "SOURCES;ALONE;USES;PRIVATE_USES" ${ARGN})
  house_door(${name})
  add_library(${name} STATIC ${arg_SOURCES})
  target_include_directories(${name} PUBLIC ${CMAKE_BINARY_DIR}/doors/${name})
  target_link_libraries(${name} PUBLIC ${arg_USES} PRIVATE house_flags ${arg_PRIVATE_USES})
  add_library(house::${name} ALIAS ${name})
  if(FIREBREAK_FUZZ)
    target_compile_options(${name} PRIVATE -fsanitize=fuzzer-no-link)  # what a fuzz target looks at
  endif()
  if(arg_TOGETHER)
    house_together(${name} ${arg_ALONE})
  endif()
  house_precompiled(${name} house_headers)
endfunction()

# house_test(bridge_domain SOURCES value/ip_address_test.cpp USES house::bridge_domain_value)
#
# One program of unit tests per room; each TEST_CASE is a CTest test of its own. LABELS threads: worth a run under
# ThreadSanitizer; computes: takes long under a sanitizer, and no clock decides, so that ci/test runs it beneath others.
function(house_test name)
  cmake_parse_arguments(arg "TOGETHER" "" "SOURCES;ALONE;USES;LABELS" ${ARGN})
  set(program unit_${name})
  add_executable(${program} ${arg_SOURCES})
  target_link_libraries(${program} PRIVATE house_flags catch_main ${arg_USES})
  house_precompiled(${program} house_test_headers)
  if(arg_TOGETHER)
    house_together(${program} ${arg_ALONE})
  endif()
  if(HOUSE_SANITIZE)
    # A process for each case costs minutes under a sanitizer.
    add_test(NAME ${program} COMMAND ${program})
    set_tests_properties(${program} PROPERTIES LABELS "${arg_LABELS}")
    return()
  endif()
  catch_discover_tests(${program} TEST_PREFIX "${name}: " DISCOVERY_MODE PRE_TEST
    PROPERTIES LABELS "${arg_LABELS}")
endfunction()

# With HOUSE_TOGETHER the sources of a room that says TOGETHER are compiled eight at a time: a third of the time, most of
# which goes into the same templates again and again. Those in ALONE have a name in their unnamed namespace that a
# neighbour has too.
option(HOUSE_TOGETHER "Compile several sources of a room as one" OFF)

function(house_together target)
  if(HOUSE_TOGETHER)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
    set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
    # g++ warns of members from an unnamed namespace wherever the source isn't the one that it was called with.
    target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
  endif()
endfunction()

# With HOUSE_PRECOMPILE the headers that nearly every source includes are parsed once: a quarter less to compile. Where it
# is off (the presets of every day) a source that lacks an include does not build.
option(HOUSE_PRECOMPILE "Precompile common headers" OFF)

if(HOUSE_PRECOMPILE)
  # What ccache needs to keep such objects, beside its `sloppiness` (see ci/build).
  add_compile_options("$<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>"
                      "$<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>")
endif()

# house_precompile(house_headers HEADERS <string> ... USES fmt::fmt)
function(house_precompile name)
  cmake_parse_arguments(arg "" "" "HEADERS;USES" ${ARGN})
  file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/${name}.cpp CONTENT "")
  add_library(${name} OBJECT ${CMAKE_BINARY_DIR}/${name}.cpp)
  target_link_libraries(${name} PRIVATE house_flags ${arg_USES})
  if(FIREBREAK_FUZZ AND name STREQUAL "house_headers")
    target_compile_options(${name} PRIVATE -fsanitize=fuzzer-no-link)  # as the rooms that use them
  endif()
  target_precompile_headers(${name} PRIVATE ${arg_HEADERS})
endfunction()

function(house_precompiled target from)
  if(HOUSE_PRECOMPILE)
    target_precompile_headers(${target} REUSE_FROM ${from})
    target_compile_definitions(${target} PRIVATE FMT_SHARED)  # as fmt::fmt has it: g++ wants the same macros everywhere
  endif()
endfunction()
