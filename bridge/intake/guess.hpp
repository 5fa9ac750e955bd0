// A user's name and password as they were presented, in a form that can be kept and compared and tells neither: a
// digest under a key that this process made up and nobody else knows.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

namespace bridge::intake {

using Guess = std::array<std::uint8_t, 32>;

class Guesser {
public:
    /// Throws std::runtime_error when OpenSSL has no randomness.
    Guesser();
    ~Guesser();
    Guesser(const Guesser&) = delete;
    Guesser& operator=(const Guesser&) = delete;

    Guess of(std::string_view user, std::string_view password);

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// In a time that does not depend on where they differ.
bool same(const Guess& a, const Guess& b);

}  // namespace bridge::intake
