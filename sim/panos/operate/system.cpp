// Operational commands: the system: its identity, clock, readiness.
#include <fmt/compile.h>
#include <fmt/format.h>

#include "sim/panos/configuration/system_text.hpp"
#include "sim/panos/operate/operation.hpp"
#include "sim/panos/tree/place.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

// Answers that a monitor asks for every few seconds are put together once, from views.
std::string together(std::initializer_list<std::string_view> parts) {
    std::string out;
    std::size_t size = 0;
    for (const std::string_view part : parts) {
        size += part.size();
    }
    out.reserve(size);
    for (const std::string_view part : parts) {
        out += part;
    }
    return out;
}

std::string uptime_text(const OperationCall& call) {
    const auto up = std::chrono::floor<std::chrono::seconds>(call.session.now - call.machine.booted).count();
    return fmt::format(FMT_COMPILE("{} days, {}:{:02}:{:02}"), up / 86400, up / 3600 % 24, up / 60 % 60, up % 60);
}

std::string identity(const OperationCall& call) {
    const Machine& machine = call.machine;
    const Model& model = *machine.model;
    const Instant now = call.session.now;
    const bool panorama = model.panorama();
    const bool recent = machine.version.shows_public_address();
    const NodePtr device = device_part(*machine.configuration.running());
    const Node* const part = device ? device->child("deviceconfig") : nullptr;
    const Node* const system = part == nullptr ? nullptr : part->child("system");
    const auto setting = [system](std::string_view tag, std::string_view otherwise) {
        const std::string_view text = system == nullptr ? std::string_view{} : system->text_of(tag);
        return escaped_text(text.empty() ? otherwise : text);
    };
    const std::string name = setting("hostname", machine.host_name);
    std::string out = together({"<hostname>",
                                name,
                                "</hostname><ip-address>",
                                setting("ip-address", "192.0.2.254"),
                                "</ip-address>",
                                recent ? "<public-ip-address>unknown</public-ip-address>" : "",
                                "<netmask>",
                                setting("netmask", "255.255.255.0"),
                                "</netmask><default-gateway>",
                                setting("default-gateway", "192.0.2.1"),
                                "</default-gateway>",
                                panorama || !recent ? "" : "<is-dhcp>no</is-dhcp>",
                                "<ipv6-address>unknown</ipv6-address>",
                                "<ipv6-link-local-address>fe80::250:56ff:fe00:5300/64</ipv6-link-local-address>",
                                panorama ? "" : "<ipv6-default-gateway></ipv6-default-gateway>",
                                "<mac-address>00:50:56:00:53:00</mac-address><time>",
                                clock_text(now),
                                " ",
                                year_text(now),
                                "\n</time><uptime>",
                                uptime_text(call),
                                "</uptime><devicename>",
                                name,
                                "</devicename><family>",
                                model.family,
                                "</family><model>",
                                model.shown,
                                "</model><serial>",
                                machine.serial,
                                "</serial>"});
    if (panorama) {
        out += "<cloud-mode>non-cloud</cloud-mode>";
    }
    if (!model.vm_license.empty()) {
        out += "<vm-mac-base>00:50:56:00:53:00</vm-mac-base><vm-mac-count>256</vm-mac-count>";
    }
    if (model.virtual_machine()) {
        out += "<vm-uuid>564D0000-0000-4000-8000-000000005300</vm-uuid><vm-cpuid>ESX:57060500FFFBAB1F</vm-cpuid>";
    }
    if (!model.vm_license.empty()) {
        out += fmt::format("<vm-license>{}</vm-license>", model.vm_license);
    }
    if (model.virtual_machine()) {
        out += "<vm-mode>VMware ESXi</vm-mode>";
    }
    return out;
}

std::string software(const Machine& machine) {
    const Model& model = *machine.model;
    const std::string logdb = fmt::format(FMT_COMPILE("<logdb-version>{}.{}.0</logdb-version>"), machine.version.major,
                                          machine.version.minor);
    const std::string_view dictionary = machine.version.shows_device_dictionary()
                                            ? "<device-dictionary-version>44-316</device-dictionary-version>"
                                              "<device-dictionary-release-date>unknown</device-dictionary-release-date>"
                                            : "";
    if (model.panorama()) {
        return together(
            {"<sw-version>", machine.version.text, "</sw-version>", dictionary,
             "<app-version>8496-7089</app-version><app-release-date>unknown</app-release-date><av-version>0",
             "</av-version>",
             "<wf-private-version>0</wf-private-version><wf-private-release-date>unknown</wf-private-release-date>",
             "<url-db>paloaltonetworks</url-db><wildfire-version>0</wildfire-version>",
             "<wildfire-rt>Disabled</wildfire-rt>", logdb, "<platform-family>", model.family,
             "</platform-family><system-mode>management-only</system-mode>",
             "<operational-mode>normal</operational-mode><num-cpus>", std::to_string(model.management_cores),
             "</num-cpus><ram-in-gb>8</ram-in-gb><panlogs-partition-in-gb>31</panlogs-partition-in-gb>",
             "<licensed-device-capacity>25</licensed-device-capacity>"});
    }
    return together(
        {"<sw-version>", machine.version.text,
         "</sw-version><global-protect-client-package-version>0.0.0</global-protect-client-package-version>",
         dictionary,
         "<app-version>8496-7089</app-version><app-release-date>unknown</app-release-date><av-version>0</av-version>",
         "<av-release-date>unknown</av-release-date><threat-version>8496-7089</threat-version>",
         "<threat-release-date>unknown</threat-release-date><wf-private-version>0</wf-private-version>",
         "<wf-private-release-date>unknown</wf-private-release-date><url-db>paloaltonetworks</url-db>",
         "<wildfire-version>0</wildfire-version><wildfire-release-date>unknown</wildfire-release-date>",
         "<url-filtering-version>0000.00.00.000</url-filtering-version>",
         "<global-protect-datafile-version>unknown</global-protect-datafile-version>",
         "<global-protect-datafile-release-date>unknown</global-protect-datafile-release-date>", logdb,
         "<platform-family>", model.family, "</platform-family><vpn-disable-mode>off</vpn-disable-mode><multi-vsys>",
         machine.multi_vsys ? "on" : "off", "</multi-vsys>"});
}

Reply show_system_info(const OperationCall& call) {
    const Machine& machine = call.machine;
    const bool panorama = machine.model->panorama();
    return result(together(
        {"<system>", identity(call), software(machine), panorama ? "" : "<operational-mode>normal</operational-mode>",
         machine.version.shows_device_certificate() ? "<device-certificate-status>None</device-certificate-status>"
                                                    : "",
         panorama ? "<multi-vsys>off</multi-vsys><advanced-routing>on</advanced-routing>"
         : machine.version.shows_advanced_routing()
             ? (machine.advanced_routing ? "<advanced-routing>on</advanced-routing>"
                                         : "<advanced-routing>off</advanced-routing>")
             : "",
         "</system>"}));
}

Reply show_clock(const OperationCall& call) {
    return result(fmt::format("{} UTC {}\n", clock_text(call.session.now), year_text(call.session.now)));
}

Reply show_clock_more(const OperationCall& call) {
    return result(fmt::format("<member>dataplane time: {} UTC {}\n</member>", clock_text(call.session.now),
                              year_text(call.session.now)));
}

Reply show_chassis_ready(const OperationCall& call) {
    const Job* job = call.machine.jobs.active();
    return result(job != nullptr && job->type == JobType::auto_commit ? "no" : "yes");
}

// The shape of top(1), of which clients read the load and the memory; the figures are the model's, not measured.
Reply show_resources(const OperationCall& call) {
    const bool busy = call.machine.jobs.active() != nullptr;
    return result(
        cdata(fmt::format("top - {} up {},  1 user,  load average: {}, 0.20, 0.18\n"
                          "Tasks: 153 total,   1 running, 152 sleeping,   0 stopped,   0 zombie\n"
                          "%Cpu(s): {} us,  1.5 sy,  0.0 ni, {} id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st\n"
                          "KiB Mem :  6577696 total,   403612 free,  3012892 used,  3161192 buff/cache\n"
                          "KiB Swap:  4095996 total,  4095996 free,        0 used.  2012836 avail Mem \n\n"
                          "  PID USER      PR  NI    VIRT    RES    SHR S  %CPU %MEM     TIME+ COMMAND\n"
                          " 3117       20   0  905340 211408  36120 S   {}  3.2   5:12.11 mgmtsrvr\n",
                          time_of_day(call.session.now), uptime_text(call), busy ? "1.95" : "0.25",
                          busy ? "92.0" : "4.0", busy ? " 6.5" : "94.5", busy ? "95.0" : " 2.0")));
}

Reply show_disk_space(const OperationCall&) {
    return result(
        cdata("Filesystem      Size  Used Avail Use% Mounted on\n"
              "/dev/root       6.9G  4.1G  2.5G  63% /\n"
              "none            3.2G   84K  3.2G   1% /dev\n"
              "/dev/sda5        16G  1.5G   14G  10% /opt/pancfg\n"
              "/dev/sda6       8.0G  2.2G  5.5G  29% /opt/panrepo\n"
              "tmpfs           1.5G  190M  1.3G  13% /dev/shm\n"
              "/dev/sda8        21G  177M   20G   1% /opt/panlogs"));
}

Reply show_multi_vsys(const OperationCall& call) {
    return result(call.machine.multi_vsys ? "on" : "off");
}

Reply show_jumbo_frame(const OperationCall& call) {
    const NodePtr device = device_part(*call.machine.configuration.running());
    const NodePtr mtu =
        device ? node_at(device, std::vector<std::string>{"deviceconfig", "setting", "jumbo-frame"}) : nullptr;
    return result(mtu ? "on" : "off");
}

// No time server is ever reached: the mock has no network.
Reply show_ntp(const OperationCall& call) {
    std::string out;
    int number = 0;
    for (const std::string which : {"primary-ntp-server", "secondary-ntp-server"}) {
        ++number;
        const std::string address =
            system_setting(call.machine.configuration.running(), {"ntp-servers", which, "ntp-server-address"}, "");
        if (!address.empty()) {
            out += fmt::format(
                "<ntp-server-{0}><authentication-type>none</authentication-type><name>{1}</name>"
                "<reachable>no</reachable><status>rejected</status></ntp-server-{0}>",
                number, escaped_text(address));
        }
    }
    return result(out + "<synched>LOCAL</synched>");
}

Reply show_panorama_status(const OperationCall& call) {
    const std::string address = system_setting(call.machine.configuration.running(), {"panorama-server"}, "");
    const std::string local = system_setting(call.machine.configuration.running(),
                                             {"panorama", "local-panorama", "panorama-server"}, address);
    return result(local.empty() ? std::string{}
                                : fmt::format("\nPanorama Server 1 : {}\n    Connected     : no\n"
                                              "    HA state      : disconnected\n",
                                              escaped_text(local)));
}

Reply show_admins(const OperationCall& call) {
    return result(fmt::format(
        "<admins><entry><admin>{}</admin><from>{}</from><type>Web</type><session-start>{}</session-start>"
        "<idle-for>00:00:00s</idle-for><session-expiry></session-expiry></entry></admins>",
        escaped_text(call.session.admin), escaped_text(call.session.peer), date_and_time(call.session.now).substr(5)));
}

Reply show_admins_all(const OperationCall& call) {
    std::string out;
    for (const Account& each : call.machine.accounts.all()) {
        out += fmt::format("<entry><admin>{}</admin><role>{}</role></entry>", escaped_text(each.name),
                           escaped_text(role_name(each.role)));
    }
    return result("<admins>" + out + "</admins>");
}

constexpr Operation system_commands[] = {
    {"show system info", "", show_system_info},
    {"show clock", "", show_clock},
    {"show clock more", "", show_clock_more},
    {"show system resources", "", show_resources},
    {"show system disk-space", "", show_disk_space},
    {"show system setting jumbo-frame", "", show_jumbo_frame},
    {"show system setting multi-vsys", "", show_multi_vsys},
    {"show ntp", "", show_ntp},
    {"show panorama-status", "", show_panorama_status},
    {"show admins", "", show_admins},
    {"show admins all", "", show_admins_all},
    {"show chassis-ready", "", show_chassis_ready},
};

}  // namespace

std::span<const Operation> system_operations() {
    return system_commands;
}

}  // namespace sim::panos
