#include <fmt/format.h>

#include <algorithm>

#include "bridge/operate/config/config_reading.hpp"
#include "yaml/writer.hpp"

namespace bridge::operate {

using namespace domain;

namespace {

constexpr std::size_t list_token_characters_min = 12;

/// It is the user of its pages and a part of their paths, and firewalls write both in their own ways.
void check_target_name(ConfigReading& reading, const yaml::Entry& entry) {
    const bool fine =
        !entry.key.empty() && entry.key.size() <= 63 && std::all_of(entry.key.begin(), entry.key.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
                   c == '.';
        });
    if (!fine) {
        reading.problems.add(entry.mark, fmt::format("targets.{}", entry.key),
                             fmt::format("'{}': the name of an edl target is in its pages' URLs, and holds letters, "
                                         "digits, '-', '_' and '.' only, at most 63",
                                         entry.key));
    }
}

ListWatch read_names(ConfigReading& reading, yaml::Reader& reader) {
    ListWatch watch;
    const yaml::Node* node = reader.required("lists", "what the firewall calls ours, as in {ip: firebreak-ip}");
    if (node == nullptr) {
        return watch;
    }
    yaml::Reader names(*node, reader.path_of("lists"), reading.problems);
    for (const auto& [key, into] :
         {std::pair("ip", &watch.ip), std::pair("domain", &watch.domain), std::pair("url", &watch.url)}) {
        *into = names.text(key, "");
        if (node->find(key) != nullptr) {
            check_name(names, key, *into);
        }
    }
    names.finish();
    if (node->is_map() && watch.ip.empty() && watch.domain.empty() && watch.url.empty()) {
        reader.complain(*node, "lists", "names no list: say what the firewall calls ours, as in {ip: firebreak-ip}");
    }
    return watch;
}

void read_firewall(ConfigReading& reading, engine::TargetSettings& target, const yaml::Node& node,
                   const std::string& path) {
    yaml::Reader reader(node, path, reading.problems);
    engine::TargetSettings asked;
    panos::Endpoint endpoint;
    asked.name = fmt::format("{} refresh {}", target.name, target.asked.size() + 1);
    read_connection(reading, reader, target.name, endpoint, asked.credentials);
    asked.place.vsys = reader.text("vsys", "vsys1");
    check_name(reader, "vsys", asked.place.vsys);
    ListWatch watch = read_names(reading, reader);
    const std::size_t scheme = endpoint.url.find("://");
    watch.firewall = scheme == std::string::npos ? endpoint.url : endpoint.url.substr(scheme + 3);
    reader.finish();
    target.list.firewalls.push_back(std::move(watch));
    reading.config.endpoints.emplace(asked.name, std::move(endpoint));
    target.asked.push_back(std::move(asked));
}

}  // namespace

void read_list_target(ConfigReading& reading, const yaml::Entry& entry) {
    yaml::Reader reader(entry.value, fmt::format("targets.{}", entry.key), reading.problems);
    reader.text("kind", "edl");
    check_target_name(reading, entry);
    engine::TargetSettings target;
    reading.take_fingerprint();  // what other sections read is not this target's
    target.name = entry.key;
    target.way = engine::Way::list;
    Secret token;
    if (reader.required("token_file", "the path of a file with the pages' password") != nullptr) {
        token = reading.secret(reader, "token_file");
        if (!token.empty() && token.reveal().size() < list_token_characters_min) {
            reader.complain(
                *entry.value.find("token_file"), "token_file",
                fmt::format("the token has fewer than {} characters: whoever guesses it reads whom you block",
                            list_token_characters_min));
        }
    }
    reading.config.list_tokens.emplace(entry.key, std::move(token));
    ListSettings& list = target.list;
    list.entries_max = static_cast<std::size_t>(
        reader.number("entries_max", static_cast<std::int64_t>(list.entries_max), 2, 1'000'000));
    list.fetch_within = reading.patience(reader, "fetch_within", list.fetch_within);
    list.refresh_interval = reader.duration("refresh_interval", list.refresh_interval);
    list.refresh_patience = reading.patience(reader, "refresh_patience", list.refresh_patience);
    list.compare_every = reading.patience(reader, "compare_every", list.compare_every);
    if (const yaml::Node* refresh = reader.optional("refresh")) {
        const std::string path = reader.path_of("refresh");
        if (!refresh->is_list()) {
            read_firewall(reading, target, *refresh, path);
        }
        for (std::size_t i = 0; i < refresh->items.size(); ++i) {
            read_firewall(reading, target, refresh->items[i], fmt::format("{}[{}]", path, i));
        }
        if (target.asked.size() > list_firewalls_max) {
            reader.complain(*refresh, "refresh",
                            fmt::format("has {} firewalls, and a target asks at most {}: make several targets",
                                        target.asked.size(), list_firewalls_max));
        }
    }
    reader.finish();
    target.fingerprint = yaml::in_one_line(entry.value) + reading.take_fingerprint();
    reading.config.engine.targets.push_back(std::move(target));
}

void read_lists(ConfigReading& reading, const yaml::Node* node) {
    const bool needed = !reading.config.list_tokens.empty();
    if (node == nullptr) {
        if (needed) {
            reading.problems.add(
                {1, 1}, "lists",
                fmt::format("missing: target {} is of kind edl, so say where firewalls fetch its pages, "
                            "as in `lists: {{listen: 192.0.2.5:8444, tls: {{...}}}}`",
                            reading.config.list_tokens.begin()->first));
        }
        return;
    }
    yaml::Reader reader(*node, "lists", reading.problems);
    net::ListenOptions& listen = reading.config.lists.emplace();
    listen.port = 8444;
    listen.body_bytes_max = 4U << 10U;  // a fetch has none
    listen.strict_requests = true;
    reading.listen(reader, listen);
    if (const yaml::Node* tls = reader.optional("tls")) {
        yaml::Reader keys(*tls, "lists.tls", reading.problems);
        listen.tls = reading.identity(keys);
        keys.finish();
        reading.look_at(keys, *listen.tls);
    }
    const bool plain = reader.flag("plain", false);
    reader.finish();
    const bool loopback = ConfigReading::is_loopback(listen.address);
    if (!listen.tls && !loopback && !plain) {
        reading.problems.add(
            node->mark, "lists",
            "tokens and lists would cross the network in the clear: give `tls:`, listen on loopback, or "
            "say `plain: true`");
    }
    if (!needed) {
        reading.config.cautions.emplace_back("lists: no target is of kind edl, so there is no page to fetch");
    }
}

}  // namespace bridge::operate
