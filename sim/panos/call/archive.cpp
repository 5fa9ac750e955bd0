#include "sim/panos/call/archive.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/beast/zlib/inflate_stream.hpp>
#include <boost/crc.hpp>
#include <charconv>
#include <chrono>
#include <optional>

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

// ---- reading --------------------------------------------------------------------------------------------------------

constexpr std::size_t unpacked_max = 64U << 20U;

std::uint32_t little_at(std::string_view bytes, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        value |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
    }
    return value;
}

// The bytes behind gzip's header; nothing when this is none.
std::optional<std::string_view> behind_header(std::string_view archive) {
    constexpr unsigned has_checksum = 2;
    constexpr unsigned has_extra = 4;
    constexpr unsigned has_name = 8;
    constexpr unsigned has_comment = 16;
    if (archive.size() < 18 || archive.substr(0, 3) != "\x1f\x8b\x08") {
        return std::nullopt;
    }
    const auto flags = static_cast<unsigned char>(archive[3]);
    std::size_t at = 10;
    if ((flags & has_extra) != 0) {
        at += 2U + static_cast<unsigned char>(archive[at]) + 256U * static_cast<unsigned char>(archive[at + 1]);
    }
    for (const unsigned text : {has_name, has_comment}) {
        if ((flags & text) != 0) {
            const std::size_t end = archive.find('\0', at);
            at = end == std::string_view::npos ? archive.size() : end + 1;
        }
    }
    at += (flags & has_checksum) != 0 ? 2 : 0;
    return at + 8 > archive.size() ? std::nullopt : std::optional(archive.substr(at));
}

tl::expected<std::string, std::string> gunzip(std::string_view archive) {
    const auto packed = behind_header(archive);
    if (!packed) {
        return tl::make_unexpected(std::string("it is no gzip file"));
    }
    std::string out;
    std::array<char, 65536> piece{};
    boost::beast::zlib::inflate_stream stream;
    boost::beast::zlib::z_params state;
    state.next_in = packed->data();
    state.avail_in = packed->size();
    boost::beast::error_code ended;
    while (!ended) {
        state.next_out = piece.data();
        state.avail_out = piece.size();
        stream.write(state, boost::beast::zlib::Flush::sync, ended);
        const std::size_t made = piece.size() - state.avail_out;
        out.append(piece.data(), made);
        if (out.size() > unpacked_max) {
            return tl::make_unexpected(std::string("it is larger than 64 MiB when unpacked"));
        }
        if (made == 0 && !ended) {
            break;
        }
    }
    boost::crc_32_type sum;
    sum.process_bytes(out.data(), out.size());
    const bool whole = ended == boost::beast::zlib::error::end_of_stream && state.avail_in >= 8;
    const std::string_view trailer = packed->substr(packed->size() - state.avail_in);
    if (!whole || little_at(trailer, 0) != sum.checksum() ||
        little_at(trailer, 4) != static_cast<std::uint32_t>(out.size())) {
        return tl::make_unexpected(std::string("it is damaged or cut short"));
    }
    return out;
}

std::string_view tar_text(std::string_view header, std::size_t at, std::size_t size) {
    const std::string_view field = header.substr(at, size);
    return field.substr(0, field.find('\0'));
}

std::optional<std::size_t> octal(std::string_view text) {
    std::size_t value = 0;
    const std::size_t begin = std::min(text.find_first_not_of(' '), text.size());
    const std::string_view digits = text.substr(begin, text.find(' ', begin) - begin);
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value, 8);
    return !digits.empty() && read.ec == std::errc{} && read.ptr == digits.data() + digits.size() ? std::optional(value)
                                                                                                  : std::nullopt;
}

}  // namespace

tl::expected<std::vector<ArchivedFile>, std::string> untgz(std::string_view archive) {
    const auto tar = gunzip(archive);
    if (!tar) {
        return tl::make_unexpected(tar.error());
    }
    std::vector<ArchivedFile> files;
    std::string_view rest = *tar;
    while (rest.size() >= block && rest.front() != '\0') {
        const std::string_view header = rest.substr(0, block);
        const auto size = octal(tar_text(header, 124, 12));
        if (!size || *size > rest.size() - block) {
            return tl::make_unexpected(std::string("it holds no tar archive"));
        }
        const char kind = header[156];
        if (kind == '0' || kind == '\0') {
            files.push_back({std::string(tar_text(header, 0, 100)), std::string(rest.substr(block, *size))});
        }
        rest.remove_prefix(std::min(rest.size(), block + (*size + block - 1) / block * block));
    }
    return files;
}

std::string tgz(const std::vector<ArchivedFile>& files, Instant at) {
    std::string tar;
    for (const ArchivedFile& file : files) {
        tar += tar_entry(file, at);
    }
    tar += std::string(2 * block, '\0');
    return gzip(tar, at);
}

}  // namespace sim::panos
