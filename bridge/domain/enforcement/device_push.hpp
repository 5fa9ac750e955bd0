// Which firewalls behind a Panorama have taken what its running configuration says of our blocks, and which still owe
// it. A push carries all that the Panorama's running configuration has for a firewall, colleagues' commits too; so a
// firewall that is merely out of step gets none from us as long as it lacks nothing of ours.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bridge/domain/enforcement/enforcer.hpp"

namespace bridge::domain {

class DevicePush {
public:
    /// Our part of the Panorama's running configuration has changed: every firewall owes it.
    void owe_all();
    /// What has come or gone since the last time, in words.
    std::vector<std::string> see(const DevicesSeen& seen);

    /// A connected firewall that is out of step, of which it is not known whether it lacks anything of ours.
    std::optional<std::string> unknown() const;
    void looked_into(const std::string& serial, bool lacks_ours);

    /// Those to push to: connected, and owing.
    std::vector<Receiver> due() const;
    void started();  // a push to all that are due
    /// Firewalls whose part is over.
    void take(const std::vector<PushSeen::Device>& results, std::vector<std::string>& news,
              std::vector<std::string>& failures);
    bool pending() const;
    /// What is still pending is not going to come.
    void give_up(const std::string& why);

    /// Every connected firewall has all of ours, and there is one.
    bool settled() const;
    /// Somebody owes: a failed or a disconnected one.
    bool owed() const;
    /// Who lacks our changes and why, in words; empty when nobody does.
    std::string lacking() const;
    std::vector<DeviceState> states() const;

private:
    enum class Debt { unknown, none, owes };
    struct Device {
        std::string name;
        std::vector<std::string> device_groups;  // several when its virtual systems are in different ones
        bool connected = false;
        bool in_sync = false;
        Debt debt = Debt::unknown;
        bool pushing = false;
        std::string failure;
    };

    std::string called(const std::string& serial, const Device& device) const;

    std::map<std::string, Device> devices_;  // by serial number
    bool seen_ = false;
};

}  // namespace bridge::domain
