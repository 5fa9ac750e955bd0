// Writes requests of the PAN-OS XML API.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bridge/domain/enforcer.hpp"
#include "bridge/panos/transport.hpp"

namespace bridge::panos {

/// Where on the firewall the bridge works.
struct Place {
    std::string vsys = "vsys1";
    std::string group;
    std::string tag;    // on every address object of ours; empty: the objects' description marks them instead
    std::string admin;  // whose changes a commit takes along; see Session
};

/// "/config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='vsys1']"
std::string vsys_xpath(const Place& place);

/// The form for one call of the enforcer, without any key.
std::string form_of(const domain::Call& call, const Place& place);

/// A keygen: user in the form, password in the secret tail (PAN-OS XML API, type=keygen).
ApiRequest keygen_request(std::string_view user, const domain::Secret& password);

/// Reads our group in the candidate, whose marks tell which administrator's changes ours are.
std::string form_of_own_marks(const Place& place, std::string_view object);

std::string url_encoded(std::string_view text);
std::string xml_escaped(std::string_view text);

}  // namespace bridge::panos
