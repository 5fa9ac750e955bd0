// What the readers of whole answers and of answers in pieces have in common, so that both sort errors and take entries
// alike. Within bridge/panos only: it shows pugixml.
#pragma once

#include <optional>
#include <pugixml.hpp>
#include <string>
#include <string_view>

#include "bridge/domain/firewall/call.hpp"
#include "bridge/domain/firewall/reply.hpp"
#include "bridge/domain/value/failure.hpp"
#include "bridge/panos/request.hpp"

namespace bridge::panos {

/// How deep below <result> a group may stand: by its path, in a container, or among all that was pushed to a firewall.
inline constexpr int group_depth_max = 8;

/// Of an XML document that has a DOCTYPE: no device writes one, and what it defines may be a bomb.
inline constexpr const char* doctype_flaw = "the answer has a DOCTYPE, which no device writes";

/// What a device said, fit for a log line: one line, printable, bounded.
std::string tidy(std::string_view text);

/// The text of an answer wherever it sits: <msg>, <msg><line>, <msg><line><line>, <result><msg>.
std::string message_of(const pugi::xml_node& response);

/// The whole text as a decimal number, or the fallback.
int number_in(std::string_view text, int fallback);

/// The <response> of an answer that is a success; an answer that is an error becomes a Failure (see read_reply).
/// `http` is the status, `flaw` what is wrong with the document as XML, if anything.
domain::Result<pugi::xml_node> judge(unsigned http, const pugi::xml_node& response, const std::string& flaw);

/// An <entry> of address objects; none: its name does not begin as ours do.
std::optional<domain::SeenObject> object_in(const pugi::xml_node& entry, const Place& place);

/// The name of our group or of one that may continue it.
bool is_of_family(std::string_view name, const Place& place);

/// An <entry> that is our group or continues it; none: it is another, or no group.
std::optional<domain::GroupSeen> group_in(const pugi::xml_node& entry, const Place& place);

/// A device that lacks the group or the tag says so with an error: for ReadGroups and ReadTag that is an answer.
domain::Result<domain::Reply> or_absence(const domain::Call& call, domain::Failure failure);

}  // namespace bridge::panos
