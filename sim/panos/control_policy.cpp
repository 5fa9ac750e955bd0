#include "sim/panos/control_policy.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "sim/panos/control_answer.hpp"
#include "sim/panos/policy/external_list.hpp"
#include "sim/panos/policy/fqdn_table.hpp"
#include "sim/panos/policy/registration.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

namespace json = boost::json;

constexpr std::size_t members_shown_max = 10'000;

json::value when(const std::optional<Instant>& at) {
    if (!at) {
        return nullptr;
    }
    std::string text = date_and_time(*at);
    text[4] = text[7] = '-';
    text[10] = 'T';
    return json::value(text + "Z");
}

json::array shown_texts(const std::vector<std::string>& all) {
    json::array out;
    for (const std::string& each : all) {
        if (out.size() == members_shown_max) {
            break;
        }
        out.emplace_back(each);
    }
    return out;
}

json::array tags(const std::vector<RegisteredAddress::Tag>& all) {
    json::array out;
    for (const RegisteredAddress::Tag& tag : all) {
        out.push_back(json::object{{"tag", tag.name}, {"until", when(tag.until)}});
    }
    return out;
}

net::HttpResponse registered(const Device& device) {
    const Registration& registration = device.registered();
    json::object out;
    for (const std::string& vsys : registration.vsys()) {
        json::array addresses;
        for (const RegisteredAddress* each : registration.addresses(vsys)) {
            addresses.push_back(
                json::object{{"address", each->text}, {"persistent", each->persistent}, {"tags", tags(each->tags)}});
        }
        json::array users;
        for (const RegisteredUser& each : registration.users(vsys)) {
            users.push_back(json::object{{"user", each.name}, {"tags", tags(each.tags)}});
        }
        json::array mappings;
        for (const UserMapping& each : registration.mappings(vsys)) {
            mappings.push_back(
                json::object{{"address", each.address}, {"user", each.user}, {"until", when(each.until)}});
        }
        out[vsys] = json::object{
            {"addresses", std::move(addresses)}, {"users", std::move(users)}, {"mappings", std::move(mappings)}};
    }
    return control_answer(200, out);
}

net::HttpResponse dynamic_groups(const Device& device) {
    json::array groups;
    for (const DynamicGroup& each : device.dynamic_groups()) {
        groups.push_back(json::object{{"vsys", each.vsys.empty() ? "shared" : each.vsys},
                                      {"group", each.name},
                                      {"filter", each.filter},
                                      {"objects", shown_texts(each.objects)},
                                      {"registered", shown_texts(each.registered)}});
    }
    return control_answer(200, json::object{{"groups", std::move(groups)}});
}

net::HttpResponse lists(const Device& device) {
    json::array out;
    for (const ExternalList* each : device.lists().all()) {
        out.push_back(json::object{{"vsys", each->key.first},
                                   {"name", each->key.second},
                                   {"type", name_of(each->kind)},
                                   {"url", each->url},
                                   {"valid", each->content.valid.size()},
                                   {"invalid", shown_texts(each->content.invalid)},
                                   {"ignored", each->content.ignored},
                                   {"refreshed", when(each->refreshed)},
                                   {"next", when(each->next)},
                                   {"failure", each->failure},
                                   {"entries", shown_texts(each->content.valid)}});
    }
    return control_answer(200, json::object{{"lists", std::move(out)}});
}

net::HttpResponse names(const Device& device) {
    json::object out;
    for (const auto& [name, addresses] : device.names().said()) {
        json::array all;
        for (const Ip& ip : addresses) {
            all.emplace_back(to_text(ip));
        }
        out[name] = std::move(all);
    }
    return control_answer(200, out);
}

// Replaces the whole table, as PUT does; nothing changes when a part of it can't be read.
net::HttpResponse put_names(Device& device, const std::string& body) {
    boost::system::error_code failed;
    const json::value value = json::parse(body, failed);
    std::map<std::string, std::vector<std::string>> read;
    const std::string shape = "the table is a JSON object of lists, as in {\"evil.example\":[\"203.0.113.5\"]}";
    if (failed || !value.is_object()) {
        return control_refusal(400, shape);
    }
    for (const auto& [name, addresses] : value.get_object()) {
        if (!addresses.is_array()) {
            return control_refusal(400, shape);
        }
        std::vector<std::string>& into = read[std::string(name)];
        for (const json::value& each : addresses.get_array()) {
            if (!each.is_string() || !parse_ip(std::string(each.get_string())) || !is_fqdn(name)) {
                return control_refusal(400, fmt::format("'{}': {}", std::string_view(name), shape));
            }
            into.emplace_back(each.get_string());
        }
    }
    const FqdnTable::Answers before = device.names().said();
    for (const auto& [name, addresses] : before) {
        if (!read.contains(name)) {
            (void)device.set_fqdn(name, {});  // a name that was said is one
        }
    }
    for (const auto& [name, addresses] : read) {
        if (auto said = device.set_fqdn(name, addresses); !said) {
            return control_refusal(400, said.error());
        }
    }
    return names(device);
}

net::HttpResponse traffic(Device& device, const std::string& body, Instant now) {
    boost::system::error_code failed;
    const json::value value = json::parse(body, failed);
    if (failed || !value.is_object()) {
        return control_refusal(400, "traffic is a JSON object, as in {\"from\":\"192.0.2.10\",\"to\":\"203.0.113.5\"}");
    }
    Flow flow;
    std::uint64_t sessions = 1;
    const std::map<std::string_view, std::string*> fields{
        {"from", &flow.from},           {"to", &flow.to},
        {"from_zone", &flow.from_zone}, {"to_zone", &flow.to_zone},
        {"protocol", &flow.protocol},   {"application", &flow.application},
        {"vsys", &flow.vsys},           {"user", &flow.user},
        {"category", &flow.category},   {"url", &flow.url}};
    for (const auto& [key, each] : value.get_object()) {
        const auto field = fields.find(std::string_view(key));
        if (field != fields.end() && each.is_string()) {
            *field->second = std::string(each.get_string());
        } else if (key == "port" && each.is_int64() && each.get_int64() >= 0 && each.get_int64() < 65536) {
            flow.port = static_cast<std::uint16_t>(each.get_int64());
        } else if (key == "sessions" && each.is_int64() && each.get_int64() > 0 && each.get_int64() <= 1'000'000'000) {
            sessions = static_cast<std::uint64_t>(each.get_int64());
        } else {
            return control_refusal(400,
                                   fmt::format("traffic has no key '{}' with such a value", std::string_view(key)));
        }
    }
    if (flow.to.empty()) {
        return control_refusal(400, "'to' is missing: an address or a domain name");
    }
    const Verdict found = device.traffic(flow, sessions, now);
    return control_answer(200, json::object{{"verdict", found.allowed ? "allow" : "deny"},
                                            {"action", found.action},
                                            {"rule", found.rule},
                                            {"object", found.object}});
}

}  // namespace

std::optional<net::HttpResponse> control_policy(Device& device, const net::HttpRequest& request, std::string_view path,
                                                Instant now) {
    if (path == "/traffic") {
        return request.method == "POST" ? traffic(device, request.body, now)
                                        : control_refusal(405, "traffic takes POST");
    }
    if (path == "/fqdn" && request.method == "PUT") {
        return put_names(device, request.body);
    }
    const auto page = path == "/registered"       ? registered
                      : path == "/dynamic-groups" ? dynamic_groups
                      : path == "/lists"          ? lists
                      : path == "/fqdn"           ? names
                                                  : nullptr;
    if (page == nullptr) {
        return std::nullopt;
    }
    return request.method == "GET" ? page(device) : control_refusal(405, "it takes GET");
}

}  // namespace sim::panos
