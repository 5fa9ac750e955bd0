// A device goes down and comes up again.
#include "sim/panos/configuration/system_text.hpp"
#include "sim/panos/machine/machine.hpp"

namespace sim::panos {
namespace {

constexpr auto auto_commit_time = std::chrono::seconds(31);  // observed on a VM whose small commits take about 20 s

}  // namespace

void Machine::go_down(Instant now, bool comes_back) {
    const auto boot_time = options.boot_time.count() > 0 ? options.boot_time : model->boot_time();
    back_at = comes_back ? now + boot_time : Instant::max();
    for (RecordedCommit& commit : commits) {
        if (!commit.finished) {
            commit.finished = now;
            commit.result = JobResult::fail;
            commit.details = {"job failed because of a restart"};
        }
    }
    // Documented: after a reboot the device has its running configuration. That the jobs are forgotten and numbered
    // from 1 again is assumed: a recording shows AutoCom as job 1.
    jobs.reset();
    configuration.load_both(configuration.running());
    ++revision;
}

void Machine::choose_routing_engine() {
    advanced_routing =
        !model->panorama() && version.at_least(10, 2) && asks_for_advanced_routing(configuration.running());
}

void Machine::come_up(Instant at) {
    back_at = std::nullopt;
    booted = at;
    line_free_since = at;
    choose_routing_engine();
    traffic = {};
    counter_sample = {};
    for (const KeptPart& part : kept) {
        if (part.at_boot) {
            part.at_boot();
        }
    }
    Job job;
    job.type = JobType::auto_commit;
    job.enqueued = at;
    job.duration = auto_commit_time;
    jobs.enqueue(std::move(job));
    ++revision;
}

}  // namespace sim::panos
