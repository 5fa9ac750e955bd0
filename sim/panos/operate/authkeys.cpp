// Operational commands: keys with which firewalls register at a Panorama (from 10.1 on). No firewall of the mock asks
// for one: those of a fleet are managed by it already.
#include <fmt/format.h>

#include <algorithm>

#include "sim/panos/operate/operation.hpp"
#include "sim/panos/tree/splitmix.hpp"
#include "sim/panos/tree/whole_number.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

constexpr std::size_t keys_max = 100;

std::optional<Reply> not_yet(const OperationCall& call) {
    return call.machine.version.at_least(10, 1) ? std::nullopt
                                                : std::optional(error(17, unexpected_lines({"request", "authkey"})));
}

void forget_expired_registrations(Machine& machine, Instant now) {
    std::erase_if(machine.registration_keys, [now](const RegistrationKey& each) { return each.expires <= now; });
}

// A number that the element of that name holds, or what is wrong with it.
tl::expected<unsigned, Reply> number(const Element& command, std::string_view name, unsigned otherwise, unsigned most) {
    const Element* const child = command.child(name);
    if (child == nullptr) {
        return otherwise;
    }
    const auto value = static_cast<unsigned>(whole_number(child->text, most).value_or(0));
    if (value < 1) {
        return tl::make_unexpected(
            error(17, {fmt::format(" request -> authkey -> add -> {} value={} should be equal to or between 1 and {}",
                                   name, escaped_line(child->text), most)}));
    }
    return value;
}

std::string made_key(const Machine& machine, const std::string& name, Instant now) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    std::uint64_t state = machine.options.seed ^ static_cast<std::uint64_t>(now.time_since_epoch().count());
    for (const char c : name) {
        state = mixed(state ^ static_cast<unsigned char>(c));
    }
    std::string text = "2:";
    for (int i = 0; i < 76; ++i) {
        state = mixed(state);
        text += letters[state % letters.size()];
    }
    return text;
}

// A client takes the key from between the quotes of the sentence.
Reply add_key(const OperationCall& call) {
    constexpr unsigned minutes_max = 5'256'000;
    constexpr unsigned count_max = 100;
    if (auto refused = not_yet(call)) {
        return *refused;
    }
    const Element* const name = call.command.child("name");
    if (name == nullptr || name->text.empty() || name->text.size() > 63) {
        return error(17, {" request -> authkey -> add -> name is invalid", " request -> authkey -> add is invalid"});
    }
    const auto minutes = number(call.command, "lifetime", 60, minutes_max);
    const auto count = number(call.command, "count", 1, count_max);
    if (!minutes || !count) {
        return minutes ? count.error() : minutes.error();
    }
    std::string kind = "any";
    if (const Element* const type = call.command.child("devtype")) {
        kind = type->text;
        if (kind != "any" && kind != "fw" && kind != "lc") {
            return error(17, {fmt::format(" request -> authkey -> add -> devtype '{}' is not an allowed keyword",
                                          escaped_line(kind)),
                              " request -> authkey -> add is invalid"});
        }
    }
    Machine& machine = call.machine;
    forget_expired_registrations(machine, call.session.now);
    const auto same = [name](const RegistrationKey& each) { return each.name == name->text; };
    if (std::any_of(machine.registration_keys.begin(), machine.registration_keys.end(), same)) {
        return error(0, {fmt::format("authkey '{}' already exists", escaped_line(name->text))});
    }
    if (machine.registration_keys.size() >= keys_max) {
        return error(0, {"Maximum number of authkeys reached"});
    }
    RegistrationKey key{name->text,
                        made_key(machine, name->text, call.session.now),
                        call.session.now + std::chrono::minutes(*minutes),
                        *count,
                        kind,
                        {}};
    if (const Element* const serials = call.command.child("serial")) {
        for (const Element& member : serials->children) {
            key.serials.push_back(member.text);
        }
        if (serials->children.empty() && !serials->text.empty()) {
            key.serials.push_back(serials->text);
        }
    }
    machine.registration_keys.push_back(key);
    return result(fmt::format("Added authkey '{}': '{}'", escaped_text(key.name), key.text));
}

Reply list_keys(const OperationCall& call) {
    if (auto refused = not_yet(call)) {
        return *refused;
    }
    forget_expired_registrations(call.machine, call.session.now);
    const std::string& wanted = call.command.text;
    const bool all = wanted.empty() || wanted == "*";
    std::string out;
    for (const RegistrationKey& each : call.machine.registration_keys) {
        if (!all && each.name != wanted) {
            continue;
        }
        std::string serials;
        for (const std::string& serial : each.serials) {
            serials += "<member>" + escaped_text(serial) + "</member>";
        }
        out += fmt::format(
            "<entry name=\"{}\"><key>{}</key><count>{}</count><devtype>{}</devtype><expires>{}</expires>"
            "<serial>{}</serial></entry>",
            escaped_attribute(each.name), each.text, each.count, each.kind, date_and_time(each.expires), serials);
    }
    if (out.empty() && !all) {
        return error(0, {fmt::format("authkey '{}' not found", escaped_line(wanted))});
    }
    return result("<authkeys>" + out + "</authkeys>");
}

Reply delete_registration_key(const OperationCall& call) {
    if (auto refused = not_yet(call)) {
        return *refused;
    }
    forget_expired_registrations(call.machine, call.session.now);
    const Element* const named = call.command.child("name");
    const std::string& name = named == nullptr ? call.command.text : named->text;
    const auto gone = std::erase_if(call.machine.registration_keys,
                                    [&name](const RegistrationKey& each) { return each.name == name; });
    return gone == 0 ? error(0, {fmt::format("authkey '{}' not found", escaped_line(name))})
                     : result(fmt::format("Deleted authkey '{}'", escaped_text(name)));
}

// On a firewall: what it will register with. The mock's firewalls need none, so it is not looked at again.
Reply set_registration_key(const OperationCall& call) {
    if (auto refused = not_yet(call)) {
        return *refused;
    }
    const std::string& key = call.command.text;
    if (key.rfind("2:", 0) != 0 || key.size() < 22) {
        return error(0, {"Invalid authkey"});
    }
    return result("Authkey set.");
}

constexpr Operation authkey_commands[] = {
    {"request authkey add", "name lifetime count devtype serial", add_key, Has::panorama},
    {"request authkey list", "", list_keys, Has::panorama},
    {"request authkey delete", "name", delete_registration_key, Has::panorama},
    {"request authkey set", "", set_registration_key, Has::firewall},
};

}  // namespace

std::span<const Operation> authkey_operations() {
    return authkey_commands;
}

}  // namespace sim::panos
