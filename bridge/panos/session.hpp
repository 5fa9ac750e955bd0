// One firewall's conversation: turns the enforcer's calls into requests and the answers into replies, and keeps the
// API key. It knows no socket: requests go through a Transport.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "bridge/domain/enforcer.hpp"
#include "bridge/panos/request.hpp"
#include "bridge/panos/transport.hpp"

namespace bridge::panos {

/// Either a key, or a user and password to get one with (keygen); with both, a rejected key is replaced by a new one.
struct Credentials {
    domain::Secret api_key;
    std::string user;  // also names the administrator whose changes are committed
    domain::Secret password;
};

class Session {
public:
    using Done = std::function<void(domain::Result<domain::Reply>)>;

    /// `transport` must outlive the session, and the session every call that is under way.
    Session(Credentials credentials, Place place, Transport& transport);

    /// Performs one call; one at a time. Behind it there may be several requests: a keygen first, once more after a
    /// rejected key, the administrator's name before the first commit, the owner of a lock that stands in the way.
    void perform(const domain::Call& call, Done done);

private:
    void send(std::function<void(domain::Result<ApiReply>)> next, std::string form);
    void attempt(bool key_is_fresh);
    void fetch_key(std::function<void(domain::Result<void>)> next);
    void learn_admin();
    void on_reply(domain::Result<ApiReply> reply, bool key_is_fresh);
    void name_lock(domain::Failure failure);
    void finish(domain::Result<domain::Reply> reply);

    Credentials credentials_;
    Place place_;
    Transport& transport_;
    domain::Secret key_;
    std::string object_of_ours_;  // pushed last; its marks tell who we are
    domain::Call call_;
    Done done_;
};

}  // namespace bridge::panos
