// What the disk alone takes for a group of notifications: pieces of a preallocated file are overwritten and synced, a
// fixed number of times a second. No store that syncs before it answers is faster.
//   bench_disk FILE [SYNCS_A_SECOND [KILOBYTES [SECONDS]]]      default: 200 of 128 KB, for 5 s
// Prints p50, p99 and max in milliseconds. FILE is made, and removed.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

int main(int argc, char** argv) {
    using Clock = std::chrono::steady_clock;
    if (argc < 2) {
        std::fprintf(stderr, "bench_disk FILE [SYNCS_A_SECOND [KILOBYTES [SECONDS]]]\n");
        return 2;
    }
    const auto number = [&](int at, std::size_t otherwise) {
        return argc > at ? std::max<std::size_t>(1, std::strtoul(argv[at], nullptr, 10)) : otherwise;
    };
    const std::size_t rate = number(2, 200);
    const std::string piece(number(3, 128) << 10U, 'x');
    const std::size_t pieces = std::max<std::size_t>(2, (64U << 20U) / piece.size());
    const auto end = Clock::now() + std::chrono::seconds(number(4, 5));
    const int file = ::open(argv[1], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    const auto write = [&](std::size_t at) {
        return ::pwrite(file, piece.data(), piece.size(), static_cast<off_t>(at * piece.size())) ==
                   static_cast<ssize_t>(piece.size()) ||
               (std::perror(argv[1]), false);
    };
    bool good = file >= 0;
    for (std::size_t i = 0; good && i < pieces; ++i) {
        good = write(i);
    }
    good = good && ::fsync(file) == 0;
    std::vector<double> took;
    auto due = Clock::now();
    for (std::size_t i = 0; good && Clock::now() < end; ++i) {
        const auto from = Clock::now();
        good = write(i % pieces) && ::fdatasync(file) == 0;
        took.push_back(std::chrono::duration<double, std::milli>(Clock::now() - from).count());
        due += std::chrono::nanoseconds(1'000'000'000 / rate);
        std::this_thread::sleep_until(due);
    }
    ::close(file);
    ::unlink(argv[1]);
    if (!good || took.empty()) {
        std::fprintf(stderr, "%s: cannot be written and synced\n", argv[1]);
        return 2;
    }
    std::sort(took.begin(), took.end());
    const auto at = [&](double share) {
        return took[std::min(took.size() - 1, static_cast<std::size_t>(share * static_cast<double>(took.size())))];
    };
    std::printf("%.2f %.2f %.2f\n", at(0.5), at(0.99), took.back());
    return 0;
}
