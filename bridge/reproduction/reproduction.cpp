#include "bridge/reproduction/reproduction.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>
#include <system_error>

#include "bridge/domain/ledger/ledger.hpp"
#include "bridge/domain/value/printable.hpp"
#include "bridge/fireeye/notification_reader.hpp"
#include "bridge/reproduction/leaf.hpp"
#include "bridge/reproduction/text_scan.hpp"
#include "yaml/writer.hpp"

namespace bridge::reproduction {

using domain::Alert;
using domain::Decision;
using domain::Indicator;
using domain::Notification;

namespace {

template <class T>
using Result = tl::expected<T, std::string>;

/// A notification and what is decided on its alerts, in their order.
struct Decided {
    Notification notification;
    std::vector<Decision> decisions;
};

/// What was decided may differ from what the rules decide now.
bool same_blockable(const Decision& decision, const RecordedDecision& recorded) {
    return std::set<Indicator>(decision.blockable.begin(), decision.blockable.end()) ==
           std::set<Indicator>(recorded.blockable.begin(), recorded.blockable.end());
}

Result<Decided> decided(std::string_view payload, const Rules& rules) {
    auto notification = fireeye::read_notification(payload, rules.reading);
    if (!notification) {
        return tl::unexpected("not a FireEye notification: " + domain::printable(notification.error().detail, 300));
    }
    Decided out;
    // A scenario tells of hosts: whether their networks are blocked with them is not what it is about.
    domain::Policy policy = rules.policy;
    policy.ipv6_by_prefix = false;
    for (const Alert& alert : notification->alerts) {
        out.decisions.push_back(domain::decide(policy, alert));
    }
    out.notification = std::move(*notification);
    return out;
}

/// The scrubbings that the payloads went through, one after the other. One is enough, unless the payloads hold texts
/// that look like replacements: then the next one may number some of those otherwise.
class Chain {
public:
    Scrubber& add(const Rules& rules, Extent extent) {
        return *scrubbers_.emplace_back(std::make_unique<Scrubber>(rules, extent));
    }
    Indicator mapped(Indicator indicator) const {
        for (const auto& scrubber : scrubbers_) {
            indicator = scrubber->mapped(indicator);
        }
        return indicator;
    }
    /// What the first one replaced, which is what was there.
    std::map<Kind, std::size_t> counts() const {
        return scrubbers_.empty() ? std::map<Kind, std::size_t>{} : scrubbers_.front()->counts();
    }

private:
    std::vector<std::unique_ptr<Scrubber>> scrubbers_;
};

/// The first difference that replacing cannot explain; empty when there is none.
std::string difference(const Decided& before, const Decided& after, const Chain& scrubbed) {
    if (before.notification.alerts.size() != after.notification.alerts.size() ||
        before.notification.rejected.size() != after.notification.rejected.size()) {
        return "another number of alerts is read";
    }
    for (std::size_t i = 0; i < before.decisions.size(); ++i) {
        const Alert& one = before.notification.alerts[i];
        const Alert& other = after.notification.alerts[i];
        if (one.type_name != other.type_name || one.id != other.id || one.severity != other.severity ||
            one.victims.size() != other.victims.size()) {
            return fmt::format("alert {} is read otherwise", i + 1);
        }
        const Decision& was = before.decisions[i];
        const Decision& is = after.decisions[i];
        const bool same =
            std::equal(was.blockable.begin(), was.blockable.end(), is.blockable.begin(), is.blockable.end(),
                       [&](const Indicator& a, const Indicator& b) { return scrubbed.mapped(a) == b; });
        if (!same || was.ignored.size() != is.ignored.size()) {
            return fmt::format("alert {} is decided otherwise", i + 1);
        }
    }
    return {};
}

/// The direction in which each appliance's events were read, under the name that it has now.
void take_directions(const Notification& before, const Notification& after, const Rules& original, Rules& mapped) {
    if (original.reading.ips_direction_of.empty()) {
        return;
    }
    for (std::size_t i = 0; i < std::min(before.alerts.size(), after.alerts.size()); ++i) {
        const auto direction = original.reading.direction_of(before.alerts[i]);
        const Alert& alert = after.alerts[i];
        const std::string& name = !alert.appliance_id.empty() ? alert.appliance_id
                                  : !alert.sensor.empty()     ? alert.sensor
                                                              : alert.appliance;
        if (direction != original.reading.ips_direction && !name.empty()) {
            mapped.reading.set_direction_of(name, direction);
        }
    }
}

// ---- the scenario

constexpr std::string_view firewall = "hq";

yaml::Node texts(const std::vector<std::string>& all) {
    return all.size() == 1 ? yaml::scalar(all.front()) : yaml::list(all);
}

std::string duration_text(std::chrono::milliseconds time) {
    const auto count = time.count();
    if (count % 86'400'000 == 0) {
        return fmt::format("{}d", count / 86'400'000);
    }
    return count % 1000 == 0 ? fmt::format("{}s", count / 1000) : fmt::format("{}ms", count);
}

yaml::Node policy_node(const domain::Policy& policy) {
    const domain::Policy usual;
    yaml::Node node = yaml::map();
    if (!policy.allow.empty()) {
        std::vector<std::string> rules;
        std::transform(policy.allow.begin(), policy.allow.end(), std::back_inserter(rules),
                       [](const domain::AllowRule& rule) { return rule.text(); });
        yaml::put(node, "allow", yaml::list(rules));
    }
    if (policy.allow_builtin != usual.allow_builtin) {
        yaml::put(node, "allow_builtin", yaml::scalar(policy.allow_builtin ? "true" : "false"));
    }
    if (!policy.types.empty()) {
        std::vector<std::string> types;
        std::transform(policy.types.begin(), policy.types.end(), std::back_inserter(types),
                       [](domain::AlertType type) { return std::string(domain::name_of(type)); });
        yaml::put(node, "types", yaml::list(types));
    }
    if (policy.min_severity != usual.min_severity) {
        yaml::put(node, "min_severity", yaml::scalar(std::string(domain::name_of(policy.min_severity))));
    }
    if (policy.expire != usual.expire) {
        yaml::put(node, "expire", yaml::scalar(duration_text(policy.expire)));
    }
    if (policy.max_new_blocks_per_minute != usual.max_new_blocks_per_minute) {
        yaml::put(node, "max_new_blocks_per_minute", yaml::scalar(std::to_string(policy.max_new_blocks_per_minute)));
    }
    if (policy.max_new_blocks_per_minute_per_appliance != usual.max_new_blocks_per_minute_per_appliance) {
        yaml::put(node, "max_new_blocks_per_minute_per_appliance",
                  yaml::scalar(std::to_string(policy.max_new_blocks_per_minute_per_appliance)));
    }
    if (policy.group_growth_per_hour != usual.group_growth_per_hour) {
        yaml::put(node, "group_growth_per_hour", yaml::scalar(std::to_string(policy.group_growth_per_hour)));
    }
    if (policy.dry_run != usual.dry_run) {
        yaml::put(node, "dry_run", yaml::scalar(policy.dry_run ? "true" : "false"));
    }
    return node;
}

yaml::Node appliances_node(const fireeye::ReadingRules& reading) {
    yaml::Node node = yaml::map();
    for (const auto& [name, direction] : reading.ips_direction_of) {
        yaml::put(yaml::put(node, name, yaml::map()), "ips_direction",
                  yaml::scalar(direction == fireeye::IpsDirection::normalized ? "normalized" : "traffic"));
    }
    return node;
}

yaml::Node site_node(const fireeye::Site& site) {
    yaml::Node node = yaml::map();
    const auto add = [&](const char* key, const std::vector<domain::Prefix>& prefixes) {
        std::vector<std::string> all;
        std::transform(prefixes.begin(), prefixes.end(), std::back_inserter(all),
                       [](const domain::Prefix& prefix) { return prefix.text(); });
        if (!all.empty()) {
            yaml::put(node, key, yaml::list(all));
        }
    };
    add("networks", site.networks);
    add("proxies", site.proxies);
    add("resolvers", site.resolvers);
    return node;
}

yaml::Node bridge_node(const Rules& rules) {
    yaml::Node node = yaml::map();
    const auto add = [&](const char* key, yaml::Node section) {
        if (!section.entries.empty()) {
            yaml::put(node, key, std::move(section));
        }
    };
    add("policy", policy_node(rules.policy));
    add("appliances", appliances_node(rules.reading));
    add("site", site_node(rules.reading.site));
    return node;
}

/// What must be seen when the scenario is played.
struct Expected {
    std::vector<std::string> blocked;
    std::vector<std::string> held;
    std::vector<std::string> not_blocked;
    std::size_t accepted = 0;
    std::size_t repeated = 0;
    std::size_t without_block = 0;
};

/// Asks the ledger itself what becomes of the decisions: its breaker and a dry run are part of what was in force.
Expected expected_of(const Decided& decided, const domain::Policy& policy) {
    Expected out;
    domain::Ledger ledger;
    std::set<std::string> identities;
    std::vector<domain::Admitted> admitted;
    const std::vector<std::string> targets{std::string(firewall)};
    std::vector<std::string> others;
    for (std::size_t i = 0; i < decided.decisions.size(); ++i) {
        const Alert& alert = decided.notification.alerts[i];
        const Decision& decision = decided.decisions[i];
        (identities.insert(domain::identity_of(alert)).second ? out.accepted : out.repeated) += 1;
        out.without_block += decision.blockable.empty() ? 1U : 0U;
        for (domain::Admitted& one : ledger.admit(policy, alert, decision, targets, domain::WallTime{})) {
            admitted.push_back(std::move(one));
        }
        others.insert(others.end(), alert.victims.begin(), alert.victims.end());
        for (const domain::Ignored& ignored : decision.ignored) {
            if (const auto indicator = Indicator::parse(ignored.address)) {
                others.push_back(indicator->text());
            }
        }
        for (const Indicator& indicator : decision.blockable) {
            others.push_back(indicator.text());
        }
    }
    ledger.apply(admitted);
    std::set<std::string> told;
    for (const domain::Admitted& one : admitted) {
        const std::string text = one.block.indicator.text();
        const domain::Block* block = ledger.find(one.block.target, one.block.indicator);
        if (block != nullptr && block->state == domain::BlockState::wanted && told.insert(text).second) {
            out.blocked.push_back(text);
        }
    }
    for (const domain::Admitted& one : admitted) {
        const std::string text = one.block.indicator.text();
        const domain::Block* block = ledger.find(one.block.target, one.block.indicator);
        if (block != nullptr && block->state == domain::BlockState::held &&
            std::find(out.held.begin(), out.held.end(), text) == out.held.end()) {
            out.held.push_back(text);
        }
    }
    for (std::string& other : others) {
        if (told.insert(other).second) {
            out.not_blocked.push_back(std::move(other));
        }
    }
    return out;
}

std::string step(std::string_view verb, const yaml::Node& what) {
    yaml::Node node = yaml::map();
    yaml::put(node, std::string(verb), what);
    const std::string line = yaml::in_one_line(node);
    return fmt::format("  - {}\n", line.substr(1, line.size() - 2));
}

yaml::Node at_firewall() {
    yaml::Node node = yaml::map();
    yaml::put(node, "firewall", yaml::scalar(std::string(firewall)));
    return node;
}

std::string steps_of(const Decided& decided, const Expected& expected, const Original& original,
                     const std::string& payload_file) {
    constexpr std::string_view patience = "10s";
    yaml::Node send = yaml::map();
    yaml::put(send, "from", yaml::scalar("nx1"));
    yaml::put(send, "file", yaml::scalar(payload_file));
    const unsigned status = original.answered.value_or(200);
    yaml::put(send, "answered", yaml::scalar(std::to_string(status)));
    std::string out = step("send", send);
    if (status == 200) {
        yaml::Node facts = yaml::map();
        yaml::put(facts, "notifications.200", yaml::scalar("1"));
        yaml::put(facts, "alerts.accepted", yaml::scalar(std::to_string(expected.accepted)));
        yaml::put(facts, "alerts.duplicates", yaml::scalar(std::to_string(expected.repeated)));
        yaml::put(facts, "alerts.rejected", yaml::scalar(std::to_string(decided.notification.rejected.size())));
        yaml::put(facts, "alerts.without_block", yaml::scalar(std::to_string(expected.without_block)));
        yaml::Node bridge = yaml::map();
        yaml::put(bridge, "bridge", std::move(facts));
        yaml::put(bridge, "within", yaml::scalar(std::string(patience)));
        out += step("expect", bridge);
    }
    if (!expected.blocked.empty()) {
        yaml::Node blocked = at_firewall();
        yaml::put(blocked, "within", yaml::scalar(std::string(patience)));
        yaml::put(blocked, "blocked", texts(expected.blocked));
        out += step("expect", blocked);
    }
    if (!expected.held.empty()) {
        yaml::Node block = yaml::map();
        yaml::put(block, "indicator", texts(expected.held));
        yaml::put(block, "state", yaml::scalar("held"));
        yaml::Node held = yaml::map();
        yaml::put(held, "block", std::move(block));
        out += step("expect", held);
    }
    if (!expected.not_blocked.empty()) {
        yaml::Node free = at_firewall();
        yaml::put(free, "not_blocked", texts(expected.not_blocked));
        yaml::put(free, "for", yaml::scalar("500ms"));
        out += step("expect", free);
    }
    yaml::Node commits = at_firewall();
    yaml::put(commits, "commits", yaml::scalar(expected.blocked.empty() ? "0" : "1"));
    return out + step("expect", commits);
}

std::string listed(const std::set<std::string>& words) {
    return fmt::format("{}", fmt::join(words, ", "));
}

std::string title_of(const Notification& notification) {
    std::set<std::string> types;
    for (const Alert& alert : notification.alerts) {
        types.insert(domain::printable(alert.type_name, 40));
    }
    const std::size_t count = notification.alerts.size();
    if (count == 0) {
        return fmt::format("A notification without a readable alert ({}) blocks nothing",
                           domain::printable(notification.format, 40));
    }
    constexpr std::size_t types_shown_max = 4;
    const std::string of = types.size() > types_shown_max ? fmt::format("{} types", types.size()) : listed(types);
    return count == 1 ? fmt::format("A captured {} is decided as it was", of)
                      : fmt::format("{} captured alerts ({}) are decided as they were", count, of);
}

std::string replaced_text(const std::map<Kind, std::size_t>& counts) {
    std::vector<std::string> parts;
    for (const auto& [kind, count] : counts) {
        if (count > 0) {
            parts.push_back(fmt::format("{} {}", count, name_of(kind, count == 1)));
        }
    }
    return parts.empty() ? "nothing" : fmt::format("{}", fmt::join(parts, ", "));
}

std::string head_of(const Original& original, const Notification& notification, Scrubbing scrubbing,
                    const std::map<Kind, std::size_t>& counts, std::size_t payloads,
                    const std::vector<std::string>& notes) {
    std::string out =
        fmt::format("# {}. Format {}, {} alert{}.\n", original.told, domain::printable(notification.format, 40),
                    notification.alerts.size(), notification.alerts.size() == 1 ? "" : "s");
    switch (scrubbing) {
        case Scrubbing::everything:
            out += fmt::format("# Replaced{}: {}. Attackers outside are as they were.\n",
                               payloads > 1 ? fmt::format(" in the {} payloads that were made together", payloads) : "",
                               replaced_text(counts));
            break;
        case Scrubbing::secrets_only:
            out += fmt::format("# Addresses and names are the ORIGINALS. Replaced: {}.\n", replaced_text(counts));
            break;
        case Scrubbing::nothing:
            out += "# NOT scrubbed: addresses, names and whatever secrets it holds are the originals.\n";
            break;
    }
    for (const std::string& note : notes) {
        out += "# Note: " + domain::printable(note, 400) + "\n";
    }
    return out;
}

std::string extension_of(std::string_view payload) {
    switch (syntax_of(payload)) {
        case Syntax::xml:
            return ".xml";
        case Syntax::json:
            return ".json";
        case Syntax::text:
            return ".txt";
    }
    return ".txt";
}

/// One original on its way through reproduce().
struct Work {
    std::size_t place;
    const Original* original;
    Decided before;
    std::string payload;
    Decided after;
};

Result<void> check(Work& work, const Rules& mapped, const Chain& scrubbed) {
    auto after = decided(work.payload, mapped);
    if (!after) {
        return tl::unexpected("scrubbing would break it: " + after.error());
    }
    work.after = std::move(*after);
    if (const std::string what = difference(work.before, work.after, scrubbed); !what.empty()) {
        return tl::unexpected(
            fmt::format("it cannot be scrubbed without changing what the bridge decides ({}), so it can only be handed "
                        "on as it is",
                        what));
    }
    return {};
}

/// One scrubbing of all payloads. Returns whether any of them has changed; `rules` become those of the outcome.
tl::expected<bool, Irreproducible> scrub_all(std::vector<Work>& all, Scrubber& scrubber, const Rules& original,
                                             Rules& rules) {
    for (const Work& work : all) {
        scrubber.learn(work.payload);
    }
    bool changed = false;
    for (Work& work : all) {
        auto payload = scrubber.scrub(work.payload);
        if (!payload) {
            return tl::unexpected(Irreproducible{work.place, payload.error()});
        }
        changed = changed || *payload != work.payload;
        work.payload = std::move(*payload);
    }
    rules = scrubber.mapped_rules();
    if (rules.reading.ips_direction_of.empty()) {
        for (const Work& work : all) {
            if (const auto names = fireeye::read_notification(work.payload, rules.reading)) {
                take_directions(work.before.notification, *names, original, rules);
            }
        }
    }
    return changed;
}

/// Until scrubbing changes nothing any more.
tl::expected<void, Irreproducible> scrub_fully(std::vector<Work>& all, Chain& scrubbed, const Rules& original,
                                               Extent extent, Rules& rules) {
    constexpr std::size_t rounds_max = 6;
    for (std::size_t round = 0; round < rounds_max; ++round) {
        const Rules before = rules;
        const auto changed = scrub_all(all, scrubbed.add(before, extent), original, rules);
        if (!changed) {
            return tl::unexpected(changed.error());
        }
        if (!*changed) {
            return {};
        }
    }
    return tl::unexpected(Irreproducible{
        0,
        "scrubbing it does not come to an end, so something of the original may be left in it; this is a defect of the "
        "scrubber, and it can only be handed on as it is"});
}

/// What is on record goes before what the rules say now.
std::vector<std::string> take_records(Work& work, const Chain& scrubbed) {
    std::vector<std::string> notes;
    for (std::size_t i = 0; i < work.before.decisions.size(); ++i) {
        const std::string identity = domain::identity_of(work.before.notification.alerts[i]);
        const auto& records = work.original->decisions;
        const auto record = std::find_if(records.begin(), records.end(),
                                         [&](const RecordedDecision& one) { return one.identity == identity; });
        if (record == records.end() || same_blockable(work.before.decisions[i], *record)) {
            continue;
        }
        Decision& decision = work.after.decisions[i];
        for (const Indicator& indicator : decision.blockable) {
            decision.ignored.push_back({indicator.text(), "not blockable by the decision on record"});
        }
        decision.blockable.clear();
        for (const Indicator& indicator : record->blockable) {
            decision.blockable.push_back(scrubbed.mapped(indicator));
        }
        notes.push_back(fmt::format(
            "alert {} was decided otherwise than this configuration decides it; what was decided is expected", i + 1));
    }
    return notes;
}

Reproduction written(Work& work, const Rules& mapped, Scrubbing scrubbing, const Chain& scrubbed,
                     std::size_t payloads) {
    Reproduction out;
    const Original& original = *work.original;
    out.notes = take_records(work, scrubbed);
    if (original.answered && *original.answered != 200) {
        out.notes.push_back(fmt::format("its receiver answered {}; the story passes where the bridge answers so too",
                                        *original.answered));
    }
    if (!work.after.notification.unread.empty()) {
        out.notes.push_back("it is kept and not acted upon: " + work.after.notification.unread);
    }
    out.payload_file = original.name + extension_of(work.payload);
    out.scenario_file = original.name + ".yaml";
    const Notification& notification = work.after.notification;
    out.scenario = head_of(original, notification, scrubbing, scrubbed.counts(), payloads, out.notes);
    out.scenario += fmt::format("scenario: {}\n", yaml::quoted_if_needed(title_of(notification)));
    out.scenario += "tags: [reproduced]\n";
    out.scenario += fmt::format("firewalls:\n  {}: {{commit_time: 400ms}}\n", firewall);
    out.scenario += "appliances:\n  nx1: {product: nx}\n";
    if (const yaml::Node bridge = bridge_node(mapped); !bridge.entries.empty()) {
        out.scenario += "bridge:\n";
        for (const yaml::Entry& entry : bridge.entries) {
            out.scenario += fmt::format("  {}: {}\n", entry.key, yaml::in_one_line(entry.value));
        }
    }
    const Expected expected = expected_of(work.after, mapped.policy);
    out.scenario += "steps:\n" + steps_of(work.after, expected, original, out.payload_file);
    out.payload = std::move(work.payload);
    return out;
}

}  // namespace

tl::expected<std::vector<Reproduction>, Irreproducible> reproduce(const std::vector<Original>& originals,
                                                                  const Rules& rules, Scrubbing scrubbing) {
    std::vector<Work> all;
    for (const Original& original : originals) {
        auto before = decided(original.payload, rules);
        if (!before) {
            return tl::unexpected(Irreproducible{all.size(), before.error()});
        }
        all.push_back({all.size(), &original, std::move(*before), original.payload, {}});
    }
    Chain scrubbed;
    Rules mapped = rules;
    if (scrubbing != Scrubbing::nothing) {
        const Extent extent = scrubbing == Scrubbing::everything ? Extent::everything : Extent::secrets_only;
        if (auto done = scrub_fully(all, scrubbed, rules, extent, mapped); !done) {
            return tl::unexpected(done.error());
        }
    }
    for (Work& work : all) {
        if (auto fine = check(work, mapped, scrubbed); !fine) {
            return tl::unexpected(Irreproducible{work.place, fine.error()});
        }
    }
    std::vector<Reproduction> reproductions;
    for (Work& work : all) {
        reproductions.push_back(written(work, mapped, scrubbing, scrubbed, all.size()));
    }
    return reproductions;
}

// ---- files

namespace {

namespace fs = std::filesystem;

Result<void> save_file(const fs::path& path, const std::string& bytes) {
    std::error_code error;
    if (fs::exists(path, error)) {
        std::ifstream in(path, std::ios::binary);
        const std::string there{std::istreambuf_iterator<char>(in), {}};
        if (in && there == bytes) {
            return {};
        }
        return tl::unexpected(
            fmt::format("{}: is there already and differs; name another folder with --out, or move it "
                        "away",
                        path.string()));
    }
    std::ofstream out(path, std::ios::binary);
    out << bytes;
    out.close();
    if (!out) {
        return tl::unexpected(
            fmt::format("{}: cannot be written: {}", path.string(), std::generic_category().message(errno)));
    }
    return {};
}

}  // namespace

Result<void> save(const std::vector<Reproduction>& reproductions, const std::string& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) {
        return tl::unexpected(fmt::format("{}: cannot be made: {}", folder, error.message()));
    }
    for (const Reproduction& one : reproductions) {
        for (const auto& [name, bytes] :
             {std::pair(&one.payload_file, &one.payload), {&one.scenario_file, &one.scenario}}) {
            if (auto saved = save_file(fs::path(folder) / *name, *bytes); !saved) {
                return saved;
            }
        }
    }
    return {};
}

std::string file_name_of(std::string_view text) {
    constexpr std::size_t characters_max = 60;
    std::string name;
    for (const char c : text.substr(0, characters_max)) {
        name += is_alnum(c) || c == '-' || c == '_' ? lower(c) : '-';
    }
    while (!name.empty() && !is_alnum(name.front())) {
        name.erase(0, 1);
    }
    return name.empty() ? "payload" : name;
}

}  // namespace bridge::reproduction
