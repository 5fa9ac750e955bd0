#include "sim/fireeye/invented.hpp"

#include <fmt/format.h>

namespace sim::fireeye {

namespace {

/// FNV-1a: std::hash may differ between standard libraries, and payloads must not.
std::uint64_t hash_of(std::string_view text) {
    std::uint64_t hash = 14695981039346656037U;
    for (const char c : text) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
    }
    return hash;
}

std::uint64_t mixed(std::uint64_t value) {
    value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9U;
    value = (value ^ (value >> 27U)) * 0x94D049BB133111EBU;
    return value ^ (value >> 31U);
}

}  // namespace

Invented::Invented(std::string_view seed) : state_(hash_of(seed)) {}

std::uint64_t Invented::next() {
    state_ += 0x9E3779B97F4A7C15U;  // SplitMix64
    return mixed(state_);
}

std::string Invented::hex(std::size_t digits) {
    std::string out;
    while (out.size() < digits) {
        out += fmt::format("{:016x}", next());
    }
    out.resize(digits);
    return out;
}

std::string Invented::uuid() {
    const std::string digits = hex(32);
    const std::string_view view = digits;
    return fmt::format("{}-{}-4{}-a{}-{}", view.substr(0, 8), view.substr(8, 4), view.substr(13, 3), view.substr(17, 3),
                       view.substr(20, 12));
}

std::string Invented::high_port() {
    return std::to_string(49152 + next() % 16384);
}

std::string mac_of(std::string_view name) {
    const std::uint64_t value = mixed(hash_of(name));
    return fmt::format("00:0c:29:{:02x}:{:02x}:{:02x}", value & 0xFFU, (value >> 8U) & 0xFFU, (value >> 16U) & 0xFFU);
}

namespace {

constexpr std::size_t mac_digits = 12;

/// Its digits, or nothing when it is no MAC.
std::string digits_of(std::string_view mac) {
    std::string digits;
    for (const char c : mac) {
        const bool lower = c >= 'a' && c <= 'f';
        if (lower || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F')) {
            digits += lower ? static_cast<char>(c - 'a' + 'A') : c;
        } else if (c != ':' && c != '-') {
            return {};
        }
    }
    return digits.size() == mac_digits ? digits : std::string();
}

}  // namespace

std::string bare_mac(std::string_view mac) {
    std::string digits = digits_of(mac);
    return digits.empty() ? std::string(mac) : digits;
}

std::string colon_mac(std::string_view mac) {
    const std::string digits = mac.find(':') == std::string_view::npos ? digits_of(mac) : std::string();
    if (digits.empty()) {
        return std::string(mac);
    }
    std::string out;
    for (std::size_t i = 0; i < mac_digits; i += 2) {
        out += (i == 0 ? "" : ":") + digits.substr(i, 2);
    }
    return out;
}

std::uint64_t number_of(std::string_view text) {
    return mixed(hash_of(text));
}

}  // namespace sim::fireeye
