// When certificates in files expire, so that somebody renews them before.
#pragma once

#include <optional>
#include <string>

#include "bridge/domain/value/time.hpp"

namespace bridge::operate {

/// The earliest `notAfter` of the certificates in a PEM file; nullopt when there is none that can be read.
std::optional<domain::WallTime> earliest_expiry(const std::string& pem_file);

/// The `notAfter` of the first certificate, which is the one that a server shows; nullopt when it cannot be read.
std::optional<domain::WallTime> leaf_expiry(const std::string& pem_file);

}  // namespace bridge::operate
