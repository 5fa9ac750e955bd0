// A device's table of registered addresses in a few lines, for testing the enforcer; sim/panos is the faithful one.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bridge/domain/enforcement/registration_enforcer.hpp"

namespace testing {

using namespace bridge::domain;

/// The group "blocked" with that match.
inline GroupSeen dynamic_group(const std::string& filter) {
    return {.name = "blocked", .is_static = false, .ours = false, .members = {}, .filter = filter};
}

class ScriptedTable {
public:
    /// Tags of an address, each with the time when it goes.
    std::map<IpAddress, std::map<std::string, std::optional<Instant>>> addresses;
    std::string tag = "firebreak";
    std::string release = "10.1.9";
    std::string model = "PA-VM";
    bool counts = true;  // knows how to count its addresses
    std::optional<GroupSeen> group = dynamic_group("'firebreak'");
    std::optional<GroupSeen> pushed_group;  // what `show object dynamic-address-group` knows beside
    std::size_t addresses_max = 1000;
    bool forgets = false;  // says yes, and does nothing

    std::vector<std::string> log;
    std::vector<RegisterAddresses> messages;

    /// Asked before every call is performed; a failure keeps it from taking effect.
    std::function<std::optional<Failure>(const Call&)> fault = [](const Call&) { return std::nullopt; };
    /// Asked after a call took effect; a failure loses its answer.
    std::function<std::optional<Failure>(const Call&)> lost = [](const Call&) { return std::nullopt; };

    Result<Reply> perform(const Call& call, Instant now) {
        expire(now);
        if (auto failure = fault(call)) {
            return tl::unexpected(*failure);
        }
        auto reply = std::visit([&](const auto& what) { return take(what, now); }, call);
        if (auto failure = lost(call)) {
            return tl::unexpected(*failure);
        }
        return reply;
    }

    void add(const std::string& address, const std::string& with) {
        addresses[IpAddress::parse(address).value()][with] = std::nullopt;
    }
    void remove(const IpAddress& address, const std::string& what) {
        const auto place = addresses.find(address);
        if (place != addresses.end()) {
            place->second.erase(what);
            if (place->second.empty()) {
                addresses.erase(place);
            }
        }
    }
    bool has(const std::string& address, const std::string& what) const {
        const auto place = addresses.find(IpAddress::parse(address).value());
        return place != addresses.end() && place->second.contains(what);
    }
    bool ours(const std::string& address) const { return has(address, tag); }
    std::size_t count(const std::string& name) const {
        return static_cast<std::size_t>(std::count(log.begin(), log.end(), name));
    }
    void expire(Instant now) {
        for (auto next = addresses.begin(); next != addresses.end();) {
            auto& [address, tags] = *next;
            std::erase_if(tags, [now](const auto& each) { return each.second && *each.second <= now; });
            next = tags.empty() ? addresses.erase(next) : std::next(next);
        }
    }

private:
    Result<Reply> take(const ReadSystem&, Instant) {
        log.emplace_back("system");
        return SystemSeen{model, release};
    }
    static GroupsSeen those(const std::optional<GroupSeen>& one) { return one ? GroupsSeen{{*one}} : GroupsSeen{}; }
    Result<Reply> take(const ReadGroups&, Instant) {
        log.emplace_back("group");
        return those(group);
    }
    Result<Reply> take(const ReadDynamicGroup&, Instant) {
        log.emplace_back("dynamic group");
        return those(pushed_group);
    }
    Result<Reply> take(const ReadRegistered& ask, Instant) {
        log.emplace_back("page");
        RegisteredSeen seen;
        std::size_t at = 0;
        for (const auto& [address, tags] : addresses) {
            if (!tags.contains(tag)) {
                continue;
            }
            ++at;
            if (at >= ask.from && (ask.limit == 0 || seen.entries < ask.limit)) {
                seen.addresses.push_back(address);
                ++seen.entries;
            }
        }
        return seen;
    }
    Result<Reply> take(const ReadRegisteredAddress& ask, Instant) {
        log.emplace_back("lookup");
        RegisteredSeen seen;
        const auto place = addresses.find(ask.address);
        if (place != addresses.end() && place->second.contains(tag)) {
            seen.addresses.push_back(ask.address);
        }
        seen.entries = place == addresses.end() ? 0 : 1;
        return seen;
    }
    Result<Reply> take(const CountRegistered&, Instant) {
        log.emplace_back("count");
        return counts ? Result<Reply>(RegisteredCounted{addresses.size()})
                      : failed(Errc::refused, "option is unexpected");
    }
    Result<Reply> take(const RegisterAddresses& message, Instant now) {
        log.emplace_back("register");
        messages.push_back(message);
        RegistrationAnswered answer;
        if (forgets) {
            return answer;
        }
        for (const IpAddress& address : message.gone) {
            remove(address, tag);
        }
        for (const IpAddress& address : message.fresh) {
            const auto place = addresses.find(address);
            if (place != addresses.end() && place->second.contains(tag)) {
                answer.existed.push_back(address);
            } else if (place == addresses.end() && addresses.size() >= addresses_max) {
                answer.refused.push_back({address, "Failed to register, the maximum is reached", true});
            } else {
                addresses[address][tag] =
                    message.timeout.count() == 0 ? std::nullopt : std::optional<Instant>(now + message.timeout);
            }
        }
        return answer;
    }
    template <class Other>
    Result<Reply> take(const Other&, Instant) {
        return failed(Errc::refused, "a call of another way to block");
    }
};

}  // namespace testing
