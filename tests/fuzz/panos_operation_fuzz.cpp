// Documents of operational commands, commits and User-ID messages. Shape of an input: a byte that chooses which, then
// the document.
#include <array>
#include <cstddef>
#include <cstdint>

#include "panos_device.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    static constexpr std::array<std::string_view, 3> types{"op", "commit", "user-id"};
    const std::string_view document(reinterpret_cast<const char*>(bytes) + 1, size - 1);
    fuzz::PanosDevice firewall;
    const auto running = firewall.device().running();
    firewall.call({{"type", types[bytes[0] % types.size()]}, {"cmd", document}});
    firewall.let_jobs_end();
    fuzz::promise(sim::panos::same_content(*running, *firewall.device().running()),
                  "without a change to commit, the running configuration stays");
    fuzz::promise(firewall.device().blocks("192.0.2.1"), "what was blocked stays blocked");
    return 0;
}
