// A load run in virtual time: the bridge's engine, or a model of another blocking program, and the device models under
// one scheduler. Hours of commits take seconds, and the same run is the same byte for byte. What is measured is how
// commits are batched; what a machine can do is not in it.
#pragma once

#include <stop_token>
#include <tl/expected.hpp>

#include "sim/load/stage/setup.hpp"

namespace sim::load::stage {

enum class Blocker {
    bridge,
    one_commit_per_alert,  // the script that everybody writes first; mode static only
};
std::string_view name_of(Blocker blocker);

tl::expected<Measurement, std::string> run_virtual(const Setup& setup, Blocker blocker, const std::stop_token& stop);

}  // namespace sim::load::stage
