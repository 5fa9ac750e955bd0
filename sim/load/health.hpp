// What a firewall of a load run is like: well, slow, or dead. One that is not well is there to show that it delays no
// other, so its spans are kept apart.
#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>

namespace sim::load {

enum class Health {
    well,
    slow,  // it answers each API call late, and its commits take long
    dead,  // it takes connections and requests, and answers none: nothing that is asked takes effect
};
std::string_view name_of(Health health);

/// Which firewalls of a run are not well, from its beginning on: the first ones, so that whatever goes through them in
/// their order meets these before the others.
struct Ailments {
    std::size_t dead = 0;
    std::size_t slow = 0;                    // behind the dead ones
    std::chrono::milliseconds answer{2000};  // of a slow one: how late each answer comes

    bool any() const noexcept { return dead + slow > 0; }
    /// Of the firewall of that index.
    Health of(std::size_t firewall) const noexcept;
};

/// A slow firewall's commit takes so many times as long as the others'.
inline constexpr int slow_commit_factor = 10;

}  // namespace sim::load
