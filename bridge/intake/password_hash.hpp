// A password as its salted scrypt hash (RFC 7914), so that the file it is in lets nobody in: one line of text in the
// PHC string format, "$scrypt$ln=14,r=8,p=5$SALT$HASH" (base64 without padding).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "bridge/domain/value/secret.hpp"

namespace bridge::intake {

/// What one guess costs: 2^ln * r * 128 bytes of memory, p times over.
struct HashCost {
    unsigned ln = 14;  // 16 MiB with r = 8: the bridge's own memory stays small,
    unsigned r = 8;
    unsigned p = 5;  // and the time makes up for it (OWASP Password Storage Cheat Sheet: as good as ln = 17, p = 1)
};

class PasswordHash {
public:
    /// Errors tell what is wrong with the line, and hold nothing of it.
    static tl::expected<PasswordHash, std::string> parse(std::string_view line);

    /// Of a password, with a fresh salt. Fails only without randomness or memory.
    static tl::expected<PasswordHash, std::string> of(const domain::Secret& password, HashCost cost = {});

    /// One that no password is known for, to compare with where there is no user of a name.
    static PasswordHash of_nobody(HashCost cost = {});

    /// Takes as long as the cost says, a tenth of a second or more, whatever the answer. nullopt when there is no
    /// memory to tell. Any thread.
    std::optional<bool> is_of(const domain::Secret& password) const;

    std::string line() const;
    const HashCost& cost() const noexcept { return cost_; }

private:
    HashCost cost_;
    std::vector<std::uint8_t> salt_;
    std::array<std::uint8_t, 32> key_{};
};

}  // namespace bridge::intake
