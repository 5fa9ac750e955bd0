// type=commit&action=all: a Panorama pushes its running configuration to firewalls. The push is a job of the Panorama,
// over as soon as it has its turn; each firewall has a job of its own, which waits in that firewall's queue, and which
// the Panorama's document shows as an entry that goes on after the job itself is finished.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sim/panos/call/call.hpp"
#include "sim/panos/call/commit_call.hpp"
#include "sim/panos/configuration/check.hpp"
#include "sim/panos/configuration/panorama.hpp"
#include "sim/panos/machine/machine.hpp"
#include "sim/panos/machine/synchronisation.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

enum class PushKind { policy, network_template, network_stack, collectors };

struct PushRequest {
    PushKind kind = PushKind::policy;
    std::vector<std::string> names;  // of the groups, the template, ...
    std::vector<std::string> serials;
    std::string description;
    std::set<std::string> admins;  // whose committed changes are pushed; empty: everyone's
    bool network = true;           // of a policy push: the template's values, too
    bool force_values = false;
    bool take_candidate = true;  // the firewalls' own pending changes are committed along (documented default)
    bool validate = false;
};

std::string_view push_type(PushKind kind) {
    switch (kind) {
        case PushKind::policy:
            return "shared-policy";
        case PushKind::network_template:
            return "template";
        case PushKind::network_stack:
            return "template-stack";
        case PushKind::collectors:
            return "log-collector-config";
    }
    return "";
}

// ---- the firewall's job ---------------------------------------------------------------------------------------------

class FirewallPush final : public JobTask {
public:
    /// `policy`, `network`: what the firewall will have of the Panorama's configuration.
    FirewallPush(Push push, GivenSource policy, GivenSource network, const PushRequest& request, std::uint64_t version)
        : push_(std::move(push)),
          given_policy_(std::move(policy)),
          given_network_(std::move(network)),
          take_candidate_(request.take_candidate),
          validate_(request.validate),
          version_(version) {}

    std::string_view name() const override { return validate_ ? "ValidateAll" : "CommitAll"; }
    bool commits() const override { return !validate_; }

    std::vector<std::string> begin(Machine& machine, Job& job, Instant /*at*/) override {
        work_out(machine, job);
        // What an administrator on the firewall has locked, a push does not commit.
        if (!validate_ && machine.locks.in_the_way(LockKind::commit, "", "shared") != nullptr) {
            return {"Other administrators are holding device wide commit locks."};
        }
        Lines wrong = push_conflicts(job.outcome);
        if (!wrong.empty()) {
            wrong.insert(wrong.begin(), "Validation Error:");
        }
        const Lines invalid = check_configuration(*job.changes, effective(job.outcome), machine.limits);
        wrong.insert(wrong.end(), invalid.begin(), invalid.end());
        return wrong;
    }

    void end(Machine& machine, Job& job, Instant at) override {
        if (job.result == JobResult::ok && !validate_) {
            const NodePtr local = local_part(machine.configuration.running());
            if (job.base != machine.configuration.running()) {
                work_out(machine, job);
            }
            if (take_candidate_) {
                machine.configuration.activate(machine.configuration.would_be(job.snapshot, job.take), job.take);
            }
            machine.configuration.set_pushed(job.outcome->child_ptr("panorama"));
            machine.running_changed();
            if (machine.neighbours != nullptr && !same_content(*local, *local_part(machine.configuration.running()))) {
                synchronise_after_commit(machine, at);
            }
        }
        if (job.result == JobResult::ok) {
            job.details = {validate_ ? "Configuration is valid" : "Configuration committed successfully"};
        }
        remember(machine, job, at);
    }

private:
    Push push_;
    GivenSource given_policy_;
    GivenSource given_network_;
    bool take_candidate_;
    bool validate_;
    std::uint64_t version_;

    void work_out(const Machine& machine, Job& job) const {
        job.base = machine.configuration.running();
        const NodePtr local = take_candidate_ ? machine.configuration.would_be(job.snapshot, job.take) : job.base;
        job.outcome = with_push(local, push_);
        job.changes = std::make_shared<const Differences>(differences(effective(job.base), effective(job.outcome)));
    }

    void remember(const Machine& machine, const Job& job, Instant at) const {
        Machine* panorama = machine.neighbours == nullptr ? nullptr : machine.neighbours->panorama_of(machine);
        if (panorama == nullptr) {
            return;
        }
        PushMemory& memory = panorama->pushes[machine.serial];
        const bool ok = job.result == JobResult::ok;
        PushMemory::Last last;
        last.state = fmt::format("{} {}{}", validate_ ? "validation" : "commit", ok ? "succeeded" : "failed",
                                 ok && !job.warnings.empty() ? " with warnings" : "");
        last.when = date_and_time(at);
        if (push_.policy) {
            (validate_ ? memory.policy_validation : memory.policy) = last;
            if (ok && !validate_) {
                memory.policy_version = version_;
                memory.given_policy = given_policy_;
            }
        }
        if (push_.network) {
            (validate_ ? memory.network_validation : memory.network) = last;
            if (ok && !validate_) {
                memory.given_network = given_network_;
            }
        }
    }
};

// ---- the Panorama's job ---------------------------------------------------------------------------------------------

class PanoramaPush final : public JobTask {
public:
    /// `version`: what the firewalls' policy is called after this push.
    PanoramaPush(PushRequest request, std::uint64_t version) : request_(std::move(request)), version_(version) {}

    std::string_view name() const override { return request_.validate ? "ValidateAll" : "CommitAll"; }
    bool commits() const override { return false; }

    std::vector<std::string> begin(Machine& machine, Job& job, Instant at) override {
        panorama_ = &machine;
        for (const std::string& serial : request_.serials) {
            Receiver receiver;
            receiver.serial = serial;
            receiver.started = at;
            Machine* firewall =
                machine.neighbours == nullptr ? nullptr : machine.neighbours->connected_to(machine, serial);
            if (firewall != nullptr) {
                receiver.job = send(machine, *firewall, job, at);
                receiver.name = firewall->host_name;
            }
            receivers_.push_back(std::move(receiver));
        }
        return {};
    }

    void end(Machine& /*machine*/, Job& /*job*/, Instant /*at*/) override {}

    std::string document_part(const Job& job) const override {
        std::string names;
        for (const std::string& each : request_.names) {
            names += (names.empty() ? "" : ", ") + escaped_text(each);
        }
        std::string out = fmt::format("<push_type>{}</push_type>", push_type(request_.kind));
        if (request_.kind == PushKind::policy) {
            out += fmt::format("<dgname>{}</dgname>", names);
        } else if (request_.kind != PushKind::collectors) {
            out += fmt::format("<tplname>{}</tplname>", names);
        }
        out += "<warnings></warnings><devices>";
        for (const Receiver& each : receivers_) {
            out += entry(each, names, job.id);
        }
        return out + "</devices>";
    }

private:
    struct Receiver {
        std::string serial;
        std::string name;
        std::optional<std::uint64_t> job;  // the firewall's; none: it was not connected
        Instant started{};
    };

    PushRequest request_;
    std::uint64_t version_;
    Machine* panorama_ = nullptr;
    std::vector<Receiver> receivers_;

    std::uint64_t send(const Machine& machine, Machine& firewall, const Job& job, Instant at) const {
        const bool policy = request_.kind == PushKind::policy;
        const auto known = machine.pushes.find(firewall.serial);
        const PushMemory none;
        const PushMemory& memory = known == machine.pushes.end() ? none : known->second;
        GivenSource of_policy = source_of(machine, memory.given_policy);
        GivenSource of_network = source_of(machine, memory.given_network);
        Push push{machine.push_history.configuration_of(of_policy),
                  firewall.serial,
                  policy,
                  !policy || request_.network,
                  request_.force_values,
                  machine.push_history.configuration_of(of_network)};
        Job theirs;
        theirs.type = JobType::task;
        theirs.task = std::make_shared<FirewallPush>(std::move(push), std::move(of_policy), std::move(of_network),
                                                     request_, version_);
        theirs.user = "Panorama-" + job.user;
        theirs.description = request_.description;
        theirs.duration = request_.validate ? std::min(firewall.options.validate_time, firewall.options.commit_time)
                                            : firewall.options.commit_time;
        theirs.snapshot = firewall.configuration.candidate();
        theirs.take.up_to = firewall.configuration.last_edit();
        firewall.enqueue(std::move(theirs), at);
        return firewall.jobs.all().back().id;
    }

    GivenSource source_of(const Machine& machine, const GivenSource& given) const {
        const NodePtr& running = machine.configuration.running();
        return request_.admins.empty() ? machine.push_history.with_all(running)
                                       : machine.push_history.with_changes_of(request_.admins, given, running);
    }

    const Job* job_of(const Receiver& receiver) const {
        const Machine* firewall =
            panorama_->neighbours == nullptr ? nullptr : panorama_->neighbours->by_serial(receiver.serial);
        return firewall == nullptr || !receiver.job ? nullptr : firewall->jobs.find(*receiver.job);
    }

    std::string entry(const Receiver& receiver, const std::string& names, std::uint64_t parent) const {
        const Job* job = job_of(receiver);
        const bool over = job != nullptr && job->status == JobStatus::finished;
        const bool ok = over && job->result == JobResult::ok;
        const bool lost = job == nullptr;
        const std::string_view verb = request_.validate ? "validation" : "commit";
        std::string status = lost ? (receiver.job ? "connection lost" : "not connected") : std::string();
        if (over) {
            status = fmt::format("{} {}{}", verb, ok ? "succeeded" : "failed",
                                 ok && !job->warnings.empty() ? " with warnings" : "");
        } else if (job != nullptr && job->status == JobStatus::active) {
            status = fmt::format("{} in progress", verb);
        }
        std::string details;
        if (over) {
            details = fmt::format(
                "<msg cmd=\"push-data\" dname=\"{}\" dgname=\"{}\" jobid=\"{}\" result=\"{}\"><errors>{}</errors>"
                "<warnings>{}</warnings></msg>",
                receiver.serial, escaped_attribute(names), parent, ok ? "success" : "fail", lines(job->details),
                lines(job->warnings));
        }
        return fmt::format(
            "<entry><serial-no>{}</serial-no><devicename>{}</devicename><multi-vsys>no</multi-vsys><vsys></vsys>"
            "<status>{}</status><result>{}</result><tstart>{}</tstart><tfin>{}</tfin><details>{}</details></entry>",
            receiver.serial, escaped_text(receiver.name), status,
            ok             ? "OK"
            : over || lost ? "FAIL"
                           : "PEND",
            time_of_day(receiver.started), over ? time_of_day(*job->finished) : "", details);
    }

    static std::string lines(const std::vector<std::string>& all) {
        std::string out;
        for (const std::string& each : all) {
            out += "<line>" + each + "</line>";
        }
        return out;
    }
};

// ---- the request ----------------------------------------------------------------------------------------------------

using Path = std::vector<std::string>;

tl::unexpected<Refusal> unexpected(Path path, const std::string& last) {
    path.push_back(last);
    return tl::make_unexpected(Refusal{17, unexpected_lines(path)});
}

tl::unexpected<Refusal> no_such(const Path& path, std::string_view name) {
    std::string text;
    for (const std::string& step : path) {
        text += (text.empty() ? "" : " -> ") + step;
    }
    return tl::make_unexpected(Refusal{
        17,
        {quoted_line(fmt::format("{} '{}' is not a valid reference", text, name)), quoted_line(text + " is invalid")}});
}

tl::expected<bool, Refusal> yes_no(const Path& path, const Element& part) {
    if (part.text == "yes" || part.text == "no") {
        return part.text == "yes";
    }
    Path here = path;
    here.push_back(part.name);
    return no_such(here, part.text);
}

/// Reads the parts that all pushes have. False: this is none of them.
tl::expected<bool, Refusal> read_common(const Path& path, const Element& part, const Version& version,
                                        PushRequest& request) {
    if (part.name == "description") {
        if (part.text.size() > commit_description_max) {
            return tl::make_unexpected(
                Refusal{17,
                        {fmt::format(" commit-all -> description can be at most {} characters, but current "
                                     "length: {}",
                                     commit_description_max, part.text.size())}});
        }
        request.description = part.text;
        return true;
    }
    if (part.name == "admin") {
        // What changes a push takes by administrator came with 10.2; before, the word is not known (pan-os-python
        // issue 515).
        if (!version.at_least(10, 2)) {
            return unexpected(path, part.name);
        }
        for (const Element& member : part.children) {
            if (member.name != "member" || member.text.empty()) {
                Path here = path;
                here.push_back(part.name);
                return unexpected(here, member.name);
            }
            request.admins.insert(member.text);
        }
        return true;
    }
    const std::pair<std::string_view, bool*> flags[] = {{"force-template-values", &request.force_values},
                                                        {"merge-with-candidate-cfg", &request.take_candidate},
                                                        {"validate-only", &request.validate}};
    for (const auto& [name, flag] : flags) {
        if (part.name == name) {
            const auto value = yes_no(path, part);
            if (!value) {
                return tl::make_unexpected(value.error());
            }
            *flag = *value;
            return true;
        }
    }
    return false;
}

tl::expected<void, Refusal> read_groups(const Element& list, const Node& root, PushRequest& request) {
    Path path{"commit-all", "shared-policy", "device-group"};
    for (const Element& group : list.children) {
        if (group.name != "entry") {
            return unexpected(path, group.name);
        }
        const std::string name(group.attribute("name"));
        if (part_of(root, "device-group", name) == nullptr) {
            return no_such(path, name);
        }
        std::vector<std::string> members = serials_in(root, "device-group", name);
        request.names.push_back(name);
        for (const Element& part : group.children) {
            Path in_group = path;
            in_group.push_back(name);
            if (part.name != "devices") {
                return unexpected(in_group, part.name);
            }
            in_group.push_back("devices");
            std::vector<std::string> chosen;
            for (const Element& device : part.children) {
                const std::string serial(device.attribute("name"));
                if (std::find(members.begin(), members.end(), serial) == members.end()) {
                    return no_such(in_group, serial);
                }
                chosen.push_back(serial);
            }
            if (!chosen.empty()) {
                members = std::move(chosen);
            }
        }
        request.serials.insert(request.serials.end(), members.begin(), members.end());
    }
    return {};
}

tl::expected<void, Refusal> read_policy(const Element& what, const Machine& machine, PushRequest& request) {
    const NodePtr root = machine.configuration.running();
    const Path path{"commit-all", "shared-policy"};
    for (const Element& part : what.children) {
        const auto common = read_common(path, part, machine.version, request);
        if (!common) {
            return tl::make_unexpected(common.error());
        }
        if (*common) {
            continue;
        }
        if (part.name == "device-group") {
            if (auto read = read_groups(part, *root, request); !read) {
                return read;
            }
        } else if (part.name == "include-template") {
            const auto value = yes_no(path, part);
            if (!value) {
                return tl::make_unexpected(value.error());
            }
            request.network = *value;
        } else {
            return unexpected(path, part.name);
        }
    }
    if (request.names.empty()) {
        request.names = parts_of(*root, "device-group");
        for (const std::string& name : request.names) {
            const auto members = serials_in(*root, "device-group", name);
            request.serials.insert(request.serials.end(), members.begin(), members.end());
        }
    }
    return {};
}

tl::expected<void, Refusal> read_network(const Element& what, const Machine& machine, PushRequest& request) {
    const NodePtr root = machine.configuration.running();
    const Path path{"commit-all", what.name};
    std::string name;
    std::vector<std::string> chosen;
    for (const Element& part : what.children) {
        const auto common = read_common(path, part, machine.version, request);
        if (!common) {
            return tl::make_unexpected(common.error());
        }
        if (*common) {
            continue;
        }
        if (part.name == "name") {
            name = part.text;
        } else if (part.name == "device") {
            for (const Element& member : part.children) {
                chosen.push_back(member.text);
            }
        } else {
            return unexpected(path, part.name);
        }
    }
    if (part_of(*root, what.name, name) == nullptr) {
        return no_such({"commit-all", what.name, "name"}, name);
    }
    // Who has the template: those that name it, and those of the stacks that have it.
    std::vector<std::string> members = serials_in(*root, what.name, name);
    if (what.name == "template") {
        for (const std::string& stack : parts_of(*root, "template-stack")) {
            const Node* templates = part_of(*root, "template-stack", stack)->child("templates");
            if (templates != nullptr && templates->child("member", name) != nullptr) {
                const auto more = serials_in(*root, "template-stack", stack);
                members.insert(members.end(), more.begin(), more.end());
            }
        }
    }
    for (const std::string& serial : chosen) {
        if (std::find(members.begin(), members.end(), serial) == members.end()) {
            return no_such({"commit-all", what.name, "device"}, serial);
        }
    }
    request.names = {name};
    request.serials = chosen.empty() ? members : chosen;
    return {};
}

tl::expected<void, Refusal> read_collectors(const Element& what, const Machine& machine, PushRequest& request) {
    const NodePtr root = machine.configuration.running();
    const Path path{"commit-all", what.name};
    const std::set<std::string, std::less<>> kinds =
        what.name == "log-collector-config"
            ? std::set<std::string, std::less<>>{"log-collector-group"}
            : std::set<std::string, std::less<>>{"wildfire-appliance", "wildfire-appliance-cluster"};
    for (const Element& part : what.children) {
        if (part.name == "description") {
            request.description = part.text;
        } else if (!kinds.contains(part.name)) {
            return unexpected(path, part.name);
        } else if (part_of(*root, part.name, part.text) == nullptr) {
            return no_such({"commit-all", what.name, part.name}, part.text);
        } else {
            request.names.push_back(part.text);
        }
    }
    return {};
}

tl::expected<PushRequest, Refusal> read_push(const Machine& machine, const std::string& text) {
    const auto elements = read_xml(text);
    if (!elements || elements->size() != 1) {
        return tl::make_unexpected(Refusal{17, unexpected_lines({})});
    }
    const Element& root = elements->front();
    if (root.name != "commit-all") {
        return tl::make_unexpected(Refusal{17, unexpected_lines({root.name})});
    }
    if (root.children.size() != 1) {
        return tl::make_unexpected(Refusal{17, {" commit-all  is unexpected"}});
    }
    const Element& what = root.children.front();
    PushRequest request;
    tl::expected<void, Refusal> read;
    if (what.name == "shared-policy") {
        read = read_policy(what, machine, request);
    } else if (what.name == "template" || what.name == "template-stack") {
        request.kind = what.name == "template" ? PushKind::network_template : PushKind::network_stack;
        read = read_network(what, machine, request);
    } else if (what.name == "log-collector-config" || what.name == "wildfire-appliance-config") {
        request.kind = PushKind::collectors;
        read = read_collectors(what, machine, request);
    } else {
        return unexpected({"commit-all"}, what.name);
    }
    if (!read) {
        return tl::make_unexpected(read.error());
    }
    std::set<std::string> seen;
    std::erase_if(request.serials, [&seen](const std::string& serial) { return !seen.insert(serial).second; });
    return request;
}

Reply push(Machine& machine, const Session& session, PushRequest request) {
    Job job;
    job.type = JobType::task;
    job.user = session.admin;
    job.description = request.description;
    std::uint64_t version = 0;
    for (const auto& [serial, memory] : machine.pushes) {
        version = std::max(version, memory.policy_version);
    }
    job.task = std::make_shared<PanoramaPush>(std::move(request), version + 1);
    machine.enqueue(std::move(job), session.now);
    const std::uint64_t id = machine.jobs.all().back().id;
    return success(
        19, fmt::format("<result><msg><line>Job enqueued with jobid {0}</line></msg><job>{0}</job></result>", id));
}

}  // namespace

Prepared prepare_commit_all(Machine& machine, const Session& session, const Parameters& parameters) {
    Prepared prepared;
    prepared.kind = FaultOn::commit;
    prepared.note.action = "all";
    const std::string text(parameters.value("cmd"));
    prepared.carry_out = [&machine, &session, text]() -> Reply {
        if (text.empty()) {
            return web_error(400, "Missing value for parameter \"cmd\".");
        }
        auto request = read_push(machine, text);
        return request ? push(machine, session, std::move(*request)) : error(request.error());
    };
    return prepared;
}

}  // namespace sim::panos
