# A folder is a room is a library is a namespace: bridge/panos, house::bridge_panos, bridge::panos.
#
# house_library(bridge_panos SOURCES reply.cpp USES house::bridge_domain PRIVATE_USES CURL::libcurl)
#
# Each room shows its headers through a door of its own (a link in the build tree). Only the doors of the rooms
# that are named in USES stand open, so that an include of a room which was not named does not compile.
function(house_door name)
  string(REPLACE "_" "/" room ${name})
  set(door ${CMAKE_BINARY_DIR}/doors/${name})
  get_filename_component(frame ${door}/${room} DIRECTORY)
  file(MAKE_DIRECTORY ${frame})
  file(CREATE_LINK ${PROJECT_SOURCE_DIR}/${room} ${door}/${room} SYMBOLIC)
endfunction()

function(house_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;USES;PRIVATE_USES" ${ARGN})
  house_door(${name})
  add_library(${name} STATIC ${arg_SOURCES})
  target_include_directories(${name} PUBLIC ${CMAKE_BINARY_DIR}/doors/${name})
  target_link_libraries(${name} PUBLIC ${arg_USES} PRIVATE house_flags ${arg_PRIVATE_USES})
  add_library(house::${name} ALIAS ${name})
endfunction()

# house_test(bridge_domain SOURCES ip_address_test.cpp USES house::bridge_domain)
#
# One program of unit tests per room; each TEST_CASE is a CTest test of its own. LABELS threads: worth a run under
# ThreadSanitizer.
function(house_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;USES;LABELS" ${ARGN})
  set(program unit_${name})
  add_executable(${program} ${arg_SOURCES})
  target_link_libraries(${program} PRIVATE house_flags catch_main ${arg_USES})
  catch_discover_tests(${program} TEST_PREFIX "${name}: " DISCOVERY_MODE PRE_TEST
    PROPERTIES LABELS "${arg_LABELS}")
endfunction()
