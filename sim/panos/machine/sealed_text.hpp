// Secrets in a file that is not one: sealed by a key that comes of the administrators' passwords, which are given anew
// at every start and are never written down.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/panos/machine/device_options.hpp"

namespace sim::panos {

class SealedText {
public:
    /// Of those administrators, in their order; costs some milliseconds.
    explicit SealedText(const DeviceOptions& options);

    /// Printable; the same for the same text. Empty for an empty text, and where no administrator has a password.
    std::string seal(std::string_view text) const;
    /// Nothing when it was sealed with other passwords, or is damaged.
    std::optional<std::string> open(std::string_view sealed) const;

private:
    std::string key_;  // empty: there is none
};

}  // namespace sim::panos
