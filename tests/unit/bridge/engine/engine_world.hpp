// An engine with a clock that is moved by hand, a store that keeps what it is given, and targets that do not answer.
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <optional>

#include "bridge/engine/engine.hpp"
#include "hand_clock.hpp"

namespace testing {

using namespace bridge::domain;
using namespace bridge::engine;
using namespace std::chrono_literals;
using bridge::engine::test::HandClock;

/// Keeps what it is given; fails on demand; completes when told to.
class HandStore : public bridge::store::Store {
public:
    std::vector<bridge::store::Acceptance> accepted;
    std::vector<BlockChange> changes;
    std::vector<Block> blocks;
    std::vector<StandingOrder> orders;
    std::vector<AuditEntry> audit;
    bridge::store::History history;
    bridge::store::HistoryQuestion asked;
    bool full = false;
    std::vector<Done> waiting;
    bool at_once = true;

    void accept(bridge::store::Acceptance acceptance, Done done) override {
        const auto alerts = static_cast<std::uint32_t>(acceptance.alerts.size());
        accepted.push_back(std::move(acceptance));
        if (!at_once) {
            waiting.push_back(std::move(done));
        } else if (full) {
            done(failed(Errc::store_failed, "bridge.db: disk full"));
        } else {
            done(bridge::store::Accepted{alerts, 0});
        }
    }
    void record(std::vector<BlockChange> some) override { note({.changes = std::move(some)}, nullptr); }
    void note(bridge::store::Notes notes, std::function<void(Result<void>)> done) override {
        changes.insert(changes.end(), notes.changes.begin(), notes.changes.end());
        audit.insert(audit.end(), notes.audit.begin(), notes.audit.end());
        for (StandingOrder& order : notes.orders) {
            std::erase_if(orders,
                          [&](const auto& one) { return one.kind == order.kind && one.subject == order.subject; });
            if (!order.taken_back) {
                orders.push_back(std::move(order));
            }
        }
        if (done) {
            done(full ? Result<void>(failed(Errc::store_failed, "bridge.db: disk full")) : Result<void>());
        }
    }
    Result<std::vector<StandingOrder>> load_orders() override { return orders; }
    void history_of(bridge::store::HistoryQuestion question,
                    std::function<void(Result<bridge::store::History>)> done) override {
        asked = std::move(question);
        done(history);
    }
    Result<std::vector<Block>> load_blocks() override { return blocks; }
    Result<std::vector<bridge::store::JournalRow>> newest_alerts(std::size_t) override {
        return std::vector<bridge::store::JournalRow>{};
    }
    Result<std::vector<bridge::store::JournalRow>> alerts_called(const std::string&, std::size_t) override {
        return std::vector<bridge::store::JournalRow>{};
    }
    Result<std::optional<bridge::store::StoredNotification>> notification_of(std::uint64_t) override {
        return std::nullopt;
    }
    std::string trouble() const override { return full ? "disk full" : ""; }
};

/// Takes requests and answers none by itself: enough to see that something was asked.
class SilentTransport : public bridge::panos::Transport {
public:
    SilentTransport(std::vector<std::string>& asked, std::vector<Done>& waiting) : asked_(asked), waiting_(waiting) {}
    void call(bridge::panos::ApiRequest request, Done done) override {
        asked_.push_back(request.form);
        waiting_.push_back(bridge::panos::read_by(std::move(request.reader), std::move(done)));
    }

private:
    std::vector<std::string>& asked_;
    std::vector<Done>& waiting_;
};

struct World {
    explicit World(Policy policy = {}, const std::vector<std::string>& targets = {"hq"}) {
        EngineSettings settings;
        settings.policy = std::move(policy);
        for (const std::string& name : targets) {
            TargetSettings target;
            target.name = name;
            target.group.group = target.place.group = "blocked";
            target.credentials = {Secret("KEY"), "fb", Secret()};
            settings.targets.push_back(target);
        }
        engine = std::make_unique<Engine>(
            settings, clock, store,
            [this](const TargetSettings&, std::size_t) { return std::make_unique<SilentTransport>(asked, unanswered); },
            [this](const Happening& happening) { told.push_back(happening.text); });
    }

    Reception post(const std::string& body) {
        Reception got{0, ""};
        engine->receive(body, "192.0.2.1", [&got](Reception reception) { got = std::move(reception); });
        return got;
    }

    // Orders, with what they were answered.
    static Ordered into(std::optional<Result<Outcome>>& answer) {
        return [&answer](Result<Outcome> outcome) { answer = std::move(outcome); };
    }
    Result<Outcome> release(const Selection& selection) {
        std::optional<Result<Outcome>> answer;
        engine->release(selection, alice, into(answer));
        return std::move(answer).value();
    }
    Result<Outcome> release(const std::string& indicator) {
        return release(Selection{.indicator = Indicator::parse_blocked(indicator)});
    }
    Result<Outcome> drop(const Selection& selection, std::optional<std::chrono::milliseconds> time = std::nullopt) {
        std::optional<Result<Outcome>> answer;
        engine->drop(selection, time, alice, into(answer));
        return std::move(answer).value();
    }
    Result<Outcome> unblock(const std::string& indicator,
                            std::optional<std::chrono::milliseconds> time = std::nullopt) {
        std::optional<Result<Outcome>> answer;
        engine->unblock(Indicator::parse_blocked(indicator).value(), time, alice, into(answer));
        return std::move(answer).value();
    }
    Result<Outcome> block(const BlockOrder& order) {
        std::optional<Result<Outcome>> answer;
        engine->block(order, alice, into(answer));
        return std::move(answer).value();
    }
    Result<Outcome> roll_back(const RollbackOrder& order) {
        std::optional<Result<Outcome>> answer;
        engine->roll_back(order, alice, into(answer));
        return std::move(answer).value();
    }
    Result<Outcome> pause(const std::string& target) {
        std::optional<Result<Outcome>> answer;
        engine->pause(target, alice, into(answer));
        return std::move(answer).value();
    }
    Result<Outcome> resume(const std::string& target) {
        std::optional<Result<Outcome>> answer;
        engine->resume(target, alice, into(answer));
        return std::move(answer).value();
    }

    /// Whether there is a block of it that the target ought to have.
    bool is_blocked(const std::string& indicator, const std::string& target = "hq") const {
        const Block* block = engine->ledger().find(target, Indicator::parse_blocked(indicator).value());
        return block != nullptr && is_desired(block->state);
    }
    std::size_t times_told(const std::string& text) const {
        return static_cast<std::size_t>(std::count_if(
            told.begin(), told.end(), [&](const std::string& line) { return line.find(text) != std::string::npos; }));
    }

    Operator alice{"alice", "ticket 42"};
    HandClock clock;
    HandStore store;
    std::vector<std::string> asked;
    std::vector<bridge::panos::Transport::Done> unanswered;
    std::vector<std::string> told;
    std::unique_ptr<Engine> engine;
};

inline std::string callback(const std::string& id, const std::string& attacker,
                            const std::string& appliance = "nx1.example.com") {
    return "<alerts appliance=\"" + appliance +
           "\" msg=\"normal\" product=\"Web MPS\" version=\"9.0.0.1\">"
           "<alert id=\"" +
           id +
           "\" name=\"malware-callback\" severity=\"crit\"><explanation protocol=\"tcp\">"
           "<cnc-services><cnc-service port=\"443\" protocol=\"tcp\"><address>" +
           attacker + "</address></cnc-service></cnc-services></explanation><src><ip>192.0.2.10</ip></src><dst><ip>" +
           attacker + "</ip><port>443</port></dst><occurred>2026-06-01T00:00:00Z</occurred></alert></alerts>";
}

inline BlockState state_of(const World& world, const std::string& attacker) {
    const Block* block = world.engine->ledger().find("hq", Indicator::parse_blocked(attacker).value());
    REQUIRE(block != nullptr);
    return block->state;
}

}  // namespace testing
