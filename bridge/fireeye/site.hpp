// What of the addresses that alerts name belongs to the operator: the appliance does not know, and reports the site's
// proxy as the server of every page.
#pragma once

#include <vector>

#include "bridge/domain/value/ip_address.hpp"

namespace bridge::fireeye {

struct Site {
    std::vector<domain::Prefix> networks;   // of the site, on top of the private ranges
    std::vector<domain::Prefix> proxies;    // web proxies that clients are told to use
    std::vector<domain::Prefix> resolvers;  // DNS servers that clients ask

    bool empty() const { return networks.empty() && proxies.empty() && resolvers.empty(); }
};

}  // namespace bridge::fireeye
