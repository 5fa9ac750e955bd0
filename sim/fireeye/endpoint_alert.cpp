#include "sim/fireeye/endpoint_alert.hpp"

#include <fmt/format.h>

#include <utility>

#include "sim/fireeye/endpoint_kind.hpp"
#include "sim/fireeye/invented.hpp"
#include "sim/fireeye/occurred_form.hpp"

namespace sim::fireeye {

namespace {

class EndpointAuthor {
public:
    EndpointAuthor(const Dialect& dialect, const Incident& incident, const TypeFacts& facts)
        : incident_(incident),
          facts_(facts),
          invented_(fmt::format("{}|{}|{}|{}|{}", dialect.sensor.name, incident.type, incident.id, incident.attacker,
                                incident.victim)),
          // What an HX knows of the endpoint does not change from alert to alert.
          of_host_(incident.victim),
          is_network_(endpoint_kind(incident.attacker) == EndpointKind::ipv4),
          malware_(incident.malware.empty() ? std::string(facts.malware) : incident.malware) {}

    Element write() {
        Element alert{"alert", {}, {}, {}};
        alert.add(host()).leaf("matched_at", hx_time(incident_.occurred + std::chrono::seconds(9), {}));
        alert.add(condition()).leaf("resolution", facts_.name == "exploit-blocked" ? "BLOCK" : "ALERT");
        alert.bare_leaf("_id", std::to_string(incident_.id));
        alert.leaf("reported_at", hx_time(incident_.occurred + std::chrono::seconds(26), "035"));
        Element system{"sysinfo", {}, {}, {}};
        system.leaf("_id", agent_).leaf("mac_address", mac_of(incident_.victim));
        alert.add(std::move(system)).add(indicator());
        Element category{"indicator_category", {}, {}, {}};
        category.bare_leaf("_id", "2").leaf("uri_name", "Custom");
        alert.add(std::move(category)).bare_leaf("event_id", std::to_string(100'000 + invented_.next() % 900'000));
        alert.leaf("event_at", hx_time(incident_.occurred, "113"));
        alert.leaf("source", facts_.name.starts_with("exploit-") ? "EXD" : "IOC");
        alert.leaf("event_type", event()).bare_leaf("matched_source_alerts", "null").add(event_values());
        alert.leaf("uuid", incident_.uuid.empty() ? invented_.uuid() : incident_.uuid).leaf("name", facts_.name);
        return alert;
    }

private:
    std::string_view event() const { return is_network_ ? "ipv4NetworkEvent" : "processEvent"; }

    Element host() {
        agent_ = of_host_.hex(22);
        Element host{"host", {}, {}, {}};
        host.bare_leaf("gmt_offset_seconds", "3600").leaf("agent_version", "32.30.0");
        host.leaf("hostname", incident_.victim_host.empty() ? "workstation-" + of_host_.hex(4) : incident_.victim_host);
        host.leaf("os", "Windows 10 Enterprise").leaf("ip", incident_.victim).leaf("agent_id", agent_);
        host.leaf("containment_state", "normal").leaf("domain", "EXAMPLE");
        return host;
    }

    Element condition() {
        Element condition{"condition", {}, {}, {}};
        condition.leaf("_id", invented_.hex(22));
        const auto test = [](std::string_view op, std::string_view token, std::string_view value) {
            Element out{"tests", {}, {}, {}};
            out.leaf("operator", op).leaf("token", token).leaf("value", value).leaf("type", "text");
            return out;
        };
        condition.add(test("equal", "processEvent/process", "psexec.exe"));
        condition.add(is_network_ ? test("equal", "ipv4NetworkEvent/remoteIP", incident_.attacker)
                                  : test("contains", "processEvent/processCmdLine", R"(\\\\)"));
        condition.bare_leaf("enabled", "true");
        return condition;
    }

    Element indicator() {
        Element indicator{"indicator", {}, {}, {}};
        indicator.leaf("display_name", malware_).leaf("_id", invented_.uuid()).leaf("uri_name", invented_.hex(8));
        indicator.leaf("description",
                       "A process that runs tools on other machines.\n\nSee 198.18.0.96 for the tool's own test host.");
        indicator.bare_leaf("category_id", "2").bare_leaf("signature", "null");
        return indicator;
    }

    Element event_values() {
        Element values{"event_values", {}, {}, {}};
        const auto key = [&](std::string_view name) { return fmt::format("{}/{}", event(), name); };
        values.leaf(key("timestamp"), hx_time(incident_.occurred, "113"));
        if (is_network_) {
            values.leaf(key("remoteIP"), incident_.attacker).bare_leaf(key("remotePort"), "443");
            values.leaf(key("localIP"), incident_.victim).bare_leaf(key("localPort"), invented_.high_port());
            values.leaf(key("protocol"), "TCP");
        } else {
            values.leaf(key("parentProcess"), "cmd.exe").bare_leaf(key("parentPid"), "7880");
            values.leaf(key("md5"), invented_.hex(32));
            values.leaf(key("processCmdLine"), R"(psexec \\SERVER-01 cmd)");
        }
        values.bare_leaf(key("pid"), std::to_string(1000 + invented_.next() % 30'000))
            .leaf(key("process"), "PsExec.exe");
        values.leaf(key("processPath"), R"(C:\Tools\PsExec.exe)").leaf(key("username"), R"(EXAMPLE\operator)");
        return values;
    }

    const Incident& incident_;
    const TypeFacts& facts_;
    Invented invented_;
    Invented of_host_;
    bool is_network_;
    std::string malware_;
    std::string agent_;
};

}  // namespace

Element endpoint_alert(const Dialect& dialect, const Incident& incident, const TypeFacts& facts) {
    return EndpointAuthor(dialect, incident, facts).write();
}

}  // namespace sim::fireeye
