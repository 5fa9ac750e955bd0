#include "sim/panos/control.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/json.hpp>
#include <charconv>

#include "sim/panos/difference.hpp"
#include "sim/panos/request.hpp"
#include "sim/panos/xml.hpp"

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

net::HttpResponse answer(unsigned status, const json::value& value) {
    net::HttpResponse response;
    response.status = status;
    response.headers.push_back({"Content-Type", "application/json"});
    response.body = json::serialize(value);
    return response;
}

net::HttpResponse wrong(unsigned status, std::string_view why) {
    return answer(status, json::object{{"error", why}});
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
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return text.empty() || error != std::errc{} || end != text.data() + text.size() ? otherwise : value;
}

net::HttpResponse requests(const Device& device, const Parameters& query) {
    const auto& calls = device.calls();
    const std::size_t from = std::min(number(query.value("from"), 0), calls.size());
    const std::size_t to = std::min(calls.size(), from + answer_calls_max);
    json::array out;
    for (std::size_t i = from; i < to; ++i) {
        out.push_back(to_json(calls[i]));
    }
    return answer(200, json::object{{"from", from}, {"total", calls.size()}, {"requests", std::move(out)}});
}

net::HttpResponse verdict(const Device& device, const Parameters& query, Instant now) {
    Flow flow;
    flow.from = std::string(query.value("from"));
    flow.to = std::string(query.value("to"));
    if (flow.to.empty()) {
        return wrong(400, "'to' is missing: an address or a domain name");
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
    const std::size_t port = number(query.value("port"), 65536);
    if (port < 65536) {
        flow.port = static_cast<std::uint16_t>(port);
    }
    const Verdict found = device.verdict(flow, now);
    return answer(200, json::object{{"verdict", found.allowed ? "allow" : "deny"},
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
    return answer(200, json::object{{"name", device.options().name},
                                    {"version", device.options().version},
                                    {"model", device.options().model},
                                    {"unfinished_jobs", std::move(jobs)},
                                    {"locks", std::move(locks)},
                                    {"pending", texts(device.pending())}});
}

net::HttpResponse faults(Device& device, const net::HttpRequest& request, std::string_view path, Instant now) {
    if (request.method == "GET") {
        json::array out;
        for (const Fault& each : device.faults().standing()) {
            out.push_back(to_json(each));
        }
        return answer(200, json::object{{"faults", std::move(out)}});
    }
    if (request.method == "POST") {
        auto fault = read_fault(request.body, now);
        return fault ? answer(201, json::object{{"id", device.faults().add(std::move(*fault))}})
                     : wrong(400, fault.error());
    }
    if (request.method == "DELETE") {
        if (path == "/faults") {
            device.faults().lift_all();
            return answer(200, json::object{});
        }
        return device.faults().lift(number(path.substr(path.rfind('/') + 1), 0)) ? answer(200, json::object{})
                                                                                 : wrong(404, "no such fault");
    }
    return wrong(405, "faults take GET, POST and DELETE");
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

net::HttpResponse control(Device& device, const net::HttpRequest& request, Instant now) {
    device.advance(now);
    const std::string_view path = path_of(request.target);
    if (path == "/faults" || path.rfind("/faults/", 0) == 0) {
        return faults(device, request, path, now);
    }
    if (request.method != "GET") {
        return wrong(405, "only faults are changed; everything else takes GET");
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
        return answer(200, json::object{{"commits", std::move(out)}});
    }
    if (path == "/objects") {
        return answer(200, objects_of(query.value("of") == "candidate" ? device.candidate() : device.running()));
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
    return wrong(404, "there are /requests, /commits, /objects, /verdict, /faults, /state and /running");
}

}  // namespace sim::panos
