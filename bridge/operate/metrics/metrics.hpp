// What the bridge has done and how it fares, as Prometheus reads it: counters and histograms of what the engine tells,
// and gauges that are looked up when the page is asked for. Names follow Prometheus's conventions: base units, `_total`
// on counters.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bridge/engine/engine.hpp"

namespace bridge::operate {

/// A certificate that somebody must renew in time.
struct CertificateExpiry {
    std::string use;   // "intake", "operate", "target", "target-ca"
    std::string name;  // of the target, or empty
    domain::WallTime not_after;
};

/// A sink of the audit trail.
struct SinkStatus {
    std::string name;  // "file", "syslog"
    bool up = true;
    std::uint64_t delivered = 0;
    std::uint64_t dropped = 0;  // for want of room in its queue
    std::size_t waiting = 0;
};

/// What the engine does not know.
struct MetricsSources {
    std::string version;
    std::function<bool()> ready = [] { return true; };
    std::function<std::vector<CertificateExpiry>()> certificates = [] { return std::vector<CertificateExpiry>{}; };
    std::function<std::vector<SinkStatus>()> sinks = [] { return std::vector<SinkStatus>{}; };
};

class Metrics : public engine::Observer {
public:
    explicit Metrics(MetricsSources sources);
    ~Metrics() override;
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    /// The page, in Prometheus's text format 0.0.4.
    std::string page(const engine::Engine& engine) const;

    void on_answered(unsigned status, std::string_view peer, std::string_view line,
                     std::chrono::milliseconds took) override;
    void on_alert(const engine::AlertSeen& seen) override;
    void on_block(const engine::BlockSeen& seen) override;
    void on_call(const engine::CallSeen& seen) override;
    void on_commit(const engine::CommitSeen& seen) override;
    void on_trouble(std::string_view target, std::string_view why) override;
    void on_canary(const engine::CanarySeen& seen) override;

private:
    struct Families;

    MetricsSources sources_;
    std::unique_ptr<Families> families_;
};

/// The value of Content-Type for the page.
inline constexpr std::string_view metrics_content_type = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace bridge::operate
