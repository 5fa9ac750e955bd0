// A commit, or a validation, as an administrator asks for it: by type=commit, by a command, or at the web interface.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "sim/panos/call/call.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {

/// Characters of a description; a longer one is refused.
inline constexpr std::size_t commit_description_max = 512;

struct CommitRequest {
    Take take{};
    bool partial = false;
    bool forced = false;
    bool validate = false;
    std::string description;
};
/// What <partial> of a commit or a validation takes; `path` leads to it, for messages.
tl::expected<void, Refusal> read_partial(const Element& partial, bool panorama, CommitRequest& request,
                                         const std::vector<std::string>& path);

/// Starts the job, or says why there is none.
Reply commit(Machine& machine, const Session& session, const CommitRequest& request);
/// The number of the job that an answer of commit() names.
std::optional<std::uint64_t> job_of(const Reply& reply);

}  // namespace sim::panos
