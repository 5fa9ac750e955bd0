// Builders of notifications for the tests, and what the tests ask of a result.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/fireeye/notification_reader.hpp"

namespace notifications {

using Texts = std::vector<std::string>;

inline std::string xml(std::string_view alerts, std::string_view product = "Web MPS") {
    return R"(<?xml version="1.0" encoding="utf-8"?><alerts appliance="nx1.example.com" msg="normal" product=")" +
           std::string(product) + R"(" version="9.0.3.936727" xmlns="http://www.fireeye.com/alert/2014/AlertSchema">)" +
           std::string(alerts) + "</alerts>";
}

/// An alert between 192.0.2.10 (src) and 203.0.113.5 (dst) with more inside `explanation`.
inline std::string xml_alert(std::string_view name, std::string_view explanation = "") {
    return R"(<alert id="7" name=")" + std::string(name) + R"(" severity="crit"><explanation protocol="tcp">)" +
           std::string(explanation) +
           "</explanation><src><ip>192.0.2.10</ip><port>49193</port></src>"
           "<dst><ip>203.0.113.5</ip><port>443</port></dst></alert>";
}

inline std::string cnc(std::string_view address, std::string_view channel = "", std::string_view protocol = "tcp",
                       std::string_view port = "443") {
    return R"(<cnc-services><cnc-service protocol=")" + std::string(protocol) + R"(" port=")" + std::string(port) +
           R"("><address>)" + std::string(address) + "</address><channel>" + std::string(channel) +
           "</channel></cnc-service></cnc-services>";
}

inline bridge::domain::Result<bridge::domain::Notification> read(
    std::string_view body, bridge::fireeye::IpsDirection direction = bridge::fireeye::IpsDirection::traffic) {
    return bridge::fireeye::read_notification(body, {direction});
}

/// The one alert of a body; an alert called "unreadable: why" when there is none.
inline bridge::domain::Alert only_alert(
    std::string_view body, bridge::fireeye::IpsDirection direction = bridge::fireeye::IpsDirection::traffic) {
    auto notification = read(body, direction);
    if (notification && notification->alerts.size() == 1) {
        return notification->alerts.front();
    }
    bridge::domain::Alert none;
    none.type_name = notification ? "unreadable: not one alert" : "unreadable: " + notification.error().detail;
    return none;
}

/// What the rules of the alert's type yield, addresses (`attackers`) and names (`domains`).
inline Texts attackers(const bridge::domain::Alert& alert) {
    Texts found;
    for (const auto& suspect : alert.suspects) {
        if (suspect.indicator.address() != nullptr) {
            found.push_back(suspect.indicator.text());
        }
    }
    return found;
}

inline Texts domains(const bridge::domain::Alert& alert) {
    Texts found;
    for (const auto& suspect : alert.suspects) {
        if (suspect.indicator.domain() != nullptr) {
            found.push_back(suspect.indicator.text());
        }
    }
    return found;
}

/// Suspects that nothing in the alert speaks against.
inline Texts unobjected(const bridge::domain::Alert& alert) {
    Texts found;
    for (const auto& suspect : alert.suspects) {
        if (suspect.objection.empty()) {
            found.push_back(suspect.indicator.text());
        }
    }
    return found;
}

inline std::string objection_to(const bridge::domain::Alert& alert, std::string_view indicator) {
    for (const auto& suspect : alert.suspects) {
        if (suspect.indicator.text() == indicator) {
            return suspect.objection;
        }
    }
    return "not a suspect";
}

inline std::string file(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline std::vector<std::filesystem::path> payload_files(const std::filesystem::path& directory) {
    std::vector<std::filesystem::path> found;
    if (std::filesystem::is_directory(directory)) {
        for (const auto& entry : std::filesystem::directory_iterator(directory)) {
            if (entry.path().extension() == ".xml" || entry.path().extension() == ".json") {
                found.push_back(entry.path());
            }
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

}  // namespace notifications
