// Reads the body of a notification: XML or JSON, of any product, version and level, into Alerts.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "bridge/domain/alert/alert.hpp"
#include "bridge/domain/value/failure.hpp"
#include "bridge/fireeye/site.hpp"

namespace bridge::fireeye {

/// Which way round an appliance reports the two ends of an ips-event (its `normalize-ips-event` switch; the document
/// does not tell).
enum class IpsDirection { traffic, normalized };

struct ReadingRules {
    IpsDirection ips_direction = IpsDirection::traffic;  // of appliances that are not named below
    /// By the name or the appliance-id of the appliance that saw the event, as `appliance_key` spells it.
    std::map<std::string, IpsDirection> ips_direction_of{};
    Site site{};

    void set_direction_of(std::string_view appliance, IpsDirection direction);
    IpsDirection direction_of(const domain::Alert& alert) const;
};

/// Shape    the whole body as received; Content-Type is not looked at, the first byte that is not white space is
/// Errors   malformed, with one line that says why ("XML: line 1, column 17: ..."); a body in which not one alert can
///          be read is malformed, an empty `<alerts/>` is not, nor is one of the text formats, which comes back with
///          `unread` set
domain::Result<domain::Notification> read_notification(std::string_view body, const ReadingRules& rules);

}  // namespace bridge::fireeye
