// What a SAML identity provider's metadata file says, as the entry of a server profile and a certificate.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "sim/panos/tree/xml.hpp"

namespace sim::panos {

struct IdpMetadata {
    Element profile;          // <entry name="...">, for server-profile/saml-idp
    std::string certificate;  // PEM; what the provider signs with
};

/// `certificate`: the name that the profile calls its certificate by. Errors: not SAML metadata, no identity provider,
/// no place for sign-on, or no certificate in it.
tl::expected<IdpMetadata, std::string> read_idp_metadata(const std::string& text, const std::string& profile,
                                                         const std::string& certificate);

}  // namespace sim::panos
