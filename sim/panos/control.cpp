#include "sim/panos/control.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/json.hpp>

#include "sim/panos/control_answer.hpp"
#include "sim/panos/control_fleet.hpp"
#include "sim/panos/control_links.hpp"
#include "sim/panos/control_policy.hpp"
#include "sim/panos/tree/difference.hpp"
#include "sim/panos/tree/whole_number.hpp"
#include "sim/panos/tree/xml.hpp"
#include "sim/panos/web/request.hpp"

namespace sim::panos {
namespace {

namespace json = boost::json;

constexpr std::size_t answer_calls_max = 10000;

std::string iso(Instant at) {
    std::string text = date_and_time(at);
    text[4] = text[7] = '-';
    text[10] = 'T';
    const auto micro = at.time_since_epoch().count() % 1'000'000;
    return fmt::format("{}.{:06}Z", text, micro);
}

json::value iso_or_null(const std::optional<Instant>& at) {
    return at ? json::value(iso(*at)) : json::value(nullptr);
}

json::array texts(const std::vector<std::string>& all) {
    return json::array(all.begin(), all.end());
}

std::string_view name_of(JobResult result) {
    return result == JobResult::ok ? "OK" : result == JobResult::fail ? "FAIL" : "PEND";
}

json::object to_json(const RecordedCall& call) {
    return {{"time", iso(call.time)},
            {"administrator", call.administrator},
            {"peer", call.peer},
            {"method", call.method},
            {"type", call.type},
            {"action", call.action},
            {"target", call.target},
            {"xpath", call.xpath},
            {"element_bytes", call.element_bytes},
            {"http_status", call.http_status},
            {"status", call.status},
            {"code", call.code},
            {"request_bytes", call.request_bytes},
            {"response_bytes", call.response_bytes},
            {"fault", call.fault}};
}

json::object to_json(const RecordedCommit& commit) {
    json::array groups;
    for (const GroupChange& each : commit.groups) {
        groups.push_back(json::object{{"vsys", each.vsys},
                                      {"group", each.group},
                                      {"added", texts(each.added)},
                                      {"removed", texts(each.removed)}});
    }
    return {{"job", commit.job},
            {"administrator", commit.administrator},
            {"description", commit.description},
            {"partial", commit.partial},
            {"forced", commit.forced},
            {"admins", texts(commit.admins)},
            {"enqueued", iso(commit.enqueued)},
            {"started", iso_or_null(commit.started)},
            {"finished", iso_or_null(commit.finished)},
            {"result", name_of(commit.result)},
            {"details", texts(commit.details)},
            {"groups", groups},
            {"objects_added", texts(commit.objects_added)},
            {"objects_removed", texts(commit.objects_removed)},
            {"objects_changed", texts(commit.objects_changed)},
            {"changed_elsewhere", commit.changed_elsewhere}};
}

json::object to_json(const Fault& fault) {
    json::object out{{"id", fault.id}, {"on", name_of(fault.on)}, {"summary", fault.summary()}, {"skip", fault.skip}};
    out["times"] = fault.times ? json::value(*fault.times) : json::value(nullptr);
    out["until"] = iso_or_null(fault.until);
    return out;
}

json::object objects_of(const NodePtr& configuration) {
    json::object scopes;
    for (const Scope& scope : scopes_of(configuration)) {
        json::object addresses;
        json::object groups;
        const auto each = [&scope](Kind kind, const std::function<void(const Node&)>& tell) {
            if (const NodePtr container = node_at(scope.node, container_steps(kind))) {
                container->children().each([&tell](const Child& child) { return tell(*child.node), true; });
            }
        };
        each(Kind::address, [&addresses](const Node& object) {
            for (const std::string_view kind : {"ip-netmask", "ip-range", "ip-wildcard", "fqdn"}) {
                if (const std::string_view value = object.text_of(kind); !value.empty()) {
                    addresses[object.value()] = value;
                }
            }
        });
        each(Kind::address_group, [&groups](const Node& group) {
            json::array members;
            if (const Node* list = group.child("static")) {
                list->children().each([&members](const Child& child) {
                    members.push_back(json::value(child.node->value()));
                    return true;
                });
            }
            groups[group.value()] = std::move(members);
        });
        scopes[scope.shared() ? std::string("shared") : scope.vsys()] =
            json::object{{"addresses", std::move(addresses)}, {"groups", std::move(groups)}};
    }
    return scopes;
}

std::size_t number(std::string_view text, std::size_t otherwise) {
    return whole_number(text).value_or(otherwise);
}

net::HttpResponse requests(const Device& device, const Parameters& query) {
    // Numbers count from the first call ever; the oldest ones are dropped when there are too many.
    const auto& calls = device.calls();
    const auto dropped = static_cast<std::size_t>(device.calls_dropped());
    const std::size_t total = dropped + calls.size();
    const std::size_t from = std::min(std::max(number(query.value("from"), 0), dropped), total);
    const std::size_t to = std::min(total, from + answer_calls_max);
    json::array out;
    for (std::size_t i = from; i < to; ++i) {
        out.push_back(to_json(calls[i - dropped]));
    }
    return control_answer(
        200, json::object{{"from", from}, {"total", total}, {"dropped", dropped}, {"requests", std::move(out)}});
}

net::HttpResponse verdict(const Device& device, const Parameters& query, Instant now) {
    Flow flow;
    flow.from = std::string(query.value("from"));
    flow.to = std::string(query.value("to"));
    if (flow.to.empty()) {
        return control_refusal(400, "'to' is missing: an address or a domain name");
    }
    const auto fill = [&query](std::string_view name, std::string& field) {
        if (const std::string* value = query.find(name)) {
            field = *value;
        }
    };
    fill("from_zone", flow.from_zone);
    fill("to_zone", flow.to_zone);
    fill("protocol", flow.protocol);
    fill("application", flow.application);
    fill("vsys", flow.vsys);
    fill("user", flow.user);
    fill("category", flow.category);
    fill("url", flow.url);
    const std::size_t port = number(query.value("port"), 65536);
    if (port < 65536) {
        flow.port = static_cast<std::uint16_t>(port);
    }
    if (device.options().model == "Panorama") {
        return control_refusal(409, "a Panorama passes no traffic: ask one of its firewalls");
    }
    const Verdict found = device.verdict(flow, now);
    return control_answer(200, json::object{{"verdict", found.allowed ? "allow" : "deny"},
                                            {"action", found.action},
                                            {"rule", found.rule},
                                            {"object", found.object},
                                            {"blocked", device.blocks(flow.to)}});
}

net::HttpResponse state(const Device& device) {
    json::array jobs;
    for (const Job& job : device.jobs().all()) {
        if (job.status != JobStatus::finished) {
            jobs.push_back(json::object{{"id", job.id}, {"user", job.user}, {"enqueued", iso(job.enqueued)}});
        }
    }
    json::array locks;
    for (const Lock& lock : device.locks()) {
        locks.push_back(json::object{{"kind", lock.kind == LockKind::config ? "config" : "commit"},
                                     {"administrator", lock.admin},
                                     {"scope", lock.scope},
                                     {"comment", lock.comment}});
    }
    return control_answer(200, json::object{{"name", device.options().name},
                                            {"version", device.options().version},
                                            {"model", device.options().model},
                                            {"turned_away", device.calls_turned_away()},
                                            {"unfinished_jobs", std::move(jobs)},
                                            {"locks", std::move(locks)},
                                            {"pending", texts(device.pending())}});
}

json::object to_json(const Job& job, Instant now) {
    return {{"id", job.id},
            {"type", type_name(job)},
            {"user", job.user},
            {"description", job.description},
            {"status", job.status == JobStatus::pending  ? "PEND"
                       : job.status == JobStatus::active ? "ACT"
                                                         : "FIN"},
            {"result", name_of(job.result)},
            {"progress", job.progress(now)},
            {"enqueued", iso(job.enqueued)},
            {"started", iso_or_null(job.started)},
            {"finished", iso_or_null(job.finished)},
            {"details", texts(job.details)},
            {"warnings", texts(job.warnings)},
            {"lost", job.lost}};
}

net::HttpResponse jobs(const Device& device, Instant now) {
    json::array out;
    for (const Job& job : device.jobs().all()) {
        out.push_back(to_json(job, now));
    }
    return control_answer(200, json::object{{"jobs", std::move(out)}});
}

net::HttpResponse administrators(const Device& device) {
    json::array out;
    for (const AdministratorSeen& each : device.administrators()) {
        out.push_back(json::object{{"name", each.name},
                                   {"role", each.role},
                                   {"configured", each.configured},
                                   {"may_log_in", each.may_log_in}});
    }
    return control_answer(200, json::object{{"administrators", std::move(out)}});
}

net::HttpResponse diff(const Device& device, std::string_view path) {
    const std::string_view number_text = path.substr(std::string_view("/commits/").size(), path.size() - 14);
    const auto text = device.commit_diff(number(number_text, 0));
    if (!text) {
        return control_refusal(404, "no such commit, or it did not go well, or it is too long ago");
    }
    net::HttpResponse response;
    response.headers.push_back({"Content-Type", "text/plain; charset=UTF-8"});
    response.body = *text;
    return response;
}

net::HttpResponse set_password(Device& device, const net::HttpRequest& request) {
    boost::system::error_code failed;
    const json::value value = json::parse(request.body, failed);
    const json::object* told = failed ? nullptr : value.if_object();
    const json::value* name = told == nullptr ? nullptr : told->if_contains("administrator");
    const json::value* password = told == nullptr ? nullptr : told->if_contains("password");
    if (name == nullptr || !name->is_string() || password == nullptr || !password->is_string() ||
        password->get_string().empty()) {
        return control_refusal(400, R"(a password is set as {"administrator":"NAME","password":"..."})");
    }
    return device.change_password(std::string_view(name->get_string()), std::string(password->get_string()))
               ? control_answer(200, json::object{})
               : control_refusal(404, "no such administrator");
}

net::HttpResponse management(Device& device, const net::HttpRequest& request) {
    if (request.method != "GET" && request.method != "POST") {
        return control_refusal(405, "this takes GET and POST");
    }
    ManagementOptions options = device.management();
    if (request.method == "POST") {
        boost::system::error_code failed;
        const json::value value = json::parse(request.body, failed);
        if (failed || !value.is_object()) {
            return control_refusal(400, R"(the load is told as {"concurrency":5,"hard_limit":32,"service_ms":20})");
        }
        for (const auto& [key, each] : value.get_object()) {
            const auto count = each.is_int64() && each.get_int64() >= 0 && each.get_int64() <= 3'600'000
                                   ? std::optional(each.get_int64())
                                   : std::nullopt;
            if (!count) {
                return control_refusal(400,
                                       fmt::format("'{}' is not a whole number up to 3600000", std::string_view(key)));
            }
            if (key == "concurrency") {
                options.concurrency = static_cast<std::size_t>(std::min<std::int64_t>(*count, 10'000));
            } else if (key == "hard_limit") {
                options.hard_limit = static_cast<std::size_t>(*count);
            } else if (key == "service_ms") {
                options.service = std::chrono::milliseconds(*count);
            } else if (key == "commit_factor") {
                options.commit_factor = static_cast<double>(*count);
            } else {
                return control_refusal(
                    400, fmt::format("the load has no key '{}': there are concurrency, hard_limit, service_ms "
                                     "and commit_factor",
                                     std::string_view(key)));
            }
        }
        device.set_management(options);
        options = device.management();
    }
    return control_answer(
        200,
        json::object{{"concurrency", options.concurrency},
                     {"hard_limit", options.hard_limit},
                     {"service_ms", std::chrono::duration_cast<std::chrono::milliseconds>(options.service).count()},
                     {"commit_factor", options.commit_factor},
                     {"turned_away", device.calls_turned_away()}});
}

// What a test does to the device beside its API; nothing when the path is none of these.
std::optional<net::HttpResponse> acted(Device& device, const net::HttpRequest& request, std::string_view path,
                                       Instant now) {
    if (path == "/management") {
        return management(device, request);
    }
    const bool reboot = path == "/reboot";
    if (!reboot && path != "/password" && path != "/expire-keys") {
        return std::nullopt;
    }
    if (request.method != "POST") {
        return control_refusal(405, "this takes POST");
    }
    if (path == "/password") {
        return set_password(device, request);
    }
    if (reboot) {
        device.reboot(now);
    } else {
        device.expire_keys();
    }
    return control_answer(200, json::object{});
}

net::HttpResponse faults(Device& device, const net::HttpRequest& request, std::string_view path, Instant now) {
    if (request.method == "GET") {
        json::array out;
        for (const Fault& each : device.faults().standing()) {
            out.push_back(to_json(each));
        }
        return control_answer(200, json::object{{"faults", std::move(out)}});
    }
    if (request.method == "POST") {
        auto fault = read_fault(request.body, now);
        return fault ? control_answer(201, json::object{{"id", device.faults().add(std::move(*fault))}})
                     : control_refusal(400, fault.error());
    }
    if (request.method == "DELETE") {
        if (path == "/faults") {
            device.faults().lift_all();
            return control_answer(200, json::object{});
        }
        return device.faults().lift(number(path.substr(path.rfind('/') + 1), 0))
                   ? control_answer(200, json::object{})
                   : control_refusal(404, "no such fault");
    }
    return control_refusal(405, "faults take GET, POST and DELETE");
}

// ---- a fault's keys -------------------------------------------------------------------------------------------------

using Read = tl::expected<void, std::string>;

tl::expected<std::uint64_t, std::string> whole(const json::value& value, std::string_view key) {
    if (value.is_int64() && value.get_int64() >= 0) {
        return static_cast<std::uint64_t>(value.get_int64());
    }
    return tl::make_unexpected(fmt::format("'{}' is not a whole number", key));
}

tl::expected<std::string, std::string> words(const json::value& value, std::string_view key) {
    if (value.is_string()) {
        return std::string(value.get_string());
    }
    return tl::make_unexpected(fmt::format("'{}' is not a text", key));
}

Read read_text(Fault& fault, std::string_view key, const std::string& text) {
    if (key == "on") {
        const auto on = fault_subject(text);
        if (!on) {
            return tl::make_unexpected(
                fmt::format("on '{}' is not one of {}", text, fmt::join(fault_subjects(), ", ")));
        }
        fault.on = *on;
        return {};
    }
    if (key == "answer") {
        return set_answer(fault, text);
    }
    if (key == "drop") {
        if (text != "before" && text != "after") {
            return tl::make_unexpected(std::string("drop is 'before' or 'after' the request took effect"));
        }
        fault.drop = text == "before" ? Fault::Drop::before : Fault::Drop::after;
        return {};
    }
    (key == "body" ? fault.body : fault.admin) = text;
    return {};
}

Read read_number(Fault& fault, std::string_view key, std::uint64_t value, Instant now) {
    if (value > 1'000'000'000) {
        return tl::make_unexpected(fmt::format("'{}' is too large", key));
    }
    const auto milliseconds = std::chrono::milliseconds(static_cast<std::int64_t>(value));
    if (key == "times") {
        fault.times = static_cast<std::uint32_t>(value);
    } else if (key == "skip") {
        fault.skip = static_cast<std::uint32_t>(value);
    } else if (key == "delay_ms") {
        fault.delay = milliseconds;
    } else if (key == "cut_after") {
        fault.cut_after = static_cast<std::size_t>(value);
    } else if (key == "commit_time_ms") {
        fault.commit_time = milliseconds;
    } else if (key == "for_ms") {
        fault.until = now + milliseconds;
    } else {
        fault.code = static_cast<int>(value);
    }
    return {};
}

Read read_details(Fault& fault, const json::value& value) {
    if (!value.is_array()) {
        return tl::make_unexpected(std::string("'details' is not a list of texts"));
    }
    for (const json::value& each : value.get_array()) {
        auto line = words(each, "details");
        if (!line) {
            return tl::make_unexpected(line.error());
        }
        fault.details.push_back(std::move(*line));
    }
    return {};
}

Read read_key(Fault& fault, std::string_view key, const json::value& value, Instant now) {
    if (key == "on" || key == "answer" || key == "drop" || key == "body" || key == "admin") {
        const auto text = words(value, key);
        return text ? read_text(fault, key, *text) : tl::make_unexpected(text.error());
    }
    if (key == "times" || key == "skip" || key == "delay_ms" || key == "cut_after" || key == "commit_time_ms" ||
        key == "for_ms" || key == "status") {
        const auto count = whole(value, key);
        return count ? read_number(fault, key, *count, now) : tl::make_unexpected(count.error());
    }
    if (key == "details") {
        return read_details(fault, value);
    }
    return tl::make_unexpected(fmt::format("a fault has no key '{}'", key));
}

}  // namespace

tl::expected<Fault, std::string> read_fault(std::string_view text, Instant now) {
    boost::system::error_code failed;
    const json::value value = json::parse(text, failed);
    if (failed || !value.is_object()) {
        return tl::make_unexpected(
            std::string("a fault is a JSON object, as in {\"on\":\"commit\",\"answer\":\"busy\"}"));
    }
    Fault fault;
    for (const auto& [key, each] : value.get_object()) {
        if (auto read = read_key(fault, key, each, now); !read) {
            return tl::make_unexpected(read.error());
        }
    }
    return fault;
}

namespace {

// {"type":"traffic","entries":[{"src":"192.0.2.1",...}]}: nothing is taken unless all of it can be.
net::HttpResponse logs(Device& device, const net::HttpRequest& request, Instant now) {
    if (request.method != "POST") {
        return control_refusal(405, "logs take POST");
    }
    boost::system::error_code failed;
    const json::value value = json::parse(request.body, failed);
    const json::object* const object = failed ? nullptr : value.if_object();
    const json::value* const type = object == nullptr ? nullptr : object->if_contains("type");
    const json::value* const entries = object == nullptr ? nullptr : object->if_contains("entries");
    if (type == nullptr || !type->is_string() || entries == nullptr || !entries->is_array()) {
        return control_refusal(
            400, "logs are a JSON object, as in {\"type\":\"traffic\",\"entries\":[{\"src\":\"192.0.2.1\"}]}");
    }
    std::vector<std::vector<std::pair<std::string, std::string>>> read;
    for (const json::value& each : entries->get_array()) {
        if (!each.is_object()) {
            return control_refusal(400, "an entry of a log is a JSON object of texts and numbers");
        }
        read.emplace_back();
        for (const auto& [key, field] : each.get_object()) {
            if (field.is_structured()) {
                return control_refusal(400, fmt::format("'{}' is not a text or a number", std::string_view(key)));
            }
            read.back().emplace_back(key, field.is_string() ? std::string(field.get_string()) : json::serialize(field));
        }
    }
    const std::string name(type->get_string());
    for (auto& each : read) {
        if (const auto added = device.add_log(name, std::move(each), now); !added) {
            return control_refusal(400, added.error());
        }
    }
    return control_answer(201, json::object{{"added", read.size()}});
}

}  // namespace

net::HttpResponse control(Device& device, const net::HttpRequest& request, Instant now) {
    device.advance(now);
    const std::string_view path = path_of(request.target);
    if (path == "/faults" || path.rfind("/faults/", 0) == 0) {
        return faults(device, request, path, now);
    }
    if (path == "/logs") {
        return logs(device, request, now);
    }
    if (auto answered = control_fleet(device, request, now)) {
        return *answered;
    }
    if (auto answered = control_links(device, request, now)) {
        return *answered;
    }
    if (auto answered = control_policy(device, request, path, now)) {
        return *answered;
    }
    if (auto done = acted(device, request, path, now)) {
        return *done;
    }
    if (request.method != "GET") {
        return control_refusal(405, "it takes GET");
    }
    net::HttpRequest query_only;
    query_only.target = request.target;
    const Parameters query = Parameters::read(query_only);
    if (path == "/requests") {
        return requests(device, query);
    }
    if (path == "/commits") {
        json::array out;
        for (const RecordedCommit& each : device.commits()) {
            out.push_back(to_json(each));
        }
        return control_answer(200, json::object{{"commits", std::move(out)}});
    }
    if (path.starts_with("/commits/") && path.ends_with("/diff")) {
        return diff(device, path);
    }
    if (path == "/jobs") {
        return jobs(device, now);
    }
    if (path == "/administrators") {
        return administrators(device);
    }
    if (path == "/objects") {
        return control_answer(200, objects_of(query.value("of") == "candidate"  ? device.candidate()
                                              : query.value("of") == "enforced" ? device.enforced()
                                                                                : device.running()));
    }
    if (path == "/verdict") {
        return verdict(device, query, now);
    }
    if (path == "/state") {
        return state(device);
    }
    if (path == "/running") {
        net::HttpResponse response;
        response.headers.push_back({"Content-Type", "application/xml"});
        response.body = device.running_xml();
        return response;
    }
    return control_refusal(
        404,
        "there are /requests, /commits, /commits/JOB/diff, /jobs, /administrators, /objects, /verdict, /traffic, "
        "/registered, /dynamic-groups, /lists, /fqdn, /faults, /logs, /state, /running, /management, /reboot, "
        "/password, "
        "/expire-keys, /fleet, /high-availability and /panorama");
}

}  // namespace sim::panos
