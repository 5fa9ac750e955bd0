// What comes in by the operators' listener: orders, questions and pages of the running bridge, one a line, against an
// engine with two targets that never answer.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "../unit/bridge/engine/hand_clock.hpp"
#include "bridge/engine/engine.hpp"
#include "bridge/operate/page/status_server.hpp"

namespace {

using namespace bridge;

constexpr std::size_t requests_max = 16;

void promise(bool kept, const char* which) {
    if (!kept) {
        std::fprintf(stderr, "broken promise: %s\n", which);
        std::abort();
    }
}

/// Takes everything at once and keeps nothing.
class ForgetfulStore : public store::Store {
public:
    void accept(store::Acceptance acceptance, Done done) override {
        done(store::Accepted{static_cast<std::uint32_t>(acceptance.alerts.size()), 0});
    }
    void record(std::vector<domain::BlockChange>) override {}
    void note(store::Notes, std::function<void(domain::Result<void>)> done) override {
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
    domain::Result<std::vector<domain::Block>> load_blocks() override { return std::vector<domain::Block>{}; }
    domain::Result<std::vector<store::JournalRow>> newest_alerts(std::size_t) override {
        return std::vector<store::JournalRow>{};
    }
    domain::Result<std::vector<store::JournalRow>> alerts_called(const std::string&, std::size_t) override {
        return std::vector<store::JournalRow>{};
    }
    domain::Result<std::optional<store::StoredNotification>> notification_of(std::uint64_t) override {
        return std::nullopt;
    }
    std::string trouble() const override { return ""; }
};

class Silent : public panos::Transport {
public:
    explicit Silent(std::vector<Done>& waiting) : waiting_(waiting) {}
    void call(panos::ApiRequest request, Done done) override {
        waiting_.push_back(panos::read_by(std::move(request.reader), std::move(done)));
    }

private:
    std::vector<Done>& waiting_;
};

class Desk {
public:
    Desk()
        : engine_(
              settings(), clock_, store_,
              [this](const engine::TargetSettings&, std::size_t) { return std::make_unique<Silent>(waiting_); },
              [](const engine::Happening& happening) { promise(!happening.text.empty(), "what happens has words"); }),
          server_(engine_, store_) {
        promise(engine_.start().has_value(), "an empty ledger is read");
    }

    void ask(std::string_view line) {
        const std::size_t blank = line.find(' ');
        if (blank == std::string_view::npos || blank + 1 == line.size() || line[blank + 1] != '/') {
            return;  // the HTTP server lets no other target through
        }
        net::HttpRequest request;
        request.method = line.substr(0, blank);
        request.target = line.substr(blank + 1);
        const bool order = request.method == "POST";
        std::optional<net::HttpResponse> answer;
        server_.on_request(std::move(request), [&answer](net::HttpResponse response) {
            promise(!answer, "a request is answered once");
            answer = std::move(response);
        });
        clock_.run_for(std::chrono::milliseconds(50));
        promise(answer.has_value(), "a request is answered");
        promise(answer->status >= 200 && answer->status < 600, "an answer has a status");
        promise(!order || !answer->body.empty(), "an order is answered in words");
        for (const auto& target : engine_.targets()) {
            promise(target.name == "hq" || target.name == "branch", "no order makes a target");
        }
    }

private:
    static engine::EngineSettings settings() {
        engine::EngineSettings settings;
        for (const char* name : {"hq", "branch"}) {
            engine::TargetSettings target;
            target.name = name;
            target.group.group = target.place.group = "blocked";
            target.credentials = {domain::Secret("KEY"), "firebreak", domain::Secret()};
            settings.targets.push_back(target);
        }
        return settings;
    }

    engine::test::HandClock clock_;
    ForgetfulStore store_;
    std::vector<panos::Transport::Done> waiting_;
    engine::Engine engine_;
    operate::StatusServer server_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    std::string_view rest(reinterpret_cast<const char*>(bytes), size);
    Desk desk;
    for (std::size_t asked = 0; asked < requests_max && !rest.empty(); ++asked) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        desk.ask(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return 0;
}
