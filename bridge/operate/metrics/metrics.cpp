#include "bridge/operate/metrics/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <map>
#include <sstream>
#include <unordered_map>
#include <utility>

#include "bridge/operate/metrics/process_metrics.hpp"

namespace bridge::operate {

using namespace domain;
using prometheus::ClientMetric;
using prometheus::Counter;
using prometheus::Family;
using prometheus::Histogram;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::map<std::string, std::string>;

namespace {

// Seconds. An acknowledgement waits for one sync of a disk; a block waits for a commit, which takes minutes on some
// devices.
const Histogram::BucketBoundaries acknowledgement_bounds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                         0.25,  0.5,    1,     2.5,  5,     10};
const Histogram::BucketBoundaries block_bounds{0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600, 14400};
const Histogram::BucketBoundaries call_bounds{0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60};

// Of every kind of enforcer; one that is not among them shows beside them.
constexpr std::array target_states{"starting", "surveying",  "idle",      "settling",
                                   "pushing",  "committing", "verifying", "waiting"};

constexpr std::array block_states{BlockState::wanted,  BlockState::pushed,  BlockState::enforced,
                                  BlockState::expired, BlockState::refused, BlockState::held};

double seconds(std::chrono::milliseconds time) {
    return std::chrono::duration<double>(time).count();
}

double unix_seconds(WallTime time) {
    return seconds(time.time_since_epoch());
}

std::string_view name_of_failure(const std::optional<Errc>& failure) {
    if (!failure) {
        return "ok";
    }
    switch (*failure) {
        case Errc::malformed:
            return "malformed";
        case Errc::unreachable:
            return "unreachable";
        case Errc::busy:
            return "busy";
        case Errc::locked:
            return "locked";
        case Errc::key_rejected:
            return "key_rejected";
        case Errc::not_permitted:
            return "not_permitted";
        case Errc::refused:
            return "refused";
        case Errc::missing:
            return "missing";
        case Errc::not_trusted:
            return "not_trusted";
        case Errc::store_failed:
            return "store_failed";
        case Errc::misconfigured:
            return "misconfigured";
        case Errc::not_active:
            return "not_active";
        case Errc::other_device:
            return "other_device";
    }
    return "other";
}

/// A family of numbers that are looked up when they are asked for.
class Lookup {
public:
    Lookup(std::vector<MetricFamily>& into, MetricType type, std::string name, std::string help)
        : into_(into), type_(type) {
        MetricFamily family;
        family.name = std::move(name);
        family.help = std::move(help);
        family.type = type;
        into_.push_back(std::move(family));
    }

    Lookup& add(double value, const Labels& labels = {}) {
        ClientMetric metric;
        for (const auto& [label, text] : labels) {
            metric.label.push_back({label, text});
        }
        (type_ == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
        into_.back().metric.push_back(std::move(metric));
        return *this;
    }

private:
    std::vector<MetricFamily>& into_;
    MetricType type_;
};

void look_at_targets(const engine::Engine& engine, std::vector<MetricFamily>& all) {
    const std::vector<engine::TargetStatus> targets = engine.targets();
    Lookup blocks(all, MetricType::Gauge, "firebreak_blocks",
                  "Blocks by target and state; wanted and pushed ones are the queue.");
    for (const engine::TargetStatus& target : targets) {
        for (const BlockState state : block_states) {
            blocks.add(static_cast<double>(target.blocks[static_cast<std::size_t>(state)]),
                       {{"target", target.name}, {"state", std::string(name_of(state))}});
        }
    }
    Lookup states(all, MetricType::Gauge, "firebreak_target_state", "1 for the state that a target is in, else 0.");
    for (const engine::TargetStatus& target : targets) {
        bool known = false;
        for (const char* const state : target_states) {
            known = known || target.state == state;
            states.add(target.state == state ? 1 : 0, {{"target", target.name}, {"state", state}});
        }
        if (!known) {
            states.add(1, {{"target", target.name}, {"state", target.state}});
        }
    }
}

void look_at_intake(const engine::Engine& engine, std::vector<MetricFamily>& all) {
    const engine::IntakeCounts& counts = engine.intake();
    Lookup notifications(all, MetricType::Counter, "firebreak_notifications_total",
                         "Notifications by the HTTP status of their answer.");
    for (const auto& [status, count] : counts.notifications) {
        notifications.add(static_cast<double>(count), {{"status", std::to_string(status)}});
    }
    Lookup(all, MetricType::Counter, "firebreak_notifications_unread_total",
           "Notifications that were kept, but are in a format that is not read.")
        .add(static_cast<double>(counts.notifications_unread));
    Lookup(all, MetricType::Counter, "firebreak_alerts_new_total", "Alerts that were not known before.")
        .add(static_cast<double>(counts.alerts_accepted));
    Lookup(all, MetricType::Counter, "firebreak_alerts_repeated_total", "Alerts that were known already.")
        .add(static_cast<double>(counts.alerts_repeated));
    Lookup(all, MetricType::Counter, "firebreak_alerts_rejected_total", "Alerts and bodies that could not be read.")
        .add(static_cast<double>(counts.alerts_rejected));
    Lookup(all, MetricType::Gauge, "firebreak_store_up", "1 while the store takes what it is given.")
        .add(engine.store_trouble().empty() ? 1 : 0);
    Lookup(all, MetricType::Counter, "firebreak_store_syncs_total", "Transactions synced to disk.")
        .add(static_cast<double>(engine.store_syncs()));
    const engine::ReloadCounts& reloads = engine.reloads();
    Lookup(all, MetricType::Counter, "firebreak_reloads_total", "Reloads of the configuration by result.")
        .add(static_cast<double>(reloads.done), {{"result", "done"}})
        .add(static_cast<double>(reloads.refused), {{"result", "refused"}});
}

void look_at_canary(const engine::Engine& engine, std::vector<MetricFamily>& all) {
    const auto birds = engine.canary();
    if (birds.empty()) {
        return;
    }
    Lookup alarm(all, MetricType::Gauge, "firebreak_canary_alarm",
                 "1 while the canary's block does not come or go in time.");
    for (const auto& [target, status] : birds) {
        alarm.add(status.alarm.empty() ? 0 : 1, {{"target", target}});
    }
    Lookup runs(all, MetricType::Counter, "firebreak_canary_runs_total", "Cycles that the canary has begun.");
    for (const auto& [target, status] : birds) {
        runs.add(static_cast<double>(status.runs), {{"target", target}});
    }
    Lookup last(all, MetricType::Gauge, "firebreak_canary_last_success_timestamp_seconds",
                "When the canary was last enforced in time; 0: not since the start.");
    for (const auto& [target, status] : birds) {
        last.add(status.last_success ? unix_seconds(*status.last_success) : 0, {{"target", target}});
    }
}

void look_at_surroundings(const MetricsSources& sources, std::vector<MetricFamily>& all) {
    Lookup(all, MetricType::Gauge, "firebreak_build_info", "The release, as a label.")
        .add(1, {{"version", sources.version}});
    Lookup(all, MetricType::Gauge, "firebreak_ready", "1 while notifications are taken: what /readyz says.")
        .add(sources.ready() ? 1 : 0);
    const auto certificates = sources.certificates();
    if (!certificates.empty()) {
        Lookup expiry(all, MetricType::Gauge, "firebreak_certificate_not_after_timestamp_seconds",
                      "When a certificate expires: what a listener shows, what a target showed last, and the first to "
                      "expire in its `ca`.");
        for (const CertificateExpiry& certificate : certificates) {
            expiry.add(unix_seconds(certificate.not_after), {{"use", certificate.use}, {"name", certificate.name}});
        }
    }
    const auto sinks = sources.sinks();
    if (sinks.empty()) {
        return;
    }
    Lookup up(all, MetricType::Gauge, "firebreak_audit_sink_up", "1 while a sink of the audit trail takes events.");
    for (const SinkStatus& sink : sinks) {
        up.add(sink.up ? 1 : 0, {{"sink", sink.name}});
    }
    Lookup dropped(all, MetricType::Counter, "firebreak_audit_events_dropped_total",
                   "Audit events that found no room in a sink's queue.");
    for (const SinkStatus& sink : sinks) {
        dropped.add(static_cast<double>(sink.dropped), {{"sink", sink.name}});
    }
    Lookup delivered(all, MetricType::Counter, "firebreak_audit_events_delivered_total",
                     "Audit events that a sink has taken.");
    for (const SinkStatus& sink : sinks) {
        delivered.add(static_cast<double>(sink.delivered), {{"sink", sink.name}});
    }
    Lookup waiting(all, MetricType::Gauge, "firebreak_audit_queue_events", "Audit events that wait for a sink.");
    for (const SinkStatus& sink : sinks) {
        waiting.add(static_cast<double>(sink.waiting), {{"sink", sink.name}});
    }
}

void look_at_process(std::vector<MetricFamily>& all) {
    for (const ProcessFigure& figure : process_figures()) {
        Lookup(all, figure.counts ? MetricType::Counter : MetricType::Gauge, figure.name, figure.help)
            .add(figure.value);
    }
}

}  // namespace

struct Metrics::Families {
    prometheus::Registry registry;
    Family<Counter>& alerts = prometheus::BuildCounter()
                                  .Name("firebreak_alerts_total")
                                  .Help(
                                      "Alerts that were acknowledged, by type and by whether anything in them may be "
                                      "blocked.")
                                  .Register(registry);
    Family<Histogram>& acknowledgement = prometheus::BuildHistogram()
                                             .Name("firebreak_acknowledgement_seconds")
                                             .Help("From a notification's last byte to its 200, by which it is synced.")
                                             .Register(registry);
    Family<Counter>& changes = prometheus::BuildCounter()
                                   .Name("firebreak_block_changes_total")
                                   .Help("Changes of blocks by target and new state.")
                                   .Register(registry);
    Family<Histogram>& time_to_block = prometheus::BuildHistogram()
                                           .Name("firebreak_time_to_block_seconds")
                                           .Help(
                                               "From the acknowledgement of an alert to the block being seen in the "
                                               "target's running configuration.")
                                           .Register(registry);
    Family<Counter>& calls = prometheus::BuildCounter()
                                 .Name("firebreak_api_calls_total")
                                 .Help("Calls to targets by kind and result.")
                                 .Register(registry);
    Family<Histogram>& call_time = prometheus::BuildHistogram()
                                       .Name("firebreak_api_call_seconds")
                                       .Help("How long calls to targets take.")
                                       .Register(registry);
    Family<Counter>& commits = prometheus::BuildCounter()
                                   .Name("firebreak_commits_total")
                                   .Help("Commits that have ended, by result.")
                                   .Register(registry);
    Family<Histogram>& commit_time =
        prometheus::BuildHistogram().Name("firebreak_commit_seconds").Help("How long commits take.").Register(registry);
    Family<Histogram>& canary_time = prometheus::BuildHistogram()
                                         .Name("firebreak_canary_time_to_block_seconds")
                                         .Help("The canary's time to block, which is in no other metric.")
                                         .Register(registry);
    Family<Counter>& canary_alarms = prometheus::BuildCounter()
                                         .Name("firebreak_canary_alarms_total")
                                         .Help("Times that the canary's block did not come or go in time.")
                                         .Register(registry);
    Histogram& acknowledged = acknowledgement.Add({}, acknowledgement_bounds);

    // What is counted for every alert and every block. A family puts its labels together and hashes them each time that
    // it is asked for one of its counters; none of these is ever removed.
    struct OfTarget {
        std::array<Counter*, std::tuple_size_v<BlockCounts>> changes{};  // by state
        Histogram* time_to_block = nullptr;
    };
    std::unordered_map<std::string, OfTarget> of_targets;
    std::map<std::pair<AlertType, bool>, Counter*> of_alerts;
};

Metrics::Metrics(MetricsSources sources) : sources_(std::move(sources)), families_(std::make_unique<Families>()) {}

Metrics::~Metrics() = default;

std::string Metrics::page(const engine::Engine& engine) const {
    std::vector<MetricFamily> all = families_->registry.Collect();
    look_at_intake(engine, all);
    look_at_targets(engine, all);
    look_at_canary(engine, all);
    look_at_surroundings(sources_, all);
    look_at_process(all);
    // A family without a sample is no news, and promtool dislikes help without it.
    std::erase_if(all, [](const MetricFamily& family) { return family.metric.empty(); });
    std::ostringstream out;
    prometheus::TextSerializer().Serialize(out, all);
    return out.str();
}

void Metrics::on_answered(unsigned status, std::string_view, std::string_view, std::chrono::milliseconds took) {
    if (status == 200) {
        families_->acknowledged.Observe(seconds(took));
    }
}

void Metrics::on_alert(const engine::AlertSeen& seen) {
    // The type as we know it, not as it was sent: a label must not be an outsider's choice.
    const bool blocks = !seen.decision.blockable.empty();
    Counter*& counter = families_->of_alerts[{seen.type, blocks}];
    if (counter == nullptr) {
        counter = &families_->alerts.Add(
            {{"type", std::string(name_of(seen.type))}, {"outcome", blocks ? "block" : "no_block"}});
    }
    counter->Increment();
}

void Metrics::on_block(const engine::BlockSeen& seen) {
    Families::OfTarget& of_target = families_->of_targets[seen.block.target];
    Counter*& counter = of_target.changes[static_cast<std::size_t>(seen.block.state)];
    if (counter == nullptr) {
        counter =
            &families_->changes.Add({{"target", seen.block.target}, {"state", std::string(name_of(seen.block.state))}});
    }
    counter->Increment();
    if (!seen.since_acknowledged) {
        return;
    }
    if (of_target.time_to_block == nullptr) {
        of_target.time_to_block = &families_->time_to_block.Add({{"target", seen.block.target}}, block_bounds);
    }
    of_target.time_to_block->Observe(seconds(*seen.since_acknowledged));
}

void Metrics::on_call(const engine::CallSeen& seen) {
    std::string kind(seen.kind);
    std::replace(kind.begin(), kind.end(), ' ', '_');
    families_->calls
        .Add({{"target", std::string(seen.target)},
              {"call", kind},
              {"result", std::string(name_of_failure(seen.failure))}})
        .Increment();
    families_->call_time.Add({{"target", std::string(seen.target)}}, call_bounds).Observe(seconds(seen.took));
}

void Metrics::on_commit(const engine::CommitSeen& seen) {
    families_->commits.Add({{"target", std::string(seen.target)}, {"result", seen.succeeded ? "succeeded" : "failed"}})
        .Increment();
    families_->commit_time.Add({{"target", std::string(seen.target)}}, block_bounds).Observe(seconds(seen.took));
}

void Metrics::on_trouble(std::string_view, std::string_view) {}  // firebreak_target_state tells it

void Metrics::on_canary(const engine::CanarySeen& seen) {
    const prometheus::Labels labels{{"target", std::string(seen.target)}};
    if (seen.what == engine::CanarySeen::What::blocked) {
        families_->canary_time.Add(labels, block_bounds).Observe(seconds(seen.took));
    } else if (seen.what == engine::CanarySeen::What::alarm) {
        families_->canary_alarms.Add(labels).Increment();
    }
}

}  // namespace bridge::operate
