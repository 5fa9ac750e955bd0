#include "bridge/operate/certificate_watch.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "net/certificate.hpp"
#include "temporary_folder.hpp"

using namespace bridge::operate;
using namespace std::chrono_literals;

namespace {

/// A listener whose identity is watched, on a loop that the test runs until something has been told.
class Watched : net::HttpHandler {
public:
    Watched() {
        identity = {folder_ / "a.pem", folder_ / "a.key"};
        write("first");
        net::ListenOptions options;
        options.tls = identity;
        server = net::HttpServer::listen(loop, options, *this).value();
        watch = std::make_unique<CertificateWatch>(loop, *server, identity, 5ms,
                                                   [this](const bridge::engine::Happening& happening) {
                                                       told.push_back(happening.text);
                                                       loop.stop();
                                                   });
    }
    ~Watched() override {
        watch.reset();
        server.reset();
    }
    Watched(const Watched&) = delete;
    Watched& operator=(const Watched&) = delete;

    net::PemPair make(const std::string& name) const { return net::make_self_signed({name, {"127.0.0.1"}}).value(); }
    void put(const std::string& file, const std::string& text) const { folder_.keep(file, text); }
    void write(const std::string& name) const {
        const auto pair = make(name);
        put("a.pem", pair.certificate);
        put("a.key", pair.key);
    }
    /// Runs the loop until the next line.
    const std::string& next() {
        loop.run();
        return told.back();
    }

    net::EventLoop loop;
    net::TlsIdentity identity;
    std::unique_ptr<net::HttpServer> server;
    std::unique_ptr<CertificateWatch> watch;
    std::vector<std::string> told;

private:
    std::optional<net::HttpResponse> on_header(const net::HttpRequest&) override { return std::nullopt; }
    void on_request(net::HttpRequest, net::Respond) override {}
    void on_turned_away(net::Turned, const std::string&, const std::string&) override {}

    test::TemporaryFolder folder_;
};

}  // namespace

TEST_CASE("a certificate whose files change is taken, and told with its end") {
    Watched it;
    it.write("second");
    CHECK_THAT(it.next(), Catch::StartsWith("new connections see the certificate CN=second now, which ends on 20"));
    CHECK(it.server->certificate()->subject == "CN=second");
    CHECK(it.watch->renewals() == 1);
}

TEST_CASE("a new certificate whose key is not there yet is told once, and taken when it is") {
    Watched it;
    const auto pair = it.make("second");
    it.put("a.pem", pair.certificate);
    CHECK_THAT(it.next(), Catch::StartsWith("the new certificate is not taken, the old one stays in use: TLS key"));
    CHECK(it.server->certificate()->subject == "CN=first");
    // It looks again and again, and says nothing more.
    const auto quiet = it.loop.after(50ms, [&] { it.loop.stop(); });
    it.loop.run();
    CHECK(it.told.size() == 1);
    it.put("a.key", pair.key);
    CHECK_THAT(it.next(), Catch::Contains("CN=second"));
    CHECK(it.watch->renewals() == 1);
}

TEST_CASE("files that are gone leave the certificate in use") {
    Watched it;
    std::filesystem::remove(it.identity.certificate_file);
    CHECK_THAT(it.next(), Catch::Contains("stays in use: TLS certificate"));
    CHECK(it.server->certificate()->subject == "CN=first");
}

TEST_CASE("asked to, it takes the files as they are, or others, or stays with what it has") {
    Watched it;
    CHECK(it.watch->renew());
    CHECK(it.watch->renewals() == 1);
    net::TlsIdentity other = it.identity;
    other.key_file += ".none";
    CHECK_FALSE(it.watch->renew(other));
    CHECK(it.watch->renew());
    const auto pair = it.make("third");
    other = {it.identity.certificate_file + ".3", it.identity.key_file + ".3"};
    it.put("a.pem.3", pair.certificate);
    it.put("a.key.3", pair.key);
    CHECK(it.watch->renew(other));
    CHECK(it.server->certificate()->subject == "CN=third");
}
