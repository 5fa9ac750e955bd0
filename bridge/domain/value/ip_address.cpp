#include "bridge/domain/value/ip_address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace bridge::domain {

namespace {

constexpr std::array<std::uint8_t, 12> mapped_head{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

/// Four numbers up to 255 without leading zeros, as inet_pton takes them. Of our own because addresses are read and
/// written several times for each alert before it is acknowledged, and the library's cost a tenth of that time.
bool read_dotted_quad(std::string_view text, std::uint8_t* four) {
    const char* at = text.data();
    const char* const end = at + text.size();
    for (int i = 0; i < 4; ++i) {
        if (i > 0 && (at == end || *at++ != '.')) {
            return false;
        }
        const char* const start = at;
        unsigned value = 0;
        while (at != end && *at >= '0' && *at <= '9' && at - start < 4) {
            value = value * 10 + static_cast<unsigned>(*at++ - '0');
        }
        if (at == start || value > 255 || (*start == '0' && at - start > 1)) {
            return false;
        }
        four[i] = static_cast<std::uint8_t>(value);
    }
    return at == end;
}

std::string dotted_quad(const std::uint8_t* four) {
    std::array<char, INET_ADDRSTRLEN> buffer{};
    char* at = buffer.data();
    for (int i = 0; i < 4; ++i) {
        if (i > 0) {
            *at++ = '.';
        }
        at = std::to_chars(at, buffer.data() + buffer.size(), static_cast<unsigned>(four[i])).ptr;
    }
    return {buffer.data(), at};
}

/// As inet_ntop writes it (RFC 5952): the first of the longest runs of two and more zero groups becomes "::".
std::string colon_groups(const std::array<std::uint8_t, 16>& bytes) {
    constexpr std::size_t groups = 8;
    const auto group = [&bytes](std::size_t i) { return static_cast<unsigned>(bytes[2 * i] << 8U | bytes[2 * i + 1]); };
    std::size_t run = groups;
    std::size_t run_length = 1;
    for (std::size_t i = 0; i < groups;) {
        std::size_t end = i;
        while (end < groups && group(end) == 0) {
            ++end;
        }
        if (end - i > run_length) {
            run = i;
            run_length = end - i;
        }
        i = std::max(end, i + 1);
    }
    std::array<char, INET6_ADDRSTRLEN> buffer{};
    char* at = buffer.data();
    for (std::size_t i = 0; i < groups; ++i) {
        if (i == run) {
            *at++ = ':';
            *at++ = ':';
            i += run_length - 1;
            continue;
        }
        if (i > 0 && i != run + run_length) {
            *at++ = ':';
        }
        at = std::to_chars(at, buffer.data() + buffer.size(), group(i), 16).ptr;
    }
    return {buffer.data(), at};
}

/// "::192.0.2.1", which RFC 4291 deprecates; inet_ntop writes the last four bytes in decimals then.
bool is_ipv4_compatible(const std::array<std::uint8_t, 16>& bytes) {
    return std::all_of(bytes.begin(), bytes.begin() + 12, [](std::uint8_t byte) { return byte == 0; }) &&
           (bytes[12] != 0 || bytes[13] != 0);
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
    if (text.size() > 45 || text.empty()) {
        return std::nullopt;
    }
    IpAddress address;
    if (read_dotted_quad(text, address.bytes_.data() + mapped_head.size())) {
        std::copy(mapped_head.begin(), mapped_head.end(), address.bytes_.begin());
        address.v4_ = true;
        return address;
    }
    const std::string z(text);  // inet_pton wants a terminator
    if (z.find(':') == std::string::npos || z.find('\0') != std::string::npos) {
        return std::nullopt;
    }
    if (inet_pton(AF_INET6, z.c_str(), address.bytes_.data()) == 1) {
        address.v4_ = std::equal(mapped_head.begin(), mapped_head.end(), address.bytes_.begin());
        return address;
    }
    return std::nullopt;
}

std::string IpAddress::text() const {
    if (v4_) {
        return dotted_quad(bytes_.data() + mapped_head.size());
    }
    if (is_ipv4_compatible(bytes_)) {
        return "::" + dotted_quad(bytes_.data() + mapped_head.size());
    }
    return colon_groups(bytes_);
}

IpAddress IpAddress::from_bytes(const std::array<std::uint8_t, 16>& bytes) noexcept {
    IpAddress address;
    address.bytes_ = bytes;
    address.v4_ = std::equal(mapped_head.begin(), mapped_head.end(), bytes.begin());
    return address;
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
    return of(*address, length);
}

Prefix Prefix::of(const IpAddress& address, unsigned length) noexcept {
    std::array<std::uint8_t, 16> bytes = address.bytes();
    const unsigned kept = address.is_v4() ? length + 96 : length;
    if (const unsigned rest = kept % 8; rest != 0) {
        bytes[kept / 8] = static_cast<std::uint8_t>(bytes[kept / 8] & (0xffU << (8 - rest)));
    }
    std::fill(bytes.begin() + (kept + 7) / 8, bytes.end(), std::uint8_t{0});
    Prefix prefix;
    prefix.network_ = IpAddress::from_bytes(bytes);
    prefix.length_ = length;
    return prefix;
}

bool Prefix::overlaps(const Prefix& other) const noexcept {
    return length_ <= other.length_ ? contains(other.network_) : other.contains(network_);
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
