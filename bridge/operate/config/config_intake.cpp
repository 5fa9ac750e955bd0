#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "bridge/operate/config/config_reading.hpp"

namespace bridge::operate {

using namespace domain;

namespace {

constexpr auto ends_soon = std::chrono::hours(24 * 30);
constexpr double rate_max = 1'000'000;

std::optional<intake::Credential> read_hash(ConfigReading& reading, yaml::Reader& user, const yaml::Node& node) {
    const Secret line = reading.secret(user, "password_hash_file");
    if (line.empty()) {
        return std::nullopt;  // it has complained
    }
    auto hash = intake::PasswordHash::parse(line.reveal());
    if (!hash) {
        user.complain(node, "password_hash_file", fmt::format("'{}' {}", node.text, hash.error()));
        return std::nullopt;
    }
    return std::move(*hash);
}

std::optional<intake::Credential> read_password(ConfigReading& reading, yaml::Reader& user, const yaml::Node& node) {
    Secret password = reading.secret(user, "password_file");
    if (password.reveal().size() > intake::password_characters_max) {
        user.complain(node, "password_file",
                      fmt::format("the password is longer than {} characters", intake::password_characters_max));
        return std::nullopt;
    }
    if (password.reveal().starts_with("$scrypt$")) {
        user.complain(node, "password_file", "holds a hash; give it as password_hash_file");
        return std::nullopt;
    }
    return password.empty() ? std::nullopt : std::optional<intake::Credential>(std::move(password));
}

void read_user(ConfigReading& reading, const yaml::Entry& entry) {
    yaml::Reader user(entry.value, fmt::format("intake.users.{}", entry.key), reading.problems);
    const yaml::Node* const password = user.optional("password_file");
    const yaml::Node* const hash = user.optional("password_hash_file");
    user.finish();
    const bool is_map = entry.value.is_map() || entry.value.kind == yaml::Kind::null;  // else it has been told
    if (is_map && (password == nullptr) == (hash == nullptr)) {
        reading.problems.add(entry.mark, fmt::format("intake.users.{}", entry.key),
                             fmt::format("needs one of password_file and password_hash_file, found {}",
                                         password == nullptr ? "neither" : "both"));
        return;
    }
    if (entry.key.empty() || entry.key.find(':') != std::string::npos) {
        reading.problems.add(entry.mark, fmt::format("intake.users.{}", entry.key),
                             "no user of HTTP basic authentication can be called so: a name has no colon");
    }
    auto credential = password != nullptr ? read_password(reading, user, *password)
                      : hash != nullptr   ? read_hash(reading, user, *hash)
                                          : std::nullopt;
    if (credential) {
        reading.config.gate.users.insert_or_assign(entry.key, std::move(*credential));
    }
}

void read_users(ConfigReading& reading, const yaml::Node* users) {
    if (users == nullptr) {
        return;
    }
    if (!users->is_map()) {
        reading.problems.add(
            users->mark, "intake.users",
            fmt::format("must be a map: {{NAME: {{password_hash_file: FILE}}}}, found {}", yaml::kind_of(*users)));
        return;
    }
    if (users->entries.empty()) {
        reading.problems.add(users->mark, "intake.users", "names nobody; leave it out to let in whoever can connect");
    }
    for (const yaml::Entry& entry : users->entries) {
        read_user(reading, entry);
    }
}

void look_at_identity(ConfigReading& reading, yaml::Reader& keys, const net::TlsIdentity& identity) {
    const auto shown = reading.look_at(keys, identity);
    if (!shown) {
        return;
    }
    if (shown->ends - std::chrono::system_clock::now() < ends_soon) {
        reading.config.cautions.push_back(fmt::format("intake.tls.certificate: {} {} on {:%Y-%m-%d}", shown->subject,
                                                      shown->ends < std::chrono::system_clock::now() ? "ended" : "ends",
                                                      fmt::gmtime(std::chrono::system_clock::to_time_t(shown->ends))));
    }
    if (identity.old_clients && !shown->rsa) {
        reading.config.cautions.emplace_back(
            "intake.tls.certificate: has no RSA key, and appliances that are older than TLS 1.2 know no other");
    }
}

void read_tls(ConfigReading& reading, const yaml::Node& node) {
    yaml::Reader keys(node, "intake.tls", reading.problems);
    net::TlsIdentity identity = reading.identity(keys);
    identity.client_names = keys.texts("client_names");
    for (std::size_t i = 0; i < identity.client_names.size(); ++i) {
        if (identity.client_names[i].empty()) {
            reading.problems.add(ConfigReading::item_mark(node, "client_names", i),
                                 fmt::format("intake.tls.client_names[{}]", i),
                                 "'' is empty; give a name of the client's certificate, such as nx1.example.com");
        }
    }
    if (const yaml::Node* const names = node.find("client_names");
        names != nullptr && node.find("client_ca") == nullptr) {
        keys.complain(*names, "client_names", "needs client_ca: without an authority a name proves nothing");
    } else if (names != nullptr && identity.client_names.empty()) {
        keys.complain(*names, "client_names", "names nobody; leave it out to take every client that client_ca signed");
    }
    identity.old_clients = keys.flag("old_appliances", false);
    reading.config.certificate_check_every =
        reading.patience(keys, "check_every", reading.config.certificate_check_every);
    keys.finish();
    if (identity.old_clients) {
        reading.config.cautions.emplace_back(
            "intake.tls.old_appliances: TLS 1.0 and 1.1 are taken, which can be broken; only for appliances that have "
            "nothing newer, on a network of their own");
    }
    look_at_identity(reading, keys, identity);
    reading.config.intake.tls = identity;
    reading.config.gate.encrypted = true;
}

/// "500/s": that many at once, and after that at that rate.
intake::Rate read_rate(yaml::Reader& keys, std::string_view key) {
    const yaml::Node* const node = keys.optional(key);
    intake::Rate rate;
    if (node == nullptr || (node->is_scalar() && node->text == "0")) {
        return rate;
    }
    const auto per_s = node->is_scalar() ? yaml::parse_rate(node->text) : std::nullopt;
    if (!per_s || !(*per_s > 0)) {
        keys.complain(
            *node, key,
            fmt::format("{} is no rate; write it as 500/s, 30/m or 10/h, or 0 for no limit", yaml::found_in(*node)));
        return rate;
    }
    if (*per_s > rate_max) {
        keys.complain(*node, key, fmt::format("'{}' is more than {}/s; 0 is for no limit", node->text, rate_max));
        return rate;
    }
    std::from_chars(node->text.data(), node->text.data() + node->text.size(), rate.burst);
    rate.per_s = *per_s;
    rate.burst = std::max(1.0, rate.burst);
    return rate;
}

void read_limits(ConfigReading& reading, const yaml::Node& node) {
    yaml::Reader keys(node, "intake.limits", reading.problems);
    net::ListenOptions& options = reading.config.intake;
    intake::GateRules& gate = reading.config.gate;
    const auto count = [&](std::string_view key, std::size_t fallback, std::int64_t min) {
        return static_cast<std::size_t>(keys.number(key, static_cast<std::int64_t>(fallback), min, 1'000'000));
    };
    options.body_bytes_max = reading.size(keys, "body", options.body_bytes_max, 1U << 10U, 1U << 30U);
    options.header_bytes_max = reading.size(keys, "header", options.header_bytes_max, 1U << 10U, 1U << 20U);
    options.read_timeout = reading.patience(keys, "read_timeout", options.read_timeout);
    options.header_timeout = reading.patience(keys, "header_timeout", options.header_timeout);
    options.idle_timeout = reading.patience(keys, "idle_timeout", options.idle_timeout);
    options.body_rate_min = reading.size(keys, "min_rate", options.body_rate_min, 0, 1U << 30U);
    options.connections_max = count("connections", options.connections_max, 1);
    const std::size_t share = std::max<std::size_t>(1, options.connections_max / 2);
    options.connections_per_source_max = count("connections_per_source", share, 0);
    gate.rate_per_source = read_rate(keys, "rate_per_source");
    gate.logins.per_source = static_cast<unsigned>(count("failed_logins", gate.logins.per_source, 0));
    gate.logins.per_user = static_cast<unsigned>(count("failed_logins_per_user", gate.logins.per_user, 0));
    keys.finish();
}

}  // namespace

void read_intake(ConfigReading& reading, const yaml::Node* node) {
    if (node == nullptr) {
        return;
    }
    yaml::Reader reader(*node, "intake", reading.problems);
    reading.listen(reader, reading.config.intake);
    if (const yaml::Node* tls = reader.optional("tls")) {
        read_tls(reading, *tls);
    }
    read_users(reading, reader.optional("users"));
    reading.config.gate.sources = reading.prefixes(reader, "intake", "sources");
    if (const yaml::Node* limits = reader.optional("limits")) {
        read_limits(reading, *limits);
    }
    const bool plain = reader.flag("plain", false);
    reader.finish();
    const bool loopback = ConfigReading::is_loopback(reading.config.intake.address);
    if (!reading.config.intake.tls && !loopback && !plain) {
        reading.problems.add(node->mark, "intake",
                             "passwords and alerts would cross the network in the clear: give `tls:`, listen on "
                             "loopback, or say `plain: true`");
    }
}

}  // namespace bridge::operate
