// Reads packet captures (pcap, pcapng): follows the TCP connections in them and reads the HTTP that they carried.
// libpcap and libtins stay in the .cpp.
#pragma once

#include <string>
#include <string_view>

#include "sim/lab/capture/capture.hpp"

namespace sim::lab {

/// Whether a file's first bytes are those of a packet capture.
bool looks_like_pcap(std::string_view bytes);

/// Shape     link types Ethernet (VLAN tags too), loopback, raw IP, Linux cooked (v1 and v2); IPv4 and IPv6;
///           packets retransmitted, reordered or (IPv4) fragmented; connections whose beginning is missing, as far as
///           requests begin in what is there
/// Returns   as read_http, in the order in which connections began. What is lost on the way (packets cut by the snap
///           length, segments that are not in the capture, TLS) is told as unusable.
Capture read_pcap(const std::string& path, const std::string& place);

}  // namespace sim::lab
