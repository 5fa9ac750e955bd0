// Brings one target to what the ledger wants: what an enforcer of any kind is told, asks and answers. It is a state
// machine without I/O: events and the time come in, actions go out, so that it runs the same in production and in a
// simulation. There is one kind for each way to block: group_enforcer.hpp (a static group and commits),
// registration_enforcer.hpp (registered addresses), list_enforcer.hpp (lists that firewalls fetch).
//
// At most one call to a device is under way: every `Call` in the actions is answered by exactly one `Answer`, and every
// `CallOn` by one `AnswerFrom` of the same firewall, before the next one goes out there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "bridge/domain/block/block.hpp"
#include "bridge/domain/firewall/call.hpp"
#include "bridge/domain/firewall/reply.hpp"
#include "bridge/domain/value/failure.hpp"
#include "bridge/domain/value/time.hpp"

namespace bridge::domain {

// What it asks of devices: a Call of the target's own, or the same of one of several.
/// By the firewall's place in the target's settings.
struct CallOn {
    std::size_t firewall;
    Call call;
};

// What it asks of the rest of the bridge.
struct Wake {
    Instant at;  // send Woken then; replaces an earlier Wake
};
struct Record {
    std::vector<BlockChange> changes;
};
enum class Weight { detail, news, warning };
struct Note {
    Weight weight;
    std::string text;
};
using Action = std::variant<Call, CallOn, Wake, Record, Note>;
using Actions = std::vector<Action>;

// What comes in.
struct Started {};
struct Want {
    std::vector<Indicator> indicators;
};
struct Unwant {  // expired or unblocked
    std::vector<Indicator> indicators;
};
struct Woken {};

struct Answer {
    Result<Reply> reply;
};
struct AnswerFrom {
    std::size_t firewall;
    Result<Reply> reply;
};
struct PageFetched {  // somebody with the target's credentials was given this page
    ListKind kind;
    std::uint64_t version;
};
using Event = std::variant<Started, Want, Unwant, Woken, Answer, AnswerFrom, PageFetched>;

/// How much of a thing there is, and how much there may be.
struct Gauge {
    std::size_t used = 0;
    std::size_t max = 0;  // 0: not known
};
struct Capacity {
    Gauge members;            // of the groups, ours and others
    Gauge objects;            // address objects on the device, ours and others
    std::size_t refused = 0;  // blocks that wait for room

    /// "ok", "high" from 80 % on, "full".
    std::string_view level() const noexcept;
};

/// A firewall behind a Panorama, as far as our blocks are concerned.
struct DeviceState {
    std::string serial;
    std::string name;
    bool connected = false;
    std::string state;  // "current", "waiting", "pushing", "failed", "disconnected"
    std::string reason;
};

class Enforcer {
public:
    virtual ~Enforcer() = default;

    /// One by one, before anything else happens: what the ledger has for this target. Nothing of it is kept but what
    /// the way to block needs, so that a hundred thousand blocks are never there twice.
    virtual void know(const Block& block) = 0;

    /// Takes what happened; the answer is what to do now, in order.
    virtual Actions on(const Event& event, Instant now) = 0;

    /// In one word: "idle", "committing", "waiting".
    virtual std::string_view state() const = 0;
    /// What it waits for, in words; empty unless waiting.
    virtual const std::string& reason() const = 0;
    virtual const std::string& last_error() const = 0;
    /// Commits started since the process did; 0 for ways to block that need none.
    virtual std::uint64_t commits() const = 0;
    virtual Capacity capacity() const { return {}; }
    /// Of a Panorama.
    virtual std::vector<DeviceState> devices() const { return {}; }
};

}  // namespace bridge::domain
