// One device's conversation: turns the enforcer's calls into requests and the answers into replies, and keeps the API
// key. It knows no socket: requests go through a Transport.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bridge/panos/conversation.hpp"
#include "bridge/panos/long_answer.hpp"
#include "bridge/panos/reply.hpp"
#include "bridge/panos/request.hpp"
#include "bridge/panos/transport.hpp"

namespace bridge::panos {

/// Either a key, or a user and password to get one with (keygen); with both, a rejected key is replaced by a new one.
struct Credentials {
    domain::Secret api_key;
    std::string user;  // also names the administrator whose changes are committed
    domain::Secret password;
};

class Session final : public Conversation {
public:
    /// `transport` must outlive the session, and the session every call that is under way.
    Session(Credentials credentials, Place place, Transport& transport);

    /// Behind it there may be several requests: a keygen first, once more after a rejected key, the administrator's
    /// name before the first commit, the owner of a lock that stands in the way, a device's limits and what it holds.
    void perform(const domain::Call& call, Done done) override;

    /// Which of a pair the device is. Not while a call is performed.
    void ask_ha_state(std::function<void(domain::Result<HaState>)> done);

private:
    using Answered = std::function<void(domain::Result<ApiReply>)>;
    using Read = std::function<void(domain::Result<domain::Reply>)>;
    using ReaderMaker = std::function<std::shared_ptr<LongAnswer>()>;

    struct Judged {
        bool key_rejected;
        std::function<void()> go_on;  // with this answer, called at most once
    };
    /// One time that a request goes out: who takes the body (null: the reply has it), and what the answer says.
    struct Sending {
        std::shared_ptr<BodyReader> reader;
        std::function<Judged(domain::Result<ApiReply>)> judge;
    };
    /// Asked before each time, as a reader and its judgement serve one answer.
    using MakeSending = std::function<Sending()>;

    void exchange(std::string form, Answered next);
    void exchange_long(std::string form, ReaderMaker reader, Read next);
    void attempt(std::string form, MakeSending make, bool key_is_fresh);
    void send(std::string form, Answered next, std::shared_ptr<BodyReader> reader = nullptr);
    bool can_replace_key() const;
    void fetch_key(std::function<void(domain::Result<void>)> next);
    void learn_admin();
    void ask_device();
    void ask_capacity();
    void ask_object_count(domain::CapacitySeen seen);
    void ask_devices();
    void ask_devices_of(std::vector<std::string> device_groups);
    void on_read(domain::Result<domain::Reply> read);
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
