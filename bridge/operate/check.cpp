#include "bridge/operate/check.hpp"

#include <fmt/format.h>

#include <memory>
#include <ostream>
#include <vector>

#include "bridge/panos/session.hpp"
#include "net/event_loop.hpp"

namespace bridge::operate {

using namespace domain;

namespace {

struct Visit {
    std::unique_ptr<panos::Transport> transport;
    std::unique_ptr<panos::Session> session;
};

std::string judge(const std::string& group, const Result<Reply>& reply, bool& fit) {
    fit = false;
    if (!reply) {
        return reply.error().detail;
    }
    const auto& seen = std::get<GroupSeen>(*reply);
    if (!seen.exists) {
        return fmt::format(
            "reached, but address group {} is not in the running configuration: make it with one placeholder "
            "member and a rule that denies it, and commit",
            group);
    }
    if (!seen.is_static) {
        return fmt::format("reached, but address group {} is dynamic; mode static needs a static one", group);
    }
    fit = true;
    return fmt::format("reached; address group {} has {} member(s)", group, seen.members.size());
}

}  // namespace

int check_targets(const Config& config, std::ostream& out) {
    net::EventLoop loop;
    std::vector<Visit> visits;
    int exit_code = 0;
    std::size_t left = config.engine.targets.size();
    {
        panos::CurlClient curl([&loop](std::function<void()> task) { loop.post(std::move(task)); });
        for (const engine::TargetSettings& target : config.engine.targets) {
            const std::string& name = target.name;
            Visit visit;
            visit.transport = curl.transport_to(config.endpoints.at(name));
            visit.session = std::make_unique<panos::Session>(target.credentials, target.place, *visit.transport);
            visits.push_back(std::move(visit));
        }
        for (std::size_t i = 0; i < visits.size(); ++i) {
            const engine::TargetSettings& target = config.engine.targets[i];
            visits[i].session->perform(ReadRunningGroup{}, [&](const Result<Reply>& reply) {
                bool fit = false;
                const std::string verdict = judge(target.place.group, reply, fit);
                out << fmt::format("{}: {}: {}\n", target.name, fit ? "ok" : "NOT FIT", verdict);
                exit_code = fit ? exit_code : 1;
                if (--left == 0) {
                    loop.stop();
                }
            });
        }
        if (left > 0) {
            loop.run();
        }
    }
    return exit_code;
}

}  // namespace bridge::operate
