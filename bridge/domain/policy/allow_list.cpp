#include "bridge/domain/policy/allow_list.hpp"

#include <fmt/format.h>

namespace bridge::domain {

std::optional<AllowRule> AllowRule::parse(std::string_view text, std::string origin) {
    AllowRule rule;
    rule.text_ = text;
    rule.origin_ = std::move(origin);
    rule.prefix_ = Prefix::parse(text);
    if (rule.prefix_) {
        return rule;
    }
    std::string_view name = text;
    if (name.starts_with("*.")) {
        rule.below_ = true;
        name.remove_prefix(2);
    }
    const auto parsed = DomainName::parse(name);
    if (!parsed) {
        return std::nullopt;
    }
    rule.name_ = parsed->text();
    return rule;
}

bool AllowRule::covers(const Indicator& indicator) const {
    if (const IpAddress* address = indicator.address()) {
        return prefix_ && prefix_->contains(*address);
    }
    if (const Prefix* wide = indicator.prefix()) {
        return prefix_ && prefix_->overlaps(*wide);
    }
    if (name_.empty()) {
        return false;
    }
    const std::string& name = indicator.domain()->text();
    return name == name_ || (below_ && name.size() > name_.size() && name.ends_with(name_) &&
                             name[name.size() - name_.size() - 1] == '.');
}

std::string AllowRule::reason() const {
    return fmt::format("on the allow list: {}{}", text_, origin_.empty() ? "" : fmt::format(" ({})", origin_));
}

void AllowList::Layer::take(AllowRule rule) {
    const std::size_t place = rules.size();
    if (rule.prefix_) {
        const IpAddress& network = rule.prefix_->network();
        prefixes[{network.is_v4(), rule.prefix_->length()}].try_emplace(network, place);
    } else {
        (rule.below_ ? zones : names).try_emplace(rule.name_, place);
    }
    rules.push_back(std::move(rule));
}

const AllowRule* AllowList::Layer::find(const IpAddress& address) const {
    for (const auto& [kind, networks] : prefixes) {
        if (kind.first != address.is_v4()) {
            continue;
        }
        const auto found = networks.find(Prefix::of(address, kind.second).network());
        if (found != networks.end()) {
            return &rules[found->second];
        }
    }
    return nullptr;
}

const AllowRule* AllowList::Layer::find(const Prefix& wide) const {
    for (const auto& [kind, networks] : prefixes) {
        if (kind.first != wide.network().is_v4()) {
            continue;
        }
        if (kind.second <= wide.length()) {
            const auto found = networks.find(Prefix::of(wide.network(), kind.second).network());
            if (found != networks.end()) {
                return &rules[found->second];
            }
            continue;
        }
        const auto inside = networks.lower_bound(wide.network());
        if (inside != networks.end() && wide.contains(inside->first)) {
            return &rules[inside->second];
        }
    }
    return nullptr;
}

const AllowRule* AllowList::Layer::find(const DomainName& name) const {
    if (const auto found = names.find(name.text()); found != names.end()) {
        return &rules[found->second];
    }
    if (zones.empty()) {
        return nullptr;
    }
    for (std::string_view rest = name.text(); !rest.empty();) {
        if (const auto found = zones.find(std::string(rest)); found != zones.end()) {
            return &rules[found->second];
        }
        const std::size_t dot = rest.find('.');
        rest = dot == std::string_view::npos ? std::string_view() : rest.substr(dot + 1);
    }
    return nullptr;
}

void AllowList::replace(const std::string& layer, std::vector<AllowRule> rules) {
    Layer made;
    for (AllowRule& rule : rules) {
        made.take(std::move(rule));
    }
    if (made.rules.empty()) {
        layers_.erase(layer);
    } else {
        layers_[layer] = std::move(made);
    }
}

void AllowList::add(const std::string& layer, AllowRule rule) {
    layers_[layer].take(std::move(rule));
}

const AllowRule* AllowList::rule_for(const Indicator& indicator) const {
    for (const auto& [name, layer] : layers_) {
        const AllowRule* found = nullptr;
        if (const IpAddress* address = indicator.address()) {
            found = layer.find(*address);
        } else if (const Prefix* wide = indicator.prefix()) {
            found = layer.find(*wide);
        } else {
            found = layer.find(*indicator.domain());
        }
        if (found != nullptr) {
            return found;
        }
    }
    return nullptr;
}

std::size_t AllowList::size(const std::string& layer) const {
    const auto found = layers_.find(layer);
    return found == layers_.end() ? 0 : found->second.rules.size();
}

}  // namespace bridge::domain
