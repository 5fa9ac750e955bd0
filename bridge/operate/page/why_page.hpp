// The audit trail of one address as JSON: what named it, what was decided, what became of its blocks on every target,
// and what stands now. `why_text` in why_text.hpp makes it readable.
#pragma once

#include <boost/json/object.hpp>

#include "bridge/domain/value/indicator.hpp"
#include "bridge/engine/engine.hpp"
#include "bridge/store/store.hpp"

namespace bridge::operate {

/// What the store is to be asked about an indicator: itself and the /64 that it is in.
store::HistoryQuestion question_about(const domain::Indicator& indicator);

/// {"indicator","summary","allowed","quarantine":{...}|null,"blocks":[...],"alerts":[{...,"outcome","reason"}],
///  "changes":[{"at","target","indicator","event","detail"}]}
boost::json::object why_json(const domain::Indicator& indicator, const engine::Engine& engine,
                             const store::History& history);

}  // namespace bridge::operate
