// The command line of the operator's commands about blocks: block, unblock, release, drop, rollback, pause, resume,
// why, blocks.
#pragma once

#include <functional>
#include <string>

namespace CLI {
class App;
}

namespace bridge {

struct CommandLine {
    CLI::App& app;
    std::string& config_path;
    std::function<int()>& command;  // what the chosen subcommand does
};

/// What is referred to must live until the command has run.
void add_operator_commands(const CommandLine& line);

}  // namespace bridge
