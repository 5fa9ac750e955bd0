// The addresses of this host and of the targets that are named by name: they are never blocked. Interfaces are asked,
// names are looked up, at the start and every ten minutes, since both change while the bridge runs.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "bridge/domain/policy/allow_list.hpp"
#include "bridge/engine/clock.hpp"
#include "bridge/engine/engine.hpp"
#include "bridge/operate/config/config.hpp"

namespace bridge::operate {

/// Of every interface that has one (getifaddrs), each with the interface's name as origin.
std::vector<domain::AllowRule> addresses_of_this_host();

class OwnAddresses {
public:
    /// Looks up a name; empty when it cannot be. On a thread of its own.
    using LookUp = std::function<std::vector<domain::IpAddress>(const std::string& host)>;

    /// `clock`, `engine` and what `listener` uses must outlive it. Look-ups may outlive it; their answers are let go
    /// then.
    OwnAddresses(std::vector<TargetName> names, engine::Clock& clock, engine::Engine& engine,
                 engine::Engine::Listener listener, LookUp look_up = nullptr);
    ~OwnAddresses();
    OwnAddresses(const OwnAddresses&) = delete;
    OwnAddresses& operator=(const OwnAddresses&) = delete;

private:
    struct Inbox;

    void look();
    void take(std::size_t name, const std::vector<domain::IpAddress>& addresses);
    void allow(const std::string& layer, std::vector<domain::AllowRule> rules);

    std::vector<TargetName> names_;
    std::vector<std::vector<domain::AllowRule>> found_;      // by name; the last that were found stay
    std::map<std::string, std::vector<std::string>> given_;  // to the engine, by layer
    std::vector<bool> told_;                                 // that a name cannot be looked up
    engine::Clock& clock_;
    engine::Engine& engine_;
    engine::Engine::Listener listener_;
    LookUp look_up_;
    std::shared_ptr<Inbox> inbox_;
    std::unique_ptr<engine::Alarm> alarm_;
};

}  // namespace bridge::operate
