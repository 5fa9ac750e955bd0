// On the bench, in one time: a Panorama with two firewalls, and an HA pair.
#pragma once

#include <stdexcept>

#include "bench.hpp"
#include "sim/panos/fleet.hpp"

namespace sim::panos::test {

inline const std::string local_device = "/config/devices/entry[@name='localhost.localdomain']";

inline std::string device_group(const std::string& name) {
    return local_device + "/device-group/entry[@name='" + name + "']";
}

inline DeviceOptions named(const std::string& name, const std::string& serial, const std::string& model = "PA-VM",
                           const std::string& version = options().version) {
    DeviceOptions made = options();
    made.version = version;
    made.name = name;
    made.serial = serial;
    made.model = model;
    made.seed = std::hash<std::string>{}(serial);
    return made;
}

inline void must(const tl::expected<void, std::string>& outcome) {
    if (!outcome) {
        throw std::runtime_error(outcome.error());
    }
}

inline const std::string panorama_serial = "000710000001";
inline const std::string first_serial = "007051000000001";
inline const std::string second_serial = "007051000000002";

class FleetBench {
    Fleet members_;  // goes last

public:
    Bench panorama;
    Bench one{named("fw1", first_serial)};
    Bench two{named("fw2", second_serial)};
    Fleet& fleet = members_;

    explicit FleetBench(const std::string& panorama_version = options().version)
        : panorama(named("panorama", panorama_serial, "Panorama", panorama_version)) {
        for (Bench* each : {&panorama, &one, &two}) {
            must(fleet.add(*each->device));
        }
    }
    /// Both firewalls in device group DG, prepared to deny what is in its group `blocked`.
    void manage() {
        manage(one);
        manage(two);
        const std::string dg = device_group("DG");
        panorama.set(dg, "<address>" + host("none", "240.0.0.0/32") +
                             "</address><address-group><entry name=\"blocked\"><static><member>none</member></static>"
                             "</entry></address-group>");
        panorama.set(dg + "/pre-rulebase/security/rules/entry[@name='deny-blocked']",
                     "<from><member>any</member></from><to><member>any</member></to><source><member>any</member>"
                     "</source><destination><member>blocked</member></destination><service><member>any</member>"
                     "</service><application><member>any</member></application><action>deny</action>");
        panorama.activate();
        wait(std::chrono::seconds(0));
        push();
        wait(std::chrono::seconds(60));
    }
    void manage(Bench& firewall) { must(fleet.manage(*panorama.device, *firewall.device, {"DG", "Stack"}, now())); }
    void block(const std::string& ip) {
        panorama.set(device_group("DG"), "<address>" + host("bad-" + ip, ip) +
                                             "</address><address-group><entry name=\"blocked\"><static><member>bad-" +
                                             ip + "</member></static></entry></address-group>");
    }
    std::string commit_all(const std::string& command) {
        return panorama.post({{"type", "commit"}, {"action", "all"}, {"cmd", command}}).body;
    }
    std::string push(const std::string& more = "") {
        return commit_all("<commit-all><shared-policy><device-group><entry name=\"DG\"/></device-group>" + more +
                          "</shared-policy></commit-all>");
    }
    Instant now() const { return std::max({panorama.now, one.now, two.now}); }
    void wait(std::chrono::seconds span) {
        const Instant then = now() + span;
        panorama.now = one.now = two.now = then;
        fleet.advance(then);
    }
};

/// Active and passive, with one configuration.
class PairBench {
    Fleet members_;  // goes last

public:
    Bench one{named("fw1", first_serial)};
    Bench two{named("fw2", second_serial)};
    Fleet& fleet = members_;

    PairBench() {
        must(fleet.add(*one.device));
        must(fleet.add(*two.device));
        must(fleet.pair(*one.device, *two.device, start));
    }
    void wait(std::chrono::seconds span) {
        one.now = two.now = std::max(one.now, two.now) + span;
        fleet.advance(one.now);
    }
};

/// The text of the first element of that tag.
inline std::string text_in(const std::string& body, const std::string& tag) {
    const std::size_t from = body.find("<" + tag + ">");
    const std::size_t to = body.find("</" + tag + ">", from);
    return from == std::string::npos || to == std::string::npos
               ? "(no " + tag + ")"
               : body.substr(from + tag.size() + 2, to - from - tag.size() - 2);
}
inline std::string text_after(const std::string& body, const std::string& start_text, const std::string& tag) {
    const std::size_t from = body.find(start_text);
    return from == std::string::npos ? "(no " + start_text + ")" : text_in(body.substr(from), tag);
}
inline std::size_t count_of(const std::string& body, const std::string& word) {
    std::size_t count = 0;
    for (std::size_t at = 0; (at = body.find(word, at)) != std::string::npos; at += word.size()) {
        ++count;
    }
    return count;
}

inline const std::string show_state = "<show><high-availability><state></state></high-availability></show>";
/// What the firewall says of itself: "active", "passive", ...
inline std::string state_of(Bench& firewall) {
    return text_after(firewall.op(show_state), "<local-info>", "state");
}

}  // namespace sim::panos::test
