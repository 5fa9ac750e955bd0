// Fetches external dynamic lists in the virtual world: a request travels to the bridge's pages and its answer back, by
// the scheduler.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "net/http.hpp"
#include "sim/lab/virtual/scheduler.hpp"
#include "sim/panos/policy/external_list.hpp"

namespace sim::lab {

inline constexpr std::string_view virtual_lists_url = "http://192.0.2.3:8444";

/// A GET of a page, with Basic authentication.
net::HttpRequest list_request(const std::string& path, const std::string& user, const std::string& password);

class VirtualLists final : public panos::ListFetcher {
public:
    /// What the bridge answers, or nothing when it does not run.
    using Serve = std::function<std::optional<net::HttpResponse>(const net::HttpRequest&)>;

    VirtualLists(Scheduler& scheduler, Serve serve) : scheduler_(scheduler), serve_(std::move(serve)) {}

    /// Called after each answer, so that the device may go on.
    void on_answer(std::function<void()> tell) { tell_ = std::move(tell); }

    void fetch(const panos::ListRequest& request, Done done) override;

private:
    Scheduler& scheduler_;
    Serve serve_;
    std::function<void()> tell_;
};

}  // namespace sim::lab
