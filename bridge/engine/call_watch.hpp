// Times the calls to one target, and knows by them when a commit began and how it ended.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "bridge/domain/firewall/call.hpp"
#include "bridge/domain/firewall/reply.hpp"
#include "bridge/domain/value/failure.hpp"
#include "bridge/domain/value/time.hpp"
#include "bridge/engine/observer.hpp"

namespace bridge::engine {

/// "set objects", "start commit"; one of a fixed set, so that it can be a label.
std::string_view kind_of(const domain::Call& call);

class CallWatch {
public:
    CallWatch(std::string target, Observer& observer) : target_(std::move(target)), observer_(observer) {}

    void begins(const domain::Call& call, domain::Instant now);
    void ends(const domain::Result<domain::Reply>& reply, domain::Instant now);

    /// What the target waits for; tells the observer when that has changed.
    void waits(std::string_view why);

private:
    std::string target_;
    Observer& observer_;
    std::string_view kind_;
    bool starts_commit_ = false;
    domain::Instant began_{};
    std::optional<domain::Instant> commit_began_;
    std::string trouble_;
};

}  // namespace bridge::engine
