#include "sim/panos/configuration/model.hpp"

#include <algorithm>
#include <array>

namespace sim::panos {
namespace {

// Observed: the limits of PA-VM (puppetlabs recording of an 8.1 VM-300), names and families of PA-VM and Panorama
// (recordings). Documented: registered addresses. Everything else is assumed: from the data sheets' order of magnitude.
struct Size {
    std::size_t addresses, groups, rules, services, registered, list_addresses;
};

constexpr Limits limits(const Size& size) {
    Limits made;
    made.addresses = size.addresses;
    made.groups = size.groups;
    made.rules = size.rules;
    made.services = size.services;
    made.registered_addresses = size.registered;
    made.list_addresses = size.list_addresses;
    return made;
}

constexpr Limits branch(std::size_t registered, std::size_t list_addresses = 50'000) {
    return limits({2'500, 125, 500, 1'000, registered, list_addresses});
}
constexpr Limits office(std::size_t registered) {
    return limits({5'000, 500, 1'500, 1'000, registered, 50'000});
}
constexpr Limits campus(std::size_t registered) {
    return limits({10'000, 1'000, 5'000, 2'000, registered, 50'000});
}
constexpr Limits centre(std::size_t registered) {
    return limits({160'000, 40'000, 65'000, 12'000, registered, 150'000});
}
constexpr Limits machine(std::size_t rules, std::size_t registered, std::size_t list_addresses = 50'000) {
    return limits({10'000, 1'000, rules, 2'000, registered, list_addresses});
}

constexpr std::array table{
    Model{"PA-220", "PA-220", "220", "", branch(1'000), 1, 1, 64'000, 1, 120, 480},
    Model{"PA-220R", "PA-220R", "220", "", branch(1'000), 1, 1, 64'000, 1, 120, 480},
    Model{"PA-410", "PA-410", "400", "", branch(1'000), 1, 1, 64'000, 2, 60, 360},
    Model{"PA-440", "PA-440", "400", "", office(50'000), 1, 2, 200'000, 2, 50, 330},
    Model{"PA-450", "PA-450", "400", "", office(100'000), 1, 5, 300'000, 2, 45, 330},
    Model{"PA-460", "PA-460", "400", "", office(100'000), 1, 5, 400'000, 2, 40, 330},
    Model{"PA-820", "PA-820", "800", "", office(1'000), 1, 1, 128'000, 2, 90, 480},
    Model{"PA-850", "PA-850", "800", "", office(2'500), 1, 1, 192'000, 2, 80, 480},
    Model{"PA-1410", "PA-1410", "1400", "", campus(100'000), 1, 6, 945'000, 2, 40, 330},
    Model{"PA-1420", "PA-1420", "1400", "", campus(100'000), 1, 6, 1'400'000, 2, 40, 330},
    Model{"PA-3220", "PA-3220", "3200", "", campus(200'000), 1, 6, 1'000'000, 4, 40, 360},
    Model{"PA-3250", "PA-3250", "3200", "", campus(200'000), 1, 6, 2'000'000, 4, 40, 360},
    Model{"PA-3260", "PA-3260", "3200", "", campus(200'000), 1, 6, 3'000'000, 4, 40, 360},
    Model{"PA-3410", "PA-3410", "3400", "", campus(150'000), 1, 11, 1'400'000, 4, 30, 330},
    Model{"PA-3420", "PA-3420", "3400", "", campus(150'000), 1, 11, 2'200'000, 4, 30, 330},
    Model{"PA-3430", "PA-3430", "3400", "", campus(200'000), 1, 11, 2'500'000, 4, 30, 330},
    Model{"PA-3440", "PA-3440", "3400", "", campus(200'000), 1, 11, 3'000'000, 4, 30, 330},
    Model{"PA-5220", "PA-5220", "5200", "", centre(500'000), 10, 20, 4'000'000, 8, 40, 420},
    Model{"PA-5250", "PA-5250", "5200", "", centre(500'000), 25, 125, 8'000'000, 8, 40, 420},
    Model{"PA-5260", "PA-5260", "5200", "", centre(500'000), 25, 225, 32'000'000, 8, 40, 420},
    Model{"PA-5280", "PA-5280", "5200", "", centre(500'000), 25, 225, 64'000'000, 8, 40, 420},
    Model{"PA-5410", "PA-5410", "5400", "", centre(500'000), 10, 35, 5'500'000, 8, 30, 400},
    Model{"PA-5420", "PA-5420", "5400", "", centre(500'000), 15, 65, 7'000'000, 8, 30, 400},
    Model{"PA-5430", "PA-5430", "5400", "", centre(500'000), 25, 125, 9'000'000, 8, 30, 400},
    Model{"PA-5440", "PA-5440", "5400", "", centre(500'000), 25, 225, 20'000'000, 8, 30, 400},
    Model{"PA-5450", "PA-5450", "5450", "", centre(100'000), 25, 225, 100'000'000, 8, 60, 600},
    Model{"PA-7050", "PA-7050", "7000", "", centre(100'000), 25, 225, 245'000'000, 8, 90, 900},
    Model{"PA-7080", "PA-7080", "7000", "", centre(100'000), 25, 225, 416'000'000, 8, 90, 900},
    Model{"PA-VM", "PA-VM", "vm", "VM-300", machine(10'000, 200'000), 1, 2, 819'202, 2, 20, 240},
    Model{"VM-50", "PA-VM", "vm", "VM-50", branch(1'000), 1, 1, 50'000, 1, 40, 300},
    Model{"VM-100", "PA-VM", "vm", "VM-100", machine(1'500, 2'500), 1, 1, 250'000, 2, 30, 240},
    Model{"VM-300", "PA-VM", "vm", "VM-300", machine(10'000, 200'000), 1, 2, 819'202, 2, 20, 240},
    Model{"VM-500", "PA-VM", "vm", "VM-500", machine(10'000, 300'000, 100'000), 1, 2, 2'000'000, 4, 20, 240},
    Model{"VM-700", "PA-VM", "vm", "VM-700", machine(20'000, 300'000, 100'000), 1, 2, 10'000'000, 4, 20, 240},
    Model{"M-200", "M-200", "m", "", centre(500'000), 1, 1, 0, 8, 40, 480},
    Model{"M-600", "M-600", "m", "", centre(500'000), 1, 1, 0, 8, 40, 480},
    Model{"Panorama", "Panorama", "pc", "", centre(500'000), 1, 1, 0, 4, 25, 240},
};

}  // namespace

std::span<const Model> models() {
    return table;
}

const Model* find_model(std::string_view name) {
    const auto at = std::find_if(table.begin(), table.end(), [name](const Model& model) { return model.name == name; });
    return at == table.end() ? nullptr : &*at;
}

std::string model_names() {
    std::string names;
    for (const Model& each : table) {
        names += (names.empty() ? "" : ", ") + std::string(each.name);
    }
    return names;
}

Limits limits_of(std::string_view model) {
    const Model* found = find_model(model);
    return found == nullptr ? Limits{} : found->limits;
}

}  // namespace sim::panos
