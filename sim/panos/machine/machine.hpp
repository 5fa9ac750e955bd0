// The device's inside: its state, and what becomes of it with time. Not for those who only use a Device.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/panos/configuration/configuration.hpp"
#include "sim/panos/configuration/ha_monitoring.hpp"
#include "sim/panos/configuration/model.hpp"
#include "sim/panos/machine/account.hpp"
#include "sim/panos/machine/device_options.hpp"
#include "sim/panos/machine/fault.hpp"
#include "sim/panos/machine/high_availability.hpp"
#include "sim/panos/machine/key_kind.hpp"
#include "sim/panos/machine/locks.hpp"
#include "sim/panos/machine/log_table.hpp"
#include "sim/panos/machine/management_load.hpp"
#include "sim/panos/machine/neighbours.hpp"
#include "sim/panos/machine/push_history.hpp"
#include "sim/panos/machine/queries.hpp"
#include "sim/panos/machine/record.hpp"
#include "sim/panos/machine/traffic_counters.hpp"
#include "sim/panos/policy/external_list.hpp"
#include "sim/panos/policy/fqdn_table.hpp"
#include "sim/panos/policy/policy.hpp"
#include "sim/panos/policy/registration.hpp"
#include "sim/panos/policy/rule_hits.hpp"

namespace sim::panos {

/// What a part of the device has to keep over a restart of its process, and what it does at a boot. Each function may
/// be empty.
struct KeptPart {
    std::string name;
    std::function<std::string()> text;
    std::function<void(std::string_view)> restore;
    std::function<void()> at_boot;
};

/// What came of the last push to one firewall, as its Panorama remembers it.
struct PushMemory {
    struct Last {
        std::string state = "none";  // "commit succeeded", ...
        std::string when = "none";
    };
    Last policy{};
    Last policy_validation{};
    Last network{};
    Last network_validation{};
    std::uint64_t policy_version = 0;  // of the Panorama's configuration that was pushed
    GivenSource given_policy{};
    GivenSource given_network{};
};

/// What an administrator said of a change to a rule.
struct AuditComment {
    Instant time{};
    std::string administrator;
    std::string xpath;
    std::string text;
};

/// A key that lets new virtual firewalls enrol at a Panorama. A secret.
struct EnrolmentKey {
    std::string text;
    Instant expires{};
};

/// A key with which firewalls register at a Panorama. A secret.
struct RegistrationKey {
    std::string name;
    std::string text;
    Instant expires{};
    unsigned count = 1;  // firewalls
    std::string kind = "any";
    std::vector<std::string> serials{};  // of those that alone may use it; empty: any
};

/// The master key that was set; empty for the one that devices are delivered with. A secret.
struct MasterKey {
    std::string text;
    Instant expires{};
    Instant reminds{};
};

struct Machine {
    DeviceOptions options;
    Version version;
    Limits limits;
    Configuration configuration;
    JobQueue jobs{};
    Locks locks{};
    FaultDesk faults{};
    CallLog calls{};
    std::uint64_t calls_dropped = 0;
    std::vector<RecordedCommit> commits{};
    Instant booted{};
    std::string serial{};
    std::string host_name{};
    const Model* model = find_model("PA-VM");  // never null
    bool multi_vsys = false;
    bool advanced_routing = false;  // the engine that runs since the boot
    Accounts accounts{};
    ManagementLoad load{};
    std::optional<Instant> back_at{};  // it is down until then
    Instant line_free_since{};         // since when no commit, validation or automatic commit runs
    std::size_t running_bytes = 0;     // of the running configuration as text; 0: not measured
    std::vector<KeptPart> kept{};      // parts that outlive the process; to be added once the machine has its place
    std::uint64_t revision = 0;        // grows with every change that is kept
    Logs logs{};
    Queries queries{};                                      // of type=log, report, export
    std::map<std::string, NodePtr> saved_configurations{};  // by file name: "before.xml"
    std::vector<AuditComment> audit_comments{};
    std::map<std::string, std::string> private_keys{};    // of certificates, by what stands for them (sealed_key())
    std::vector<MadeKey> keys_at_hand{};                  // for the next command that needs such a key
    std::map<std::string, std::string> response_pages{};  // uploaded ones, by category
    HighAvailability high_availability{};
    Outages outages{};
    const Neighbours* neighbours = nullptr;                   // the devices it has to do with, when there are some
    std::map<std::string, PushMemory, std::less<>> pushes{};  // of a Panorama, by serial number
    PushHistory push_history{};                               // of a Panorama
    mutable std::shared_ptr<Policy> policy{};                 // follows what is enforced when it is asked
    mutable NodePtr enforced{};                               // effective(running), the same
    std::vector<EnrolmentKey> enrolment_keys{};               // of a Panorama, oldest first
    std::vector<RegistrationKey> registration_keys{};         // of a Panorama, oldest first
    std::string license_api_key{};                            // a secret
    MasterKey master_key{};
    Registration registration{};
    ListTable lists{};
    FqdnTable names{};
    RuleHits hits{};
    TrafficCounters traffic{};
    CounterSample counter_sample{};
    Instant clock{};  // the latest time that it was told

    /// Jobs that are due end, the next ones start.
    void advance(Instant now);
    void enqueue(Job job, Instant now);
    /// A job of another kind than a commit, as `show jobs` names it ("EDLRefresh", "Downld", "CommitAll", ...): it
    /// starts at once, runs beside commits, and is over after `duration`. `at_end` is called then with the time of it
    /// (see Job); without one it ends with OK. A job of no duration is over when this returns. Returns its number.
    std::uint64_t enqueue_job(std::string kind, std::string user, std::chrono::microseconds duration,
                              std::function<void(Job&, Instant)> at_end, Instant now);
    /// A job of the system that waits for something; it runs beside commits, too.
    void enqueue_errand(std::string kind, std::shared_ptr<Errand> errand, Instant at);
    /// Takes a job from the queue, or stops it while it can be stopped; it ends as failed. False when it can't be.
    bool cancel(std::uint64_t id, const std::string& by, Instant now);
    const Policy& compiled() const;
    /// The running configuration with what a Panorama pushed.
    const NodePtr& enforced_configuration() const;
    /// What decides beside the configuration, now.
    Surroundings surroundings() const { return {&registration, &lists, &names, clock}; }
    /// To be called whenever the running configuration, or what is pushed, is another one than before.
    void running_changed(std::optional<Instant> at = std::nullopt);
    /// When something happens by itself, beside jobs and faults.
    std::optional<Instant> next_event() const;
    bool panorama() const { return options.model == "Panorama"; }
    /// Several virtual systems: further ones can be made.
    void set_multi_vsys(bool on) {
        multi_vsys = on;
        configuration.allow_further_vsys(on);
    }
    /// As at a boot: which routing engine runs.
    void choose_routing_engine();
    /// Makes `root` the running and the candidate configuration, with nothing pending.
    void load_both(NodePtr root);
    void note(RecordedCall call);

    bool down(Instant now) const { return back_at && now < *back_at; }
    /// Goes down, to be up again after `boot_time`, or never (a shutdown). What is not committed is lost, what ran too.
    void go_down(Instant now, bool comes_back);

private:
    void come_up(Instant at);
    void follow(const NodePtr& before, std::optional<Instant> at = std::nullopt);
    void start_next(Instant now);
    void start(Job& job, Instant at);
    void finish(Job& job, Instant at);
    void work_out(Job& job) const;
    RecordedCommit* recorded(std::uint64_t job);
    void record(const Job& job);
    void record_changes(std::uint64_t job, const Differences& changed);
};

}  // namespace sim::panos
