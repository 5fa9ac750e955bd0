#include "bridge/operate/config_reading.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace bridge::operate {

using namespace domain;

ConfigReading::ConfigReading(const std::string& path, ConfigUse use)
    : problems(path), folder_(std::filesystem::path(path).parent_path().string()), use_(use) {
    config.file = path;
    config.intake.port = 8088;
    config.intake.strict_requests = true;
    config.intake.body_rate_min = 512;
    config.intake.connections_per_source_max = config.intake.connections_max / 2;
}

void ConfigReading::note(std::string_view contents) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_Digest(contents.data(), contents.size(), digest.data(), &size, EVP_sha256(), nullptr);
    for (unsigned i = 0; i < size; ++i) {
        read_ += fmt::format("{:02x}", digest[i]);
    }
}

std::string ConfigReading::take_fingerprint() {
    return std::exchange(read_, {});
}

std::string ConfigReading::in_folder(const std::string& file) const {
    return file.empty() || std::filesystem::path(file).is_absolute() ? file
                                                                     : (std::filesystem::path(folder_) / file).string();
}

namespace {

constexpr std::string_view credential_prefix = "credential:";
constexpr std::string_view environment_prefix = "env:";

/// Who writes a secret where its file belongs must not find it in the log.
std::string shown(const std::string& text, const std::string& path) {
    constexpr std::size_t long_for_a_name = 16;
    const bool may_be_secret = text.size() >= long_for_a_name && text.find_first_of("/.") == std::string::npos;
    return may_be_secret ? fmt::format("'{}...' ({} characters)", text.substr(0, 3), text.size())
                         : fmt::format("'{}'", path);
}

/// A name that stays in its directory.
bool is_plain_name(std::string_view name) {
    return !name.empty() && name.find('/') == std::string_view::npos && name != "." && name != "..";
}

void trim_end_of_line(std::string& line) {
    while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) {
        line.pop_back();
    }
}

}  // namespace

std::optional<std::string> ConfigReading::credential(yaml::Reader& reader, const yaml::Node& node,
                                                     std::string_view key) {
    const std::string name = node.text.substr(credential_prefix.size());
    const char* const directory = std::getenv("CREDENTIALS_DIRECTORY");
    if (!is_plain_name(name)) {
        reader.complain(node, key, fmt::format("'{}' is no credential's name: write credential:NAME", node.text));
        return std::nullopt;
    }
    if (directory == nullptr) {
        reader.complain(node, key,
                        fmt::format("'{}' needs systemd, which sets CREDENTIALS_DIRECTORY for a service with "
                                    "LoadCredential={}:FILE",
                                    node.text, name));
        return std::nullopt;
    }
    return (std::filesystem::path(directory) / name).string();
}

std::string ConfigReading::file(yaml::Reader& reader, std::string_view key) {
    const yaml::Node* node = reader.optional(key);
    if (node == nullptr) {
        return {};
    }
    if (!node->is_scalar()) {
        reader.complain(*node, key, "must be the path of a file");
        return {};
    }
    std::string path = in_folder(node->text);
    if (use_ != ConfigUse::run) {
        return path;
    }
    if (node->text.starts_with(credential_prefix)) {
        path = credential(reader, *node, key).value_or("");
        if (path.empty()) {
            return {};
        }
    }
    std::error_code ignored;
    std::ifstream in(path, std::ios::binary);
    if (node->text.empty() || std::filesystem::is_directory(path, ignored) || !in) {
        reader.complain(*node, key, fmt::format("'{}' cannot be read", path));
        return {};
    }
    note(std::string(std::istreambuf_iterator<char>(in), {}));
    return path;
}

Secret ConfigReading::secret(yaml::Reader& reader, std::string_view key) {
    const yaml::Node* node = reader.optional(key);
    if (node == nullptr) {
        return {};
    }
    if (!node->is_scalar()) {
        reader.complain(*node, key, "must be the path of a file, credential:NAME or env:NAME");
        return {};
    }
    const bool optional = use_ != ConfigUse::run;  // who only asks the running bridge may not read its secrets
    if (node->text.starts_with(environment_prefix)) {
        const std::string name = node->text.substr(environment_prefix.size());
        const char* const value = std::getenv(name.c_str());
        std::string line = value == nullptr ? "" : value;
        line.resize(std::min(line.find('\n'), line.size()));
        trim_end_of_line(line);
        if (line.empty() && !optional) {
            reader.complain(*node, key, fmt::format("the environment variable '{}' is not set, or is empty", name));
        }
        note(line);
        return Secret(std::move(line));
    }
    std::string path = in_folder(node->text);
    if (node->text.starts_with(credential_prefix)) {
        if (optional) {
            return {};
        }
        path = credential(reader, *node, key).value_or("");
        if (path.empty()) {
            return {};
        }
    }
    constexpr std::size_t line_characters_max = 4096;
    std::ifstream in(path);
    if (optional && !in) {
        return {};
    }
    std::string line(line_characters_max + 1, '\0');
    in.getline(line.data(), static_cast<std::streamsize>(line.size()));
    if (in.gcount() == 0) {
        reader.complain(*node, key, fmt::format("{} cannot be read, or is empty", shown(node->text, path)));
        return {};
    }
    line.resize(std::min(line.find('\0'), line.size()));
    trim_end_of_line(line);
    if (in.fail() && !in.eof()) {
        reader.complain(*node, key,
                        fmt::format("the first line of '{}' is longer than {} characters", path, line_characters_max));
        Secret::wipe(line);
    } else if (line.empty()) {
        reader.complain(*node, key, fmt::format("the first line of '{}' is empty", path));
    }
    note(line);
    return Secret(std::move(line));
}

std::chrono::milliseconds ConfigReading::patience(yaml::Reader& reader, std::string_view key,
                                                  std::chrono::milliseconds fallback) {
    const auto value = reader.duration(key, fallback);
    if (value.count() <= 0) {
        const yaml::Node& node = *reader.node().find(key);
        reader.complain(node, key, fmt::format("'{}' is no time to wait; write it as 250ms, 30s or 5m", node.text));
        return fallback;
    }
    return value;
}

std::size_t ConfigReading::size(yaml::Reader& reader, std::string_view key, std::size_t fallback, std::size_t min,
                                std::size_t max) {
    const auto value = reader.bytes(key, fallback);
    if (value < min || value > max) {
        const yaml::Node& node = *reader.node().find(key);
        reader.complain(node, key, fmt::format("'{}' is not from {} to {} bytes", node.text, min, max));
        return fallback;
    }
    return value;
}

bool ConfigReading::listen(yaml::Reader& reader, net::ListenOptions& options, std::string_view key) {
    const yaml::Node* node = reader.optional(key);
    if (node == nullptr) {
        return false;
    }
    const std::size_t colon = node->text.rfind(':');
    std::string address = node->text.substr(0, colon);
    if (address.starts_with('[') && address.ends_with(']')) {
        address = address.substr(1, address.size() - 2);
    }
    std::uint16_t port = 0;
    const std::string_view digits =
        colon == std::string::npos ? std::string_view() : std::string_view(node->text).substr(colon + 1);
    const char* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, port);
    if (digits.empty() || error != std::errc{} || stop != end || !IpAddress::parse(address)) {
        reader.complain(*node, key,
                        fmt::format("'{}' is no ADDRESS:PORT, such as 127.0.0.1:8088 or [::1]:8088", node->text));
        return false;
    }
    options.address = address;
    options.port = port;
    return true;
}

net::TlsIdentity ConfigReading::identity(yaml::Reader& keys) {
    net::TlsIdentity identity;
    keys.required("certificate");
    keys.required("key");
    identity.certificate_file = file(keys, "certificate");
    identity.key_file = file(keys, "key");
    identity.client_ca_file = file(keys, "client_ca");
    return identity;
}

bool ConfigReading::is_loopback(const std::string& address) {
    const auto parsed = IpAddress::parse(address);
    return parsed && special_range(*parsed, false).find("loopback") != std::string_view::npos;
}

std::vector<Prefix> ConfigReading::prefixes(yaml::Reader& reader, std::string_view map, std::string_view key) {
    std::vector<Prefix> all;
    const std::vector<std::string> texts = reader.texts(key);
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (const auto prefix = Prefix::parse(texts[i])) {
            all.push_back(*prefix);
        } else {
            problems.add(item_mark(reader.node(), key, i), fmt::format("{}.{}[{}]", map, key, i),
                         fmt::format("'{}' is no CIDR prefix", texts[i]));
        }
    }
    return all;
}

std::string_view host_of(std::string_view url) {
    const std::size_t scheme = url.find("://");
    if (scheme == std::string_view::npos) {
        return {};
    }
    std::string_view host = url.substr(scheme + 3);
    host = host.substr(0, host.find('/'));
    return host.starts_with('[') ? host.substr(1, host.find(']') - 1) : host.substr(0, host.rfind(':'));
}

void ConfigReading::never_block_host_of(std::string_view url, std::string_view target) {
    const std::string_view host = host_of(url);
    if (host.empty()) {
        return;
    }
    auto rule = AllowRule::parse(host, fmt::format("the address of target {}", target));
    if (rule) {
        config.engine.policy.allow.push_back(std::move(*rule));
    }
    if (!IpAddress::parse(host)) {
        config.target_names.push_back({std::string(host), std::string(target)});
    }
}

yaml::Mark ConfigReading::item_mark(const yaml::Node& map, std::string_view key, std::size_t i) {
    const yaml::Node* list = map.find(key);
    if (list == nullptr) {
        return map.mark;
    }
    return i < list->items.size() ? list->items[i].mark : list->mark;
}

}  // namespace bridge::operate
