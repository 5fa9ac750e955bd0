#include "sim/panos/device.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/panos/call/call.hpp"
#include "sim/panos/call/commit_call.hpp"
#include "sim/panos/call/rest_call.hpp"
#include "sim/panos/configuration/network_part.hpp"
#include "sim/panos/configuration/system_text.hpp"
#include "sim/panos/fleet.hpp"
#include "sim/panos/machine/device_log.hpp"
#include "sim/panos/machine/factory.hpp"
#include "sim/panos/machine/failover.hpp"
#include "sim/panos/machine/kept_part.hpp"
#include "sim/panos/machine/machine.hpp"
#include "sim/panos/machine/state.hpp"
#include "sim/panos/operate/operation_call.hpp"
#include "sim/panos/tree/difference_text.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
using namespace std::string_view_literals;

namespace {

constexpr std::size_t target_bytes_max = 8190;     // assumed: the web server's limit of a request line
constexpr std::size_t body_bytes_max = 5'000'000;  // documented for POST
constexpr std::size_t keys_at_hand_max = 16;
constexpr auto boot_before = std::chrono::hours(1);
constexpr auto auto_commit_time = std::chrono::seconds(31);
constexpr auto fqdn_pause = std::chrono::seconds(30);  // the default minimum between two questions for a name
constexpr auto fqdn_pause_before_9_0 = std::chrono::minutes(30);

// The third is what the first two were called up to PAN-OS 6; old scripts still ask for it.
bool is_xml_api(std::string_view path) {
    return path == "/api" || path == "/api/" || path == "/esp/restapi.esp";
}

void put_by(Machine& machine, MadeKey key) {
    std::vector<MadeKey>& all = machine.keys_at_hand;
    if (all.size() >= keys_at_hand_max) {
        all.erase(all.begin());
    }
    all.push_back(std::move(key));
}

void note_outage(std::set<std::string, std::less<>>& down, std::string_view what, bool up) {
    if (up) {
        down.erase(std::string(what));
    } else {
        down.emplace(what);
    }
}

void boot_job(Machine& machine) {
    Job job;
    job.type = JobType::auto_commit;
    job.duration = auto_commit_time;
    Job& queued = machine.jobs.enqueue(std::move(job));
    queued.enqueued = machine.booted + std::chrono::seconds(57);
    queued.started = queued.enqueued;
    queued.finished = queued.enqueued + auto_commit_time;
    queued.status = JobStatus::finished;
    queued.result = JobResult::ok;
    queued.details = {"Configuration committed successfully", "Successfully committed last configuration"};
}

// ---- one call -------------------------------------------------------------------------------------------------------

class Handling {
public:
    Handling(Machine& machine, const ApiCall& call, Instant now) : machine_(machine), call_(call), now_(now) {}

    ApiAnswer run() {
        Reply reply = answer();
        note(reply);
        return on_the_wire(std::move(reply));
    }

    std::optional<KeyKind> key_wanted() const {
        if (!is_xml_api(path_of(call_.target)) || call_.body.size() > body_bytes_max ||
            call_.target.size() > target_bytes_max) {
            return std::nullopt;
        }
        const Parameters parameters = Parameters::read(call_);
        const bool known = parameters.value("type") == "op"sv && authenticated(parameters) != nullptr;
        return known ? sim::panos::key_wanted(parameters.value("cmd")) : std::nullopt;
    }

private:
    Machine& machine_;
    Machine* served_ = &machine_;  // the one that carries the call out: the target of a call to a Panorama
    const ApiCall& call_;
    Instant now_;
    RecordedCall record_{};
    std::optional<Fault> fault_;
    std::chrono::microseconds load_delay_{0};
    bool load_drops_ = false;

    std::uint64_t edit_before_ = machine_.configuration.last_edit();

    Reply answer() {
        const std::string_view path = path_of(call_.target);
        if (is_rest(path) && machine_.version.takes_key_header()) {
            return rest(path);
        }
        if (!is_xml_api(path)) {
            return web_page(404);
        }
        if (call_.method != "GET" && call_.method != "POST") {
            return web_page(405);
        }
        if (call_.target.size() > target_bytes_max) {
            return web_page(414);
        }
        if (call_.body.size() > body_bytes_max) {
            return web_page(413);
        }
        const Parameters parameters = Parameters::read(call_);
        record_.type = std::string(parameters.value("type"));
        if (turned_away(parameters)) {
            return web_page(502);
        }
        if (record_.type == "keygen"sv) {
            return struck(FaultOn::keygen, std::nullopt, [&] { return keygen(parameters); });
        }
        const Account* account = authenticated(parameters);
        if (account == nullptr) {
            return struck(FaultOn::any, std::nullopt, [] { return web_error(403, "Invalid Credential"); });
        }
        record_.administrator = account->name;
        const Session session{account->name, std::string(parameters.value("vsys")), now_, account->role, call_.peer};
        if (!session.role.superuser()) {
            if (auto refused = refusal_by_role(session.role, record_.type, parameters)) {
                record_.action = std::string(parameters.value("action"));
                record_.xpath = std::string(parameters.value("xpath"));
                return struck(FaultOn::any, std::nullopt, [&] { return *refused; });
            }
        }
        return dispatch(session, parameters);
    }

    // The management plane has more calls than it takes: this one is not even looked at.
    bool turned_away(const Parameters& parameters) {
        const std::string_view action = parameters.value("action");
        const bool reading = (record_.type == "config"sv && (action == "get"sv || action == "show"sv)) ||
                             record_.type == "op"sv || record_.type == "keygen"sv || record_.type == "version"sv;
        const bool light = record_.type == "op"sv && parameters.value("cmd").rfind("<show><jobs><id>", 0) == 0;
        const auto judged = machine_.load.arrive(light     ? CallWeight::light
                                                 : reading ? CallWeight::reading
                                                           : CallWeight::changing,
                                                 call_.body.size(), machine_.jobs.active() != nullptr, now_);
        load_delay_ = judged.delay;
        load_drops_ = judged.way == ManagementLoad::Judgement::Way::dropped;
        if (judged.way == ManagementLoad::Judgement::Way::served) {
            return false;
        }
        record_.fault = "management plane overloaded";
        return true;
    }

    Reply rest(std::string_view path) {
        record_.type = "rest";
        if (call_.target.size() > target_bytes_max || call_.body.size() > body_bytes_max) {
            return web_page(call_.target.size() > target_bytes_max ? 414 : 413);
        }
        const Parameters query = rest_parameters(call_);
        const Account* account = authenticated(rest_takes_key_parameter(path) ? query : Parameters::of({}));
        if (account == nullptr) {
            return in_rest_dialect(
                struck(FaultOn::any, std::nullopt, [] { return web_error(403, "Invalid Credential"); }), call_);
        }
        record_.administrator = account->name;
        const Session session{account->name, std::string(query.value("vsys")), now_, account->role, call_.peer};
        return in_rest_dialect(carried_out(prepare_rest(machine_, session, call_)), call_);
    }

    Reply dispatch(const Session& session, const Parameters& parameters) {
        const std::string& type = record_.type;
        if (const std::string target(parameters.value("target")); machine_.panorama() && !target.empty()) {
            record_.target = target;
            if (type == "version"sv) {
                return struck(FaultOn::any, std::nullopt,
                              [] { return web_error(400, "Illegal value for parameter \"type\" [version]."); });
            }
            served_ = machine_.neighbours == nullptr ? nullptr : machine_.neighbours->connected_to(machine_, target);
            if (served_ == nullptr) {
                served_ = &machine_;
                return struck(FaultOn::any, std::nullopt,
                              [&target] { return error(13, {escaped_line(target) + " not connected"}); });
            }
            edit_before_ = served_->configuration.last_edit();
            // A key that was handed in for this call is for the one that carries it out.
            for (MadeKey& key : std::exchange(machine_.keys_at_hand, {})) {
                put_by(*served_, std::move(key));
            }
        }
        if (type == "config"sv) {
            return carried_out(prepare_config(*served_, session, parameters));
        }
        if (type == "op"sv) {
            return carried_out(prepare_operation(*served_, session, parameters));
        }
        if (type == "commit"sv) {
            return carried_out(prepare_commit(*served_, session, parameters));
        }
        if (type == "user-id"sv && served_->high_availability.passive()) {
            return struck(FaultOn::any, std::nullopt, [] {
                return error(15, {"Operation denied: the command is not allowed on a passive device"});
            });
        }
        if (type == "user-id"sv) {
            return carried_out(prepare_user_id(*served_, session, parameters));
        }
        if (type == "log"sv) {
            return carried_out(prepare_log(*served_, session, parameters));
        }
        if (type == "report"sv) {
            return carried_out(prepare_report(*served_, session, parameters));
        }
        if (type == "export"sv) {
            return carried_out(prepare_export(*served_, session, parameters));
        }
        if (type == "import"sv) {
            return carried_out(prepare_import(*served_, session, parameters, call_));
        }
        return struck(FaultOn::any, std::nullopt, [&] { return other(type); });
    }

    Reply other(const std::string& type) {
        if (type == "version"sv && machine_.version.knows_version_type()) {
            return web_success(fmt::format(
                "<sw-version>{}</sw-version><multi-vsys>{}</multi-vsys><model>{}</model>"
                "<serial>{}</serial>",
                machine_.version.text, machine_.multi_vsys ? "on" : "off", machine_.model->shown, machine_.serial));
        }
        return type.empty() ? web_error(400, "Missing value for parameter \"type\".")
                            : web_error(400, fmt::format("Illegal value for parameter \"type\" [{}].", type));
    }

    Reply keygen(const Parameters& parameters) {
        std::string user(parameters.value("user"));
        std::string password(parameters.value("password"));
        if (const auto basic = net::basic_credentials(call_.header("Authorization")); basic && user.empty()) {
            std::tie(user, password) = *basic;
        }
        for (const auto& [name, value] : {std::pair{"user", &user}, std::pair{"password", &password}}) {
            if (value->empty()) {
                return web_error(400, fmt::format("Missing value for parameter \"{}\".", name));
            }
        }
        if (machine_.accounts.by_password(user, password) == nullptr) {
            log_login(machine_, machine_.accounts.without_secrets(user.substr(0, 63)), call_.peer, false, now_);
            return web_error(403, "Invalid Credential");
        }
        record_.administrator = user;
        ++machine_.revision;
        log_login(machine_, user, call_.peer, true, now_);
        return web_success("<key>" + machine_.accounts.issue_key(user, now_) + "</key>");
    }

    const Account* authenticated(const Parameters& parameters) const {
        std::string key(parameters.value("key"));
        const bool headers = machine_.version.takes_key_header();
        if (key.empty() && headers) {
            key = std::string(call_.header("X-PAN-KEY"));
        }
        if (!key.empty()) {
            return machine_.accounts.by_key(key, now_);
        }
        const auto basic = headers ? net::basic_credentials(call_.header("Authorization")) : std::nullopt;
        return basic ? machine_.accounts.by_password(basic->first, basic->second) : nullptr;
    }

    Reply carried_out(Prepared prepared) {
        record_.action = std::move(prepared.note.action);
        record_.xpath = std::move(prepared.note.xpath);
        record_.element_bytes = prepared.note.element_bytes;
        return struck(prepared.kind, prepared.also, prepared.carry_out);
    }

    // The honest answer, or what a fault makes of it.
    Reply struck(FaultOn kind, std::optional<FaultOn> also, const std::function<Reply()>& honest) {
        fault_ = served_->faults.strike(kind, also, now_);
        if (!fault_) {
            return honest();
        }
        record_.fault = fault_->summary();
        if (fault_->stops_the_call()) {
            return refusal(kind);
        }
        Reply reply = honest();
        if (fault_->answer == FaultAnswer::wrong_xml) {
            reply.body = "<response status=\"success\"><result><unclosed>" + reply.body;
        } else if (fault_->answer == FaultAnswer::truncated) {
            reply.body.resize(reply.body.size() / 2);
        }
        return reply;
    }

    Reply refusal(FaultOn kind) const {
        Lines lines;
        for (const std::string& line : fault_->details) {
            lines.push_back(escaped_text(line));
        }
        switch (fault_->answer) {
            case FaultAnswer::lock_held_by_other_admin:
                return kind == FaultOn::commit
                           ? error(14, {"Other administrators are holding device wide commit locks."})
                           : error(15, {"Configuration is locked by " + escaped_text(fault_->admin)});
            case FaultAnswer::busy:
                return error(0, {"Another commit/validate is in progress. Please try again later"});
            case FaultAnswer::code:
                return error(fault_->code, lines.empty() ? Lines{default_line()} : lines);
            case FaultAnswer::http:
                if (fault_->code == 403) {
                    return web_error(403, "Invalid Credential");
                }
                return fault_->code == 400 ? web_error(400, "Bad request")
                                           : web_page(static_cast<unsigned>(fault_->code));
            case FaultAnswer::forgotten:
                return success(20, "<msg>command succeeded</msg>");
            case FaultAnswer::body: {
                Reply reply;
                reply.body = fault_->body;
                reply.http_status = fault_->code == 0 ? 200U : static_cast<unsigned>(fault_->code);
                return reply;
            }
            default:
                return web_page(500);
        }
    }

    std::string default_line() const {
        switch (fault_->code) {
            case 7:
                return "Object not present";
            case 10:
                return " object cannot be deleted because of references";
            case 15:
                return "Operation denied";
            case 16:
                return "Unauthorized request";
            case 18:
                return "Malformed Request";
            case 22:
                return "Session timed out";
            default:
                return "Command failed";
        }
    }

    ApiAnswer on_the_wire(Reply reply) const {
        ApiAnswer out;
        out.status = reply.http_status;
        out.headers.push_back({"Content-Type", std::move(reply.content_type)});
        if (!reply.location.empty()) {
            out.headers.push_back({"Location", reply.location});
        }
        if (!reply.file_name.empty()) {
            out.headers.push_back({"Content-Disposition", "attachment; filename=" + reply.file_name});
        }
        out.body = std::move(reply.body);
        if (fault_) {
            out.fault.delay = fault_->delay;
            out.fault.cut_after = fault_->cut_after;
            out.fault.drop = fault_->drop != Fault::Drop::no;
        }
        out.fault.delay += std::chrono::ceil<std::chrono::milliseconds>(load_delay_);
        out.fault.drop = out.fault.drop || load_drops_;
        return out;
    }

    bool changes_something() const {
        if (record_.type == "config"sv) {
            return record_.action != "get"sv && record_.action != "show"sv;
        }
        return record_.type == "op"sv ? record_.action.rfind("show", 0) != 0 && record_.action.rfind("check", 0) != 0
                                      : record_.type != "version"sv && record_.type != "keygen"sv;
    }

    void note(const Reply& reply) {
        record_.time = now_;
        record_.peer = call_.peer;
        record_.method = call_.method;
        record_.http_status = reply.http_status;
        record_.status = reply.status;
        record_.code = reply.code;
        record_.request_bytes = call_.target.size() + call_.body.size();
        record_.response_bytes = reply.body.size();
        const auto scrub = [this](std::string& text) {
            text.resize(std::min<std::size_t>(text.size(), 2000));
            machine_.accounts.remove_secrets(text);
        };
        scrub(record_.target);
        scrub(record_.xpath);
        scrub(record_.type);
        scrub(record_.action);
        log_what_changed();
        served_->revision += changes_something() ? 1U : 0U;
        machine_.note(std::move(record_));
    }

    // The config log: what the call changed, or was not allowed to.
    void log_what_changed() {
        if (fault_ && fault_->stops_the_call()) {
            return;  // it never came to the management server
        }
        const std::string& action = record_.action;
        const bool changes = action == "set"sv || action == "edit"sv || action == "delete"sv || action == "rename"sv ||
                             action == "clone"sv || action == "move"sv || action == "override"sv;
        if ((record_.type == "config"sv || record_.type == "rest"sv) && changes) {
            const std::string_view outcome = record_.status == "success"sv  ? "Succeeded"
                                             : record_.status == "unauth"sv ? "Unauthorized"
                                                                            : "Failed";
            log_change(*served_, record_.administrator, record_.peer, action, record_.xpath, outcome, now_);
        } else if (served_->configuration.last_edit() != edit_before_) {
            log_changes_since(*served_, edit_before_, record_.peer, now_);
        }
    }
};

}  // namespace

struct Device::Parts {
    Machine machine;
    Fleet* fleet = nullptr;
};

Device::Device(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Device::~Device() {
    if (parts_ && parts_->fleet != nullptr) {
        parts_->fleet->leave(*this);
    }
}

tl::expected<std::unique_ptr<Device>, std::string> Device::make(DeviceOptions options, Instant now) {
    const auto version = parse_version(options.version);
    if (!version) {
        return tl::make_unexpected(version.error());
    }
    if (options.administrators.empty()) {
        return tl::make_unexpected("firewall '" + options.name + "' has no administrator: give one, as in admin:admin");
    }
    const Model* model = find_model(options.model);
    if (model == nullptr) {
        return tl::make_unexpected(
            fmt::format("firewall '{}': model '{}' is not one of {}", options.name, options.model, model_names()));
    }
    NodePtr root;
    const bool panorama = options.model == "Panorama";
    if (options.load_xml.empty()) {
        auto made = panorama ? factory_panorama(*version, options.name, options.administrators)
                             : factory_configuration(*version, options.name, options.administrators);
        if (!made) {
            return tl::make_unexpected("firewall '" + options.name + "': " + made.error());
        }
        root = *made;
    } else {
        auto read = read_configuration(options.load_xml);
        if (!read) {
            return tl::make_unexpected("firewall '" + options.name + "': " + read.error());
        }
        root = *read;
        if (panorama && !is_panorama(*root)) {
            return tl::make_unexpected("'" + options.name +
                                       "': the configuration is no Panorama's (it has no <readonly> with <devices>)");
        }
    }
    if (!options.prepare_group.empty()) {
        auto ready = panorama ? prepared_panorama(root, options.prepare_group, options.prepare_in)
                              : prepared(root, options.prepare_group, options.prepare_match);
        if (!ready) {
            return tl::make_unexpected("firewall '" + options.name + "': " + ready.error());
        }
        root = *ready;
    }
    if (!options.prepare_lists.empty()) {
        auto ready = prepared_lists(root, options.prepare_lists);
        if (!ready) {
            return tl::make_unexpected("firewall '" + options.name + "': " + ready.error());
        }
        root = *ready;
    }
    auto accounts = Accounts::make(options.seed, options.administrators, root);
    if (!accounts) {
        return tl::make_unexpected("firewall '" + options.name + "': " + accounts.error());
    }
    Machine machine{.options = std::move(options),
                    .version = *version,
                    .limits = model->limits,
                    .configuration = Configuration(root)};
    machine.model = model;
    machine.accounts = std::move(*accounts);
    machine.load = ManagementLoad(machine.options.management, model->management_cores);
    machine.set_multi_vsys(machine.options.multi_vsys || scopes_of(root).size() > 2);
    machine.configuration.set_version(machine.version);
    machine.booted = now - boot_before;
    machine.choose_routing_engine();
    machine.serial = !machine.options.serial.empty()
                         ? machine.options.serial
                         : fmt::format("0070{:011}", machine.options.seed % 100'000'000'000ULL);
    machine.host_name = system_setting(root, {"hostname"}, machine.options.name);
    machine.clock = now;
    machine.registration =
        Registration(registration_limits(machine.options.model, machine.version), machine.options.registration_delay);
    machine.lists = ListTable(list_limits(machine.options.model));
    machine.names = FqdnTable(machine.version.at_least(9, 0) ? fqdn_pause : fqdn_pause_before_9_0);
    boot_job(machine);
    log_boot(machine);
    auto device = std::unique_ptr<Device>(new Device(std::make_unique<Parts>(Parts{std::move(machine)})));
    for (const auto& [name, addresses] : device->options().fqdn) {
        if (auto said = device->set_fqdn(name, addresses); !said) {
            return tl::make_unexpected("firewall '" + device->options().name + "': " + said.error());
        }
    }
    Machine& placed = device->parts_->machine;
    placed.running_changed();
    keep_parts(placed);
    return device;
}

std::unique_ptr<Device> Device::twin() const {
    const Machine& machine = parts_->machine;
    const auto& jobs = machine.jobs.all();
    const bool busy =
        std::any_of(jobs.begin(), jobs.end(), [](const Job& job) { return job.status != JobStatus::finished; });
    if (busy || parts_->fleet != nullptr) {
        return nullptr;
    }
    auto device = std::unique_ptr<Device>(new Device(std::make_unique<Parts>(Parts{machine})));
    Machine& placed = device->parts_->machine;
    placed.policy = nullptr;  // it follows one device
    placed.kept.clear();
    keep_parts(placed);
    return device;
}

std::optional<KeyKind> Device::key_wanted(const ApiCall& call, Instant now) const {
    // What to look for stands in it whatever is encoded, so that most calls cost nothing here.
    const bool may =
        call.body.find("generate") != std::string::npos || call.target.find("generate") != std::string::npos;
    if (!may) {
        return std::nullopt;
    }
    const auto wanted = Handling(parts_->machine, call, now).key_wanted();
    const auto& all = parts_->machine.keys_at_hand;
    const bool there =
        wanted && std::any_of(all.begin(), all.end(), [&wanted](const MadeKey& each) { return each.kind == *wanted; });
    return there ? std::nullopt : wanted;
}

void Device::hand_in(MadeKey key) {
    put_by(parts_->machine, std::move(key));
}

ApiAnswer Device::handle(const ApiCall& call, Instant now) {
    if (parts_->fleet != nullptr) {
        parts_->fleet->advance(now);
    } else {
        parts_->machine.advance(now);
    }
    if (parts_->machine.down(now)) {
        ApiAnswer nothing;
        nothing.status = 503;
        nothing.close = true;
        nothing.fault.drop = true;
        return nothing;
    }
    return Handling(parts_->machine, call, now).run();
}

void Device::advance(Instant now) {
    if (parts_->fleet != nullptr) {
        parts_->fleet->advance(now);
    } else {
        advance_alone(now);
    }
}

std::optional<Instant> Device::next_event() const {
    return parts_->fleet != nullptr ? parts_->fleet->next_event() : next_event_alone();
}

Machine& Device::join(Fleet* fleet) {
    parts_->fleet = fleet;
    parts_->machine.neighbours = fleet;
    return parts_->machine;
}

void Device::advance_alone(Instant now) {
    parts_->machine.faults.advance(now);
    parts_->machine.advance(now);
}

std::optional<Instant> Device::next_event_alone() const {
    std::optional<Instant> next = parts_->machine.faults.next_end();
    const Machine& machine = parts_->machine;
    for (const auto& due : {machine.jobs.next_end(), machine.back_at}) {
        if (due && *due != Instant::max() && (!next || *due < *next)) {
            next = due;
        }
    }
    if (const auto other = parts_->machine.next_event(); other && (!next || *other < *next)) {
        next = other;
    }
    return next;
}

const DeviceOptions& Device::options() const {
    return parts_->machine.options;
}

std::string Device::api_key(std::string_view administrator) const {
    return parts_->machine.accounts.key_of(administrator);
}

bool Device::change_password(std::string_view administrator, std::string password) {
    ++parts_->machine.revision;
    return parts_->machine.accounts.change_password(administrator, std::move(password));
}

void Device::expire_keys() {
    ++parts_->machine.revision;
    parts_->machine.accounts.expire_keys();
}

std::vector<AdministratorSeen> Device::administrators() const {
    std::vector<AdministratorSeen> seen;
    for (const Account& each : parts_->machine.accounts.all()) {
        seen.push_back({each.name, role_name(each.role), each.configured, !each.key.empty()});
    }
    return seen;
}

void Device::reboot(Instant now) {
    advance(now);
    parts_->machine.go_down(now, true);
}

bool Device::rebooting(Instant now) const {
    return parts_->machine.down(now);
}

std::string Device::state_text() const {
    return sim::panos::state_text(parts_->machine);
}

tl::expected<void, std::string> Device::restore(std::string_view state) {
    return sim::panos::restore(parts_->machine, state);
}

std::uint64_t Device::revision() const {
    return parts_->machine.revision;
}

Verdict Device::verdict(const Flow& flow, Instant now) const {
    Surroundings around = parts_->machine.surroundings();
    around.now = std::max(now, parts_->machine.clock);
    return parts_->machine.compiled().verdict(flow, around);
}

bool Device::blocks(std::string_view indicator) const {
    return parts_->machine.compiled().blocks(indicator, parts_->machine.surroundings());
}

Verdict Device::traffic(const Flow& flow, std::uint64_t sessions, Instant now) {
    advance(now);
    Verdict found = verdict(flow, now);
    parts_->machine.hits.count(flow.vsys, found.rule, sessions, now);
    TrafficCounters& counters = parts_->machine.traffic;
    (found.allowed ? counters.allowed : counters.denied) += sessions;
    ++parts_->machine.revision;
    return found;
}

std::vector<DynamicGroup> Device::dynamic_groups(std::string_view vsys) const {
    return parts_->machine.compiled().dynamic_groups(vsys, parts_->machine.surroundings());
}

const Registration& Device::registered() const {
    return parts_->machine.registration;
}

tl::expected<void, std::string> Device::restore_registered(std::string_view xml) {
    return parts_->machine.registration.restore(xml);
}

const ListTable& Device::lists() const {
    return parts_->machine.lists;
}

const FqdnTable& Device::names() const {
    return parts_->machine.names;
}

tl::expected<void, std::string> Device::set_fqdn(std::string_view name, const std::vector<std::string>& addresses) {
    if (!is_fqdn(name)) {
        return tl::make_unexpected(fmt::format("'{}' is no domain name", name));
    }
    std::vector<Ip> read;
    for (const std::string& each : addresses) {
        const auto ip = parse_ip(each);
        if (!ip) {
            return tl::make_unexpected(fmt::format("'{}' of {} is no address", each, name));
        }
        read.push_back(*ip);
    }
    parts_->machine.names.say(name, std::move(read), parts_->machine.clock);
    return {};
}

const CallLog& Device::calls() const {
    return parts_->machine.calls;
}

std::uint64_t Device::calls_dropped() const {
    return parts_->machine.calls_dropped;
}

std::optional<std::string> Device::commit_diff(std::uint64_t job) const {
    const auto& all = commits();
    const auto at =
        std::find_if(all.rbegin(), all.rend(), [job](const RecordedCommit& each) { return each.job == job; });
    return at == all.rend() || !at->before ? std::nullopt : std::optional(difference_text(at->before, at->after));
}

std::uint64_t Device::calls_turned_away() const {
    return parts_->machine.load.turned_away();
}

const ManagementOptions& Device::management() const {
    return parts_->machine.load.options();
}

void Device::set_management(const ManagementOptions& options) {
    parts_->machine.load = ManagementLoad(options, parts_->machine.model->management_cores);
}

const std::vector<RecordedCommit>& Device::commits() const {
    return parts_->machine.commits;
}

FaultDesk& Device::faults() {
    return parts_->machine.faults;
}

bool Device::lock(LockKind kind, std::string_view admin, std::string_view comment, Instant now) {
    ++parts_->machine.revision;
    return !parts_->machine.locks.take(Lock{kind, std::string(admin), std::string(comment), "shared", now});
}

bool Device::unlock(LockKind kind, std::string_view admin) {
    ++parts_->machine.revision;
    return parts_->machine.locks.release(kind, admin, "shared");
}

const std::vector<Lock>& Device::locks() const {
    return parts_->machine.locks.all();
}

namespace {

tl::expected<void, std::string> accepted(Configuration& configuration, const Edit& edit, const Outcome& outcome) {
    if (!outcome) {
        std::string text;
        for (const std::string& line : outcome.error().lines) {
            text += line;
        }
        return tl::make_unexpected(text);
    }
    configuration.accept(edit);
    return {};
}

}  // namespace

tl::expected<void, std::string> Device::set_as(std::string_view admin, std::string_view xpath,
                                               std::string_view element_xml, Instant now) {
    advance(now);
    ++parts_->machine.revision;
    const auto elements = read_xml(element_xml);
    if (!elements) {
        return tl::make_unexpected("the element is not well-formed XML: " + elements.error());
    }
    Edit edit = parts_->machine.configuration.begin(std::string(admin), now);
    const Outcome outcome = edit.set(xpath, *elements);
    log_change(parts_->machine, std::string(admin), "", "set", std::string(xpath), outcome ? "Succeeded" : "Failed",
               now);
    return accepted(parts_->machine.configuration, edit, outcome);
}

tl::expected<void, std::string> Device::delete_as(std::string_view admin, std::string_view xpath, Instant now) {
    advance(now);
    ++parts_->machine.revision;
    Edit edit = parts_->machine.configuration.begin(std::string(admin), now);
    const Outcome outcome = edit.erase(xpath);
    log_change(parts_->machine, std::string(admin), "", "delete", std::string(xpath), outcome ? "Succeeded" : "Failed",
               now);
    return accepted(parts_->machine.configuration, edit, outcome);
}

tl::expected<std::uint64_t, std::string> Device::commit_as(std::string_view admin, bool only_own, Instant now) {
    advance(now);
    ++parts_->machine.revision;
    CommitRequest request;
    request.partial = only_own;
    if (only_own) {
        request.take.admins = {std::string(admin)};
    }
    const Reply reply = commit(parts_->machine, Session{std::string(admin), "", now}, request);
    if (const auto job = job_of(reply)) {
        return *job;
    }
    return tl::make_unexpected(reply.body);
}

tl::expected<void, std::string> Device::load_running(std::string_view xml) {
    auto root = read_configuration(xml);
    if (!root) {
        return tl::make_unexpected(root.error());
    }
    const NodePtr pushed = parts_->machine.configuration.running()->child_ptr("panorama");
    parts_->machine.load_both(*root);
    if (pushed && !parts_->machine.panorama()) {
        parts_->machine.configuration.set_pushed(pushed);
        parts_->machine.running_changed();
    }
    return {};
}

tl::expected<void, std::string> Device::add_log(std::string_view type,
                                                std::vector<std::pair<std::string, std::string>> fields, Instant now) {
    if (!is_log_type(type)) {
        return tl::make_unexpected("there is no log type '" + std::string(type) + "'");
    }
    const auto at =
        std::find_if(fields.begin(), fields.end(), [](const auto& each) { return each.first == "subtype"; });
    std::string subtype;
    if (at != fields.end()) {
        subtype = at->second;
        fields.erase(at);
    }
    parts_->machine.logs.add(type, now, std::move(subtype), std::move(fields));
    return {};
}

std::vector<std::string> Device::pending(std::string_view admin) const {
    std::vector<std::string> paths;
    for (const JournalLine& line : parts_->machine.configuration.journal()) {
        if (admin.empty() || line.mark->admin == admin) {
            paths.push_back(to_text(line.way));
        }
    }
    return paths;
}

NodePtr Device::running() const {
    return parts_->machine.configuration.running();
}

NodePtr Device::candidate() const {
    return parts_->machine.configuration.candidate();
}

std::string Device::running_xml() const {
    std::string out;
    Layout layout;
    layout.marks = false;
    layout.depth = 0;
    print(out, *local_part(running()), layout);
    return out;
}

const JobQueue& Device::jobs() const {
    return parts_->machine.jobs;
}

const std::string& Device::serial() const {
    return parts_->machine.serial;
}

NodePtr Device::enforced() const {
    return parts_->machine.enforced_configuration();
}

const HighAvailability& Device::high_availability() const {
    return parts_->machine.high_availability;
}

tl::expected<void, std::string> Device::set_link(std::string_view interface, bool up, Instant now) {
    Machine& machine = parts_->machine;
    advance(now);
    const std::vector<Interface> all = interfaces(machine.configuration.running());
    if (std::none_of(all.begin(), all.end(),
                     [interface](const Interface& each) { return each.physical && each.name == interface; })) {
        return tl::make_unexpected(fmt::format("the running configuration has no port '{}'", interface));
    }
    note_outage(machine.outages.interfaces, interface, up);
    follow_pair(machine, now);
    return {};
}

tl::expected<void, std::string> Device::set_path(std::string_view address, bool up, Instant now) {
    Machine& machine = parts_->machine;
    advance(now);
    if (!watches_path(machine.configuration.running(), address)) {
        return tl::make_unexpected(fmt::format("path monitoring does not watch '{}'", address));
    }
    note_outage(machine.outages.paths, address, up);
    follow_pair(machine, now);
    return {};
}

const Outages& Device::outages() const {
    return parts_->machine.outages;
}

Fleet* Device::fleet() const {
    return parts_->fleet;
}

}  // namespace sim::panos
