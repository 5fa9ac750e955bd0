// The command line. CLI11 stays in this file.
#include "sim/lab/cli.hpp"

#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>
#include <thread>

#include "cli/paper.hpp"

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

void add_crash_matrix(CLI::App& app, CrashMatrixCommand& command) {
    CLI::App* matrix = app.add_subcommand(
        "crash-matrix", "Play scenarios with the bridge killed at each durable step, and look that nothing is lost");
    MatrixOptions& options = command.options;
    matrix->add_option("paths", options.run.paths, "Scenario files, and folders of them")
        ->required()
        ->type_name("PATH");
    matrix->add_option("-j,--jobs", options.run.jobs, "Stories at a time")->check(CLI::Range(1, 256));
    matrix->add_option("--tag", options.run.tags, "Only those with this tag (repeat for more)");
    matrix->add_option("--name", options.run.name_glob, "Only those whose title or folder/name matches")
        ->type_name("GLOB");
    matrix->add_option("--seed", options.run.seed, "Of what survives on the disk: same seed, same sectors");
    matrix->add_option("--step", options.step, "Only the death at this step");
    matrix->add_flag("--twice", options.twice, "The bridge dies again soon after it came back");
    matrix->add_flag("--lying-disk", options.disk_lies, "No sync does anything: alerts must get lost");
    matrix->add_flag("--first", options.first_only, "End at the first that fails");
    matrix
        ->add_option("--bridge", options.run.bridge,
                     "A firebreak-bridge-crash; else $FIREBREAK_BRIDGE, else the one beside this program")
        ->type_name("FILE");
    matrix->add_flag("--keep", options.run.keep, "Leave the directories of those that fail, and print them");
}

void add_panos(CLI::App& app, PanosCommand& command) {
    CLI::App* panos = app.add_subcommand("panos", "Be a PAN-OS firewall");
    panos->add_option("--listen", command.listen, "Address and port of the API")->capture_default_str();
    panos->add_option("--control", command.control, "Address and port of the control API")->capture_default_str();
    panos->add_option("--user", command.users, "NAME:PASSWORD[:ROLE] of an administrator (repeat for more)");
    panos->add_option("--version", command.version, "PAN-OS version")->capture_default_str();
    panos->add_option("--model", command.model, "Model")->capture_default_str();
    panos->add_option("--commit-time", command.commit_time, "How long a commit runs (default: the model's time)");
    panos->add_option("--call-time", command.call_time,
                      "Model the load of API calls, each of this time (default: off)");
    panos->add_option("--state", command.state, "Keep the device's state in this directory, and go on from it")
        ->type_name("DIR");
    panos->add_option("--load", command.load, "Running configuration to start from")->type_name("FILE");
    panos->add_option("--prepare", command.prepare, "Make this address group and the rules that deny it")
        ->type_name("GROUP");
    panos->add_flag("--panorama", command.panorama, "Be a Panorama: --model Panorama");
    panos->add_flag("--plain", command.plain, "HTTP instead of HTTPS");
    CLI::Option* fleet =
        panos
            ->add_option(
                "--fleet", command.fleet,
                "Be the devices of this YAML file: Panorama, firewalls, HA pairs (with --plain, and nothing else)")
            ->type_name("FILE");
    for (const char* alone : {"--listen", "--control", "--user", "--version", "--model", "--commit-time", "--load",
                              "--prepare", "--panorama"}) {
        fleet->excludes(panos->get_option(alone));  // each device of the file has its own
    }
}

void add_alert(CLI::App& verb, FireeyeCommand& command) {
    verb.add_option("--product", command.product, "nx, ex, fx, ax, cm, hx")->capture_default_str();
    verb.add_option("--version", command.version, "Release; else 9.0, of an HX 5.0");
    verb.add_option("--format", command.format,
                    "xml, json, json-legacy, text or rest, with -concise, -normal or -extended; else xml-normal, of an "
                    "HX json-normal");
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
    verb.add_option("--incident", command.incidents, "A file of incidents, instead of --attacker")->type_name("FILE");
    verb.add_flag("--test-fire", command.test_fire, "The vendor's synthetic alert of the type, instead of --attacker");
    verb.add_flag("--dual", command.dual, "An ips-event when detected, and again when confirmed");
    verb.add_flag("--backlog", command.backlog,
                  "What waited in the appliance's queue: the newest alert goes out first");
    verb.add_option("--via", command.via, "Host name of a CM that reports the same alerts too");
    verb.add_option("--via-version", command.via_version, "Release of that CM; else the appliance's");
    verb.add_option("--via-format", command.via_format, "Format of that CM; else the appliance's");
    verb.add_option("--resend", command.resend, "How often more each notification is sent, byte for byte the same")
        ->check(CLI::Range(0, 1000));
    verb.add_option("--file", command.file, "This payload, byte for byte unless told otherwise")->type_name("FILE");
    verb.add_option("--replace", command.replace, "In the file, an address or name as a whole word (repeat for more)")
        ->type_name("OLD=NEW");
    verb.add_flag("--now", command.now, "Move the file's times so that its newest alert occurred now");
    verb.add_flag("--new-ids", command.new_ids, "Give the file's alerts new ids and uuids");
}

CLI::App* add_fireeye(CLI::App& app, FireeyeCommand& command, FireeyeListCommand& list_command) {
    CLI::App* fireeye = app.add_subcommand("fireeye", "Be a FireEye appliance");
    fireeye->require_subcommand(1);
    CLI::App* send = fireeye->add_subcommand("send", "Send notifications");
    add_alert(*send, command);
    send->add_option("--to", command.to, "URL of the receiver")->required()->type_name("URL");
    send->add_option("--user", command.user, "NAME:PASSWORD or NAME:@FILE for basic authentication");
    send->add_option("--ca", command.ca, "CA that signed the receiver's certificate")->type_name("FILE");
    send->add_flag("--insecure", command.insecure, "Do not verify the receiver's certificate");
    send->add_option("--rate", command.rate, "Alerts per second, as 500/s");
    send->add_option("--content-type", command.content_type, "Instead of the one that belongs to the body");
    send->add_option("--fault", command.fault,
                     "cut:BYTES, slow:2KiB/s, slow:100/250ms, chunked, bom, no-expect, wrong-password, "
                     "content-type:TEXT, raw-newline");
    CLI::App* render = fireeye->add_subcommand("render", "Print what would be sent");
    add_alert(*render, command);
    CLI::App* list =
        fireeye->add_subcommand("list", "Products, versions, formats and alert types, and how sure each is");
    list->add_option("--product", list_command.product, "Only this product");
    list->add_option("--version", list_command.version, "Only this release");
    list->add_option("--format", list_command.format, "Only this format, or formats that begin so, as json");
    list->add_option("--type", list_command.type, "Only this alert type");
    list->add_option("--certainty", list_command.certainty, "Only these: real, documented, inferred")
        ->check(CLI::IsMember({"real", "documented", "inferred"}));
    list->add_flag("--json", list_command.json, "One JSON object a line");
    return fireeye;
}

void add_import(CLI::App& app, ImportCommand& command) {
    CLI::App* import = app.add_subcommand("import", "Make scenarios of notifications that were recorded, scrubbed");
    import->add_option("files", command.files, "HAR, raw HTTP, pcap or pcapng, or bare payloads")
        ->required()
        ->type_name("FILE");
    import->add_option("--out", command.out, "Folder for scenarios and payloads")
        ->type_name("DIR")
        ->capture_default_str();
    import->add_option("--kind", command.kind, "har, http, pcap or payload; else by what is in the file");
    import->add_option("--config", command.config, "The bridge.yaml whose rules decide what is expected")
        ->type_name("FILE");
    import->add_flag("--no-scrub", command.no_scrub, "Leave addresses, names and secrets as they are");
}

int dispatch(const CLI::App& app, const CLI::App& fireeye, RunCommand run, const std::vector<std::string>& check,
             const PanosCommand& panos, const FireeyeCommand& alert, const FireeyeListCommand& list,
             const ImportCommand& import, CrashMatrixCommand matrix) {
    if (app.got_subcommand("crash-matrix")) {
        return crash_matrix_command(std::move(matrix));
    }
    if (app.got_subcommand("import")) {
        return import_command(import);
    }
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
    return fireeye.got_subcommand("render") ? fireeye_render_command(alert) : fireeye_list_command(list);
}

}  // namespace

int command_line(int argc, char** argv, const std::vector<ForeignCommand>& foreign) {
    CLI::App app{"Mock FireEye appliances, mock PAN-OS firewalls, and a runner of scenarios between them",
                 "firebreak-lab"};
    app.set_version_flag("--version", std::string("firebreak-lab ") + FIREBREAK_VERSION);
    cli::add_paper_option(app, "firebreak-lab");
    app.require_subcommand(1);
    RunCommand run;
    run.options.jobs = std::max(1U, std::thread::hardware_concurrency());
    std::vector<std::string> check;
    CrashMatrixCommand matrix;
    matrix.options.run.jobs = 6 * run.options.jobs;  // they mostly wait
    PanosCommand panos;
    FireeyeCommand alert;
    FireeyeListCommand list;
    add_run(app, run);
    add_crash_matrix(app, matrix);
    app.add_subcommand("check", "Validate scenario files")
        ->add_option("files", check, "Scenario files, and folders of them")
        ->required()
        ->type_name("FILE");
    add_panos(app, panos);
    ImportCommand import;
    add_import(app, import);
    const CLI::App* fireeye = add_fireeye(app, alert, list);
    std::vector<std::function<int()>> foreign_runs;
    for (const ForeignCommand& command : foreign) {
        foreign_runs.push_back(command.add(app));
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const int code = app.exit(error);
        return code == 0 ? ok : unusable;
    }
    try {
        for (std::size_t i = 0; i < foreign.size(); ++i) {
            if (app.got_subcommand(foreign[i].name)) {
                return foreign_runs[i]();
            }
        }
        return dispatch(app, *fireeye, std::move(run), check, panos, alert, list, import, std::move(matrix));
    } catch (const std::exception& error) {
        std::cerr << "firebreak-lab: " << error.what() << '\n';
        return unusable;
    }
}

}  // namespace sim::lab
