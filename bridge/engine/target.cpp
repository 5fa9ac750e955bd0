#include "bridge/engine/target.hpp"

#include "bridge/panos/pair.hpp"

namespace bridge::engine {

Line make_line(const TargetSettings& settings, const TransportMaker& transports) {
    Line line;
    const auto session_to = [&](std::size_t device) {
        line.transports.push_back(transports(settings, device));
        return std::make_unique<panos::Session>(settings.credentials, settings.place, *line.transports.back());
    };
    if (settings.devices.size() < 2) {
        line.conversation = session_to(0);
        return line;
    }
    auto first = session_to(0);
    auto second = session_to(1);
    line.conversation = std::make_unique<panos::Pair>(panos::Pair::Side{settings.devices[0], std::move(first)},
                                                      panos::Pair::Side{settings.devices[1], std::move(second)});
    return line;
}

namespace {

std::unique_ptr<domain::Enforcer> enforcer_of(const TargetSettings& settings, std::uint64_t seed) {
    if (settings.way == Way::registration) {
        domain::RegistrationSettings registration = settings.registration;
        registration.target = settings.name;
        return std::make_unique<domain::RegistrationEnforcer>(std::move(registration), seed);
    }
    if (settings.way == Way::list) {
        domain::ListSettings list = settings.list;
        list.target = settings.name;
        return std::make_unique<domain::ListEnforcer>(std::move(list), seed);
    }
    domain::GroupSettings group = settings.group;
    group.target = settings.name;
    return std::make_unique<domain::GroupEnforcer>(std::move(group), seed);
}

}  // namespace

std::unique_ptr<domain::Enforcer> make_enforcer(const TargetSettings& settings, const domain::Ledger& ledger,
                                                std::uint64_t seed) {
    auto enforcer = enforcer_of(settings, seed);
    ledger.each_of(settings.name, [&](const domain::Block& block) { enforcer->know(block); });
    return enforcer;
}

}  // namespace bridge::engine
