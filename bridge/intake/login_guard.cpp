#include "bridge/intake/login_guard.hpp"

#include <algorithm>

namespace bridge::intake {

using namespace std::chrono_literals;

void LoginGuard::Failures::add(unsigned limit, Instant now) {
    if (forgotten(now)) {
        count = 0;
    }
    ++count;
    last = now;
    if (limit > 0 && count >= limit) {
        constexpr unsigned doublings_max = 6;  // 64 s, over the longest wait
        closed_until =
            now + std::min<std::chrono::seconds>(1s * (1U << std::min(count - limit, doublings_max)), wait_max);
    }
}

std::chrono::seconds LoginGuard::Failures::wait(Instant now) const {
    return now < closed_until ? std::chrono::ceil<std::chrono::seconds>(closed_until - now) : 0s;
}

std::chrono::seconds LoginGuard::wait_of(const Source& source, const std::string& user, Instant now) {
    const Known* const known = sources_.find(source);
    if (known == nullptr || known->failures.forgotten(now)) {
        return 0s;
    }
    const auto of_user = users_.find(user);
    return std::max(known->failures.wait(now), of_user == users_.end() ? 0s : of_user->second.wait(now));
}

bool LoginGuard::knows_wrong(const Source& source, const Guess& guess) {
    const Known* const known = sources_.find(source);
    return known != nullptr && std::any_of(known->wrong.begin(), known->wrong.end(),
                                           [&](const auto& wrong) { return wrong && same(*wrong, guess); });
}

bool LoginGuard::has_failed(const Source& source, Instant now) {
    const Known* const known = sources_.find(source);
    return known != nullptr && !known->failures.forgotten(now);
}

void LoginGuard::failed(const Source& source, const std::string& user, const Guess& guess, Instant now) {
    if (knows_wrong(source, guess)) {
        return;
    }
    Known& known = sources_.at(source);
    known.wrong[known.next_wrong] = guess;
    known.next_wrong = (known.next_wrong + 1) % known.wrong.size();
    known.failures.add(limits_.per_source, now);
    if (!user.empty()) {
        users_[user].add(limits_.per_user, now);
    }
}

}  // namespace bridge::intake
