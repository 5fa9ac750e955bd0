#include "sim/panos/policy/fqdn_table.hpp"

#include <algorithm>

#include "sim/panos/tree/place.hpp"

namespace sim::panos {

void FqdnTable::say(std::string_view name, std::vector<Ip> addresses, Instant now) {
    const std::string key = lower_case(name);
    if (addresses.empty()) {
        said_.erase(key);
    } else {
        said_[key] = std::move(addresses);
    }
    if (used_.contains(key) && !due_) {
        due_ = now + pause_;
    }
}

void FqdnTable::follow(const NodePtr& running, Instant now) {
    static const Children none;
    std::map<std::string, NodePtr> present;
    for (const Scope& scope : scopes_of(running)) {
        present[scope.shared() ? std::string("shared") : scope.vsys()] =
            scope.node->child_ptr(kind_name(Kind::address));
    }
    for (const auto& [scope, container] : followed_) {
        present.try_emplace(scope, nullptr);
    }
    std::set<std::string> fresh;
    for (const auto& [scope, container] : present) {
        const NodePtr before = followed_[scope];
        if (before == container) {
            continue;
        }
        Children::differences(before ? before->children() : none, container ? container->children() : none,
                              [&](const NodePtr& was, const NodePtr& is) {
                                  const std::string gone = was ? lower_case(was->text_of("fqdn")) : std::string{};
                                  const std::string come = is ? lower_case(is->text_of("fqdn")) : std::string{};
                                  if (!come.empty() && ++used_[come] == 1) {
                                      fresh.insert(come);
                                  }
                                  if (!gone.empty() && --used_[gone] == 0) {
                                      used_.erase(gone);
                                      fresh.erase(gone);
                                      forget(gone);
                                  }
                              });
    }
    followed_ = std::move(present);
    for (const std::string& name : fresh) {
        look_up(name);
        refreshed_ = now;
    }
    if (used_.empty()) {
        due_ = std::nullopt;
    }
}

void FqdnTable::refresh(Instant now) {
    for (const auto& [name, count] : used_) {
        look_up(name);
    }
    refreshed_ = now;
    due_ = std::nullopt;
}

void FqdnTable::look_up(const std::string& name) {
    const auto answer = said_.find(name);
    if (answer == said_.end()) {
        return;  // an answer that is held stays when there is none any more, as devices keep stale ones (assumed)
    }
    forget(name);
    held_[name] = answer->second;
    for (const Ip& ip : answer->second) {
        by_address_[ip].insert(name);
    }
}

void FqdnTable::forget(const std::string& name) {
    const auto at = held_.find(name);
    if (at == held_.end()) {
        return;
    }
    for (const Ip& ip : at->second) {
        const auto names = by_address_.find(ip);
        if (names == by_address_.end()) {
            continue;
        }
        names->second.erase(name);
        if (names->second.empty()) {
            by_address_.erase(names);
        }
    }
    held_.erase(at);
}

const std::set<std::string>& FqdnTable::names_of(const Ip& ip) const {
    static const std::set<std::string> none;
    const auto at = by_address_.find(ip);
    return at == by_address_.end() ? none : at->second;
}

std::vector<Ip> FqdnTable::held(std::string_view name) const {
    const auto at = held_.find(lower_case(name));
    return at == held_.end() ? std::vector<Ip>{} : at->second;
}

void FqdnTable::advance(Instant now) {
    if (due_ && *due_ <= now) {
        refresh(*due_);
    }
}

}  // namespace sim::panos
