#include "sim/panos/policy/external_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sim/panos/tree/place.hpp"
#include "sim/panos/tree/whole_number.hpp"

namespace sim::panos {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

constexpr std::size_t invalid_kept_max = 1000;

constexpr std::array kinds{std::pair{ListKind::ip, std::string_view("ip")},
                           std::pair{ListKind::domain, std::string_view("domain")},
                           std::pair{ListKind::url, std::string_view("url")},
                           std::pair{ListKind::predefined_ip, std::string_view("predefined-ip")},
                           std::pair{ListKind::predefined_url, std::string_view("predefined-url")}};

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blank = " \t\r\n\xEF\xBB\xBF";
    const std::size_t begin = text.find_first_not_of(blank);
    if (begin == std::string_view::npos) {
        return {};
    }
    return text.substr(begin, text.find_last_not_of(" \t\r\n") + 1 - begin);
}

// A list's name of a domain or URL, as it is compared: lower case, without the wildcard that stands first.
std::string comparable(std::string_view entry) {
    for (const std::string_view wildcard : {"*.", "^."}) {
        if (entry.starts_with(wildcard)) {
            entry.remove_prefix(wildcard.size());
        }
    }
    while (entry.ends_with('/')) {
        entry.remove_suffix(1);
    }
    return lower_case(entry);
}

bool is_domain_entry(std::string_view entry) {
    const std::string name = comparable(entry);
    return name.find('.') != std::string::npos && is_fqdn(name);
}

// A host, perhaps with a wildcard in it, perhaps with a path; a scheme is no part of one.
bool is_url_entry(std::string_view entry) {
    const std::string_view host = entry.substr(0, entry.find('/'));
    return entry.size() <= 1023 && entry.find("://") == std::string_view::npos && !host.empty() &&
           std::all_of(host.begin(), host.end(), [](unsigned char c) {
               return std::isalnum(c) != 0 ||
                      std::string_view("-_.*^:[]").find(static_cast<char>(c)) != std::string_view::npos;
           });
}

bool is_valid(ListKind kind, std::string_view entry) {
    switch (kind) {
        case ListKind::ip:
            return parse_netmask(entry) || parse_range(entry);
        case ListKind::domain:
            return is_domain_entry(entry);
        case ListKind::url:
            return is_url_entry(entry);
        default:
            return false;
    }
}

std::optional<unsigned> time_number(std::string_view text) {
    const auto value = whole_number(text, 9999);
    return value ? std::optional(static_cast<unsigned>(*value)) : std::nullopt;
}

const Node* settings_of(const Node& definition, ListKind kind) {
    const Node* type = definition.child("type");
    return type == nullptr ? nullptr : type->child(name_of(kind));
}

ListKind kind_of(const Node& definition) {
    for (const auto& [kind, name] : kinds) {
        if (settings_of(definition, kind) != nullptr) {
            return kind;
        }
    }
    return ListKind::other;
}

std::set<std::string> exceptions_of(const Node& settings) {
    std::set<std::string> names;
    if (const Node* list = settings.child("exception-list")) {
        list->children().each([&names](const Child& child) {
            names.insert(child.node->value());
            return true;
        });
    }
    return names;
}

std::size_t most_of(const ListLimits& limits, ListKind kind) {
    return kind == ListKind::ip ? limits.addresses : kind == ListKind::domain ? limits.domains : limits.urls;
}

}  // namespace

std::string_view name_of(ListKind kind) {
    const auto at = std::find_if(kinds.begin(), kinds.end(), [kind](const auto& each) { return each.first == kind; });
    return at == kinds.end() ? std::string_view{} : at->second;
}

ListLimits list_limits(std::string_view model) {
    for (const std::string_view large : {"PA-32", "PA-34", "PA-52", "PA-54", "PA-7", "VM-500", "VM-700", "M-"}) {
        if (model.starts_with(large)) {
            return {150'000, 500'000, 250'000};
        }
    }
    return {};
}

ListContent read_list(ListKind kind, std::string_view text, const std::set<std::string>& exceptions, std::size_t most) {
    ListContent content;
    while (!text.empty()) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        line = trimmed(line);
        if (line.empty() || line.front() == '#' || line.front() == ';' || line.starts_with("//")) {
            continue;
        }
        const std::string_view entry = line.substr(0, line.find_first_of(" \t#,"));
        if (exceptions.contains(std::string(entry))) {
            continue;
        }
        if (!is_valid(kind, entry)) {
            if (content.invalid.size() < invalid_kept_max) {
                content.invalid.emplace_back(line.substr(0, 255));
            }
        } else if (content.valid.size() >= most) {
            ++content.ignored;
        } else {
            content.valid.emplace_back(entry);
        }
    }
    return content;
}

void ExternalList::take(ListContent fresh) {
    content = std::move(fresh);
    addresses_.clear();
    names_.clear();
    for (std::size_t i = 0; i < content.valid.size(); ++i) {
        const std::string& entry = content.valid[i];
        if (kind != ListKind::ip) {
            names_.emplace(comparable(entry), i);
        } else if (const auto range = parse_netmask(entry)) {
            addresses_.add(*range, i);
        } else if (const auto ends = parse_range(entry)) {
            addresses_.add(*ends, i);
        }
    }
}

const std::string* ExternalList::holds(const Ip& ip) const {
    const std::string* found = nullptr;
    addresses_.each(ip, [&](const IpRange& /*range*/, std::size_t at) {
        found = &content.valid[at];
        return false;
    });
    return found;
}

// "a.example.com/x/y" is in a list that has it, or a part of its path, or (with a wildcard) a domain above it.
const std::string* ExternalList::holds(std::string_view url_or_domain) const {
    if (kind == ListKind::ip) {
        return nullptr;
    }
    const std::size_t scheme = url_or_domain.find("://");
    std::string text = comparable(scheme == std::string_view::npos ? url_or_domain : url_or_domain.substr(scheme + 3));
    for (std::string path = text; !path.empty();) {
        if (const auto at = names_.find(path); at != names_.end()) {
            const std::string& entry = content.valid[at->second];
            const bool wild_only = entry.starts_with("*.") && path == text.substr(0, text.find('/'));
            if (!wild_only) {
                return &entry;
            }
        }
        const std::size_t slash = path.rfind('/');
        path = slash == std::string::npos ? std::string{} : path.substr(0, slash);
    }
    std::string_view host = std::string_view(text).substr(0, text.find('/'));
    for (std::size_t dot = host.find('.'); dot != std::string_view::npos; dot = host.find('.')) {
        host.remove_prefix(dot + 1);
        const auto at = names_.find(std::string(host));
        if (at != names_.end()) {
            const std::string& entry = content.valid[at->second];
            if (entry.starts_with("*.") || entry.starts_with("^.")) {
                return &entry;
            }
        }
    }
    return nullptr;
}

std::optional<Instant> next_refresh(const Node& definition, Instant now) {
    const Node* settings = settings_of(definition, kind_of(definition));
    const Node* recurring = settings == nullptr ? nullptr : settings->child("recurring");
    if (recurring == nullptr) {
        return std::nullopt;
    }
    const auto after = [now](auto step, Instant from) {
        while (from <= now) {
            from += step;
        }
        return from;
    };
    const auto day = std::chrono::floor<days>(now);
    if (recurring->child("five-minute") != nullptr) {
        return std::chrono::floor<minutes>(now) + minutes(5);
    }
    if (recurring->child("hourly") != nullptr) {
        return after(hours(1), std::chrono::floor<hours>(now));
    }
    if (const Node* daily = recurring->child("daily")) {
        return after(days(1), day + hours(time_number(daily->text_of("at")).value_or(0)));
    }
    if (const Node* weekly = recurring->child("weekly")) {
        constexpr std::array names{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"};
        const auto at = std::find(names.begin(), names.end(), weekly->text_of("day-of-week"));
        const std::chrono::weekday wanted(static_cast<unsigned>(at == names.end() ? 0 : at - names.begin()));
        return after(days(7), day + (wanted - std::chrono::weekday(day)) +
                                  hours(time_number(weekly->text_of("at")).value_or(0)));
    }
    if (const Node* monthly = recurring->child("monthly")) {
        const std::chrono::year_month_day today(day);
        const std::chrono::day wanted(std::clamp(time_number(monthly->text_of("day-of-month")).value_or(1), 1U, 28U));
        const hours at(time_number(monthly->text_of("at")).value_or(0));
        Instant next = std::chrono::sys_days(today.year() / today.month() / wanted) + at;
        if (next <= now) {
            const auto month = today.year() / today.month() + std::chrono::months(1);
            next = std::chrono::sys_days(month / wanted) + at;
        }
        return next;
    }
    return std::nullopt;
}

// ---- the table ------------------------------------------------------------------------------------------------------

std::vector<ListKey> ListTable::follow(const NodePtr& running, Instant now) {
    std::vector<ListKey> changed;
    if (running == followed_) {
        return changed;
    }
    followed_ = running;
    std::set<ListKey> present;
    for (const Scope& scope : scopes_of(running)) {
        const Node* container = scope.node->child(kind_name(Kind::external_list));
        if (container == nullptr) {
            continue;
        }
        container->children().each([&](const Child& child) {
            const ListKey key{scope.shared() ? std::string("shared") : scope.vsys(), child.node->value()};
            present.insert(key);
            ExternalList& list = lists_[key];
            if (list.definition == child.node) {
                return true;
            }
            const bool same = list.definition && same_content(*list.definition, *child.node);
            list.definition = child.node;
            if (same) {
                return true;
            }
            const ListKind kind = kind_of(*child.node);
            const Node* settings = settings_of(*child.node, kind);
            const std::string url(settings == nullptr ? std::string_view{} : settings->text_of("url"));
            if (kind != list.kind || url != list.url) {
                list = ExternalList{};  // nothing of another source is kept
                list.definition = child.node;
            }
            list.key = key;
            list.kind = kind;
            list.url = url;
            list.next = next_refresh(*child.node, now);
            if (kind == ListKind::ip || kind == ListKind::domain || kind == ListKind::url) {
                changed.push_back(key);
            }
            return true;
        });
    }
    std::erase_if(lists_, [&present](const auto& each) { return !present.contains(each.first); });
    return changed;
}

const ExternalList* ListTable::find(const ListKey& key) const {
    const auto at = lists_.find(key);
    return at == lists_.end() ? nullptr : &at->second;
}

const ExternalList* ListTable::seen_from(std::string_view vsys, std::string_view name) const {
    if (lists_.empty()) {
        return nullptr;
    }
    const ExternalList* own = find({std::string(vsys), std::string(name)});
    return own != nullptr ? own : find({"shared", std::string(name)});
}

std::vector<const ExternalList*> ListTable::all() const {
    std::vector<const ExternalList*> lists;
    for (const auto& [key, list] : lists_) {
        lists.push_back(&list);
    }
    return lists;
}

ListTable::Ticket ListTable::ask(const ListKey& key, ListFetcher* fetcher) {
    const Ticket ticket = ++counter_;
    inbox_->open.insert(ticket);
    const ExternalList* list = find(key);
    if (list == nullptr || fetcher == nullptr) {
        inbox_->arrived.emplace(ticket, tl::make_unexpected(std::string("Couldn't connect to server")));
        return ticket;
    }
    ListRequest request{list->url, {}, {}};
    if (const Node* settings = settings_of(*list->definition, list->kind)) {
        if (const Node* auth = settings->child("auth")) {
            request.user = std::string(auth->text_of("username"));
            request.password = std::string(auth->text_of("password"));
        }
    }
    fetcher->fetch(request, [ticket, inbox = std::weak_ptr<Inbox>(inbox_)](ListFetcher::Text text) {
        const auto there = inbox.lock();
        if (there && there->open.contains(ticket)) {
            there->arrived.insert_or_assign(ticket, std::move(text));
        }
    });
    return ticket;
}

bool ListTable::answered(Ticket ticket) const {
    return inbox_->arrived.contains(ticket);
}

tl::expected<std::string, std::string> ListTable::take(const ListKey& key, Ticket ticket, Instant now) {
    const auto at = inbox_->arrived.find(ticket);
    ListFetcher::Text text = at == inbox_->arrived.end()
                                 ? ListFetcher::Text(tl::make_unexpected(std::string("Timeout was reached")))
                                 : std::move(at->second);
    inbox_->arrived.erase(ticket);
    inbox_->open.erase(ticket);
    const auto found = lists_.find(key);
    if (found == lists_.end()) {
        return tl::make_unexpected("External dynamic list " + key.second + " is gone");
    }
    ExternalList& list = found->second;
    if (!text) {
        list.failure = text.error();
        return tl::make_unexpected(fmt::format("EDL({}) Unable to fetch external dynamic list. {}. {}", key.second,
                                               text.error(),
                                               list.fetched ? "Using old copy for refresh." : "There is no old copy."));
    }
    const Node* settings = settings_of(*list.definition, list.kind);
    list.take(read_list(list.kind, *text, settings == nullptr ? std::set<std::string>{} : exceptions_of(*settings),
                        most_of(limits_, list.kind)));
    list.fetched = true;
    list.failure.clear();
    list.refreshed = now;
    return fmt::format("EDL({}) Refresh job success: {} entries", key.second, list.content.valid.size());
}

std::vector<ListKey> ListTable::due(Instant now) {
    std::vector<ListKey> keys;
    for (auto& [key, list] : lists_) {
        if (list.next && *list.next <= now) {
            list.next = next_refresh(*list.definition, now);
            keys.push_back(key);
        }
    }
    return keys;
}

std::optional<Instant> ListTable::next_event() const {
    std::optional<Instant> next;
    for (const auto& [key, list] : lists_) {
        if (list.next && (!next || *list.next < *next)) {
            next = list.next;
        }
    }
    return next;
}

}  // namespace sim::panos
