#include "sim/lab/play/nothing_lost.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "yaml/reader.hpp"

namespace sim::lab {

namespace {

namespace json = boost::json;

constexpr Millis rest_patience{30'000};

// The bridge's page of alerts shows that many; a story with more would look as if alerts were lost.
constexpr std::size_t alerts_max = 200;

std::string text_at(const json::object& object, std::string_view key) {
    const json::value* found = object.if_contains(key);
    return found == nullptr     ? ""
           : found->is_string() ? std::string(found->get_string())
           : found->is_null()   ? ""
                                : json::serialize(*found);
}

std::string between(std::string_view text, std::string_view before, std::string_view after) {
    const std::size_t begin = text.find(before);
    const std::size_t from = begin == std::string_view::npos ? begin : begin + before.size();
    const std::size_t end = from == std::string_view::npos ? from : text.find(after, from);
    return end == std::string_view::npos ? "" : std::string(text.substr(from, end - from));
}

/// An address object as the device prints it, by what it stands for.
struct Object {
    std::string name;
    std::string value;
    bool ours = false;
};

class Look {
public:
    Look(const Scenario& scenario, World& world) : scenario_(scenario), world_(world) {}

    void fail(std::string what) { problems_.push_back(std::move(what)); }

    Done verdict() const {
        return problems_.empty() ? Done{} : Done(tl::unexpected(fmt::format("{}", fmt::join(problems_, "; "))));
    }

    /// The page as JSON, or null and a complaint.
    json::value page(const std::string& path) {
        const auto text = world_.bridge_page(path);
        if (!text) {
            fail(text.error());
            return {};
        }
        json::error_code error;
        json::value value = json::parse(*text, error);
        if (error) {
            fail(fmt::format("the bridge's page {} is no JSON", path));
            return {};
        }
        const json::object* object = value.if_object();
        const json::value* inner = object == nullptr ? nullptr : object->if_contains(path.substr(1));
        return inner != nullptr && inner->is_array() ? json::value(*inner) : value;
    }

    bool await_rest() {
        const Millis until = world_.now() + rest_patience;
        while (true) {
            const std::uint64_t seen = world_.events();
            const std::string unrest = what_is_under_way();
            if (unrest.empty()) {
                return true;
            }
            if (world_.now() >= until || !world_.await(seen, until, true)) {
                fail(fmt::format("no rest within {} s: {}", rest_patience.count() / 1000, unrest));
                return false;
            }
        }
    }

    void acknowledged_alerts(const std::vector<SentAnswer>& acknowledged) {
        const json::value alerts = page("/alerts");
        blocks_ = page("/blocks");
        std::size_t sent = 0;
        for (const SentAnswer& answer : acknowledged) {
            sent += answer.alerts.size();
            for (const AlertSent& alert : answer.alerts) {
                acknowledged_alert(alert, alerts);
            }
        }
        if (sent > alerts_max) {
            fail(fmt::format("{} alerts were acknowledged; only {} can be looked at", sent, alerts_max));
        }
    }

    void firewall(const TargetSetup& target, const CommitBounds& commits_max) {
        const std::set<std::string> wanted = enforced_on(target.firewall);
        world_.look_at(target.firewall, [&](FirewallHandle& at) {
            const auto bound = commits_max.find(target.firewall);
            if (const std::size_t commits = at.commits().size();
                bound != commits_max.end() && commits > bound->second) {
                fail(fmt::format("a commit storm: {} commits on {}, at most {} expected", commits, target.firewall,
                                 bound->second));
            }
            for (const std::string& indicator : wanted) {
                if (!at.blocks(indicator)) {
                    fail(fmt::format("{} says that {} is enforced on it, and its traffic is allowed", target.firewall,
                                     indicator));
                }
            }
            for (const bool running : {true, false}) {
                objects(target, at, running, wanted);
            }
            if (at.has_pending_changes(target.user)) {
                fail(fmt::format("{} has changes of the bridge that were never committed", target.firewall));
            }
        });
    }

private:
    std::string what_is_under_way() {
        const auto text = world_.bridge_page("/status");
        if (!text) {
            return text.error();
        }
        json::error_code error;
        const json::value status = json::parse(*text, error);
        const json::value* targets =
            error || !status.is_object() ? nullptr : status.get_object().if_contains("targets");
        if (targets == nullptr || !targets->is_object()) {
            return "the status page has no targets";
        }
        for (const auto& [name, value] : targets->get_object()) {
            const json::object& target = value.as_object();
            if (text_at(target, "state") != "idle") {
                return fmt::format("{} is {} {}", std::string_view(name), text_at(target, "state"),
                                   text_at(target, "reason"));
            }
            for (const char* state : {"wanted", "pushed", "expired"}) {
                if (text_at(target, state) != "0") {
                    return fmt::format("{} has {} {}", std::string_view(name), text_at(target, state), state);
                }
            }
        }
        return "";
    }

    void acknowledged_alert(const AlertSent& alert, const json::value& alerts) {
        if (!alerts.is_array()) {
            return;
        }
        const std::string id = std::to_string(alert.id);
        const json::object* found = nullptr;
        for (const json::value& row : alerts.get_array()) {
            found = row.is_object() && text_at(row.get_object(), "alert_id") == id ? &row.get_object() : found;
        }
        if (found == nullptr) {
            fail(fmt::format("acknowledged alert {} ({}) is not in the journal", id, alert.attacker));
            return;
        }
        const json::value* decision = found->if_contains("decision");
        const json::object* decided = decision == nullptr ? nullptr : decision->if_object();
        const json::value* blockable = decided == nullptr ? nullptr : decided->if_contains("blockable");
        if (blockable == nullptr || !blockable->is_array()) {
            fail(fmt::format("the journal has no decision on alert {} ({})", id, alert.attacker));
            return;
        }
        for (const json::value& indicator : blockable->get_array()) {
            for (const TargetSetup& target : scenario_.bridge.targets) {
                block_of(id, json::value_to<std::string>(indicator), target.firewall);
            }
        }
    }

    void block_of(const std::string& alert, const std::string& indicator, const std::string& target) {
        const json::object* found = find_block(indicator, target);
        if (found == nullptr) {
            if (!may_be_gone(indicator)) {
                fail(fmt::format("acknowledged alert {} told to block {}, and {} has no such block", alert, indicator,
                                 target));
            }
            return;
        }
        const std::string state = text_at(*found, "state");
        const bool explained = (state == "refused" || state == "held") && !text_at(*found, "reason").empty();
        if (state != "enforced" && !explained) {
            fail(fmt::format("{} on {} is {} without a reason that an operator could read", indicator, target, state));
        }
    }

    const json::object* find_block(const std::string& indicator, const std::string& target) const {
        if (!blocks_.is_array()) {
            return nullptr;
        }
        for (const json::value& row : blocks_.get_array()) {
            const json::object* block = row.if_object();
            if (block != nullptr && text_at(*block, "indicator") == indicator && text_at(*block, "target") == target) {
                return block;
            }
        }
        return nullptr;
    }

    /// Taken back by the story's operator, or its time may be over.
    bool may_be_gone(const std::string& indicator) const {
        const bool taken_back = std::any_of(scenario_.steps.begin(), scenario_.steps.end(), [&](const Step& step) {
            const auto* order = std::get_if<Order>(&step.action);
            return order != nullptr && order->unblocks == indicator;
        });
        const auto& policy = scenario_.bridge.policy;
        const auto expire =
            std::find_if(policy.begin(), policy.end(), [](const auto& it) { return it.key == "expire"; });
        const auto time = expire == policy.end() ? std::nullopt : yaml::parse_duration(expire->value.text);
        return taken_back || (time && *time < world_.now());
    }

    std::set<std::string> enforced_on(const std::string& target) const {
        std::set<std::string> all;
        for (const json::value& row : blocks_.is_array() ? blocks_.get_array() : json::array()) {
            const json::object* block = row.if_object();
            if (block != nullptr && text_at(*block, "target") == target && text_at(*block, "state") == "enforced") {
                all.insert(text_at(*block, "indicator"));
            }
        }
        return all;
    }

    std::vector<Object> objects_in(FirewallHandle& at, bool running, const std::string& tag) {
        const auto nodes = at.look(running, "/config/devices/entry/vsys/entry/address/entry");
        std::vector<Object> all;
        for (const std::string& node : nodes ? *nodes : std::vector<std::string>{}) {
            Object object;
            object.name = between(node, "<entry name=\"", "\"");
            for (const char* form : {"ip-netmask", "fqdn"}) {
                if (object.value.empty()) {
                    object.value = between(node, fmt::format("<{}>", form), "<");
                }
            }
            if (const std::size_t host = object.value.rfind("/32"); host != std::string::npos) {
                object.value.erase(host);
            }
            if (const std::size_t host = object.value.rfind("/128"); host != std::string::npos) {
                object.value.erase(host);
            }
            object.ours = node.find(fmt::format("<member>{}</member>", tag)) != std::string::npos;
            all.push_back(std::move(object));
        }
        return all;
    }

    std::multiset<std::string> members_in(FirewallHandle& at, bool running, const std::string& group) {
        const auto nodes = at.look(
            running,
            fmt::format("/config/devices/entry/vsys/entry/address-group/entry[@name='{}']/static/member", group));
        std::multiset<std::string> all;
        for (const std::string& node : nodes ? *nodes : std::vector<std::string>{}) {
            all.insert(between(node, ">", "<"));
        }
        return all;
    }

    void objects(const TargetSetup& target, FirewallHandle& at, bool running, const std::set<std::string>& wanted) {
        const auto setting = [&](std::string_view key, std::string fallback) {
            const auto found = std::find_if(target.settings.begin(), target.settings.end(),
                                            [&](const yaml::Entry& it) { return it.key == key; });
            return found == target.settings.end() ? std::move(fallback) : found->value.text;
        };
        const std::string where =
            fmt::format("{}'s {} configuration", target.firewall, running ? "running" : "candidate");
        const auto members = members_in(at, running, target.group);
        std::set<std::string> values;
        for (const Object& object : objects_in(at, running, setting("tag", "firebreak"))) {
            if (!object.ours) {
                continue;
            }
            if (!values.insert(object.value).second) {
                fail(fmt::format("{} has two objects of ours for {}", where, object.value));
            }
            if (members.count(object.name) != 1) {
                fail(fmt::format("{} has {} as a member of {} {} times", where, object.name, target.group,
                                 members.count(object.name)));
            }
        }
        const auto told = [](const std::set<std::string>& some) { return fmt::format("{}", fmt::join(some, ", ")); };
        if (values != wanted) {
            fail(fmt::format("{} has objects for [{}], and [{}] are wanted", where, told(values), told(wanted)));
        }
    }

    const Scenario& scenario_;
    World& world_;
    json::value blocks_;
    std::vector<std::string> problems_;
};

}  // namespace

Done check_nothing_lost(const Scenario& scenario, World& world, const std::vector<SentAnswer>& acknowledged,
                        const CommitBounds& commits_max) {
    while (true) {
        const std::size_t life = world.bridge_starts();
        Look look(scenario, world);
        if (look.await_rest()) {
            look.acknowledged_alerts(acknowledged);
            for (const TargetSetup& target : scenario.bridge.targets) {
                look.firewall(target, commits_max);
            }
        }
        if (world.bridge_starts() == life) {
            return look.verdict();
        }
    }
}

}  // namespace sim::lab
