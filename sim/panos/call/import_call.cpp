// type=import: files to the device, as multipart uploads.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sim/panos/call/call.hpp"
#include "sim/panos/call/certificate_file.hpp"
#include "sim/panos/call/device_state.hpp"
#include "sim/panos/call/idp_metadata.hpp"
#include "sim/panos/call/response_page.hpp"
#include "sim/panos/machine/factory.hpp"
#include "sim/panos/machine/ha_key.hpp"
#include "sim/panos/machine/machine.hpp"
#include "sim/panos/tree/xml.hpp"
#include "sim/panos/web/multipart.hpp"
#include "sim/panos/web/rest_json.hpp"

namespace sim::panos {
namespace {

constexpr std::size_t saved_max = 100;
constexpr std::size_t file_name_max = 255;

Reply saved(std::string_view name) {
    return success(0, fmt::format("<msg><line>{} saved</line></msg>", escaped_text(name)));
}

Reply import_configuration(Machine& machine, const MultipartPart& file) {
    const std::string& name = file.file_name;
    if (name.size() < 5 || name.substr(name.size() - 4) != ".xml") {
        return error(0,
                     {fmt::format("cannot upload to reserved file name \"{}\", which doesn't have expected extension "
                                  "\".xml\"",
                                  escaped_line(name))});
    }
    if (name.size() > file_name_max || name.find('/') != std::string::npos || name == "running-config.xml") {
        return error(0, {fmt::format("cannot upload to reserved file name \"{}\"", escaped_line(name.substr(0, 300)))});
    }
    const auto read = read_configuration(file.content);
    if (!read) {
        return error(0, {fmt::format("{} is not a valid configuration file", escaped_line(name))});
    }
    if (machine.saved_configurations.count(name) == 0 && machine.saved_configurations.size() >= saved_max) {
        return error(0, {"too many saved configurations"});
    }
    machine.saved_configurations[name] = *read;
    return saved(name);
}

// Into the candidate, in the scope that imports go to.
Reply put_entry(Machine& machine, const Session& session, const std::string& container, const Element& entry) {
    std::string scope = machine.options.model == "Panorama" ? "/config/panorama" : "/config/shared";
    if (!session.vsys.empty() && session.vsys != "shared") {
        scope =
            fmt::format("/config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='{}']", session.vsys);
    }
    return prepare_config(
               machine, session,
               Parameters::of(
                   {{"type", "config"}, {"action", "set"}, {"xpath", scope + container}, {"element", to_xml(entry)}}))
        .carry_out();
}

// XML API guide: a server profile comes of the file, and the certificate in it. The certificate's name is assumed.
Reply import_idp_metadata(Machine& machine, const Session& session, const Parameters& parameters,
                          const MultipartPart& file) {
    constexpr std::size_t name_max = 31;
    const std::string name(parameters.value("profile-name"));
    if (name.empty()) {
        return missing_parameter("profile-name");
    }
    if (name.size() > name_max) {
        return illegal_value("profile-name", name);
    }
    const std::string certificate =
        fmt::format("crt.{}.{}", name, session.vsys.empty() ? std::string("shared") : session.vsys);
    const auto read = read_idp_metadata(file.content, name, certificate);
    Element entry;
    entry.name = "entry";
    entry.attributes.emplace_back("name", certificate);
    if (read) {
        entry.children = certificate_fields(read->certificate);
    }
    if (!read || entry.children.empty()) {
        return error(0, {fmt::format("Failed to import SAML metadata: {}",
                                     read ? std::string("its certificate can't be read") : read.error())});
    }
    const Reply set = put_entry(machine, session, "/certificate", entry);
    return set.status == "success" ? put_entry(machine, session, "/server-profile/saml-idp", read->profile) : set;
}

Reply import_device_state(Machine& machine, const Session& session, const MultipartPart& file) {
    if (const Lock* const lock = machine.locks.in_the_way(LockKind::config, session.admin, "shared")) {
        return error(15, {fmt::format("Configuration is locked by {}", escaped_line(lock->admin))});
    }
    const auto taken = take_device_state(machine, session.admin, file.content, session.now);
    return taken ? saved(file.file_name.substr(0, file_name_max))
                 : error(0, {fmt::format("Failed to import device state: {}", taken.error())});
}

Reply import_certificate(Machine& machine, const Session& session, const Parameters& parameters,
                         const MultipartPart& file) {
    const std::string_view category = parameters.value("category");
    for (const std::string_view needed : {"certificate-name", "format"}) {
        if (parameters.value(needed).empty()) {
            return web_error(400, fmt::format("Parameter \"{}\" is required while importing certificate", needed));
        }
    }
    const std::string_view format = parameters.value("format");
    if (format != "pem" && format != "pkcs12") {
        return illegal_value("format", format);
    }
    const bool keyed = category != "certificate" || format == "pkcs12";
    if (keyed && parameters.value("passphrase").empty()) {
        return web_error(400, "Parameter \"passphrase\" is required while importing certificate");
    }
    const std::string name(parameters.value("certificate-name"));
    const auto read =
        read_certificate_file(file.content, format == "pem" ? CertificateFormat::pem : CertificateFormat::pkcs12,
                              std::string(parameters.value("passphrase")));
    const bool needs_certificate = category != "private-key";
    const bool lacks = read && ((needs_certificate && read->certificate.empty()) || (keyed && read->key.empty()));
    if (!read || lacks) {
        return error(0, {fmt::format("Import of {} failed. {}", escaped_line(name),
                                     read ? "Unable to read the file" : read.error())});
    }
    Element entry;
    entry.name = "entry";
    entry.attributes.emplace_back("name", name);
    if (needs_certificate) {
        entry.children = certificate_fields(read->certificate);
    }
    if (keyed) {
        entry.children.push_back({"private-key", {}, sealed_key(read->key), {}});
    }
    const Reply set = put_entry(machine, session, "/certificate", entry);
    if (set.status == "success" && keyed) {
        machine.private_keys[sealed_key(read->key)] = read->key;
    }
    return set.status == "success"
               ? result(fmt::format("Successfully imported {} into candidate configuration", escaped_text(name)))
               : set;
}

// Files that the vendor signs: none that a test can send is one, and the words say so.
struct SignedFile {
    std::string_view category;
    std::string_view refusal;
};
constexpr std::array signed_files{
    SignedFile{"software", "Image File Authentication Error"},
    SignedFile{"content", "Failed to load content package: invalid signature"},
    SignedFile{"anti-virus", "Failed to load anti-virus package: invalid signature"},
    SignedFile{"wildfire", "Failed to load wildfire package: invalid signature"},
    SignedFile{"global-protect-client", "Image File Authentication Error"},
    SignedFile{"global-protect-clientless-vpn", "Failed to load clientless VPN package: invalid signature"},
    SignedFile{"pandb-url-database", "Failed to load URL database: invalid signature"},
    SignedFile{"url-database", "Failed to load URL database: invalid signature"},
    SignedFile{"license", "Failed to install license. Invalid license key"},
};

std::string_view refusal_of(std::string_view category) {
    const auto at = std::find_if(signed_files.begin(), signed_files.end(),
                                 [category](const SignedFile& each) { return each.category == category; });
    return at == signed_files.end() ? std::string_view{} : at->refusal;
}

// `where` says which: parameters of the XML API guide.
Reply custom_logo(Machine& machine, const Parameters& parameters, MultipartPart& file) {
    constexpr std::size_t logo_bytes_max = 131'072;
    static constexpr std::array<std::string_view, 4> places{"login-screen", "main-ui", "pdf-report-footer",
                                                            "pdf-report-header"};
    const std::string_view where = parameters.value("where");
    if (where.empty()) {
        return missing_parameter("where");
    }
    if (std::find(places.begin(), places.end(), where) == places.end()) {
        return illegal_value("where", where);
    }
    if (file.content.size() > logo_bytes_max) {
        return error(0,
                     {fmt::format("{} is larger than 128KB", escaped_line(file.file_name.substr(0, file_name_max)))});
    }
    machine.response_pages[fmt::format("custom-logo {}", where)] = std::move(file.content);
    return saved(file.file_name.substr(0, file_name_max));
}

Reply imported(Machine& machine, const Session& session, const Parameters& parameters, const ApiCall& call) {
    const std::string category(parameters.value("category"));
    if (category.empty()) {
        return missing_parameter("category");
    }
    const bool keys = category == "certificate" || category == "keypair" || category == "private-key";
    const std::string_view refusal = refusal_of(category);
    const bool ha = category == "high-availability-key" && !machine.panorama();
    const bool state = category == "device-state" && !machine.panorama();
    if (category != "configuration" && category != "custom-logo" && !keys && !ha && !state &&
        category != "idp-metadata" && refusal.empty() && !is_response_page(category)) {
        return illegal_value("category", category);
    }
    std::optional<MultipartPart> file = part(call, "file");
    if (!file || file->content.empty()) {
        return missing_parameter("file");
    }
    if (!refusal.empty()) {
        return error(0, {std::string(refusal)});
    }
    if (category == "custom-logo") {
        return custom_logo(machine, parameters, *file);
    }
    if (ha) {
        if (!is_ha_key(file->content)) {
            return error(0, {"Failed to import HA key: it is not a public key of an HA peer"});
        }
        machine.high_availability.peer_key = std::move(file->content);
        return saved(file->file_name.substr(0, file_name_max));
    }
    if (state) {
        return import_device_state(machine, session, *file);
    }
    if (category == "idp-metadata") {
        return import_idp_metadata(machine, session, parameters, *file);
    }
    if (category == "configuration") {
        return import_configuration(machine, *file);
    }
    if (keys) {
        return import_certificate(machine, session, parameters, *file);
    }
    machine.response_pages[category] = std::move(file->content);
    return saved(category);
}

}  // namespace

Prepared prepare_import(Machine& machine, const Session& session, const Parameters& parameters, const ApiCall& call) {
    Prepared prepared;
    prepared.note.action = std::string(parameters.value("category").substr(0, 40));
    prepared.note.element_bytes = call.body.size();
    prepared.carry_out = [&machine, &session, &parameters, &call] {
        return imported(machine, session, parameters, call);
    };
    return prepared;
}

}  // namespace sim::panos
