// Puts an open loop on the wire: kept connections to one receiver, on the calling thread. Made for thousands of
// notifications a second beside the program that is measured; sim/fireeye's sender is the one that behaves as an
// appliance does in every detail.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "sim/load/open_loop.hpp"

namespace sim::load {

struct Receiver {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;
};

/// "http://127.0.0.1:40123"; errors: anything else (no TLS, no names).
tl::expected<Receiver, std::string> receiver_of(const std::string& url);

/// What another thread may look at meanwhile.
struct SendProgress {
    std::atomic<std::size_t> sent{0};
    std::atomic<std::size_t> answered{0};
};

struct SendPlan {
    Receiver to;
    std::chrono::steady_clock::time_point begin{};
    std::size_t connections = 256;  // at most; as few as it takes
    Micros give_up{0};              // since begin; answers after it are not waited for
    /// What gets no answer, 429 or a 5xx is sent again so much later, until it is acknowledged. nullopt: never.
    std::optional<Micros> again_after{};
    Micros answer_within{0};  // then its connection is given up, as no answer; 0: it is waited for
};

/// Sends requests[i] when it is due, and returns what became of each; as long as `due`. A connection that the receiver
/// has closed while it was idle is opened again, and the request sent once more.
///
/// `request_of` is called when it leaves, and each time that it leaves again. `on_answer` gets what is final: not what
/// is sent again. Both on the calling thread.
std::vector<Sent> send_open_loop(const SendPlan& plan, const std::function<std::string(std::size_t)>& request_of,
                                 const std::function<void(std::size_t, const Sent&)>& on_answer, const Schedule& due,
                                 SendProgress& progress, std::stop_token stop);

/// The same with all requests made beforehand.
std::vector<Sent> send_open_loop(const SendPlan& plan, const std::vector<std::string>& requests, const Schedule& due,
                                 SendProgress& progress, std::stop_token stop);

}  // namespace sim::load
