#include "sim/panos/machine/queries.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/panos/tree/xml.hpp"

namespace sim::panos {

void Queries::add(Query query) {
    queries_.push_back(std::move(query));
    if (queries_.size() > kept_max) {
        queries_.pop_front();
    }
}

const Query* Queries::find(QueryOf of, std::uint64_t id) const {
    const auto at = std::find_if(queries_.begin(), queries_.end(),
                                 [&](const Query& each) { return each.of == of && each.id == id; });
    return at == queries_.end() ? nullptr : &*at;
}

bool Queries::remove(QueryOf of, std::uint64_t id) {
    return std::erase_if(queries_, [&](const Query& each) { return each.of == of && each.id == id; }) > 0;
}

std::string query_job_xml(const Query& query, Instant now) {
    const std::string start = time_of_day(query.enqueued);
    const bool over = query.finished(now);
    return fmt::format(
        "\n  <job>\n    <tenq>{0}</tenq>\n    <tdeq>{0}</tdeq>\n    <tlast>{1}</tlast>\n    <status>{2}</status>\n"
        "    <id>{3}</id>\n  </job>\n",
        start, over ? time_of_day(query.due) : start, over ? "FIN" : "ACT", query.id);
}

}  // namespace sim::panos
