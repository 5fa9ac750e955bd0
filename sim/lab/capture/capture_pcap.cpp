#include "sim/lab/capture/capture_pcap.hpp"

#include <fmt/format.h>
#include <pcap/pcap.h>
#include <tins/ip.h>
#include <tins/ip_reassembler.h>
#include <tins/ipv6.h>
#include <tins/packet.h>
#include <tins/rawpdu.h>
#include <tins/tcp.h>
#include <tins/tcp_ip/stream_follower.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <memory>
#include <set>
#include <span>
#include <tuple>

#include "sim/lab/capture/capture_http.hpp"

namespace sim::lab {

namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::uint16_t ethertype_v4 = 0x0800;
constexpr std::uint16_t ethertype_v6 = 0x86dd;

std::uint16_t big_endian_16(Bytes bytes, std::size_t at) {
    return static_cast<std::uint16_t>((bytes[at] << 8U) | bytes[at + 1]);
}

/// What is behind an ethertype at `at`, past VLAN tags; empty when it is not IP.
Bytes behind_ethertype(Bytes frame, std::size_t at) {
    constexpr std::size_t tags_max = 3;
    for (std::size_t tag = 0; tag <= tags_max && at + 2 <= frame.size(); ++tag) {
        const std::uint16_t type = big_endian_16(frame, at);
        if (type == ethertype_v4 || type == ethertype_v6) {
            return frame.subspan(at + 2);
        }
        if (type != 0x8100 && type != 0x88a8 && type != 0x9100) {
            return {};
        }
        at += 4;
    }
    return {};
}

Bytes past(Bytes frame, std::size_t header) {
    return frame.size() > header ? frame.subspan(header) : Bytes{};
}

bool knows_link(int link) {
    constexpr std::array known{DLT_EN10MB, DLT_NULL, DLT_LOOP,      DLT_RAW,
                               DLT_IPV4,   DLT_IPV6, DLT_LINUX_SLL, DLT_LINUX_SLL2};
    return std::find(known.begin(), known.end(), link) != known.end();
}

/// The IP packet in a frame; empty when there is none.
Bytes ip_of(Bytes frame, int link) {
    switch (link) {
        case DLT_EN10MB:
            return behind_ethertype(frame, 12);
        case DLT_LINUX_SLL:
            return behind_ethertype(frame, 14);
        case DLT_LINUX_SLL2: {
            const bool ip = frame.size() > 20 &&
                            (big_endian_16(frame, 0) == ethertype_v4 || big_endian_16(frame, 0) == ethertype_v6);
            return ip ? frame.subspan(20) : Bytes{};
        }
        case DLT_NULL:
        case DLT_LOOP:
            return past(frame, 4);
        default:
            return frame;
    }
}

/// One TCP connection, as far as it could be put together.
struct Conversation {
    std::string ends;  // "10.1.2.3:4444 to 10.9.9.9:8088"
    std::string client;
    std::string server;
    bool partial = false;  // its beginning is not in the capture
    bool hole = false;     // a segment is missing
    bool over = false;     // nothing more is taken of it
};

std::string ends_of(const Tins::TCPIP::Stream& stream) {
    return stream.is_v6() ? fmt::format("[{}]:{} to [{}]:{}", stream.client_addr_v6().to_string(), stream.client_port(),
                                        stream.server_addr_v6().to_string(), stream.server_port())
                          : fmt::format("{}:{} to {}:{}", stream.client_addr_v4().to_string(), stream.client_port(),
                                        stream.server_addr_v4().to_string(), stream.server_port());
}

class PcapReading {
public:
    explicit PcapReading(std::string place) : place_(std::move(place)) {
        follower_.follow_partial_streams(true);
        // By the capture's own clock, which may be wrong; the number of connections is bounded otherwise.
        follower_.stream_keep_alive(std::chrono::hours(24 * 365));
        follower_.new_stream_callback([this](Tins::TCPIP::Stream& stream) { follow(stream); });
        follower_.stream_termination_callback(
            [this](Tins::TCPIP::Stream& stream, Tins::TCPIP::StreamFollower::TerminationReason) {
                look_for_holes(stream);
            });
    }

    Capture run(const std::string& path) {
        std::array<char, PCAP_ERRBUF_SIZE> error{};
        const std::unique_ptr<pcap_t, void (*)(pcap_t*)> file(pcap_open_offline(path.c_str(), error.data()),
                                                              &pcap_close);
        if (!file) {
            report(fmt::format("it cannot be read as a packet capture: {}", error.data()));
            return std::move(capture_);
        }
        const int link = pcap_datalink(file.get());
        if (!knows_link(link)) {
            const char* name = pcap_datalink_val_to_name(link);
            report(
                fmt::format("its link type is {}, and this reads Ethernet, loopback, raw IP and Linux cooked; convert "
                            "it, or record with `tcpdump -i any`",
                            name == nullptr ? std::to_string(link) : name));
            return std::move(capture_);
        }
        pcap_pkthdr* header = nullptr;
        const u_char* bytes = nullptr;
        int got = 0;
        while (!full_ && (got = pcap_next_ex(file.get(), &header, &bytes)) == 1) {
            ++packets_;
            cut_ += header->caplen < header->len ? 1U : 0U;
            take(ip_of({bytes, header->caplen}, link), header->ts);
        }
        if (got == PCAP_ERROR) {
            report(fmt::format("it breaks off after {} packets: {}", packets_, pcap_geterr(file.get())));
        }
        conclude();
        return std::move(capture_);
    }

private:
    using Ends = std::tuple<std::string, std::uint16_t, std::string, std::uint16_t>;

    void report(std::string reason) { capture_.unusable.push_back({place_, std::move(reason)}); }

    void take(Bytes ip, const timeval& time) {
        if (ip.empty()) {
            return;
        }
        const unsigned version = ip.front() >> 4U;
        if (version != 4 && version != 6) {
            return;
        }
        try {
            const auto size = static_cast<std::uint32_t>(ip.size());
            std::unique_ptr<Tins::PDU> pdu;
            if (version == 4) {
                pdu = std::make_unique<Tins::IP>(ip.data(), size);
                if (fragments_.process(*pdu) == Tins::IPv4Reassembler::FRAGMENTED) {
                    return;
                }
            } else {
                pdu = std::make_unique<Tins::IPv6>(ip.data(), size);
            }
            if (pdu->find_pdu<Tins::TCP>() == nullptr || !is_followed(*pdu)) {
                return;
            }
            Tins::Packet packet(pdu.get(), Tins::Timestamp(time));
            follower_.process_packet(packet);
        } catch (const std::exception&) {
            ++malformed_;  // libtins says no more of a packet than that it is not one
        }
    }

    /// False when there are too many connections already.
    bool is_followed(const Tins::PDU& pdu) {
        const auto& tcp = pdu.rfind_pdu<Tins::TCP>();
        std::string from;
        std::string to;
        if (const auto* v4 = pdu.find_pdu<Tins::IP>()) {
            from = v4->src_addr().to_string();
            to = v4->dst_addr().to_string();
        } else {
            const auto& v6 = pdu.rfind_pdu<Tins::IPv6>();
            from = v6.src_addr().to_string();
            to = v6.dst_addr().to_string();
        }
        Ends one{from, tcp.sport(), to, tcp.dport()};
        Ends other{to, tcp.dport(), from, tcp.sport()};
        const Ends& key = std::min(one, other);
        if (known_.contains(key)) {
            return true;
        }
        if (known_.size() >= capture_connections_max) {
            ++left_out_;
            return false;
        }
        known_.insert(key);
        return true;
    }

    void follow(Tins::TCPIP::Stream& stream) {
        auto conversation = std::make_shared<Conversation>();
        conversation->ends = ends_of(stream);
        conversation->partial = stream.is_partial_stream();
        conversations_.push_back(conversation);
        stream.client_data_callback([this, conversation](Tins::TCPIP::Stream& it) {
            add(*conversation, conversation->client, it.client_payload());
        });
        stream.server_data_callback([this, conversation](Tins::TCPIP::Stream& it) {
            add(*conversation, conversation->server, it.server_payload());
        });
        stream.stream_closed_callback([this](Tins::TCPIP::Stream& it) { look_for_holes(it); });
    }

    void add(Conversation& conversation, std::string& direction, const Tins::TCPIP::Stream::payload_type& payload) {
        if (conversation.over || full_) {
            return;
        }
        bytes_ += payload.size();
        if (bytes_ > capture_stream_bytes_max) {
            full_ = true;
            return;
        }
        direction.append(payload.begin(), payload.end());
        if (direction.size() >= 3 && !looks_useful(direction)) {
            conversation.over = true;  // some kilobytes tell what it is; the rest would only fill memory
        }
    }

    static bool looks_useful(const std::string& direction) {
        constexpr std::size_t told_bytes = 64U << 10U;
        return direction.size() < told_bytes || why_not_http(direction).empty();
    }

    void look_for_holes(Tins::TCPIP::Stream& stream) {
        const bool hole =
            stream.client_flow().total_buffered_bytes() > 0 || stream.server_flow().total_buffered_bytes() > 0;
        if (!hole) {
            return;
        }
        const std::string ends = ends_of(stream);
        for (auto it = conversations_.rbegin(); it != conversations_.rend(); ++it) {
            if ((*it)->ends == ends) {
                (*it)->hole = true;
                return;
            }
        }
    }

    void conclude() {
        std::size_t without_http = 0;
        for (const auto& conversation : conversations_) {
            without_http += read(*conversation) ? 0U : 1U;
        }
        if (without_http > 0) {
            report(fmt::format("{} connection{} without HTTP", without_http, without_http == 1 ? "" : "s"));
        }
        if (cut_ > 0) {
            report(fmt::format("{} of {} packets were cut when they were recorded; record whole ones (`tcpdump -s 0`)",
                               cut_, packets_));
        }
        if (malformed_ > 0) {
            report(fmt::format("{} packets are malformed", malformed_));
        }
        if (left_out_ > 0) {
            report(fmt::format("more than {} connections; {} packets of others are left out", capture_connections_max,
                               left_out_));
        }
        if (full_) {
            report(fmt::format("its connections carry more than {} bytes; the rest is left out",
                               capture_stream_bytes_max));
        }
    }

    /// False when there is no HTTP in it.
    bool read(Conversation& conversation) {
        // Without its beginning, whoever is seen first is taken for the client.
        if (conversation.partial && (looks_like_answer(conversation.client) || looks_like_http(conversation.server)) &&
            !looks_like_answer(conversation.server)) {
            std::swap(conversation.client, conversation.server);
        }
        if (conversation.client.empty() && conversation.server.empty()) {
            return true;  // nothing was said
        }
        const std::string place = fmt::format("{}, connection {}", place_, conversation.ends);
        if (const std::string why = why_not_http(conversation.client); !why.empty()) {
            capture_.unusable.push_back({place, why});
            return true;
        }
        const bool any =
            looks_like_http(conversation.client) || conversation.client.find(" HTTP/1.") != std::string::npos;
        if (!any) {
            return false;
        }
        Capture capture = read_http(conversation.client, conversation.server, place);
        if (conversation.partial) {
            for (CapturedRequest& request : capture.requests) {
                request.status.reset();  // the first answer may belong to a request before the capture
            }
        }
        if (conversation.hole) {
            capture.unusable.push_back(
                {place, "a part of it is missing in the capture, and what came after is left out"});
        }
        append(capture_, std::move(capture));
        return true;
    }

    std::string place_;
    Capture capture_;
    Tins::IPv4Reassembler fragments_;
    std::vector<std::shared_ptr<Conversation>> conversations_;
    std::set<Ends> known_;
    std::size_t packets_ = 0;
    std::size_t cut_ = 0;
    std::size_t malformed_ = 0;
    std::size_t left_out_ = 0;
    std::size_t bytes_ = 0;
    bool full_ = false;
    Tins::TCPIP::StreamFollower follower_;  // last: its callbacks use all of the above
};

}  // namespace

bool looks_like_pcap(std::string_view bytes) {
    constexpr std::array<std::string_view, 5> magics{"\xd4\xc3\xb2\xa1", "\xa1\xb2\xc3\xd4", "\x4d\x3c\xb2\xa1",
                                                     "\xa1\xb2\x3c\x4d", "\x0a\x0d\x0d\x0a"};
    return std::any_of(magics.begin(), magics.end(), [&](std::string_view magic) { return bytes.starts_with(magic); });
}

Capture read_pcap(const std::string& path, const std::string& place) {
    return PcapReading(place).run(path);
}

}  // namespace sim::lab
