#include "sim/panos/operate/running_text.hpp"

#include <fmt/format.h>

#include "sim/panos/tree/xml.hpp"

namespace sim::panos {

std::string bracketed(const std::vector<std::string>& values) {
    if (values.size() < 2) {
        return values.empty() ? "any" : values.front();
    }
    std::string out = "[";
    for (const std::string& each : values) {
        out += ' ' + each;
    }
    return out + " ]";
}

std::string forwarding_entry(std::size_t id, std::string_view destination, std::string_view interface, RouteKind kind,
                             std::string_view hop) {
    const bool fixed = kind == RouteKind::fixed;
    return fmt::format(
        "<entry><id>{}</id><dst>{}</dst><interface>{}</interface><nh_type>{}</nh_type><flags>{}</flags>"
        "<nexthop>{}</nexthop><mtu>1500</mtu></entry>",
        id, escaped_text(destination), escaped_text(interface), fixed ? 0 : 3,
        fixed                          ? "ug"
        : kind == RouteKind::connected ? "u"
                                       : "uh",
        fixed ? escaped_text(hop) : "0.0.0.0");
}

}  // namespace sim::panos
