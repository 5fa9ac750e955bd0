#include <fmt/format.h>

#include <algorithm>

#include "bridge/operate/config_reading.hpp"

namespace bridge::operate {

using namespace domain;

void read_operate(ConfigReading& reading, const yaml::Node* node) {
    if (node == nullptr) {
        return;
    }
    yaml::Reader reader(*node, "operate", reading.problems);
    reading.listen(reader, reading.config.operate);
    if (const yaml::Node* log = reader.optional("log")) {
        yaml::Reader keys(*log, "operate.log", reading.problems);
        const std::string level = keys.text("level", "info");
        const std::vector<std::string> levels{"debug", "info", "warning", "error"};
        const auto place = std::find(levels.begin(), levels.end(), level);
        if (place == levels.end()) {
            keys.complain(*log->find("level"), "level",
                          fmt::format("'{}' is no level{}", level, yaml::did_you_mean(level, levels)));
        } else {
            reading.config.log_level = static_cast<LogLevel>(place - levels.begin());
        }
        const std::string format = keys.text("format", "text");
        if (format != "text" && format != "json") {
            keys.complain(*log->find("format"), "format", fmt::format("'{}' is neither text nor json", format));
        }
        reading.config.log_format = format == "json" ? LogFormat::json : LogFormat::text;
        keys.finish();
    }
    reader.finish();
    if (!ConfigReading::is_loopback(reading.config.operate.address)) {
        reading.problems.add(node->mark, "operate.listen",
                             "must be a loopback address: whoever reaches it can release and remove blocks");
    }
}

}  // namespace bridge::operate
