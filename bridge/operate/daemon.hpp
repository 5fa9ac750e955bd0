// The running bridge: everything put together, from its sockets to its store, until a signal ends it.
#pragma once

#include "bridge/operate/config.hpp"

namespace bridge::operate {

/// Runs until SIGTERM or SIGINT. When it is ready it writes one line to `ready_fd` (unless it is negative), and closes
/// it:
/// {"intake":"http://127.0.0.1:8088","operate":"http://127.0.0.1:9090"}, and "lists" where pages are served. Returns
/// the exit code: 0 after a stop that was asked for, 1 when it could not start, with the reason on standard error.
int run_daemon(Config config, int ready_fd);

}  // namespace bridge::operate
