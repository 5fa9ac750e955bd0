// The audit trail of one address for people.
#pragma once

#include <boost/json/object.hpp>
#include <iosfwd>

namespace bridge::operate {

/// Prints what `why_json` made: the summary, what stands now, the alerts from the oldest on, and every change of its
/// blocks in order of time. Members that are missing (another release's answer) are left out.
void print_why(std::ostream& out, const boost::json::object& page);

}  // namespace bridge::operate
