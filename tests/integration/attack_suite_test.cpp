// Goal: whoever attacks the intake gets nothing in, and an appliance that posts meanwhile is served as ever. Method:
// the bridge's own program, attacked over real sockets from loopback addresses of their own, while an appliance at
// another one posts alert after alert; in the end the journal holds what the appliance sent and nothing else.
//
// Nothing waits for a time: an attack goes on until the appliance has been served so often while it lasted.
// ATTACK_BRIDGE names another bridge than the one that was built with the test, such as one with sanitizers.
#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "bridge/domain/value/secret.hpp"
#include "bridge/intake/password_hash.hpp"
#include "net/certificate.hpp"
#include "sim/fireeye/notification.hpp"
#include "sim/fireeye/sender.hpp"
#include "sim/lab/real/bridge_process.hpp"
#include "temporary_folder.hpp"

namespace {

using namespace std::chrono_literals;

const std::string password = "wolke-sieben";
// In an alert that only an attacker sends.
const std::string marked = "198.51.100.66";

std::string bridge_program() {
    const char* const other = std::getenv("ATTACK_BRIDGE");
    return other == nullptr ? BRIDGE_PROGRAM : other;
}

std::string base64(const std::string& text) {
    std::string out(4 * ((text.size() + 2) / 3) + 1, '\0');
    const int length =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                        reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
    out.resize(static_cast<std::size_t>(length));
    return out;
}

std::string authorization(const std::string& credentials) {
    return "Authorization: Basic " + base64(credentials) + "\r\n";
}

sim::fireeye::RenderedNotification alert(const std::string& attacker, std::uint64_t id) {
    const sim::fireeye::ApplianceProfile nx{"nx1", "nx", "9.0", "xml-normal"};
    sim::fireeye::Incident incident;
    incident.type = "malware-callback";
    incident.attacker = attacker;
    incident.victim = "192.0.2.10";
    incident.id = id;
    incident.occurred = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const auto rendered = sim::fireeye::render(nx, std::span(&incident, 1));
    REQUIRE(rendered);
    return *rendered;
}

/// The bridge with a configuration for the attack.
class Fort {
public:
    enum class Hash { by_command, cheap };

    explicit Fort(bool tls, Hash hash = Hash::by_command) : tls_(tls) {
        put("fireeye.hash", hash == Hash::cheap ? cheap_hash() : hash_by_command());
        if (tls) {
            const auto pair = net::make_self_signed({"localhost", {"127.0.0.1"}});
            REQUIRE(pair);
            put("intake.pem", pair->certificate);
            put("intake.key", pair->key);
        }
        // Attackers have many addresses on loopback, so it listens on all of it.
        put("bridge.yaml",
            fmt::format("intake:\n"
                        "  listen: 127.0.0.1:0\n"
                        "{}"
                        "  users: {{fireeye: {{password_hash_file: fireeye.hash}}}}\n"
                        "  limits: {{body: 64KiB, header: 8KiB, header_timeout: 2s, read_timeout: 5s, "
                        "connections: 64, connections_per_source: 16}}\n"
                        "store: bridge.db\n"
                        "policy: {{max_new_blocks_per_minute: 0}}\n"
                        "operate: {{listen: 127.0.0.1:0}}\n",
                        tls ? "  tls: {certificate: intake.pem, key: intake.key, check_every: 50ms}\n" : ""));
        bridge_ = std::make_unique<sim::lab::BridgeProcess>(
            bridge_program(), path("bridge.yaml"), directory_.path().string(), [this](const std::string& line) {
                const std::lock_guard guard(mutex_);
                log_.push_back(line);
            });
        const auto started = bridge_->start();
        INFO((started ? "" : started.error()));
        REQUIRE(started);
    }

    std::uint16_t port() const {
        const std::string& url = bridge_->intake();
        return static_cast<std::uint16_t>(std::stoul(url.substr(url.rfind(':') + 1)));
    }

    sim::fireeye::Destination destination() const {
        sim::fireeye::Destination to;
        to.url = bridge_->intake() + "/";
        to.user = "fireeye";
        to.password = password;
        to.ca_file = tls_ ? path("intake.pem") : "";
        to.timeout = 20s;  // much longer than it may take, so that a slow machine fails nothing
        return to;
    }

    std::string path(const std::string& name) const { return directory_ / name; }
    void put(const std::string& name, const std::string& text) const { directory_.keep(name, text); }

    boost::json::object status() {
        const auto page = bridge_->page("/status");
        INFO((page ? "" : page.error()));
        REQUIRE(page);
        return boost::json::parse(*page).as_object();
    }

    /// Stops it, and it must end well.
    void stop() {
        const auto stopped = bridge_->stop();
        INFO((stopped ? "" : stopped.error()));
        CHECK(stopped);
    }

    std::deque<std::string> log() {
        const std::lock_guard guard(mutex_);
        return log_;
    }

private:
    /// So that passwords can be tried by the dozen in a test; what one costs is another matter.
    static std::string cheap_hash() {
        return bridge::intake::PasswordHash::of(bridge::domain::Secret(password), {.ln = 12, .r = 8, .p = 1})->line();
    }

    /// By the command, as an operator makes it.
    static std::string hash_by_command() {
        const std::string command = fmt::format("printf '%s\\n' {} | '{}' hash-password", password, bridge_program());
        FILE* const pipe = ::popen(command.c_str(), "r");
        REQUIRE(pipe != nullptr);
        char line[512] = "";
        const bool read = std::fgets(line, sizeof line, pipe) != nullptr;
        REQUIRE(::pclose(pipe) == 0);
        REQUIRE(read);
        return line;
    }

    bool tls_;
    test::TemporaryFolder directory_;  // the bridge, which stands below, goes first
    std::mutex mutex_;
    std::deque<std::string> log_;
    std::unique_ptr<sim::lab::BridgeProcess> bridge_;
};

/// Posts alert after alert from 127.0.0.1, a connection for each, as appliances do.
class GoodAppliance {
public:
    explicit GoodAppliance(sim::fireeye::Destination to) : to_(std::move(to)), thread_([this] { run(); }) {}
    ~GoodAppliance() { finish(); }
    GoodAppliance(const GoodAppliance&) = delete;
    GoodAppliance& operator=(const GoodAppliance&) = delete;

    std::size_t served() {
        const std::lock_guard guard(mutex_);
        return served_;
    }
    bool going_on() { return !failed_; }

    void await(std::size_t served) {
        std::unique_lock guard(mutex_);
        changed_.wait(guard, [&] { return served_ >= served || failed_; });
    }

    void finish() {
        stop_ = true;
        if (thread_.joinable()) {
            thread_.join();
        }
    }

    /// Why it was not served, or empty. After `finish`.
    const std::string& failure() const { return failure_; }
    std::chrono::milliseconds slowest() const { return slowest_; }

private:
    void run() {
        sim::fireeye::Sender sender;
        for (std::uint64_t i = 0; !stop_; ++i) {
            const auto notification = alert(fmt::format("203.0.113.{}", 1 + i % 250), 1000 + i);
            const auto delivery = sender.send(to_, notification);
            const std::lock_guard guard(mutex_);
            slowest_ = std::max(slowest_, std::chrono::ceil<std::chrono::milliseconds>(delivery.took));
            if (delivery.status == 200) {
                ++served_;
            } else {
                failure_ = fmt::format("post {}: {} {}{}", i, delivery.status, delivery.error, delivery.body);
                failed_ = true;
            }
            changed_.notify_all();
            if (failed_) {
                return;
            }
        }
    }

    sim::fireeye::Destination to_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t served_ = 0;
    std::chrono::milliseconds slowest_{0};
    std::string failure_;
    std::atomic<bool> stop_ = false;
    std::atomic<bool> failed_ = false;
    std::thread thread_;
};

/// A connection from a loopback address. Patience only bounds a test that fails.
class Raw {
public:
    Raw(std::uint16_t port, const std::string& from) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        const timeval patience{.tv_sec = 20, .tv_usec = 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        const int on = 1;
        ::setsockopt(socket_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
        sockaddr_in own = address(from, 0);
        const sockaddr_in to = address("127.0.0.1", port);
        open_ = ::bind(socket_, reinterpret_cast<sockaddr*>(&own), sizeof own) == 0 &&
                ::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
    }
    ~Raw() { ::close(socket_); }
    Raw(const Raw&) = delete;
    Raw& operator=(const Raw&) = delete;

    int socket() const { return socket_; }
    bool open() const { return open_; }

    /// False once the other end has closed.
    bool send(std::string_view bytes) {
        while (open_ && !bytes.empty()) {
            const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            open_ = sent > 0;
            bytes.remove_prefix(open_ ? static_cast<std::size_t>(sent) : 0);
        }
        return open_;
    }

    void end_sending() const { ::shutdown(socket_, SHUT_WR); }

    /// All up to the end.
    std::string rest() {
        std::string all;
        char bytes[4096];
        while (true) {
            const auto got = ::recv(socket_, bytes, sizeof bytes, 0);
            if (got <= 0) {
                open_ = false;
                return all;
            }
            all.append(bytes, static_cast<std::size_t>(got));
        }
    }

    /// Up to the end of one answer without a body, or with the short one that the intake gives.
    std::string answer() {
        std::string all;
        char byte = 0;
        std::size_t wanted = std::string::npos;
        while (all.size() < wanted && ::recv(socket_, &byte, 1, 0) == 1) {
            all += byte;
            if (wanted == std::string::npos && all.ends_with("\r\n\r\n")) {
                const auto length = all.find("Content-Length: ");
                wanted = all.size() + (length == std::string::npos ? 0 : std::stoul(all.substr(length + 16)));
            }
        }
        return all;
    }

private:
    static sockaddr_in address(const std::string& text, std::uint16_t port) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        ::inet_pton(AF_INET, text.c_str(), &address.sin_addr);
        return address;
    }

    int socket_;
    bool open_ = false;
};

unsigned status_of(const std::string& answer) {
    return answer.starts_with("HTTP/1.1 ") && answer.size() > 12
               ? static_cast<unsigned>(std::strtoul(answer.c_str() + 9, nullptr, 10))
               : 0;
}

/// After an attack: the appliance was served all the time, and only what it sent is in the journal.
void check_nothing_else_got_in(Fort& fort, GoodAppliance& appliance) {
    appliance.finish();
    CHECK(appliance.failure().empty());
    INFO("slowest post: " << appliance.slowest().count() << " ms");
    CHECK(appliance.slowest() < 10s);
    const auto status = fort.status();
    const auto accepted = status.at("alerts").at("accepted").to_number<std::size_t>();
    const auto notifications = status.at("notifications").at("200").to_number<std::size_t>();
    CHECK(accepted == appliance.served());
    CHECK(notifications == appliance.served());
    fort.stop();
    for (const std::string& line : fort.log()) {
        CHECK(line.find(password) == std::string::npos);
        CHECK(line.find(base64("fireeye:" + password)) == std::string::npos);
    }
}

/// What an attack has to outlast.
constexpr std::size_t posts_during_attack = 15;

std::string whole_request(const std::string& headers, const std::string& body) {
    return fmt::format("POST / HTTP/1.1\r\nHost: b\r\n{}Content-Length: {}\r\n\r\n{}", headers, body.size(), body);
}

}  // namespace

TEST_CASE("attack: slowloris from many addresses", "[attack]") {
    Fort fort(false);
    GoodAppliance appliance(fort.destination());
    appliance.await(1);
    const std::size_t until = appliance.served() + posts_during_attack;
    std::vector<std::unique_ptr<Raw>> crowd(160);
    std::size_t opened = 0;
    const std::string body(1000, 'x');
    while ((appliance.served() < until || opened <= crowd.size()) && appliance.going_on()) {
        for (std::size_t i = 0; i < crowd.size(); ++i) {
            // A byte at a time; whoever was thrown out comes again.
            const char* const byte = "x";
            if (crowd[i] == nullptr || !crowd[i]->send(byte)) {
                crowd[i] = std::make_unique<Raw>(fort.port(), fmt::format("127.0.1.{}", 1 + i % 20));
                crowd[i]->send(i % 2 == 0 ? "POST / HTTP/1.1\r\nHost: b\r\nX-Slow: " : "");
                ++opened;
            }
        }
    }
    CHECK(opened > crowd.size());
    check_nothing_else_got_in(fort, appliance);
}

TEST_CASE("attack: connections that are held and say nothing", "[attack]") {
    Fort fort(true);
    // Far more than the bridge takes, from more addresses than fill it with their shares, all before the handshake, and
    // all there before the appliance comes: no place is left that it could have had from before.
    std::vector<std::unique_ptr<Raw>> crowd;
    for (int i = 0; i < 300; ++i) {
        crowd.push_back(std::make_unique<Raw>(fort.port(), fmt::format("127.0.2.{}", 1 + i % 30)));
    }
    GoodAppliance appliance(fort.destination());
    appliance.await(posts_during_attack);
    check_nothing_else_got_in(fort, appliance);
}

TEST_CASE("attack: oversized headers and bodies, and bodies that never come", "[attack]") {
    Fort fort(false);
    GoodAppliance appliance(fort.destination());
    appliance.await(1);
    const std::size_t until = appliance.served() + posts_during_attack;
    const std::string large(100'000, 'x');
    const std::string login = authorization("fireeye:" + password);
    bool once = false;
    while (!once || (appliance.served() < until && appliance.going_on())) {
        once = true;
        const auto answered = [&](const std::string& bytes) {
            Raw raw(fort.port(), "127.0.3.1");
            raw.send(bytes);
            raw.end_sending();
            return status_of(raw.rest());
        };
        CHECK(answered("POST / HTTP/1.1\r\nHost: b\r\nX: " + large) == 431);
        CHECK(answered("POST /" + large + " HTTP/1.1\r\n") == 431);
        std::string many = "POST / HTTP/1.1\r\nHost: b\r\n";
        for (int i = 0; i < 2000; ++i) {
            many += fmt::format("X-{}: y\r\n", i);
        }
        CHECK(answered(many + "\r\n") == 431);
        CHECK(answered(whole_request("", large)) == 401);
        CHECK(answered(whole_request(login, large)) == 413);
        CHECK(answered("POST / HTTP/1.1\r\nHost: b\r\n" + login +
                       "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n") == 413);
        CHECK(answered("POST / HTTP/1.1\r\nHost: b\r\n" + login + "Content-Length: 10\r\n\r\n<alerts") == 400);
        CHECK(answered("POST / HTTP/1.1\r\nHost: b\r\n" + login + "Expect: miracles\r\nContent-Length: 1\r\n\r\nx") ==
              417);
    }
    check_nothing_else_got_in(fort, appliance);
}

TEST_CASE("attack: requests in requests", "[attack]") {
    Fort fort(false);
    GoodAppliance appliance(fort.destination());
    appliance.await(1);
    const std::size_t until = appliance.served() + posts_during_attack;
    const std::string login = authorization("fireeye:" + password);
    const std::string body = alert(marked, 66).body;
    const std::string hidden = whole_request(login, body);
    const std::string head = "POST / HTTP/1.1\r\nHost: b\r\n" + login;
    const std::string chunk = fmt::format("{:x}\r\n{}\r\n0\r\n\r\n", body.size(), body);
    const std::string size = std::to_string(body.size());
    // With a login that is right, as if through a proxy that adds it: what is refused is the form.
    const std::vector<std::string> forms{
        head + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden,
        head + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + hidden,
        head + "Content-Length: 0\r\nContent-Length: " + size + "\r\n\r\n" + hidden,
        head + "Content-Length: " + size + "\r\nContent-Length: " + size + "\r\n\r\n" + body,
        head + "Content-Length: " + size + ", " + size + "\r\n\r\n" + body,
        head + "Content-Length: +" + size + "\r\n\r\n" + body,
        head + "Transfer-Encoding: chunked, identity\r\n\r\n" + chunk + hidden,
        head + "Transfer-Encoding: identity\r\nContent-Length: 0\r\n\r\n" + hidden,
        head + "Transfer-Encoding: xchunked\r\n\r\n" + chunk + hidden,
        head + "Transfer-Encoding:\r\n chunked\r\n\r\n" + chunk,
        head + "Transfer-Encoding : chunked\r\n\r\n" + chunk,
        head + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n" + chunk,
        head + "X: a\r\n b\r\nContent-Length: " + size + "\r\n\r\n" + body,
        head + "X: a\nContent-Length: " + size + "\r\n\r\n" + body,
        head + "X: a\rContent-Length: " + size + "\r\n\r\n" + body,
        head + "X: " + std::string(1, '\0') + "\r\nContent-Length: " + size + "\r\n\r\n" + body,
        head + "Content-Length : " + size + "\r\n\r\n" + body,
        head + "Transfer-Encoding: chunked\r\n\r\n" +
            fmt::format("{:x};name=value\r\n{}\r\n0\r\n\r\n", body.size(), body),
        head + "Transfer-Encoding: chunked\r\n\r\n" + fmt::format("{:x}\n{}\n0\n\n", body.size(), body) + "\r\n\r\n",
        head + "Transfer-Encoding: chunked\r\n\r\n" + fmt::format("0x{:x}\r\n{}\r\n0\r\n\r\n", body.size(), body),
        "POST http://b/ HTTP/1.1\r\nHost: b\r\n" + login + "Content-Length: " + size + "\r\n\r\n" + body,
        "POST / HTTP/1.1\r\nHost: b\r\nHost: c\r\n" + login + "Content-Length: " + size + "\r\n\r\n" + body,
        "POST / HTTP/1.1\r\n" + login + "Content-Length: " + size + "\r\n\r\n" + body,
        "POST / HTTP/1.1\r\nHost: b\r\n" + authorization("x:y") + login + "Content-Length: " + size + "\r\n\r\n" + body,
        "POST / HTTP/1.1\nHost: b\n" + login + "Content-Length: " + size + "\n\n" + body,
        "POST / HTTP/2.0\r\nHost: b\r\n" + login + "Content-Length: " + size + "\r\n\r\n" + body,
        "\n" + hidden,
    };
    bool once = false;
    while (!once || (appliance.served() < until && appliance.going_on())) {
        once = true;
        for (const std::string& form : forms) {
            Raw raw(fort.port(), "127.0.4.1");
            raw.send(form);
            raw.end_sending();
            const std::string answer = raw.rest();
            INFO(form.substr(0, 300) << "\n-> " << answer);
            CHECK(status_of(answer) == 400);
            CHECK(answer.find("HTTP/1.1", 9) == std::string::npos);  // one answer, and the connection ends
        }
        // A refused request takes those behind it along.
        Raw raw(fort.port(), "127.0.4.2");
        raw.send(whole_request(authorization("fireeye:wrong"), hidden) + hidden);
        raw.end_sending();
        const std::string answer = raw.rest();
        CHECK((status_of(answer) == 401 || status_of(answer) == 429));
        CHECK(answer.find("HTTP/1.1", 9) == std::string::npos);
        for (const char* const method : {"GET", "PUT", "DELETE", "OPTIONS", "TRACE", "HEAD"}) {
            Raw other(fort.port(), "127.0.4.3");
            other.send(
                fmt::format("{} / HTTP/1.1\r\nHost: b\r\n{}Content-Length: {}\r\n\r\n{}", method, login, size, body));
            other.end_sending();
            CHECK(status_of(other.rest()) == 405);
        }
    }
    check_nothing_else_got_in(fort, appliance);
}

TEST_CASE("attack: passwords tried from one address and from many", "[attack]") {
    Fort fort(false, Fort::Hash::cheap);
    GoodAppliance appliance(fort.destination());
    appliance.await(1);
    const std::size_t until = appliance.served() + posts_during_attack;
    const std::string body = alert(marked, 66).body;
    std::atomic<int> let_in = 0;
    std::atomic<int> waited = 0;
    std::atomic<int> tried = 0;
    const auto guess = [&](const std::string& from, const std::string& credentials) {
        Raw raw(fort.port(), from);
        raw.send(whole_request(authorization(credentials), body));
        raw.end_sending();
        const unsigned status = status_of(raw.rest());
        ++tried;
        let_in += status / 100 == 2 ? 1 : 0;
        waited += status == 429 || status == 503 ? 1 : 0;
    };
    std::vector<std::thread> attackers;
    for (int thread = 0; thread < 4; ++thread) {
        attackers.emplace_back([&, thread] {
            for (int i = 0; (appliance.served() < until || waited == 0) && appliance.going_on(); ++i) {
                guess("127.0.5.1", fmt::format("fireeye:one-{}-{}", thread, i));
                guess("127.0.5.2", fmt::format("admin-{}-{}:x", thread, i));
                guess(fmt::format("127.0.6.{}", 1 + i % 250), fmt::format("fireeye:many-{}-{}", thread, i));
            }
        });
    }
    for (std::thread& attacker : attackers) {
        attacker.join();
    }
    CHECK(let_in == 0);
    CHECK(waited > 0);
    CHECK(tried > 10);
    check_nothing_else_got_in(fort, appliance);
}

TEST_CASE("attack: an appliance that comes for the first time while passwords are tried is let in", "[attack]") {
    Fort fort(false, Fort::Hash::cheap);
    const std::string body = alert(marked, 66).body;
    std::atomic<bool> over = false;
    std::atomic<int> answered = 0;
    std::vector<std::thread> attackers;
    for (int thread = 0; thread < 3; ++thread) {
        attackers.emplace_back([&, thread] {
            for (int i = 0; !over; ++i) {
                Raw raw(fort.port(), fmt::format("127.0.7.{}", 1 + (3 * i + thread) % 9));
                raw.send(whole_request(authorization(fmt::format("fireeye:{}-{}", thread, i)), body));
                raw.end_sending();
                const unsigned status = status_of(raw.rest());
                answered += status == 401 || status == 429 || status == 503 ? 1 : 0;
            }
        });
    }
    while (answered < 30) {
        std::this_thread::yield();
    }
    GoodAppliance appliance(fort.destination());
    appliance.await(posts_during_attack);
    over = true;
    for (std::thread& attacker : attackers) {
        attacker.join();
    }
    check_nothing_else_got_in(fort, appliance);
}

TEST_CASE("attack: bad TLS", "[attack]") {
    Fort fort(true);
    GoodAppliance appliance(fort.destination());
    appliance.await(1);
    const std::size_t until = appliance.served() + posts_during_attack;
    const std::string body = alert(marked, 66).body;
    const std::string request = whole_request(authorization("fireeye:" + password), body);

    struct Freed {
        void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
        void operator()(SSL* ssl) const { SSL_free(ssl); }
    };
    const auto handshake = [&](int version, const char* ciphers, const std::function<void(SSL*)>& then) {
        Raw raw(fort.port(), "127.0.8.1");
        const std::unique_ptr<SSL_CTX, Freed> context(SSL_CTX_new(TLS_client_method()));
        SSL_CTX_set_security_level(context.get(), 0);
        SSL_CTX_set_min_proto_version(context.get(), version);
        SSL_CTX_set_max_proto_version(context.get(), version);
        REQUIRE(SSL_CTX_set_cipher_list(context.get(), ciphers) == 1);
        const std::unique_ptr<SSL, Freed> ssl(SSL_new(context.get()));
        SSL_set_fd(ssl.get(), raw.socket());
        const bool connected = SSL_connect(ssl.get()) == 1;
        if (connected) {
            then(ssl.get());
        }
        ERR_clear_error();
        return connected;
    };
    const auto nothing = [](SSL*) {};
    std::vector<std::unique_ptr<Raw>> halves;
    bool once = false;
    while (!once || (appliance.served() < until && appliance.going_on())) {
        once = true;
        {
            Raw plain(fort.port(), "127.0.8.2");
            plain.send(request);
            plain.end_sending();
            CHECK(status_of(plain.rest()) == 0);
        }
        for (const int version : {TLS1_VERSION, TLS1_1_VERSION}) {
            CHECK_FALSE(handshake(version, "ALL", nothing));
        }
        for (const char* const ciphers :
             {"ECDHE-ECDSA-AES128-SHA", "AES128-SHA", "AES128-GCM-SHA256", "aNULL", "eNULL"}) {
            CHECK_FALSE(handshake(TLS1_2_VERSION, ciphers, nothing));
        }
        // Renegotiation: the handshake that the client asks for is refused, over and over.
        CHECK(handshake(TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256", [](SSL* ssl) {
            for (int i = 0; i < 5 && SSL_renegotiate(ssl) == 1; ++i) {
                CHECK(SSL_do_handshake(ssl) != 1);
                ERR_clear_error();
            }
        }));
        // Handshakes that break off in the middle, or stay there.
        for (const std::string& part : {std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11),
                                        std::string("\x16\x03\x01\x00\x00", 5), std::string("\x80\x2e\x01\x03\x01", 5),
                                        std::string(300, '\x16'), std::string("\x15\x03\x01\x00\x02\x02\x28", 7)}) {
            Raw broken(fort.port(), "127.0.8.3");
            broken.send(part);
            broken.end_sending();
            CHECK(status_of(broken.rest()) == 0);
            halves.push_back(std::make_unique<Raw>(fort.port(), fmt::format("127.0.9.{}", 1 + halves.size() % 50)));
            halves.back()->send(part);
        }
    }
    check_nothing_else_got_in(fort, appliance);
}

TEST_CASE("attack: none is needed: certificates are renewed again and again under an appliance that posts",
          "[attack]") {
    Fort fort(true);
    sim::fireeye::Destination to = fort.destination();
    fort.put("all.pem", "");
    // The appliance trusts an authority; here that is whoever made the certificates, the old and the new.
    std::vector<net::PemPair> pairs;
    std::string trusted;
    {
        std::ifstream first(fort.path("intake.pem"));
        trusted.assign(std::istreambuf_iterator<char>(first), {});
    }
    for (int i = 0; i < 5; ++i) {
        pairs.push_back(net::make_self_signed({fmt::format("renewed-{}", i), {"127.0.0.1"}}).value());
        trusted += pairs.back().certificate;
    }
    fort.put("all.pem", trusted);
    to.ca_file = fort.path("all.pem");
    GoodAppliance appliance(to);
    std::size_t renewed = 0;
    for (const net::PemPair& pair : pairs) {
        fort.put("intake.pem", pair.certificate);
        fort.put("intake.key", pair.key);
        const std::string subject = fmt::format("CN=renewed-{}", renewed++);
        while (fort.status().at("certificate").at("subject").as_string() != subject && appliance.going_on()) {
            appliance.await(appliance.served() + 1);
        }
        appliance.await(appliance.served() + 2);
    }
    check_nothing_else_got_in(fort, appliance);
}
