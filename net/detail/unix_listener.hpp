// A listening socket on a path: made so that at no moment anyone but its owner and group can connect, and taken away
// again.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "net/http_server.hpp"

namespace net::detail {

/// The file of a bound Unix socket.
class SocketFile {
public:
    SocketFile() = default;
    ~SocketFile() { remove(); }
    SocketFile(const SocketFile&) = delete;
    SocketFile& operator=(const SocketFile&) = delete;

    /// Takes charge of the file that is at `path` now.
    void keep(const std::string& path);

    /// Unlinks it, unless another file stands there by now.
    void remove();

private:
    std::string path_;
    dev_t device_ = 0;
    ino_t inode_ = 0;
};

/// Binds and listens; `file` then is in charge of the path. A socket there that nobody listens on is replaced. Errors
/// name the path and the reason: a listener that lives, a file that is no socket, a group that is not ours to give.
Result<int> open_unix_listener(const UnixListener& options, SocketFile& file);

/// Who connected.
std::optional<LocalPeer> local_peer_of(int socket);

}  // namespace net::detail
