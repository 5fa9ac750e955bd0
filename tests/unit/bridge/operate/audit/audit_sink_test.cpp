#include "bridge/operate/audit/audit_sink.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <condition_variable>
#include <mutex>
#include <vector>

#include "temporary_folder.hpp"

using namespace bridge::operate;
using Folder = test::TemporaryFolder;
using namespace std::chrono_literals;

namespace {

std::shared_ptr<const AuditEvent> event(const std::string& text) {
    auto made = std::make_shared<AuditEvent>();
    made->kind = AuditKind::block;
    made->text = text;
    return made;
}

/// What other threads tell, to wait for.
class Heard {
public:
    void add(const std::string& what) {
        const std::lock_guard lock(mutex_);
        all_.push_back(what);
        changed_.notify_all();
    }
    std::vector<std::string> await(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, 20s, [&] { return all_.size() >= count; });
        return all_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> all_;
};

/// Delivers to `heard` once its door is open; until then it fails, or with `hangs` waits.
struct Gate {
    std::mutex mutex;
    std::condition_variable changed;
    bool open = false;
    bool hangs = false;
    int tries = 0;
    int reopened = 0;

    void set_open() {
        const std::lock_guard lock(mutex);
        open = true;
        changed.notify_all();
    }
};

class GatedSink final : public AuditSink {
public:
    GatedSink(Gate& gate, Heard& heard) : gate_(gate), heard_(heard) {}
    std::string name() const override { return "file"; }
    tl::expected<void, std::string> deliver(const AuditEvent& given) override {
        std::unique_lock lock(gate_.mutex);
        ++gate_.tries;
        if (gate_.hangs) {
            gate_.changed.wait(lock, [&] { return gate_.open; });
        }
        if (!gate_.open) {
            return tl::unexpected(std::string("disk full"));
        }
        heard_.add(given.text);
        return {};
    }
    void reopen() override {
        const std::lock_guard lock(gate_.mutex);
        ++gate_.reopened;
        gate_.open = true;
    }

private:
    Gate& gate_;
    Heard& heard_;
};

AuditQueue::Options quick(std::size_t room = 100) {
    AuditQueue::Options options;
    options.events_max = room;
    options.retry_min = 1ms;
    options.retry_max = 5ms;
    return options;
}

class Socket {
public:
    Socket(int family, int type) : fd_(::socket(family, type | SOCK_CLOEXEC, 0)) {
        const timeval patience{.tv_sec = 20, .tv_usec = 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    }
    explicit Socket(int fd) : fd_(fd) {}
    ~Socket() { close(); }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    int fd() const { return fd_; }
    void close() {
        if (fd_ >= 0) {
            ::close(fd_);
            fd_ = -1;
        }
    }
    std::uint16_t port() const {
        sockaddr_in at{};
        socklen_t size = sizeof at;
        REQUIRE(::getsockname(fd_, reinterpret_cast<sockaddr*>(&at), &size) == 0);
        return ntohs(at.sin_port);
    }
    std::uint16_t bind_loopback(std::uint16_t wanted = 0) const {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(wanted);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof to;
        REQUIRE(::bind(fd_, reinterpret_cast<const sockaddr*>(&to), size) == 0);
        REQUIRE(::getsockname(fd_, reinterpret_cast<sockaddr*>(&to), &size) == 0);
        return ntohs(to.sin_port);
    }
    std::string receive() const {
        char bytes[4096];
        const ssize_t got = ::recv(fd_, bytes, sizeof bytes, 0);
        return got > 0 ? std::string(bytes, static_cast<std::size_t>(got)) : "";
    }

private:
    int fd_;
};

std::unique_ptr<AuditSink> syslog_to(const std::string& address) {
    return make_syslog_sink(SyslogAddress::parse(address).value(), {16, "host", "1"});
}

}  // namespace

TEST_CASE("events wait for a sink that is away, arrive in order, and both turns are reported once") {
    Gate gate;
    Heard heard;
    Heard reports;
    AuditQueue queue(std::make_unique<GatedSink>(gate, heard), quick(),
                     [&](bool up, const std::string& line) { reports.add((up ? "up " : "down ") + line); });
    for (const char* const text : {"1", "2", "3"}) {
        queue.put(event(text));
    }
    REQUIRE(reports.await(1).size() == 1);
    CHECK_FALSE(queue.status().up);
    CHECK(queue.status().waiting == 3);
    gate.set_open();
    CHECK(heard.await(3) == std::vector<std::string>{"1", "2", "3"});
    const auto told = reports.await(2);
    REQUIRE(told.size() == 2);
    CHECK_THAT(told[0], Catch::StartsWith("down audit file: disk full"));
    CHECK_THAT(told[1], Catch::StartsWith("up audit file: events are taken again"));
}

TEST_CASE("what finds no room is counted, and nobody waits for a sink that hangs") {
    Gate gate;
    gate.hangs = true;
    Heard heard;
    {
        AuditQueue queue(std::make_unique<GatedSink>(gate, heard), quick(10), [](bool, const std::string&) {});
        for (int i = 0; i < 25; ++i) {
            queue.put(event("x"));
        }
        CHECK(queue.status().dropped == 15);
        gate.set_open();
        CHECK(heard.await(10).size() == 10);
    }
}

TEST_CASE("what waits when the bridge stops still goes out") {
    Gate gate;
    gate.open = true;
    Heard heard;
    {
        AuditQueue queue(std::make_unique<GatedSink>(gate, heard), quick(), [](bool, const std::string&) {});
        for (int i = 0; i < 50; ++i) {
            queue.put(event("x"));
        }
    }
    CHECK(heard.await(50).size() == 50);
}

TEST_CASE("a sink that is away does not keep the bridge from stopping") {
    Gate gate;
    Heard heard;
    const auto begin = std::chrono::steady_clock::now();
    {
        auto options = quick();
        options.retry_min = options.retry_max = 1h;
        AuditQueue queue(std::make_unique<GatedSink>(gate, heard), options, [](bool, const std::string&) {});
        queue.put(event("x"));
        queue.put(event("y"));
    }
    CHECK(std::chrono::steady_clock::now() - begin < 10s);
}

TEST_CASE("a file that is opened anew is tried at once") {
    Gate gate;
    Heard heard;
    Heard reports;
    auto options = quick();
    options.retry_min = options.retry_max = 1h;
    AuditQueue queue(std::make_unique<GatedSink>(gate, heard), options,
                     [&](bool, const std::string& line) { reports.add(line); });
    queue.put(event("x"));
    REQUIRE(reports.await(1).size() == 1);
    queue.reopen();
    CHECK(heard.await(1) == std::vector<std::string>{"x"});
}

TEST_CASE("the audit file gets whole lines, for its owner and group, and a new file after it was moved away") {
    const Folder folder;
    const auto sink = make_audit_file(folder / "audit.jsonl");
    REQUIRE(sink->deliver(*event("one")));
    REQUIRE(sink->deliver(*event("two")));
    struct stat there {};
    REQUIRE(::stat((folder / "audit.jsonl").c_str(), &there) == 0);
    CHECK((there.st_mode & 0137U) == 0);
    const std::string text = folder.text("audit.jsonl");
    CHECK(std::count(text.begin(), text.end(), '\n') == 2);
    std::filesystem::rename(folder / "audit.jsonl", folder / "audit.1");
    REQUIRE(sink->deliver(*event("three")));
    sink->reopen();
    REQUIRE(sink->deliver(*event("four")));
    CHECK_THAT(folder.text("audit.1"), Catch::Contains("three"));
    CHECK_THAT(folder.text("audit.jsonl"), Catch::Contains("four") && !Catch::Contains("three"));
}

TEST_CASE("a full disk is an error that names the file") {
    const auto sink = make_audit_file("/dev/full");
    const auto delivered = sink->deliver(*event("x"));
    REQUIRE_FALSE(delivered);
    CHECK_THAT(delivered.error(), Catch::Contains("/dev/full: No space left"));
    CHECK_FALSE(make_audit_file("/nonexistent/a")->deliver(*event("x")));
}

TEST_CASE("a UDP syslog server gets one datagram for each event, and one that is away is noticed") {
    Socket server(AF_INET, SOCK_DGRAM);
    const auto sink = syslog_to("udp://127.0.0.1:" + std::to_string(server.bind_loopback()));
    REQUIRE(sink->deliver(*event("hello")));
    CHECK_THAT(server.receive(), Catch::StartsWith("<133>1 ") && Catch::EndsWith("hello"));
    const std::uint16_t port = server.port();
    server.close();
    // The kernel tells of the refusal of this one with a later send.
    CHECK(sink->deliver(*event("unheard")));
    bool noticed = false;
    for (int i = 0; i < 100 && !noticed; ++i) {
        noticed = !sink->deliver(*event("next"));
    }
    CHECK(noticed);
    // From then on nothing counts as delivered until somebody is there, who gets what was not heard first.
    for (int i = 0; i < 3; ++i) {
        CHECK_FALSE(sink->deliver(*event("next")));
    }
    const Socket again(AF_INET, SOCK_DGRAM);
    again.bind_loopback(port);
    CHECK(sink->deliver(*event("next")));
    CHECK_THAT(again.receive(), Catch::EndsWith("unheard"));
    CHECK_THAT(again.receive(), Catch::EndsWith("next"));
}

TEST_CASE("a UDP syslog server that was never there takes nothing, however often it is tried") {
    std::uint16_t port = 0;
    {
        const Socket nobody(AF_INET, SOCK_DGRAM);
        port = nobody.bind_loopback();
    }
    const auto sink = syslog_to("udp://127.0.0.1:" + std::to_string(port));
    for (int i = 0; i < 3; ++i) {
        CHECK_FALSE(sink->deliver(*event("x")));
    }
}

TEST_CASE("a TCP syslog server gets counted frames, and after it was away the event that it missed") {
    Socket listener(AF_INET, SOCK_STREAM);
    const std::uint16_t port = listener.bind_loopback();
    const auto sink = syslog_to("tcp://127.0.0.1:" + std::to_string(port));
    const auto refused = sink->deliver(*event("x"));
    REQUIRE_FALSE(refused);
    CHECK_THAT(refused.error(), Catch::Contains("tcp://127.0.0.1:") && Catch::Contains("refused"));
    REQUIRE(::listen(listener.fd(), 4) == 0);
    REQUIRE(sink->deliver(*event("one")));
    {
        const Socket first(::accept4(listener.fd(), nullptr, nullptr, SOCK_CLOEXEC));
        const std::string frame = first.receive();
        const std::size_t blank = frame.find(' ');
        CHECK(std::stoul(frame.substr(0, blank)) == frame.size() - blank - 1);
        CHECK_THAT(frame, Catch::EndsWith("one"));
    }
    REQUIRE(sink->deliver(*event("two")));
    const Socket second(::accept4(listener.fd(), nullptr, nullptr, SOCK_CLOEXEC));
    CHECK_THAT(second.receive(), Catch::EndsWith("two"));
}

TEST_CASE("a syslog daemon on a Unix socket is spoken to") {
    const Folder folder;
    const Socket server(AF_UNIX, SOCK_DGRAM);
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    (folder / "log").copy(at.sun_path, sizeof at.sun_path - 1);
    REQUIRE(::bind(server.fd(), reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
    const auto sink = syslog_to("unix://" + (folder / "log"));
    REQUIRE(sink->deliver(*event("hello")));
    CHECK_THAT(server.receive(), Catch::EndsWith("hello"));
    CHECK_FALSE(syslog_to("unix://" + (folder / "nothing"))->deliver(*event("x")));
}

TEST_CASE("a syslog address says where, and a wrong one what is wrong") {
    CHECK(SyslogAddress::parse("udp://127.0.0.1")->port == 514);
    CHECK(SyslogAddress::parse("tcp://siem.example.com:1514")->port == 1514);
    CHECK(SyslogAddress::parse("tcp://[2001:db8::1]:1514")->host == "2001:db8::1");
    CHECK(SyslogAddress::parse("udp://[::1]")->port == 514);
    CHECK(SyslogAddress::parse("unix:///dev/log")->path == "/dev/log");
    for (const char* const wrong :
         {"", "127.0.0.1:514", "udp://", "udp://:514", "udp://x:", "udp://x:70000", "udp://x:5x", "tcp://[::1",
          "tcp://[::1]514", "unix://dev/log", "tls://x:1", "udp://user@x:1", "udp://x/y"}) {
        INFO(wrong);
        CHECK_FALSE(SyslogAddress::parse(wrong));
    }
}
