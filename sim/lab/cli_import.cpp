// firebreak-lab import
#include <fmt/format.h>

#include <iostream>

#include "bridge/operate/config/config.hpp"
#include "sim/lab/capture/import.hpp"
#include "sim/lab/cli.hpp"

namespace sim::lab {

int import_command(const ImportCommand& command) {
    const auto kind = capture_kind_named(command.kind);
    if (!command.kind.empty() && !kind) {
        std::cerr << fmt::format("firebreak-lab: '{}' is no kind of recording; it is one of har, http, pcap, payload\n",
                                 command.kind);
        return unusable;
    }
    bridge::reproduction::Rules rules;
    if (!command.config.empty()) {
        auto config = bridge::operate::load_config(command.config);
        if (!config) {
            std::cerr << config.error() << '\n';
            return unusable;
        }
        rules = {std::move(config->engine.policy), std::move(config->engine.reading)};
    }
    const auto scrubbing =
        command.no_scrub ? bridge::reproduction::Scrubbing::nothing : bridge::reproduction::Scrubbing::everything;
    const Imported imported = import_captures(command.files, kind, rules, scrubbing);
    for (const Unusable& one : imported.unusable) {
        std::cerr << fmt::format("{}: {}\n", one.place, one.reason);
    }
    if (imported.reproductions.empty()) {
        std::cerr << "firebreak-lab: there is no notification in it that could be used\n";
        return not_ok;
    }
    if (const auto saved = bridge::reproduction::save(imported.reproductions, command.out); !saved) {
        std::cerr << "firebreak-lab: " << saved.error() << '\n';
        return unusable;
    }
    for (const bridge::reproduction::Reproduction& one : imported.reproductions) {
        std::cout << fmt::format("{0}/{1}\n{0}/{2}\n", command.out, one.scenario_file, one.payload_file);
        for (const std::string& note : one.notes) {
            std::cerr << fmt::format("{}: note: {}\n", one.scenario_file, note);
        }
    }
    if (command.no_scrub) {
        std::cerr << "firebreak-lab: note: nothing was scrubbed; addresses, names and secrets are the originals\n";
    }
    return ok;
}

}  // namespace sim::lab
