// The running bridge: everything put together, from its sockets to its store, until a signal ends it.
#pragma once

#include <string>

#include "bridge/operate/config/config.hpp"

namespace bridge::operate {

/// Runs until SIGTERM or SIGINT; a second one ends it at once. SIGHUP reads the configuration anew. When it is ready it
/// writes one line to `ready_fd` (unless it is negative), and closes it:
/// {"intake":"http://127.0.0.1:8088","operate":"unix:/run/firebreak/bridge.sock"}, or "operate":"http://127.0.0.1:9090"
/// with `operate.listen` (then "socket" names the socket, if there is one too), "monitor" where there is one, and
/// "lists" where pages are served. Returns the exit code: 0 after a stop that was asked for, 1 when it could not start,
/// with the reason on standard error. `version` is told in the metrics
/// and the audit trail.
int run_daemon(Config config, std::string version, int ready_fd);

}  // namespace bridge::operate
