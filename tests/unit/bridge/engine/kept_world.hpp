// An engine whose store keeps everything at once, and whose firewalls answer when the test says so.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bridge/engine/engine.hpp"
#include "hand_clock.hpp"

namespace bridge::engine::test {

class KeepingStore : public store::Store {
public:
    void accept(store::Acceptance acceptance, Done done) override {
        const auto alerts = static_cast<std::uint32_t>(acceptance.alerts.size());
        accepted.push_back(std::move(acceptance));
        if (full) {
            done(domain::failed(domain::Errc::store_failed, "bridge.db: disk full"));
        } else {
            done(store::Accepted{alerts, 0});
        }
    }
    void note(store::Notes notes, std::function<void(domain::Result<void>)> done) override {
        record(std::move(notes.changes));
        if (done) {
            done({});
        }
    }
    domain::Result<std::vector<domain::StandingOrder>> load_orders() override {
        return std::vector<domain::StandingOrder>{};
    }
    void history_of(store::HistoryQuestion, std::function<void(domain::Result<store::History>)> done) override {
        done(store::History{});
    }
    void record(std::vector<domain::BlockChange> some) override {
        changes.insert(changes.end(), some.begin(), some.end());
    }
    domain::Result<std::vector<domain::Block>> load_blocks() override { return blocks; }
    domain::Result<std::vector<store::JournalRow>> newest_alerts(std::size_t) override {
        return std::vector<store::JournalRow>{};
    }
    domain::Result<std::vector<store::JournalRow>> alerts_called(const std::string&, std::size_t) override {
        return std::vector<store::JournalRow>{};
    }
    domain::Result<std::optional<store::StoredNotification>> notification_of(std::uint64_t) override {
        return std::nullopt;
    }
    std::string trouble() const override { return full ? "disk full" : ""; }
    std::uint64_t syncs() const override { return accepted.size(); }

    std::vector<store::Acceptance> accepted;
    std::vector<domain::BlockChange> changes;
    std::vector<domain::Block> blocks;
    bool full = false;
};

struct Question {
    std::string target;
    std::string form;
    panos::Transport::Done done;
};

class HeldTransport : public panos::Transport {
public:
    HeldTransport(std::string target, std::vector<Question>& questions)
        : target_(std::move(target)), questions_(questions) {}
    void call(panos::ApiRequest request, Done done) override {
        done = panos::read_by(std::move(request.reader), std::move(done));
        questions_.push_back({target_, std::move(request.form), std::move(done)});
    }

private:
    std::string target_;
    std::vector<Question>& questions_;
};

inline TargetSettings target(const std::string& name, const std::string& fingerprint = "1") {
    TargetSettings made;
    made.name = name;
    made.group.group = made.place.group = "blocked";
    made.credentials = {domain::Secret("KEY"), "fb", domain::Secret()};
    made.fingerprint = fingerprint;
    return made;
}

inline EngineSettings settings(std::vector<TargetSettings> targets) {
    EngineSettings made;
    made.targets = std::move(targets);
    return made;
}

struct KeptWorld {
    explicit KeptWorld(EngineSettings with) {
        engine = std::make_unique<Engine>(
            std::move(with), clock, store,
            [this](const TargetSettings& it, std::size_t) {
                ++ways[it.name];
                return std::make_unique<HeldTransport>(it.name, questions);
            },
            [this](const Happening& happening) { told.push_back(happening.subject + ": " + happening.text); });
    }

    Reception post(const std::string& id, const std::string& attacker) {
        Reception got{0, ""};
        engine->receive(
            "<alerts appliance=\"nx1.example.com\" msg=\"normal\" product=\"Web MPS\" version=\"9.0.0.1\"><alert "
            "id=\"" +
                id +
                "\" name=\"malware-callback\" severity=\"crit\"><explanation protocol=\"tcp\"><cnc-services>"
                "<cnc-service port=\"443\" protocol=\"tcp\"><address>" +
                attacker +
                "</address></cnc-service></cnc-services></explanation><src><ip>192.0.2.10</ip></src><dst><ip>" +
                attacker + "</ip><port>443</port></dst><occurred>2026-06-01T00:00:00Z</occurred></alert></alerts>",
            "192.0.2.1", [&got](Reception reception) { got = std::move(reception); });
        return got;
    }
    const domain::Block* block(const std::string& on, const std::string& indicator) const {
        return engine->ledger().find(on, domain::Indicator::parse(indicator).value());
    }
    /// Answers the oldest open question.
    void answer(const std::string& result) {
        Question question = std::move(questions.front());
        questions.erase(questions.begin());
        question.done(panos::ApiReply{200, "<response status=\"success\" code=\"19\">" + result + "</response>"});
        clock.settle();
    }
    void fail() {
        Question question = std::move(questions.front());
        questions.erase(questions.begin());
        question.done(domain::failed(domain::Errc::unreachable, "connection refused"));
        clock.settle();
    }

    HandClock clock;
    KeepingStore store;
    std::vector<Question> questions;
    std::map<std::string, int> ways;  // how often the way to a target was made
    std::vector<std::string> told;
    std::unique_ptr<Engine> engine;
};

}  // namespace bridge::engine::test
