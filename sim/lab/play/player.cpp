#include "sim/lab/play/player.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <string>

#include "sim/lab/play/judge.hpp"
#include "sim/lab/world/background_load.hpp"

namespace sim::lab {

namespace {

class Player {
public:
    explicit Player(World& world) : world_(world) {}

    Done play(const Step& step) {
        world_.timeline().add({world_.now(), Party::lab, "", step.told});
        return std::visit([this](const auto& action) { return perform(action); }, step.action);
    }

    const std::vector<SentAnswer>& acknowledged() const noexcept { return acknowledged_; }

private:
    Done perform(const Send& send) {
        auto answers = world_.send(send);
        if (!answers) {
            return tl::unexpected(answers.error());
        }
        last_sent_ = std::move(*answers);
        std::copy_if(last_sent_.begin(), last_sent_.end(), std::back_inserter(acknowledged_),
                     [](const SentAnswer& answer) { return answer.status == 200; });
        return send.judged_later ? Done{} : as_done(judge(send.answered, last_sent_));
    }

    Done perform(const Expect& expect) {
        const bool at_bridge = expect.bridge.has_value();
        const Millis deadline = world_.now() + expect.within;
        Judgement last;
        while (true) {
            const std::uint64_t seen = world_.events();
            last = look(expect);
            if (last.holds) {
                break;
            }
            if (world_.now() >= deadline || !world_.await(seen, deadline, at_bridge)) {
                last = look(expect);
                break;
            }
        }
        if (!last.holds) {
            const std::string waited =
                expect.within.count() == 0 ? "" : fmt::format("after {} ms: ", expect.within.count());
            return tl::unexpected(waited + last.seen);
        }
        return hold(expect, at_bridge);
    }

    Done hold(const Expect& expect, bool at_bridge) {
        const Millis until = world_.now() + expect.hold;
        for (bool more = expect.hold.count() > 0; more;) {
            const std::uint64_t seen = world_.events();
            more = world_.await(seen, until, at_bridge);
            if (const Judgement now = look(expect); !now.holds) {
                return tl::unexpected(fmt::format("it was so, and did not stay so: {}", now.seen));
            }
        }
        return {};
    }

    Judgement look(const Expect& expect) {
        if (expect.firewall) {
            Judgement judgement;
            world_.look_at(expect.firewall->firewall, [&](FirewallHandle& firewall) {
                judgement = judge(*expect.firewall, firewall);
                if (judgement.holds && !expect.firewall->running_as_at.empty()) {
                    judgement = judge_same(marks_[expect.firewall->running_as_at][expect.firewall->firewall],
                                           running_of(firewall));
                }
            });
            return judgement;
        }
        return expect.bridge ? look(*expect.bridge) : judge(*expect.sent, last_sent_);
    }

    Judgement look(const ExpectBridge& expect) {
        if (!expect.facts.empty()) {
            const auto status = world_.bridge_page("/status");
            const Judgement judgement = status ? judge(expect.facts, *status) : Judgement{false, status.error()};
            if (!judgement.holds) {
                return judgement;
            }
        }
        if (expect.block) {
            const auto blocks = world_.bridge_page("/blocks");
            const Judgement judgement = blocks ? judge(*expect.block, *blocks) : Judgement{false, blocks.error()};
            if (!judgement.holds) {
                return judgement;
            }
        }
        if (expect.why) {
            const auto page = world_.bridge_page("/why?indicator=" + expect.why->indicator);
            return page ? judge(*expect.why, *page) : Judgement{false, page.error()};
        }
        return {};
    }

    Done perform(const Power& power) { return world_.power(power); }
    Done perform(const Wait& wait) { return world_.wait(wait); }
    Done perform(const RenewCertificate&) { return world_.renew_certificate(); }
    Done perform(const WriteFile& file) { return world_.write_file(file); }

    Done perform(const Order& order) {
        const auto answer = world_.order(order.path);
        if (!answer) {
            return tl::unexpected(answer.error());
        }
        return *answer ? as_done(judge(order, **answer)) : Done{};
    }

    Done perform(const Mark& mark) {
        for (const std::string& name : mark.firewalls) {
            world_.look_at(name, [&](FirewallHandle& firewall) { marks_[mark.name][name] = running_of(firewall); });
        }
        return {};
    }

    Done perform(const Reload& reload) { return world_.reload(reload); }

    static std::string running_of(FirewallHandle& firewall) {
        const auto nodes = firewall.look(true, "/config");
        return nodes ? fmt::format("{}", fmt::join(*nodes, "")) : nodes.error();
    }

    Done perform(const SetFault& fault) {
        return at(fault.firewall, [&](FirewallHandle& it) {
            it.add_fault(fault);
            return Done{};
        });
    }

    Done perform(const ClearFaults& clear) {
        return at(clear.firewall, [](FirewallHandle& it) {
            it.clear_faults();
            return Done{};
        });
    }

    Done perform(const Lock& lock) {
        return at(lock.firewall, [&](FirewallHandle& it) { return it.lock(lock); });
    }

    Done perform(const Edit& edit) {
        return at(edit.firewall, [&](FirewallHandle& it) { return it.edit(edit); });
    }

    Done perform(const CommitBy& commit) {
        return at(commit.firewall, [&](FirewallHandle& it) { return it.commit_by(commit.by); });
    }

    Done perform(const FleetEvent& event) {
        return at(event.firewall, [&](FirewallHandle& it) { return it.happen(event); });
    }

    Done perform(const Load& load) {
        return at(load.firewall, [&](FirewallHandle& it) { return it.load(load.file); });
    }

    Done perform(const Reboot& reboot) {
        return at(reboot.firewall, [](FirewallHandle& it) {
            it.reboot();
            return Done{};
        });
    }

    Done perform(const RegisterBy& what) {
        return at(what.firewall, [&](FirewallHandle& it) { return it.register_by(what); });
    }

    Done perform(const RefreshBy& what) {
        return at(what.firewall, [&](FirewallHandle& it) { return it.refresh_by(what); });
    }

    Done perform(const Fetch& fetch) {
        std::string& etag = etags_[{fetch.target, fetch.page}];
        const auto page = world_.fetch(fetch, fetch.if_changed ? etag : "");
        if (!page) {
            return tl::unexpected(page.error());
        }
        if (!page->etag.empty()) {
            etag = page->etag;
        }
        return as_done(judge(fetch, page->status, page->body));
    }

    template <class Act>
    Done at(const std::string& firewall, const Act& act) {
        Done done;
        world_.act_on(firewall, [&](FirewallHandle& handle) {
            if (done) {
                done = act(handle);
            }
        });
        return done;
    }

    static Done as_done(const Judgement& judgement) {
        return judgement.holds ? Done{} : Done(tl::unexpected(judgement.seen));
    }

    World& world_;
    std::vector<SentAnswer> last_sent_;
    std::vector<SentAnswer> acknowledged_;

    std::map<std::pair<std::string, std::string>, std::string> etags_;  // of pages, when they were fetched last
    std::map<std::string, std::map<std::string, std::string>> marks_;   // name, firewall: its running configuration
};

}  // namespace

Outcome play(const Scenario& scenario, World& world, const Epilogue& epilogue) {
    Outcome outcome;
    outcome.file = scenario.file;
    outcome.title = scenario.title;
    const auto fail = [&](std::string where, const std::string& message) {
        outcome.result = Result::failed;
        outcome.where = std::move(where);
        outcome.message = world.secrets().scrub(message);
    };
    if (const Done begun = world.begin(); !begun) {
        fail(fmt::format("{}: before the first step", scenario.file), begun.error());
    }
    if (scenario.load && outcome.result != Result::failed) {
        if (const Done begun = world.begin_load(); !begun) {
            fail(fmt::format("{}:{}: load", scenario.file, scenario.load->mark.line), begun.error());
        }
    }
    Player player(world);
    for (const Step& step : scenario.steps) {
        if (outcome.result == Result::failed) {
            break;
        }
        if (const Done done = player.play(step); !done) {
            fail(fmt::format("{}:{}: {}", scenario.file, step.mark.line, step.told), done.error());
        }
    }
    if (scenario.load && outcome.result != Result::failed) {
        const auto measured = world.end_load();
        const Done judged = measured ? judge(*scenario.load, *measured) : Done(tl::unexpected(measured.error()));
        if (!judged) {
            fail(fmt::format("{}:{}: load", scenario.file, scenario.load->mark.line), judged.error());
        }
    }
    if (epilogue && !player.acknowledged().empty()) {
        const bool failed_before = outcome.result == Result::failed;
        if (const Done done = epilogue(world, player.acknowledged()); !done && failed_before) {
            outcome.message += world.secrets().scrub("; and when all is over: " + done.error());
        } else if (!done) {
            fail(fmt::format("{}: when all is over", scenario.file), done.error());
        }
    }
    if (outcome.result != Result::failed) {
        if (const Done ended = world.end(); !ended) {
            fail(fmt::format("{}: after the last step", scenario.file), ended.error());
        }
    }
    outcome.story = world.story();
    outcome.story_dropped = world.timeline().dropped();
    for (TimelineEntry& entry : outcome.story) {
        entry.what = world.secrets().scrub(entry.what);
        std::replace(entry.what.begin(), entry.what.end(), '\n', ' ');
    }
    return outcome;
}

}  // namespace sim::lab
