#include "bridge/operate/check.hpp"

#include <fmt/format.h>

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/domain/firewall/tag_filter.hpp"
#include "bridge/domain/value/printable.hpp"
#include "bridge/engine/target.hpp"
#include "net/event_loop.hpp"

namespace bridge::operate {

using namespace domain;

namespace {

struct Verdict {
    bool fit = false;
    std::string text;
};

Verdict judge_static(const std::string& group, const GroupSeen* seen) {
    if (seen == nullptr) {
        return {false, fmt::format("address group {} is not in the running configuration: make it with one placeholder "
                                   "member and a rule that denies it, and commit",
                                   group)};
    }
    if (!seen->is_static) {
        return {false, fmt::format("address group {} is dynamic; mode static needs a static one", group)};
    }
    return {true, fmt::format("address group {} has {} member(s)", group, seen->members.size())};
}

Verdict judge_dynamic(const panos::Place& place, const GroupSeen* seen) {
    const std::string mend =
        fmt::format("make a dynamic one with the match '{}' and a rule that denies it, and commit", place.tag);
    if (seen == nullptr) {
        return {false, fmt::format("address group {} is neither in the running configuration nor in use: {}",
                                   place.group, mend)};
    }
    if (seen->is_static) {
        return {false,
                fmt::format("address group {} is static; mode dynamic needs a dynamic one: {}", place.group, mend)};
    }
    const auto takes = filter_takes(seen->filter, place.tag);
    if (!takes || !*takes) {
        return {false, fmt::format("address group {} does not take up addresses with the tag '{}' alone, its match is "
                                   "[{}]: {}",
                                   place.group, place.tag, printable(seen->filter, 120), mend)};
    }
    return {true, fmt::format("address group {} takes up the tag '{}'", place.group, place.tag)};
}

Verdict judge_devices(const panos::Place& place, const DevicesSeen& seen) {
    std::string missing;
    std::size_t connected = 0;
    for (const ManagedDevice& device : seen.devices) {
        connected += device.connected ? 1U : 0U;
        if (!device.connected) {
            missing += (missing.empty() ? "; not connected: " : ", ") + device.serial;
        }
    }
    return {connected > 0, fmt::format("{} of {} firewall(s) of device group {} connected{}", connected,
                                       seen.devices.size(), place.device_group, missing)};
}

Verdict judge_list(const engine::TargetSettings& target, ListKind kind, const std::string& list, const ListSeen& seen) {
    bool ours = false;
    for (const std::string& member : seen.members) {
        const auto entry = read_list_entry(member);
        ours = ours || (entry && list_entry(kind, *entry) == placeholder_entry(kind));
    }
    if (!ours) {
        return {false,
                fmt::format("list {} does not show our page (its first line is {}): its source has to be "
                            ".../{}/{}.txt, with user {} and the password of token_file, and it is fetched while "
                            "the bridge runs",
                            list, placeholder_entry(kind), target.name, name_of(kind), target.name)};
    }
    return {true, fmt::format("list {} shows our page, {} entries", list, seen.valid)};
}

/// One conversation: calls in order, each judged; a call that fails ends it.
struct Visit {
    struct Question {
        Call call;
        std::function<Verdict(const Reply&)> judge;
    };
    std::string name;  // of the target, or of its firewall
    engine::Line line;
    std::vector<Question> questions;
    std::size_t asked = 0;
};

class Check {
public:
    Check(const Config& config, std::ostream& out) : config_(config), out_(out) {}

    int run() {
        panos::CurlClient curl([this](std::function<void()> task) { loop_.post(std::move(task)); });
        for (const engine::TargetSettings& target : config_.engine.targets) {
            if (target.way == engine::Way::list) {
                visit_list(curl, target);
            } else {
                visit_firewall(curl, target);
            }
        }
        left_ = visits_.size();
        for (const auto& visit : visits_) {
            next(*visit);
        }
        if (left_ > 0) {
            loop_.run();
        }
        visits_.clear();
        return exit_code_;
    }

private:
    Visit& add(panos::CurlClient& curl, const engine::TargetSettings& target, std::string name) {
        auto visit = std::make_unique<Visit>();
        visit->name = std::move(name);
        visit->line = engine::make_line(target, [&](const engine::TargetSettings& to, std::size_t device) {
            return curl.transport_to(config_.endpoint(to.name, device));
        });
        visits_.push_back(std::move(visit));
        return *visits_.back();
    }

    void visit_firewall(panos::CurlClient& curl, const engine::TargetSettings& target) {
        Visit& visit = add(curl, target, target.name);
        if (target.way == engine::Way::group) {
            visit.questions.push_back({ReadGroups{}, [&target](const Reply& reply) {
                                           const std::string& group = target.place.group;
                                           return judge_static(group, std::get<GroupsSeen>(reply).find(group));
                                       }});
            if (target.place.on_panorama()) {
                visit.questions.push_back({ReadDevices{}, [&target](const Reply& reply) {
                                               return judge_devices(target.place, std::get<DevicesSeen>(reply));
                                           }});
            }
            return;
        }
        visit.questions.push_back({ReadGroups{}, [&target, &visit](const Reply& reply) {
                                       const std::string& group = target.place.group;
                                       const GroupSeen* seen = std::get<GroupsSeen>(reply).find(group);
                                       if (seen == nullptr) {
                                           // A shared group, or one that Panorama pushed.
                                           visit.questions.push_back(
                                               {ReadDynamicGroup{}, [&target, group](const Reply& again) {
                                                    return judge_dynamic(target.place,
                                                                         std::get<GroupsSeen>(again).find(group));
                                                }});
                                           return Verdict{true, ""};
                                       }
                                       return judge_dynamic(target.place, seen);
                                   }});
        visit.questions.push_back({ReadRegistered{1, 1}, [](const Reply&) {
                                       return Verdict{true, "registered addresses can be read"};
                                   }});
    }

    void visit_list(panos::CurlClient& curl, const engine::TargetSettings& target) {
        if (target.asked.empty()) {
            out_ << fmt::format(
                "{}: ok: a list; without `refresh` no firewall can be asked, and a block counts as enforced when its "
                "page is fetched\n",
                target.name);
        }
        for (std::size_t at = 0; at < target.asked.size(); ++at) {
            const ListWatch& watch = target.list.firewalls[at];
            Visit& visit = add(curl, target.asked[at], fmt::format("{}: {}", target.name, watch.firewall));
            for (const ListKind kind : list_kinds) {
                if (const std::string& list = watch.list(kind); !list.empty()) {
                    visit.questions.push_back(
                        {ReadList{kind, list, 1, target.list.entries_max}, [&target, kind, list](const Reply& reply) {
                             return judge_list(target, kind, list, std::get<ListSeen>(reply));
                         }});
                }
            }
        }
    }

    void next(Visit& visit) {
        if (visit.asked == visit.questions.size()) {
            end();
            return;
        }
        const std::size_t at = visit.asked++;
        visit.line.conversation->perform(visit.questions[at].call, [this, &visit, at](const Result<Reply>& reply) {
            if (!reply) {
                say(visit, {false, reply.error().detail});
                end();
                return;
            }
            const auto judge = visit.questions[at].judge;  // it may add a question
            if (const Verdict verdict = judge(*reply); !verdict.text.empty()) {
                const std::string who = visit.line.conversation->active();
                const std::string reached = who.empty() ? "reached" : fmt::format("reached ({} is active)", who);
                say(visit, {verdict.fit, fmt::format("{}; {}", reached, verdict.text)});
            }
            next(visit);
        });
    }

    void say(const Visit& visit, const Verdict& verdict) {
        out_ << fmt::format("{}: {}: {}\n", visit.name, verdict.fit ? "ok" : "NOT FIT", verdict.text);
        exit_code_ = verdict.fit ? exit_code_ : 1;
    }

    void end() {
        if (--left_ == 0) {
            loop_.stop();
        }
    }

    const Config& config_;
    std::ostream& out_;
    net::EventLoop loop_;
    std::vector<std::unique_ptr<Visit>> visits_;
    std::size_t left_ = 0;
    int exit_code_ = 0;
};

}  // namespace

int check_targets(const Config& config, std::ostream& out) {
    return Check(config, out).run();
}

}  // namespace bridge::operate
