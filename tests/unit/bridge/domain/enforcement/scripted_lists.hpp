// A firewall's external lists in a few lines, for testing the enforcer: a refresh takes a second and copies the page;
// sim/panos is the faithful one.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "bridge/domain/enforcement/list_enforcer.hpp"

namespace testing {

using namespace bridge::domain;

class ScriptedLists {
public:
    std::vector<std::string> log;
    bool fetches = true;         // false: its source is another
    std::size_t most = 100'000;  // its capacity, of a list

    std::function<std::optional<Failure>(const Call&)> fault = [](const Call&) { return std::nullopt; };
    std::function<std::optional<Failure>(const Call&)> lost = [](const Call&) { return std::nullopt; };

    Result<Reply> perform(const Call& call, Instant now, ListEnforcer& pages) {
        if (due_ && due_->at <= now) {
            take(*due_);
            due_.reset();
        }
        if (auto failure = fault(call)) {
            return tl::unexpected(*failure);
        }
        Result<Reply> reply = failed(Errc::refused, "a call of another way to block");
        if (const auto* refresh = std::get_if<RefreshList>(&call)) {
            log.push_back("refresh " + refresh->list);
            if (fetches) {
                due_ = Fetch{refresh->list, pages.page(refresh->kind).text, now + std::chrono::seconds(1)};
            }
            reply = Done{};
        } else if (const auto* read = std::get_if<ReadList>(&call)) {
            log.push_back("show " + read->list);
            reply = show(*read);
        }
        if (auto failure = lost(call)) {
            return tl::unexpected(*failure);
        }
        return reply;
    }

    std::set<std::string>& copy(const std::string& list) { return copies_[list]; }
    std::size_t count(const std::string& name) const {
        return static_cast<std::size_t>(std::count(log.begin(), log.end(), name));
    }

private:
    struct Fetch {
        std::string list;
        std::string text;
        Instant at;
    };

    void take(const Fetch& fetch) {
        std::set<std::string>& copy = copies_[fetch.list];
        copy.clear();
        ignored_ = 0;
        for (std::size_t at = 0; at < fetch.text.size();) {
            const std::size_t end = fetch.text.find('\n', at);
            if (copy.size() < most) {
                copy.insert(fetch.text.substr(at, end - at));
            } else {
                ++ignored_;
            }
            at = end + 1;
        }
    }

    Reply show(const ReadList& read) {
        const std::set<std::string>& copy = copies_[read.list];
        ListSeen seen;
        seen.valid = copy.size();
        seen.ignored = ignored_;
        std::size_t at = 0;
        for (const std::string& entry : copy) {
            if (++at >= read.from && seen.members.size() < read.limit) {
                seen.members.push_back(entry);
            }
        }
        return seen;
    }

    std::map<std::string, std::set<std::string>> copies_;
    std::size_t ignored_ = 0;
    std::optional<Fetch> due_;
};

}  // namespace testing
