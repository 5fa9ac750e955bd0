// firebreak-lab soak: its command line. CLI11 is in command.cpp only.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace sim::soak {

/// Adds the command to the program's; what it returns runs it, once the line is parsed, and gives the exit code.
std::function<int()> add_soak(CLI::App& app);

}  // namespace sim::soak
