#include "sim/panos/machine/state.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "sim/panos/machine/factory.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

namespace json = boost::json;

constexpr std::int64_t format = 1;
constexpr int depth_max = 100;

// ---- writing --------------------------------------------------------------------------------------------------------

std::int64_t micros(Instant at) {
    return at.time_since_epoch().count();
}

json::value micros(const std::optional<Instant>& at) {
    return at ? json::value(micros(*at)) : json::value(nullptr);
}

json::array texts(const std::vector<std::string>& all) {
    return json::array(all.begin(), all.end());
}

json::array to_json(const Mark& mark) {
    return {mark.admin, mark.dirty_id, micros(mark.time)};
}

std::string one_line(const Node& node) {
    std::string out;
    Layout layout;
    layout.marks = false;
    layout.one_line = true;
    print(out, node, layout);
    return out;
}

// What `node` of the candidate has that `base`, the same node of the running configuration, has not. Places are kept
// for both: what a commit will put between committed siblings is placed by them.
json::value uncommitted(const Node& node, const NodePtr& base) {
    if (!node.dirty()) {
        return json::string(one_line(node));
    }
    json::object out{{"v", node.value()}};
    if (!node.attributes().empty()) {
        json::array all;
        for (const auto& [name, value] : node.attributes()) {
            all.push_back(json::array{name, value});
        }
        out["a"] = std::move(all);
    }
    if (node.mark()) {
        out["m"] = to_json(*node.mark());
        out["f"] = node.fresh();
        out["o"] = node.moved();
    }
    json::array gone;
    node.tombs().each([&gone](const Child& tomb) {
        gone.push_back(json::array{tomb.node->tag(), std::string(tomb.node->identity()), to_json(*tomb.node->mark())});
        return true;
    });
    if (!gone.empty()) {
        out["g"] = std::move(gone);
    }
    static const Children none;
    const Children& before = base ? base->children() : none;
    json::array places;
    before.each([&places](const Child& child) {
        places.push_back(child.place);
        return true;
    });
    json::array changed;
    json::array missing;
    Children::differences(before, node.children(), [&](const NodePtr& was, const NodePtr& is) {
        if (!is) {
            missing.push_back(json::array{was->tag(), std::string(was->identity())});
            return;
        }
        const Child* child = node.children().find(is->tag(), is->identity());
        changed.push_back(json::array{child->place, is->tag(), is->value(), uncommitted(*is, was)});
    });
    out["p"] = std::move(places);
    out["c"] = std::move(changed);
    out["d"] = std::move(missing);
    return out;
}

json::object to_json(const Job& job) {
    return {{"id", job.id},
            {"type", static_cast<std::int64_t>(job.type)},
            {"kind", job.kind},
            {"user", job.user},
            {"description", job.description},
            {"enqueued", micros(job.enqueued)},
            {"started", micros(job.started)},
            {"finished", micros(job.finished)},
            {"result", static_cast<std::int64_t>(job.result)},
            {"details", texts(job.details)},
            {"warnings", texts(job.warnings)},
            {"dated", job.end_as_progress},
            {"lost", job.lost}};
}

json::array to_json(const std::vector<JournalLine>& journal) {
    json::array lines;
    for (const JournalLine& line : journal) {
        json::array way;
        for (const Step& step : line.way) {
            way.push_back(json::array{step.tag, step.identity});
        }
        lines.push_back(json::array{to_json(*line.mark), line.action, std::move(way)});
    }
    return lines;
}

// ---- reading --------------------------------------------------------------------------------------------------------

// Thrown by the readers below, and by Boost.JSON's checked access, and caught in restore().
struct Unreadable : std::runtime_error {
    using std::runtime_error::runtime_error;
};

Instant instant(const json::value& value) {
    return Instant(std::chrono::microseconds(value.as_int64()));
}

std::optional<Instant> instant_or_none(const json::value& value) {
    return value.is_null() ? std::nullopt : std::optional(instant(value));
}

std::string text_of(const json::value& value) {
    return std::string(value.as_string());
}

std::vector<std::string> texts_of(const json::value& value) {
    std::vector<std::string> all;
    for (const json::value& each : value.as_array()) {
        all.push_back(text_of(each));
    }
    return all;
}

std::uint64_t count_of(const json::value& value) {
    return value.to_number<std::uint64_t>();
}

MarkPtr mark_of(const json::value& value) {
    const json::array& parts = value.as_array();
    return std::make_shared<const Mark>(Mark{text_of(parts.at(0)), count_of(parts.at(1)), instant(parts.at(2))});
}

NodePtr node_of(const json::value& xml) {
    const auto elements = read_xml(std::string_view(xml.as_string()));
    if (!elements || elements->size() != 1) {
        throw Unreadable("a node of the candidate is not one XML element");
    }
    auto node = to_node(elements->front());
    if (!node) {
        throw Unreadable(node.error());
    }
    return *node;
}

// The running configuration with the places that its children had, wherever the candidate differs.
NodePtr with_places(const NodePtr& base, const json::value& differing, int depth) {
    if (!base || !differing.is_object()) {
        return base;
    }
    if (depth > depth_max) {
        throw Unreadable("the candidate is too deep");
    }
    const json::object& told = differing.as_object();
    const json::array& places = told.at("p").as_array();
    if (places.size() != base->children().size()) {
        throw Unreadable("the candidate was not written beside this running configuration");
    }
    NodePtr out = std::make_shared<Node>(base->tag(), base->value());
    Node& node = own(out);
    node.set_attributes(base->attributes());
    std::map<std::pair<std::string, std::string>, const json::value*> below;
    for (const json::value& each : told.at("c").as_array()) {
        const json::array& child = each.as_array();
        const std::string tag = text_of(child.at(1));
        const std::string value = text_of(child.at(2));
        below[{tag, std::string(identity_of(tag, value))}] = &child.at(3);
    }
    std::size_t index = 0;
    base->children().each([&](const Child& child) {
        const auto at = below.find({child.node->tag(), std::string(child.node->identity())});
        node.children().put(at == below.end() ? child.node : with_places(child.node, *at->second, depth + 1),
                            places.at(index++).as_int64());
        return true;
    });
    return out;
}

NodePtr with_changes(const std::string& tag, const NodePtr& base, const json::value& differing, int depth) {
    if (differing.is_string()) {
        return node_of(differing);
    }
    if (depth > depth_max) {
        throw Unreadable("the candidate is too deep");
    }
    const json::object& told = differing.as_object();
    auto made = base ? std::make_shared<Node>(*base) : std::make_shared<Node>(tag, text_of(told.at("v")));
    if (!made->is_entry()) {
        made->set_value(text_of(told.at("v")));
    }
    Attributes attributes;
    if (const json::value* all = told.if_contains("a")) {
        for (const json::value& each : all->as_array()) {
            attributes.emplace_back(text_of(each.as_array().at(0)), text_of(each.as_array().at(1)));
        }
    }
    made->set_attributes(std::move(attributes));
    if (const json::value* mark = told.if_contains("m")) {
        made->set_mark(mark_of(*mark), told.at("f").as_bool(), told.at("o").as_bool());
    }
    if (const json::value* gone = told.if_contains("g")) {
        made->set_tombs({});
        for (const json::value& each : gone->as_array()) {
            const json::array& parts = each.as_array();
            made->add_tomb(Node(text_of(parts.at(0)), text_of(parts.at(1))), mark_of(parts.at(2)));
        }
    }
    for (const json::value& each : told.at("d").as_array()) {
        made->children().erase(text_of(each.as_array().at(0)), text_of(each.as_array().at(1)));
    }
    for (const json::value& each : told.at("c").as_array()) {
        const json::array& child = each.as_array();
        const std::string child_tag = text_of(child.at(1));
        const std::string value = text_of(child.at(2));
        const NodePtr before = base ? base->child_ptr(child_tag, identity_of(child_tag, value)) : nullptr;
        made->children().put(with_changes(child_tag, before, child.at(3), depth + 1), child.at(0).as_int64());
    }
    return made;
}

std::vector<JournalLine> journal_of(const json::value& lines) {
    std::vector<JournalLine> journal;
    for (const json::value& each : lines.as_array()) {
        const json::array& parts = each.as_array();
        JournalLine line{mark_of(parts.at(0)), text_of(parts.at(1)), {}};
        for (const json::value& step : parts.at(2).as_array()) {
            line.way.push_back(Step{text_of(step.as_array().at(0)), text_of(step.as_array().at(1))});
        }
        journal.push_back(std::move(line));
    }
    return journal;
}

Job job_of(const json::value& value) {
    const json::object& told = value.as_object();
    Job job;
    job.id = count_of(told.at("id"));
    const std::int64_t type = told.at("type").as_int64();
    const std::int64_t result = told.at("result").as_int64();
    if (type < 0 || type > static_cast<std::int64_t>(JobType::other) || result < 0 ||
        result > static_cast<std::int64_t>(JobResult::fail)) {
        throw Unreadable("a job has a type or a result that there is not");
    }
    job.type = static_cast<JobType>(type);
    job.result = static_cast<JobResult>(result);
    job.kind = text_of(told.at("kind"));
    job.user = text_of(told.at("user"));
    job.description = text_of(told.at("description"));
    job.enqueued = instant(told.at("enqueued"));
    job.started = instant_or_none(told.at("started"));
    job.finished = instant_or_none(told.at("finished"));
    job.details = texts_of(told.at("details"));
    job.warnings = texts_of(told.at("warnings"));
    job.end_as_progress = told.at("dated").as_bool();
    job.lost = told.at("lost").as_bool();
    job.status = JobStatus::finished;
    if (!job.finished) {
        job.finished = job.enqueued;
        job.result = JobResult::fail;
        job.lost = true;
    }
    return job;
}

void restore_checked(Machine& machine, const json::object& told) {
    if (told.at("format").as_int64() != format) {
        throw Unreadable(fmt::format("its format is {}, not {}", told.at("format").as_int64(), format));
    }
    auto read = read_configuration(std::string_view(told.at("running").as_string()));
    if (!read) {
        throw Unreadable(read.error());
    }
    const json::value& changes = told.at("candidate");
    NodePtr running = with_places(*read, changes, 0);
    NodePtr candidate = changes.is_null() ? running : with_changes(running->tag(), running, changes, 0);
    Configuration configuration(std::move(running));
    configuration.restore(std::move(candidate), journal_of(told.at("journal")), count_of(told.at("last_edit")));

    std::deque<Job> jobs;
    for (const json::value& each : told.at("jobs").as_array()) {
        jobs.push_back(job_of(each));
    }
    Locks locks;
    for (const json::value& each : told.at("locks").as_array()) {
        const json::object& lock = each.as_object();
        locks.take(Lock{lock.at("config").as_bool() ? LockKind::config : LockKind::commit, text_of(lock.at("admin")),
                        text_of(lock.at("comment")), text_of(lock.at("scope")), instant(lock.at("created"))});
    }
    Accounts::Kept kept;
    const json::object& accounts = told.at("administrators").as_object();
    kept.epoch = count_of(accounts.at("epoch"));
    kept.removed = texts_of(accounts.at("removed"));
    kept.by_hash = texts_of(accounts.at("by_hash"));
    for (const auto& [name, each] : accounts.at("keys").as_object()) {
        kept.keys[std::string(name)] = {count_of(each.as_array().at(0)), instant(each.as_array().at(1))};
    }
    auto made = Accounts::make(machine.options.seed, machine.options.administrators, configuration.running());
    if (!made) {
        throw Unreadable(made.error());
    }
    made->restore(kept);
    const std::string serial = text_of(told.at("serial"));
    const Instant booted = instant(told.at("booted"));
    const bool multi_vsys = told.at("multi_vsys").as_bool();
    const json::object& parts = told.at("parts").as_object();
    std::vector<std::pair<const KeptPart*, std::string>> others;
    for (const KeptPart& part : machine.kept) {
        if (const json::value* text = parts.if_contains(part.name)) {
            others.emplace_back(&part, text_of(*text));
        }
    }

    // Nothing below fails.
    machine.configuration = std::move(configuration);
    machine.accounts = std::move(*made);
    machine.jobs.reset(count_of(told.at("counter")), std::move(jobs));
    machine.locks = std::move(locks);
    machine.serial = serial;
    machine.booted = booted;
    machine.choose_routing_engine();
    machine.set_multi_vsys(multi_vsys);
    machine.configuration.set_version(machine.version);
    machine.running_changed();
    for (const auto& [part, text] : others) {
        if (part->restore) {
            part->restore(text);
        }
    }
}

}  // namespace

std::string state_text(const Machine& machine) {
    const Configuration& configuration = machine.configuration;
    json::array jobs;
    for (const Job& job : machine.jobs.all()) {
        jobs.push_back(to_json(job));
    }
    json::array locks;
    for (const Lock& lock : machine.locks.all()) {
        locks.push_back(json::object{{"config", lock.kind == LockKind::config},
                                     {"admin", lock.admin},
                                     {"comment", lock.comment},
                                     {"scope", lock.scope},
                                     {"created", micros(lock.created)}});
    }
    const Accounts::Kept kept = machine.accounts.kept();
    json::object keys;
    for (const auto& [name, key] : kept.keys) {
        keys[name] = json::array{key.generation, micros(key.issued)};
    }
    json::object parts;
    for (const KeptPart& part : machine.kept) {
        if (part.text) {
            parts[part.name] = part.text();
        }
    }
    const bool same = !configuration.candidate()->dirty();
    return json::serialize(json::object{
        {"format", format},
        {"serial", machine.serial},
        {"booted", micros(machine.booted)},
        {"multi_vsys", machine.multi_vsys},
        {"counter", machine.jobs.counter()},
        {"jobs", std::move(jobs)},
        {"locks", std::move(locks)},
        {"administrators", json::object{{"epoch", kept.epoch},
                                        {"removed", texts(kept.removed)},
                                        {"by_hash", texts(kept.by_hash)},
                                        {"keys", std::move(keys)}}},
        {"last_edit", configuration.last_edit()},
        {"journal", to_json(configuration.journal())},
        {"candidate", same ? json::value(nullptr) : uncommitted(*configuration.candidate(), configuration.running())},
        {"running", one_line(*configuration.running())},
        {"parts", std::move(parts)}});
}

tl::expected<void, std::string> restore(Machine& machine, std::string_view text) {
    boost::system::error_code failed;
    json::parse_options options;
    options.max_depth = 4 * depth_max;
    const json::value told = json::parse(text, failed, {}, options);
    if (failed || !told.is_object()) {
        return tl::make_unexpected(std::string("the kept state is not a JSON object; remove it to start afresh"));
    }
    try {
        restore_checked(machine, told.get_object());
    } catch (const std::exception& wrong) {
        return tl::make_unexpected(
            fmt::format("the kept state can't be read: {}; remove it to start afresh", wrong.what()));
    }
    return {};
}

}  // namespace sim::panos
