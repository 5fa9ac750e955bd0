// One alert's fields -> an Alert: the one place where it is decided who the attacker is.
#pragma once

#include "bridge/domain/alert/alert.hpp"
#include "bridge/domain/value/failure.hpp"
#include "bridge/fireeye/field_tree.hpp"
#include "bridge/fireeye/notification_reader.hpp"

namespace bridge::fireeye {

/// What an alert inherits from the notification around it. On a CM the envelope is the CM's, and the alert has its own.
struct Envelope {
    std::string appliance;
    std::string appliance_id;
    std::string product;
    std::string version;
};

/// Errors   malformed: an alert without a name, from which nothing can be concluded
domain::Result<domain::Alert> read_alert(Field alert, const Envelope& envelope, const ReadingRules& rules);

}  // namespace bridge::fireeye
