// Each key of `intake` with a wrong type, range, file or name: the complaint has file, line, key, what was found, and
// what is right.
#include <catch2/catch.hpp>
#include <cstdlib>

#include "bridge/operate/config/config.hpp"
#include "net/certificate.hpp"
#include "temporary_folder.hpp"

using namespace bridge::operate;
using namespace std::chrono_literals;
using bridge::domain::Secret;
using bridge::intake::PasswordHash;

namespace {

class Folder : public test::TemporaryFolder {
public:
    Folder() {
        keep("fireeye.password", "open-sesame\n");
        keep("fireeye.hash", hash_line() + "\n");
        identity("server");
        identity("other");
    }
    static const std::string& hash_line() {
        static const std::string line = PasswordHash::of(Secret("open-sesame"), {.ln = 10, .r = 8, .p = 1})->line();
        return line;
    }
    void identity(const std::string& name, int days = 397) const {
        const auto pair = net::make_self_signed({.common_name = name, .days = days});
        REQUIRE(pair);
        keep(name + ".pem", pair->certificate);
        keep(name + ".key", pair->key);
    }
    tl::expected<Config, std::string> read(const std::string& intake) const {
        return read_config("intake:\n" + intake, *this / "bridge.yaml");
    }
};

class Environment {
public:
    Environment(const char* name, const std::string& value) : name_(name) { setenv(name, value.c_str(), 1); }
    ~Environment() { unsetenv(name_); }
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;

private:
    const char* name_;
};

const Secret& password_of(const Config& config, const std::string& user) {
    return std::get<Secret>(config.gate.users.at(user));
}

}  // namespace

TEST_CASE("every key of the intake has its place") {
    const Folder folder;
    const auto config = folder.read(R"(
  listen: 0.0.0.0:8443
  tls:
    certificate: server.pem
    key: server.key
    client_ca: other.pem
    client_names: [nx1.example.com, "*.nx.example.com"]
    old_appliances: true
    check_every: 1m
  users:
    hashed: {password_hash_file: fireeye.hash}
    plain: {password_file: fireeye.password}
  sources: [192.0.2.0/24]
  limits:
    body: 1MiB
    header: 8KiB
    read_timeout: 20s
    header_timeout: 5s
    idle_timeout: 2m
    min_rate: 1KiB
    connections: 100
    connections_per_source: 20
    rate_per_source: 30/m
    failed_logins: 5
    failed_logins_per_user: 50
)");
    INFO((config ? "" : config.error()));
    REQUIRE(config);
    const auto& options = config->intake;
    REQUIRE(options.tls);
    CHECK(options.tls->certificate_file == folder / "server.pem");
    CHECK(options.tls->client_ca_file == folder / "other.pem");
    CHECK(options.tls->client_names.size() == 2);
    CHECK(options.tls->old_clients);
    CHECK(options.strict_requests);
    CHECK(config->certificate_check_every == 1min);
    CHECK(std::get<PasswordHash>(config->gate.users.at("hashed")).line() == Folder::hash_line());
    CHECK(password_of(*config, "plain").reveal() == "open-sesame");
    CHECK(config->gate.encrypted);
    CHECK(options.read_timeout == 20s);
    CHECK(options.header_timeout == 5s);
    CHECK(options.idle_timeout == 2min);
    CHECK(options.body_rate_min == 1024);
    CHECK(options.connections_max == 100);
    CHECK(options.connections_per_source_max == 20);
    CHECK(config->gate.rate_per_source.per_s == Approx(0.5));
    CHECK(config->gate.rate_per_source.burst == Approx(30));
    CHECK(config->gate.logins.per_source == 5);
    CHECK(config->gate.logins.per_user == 50);
    // Old appliances, an elliptic key for them, and nothing to block on.
    CHECK(config->cautions.size() == 3);
}

TEST_CASE("without a word about it, the intake has limits") {
    const auto config = read_config("store: x.db", "bridge.yaml");
    REQUIRE(config);
    CHECK(config->intake.strict_requests);
    CHECK(config->intake.header_timeout == 10s);
    CHECK(config->intake.body_rate_min == 512);
    CHECK(config->intake.connections_per_source_max == 512);
    CHECK(config->gate.logins.per_source == 10);
    CHECK_FALSE(config->gate.rate_per_source.limits());  // an alert that is answered 429 is not sent again
}

TEST_CASE("a wrong value of the intake is told with file, line, key, what it is and what is right") {
    const Folder folder;
    folder.keep("empty", "");
    folder.keep("blank", "\nsecond line\n");
    folder.keep("long", std::string(300, 'x'));
    folder.keep("endless", std::string(10'000, 'x'));
    struct Wrong {
        const char* yaml;
        const char* place;  // line, key
        const char* said;
    };
    const auto wrong = GENERATE(values<Wrong>({
        {"  listen: [1]", ":2:", "intake.listen: a list is no ADDRESS:PORT"},
        {"  listen: localhost:8088", ":2:", "intake.listen: 'localhost:8088' is no ADDRESS:PORT"},
        {"  listen: 127.0.0.1:70000", ":2:", "intake.listen: '127.0.0.1:70000' is no ADDRESS:PORT"},
        {"  plain: perhaps", ":2:", "intake.plain: 'perhaps' is neither true nor false"},
        {"  sources: {a: b}", ":2:", "intake.sources: must be a list of texts"},
        {"  sources: [10.0.0.0/8, ten]", ":2:", "intake.sources[1]: 'ten' is no CIDR prefix"},
        {"  tls: [x]", ":2:", "intake.tls: must be a map"},
        {"  tls: {key: server.key}", ":2:", "intake.tls.certificate: is missing"},
        {"  tls: {certificate: server.pem}", ":2:", "intake.tls.key: is missing"},
        {"  tls: {certificate: none.pem, key: server.key}", ":2:", "none.pem' cannot be read"},
        {"  tls: {certificate: [x], key: server.key}", ":2:", "intake.tls.certificate: must be the path of a file"},
        {"  tls: {certificate: ., key: server.key}", ":2:", "cannot be read"},
        {"  tls:\n    certificate: server.pem\n    key: other.key", ":4:", "intake.tls.key: TLS key"},
        {"  tls: {certificate: fireeye.hash, key: other.key}",
         ":2:", "give a PEM file, the server's certificate first"},
        {"  tls: {certificate: server.pem, key: server.key, client_ca: fireeye.hash}",
         ":2:", "give a PEM file of CA certificates"},
        {"  tls: {certificate: server.pem, key: server.key, client_ca: none}", ":2:", "intake.tls.client_ca: '"},
        {"  tls: {certificate: server.pem, key: server.key, client_names: [a]}",
         ":2:", "intake.tls.client_names: needs client_ca"},
        {"  tls: {certificate: server.pem, key: server.key, client_ca: other.pem, client_names: []}",
         ":2:", "intake.tls.client_names: names nobody"},
        {"  tls: {certificate: server.pem, key: server.key, client_ca: other.pem, client_names: {a: b}}",
         ":2:", "intake.tls.client_names: must be a list of texts"},
        {"  tls: {certificate: server.pem, key: server.key, client_ca: other.pem, client_names: [a, '']}",
         ":2:", "intake.tls.client_names[1]: '' is empty"},
        {"  tls: {certificate: server.pem, key: server.key, old_appliances: 1}",
         ":2:", "intake.tls.old_appliances: '1' is neither true nor false"},
        {"  tls: {certificate: server.pem, key: server.key, check_every: 10}",
         ":2:", "intake.tls.check_every: '10' is no duration"},
        {"  tls: {certificate: server.pem, key: server.key, check_every: 0}",
         ":2:", "intake.tls.check_every: '0' is no time to wait"},
        {"  tls: {certificate: server.pem, key: server.key, old_appliance: true}",
         ":2:", "intake.tls.old_appliance: unknown key (did you mean 'old_appliances'?)"},
        {"  users: fireeye", ":2:", "intake.users: must be a map: {NAME: {password_hash_file: FILE}}"},
        {"  users: {}", ":2:", "intake.users: names nobody"},
        {"  users: {fireeye: secret}", ":2:", "intake.users.fireeye: must be a map"},
        {"  users:\n    fireeye: {}", ":3:", "intake.users.fireeye: needs one of password_file and password_hash_file"},
        {"  users: {fireeye: {password_file: fireeye.password, password_hash_file: fireeye.hash}}",
         ":2:", "needs one of password_file and password_hash_file"},
        {"  users: {'a:b': {password_file: fireeye.password}}", ":2:", "a name has no colon"},
        {"  users: {fireeye: {password: x, password_file: fireeye.password}}",
         ":2:", "intake.users.fireeye.password: unknown key"},
        {"  users: {fireeye: {password_file: [x]}}",
         ":2:", "password_file: must be the path of a file, credential:NAME"},
        {"  users: {fireeye: {password_file: none}}",
         ":2:", "a text of 4 characters, not shown in case it is the secret itself, cannot"},
        {"  users: {fireeye: {password_file: .}}", ":2:", "cannot be read, or is empty"},
        {"  users: {fireeye: {password_file: empty}}", ":2:", "empty' cannot be read, or is empty"},
        {"  users: {fireeye: {password_file: blank}}", ":2:", "the first line of '"},
        {"  users: {fireeye: {password_file: long}}", ":2:", "the password is longer than 256 characters"},
        {"  users: {fireeye: {password_file: endless}}", ":2:", "is longer than 4096 characters"},
        {"  users: {fireeye: {password_file: fireeye.hash}}", ":2:", "holds a hash; give it as password_hash_file"},
        {"  users: {fireeye: {password_hash_file: fireeye.password}}",
         ":2:", "'fireeye.password' is no line of `firebreak-bridge hash-password`"},
        {"  users: {fireeye: {password_file: 'env:FIREBREAK_TEST_UNSET'}}",
         ":2:", "the environment variable 'FIREBREAK_TEST_UNSET' is not set"},
        {"  users: {fireeye: {password_file: 'credential:fireeye'}}", ":2:", "LoadCredential=fireeye:FILE"},
        {"  users: {fireeye: {password_file: 'credential:../fireeye'}}", ":2:", "is no credential's name"},
        {"  limits: [x]", ":2:", "intake.limits: must be a map"},
        {"  limits: {body: huge}", ":2:", "intake.limits.body: 'huge' is no size"},
        {"  limits: {body: 10}", ":2:", "intake.limits.body: '10' is not from 1024 to"},
        {"  limits: {body: 2GiB}", ":2:", "intake.limits.body: '2GiB' is not from 1024 to 1073741824 bytes"},
        {"  limits: {header: 100}", ":2:", "intake.limits.header: '100' is not from 1024 to"},
        {"  limits: {read_timeout: soon}", ":2:", "intake.limits.read_timeout: 'soon' is no duration"},
        {"  limits: {read_timeout: 0}", ":2:", "intake.limits.read_timeout: '0' is no time to wait"},
        {"  limits: {header_timeout: 0s}", ":2:", "intake.limits.header_timeout: '0s' is no time to wait"},
        {"  limits: {idle_timeout: -1s}", ":2:", "intake.limits.idle_timeout: '-1s' is no duration"},
        {"  limits: {min_rate: fast}", ":2:", "intake.limits.min_rate: 'fast' is no size"},
        {"  limits: {connections: 0}", ":2:", "intake.limits.connections: '0' is no whole number from 1 to"},
        {"  limits: {connections_per_source: -1}",
         ":2:", "intake.limits.connections_per_source: '-1' is no whole number from 0 to"},
        {"  limits: {rate_per_source: 500}",
         ":2:", "intake.limits.rate_per_source: '500' is no rate; write it as 500/s"},
        {"  limits: {rate_per_source: 0/s}", ":2:", "intake.limits.rate_per_source: '0/s' is no rate"},
        {"  limits: {rate_per_source: [1/s]}", ":2:", "intake.limits.rate_per_source: a list is no rate"},
        {"  limits: {failed_logins: few}", ":2:", "intake.limits.failed_logins: 'few' is no whole number from 0 to"},
        {"  limits: {failed_logins_per_user: 1.5}",
         ":2:", "intake.limits.failed_logins_per_user: '1.5' is no whole number"},
        {"  limits: {rate_per_sorce: 1/s}", ":2:", "unknown key (did you mean 'rate_per_source'?)"},
    }));
    const auto config = folder.read(wrong.yaml);
    INFO(wrong.yaml);
    REQUIRE_FALSE(config);
    CHECK_THAT(config.error(), Catch::StartsWith(folder / "bridge.yaml" + wrong.place));
    CHECK_THAT(config.error(), Catch::Contains(wrong.said));
    CHECK_THAT(config.error(), !Catch::Contains("open-sesame") && !Catch::Contains("$scrypt$ln"));
}

TEST_CASE("a secret may come from the environment or from systemd, and a key file from systemd") {
    const Folder folder;
    const Environment variable("FIREBREAK_TEST_PASSWORD", "from-environment\n");
    const Environment credentials("CREDENTIALS_DIRECTORY", folder / "");
    const auto config = folder.read(R"(
  tls: {certificate: server.pem, key: credential:server.key}
  users:
    a: {password_file: env:FIREBREAK_TEST_PASSWORD}
    b: {password_file: credential:fireeye.password}
    c: {password_hash_file: credential:fireeye.hash}
)");
    INFO((config ? "" : config.error()));
    REQUIRE(config);
    CHECK(password_of(*config, "a").reveal() == "from-environment");
    CHECK(password_of(*config, "b").reveal() == "open-sesame");
    CHECK(std::get<PasswordHash>(config->gate.users.at("c")).line() == Folder::hash_line());
    CHECK(config->intake.tls->key_file == folder / "server.key");
}

TEST_CASE("a secret that stands where its file belongs is not repeated") {
    const auto config =
        read_config("intake: {users: {fireeye: {password_file: Tr0ub4dor-and-three-more}}}", "bridge.yaml");
    REQUIRE_FALSE(config);
    CHECK_THAT(config.error(), Catch::Contains("intake.users.fireeye.password_file: a text of 24 characters"));
    CHECK_THAT(config.error(), !Catch::Contains("Tr0"));
}

TEST_CASE("a certificate that ends soon is told at each start") {
    const Folder folder;
    folder.identity("short", 7);
    const auto config = folder.read("  tls: {certificate: short.pem, key: short.key}");
    REQUIRE(config);
    REQUIRE(config->cautions.size() == 2);
    CHECK_THAT(config->cautions[0], Catch::StartsWith("intake.tls.certificate: CN=short ends on 20"));
}
