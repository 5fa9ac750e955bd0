// Operational commands: high availability.
#include <fmt/format.h>

#include "sim/panos/operation.hpp"
#include "sim/panos/panorama.hpp"
#include "sim/panos/synchronisation.hpp"
#include "sim/panos/xml.hpp"

namespace sim::panos {
namespace {

Machine* peer_of(const OperationCall& call) {
    return call.machine.neighbours == nullptr ? nullptr : call.machine.neighbours->peer_of(call.machine);
}

std::string_view address_of(const Machine& machine) {
    return machine.high_availability.priority == 90 ? "192.0.2.241" : "192.0.2.242";
}

long long seconds_in_state(const Machine& machine, Instant now) {
    return std::chrono::floor<std::chrono::seconds>(now - machine.high_availability.since).count();
}

std::string last_error(const Machine& machine, bool with_state) {
    const HighAvailability& ha = machine.high_availability;
    std::string out;
    if (!ha.last_error_state.empty()) {
        out += with_state ? fmt::format("<last-error-state>{}</last-error-state>", ha.last_error_state) : "";
        out += fmt::format("<last-error-reason>{}</last-error-reason>", escaped_text(ha.last_error_reason));
    }
    return out;
}

std::string local_info(const Machine& machine, const Machine* peer, Instant now) {
    const HighAvailability& ha = machine.high_availability;
    const bool same_release = peer == nullptr || peer->version.text == machine.version.text;
    return fmt::format(
        "<local-info><url-compat>Match</url-compat><app-version>8496-7089</app-version>"
        "<gpclient-version>Not Installed</gpclient-version><build-rel>{}</build-rel><av-compat>Match</av-compat>"
        "<av-version>0</av-version><ha1-gateway></ha1-gateway><url-version>0000.00.00.000</url-version>"
        "<active-passive><passive-link-state>auto</passive-link-state><monitor-fail-holddown>1"
        "</monitor-fail-holddown></active-passive><platform-model>{}</platform-model><ha1-ipaddr>{}/24</ha1-ipaddr>"
        "<priority>{}</priority><state>{}</state><version>1</version><promotion-hold>2000</promotion-hold>"
        "<state-sync>{}</state-sync><heartbeat-interval>2000</heartbeat-interval><hello-interval>8000</hello-interval>"
        "<ha1-port>management</ha1-port><mgmt-ip>{}/24</mgmt-ip><serial-num>{}</serial-num>"
        "<state-duration>{}</state-duration>{}<preemptive>no</preemptive><mode>Active-Passive</mode>"
        "<build-compat>{}</build-compat><threat-compat>Match</threat-compat><app-compat>Match</app-compat></"
        "local-info>",
        machine.version.text, escaped_text(machine.options.model), address_of(machine), ha.priority, name_of(ha.state),
        ha.functional() ? "Complete" : "Incomplete", address_of(machine), machine.serial,
        seconds_in_state(machine, now), last_error(machine, true), same_release ? "Match" : "Mismatch");
}

std::string peer_info(const Machine* peer, Instant now) {
    if (peer == nullptr) {
        return "<peer-info><conn-status>down</conn-status><state>unknown</state></peer-info>";
    }
    const bool up = peer->high_availability.state != HaState::non_functional;
    return fmt::format(
        "<peer-info><app-version>8496-7089</app-version><build-rel>{0}</build-rel><platform-model>{1}</platform-model>"
        "<priority>{2}</priority><state>{3}</state><version>1</version>{4}<conn-status>{5}</conn-status>"
        "<mgmt-ip>{6}/24</mgmt-ip><serial-num>{7}</serial-num><conn-ha1><conn-status>{5}</conn-status>"
        "<conn-primary>yes</conn-primary><conn-desc>heartbeat status</conn-desc></conn-ha1>"
        "<state-duration>{8}</state-duration><ha1-ipaddr>{6}</ha1-ipaddr><preemptive>no</preemptive>"
        "<mode>Active-Passive</mode></peer-info>",
        peer->version.text, escaped_text(peer->options.model), peer->high_availability.priority,
        up ? name_of(peer->high_availability.state) : "unknown", last_error(*peer, false), up ? "up" : "down",
        address_of(*peer), peer->serial, seconds_in_state(*peer, now));
}

std::string running_sync(const Machine& machine, const Machine* peer) {
    if (peer == nullptr) {
        return "not synchronized";
    }
    if (synchronises_now(*peer) || synchronises_now(machine)) {
        return "synchronization in progress";
    }
    return in_step(machine.configuration.running(), peer->configuration.running()) ? "synchronized"
                                                                                   : "not synchronized";
}

std::string group_of(const OperationCall& call, std::string_view more) {
    const Machine& machine = call.machine;
    const Machine* peer = peer_of(call);
    return fmt::format(
        "<enabled>yes</enabled><group><mode>Active-Passive</mode>{}{}{}<running-sync>{}</running-sync>"
        "<running-sync-enabled>{}</running-sync-enabled></group>",
        local_info(machine, peer, call.session.now), peer_info(peer, call.session.now), more,
        running_sync(machine, peer), machine.high_availability.synchronises ? "yes" : "no");
}

Reply show_state(const OperationCall& call) {
    return result(call.machine.high_availability.enabled ? group_of(call, "") : "<enabled>no</enabled>");
}

Reply show_all(const OperationCall& call) {
    return result(call.machine.high_availability.enabled
                      ? group_of(call,
                                 "<link-monitoring><fail-cond>any</fail-cond><enabled>yes</enabled><groups/>"
                                 "</link-monitoring><path-monitoring><fail-cond>any</fail-cond><enabled>yes</enabled>"
                                 "<virtual-wire/><vlan/><virtual-router/></path-monitoring>")
                      : "<enabled>no</enabled>");
}

Reply not_enabled() {
    return error(0, {"HA is not enabled"});
}

Reply suspended(Machine& device, Machine* other, Instant now, std::string_view answer_of) {
    device.high_availability.leave(HaState::suspended, "User requested", now);
    if (other != nullptr) {
        elect(device.high_availability, other->high_availability, now);
    }
    return result(answer_of);
}

Reply request_suspend(const OperationCall& call) {
    if (!call.machine.high_availability.enabled) {
        return not_enabled();
    }
    return suspended(call.machine, peer_of(call), call.session.now, "Successfully changed HA state to suspended");
}

Reply request_functional(const OperationCall& call) {
    HighAvailability& ha = call.machine.high_availability;
    if (!ha.enabled) {
        return not_enabled();
    }
    if (ha.state == HaState::suspended) {
        ha.become(HaState::passive, call.session.now);
        if (Machine* peer = peer_of(call)) {
            elect(ha, peer->high_availability, call.session.now);
        }
    }
    return result("Successfully changed HA state to functional");
}

Reply request_peer_suspend(const OperationCall& call) {
    Machine* peer = peer_of(call);
    if (!call.machine.high_availability.enabled) {
        return not_enabled();
    }
    if (peer == nullptr || peer->high_availability.state == HaState::non_functional) {
        return error(0, {"HA peer is not connected"});
    }
    return suspended(*peer, &call.machine, call.session.now, "Successfully changed peer HA state to suspended");
}

Reply request_synchronisation(const OperationCall& call) {
    Machine* peer = peer_of(call);
    if (!call.machine.high_availability.enabled) {
        return not_enabled();
    }
    if (peer == nullptr || peer->high_availability.state == HaState::non_functional) {
        return error(0, {"HA peer is not connected"});
    }
    if (synchronises_now(*peer)) {
        return error(0, {"HA synchronization is already in progress. running configuration will not be synchronized "
                         "with HA peer"});
    }
    synchronise_to(*peer, call.session.now);
    return result(
        "<msg><line>HA synchronization job has been queued on peer. Please check job status on peer.</line></msg>");
}

constexpr Operation operations[] = {
    {"show high-availability state", "", show_state},
    {"show high-availability all", "", show_all},
    {"request high-availability state suspend", "", request_suspend, Has::firewall},
    {"request high-availability state functional", "", request_functional, Has::firewall},
    {"request high-availability state peer suspend", "", request_peer_suspend, Has::firewall},
    {"request high-availability sync-to-remote running-config", "", request_synchronisation, Has::firewall},
};

}  // namespace

std::span<const Operation> high_availability_operations() {
    return operations;
}

}  // namespace sim::panos
