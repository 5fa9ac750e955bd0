#include "bridge/panos/session.hpp"

#include <fmt/format.h>

#include <utility>

#include "bridge/panos/reply.hpp"

namespace bridge::panos {

using namespace domain;

Session::Session(Credentials credentials, Place place, Transport& transport)
    : credentials_(std::move(credentials)),
      place_(std::move(place)),
      transport_(transport),
      key_(credentials_.api_key) {
    place_.admin = credentials_.user;
}

void Session::perform(const Call& call, Done done) {
    call_ = call;
    done_ = std::move(done);
    if (const auto* set = std::get_if<SetObjects>(&call_); set != nullptr && !set->objects.empty()) {
        object_of_ours_ = set->objects.front().name;
    }
    if (std::holds_alternative<StartCommit>(call_) && place_.admin.empty()) {
        learn_admin();
        return;
    }
    attempt(false);
}

void Session::send(std::function<void(Result<ApiReply>)> next, std::string form) {
    ApiRequest request;
    request.form = std::move(form);
    request.key = key_;
    transport_.call(std::move(request), std::move(next));
}

void Session::attempt(bool key_is_fresh) {
    if (key_.empty()) {
        fetch_key([this](const Result<void>& got) {
            if (!got) {
                finish(tl::unexpected(got.error()));
            } else {
                attempt(true);
            }
        });
        return;
    }
    send([this, key_is_fresh](Result<ApiReply> reply) { on_reply(std::move(reply), key_is_fresh); },
         form_of(call_, place_));
}

void Session::fetch_key(std::function<void(Result<void>)> next) {
    if (credentials_.user.empty() || credentials_.password.empty()) {
        next(failed(Errc::key_rejected,
                    "the target does not take the API key, and there is no user and password to "
                    "get another one with"));
        return;
    }
    transport_.call(keygen_request(credentials_.user, credentials_.password), [this, next = std::move(next)](
                                                                                  const Result<ApiReply>& reply) {
        if (!reply) {
            next(tl::unexpected(reply.error()));
            return;
        }
        auto key = read_key(*reply);
        if (!key) {
            next(failed(key.error().code, fmt::format("keygen for {}: {}", credentials_.user, key.error().detail)));
            return;
        }
        key_ = std::move(*key);
        next({});
    });
}

void Session::learn_admin() {
    if (object_of_ours_.empty()) {
        finish(failed(Errc::misconfigured,
                      "cannot tell yet which administrator the API key belongs to; say so with `user:`"));
        return;
    }
    send(
        [this](const Result<ApiReply>& reply) {
            if (!reply) {
                finish(tl::unexpected(reply.error()));
                return;
            }
            const auto admin = read_mark(*reply);
            if (!admin) {
                finish(tl::unexpected(admin.error()));
                return;
            }
            place_.admin = *admin;
            attempt(false);
        },
        form_of_own_marks(place_, object_of_ours_));
}

void Session::on_reply(Result<ApiReply> reply, bool key_is_fresh) {
    if (!reply) {
        finish(tl::unexpected(reply.error()));
        return;
    }
    Result<Reply> read = read_reply(call_, *reply, place_);
    if (!read && read.error().code == Errc::key_rejected && !key_is_fresh && !credentials_.password.empty()) {
        key_ = Secret();
        attempt(false);
        return;
    }
    if (!read && read.error().code == Errc::locked) {
        name_lock(read.error());
        return;
    }
    finish(std::move(read));
}

/// The answer to a locked-out commit does not say who holds the lock; an operator needs to know whom to call.
void Session::name_lock(Failure failure) {
    const bool commit = std::holds_alternative<StartCommit>(call_);
    send(
        [this, failure = std::move(failure)](const Result<ApiReply>& reply) {
            const std::string owners = reply ? read_lock_owners(*reply) : std::string();
            finish(tl::unexpected(owners.empty() ? failure
                                                 : Failure(failure.code, fmt::format("waiting for the {}", owners))));
        },
        "type=op&cmd=" + url_encoded(commit ? "<show><commit-locks></commit-locks></show>"
                                            : "<show><config-locks></config-locks></show>"));
}

void Session::finish(Result<Reply> reply) {
    const Done done = std::exchange(done_, nullptr);
    done(std::move(reply));
}

}  // namespace bridge::panos
