// Errors as values: what failed (a code, from which the remedy follows) and, for people, the thing, the place and
// the mend.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace bridge::domain {

enum class Errc {
    malformed,      // what a peer sent cannot be read
    unreachable,    // no connection, a reset, a timeout: whether the request took effect is unknown
    busy,           // the device says "later": another commit, an overloaded management plane
    locked,         // another administrator holds a config or commit lock
    key_rejected,   // HTTP 403: wrong or expired API key, wrong password
    not_permitted,  // the administrator's role lacks the right
    refused,        // the device rejects what was sent, and will again
    missing,        // what was asked for is not there
    not_active,     // a device of an HA pair that is not the active one, or a pair without a single active one
    other_device,   // another device of the pair answers from now on: nothing that was known holds
    not_trusted,    // the peer's certificate does not verify
    store_failed,   // disk full, read-only, corrupt
    misconfigured,  // the operator must change a setting
};

/// What a caller does next; a total function of the code, so that every caller reacts alike.
enum class Remedy { retry, wait_for_lock, reauthorise, refuse, tell_operator };

constexpr Remedy remedy(Errc code) noexcept {
    switch (code) {
        case Errc::unreachable:
        case Errc::busy:
        case Errc::malformed:
        case Errc::store_failed:
        case Errc::not_active:
        case Errc::other_device:
            return Remedy::retry;
        case Errc::locked:
            return Remedy::wait_for_lock;
        case Errc::key_rejected:
            return Remedy::reauthorise;
        case Errc::refused:
            return Remedy::refuse;
        case Errc::not_permitted:
        case Errc::missing:
        case Errc::not_trusted:
        case Errc::misconfigured:
            return Remedy::tell_operator;
    }
    return Remedy::tell_operator;
}

struct Failure {
    Failure(Errc code_, std::string detail_) : code(code_), detail(std::move(detail_)) {}

    Errc code;
    std::string detail;  // for people; never holds a key, a password or a body
};

template <class T>
using Result = tl::expected<T, Failure>;

inline tl::unexpected<Failure> failed(Errc code, std::string detail) {
    return tl::unexpected<Failure>(Failure(code, std::move(detail)));
}

}  // namespace bridge::domain
