#include "cli/paper.hpp"

#include <CLI/CLI.hpp>
#include <catch2/catch.hpp>
#include <cstdio>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>

namespace {

/// A program with a command, and one with commands below it.
struct Program {
    Program() {
        app.set_version_flag("--version", "1");
        CLI::App* run = app.add_subcommand("run", "Run it, and don't stop");
        run->add_option("--config", config, "Configuration file")->type_name("FILE");
        run->add_flag("-v,--verbose", verbose, "Say more");
        CLI::App* show = app.add_subcommand("show", "Show things");
        CLI::App* list = show->add_subcommand("list", "All: of them");
        list->add_option("NAME", name, "Which one")->required();
        list->add_option("--secret", config, "Nobody's business")->group("");
        cli::add_paper_option(app, "prog");
    }

    CLI::App app{"A program"};
    std::string config;
    std::string name;
    bool verbose = false;
};

/// What bash offers after these words; the last is the one that is being written.
std::string completed(const std::string& script, const std::string& words, int count) {
    const std::string command = script + "COMP_WORDS=(" + words + "); COMP_CWORD=" + std::to_string(count - 1) +
                                "; _prog; printf '%s ' \"${COMPREPLY[@]}\"";
    std::string quoted;
    for (const char c : command) {
        quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(("bash -c '" + quoted + "'").c_str(), "r"), &::pclose);
    REQUIRE(pipe);
    std::string out;
    for (int c = 0; (c = std::fgetc(pipe.get())) != EOF;) {
        out += static_cast<char>(c);
    }
    return out;
}

}  // namespace

TEST_CASE("the reference names every command, option and argument, but for hidden ones") {
    const Program program;
    const std::string text = cli::reference(program.app, "prog");
    CHECK_THAT(text, Catch::Contains("## prog run\n\nRun it, and don't stop.") &&
                         Catch::Contains("**--config** *FILE*\n:   Configuration file") &&
                         Catch::Contains("**-v**, **--verbose**\n:   Say more") &&
                         Catch::Contains("## prog show list *NAME*") && Catch::Contains("*NAME*\n:   Which one"));
    CHECK_THAT(text, !Catch::Contains("secret") && !Catch::Contains("--paper"));
}

TEST_CASE("bash completes commands, those below them, and options, and leaves file names to the shell") {
    const Program program;
    const std::string script = cli::bash_completion(program.app, "prog");
    CHECK(completed(script, "prog ''", 2) == "run show ");
    CHECK(completed(script, "prog r", 2) == "run ");
    CHECK(completed(script, "prog show ''", 3) == "list ");
    CHECK(completed(script, "prog run --", 3) == "--help --config --verbose ");
    CHECK(completed(script, "prog run --config x --v", 5) == "--verbose ");
    CHECK(completed(script, "prog run --config ''", 4) == " ");
    CHECK(completed(script, "prog show list --s", 4) == " ");
}

TEST_CASE("zsh and fish are told every command and option, with its help, quoted") {
    const Program program;
    const std::string zsh = cli::zsh_completion(program.app, "prog");
    CHECK_THAT(zsh, Catch::StartsWith("#compdef prog\n") && Catch::Contains(R"('run:Run it, and don'\''t stop')") &&
                        Catch::Contains("'--config:Configuration file'") && Catch::Contains("' show list') options="));
    const std::string fish = cli::fish_completion(program.app, "prog");
    CHECK_THAT(fish,
               Catch::Contains(R"(-n '__fish_use_subcommand' -f -a run -d 'Run it, and don'\''t stop')") &&
                   Catch::Contains("-n '__fish_seen_subcommand_from run' -l config -r -d 'Configuration file'") &&
                   Catch::Contains("-n '__fish_seen_subcommand_from show; and not __fish_seen_subcommand_from list' -f "
                                   "-a list") &&
                   Catch::Contains("__fish_seen_subcommand_from run' -s v -l verbose -d 'Say more'"));
}

TEST_CASE("a program asked for its paper needs no command") {
    Program program;
    std::ostringstream printed;
    std::streambuf* const before = std::cout.rdbuf(printed.rdbuf());
    CHECK_THROWS_AS(program.app.parse("--paper bash"), CLI::Success);
    std::cout.rdbuf(before);
    CHECK(printed.str() == cli::bash_completion(program.app, "prog"));
    CHECK_THROWS_AS(program.app.parse("--paper scroll"), CLI::ValidationError);
}
