// The script that everybody writes first, as a baseline: for each alert, in order, one address object, one member, one
// full commit, and a look every second until its job is over. Then the next alert.
#pragma once

#include <deque>
#include <memory>
#include <string>

#include "bridge/panos/transport.hpp"
#include "sim/lab/virtual/scheduler.hpp"

namespace sim::load::stage {

class Script {
public:
    /// The scheduler must outlive it. `key`: of an administrator of the firewall at the end of `way`.
    Script(lab::Scheduler& scheduler, std::unique_ptr<bridge::panos::Transport> way, std::string key);

    /// Blocks it when those before it are done. One that the firewall refuses is given up, as such scripts do.
    void block(const std::string& address);

private:
    void next();
    void set_object();
    void set_member();
    void commit();
    void look(const std::string& job);
    void call(const std::string& form, std::function<void(const std::string&)> then);

    lab::Scheduler& scheduler_;
    std::unique_ptr<bridge::panos::Transport> way_;
    std::string key_;
    std::deque<std::string> waiting_;
    std::string address_;
    bool busy_ = false;
};

}  // namespace sim::load::stage
