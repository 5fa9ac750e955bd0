// Operational commands: the certificates of the configuration, and the device's own, of which the mock has none: no
// server ever signs one.
#include <fmt/format.h>

#include "sim/panos/call/certificate_file.hpp"
#include "sim/panos/configuration/network_part.hpp"
#include "sim/panos/operate/operation.hpp"
#include "sim/panos/tree/place.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

// Those of shared, then of the virtual systems.
void each_certificate(const NodePtr& running, const std::function<void(const NodePtr&)>& tell) {
    for (const Scope& scope : scopes_of(running)) {
        each_entry(scope.node->child_ptr("certificate"), tell);
    }
}

Reply certificate_store(const OperationCall& call) {
    std::string out;
    each_certificate(call.machine.configuration.running(), [&](const NodePtr& certificate) {
        out += certificate_store_text(std::string(certificate->text_of("public-key")), certificate->value(),
                                      std::chrono::floor<std::chrono::seconds>(call.session.now.time_since_epoch()));
    });
    return result(out.empty() ? "" : cdata(out));
}

// demisto/content's recording; `expiry` is in seconds since 1970.
Reply show_certificates(const OperationCall& call) {
    const Element* const wanted = call.command.child("certificate-name");
    std::string out;
    each_certificate(call.machine.configuration.running(), [&](const NodePtr& certificate) {
        if (wanted != nullptr && wanted->text != certificate->value()) {
            return;
        }
        out += "<entry name=\"" + escaped_attribute(certificate->value()) + "\">\n";
        for (const auto& [tag, field] :
             {std::pair{"common-name", "common-name"}, std::pair{"subject", "subject"}, std::pair{"issuer", "issuer"},
              std::pair{"subject-hash", "subject-hash"}, std::pair{"issuer-hash", "issuer-hash"}, std::pair{"ca", "ca"},
              std::pair{"not-valid-before", "not-valid-before"}, std::pair{"not-valid-after", "not-valid-after"},
              std::pair{"expiry", "expiry-epoch"}}) {
            out += fmt::format("<{0}>{1}</{0}>", tag, escaped_text(certificate->text_of(field)));
        }
        out += "\n\n</entry>\n";
    });
    return result(out);
}

Reply device_certificate(const OperationCall& call) {
    if (!call.machine.version.shows_device_certificate()) {
        return error(17, unexpected_lines({"show", "device-certificate"}));
    }
    return result("<device-certificate><msg>Device certificate not found</msg></device-certificate>");
}

// Seen on a Panorama without one: nothing.
Reply device_certificate_details(const OperationCall& call) {
    if (!call.machine.version.shows_device_certificate()) {
        return error(17, unexpected_lines({"show", "device-certificate"}));
    }
    return result("");
}

constexpr Operation certificate_commands[] = {
    {"show sslmgr-store config-certificate-info", "", certificate_store},
    {"request certificate show", "certificate-name", show_certificates},
    {"show device-certificate status", "", device_certificate},
    {"show device-certificate info", "", device_certificate_details},
};

}  // namespace

std::span<const Operation> certificate_operations() {
    return certificate_commands;
}

}  // namespace sim::panos
