// A firewall on the bench: requests as clients write them, time moved by hand.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sim/panos/device.hpp"

namespace sim::panos::test {

inline std::string percent_encoded(std::string_view text) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto u = static_cast<unsigned char>(c);
        if ((u >= '0' && u <= '9') || (u >= 'A' && u <= 'Z') || (u >= 'a' && u <= 'z') || c == '-' || c == '_') {
            out += c;
        } else {
            out += '%';
            out += digits[u >> 4U];
            out += digits[u & 15U];
        }
    }
    return out;
}

using Fields = std::vector<std::pair<std::string, std::string>>;

inline std::string form(const Fields& fields) {
    std::string out;
    for (const auto& [name, value] : fields) {
        out += (out.empty() ? "" : "&") + name + '=' + percent_encoded(value);
    }
    return out;
}

inline const std::string vsys1 = "/config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='vsys1']";
inline const std::string addresses = vsys1 + "/address";
inline const std::string groups = vsys1 + "/address-group";
inline const std::string rules = vsys1 + "/rulebase/security/rules";

inline std::string address(const std::string& name) {
    return addresses + "/entry[@name='" + name + "']";
}
inline std::string group(const std::string& name) {
    return groups + "/entry[@name='" + name + "']";
}
inline std::string rule(const std::string& name) {
    return rules + "/entry[@name='" + name + "']";
}
inline std::string host(const std::string& name, const std::string& ip) {
    return "<entry name=\"" + name + "\"><ip-netmask>" + ip + "</ip-netmask></entry>";
}

// Answers to commands, whole.
inline std::string answered(const std::string& content) {
    return "<response status=\"success\"><result>" + content + "</result></response>";
}
inline std::string failed(const std::string& line) {
    return "<response status=\"error\"><msg><line>" + line + "</line></msg></response>";
}
inline std::string refused(const std::string& lines) {
    return "<response status=\"error\" code=\"17\"><msg>" + lines + "</msg></response>";
}

inline DeviceOptions options() {
    DeviceOptions made;
    made.administrators = {{"admin", "secret-one"}, {"bridge", "secret-two"}};
    made.commit_time = std::chrono::seconds(20);
    return made;
}

/// 2018-06-12 04:36:45 UTC
inline constexpr Instant start{std::chrono::seconds(1528778205)};

inline std::string empty_commit() {
    return "<commit></commit>";
}
inline std::string own_commit(const std::string& admin) {
    return "<commit><partial><admin><member>" + admin + "</member></admin></partial></commit>";
}

class Bench {
public:
    explicit Bench(DeviceOptions with = options()) : device(std::move(*Device::make(std::move(with), start))) {}

    std::unique_ptr<Device> device;
    Instant now = start;
    std::string admin = "admin";

    net::HttpResponse post(const Fields& fields, const std::string& query = "") {
        net::HttpRequest request;
        request.method = "POST";
        request.target = "/api/" + (query.empty() ? "" : "?" + query);
        request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
        request.body = form(fields) + "&key=" + device->api_key(admin);
        request.peer = "192.0.2.9";
        return device->handle(request, now);
    }
    net::HttpResponse get(const std::string& target) {
        net::HttpRequest request;
        request.method = "GET";
        request.target = target;
        request.peer = "192.0.2.9";
        return device->handle(request, now);
    }

    std::string config(const std::string& action, const std::string& xpath, const std::string& element = "",
                       const Fields& more = {}) {
        Fields fields{{"type", "config"}, {"action", action}, {"xpath", xpath}};
        if (!element.empty()) {
            fields.emplace_back("element", element);
        }
        fields.insert(fields.end(), more.begin(), more.end());
        return post(fields).body;
    }
    std::string set(const std::string& xpath, const std::string& element) { return config("set", xpath, element); }
    std::string op(const std::string& command) { return post({{"type", "op"}, {"cmd", command}}).body; }
    std::string commit(const std::string& command = empty_commit()) {
        return post({{"type", "commit"}, {"cmd", command}}).body;
    }
    std::string job(int id) { return op("<show><jobs><id>" + std::to_string(id) + "</id></jobs></show>"); }
    void wait(std::chrono::seconds span) {
        now += span;
        device->advance(now);
    }
    /// Commits all and waits for the end.
    void activate() {
        commit();
        wait(std::chrono::seconds(60));
    }
    Bench& as(const std::string& name) {
        admin = name;
        return *this;
    }
};

inline const std::string done = R"(<response status="success" code="20"><msg>command succeeded</msg></response>)";
inline const std::string no_changes =
    R"(<response status="success" code="19"><msg>There are no changes to commit.</msg></response>)";

}  // namespace sim::panos::test
