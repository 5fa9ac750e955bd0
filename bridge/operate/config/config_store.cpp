#include <fmt/format.h>

#include <filesystem>

#include "bridge/operate/config/config_reading.hpp"

namespace bridge::operate {

namespace {

using std::chrono::milliseconds;

/// "0", or a duration of at least a day: less is a slip of the pen that would cost the journal.
milliseconds keeping(yaml::Reader& reader, std::string_view key, milliseconds fallback) {
    const milliseconds time = reader.duration(key, fallback);
    const yaml::Node* node = reader.node().find(key);
    if (node != nullptr && time.count() != 0 && time < std::chrono::days(1)) {
        reader.complain(*node, key,
                        fmt::format("'{}' is too short; at least 1d, or 0 to keep everything for ever", node->text));
        return fallback;
    }
    return time;
}

}  // namespace

void read_store(ConfigReading& reading, const yaml::Node* node) {
    Config& config = reading.config;
    if (node == nullptr) {
        return;
    }
    const yaml::Node* path = node;
    std::string where = "store";
    if (node->is_map()) {
        yaml::Reader reader(*node, "store", reading.problems);
        path = reader.optional("path");
        where = "store.path";
        config.keeping.payloads = keeping(reader, "keep_payloads", config.keeping.payloads);
        config.keeping.alerts = keeping(reader, "keep_alerts", config.keeping.alerts);
        const yaml::Node* alerts = node->find("keep_alerts");
        const yaml::Node* payloads = node->find("keep_payloads");
        if (config.keeping.alerts.count() != 0 &&
            (config.keeping.payloads.count() == 0 || config.keeping.alerts < config.keeping.payloads)) {
            // Whichever was written is the one to change.
            const bool of_alerts = alerts != nullptr;
            reader.complain(of_alerts ? *alerts : *payloads, of_alerts ? "keep_alerts" : "keep_payloads",
                            "a payload can't be kept longer than its alerts; keep_alerts must be no less than "
                            "keep_payloads (0 is for ever)");
        }
        reader.finish();
    }
    if (path == nullptr) {
        return;
    }
    if (!path->is_scalar() || path->text.empty()) {
        reading.problems.add(path->mark, where,
                             fmt::format("expected the path of a file{}, found {}",
                                         where == "store" ? ", or a map with path, keep_payloads and keep_alerts" : "",
                                         path->is_scalar() ? "an empty text" : yaml::kind_of(*path)));
        return;
    }
    if (path->text.starts_with("postgresql:")) {
        reading.problems.add(path->mark, where, "PostgreSQL is not supported yet; give the path of a file");
        return;
    }
    config.store = reading.in_folder(path->text);
    std::error_code ignored;  // what cannot be looked at is told when the store is opened
    if (reading.use() == ConfigUse::run && std::filesystem::is_directory(config.store, ignored)) {
        reading.problems.add(path->mark, where,
                             fmt::format("'{}' is a directory; give the path of a file in it", config.store));
    }
}

}  // namespace bridge::operate
