#include <fmt/format.h>

#include "bridge/operate/config_reading.hpp"

namespace bridge::operate {

using namespace domain;

namespace {

void read_users(ConfigReading& reading, const yaml::Node* users) {
    if (users == nullptr) {
        return;
    }
    if (!users->is_map()) {
        reading.problems.add(users->mark, "intake.users", "must be a map: {NAME: {password_file: FILE}}");
        return;
    }
    for (const yaml::Entry& entry : users->entries) {
        yaml::Reader user(entry.value, fmt::format("intake.users.{}", entry.key), reading.problems);
        user.required("password_file");
        Secret password = reading.secret(user, "password_file");
        if (password.reveal().size() > intake::password_characters_max) {
            user.complain(entry.value, "password_file",
                          fmt::format("the password is longer than {} characters", intake::password_characters_max));
        }
        reading.config.gate.users[entry.key] = std::move(password);
        user.finish();
    }
}

}  // namespace

void read_intake(ConfigReading& reading, const yaml::Node* node) {
    if (node == nullptr) {
        return;
    }
    yaml::Reader reader(*node, "intake", reading.problems);
    reading.listen(reader, reading.config.intake);
    if (const yaml::Node* tls = reader.optional("tls")) {
        yaml::Reader keys(*tls, "intake.tls", reading.problems);
        net::TlsIdentity identity;
        keys.required("certificate");
        keys.required("key");
        identity.certificate_file = reading.file(keys, "certificate");
        identity.key_file = reading.file(keys, "key");
        identity.client_ca_file = reading.file(keys, "client_ca");
        keys.finish();
        reading.config.intake.tls = identity;
    }
    read_users(reading, reader.optional("users"));
    reading.config.gate.sources = reading.prefixes(reader, "intake", "sources");
    if (const yaml::Node* limits = reader.optional("limits")) {
        yaml::Reader keys(*limits, "intake.limits", reading.problems);
        reading.config.intake.body_bytes_max = keys.bytes("body", reading.config.intake.body_bytes_max);
        reading.config.intake.header_bytes_max = keys.bytes("header", reading.config.intake.header_bytes_max);
        reading.config.intake.read_timeout = keys.duration("read_timeout", reading.config.intake.read_timeout);
        reading.config.intake.connections_max = static_cast<std::size_t>(
            keys.number("connections", static_cast<std::int64_t>(reading.config.intake.connections_max), 1, 1'000'000));
        keys.finish();
    }
    const bool plain = reader.flag("plain", false);
    reader.finish();
    const auto address = IpAddress::parse(reading.config.intake.address);
    const bool loopback = address && special_range(*address, false).find("loopback") != std::string_view::npos;
    if (!reading.config.intake.tls && !loopback && !plain) {
        reading.problems.add(node->mark, "intake",
                             "passwords and alerts would cross the network in the clear: give `tls:`, listen on "
                             "loopback, or say `plain: true`");
    }
}

}  // namespace bridge::operate
