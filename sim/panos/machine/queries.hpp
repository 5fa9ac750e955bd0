// What type=log, type=report and type=export of technical support do in the background: they take numbers from the
// counter of all jobs, but run beside the commits and are asked for by the type that made them, not by `show jobs`.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>

#include "sim/panos/tree/node.hpp"

namespace sim::panos {

enum class QueryOf { log, report, tech_support, stats_dump };

struct Query {
    std::uint64_t id = 0;
    QueryOf of = QueryOf::log;
    std::string admin;
    Instant enqueued{};
    Instant due{};
    std::function<std::string()> answer;  // what it found, as XML; the state of the device when it was asked for

    bool finished(Instant now) const { return now >= due; }
};

class Queries {
public:
    /// The oldest go when there are more.
    static constexpr std::size_t kept_max = 64;

    void add(Query query);
    /// Null when there is none of that number and kind.
    const Query* find(QueryOf of, std::uint64_t id) const;
    bool remove(QueryOf of, std::uint64_t id);

private:
    std::deque<Query> queries_;
};

/// <job>...</job> as the answers of type=log and type=report begin.
std::string query_job_xml(const Query& query, Instant now);

}  // namespace sim::panos
