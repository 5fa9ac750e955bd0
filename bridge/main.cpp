// firebreak-bridge: the daemon and its operator's commands. Only the command line is here.
#include <CLI/CLI.hpp>
#include <functional>
#include <iostream>

#include "bridge/operate/check.hpp"
#include "bridge/operate/client/client.hpp"
#include "bridge/operate/config/config.hpp"
#include "bridge/operate/daemon.hpp"
#include "bridge/operate/hash_password.hpp"
#include "bridge/operate/inspect.hpp"
#include "cli/paper.hpp"
#include "operator_command_line.hpp"
#include "version.hpp"

namespace {

using bridge::operate::Config;

constexpr auto to_ask = bridge::operate::ConfigUse::ask;

/// Loads the configuration and hands it on, or prints every complaint.
int with_config(const std::string& path, const std::function<int(Config)>& then,
                bridge::operate::ConfigUse use = bridge::operate::ConfigUse::run) {
    auto config = bridge::operate::load_config(path, use);
    if (!config) {
        std::cerr << config.error() << '\n';
        return 1;
    }
    return then(std::move(*config));
}

int inspect(const std::vector<std::string>& files, const std::string& config_path) {
    if (config_path.empty()) {
        return bridge::operate::inspect(files, {}, {}, std::cout);
    }
    return with_config(config_path, [&](const Config& config) {
        return bridge::operate::inspect(files, config.engine.policy, config.engine.reading, std::cout);
    });
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Blocks the attackers that FireEye appliances report on PAN-OS firewalls."};
    app.set_version_flag("--version", bridge::version);
    cli::add_paper_option(app, "firebreak-bridge");
    app.require_subcommand(1);
    std::string config_path = "bridge.yaml";
    std::function<int()> command;

    CLI::App* run = app.add_subcommand("run", "run the bridge");
    int ready_fd = -1;
    run->add_option("--config", config_path, "configuration file")->capture_default_str();
    run->add_option("--ready-fd", ready_fd, "file descriptor that gets one line of JSON when the bridge is ready");
    run->callback([&] {
        command = [&] {
            return with_config(config_path, [&](Config config) {
                return bridge::operate::run_daemon(std::move(config), bridge::version, ready_fd);
            });
        };
    });

    CLI::App* check = app.add_subcommand("check", "validate a configuration and try its targets, read-only");
    bool offline = false;
    check->add_option("FILE", config_path, "configuration file")->capture_default_str();
    check->add_flag("--offline", offline, "do not try the targets");
    check->callback([&] {
        command = [&] {
            return with_config(config_path, [&](const Config& config) {
                std::cout << config.file << ": ok\n";
                for (const std::string& caution : config.cautions) {
                    std::cout << "note: " << caution << '\n';
                }
                return offline ? 0 : bridge::operate::check_targets(config, std::cout);
            });
        };
    });

    CLI::App* inspect_command = app.add_subcommand("inspect", "show what would be extracted from payloads");
    std::vector<std::string> files;
    std::string inspect_config;
    inspect_command->add_option("FILE", files, "payload files")->required();
    inspect_command->add_option("--config", inspect_config, "apply this configuration's policy");
    inspect_command->callback([&] { command = [&] { return inspect(files, inspect_config); }; });

    CLI::App* hash_command = app.add_subcommand("hash-password",
                                                "turn a password on standard input into a line for "
                                                "intake.users.NAME.password_hash_file");
    hash_command->callback([&] { command = [] { return bridge::operate::hash_password(std::cout, std::cerr); }; });

    bool as_json = false;
    const auto add_page = [&](const char* name, const char* help, bridge::operate::Page page) {
        CLI::App* sub = app.add_subcommand(name, help);
        sub->add_option("--config", config_path, "configuration file of the running bridge")->capture_default_str();
        sub->add_flag("--json", as_json, "as JSON");
        sub->callback([&, page] {
            command = [&, page] {
                return with_config(
                    config_path,
                    [&, page](const Config& config) {
                        return bridge::operate::show(config, page, as_json, std::cout, std::cerr);
                    },
                    to_ask);
            };
        });
    };
    add_page("status", "targets, alerts and notifications of the running bridge", bridge::operate::Page::status);
    add_page("alerts", "the newest alerts of the running bridge", bridge::operate::Page::alerts);

    bridge::add_operator_commands({app, config_path, command});

    CLI::App* reload = app.add_subcommand("reload", "let the running bridge read its configuration anew");
    reload->add_option("--config", config_path, "configuration file of the running bridge")->capture_default_str();
    reload->callback([&] {
        command = [&] {
            return with_config(
                config_path, [](const Config& config) { return bridge::operate::reload(config, std::cout, std::cerr); },
                to_ask);
        };
    });

    CLI::App* export_command = app.add_subcommand("export", "turn an accepted notification into a scenario, scrubbed");
    std::string alert;
    std::string folder = ".";
    bool keep_names = false;
    export_command->add_option("ALERT", alert, "number that `alerts` shows, an alert id, a uuid or an identity")
        ->required();
    export_command->add_option("--config", config_path, "configuration file of the running bridge")
        ->capture_default_str();
    export_command->add_option("--out", folder, "folder for the scenario and its payload")->capture_default_str();
    export_command->add_flag("--keep-names", keep_names,
                             "leave addresses and names as they are; tokens and passwords are replaced all the same");
    export_command->callback([&] {
        command = [&] {
            return with_config(
                config_path,
                [&](const Config& config) {
                    return bridge::operate::export_alert(config, alert, folder, keep_names, std::cout, std::cerr);
                },
                bridge::operate::ConfigUse::rules);
        };
    });

    CLI11_PARSE(app, argc, argv);
    return command();
}
