#include "bridge/panos/reply.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <pugixml.hpp>

#include "bridge/domain/value/overloaded.hpp"
#include "bridge/panos/answer_parts.hpp"

namespace bridge::panos {

namespace {

using namespace domain;

bool has(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

/// Parses the document; an answer that is an error becomes a Failure. Returns the <response>.
Result<pugi::xml_node> response_of(const ApiReply& reply, pugi::xml_document& document) {
    const auto parsed = document.load_buffer(reply.body.data(), reply.body.size(),
                                             pugi::parse_default | pugi::parse_doctype, pugi::encoding_utf8);
    std::string flaw;
    if (!parsed) {
        flaw = fmt::format("the answer is no XML at byte {} of {}: {}", parsed.offset, reply.body.size(),
                           parsed.description());
    } else if (document.find_child([](const pugi::xml_node& node) { return node.type() == pugi::node_doctype; })) {
        flaw = doctype_flaw;
    }
    return judge(reply.status, document.child("response"), flaw);
}

std::optional<int> seconds_of_day(std::string_view text) {
    if (text.size() < 8) {
        return std::nullopt;
    }
    const std::string_view clock = text.substr(text.size() - 8);  // "04:36:45", with or without a date before it
    const int h = number_in(clock.substr(0, 2), -1);
    const int m = number_in(clock.substr(3, 2), -1);
    const int s = number_in(clock.substr(6, 2), -1);
    if (h < 0 || m < 0 || s < 0 || clock[2] != ':' || clock[5] != ':') {
        return std::nullopt;
    }
    return h * 3600 + m * 60 + s;
}

Result<Reply> read_objects(const pugi::xml_node& response, const Place& place) {
    ObjectsSeen seen;
    for (const pugi::xml_node& entry : response.child("result").children("entry")) {
        if (auto object = object_in(entry, place)) {
            seen.add(std::move(*object));
        }
    }
    seen.as_named.sort();
    return seen;
}

/// Ours is what has our mark and nothing beside it.
Result<Reply> read_tag(const pugi::xml_node& response, const Place& place) {
    for (const pugi::xml_node& entry : response.child("result").children("entry")) {
        if (place.tag == entry.attribute("name").value()) {
            const auto fields = entry.children();
            const bool alone = std::distance(fields.begin(), fields.end()) == 1;
            return TagSeen{true, alone && tag_comments == entry.child("comments").text().get()};
        }
    }
    return TagSeen{};
}

Result<Reply> read_dynamic_group(const pugi::xml_node& response, const Place& place) {
    GroupsSeen seen;
    for (const pugi::xml_node& entry : response.child("result").child("dyn-addr-grp").children("entry")) {
        if (place.group == entry.child("group-name").text().get()) {
            GroupSeen& group = seen.groups.emplace_back();
            group.name = place.group;
            group.is_static = false;
            group.filter = entry.child("filter").text().get();
        }
    }
    return seen;
}

Result<Reply> read_system(const pugi::xml_node& response) {
    const pugi::xml_node system = response.child("result").child("system");
    SystemSeen seen{tidy(system.child("model").text().get()), tidy(system.child("sw-version").text().get())};
    if (seen.release.empty()) {
        return failed(Errc::malformed, "`show system info` tells no sw-version");
    }
    return seen;
}

Result<Reply> read_registered(const pugi::xml_node& response, const Place& place) {
    const pugi::xml_node result = response.child("result");
    RegisteredSeen seen;
    seen.cut = !result.child("msg").child("line").child("outfile").empty();
    for (const pugi::xml_node& entry : result.children("entry")) {
        ++seen.entries;
        bool ours = false;
        for (const pugi::xml_node& member : entry.child("tag").children("member")) {
            ours = ours || place.tag == member.text().get();
        }
        std::string_view ip = entry.attribute("ip").value();
        for (const std::string_view host : {"/32", "/128"}) {
            if (ip.ends_with(host) && (ip.find(':') != std::string_view::npos) == (host == "/128")) {
                ip.remove_suffix(host.size());
                break;
            }
        }
        if (const auto address = IpAddress::parse(ip); ours && address) {
            seen.addresses.push_back(*address);
        }
    }
    return seen;
}

Result<Reply> read_count(const pugi::xml_node& response) {
    const int count = number_in(tidy(response.child("result").child("count").text().get()), -1);
    if (count < 0) {
        return failed(Errc::refused, "the answer to a count holds none");
    }
    return RegisteredCounted{static_cast<std::size_t>(count)};
}

/// <uid-response> stands in <result> of a success and in <msg><line> of an error, which refuses its entries only.
pugi::xml_node uid_response_in(const pugi::xml_node& response) {
    const pugi::xml_node inside = response.child("result").child("uid-response");
    return inside ? inside : response.child("msg").child("line").child("uid-response");
}

Result<Reply> read_registration(const pugi::xml_node& uid_response) {
    RegistrationAnswered answer;
    const pugi::xml_node payload = uid_response.child("payload");
    for (const bool fresh : {false, true}) {
        for (const pugi::xml_node& entry : payload.child(fresh ? "register" : "unregister").children("entry")) {
            const std::string message = tidy(entry.attribute("message").value());
            const auto address = IpAddress::parse(entry.attribute("ip").value());
            if (!address) {
                return failed(Errc::malformed,
                              fmt::format("the answer to a registration names no address where it says "
                                          "'{}'",
                                          message));
            }
            if (fresh && has(message, "already exists")) {
                answer.existed.push_back(*address);
            } else if (fresh || !has(message, "does not exist")) {
                answer.refused.push_back({*address, message.empty() ? "no reason given" : message, fresh});
            }
        }
    }
    return answer;
}

/// A number in the text of a child; 0 when it is none.
std::size_t size_in(const pugi::xml_node& node, const char* child) {
    return static_cast<std::size_t>(std::max(0, number_in(node.child(child).text().get(), 0)));
}

Result<Reply> read_list(const pugi::xml_node& response) {
    const pugi::xml_node list = response.child("result").child("external-list");
    if (!list) {
        return failed(Errc::malformed, "the answer shows no external-list");
    }
    ListSeen seen;
    seen.valid = size_in(list, "total-valid");
    seen.ignored = size_in(list, "total-ignored");
    for (const pugi::xml_node& member : list.child("valid-members").children("member")) {
        seen.members.emplace_back(tidy(member.text().get()));
    }
    return seen;
}

/// The group and its children wherever they stand below the node.
void gather_groups(const pugi::xml_node& node, const Place& place, GroupsSeen& seen, int depth) {
    for (const pugi::xml_node& child : node.children()) {
        const bool entry = std::string_view(child.name()) == "entry";
        if (auto group = entry ? group_in(child, place) : std::nullopt) {
            seen.groups.push_back(std::move(*group));
        } else if (!entry && depth < group_depth_max) {
            gather_groups(child, place, seen, depth + 1);
        }
    }
}

Result<Reply> read_groups(const pugi::xml_node& response, const Place& place) {
    GroupsSeen seen;
    gather_groups(response.child("result"), place, seen, 0);
    return seen;
}

Result<Reply> read_jobs(const pugi::xml_node& response, const Place& place) {
    JobsSeen seen;
    for (const pugi::xml_node& job : response.child("result").children("job")) {
        const std::string_view type = job.child("type").text().get();
        const std::string_view status = job.child("status").text().get();
        const std::string_view user = job.child("user").text().get();
        const std::string_view description = job.child("description").text().get();
        const bool ours = (!place.admin.empty() && user == place.admin) || description.starts_with("firebreak:");
        if (type == "Commit" && status != "FIN" && ours) {
            const int id = number_in(job.child("id").text().get(), -1);
            if (id >= 0) {
                seen.ours = std::max(seen.ours.value_or(0), static_cast<JobId>(id));
            }
        }
    }
    return seen;
}

Result<Reply> read_commit(const pugi::xml_node& response) {
    CommitAnswered answer;
    const pugi::xml_node job = response.child("result").child("job");
    if (job) {
        const int id = number_in(job.text().get(), -1);
        if (id < 0) {
            return failed(Errc::malformed, "the commit's answer names no job number");
        }
        answer.job = static_cast<JobId>(id);
    }
    return answer;
}

Result<Reply> read_job(const pugi::xml_node& response) {
    const pugi::xml_node job = response.child("result").child("job");
    const std::string_view status = job.child("status").text().get();
    const std::string_view result = job.child("result").text().get();
    JobSeen seen;
    // A finished job may hold a date here; what is no number reads as 0, as pango does it.
    seen.progress = number_in(job.child("progress").text().get(), 0);
    if (status == "PEND") {
        seen.state = JobSeen::State::queued;
    } else if (status == "ACT") {
        seen.state = JobSeen::State::running;
    } else if (status == "FIN") {
        // Finished and succeeded are two facts.
        seen.state = result == "OK" ? JobSeen::State::succeeded : JobSeen::State::failed;
        const auto from = seconds_of_day(job.child("tdeq").text().get());
        const auto to = seconds_of_day(job.child("tfin").text().get());
        if (from && to) {
            seen.took = std::chrono::seconds((*to - *from + 86400) % 86400);
        }
        if (seen.state == JobSeen::State::failed) {
            seen.details = message_of(job.child("details"));
            if (seen.details.empty()) {
                seen.details = fmt::format("result {}", tidy(result));
            }
        }
    } else if (std::string_view(job.child("type").text().get()) == "Failed-Job") {
        return failed(Errc::missing, fmt::format("the job is lost: {}", message_of(job.child("details"))));
    } else {
        return failed(Errc::malformed, "the job has no status PEND, ACT or FIN");
    }
    return seen;
}

/// Device entries of a push: their own results, while the Panorama's job is over long before.
Result<Reply> read_push(const pugi::xml_node& response) {
    const pugi::xml_node job = response.child("result").child("job");
    const std::string_view status = job.child("status").text().get();
    const std::string_view result = job.child("result").text().get();
    if (std::string_view(job.child("type").text().get()) == "Failed-Job") {
        return failed(Errc::missing, fmt::format("the job is lost: {}", message_of(job.child("details"))));
    }
    if (status != "PEND" && status != "ACT" && status != "FIN") {
        return failed(Errc::malformed, "the job has no status PEND, ACT or FIN");
    }
    PushSeen seen;
    seen.over = status == "FIN";
    seen.failed = seen.over && result != "OK";
    seen.details = seen.failed ? message_of(job.child("details")) : std::string();
    for (const pugi::xml_node& entry : job.child("devices").children("entry")) {
        using State = PushSeen::Device::State;
        const std::string_view outcome = entry.child("result").text().get();
        PushSeen::Device device;
        device.serial = tidy(entry.child("serial-no").text().get());
        device.state = outcome == "OK" ? State::succeeded : outcome == "FAIL" ? State::failed : State::pending;
        if (device.state == State::failed) {
            const std::string said = message_of(entry.child("details").child("msg").child("errors"));
            const std::string any = said.empty() ? message_of(entry.child("details")) : said;
            const std::string words = tidy(entry.child("status").text().get());
            device.details = any.empty() ? words : words.empty() ? any : fmt::format("{}: {}", words, any);
        }
        seen.devices.push_back(std::move(device));
    }
    return seen;
}

void gather_below(const pugi::xml_node& node, const std::string& group, bool inside, std::vector<std::string>& names,
                  int depth) {
    constexpr int depth_max = 16;
    for (const pugi::xml_node& child : node.children("dg")) {
        const std::string name = child.attribute("name").value();
        const bool in = inside || name == group;
        if (in) {
            names.push_back(name);
        }
        if (depth < depth_max) {
            gather_below(child, group, in, names, depth + 1);
        }
    }
}

std::optional<std::size_t> count_in(const pugi::xml_node& node) {
    const int count = number_in(node.text().get(), -1);
    return count < 0 ? std::nullopt : std::optional(static_cast<std::size_t>(count));
}

}  // namespace

Result<Reply> read_reply(const Call& call, const ApiReply& reply, const Place& place) {
    pugi::xml_document document;
    const auto response = response_of(reply, document);
    if (std::holds_alternative<RegisterAddresses>(call)) {
        // Of an answer that is cut, what it refuses may be in the part that is missing.
        const bool whole = response || (reply.status == 200 && response.error().code == Errc::refused);
        if (const pugi::xml_node uid_response = uid_response_in(document.child("response")); whole && uid_response) {
            return read_registration(uid_response);
        }
        if (response) {
            return failed(Errc::malformed, "the answer to a registration holds no uid-response");
        }
    }
    if (!response) {
        return or_absence(call, response.error());
    }
    return std::visit(Overloaded{
                          [&](const ReadJobs&) { return read_jobs(*response, place); },
                          [&](const ReadObjects&) { return read_objects(*response, place); },
                          [&](const ReadGroups&) { return read_groups(*response, place); },
                          [&](const ReadTag&) { return read_tag(*response, place); },
                          [&](const ReadDeviceGroups&) { return read_groups(*response, place); },
                          [&](const StartPush&) { return read_commit(*response); },
                          [&](const ReadPush&) { return read_push(*response); },
                          [&](const StartCommit&) { return read_commit(*response); },
                          [&](const ReadJob&) { return read_job(*response); },
                          [&](const ReadSystem&) { return read_system(*response); },
                          [&](const ReadDynamicGroup&) { return read_dynamic_group(*response, place); },
                          [&](const ReadRegistered&) { return read_registered(*response, place); },
                          [&](const ReadRegisteredAddress&) { return read_registered(*response, place); },
                          [&](const CountRegistered&) { return read_count(*response); },
                          [&](const ReadList&) { return read_list(*response); },
                          [](const auto&) { return Result<Reply>(Done{}); },
                      },
                      call);
}

Result<Secret> read_key(const ApiReply& reply) {
    pugi::xml_document document;
    const auto response = response_of(reply, document);
    if (!response) {
        return tl::unexpected(response.error());
    }
    const std::string key = response->child("result").child("key").text().get();
    if (key.empty()) {
        return failed(Errc::malformed, "the keygen's answer holds no key");
    }
    return Secret(key);
}

Result<std::string> read_mark(const ApiReply& reply) {
    pugi::xml_document document;
    const auto response = response_of(reply, document);
    if (!response) {
        return tl::unexpected(response.error());
    }
    std::string admin = response->child("result").child("entry").attribute("admin").value();
    if (admin.empty()) {
        return failed(Errc::misconfigured,
                      "cannot tell which administrator the API key belongs to; say so with `user:`");
    }
    return admin;
}

Result<CapacitySeen> read_limits(const ApiReply& reply) {
    pugi::xml_document document;
    const auto response = response_of(reply, document);
    if (!response) {
        return tl::unexpected(response.error());
    }
    const pugi::xml_node limits = response->child("result").child("limits");
    CapacitySeen seen;
    seen.objects_max = count_in(limits.child("max-address"));
    seen.group_members_max = count_in(limits.child("max-address-per-group"));
    return seen;
}

Result<std::size_t> read_entry_count(const ApiReply& reply) {
    pugi::xml_document document;
    const auto response = response_of(reply, document);
    if (!response) {
        return tl::unexpected(response.error());
    }
    const auto entries = response->child("result").children("entry");
    return static_cast<std::size_t>(std::distance(entries.begin(), entries.end()));
}

Result<std::vector<std::string>> read_groups_below(const ApiReply& reply, const std::string& device_group) {
    pugi::xml_document document;
    const auto response = response_of(reply, document);
    if (!response) {
        return tl::unexpected(response.error());
    }
    std::vector<std::string> names;
    gather_below(response->child("result").child("dg-hierarchy"), device_group, false, names, 0);
    if (names.empty()) {
        names.push_back(device_group);
    }
    return names;
}

Result<DevicesSeen> read_devices(const ApiReply& reply, const std::vector<std::string>& device_groups) {
    pugi::xml_document document;
    const auto response = response_of(reply, document);
    if (!response) {
        return tl::unexpected(response.error());
    }
    DevicesSeen seen;
    for (const pugi::xml_node& group : response->child("result").child("devicegroups").children("entry")) {
        const std::string name = group.attribute("name").value();
        if (!device_groups.empty() &&
            std::find(device_groups.begin(), device_groups.end(), name) == device_groups.end()) {
            continue;
        }
        for (const pugi::xml_node& entry : group.child("devices").children("entry")) {
            ManagedDevice device;
            device.serial = entry.attribute("name").value();
            device.name = tidy(entry.child("hostname").text().get());
            device.device_group = name;
            device.connected = std::string_view(entry.child("connected").text().get()) == "yes";
            device.in_sync = std::string_view(entry.child("shared-policy-status").text().get()) == "In Sync";
            seen.devices.push_back(std::move(device));
        }
    }
    return seen;
}

bool HaState::active() const {
    // A firewall says active, or active-primary; a Panorama primary-active or secondary-active.
    return state == "active" || state == "active-primary" || state.ends_with("-active");
}

Result<HaState> read_ha_state(const ApiReply& reply) {
    pugi::xml_document document;
    const auto response = response_of(reply, document);
    if (!response) {
        return tl::unexpected(response.error());
    }
    const pugi::xml_node result = response->child("result");
    const pugi::xml_node pair = result.child("group") ? result.child("group") : result;
    HaState seen;
    seen.enabled = std::string_view(result.child("enabled").text().get()) == "yes";
    seen.state = tidy(pair.child("local-info").child("state").text().get());
    seen.peer_connected = std::string_view(pair.child("peer-info").child("conn-status").text().get()) == "up";
    if (seen.enabled && seen.state.empty()) {
        return failed(Errc::malformed, "the device does not tell its state in the pair");
    }
    return seen;
}

bool is_key_rejected(const ApiReply& reply) {
    constexpr std::size_t error_bytes_max = 4096;  // a long answer is no such error
    if (reply.status == 200 && reply.body.size() > error_bytes_max) {
        return false;
    }
    pugi::xml_document document;
    const auto response = response_of(reply, document);
    return !response && response.error().code == Errc::key_rejected;
}

std::string read_lock_owners(const ApiReply& reply) {
    pugi::xml_document document;
    const auto response = response_of(reply, document);
    if (!response) {
        return {};
    }
    std::string owners;
    for (const auto& [list, what] : {std::pair{"commit-locks", "commit"}, std::pair{"config-locks", "config"}}) {
        for (const pugi::xml_node& entry : response->child("result").child(list).children("entry")) {
            const std::string comment = tidy(entry.child("comment").text().get());
            owners += fmt::format("{}{} lock held by {} since {}{}", owners.empty() ? "" : "; ", what,
                                  tidy(entry.attribute("name").value()), tidy(entry.child("created").text().get()),
                                  comment.empty() || comment == "(null)" ? "" : fmt::format(" ({})", comment));
        }
    }
    return owners;
}

}  // namespace bridge::panos
