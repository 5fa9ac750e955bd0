// Operational commands of a Panorama that do one thing to several of its firewalls: `request batch ...`. Restarts
// really happen; no server is reached, so there is nothing to install.
#include <fmt/format.h>

#include <algorithm>

#include "sim/panos/configuration/panorama.hpp"
#include "sim/panos/operate/operation.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

// Serial numbers as members, or in one text with commas or blanks between them.
std::vector<std::string> serials_of(const Element& command) {
    std::vector<std::string> all;
    const Element* const devices = command.child("devices");
    if (devices == nullptr) {
        return all;
    }
    for (const Element& each : devices->children) {
        all.push_back(each.text);
    }
    std::string_view text = devices->children.empty() ? std::string_view(devices->text) : std::string_view{};
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of(", "), text.size());
        if (end > 0) {
            all.emplace_back(text.substr(0, end));
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return all;
}

// The firewalls that are meant; a refusal when one is not managed, or none is named.
tl::expected<std::vector<std::string>, Reply> asked_firewalls(const OperationCall& call, std::string_view path) {
    std::vector<std::string> wanted = serials_of(call.command);
    if (wanted.empty()) {
        return tl::make_unexpected(
            error(17, {fmt::format(" {} is missing 'devices'", path), fmt::format(" {} is invalid", path)}));
    }
    const std::vector<std::string> known = managed_serials(*call.machine.configuration.running());
    for (const std::string& serial : wanted) {
        if (std::find(known.begin(), known.end(), serial) == known.end()) {
            return tl::make_unexpected(
                error(17, {fmt::format(" {} -> devices '{}' is not a valid reference", path, escaped_line(serial)),
                           fmt::format(" {} is invalid", path)}));
        }
    }
    return wanted;
}

Reply reboot(const OperationCall& call) {
    const auto serials = asked_firewalls(call, "request -> batch -> reboot");
    if (!serials) {
        return serials.error();
    }
    std::vector<std::string> lines;
    bool all = true;
    for (const std::string& serial : *serials) {
        Machine* const firewall =
            call.machine.neighbours == nullptr ? nullptr : call.machine.neighbours->connected_to(call.machine, serial);
        const bool there = firewall != nullptr && !firewall->down(call.session.now);
        if (there) {
            firewall->go_down(call.session.now, true);
        }
        all = all && there;
        lines.push_back(
            fmt::format("{}: {}", escaped_text(serial), there ? "reboot initiated" : "device not connected"));
    }
    const std::uint64_t job = call.machine.enqueue_job(
        "BatchReboot", call.session.admin, std::chrono::seconds(1),
        [lines, all](Job& ended, Instant) {
            ended.result = all ? JobResult::ok : JobResult::fail;
            ended.details = lines;
        },
        call.session.now);
    return success(19, fmt::format("<result><msg><line>Reboot job enqueued with jobid {0}</line></msg><job>{0}</job>"
                                   "</result>",
                                   job));
}

Reply deactivate(const OperationCall& call) {
    const auto serials = asked_firewalls(call, "request -> batch -> license -> deactivate -> VM-Capacity");
    return serials ? server_not_reached("deactivate license") : serials.error();
}

Reply check(const OperationCall&) {
    return server_not_reached("check upgrade info");
}

Reply no_packages(const OperationCall& call) {
    return result(
        fmt::format("<content-updates last-updated-at=\"{}\"></content-updates>", date_and_time(call.machine.booted)));
}

Reply no_images(const OperationCall& call) {
    return result(fmt::format("<sw-updates last-updated-at=\"{}\"><msg></msg><versions></versions></sw-updates>",
                              date_and_time(call.machine.booted)));
}

// Nothing was ever downloaded that could be sent to a firewall.
Reply install(const OperationCall& call) {
    const auto serials = asked_firewalls(call, "request -> batch -> upload-install");
    if (!serials) {
        return serials.error();
    }
    const Element* const file = call.command.child("file");
    return error(0,
                 {fmt::format("{} does not exist",
                              file == nullptr ? "file" : escaped_line(std::string_view(file->text).substr(0, 127)))});
}

constexpr Operation batch_commands[] = {
    {"request batch reboot", "devices", reboot, Has::panorama},
    {"request batch license deactivate VM-Capacity", "mode devices", deactivate, Has::panorama},
    {"request batch software check", "", check, Has::panorama},
    {"request batch software info", "", no_images, Has::panorama},
    {"request batch software upload-install", "file devices", install, Has::panorama},
    {"request batch content check", "", check, Has::panorama},
    {"request batch content info", "", no_packages, Has::panorama},
    {"request batch content upload-install", "file devices", install, Has::panorama},
    {"request batch anti-virus check", "", check, Has::panorama},
    {"request batch anti-virus info", "", no_packages, Has::panorama},
    {"request batch anti-virus upload-install", "file devices", install, Has::panorama},
    {"request batch wildfire check", "", check, Has::panorama},
    {"request batch wildfire info", "", no_packages, Has::panorama},
};

}  // namespace

std::span<const Operation> batch_operations() {
    return batch_commands;
}

}  // namespace sim::panos
