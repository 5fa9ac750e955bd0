// Slows down who tries passwords. Two counts: the failed logins of a source, and those of a user from everywhere. Over
// the first limit the source must wait, twice as long after each further failure; over the second, those sources that
// have failed themselves. So an appliance that logs in well from an address of its own is never kept out, whoever else
// tries its user's password.
//
// The same wrong guess again counts once: it teaches an attacker nothing, and it is what an appliance with an outdated
// password does all day, perhaps behind the same address as a good one.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include "bridge/intake/guess.hpp"
#include "bridge/intake/rate_limit.hpp"
#include "bridge/intake/recent.hpp"
#include "bridge/intake/source.hpp"

namespace bridge::intake {

struct LoginLimits {
    unsigned per_source = 10;  // failures before a source must wait; 0: no limit
    unsigned per_user = 100;   // failures with a user's name before sources that failed must wait; 0: no limit
};

class LoginGuard {
public:
    static constexpr std::size_t sources_max = 4096;
    static constexpr std::chrono::seconds wait_max{60};
    static constexpr std::chrono::minutes forgotten_after{15};  // without a further failure

    explicit LoginGuard(LoginLimits limits) : limits_(limits), sources_(sources_max) {}

    /// How long this source has to wait before its password is even looked at; zero: not at all.
    std::chrono::seconds wait_of(const Source& source, const std::string& user, Instant now);

    /// Whether this source has made this very guess lately, and it was wrong.
    bool knows_wrong(const Source& source, const Guess& guess);

    bool has_failed(const Source& source, Instant now);

    /// `user`: an existing one's name, or empty for one that does not exist.
    void failed(const Source& source, const std::string& user, const Guess& guess, Instant now);

    /// Nobody has failed yet, so that nobody waits: what is asked before all else.
    bool calm() const noexcept { return sources_.empty(); }

    std::size_t sources() const noexcept { return sources_.size(); }

private:
    struct Failures {
        unsigned count = 0;
        Instant last{};
        Instant closed_until{};

        void add(unsigned limit, Instant now);
        bool forgotten(Instant now) const { return now - last > forgotten_after; }
        std::chrono::seconds wait(Instant now) const;
    };
    struct Known {
        Failures failures;
        std::array<std::optional<Guess>, 4> wrong;  // the last ones
        std::size_t next_wrong = 0;
    };

    LoginLimits limits_;
    Recent<Source, Known, SourceHash> sources_;
    std::map<std::string, Failures> users_;  // only those of the configuration
};

}  // namespace bridge::intake
