#include "sim/panos/device.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/panos/factory.hpp"
#include "sim/panos/machine.hpp"
#include "sim/panos/xml.hpp"

namespace sim::panos {
namespace {

constexpr std::size_t target_bytes_max = 8190;     // assumed: the web server's limit of a request line
constexpr std::size_t body_bytes_max = 5'000'000;  // documented for POST
constexpr auto boot_before = std::chrono::hours(1);
constexpr auto auto_commit_time = std::chrono::seconds(31);

std::string without_secrets(std::string text, const std::vector<Administrator>& administrators, std::uint64_t seed) {
    for (const Administrator& each : administrators) {
        for (const std::string& secret : {make_api_key(seed, each), each.password}) {
            if (secret.size() < 6) {
                continue;  // so short a word would take honest text with it; passwords are in no field that is kept
            }
            for (std::size_t at = 0; (at = text.find(secret, at)) != std::string::npos;) {
                text.replace(at, secret.size(), "***");
            }
        }
    }
    return text;
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

std::string host_name_of(const NodePtr& configuration, const std::string& otherwise) {
    const NodePtr system = node_at(configuration->child_ptr("devices"), std::vector<std::string>{});
    std::string found;
    if (system) {
        system->children().each([&found](const Child& device) {
            const NodePtr name = node_at(device.node, std::vector<std::string>{"deviceconfig", "system", "hostname"});
            found = name ? name->value() : "";
            return false;
        });
    }
    return found.empty() ? otherwise : found;
}

// ---- one call -------------------------------------------------------------------------------------------------------

class Handling {
public:
    Handling(Machine& machine, const ApiCall& call, Instant now) : machine_(machine), call_(call), now_(now) {}

    ApiAnswer run() {
        Reply reply = answer();
        ApiAnswer out = on_the_wire(reply);
        note(reply);
        return out;
    }

private:
    Machine& machine_;
    const ApiCall& call_;
    Instant now_;
    RecordedCall record_{};
    std::optional<Fault> fault_;

    Reply answer() {
        const std::string_view path = path_of(call_.target);
        if (path != "/api" && path != "/api/") {
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
        if (record_.type == "keygen") {
            return struck(FaultOn::keygen, std::nullopt, [&] { return keygen(parameters); });
        }
        const Administrator* admin = authenticated(parameters);
        if (admin == nullptr) {
            return struck(FaultOn::any, std::nullopt, [] { return web_error(403, "Invalid Credential"); });
        }
        record_.administrator = admin->name;
        return dispatch(Session{admin->name, std::string(parameters.value("vsys")), now_}, parameters);
    }

    Reply dispatch(const Session& session, const Parameters& parameters) {
        const std::string& type = record_.type;
        if (type == "config") {
            return carried_out(prepare_config(machine_, session, parameters));
        }
        if (type == "op") {
            return carried_out(prepare_operation(machine_, session, parameters));
        }
        if (type == "commit") {
            return carried_out(prepare_commit(machine_, session, parameters));
        }
        return struck(FaultOn::any, std::nullopt, [&] { return other(type, parameters); });
    }

    Reply other(const std::string& type, const Parameters& parameters) {
        if (type == "version" && machine_.version.knows_version_type()) {
            return web_success(
                fmt::format("<sw-version>{}</sw-version><multi-vsys>off</multi-vsys><model>{}</model>"
                            "<serial>{}</serial>",
                            machine_.version.text, escaped_text(machine_.options.model), machine_.serial));
        }
        if (type == "export") {
            return exported(parameters);
        }
        return type.empty() ? web_error(400, "Missing value for parameter \"type\".")
                            : web_error(400, fmt::format("Illegal value for parameter \"type\" [{}].", type));
    }

    Reply exported(const Parameters& parameters) {
        const std::string_view category = parameters.value("category");
        if (category != "configuration") {
            return category.empty()
                       ? web_error(400, "Missing value for parameter \"category\".")
                       : web_error(400, fmt::format("Illegal value for parameter \"category\" [{}].", category));
        }
        Reply reply;
        reply.content_type = "application/xml";
        Layout layout;
        layout.marks = false;
        layout.depth = 0;
        print(reply.body, *machine_.configuration.candidate(), layout);
        return reply;
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
        for (const Administrator& each : machine_.options.administrators) {
            if (each.name == user && each.password == password) {
                record_.administrator = user;
                return web_success("<key>" + make_api_key(machine_.options.seed, each) + "</key>");
            }
        }
        return web_error(403, "Invalid Credential");
    }

    const Administrator* authenticated(const Parameters& parameters) const {
        std::string key(parameters.value("key"));
        const bool headers = machine_.version.takes_key_header();
        if (key.empty() && headers) {
            key = std::string(call_.header("X-PAN-KEY"));
        }
        const auto basic =
            key.empty() && headers ? net::basic_credentials(call_.header("Authorization")) : std::nullopt;
        for (const Administrator& each : machine_.options.administrators) {
            if (!key.empty() ? key == make_api_key(machine_.options.seed, each)
                             : basic && basic->first == each.name && basic->second == each.password) {
                return &each;
            }
        }
        return nullptr;
    }

    Reply carried_out(const Prepared& prepared) {
        record_.action = prepared.note.action;
        record_.xpath = prepared.note.xpath;
        record_.element_bytes = prepared.note.element_bytes;
        return struck(prepared.kind, prepared.also, prepared.carry_out);
    }

    // The honest answer, or what a fault makes of it.
    Reply struck(FaultOn kind, std::optional<FaultOn> also, const std::function<Reply()>& honest) {
        fault_ = machine_.faults.strike(kind, also, now_);
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

    ApiAnswer on_the_wire(const Reply& reply) const {
        ApiAnswer out;
        out.status = reply.http_status;
        out.headers.push_back({"Content-Type", reply.content_type});
        out.body = reply.body;
        if (fault_) {
            out.fault.delay = fault_->delay;
            out.fault.cut_after = fault_->cut_after;
            out.fault.drop = fault_->drop != Fault::Drop::no;
        }
        return out;
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
            text = without_secrets(text.substr(0, 2000), machine_.options.administrators, machine_.options.seed);
        };
        scrub(record_.xpath);
        scrub(record_.type);
        scrub(record_.action);
        machine_.calls.push_back(std::move(record_));
    }
};

}  // namespace

struct Device::Parts {
    Machine machine;
};

Device::Device(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Device::~Device() = default;

tl::expected<std::unique_ptr<Device>, std::string> Device::make(DeviceOptions options, Instant now) {
    const auto version = parse_version(options.version);
    if (!version) {
        return tl::make_unexpected(version.error());
    }
    if (options.administrators.empty()) {
        return tl::make_unexpected("firewall '" + options.name + "' has no administrator: give one, as in admin:admin");
    }
    std::vector<std::string> names;
    for (const Administrator& each : options.administrators) {
        names.push_back(each.name);
    }
    NodePtr root;
    if (options.load_xml.empty()) {
        root = factory_configuration(*version, options.name, names);
    } else {
        auto read = read_configuration(options.load_xml);
        if (!read) {
            return tl::make_unexpected("firewall '" + options.name + "': " + read.error());
        }
        root = *read;
    }
    if (!options.prepare_group.empty()) {
        auto ready = prepared(root, options.prepare_group);
        if (!ready) {
            return tl::make_unexpected("firewall '" + options.name + "': " + ready.error());
        }
        root = *ready;
    }
    Machine machine{
        .options = std::move(options), .version = *version, .limits = {}, .configuration = Configuration(root)};
    machine.limits = limits_of(machine.options.model);
    machine.booted = now - boot_before;
    machine.serial = fmt::format("0070{:011}", machine.options.seed % 100'000'000'000ULL);
    machine.host_name = host_name_of(root, machine.options.name);
    boot_job(machine);
    return std::unique_ptr<Device>(new Device(std::make_unique<Parts>(Parts{std::move(machine)})));
}

ApiAnswer Device::handle(const ApiCall& call, Instant now) {
    parts_->machine.advance(now);
    return Handling(parts_->machine, call, now).run();
}

void Device::advance(Instant now) {
    parts_->machine.faults.advance(now);
    parts_->machine.advance(now);
}

std::optional<Instant> Device::next_event() const {
    std::optional<Instant> next = parts_->machine.faults.next_end();
    const JobQueue& jobs = parts_->machine.jobs;
    if (const Job* job = jobs.active(); job != nullptr && (!next || job->due() < *next)) {
        next = job->due();
    }
    return next;
}

const DeviceOptions& Device::options() const {
    return parts_->machine.options;
}

std::string Device::api_key(std::string_view administrator) const {
    for (const Administrator& each : options().administrators) {
        if (each.name == administrator) {
            return make_api_key(options().seed, each);
        }
    }
    return {};
}

void Device::change_password(std::string_view administrator, std::string password) {
    for (Administrator& each : parts_->machine.options.administrators) {
        if (each.name == administrator) {
            each.password = std::move(password);
            return;
        }
    }
}

Verdict Device::verdict(const Flow& flow, Instant /*now*/) const {
    return parts_->machine.compiled().verdict(flow);
}

bool Device::blocks(std::string_view indicator) const {
    return parts_->machine.compiled().blocks(indicator);
}

const std::vector<RecordedCall>& Device::calls() const {
    return parts_->machine.calls;
}

const std::vector<RecordedCommit>& Device::commits() const {
    return parts_->machine.commits;
}

FaultDesk& Device::faults() {
    return parts_->machine.faults;
}

bool Device::lock(LockKind kind, std::string_view admin, std::string_view comment, Instant now) {
    return !parts_->machine.locks.take(Lock{kind, std::string(admin), std::string(comment), "shared", now});
}

bool Device::unlock(LockKind kind, std::string_view admin) {
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
    const auto elements = read_xml(element_xml);
    if (!elements) {
        return tl::make_unexpected("the element is not well-formed XML: " + elements.error());
    }
    Edit edit = parts_->machine.configuration.begin(std::string(admin), now);
    const Outcome outcome = edit.set(xpath, *elements);
    return accepted(parts_->machine.configuration, edit, outcome);
}

tl::expected<void, std::string> Device::delete_as(std::string_view admin, std::string_view xpath, Instant now) {
    advance(now);
    Edit edit = parts_->machine.configuration.begin(std::string(admin), now);
    const Outcome outcome = edit.erase(xpath);
    return accepted(parts_->machine.configuration, edit, outcome);
}

tl::expected<std::uint64_t, std::string> Device::commit_as(std::string_view admin, bool only_own, Instant now) {
    advance(now);
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
    parts_->machine.configuration.load_both(*root);
    parts_->machine.running_changed();
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
    print(out, *running(), layout);
    return out;
}

const JobQueue& Device::jobs() const {
    return parts_->machine.jobs;
}

}  // namespace sim::panos
