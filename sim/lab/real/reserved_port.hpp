// A port that stays the same while whoever listens there comes and goes, as a bridge does whose address is written into
// firewalls: it is bound here and never listened at, so that nobody else is given it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <tl/expected.hpp>

namespace sim::lab {

class ReservedPort {
public:
    /// On 127.0.0.1. Who listens there must set SO_REUSEADDR, as servers do.
    static tl::expected<std::unique_ptr<ReservedPort>, std::string> make();
    ~ReservedPort();
    ReservedPort(const ReservedPort&) = delete;
    ReservedPort& operator=(const ReservedPort&) = delete;

    std::uint16_t port() const noexcept { return port_; }

private:
    ReservedPort(int socket, std::uint16_t port) : socket_(socket), port_(port) {}

    int socket_;
    std::uint16_t port_;
};

}  // namespace sim::lab
