#include "bridge/operate/supervisor.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include "bridge/operate/journal.hpp"
#include "temporary_folder.hpp"

using namespace bridge::operate;
using Folder = test::TemporaryFolder;
using namespace std::chrono_literals;

namespace {

/// What systemd listens on, and the environment that it gives a service.
class Systemd {
public:
    explicit Systemd(const char* watchdog = nullptr) : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        const timeval patience{.tv_sec = 20, .tv_usec = 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        sockaddr_un at{};
        at.sun_family = AF_UNIX;
        const std::string path = folder_ / "notify";
        path.copy(at.sun_path, sizeof at.sun_path - 1);
        REQUIRE(::bind(socket_, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
        ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
        if (watchdog != nullptr) {
            ::setenv("WATCHDOG_USEC", watchdog, 1);
        }
    }
    ~Systemd() {
        ::close(socket_);
        ::unsetenv("NOTIFY_SOCKET");
        ::unsetenv("WATCHDOG_USEC");
    }
    Systemd(const Systemd&) = delete;
    Systemd& operator=(const Systemd&) = delete;

    std::string hear() const {
        char bytes[1024];
        const ssize_t got = ::recv(socket_, bytes, sizeof bytes, 0);
        return got > 0 ? std::string(bytes, static_cast<std::size_t>(got)) : "";
    }
    bool silent() const {
        char byte = 0;
        return ::recv(socket_, &byte, 1, MSG_DONTWAIT) < 0;
    }

private:
    Folder folder_;
    int socket_;
};

}  // namespace

TEST_CASE("the service manager hears of readiness, reloads and the stop") {
    const Systemd systemd;
    net::EventLoop loop;
    Supervisor supervisor(loop, [] { return std::string("2 target(s)"); });
    supervisor.ready();
    CHECK(systemd.hear() == "READY=1\nSTATUS=2 target(s)");
    supervisor.reloading();
    CHECK_THAT(systemd.hear(), Catch::Matches("RELOADING=1\nMONOTONIC_USEC=[0-9]+"));
    supervisor.ready();
    CHECK_THAT(systemd.hear(), Catch::StartsWith("READY=1"));
    supervisor.stopping();
    CHECK_THAT(systemd.hear(), Catch::StartsWith("STOPPING=1"));
}

TEST_CASE("a watchdog is fed from the loop, and only while the loop turns") {
    const Systemd systemd("20000");
    net::EventLoop loop;
    Supervisor supervisor(loop, [] { return std::string(); });
    supervisor.ready();
    CHECK_THAT(systemd.hear(), Catch::StartsWith("READY=1"));
    CHECK(systemd.hear() == "WATCHDOG=1");
    CHECK(systemd.silent());
    const auto end = loop.after(200ms, [&] { loop.stop(); });
    loop.run();
    CHECK(systemd.hear() == "WATCHDOG=1");
    CHECK(systemd.hear() == "WATCHDOG=1");
}

TEST_CASE("a service manager that takes nothing does not make the bridge wait") {
    const Systemd systemd;
    net::EventLoop loop;
    Supervisor supervisor(loop, [] { return std::string(); });
    for (int i = 0; i < 2000; ++i) {
        supervisor.reloading();  // more than a socket holds
    }
    CHECK_THAT(systemd.hear(), Catch::StartsWith("RELOADING=1"));
}

TEST_CASE("without a service manager nothing is said") {
    ::unsetenv("NOTIFY_SOCKET");
    net::EventLoop loop;
    Supervisor supervisor(loop, []() -> std::string { throw std::logic_error("nobody asked"); });
    supervisor.reloading();
    supervisor.ready();
    supervisor.stopping();
}

TEST_CASE("a line for the journal has its fields") {
    const auto fields = journal_fields({bridge::engine::Happening::Kind::warning, "hq", "locked by alice\nforged"});
    CHECK(fields == std::vector<std::string>{"MESSAGE=hq: locked by alice\\x0aforged", "PRIORITY=4",
                                             "SYSLOG_IDENTIFIER=firebreak-bridge", "FIREBREAK_KIND=warning",
                                             "FIREBREAK_SUBJECT=hq"});
}

TEST_CASE("standard error is the journal's only when it is the very file that the environment names") {
    ::setenv("JOURNAL_STREAM", "1:2", 1);
    CHECK_FALSE(stderr_is_journal());
    ::unsetenv("JOURNAL_STREAM");
    CHECK_FALSE(stderr_is_journal());
}
