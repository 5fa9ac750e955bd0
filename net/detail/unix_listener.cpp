#include "net/detail/unix_listener.hpp"

#include <grp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace net::detail {

namespace {

std::string system_text(int error) {
    return std::generic_category().message(error);
}

/// Owns a descriptor until it is given away.
class Descriptor {
public:
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor() {
        if (fd_ >= 0) {
            ::close(fd_);
        }
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    int get() const { return fd_; }
    int release() { return std::exchange(fd_, -1); }

private:
    int fd_;
};

int stream_socket() {
    return ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

/// Makes room at the path; an error when it is in use.
Result<void> clear_path(const std::string& path, const sockaddr_un& address) {
    struct stat there {};
    if (::lstat(path.c_str(), &there) != 0) {
        return errno == ENOENT ? Result<void>{} : tl::unexpected(path + ": " + system_text(errno));
    }
    if (!S_ISSOCK(there.st_mode)) {
        return tl::unexpected(path + ": is there already and is no socket; remove it, or choose another path");
    }
    const Descriptor probe(stream_socket());
    if (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 || errno == EAGAIN) {
        return tl::unexpected(path + ": another process listens there");
    }
    if (errno != ECONNREFUSED) {
        return tl::unexpected(path + ": " + system_text(errno));
    }
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
        return tl::unexpected(path + ": a socket that a dead process left cannot be removed: " + system_text(errno));
    }
    return {};
}

Result<gid_t> group_called(const std::string& name) {
    // getgrnam is not safe beside other threads that call it; a listener is opened before there are any.
    errno = 0;
    const group* const entry = ::getgrnam(name.c_str());
    if (entry == nullptr) {
        return tl::unexpected("there is no group '" + name + "' on this host");
    }
    return entry->gr_gid;
}

}  // namespace

void SocketFile::keep(const std::string& path) {
    struct stat there {};
    if (::lstat(path.c_str(), &there) == 0) {
        path_ = path;
        device_ = there.st_dev;
        inode_ = there.st_ino;
    }
}

void SocketFile::remove() {
    struct stat there {};
    if (!path_.empty() && ::lstat(path_.c_str(), &there) == 0 && there.st_dev == device_ && there.st_ino == inode_) {
        ::unlink(path_.c_str());
    }
    path_.clear();
}

Result<int> open_unix_listener(const UnixListener& options, SocketFile& file) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (options.path.empty() || options.path.size() >= sizeof address.sun_path) {
        return tl::unexpected("'" + options.path + "': a socket's path has 1 to " +
                              std::to_string(sizeof address.sun_path - 1) + " bytes");
    }
    std::memcpy(address.sun_path, options.path.c_str(), options.path.size());
    if (const auto clear = clear_path(options.path, address); !clear) {
        return tl::unexpected(clear.error());
    }
    Descriptor listener(stream_socket());
    if (listener.get() < 0 ||
        ::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        return tl::unexpected(options.path + ": " + system_text(errno) +
                              (errno == ENOENT ? "; the folder must be there before" : ""));
    }
    file.keep(options.path);
    // Nobody can connect before `listen`, so there is no moment with the wrong owner or mode.
    if (!options.group.empty()) {
        const auto group = group_called(options.group);
        if (!group) {
            return tl::unexpected(options.path + ": " + group.error());
        }
        if (::chown(options.path.c_str(), static_cast<uid_t>(-1), *group) != 0) {
            return tl::unexpected(options.path + ": cannot be given to group '" + options.group +
                                  "': " + system_text(errno) + "; the bridge's user must be a member of it");
        }
    }
    if (::chmod(options.path.c_str(), options.mode) != 0 || ::listen(listener.get(), SOMAXCONN) != 0) {
        return tl::unexpected(options.path + ": " + system_text(errno));
    }
    return listener.release();
}

std::optional<LocalPeer> local_peer_of(int socket) {
    ucred credentials{};
    socklen_t size = sizeof credentials;
    int family = 0;
    socklen_t family_size = sizeof family;
    if (::getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &family, &family_size) != 0 || family != AF_UNIX ||
        ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) {
        return std::nullopt;
    }
    return LocalPeer{credentials.pid, credentials.uid, credentials.gid};
}

}  // namespace net::detail
