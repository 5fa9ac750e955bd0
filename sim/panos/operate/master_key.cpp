// Operational commands: the key that encrypts keys and passwords in a configuration. What it encrypts is not looked at
// in the mock: that one was set, and until when it is good, is all that is kept.
#include <fmt/format.h>

#include "sim/panos/operate/operation.hpp"
#include "sim/panos/tree/whole_number.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

constexpr std::size_t key_bytes = 16;
constexpr std::string_view master_key_path = " request -> master-key";

std::optional<unsigned> hours_of(const std::string& text) {
    constexpr unsigned most = 438'000;
    const auto hours = static_cast<unsigned>(whole_number(text, most).value_or(0));
    return hours >= 1 ? std::optional(hours) : std::nullopt;
}

Reply change_key(const OperationCall& call) {
    Machine& machine = call.machine;
    const std::string key = call.command.text_of("new-master-key");
    if (key.size() != key_bytes) {
        return error(17, {fmt::format("{} -> new-master-key should be {} characters long", master_key_path, key_bytes),
                          fmt::format("{} is invalid", master_key_path)});
    }
    for (const std::string_view field : {"lifetime", "reminder"}) {
        const std::string text = call.command.text_of(field);
        if ((field == "lifetime" || !text.empty()) && !hours_of(text)) {
            return error(17, {fmt::format("{} -> {} is invalid", master_key_path, field),
                              fmt::format("{} is invalid", master_key_path)});
        }
    }
    if (machine.master_key.text != call.command.text_of("current-master-key")) {
        return error(0, {"Current master key is incorrect"});
    }
    if (machine.jobs.active() != nullptr || machine.jobs.waiting() > 0) {
        return error(0, {"A commit is in progress. Please try again later."});
    }
    const auto reminder = hours_of(call.command.text_of("reminder"));
    const Instant expires = call.session.now + std::chrono::hours(*hours_of(call.command.text_of("lifetime")));
    machine.master_key = {key, expires, reminder ? expires - std::chrono::hours(*reminder) : Instant{}};
    return result("Master key changed successfully");
}

// The times are 0 for the key that devices are delivered with, which does not expire.
Reply show_properties(const OperationCall& call) {
    const MasterKey& key = call.machine.master_key;
    const auto seconds = [](Instant at) {
        return at == Instant{} ? 0 : std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()).count();
    };
    const auto left = [&](Instant at) {
        const auto span =
            seconds(at) == 0 ? 0 : std::chrono::floor<std::chrono::seconds>(at - call.session.now).count();
        return span < 0 ? 0 : span;
    };
    const auto expiry = left(key.expires);
    const auto reminder = left(key.reminds);
    return result(fmt::format(
        "<expire-at>{}</expire-at><remind-at>{}</remind-at><hours-to-expiry>{}</hours-to-expiry>"
        "<minutes-to-expiry>{}</minutes-to-expiry><seconds-to-expiry>{}</seconds-to-expiry>"
        "<hours-to-reminder>{}</hours-to-reminder><minutes-to-reminder>{}</minutes-to-reminder>"
        "<seconds-to-reminder>{}</seconds-to-reminder><on-hsm>no</on-hsm><auto-renew-mkey>0</auto-renew-mkey>",
        seconds(key.expires), seconds(key.reminds), expiry / 3600, expiry / 60, expiry, reminder / 3600, reminder / 60,
        reminder));
}

constexpr Operation master_key_commands[] = {
    {"request master-key", "new-master-key current-master-key lifetime reminder on-hsm", change_key},
    {"show system masterkey-properties", "", show_properties},
};

}  // namespace

std::span<const Operation> master_key_operations() {
    return master_key_commands;
}

}  // namespace sim::panos
