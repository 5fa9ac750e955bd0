// Config and commit locks: who holds which, since when, and why.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/panos/tree/node.hpp"

namespace sim::panos {

enum class LockKind { config, commit };

struct Lock {
    LockKind kind = LockKind::commit;
    std::string admin;
    std::string comment;
    std::string scope = "shared";  // or a vsys
    Instant created{};
};

class Locks {
public:
    /// Takes the lock unless its scope is locked already; then says by whom.
    std::optional<std::string> take(Lock lock);
    /// False when that administrator does not hold it.
    bool release(LockKind kind, std::string_view admin, std::string_view scope);
    /// What a commit of its owner does.
    void release_all_of(std::string_view admin);
    /// Whoever holds the lock of the scope.
    const Lock* holder(LockKind kind, std::string_view scope) const;
    /// A lock of that kind held by someone else than `admin`, in any scope that stands in the way of `scope`.
    const Lock* in_the_way(LockKind kind, std::string_view admin, std::string_view scope) const;
    const std::vector<Lock>& all() const noexcept { return locks_; }

private:
    std::vector<Lock> locks_;
};

}  // namespace sim::panos
