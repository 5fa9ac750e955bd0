#include "bridge/operate/config_reading.hpp"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <fstream>

namespace bridge::operate {

using namespace domain;

ConfigReading::ConfigReading(const std::string& path)
    : problems(path), folder_(std::filesystem::path(path).parent_path().string()) {
    config.file = path;
    config.operate.port = 9090;
    config.operate.body_bytes_max = 64U << 10U;
    config.intake.port = 8088;
}

std::string ConfigReading::in_folder(const std::string& file) const {
    return file.empty() || std::filesystem::path(file).is_absolute() ? file
                                                                     : (std::filesystem::path(folder_) / file).string();
}

std::string ConfigReading::file(yaml::Reader& reader, std::string_view key) {
    const yaml::Node* node = reader.optional(key);
    if (node == nullptr) {
        return {};
    }
    std::string path = in_folder(node->text);
    if (!node->is_scalar() || !std::ifstream(path)) {
        reader.complain(*node, key, fmt::format("'{}' cannot be read", path));
        return {};
    }
    return path;
}

Secret ConfigReading::secret(yaml::Reader& reader, std::string_view key) {
    const yaml::Node* node = reader.optional(key);
    if (node == nullptr) {
        return {};
    }
    const std::string path = in_folder(node->text);
    std::ifstream in(path);
    std::string line;
    if (!node->is_scalar() || !in || !std::getline(in, line)) {
        reader.complain(*node, key, fmt::format("'{}' cannot be read, or is empty", path));
        return {};
    }
    while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) {
        line.pop_back();
    }
    if (line.empty()) {
        reader.complain(*node, key, fmt::format("the first line of '{}' is empty", path));
    }
    return Secret(std::move(line));
}

void ConfigReading::listen(yaml::Reader& reader, net::ListenOptions& options) {
    const yaml::Node* node = reader.optional("listen");
    if (node == nullptr) {
        return;
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
        reader.complain(*node, "listen",
                        fmt::format("'{}' is no ADDRESS:PORT, such as 127.0.0.1:8088 or [::1]:8088", node->text));
        return;
    }
    options.address = address;
    options.port = port;
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

yaml::Mark ConfigReading::item_mark(const yaml::Node& map, std::string_view key, std::size_t i) {
    const yaml::Node* list = map.find(key);
    if (list == nullptr) {
        return map.mark;
    }
    return i < list->items.size() ? list->items[i].mark : list->mark;
}

}  // namespace bridge::operate
