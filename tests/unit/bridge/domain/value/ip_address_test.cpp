#include "bridge/domain/value/ip_address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstring>
#include <random>
#include <string>

using namespace bridge::domain;

TEST_CASE("an address has one canonical text whatever its spelling") {
    const auto [given, canonical] = GENERATE(table<const char*, const char*>({
        {"203.0.113.5", "203.0.113.5"},
        {"2001:DB8:0:0:0:0:0:5", "2001:db8::5"},
        {"2001:db8::0005", "2001:db8::5"},
        {"::ffff:203.0.113.5", "203.0.113.5"},
        {"::FFFF:cb00:7105", "203.0.113.5"},
        {"::", "::"},
    }));
    const auto address = IpAddress::parse(given);
    REQUIRE(address);
    CHECK(address->text() == canonical);
}

TEST_CASE("what is no address is not taken for one") {
    const auto* text = GENERATE("", "203.0.113", "203.0.113.256", "203.0.113.05", " 203.0.113.5", "203.0.113.5 ",
                                "203.0.113.5:443", "[2001:db8::5]", "2001:db8::5%eth0", "0x7f.0.0.1", "3405803781",
                                "2001:db8:::5", "example.com", "1.2.3.4.5");
    CHECK_FALSE(IpAddress::parse(text));
}

TEST_CASE("a dotted quad is read exactly as the system's library reads it") {
    constexpr std::string_view characters = "0123456789..25x: ";
    std::minstd_rand random(7);
    for (int i = 0; i < 200'000; ++i) {
        std::string text;
        if (i % 2 == 0) {
            for (std::size_t left = 1 + random() % 16; left > 0; --left) {
                text += characters[random() % characters.size()];
            }
        } else {
            for (int part = 0; part < 4; ++part) {
                text += (part > 0 ? "." : "") + std::to_string(random() % 300);
            }
        }
        in_addr theirs{};
        const bool is_one = inet_pton(AF_INET, text.c_str(), &theirs) == 1;
        const auto ours = IpAddress::parse(text);
        INFO(text);
        REQUIRE((ours && ours->is_v4()) == is_one);
        if (is_one) {
            REQUIRE(std::memcmp(ours->bytes().data() + 12, &theirs, sizeof(theirs)) == 0);
            REQUIRE(ours->text() == text);
        }
    }
}

TEST_CASE("an IPv6 address is written exactly as the system's library writes it") {
    std::minstd_rand random(11);
    for (int i = 0; i < 200'000; ++i) {
        // Zeros are what the writing is about: each group is one as often as not.
        std::array<std::uint8_t, 16> bytes{};
        for (std::size_t group = 0; group < 8; ++group) {
            const unsigned value = random() % 2 == 0 ? 0 : static_cast<unsigned>(random()) >> (random() % 16);
            bytes[2 * group] = static_cast<std::uint8_t>(value >> 8U);
            bytes[2 * group + 1] = static_cast<std::uint8_t>(value);
        }
        const auto ours = IpAddress::from_bytes(bytes);
        if (ours.is_v4()) {
            continue;
        }
        std::array<char, INET6_ADDRSTRLEN> theirs{};
        REQUIRE(inet_ntop(AF_INET6, bytes.data(), theirs.data(), theirs.size()) != nullptr);
        REQUIRE(ours.text() == theirs.data());
        REQUIRE(IpAddress::parse(ours.text()) == ours);
    }
}

TEST_CASE("a prefix keeps its first bits and clears the others") {
    std::minstd_rand random(13);
    for (int i = 0; i < 20'000; ++i) {
        const bool v4 = i % 2 == 0;
        std::array<std::uint8_t, 16> bytes{};
        std::generate(bytes.begin(), bytes.end(), [&random] { return static_cast<std::uint8_t>(random()); });
        if (v4) {
            std::fill(bytes.begin(), bytes.begin() + 10, std::uint8_t{0});
            bytes[10] = bytes[11] = 0xff;
        } else {
            bytes[0] = 0x20;
        }
        const auto address = IpAddress::from_bytes(bytes);
        const unsigned width = v4 ? 32 : 128;
        const unsigned length = static_cast<unsigned>(random()) % (width + 1);
        const auto prefix = Prefix::of(address, length);
        REQUIRE(prefix.contains(address));
        for (unsigned bit = 0; bit < width; ++bit) {
            auto other = bytes;
            const unsigned at = bit + (128 - width);
            other[at / 8] = static_cast<std::uint8_t>(other[at / 8] ^ (0x80U >> (at % 8)));
            INFO(address.text() << '/' << length << ", bit " << bit);
            REQUIRE((Prefix::of(IpAddress::from_bytes(other), length) == prefix) == (bit >= length));
        }
    }
}

TEST_CASE("an embedded NUL does not hide what comes after it") {
    CHECK_FALSE(IpAddress::parse(std::string_view("203.0.113.5\0.evil", 17)));
}

TEST_CASE("an IPv4-mapped address is the IPv4 address, so an allow list sees it") {
    const auto prefix = Prefix::parse("10.0.0.0/8");
    const auto mapped = IpAddress::parse("::ffff:10.1.2.3");
    REQUIRE(prefix);
    REQUIRE(mapped);
    CHECK(mapped->is_v4());
    CHECK(prefix->contains(*mapped));
}

TEST_CASE("a prefix contains its addresses and no neighbours") {
    const auto [prefix, inside, outside] = GENERATE(table<const char*, const char*, const char*>({
        {"192.0.2.0/24", "192.0.2.255", "192.0.3.0"},
        {"192.0.2.128/25", "192.0.2.128", "192.0.2.127"},
        {"203.0.113.5", "203.0.113.5", "203.0.113.4"},
        {"0.0.0.0/0", "255.255.255.255", "::1"},
        {"2001:db8::/33", "2001:db8:7fff::1", "2001:db8:8000::1"},
        {"::/0", "2001:db8::1", "192.0.2.1"},
        {"203.0.113.4/31", "203.0.113.5", "203.0.113.6"},
    }));
    const auto parsed = Prefix::parse(prefix);
    REQUIRE(parsed);
    CHECK(parsed->contains(IpAddress::parse(inside).value()));
    CHECK_FALSE(parsed->contains(IpAddress::parse(outside).value()));
}

TEST_CASE("host bits of a prefix do not count") {
    CHECK(Prefix::parse("192.0.2.77/24") == Prefix::parse("192.0.2.0/24"));
}

TEST_CASE("an impossible prefix length is refused") {
    const auto* text =
        GENERATE("10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8x", "2001:db8::/129", "/8", "10/8");
    CHECK_FALSE(Prefix::parse(text));
}
