#include "sim/panos/policy/object_index.hpp"

#include <algorithm>

namespace sim::panos {
namespace {

// A host or prefix, or a range; nothing for the other kinds.
std::optional<IpRange> range_of(const Node& object) {
    if (const auto range = parse_netmask(object.text_of("ip-netmask"))) {
        return range;
    }
    return parse_range(object.text_of("ip-range"));
}

}  // namespace

void ObjectIndex::follow(const NodePtr& container) {
    static const Children none;
    if (container == container_) {
        return;
    }
    Children::differences(container_ ? container_->children() : none, container ? container->children() : none,
                          [this](const NodePtr& before, const NodePtr& after) {
                              if (before) {
                                  remove(before);
                              }
                              if (after) {
                                  add(after);
                              }
                          });
    container_ = container;
}

void ObjectIndex::add(const NodePtr& object) {
    ++read_;
    if (const auto range = range_of(*object)) {
        addresses_.add(*range, object);
    } else if (const auto wildcard = parse_wildcard(object->text_of("ip-wildcard"))) {
        wildcards_.emplace_back(*wildcard, object);
    } else if (const std::string_view name = object->text_of("fqdn"); !name.empty()) {
        domains_.emplace(lower_case(name), object);
    }
}

void ObjectIndex::remove(const NodePtr& object) {
    if (const auto range = range_of(*object)) {
        addresses_.remove(*range, object);
        return;
    }
    std::erase_if(wildcards_, [&object](const auto& each) { return each.second == object; });
    const auto [begin, end] = domains_.equal_range(lower_case(object->text_of("fqdn")));
    const auto at = std::find_if(begin, end, [&object](const auto& each) { return each.second == object; });
    if (at != end) {
        domains_.erase(at);
    }
}

std::vector<const Node*> ObjectIndex::holding(const Ip& ip, const FqdnTable* names) const {
    std::vector<const Node*> objects;
    addresses_.each(ip, [&objects](const IpRange& /*range*/, const NodePtr& object) {
        objects.push_back(object.get());
        return true;
    });
    for (const auto& [wildcard, object] : wildcards_) {
        if (wildcard.contains(ip)) {
            objects.push_back(object.get());
        }
    }
    if (names != nullptr) {
        for (const std::string& name : names->names_of(ip)) {
            const std::vector<const Node*> more = named(name);
            objects.insert(objects.end(), more.begin(), more.end());
        }
    }
    return objects;
}

std::vector<const Node*> ObjectIndex::named(const std::string& domain) const {
    std::vector<const Node*> objects;
    const auto [begin, end] = domains_.equal_range(domain);
    for (auto at = begin; at != end; ++at) {
        objects.push_back(at->second.get());
    }
    return objects;
}

}  // namespace sim::panos
