#include "sim/panos/policy/scope_objects.hpp"

#include <algorithm>

namespace sim::panos {
namespace {

constexpr std::size_t filters_kept_max = 10'000;

}  // namespace

void ScopeObjects::follow(const NodePtr& scope) {
    scope_ = scope;
    objects_.follow(scope ? scope->child_ptr(kind_name(Kind::address)) : nullptr);
    follow_groups(scope ? scope->child_ptr(kind_name(Kind::address_group)) : nullptr);
}

const Node* ScopeObjects::find(std::string_view container, std::string_view name) const {
    const Node* all = scope_ ? scope_->child(container) : nullptr;
    return all == nullptr ? nullptr : all->child("entry", name);
}

bool ScopeObjects::has_name(std::string_view name) const {
    return (objects_.container() && objects_.container()->child("entry", name) != nullptr) || group(name) != nullptr;
}

const std::vector<std::string>& ScopeObjects::nested(const Node& group, const ScopeObjects* outer) {
    const NodePtr outside = outer == nullptr ? nullptr : outer->groups_;
    if (const auto at = nested_.find(&group); at != nested_.end() && at->second.outer == outside) {
        return at->second.names;
    }
    ++groups_read_;
    Nested made{outside, {}};
    const Node* list = group.child("static");
    for (const NodePtr& container : {groups_, outside}) {
        if (list == nullptr || !container) {
            continue;
        }
        const bool by_group = container->children().size() < list->children().size();
        const Node& walked = by_group ? *container : *list;
        walked.children().each([&](const Child& child) {
            const std::string& name = child.node->value();
            const bool both =
                by_group ? list->child("member", name) != nullptr : container->child("entry", name) != nullptr;
            if (both && std::find(made.names.begin(), made.names.end(), name) == made.names.end()) {
                made.names.push_back(name);
            }
            return true;
        });
    }
    return (nested_[&group] = std::move(made)).names;
}

const TagFilter* ScopeObjects::filter(const Node& group) {
    const Node* dynamic = group.child("dynamic");
    if (dynamic == nullptr) {
        return nullptr;
    }
    const std::string text(dynamic->text_of("filter"));
    auto at = filters_.find(text);
    if (at == filters_.end()) {
        if (filters_.size() >= filters_kept_max) {
            filters_.clear();
        }
        auto read = TagFilter::parse(text);
        at = filters_.emplace(text, read ? std::optional(std::move(*read)) : std::nullopt).first;
    }
    return at->second ? &*at->second : nullptr;
}

void ScopeObjects::follow_groups(const NodePtr& groups) {
    static const Children none;
    if (groups == groups_) {
        return;
    }
    std::vector<std::string> names;  // that became a group's, or no longer are
    Children::differences(groups_ ? groups_->children() : none, groups ? groups->children() : none,
                          [&](const NodePtr& before, const NodePtr& after) {
                              if (before) {
                                  nested_.erase(before.get());
                              }
                              if (!before || !after) {
                                  names.push_back((before ? before : after)->value());
                              }
                          });
    groups_ = groups;
    std::erase_if(nested_, [&names](const auto& each) {
        const Node* list = each.first->child("static");
        return list != nullptr && std::any_of(names.begin(), names.end(), [list](const std::string& name) {
                   return list->child("member", name) != nullptr;
               });
    });
}

}  // namespace sim::panos
