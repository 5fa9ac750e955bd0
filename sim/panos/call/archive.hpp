// A .tgz as devices export their state: the files in a tar, in gzip without compression.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/panos/tree/node.hpp"

namespace sim::panos {

struct ArchivedFile {
    std::string name;  // at most 100 bytes
    std::string content;
};

/// The archive's bytes, the same for the same files and time.
std::string tgz(const std::vector<ArchivedFile>& files, Instant at);

}  // namespace sim::panos
