// The file in which a mock firewall's state outlives its process. The device itself touches no file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "sim/panos/device.hpp"

namespace sim::lab {

class StateFile {
public:
    /// Of no directory: nothing is ever read or written.
    explicit StateFile(std::string directory) : directory_(std::move(directory)) {}

    /// Takes up what is there; a directory without a state, or that is not there yet, is a fresh device. Errors name
    /// the file and what is wrong.
    tl::expected<void, std::string> restore(panos::Device& device);
    /// Something has changed since the last time.
    bool wants(const panos::Device& device) const { return !directory_.empty() && kept_ != device.revision(); }
    /// Writes what has changed since the last time, whole, by a rename. A failure is told once on standard error.
    void keep(const panos::Device& device);

private:
    std::string directory_;
    std::optional<std::uint64_t> kept_;  // revision
    bool complained_ = false;
};

}  // namespace sim::lab
