#include "sim/panos/configuration.hpp"

#include <algorithm>

namespace sim::panos {
Edit Configuration::begin(const std::string& admin, Instant now) {
    return Edit(candidate_, std::make_shared<const Mark>(Mark{admin, dirty_id_ + 1, now}));
}

void Configuration::accept(const Edit& edit) {
    if (edit.journal().empty()) {
        return;
    }
    ++dirty_id_;
    candidate_ = edit.root();
    journal_.insert(journal_.end(), edit.journal().begin(), edit.journal().end());
}

bool Configuration::pending(const Take& take) const {
    return std::any_of(journal_.begin(), journal_.end(),
                       [&take](const JournalLine& line) { return take.takes(*line.mark, line.way); });
}

void Configuration::load_running_as_candidate(const std::string& admin, Instant now) {
    const auto mark = std::make_shared<const Mark>(Mark{admin, ++dirty_id_, now});
    candidate_ = running_;
    journal_.clear();
    journal_.push_back({mark, "LOAD", {Step{"config", ""}}});
}

void Configuration::load_both(NodePtr root) {
    candidate_ = root;
    running_ = std::move(root);
    journal_.clear();
}

void Configuration::revert(const Take& take) {
    candidate_ = take.everything() ? running_ : reverted(candidate_, running_, take);
    forget(take);
}

void Configuration::activate(NodePtr root, const Take& take) {
    running_ = std::move(root);
    candidate_ = settled(candidate_, running_, take);
    forget(take);
}

void Configuration::forget(const Take& take) {
    std::erase_if(journal_, [&take](const JournalLine& line) { return take.takes(*line.mark, line.way); });
}

}  // namespace sim::panos
