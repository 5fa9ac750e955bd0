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
    if (const auto* set = std::get_if<SetMembers>(&call_); set != nullptr && !set->objects.empty()) {
        object_of_ours_ = set->objects.front().name;
    }
    if (std::holds_alternative<StartCommit>(call_) && place_.admin.empty()) {
        learn_admin();
    } else if (std::holds_alternative<ReadCapacity>(call_)) {
        ask_capacity();
    } else if (std::holds_alternative<ReadDevices>(call_)) {
        ask_devices();
    } else {
        ask_device();
    }
}

void Session::ask_ha_state(std::function<void(Result<HaState>)> done) {
    exchange(form_of_ha_state(), [done = std::move(done)](const Result<ApiReply>& reply) {
        done(reply ? read_ha_state(*reply) : Result<HaState>(tl::unexpected(reply.error())));
    });
}

void Session::send(std::string form, Answered next, std::shared_ptr<BodyReader> reader) {
    ApiRequest request;
    request.form = std::move(form);
    request.key = key_;
    request.reader = std::move(reader);
    transport_.call(std::move(request), std::move(next));
}

/// One request, with a key that the device takes if there is a way to one.
void Session::exchange(std::string form, Answered next) {
    const auto judge = [next = std::move(next)](Result<ApiReply> reply) {
        const bool rejected = reply && is_key_rejected(*reply);
        return Judged{rejected, [next, reply = std::move(reply)]() mutable { next(std::move(reply)); }};
    };
    attempt(
        std::move(form),
        [judge] {
            return Sending{nullptr, judge};
        },
        false);
}

/// The same of a request whose answer is read while it comes.
void Session::exchange_long(std::string form, ReaderMaker make, Read next) {
    const auto sending = [make = std::move(make), next = std::move(next)] {
        const std::shared_ptr<LongAnswer> reader = make();
        return Sending{reader, [reader, next](const Result<ApiReply>& reply) {
                           Result<Reply> read =
                               reply ? reader->finish(reply->status) : Result<Reply>(tl::unexpected(reply.error()));
                           const bool rejected = reply && !read && read.error().code == Errc::key_rejected;
                           return Judged{rejected, [next, read = std::move(read)]() mutable { next(std::move(read)); }};
                       }};
    };
    attempt(std::move(form), sending, false);
}

bool Session::can_replace_key() const {
    return !credentials_.password.empty();
}

void Session::attempt(std::string form, MakeSending make, bool key_is_fresh) {
    if (key_.empty()) {
        fetch_key([this, form = std::move(form), make = std::move(make)](const Result<void>& got) {
            if (!got) {
                make().judge(tl::unexpected(got.error())).go_on();
            } else {
                attempt(form, make, true);
            }
        });
        return;
    }
    Sending sending = make();
    const auto answered = [this, form, make = std::move(make), key_is_fresh,
                           judge = std::move(sending.judge)](Result<ApiReply> reply) {
        const Judged judged = judge(std::move(reply));
        if (judged.key_rejected && !key_is_fresh && can_replace_key()) {
            key_ = Secret();
            attempt(form, make, false);
            return;
        }
        judged.go_on();
    };
    send(form, answered, std::move(sending.reader));
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
    exchange(form_of_own_marks(place_, object_of_ours_), [this](const Result<ApiReply>& reply) {
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
        ask_device();
    });
}

void Session::ask_device() {
    if (LongAnswer::is_due(call_)) {
        const auto reader = [this] { return LongAnswer::to(call_, place_); };
        exchange_long(form_of(call_, place_), reader, [this](Result<Reply> read) { on_read(std::move(read)); });
        return;
    }
    exchange(form_of(call_, place_), [this](const Result<ApiReply>& reply) {
        on_read(reply ? read_reply(call_, *reply, place_) : Result<Reply>(tl::unexpected(reply.error())));
    });
}

void Session::on_read(Result<Reply> read) {
    if (!read && read.error().code == Errc::locked) {
        name_lock(read.error());
        return;
    }
    finish(std::move(read));
}

namespace {

/// A device, or a role, that does not tell is none that fails.
bool only_does_not_tell(const Failure& failure) {
    return failure.code != Errc::unreachable && failure.code != Errc::key_rejected && failure.code != Errc::busy &&
           failure.code != Errc::not_trusted;
}

}  // namespace

void Session::ask_capacity() {
    exchange(form_of_limits(), [this](const Result<ApiReply>& reply) {
        const Result<CapacitySeen> seen =
            reply ? read_limits(*reply) : Result<CapacitySeen>(tl::unexpected(reply.error()));
        if (!seen && !only_does_not_tell(seen.error())) {
            finish(tl::unexpected(seen.error()));
            return;
        }
        ask_object_count(seen.value_or(CapacitySeen{}));
    });
}

void Session::ask_object_count(CapacitySeen seen) {
    exchange_long(form_of_object_names(), LongAnswer::to_object_names, [this, seen](const Result<Reply>& read) mutable {
        if (!read && !only_does_not_tell(read.error())) {
            finish(tl::unexpected(read.error()));
            return;
        }
        if (read) {
            seen.objects = std::get<CapacitySeen>(*read).objects;
        }
        finish(Reply(seen));
    });
}

void Session::ask_devices() {
    if (place_.in_shared()) {
        ask_devices_of({});
        return;
    }
    exchange(form_of_hierarchy(), [this](const Result<ApiReply>& reply) {
        auto groups = reply ? read_groups_below(*reply, place_.device_group)
                            : Result<std::vector<std::string>>(tl::unexpected(reply.error()));
        if (!groups) {
            finish(tl::unexpected(groups.error()));
            return;
        }
        ask_devices_of(std::move(*groups));
    });
}

void Session::ask_devices_of(std::vector<std::string> device_groups) {
    exchange(form_of_device_groups(), [this, device_groups = std::move(device_groups)](const Result<ApiReply>& reply) {
        if (!reply) {
            finish(tl::unexpected(reply.error()));
            return;
        }
        auto seen = read_devices(*reply, device_groups);
        finish(seen ? Result<Reply>(std::move(*seen)) : Result<Reply>(tl::unexpected(seen.error())));
    });
}

/// The answer to a locked-out commit does not say who holds the lock; an operator needs to know whom to call.
void Session::name_lock(Failure failure) {
    const bool commit = std::holds_alternative<StartCommit>(call_);
    send("type=op&cmd=" + url_encoded(commit ? "<show><commit-locks></commit-locks></show>"
                                             : "<show><config-locks></config-locks></show>"),
         [this, failure = std::move(failure)](const Result<ApiReply>& reply) {
             const std::string owners = reply ? read_lock_owners(*reply) : std::string();
             finish(tl::unexpected(owners.empty() ? failure
                                                  : Failure(failure.code, fmt::format("waiting for the {}", owners))));
         });
}

void Session::finish(Result<Reply> reply) {
    const Done done = std::exchange(done_, nullptr);
    done(std::move(reply));
}

}  // namespace bridge::panos
