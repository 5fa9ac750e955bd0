// What a reply tells, as text: to compare what two readers make of the same answer.
#pragma once

#include <string>
#include <variant>

#include "bridge/domain/firewall/reply.hpp"
#include "bridge/domain/value/failure.hpp"

namespace test {

inline std::string told(const bridge::domain::Result<bridge::domain::Reply>& reply) {
    using namespace bridge::domain;
    if (!reply) {
        return "failure " + std::to_string(static_cast<int>(reply.error().code));
    }
    std::string text;
    if (const auto* seen = std::get_if<ObjectsSeen>(&*reply)) {
        for (const std::string_view name : seen->as_named) {
            text += "as named " + std::string(name) + "\n";
        }
        for (const SeenObject& object : seen->objects) {
            text += "object " + object.name + " " + object.kind + " " + object.value + (object.ours ? " ours\n" : "\n");
        }
        return text;
    }
    if (const auto* seen = std::get_if<GroupsSeen>(&*reply)) {
        for (const GroupSeen& group : seen->groups) {
            text += "group " + group.name + (group.is_static ? " static" : " dynamic") + (group.ours ? " ours " : " ") +
                    group.filter + "\n";
            for (const std::string_view name : group.members) {
                text += "member " + std::string(name) + "\n";
            }
        }
        return text;
    }
    const auto* const count = std::get_if<CapacitySeen>(&*reply);
    return count == nullptr ? "another reply" : "objects " + std::to_string(count->objects.value_or(0));
}

}  // namespace test
