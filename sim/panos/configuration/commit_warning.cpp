#include "sim/panos/configuration/commit_warning.hpp"

#include <fmt/format.h>

#include "sim/panos/configuration/network_part.hpp"
#include "sim/panos/tree/place.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {

std::vector<std::string> commit_warnings(const NodePtr& configuration) {
    std::vector<std::string> warnings;
    for (const Interface& each : interfaces(configuration)) {
        if (each.routed && zone_of(configuration, each.name).name.empty()) {
            warnings.push_back(fmt::format("Interface {} has no zone configuration.", escaped_text(each.name)));
        }
    }
    for (const Scope& scope : scopes_of(configuration)) {
        each_entry(scope.node->child_ptr("external-list"), [&warnings](const NodePtr& list) {
            each_entry(list->child_ptr("type"), [&](const NodePtr& kind) {
                const std::string_view profile = kind->text_of("certificate-profile");
                if (kind->text_of("url").rfind("https://", 0) == 0 && (profile.empty() || profile == "None")) {
                    warnings.push_back(
                        fmt::format("External Dynamic List {} is configured with no certificate profile. Please select "
                                    "a certificate profile for performing server certificate validation.",
                                    escaped_text(list->value())));
                }
            });
        });
    }
    return warnings;
}

}  // namespace sim::panos
