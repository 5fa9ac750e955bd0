#include "bridge/engine/observer.hpp"

namespace bridge::engine {

void ObserverList::on_answered(unsigned status, std::string_view peer, std::string_view line,
                               std::chrono::milliseconds took) {
    for (Observer* const each : all_) {
        each->on_answered(status, peer, line, took);
    }
}

void ObserverList::on_alert(const AlertSeen& seen) {
    for (Observer* const each : all_) {
        each->on_alert(seen);
    }
}

void ObserverList::on_block(const BlockSeen& seen) {
    for (Observer* const each : all_) {
        each->on_block(seen);
    }
}

void ObserverList::on_call(const CallSeen& seen) {
    for (Observer* const each : all_) {
        each->on_call(seen);
    }
}

void ObserverList::on_commit(const CommitSeen& seen) {
    for (Observer* const each : all_) {
        each->on_commit(seen);
    }
}

void ObserverList::on_trouble(std::string_view target, std::string_view why) {
    for (Observer* const each : all_) {
        each->on_trouble(target, why);
    }
}

void ObserverList::on_canary(const CanarySeen& seen) {
    for (Observer* const each : all_) {
        each->on_canary(seen);
    }
}

}  // namespace bridge::engine
