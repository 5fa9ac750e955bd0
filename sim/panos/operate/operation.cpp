#include "sim/panos/operate/operation.hpp"

#include <fmt/format.h>

namespace sim::panos {

std::string vsys_of(const OperationCall& call) {
    return call.session.vsys.empty() ? "vsys1" : call.session.vsys;
}

const Node* pushed_part(const Machine& firewall, std::string_view what) {
    const Node* panorama = firewall.configuration.running()->child("panorama");
    return panorama == nullptr ? nullptr : panorama->child(what);
}

Reply nothing(const OperationCall&) {
    return result("");
}

Reply server_not_reached(std::string_view to_do) {
    return error(
        0, {fmt::format("Failed to {} due to Unknown error. Please check network connectivity and try again.", to_do)});
}

}  // namespace sim::panos
