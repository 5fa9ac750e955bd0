// The query language of the logs, as the Monitor tab and type=log take it:
// ( addr.src in 10.0.0.0/8 ) and ( receive_time geq '2021/12/22 08:00:00' ), with and, or, not and parentheses.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "sim/panos/machine/log_table.hpp"

namespace sim::panos {

class LogQuery {
public:
    /// An empty text selects everything. Errors: what is wrong near which word; a field that no log has; an operator
    /// that the field does not take; deeper than 32 parentheses; longer than 8,000 characters.
    static tl::expected<LogQuery, std::string> parse(std::string_view text);

    bool selects(std::string_view type, const LogEntry& entry, Instant now) const;

    struct Term;

private:
    std::shared_ptr<const Term> root_;
};

}  // namespace sim::panos
