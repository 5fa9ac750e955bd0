#include "bridge/domain/firewall/registration.hpp"

#include <algorithm>
#include <array>

namespace bridge::domain {

namespace {

struct Row {
    std::string_view begins;
    std::size_t addresses;
};

// Palo Alto Networks' table of registered addresses by model. Of a line that it splits (PA-7000 by its cards), the
// least.
constexpr std::array table{
    Row{"Panorama", 500'000}, Row{"M-", 500'000},      Row{"PA-5450", 100'000}, Row{"PA-54", 500'000},
    Row{"PA-52", 500'000},    Row{"PA-70", 100'000},   Row{"PA-75", 100'000},   Row{"VM-500", 300'000},
    Row{"VM-700", 300'000},   Row{"VM-300", 200'000},  Row{"VM-100", 2'500},    Row{"VM-50", 1'000},
    Row{"PA-3410", 150'000},  Row{"PA-3420", 150'000}, Row{"PA-3430", 200'000}, Row{"PA-3440", 200'000},
    Row{"PA-32", 200'000},    Row{"PA-450", 100'000},  Row{"PA-460", 100'000},  Row{"PA-440", 50'000},
    Row{"PA-850", 2'500},     Row{"PA-820", 1'000},    Row{"PA-410", 1'000},    Row{"PA-220", 1'000},
};

}  // namespace

std::size_t registered_addresses_max(std::string_view model) {
    const auto row =
        std::find_if(table.begin(), table.end(), [model](const Row& each) { return model.starts_with(each.begins); });
    return row == table.end() ? 0 : row->addresses;
}

}  // namespace bridge::domain
