// A PAN-OS firewall without its sockets: requests and the time go in, answers come out. It has no thread and no clock,
// so that the same device runs behind a server in real time and in a simulation in virtual time.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "sim/panos/machine/device_options.hpp"
#include "sim/panos/machine/fault.hpp"
#include "sim/panos/machine/high_availability.hpp"
#include "sim/panos/machine/key_kind.hpp"
#include "sim/panos/machine/locks.hpp"
#include "sim/panos/machine/record.hpp"
#include "sim/panos/policy/policy.hpp"
#include "sim/panos/web/request.hpp"

namespace sim::panos {

/// An administrator as others may know him: without his password and his keys.
struct AdministratorSeen {
    std::string name;
    std::string role;
    bool configured = false;  // in the running configuration
    bool may_log_in = false;  // has a password
};

struct Outages;
class Registration;
class ListTable;
class FqdnTable;
class Fleet;
struct Machine;

class Device {
public:
    /// Errors: an unreadable configuration, a group name that can't be prepared, an unknown version, model or role.
    static tl::expected<std::unique_ptr<Device>, std::string> make(DeviceOptions options, Instant now);
    /// A second device in the state of this one, which goes its own way from here; it costs what differs later, not the
    /// configuration. Null while a job is unfinished or the device has to do with others: what is under way is bound to
    /// this one.
    std::unique_ptr<Device> twin() const;
    ~Device();
    Device(const Device&) = delete;
    Device& operator=(const Device&) = delete;

    /// What an API request will need that takes seconds to make; nothing for most requests, and for one that has no
    /// good key. A server makes it beside its loop and hands it in before it handles the request: the device has no
    /// thread, and one that is handed none makes its own.
    std::optional<KeyKind> key_wanted(const ApiCall& call, Instant now) const;
    /// For the next command that needs such a key. Keys that nobody comes for are forgotten, the oldest first.
    void hand_in(MadeKey key);

    /// One API request, whole, answered whole; never throws for what the client sent. `fault` of the answer says what
    /// is to happen on the wire.
    ApiAnswer handle(const ApiCall& call, Instant now);
    /// Does what is due by `now`: jobs end and start.
    void advance(Instant now);
    /// When advance() has something to do next.
    std::optional<Instant> next_event() const;

    const DeviceOptions& options() const;
    /// A valid key of that administrator, as keygen would give it; empty for an unknown one.
    std::string api_key(std::string_view administrator) const;
    /// Keys made with the old password end, and are good again when it is set back.
    bool change_password(std::string_view administrator, std::string password);
    /// Ends all keys; keygen gives new ones.
    void expire_keys();
    std::vector<AdministratorSeen> administrators() const;

    /// Restarts it, as `request restart system` does: until it is up again it answers nothing (a call's answer says
    /// that the connection drops). Uncommitted changes and running jobs are lost.
    void reboot(Instant now);
    /// A server may refuse connections while it lasts.
    bool rebooting(Instant now) const;

    /// What it keeps when its process ends (state.hpp), and taking that up again. Errors name what is unreadable.
    std::string state_text() const;
    tl::expected<void, std::string> restore(std::string_view state);
    /// Grows whenever something may have changed that state_text() tells.
    std::uint64_t revision() const;

    /// From the running configuration, registered addresses, lists and names.
    Verdict verdict(const Flow& flow, Instant now) const;
    bool blocks(std::string_view indicator) const;
    /// The verdict on traffic that passes, which counts as a hit of its rule.
    Verdict traffic(const Flow& flow, std::uint64_t sessions, Instant now);
    /// The used dynamic address groups of a vsys with their members; of all when it is empty.
    std::vector<DynamicGroup> dynamic_groups(std::string_view vsys = {}) const;

    /// What User-ID holds.
    const Registration& registered() const;
    /// Puts back what Registration::serialise() gave.
    tl::expected<void, std::string> restore_registered(std::string_view xml);
    const ListTable& lists() const;
    const FqdnTable& names() const;
    /// What a name resolves to from now on; no addresses: it is not known. The device sees it when it asks next.
    /// Errors: a name or an address that is none.
    tl::expected<void, std::string> set_fqdn(std::string_view name, const std::vector<std::string>& addresses);

    // what happened
    const CallLog& calls() const;
    /// Calls that are no longer in calls().
    std::uint64_t calls_dropped() const;
    /// What the job changed, as lines; nothing for one that is no commit, did not go well, or is long ago.
    std::optional<std::string> commit_diff(std::uint64_t job) const;
    std::uint64_t calls_turned_away() const;  // for the load on the management plane
    const ManagementOptions& management() const;
    /// From now on; calls in flight are forgotten.
    void set_management(const ManagementOptions& options);
    const std::vector<RecordedCommit>& commits() const;
    FaultDesk& faults();

    // what an administrator does by hand, without the API
    /// False when somebody holds it already.
    bool lock(LockKind kind, std::string_view admin, std::string_view comment, Instant now);
    bool unlock(LockKind kind, std::string_view admin);
    const std::vector<Lock>& locks() const;
    /// An uncommitted change. Errors: what the device refused.
    tl::expected<void, std::string> set_as(std::string_view admin, std::string_view xpath, std::string_view element_xml,
                                           Instant now);
    tl::expected<void, std::string> delete_as(std::string_view admin, std::string_view xpath, Instant now);
    /// A full commit, or a partial one of his own changes; the job's number, or why there is none.
    tl::expected<std::uint64_t, std::string> commit_as(std::string_view admin, bool only_own, Instant now);
    /// Replaces candidate and running; nothing is pending afterwards.
    tl::expected<void, std::string> load_running(std::string_view xml);
    /// Paths that were changed and are not committed, in order; all administrators' when `admin` is empty.
    std::vector<std::string> pending(std::string_view admin = {}) const;

    /// Entries for a log, as the traffic of a test would leave them: field names as the XML API prints them. A field
    /// `subtype` is the entry's subtype. Errors: no such log type.
    tl::expected<void, std::string> add_log(std::string_view type,
                                            std::vector<std::pair<std::string, std::string>> fields, Instant now);

    // looking at it
    NodePtr running() const;
    NodePtr candidate() const;
    std::string running_xml() const;
    const JobQueue& jobs() const;
    const std::string& serial() const;
    /// What is enforced: the running configuration with what a Panorama pushed.
    NodePtr enforced() const;
    const HighAvailability& high_availability() const;
    /// Brings a port's link, or the way to a host that path monitoring watches, down or up again. Errors: no such port,
    /// a host that is not watched.
    tl::expected<void, std::string> set_link(std::string_view interface, bool up, Instant now);
    tl::expected<void, std::string> set_path(std::string_view address, bool up, Instant now);
    const Outages& outages() const;
    /// The devices that it has to do with, or null.
    Fleet* fleet() const;

private:
    friend class Fleet;           // drives it, and knows its inside
    Machine& join(Fleet* fleet);  // null: leaves it
    void advance_alone(Instant now);
    std::optional<Instant> next_event_alone() const;

    struct Parts;
    std::unique_ptr<Parts> parts_;
    explicit Device(std::unique_ptr<Parts> parts);
};

}  // namespace sim::panos
