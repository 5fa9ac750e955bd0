// What commands on the system say in several places: the clock's text, the running configuration's system settings.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "sim/panos/tree/node.hpp"

namespace sim::panos {

/// "Tue Jun 12 04:36:45"
std::string clock_text(Instant at);
/// "2018"
std::string year_text(Instant at);
/// "January 01, 2017": the first or the last day of the year that is `years` after that of `at`.
std::string day_text(Instant at, int years, bool last);

/// Text of the leaf at `tags` below deviceconfig/system, or `otherwise`.
std::string system_setting(const NodePtr& configuration, std::initializer_list<std::string_view> tags,
                           std::string_view otherwise);

/// The configuration asks for the advanced routing engine, which takes over at the next restart.
bool asks_for_advanced_routing(const NodePtr& configuration);

}  // namespace sim::panos
