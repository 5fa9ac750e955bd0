#include "bridge/domain/firewall/child_group.hpp"

#include <fmt/format.h>

#include <charconv>

#include "bridge/domain/firewall/address_object.hpp"

namespace bridge::domain {

namespace {

// "-999": the longest that a number adds.
constexpr std::size_t number_characters_max = 4;

}  // namespace

std::string group_family(std::string_view group) {
    constexpr std::size_t digest_characters = 9;
    if (group.size() + number_characters_max <= name_characters_max) {
        return std::string(group);
    }
    return std::string(group.substr(0, name_characters_max - number_characters_max - digest_characters));
}

std::string child_group_name(std::string_view group, std::size_t number) {
    std::string head = group_family(group);
    if (head.size() < group.size()) {
        head += fmt::format("-{:08x}", fnv1a(group) & 0xffffffffU);
    }
    return fmt::format("{}-{}", head, number);
}

std::size_t child_group_number(std::string_view group, std::string_view name) {
    const std::size_t dash = name.rfind('-');
    if (dash == std::string_view::npos || name.size() - dash > number_characters_max || name.size() - dash < 2 ||
        name[dash + 1] == '0') {
        return 0;
    }
    std::size_t number = 0;
    const char* const end = name.data() + name.size();
    const auto [stop, error] = std::from_chars(name.data() + dash + 1, end, number);
    return error == std::errc{} && stop == end && name == child_group_name(group, number) ? number : 0;
}

}  // namespace bridge::domain
