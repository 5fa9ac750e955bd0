// Catch's runner is slow to compile, so it is compiled here once for all test programs.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
