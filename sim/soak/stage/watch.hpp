// The firewalls of a soak, and what is seen of them: whenever a running configuration is another one, what it denies,
// and which objects of ours it has. It asks the device models; what the bridge believes plays no part.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "sim/lab/real/loop_thread.hpp"
#include "sim/lab/real/real_firewall.hpp"
#include "sim/lab/world/bridge_yaml.hpp"
#include "sim/soak/judge/books.hpp"
#include "sim/soak/judge/result.hpp"
#include "sim/soak/stage/disturb.hpp"
#include "sim/soak/stage/stage.hpp"

namespace sim::soak {

class Watch {
public:
    /// Both must outlive it.
    Watch(Books& books, const RunTime& time) : books_(books), time_(time) {}
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    /// Raises the firewalls, and says in `files` where they are. Gives the password of the bridge's administrator.
    tl::expected<std::string, std::string> raise(const Setup& setup, const std::string& directory,
                                                 lab::BridgeFiles& files);
    /// What was there before does not count.
    void begin();

    /// A disturbance of a firewall begins, or ends. Errors: as begin_disturbance and end_disturbance.
    tl::expected<void, std::string> strike(const Disturbance& what);
    tl::expected<void, std::string> lift(const Disturbance& what);

    /// Does it while no firewall changes.
    void hold(const std::function<void()>& what);

    /// For the report. `at_rest`: all blocks have expired, so nothing of ours may be left; what is, goes to the books.
    FirewallSeen seen(std::size_t firewall, bool at_rest);

private:
    /// A firewall, and what was seen of it; all of it is touched on the loop's thread.
    struct Stand {
        std::unique_ptr<lab::RealFirewall> firewall;
        panos::NodePtr looked_at;          // the running configuration
        std::vector<std::string> objects;  // by address, its object's name in there; empty: none
        std::set<std::string> told_wrong;  // addresses
        std::size_t commits_before = 0;
        std::size_t disturbances = 0;
        std::size_t denied_most = 0;
        std::size_t objects_most = 0;
    };

    void look(std::size_t i);
    std::vector<Finding> look_at_objects(std::size_t i);
    std::optional<Member> take_victim(std::size_t i, std::uint64_t draw);

    Books& books_;
    const RunTime& time_;
    lab::LoopThread loop_;
    bool begun_ = false;  // on the loop's thread
    std::vector<std::unique_ptr<Stand>> stands_;
};

}  // namespace sim::soak
