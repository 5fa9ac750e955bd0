// XPaths from clients. Shape of an input: a byte that chooses the action, then the xpath.
#include <array>
#include <cstddef>
#include <cstdint>

#include "panos_device.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    static constexpr std::array<std::string_view, 4> actions{"get", "show", "complete", "delete"};
    const std::string_view action = actions[bytes[0] % actions.size()];
    const std::string_view xpath(reinterpret_cast<const char*>(bytes) + 1, size - 1);
    fuzz::PanosDevice firewall;
    const auto before = firewall.device().candidate();
    const std::string answer = firewall.call({{"type", "config"}, {"action", action}, {"xpath", xpath}});
    if (action != "delete") {
        fuzz::promise(firewall.device().candidate() == before, "reading changes nothing");
        return 0;
    }
    const bool deleted = answer.find("code=\"20\"") != std::string::npos;
    fuzz::promise(deleted != sim::panos::same_content(*before, *firewall.device().candidate()),
                  "what is deleted is gone, and what is refused stays");
    return 0;
}
