// type=export: files from the device.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sim/panos/call/archive.hpp"
#include "sim/panos/call/call.hpp"
#include "sim/panos/call/certificate_file.hpp"
#include "sim/panos/call/device_state.hpp"
#include "sim/panos/call/log_call.hpp"
#include "sim/panos/call/response_page.hpp"
#include "sim/panos/machine/ha_key.hpp"
#include "sim/panos/machine/machine.hpp"
#include "sim/panos/tree/place.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

Reply sent_file(std::string name, std::string content, std::string type = "application/octet-stream") {
    Reply reply;
    reply.content_type = std::move(type);
    reply.body = std::move(content);
    reply.file_name = std::move(name);
    reply.status = "success";
    return reply;
}

std::string printed(const NodePtr& configuration) {
    std::string out;
    Layout layout;
    layout.marks = false;
    layout.depth = 0;
    print(out, *local_part(configuration), layout);
    return out;
}

Reply export_configuration(const Machine& machine, const Parameters& parameters) {
    Reply reply;
    reply.content_type = "application/xml";
    reply.status = "success";
    const std::string from(parameters.value("from"));
    if (from.empty()) {
        reply.body = printed(machine.configuration.candidate());
        return reply;
    }
    const auto saved = machine.saved_configurations.find(from);
    if (saved == machine.saved_configurations.end()) {
        return error(7, {fmt::format("{} does not exist", escaped_line(from))});
    }
    reply.body = printed(saved->second);
    return reply;
}

// Trusted roots that a device has from the factory, by the names that clients ask for. Their content is the mock's own.
constexpr std::array<std::string_view, 1> predefined_certificates{"0041_Entrust.net_Certification_Authority_(2048)"};
constexpr std::string_view predefined_content =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBsjCCAVigAwIBAgIBKTAKBggqhkjOPQQDAjA3MTUwMwYDVQQDDCxQcmVkZWZp\n"
    "bmVkIENlcnRpZmljYXRpb24gQXV0aG9yaXR5IG9mIGEgbW9jazAgFw0yNjExMjQx\n"
    "MTIzMzhaGA8yMTI2MTAzMTExMjMzOFowNzE1MDMGA1UEAwwsUHJlZGVmaW5lZCBD\n"
    "ZXJ0aWZpY2F0aW9uIEF1dGhvcml0eSBvZiBhIG1vY2swWTATBgcqhkjOPQIBBggq\n"
    "hkjOPQMBBwNCAATvm6RyzGQPON702HeZSTlnfKJFLgrzwlFg65L793EwcgVCg+TF\n"
    "ikvUJw5KnG/N/THkQl+/aqJ7LnvrCf2xTojIo1MwUTAdBgNVHQ4EFgQU9J1KiEju\n"
    "F/cW3uLgo+gObHdY9LgwHwYDVR0jBBgwFoAU9J1KiEjuF/cW3uLgo+gObHdY9Lgw\n"
    "DwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiAZyMCapQnCVy/pSt3x\n"
    "ENSRSxHmIfr2RSWW6R4u4JgT6wIhAKkghHJps37+KALeacSbBAJc2cxxLoNvmvp5\n"
    "42QB0y5g\n"
    "-----END CERTIFICATE-----\n";

// The certificate of that name in the shared scope, in Panorama's own, or in the vsys that was asked for.
NodePtr stored_certificate(const Machine& machine, const Session& session, const std::string& name) {
    const NodePtr& candidate = machine.configuration.candidate();
    std::vector<NodePtr> containers;
    for (const Scope& scope : scopes_of(candidate)) {
        if (scope.shared() || scope.vsys() == session.vsys) {
            containers.push_back(node_at(scope.node, std::vector<std::string>{"certificate"}));
        }
    }
    containers.push_back(node_at(candidate, std::vector<std::string>{"panorama", "certificate"}));
    for (const NodePtr& container : containers) {
        if (container && container->child("entry", name) != nullptr) {
            return container->child_ptr("entry", name);
        }
    }
    return nullptr;
}

// Of a certificate that is to be signed elsewhere: scripts in use export it so.
Reply signing_request(const Machine& machine, const Session& session, const std::string& name) {
    const NodePtr found = stored_certificate(machine, session, name);
    if (!found) {
        return error(7, {fmt::format("Certificate {} not found", escaped_line(name))});
    }
    const std::string request(found->text_of("csr"));
    return request.empty() ? error(0, {fmt::format("Failed to export certificate {}", escaped_line(name))})
                           : sent_file(name + ".csr", request);
}

Reply certificate_file(const Machine& machine, const Session& session, const Parameters& parameters) {
    for (const std::string_view needed : {"certificate-name", "format"}) {
        if (parameters.value(needed).empty()) {
            return web_error(400, fmt::format("Parameter \"{}\" is required while exporting certificate", needed));
        }
    }
    const std::string_view format = parameters.value("format");
    if (format != "pem" && format != "pkcs12" && format != "pkcs10") {
        return illegal_value("format", format);
    }
    if (format == "pkcs10") {
        return signing_request(machine, session, std::string(parameters.value("certificate-name")));
    }
    const std::string_view with_key = parameters.value("include-key");
    if (!with_key.empty() && with_key != "yes" && with_key != "no") {
        return illegal_value("include-key", with_key);
    }
    const bool key = with_key == "yes" || parameters.value("category") == "keypair" || format == "pkcs12";
    if (key && parameters.value("passphrase").empty()) {
        return web_error(400, "Parameter \"passphrase\" is required while exporting certificate");
    }
    const std::string name(parameters.value("certificate-name"));
    const NodePtr found = stored_certificate(machine, session, name);
    if (!found && !key && format == "pem" &&
        std::find(predefined_certificates.begin(), predefined_certificates.end(), name) !=
            predefined_certificates.end()) {
        return sent_file(name + ".pem", std::string(predefined_content));
    }
    if (!found) {
        return error(7, {fmt::format("Certificate {} not found", escaped_line(name))});
    }
    CertificateFile file;
    file.certificate = std::string(found->text_of("public-key"));
    const auto opened = machine.private_keys.find(std::string(found->text_of("private-key")));
    if (key && opened != machine.private_keys.end()) {
        file.key = opened->second;
    }
    const bool archive = format == "pkcs12";
    const auto written = write_certificate_file(file, archive ? CertificateFormat::pkcs12 : CertificateFormat::pem,
                                                std::string(parameters.value("passphrase")), name);
    if (!written || (key && file.key.empty())) {
        return error(0, {fmt::format("Failed to export certificate {}", escaped_line(name))});
    }
    return sent_file(name + (archive ? ".p12" : ".pem"), *written);
}

// Files that take a while to make: a job makes them, and action=get sends what it made.
struct SlowFile {
    std::string_view category;
    QueryOf of;
    std::string_view file;
    std::string (*content)(const Machine& machine, Instant now);
};

std::string tech_support_file(const Machine& machine, Instant now) {
    return tgz({{"opt/pancfg/mgmt/saved-configs/running-config.xml", printed(machine.configuration.running())}}, now);
}

// Counts of the logs, by type and by what each entry is about.
std::string stats_dump_file(const Machine& machine, Instant now) {
    std::vector<ArchivedFile> files;
    for (const std::string_view type : log_types()) {
        std::map<std::string, std::size_t> counts;
        for (const LogEntryPtr& each : machine.logs.of(type)) {
            ++counts[each->subtype];
        }
        std::string text = "subtype,count\n";
        for (const auto& [subtype, count] : counts) {
            text += fmt::format("{},{}\n", subtype, count);
        }
        files.push_back({fmt::format("stats_dump/{}.csv", type), std::move(text)});
    }
    return tgz(files, now);
}

constexpr std::array slow_files{
    SlowFile{"tech-support", QueryOf::tech_support, "techsupport.tgz", tech_support_file},
    SlowFile{"stats-dump", QueryOf::stats_dump, "stats_dump.tar.gz", stats_dump_file},
};

Reply slow_file(Machine& machine, const Session& session, const Parameters& parameters, const SlowFile& kind) {
    const std::string_view action = parameters.value("action");
    if (action.empty()) {
        Query job;
        job.id = machine.jobs.take_number();
        job.of = kind.of;
        job.admin = session.admin;
        job.enqueued = session.now;
        job.due = session.now + machine.options.query_time;
        job.answer = [running = machine.configuration.running()] { return printed(running); };
        const std::uint64_t id = job.id;
        machine.queries.add(std::move(job));
        return success(19, fmt::format("<result><msg><line>Exec job enqueued with jobid {0}</line></msg><job>{0}</job>"
                                       "</result>",
                                       id));
    }
    if (action == "status" || action == "finish") {
        return query_answer(machine, session, parameters, kind.of);
    }
    if (action != "get") {
        return illegal_value("action", action);
    }
    const Reply known = query_answer(machine, session, parameters, kind.of);
    if (known.status != "success" || known.body.find("<status>FIN</status>") == std::string::npos) {
        return known;
    }
    return sent_file(std::string(kind.file), kind.content(machine, session.now));
}

// Packet captures: the mock has none, so the list is empty and no name is right.
Reply captures(const Parameters& parameters) {
    const std::string from(parameters.value("from"));
    if (!from.empty() || parameters.find("pcap-id") != nullptr) {
        return error(7, {fmt::format("{} does not exist", escaped_line(from.empty() ? "pcap" : from))});
    }
    return result("<dir-listing></dir-listing>");
}

Reply exported(Machine& machine, const Session& session, const Parameters& parameters) {
    const std::string category(parameters.value("category"));
    if (category.empty()) {
        return missing_parameter("category");
    }
    if (category == "configuration") {
        return export_configuration(machine, parameters);
    }
    if (category == "certificate" || category == "keypair") {
        return certificate_file(machine, session, parameters);
    }
    if (category == "high-availability-key") {
        return machine.panorama() ? illegal_value("category", category)
                                  : sent_file("HA-key-" + machine.serial + ".pub", ha_key(machine));
    }
    if (category == "device-state") {
        return sent_file("device_state_cfg.tgz", device_state(machine, session.now));
    }
    for (const SlowFile& each : slow_files) {
        if (category == each.category) {
            return slow_file(machine, session, parameters, each);
        }
    }
    if (category == "application-pcap" || category == "filters-pcap" || category == "filter-pcap" ||
        category == "threat-pcap" || category == "dlp-pcap") {
        return captures(parameters);
    }
    if (is_response_page(category)) {
        const auto own = machine.response_pages.find(category);
        Reply page;
        page.content_type = "text/plain; charset=UTF-8";
        page.status = "success";
        page.body = own == machine.response_pages.end() ? default_response_page(category) : own->second;
        return page;
    }
    return illegal_value("category", category);
}

}  // namespace

Prepared prepare_export(Machine& machine, const Session& session, const Parameters& parameters) {
    Prepared prepared;
    prepared.note.action = std::string(parameters.value("category").substr(0, 40));
    prepared.carry_out = [&machine, &session, &parameters] { return exported(machine, session, parameters); };
    return prepared;
}

}  // namespace sim::panos
