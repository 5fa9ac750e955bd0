#include "bridge/operate/config/config_reading.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <system_error>
#include <utility>

#include "bridge/domain/value/special_purpose.hpp"

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

/// Who writes a secret where its file belongs must not find it in the log: only what is known to be a path is shown.
std::string shown(const std::string& text, const std::string& path) {
    constexpr std::array<std::string_view, 8> endings{".key",    ".password", ".passwd", ".token",
                                                      ".secret", ".hash",     ".pem",    ".txt"};
    std::error_code ignored;  // what cannot be looked at is not known to be a path
    const std::filesystem::path written(text);
    const bool beside_others =
        written.has_parent_path() && std::filesystem::is_directory(std::filesystem::path(path).parent_path(), ignored);
    const bool a_path =
        std::filesystem::exists(path, ignored) || written.is_absolute() || beside_others ||
        std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) { return text.ends_with(ending); });
    return a_path ? fmt::format("'{}'", path)
                  : fmt::format("a text of {} characters, not shown in case it is the secret itself,", text.size());
}

/// Why what stands at the path is not to be opened; empty when it may be, or is not there. A pipe would hold up the
/// whole bridge at a reload, and a device never ends.
std::string why_no_file(const std::string& path) {
    constexpr std::uintmax_t bytes_max = 16U << 20U;
    std::error_code ignored;  // opening it tells
    const auto status = std::filesystem::status(path, ignored);
    if (std::filesystem::is_directory(status)) {
        return "it is a directory";
    }
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
        return "it is no regular file";
    }
    const std::uintmax_t bytes = std::filesystem::file_size(path, ignored);
    return !ignored && bytes > bytes_max ? "it has more than 16 MiB" : "";
}

struct Opened {
    std::ifstream in;
    std::string why_not;  // empty when it is open
};

Opened open_file(const std::string& path) {
    Opened opened;
    opened.why_not = why_no_file(path);
    if (!opened.why_not.empty()) {
        return opened;
    }
    errno = 0;
    opened.in.open(path, std::ios::binary);
    if (!opened.in) {
        opened.why_not = std::generic_category().message(errno == 0 ? ENOENT : errno);
    }
    return opened;
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
        reader.complain(*node, key, fmt::format("must be the path of a file, found {}", yaml::kind_of(*node)));
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
    if (node->text.empty()) {
        reader.complain(*node, key, "'' cannot be read: give the path of a file");
        return {};
    }
    Opened opened = open_file(path);
    if (!opened.why_not.empty()) {
        reader.complain(*node, key,
                        fmt::format("'{}' cannot be read: {}; give the path of a file that the bridge's user may read",
                                    path, opened.why_not));
        return {};
    }
    note(std::string(std::istreambuf_iterator<char>(opened.in), {}));
    return path;
}

Secret ConfigReading::secret(yaml::Reader& reader, std::string_view key) {
    const yaml::Node* node = reader.optional(key);
    if (node == nullptr) {
        return {};
    }
    if (!node->is_scalar()) {
        reader.complain(
            *node, key,
            fmt::format("must be the path of a file, credential:NAME or env:NAME, found {}", yaml::kind_of(*node)));
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
            reader.complain(
                *node, key,
                fmt::format("the environment variable '{}' is not set, or is empty; env:NAME is for one that holds "
                            "the secret",
                            name));
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
    auto [in, why_not] = open_file(path);
    if (optional && !why_not.empty()) {
        return {};
    }
    std::string line(line_characters_max + 1, '\0');
    in.getline(line.data(), static_cast<std::streamsize>(line.size()));
    if (in.gcount() == 0) {
        reader.complain(
            *node, key,
            fmt::format("{} cannot be read, or is empty{}; give the path of a file whose first line is the secret, "
                        "credential:NAME or env:NAME",
                        shown(node->text, path), why_not.empty() ? "" : ": " + why_not));
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
                                                  std::chrono::milliseconds fallback, std::chrono::milliseconds max) {
    const auto value = reader.duration(key, fallback);
    const yaml::Node* const node = reader.node().find(key);
    if (value.count() <= 0 && node != nullptr) {
        reader.complain(*node, key, fmt::format("'{}' is no time to wait; write it as 250ms, 30s or 5m", node->text));
        return fallback;
    }
    if (value > max && node != nullptr) {
        reader.complain(*node, key,
                        fmt::format("'{}' is too long; at most {}s", node->text,
                                    std::chrono::duration_cast<std::chrono::seconds>(max).count()));
        return fallback;
    }
    return value;
}

std::string ConfigReading::given(yaml::Reader& reader, std::string_view key) {
    std::string text = reader.text(key, "");
    if (const yaml::Node* const node = reader.node().find(key); node != nullptr && node->is_scalar() && text.empty()) {
        reader.complain(*node, key, "'' is empty; leave the key out, or give it a value");
    }
    return text;
}

std::string ConfigReading::authorities(yaml::Reader& reader, std::string_view key) {
    std::string path = file(reader, key);
    if (path.empty() || use_ != ConfigUse::run) {
        return path;
    }
    const std::unique_ptr<BIO, decltype(&BIO_free)> in(BIO_new_file(path.c_str(), "r"), &BIO_free);
    const std::unique_ptr<X509, decltype(&X509_free)> first(
        in ? PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr) : nullptr, &X509_free);
    if (!first) {
        reader.complain(*reader.node().find(key), key,
                        fmt::format("'{}' holds no certificate; give a PEM file of CA certificates", path));
    }
    return path;
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
    if (!node->is_scalar()) {
        reader.complain(
            *node, key,
            fmt::format("{} is no ADDRESS:PORT, such as 127.0.0.1:8088 or [::1]:8088", yaml::kind_of(*node)));
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
    const auto [other, alone] = listeners_.emplace(std::pair(address, port), reader.path_of(key));
    if (port != 0 && !alone) {
        reader.complain(
            *node, key,
            fmt::format("'{}' is {} already; each listener has a port of its own", node->text, other->second));
    }
    return true;
}

net::TlsIdentity ConfigReading::identity(yaml::Reader& keys) {
    net::TlsIdentity identity;
    keys.required("certificate", "the path of a PEM file");
    keys.required("key", "the path of a PEM file");
    identity.certificate_file = file(keys, "certificate");
    identity.key_file = file(keys, "key");
    identity.client_ca_file = file(keys, "client_ca");
    return identity;
}

std::optional<net::ShownCertificate> ConfigReading::look_at(yaml::Reader& keys, const net::TlsIdentity& identity) {
    const yaml::Node& node = keys.node();
    const bool all_read = !identity.certificate_file.empty() && !identity.key_file.empty() &&
                          (node.find("client_ca") == nullptr || !identity.client_ca_file.empty());
    if (use_ != ConfigUse::run || !all_read) {
        return std::nullopt;
    }
    auto shown = net::look_at(identity);
    if (!shown) {
        // Which of the files it is about is the beginning of its message.
        const std::string& why = shown.error();
        const std::string_view key = why.starts_with("TLS certificate") ? "certificate"
                                     : why.starts_with("TLS client CA") ? "client_ca"
                                                                        : "key";
        const yaml::Node* const at = node.find(key);
        keys.complain(at == nullptr ? node : *at, key, why);
        return std::nullopt;
    }
    return std::move(*shown);
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
                         fmt::format("'{}' is no CIDR prefix, such as 192.0.2.0/24 or 2001:db8::/32", texts[i]));
        }
    }
    return all;
}

void check_entry_name(ConfigReading& reading, std::string_view map, const yaml::Entry& entry) {
    constexpr std::size_t name_bytes_max = 63;
    const bool fine =
        !entry.key.empty() && entry.key.size() <= name_bytes_max &&
        std::none_of(entry.key.begin(), entry.key.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
    if (!fine) {
        reading.problems.add(
            entry.mark, fmt::format("{}.{}", map, entry.key),
            fmt::format("'{}' is no name: it has 1 to {} bytes and no control characters", entry.key, name_bytes_max));
    }
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
