// Operational commands that would ask an update or a licence server: the mock reaches none. What needs none works: the
// installed release can be installed again, and the plugins that came with it are listed.
#include <fmt/format.h>

#include <algorithm>

#include "sim/panos/operate/operation.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

constexpr auto install_time = std::chrono::minutes(4);
constexpr std::size_t name_bytes_max = 127;

Reply missing(std::string_view path, std::string_view what) {
    return error(17, {fmt::format(" {} is missing '{}'", path, what)});
}

Reply enqueued(std::string_view what, std::uint64_t job) {
    return success(
        19, fmt::format("<result><msg><line>{0} job enqueued with jobid {1}</line></msg><job>{1}</job></result>", what,
                        job));
}

// A code that no server confirms is refused with the sentence that pango's tests hold.
Reply fetch_licence(const OperationCall& call) {
    const Element* const code = call.command.child("auth-code");
    if (code == nullptr) {
        return error(0, {"Failed to fetch licenses. Failed to get license info. Please try again later."});
    }
    return error(0, {fmt::format("Failed to install licenses. Invalid Auth Code: {}",
                                 escaped_line(std::string_view(code->text).substr(0, name_bytes_max)))});
}

Reply download_software(const OperationCall& call) {
    const std::string version = call.command.text_of("version");
    if (version.empty()) {
        return missing("request -> system -> software -> download", "version");
    }
    const std::string& sync = call.command.text_of("sync-to-peer");
    if (!sync.empty() && sync != "yes" && sync != "no") {
        return error(17,
                     {fmt::format(" request -> system -> software -> download -> sync-to-peer '{}' is not an allowed "
                                  "keyword",
                                  escaped_line(sync))});
    }
    if (version != call.machine.version.text) {
        return server_not_reached("download software");
    }
    return enqueued("Download", call.machine.enqueue_job(
                                    "Downld", call.session.admin, std::chrono::seconds(1),
                                    [](Job& job, Instant) {
                                        job.result = JobResult::fail;
                                        job.details = {"Image exists already"};
                                    },
                                    call.session.now));
}

Reply install_software(const OperationCall& call) {
    const std::string version = call.command.text_of("version");
    if (version.empty()) {
        return missing("request -> system -> software -> install", "version");
    }
    if (version != call.machine.version.text) {
        return error(0, {fmt::format("Failed to install {0}: the image of version {0} is not downloaded",
                                     escaped_line(std::string_view(version).substr(0, name_bytes_max)))});
    }
    if (call.machine.jobs.runs("Install") || call.machine.jobs.active() != nullptr) {
        return error(0, {"Another install or commit is in progress. Please try again later."});
    }
    return enqueued("Software install", call.machine.enqueue_job(
                                            "Install", call.session.admin, install_time,
                                            [version](Job& job, Instant) {
                                                job.details = {fmt::format(
                                                    "Software installation of {} successfully completed. Please "
                                                    "reboot to switch to the new version.",
                                                    escaped_text(version))};
                                            },
                                            call.session.now));
}

// ---- content --------------------------------------------------------------------------------------------------------

// There is no list of packages to take one of, for none was ever fetched.
Reply no_package(const OperationCall&) {
    return error(0, {"No update information available"});
}

// Without a licence server a licence can't be given back.
Reply deactivate_licence(const OperationCall&) {
    return server_not_reached("deactivate license");
}

// ---- plugins --------------------------------------------------------------------------------------------------------

struct Plugin {
    std::string_view name;
    std::string_view version;
};

// What a virtual firewall brings along; hardware has none.
std::vector<Plugin> installed_plugins(const Machine& machine) {
    return machine.model->virtual_machine() && !machine.model->panorama() ? std::vector<Plugin>{{"vm_series", "2.0.6"}}
                                                                          : std::vector<Plugin>{};
}

std::string release_of(const Plugin& plugin) {
    return fmt::format("{}-{}", plugin.name, plugin.version);
}

Reply show_installed_plugins(const OperationCall& call) {
    std::string out;
    for (const Plugin& each : installed_plugins(call.machine)) {
        out += fmt::format("<entry><name>{}</name><version>{}</version><pkg-file>{}</pkg-file></entry>", each.name,
                           release_of(each), release_of(each));
    }
    return result("<list>" + out + "</list>");
}

Reply show_plugin_packages(const OperationCall& call) {
    std::string out;
    for (const Plugin& each : installed_plugins(call.machine)) {
        out += fmt::format(
            "<entry><name>{}</name><version>{}</version><pkg-file>{}</pkg-file><downloaded>yes</downloaded>"
            "<installed>yes</installed></entry>",
            each.name, release_of(each), release_of(each));
    }
    return result("<plugins>" + out + "</plugins>");
}

Reply check_plugins(const OperationCall&) {
    return server_not_reached("check upgrade info");
}

Reply download_plugin(const OperationCall& call) {
    if (call.command.text_of("file").empty()) {
        return missing("request -> plugins -> download", "file");
    }
    return server_not_reached("download plugin");
}

Reply install_plugin(const OperationCall& call) {
    const std::string& package = call.command.text;
    if (package.empty()) {
        return missing("request -> plugins", "install");
    }
    const std::vector<Plugin> all = installed_plugins(call.machine);
    const bool there =
        std::any_of(all.begin(), all.end(), [&package](const Plugin& each) { return release_of(each) == package; });
    return error(0, {fmt::format("Failed to install plugin {}: {}",
                                 escaped_line(std::string_view(package).substr(0, name_bytes_max)),
                                 there ? "it is installed already" : "the package is not downloaded")});
}

constexpr Operation software_commands[] = {
    {"request license fetch", "auth-code", fetch_licence},
    {"request system software download", "version sync-to-peer file", download_software},
    {"request system software install", "version load-config", install_software},
    {"request license deactivate VM-Capacity", "mode", deactivate_licence, Has::firewall},
    {"request content upgrade download", "latest", no_package},
    {"request content upgrade install", "version file commit skip-content-validity-check sync-to-peer", no_package},
    {"request anti-virus upgrade download", "latest", no_package},
    {"request anti-virus upgrade install", "version file commit sync-to-peer", no_package},
    {"request wildfire upgrade download", "latest", no_package, Has::firewall},
    {"request wildfire upgrade install", "version file commit sync-to-peer", no_package, Has::firewall},
    {"show plugins installed", "", show_installed_plugins},
    {"show plugins packages", "", show_plugin_packages},
    {"request plugins check", "", check_plugins},
    {"request plugins download", "file", download_plugin},
    {"request plugins install", "", install_plugin},
};

}  // namespace

std::span<const Operation> software_operations() {
    return software_commands;
}

}  // namespace sim::panos
