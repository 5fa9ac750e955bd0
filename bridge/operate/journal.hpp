// systemd's journal, spoken to directly where standard error leads there anyway, so that a line keeps its fields.
#pragma once

#include <string>
#include <vector>

#include "bridge/engine/happening.hpp"

namespace bridge::operate {

/// Whether standard error is the journal's: $JOURNAL_STREAM names it, as systemd.exec(5) tells.
bool stderr_is_journal();

/// MESSAGE, PRIORITY, SYSLOG_IDENTIFIER, FIREBREAK_KIND ("audit", "warning", "info", "debug") and FIREBREAK_SUBJECT
/// (the target, or the part of the bridge), each "NAME=value".
std::vector<std::string> journal_fields(const engine::Happening& happening);

/// False when the journal does not take it.
bool send_to_journal(const std::vector<std::string>& fields);

}  // namespace bridge::operate
