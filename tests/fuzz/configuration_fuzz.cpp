// bridge.yaml: whatever the bytes, they end in a configuration or in complaints that an operator can find his way by.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "bridge/operate/config/config.hpp"

namespace {

using bridge::operate::ConfigUse;

constexpr std::string_view file = "fuzz.yaml";

void promise(bool kept, const char* which) {
    if (!kept) {
        std::fprintf(stderr, "broken promise: %s\n", which);
        std::abort();
    }
}

// Rules alone: a fuzzer that may name files to read finds /dev/zero.
void check(std::string_view text, ConfigUse use) {
    const auto config = bridge::operate::read_config(text, std::string(file), use);
    if (config) {
        promise(config->file == file, "a configuration knows its file");
        return;
    }
    const std::string& complaints = config.error();
    promise(!complaints.empty(), "a refusal says why");
    promise(complaints.compare(0, file.size(), file) == 0, "a complaint begins with the file");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    check(text, ConfigUse::rules);
    check(text, ConfigUse::ask);
    return 0;
}
