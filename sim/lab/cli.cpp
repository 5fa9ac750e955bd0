// The command line. CLI11 stays in this file.
#include "sim/lab/cli.hpp"

#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>
#include <thread>

namespace sim::lab {

namespace {

void add_run(CLI::App& app, RunCommand& command) {
    CLI::App* run = app.add_subcommand("run", "Play scenarios against the real bridge");
    RunOptions& options = command.options;
    run->add_option("paths", options.paths, "Scenario files, and folders of them")->required()->type_name("PATH");
    run->add_option("-j,--jobs", options.jobs, "Scenarios at a time")->check(CLI::Range(1, 256));
    run->add_option("--tag", options.tags, "Only those with this tag (repeat for more)");
    run->add_option("--name", options.name_glob, "Only those whose title or folder/name matches")->type_name("GLOB");
    run->add_option("--seed", options.seed, "Of everything that is drawn: same seed, same story");
    run->add_option("--junit", command.junit_file, "Write a JUnit XML report")->type_name("FILE");
    run->add_option("--json", command.json_file, "Write a JSON report")->type_name("FILE");
    run->add_option("--journal", command.journal_folder, "Write each scenario's timeline into this folder")
        ->type_name("DIR");
    run->add_option("--bridge", options.bridge,
                    "The bridge under test; else $FIREBREAK_BRIDGE, else firebreak-bridge beside this program")
        ->type_name("FILE");
    run->add_flag("--keep", options.keep, "Leave each scenario's directory, and print it");
    run->add_flag("--virtual", options.virtual_world, "Play in one process and in virtual time");
}

void add_panos(CLI::App& app, PanosCommand& command) {
    CLI::App* panos = app.add_subcommand("panos", "Be a PAN-OS firewall");
    panos->add_option("--listen", command.listen, "Address and port of the API")->capture_default_str();
    panos->add_option("--control", command.control, "Address and port of the control API")->capture_default_str();
    panos->add_option("--user", command.users, "NAME:PASSWORD of an administrator (repeat for more)");
    panos->add_option("--version", command.version, "PAN-OS version")->capture_default_str();
    panos->add_option("--model", command.model, "Model")->capture_default_str();
    panos->add_option("--commit-time", command.commit_time, "How long a commit runs")->capture_default_str();
    panos->add_option("--load", command.load, "Running configuration to start from")->type_name("FILE");
    panos->add_option("--prepare", command.prepare, "Make this address group and the rules that deny it")
        ->type_name("GROUP");
    panos->add_flag("--plain", command.plain, "HTTP instead of HTTPS");
}

void add_alert(CLI::App& verb, FireeyeCommand& command) {
    verb.add_option("--product", command.product, "nx, ex, fx, ax, cm")->capture_default_str();
    verb.add_option("--version", command.version, "Release")->capture_default_str();
    verb.add_option("--format", command.format, "Notification format and level")->capture_default_str();
    verb.add_option("--type", command.type, "Alert type")->capture_default_str();
    verb.add_option("--attacker", command.attackers, "Address or domain name; 203.0.113.{1..9} expands");
    verb.add_option("--victim", command.victim, "Address inside")->capture_default_str();
    verb.add_option("--severity", command.severity, "minr, majr, crit")->capture_default_str();
    verb.add_option("--malware", command.malware, "Name of the malware");
    verb.add_option("--id", command.id, "Alert id; else each alert gets a new one");
    verb.add_option("--name", command.name, "Host name of the appliance")->capture_default_str();
    verb.add_option("--seed", command.seed, "Of the alert ids")->capture_default_str();
    verb.add_option("--count", command.count, "How many alerts")->check(CLI::Range(1, 1'000'000));
    verb.add_option("--alerts-per-body", command.alerts_per_body, "Alerts that share a notification")
        ->check(CLI::Range(1, 100'000));
}

CLI::App* add_fireeye(CLI::App& app, FireeyeCommand& command) {
    CLI::App* fireeye = app.add_subcommand("fireeye", "Be a FireEye appliance");
    fireeye->require_subcommand(1);
    CLI::App* send = fireeye->add_subcommand("send", "Send notifications");
    add_alert(*send, command);
    send->add_option("--to", command.to, "URL of the receiver")->required()->type_name("URL");
    send->add_option("--file", command.file, "Post this payload byte for byte")->type_name("FILE");
    send->add_option("--user", command.user, "NAME:PASSWORD or NAME:@FILE for basic authentication");
    send->add_option("--ca", command.ca, "CA that signed the receiver's certificate")->type_name("FILE");
    send->add_flag("--insecure", command.insecure, "Do not verify the receiver's certificate");
    send->add_option("--rate", command.rate, "Alerts per second, as 500/s");
    CLI::App* render = fireeye->add_subcommand("render", "Print what would be sent");
    add_alert(*render, command);
    fireeye->add_subcommand("list", "Products, versions, formats and alert types");
    return fireeye;
}

int dispatch(const CLI::App& app, const CLI::App& fireeye, RunCommand run, const std::vector<std::string>& check,
             const PanosCommand& panos, const FireeyeCommand& alert) {
    if (app.got_subcommand("run")) {
        return run_command(std::move(run));
    }
    if (app.got_subcommand("check")) {
        return check_command(check);
    }
    if (app.got_subcommand("panos")) {
        return panos_command(panos);
    }
    if (fireeye.got_subcommand("send")) {
        return fireeye_send_command(alert);
    }
    return fireeye.got_subcommand("render") ? fireeye_render_command(alert) : fireeye_list_command();
}

}  // namespace

int command_line(int argc, char** argv) {
    CLI::App app{"Mock FireEye appliances, mock PAN-OS firewalls, and a runner of scenarios between them",
                 "firebreak-lab"};
    app.set_version_flag("--version", std::string("firebreak-lab ") + FIREBREAK_VERSION);
    app.require_subcommand(1);
    RunCommand run;
    run.options.jobs = std::max(1U, std::thread::hardware_concurrency());
    std::vector<std::string> check;
    PanosCommand panos;
    FireeyeCommand alert;
    add_run(app, run);
    app.add_subcommand("check", "Validate scenario files")
        ->add_option("files", check, "Scenario files, and folders of them")
        ->required()
        ->type_name("FILE");
    add_panos(app, panos);
    const CLI::App* fireeye = add_fireeye(app, alert);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const int code = app.exit(error);
        return code == 0 ? ok : unusable;
    }
    try {
        return dispatch(app, *fireeye, std::move(run), check, panos, alert);
    } catch (const std::exception& error) {
        std::cerr << "firebreak-lab: " << error.what() << '\n';
        return unusable;
    }
}

}  // namespace sim::lab
