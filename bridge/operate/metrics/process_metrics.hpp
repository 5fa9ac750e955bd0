// The process's own figures under the names that every Prometheus client library gives them, from /proc (proc(5)).
#pragma once

#include <string>
#include <vector>

namespace bridge::operate {

struct ProcessFigure {
    const char* name;
    const char* help;
    double value = 0;
    bool counts = false;
};

/// Those that can be read; without /proc none.
std::vector<ProcessFigure> process_figures();

}  // namespace bridge::operate
