// The address objects of one scope by what they stand for: which of them an address or a name is one of. Follows the
// configuration by its differences, so that a commit of one address costs one, however many there are.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sim/panos/policy/address_index.hpp"
#include "sim/panos/policy/fqdn_table.hpp"
#include "sim/panos/tree/node.hpp"

namespace sim::panos {

class ObjectIndex {
public:
    /// The objects are those of the container ("address"), which may be null.
    void follow(const NodePtr& container);

    /// The objects that hold the address; by name those whose name the device has resolved to it.
    std::vector<const Node*> holding(const Ip& ip, const FqdnTable* names) const;
    /// The objects of that domain name, in lower case.
    std::vector<const Node*> named(const std::string& domain) const;

    const NodePtr& container() const noexcept { return container_; }
    /// Objects that were read so far, each version of them once.
    std::size_t read() const noexcept { return read_; }

private:
    NodePtr container_;
    AddressIndex<NodePtr> addresses_;
    std::vector<std::pair<IpWildcard, NodePtr>> wildcards_;
    std::unordered_multimap<std::string, NodePtr> domains_;
    std::size_t read_ = 0;

    void add(const NodePtr& object);
    void remove(const NodePtr& object);
};

}  // namespace sim::panos
