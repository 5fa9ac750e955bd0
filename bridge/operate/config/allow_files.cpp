#include "bridge/operate/config/allow_files.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <compare>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "bridge/domain/policy/allow_file.hpp"

namespace bridge::operate {

namespace {

constexpr std::chrono::seconds look_every{1};
constexpr std::uintmax_t bytes_max = 64U << 20U;

/// What tells one version of a file from the next.
struct Version {
    std::int64_t seconds = 0;
    std::int64_t nanoseconds = 0;
    std::int64_t bytes = -1;  // -1: it is not there
    std::uint64_t inode = 0;

    friend bool operator==(const Version&, const Version&) = default;
};

Version version_of(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) {
        return {};
    }
    return {status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_size, status.st_ino};
}

}  // namespace

struct AllowFiles::File {
    std::string path;
    Version read;  // that the rules, or the complaint, are of
    Version seen;  // at the last look
    std::vector<domain::AllowRule> rules;
    std::vector<std::string> trouble;
};

tl::expected<std::vector<domain::AllowRule>, std::vector<std::string>> load_allow_file(const std::string& path) {
    const auto fail = [&](const std::string& why) {
        return tl::unexpected(std::vector{fmt::format("{}: {}", path, why)});
    };
    const auto unreadable = [&] {
        return fail(fmt::format("cannot be read: {}; give the path of a file that the bridge's user may read",
                                std::generic_category().message(errno)));
    };
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) {
        return unreadable();
    }
    if (!S_ISREG(status.st_mode)) {  // before it is opened: a pipe without a writer would be waited for
        return fail("is no file; give the path of one with a prefix or name a line");
    }
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        return unreadable();
    }
    if (static_cast<std::uintmax_t>(status.st_size) > bytes_max) {
        return fail(fmt::format("is larger than {} MiB", bytes_max >> 20U));
    }
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    if (in.bad()) {
        return fail("cannot be read to its end");
    }
    return domain::read_allow_file(text, path);
}

AllowFiles::AllowFiles(std::vector<std::string> paths, engine::Clock& clock, engine::Engine& engine,
                       engine::Engine::Listener listener)
    : clock_(clock), engine_(engine), listener_(std::move(listener)) {
    for (std::string& path : paths) {
        // A change between the configuration's reading and now must not be missed, so what it read counts for nothing.
        File file{.path = std::move(path), .read = {}, .seen = {}, .rules = {}, .trouble = {}};
        if (auto rules = load_allow_file(file.path)) {
            file.rules = std::move(*rules);
        }
        files_.push_back(std::move(file));
    }
    if (!files_.empty()) {
        look();
    }
}

AllowFiles::~AllowFiles() = default;

void AllowFiles::wait() {
    alarm_ = clock_.at(clock_.now() + look_every, [this] { look(); });
}

void AllowFiles::look() {
    bool changed = false;
    for (File& file : files_) {
        const Version now = version_of(file.path);
        const bool settled = std::exchange(file.seen, now) == now;
        if (now != file.read && settled) {
            file.read = now;
            changed = read_again(file) || changed;
        }
    }
    trouble_.clear();
    for (const File& file : files_) {
        trouble_.insert(trouble_.end(), file.trouble.begin(), file.trouble.end());
    }
    if (changed) {
        std::vector<domain::AllowRule> all;
        for (const File& file : files_) {
            all.insert(all.end(), file.rules.begin(), file.rules.end());
        }
        engine_.allow(std::string(allow_files_layer), std::move(all));
    }
    wait();
}

bool AllowFiles::read_again(File& file) {
    auto rules = load_allow_file(file.path);
    if (!rules) {
        file.trouble = std::move(rules.error());
        for (const std::string& line : file.trouble) {
            listener_({engine::Happening::Kind::warning, "allow list",
                       fmt::format("{}; the {} rule(s) of the version before stay in force", line, file.rules.size())});
        }
        return false;
    }
    const std::size_t before = file.rules.size();
    file.trouble.clear();
    file.rules = std::move(*rules);
    const bool emptied = file.rules.empty() && before > 0;
    listener_({emptied ? engine::Happening::Kind::warning : engine::Happening::Kind::audit, "allow list",
               fmt::format("{}: read, {} rule(s), {} before", file.path, file.rules.size(), before)});
    return true;
}

}  // namespace bridge::operate
