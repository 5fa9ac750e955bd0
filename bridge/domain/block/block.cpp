#include "bridge/domain/block/block.hpp"

#include <array>
#include <utility>

namespace bridge::domain {

namespace {

constexpr std::array<std::pair<BlockState, std::string_view>, 7> state_names{{
    {BlockState::wanted, "wanted"},
    {BlockState::pushed, "pushed"},
    {BlockState::enforced, "enforced"},
    {BlockState::expired, "expired"},
    {BlockState::removed, "removed"},
    {BlockState::refused, "refused"},
    {BlockState::held, "held"},
}};

}  // namespace

std::string_view name_of(BlockState state) {
    for (const auto& [known, name] : state_names) {
        if (known == state) {
            return name;
        }
    }
    return "refused";
}

BlockState block_state_of(std::string_view name) {
    for (const auto& [state, known] : state_names) {
        if (known == name) {
            return state;
        }
    }
    return BlockState::refused;
}

bool waits_for_room(BlockState state, std::string_view reason) {
    return state == BlockState::refused && reason.starts_with(no_room);
}

bool is_alive(const Block& block) {
    return is_desired(block.state) || waits_for_room(block.state, block.reason);
}

}  // namespace bridge::domain
