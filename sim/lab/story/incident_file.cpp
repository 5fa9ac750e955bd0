#include "sim/lab/story/incident_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "sim/fireeye/alert_types.hpp"
#include "sim/fireeye/notification.hpp"
#include "sim/fireeye/payload_rewrite.hpp"
#include "sim/fireeye/test_fire.hpp"
#include "sim/lab/story/notifications.hpp"
#include "yaml/document.hpp"
#include "yaml/reader.hpp"

namespace sim::lab {

namespace {

constexpr std::int64_t id_max = INT64_MAX;
constexpr std::int64_t first_id = 1001;
constexpr std::size_t incidents_max = 100'000;
constexpr std::int64_t diary_max = 100'000;  // about 30 MB: more than any bridge is set to take

class FileReader {
public:
    FileReader(const yaml::Node& root, yaml::Problems& problems) : problems_(problems), root_(root, "", problems) {}

    IncidentFile read() {
        if (const yaml::Node* node = root_.optional("appliance")) {
            out_.appliance = appliance(*node, "appliance", "nx");
        }
        if (const yaml::Node* node = root_.optional("through")) {
            out_.manager = appliance(*node, "through", "cm");
            if (out_.manager->product != "cm") {
                root_.complain(*node, "through",
                               fmt::format("a {} manages no sensors; a cm does", out_.manager->product));
            }
        }
        const std::string delivery = word(root_, "delivery", "per-event", {"per-event", "backlog", "digest"});
        out_.digest = delivery == "digest";
        out_.backlog = delivery == "backlog";
        out_.dual = word(root_, "ips_delivery", "instant", {"instant", "confirmation", "dual"}) == "dual";
        read_incidents();
        root_.finish();
        return std::move(out_);
    }

private:
    std::string word(yaml::Reader& from, std::string_view key, std::string_view fallback,
                     const std::vector<std::string>& words) {
        const yaml::Node* node = from.optional(key);
        const std::string text = node == nullptr ? std::string(fallback) : node->text;
        if (node != nullptr && std::find(words.begin(), words.end(), text) == words.end()) {
            from.complain(
                *node, key,
                fmt::format("'{}' is none of {}{}", text, fmt::join(words, ", "), yaml::did_you_mean(text, words)));
        }
        return text;
    }

    ApplianceSetup appliance(const yaml::Node& node, const std::string& path, const std::string& product) {
        yaml::Reader fields(node, path, problems_);
        ApplianceSetup out;
        out.product = fields.text("product", product);
        out.name = fields.text("name", out.product + "1.example.com");
        const bool is_hx = out.product == "hx";
        out.version = fields.text("version", is_hx ? "5.0" : out.version);
        out.format = fields.text("format", is_hx ? "json-normal" : out.format);
        out.id = fields.text("id", "");
        out.normalize_ips = fields.flag("normalize_ips", false);
        if (const yaml::Node* sensor = fields.optional("sensor")) {
            out.sensor = sensor_of(*sensor, path + ".sensor");
        }
        fields.finish();
        if (const auto known = fireeye::understand(profile_of(out)); !known) {
            problems_.add(node.mark, path, known.error());
        }
        return out;
    }

    fireeye::SensorProfile sensor_of(const yaml::Node& node, const std::string& path) {
        yaml::Reader fields(node, path, problems_);
        fireeye::SensorProfile out;
        out.name = fields.text("name", "");
        out.product = fields.text("product", "");
        out.version = fields.text("version", "");
        out.id = fields.text("id", "");
        out.ip = fields.text("ip", "");
        fields.finish();
        return out;
    }

    void read_incidents() {
        const yaml::Node* list = root_.required("incidents");
        if (list == nullptr) {
            return;
        }
        if (!list->is_list() || list->items.empty() || list->items.size() > incidents_max) {
            root_.complain(*list, "incidents", fmt::format("must be a list of 1 to {} incidents", incidents_max));
            return;
        }
        for (std::size_t i = 0; i < list->items.size(); ++i) {
            const yaml::Node& node = list->items[i];
            const std::size_t before = problems_.messages().size();
            fireeye::Incident incident = read_incident(node, i);
            if (problems_.messages().size() == before) {
                check(node, fmt::format("incidents[{}]", i), incident);
            }
            out_.incidents.push_back(std::move(incident));
        }
    }

    /// What the appliance cannot say is found here, and not when it is about to be sent.
    void check(const yaml::Node& node, const std::string& path, const fireeye::Incident& incident) {
        if (!out_.appliance) {
            return;
        }
        const auto profile = profile_of(*out_.appliance);
        const auto rendered = fireeye::render(profile, {&incident, 1});
        if (!rendered && fireeye::understand(profile)) {
            problems_.add(node.mark, path, rendered.error());
        }
    }

    fireeye::Incident read_incident(const yaml::Node& node, std::size_t index) {
        yaml::Reader fields(node, fmt::format("incidents[{}]", index), problems_);
        fireeye::Incident out;
        out.type = known_type(fields);
        out.id = number(fields, "id", first_id + static_cast<std::int64_t>(index));
        out.occurred = time(fields, story_begin + std::chrono::seconds(index));
        if (fields.flag("test_fire", false)) {
            const auto dialect = out_.appliance ? fireeye::understand(profile_of(*out_.appliance))
                                                : tl::expected<fireeye::Dialect, std::string>(fireeye::Dialect{});
            const auto observer = dialect ? dialect->sensor.product : fireeye::Product::nx;
            out = fireeye::test_fire(observer, out.type, out.id, out.occurred);
        } else {
            out.attacker = fields.required_text("attacker");
            out.victim = fields.required_text("victim");
        }
        read_facts(fields, out);
        read_network(fields, out);
        read_mail(fields, out);
        read_relations(fields, out);
        read_quirks(fields, out);
        fields.finish();
        return out;
    }

    std::string known_type(yaml::Reader& fields) {
        const yaml::Node* node = fields.required("type");
        if (node == nullptr) {
            return "";
        }
        std::vector<std::string> names;
        for (const std::string_view name : fireeye::all_types()) {
            names.emplace_back(name);
        }
        if (std::find(names.begin(), names.end(), node->text) == names.end()) {
            const std::string near = yaml::did_you_mean(node->text, names);
            fields.complain(*node, "type",
                            fmt::format("'{}' is no alert type{}", node->text,
                                        near.empty() ? fmt::format("; there are {}", fmt::join(names, ", ")) : near));
        }
        return node->text;
    }

    static std::uint64_t number(yaml::Reader& fields, std::string_view key, std::int64_t fallback) {
        return static_cast<std::uint64_t>(fields.number(key, fallback, 0, id_max));
    }

    static std::chrono::sys_seconds time(yaml::Reader& fields, std::chrono::sys_seconds fallback) {
        const yaml::Node* node = fields.optional("occurred");
        if (node == nullptr) {
            return fallback;
        }
        const auto when = fireeye::time_of(node->text);
        if (!when) {
            fields.complain(*node, "occurred",
                            fmt::format("'{}' is no time; write it as 2024-05-01T10:00:00Z", node->text));
        }
        return when.value_or(fallback);
    }

    static void read_facts(yaml::Reader& fields, fireeye::Incident& out) {
        out.severity = fields.text("severity", out.severity);
        out.malware = fields.text("malware", out.malware);
        out.action = fields.text("action", out.action);
        out.uuid = fields.text("uuid", "");
        if (fields.optional("malicious") != nullptr) {
            out.malicious = fields.flag("malicious", true);
        }
        out.archive = fields.flag("archive", false);
        out.diary = static_cast<std::uint32_t>(fields.number("diary", 0, 0, diary_max));
        out.attack_mode = fields.text("attack_mode", out.attack_mode);
        out.ips_normalized = fields.flag("ips_normalized", false);
        out.mvx_status = fields.text("mvx_status", out.mvx_status);
    }

    void read_network(yaml::Reader& fields, fireeye::Incident& out) {
        out.site = fields.text("site", out.site);
        out.victim_host = fields.text("victim_host", out.victim_host);
        out.vlan = fields.text("vlan", out.vlan);
        out.proxy = fields.text("proxy", "");
        out.proxy_port = fields.text("proxy_port", out.proxy_port);
        out.proxy_by_connect = fields.flag("proxy_by_connect", false);
        out.resolver = fields.text("resolver", "192.0.2.53");
        const yaml::Node* cnc = fields.optional("cnc");
        if (cnc == nullptr) {
            return;
        }
        out.cnc.clear();
        const std::vector<yaml::Node> all = cnc->is_list() ? cnc->items : std::vector<yaml::Node>{*cnc};
        for (std::size_t i = 0; i < all.size(); ++i) {
            out.cnc.push_back(service(all[i], fmt::format("{}[{}]", fields.path_of("cnc"), i)));
        }
    }

    /// An address or name alone, or a map.
    fireeye::CncService service(const yaml::Node& node, const std::string& path) {
        fireeye::CncService out;
        if (node.is_scalar()) {
            out.address = node.text;
            return out;
        }
        yaml::Reader fields(node, path, problems_);
        out.address = fields.required_text("address");
        out.port = fields.text("port", out.port);
        out.protocol = word(fields, "protocol", out.protocol, {"tcp", "udp"});
        out.channel = fields.text("channel", "");
        fields.finish();
        return out;
    }

    void read_mail(yaml::Reader& fields, fireeye::Incident& out) {
        const yaml::Node* node = fields.optional("mail");
        if (node == nullptr) {
            return;
        }
        yaml::Reader mail(*node, fields.path_of("mail"), problems_);
        out.mail.from = mail.text("from", out.mail.from);
        out.mail.to = mail.texts("to");
        out.mail.cc = mail.texts("cc");
        out.mail.subject = mail.text("subject", out.mail.subject);
        mail.finish();
    }

    static void read_relations(yaml::Reader& fields, fireeye::Incident& out) {
        out.parent = number(fields, "parent", 0);
        out.root_infection = number(fields, "root_infection", 0);
        if (fields.optional("cm_id") != nullptr) {
            out.cm_id = number(fields, "cm_id", 0);
        }
    }

    static void read_quirks(yaml::Reader& fields, fireeye::Incident& out) {
        std::vector<std::string> names;
        for (const auto& [name, member] : fireeye::quirk_names) {
            names.emplace_back(name);
        }
        for (const std::string& wanted : fields.texts("quirks")) {
            const auto* const found = std::find_if(fireeye::quirk_names.begin(), fireeye::quirk_names.end(),
                                                   [&](const auto& each) { return each.first == wanted; });
            if (found == fireeye::quirk_names.end()) {
                fields.complain(*fields.node().find("quirks"), "quirks",
                                fmt::format("'{}' is none of {}{}", wanted, fmt::join(names, ", "),
                                            yaml::did_you_mean(wanted, names)));
            } else {
                out.quirks.*(found->second) = true;
            }
        }
    }

    yaml::Problems& problems_;
    yaml::Reader root_;
    IncidentFile out_;
};

tl::expected<IncidentFile, std::vector<std::string>> read_tree(const tl::expected<yaml::Node, std::string>& root,
                                                               const std::string& file) {
    if (!root) {
        return tl::unexpected(std::vector<std::string>{root.error()});
    }
    yaml::Problems problems(file);
    IncidentFile read = FileReader(*root, problems).read();
    if (!problems.empty()) {
        return tl::unexpected(problems.messages());
    }
    return read;
}

}  // namespace

tl::expected<IncidentFile, std::vector<std::string>> read_incidents(std::string_view text, const std::string& file) {
    return read_tree(yaml::parse(text, file), file);
}

tl::expected<IncidentFile, std::vector<std::string>> load_incidents(const std::string& file) {
    return read_tree(yaml::load(file), file);
}

}  // namespace sim::lab
