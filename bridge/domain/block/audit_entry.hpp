// One line of the audit trail: what happened to the block of an indicator on a target, when, and why.
#pragma once

#include <string>

#include "bridge/domain/value/indicator.hpp"
#include "bridge/domain/value/time.hpp"

namespace bridge::domain {

struct AuditEntry {
    WallTime at;
    std::string target;  // empty: of no target alone
    Indicator indicator;
    std::string event;  // a BlockState's name, or "released", "dropped", "unblocked", "rolled back", "quarantined", ...
    std::string detail;  // the alert, the operator and his reason, the commit's job
};

}  // namespace bridge::domain
