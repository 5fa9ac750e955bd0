// Elements from clients. Shape of an input: a byte that chooses action and place, then the element.
#include <array>
#include <cstddef>
#include <cstdint>

#include "panos_device.hpp"

namespace {

struct Place {
    std::string_view action;
    std::string_view below_vsys;
};

constexpr std::array places{
    Place{"set", ""},
    Place{"set", "/address"},
    Place{"set", "/address/entry[@name='a']"},
    Place{"set", "/address-group"},
    Place{"set", "/address-group/entry[@name='g']/static"},
    Place{"set", "/rulebase/security/rules/entry[@name='r']"},
    Place{"edit", "/address/entry[@name='a']"},
    Place{"edit", "/address-group/entry[@name='g']"},
    Place{"edit", "/address-group/entry[@name='g']/static"},
    Place{"edit", "/rulebase/security/rules"},
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const Place& place = places[bytes[0] % places.size()];
    const std::string_view element(reinterpret_cast<const char*>(bytes) + 1, size - 1);
    const std::string xpath = "/config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='vsys1']" +
                              std::string(place.below_vsys);
    fuzz::PanosDevice firewall;
    const auto before = firewall.device().candidate();
    const std::string answer =
        firewall.call({{"type", "config"}, {"action", place.action}, {"xpath", xpath}, {"element", element}});
    if (answer.find("status=\"success\"") == std::string::npos) {
        fuzz::promise(sim::panos::same_content(*before, *firewall.device().candidate()),
                      "what is refused changes nothing");
        return 0;
    }
    const auto after = firewall.device().candidate();
    firewall.call({{"type", "config"}, {"action", "get"}, {"xpath", "/config"}});
    firewall.call({{"type", "commit"}, {"cmd", "<commit></commit>"}});
    firewall.let_jobs_end();
    const bool committed = firewall.device().pending().empty();
    fuzz::promise(sim::panos::same_content(committed ? *after : *before, *firewall.device().running()),
                  "a commit takes all of it or nothing");
    firewall.device().blocks("192.0.2.1");
    firewall.device().blocks("c.evil.test");
    firewall.call({{"type", "op"}, {"cmd", "<revert><config></config></revert>"}});
    fuzz::promise(sim::panos::same_content(*firewall.device().running(), *firewall.device().candidate()),
                  "a revert leaves the running configuration");
    return 0;
}
