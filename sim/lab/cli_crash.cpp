// firebreak-lab crash-matrix
#include <fmt/format.h>

#include <iostream>

#include "sim/lab/cli.hpp"
#include "sim/lab/play/crash_matrix.hpp"
#include "sim/lab/signals.hpp"

namespace sim::lab {

int crash_matrix_command(CrashMatrixCommand command) {
    const StopOnSignal signals;
    MatrixOptions& options = command.options;
    const auto files = find_scenarios(options.run.paths);
    if (!files) {
        std::cerr << "firebreak-lab: " << files.error() << '\n';
        return unusable;
    }
    const auto bridge = find_bridge(options.run.bridge, "firebreak-bridge-crash");
    if (!bridge) {
        std::cerr << "firebreak-lab: " << bridge.error() << '\n';
        return unusable;
    }
    options.run.bridge = *bridge;
    std::cout << fmt::format("seed {}\n", options.run.seed) << std::flush;
    const MatrixSummary summary = run_matrix(
        *files, options, signals.token(),
        [&](const Cell& cell) { std::cout << told_on_terminal(cell, options) << std::flush; },
        [](const Row& row) { std::cout << told_on_terminal(row) << std::flush; });
    std::uint64_t cells = 0;
    for (const Row& row : summary.rows) {
        cells += row.survived + row.failed + row.not_reached;
    }
    std::cout << fmt::format("{} deaths in {} scenarios, {} failed{} in {:.1f} s\n", cells, summary.rows.size(),
                             summary.failed(), summary.interrupted ? ", interrupted" : "",
                             static_cast<double>(summary.took.count()) / 1000.0);
    if (summary.rows.empty() || summary.interrupted) {
        std::cerr << (summary.rows.empty() ? "firebreak-lab: no scenario has that name or tag\n" : "");
        return unusable;
    }
    return summary.failed() == 0 ? ok : not_ok;
}

}  // namespace sim::lab
