#include "sim/lab/story/scenario_reader.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <utility>

#include "sim/fireeye/send_fault.hpp"
#include "sim/lab/story/fields.hpp"
#include "sim/lab/story/incident_file.hpp"
#include "sim/lab/story/keys.hpp"
#include "sim/lab/story/notifications.hpp"
#include "yaml/writer.hpp"

namespace sim::lab {

namespace {

namespace fs = std::filesystem;

bool is_address(const std::string& text) {
    std::array<unsigned char, 16> bytes{};
    return inet_pton(AF_INET, text.c_str(), bytes.data()) == 1 || inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1;
}

bool is_host_name(const std::string& text) {
    const bool letters = std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
               c == '_';
    });
    const bool digits_only =
        std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
    return letters && !digits_only && text.size() <= 253 && text.find('.') != std::string::npos;
}

/// What a step does, in one line; a password is nobody's business.
std::string told(yaml::Node step) {
    for (yaml::Entry& entry : step.entries) {
        for (yaml::Entry& inner : entry.value.entries) {
            if (inner.key == "password") {
                inner.value = yaml::scalar("***");
            }
        }
    }
    std::string line = yaml::in_one_line(step);
    if (line.size() >= 2 && line.front() == '{') {
        line = line.substr(1, line.size() - 2);
    }
    constexpr std::size_t told_max = 240;
    if (line.size() > told_max) {
        line = line.substr(0, told_max) + "...";
    }
    return line;
}

class ScenarioReader {
public:
    ScenarioReader(const yaml::Node& root, const std::string& file, yaml::Problems& problems)
        : root_(root, scenario_keys(), "", problems), file_(file), problems_(problems) {
        scenario_.file = file;
    }

    Scenario read() {
        scenario_.title = root_.text("scenario").value_or("");
        scenario_.tags = root_.texts("tags");
        const std::string worlds = root_.text("world").value_or("any");
        scenario_.worlds = worlds == "virtual" ? Scenario::Worlds::virtual_only
                           : worlds == "real"  ? Scenario::Worlds::real
                                               : Scenario::Worlds::any;
        read_firewalls();
        read_appliances();
        read_bridge(root_.section("bridge"));
        read_steps();
        read_load();
        return std::move(scenario_);
    }

private:
    // ---- who is there

    template <class Take>
    void each_named(std::string_view key, const Take& take) {
        const yaml::Node* all = root_.find(key);
        if (all == nullptr || !all->is_map()) {
            return;
        }
        const Section& section = *scenario_keys().find(key)->section;
        for (const yaml::Entry& entry : all->entries) {
            take(entry, Fields(entry.value, section, fmt::format("{}.{}", key, entry.key), problems_));
        }
    }

    void read_firewalls() {
        each_named("firewalls", [&](const yaml::Entry& entry, const Fields& fields) {
            FirewallSetup firewall;
            firewall.name = entry.key;
            firewall.version = fields.text("version").value_or(firewall.version);
            firewall.model = fields.text("model").value_or(firewall.model);
            firewall.commit_time = fields.duration("commit_time").value_or(firewall.commit_time);
            firewall.boot_time = fields.duration("boot_time").value_or(firewall.boot_time);
            firewall.prepared = fields.flag("prepared").value_or(true);
            firewall.load = existing_file(fields, "load");
            const std::string certificate = fields.text("certificate").value_or("ok");
            firewall.certificate = certificate == "untrusted"    ? FirewallSetup::Certificate::untrusted
                                   : certificate == "expired"    ? FirewallSetup::Certificate::expired
                                   : certificate == "other-name" ? FirewallSetup::Certificate::other_name
                                                                 : FirewallSetup::Certificate::ok;
            firewall.administrators = fields.texts("administrators");
            firewall.multi_vsys = fields.flag("multi_vsys").value_or(false);
            firewall.panorama = fields.text("panorama").value_or("");
            firewall.device_group = fields.text("device_group").value_or("");
            firewall.ha_peer = fields.text("ha_peer").value_or("");
            if (firewall.panorama.empty() != firewall.device_group.empty()) {
                fields.complain("device_group", "panorama and device_group belong together");
            }
            // What is pushed to it would be there twice.
            firewall.prepared = firewall.prepared && firewall.panorama.empty();
            scenario_.firewalls.push_back(std::move(firewall));
        });
        each_named("firewalls", [&](const yaml::Entry& entry, const Fields& fields) {
            for (const std::string_view key : {"panorama", "ha_peer"}) {
                const auto name = fields.text(key);
                const FirewallSetup* const other = name ? scenario_.firewall(*name) : nullptr;
                if (name && (other == nullptr || *name == entry.key)) {
                    fields.complain(key, fmt::format("there is no other firewall '{}'", *name));
                } else if (other != nullptr && other->is_panorama() != (key == "panorama")) {
                    fields.complain(key, fmt::format("'{}' is {} Panorama", *name, other->is_panorama() ? "a" : "no"));
                }
            }
        });
        if (root_.node().find("firewalls") != nullptr && scenario_.firewalls.empty()) {
            root_.complain("firewalls", "names no firewall; a story needs one");
        }
    }

    void read_appliances() {
        each_named("appliances", [&](const yaml::Entry& entry, const Fields& fields) {
            ApplianceSetup appliance;
            appliance.name = entry.key;
            appliance.product = fields.text("product").value_or(appliance.product);
            appliance.version = fields.text("version").value_or(appliance.version);
            appliance.format = fields.text("format").value_or(appliance.format);
            appliance.user = fields.text("user").value_or("");
            appliance.password = fields.text("password").value_or("");
            const std::string certificate = fields.text("certificate").value_or("none");
            appliance.certificate = certificate == "trusted"     ? ApplianceSetup::Certificate::trusted
                                    : certificate == "untrusted" ? ApplianceSetup::Certificate::untrusted
                                                                 : ApplianceSetup::Certificate::none;
            appliance.address = fields.text("address").value_or("");
            if (!appliance.address.empty() &&
                !(appliance.address.starts_with("127.") && is_address(appliance.address))) {
                fields.complain("address", fmt::format("'{}' is no loopback address, 127.0.0.0/8", appliance.address));
            }
            appliance.id = fields.text("id").value_or("");
            appliance.normalize_ips = fields.flag("normalize_ips").value_or(false);
            if (appliance.product == "hx") {
                appliance.version = fields.text("version").value_or("5.0");
                appliance.format = fields.text("format").value_or("json-normal");
            }
            if (const auto known = fireeye::understand(profile_of(appliance)); !known) {
                fields.complain(known.error());
            }
            scenario_.appliances.push_back(std::move(appliance));
        });
    }

    // ---- the bridge

    void read_bridge(const std::optional<Fields>& fields) {
        BridgeSetup& bridge = scenario_.bridge;
        if (fields) {
            read_targets(*fields);
            if (const auto policy = fields->section("policy")) {
                bridge.policy = policy->node().entries;
            }
            if (const auto site = fields->section("site")) {
                bridge.site = site->node().entries;
            }
            if (const yaml::Node* appliances = fields->find("appliances")) {
                bridge.appliances = appliances->entries;
            }
            if (const yaml::Node* files = fields->find("files")) {
                for (const yaml::Entry& entry : files->entries) {
                    must_be_file_name(*fields, "files", entry.key);
                    bridge.files[entry.key] = entry.value.text;
                }
            }
            if (const auto intake = fields->section("intake")) {
                read_intake(*intake);
            }
            if (const auto store = fields->section("store")) {
                bridge.store_script = existing_file(*store, "script");
                std::copy_if(store->node().entries.begin(), store->node().entries.end(),
                             std::back_inserter(bridge.store), [](const auto& entry) { return entry.key != "script"; });
            }
            if (const auto operate = fields->section("operate")) {
                bridge.operate = operate->node().entries;
            }
        }
        if (!fields || fields->find("targets") == nullptr) {
            for (const FirewallSetup& firewall : scenario_.firewalls) {
                const std::string& peer = scenario_.ha_peer_of(firewall.name);
                const bool second = !peer.empty() && scenario_.comes_before(peer, firewall.name);
                if (firewall.panorama.empty() && !second) {
                    add_target(firewall.name);
                }
            }
        }
        for (TargetSetup& target : bridge.targets) {
            on_panorama(target);
        }
    }

    /// A Panorama needs a device group: what the target says, or that of the first firewall which it manages.
    void on_panorama(TargetSetup& target) const {
        const FirewallSetup* const firewall = scenario_.firewall(target.firewall);
        if (firewall == nullptr || !firewall->is_panorama()) {
            return;
        }
        for (const FirewallSetup& each : scenario_.firewalls) {
            if (target.device_group.empty() && each.panorama == target.firewall) {
                target.device_group = each.device_group;
            }
        }
    }

    TargetSetup& add_target(const std::string& firewall) {
        TargetSetup target;
        target.firewall = firewall;
        scenario_.bridge.targets.push_back(std::move(target));
        return scenario_.bridge.targets.back();
    }

    void read_targets(const Fields& bridge) {
        const yaml::Node* targets = bridge.find("targets");
        if (targets == nullptr) {
            return;
        }
        for (const yaml::Node& item : targets->items) {
            known_firewall(item, bridge.path_of("targets"), item.text);
            add_target(item.text);
        }
        for (const yaml::Entry& entry : targets->entries) {
            const yaml::Node* kind = entry.value.find("kind");
            if (kind != nullptr && kind->text == "edl") {
                read_list_target(bridge, entry);
                continue;
            }
            yaml::Node at;
            at.mark = entry.mark;
            known_firewall(at, bridge.path_of("targets"), entry.key);
            TargetSetup& target = add_target(entry.key);
            for (const yaml::Entry& setting : entry.value.entries) {
                target.dynamic = target.dynamic || (setting.key == "mode" && setting.value.text == "dynamic");
                if (setting.key == "tag") {
                    target.tag = setting.value.text;
                }
                if (setting.key == "user") {
                    target.user = setting.value.text;
                } else if (setting.key == "device_group") {
                    target.device_group = setting.value.text;
                } else if (setting.key == "insecure") {
                    target.insecure = setting.value.text == "true" || setting.value.text == "yes";
                } else {
                    if (setting.key == "group") {
                        target.group = setting.value.text;
                    }
                    target.settings.push_back(setting);
                }
            }
        }
        if (targets->is_scalar()) {
            known_firewall(*targets, bridge.path_of("targets"), targets->text);
            add_target(targets->text);
        }
    }

    void read_list_target(const Fields& bridge, const yaml::Entry& entry) {
        TargetSetup& target = add_target(entry.key);
        target.list = true;
        const Section& section = *scenario_keys().find("bridge")->section->find("targets")->section;
        const Fields fields(entry.value, section, fmt::format("{}.{}", bridge.path_of("targets"), entry.key),
                            problems_);
        target.fetched_by = fields.texts("firewalls");
        const yaml::Node* named = fields.find("firewalls");
        if (named == nullptr && scenario_.firewall(entry.key) != nullptr) {
            target.fetched_by = {entry.key};
        }
        for (const std::string& firewall : target.fetched_by) {
            known_firewall(named == nullptr ? entry.value : *named, fields.path_of("firewalls"), firewall);
        }
        target.refresh = fields.flag("refresh").value_or(false);
        target.fetch_token = fields.text("fetch_token").value_or("");
        constexpr std::array lab_only{"kind", "firewalls", "refresh", "fetch_token"};
        for (const yaml::Entry& setting : entry.value.entries) {
            if (std::find(lab_only.begin(), lab_only.end(), setting.key) == lab_only.end()) {
                target.settings.push_back(setting);
            }
        }
    }

    void read_intake(const Fields& intake) {
        BridgeSetup& bridge = scenario_.bridge;
        bridge.tls = intake.flag("tls").value_or(false);
        bridge.client_certificates = intake.flag("client_certificates").value_or(false);
        for (const yaml::Entry& entry : intake.node().entries) {
            if (entry.key == "client_names" || entry.key == "old_appliances") {
                bridge.tls_settings.push_back(entry);
            } else if (entry.key != "users" && entry.key != "tls" && entry.key != "client_certificates") {
                bridge.intake.push_back(entry);
            }
        }
        for (const std::string_view key : {"client_certificates", "client_names", "old_appliances"}) {
            if (!bridge.tls && intake.find(key) != nullptr) {
                intake.complain(key, "is about TLS; say `tls: true` as well");
            }
        }
        const yaml::Node* users = intake.find("users");
        if (users == nullptr) {
            return;
        }
        for (const yaml::Entry& entry : users->entries) {
            const yaml::Node* password = entry.value.find("password");
            const yaml::Node* hashed = entry.value.find("hashed");
            bridge.users.push_back({entry.key, password == nullptr ? password_of(entry.key) : password->text,
                                    hashed != nullptr && (hashed->text == "true" || hashed->text == "yes")});
        }
        for (const std::string& name : intake.texts("users")) {
            bridge.users.push_back({name, password_of(name)});
        }
        for (const BridgeUser& user : bridge.users) {
            if (user.password.empty()) {
                intake.complain("users", fmt::format("'{}' has no password here and with no appliance", user.name));
            }
        }
    }

    std::string password_of(const std::string& user) const {
        for (const ApplianceSetup& appliance : scenario_.appliances) {
            if (appliance.user == user) {
                return appliance.password;
            }
        }
        return "";
    }

    // ---- what happens

    void read_load() {
        const auto fields = root_.section("load");
        if (!fields) {
            return;
        }
        LoadSetup load;
        load.mark = fields->node().mark;
        const std::string first = scenario_.appliances.empty() ? "" : scenario_.appliances.front().name;
        load.from = fields->text("from").value_or(first);
        if (scenario_.appliance(load.from) == nullptr) {
            fields->complain("from", fmt::format("there is no appliance '{}'", load.from));
        }
        load.rate_per_s = fields->rate("rate").value_or(0);
        load.duration = fields->duration("duration").value_or(load.duration);
        load.poisson = fields->text("shape") == "poisson";
        for (const std::string& text : fields->texts("burst")) {
            const auto burst = load::parse_burst(text);
            burst ? load.bursts.push_back(*burst) : fields->complain("burst", burst.error());
        }
        for (const std::string& name : fields->texts("firewalls")) {
            const TargetSetup* const target = scenario_.target_of(name);
            if (target == nullptr || target->list) {
                fields->complain("firewalls", fmt::format("the bridge blocks on no firewall '{}'", name));
            }
            load.firewalls.push_back(name);
        }
        load.within = fields->duration("within").value_or(load.within);
        if (const auto most = fields->section("time_to_block")) {
            load.p50 = most->duration("p50");
            load.p99 = most->duration("p99");
            load.max = most->duration("max");
        }
        if ((load.rate_per_s > 0) != (load.duration.count() > 0) ||
            (load.rate_per_s == 0 && fields->texts("burst").empty())) {
            fields->complain("give `rate` with `duration`, or `burst`, or all three");
        }
        for (const Step& step : scenario_.steps) {
            const auto* power = std::get_if<Power>(&step.action);
            if (power != nullptr && power->firewall.empty()) {
                problems_.add(step.mark, "steps",
                              "the bridge cannot be stopped under a `load`, which would be refused");
            }
        }
        scenario_.load = std::move(load);
    }

    void read_steps() {
        const yaml::Node* steps = root_.find("steps");
        if (steps == nullptr || !steps->is_list()) {
            return;
        }
        const Section& section = *scenario_keys().find("steps")->section;
        for (std::size_t i = 0; i < steps->items.size(); ++i) {
            const yaml::Node& node = steps->items[i];
            if (!node.is_map() || node.entries.size() != 1) {
                continue;
            }
            const Fields fields(node, section, fmt::format("steps[{}]", i), problems_);
            if (auto action = read_action(fields, node.entries.front().key)) {
                scenario_.steps.push_back(Step{node.mark, told(node), std::move(*action)});
            }
        }
        for (std::size_t i = 0; i + 1 < scenario_.steps.size(); ++i) {
            auto* send = std::get_if<Send>(&scenario_.steps[i].action);
            const auto* expect = std::get_if<Expect>(&scenario_.steps[i + 1].action);
            if (send != nullptr && expect != nullptr && expect->sent) {
                send->judged_later = true;
            }
        }
    }

    std::optional<Action> read_action(const Fields& step, const std::string& verb) {
        if (scenario_keys().find("steps")->section->find(verb) == nullptr) {
            return std::nullopt;  // reported as an unknown key
        }
        if (verb == "kill" || verb == "stop" || verb == "start" || verb == "restart") {
            return read_power(step, verb);
        }
        if (verb == "wait") {
            if (scenario_.worlds != Scenario::Worlds::virtual_only) {
                step.complain(
                    "wait",
                    "time is only waited for in the virtual world; say `world: virtual`, or what to wait for "
                    "with `expect: {..., within: ...}`, or what must not happen with `expect: {..., for: ...}`");
            }
            return Wait{step.duration("wait").value_or(Millis{0})};
        }
        if (verb == "renew_certificate") {
            return RenewCertificate{};
        }
        if (verb == "mark") {
            return read_mark(step);
        }
        const auto fields = step.section(verb);
        if (!fields) {
            return std::nullopt;
        }
        if (verb == "operator") {
            return read_order(*fields);
        }
        if (verb == "write") {
            return read_write(*fields);
        }
        if (verb == "send") {
            return read_send(*fields);
        }
        if (verb == "expect") {
            return read_expect(*fields);
        }
        if (verb == "fault") {
            return read_fault(*fields);
        }
        if (verb == "clear_faults") {
            return ClearFaults{firewall_named(*fields)};
        }
        if (verb == "reload") {
            BridgeSetup before = std::exchange(scenario_.bridge, {});
            read_bridge(fields);
            return Reload{std::exchange(scenario_.bridge, std::move(before))};
        }
        if (verb == "failover" || verb == "repair" || verb == "disconnect" || verb == "reconnect") {
            return read_fleet_event(*fields, verb);
        }
        if (verb == "lock" || verb == "unlock") {
            return Lock{firewall_named(*fields), fields->text("kind").value_or("commit") == "commit",
                        administrator_named(*fields), fields->text("comment").value_or(""), verb == "lock"};
        }
        if (verb == "edit") {
            return read_edit(*fields);
        }
        if (verb == "commit") {
            return CommitBy{firewall_named(*fields), administrator_named(*fields)};
        }
        if (verb == "reboot") {
            return Reboot{firewall_named(*fields)};
        }
        if (verb == "register" || verb == "unregister") {
            return read_registration(*fields, verb == "register");
        }
        if (verb == "refresh") {
            const std::string page = fields->text("page").value_or("ip");
            return RefreshBy{firewall_named(*fields), administrator_named(*fields), page,
                             fmt::format("{}-{}", list_named(*fields), page)};
        }
        if (verb == "fetch") {
            return read_fetch(*fields);
        }
        if (verb == "load") {
            return Load{firewall_named(*fields), existing_file(*fields, "file")};
        }
        return std::nullopt;
    }

    Mark read_mark(const Fields& step) {
        Mark mark{step.text("mark").value_or(""), {}};
        if (!marks_.insert(mark.name).second) {
            step.complain("mark", fmt::format("there is a mark '{}' already", mark.name));
        }
        for (const FirewallSetup& firewall : scenario_.firewalls) {
            mark.firewalls.push_back(firewall.name);
        }
        return mark;
    }

    WriteFile read_write(const Fields& fields) {
        WriteFile write{fields.text("file").value_or(""), fields.text("text").value_or("")};
        if (!scenario_.bridge.files.contains(write.name)) {
            fields.complain("file", fmt::format("'{}' is not in bridge.files", write.name));
        }
        return write;
    }

    std::optional<Action> read_order(const Fields& fields) {
        constexpr std::array<std::string_view, 7> verbs{"release",  "drop",  "unblock", "block",
                                                        "rollback", "pause", "resume"};
        std::string_view verb;
        for (const std::string_view each : verbs) {
            if (fields.find(each) == nullptr) {
                continue;
            }
            if (!verb.empty()) {
                fields.complain(each, fmt::format("one order at a time, and there is {} already", verb));
                return std::nullopt;
            }
            verb = each;
        }
        if (verb.empty()) {
            fields.complain(fmt::format("must be one of {}", fmt::join(verbs, ", ")));
            return std::nullopt;
        }
        Order order;
        std::vector<std::pair<std::string, std::string>> parameters;
        const bool at_target = verb == "pause" || verb == "resume";
        const bool may_be_all = verb == "release" || verb == "drop";
        if (const auto rollback = fields.section("rollback")) {
            for (const std::string_view key : {"last", "since", "dry_run"}) {
                if (const yaml::Node* value = rollback->find(key)) {
                    parameters.emplace_back(key, value->text);
                }
            }
        } else {
            const std::string subject = fields.text(verb).value_or("");
            const std::string appliance = fields.text("appliance").value_or("");
            if (at_target) {
                known_firewall(*fields.find(verb), fields.path_of(verb), subject);
                parameters.emplace_back("target", subject);
            } else if (may_be_all && subject == "all") {
                parameters.emplace_back(appliance.empty() ? "all" : "appliance",
                                        appliance.empty() ? "true" : appliance);
            } else {
                parameters.emplace_back("indicator", subject);
            }
            if (verb == "unblock") {
                order.unblocks = subject;
            }
        }
        for (const std::string_view key : {"for", "reason"}) {
            if (const auto value = fields.text(key)) {
                parameters.emplace_back(key, *value);
            }
        }
        if (const auto target = fields.text("target")) {
            if (verb != "block") {
                fields.complain("target", "belongs to block");
            }
            parameters.emplace_back("target", *target);
        }
        if (fields.find("appliance") != nullptr && (!may_be_all || fields.text(verb).value_or("") != "all")) {
            fields.complain("appliance", "belongs to `release: all` and `drop: all`");
        }
        order.path = fmt::format("/{}", verb);
        for (std::size_t i = 0; i < parameters.size(); ++i) {
            order.path +=
                fmt::format("{}{}={}", i == 0 ? '?' : '&', parameters[i].first, percent_encoded(parameters[i].second));
        }
        order.answered.status = static_cast<unsigned>(fields.count("answered").value_or(order.answered.status));
        order.says = fields.text("says").value_or("");
        return order;
    }

    std::optional<Action> read_power(const Fields& step, const std::string& verb) {
        Power power;
        power.verb = verb == "kill"    ? PowerVerb::kill
                     : verb == "stop"  ? PowerVerb::stop
                     : verb == "start" ? PowerVerb::start
                                       : PowerVerb::restart;
        if (step.find(verb)->is_map()) {
            const auto fields = step.section(verb);
            power.firewall = firewall_named(*fields);
            if (power.firewall.empty()) {
                return std::nullopt;
            }
        }
        return power;
    }

    FleetEvent read_fleet_event(const Fields& fields, const std::string& verb) {
        using enum FleetEvent::Kind;
        FleetEvent event;
        event.firewall = firewall_named(fields);
        event.kind = verb == "failover"     ? failover
                     : verb == "repair"     ? repair
                     : verb == "disconnect" ? disconnect
                                            : reconnect;
        const FirewallSetup* const firewall = scenario_.firewall(event.firewall);
        const bool of_pair = event.kind == failover || event.kind == repair;
        if (firewall != nullptr && of_pair && scenario_.ha_peer_of(event.firewall).empty()) {
            fields.complain("firewall", fmt::format("'{}' is in no HA pair", event.firewall));
        } else if (firewall != nullptr && !of_pair && firewall->panorama.empty()) {
            fields.complain("firewall", fmt::format("'{}' has no Panorama", event.firewall));
        }
        return event;
    }

    Send read_send(const Fields& fields) {
        Send send;
        send.from = fields.text("from").value_or("");
        if (!send.from.empty() && scenario_.appliance(send.from) == nullptr) {
            std::vector<std::string> names;
            for (const ApplianceSetup& appliance : scenario_.appliances) {
                names.push_back(appliance.name);
            }
            fields.complain(
                "from", fmt::format("there is no appliance '{}'{}", send.from, yaml::did_you_mean(send.from, names)));
        }
        send.type = fields.text("type").value_or(send.type);
        send.attackers = fields.texts("attacker");
        must_be_indicators(fields, "attacker", send.attackers);
        send.victim = fields.text("victim").value_or(send.victim);
        if (!is_address(send.victim) && send.victim.find('@') == std::string::npos) {
            fields.complain("victim", fmt::format("'{}' is no address, nor a mail address", send.victim));
        }
        send.severity = fields.text("severity").value_or(send.severity);
        send.malware = fields.text("malware").value_or("");
        if (const auto id = fields.count("id")) {
            send.id = *id;
        }
        send.count = fields.count("count").value_or(0);
        send.rate_per_s = fields.rate("rate").value_or(0);
        send.alerts_per_body = fields.count("alerts_per_body").value_or(1);
        send.format = fields.text("format").value_or("");
        send.file = existing_file(fields, "file");
        send.body = fields.text("body");
        send.padded_to_bytes = fields.size("padded_to").value_or(0);
        send.user = fields.text("user");
        send.password = fields.text("password");
        read_ways(fields, send);
        if (const auto answered = fields.text("answered")) {
            send.answered = read_answer(*answered, fields.count("answered"));
        }
        check_send(fields, send);
        check_alert(fields, send);
        return send;
    }

    /// How it is sent, and what becomes of a payload before that.
    void read_ways(const Fields& fields, Send& send) {
        send.test_fire = fields.flag("test_fire").value_or(false);
        send.dual = fields.flag("dual").value_or(false);
        send.backlog = fields.flag("backlog").value_or(false);
        send.resend = fields.count("resend").value_or(0);
        send.content_type = fields.text("content_type").value_or("");
        send.now = fields.flag("now").value_or(false);
        send.new_ids = fields.flag("new_ids").value_or(false);
        if (const yaml::Node* replace = fields.find("replace")) {
            for (const yaml::Entry& entry : replace->entries) {
                send.replace.emplace_back(entry.key, entry.value.text);
            }
        }
        if (const auto said = fields.text("fault")) {
            const auto fault = fireeye::parse_fault(*said);
            if (!fault) {
                fields.complain("fault", fault.error());
            } else {
                send.fault = *fault;
            }
        }
        send.through = fields.text("through").value_or("");
        if (const ApplianceSetup* manager = scenario_.appliance(send.through);
            !send.through.empty() && (manager == nullptr || manager->product != "cm")) {
            fields.complain("through", fmt::format("there is no appliance '{}' that is a cm", send.through));
            send.through.clear();
        }
        read_incident_file(fields, send);
    }

    void read_incident_file(const Fields& fields, Send& send) {
        const std::string file = existing_file(fields, "incidents");
        if (file.empty()) {
            return;
        }
        auto read = load_incidents(file);
        if (!read) {
            for (const std::string& complaint : read.error()) {
                fields.complain("incidents", complaint);
            }
            return;
        }
        if (read->appliance || read->manager) {
            fields.complain("incidents", "the file names its own appliance; here `from` and `through` say who reports");
        }
        send.incidents = std::move(read->incidents);
        send.dual = send.dual || read->dual;
        send.backlog = send.backlog || read->backlog;
        if (read->digest) {
            send.alerts_per_body = send.incidents.size();
        }
    }

    /// The mock appliance is asked here, so that a scenario which cannot be played is found without playing it.
    void check_alert(const Fields& fields, const Send& send) const {
        const ApplianceSetup* appliance = scenario_.appliance(send.from);
        if (appliance == nullptr || (send.attackers.empty() && !send.test_fire && send.incidents.empty())) {
            return;
        }
        const auto dialect = fireeye::understand(profile_of(*appliance, send.format));
        if (!dialect) {
            if (!send.format.empty()) {
                fields.complain("format", dialect.error());
            }
            return;
        }
        Send one = send;
        one.count = 1;
        one.alerts_per_body = 1;
        one.padded_to_bytes = 0;
        const SendContext context{scenario_.appliance(send.through)};
        const std::vector<std::string> nobody{""};  // the alerts name their attackers themselves
        for (const std::string& attacker : send.attackers.empty() ? nobody : send.attackers) {
            if (!attacker.empty()) {
                one.attackers = {attacker};
            }
            AlertIds ids(0);
            if (const auto rendered = notifications_of(one, *appliance, ids, context); !rendered) {
                fields.complain(fields.find("type") == nullptr ? "attacker" : "type", rendered.error());
                return;
            }
        }
    }

    static Answer read_answer(const std::string& text, std::optional<std::size_t> status) {
        if (status) {
            return {Answer::Kind::status, static_cast<unsigned>(*status)};
        }
        return {text == "none" ? Answer::Kind::none : Answer::Kind::any, 0};
    }

    void check_send(const Fields& fields, const Send& send) const {
        const auto has = [&](std::string_view key) { return fields.find(key) != nullptr; };
        const int sources = (has("attacker") ? 1 : 0) + (has("file") ? 1 : 0) + (send.body ? 1 : 0) +
                            (send.test_fire ? 1 : 0) + (has("incidents") ? 1 : 0);
        if (sources != 1) {
            fields.complain("attacker",
                            "a send needs one of attacker, file, body, test_fire and incidents, and only one");
        }
        for (const std::string_view key : {"replace", "now", "new_ids"}) {
            if (has(key) && !has("file") && !has("body")) {
                fields.complain(key, "changes a payload that is there; it needs a file or a body");
            }
        }
        for (const std::string_view key : {"through", "dual", "backlog"}) {
            if (has(key) && (has("file") || has("body"))) {
                fields.complain(key, "is about alerts that the appliance makes, and here is a payload");
            }
        }
        if (has("dual") && send.incidents.empty() && send.type != "ips-event") {
            fields.complain("dual", "only ips events are sent twice; say `type: ips-event`");
        }
        constexpr std::size_t resend_max = 1000;
        if (send.resend > resend_max) {
            fields.complain("resend", fmt::format("must be at most {}", resend_max));
        }
        if (send.fault && !send.fault->is_of_body() && scenario_.worlds == Scenario::Worlds::virtual_only) {
            fields.complain("fault",
                            "is about how bytes travel, and the virtual world has no socket; it needs the real "
                            "one, without `world: virtual`");
        }
        if (fields.find("attacker") != nullptr && send.attackers.empty()) {
            fields.complain("attacker", "names nobody");
        }
        constexpr std::size_t alerts_max = 100'000;
        if (fields.find("count") != nullptr && (send.count == 0 || send.count > alerts_max)) {
            fields.complain("count", fmt::format("must be from 1 to {}", alerts_max));
        }
        if (send.alerts_per_body == 0) {
            fields.complain("alerts_per_body", "must be at least 1");
        }
    }

    std::optional<Action> read_expect(const Fields& fields) {
        Expect expect;
        expect.within = fields.duration("within").value_or(Millis{0});
        expect.hold = fields.duration("for").value_or(Millis{0});
        const bool firewall = fields.find("firewall") != nullptr;
        const bool bridge =
            fields.find("bridge") != nullptr || fields.find("block") != nullptr || fields.find("why") != nullptr;
        const bool sent = fields.find("sent") != nullptr;
        if ((firewall ? 1 : 0) + (bridge ? 1 : 0) + (sent ? 1 : 0) != 1) {
            fields.complain("must be about one of: firewall, bridge (or block, why), sent");
            return std::nullopt;
        }
        for (const std::string_view key : firewall_only) {
            if (!firewall && fields.find(key) != nullptr) {
                fields.complain(key, "is asked of a firewall; say which with `firewall: NAME`");
            }
        }
        if (firewall) {
            expect.firewall = read_firewall_expectation(fields);
        } else if (bridge) {
            expect.bridge = read_bridge_expectation(fields);
        } else {
            expect.sent = read_sent_expectation(fields);
        }
        return expect;
    }

    ExpectFirewall read_firewall_expectation(const Fields& fields) {
        ExpectFirewall expect;
        expect.firewall = firewall_named(fields);
        expect.blocked = fields.texts("blocked");
        must_be_indicators(fields, "blocked", expect.blocked);
        expect.not_blocked = fields.texts("not_blocked");
        must_be_indicators(fields, "not_blocked", expect.not_blocked);
        if (const auto traffic = fields.section("traffic")) {
            expect.traffic = read_traffic(*traffic);
        }
        if ((fields.find("traffic") == nullptr) != (fields.find("verdict") == nullptr)) {
            fields.complain("traffic", "traffic and verdict belong together: what is sent, and what becomes of it");
        }
        expect.verdict_deny = fields.text("verdict").value_or("deny") == "deny";
        expect.commits = fields.range("commits");
        expect.failed_commits = fields.range("failed_commits");
        expect.committing = fields.flag("committing");
        expect.api_calls = fields.range("api_calls");
        expect.calls = fields.ranges("calls");
        expect.running = read_place(fields, "running");
        expect.candidate = read_place(fields, "candidate");
        if (const auto pending = fields.section("pending")) {
            expect.pending = ExpectFirewall::Pending{administrator_named(*pending, expect.firewall),
                                                     pending->flag("changes").value_or(true)};
        }
        expect.running_as_at = fields.text("running_as_at").value_or("");
        if (!expect.running_as_at.empty() && !marks_.contains(expect.running_as_at)) {
            fields.complain("running_as_at", fmt::format("no step before has the mark '{}'", expect.running_as_at));
        }
        const bool asks = std::any_of(firewall_only.begin(), firewall_only.end(),
                                      [&](std::string_view key) { return fields.find(key) != nullptr; });
        if (!asks) {
            fields.complain("firewall",
                            fmt::format("nothing is expected of it; add one of {}", fmt::join(firewall_only, ", ")));
        }
        return expect;
    }

    static Traffic read_traffic(const Fields& fields) {
        Traffic traffic;
        traffic.from = fields.text("from").value_or("");
        traffic.to = fields.text("to").value_or("");
        traffic.from_zone = fields.text("from_zone").value_or(traffic.from_zone);
        traffic.to_zone = fields.text("to_zone").value_or(traffic.to_zone);
        const std::size_t port = fields.count("port").value_or(traffic.port);
        if (port > 65535) {
            fields.complain("port", "is above 65535");
        }
        traffic.port = static_cast<std::uint16_t>(port);
        traffic.vsys = fields.text("vsys").value_or(traffic.vsys);
        if (!traffic.from.empty() && !is_address(traffic.from)) {
            fields.complain("from", fmt::format("'{}' is no address", traffic.from));
        }
        must_be_indicators(fields, "to", {traffic.to});
        return traffic;
    }

    static std::optional<Place> read_place(const Fields& fields, std::string_view key) {
        const auto found = fields.section(key);
        if (!found) {
            return std::nullopt;
        }
        Place place;
        place.xpath = found->text("xpath").value_or("");
        place.contains = found->texts("contains");
        place.lacks = found->texts("lacks");
        place.exists = found->flag("exists");
        place.count = found->range("count");
        if (place.contains.empty() && place.lacks.empty() && !place.exists && !place.count) {
            found->complain("xpath", "nothing is expected there; add contains, lacks, exists or count");
        }
        return place;
    }

    ExpectBridge read_bridge_expectation(const Fields& fields) {
        ExpectBridge expect;
        if (const yaml::Node* facts = fields.find("bridge")) {
            read_facts(*facts, {}, expect.facts);
            if (expect.facts.empty()) {
                fields.complain("bridge", "expects nothing");
            }
        }
        if (const auto block = fields.section("block")) {
            ExpectBridge::Block wanted;
            wanted.indicators = block->texts("indicator");
            must_be_blockable(*block, "indicator", wanted.indicators);
            wanted.state = block->text("state").value_or("");
            wanted.reason = block->text("reason").value_or("");
            wanted.target = block->text("target").value_or("");
            if (wanted.state.empty() && wanted.reason.empty()) {
                block->complain("state", "nothing is expected of the block; add state or reason");
            }
            expect.block = std::move(wanted);
        }
        if (const auto why = fields.section("why")) {
            ExpectBridge::Why wanted{why->text("indicator").value_or(""), why->texts("contains"), why->texts("lacks")};
            must_be_blockable(*why, "indicator", {wanted.indicator});
            if (wanted.contains.empty() && wanted.lacks.empty()) {
                why->complain("contains", "nothing is expected; add contains or lacks");
            }
            expect.why = std::move(wanted);
        }
        return expect;
    }

    static void read_facts(const yaml::Node& node, const std::vector<std::string>& above, std::vector<Fact>& into) {
        for (const yaml::Entry& entry : node.entries) {
            std::vector<std::string> path = above;
            for (std::size_t start = 0; start <= entry.key.size();) {
                const std::size_t dot = std::min(entry.key.find('.', start), entry.key.size());
                path.push_back(entry.key.substr(start, dot - start));
                start = dot + 1;
            }
            const yaml::Node* contains = entry.value.find("contains");
            if (const auto range = entry.value.is_map() ? read_range(entry.value) : std::nullopt) {
                into.push_back(Fact{path, "", range, ""});
            } else if (contains != nullptr) {
                into.push_back(Fact{path, "", std::nullopt, contains->text});
            } else if (entry.value.is_map()) {
                read_facts(entry.value, path, into);
            } else {
                into.push_back(Fact{path, entry.value.text, std::nullopt, ""});
            }
        }
    }

    static ExpectSent read_sent_expectation(const Fields& fields) {
        ExpectSent expect;
        if (const auto sent = fields.section("sent")) {
            if (const auto status = sent->count("status")) {
                expect.status = static_cast<unsigned>(*status);
            }
            expect.statuses = sent->ranges("statuses");
            expect.contains = sent->text("contains").value_or("");
            if (!expect.status && expect.statuses.empty() && expect.contains.empty()) {
                fields.complain("sent", "expects nothing; add status, statuses or contains");
            }
        }
        return expect;
    }

    SetFault read_fault(const Fields& fields) {
        SetFault set;
        set.firewall = firewall_named(fields);
        panos::Fault& fault = set.fault;
        fault.on = panos::fault_subject(fields.text("on").value_or("any")).value_or(panos::FaultOn::any);
        if (const auto answer = fields.text("answer")) {
            if (const auto known = panos::set_answer(fault, *answer); !known) {
                fields.complain("answer", known.error());
            }
        }
        if (fields.find("job") != nullptr) {
            fault.on = panos::FaultOn::commit_job;
            fault.answer = panos::FaultAnswer::job_fail;
        }
        fault.details = fields.texts("details");
        fault.admin = fields.text("by").value_or(fault.admin);
        fault.delay = fields.duration("delay").value_or(Millis{0});
        if (fields.flag("drop").value_or(false)) {
            using Drop = panos::Fault::Drop;
            fault.drop = fields.flag("applied").value_or(true) ? Drop::after : Drop::before;
        }
        fault.cut_after = fields.count("cut");
        fault.skip = static_cast<std::uint32_t>(fields.count("skip").value_or(0));
        if (const auto times = fields.count("times")) {
            fault.times = static_cast<std::uint32_t>(*times);
        }
        if (fields.find("answer") == nullptr && fields.find("job") == nullptr && fault.delay.count() == 0 &&
            fault.drop == panos::Fault::Drop::no && !fault.cut_after) {
            fields.complain("on", "nothing goes wrong here; add answer, delay, drop, cut or job");
        }
        return set;
    }

    Edit read_edit(const Fields& fields) {
        Edit edit;
        edit.firewall = firewall_named(fields);
        edit.by = administrator_named(fields);
        edit.remove = fields.text("action").value_or("set") == "delete";
        edit.xpath = fields.text("xpath").value_or("");
        edit.element = fields.text("element").value_or("");
        if (edit.remove != edit.element.empty()) {
            fields.complain("element", edit.remove ? "has no place in a delete" : "is missing");
        }
        return edit;
    }

    RegisterBy read_registration(const Fields& fields, bool take) {
        RegisterBy done;
        done.firewall = firewall_named(fields);
        done.by = administrator_named(fields);
        done.addresses = fields.texts("addresses");
        done.tag = fields.text("tag").value_or(done.tag);
        done.take = take;
        for (const std::string& address : done.addresses) {
            if (!is_address(address)) {
                fields.complain("addresses", fmt::format("'{}' is no address", address));
                break;
            }
        }
        if (take && done.addresses.empty()) {
            fields.complain("addresses", "are missing");
        }
        return done;
    }

    Fetch read_fetch(const Fields& fields) {
        Fetch fetch;
        fetch.target = list_named(fields);
        fetch.page = fields.text("page").value_or(fetch.page);
        fetch.method = fields.text("method").value_or(fetch.method);
        fetch.user = fields.text("user");
        fetch.token = fields.text("token");
        fetch.if_changed = fields.flag("if_changed").value_or(false);
        fetch.answered = static_cast<unsigned>(fields.count("answered").value_or(fetch.answered));
        fetch.contains = fields.texts("contains");
        fetch.lacks = fields.texts("lacks");
        return fetch;
    }

    /// A target of kind edl.
    std::string list_named(const Fields& fields) const {
        const std::string name = fields.text("target").value_or("");
        std::vector<std::string> names;
        for (const TargetSetup& target : scenario_.bridge.targets) {
            if (target.list) {
                names.push_back(target.firewall);
            }
        }
        if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) {
            fields.complain(
                "target", fmt::format("there is no target '{}' of kind edl{}", name, yaml::did_you_mean(name, names)));
        }
        return name;
    }

    // ---- names of others

    void known_firewall(const yaml::Node& at, const std::string& path, const std::string& name) {
        if (name.empty() || scenario_.firewall(name) != nullptr) {
            return;
        }
        std::vector<std::string> names;
        for (const FirewallSetup& firewall : scenario_.firewalls) {
            names.push_back(firewall.name);
        }
        problems_.add(at.mark, path, fmt::format("there is no firewall '{}'{}", name, yaml::did_you_mean(name, names)));
    }

    std::string firewall_named(const Fields& fields) {
        const std::string name = fields.text("firewall").value_or("");
        if (const yaml::Node* at = fields.find("firewall")) {
            known_firewall(*at, fields.path_of("firewall"), name);
        }
        return name;
    }

    /// Who acts is an administrator of that firewall.
    std::string administrator_named(const Fields& fields, const std::string& on = "") {
        const std::string who = fields.text("by").value_or("");
        const FirewallSetup* firewall = scenario_.firewall(on.empty() ? fields.text("firewall").value_or("") : on);
        if (who.empty() || firewall == nullptr || who == "admin" || who == "firebreak") {
            return who;
        }
        const auto& names = firewall->administrators;
        if (std::find(names.begin(), names.end(), who) == names.end()) {
            fields.complain(
                "by",
                fmt::format("'{}' has no administrator '{}'{}; add it to firewalls.{}.administrators", firewall->name,
                            who, yaml::nearest(who, names) ? yaml::did_you_mean(who, names) : "", firewall->name));
        }
        return who;
    }

    std::string existing_file(const Fields& fields, std::string_view key) {
        const std::string name = fields.text(key).value_or("");
        if (name.empty()) {
            return "";
        }
        const fs::path beside = fs::path(file_).parent_path();
        for (const fs::path& candidate : {beside / name, beside.parent_path() / name}) {
            std::error_code ignored;
            if (fs::is_regular_file(candidate, ignored)) {
                return candidate.lexically_normal().string();
            }
        }
        fields.complain(key, fmt::format("there is no file '{}' beside the scenario or in the folder above", name));
        return "";
    }

    /// An indicator, or the /64 that a block may stand for.
    static void must_be_blockable(const Fields& fields, std::string_view key, std::vector<std::string> all) {
        for (std::string& text : all) {
            if (text.ends_with("/64") && text.find(':') != std::string::npos) {
                text.resize(text.size() - 3);
            }
        }
        must_be_indicators(fields, key, all);
    }

    /// Beside bridge.yaml, and over none of the files that the lab makes.
    static void must_be_file_name(const Fields& fields, std::string_view key, const std::string& name) {
        const bool plain = !name.empty() && name.ends_with(".txt") && std::all_of(name.begin(), name.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
        });
        if (!plain) {
            fields.complain(key, fmt::format("'{}' is no name such as allow.txt", name));
        }
    }

    static std::string percent_encoded(const std::string& text) {
        std::string out;
        for (const char c : text) {
            const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                               c == '_' || c == '.';
            out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
        }
        return out;
    }

    static void must_be_indicators(const Fields& fields, std::string_view key, const std::vector<std::string>& all) {
        for (const std::string& text : all) {
            if (!is_address(text) && !is_host_name(text)) {
                fields.complain(key, fmt::format("'{}' is neither an address nor a domain name", text));
                return;
            }
        }
    }

    static constexpr std::array<std::string_view, 13> firewall_only{
        "blocked",   "not_blocked", "traffic", "verdict",   "commits", "failed_commits", "committing",
        "api_calls", "calls",       "running", "candidate", "pending", "running_as_at"};

    Fields root_;
    const std::string& file_;
    yaml::Problems& problems_;
    Scenario scenario_;
    std::set<std::string> marks_;
};

}  // namespace

tl::expected<Scenario, Complaints> read_scenario(std::string_view text, const std::string& file) {
    const auto root = yaml::parse(text, file);
    if (!root) {
        return tl::unexpected(Complaints{root.error()});
    }
    yaml::Problems problems(file);
    check_form(*root, scenario_keys(), "", problems);
    Scenario scenario = ScenarioReader(*root, file, problems).read();
    if (!problems.empty()) {
        return tl::unexpected(problems.messages());
    }
    return scenario;
}

tl::expected<Scenario, Complaints> load_scenario(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in || fs::is_directory(file)) {
        return tl::unexpected(
            Complaints{fmt::format("{}: cannot be read; is the name right, and may this user read it?", file)});
    }
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    return read_scenario(text, file);
}

}  // namespace sim::lab
