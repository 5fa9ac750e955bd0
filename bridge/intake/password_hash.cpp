#include "bridge/intake/password_hash.hpp"

#include <fmt/format.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <charconv>
#include <memory>
#include <optional>

namespace bridge::intake {

namespace {

constexpr std::size_t salt_bytes = 16;
constexpr std::size_t salt_bytes_max = 64;
// Below, a hash protects nothing; above, one guess would take more memory than the bridge is to have.
constexpr unsigned ln_min = 10;
constexpr unsigned ln_max = 18;
constexpr unsigned r_max = 32;
constexpr unsigned p_max = 32;
constexpr std::uint64_t memory_bytes_max = 128ULL << 20U;

std::uint64_t memory_of(const HashCost& cost) {
    return (128ULL * cost.r) << cost.ln;
}

bool derive(const std::string& password, const std::vector<std::uint8_t>& salt, const HashCost& cost,
            std::array<std::uint8_t, 32>& key) {
    // EVP_PBE_scrypt counts the memory for p blocks as well; what it may take is bounded by the cost, which was
    // checked.
    const std::uint64_t allowed = memory_of(cost) + 128ULL * cost.r * (cost.p + 4) + (1U << 20U);
    return EVP_PBE_scrypt(password.data(), password.size(), salt.data(), salt.size(), 1ULL << cost.ln, cost.r, cost.p,
                          allowed, key.data(), key.size()) == 1;
}

std::string base64(const std::uint8_t* bytes, std::size_t size) {
    std::string out(4 * ((size + 2) / 3) + 1, '\0');
    const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes, static_cast<int>(size));
    out.resize(static_cast<std::size_t>(length));
    out.erase(out.find_last_not_of('=') + 1);
    return out;
}

std::optional<std::vector<std::uint8_t>> from_base64(std::string_view text) {
    const bool clean = text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") ==
                       std::string_view::npos;
    if (!clean || text.empty() || text.size() % 4 == 1) {
        return std::nullopt;
    }
    std::string padded(text);
    const std::size_t padding = (4 - text.size() % 4) % 4;
    padded.append(padding, '=');
    std::vector<std::uint8_t> out(padded.size() / 4 * 3);
    if (EVP_DecodeBlock(out.data(), reinterpret_cast<const unsigned char*>(padded.data()),
                        static_cast<int>(padded.size())) < 0) {
        return std::nullopt;
    }
    out.resize(out.size() - padding);
    return out;
}

/// The number behind "name=" at the front of `text`, which is taken off together with a comma that follows.
std::optional<unsigned> take_number(std::string_view& text, std::string_view name) {
    if (!text.starts_with(name)) {
        return std::nullopt;
    }
    unsigned value = 0;
    const char* const first = text.data() + name.size();
    const auto [stop, error] = std::from_chars(first, text.data() + text.size(), value);
    if (error != std::errc{}) {
        return std::nullopt;
    }
    text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
    if (text.starts_with(',')) {
        text.remove_prefix(1);
    }
    return value;
}

std::optional<HashCost> parse_cost(std::string_view text) {
    const auto ln = take_number(text, "ln=");
    const auto r = take_number(text, "r=");
    const auto p = take_number(text, "p=");
    return ln && r && p && text.empty() ? std::optional(HashCost{*ln, *r, *p}) : std::nullopt;
}

}  // namespace

tl::expected<PasswordHash, std::string> PasswordHash::parse(std::string_view line) {
    const auto wrong = [](std::string why) { return tl::unexpected(std::move(why)); };
    constexpr std::string_view scheme = "$scrypt$";
    if (!line.starts_with(scheme)) {
        return wrong("is no line of `firebreak-bridge hash-password`, which begins with $scrypt$");
    }
    line.remove_prefix(scheme.size());
    const auto first = line.find('$');
    const auto second = first == std::string_view::npos ? first : line.find('$', first + 1);
    if (second == std::string_view::npos) {
        return wrong("is cut: $scrypt$COST$SALT$HASH has four parts");
    }
    PasswordHash hash;
    const auto cost = parse_cost(line.substr(0, first));
    if (!cost) {
        return wrong("has a cost that is not written as ln=14,r=8,p=5");
    }
    if (cost->ln < ln_min || cost->ln > ln_max || cost->r < 1 || cost->r > r_max || cost->p < 1 || cost->p > p_max ||
        memory_of(*cost) > memory_bytes_max) {
        return wrong(
            fmt::format("has a cost of ln={}, r={}, p={}; taken are ln {} to {}, r 1 to {}, p 1 to {}, and at "
                        "most 128 MiB",
                        cost->ln, cost->r, cost->p, ln_min, ln_max, r_max, p_max));
    }
    const auto salt = from_base64(line.substr(first + 1, second - first - 1));
    const auto key = from_base64(line.substr(second + 1));
    if (!salt || salt->size() < 8 || salt->size() > salt_bytes_max || !key || key->size() != hash.key_.size()) {
        return wrong("has a salt or hash that is no base64 of the right length");
    }
    hash.cost_ = *cost;
    hash.salt_ = *salt;
    std::copy(key->begin(), key->end(), hash.key_.begin());
    return hash;
}

tl::expected<PasswordHash, std::string> PasswordHash::of(const domain::Secret& password, HashCost cost) {
    PasswordHash hash;
    hash.cost_ = cost;
    hash.salt_.resize(salt_bytes);
    if (RAND_bytes(hash.salt_.data(), static_cast<int>(hash.salt_.size())) != 1 ||
        !derive(password.reveal(), hash.salt_, cost, hash.key_)) {
        return tl::unexpected(std::string("OpenSSL makes no scrypt hash: is there enough memory?"));
    }
    return hash;
}

PasswordHash PasswordHash::of_nobody(HashCost cost) {
    PasswordHash hash;
    hash.cost_ = cost;
    hash.salt_.assign(salt_bytes, 0);
    return hash;  // a key of zeros: nobody finds a password with that hash
}

std::optional<bool> PasswordHash::is_of(const domain::Secret& password) const {
    std::array<std::uint8_t, 32> key{};
    if (!derive(password.reveal(), salt_, cost_, key)) {
        return std::nullopt;
    }
    const bool same = CRYPTO_memcmp(key.data(), key_.data(), key.size()) == 0;
    OPENSSL_cleanse(key.data(), key.size());
    return same;
}

std::string PasswordHash::line() const {
    return fmt::format("$scrypt$ln={},r={},p={}${}${}", cost_.ln, cost_.r, cost_.p, base64(salt_.data(), salt_.size()),
                       base64(key_.data(), key_.size()));
}

}  // namespace bridge::intake
