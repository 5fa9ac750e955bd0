// The corpus: for each cell of the mock appliance's matrix a payload, what `inspect` says of it, and a scenario, as
// files under scenarios/corpus. Made from the matrix, so that they can be made again.
#pragma once

#include <string>

#include "sim/fireeye/matrix.hpp"

namespace corpus {

/// Paths are relative to scenarios/corpus.
struct Files {
    std::string payload_path;  // "nx-8.2/xml-normal.malware-object.xml"
    std::string payload;
    std::string inspect_path;
    std::string inspect;
    std::string scenario_path;
    std::string scenario;
};

/// What the corpus must hold for a cell. The scenario's expectations come from the mock's own reading of the reference
/// (sim::fireeye::findings), the lines of `inspect` from the bridge.
Files files_of(const sim::fireeye::Cell& cell);

}  // namespace corpus
