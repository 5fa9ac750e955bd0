// A target as the engine drives it. Of the engine's own sources only.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bridge/domain/enforcement/list_enforcer.hpp"
#include "bridge/engine/call_watch.hpp"
#include "bridge/engine/engine.hpp"
#include "bridge/engine/target.hpp"

namespace bridge::engine {

struct Engine::Target {
    Target(TargetSettings target, Observer& observer) : settings(std::move(target)), watch(settings.name, observer) {}

    TargetSettings settings;
    std::optional<Line> line;  // none: a list
    std::vector<Line> asked;   // of a list
    std::unique_ptr<domain::Enforcer> enforcer;
    domain::ListEnforcer* list = nullptr;  // the enforcer, when it is one
    std::unique_ptr<Alarm> wake;
    std::deque<domain::Event> events;  // an answer may come while the one before is still being acted upon
    bool busy = false;
    CallWatch watch;
    std::size_t calls = 0;  // under way
    bool started = false;   // has been told so; until then, events wait
    bool retired = false;   // by a reconfiguration: answers are dropped
    std::string paused;     // by whom and why; empty: it is not
    bool withheld = false;  // the enforcer has asked for a call that the pause kept back
};

}  // namespace bridge::engine
