// Operational commands: restart, passwords, licences, software and content, settings of the session.
#include <fmt/format.h>

#include "sim/panos/configuration/system_text.hpp"
#include "sim/panos/machine/password.hpp"
#include "sim/panos/operate/operation.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

constexpr std::size_t password_bytes_max = 63;

// Clients wait for this sentence in an error: pan-os-ansible's panos_restart.
Reply without_output() {
    return error(0, {"Command succeeded with no output"});
}

Reply restart_system(const OperationCall& call) {
    call.machine.go_down(call.session.now, true);
    return without_output();
}

Reply shut_down(const OperationCall& call) {
    call.machine.go_down(call.session.now, false);
    return without_output();
}

Reply hash_password(const OperationCall& call) {
    const Element* password = call.command.child("password");
    if (password == nullptr || password->text.empty() || password->text.size() > password_bytes_max) {
        return error(17, {" request -> password-hash -> password is invalid"});
    }
    // Salts differ from call to call and are the same in the same story.
    const std::uint64_t salt = (call.machine.options.seed + 1) * 0x9e3779b97f4a7c15ULL +
                               static_cast<std::uint64_t>(call.session.now.time_since_epoch().count());
    return result("<phash>" + password_hash(password->text, salt, call.machine.version) + "</phash>");
}

std::string licence(const Machine& machine, Instant now, std::string_view feature, std::string_view description) {
    return fmt::format(
        "<entry><feature>{}</feature><description>{}</description><serial>{}</serial><issued>{}</issued>"
        "<expires>{}</expires><expired>no</expired><authcode></authcode></entry>",
        feature, description, machine.serial, day_text(now, -1, false), day_text(now, 1, true));
}

Reply licence_info(const OperationCall& call) {
    const Machine& machine = call.machine;
    std::string out;
    if (!machine.model->vm_license.empty()) {
        out += licence(machine, call.session.now, "PA-VM", fmt::format("Standard {}", machine.model->vm_license));
    }
    out += licence(machine, call.session.now, "Premium", "24 x 7 phone support; advanced replacement hardware service");
    return result("<licenses>" + out + "</licenses>");
}

// The mock has no update server, so it says what a device without a way to it says: upgrade-assurance.
Reply no_update_server(const OperationCall&) {
    return error(
        0, {"Failed to check upgrade info due to Unknown error. Please check network connectivity and try again."});
}
Reply no_support_server(const OperationCall&) {
    return error(
        0, {"Failed to check support info due to Unknown error. Please check network connectivity and try again."});
}

Reply software_info(const OperationCall& call) {
    const Machine& machine = call.machine;
    const bool vm = machine.model->virtual_machine();
    return result(fmt::format(
        "<sw-updates last-updated-at=\"{0}\"><msg></msg><versions><entry><version>{1}</version>"
        "<filename>Pan{2}-{1}</filename><size>450</size><size-kb>460800</size-kb><released-on>{0}</released-on>"
        "<release-notes></release-notes><downloaded>yes</downloaded><current>yes</current><latest>yes</latest>"
        "<uploaded>no</uploaded></entry></versions></sw-updates>",
        date_and_time(machine.booted), machine.version.text,
        machine.model->panorama() ? "orama_" + std::string(machine.model->family)
                                  : "OS_" + std::string(vm ? "vm" : machine.model->family)));
}

std::string content(const Machine& machine, std::string_view version, std::string_view file) {
    return fmt::format(
        "<content-updates last-updated-at=\"{0}\"><entry><version>{1}</version><app-version>{1}</app-version>"
        "<filename>{2}-{1}</filename><size>60</size><size-kb>61440</size-kb><released-on>{0}</released-on>"
        "<release-notes></release-notes><downloaded>no</downloaded><current>yes</current>"
        "<installing>no</installing><previous>no</previous></entry></content-updates>",
        date_and_time(machine.booted), version, file);
}

Reply content_info(const OperationCall& call) {
    return result(content(call.machine, "8496-7089", "panupv2-all-contents"));
}

// Of antivirus (av-version is 0), WildFire and GlobalProtect nothing is installed.
Reply no_packages_info(const OperationCall& call) {
    return result(
        fmt::format("<content-updates last-updated-at=\"{}\"></content-updates>", date_and_time(call.machine.booted)));
}

Reply no_client_images(const OperationCall& call) {
    return result(fmt::format("<sw-updates last-updated-at=\"{}\"><msg></msg><versions></versions></sw-updates>",
                              date_and_time(call.machine.booted)));
}

Reply set_cli(const OperationCall&) {
    return result("");
}

Reply set_multi_vsys(const OperationCall& call) {
    const std::string& wanted = call.command.text;
    if (wanted != "on" && wanted != "off") {
        return error(17, {fmt::format(" set -> system -> setting -> multi-vsys '{}' is not an allowed keyword",
                                      escaped_line(wanted)),
                          " set -> system -> setting -> multi-vsys is invalid"});
    }
    if (wanted == "on" && call.machine.model->vsys_max < 2) {
        return error(0, {"This platform does not support multiple virtual systems"});
    }
    call.machine.set_multi_vsys(wanted == "on");
    return result("");
}

// Observed: pan-os-python issue 509; the code is not known.
Reply no_debug(const OperationCall&) {
    return error(17, {" debug not available to xmlapi client"});
}

// Observed by a script's author for ping and traceroute; the others want a terminal, too.
Reply no_terminal(const OperationCall& call) {
    return error(17, {fmt::format(" {} not available to xmlapi client", call.command.name)});
}

constexpr Operation maintenance_commands[] = {
    {"ping", "*", no_terminal},
    {"traceroute", "*", no_terminal},
    {"ssh", "*", no_terminal},
    {"telnet", "*", no_terminal},
    {"tail", "*", no_terminal},
    {"less", "*", no_terminal},
    {"request restart system", "", restart_system},
    {"request shutdown system", "", shut_down},
    {"request password-hash", "password username", hash_password},
    {"request license info", "", licence_info},
    {"request support check", "", no_support_server},
    {"request system software check", "", no_update_server},
    {"request system software info", "", software_info},
    {"request content upgrade check", "", no_update_server},
    {"request content upgrade info", "", content_info},
    {"request anti-virus upgrade check", "", no_update_server},
    {"request anti-virus upgrade info", "", no_packages_info},
    {"request wildfire upgrade check", "", no_update_server, Has::firewall},
    {"request wildfire upgrade info", "", no_packages_info, Has::firewall},
    {"request global-protect-clientless-vpn upgrade check", "", no_update_server, Has::firewall},
    {"request global-protect-clientless-vpn upgrade info", "", no_packages_info, Has::firewall},
    {"request global-protect-client software check", "", no_update_server, Has::firewall},
    {"request global-protect-client software info", "", no_client_images, Has::firewall},
    {"set cli", "*", set_cli},
    {"set system setting multi-vsys", "", set_multi_vsys},
    {"debug", "*", no_debug},
};

}  // namespace

std::span<const Operation> maintenance_operations() {
    return maintenance_commands;
}

}  // namespace sim::panos
