// A .tgz as devices export their state: the files in a tar, in gzip.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
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

/// The plain files of such an archive. Errors: not gzip, damaged, cut short, or more than 64 MiB when unpacked.
tl::expected<std::vector<ArchivedFile>, std::string> untgz(std::string_view archive);

}  // namespace sim::panos
