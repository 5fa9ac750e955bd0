// What the sections of bridge.yaml share while it is read: the complaints so far, the configuration that grows, and the
// forms of values that several sections have.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bridge/domain/value/secret.hpp"
#include "bridge/operate/config/config.hpp"
#include "yaml/reader.hpp"

namespace bridge::operate {

/// "fw1.example" out of "https://fw1.example:4443/"; empty for what is no URL.
std::string_view host_of(std::string_view url);

struct ConfigReading {
    ConfigReading(const std::string& path, ConfigUse use);

    /// The path as written, or below the configuration's own folder if it is relative.
    std::string in_folder(const std::string& file) const;

    /// The path of a file that must be readable now, or empty with a complaint; to ask a running bridge it need not be.
    /// "credential:NAME" is a file in the directory that systemd tells a service (systemd.exec, LoadCredential=).
    std::string file(yaml::Reader& reader, std::string_view key);

    /// The first line of a secret's file, without the end of line; or, written as "env:NAME", of an environment
    /// variable. To ask a running bridge it need not be readable, and is empty then.
    domain::Secret secret(yaml::Reader& reader, std::string_view key);

    /// A duration longer than nothing, and at most `max`.
    std::chrono::milliseconds patience(yaml::Reader& reader, std::string_view key, std::chrono::milliseconds fallback,
                                       std::chrono::milliseconds max = yaml::longest_duration);

    /// A text that is not empty where the key stands; "" where it does not.
    static std::string given(yaml::Reader& reader, std::string_view key);

    /// The path of a PEM file with at least one certificate, read as by `file`.
    std::string authorities(yaml::Reader& reader, std::string_view key);

    /// A size within bounds.
    std::size_t size(yaml::Reader& reader, std::string_view key, std::size_t fallback, std::size_t min,
                     std::size_t max);

    /// `listen: ADDRESS:PORT`; false when it is absent or wrong. Two of them on one port are a mistake.
    bool listen(yaml::Reader& reader, net::ListenOptions& options, std::string_view key = "listen");

    /// The PEM files that every `tls:` map has: certificate, key and, by choice, client_ca.
    net::TlsIdentity identity(yaml::Reader& keys);

    /// To run, whether those files fit each other: what a listener would show, or nothing, with a complaint about the
    /// file that does not, unless one of them has been complained of.
    std::optional<net::ShownCertificate> look_at(yaml::Reader& keys, const net::TlsIdentity& identity);

    /// Whether an address reaches this host only.
    static bool is_loopback(const std::string& address);

    /// A list of CIDR prefixes; `map` is the section's path, for complaints.
    std::vector<domain::Prefix> prefixes(yaml::Reader& reader, std::string_view map, std::string_view key);

    /// The host of a target's URL is never blocked: a firewall that blocks its own management address locks everyone
    /// out, the bridge first. A name's addresses are looked up while the bridge runs (OwnAddresses).
    void never_block_host_of(std::string_view url, std::string_view target);

    /// Where item `i` of a list stands, or the list, or the map that should have it.
    static yaml::Mark item_mark(const yaml::Node& map, std::string_view key, std::size_t i);

    /// The contents of all files that were read since the last call, as a fingerprint: a reload finds by it what
    /// changed although its lines in bridge.yaml did not.
    std::string take_fingerprint();

    ConfigUse use() const noexcept { return use_; }

    yaml::Problems problems;
    Config config;

private:
    std::optional<std::string> credential(yaml::Reader& reader, const yaml::Node& node, std::string_view key);
    void note(std::string_view contents);

    std::string folder_;
    ConfigUse use_;
    std::string read_;                                                        // digests of what was read
    std::map<std::pair<std::string, std::uint16_t>, std::string> listeners_;  // the key, by address and port
};

// One for each section; a null node is a section that is not there. Each is in config_SECTION.cpp.
void read_intake(ConfigReading& reading, const yaml::Node* node);
void read_store(ConfigReading& reading, const yaml::Node* node);
void read_appliances(ConfigReading& reading, const yaml::Node* node);
void read_site(ConfigReading& reading, const yaml::Node* node);
void read_policy(ConfigReading& reading, const yaml::Node* node);
void read_targets(ConfigReading& reading, const yaml::Node* node);
void read_lists(ConfigReading& reading, const yaml::Node* node);  // after the targets
void read_operate(ConfigReading& reading, const yaml::Node* node);

/// A target of kind edl.
void read_list_target(ConfigReading& reading, const yaml::Entry& entry);

/// How to reach a firewall, and as whom: url, ca, insecure, timeouts, API key or user and password. The firewall's
/// address is never blocked.
void read_connection(ConfigReading& reading, yaml::Reader& reader, std::string_view target, panos::Endpoint& endpoint,
                     panos::Credentials& credentials);

/// Complains of the name of an entry that is empty, longer than 63 bytes, or holds control characters.
void check_entry_name(ConfigReading& reading, std::string_view map, const yaml::Entry& entry);

/// Complains unless PAN-OS takes it as a name; names stand in XPaths.
void check_name(yaml::Reader& reader, std::string_view key, const std::string& name);

}  // namespace bridge::operate
