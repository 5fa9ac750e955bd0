// Operational commands: the system: its identity, clock, readiness.
#include <fmt/format.h>

#include <ctime>

#include "sim/panos/operation.hpp"
#include "sim/panos/xml.hpp"

namespace sim::panos {
namespace {

std::string clock_text(Instant now) {
    const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[64];
    return {text, std::strftime(text, sizeof text, "%a %b %e %H:%M:%S", &parts)};
}

std::string year_text(Instant now) {
    return date_and_time(now).substr(0, 4);
}

Reply show_system_info(const OperationCall& call) {
    const Machine& machine = call.machine;
    const Instant now = call.session.now;
    const auto up = std::chrono::floor<std::chrono::seconds>(now - machine.booted).count();
    const bool vm = machine.options.model == "PA-VM" || machine.options.model.rfind("VM-", 0) == 0;
    std::string out = fmt::format(
        "<system><hostname>{0}</hostname><ip-address>192.0.2.254</ip-address><public-ip-address>unknown"
        "</public-ip-address><netmask>255.255.255.0</netmask><default-gateway>192.0.2.1</default-gateway>"
        "<is-dhcp>no</is-dhcp><ipv6-address>unknown</ipv6-address>"
        "<ipv6-link-local-address>fe80::250:56ff:fe00:5300/64</ipv6-link-local-address>"
        "<ipv6-default-gateway></ipv6-default-gateway><mac-address>00:50:56:00:53:00</mac-address>"
        "<time>{1} {2}\n</time><uptime>{3} days, {4}:{5:02}:{6:02}</uptime><devicename>{0}</devicename>"
        "<family>{7}</family><model>{8}</model><serial>{9}</serial>",
        escaped_text(machine.host_name), clock_text(now), year_text(now), up / 86400, up / 3600 % 24, up / 60 % 60,
        up % 60, vm ? "vm" : machine.options.model.substr(3, 1) + "00", escaped_text(machine.options.model),
        machine.serial);
    if (vm) {
        out +=
            "<vm-mac-base>00:50:56:00:53:00</vm-mac-base><vm-mac-count>256</vm-mac-count>"
            "<vm-uuid>564D0000-0000-4000-8000-000000005300</vm-uuid><vm-cpuid>ESX:57060500FFFBAB1F</vm-cpuid>"
            "<vm-license>VM-100</vm-license><vm-mode>VMware ESXi</vm-mode>";
    }
    out += fmt::format(
        "<sw-version>{}</sw-version><global-protect-client-package-version>0.0.0</"
        "global-protect-client-package-version>"
        "<app-version>8496-7089</app-version><app-release-date>unknown</app-release-date><av-version>0</av-version>"
        "<av-release-date>unknown</av-release-date><threat-version>8496-7089</threat-version>"
        "<threat-release-date>unknown</threat-release-date><wf-private-version>0</wf-private-version>"
        "<wf-private-release-date>unknown</wf-private-release-date><url-db>paloaltonetworks</url-db>"
        "<wildfire-version>0</wildfire-version><wildfire-release-date>unknown</wildfire-release-date>"
        "<url-filtering-version>0000.00.00.000</url-filtering-version>"
        "<global-protect-datafile-version>unknown</global-protect-datafile-version>"
        "<global-protect-datafile-release-date>unknown</global-protect-datafile-release-date>"
        "<logdb-version>{}.{}.0</logdb-version><platform-family>{}</platform-family>"
        "<vpn-disable-mode>off</vpn-disable-mode><multi-vsys>off</multi-vsys>"
        "<operational-mode>normal</operational-mode></system>",
        machine.version.text, machine.version.major, machine.version.minor, vm ? "vm" : "pa");
    return result(out);
}

Reply show_clock(const OperationCall& call) {
    return result(fmt::format("{} UTC {}\n", clock_text(call.session.now), year_text(call.session.now)));
}

Reply show_chassis_ready(const OperationCall&) {
    return result("yes");
}

Reply show_high_availability(const OperationCall&) {
    return result("<enabled>no</enabled>");
}

constexpr Operation operations[] = {
    {"show system info", "", show_system_info},
    {"show clock", "", show_clock},
    {"show chassis-ready", "", show_chassis_ready},
    {"show high-availability state", "", show_high_availability},
};

}  // namespace

std::span<const Operation> system_operations() {
    return operations;
}

}  // namespace sim::panos
