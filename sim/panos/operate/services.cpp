// Operational commands: the device's own services and settings, and its connections to what is outside of it. Of the
// latter there is none: the mock reaches no log collector, no cloud.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "sim/panos/configuration/address.hpp"
#include "sim/panos/configuration/system_text.hpp"
#include "sim/panos/operate/operation.hpp"
#include "sim/panos/tree/place.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

std::string setting(const OperationCall& call, const std::vector<std::string>& tags) {
    return text_at(device_part(*call.machine.configuration.running()), tags);
}

// ---- the device -----------------------------------------------------------------------------------------------------

struct Service {
    std::string_view shown;
    std::string_view tag;
    bool on;  // unless the configuration says otherwise
};

// <system><services>: which of the management services answer; `disable-X` in deviceconfig/system/service.
Reply show_services(const OperationCall& call) {
    static constexpr std::array services{Service{"HTTP", "http", false},     Service{"HTTPS", "https", true},
                                         Service{"Telnet", "telnet", false}, Service{"SSH", "ssh", true},
                                         Service{"Ping", "icmp", true},      Service{"SNMP", "snmp", false}};
    std::string out;
    for (const Service& each : services) {
        const std::string disabled =
            setting(call, {"deviceconfig", "system", "service", fmt::format("disable-{}", each.tag)});
        const bool on = disabled.empty() ? each.on : disabled == "no";
        out += fmt::format("{:<15}: {}\n", each.shown, on ? "Enabled" : "Disabled");
    }
    return result(cdata(out));
}

Reply show_software_status(const OperationCall& call) {
    std::string out =
        "Slot 1, Role mp\n----------------------------------------\n"
        "Type     Name                     State    Info\n";
    const auto line = [&out](std::string_view type, std::string_view name, unsigned pid) {
        out += fmt::format("{:<8} {:<24} running  {}\n", type, name, pid == 0 ? "" : fmt::format("(pid: {})", pid));
    };
    line("Group", "all", 0);
    unsigned pid = 2300;
    for (const std::string_view name :
         {"authd", "chasd", "configd", "cryptod", "devsrvr", "ehmon", "gpsvc", "ha_agent", "ikemgr", "keymgr",
          "logrcvr", "mgmtsrvr", "routed", "snmpd", "sslmgr", "sysd", "useridd", "varrcvr", "websrvr"}) {
        const bool of_firewall = name != "configd";
        if (of_firewall != call.machine.panorama() || name == "mgmtsrvr" || name == "sysd" || name == "websrvr") {
            line("Process", name, pid += 11);
        }
    }
    return result(cdata(out));
}

Reply show_files(const OperationCall&) {
    return result(cdata("/opt/panlogs/session/pan/files:\ntotal 0\n\n/opt/var.cores/:\ntotal 0\n"));
}

Reply show_operational_mode(const OperationCall&) {
    return result("normal");
}

Reply show_idle_timeout(const OperationCall& call) {
    const std::string minutes = setting(call, {"deviceconfig", "setting", "management", "idle-timeout"});
    return result(minutes == "0"
                      ? "CLI timeout is disabled\n"
                      : fmt::format("CLI timeout: {} minutes\n", minutes.empty() ? "60" : escaped_text(minutes)));
}

Reply show_permissions(const OperationCall& call) {
    return result(escaped_text(role_name(call.session.role)));
}

// Shares of the disk that are the factory's, and what the logs take of them: an entry is counted as 512 bytes.
Reply show_log_quota(const OperationCall& call) {
    struct Quota {
        std::string_view type;
        double percent;
    };
    static constexpr std::array quotas{Quota{"system", 4.0},  Quota{"config", 4.0},       Quota{"traffic", 32.0},
                                       Quota{"threat", 16.0}, Quota{"hipmatch", 3.0},     Quota{"userid", 1.0},
                                       Quota{"iptag", 1.0},   Quota{"globalprotect", 1.0}};
    constexpr double disk = 16.0;
    std::string out = "Quotas:\n";
    for (const Quota& each : quotas) {
        out += fmt::format("{:>20}: {:.2f}%, {:.3f} GB Expiration-period: 0 days\n", each.type, each.percent,
                           disk * each.percent / 100);
    }
    out += "\nDisk usage:\n";
    for (const Quota& each : quotas) {
        const auto& entries = call.machine.logs.of(each.type);
        const auto days =
            entries.empty()
                ? 0
                : std::chrono::floor<std::chrono::hours>(call.session.now - entries.front()->time).count() / 24;
        out += fmt::format("{:>20}: Logs and Indexes: {}K Current Retention: {} days\n", each.type,
                           entries.size() * 512 / 1024, days);
    }
    return result(cdata(out));
}

// How many sessions, rules and addresses there may be, and are.
Reply show_session_limit(const OperationCall& call) {
    return result(fmt::format("<num-max>{}</num-max><num-active>0</num-active>", call.machine.model->sessions));
}

Reply show_policy_limit(const OperationCall& call) {
    std::size_t rules = 0;
    for (const Scope& scope : scopes_of(call.machine.configuration.running())) {
        const NodePtr held = node_at(scope.node, container_steps(Kind::security_rule));
        rules += held ? held->children().size() : 0;
    }
    return result(fmt::format("<policies><security><current>{}</current><maximum>{}</maximum></security></policies>",
                              rules, call.machine.limits.rules));
}

// ---- connections ----------------------------------------------------------------------------------------------------

// With <verbose> a client reads the connections from show-logging-status/Conn-Info/entry; there is none.
Reply show_logging_status(const OperationCall& call) {
    const Element* const verbose = call.command.child("verbose");
    if (verbose != nullptr && verbose->text == "yes") {
        return result("<show-logging-status><Conn-Info/></show-logging-status>");
    }
    const std::string rule(126, '-');
    return result(cdata(fmt::format(
        "{0}\n      Type      Last Log Created        Last Log Fwded       Last Seq Num Fwded  Last Seq Num Acked      "
        "   "
        "Total Logs Fwded\n{0}\n> CMS 0\n        Not Sending to CMS 0\n> CMS 1\n        Not Sending to CMS 1\n",
        rule)));
}

Reply show_wildfire(const OperationCall&) {
    return result(
        cdata("Connection info:\n"
              "        Signature verification:        enable\n"
              "        Server selection:              enable\n"
              "        File cache:                    enable\n\n"
              "WildFire Public Cloud:\n"
              "        Server address:                wildfire.paloaltonetworks.com\n"
              "        Status:                        Disabled due to configuration\n"
              "        Best server:\n"
              "        Device registered:             no\n"
              "        Valid wildfire license:        no\n"
              "        Service route IP address:\n"));
}

Reply show_url_cloud(const OperationCall&) {
    return result(
        cdata("PAN-DB URL Filtering\n"
              "License :                          invalid\n"
              "Cloud connection :                 not connected\n"
              "URL database version - device :    0000.00.00.000\n"
              "URL protocol version - device :    pan/0.0.2\n"));
}

// The table of names that a test gives stands for the name servers.
Reply resolve(const OperationCall& call) {
    const Element* const address = call.command.child("address");
    if (address == nullptr || address->text.empty()) {
        return error(17, {" request -> resolve -> address is invalid", " request -> resolve is invalid"});
    }
    const std::string name = lower_case(address->text);
    const auto said = call.machine.names.said().find(name);
    if (said == call.machine.names.said().end()) {
        return error(0, {fmt::format("Failed to resolve {}", escaped_line(address->text))});
    }
    std::string out;
    for (const Ip& each : said->second) {
        out += to_text(each) + '\n';
    }
    return result(out);
}

// ---- administrators -------------------------------------------------------------------------------------------------

// Nobody is ever locked out.
Reply unlock(const OperationCall& call) {
    const std::string& name = call.command.text;
    if (std::as_const(call.machine.accounts).find(name) == nullptr) {
        return error(0, {fmt::format("Admin {} does not exist", escaped_line(name.substr(0, 63)))});
    }
    return result(fmt::format("Admin {} is not locked", escaped_text(name)));
}

constexpr Operation service_commands[] = {
    {"show system services", "", show_services},
    {"show system software status", "", show_software_status},
    {"show system files", "", show_files},
    {"show system logdb-quota", "", show_log_quota},
    {"show operational-mode", "", show_operational_mode},
    {"show cli idle-timeout", "", show_idle_timeout},
    {"show cli permissions", "", show_permissions},
    {"show resource limit session", "", show_session_limit, Has::firewall},
    {"show resource limit policies", "", show_policy_limit, Has::firewall},
    {"show logging-status", "all verbose device", show_logging_status},
    {"show wildfire status", "channel", show_wildfire, Has::firewall},
    {"show url-cloud status", "", show_url_cloud, Has::firewall},
    {"request resolve", "address", resolve},
    {"set management-server unlock admin", "", unlock},
    {"show authentication locked-users", "vsys auth-profile is-seq", nothing},
};

}  // namespace

std::span<const Operation> service_operations() {
    return service_commands;
}

}  // namespace sim::panos
