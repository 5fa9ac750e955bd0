// The two devices of an HA pair as one conversation: the active one is found and followed, so that the enforcer talks
// to the device whose configuration decides about traffic.
//
// Which one is active is asked before the first call, before each call that must not go astray (a survey, a commit, a
// proof), and after a failure. When another device has become active the call is not performed: it fails with
// other_device, and whoever called begins anew. While none is active, or both are (split brain), nothing is written.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "bridge/panos/conversation.hpp"
#include "bridge/panos/session.hpp"

namespace bridge::panos {

class Pair final : public Conversation {
public:
    struct Side {
        std::string name;  // for people: its host
        std::unique_ptr<Session> session;
    };

    Pair(Side first, Side second);

    /// Errors   as Session's, and unreachable (neither answers), not_active (none of them is active, or both),
    ///          other_device (the other one is active now), misconfigured (HA is not enabled there)
    void perform(const domain::Call& call, Done done) override;
    std::string active() const override;

private:
    using State = domain::Result<HaState>;

    void check();
    void find();
    void decide(const State& first, const State& second);
    void forward();
    void fail(domain::Errc code, std::string detail);

    std::array<Side, 2> sides_;
    std::optional<std::size_t> current_;  // the active one, as far as is known
    std::optional<std::size_t> last_;     // the one that calls went to last
    bool alone_ = false;                  // the other one does not answer
    domain::Call call_;
    Done done_;
};

}  // namespace bridge::panos
