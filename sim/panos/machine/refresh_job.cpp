#include "sim/panos/machine/refresh_job.hpp"

#include <algorithm>

#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

constexpr auto refresh_time = std::chrono::seconds(1);  // what a refresh takes beside the fetching (assumed)
constexpr auto fetch_patience = std::chrono::seconds(20);

class ListRefresh final : public Errand {
public:
    using Asked = std::vector<std::pair<ListKey, ListTable::Ticket>>;

    explicit ListRefresh(Asked asked) : asked_(std::move(asked)) {}

    void begin(Machine& machine, Job& job, Instant /*at*/) override {
        waits_ = !all_answered(machine);
        job.duration = waits_ ? fetch_patience : refresh_time;
    }

    void look_again(Machine& machine, Job& job, Instant now) override {
        if (waits_ && all_answered(machine)) {
            waits_ = false;
            job.duration =
                std::clamp<std::chrono::microseconds>(now - *job.started + refresh_time, refresh_time, fetch_patience);
        }
    }

    bool has_news(const Machine& machine) const override { return waits_ && all_answered(machine); }

    void end(Machine& machine, Job& job, Instant at) override {
        job.result = JobResult::ok;
        for (const auto& [key, ticket] : asked_) {
            const auto done = machine.lists.take(key, ticket, at);
            job.details.push_back(escaped_text(done ? *done : done.error()));
            job.result = done ? job.result : JobResult::fail;
        }
    }

private:
    Asked asked_;
    bool waits_ = false;

    bool all_answered(const Machine& machine) const {
        return std::all_of(asked_.begin(), asked_.end(),
                           [&machine](const auto& each) { return machine.lists.answered(each.second); });
    }
};

class NameRefresh final : public Errand {
public:
    void begin(Machine& /*machine*/, Job& job, Instant /*at*/) override { job.duration = refresh_time; }

    void end(Machine& machine, Job& job, Instant at) override {
        machine.names.refresh(at);
        job.result = JobResult::ok;
        job.details.emplace_back("FQDN refresh job success");
    }
};

}  // namespace

void refresh_lists(Machine& machine, const std::vector<ListKey>& lists, Instant at) {
    ListRefresh::Asked asked;
    for (const ListKey& key : lists) {
        asked.emplace_back(key, machine.lists.ask(key, machine.options.list_fetcher.get()));
    }
    machine.enqueue_errand("EDLRefresh", std::make_shared<ListRefresh>(std::move(asked)), at);
}

void refresh_names(Machine& machine, Instant at) {
    machine.enqueue_errand("FqdnRefresh", std::make_shared<NameRefresh>(), at);
}

}  // namespace sim::panos
