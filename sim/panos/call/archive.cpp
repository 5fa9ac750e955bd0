#include "sim/panos/call/archive.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/crc.hpp>
#include <chrono>

namespace sim::panos {
namespace {

constexpr std::size_t block = 512;
constexpr std::size_t stored_max = 65535;  // of one deflate block

void put(std::string& header, std::size_t at, std::string_view text) {
    std::copy(text.begin(), text.end(), header.begin() + static_cast<std::ptrdiff_t>(at));
}

std::int64_t seconds(Instant at) {
    return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
}

// One entry in the ustar format.
std::string tar_entry(const ArchivedFile& file, Instant at) {
    std::string header(block, '\0');
    put(header, 0, file.name.substr(0, 100));
    put(header, 100, "0000644");
    put(header, 108, "0000000");
    put(header, 116, "0000000");
    put(header, 124, fmt::format("{:011o}", file.content.size()));
    put(header, 136, fmt::format("{:011o}", seconds(at)));
    put(header, 148, "        ");
    put(header, 156, "0");
    put(header, 257,
        std::string_view("ustar\0"
                         "00",
                         8));
    unsigned sum = 0;
    for (const char c : header) {
        sum += static_cast<unsigned char>(c);
    }
    put(header, 148, fmt::format("{:06o}", sum) + '\0');
    std::string out = header + file.content;
    out.resize((out.size() + block - 1) / block * block, '\0');
    return out;
}

void little(std::string& out, std::uint32_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) {
        out += static_cast<char>(value >> (8 * i) & 0xFFU);
    }
}

std::string gzip(std::string_view text, Instant at) {
    std::string out("\x1f\x8b\x08\x00", 4);
    little(out, static_cast<std::uint32_t>(seconds(at)), 4);
    out += std::string("\x00\x03", 2);
    std::string_view rest = text;
    do {
        const std::string_view piece = rest.substr(0, stored_max);
        rest.remove_prefix(piece.size());
        out += rest.empty() ? '\x01' : '\x00';
        const auto size = static_cast<std::uint32_t>(piece.size());
        little(out, size, 2);
        little(out, ~size, 2);
        out += piece;
    } while (!rest.empty());
    boost::crc_32_type sum;
    sum.process_bytes(text.data(), text.size());
    little(out, sum.checksum(), 4);
    little(out, static_cast<std::uint32_t>(text.size()), 4);
    return out;
}

}  // namespace

std::string tgz(const std::vector<ArchivedFile>& files, Instant at) {
    std::string tar;
    for (const ArchivedFile& file : files) {
        tar += tar_entry(file, at);
    }
    tar += std::string(2 * block, '\0');
    return gzip(tar, at);
}

}  // namespace sim::panos
