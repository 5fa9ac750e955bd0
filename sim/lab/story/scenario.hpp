// A scenario as the player sees it: every name resolved, every list expanded, every number in its type.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "sim/fireeye/appliance_profile.hpp"
#include "sim/fireeye/incident.hpp"
#include "sim/fireeye/send_fault.hpp"
#include "sim/load/schedule.hpp"
#include "sim/panos/machine/fault.hpp"
#include "yaml/document.hpp"

namespace sim::lab {

using Millis = std::chrono::milliseconds;

struct FirewallSetup {
    std::string name;
    std::string version = "10.1";
    std::string model = "PA-VM";
    Millis commit_time{1000};
    Millis boot_time{0};  // 0: the model's
    bool prepared = true;
    std::string load;  // path, empty for none
    enum class Certificate { ok, untrusted, expired, other_name };
    Certificate certificate = Certificate::ok;
    std::vector<std::string> administrators;
    bool multi_vsys = false;
    std::string panorama;      // the device that manages it; empty: none
    std::string device_group;  // there
    std::string ha_peer;       // empty: none, or the other one says so

    bool is_panorama() const { return model == "Panorama" || model.starts_with("M-"); }
};

struct ApplianceSetup {
    std::string name;
    std::string product = "nx";
    std::string version = "9.0";
    std::string format = "xml-normal";
    std::string user;
    std::string password;
    enum class Certificate { none, trusted, untrusted };
    Certificate certificate = Certificate::none;   // what it shows to the bridge under TLS
    std::string address;                           // the loopback address that it calls from; empty: 127.0.0.1
    std::string id;                                // MAC; empty: made of the name
    bool normalize_ips = false;                    // `normalize-ips-event enable`
    std::optional<fireeye::SensorProfile> sensor;  // of a CM: who saw what it reports
};

struct BridgeUser {
    std::string name;
    std::string password;
    bool hashed = false;  // the bridge gets the hash alone
};

struct TargetSetup {
    std::string firewall;
    std::string user = "firebreak";
    std::string group = "firebreak-blocked";
    std::string device_group;  // of a Panorama
    bool insecure = false;
    bool dynamic = false;  // mode: dynamic, and the firewall is prepared for it
    std::string tag = "firebreak";
    std::vector<yaml::Entry> settings;  // the others, as bridge.yaml takes them

    // Of a list (kind: edl), whose name is no firewall's.
    bool list = false;
    std::vector<std::string> fetched_by;  // firewalls that have its pages as external lists
    bool refresh = false;                 // the bridge may ask them
    std::string fetch_token;              // what they authenticate with; empty: the right one
};

struct BridgeSetup {
    std::vector<TargetSetup> targets;
    std::vector<BridgeUser> users;
    bool tls = false;
    bool client_certificates = false;
    std::vector<yaml::Entry> tls_settings;  // the others, as bridge.yaml takes them
    std::vector<yaml::Entry> intake;        // sources and limits, as bridge.yaml takes them
    std::string store_script;  // path of SQL that makes the database which the bridge finds; empty for none
    // The following as bridge.yaml takes them.
    std::vector<yaml::Entry> store;  // without the path
    std::vector<yaml::Entry> policy;
    std::vector<yaml::Entry> site;
    std::vector<yaml::Entry> appliances;
    std::vector<yaml::Entry> operate;
    std::map<std::string, std::string> files;  // by name, beside bridge.yaml

    const TargetSetup* target(const std::string& firewall) const;
};

/// A number that is right: exactly, or from min to max.
struct Range {
    std::int64_t min = 0;
    std::int64_t max = INT64_MAX;

    bool holds(std::int64_t value) const noexcept { return min <= value && value <= max; }
    /// "2", "at most 12", "1 to 3"
    std::string text() const;
};

/// How a notification must be answered.
struct Answer {
    enum class Kind { status, none, any };
    Kind kind = Kind::status;
    unsigned status = 200;

    std::string text() const;
};

struct Send {
    std::string from;
    std::string type = "malware-callback";
    std::vector<std::string> attackers;
    std::string victim = "192.0.2.10";
    std::string severity = "majr";
    std::string malware;
    std::optional<std::uint64_t> id;
    std::size_t count = 0;  // 0: as many as there are attackers
    double rate_per_s = 0;  // 0: each as soon as the last is answered
    std::size_t alerts_per_body = 1;
    std::string format;  // empty: the appliance's own
    std::string file;    // path, empty for none
    std::optional<std::string> body;
    std::size_t padded_to_bytes = 0;
    std::optional<std::string> user;
    std::optional<std::string> password;
    bool test_fire = false;                    // the vendor's synthetic alert of the type
    std::vector<fireeye::Incident> incidents;  // of an incident file; they have their own attackers
    bool dual = false;                         // an ips-event when detected and again when confirmed
    bool backlog = false;                      // what waited in the appliance's queue: the newest first
    std::string through;                       // the CM that reports the same; empty: none
    std::size_t resend = 0;                    // how often more the same bytes are sent
    std::optional<fireeye::SendFault> fault;
    std::vector<std::pair<std::string, std::string>> replace;  // in a file or body: address or name, and the new one
    bool now = false;                                          // its times are moved to now
    bool new_ids = false;
    std::string content_type;  // empty: what belongs to the body
    Answer answered;
    bool judged_later = false;  // an `expect: {sent: ...}` follows
};

struct Traffic {
    std::string from;
    std::string to;
    std::string from_zone = "trust";
    std::string to_zone = "untrust";
    std::uint16_t port = 443;
    std::string vsys = "vsys1";
};

struct Place {
    std::string xpath;
    std::vector<std::string> contains;
    std::vector<std::string> lacks;
    std::optional<bool> exists;
    std::optional<Range> count;
};

struct ExpectFirewall {
    std::string firewall;
    std::vector<std::string> blocked;
    std::vector<std::string> not_blocked;
    std::optional<Traffic> traffic;
    bool verdict_deny = true;
    std::optional<Range> commits;
    std::optional<Range> failed_commits;
    std::optional<bool> committing;
    std::optional<Range> api_calls;
    std::map<std::string, Range> calls;
    std::optional<Place> running;
    std::optional<Place> candidate;
    struct Pending {
        std::string by;
        bool changes = true;
    };
    std::optional<Pending> pending;
    std::string running_as_at;  // the name of a mark; empty: nothing is expected
};

/// One value of the bridge's status document.
struct Fact {
    std::vector<std::string> path;  // {"targets", "hq", "state"}
    std::string value;              // as text; ignored when `range` is set
    std::optional<Range> range;
    std::string contains;  // a part of the text; ignored when empty
};

struct ExpectBridge {
    std::vector<Fact> facts;
    struct Block {
        std::vector<std::string> indicators;
        std::string state;
        std::string reason;
        std::string target;
    };
    std::optional<Block> block;
    struct Why {
        std::string indicator;
        std::vector<std::string> contains;
        std::vector<std::string> lacks;
    };
    std::optional<Why> why;
};

struct ExpectSent {
    std::optional<unsigned> status;
    std::map<std::string, Range> statuses;
    std::string contains;
};

struct Expect {
    std::optional<ExpectFirewall> firewall;
    std::optional<ExpectBridge> bridge;
    std::optional<ExpectSent> sent;
    Millis within{0};
    Millis hold{0};  // `for`
};

struct SetFault {
    std::string firewall;
    panos::Fault fault;
};

struct ClearFaults {
    std::string firewall;  // empty: all
};

enum class PowerVerb { kill, stop, start, restart };

struct Power {
    PowerVerb verb = PowerVerb::start;
    std::string firewall;  // empty: the bridge
};

/// What happens to a device of an HA pair, or to the line between a firewall and its Panorama.
struct FleetEvent {
    enum class Kind { failover, repair, disconnect, reconnect } kind = Kind::failover;
    std::string firewall;
};

struct Lock {
    std::string firewall;
    bool commit = true;  // else config
    std::string by;
    std::string comment;
    bool take = true;  // else give back
};

struct Edit {
    std::string firewall;
    std::string by;
    bool remove = false;
    std::string xpath;
    std::string element;
};

struct CommitBy {
    std::string firewall;
    std::string by;
};

struct Load {
    std::string firewall;
    std::string file;
};

struct Wait {
    Millis time{0};
};

/// The bridge's certificate and key are replaced by new ones, as their owner does it shortly before the old ones end.
struct RenewCertificate {};

struct Reboot {
    std::string firewall;
};

/// An administrator registers addresses with a tag, or takes the tag from them.
struct RegisterBy {
    std::string firewall;
    std::string by;
    std::vector<std::string> addresses;
    std::string tag = "firebreak";
    bool take = true;  // else unregister
};

/// An administrator has a firewall fetch an external list.
struct RefreshBy {
    std::string firewall;
    std::string by;
    std::string kind;
    std::string list;
};

/// Somebody fetches a page of the bridge.
struct Fetch {
    std::string target;
    std::string page = "ip";
    std::string method = "GET";
    std::optional<std::string> user;
    std::optional<std::string> token;
    bool if_changed = false;  // names the tag that the page had when it was fetched last
    unsigned answered = 200;
    std::vector<std::string> contains;  // lines
    std::vector<std::string> lacks;
};

/// bridge.yaml is written anew and the bridge told.
struct Reload {
    BridgeSetup bridge;  // the whole of it, as it is to be from now on
};

/// An operator's command.
struct Order {
    std::string path;      // as World::order takes it
    std::string unblocks;  // the indicator, when it is an unblock
    Answer answered;
    std::string says;  // a text that the answer holds
};

/// The running configurations are remembered by a name.
struct Mark {
    std::string name;
    std::vector<std::string> firewalls;
};

struct WriteFile {
    std::string name;
    std::string text;
};

using Action =
    std::variant<Send, Expect, SetFault, ClearFaults, Power, Lock, Edit, CommitBy, Load, Wait, Order, FleetEvent,
                 RenewCertificate, Mark, WriteFile, Reboot, RegisterBy, RefreshBy, Fetch, Reload>;

/// Alerts that come beside the steps.
struct LoadSetup {
    yaml::Mark mark;
    std::string from;
    double rate_per_s = 0;
    Millis duration{0};
    bool poisson = false;
    std::vector<load::Burst> bursts;
    std::vector<std::string> firewalls;  // that must block; empty: all that the bridge blocks on
    Millis within{30'000};               // after the last is due, all are blocked
    std::optional<Millis> p50;           // of the time to block, at most
    std::optional<Millis> p99;
    std::optional<Millis> max;
};

struct Step {
    yaml::Mark mark;
    std::string told;  // the step in one line, for reports
    Action action;
};

struct Scenario {
    enum class Worlds { any, real, virtual_only };

    std::string file;
    std::string title;
    std::vector<std::string> tags;
    Worlds worlds = Worlds::any;
    std::vector<FirewallSetup> firewalls;
    std::vector<ApplianceSetup> appliances;
    BridgeSetup bridge;
    std::vector<Step> steps;
    std::optional<LoadSetup> load;

    bool has_lists() const;
    const FirewallSetup* firewall(const std::string& name) const;
    const ApplianceSetup* appliance(const std::string& name) const;

    /// Some of the firewalls have to do with each other.
    bool has_fleet() const;
    /// The other device of the pair; empty when it is in none.
    const std::string& ha_peer_of(const std::string& firewall) const;
    bool comes_before(const std::string& one, const std::string& other) const;
    /// The target that leads to the firewall: its own, or its HA peer's.
    const TargetSetup* target_of(const std::string& firewall) const;
};

}  // namespace sim::lab
