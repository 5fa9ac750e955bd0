// Makes mock firewalls ail as a load run asks for it: by the fault desk, so that what they do is what a scenario can
// ask for, too.
#pragma once

#include <string_view>
#include <tl/expected.hpp>

#include "sim/load/health.hpp"
#include "sim/load/stage/setup.hpp"
#include "sim/panos/device.hpp"

namespace sim::load::stage {

/// "1" or "1:5s": how many are slow, and how late each of their answers comes. Errors say what is wrong and show the
/// form.
tl::expected<void, std::string> put_slow(std::string_view text, Ailments& into);

/// Errors: no firewall would be left that is well; lists, which a firewall fetches by itself whatever its API answers.
tl::expected<void, std::string> check_ailments(const Ailments& ailments, std::size_t firewalls, Mode mode);

/// From now on. A dead one takes the request and stays silent, which costs a client more than a refused connection: the
/// call and its connection hang until the client's patience ends, and what became of it is not known.
void ail(panos::Device& device, Health health, const Setup& setup);

}  // namespace sim::load::stage
