#include "sim/lab/play/judge.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <iterator>
#include <map>

namespace sim::lab {

namespace {

namespace json = boost::json;

void find(Judgement& judgement, const std::string& what) {
    judgement.holds = false;
    judgement.seen += (judgement.seen.empty() ? "" : "; ") + what;
}

std::string few(const std::vector<std::string>& all) {
    constexpr std::size_t shown_max = 5;
    if (all.size() <= shown_max) {
        return fmt::format("{}", fmt::join(all, ", "));
    }
    return fmt::format("{} and {} more", fmt::join(all.begin(), all.begin() + shown_max, ", "), all.size() - shown_max);
}

void judge_blocked(const std::vector<std::string>& wanted, bool blocked, FirewallHandle& firewall,
                   Judgement& judgement) {
    std::vector<std::string> wrong;
    std::copy_if(wanted.begin(), wanted.end(), std::back_inserter(wrong),
                 [&](const std::string& indicator) { return firewall.blocks(indicator) != blocked; });
    if (!wrong.empty()) {
        find(judgement, fmt::format("{} of {} {}: {}", wrong.size(), wanted.size(),
                                    blocked ? "not blocked" : "blocked nevertheless", few(wrong)));
    }
}

void judge_count(const std::optional<Range>& wanted, std::size_t seen, std::string_view what, Judgement& judgement) {
    if (wanted && !wanted->holds(static_cast<std::int64_t>(seen))) {
        find(judgement, fmt::format("{} {}, expected {}", seen, what, wanted->text()));
    }
}

void judge_commits(const ExpectFirewall& expect, FirewallHandle& firewall, Judgement& judgement) {
    const auto commits = firewall.commits();
    const auto failed = std::count_if(commits.begin(), commits.end(),
                                      [](const CommitSeen& it) { return it.result != "OK" && it.result != "PEND"; });
    judge_count(expect.commits, commits.size(), "commits", judgement);
    judge_count(expect.failed_commits, static_cast<std::size_t>(failed), "failed commits", judgement);
    if (expect.committing && *expect.committing != firewall.committing()) {
        find(judgement, firewall.committing() ? "a commit is running" : "no commit is running");
    }
}

void judge_calls(const ExpectFirewall& expect, FirewallHandle& firewall, Judgement& judgement) {
    if (!expect.api_calls && expect.calls.empty()) {
        return;
    }
    const auto calls = firewall.calls();
    std::map<std::string, std::size_t> by_kind;
    std::map<std::string, std::size_t> by_detail;
    for (const CallSeen& call : calls) {
        ++by_kind[call.kind];
        ++by_detail[call.detail];
    }
    std::string listed;
    for (const auto& [kind, count] : by_kind) {
        listed += fmt::format("{}{} {}", listed.empty() ? "" : ", ", count, kind);
    }
    judge_count(expect.api_calls, calls.size(), fmt::format("API calls ({})", listed), judgement);
    for (const auto& [kind, range] : expect.calls) {
        const auto& counts = by_kind.contains(kind) ? by_kind : by_detail;
        const auto found = counts.find(kind);
        judge_count(range, found == counts.end() ? 0 : found->second, fmt::format("calls of '{}'", kind), judgement);
    }
}

void judge_place(const Place& place, bool running, FirewallHandle& firewall, Judgement& judgement) {
    const std::string_view where = running ? "running" : "candidate";
    const auto nodes = firewall.look(running, place.xpath);
    if (!nodes) {
        find(judgement, fmt::format("{}: {}", where, nodes.error()));
        return;
    }
    const std::string all = fmt::format("{}", fmt::join(*nodes, ""));
    for (const std::string& text : place.contains) {
        if (all.find(text) == std::string::npos) {
            find(judgement, fmt::format("'{}' does not stand in {} {}", text, where, place.xpath));
        }
    }
    for (const std::string& text : place.lacks) {
        if (all.find(text) != std::string::npos) {
            find(judgement, fmt::format("'{}' stands in {} {}", text, where, place.xpath));
        }
    }
    if (place.exists && *place.exists == nodes->empty()) {
        find(judgement, fmt::format("{} {} {}", where, place.xpath, nodes->empty() ? "is not there" : "is there"));
    }
    judge_count(place.count, nodes->size(), fmt::format("nodes in {} {}", where, place.xpath), judgement);
}

/// The value at a path of names; nullptr when there is none.
const json::value* at_path(const json::value& root, const std::vector<std::string>& path) {
    const json::value* at = &root;
    for (const std::string& name : path) {
        const json::object* object = at->if_object();
        at = object == nullptr ? nullptr : object->if_contains(name);
        if (at == nullptr) {
            return nullptr;
        }
    }
    return at;
}

std::string text_of(const json::value& value) {
    return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
}

bool holds(const Fact& fact, const json::value& value) {
    if (fact.range) {
        return value.is_number() && fact.range->holds(value.to_number<std::int64_t>());
    }
    const std::string text = text_of(value);
    return fact.contains.empty() ? text == fact.value : text.find(fact.contains) != std::string::npos;
}

std::string wanted(const Fact& fact) {
    if (fact.range) {
        return fact.range->text();
    }
    return fact.contains.empty() ? fmt::format("'{}'", fact.value) : fmt::format("a text with '{}'", fact.contains);
}

/// Two spellings of one address are one address.
std::string canonical(const std::string& text) {
    std::array<unsigned char, 16> bytes{};
    std::array<char, INET6_ADDRSTRLEN> out{};
    if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1 &&
        inet_ntop(AF_INET6, bytes.data(), out.data(), out.size()) != nullptr) {
        return out.data();
    }
    std::string lower = text;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return lower;
}

std::string member(const json::object& object, std::string_view name) {
    const json::value* found = object.if_contains(name);
    return found == nullptr || found->is_null() ? "" : text_of(*found);
}

std::string count_of_statuses(const std::vector<SentAnswer>& answers) {
    std::map<unsigned, std::size_t> counts;
    std::string why;
    for (const SentAnswer& answer : answers) {
        ++counts[answer.status];
        if (answer.status == 0 && why.empty()) {
            why = answer.error;
        }
    }
    std::string out;
    for (const auto& [status, count] : counts) {
        out += fmt::format("{}{} x {}", out.empty() ? "" : ", ", count,
                           status == 0 ? fmt::format("no answer ({})", why) : std::to_string(status));
    }
    return out.empty() ? "nothing was sent" : out;
}

}  // namespace

Judgement judge(const ExpectFirewall& expect, FirewallHandle& firewall) {
    Judgement judgement;
    judge_blocked(expect.blocked, true, firewall, judgement);
    judge_blocked(expect.not_blocked, false, firewall, judgement);
    if (expect.traffic) {
        const PacketVerdict verdict = firewall.verdict(*expect.traffic);
        if (verdict.denied != expect.verdict_deny) {
            find(judgement, fmt::format("traffic from {} to {} is {} by {}", expect.traffic->from, expect.traffic->to,
                                        verdict.denied ? "denied" : "allowed",
                                        verdict.rule.empty() ? "the default" : fmt::format("rule '{}'", verdict.rule)));
        }
    }
    judge_commits(expect, firewall, judgement);
    judge_calls(expect, firewall, judgement);
    if (expect.running) {
        judge_place(*expect.running, true, firewall, judgement);
    }
    if (expect.candidate) {
        judge_place(*expect.candidate, false, firewall, judgement);
    }
    if (expect.pending && firewall.has_pending_changes(expect.pending->by) != expect.pending->changes) {
        find(judgement,
             fmt::format("{} has {} pending changes", expect.pending->by, expect.pending->changes ? "no" : "still"));
    }
    return judgement;
}

Judgement judge(const std::vector<Fact>& facts, std::string_view status) {
    Judgement judgement;
    boost::system::error_code error;
    const json::value root = json::parse(status, error);
    if (error) {
        find(judgement, "the bridge's status page is no JSON");
        return judgement;
    }
    for (const Fact& fact : facts) {
        const json::value* value = at_path(root, fact.path);
        const std::string name = fmt::format("{}", fmt::join(fact.path, "."));
        const bool zero = fact.range ? fact.range->holds(0) : fact.value == "0";
        if (value == nullptr && zero) {
            continue;  // a counter that has not counted yet
        }
        if (value == nullptr) {
            find(judgement, fmt::format("the bridge says nothing of '{}'", name));
        } else if (!holds(fact, *value)) {
            find(judgement, fmt::format("{} is '{}', expected {}", name, text_of(*value).substr(0, 200), wanted(fact)));
        }
    }
    return judgement;
}

Judgement judge(const ExpectBridge::Block& expect, std::string_view blocks) {
    Judgement judgement;
    boost::system::error_code error;
    const json::value root = json::parse(blocks, error);
    const json::value* inner = root.is_object() ? root.get_object().if_contains("blocks") : &root;
    if (error || inner == nullptr || !inner->is_array()) {
        find(judgement, "the bridge's page of blocks is no JSON list");
        return judgement;
    }
    for (const std::string& indicator : expect.indicators) {
        std::vector<std::string> instead;
        bool right = false;
        for (const json::value& item : inner->get_array()) {
            const json::object* block = item.if_object();
            if (block == nullptr || canonical(member(*block, "indicator")) != canonical(indicator) ||
                (!expect.target.empty() && member(*block, "target") != expect.target)) {
                continue;
            }
            const std::string state = member(*block, "state");
            const std::string reason = member(*block, "reason");
            right = right || ((expect.state.empty() || state == expect.state) &&
                              (expect.reason.empty() || reason.find(expect.reason) != std::string::npos));
            instead.push_back(fmt::format("{} on {} is {} ({})", indicator, member(*block, "target"), state, reason));
        }
        if (expect.state == "none" ? !instead.empty() : !right) {
            find(judgement, instead.empty() ? fmt::format("there is no block of {}", indicator) : few(instead));
        }
    }
    return judgement;
}

Judgement judge(const ExpectBridge::Why& expect, std::string_view page) {
    Judgement judgement;
    for (const std::string& text : expect.contains) {
        if (page.find(text) == std::string_view::npos) {
            find(judgement, fmt::format("'{}' is not told; told is: {}", text, page.substr(0, 1500)));
        }
    }
    for (const std::string& text : expect.lacks) {
        if (page.find(text) != std::string_view::npos) {
            find(judgement, fmt::format("'{}' is told: {}", text, page.substr(0, 1500)));
        }
    }
    return judgement;
}

namespace {

/// "<entry name="a">", "<member>x" and so on, each as often as it stands there.
std::map<std::string_view, int> tags_of(std::string_view xml) {
    std::map<std::string_view, int> tags;
    while (!xml.empty()) {
        const std::size_t next = xml.find('<', 1);
        ++tags[xml.substr(0, next)];
        xml = next == std::string_view::npos ? std::string_view() : xml.substr(next);
    }
    return tags;
}

/// A device keeps the container of an entry that was the last in it; empty, it says what none would.
std::string without_empty_containers(std::string_view xml) {
    std::string text(xml);
    for (const std::string_view container : {"<tag/>", "<address/>", "<address-group/>"}) {
        for (std::size_t at = text.find(container); at != std::string::npos; at = text.find(container, at)) {
            text.erase(at, container.size());
        }
    }
    return text;
}

}  // namespace

Judgement judge_same(std::string_view was, std::string_view is) {
    Judgement judgement;
    const std::string before = without_empty_containers(was);
    const std::string now = without_empty_containers(is);
    if (before == now) {
        return judgement;
    }
    std::map<std::string_view, int> balance = tags_of(now);
    for (const auto& [tag, count] : tags_of(before)) {
        balance[tag] -= count;
    }
    std::vector<std::string> differences;
    for (const auto& [tag, count] : balance) {
        if (count != 0 && !tag.starts_with("</")) {
            differences.push_back(fmt::format("{} {}", count > 0 ? "more:" : "fewer:", tag));
        }
    }
    find(judgement, differences.empty() ? std::string("the same entries stand in another order or place")
                                        : fmt::format("it differs: {}", few(differences)));
    return judgement;
}

Judgement judge(const Order& order, const SentAnswer& answer) {
    Judgement judgement;
    if (answer.status != order.answered.status) {
        find(judgement, fmt::format("the answer was {}, expected {}: {}", answer.status, order.answered.text(),
                                    answer.body.substr(0, 500)));
    } else if (answer.body.find(order.says) == std::string::npos) {
        find(judgement, fmt::format("the answer says '{}'", answer.body.substr(0, 500)));
    }
    return judgement;
}

Judgement judge(const ExpectSent& expect, const std::vector<SentAnswer>& answers) {
    Judgement judgement;
    std::map<std::string, std::size_t> counts;
    for (const SentAnswer& answer : answers) {
        ++counts[std::to_string(answer.status)];
    }
    const bool all_right = std::all_of(answers.begin(), answers.end(), [&](const SentAnswer& answer) {
        return !expect.status || answer.status == *expect.status;
    });
    if (answers.empty() || !all_right) {
        find(judgement, fmt::format("answers were {}", count_of_statuses(answers)));
    }
    for (const auto& [status, range] : expect.statuses) {
        judge_count(range, counts[status], fmt::format("answers with {}", status), judgement);
    }
    for (const SentAnswer& answer : answers) {
        if (!expect.contains.empty() && answer.body.find(expect.contains) == std::string::npos) {
            find(judgement, fmt::format("an answer says '{}'", answer.body.substr(0, 200)));
            break;
        }
    }
    return judgement;
}

Judgement judge(const Fetch& expect, unsigned status, std::string_view body) {
    Judgement judgement;
    if (status != expect.answered) {
        find(judgement, fmt::format("the page is answered with {}, expected {}", status, expect.answered));
    }
    const std::string lines = fmt::format("\n{}", body);
    const auto has = [&lines](const std::string& line) { return lines.find("\n" + line + "\n") != std::string::npos; };
    for (const std::string& line : expect.contains) {
        if (!has(line)) {
            find(judgement, fmt::format("the page has no line '{}'", line));
        }
    }
    for (const std::string& line : expect.lacks) {
        if (has(line)) {
            find(judgement, fmt::format("the page has the line '{}'", line));
        }
    }
    return judgement;
}

Judgement judge(const Answer& expect, const std::vector<SentAnswer>& answers) {
    Judgement judgement;
    const bool right = std::all_of(answers.begin(), answers.end(), [&](const SentAnswer& answer) {
        return expect.kind == Answer::Kind::any ||
               (expect.kind == Answer::Kind::none ? answer.status == 0 : answer.status == expect.status);
    });
    if (!right) {
        const auto odd = std::find_if(answers.begin(), answers.end(), [](const auto& it) { return !it.body.empty(); });
        find(judgement,
             fmt::format("answers were {}, expected {}{}", count_of_statuses(answers), expect.text(),
                         odd == answers.end() ? "" : fmt::format("; one says '{}'", odd->body.substr(0, 200))));
    }
    return judgement;
}

}  // namespace sim::lab
