#include "sim/lab/world/device_handle.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "sim/panos/fleet.hpp"
#include "sim/panos/tree/xml.hpp"
#include "sim/panos/tree/xpath.hpp"

namespace sim::lab {

namespace {

tl::expected<std::string, std::string> read_file(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) {
        return tl::unexpected(fmt::format("{}: cannot be read", file));
    }
    return std::string{std::istreambuf_iterator<char>(in), {}};
}

/// As a value of a form.
std::string in_form(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
        out += plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
    }
    return out;
}

std::string_view name_of(panos::JobResult result) {
    switch (result) {
        case panos::JobResult::pending:
            return "PEND";
        case panos::JobResult::ok:
            return "OK";
        case panos::JobResult::fail:
            return "FAIL";
    }
    return "PEND";
}

std::string kind_of(const panos::RecordedCall& call) {
    return call.type == "config" ? call.action : call.type;
}

/// Nearly every xpath begins alike, and a line of the timeline is short.
std::string shortened(std::string xpath) {
    constexpr std::string_view usual = "/config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='vsys1']";
    if (xpath.starts_with(usual)) {
        xpath.replace(0, usual.size(), "[vsys1]");
    }
    return xpath;
}

std::string told(const panos::RecordedCall& call) {
    const std::string what = call.type == "config" ? fmt::format("{} {}", call.action, shortened(call.xpath))
                             : call.type == "op"   ? fmt::format("op {}", call.action)
                             : call.action.empty() ? call.type
                                                   : fmt::format("{} {}", call.type, call.action);
    const std::string answer = call.status.empty() ? fmt::format("HTTP {}", call.http_status)
                               : call.code.empty() ? call.status
                                                   : fmt::format("{} {}", call.status, call.code);
    return fmt::format("{}{} -> {}{}", call.administrator.empty() ? "" : call.administrator + ": ", what, answer,
                       call.fault.empty() ? "" : fmt::format(" [fault: {}]", call.fault));
}

std::string members_told(const panos::RecordedCommit& commit) {
    std::size_t added = 0;
    std::size_t removed = 0;
    for (const panos::GroupChange& group : commit.groups) {
        added += group.added.size();
        removed += group.removed.size();
    }
    return fmt::format("{} members added, {} removed", added, removed);
}

}  // namespace

PacketVerdict DeviceHandle::verdict(const Traffic& traffic) {
    panos::Flow flow;
    flow.from = traffic.from;
    flow.to = traffic.to;
    flow.from_zone = traffic.from_zone;
    flow.to_zone = traffic.to_zone;
    flow.port = traffic.port;
    flow.protocol = "tcp";
    flow.vsys = traffic.vsys;
    const panos::Verdict verdict = device_.verdict(flow, now_);
    return {!verdict.allowed, verdict.rule};
}

bool DeviceHandle::blocks(const std::string& indicator) {
    if (device_.blocks(indicator)) {
        return true;
    }
    // A name may be denied as a URL: by a rule's category, which an external list is.
    panos::Flow flow;
    flow.to = indicator;
    flow.port = 443;
    flow.protocol = "tcp";
    const bool denied_anyway = !device_.verdict(flow, now_).allowed;
    flow.url = indicator + "/";
    return !denied_anyway && !device_.verdict(flow, now_).allowed;
}

std::vector<CommitSeen> DeviceHandle::commits() {
    std::vector<CommitSeen> seen;
    for (const panos::RecordedCommit& commit : device_.commits()) {
        if (commit.administrator == bridge_user_) {
            seen.push_back({commit.administrator, std::string(name_of(commit.result))});
        }
    }
    return seen;
}

bool DeviceHandle::committing() {
    return device_.jobs().active() != nullptr;
}

std::vector<CallSeen> DeviceHandle::calls() {
    std::vector<CallSeen> seen;
    for (const panos::RecordedCall& call : device_.calls()) {
        if (!call.administrator.empty() && call.administrator != bridge_user_) {
            continue;
        }
        seen.push_back({kind_of(call), call.type == "op" ? call.action : std::string()});
    }
    return seen;
}

tl::expected<std::vector<std::string>, std::string> DeviceHandle::look(bool running, const std::string& xpath) {
    const auto path = panos::XPath::parse(xpath);
    if (!path) {
        return tl::unexpected(fmt::format("{}: {}", xpath, path.error()));
    }
    panos::Layout layout;
    layout.marks = false;
    layout.one_line = true;
    std::vector<std::string> nodes;
    for (const panos::LocatedPtr& found : path->select(running ? device_.running() : device_.candidate()).nodes) {
        panos::print(nodes.emplace_back(), *found->node, layout);
    }
    return nodes;
}

bool DeviceHandle::has_pending_changes(const std::string& administrator) {
    return !device_.pending(administrator).empty();
}

tl::expected<void, std::string> DeviceHandle::lock(const Lock& lock) {
    const panos::LockKind kind = lock.commit ? panos::LockKind::commit : panos::LockKind::config;
    const bool done = lock.take ? device_.lock(kind, lock.by, lock.comment, now_) : device_.unlock(kind, lock.by);
    if (!done) {
        return tl::unexpected(lock.take ? fmt::format("{} does not get the lock: somebody holds it already", lock.by)
                                        : fmt::format("{} does not hold that lock", lock.by));
    }
    return {};
}

tl::expected<void, std::string> DeviceHandle::edit(const Edit& edit) {
    return edit.remove ? device_.delete_as(edit.by, edit.xpath, now_)
                       : device_.set_as(edit.by, edit.xpath, edit.element, now_);
}

tl::expected<void, std::string> DeviceHandle::commit_by(const std::string& administrator) {
    const auto job = device_.commit_as(administrator, false, now_);
    return job ? tl::expected<void, std::string>{} : tl::unexpected(job.error());
}

tl::expected<void, std::string> DeviceHandle::happen(const FleetEvent& event) {
    using enum FleetEvent::Kind;
    panos::Fleet* const fleet = device_.fleet();
    device_.advance(now_);
    const bool done = fleet != nullptr && (event.kind == failover || event.kind == repair
                                               ? fleet->set_failed(device_, event.kind == failover, now_)
                                               : fleet->set_connected(device_, event.kind == reconnect));
    return done ? tl::expected<void, std::string>{}
                : tl::unexpected(fmt::format("{} has no peer, or no Panorama", device_.options().name));
}

tl::expected<void, std::string> DeviceHandle::load(const std::string& file) {
    const auto text = read_file(file);
    return text ? device_.load_running(*text) : tl::unexpected(text.error());
}

tl::expected<void, std::string> DeviceHandle::call_as(const std::string& administrator, const std::string& type,
                                                      const std::string& cmd) {
    panos::ApiCall call;
    call.method = "POST";
    call.target = "/api/";
    call.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                    {"X-PAN-KEY", device_.api_key(administrator)}};
    call.body = fmt::format("type={}&cmd={}", type, in_form(cmd));
    call.peer = "192.0.2.2";
    const panos::ApiAnswer answer = device_.handle(call, now_);
    if (answer.body.find("status=\"success\"") == std::string::npos) {
        return tl::unexpected(fmt::format("{} is answered: {}", administrator,
                                          answer.body.empty() ? "nothing" : answer.body.substr(0, 300)));
    }
    return {};
}

tl::expected<void, std::string> DeviceHandle::register_by(const RegisterBy& what) {
    if (what.addresses.empty()) {
        return call_as(what.by, "op",
                       "<debug><object><registered-ip><clear><all/></clear></registered-ip></object></debug>");
    }
    const std::string_view section = what.take ? "register" : "unregister";
    std::string entries;
    for (const std::string& address : what.addresses) {
        entries += fmt::format("<entry ip=\"{}\"><tag><member>{}</member></tag></entry>", address,
                               panos::escaped_text(what.tag));
    }
    return call_as(what.by, "user-id",
                   fmt::format("<uid-message><version>2.0</version><type>update</type><payload><{0}>{1}</{0}></payload>"
                               "</uid-message>",
                               section, entries));
}

tl::expected<void, std::string> DeviceHandle::refresh_by(const RefreshBy& what) {
    return call_as(
        what.by, "op",
        fmt::format("<request><system><external-list><refresh><type><{0}><name>{1}</name></{0}></type></refresh>"
                    "</external-list></system></request>",
                    what.kind, panos::escaped_text(what.list)));
}

std::string list_token(const std::string& target, std::uint64_t seed) {
    return fmt::format("token-of-{}-{}", target, seed);
}

void prepare_ways(panos::DeviceOptions& options, const Scenario& scenario, const FirewallSetup& setup,
                  const std::string& lists_url, std::uint64_t seed) {
    if (!setup.prepared) {
        return;
    }
    const TargetSetup* target = scenario.target_of(setup.name);
    if (target != nullptr && target->dynamic) {
        options.prepare_match = fmt::format("'{}'", target->tag);
    }
    for (const TargetSetup& list : scenario.bridge.targets) {
        if (std::find(list.fetched_by.begin(), list.fetched_by.end(), setup.name) == list.fetched_by.end()) {
            continue;
        }
        for (const char* kind : {"ip", "domain", "url"}) {
            options.prepare_lists.push_back(
                {fmt::format("{}-{}", list.firewall, kind), kind,
                 fmt::format("{}/{}/{}.txt", lists_url, list.firewall, kind), list.firewall,
                 list.fetch_token.empty() ? list_token(list.firewall, seed) : list.fetch_token});
        }
    }
}

tl::expected<panos::DeviceOptions, std::string> device_options(const Scenario& scenario, const FirewallSetup& setup,
                                                               const TargetSetup& target, std::uint64_t seed) {
    panos::DeviceOptions options;
    options.name = setup.name;
    options.version = setup.version;
    options.model = setup.model;
    options.commit_time = setup.commit_time;
    options.boot_time = setup.boot_time;
    options.prepare_group = setup.prepared ? target.group : "";
    options.multi_vsys = setup.multi_vsys;
    if (setup.is_panorama()) {
        options.prepare_in = target.device_group == "shared" ? "" : target.device_group;
    }
    if (scenario.has_fleet()) {
        // The seed makes the serial number, and every device of a scenario has the same seed; keys are the same on the
        // two of a pair, as they are with one master key.
        const auto number = &setup - scenario.firewalls.data() + 1;
        options.serial = fmt::format("0071{:04}{:07}", number, seed % 10'000'000);
    }
    options.seed = seed;
    options.administrators.clear();
    std::vector<std::string> names = setup.administrators;
    names.insert(names.end(), {"admin", target.user});
    for (const std::string& name : names) {
        const bool known = std::any_of(options.administrators.begin(), options.administrators.end(),
                                       [&](const panos::Administrator& it) { return it.name == name; });
        if (!known) {
            options.administrators.push_back({name, fmt::format("password-of-{}-{}", name, seed)});
        }
    }
    if (!setup.load.empty()) {
        auto text = read_file(setup.load);
        if (!text) {
            return tl::unexpected(text.error());
        }
        options.load_xml = std::move(*text);
    }
    return options;
}

void tell(const panos::Device& device, const std::string& name, panos::Instant origin,
          std::vector<TimelineEntry>& into) {
    const auto add = [&](panos::Instant at, std::string what) {
        into.push_back({std::chrono::floor<Millis>(at - origin), Party::firewall, name, std::move(what)});
    };
    for (const panos::RecordedCall& call : device.calls()) {
        add(call.time, told(call));
    }
    for (const panos::RecordedCommit& commit : device.commits()) {
        add(commit.enqueued, fmt::format("job {}: {} commits", commit.job, commit.administrator));
        if (commit.finished) {
            add(*commit.finished,
                fmt::format("job {}: {}, {}{}{}", commit.job, name_of(commit.result), members_told(commit),
                            commit.details.empty() ? "" : ": ", fmt::join(commit.details, " / ")));
        }
    }
}

}  // namespace sim::lab
