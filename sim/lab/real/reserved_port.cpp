#include "sim/lab/real/reserved_port.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace sim::lab {

tl::expected<std::unique_ptr<ReservedPort>, std::string> ReservedPort::make() {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
    const int on = 1;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* const raw = reinterpret_cast<sockaddr*>(&address);
    if (socket < 0 || ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        ::bind(socket, raw, length) != 0 || ::getsockname(socket, raw, &length) != 0) {
        const int error = errno;
        if (socket >= 0) {
            ::close(socket);
        }
        return tl::unexpected("no port can be reserved: " + std::generic_category().message(error));
    }
    return std::unique_ptr<ReservedPort>(new ReservedPort(socket, ntohs(address.sin_port)));
}

ReservedPort::~ReservedPort() {
    ::close(socket_);
}

}  // namespace sim::lab
