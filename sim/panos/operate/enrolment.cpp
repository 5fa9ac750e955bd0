// Operational commands of a Panorama: keys for the bootstrap of virtual firewalls, licences of its firewalls.
#include <fmt/format.h>

#include "sim/panos/configuration/panorama.hpp"
#include "sim/panos/configuration/system_text.hpp"
#include "sim/panos/operate/operation.hpp"
#include "sim/panos/tree/splitmix.hpp"
#include "sim/panos/tree/whole_number.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

void forget_expired_enrolments(Machine& machine, Instant now) {
    std::erase_if(machine.enrolment_keys, [now](const EnrolmentKey& each) { return each.expires <= now; });
}

// pan-os-python takes the fourth word of the sentence and the last two.
Reply generate_key(const OperationCall& call) {
    constexpr std::size_t keys_max = 1000;
    constexpr unsigned hours_max = 8760;
    const Element* const lifetime = call.command.child("lifetime");
    if (lifetime == nullptr || lifetime->text.empty()) {
        return error(17, {" request -> bootstrap -> vm-auth-key -> generate is missing 'lifetime'",
                          " request -> bootstrap -> vm-auth-key -> generate is invalid"});
    }
    const std::string& text = lifetime->text;
    const auto hours = static_cast<unsigned>(whole_number(text, hours_max).value_or(0));
    if (hours < 1) {
        return error(17, {fmt::format(" request -> bootstrap -> vm-auth-key -> generate -> lifetime value={} should be "
                                      "equal to or between 1 and {}",
                                      escaped_line(text), hours_max)});
    }
    Machine& machine = call.machine;
    forget_expired_enrolments(machine, call.session.now);
    if (machine.enrolment_keys.size() >= keys_max) {
        return error(0, {"Too many VM auth keys"});
    }
    const std::uint64_t number =
        mixed(machine.options.seed ^ mixed(static_cast<std::uint64_t>(call.session.now.time_since_epoch().count()) +
                                           machine.enrolment_keys.size()));
    EnrolmentKey key{fmt::format("{:015}", number % 1'000'000'000'000'000ULL),
                     call.session.now + std::chrono::hours(hours)};
    machine.enrolment_keys.push_back(key);
    return result(fmt::format("VM auth key {} generated. Expires at: {}\n", key.text, date_and_time(key.expires)));
}

Reply show_keys(const OperationCall& call) {
    forget_expired_enrolments(call.machine, call.session.now);
    std::string out;
    for (const EnrolmentKey& each : call.machine.enrolment_keys) {
        out += fmt::format("<entry><vm-auth-key>{}</vm-auth-key><expiry-time>{}</expiry-time></entry>", each.text,
                           date_and_time(each.expires));
    }
    return result("<bootstrap-vm-auth-keys>" + out + "</bootstrap-vm-auth-keys>");
}

// Of the connected firewalls what each says of itself; the name is an attribute here, and scripts take the second field
// for what it is and the third for its end.
Reply licences_of_firewalls(const OperationCall& call) {
    std::string out;
    for (const std::string& serial : managed_serials(*call.machine.configuration.running())) {
        const Machine* const firewall =
            call.machine.neighbours == nullptr ? nullptr : call.machine.neighbours->connected_to(call.machine, serial);
        if (firewall == nullptr) {
            continue;
        }
        std::string licences;
        const auto add = [&](std::string_view name, std::string_view description) {
            licences += fmt::format(
                "<entry name=\"{}\"><issued>{}</issued><description>{}</description><expires>{}</expires>"
                "<expired>no</expired></entry>",
                name, day_text(call.session.now, -1, false), description, day_text(call.session.now, 1, true));
        };
        if (!firewall->model->vm_license.empty()) {
            add("PA-VM", fmt::format("Standard {}", firewall->model->vm_license));
        }
        add("Premium", "24 x 7 phone support; advanced replacement hardware service");
        out += fmt::format(
            "<entry name=\"{0}\"><serial-no>{0}</serial-no><devicename>{1}</devicename><licenses>{2}</licenses>"
            "</entry>",
            escaped_attribute(serial), escaped_text(firewall->host_name), licences);
    }
    return result("<devices>" + out + "</devices>");
}

constexpr Operation enrolment_commands[] = {
    {"request bootstrap vm-auth-key generate", "lifetime", generate_key, Has::panorama},
    {"request bootstrap vm-auth-key show", "", show_keys, Has::panorama},
    {"request batch license info", "", licences_of_firewalls, Has::panorama},
};

}  // namespace

std::span<const Operation> enrolment_operations() {
    return enrolment_commands;
}

}  // namespace sim::panos
