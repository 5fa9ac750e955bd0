// The load on the management plane: few API calls are served at a time, others wait for them, and beyond a limit they
// are turned away, as devices do ("Limit the number of concurrent API calls to five"). In device time: a call that is
// answered holds its place until its time is over.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/panos/tree/node.hpp"

namespace sim::panos {

struct ManagementOptions {
    std::size_t concurrency = 5;           // calls that are served at a time (documented)
    std::size_t hard_limit = 0;            // calls served and waiting; further ones are turned away; 0: by the model
    std::chrono::microseconds service{0};  // of a reading call; one that changes takes three times as long. 0: no model
    double commit_factor = 2.0;            // everything takes so much longer while a commit runs
};

enum class CallWeight { light, reading, changing };  // show jobs id; get, show, op; set, edit, commit, ...

class ManagementLoad {
public:
    ManagementLoad() = default;
    /// `cores` of the model's management plane decide the hard limit when none is given.
    ManagementLoad(ManagementOptions options, unsigned cores);

    struct Judgement {
        enum class Way { served, bad_gateway, dropped } way = Way::served;
        std::chrono::microseconds delay{0};  // from the request to its answer
    };
    /// A call arrives. One that is turned away takes no effect: half of them get HTTP 502, half no answer.
    Judgement arrive(CallWeight weight, std::size_t request_bytes, bool committing, Instant now);
    /// Calls that are served or wait.
    std::size_t in_flight(Instant now) const;
    std::uint64_t turned_away() const noexcept { return turned_away_; }
    const ManagementOptions& options() const noexcept { return options_; }

private:
    ManagementOptions options_{};
    std::vector<Instant> free_at_{};  // when each place is free again
    std::vector<Instant> ends_{};     // of the calls in flight
    std::uint64_t turned_away_ = 0;
};

}  // namespace sim::panos
