// Packet captures made by hand: frames of one TCP connection, in a file as tcpdump writes it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace packets {

inline std::string big(std::uint64_t value, int bytes) {
    std::string out;
    for (int i = bytes - 1; i >= 0; --i) {
        out += static_cast<char>(static_cast<unsigned char>((value >> (8 * i)) & 0xffU));
    }
    return out;
}

inline std::string little(std::uint64_t value, int bytes) {
    std::string out = big(value, bytes);
    std::reverse(out.begin(), out.end());
    return out;
}

inline constexpr int ethernet = 1;
inline constexpr int loopback = 0;
inline constexpr int raw_ip = 101;
inline constexpr int cooked = 113;
inline constexpr int cooked_2 = 276;

/// libpcap's file format, version 2.4. A packet longer than `snap` is cut.
inline std::string file_of(const std::vector<std::string>& frames, int link = ethernet, std::size_t snap = 262144) {
    std::string out = little(0xa1b2c3d4, 4) + little(2, 2) + little(4, 2) + little(0, 8) + little(snap, 4) +
                      little(static_cast<std::uint64_t>(link), 4);
    std::uint64_t second = 1'700'000'000;
    for (const std::string& frame : frames) {
        const std::string kept = frame.substr(0, snap);
        out += little(second++, 4) + little(0, 4) + little(kept.size(), 4) + little(frame.size(), 4) + kept;
    }
    return out;
}

/// The same as pcapng: a section header, an interface, and an enhanced packet block for each frame.
inline std::string pcapng_of(const std::vector<std::string>& frames, int link = ethernet) {
    const auto block = [](std::uint32_t type, std::string content) {
        content.resize((content.size() + 3) / 4 * 4, '\0');
        const std::string length = little(content.size() + 12, 4);
        return little(type, 4) + length + content + length;
    };
    std::string out = block(0x0a0d0d0a, little(0x1a2b3c4d, 4) + little(1, 2) + little(0, 2) + std::string(8, '\xff')) +
                      block(1, little(static_cast<std::uint64_t>(link), 2) + little(0, 2) + little(262144, 4));
    for (const std::string& frame : frames) {
        out += block(6, little(0, 4) + little(0, 8) + little(frame.size(), 4) + little(frame.size(), 4) + frame);
    }
    return out;
}

/// An IPv4 packet without link header in fragments of `size` bytes of payload, a multiple of 8.
inline std::vector<std::string> fragments_of(const std::string& ip, std::size_t size) {
    constexpr std::size_t header = 20;
    std::vector<std::string> all;
    for (std::size_t at = header; at < ip.size(); at += size) {
        const std::string part = ip.substr(at, size);
        const bool more = at + size < ip.size();
        const std::uint64_t offset = (at - header) / 8 + (more ? 0x2000U : 0U);
        all.push_back(ip.substr(0, 2) + big(header + part.size(), 2) + big(7, 2) + big(offset, 2) +
                      ip.substr(8, header - 8) + part);
    }
    return all;
}

inline std::string in_link(const std::string& ip, int link, bool v6, bool vlan = false) {
    const std::string type = v6 ? "\x86\xdd" : std::string("\x08\x00", 2);
    switch (link) {
        case ethernet:
            return std::string(12, '\x02') + (vlan ? std::string("\x81\x00\x00\x07", 4) : "") + type + ip;
        case loopback:
            return little(v6 ? 10 : 2, 4) + ip;
        case cooked:
            return std::string("\x00\x00\x00\x01\x00\x06", 6) + std::string(8, '\x02') + type + ip;
        case cooked_2:
            return type + std::string(18, '\0') + ip;
        default:
            return ip;
    }
}

enum Flags : unsigned { fin = 1, syn = 2, push = 8, ack = 16 };

/// One connection, seen by somebody in between. Frames come in the order in which they are made.
class Connection {
public:
    explicit Connection(bool v6 = false, std::uint16_t client_port = 40001, int link = ethernet, bool vlan = false)
        : v6_(v6), port_(client_port), link_(link), vlan_(vlan) {}

    void opens() {
        add(frame(true, syn, ""));
        ++client_next_;
        add(frame(false, syn | ack, ""));
        ++server_next_;
        add(frame(true, ack, ""));
    }
    /// In segments of at most `size` bytes.
    void client_says(std::string_view text, std::size_t size = 1000) { says(true, text, size); }
    void server_says(std::string_view text, std::size_t size = 1000) { says(false, text, size); }
    void closes() {
        add(frame(true, fin | ack, ""));
        ++client_next_;
        add(frame(false, fin | ack, ""));
        ++server_next_;
        add(frame(true, ack, ""));
    }

    std::vector<std::string> frames;

private:
    void says(bool client, std::string_view text, std::size_t size) {
        for (std::size_t at = 0; at < text.size(); at += size) {
            const std::string_view part = text.substr(at, size);
            add(frame(client, push | ack, part));
            (client ? client_next_ : server_next_) += static_cast<std::uint32_t>(part.size());
        }
    }
    void add(std::string ip) { frames.push_back(in_link(ip, link_, v6_, vlan_)); }

    std::string frame(bool client, unsigned flags, std::string_view payload) const {
        const std::uint16_t server_port = 8088;
        const std::string ports = client ? big(port_, 2) + big(server_port, 2) : big(server_port, 2) + big(port_, 2);
        const std::string tcp = ports + big(client ? client_next_ : server_next_, 4) +
                                big(client ? server_next_ : client_next_, 4) + big(0x5000U | flags, 2) + big(65535, 2) +
                                big(0, 4) + std::string(payload);
        if (v6_) {
            const std::string a = "\xfd" + std::string(14, '\0') + '\x05';
            const std::string b = "\xfd" + std::string(14, '\0') + '\x09';
            return big(0x60000000, 4) + big(tcp.size(), 2) + big(0x0640, 2) + (client ? a + b : b + a) + tcp;
        }
        const std::string a = big(0x0a010105, 4);
        const std::string b = big(0x0a010109, 4);
        return big(0x4500, 2) + big(20 + tcp.size(), 2) + big(0, 4) + big(0x4006, 2) + big(0, 2) +
               (client ? a + b : b + a) + tcp;
    }

    bool v6_;
    std::uint16_t port_;
    int link_;
    bool vlan_;
    std::uint32_t client_next_ = 4'294'960'000;  // wraps around within the first kilobytes
    std::uint32_t server_next_ = 1000;
};

}  // namespace packets
