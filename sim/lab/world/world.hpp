// Where a scenario takes place: the mock firewalls, the appliances, the bridge, and the time. The player plays the same
// steps in either world: the real one (processes, sockets, the wall's clock) and the virtual one (one thread, no
// socket, time that jumps from event to event).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "sim/lab/story/notifications.hpp"
#include "sim/lab/story/scenario.hpp"
#include "sim/lab/world/firewall_handle.hpp"
#include "sim/lab/world/timeline.hpp"
#include "sim/load/measurement.hpp"

namespace sim::lab {

/// An error in words, for the report of the step that met it.
using Done = tl::expected<void, std::string>;

struct SentAnswer {
    unsigned status = 0;  // 0: no answer
    std::string body;
    std::string error;  // why there was none
    std::vector<AlertSent> alerts{};
};

struct FetchedPage {
    unsigned status = 0;
    std::string body;
    std::string etag;
};

class World {
public:
    virtual ~World() = default;  // everything ends, nothing is left behind

    /// Firewalls come up, then the bridge.
    virtual Done begin() = 0;

    /// After the last step: what must end well is ended, and has. The bridge stops by SIGTERM and exits with 0.
    virtual Done end() = 0;

    /// Since `begin` was called.
    virtual Millis now() const = 0;

    /// Returns when every notification was answered or is known to be lost.
    virtual tl::expected<std::vector<SentAnswer>, std::string> send(const Send& send) = 0;

    /// A page of an edl target; `etag` goes along as If-None-Match unless it is empty.
    virtual tl::expected<FetchedPage, std::string> fetch(const Fetch& fetch, const std::string& etag) = 0;

    /// The scenario's `load` begins, and goes on beside everything else.
    virtual Done begin_load() = 0;
    /// Returns when all of it is blocked, or its time is over.
    virtual tl::expected<load::Measurement, std::string> end_load() = 0;

    virtual Done power(const Power& power) = 0;
    virtual Done wait(const Wait& wait) = 0;
    virtual Done renew_certificate() = 0;

    /// Returns when the bridge has taken the new settings, or refused them.
    virtual Done reload(const Reload& reload) = 0;

    /// Looks at a firewall; nothing else happens there meanwhile.
    virtual void look_at(const std::string& firewall, const std::function<void(FirewallHandle&)>& look) = 0;

    /// Does something to a firewall, or to each when the name is empty. Counts as an event, which a look does not.
    virtual void act_on(const std::string& firewall, const std::function<void(FirewallHandle&)>& act) = 0;

    /// A page of the bridge's operating listener, "/status" or "/blocks", as JSON.
    virtual tl::expected<std::string, std::string> bridge_page(const std::string& path) = 0;

    /// How often the bridge was started since the world began: what was seen across two lives does not fit together.
    virtual std::size_t bridge_starts() const = 0;

    /// An operator's order: a path with its parameters, as "/unblock?indicator=203.0.113.5", posted to the bridge's
    /// operating listener. Returns when it is answered. nullopt: the bridge died by plan before it answered, so that
    /// whether it had heard is unknown, and the order was said again to the next life.
    virtual tl::expected<std::optional<SentAnswer>, std::string> order(const std::string& path) = 0;

    /// Writes a file beside the bridge's configuration, as an administrator would: the old one until the new one is
    /// whole.
    virtual Done write_file(const WriteFile& file) = 0;

    /// Counts what has happened at the firewalls; see `await`.
    virtual std::uint64_t events() = 0;

    /// Waits until something happens after `seen` events, or `until` has come; the latter gives false. With
    /// `bridge_too`, a change at the bridge counts as well; a world that is not told of those returns now and then.
    virtual bool await(std::uint64_t seen, Millis until, bool bridge_too) = 0;

    virtual Timeline& timeline() = 0;
    /// The timeline with the firewalls' own records merged in.
    virtual std::vector<TimelineEntry> story() = 0;
    virtual const Secrets& secrets() const = 0;
};

}  // namespace sim::lab
