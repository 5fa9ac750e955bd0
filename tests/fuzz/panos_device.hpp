// A mock firewall for the fuzz targets: a small configuration with every kind of object that rules refer to, and the
// promises that hold of each answer whatever was asked.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/panos/device.hpp"

namespace fuzz {

using Fields = std::vector<std::pair<std::string_view, std::string_view>>;

class PanosDevice {
public:
    /// A twin of the one device that is set up, once.
    PanosDevice();

    /// One API call by the administrator. Aborts, saying which promise was broken, when the answer is no well-formed
    /// <response> of HTTP status 200 to 499, or holds the key or the password.
    std::string call(const Fields& fields);
    /// Lets every job end.
    void let_jobs_end();

    sim::panos::Device& device() { return *device_; }

private:
    struct SetUp {};
    explicit PanosDevice(SetUp);

    std::unique_ptr<sim::panos::Device> device_;
    std::string key_;
    sim::panos::Instant now_;
};

void promise(bool kept, const char* which);

}  // namespace fuzz
