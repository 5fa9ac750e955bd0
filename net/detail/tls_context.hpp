// Turns the files that an operator names into what OpenSSL serves connections with.
#pragma once

#include "net/detail/stream.hpp"
#include "net/http_server.hpp"

namespace net::detail {

/// Errors name the file and OpenSSL's reason.
Result<std::shared_ptr<const TlsContext>> make_tls_context(const TlsIdentity& identity);

}  // namespace net::detail
