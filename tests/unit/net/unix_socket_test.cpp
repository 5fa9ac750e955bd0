#include <sys/stat.h>
#include <sys/un.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "server_under_test.hpp"

using namespace net;
using namespace net::test;

namespace {

class Folder {
public:
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "firebreak-socket-XXXXXX").string();
        REQUIRE(mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::string operator/(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

ListenOptions at(const std::string& path) {
    ListenOptions options;
    options.unix_socket = UnixListener{path};
    return options;
}

int connected_to(const std::string& path) {
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval patience{.tv_sec = 20, .tv_usec = 0};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    path.copy(to.sun_path, sizeof to.sun_path - 1);
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
        ::close(socket);
        return -1;
    }
    return socket;
}

std::string exchange(const std::string& path, std::string_view request) {
    const int socket = connected_to(path);
    REQUIRE(socket >= 0);
    REQUIRE(::send(socket, request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size()));
    std::string all;
    char bytes[4096];
    for (ssize_t got = 0; (got = ::recv(socket, bytes, sizeof bytes, 0)) > 0;) {
        all.append(bytes, static_cast<std::size_t>(got));
    }
    ::close(socket);
    return all;
}

constexpr std::string_view get_page = "GET /status HTTP/1.1\r\nHost: bridge\r\nConnection: close\r\n\r\n";

std::string refusal(ListenOptions options) {
    EventLoop loop;
    ScriptedHandler handler;
    const auto made = HttpServer::listen(loop, std::move(options), handler);
    REQUIRE_FALSE(made);
    return made.error();
}

}  // namespace

TEST_CASE("a server on a path answers, and knows which user asks") {
    const Folder folder;
    ServerUnderTest server(at(folder / "s"));
    std::optional<LocalPeer> seen;
    std::string peer;
    server.handler.request = [&](HttpRequest got, Respond respond) {
        seen = got.local;
        peer = got.peer;
        respond(plain("here"));
    };
    server.start();
    CHECK_THAT(exchange(folder / "s", get_page), Catch::Contains("here"));
    REQUIRE(seen);
    CHECK(seen->uid == ::geteuid());
    CHECK(seen->gid == ::getegid());
    CHECK(seen->pid == ::getpid());
    CHECK(peer == "local");
}

TEST_CASE("over TCP nobody is a local peer") {
    ServerUnderTest server;
    bool local = true;
    server.handler.request = [&](HttpRequest got, Respond respond) {
        local = got.local.has_value();
        respond(plain("here"));
    };
    Client client(server.start());
    REQUIRE(client.send("GET / HTTP/1.1\r\nHost: b\r\n\r\n"));
    CHECK(client.answer().status == 200);
    CHECK_FALSE(local);
}

TEST_CASE("the socket's mode is the one that was asked for, whatever the umask") {
    const Folder folder;
    const mode_t before = ::umask(0);
    {
        ServerUnderTest server(at(folder / "s"));
        struct stat there {};
        REQUIRE(::stat((folder / "s").c_str(), &there) == 0);
        CHECK((there.st_mode & 07777U) == 0660);
    }
    ::umask(before);
}

TEST_CASE("the path is gone with the server, unless another file stands there") {
    const Folder folder;
    { const ServerUnderTest server(at(folder / "s")); }
    CHECK_FALSE(std::filesystem::exists(folder / "s"));
    {
        const ServerUnderTest server(at(folder / "s"));
        std::filesystem::remove(folder / "s");
        std::ofstream(folder / "s") << "somebody else's";
    }
    CHECK(std::filesystem::exists(folder / "s"));
}

TEST_CASE("a drained server takes its path away at once") {
    const Folder folder;
    ServerUnderTest server(at(folder / "s"));
    server.start();
    server.on_loop([&] { server.server().drain([] {}); });
    CHECK(connected_to(folder / "s") == -1);
    CHECK_FALSE(std::filesystem::exists(folder / "s"));
}

TEST_CASE("a socket that a dead process left is replaced") {
    const Folder folder;
    const int dead = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    (folder / "s").copy(address.sun_path, sizeof address.sun_path - 1);
    REQUIRE(::bind(dead, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    ::close(dead);
    ServerUnderTest server(at(folder / "s"));
    server.start();
    CHECK_THAT(exchange(folder / "s", get_page), Catch::StartsWith("HTTP/1.1 200"));
}

TEST_CASE("a path that is in use, or is no socket, is left alone and named") {
    const Folder folder;
    {
        ServerUnderTest server(at(folder / "s"));
        server.start();
        CHECK_THAT(refusal(at(folder / "s")), Catch::Contains("another process listens there"));
        CHECK_THAT(exchange(folder / "s", get_page), Catch::StartsWith("HTTP/1.1 200"));
    }
    std::ofstream(folder / "file") << "mine";
    CHECK_THAT(refusal(at(folder / "file")), Catch::Contains("is no socket"));
    CHECK(std::filesystem::exists(folder / "file"));
}

TEST_CASE("a folder that is not there, a path that is too long and an unknown group are named") {
    const Folder folder;
    CHECK_THAT(refusal(at(folder / "no/s")), Catch::Contains("the folder must be there"));
    CHECK_THAT(refusal(at(folder / std::string(120, 'x'))), Catch::Contains("1 to 107 bytes"));
    auto options = at(folder / "s");
    options.unix_socket->group = "no-such-group-here";
    CHECK_THAT(refusal(options), Catch::Contains("no group 'no-such-group-here'"));
    CHECK_FALSE(std::filesystem::exists(folder / "s"));
}
