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
    // Only deleting needs a device of its own.
    static fuzz::PanosDevice shared;
    if (action != "delete") {
        const auto before = shared.device().candidate();
        shared.call({{"type", "config"}, {"action", action}, {"xpath", xpath}});
        fuzz::promise(shared.device().candidate() == before, "reading changes nothing");
        return 0;
    }
    fuzz::PanosDevice own;
    const auto before = own.device().candidate();
    const std::string answer = own.call({{"type", "config"}, {"action", action}, {"xpath", xpath}});
    const bool deleted = answer.find("code=\"20\"") != std::string::npos;
    fuzz::promise(deleted != sim::panos::same_content(*before, *own.device().candidate()),
                  "what is deleted is gone, and what is refused stays");
    return 0;
}
