#include "sim/panos/call/idp_metadata.hpp"

#include <string_view>

namespace sim::panos {
namespace {

constexpr std::string_view post_binding = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";
constexpr std::string_view redirect_binding = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";

// Every provider has prefixes of its own: md:, saml:, none.
bool named(const Element& element, std::string_view name) {
    const std::string_view own = element.name;
    const std::size_t colon = own.find(':');
    return (colon == std::string_view::npos ? own : own.substr(colon + 1)) == name;
}

const Element* child_named(const Element& element, std::string_view name) {
    for (const Element& each : element.children) {
        if (named(each, name)) {
            return &each;
        }
    }
    return nullptr;
}

struct Service {
    std::string url;
    std::string_view binding;  // empty: there is none that the device speaks
};

// POST where the provider has both: the device's default.
Service service_of(const Element& provider, std::string_view name) {
    Service found;
    for (const Element& each : provider.children) {
        const std::string_view binding = each.attribute("Binding");
        if (!named(each, name) || (binding != post_binding && binding != redirect_binding)) {
            continue;
        }
        if (found.binding.empty() || binding == post_binding) {
            found = {std::string(each.attribute("Location")), binding == post_binding ? "post" : "redirect"};
        }
    }
    return found;
}

std::string signing_certificate(const Element& provider) {
    for (const Element& key : provider.children) {
        if (!named(key, "KeyDescriptor") || key.attribute("use") == "encryption") {
            continue;
        }
        const Element* at = &key;
        for (const std::string_view step : {"KeyInfo", "X509Data", "X509Certificate"}) {
            at = at == nullptr ? nullptr : child_named(*at, step);
        }
        if (at != nullptr) {
            return at->text;
        }
    }
    return {};
}

std::string pem_of(std::string_view base64) {
    std::string out = "-----BEGIN CERTIFICATE-----";
    std::size_t column = 64;
    for (const char c : base64) {
        if (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
            continue;
        }
        if (column == 64) {
            out += '\n';
            column = 0;
        }
        out += c;
        ++column;
    }
    return out + "\n-----END CERTIFICATE-----\n";
}

}  // namespace

tl::expected<IdpMetadata, std::string> read_idp_metadata(const std::string& text, const std::string& profile,
                                                         const std::string& certificate) {
    const auto elements = read_xml(text);
    if (!elements || elements->size() != 1 || !named(elements->front(), "EntityDescriptor")) {
        return tl::make_unexpected(std::string("the file is no SAML metadata of one entity"));
    }
    const Element& entity = elements->front();
    const Element* const provider = child_named(entity, "IDPSSODescriptor");
    if (provider == nullptr || entity.attribute("entityID").empty()) {
        return tl::make_unexpected(std::string("the metadata is not an identity provider's"));
    }
    const Service sign_on = service_of(*provider, "SingleSignOnService");
    if (sign_on.url.empty()) {
        return tl::make_unexpected(std::string("the metadata has no address for single sign-on"));
    }
    const std::string key = signing_certificate(*provider);
    if (key.empty()) {
        return tl::make_unexpected(std::string("the metadata has no certificate to sign with"));
    }
    IdpMetadata read;
    read.certificate = pem_of(key);
    read.profile.name = "entry";
    read.profile.attributes.emplace_back("name", profile);
    const auto field = [&read](std::string name, std::string value) {
        read.profile.children.push_back({std::move(name), {}, std::move(value), {}});
    };
    field("certificate", certificate);
    field("entity-id", std::string(entity.attribute("entityID")));
    field("sso-url", sign_on.url);
    field("sso-bindings", std::string(sign_on.binding));
    if (const Service sign_off = service_of(*provider, "SingleLogoutService"); !sign_off.url.empty()) {
        field("slo-url", sign_off.url);
        field("slo-bindings", std::string(sign_off.binding));
    }
    field("max-clock-skew", "60");
    field("validate-idp-certificate", "yes");
    field("want-auth-requests-signed", provider->attribute("WantAuthnRequestsSigned") == "true" ? "yes" : "no");
    return read;
}

}  // namespace sim::panos
