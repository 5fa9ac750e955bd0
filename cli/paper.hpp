// What a program's command line says of itself, on paper: a reference for its man page, and completions for shells. All
// of it comes from the commands and options as CLI11 has them, so that none of them can be forgotten.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace cli {

/// Every command with its options, as Markdown that pandoc turns into a man page.
std::string reference(const CLI::App& app, const std::string& program);

/// Completion of commands, options and file names.
std::string bash_completion(const CLI::App& app, const std::string& program);
std::string zsh_completion(const CLI::App& app, const std::string& program);
std::string fish_completion(const CLI::App& app, const std::string& program);

/// The hidden option `--paper FORM` (reference, bash, zsh, fish), with which the build asks the program itself. It ends
/// the parsing as `--version` does.
void add_paper_option(CLI::App& app, const std::string& program);

}  // namespace cli
