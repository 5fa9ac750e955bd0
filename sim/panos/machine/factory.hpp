// The configuration of a device fresh from the factory, with what its administrator does by hand before a bridge can
// block on it.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "sim/panos/configuration/schema.hpp"
#include "sim/panos/machine/device_options.hpp"
#include "sim/panos/tree/node.hpp"
#include "sim/panos/tree/version.hpp"

namespace sim::panos {

/// Zones trust and untrust, and a rule that allows trust to untrust. Errors: a role that can't be read.
tl::expected<NodePtr, std::string> factory_configuration(const Version& version, std::string_view host_name,
                                                         const std::vector<Administrator>& administrators);

/// A Panorama fresh from the factory: it manages nothing and has no device group.
tl::expected<NodePtr, std::string> factory_panorama(const Version& version, std::string_view host_name,
                                                    const std::vector<Administrator>& administrators);

/// As prepared(), in the device group (made when missing; shared when empty), with pre-rules. Errors: as there.
tl::expected<NodePtr, std::string> prepared_panorama(const NodePtr& configuration, const std::string& group,
                                                     const std::string& device_group);

/// An address group with the one placeholder member that a static group needs, or with the match of a dynamic one, and
/// two rules above all others that deny traffic to and from it. Errors: a name or match that PAN-OS would not take.
tl::expected<NodePtr, std::string> prepared(const NodePtr& configuration, const std::string& group,
                                            const std::string& match = {});

/// External lists, and rules above all others that deny what is in them. Errors: what PAN-OS would not take.
tl::expected<NodePtr, std::string> prepared_lists(const NodePtr& configuration, const std::vector<PreparedList>& lists);

/// /config/platform, which the device adds to what `get` reads: what the model takes.
NodePtr with_platform(const NodePtr& configuration, const Limits& limits);

/// Reads a running configuration: a <config> element, by itself or in the answer of a device. Errors name the place.
tl::expected<NodePtr, std::string> read_configuration(std::string_view text);

}  // namespace sim::panos
