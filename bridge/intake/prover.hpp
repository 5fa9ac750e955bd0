// Checks passwords against their hashes on a thread of its own, one after the other, so that whoever tries passwords
// holds up nobody but himself. What waits is bounded.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "bridge/domain/value/secret.hpp"
#include "bridge/intake/password_hash.hpp"

namespace bridge::intake {

class Prover {
public:
    static constexpr std::size_t waiting_max = 64;

    using Done = std::function<void(std::optional<bool>)>;

    /// `post` runs a task on the thread that is to have the results; any thread calls it, and it must outlive the
    /// prover.
    explicit Prover(std::function<void(std::function<void()>)> post);
    /// Waits for the check that is under way; those that wait are dropped.
    ~Prover();
    Prover(const Prover&) = delete;
    Prover& operator=(const Prover&) = delete;

    /// `done` gets PasswordHash::is_of by way of `post`. A suspect's turn comes after all others'. False, and nothing
    /// happens, when too many wait.
    bool prove(PasswordHash hash, domain::Secret password, bool suspect, Done done);

private:
    struct Job {
        PasswordHash hash;
        domain::Secret password;
        Done done;
    };

    void run(const std::stop_token& stop);

    std::function<void(std::function<void()>)> post_;
    std::mutex mutex_;
    std::condition_variable_any wake_;
    std::deque<Job> jobs_;
    std::deque<Job> suspects_;
    std::jthread thread_;  // the last: it uses the others
};

}  // namespace bridge::intake
