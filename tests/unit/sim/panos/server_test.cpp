#include "sim/panos/server.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

#include "bench.hpp"
#include "sim/panos/key_workshop.hpp"

using namespace sim::panos;
using namespace sim::panos::test;
using Catch::Contains;

namespace {

// One request, one connection, everything that comes back.
std::string talk(std::uint16_t port, const std::string& request) {
    const int socket_fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::string answer;
    if (::connect(socket_fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0 &&
        ::send(socket_fd, request.data(), request.size(), 0) == static_cast<ssize_t>(request.size())) {
        char buffer[4096];
        for (ssize_t got = 0; (got = ::recv(socket_fd, buffer, sizeof buffer, 0)) > 0;) {
            answer.append(buffer, static_cast<std::size_t>(got));
        }
    }
    ::close(socket_fd);
    return answer;
}

std::string get(std::uint16_t port, const std::string& target) {
    return talk(port, "GET " + target + " HTTP/1.1\r\nHost: fw\r\nConnection: close\r\n\r\n");
}

// A plain device behind sockets, its loop on a thread of its own.
struct Served {
    net::EventLoop loop;
    std::unique_ptr<Device> device;
    std::unique_ptr<PanosServer> server;
    std::thread thread;
    std::mutex mutex;
    std::condition_variable told;
    bool finished = false;

    Served() {
        DeviceOptions with = options();
        with.commit_time = std::chrono::milliseconds(30);
        device = std::move(
            *Device::make(with, std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now())));
        ServerOptions serve;
        serve.plain = true;
        server = std::move(*PanosServer::make(loop, *device, serve));
        server->on_change([this] {
            const std::lock_guard lock(mutex);
            finished = !device->commits().empty() && device->commits().back().finished.has_value();
            told.notify_all();
        });
        thread = std::thread([this] { loop.run(); });
    }
    ~Served() {
        loop.stop();
        thread.join();
    }
};

}  // namespace

TEST_CASE("a device is served over HTTP, with raw characters in the request line", "[sim][panos][server]") {
    Served fw;
    const std::string key = "&key=" + fw.device->api_key("admin");
    CHECK_THAT(get(fw.server->port(), "/api/?type=config&action=get&xpath=" + rules + key),
               Contains("HTTP/1.1 200") && Contains("application/xml; charset=UTF-8") && Contains("outbound"));
    CHECK_THAT(get(fw.server->port(), "/api/?type=op&cmd=<show><clock></clock></show>" + key),
               Contains("status=\"success\""));
    CHECK_THAT(get(fw.server->port(), "/api/?type=op&cmd=x"), Contains("HTTP/1.1 403"));
    CHECK_THAT(get(fw.server->control_port(), "/requests"), Contains("\"total\":3"));
    CHECK(fw.server->first_line() ==
          "{\"api\":\"" + fw.server->url() + "\",\"control\":\"" + fw.server->control_url() + "\",\"ca\":\"\"}");
}

TEST_CASE("a commit's job ends by itself in real time, and who waits is told", "[sim][panos][server]") {
    Served fw;
    const std::string api = "/api/?key=" + fw.device->api_key("admin");
    get(fw.server->port(),
        api + "&type=config&action=set&xpath=" + address("a") + "&element=<fqdn>a.example.com</fqdn>");
    CHECK_THAT(get(fw.server->port(), api + "&type=commit&cmd=<commit></commit>"), Contains("<job>2</job>"));
    std::unique_lock lock(fw.mutex);
    CHECK(fw.told.wait_for(lock, std::chrono::seconds(20), [&fw] { return fw.finished; }));
}

TEST_CASE("a TLS device writes a certificate for its clients and keeps the key to itself", "[sim][panos][server]") {
    std::string pattern = (std::filesystem::temp_directory_path() / "panos-server-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    {
        net::EventLoop loop;
        Bench bench;
        ServerOptions serve;
        serve.certificate_directory = pattern;
        serve.control = false;
        const auto server = PanosServer::make(loop, *bench.device, serve);
        REQUIRE(server.has_value());
        CHECK((*server)->url().rfind("https://127.0.0.1:", 0) == 0);
        CHECK((*server)->control_port() == 0);
        CHECK(std::filesystem::exists((*server)->certificate_file()));
        using std::filesystem::perms;
        CHECK((std::filesystem::status(pattern + "/fw-key.pem").permissions() &
               (perms::group_all | perms::others_all)) == perms::none);
    }
    std::filesystem::remove_all(pattern);
}

TEST_CASE("a server that can't be made says why", "[sim][panos][server]") {
    net::EventLoop loop;
    Bench bench;
    ServerOptions serve;
    CHECK_THAT(PanosServer::make(loop, *bench.device, serve).error(), Contains("directory"));
    serve.certificate_directory = "/nonexistent";
    CHECK_THAT(PanosServer::make(loop, *bench.device, serve).error(), Contains("/nonexistent"));
    serve.plain = true;
    serve.address = "not an address";
    CHECK_THAT(PanosServer::make(loop, *bench.device, serve).error(), Contains("not an address"));
}

TEST_CASE("a long key is made beside the loop, and then the call is answered with it", "[sim][panos][server]") {
    Served fw;
    const std::string body =
        form({{"type", "op"},
              {"key", fw.device->api_key("admin")},
              {"cmd",
               "<request><certificate><generate><certificate-name>c</certificate-name><name>fw.example</name>"
               "<algorithm><RSA><rsa-nbits>1024</rsa-nbits></RSA></algorithm></generate></certificate>"
               "</request>"}});
    CHECK_THAT(talk(fw.server->port(),
                    "POST /api/ HTTP/1.1\r\nHost: fw\r\nConnection: close\r\nContent-Type: "
                    "application/x-www-form-urlencoded\r\nContent-Length: " +
                        std::to_string(body.size()) + "\r\n\r\n" + body),
               Contains("Successfully generated certificate and key pair : c"));
}

TEST_CASE("a workshop hands its keys over on the loop's thread, and none once it is gone", "[sim][panos][server]") {
    net::EventLoop loop;
    MadeKey made;
    std::thread::id on;
    {
        KeyWorkshop workshop(loop);
        workshop.make({false, 1024}, [&](MadeKey key) {
            made = std::move(key);
            on = std::this_thread::get_id();
            loop.stop();
        });
        loop.run();
    }
    CHECK(made.kind == KeyKind{false, 1024});
    CHECK_THAT(made.pem, Contains("PRIVATE KEY"));
    CHECK(on == std::this_thread::get_id());

    bool called = false;
    {
        KeyWorkshop workshop(loop);
        workshop.make({false, 1024}, [&](const MadeKey&) { called = true; });
    }
    loop.post([&loop] { loop.stop(); });
    loop.run();
    CHECK_FALSE(called);
}
