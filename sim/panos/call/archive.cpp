#include "sim/panos/call/archive.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <new>
#include <optional>

namespace sim::panos {
namespace {

constexpr std::size_t block = 512;

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

// zlib's own sign for gzip's header and trailer around a stream.
constexpr int gzip_window = 15 + 16;
constexpr std::size_t unpacked_max = 64U << 20U;

Bytef* bytes_of(std::string_view text) {
    return const_cast<Bytef*>(reinterpret_cast<const Bytef*>(text.data()));  // which zlib only reads
}

std::string gzip(std::string_view text, Instant at) {
    z_stream stream{};
    gz_header header{};
    header.time = static_cast<uLong>(seconds(at));
    header.os = 3;  // Unix
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        throw std::bad_alloc();
    }
    deflateSetHeader(&stream, &header);
    std::string out(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
    stream.next_in = bytes_of(text);
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);  // ends at once: there is room for whatever comes of it
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

tl::expected<std::string, std::string> gunzip(std::string_view archive) {
    z_stream stream{};
    if (inflateInit2(&stream, gzip_window) != Z_OK) {
        throw std::bad_alloc();
    }
    stream.next_in = bytes_of(archive);
    stream.avail_in = static_cast<uInt>(archive.size());
    std::string out;
    std::array<Bytef, 65536> piece{};
    int state = Z_OK;
    while (state == Z_OK && out.size() <= unpacked_max) {
        stream.next_out = piece.data();
        stream.avail_out = static_cast<uInt>(piece.size());
        state = inflate(&stream, Z_NO_FLUSH);
        out.append(reinterpret_cast<const char*>(piece.data()), piece.size() - stream.avail_out);
    }
    const bool begun = stream.total_out > 0;
    inflateEnd(&stream);
    if (out.size() > unpacked_max) {
        return tl::make_unexpected(std::string("it is larger than 64 MiB when unpacked"));
    }
    if (state != Z_STREAM_END) {
        return tl::make_unexpected(std::string(begun ? "it is damaged or cut short" : "it is no gzip file"));
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
