// An API call that was let in, and what carries it out, by its type.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "sim/panos/machine/machine.hpp"
#include "sim/panos/machine/role.hpp"
#include "sim/panos/web/reply.hpp"
#include "sim/panos/web/request.hpp"

namespace sim::panos {

/// A request that was let in.
struct Session {
    std::string admin;
    std::string vsys;  // of the request, empty when not given
    Instant now{};
    Role role{};
    std::string peer{};
};

/// What the record says of a call beyond the answer.
struct CallNote {
    std::string action;
    std::string xpath;
    std::size_t element_bytes = 0;
};

/// An authenticated call, ready to be carried out: what it is known by to the fault desk, and what does it. It looks at
/// the session and the parameters that it was made of, which must be there until then.
struct Prepared {
    FaultOn kind = FaultOn::any;
    std::optional<FaultOn> also;
    CallNote note;
    std::function<Reply()> carry_out;
};

Prepared prepare_config(Machine& machine, const Session& session, const Parameters& parameters);
Prepared prepare_commit(Machine& machine, const Session& session, const Parameters& parameters);
Prepared prepare_log(Machine& machine, const Session& session, const Parameters& parameters);
Prepared prepare_report(Machine& machine, const Session& session, const Parameters& parameters);
Prepared prepare_export(Machine& machine, const Session& session, const Parameters& parameters);
Prepared prepare_import(Machine& machine, const Session& session, const Parameters& parameters, const ApiCall& call);
Prepared prepare_user_id(Machine& machine, const Session& session, const Parameters& parameters);
/// `action=all`: a Panorama pushes to its firewalls.
Prepared prepare_commit_all(Machine& machine, const Session& session, const Parameters& parameters);

}  // namespace sim::panos
