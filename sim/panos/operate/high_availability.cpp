// Operational commands: high availability.
#include <fmt/format.h>

#include <algorithm>

#include "sim/panos/configuration/ha_monitoring.hpp"
#include "sim/panos/configuration/panorama.hpp"
#include "sim/panos/machine/failover.hpp"
#include "sim/panos/machine/synchronisation.hpp"
#include "sim/panos/operate/operation.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

Machine* peer_of(const OperationCall& call) {
    return call.machine.neighbours == nullptr ? nullptr : call.machine.neighbours->peer_of(call.machine);
}

std::string_view address_of(const Machine& machine) {
    return control_address(machine.high_availability);
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

std::string_view yes_or_no(bool value) {
    return value ? "yes" : "no";
}

std::string local_info(const Machine& machine, const Machine* peer, Instant now) {
    const HighAvailability& ha = machine.high_availability;
    const HaElection election = ha_election(machine.configuration.running());
    const bool same_release = peer == nullptr || peer->version.text == machine.version.text;
    return fmt::format(
        "<local-info><url-compat>Match</url-compat><app-version>8496-7089</app-version>"
        "<gpclient-version>Not Installed</gpclient-version><build-rel>{}</build-rel><av-compat>Match</av-compat>"
        "<av-version>0</av-version><ha1-gateway></ha1-gateway><url-version>0000.00.00.000</url-version>"
        "<active-passive><passive-link-state>auto</passive-link-state><monitor-fail-holddown>{}"
        "</monitor-fail-holddown></active-passive><platform-model>{}</platform-model><ha1-ipaddr>{}/24</ha1-ipaddr>"
        "<priority>{}</priority><state>{}</state><version>1</version><promotion-hold>2000</promotion-hold>"
        "<state-sync>{}</state-sync><heartbeat-interval>2000</heartbeat-interval><hello-interval>8000</hello-interval>"
        "<ha1-port>management</ha1-port><mgmt-ip>{}/24</mgmt-ip><serial-num>{}</serial-num>"
        "<state-duration>{}</state-duration>{}<preemptive>{}</preemptive><mode>Active-Passive</mode>"
        "<build-compat>{}</build-compat><threat-compat>Match</threat-compat><app-compat>Match</app-compat></"
        "local-info>",
        machine.version.text, election.failure_hold.count(), escaped_text(machine.options.model), address_of(machine),
        election_priority(machine), name_of(ha.state), ha.functional() ? "Complete" : "Incomplete", address_of(machine),
        machine.serial, seconds_in_state(machine, now), last_error(machine, true), yes_or_no(election.preemptive),
        same_release ? "Match" : "Mismatch");
}

std::string peer_info(const Machine& machine, const Machine* peer, Instant now) {
    if (peer == nullptr) {
        return "<peer-info><conn-status>down</conn-status><state>unknown</state></peer-info>";
    }
    const bool up = hear_each_other(machine, *peer);
    return fmt::format(
        "<peer-info><app-version>8496-7089</app-version><build-rel>{0}</build-rel><platform-model>{1}</platform-model>"
        "<priority>{2}</priority><state>{3}</state><version>1</version>{4}<conn-status>{5}</conn-status>"
        "<mgmt-ip>{6}/24</mgmt-ip><serial-num>{7}</serial-num><conn-ha1><conn-status>{5}</conn-status>"
        "<conn-primary>yes</conn-primary><conn-desc>heartbeat status</conn-desc></conn-ha1>"
        "<state-duration>{8}</state-duration><ha1-ipaddr>{6}</ha1-ipaddr><preemptive>{9}</preemptive>"
        "<mode>Active-Passive</mode></peer-info>",
        peer->version.text, escaped_text(peer->options.model), election_priority(*peer),
        up ? name_of(peer->high_availability.state) : "unknown", last_error(*peer, false), up ? "up" : "down",
        address_of(*peer), peer->serial, seconds_in_state(*peer, now),
        yes_or_no(ha_election(peer->configuration.running()).preemptive));
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
        local_info(machine, peer, call.session.now), peer_info(machine, peer, call.session.now), more,
        running_sync(machine, peer), machine.high_availability.synchronises ? "yes" : "no");
}

Reply show_high_availability_state(const OperationCall& call) {
    return result(call.machine.high_availability.enabled ? group_of(call, "") : "<enabled>no</enabled>");
}

Reply show_all(const OperationCall& call) {
    const NodePtr& running = call.machine.configuration.running();
    const Outages& outages = call.machine.outages;
    return result(call.machine.high_availability.enabled
                      ? group_of(call, link_monitoring(running, outages) + path_monitoring(running, outages))
                      : "<enabled>no</enabled>");
}

// What a device in a pair says; one in none says that it is in none.
Reply told(const OperationCall& call, std::string_view content) {
    return result(call.machine.high_availability.enabled ? fmt::format("<enabled>yes</enabled>{}", content)
                                                         : "<enabled>no</enabled>");
}

Reply show_link_monitoring(const OperationCall& call) {
    return told(call,
                "<group>" + link_monitoring(call.machine.configuration.running(), call.machine.outages) + "</group>");
}

Reply show_path_monitoring(const OperationCall& call) {
    return told(call,
                "<group>" + path_monitoring(call.machine.configuration.running(), call.machine.outages) + "</group>");
}

Reply show_transitions(const OperationCall& call) {
    const HighAvailability& ha = call.machine.high_availability;
    std::string out;
    for (const HaState each : ha_states) {
        out += fmt::format("<entry><state>{}</state><count>{}</count></entry>", name_of(each),
                           ha.entered[static_cast<std::size_t>(each)]);
    }
    return told(call, fmt::format("<group><mode>Active-Passive</mode><state>{}</state><state-duration>{}"
                                  "</state-duration><transitions>{}</transitions></group>",
                                  name_of(ha.state), seconds_in_state(call.machine, call.session.now), out));
}

// How often the device took over by preemption, and how often it was not functional.
Reply show_flaps(const OperationCall& call) {
    const HighAvailability& ha = call.machine.high_availability;
    return told(call, fmt::format("<group><preempt-flap-cnt>{}</preempt-flap-cnt><nonfunc-flap-cnt>{}"
                                  "</nonfunc-flap-cnt><max-flaps>3</max-flaps></group>",
                                  ha.preemptions, ha.entered[static_cast<std::size_t>(HaState::non_functional)]));
}

bool peer_answers(const OperationCall& call) {
    const Machine* const peer = peer_of(call);
    return peer != nullptr && hear_each_other(call.machine, *peer);
}

Reply show_control_link(const OperationCall& call) {
    const Machine* const peer = peer_of(call);
    return told(call, fmt::format("<group><control-link><entry><name>ha1</name><conn-status>{}</conn-status>"
                                  "<local-ip>{}</local-ip><peer-ip>{}</peer-ip><heartbeat-interval>2000"
                                  "</heartbeat-interval><hello-interval>8000</hello-interval></entry></control-link>"
                                  "</group>",
                                  peer_answers(call) ? "up" : "down", address_of(call.machine),
                                  peer == nullptr ? "" : address_of(*peer)));
}

// There is no session, so none is synchronised; whether it would be goes by the pair's state.
Reply show_state_synchronisation(const OperationCall& call) {
    const HighAvailability& ha = call.machine.high_availability;
    const bool runs = ha.functional() && peer_answers(call);
    return told(call, fmt::format("<group><state-sync>{}</state-sync><ha2-conn-status>{}</ha2-conn-status>"
                                  "<sessions-sent>0</sessions-sent><sessions-received>0</sessions-received></group>",
                                  runs ? "Complete" : "Incomplete", peer_answers(call) ? "up" : "down"));
}

Reply show_high_availability_interface(const OperationCall& call) {
    const std::string& wanted = call.command.text;
    constexpr std::string_view kinds[] = {"ha1", "ha1-backup", "ha2", "ha2-backup", "ha3"};
    if (std::find(std::begin(kinds), std::end(kinds), wanted) == std::end(kinds)) {
        return error(17, {fmt::format(" show -> high-availability -> interface '{}' is not an allowed keyword",
                                      escaped_line(wanted)),
                          " show -> high-availability -> interface is invalid"});
    }
    const HaInterface configured = ha_interface(call.machine.configuration.running(), wanted);
    const bool control = wanted == "ha1";
    if (configured.port.empty() && !control) {
        return told(call, "");
    }
    return told(
        call,
        fmt::format("<interface><name>{}</name><port>{}</port><ip-address>{}</ip-address><netmask>{}"
                    "</netmask><state>{}</state></interface>",
                    wanted, configured.port.empty() ? "management" : escaped_text(configured.port),
                    configured.address.empty() && control ? address_of(call.machine) : escaped_text(configured.address),
                    configured.netmask.empty() && control ? "255.255.255.0" : escaped_text(configured.netmask),
                    peer_answers(call) ? "up" : "down"));
}

Reply not_enabled() {
    return error(0, {"HA is not enabled"});
}

Reply suspended(Machine& device, Instant now, std::string_view answer_of) {
    device.high_availability.leave(HaState::suspended, "User requested", now);
    follow_pair(device, now);
    return result(answer_of);
}

Reply request_suspend(const OperationCall& call) {
    if (!call.machine.high_availability.enabled) {
        return not_enabled();
    }
    return suspended(call.machine, call.session.now, "Successfully changed HA state to suspended");
}

Reply request_functional(const OperationCall& call) {
    HighAvailability& ha = call.machine.high_availability;
    if (!ha.enabled) {
        return not_enabled();
    }
    if (ha.state == HaState::suspended) {
        ha.become(HaState::passive, call.session.now);
        follow_pair(call.machine, call.session.now);
    }
    return result("Successfully changed HA state to functional");
}

Reply request_peer_suspend(const OperationCall& call) {
    Machine* peer = peer_of(call);
    if (!call.machine.high_availability.enabled) {
        return not_enabled();
    }
    if (!peer_answers(call)) {
        return error(0, {"HA peer is not connected"});
    }
    return suspended(*peer, call.session.now, "Successfully changed peer HA state to suspended");
}

Reply request_peer_functional(const OperationCall& call) {
    Machine* peer = peer_of(call);
    if (!call.machine.high_availability.enabled) {
        return not_enabled();
    }
    if (!peer_answers(call)) {
        return error(0, {"HA peer is not connected"});
    }
    HighAvailability& ha = peer->high_availability;
    if (ha.state == HaState::suspended) {
        ha.become(HaState::passive, call.session.now);
        follow_pair(*peer, call.session.now);
    }
    return result("Successfully changed peer HA state to functional");
}

// What is no configuration (clock, sessions, numbers of objects) has nothing in the mock that could differ.
Reply request_other_synchronisation(const OperationCall& call) {
    if (!call.machine.high_availability.enabled) {
        return not_enabled();
    }
    if (!peer_answers(call)) {
        return error(0, {"HA peer is not connected"});
    }
    return result(fmt::format("<msg><line>HA {} synchronization with peer is done.</line></msg>", call.command.name));
}

Reply request_synchronisation(const OperationCall& call) {
    Machine* peer = peer_of(call);
    if (!call.machine.high_availability.enabled) {
        return not_enabled();
    }
    if (!peer_answers(call)) {
        return error(0, {"HA peer is not connected"});
    }
    // The sentence that a script in use looks for.
    if (call.machine.jobs.active() != nullptr || call.machine.jobs.waiting() > 0) {
        return error(0, {"Local commit jobs are queued. running configuration will not be synchronized with HA peer"});
    }
    if (synchronises_now(*peer)) {
        return error(0, {"HA synchronization is already in progress. running configuration will not be synchronized "
                         "with HA peer"});
    }
    synchronise_to(*peer, call.session.now);
    return result(
        "<msg><line>HA synchronization job has been queued on peer. Please check job status on peer.</line></msg>");
}

// What is not committed is not kept in step; this command carries it over (new features of 10.1). It stands on the peer
// as a change of the administrator who asked (assumed).
Reply request_candidate_synchronisation(const OperationCall& call) {
    Machine* const peer = peer_of(call);
    if (!call.machine.high_availability.enabled) {
        return not_enabled();
    }
    if (!peer_answers(call)) {
        return error(0, {"HA peer is not connected"});
    }
    if (const Lock* held = peer->locks.in_the_way(LockKind::config, call.session.admin, "shared")) {
        return error(0, {fmt::format("Config on HA peer is currently locked by {}", escaped_text(held->admin))});
    }
    const NodePtr wanted =
        synchronised(unmarked(peer->configuration.candidate()), unmarked(call.machine.configuration.candidate()));
    peer->configuration.load_as_candidate(wanted, call.session.admin, call.session.now);
    ++peer->revision;
    return result("<msg><line>HA candidate-config synchronization with peer is done.</line></msg>");
}

// Files that are no part of the configuration: response pages and logos (a note in the field names block and logon
// pages).
Reply request_disk_synchronisation(const OperationCall& call) {
    Machine* const peer = peer_of(call);
    if (!call.machine.high_availability.enabled) {
        return not_enabled();
    }
    if (!peer_answers(call)) {
        return error(0, {"HA peer is not connected"});
    }
    peer->response_pages = call.machine.response_pages;
    ++peer->revision;
    return result("<msg><line>HA disk-state synchronization with peer is done.</line></msg>");
}

constexpr Operation high_availability_commands[] = {
    {"show high-availability state", "", show_high_availability_state},
    {"show high-availability all", "", show_all},
    {"show high-availability transitions", "", show_transitions},
    {"show high-availability flap-statistics", "", show_flaps},
    {"show high-availability interface", "", show_high_availability_interface, Has::firewall},
    {"show high-availability link-monitoring", "", show_link_monitoring, Has::firewall},
    {"show high-availability path-monitoring", "", show_path_monitoring, Has::firewall},
    {"show high-availability control-link statistics", "", show_control_link, Has::firewall},
    {"show high-availability state-synchronization", "", show_state_synchronisation, Has::firewall},
    {"request high-availability state suspend", "", request_suspend, Has::firewall},
    {"request high-availability state functional", "", request_functional, Has::firewall},
    {"request high-availability state peer suspend", "", request_peer_suspend, Has::firewall},
    {"request high-availability state peer functional", "", request_peer_functional, Has::firewall},
    {"request high-availability sync-to-remote clock", "", request_other_synchronisation, Has::firewall},
    {"request high-availability sync-to-remote id-manager", "", request_other_synchronisation, Has::firewall},
    {"request high-availability sync-to-remote runtime-state", "", request_other_synchronisation, Has::firewall},
    {"request high-availability sync-to-remote candidate-config", "", request_candidate_synchronisation, Has::firewall},
    {"request high-availability sync-to-remote disk-state", "", request_disk_synchronisation, Has::firewall},
    {"request high-availability sync-to-remote running-config", "", request_synchronisation, Has::firewall},
};

}  // namespace

std::span<const Operation> high_availability_operations() {
    return high_availability_commands;
}

}  // namespace sim::panos
