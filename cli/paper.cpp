#include "cli/paper.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <iostream>
#include <utility>
#include <vector>

namespace cli {

namespace {

struct Flag {
    std::string longest;             // "--config"
    std::vector<std::string> names;  // "-j", "--jobs"
    std::string value;               // "FILE"; empty for a flag
    std::string help;
};

struct Positional {
    std::string name;
    std::string help;
    bool required = false;
};

struct Command {
    std::string way;  // " fireeye send"; empty for the program itself
    std::string name;
    std::string help;
    std::vector<Flag> flags;
    std::vector<Positional> positionals;
    std::vector<const CLI::App*> below;
};

Command command_of(const CLI::App& app, const std::string& way) {
    Command command{way, app.get_name(), app.get_description(), {}, {}, {}};
    for (const CLI::Option* option : app.get_options(nullptr)) {
        if (option->get_group().empty()) {
            continue;  // hidden
        }
        if (option->get_positional()) {
            command.positionals.push_back(
                {option->get_single_name(), option->get_description(), option->get_required()});
            continue;
        }
        Flag flag;
        for (const std::string& name : option->get_snames()) {
            flag.names.push_back("-" + name);
        }
        for (const std::string& name : option->get_lnames()) {
            flag.names.push_back("--" + name);
        }
        if (flag.names.empty()) {
            continue;
        }
        flag.longest = flag.names.back();
        flag.value = option->get_items_expected_max() == 0 ? "" : option->get_type_name();
        flag.help = option->get_description();
        command.flags.push_back(std::move(flag));
    }
    for (const CLI::App* sub : app.get_subcommands(nullptr)) {
        if (!sub->get_group().empty()) {
            command.below.push_back(sub);
        }
    }
    return command;
}

/// Every command, each before those below it.
std::vector<Command> commands_of(const CLI::App& app) {
    std::vector<Command> all;
    const std::function<void(const CLI::App&, const std::string&)> visit = [&](const CLI::App& at,
                                                                               const std::string& way) {
        all.push_back(command_of(at, way));
        const std::vector<const CLI::App*> below = all.back().below;
        for (const CLI::App* sub : below) {
            visit(*sub, way + " " + sub->get_name());
        }
    };
    visit(app, "");
    return all;
}

std::string function_name(const std::string& program) {
    std::string name = "_" + program;
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}

/// For single quotes of a shell.
std::string quoted(const std::string& text) {
    std::string out;
    for (const char c : text) {
        out += c == '\'' ? std::string("'\\''") : std::string(1, c == '\n' ? ' ' : c);
    }
    return out;
}

/// For Markdown: what would be markup is not.
std::string plain(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '*' || c == '_' || c == '<' || c == '[' || c == '\\' || c == '`' || c == '~' || c == '^' || c == '$') {
            out += '\\';
        }
        out += c == '\n' ? ' ' : c;
    }
    return out;
}

/// The commands that have others below them, or stand below one, as patterns of `case`.
std::string ways_pattern(const std::vector<Command>& all) {
    std::string pattern;
    for (const Command& command : all) {
        if (!command.way.empty()) {
            pattern += fmt::format("{}'{}'", pattern.empty() ? "" : " | ", command.way);
        }
    }
    return pattern;
}

}  // namespace

std::string reference(const CLI::App& app, const std::string& program) {
    std::string out;
    for (const Command& command : commands_of(app)) {
        if (command.way.empty()) {
            continue;
        }
        if (!command.below.empty() && command.flags.size() <= 1) {
            continue;  // it only leads to others
        }
        std::string head = fmt::format("## {}{}", program, command.way);
        for (const Positional& positional : command.positionals) {
            head += positional.required ? fmt::format(" *{}*", plain(positional.name))
                                        : fmt::format(" \\[*{}*\\]", plain(positional.name));
        }
        out += fmt::format("{}\n\n{}.\n\n", head, plain(command.help));
        for (const Positional& positional : command.positionals) {
            out += fmt::format("*{}*\n:   {}\n\n", plain(positional.name), plain(positional.help));
        }
        for (const Flag& flag : command.flags) {
            std::string names;
            for (const std::string& name : flag.names) {
                names += fmt::format("{}**{}**", names.empty() ? "" : ", ", plain(name));
            }
            out += fmt::format("{}{}\n:   {}\n\n", names, flag.value.empty() ? "" : " *" + plain(flag.value) + "*",
                               plain(flag.help));
        }
    }
    return out;
}

std::string bash_completion(const CLI::App& app, const std::string& program) {
    const std::vector<Command> all = commands_of(app);
    const std::string function = function_name(program);
    std::string cases;
    for (const Command& command : all) {
        std::string options;
        for (const Flag& flag : command.flags) {
            options += " " + fmt::format("{}", fmt::join(flag.names, " "));
        }
        std::string below;
        for (const CLI::App* sub : command.below) {
            below += " " + sub->get_name();
        }
        cases += fmt::format("    '{}') options='{}' commands='{}' ;;\n", command.way,
                             options.empty() ? "" : options.substr(1), below.empty() ? "" : below.substr(1));
    }
    return fmt::format(
        R"(# bash completion for {0}, made from its command line
{1}() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} way='' options='' commands='' i
    for ((i = 1; i < COMP_CWORD; i++)); do
        case "$way ${{COMP_WORDS[i]}}" in
        {2}) way="$way ${{COMP_WORDS[i]}}" ;;
        esac
    done
    case "$way" in
{3}    esac
    COMPREPLY=()
    if [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
    elif [[ -n $commands ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$word")
    fi
}}
complete -o default -F {1} {0}
)",
        program, function, ways_pattern(all), cases);
}

std::string zsh_completion(const CLI::App& app, const std::string& program) {
    const std::vector<Command> all = commands_of(app);
    const auto described = [](const std::string& name, const std::string& help) {
        std::string escaped;
        for (const char c : name) {
            escaped += c == ':' ? std::string("\\:") : std::string(1, c);
        }
        return fmt::format(" '{}:{}'", escaped, quoted(help));
    };
    std::string cases;
    for (const Command& command : all) {
        std::string options;
        for (const Flag& flag : command.flags) {
            options += described(flag.longest, flag.help);
        }
        std::string below;
        for (const CLI::App* sub : command.below) {
            below += described(sub->get_name(), sub->get_description());
        }
        cases += fmt::format("        '{}') options=({} ) commands=({} ) ;;\n", command.way, options, below);
    }
    return fmt::format(
        R"(#compdef {0}
# zsh completion for {0}, made from its command line
{1}() {{
    local way='' word
    local -a options commands
    for word in ${{words[2,CURRENT-1]}}; do
        case "$way $word" in
        {2}) way="$way $word" ;;
        esac
    done
    case "$way" in
{3}    esac
    if [[ ${{words[CURRENT]}} == -* ]]; then
        _describe option options
    elif (( $#commands )); then
        _describe command commands
    else
        _files
    fi
}}
{1} "$@"
)",
        program, function_name(program), ways_pattern(all), cases);
}

std::string fish_completion(const CLI::App& app, const std::string& program) {
    std::string out = fmt::format("# fish completion for {}, made from its command line\n", program);
    for (const Command& command : commands_of(app)) {
        std::string condition = "__fish_use_subcommand";
        if (!command.way.empty()) {
            condition.clear();
            std::string way = command.way;
            for (std::size_t at = 0; (at = way.find(' ', at)) != std::string::npos; ++at) {
                const std::string word = way.substr(at + 1, way.find(' ', at + 1) - at - 1);
                condition += fmt::format("{}__fish_seen_subcommand_from {}", condition.empty() ? "" : "; and ", word);
            }
        }
        std::string below;
        for (const CLI::App* sub : command.below) {
            below += " " + sub->get_name();
        }
        const std::string before_below =
            command.way.empty() || below.empty()
                ? condition
                : fmt::format("{}; and not __fish_seen_subcommand_from{}", condition, below);
        for (const CLI::App* sub : command.below) {
            out += fmt::format("complete -c {} -n '{}' -f -a {} -d '{}'\n", program, before_below, sub->get_name(),
                               quoted(sub->get_description()));
        }
        for (const Flag& flag : command.flags) {
            std::string names;
            for (const std::string& name : flag.names) {
                names += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
            }
            out += fmt::format("complete -c {} -n '{}'{}{} -d '{}'\n", program, condition, names,
                               flag.value.empty() ? "" : " -r", quoted(flag.help));
        }
    }
    return out;
}

void add_paper_option(CLI::App& app, const std::string& program) {
    app.add_option_function<std::string>(
           "--paper",
           [&app, program](const std::string& form) {
               std::cout << (form == "bash"   ? bash_completion(app, program)
                             : form == "zsh"  ? zsh_completion(app, program)
                             : form == "fish" ? fish_completion(app, program)
                                              : reference(app, program));
               throw CLI::Success();
           },
           "")
        ->check(CLI::IsMember({"reference", "bash", "zsh", "fish"}))
        ->trigger_on_parse()
        ->group("");
}

}  // namespace cli
