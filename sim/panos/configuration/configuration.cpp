#include "sim/panos/configuration/configuration.hpp"

#include <algorithm>
#include <iterator>

namespace sim::panos {
Edit Configuration::begin(const std::string& admin, Instant now) {
    return Edit(candidate_, std::make_shared<const Mark>(Mark{admin, dirty_id_ + 1, now}),
                EditTerms{multi_vsys_, version_, pushed_template(), &references_});
}

void Configuration::accept(Edit edit) {
    if (edit.journal().empty()) {
        return;
    }
    ++dirty_id_;
    if (const Way& object = edit.object(); object.empty()) {
        references_.follow(edit.root());
    } else {
        references_.follow(candidate_, edit.root(), object);
    }
    candidate_ = edit.root();
    std::vector<JournalLine> lines = edit.take_journal();
    std::move(lines.begin(), lines.end(), std::back_inserter(journal_));
}

bool Configuration::pending(const Take& take) const {
    return std::any_of(journal_.begin(), journal_.end(),
                       [&take](const JournalLine& line) { return take.takes(*line.mark, line.way); });
}

void Configuration::load_as_candidate(const NodePtr& wanted, const std::string& admin, Instant now) {
    const auto mark = std::make_shared<const Mark>(Mark{admin, ++dirty_id_, now});
    other_change_at_ = dirty_id_;
    candidate_ = as_candidate(running_, unmarked(wanted), mark);
    references_.follow(candidate_);
    journal_.clear();
    journal_.push_back({mark, "LOAD", {Step{"config", ""}}});
}

void Configuration::load_both(NodePtr root) {
    candidate_ = root;
    replaced_at_ = dirty_id_;
    running_ = std::move(root);
    references_.follow(candidate_);
    journal_.clear();
}

void Configuration::restore(NodePtr candidate, std::vector<JournalLine> journal, std::uint64_t last_edit) {
    candidate_ = std::move(candidate);
    journal_ = std::move(journal);
    dirty_id_ = last_edit;
}

NodePtr Configuration::pushed_template() const {
    return node_at(running_, std::vector<std::string>{"panorama", "template", "config"});
}

void Configuration::set_pushed(const NodePtr& panorama) {
    const bool same = candidate_ == running_;
    const auto put = [&panorama](NodePtr& root) {
        Children& children = own(root).children();
        const Child* old_one = children.find(panorama->tag(), "");
        const std::int64_t place = old_one != nullptr ? old_one->place : children.last_place().value_or(0) + place_gap;
        children.put(panorama, place);
    };
    replaced_at_ = dirty_id_;
    put(running_);
    if (same) {
        candidate_ = running_;
    } else {
        put(candidate_);
    }
}

void Configuration::revert(const Take& take) {
    candidate_ = take.everything() ? running_ : reverted(candidate_, running_, take);
    references_.follow(candidate_);
    forget(take);
    other_change_at_ = dirty_id_;
}

/// `take` is as good as one of everything: nobody else has an edit as old as those that it takes, and since then there
/// were only edits, no commit and no revert.
bool Configuration::takes_all_pending(const Take& take) const {
    return take.everything() || (take.everywhere() && take.up_to > other_change_at_ &&
                                 std::all_of(journal_.begin(), journal_.end(), [&take](const JournalLine& line) {
                                     return line.mark->dirty_id > take.up_to || take.admins.contains(line.mark->admin);
                                 }));
}

NodePtr Configuration::would_be(const NodePtr& snapshot, const Take& take) const {
    // Where all is taken and the snapshot was made from this running configuration, it is the outcome.
    const bool own = take.up_to != UINT64_MAX && take.up_to > replaced_at_;
    return own && takes_all_pending(take) ? snapshot : merged(running_, snapshot, take);
}

void Configuration::activate(NodePtr root, const Take& take) {
    if (take.up_to >= dirty_id_ && take.up_to > replaced_at_ && takes_all_pending(take)) {
        // Nothing was edited since the commit was asked for: the candidate, usually `root` itself, is let go first, so
        // that its marks are taken away where they are and not in a copy of all that the commit changed.
        candidate_ = nullptr;
        references_.take_over(nullptr);
        running_ = unmarked(std::move(root));
        candidate_ = running_;
        references_.take_over(candidate_);
    } else {
        running_ = unmarked(std::move(root));
        candidate_ = settled(candidate_, running_, take);
        references_.follow(candidate_);
    }
    other_change_at_ = dirty_id_;
    forget(take);
}

void Configuration::forget(const Take& take) {
    std::erase_if(journal_, [&take](const JournalLine& line) { return take.takes(*line.mark, line.way); });
}

}  // namespace sim::panos
