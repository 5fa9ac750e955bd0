// A directory for one scenario's files, gone when the scenario is over.
#pragma once

#include <filesystem>
#include <string>

#include <tl/expected.hpp>

namespace sim::lab {

class Scratch {
public:
    /// Below $TMPDIR, else /tmp; readable by this user only.
    static tl::expected<Scratch, std::string> make();

    Scratch(Scratch&& other) noexcept : path_(std::exchange(other.path_, {})), keep_(other.keep_) {}
    Scratch& operator=(Scratch&&) = delete;
    ~Scratch();

    const std::string& path() const noexcept { return path_; }
    void keep() noexcept { keep_ = true; }

private:
    explicit Scratch(std::string path) : path_(std::move(path)) {}

    std::string path_;
    bool keep_ = false;
};

}  // namespace sim::lab
