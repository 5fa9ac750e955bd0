#include "bridge/domain/ip_address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace bridge::domain {

namespace {

constexpr std::array<std::uint8_t, 12> mapped_head{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
    if (text.size() > 45 || text.empty()) {
        return std::nullopt;
    }
    const std::string z(text);  // inet_pton wants a terminator
    if (z.find('\0') != std::string::npos) {
        return std::nullopt;
    }
    IpAddress address;
    if (inet_pton(AF_INET, z.c_str(), address.bytes_.data() + 12) == 1) {
        std::copy(mapped_head.begin(), mapped_head.end(), address.bytes_.begin());
        address.v4_ = true;
        return address;
    }
    if (inet_pton(AF_INET6, z.c_str(), address.bytes_.data()) == 1) {
        address.v4_ = std::equal(mapped_head.begin(), mapped_head.end(), address.bytes_.begin());
        return address;
    }
    return std::nullopt;
}

std::string IpAddress::text() const {
    std::array<char, INET6_ADDRSTRLEN> buffer{};
    const char* text = v4_ ? inet_ntop(AF_INET, bytes_.data() + 12, buffer.data(), buffer.size())
                           : inet_ntop(AF_INET6, bytes_.data(), buffer.data(), buffer.size());
    return text == nullptr ? std::string() : std::string(text);
}

std::optional<Prefix> Prefix::parse(std::string_view text) {
    const std::size_t slash = text.find('/');
    const auto address = IpAddress::parse(text.substr(0, slash));
    if (!address) {
        return std::nullopt;
    }
    const unsigned width = address->is_v4() ? 32 : 128;
    unsigned length = width;
    if (slash != std::string_view::npos) {
        const std::string_view digits = text.substr(slash + 1);
        const char* end = digits.data() + digits.size();
        const auto [stop, error] = std::from_chars(digits.data(), end, length);
        if (error != std::errc{} || stop != end || digits.empty() || length > width) {
            return std::nullopt;
        }
    }
    std::array<std::uint8_t, 16> bytes = address->bytes();
    const unsigned kept = address->is_v4() ? length + 96 : length;
    for (unsigned bit = kept; bit < 128; ++bit) {
        const unsigned mask = 0x80U >> (bit % 8);
        bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] & ~mask);
    }
    Prefix prefix;
    std::array<char, INET6_ADDRSTRLEN> buffer{};
    const char* network = address->is_v4() ? inet_ntop(AF_INET, bytes.data() + 12, buffer.data(), buffer.size())
                                           : inet_ntop(AF_INET6, bytes.data(), buffer.data(), buffer.size());
    const auto parsed = IpAddress::parse(network);
    if (!parsed) {
        return std::nullopt;
    }
    prefix.network_ = *parsed;
    prefix.length_ = length;
    return prefix;
}

bool Prefix::contains(const IpAddress& address) const noexcept {
    if (address.is_v4() != network_.is_v4()) {
        return false;
    }
    const unsigned kept = network_.is_v4() ? length_ + 96 : length_;
    const unsigned whole = kept / 8;
    const auto& ours = network_.bytes();
    const auto& theirs = address.bytes();
    if (!std::equal(ours.begin(), ours.begin() + whole, theirs.begin())) {
        return false;
    }
    const unsigned rest = kept % 8;
    if (rest == 0) {
        return true;
    }
    const unsigned mask = 0xffU & (0xffU << (8 - rest));
    return (ours[whole] & mask) == (theirs[whole] & mask);
}

std::string Prefix::text() const {
    return network_.text() + "/" + std::to_string(length_);
}

}  // namespace bridge::domain
